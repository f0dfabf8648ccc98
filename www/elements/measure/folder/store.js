/**
 * Photos that were segmented, kept in the browser's database for this site, so that a run goes on after the page was loaded
 * again. A run is told by its net, head and size; only the latest ones are kept, and not for long. Nothing leaves the device.
 */

/** @typedef {import('./done.js').Done} Done */

const NAME = 'fcn-folders'
const MOST_RUNS = 2
/** Milliseconds: a week. */
const LONGEST = 7 * 24 * 60 * 60 * 1000

/** `name`: what tells it from others; `used`: when it last went on. @typedef {{id: number, name: string, used: number}} Run */

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const answerOf = request => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result)
  request.onerror = () => reject(request.error)
})

/** @param {IDBTransaction} transaction @returns {Promise<void>} */
const endOf = transaction => new Promise((resolve, reject) => {
  transaction.oncomplete = () => resolve()
  transaction.onabort = transaction.onerror = () => reject(transaction.error)
})

/** All that belongs to a run: an array comes after every string. @param {number} id */
const all = id => IDBKeyRange.bound([id], [id, []])

export class Store {
  #database

  /** Use `Store.open`. @param {IDBDatabase} database */
  constructor(database) {
    this.#database = database
    // Another tab with a newer page, or a person who clears all of the site's data.
    database.onversionchange = () => database.close()
  }

  /** @returns {Promise<Store | null>} null where the browser allows none, as in some private windows */
  static async open() {
    try {
      const request = indexedDB.open(NAME, 1)
      request.onupgradeneeded = () => {
        request.result.createObjectStore('runs', { keyPath: 'id', autoIncrement: true })
        for (const name of ['rows', 'maps']) request.result.createObjectStore(name)
      }
      const store = new Store(await answerOf(request))
      await store.#forgetOld()
      return store
    } catch {
      return null
    }
  }

  /**
   * Goes on with a run, or begins it.
   * @param {string} name
   * @returns {Promise<{run: KeptRun, rows: Map<string, unknown>}>} its rows by photo, as they were kept; only those whose map
   *   was kept too
   */
  async begin(name) {
    const transaction = this.#database.transaction(['runs', 'rows', 'maps'], 'readwrite')
    const runs = transaction.objectStore('runs')
    const known = await this.#prune(transaction, name)
    const used = Date.now()
    const id = Number(await answerOf(known ? runs.put({ ...known, used }) : runs.add({ name, used })))
    const [rows, maps] = [transaction.objectStore('rows'), transaction.objectStore('maps')]
    const [keys, values, mapped] = await Promise.all(
      [answerOf(rows.getAllKeys(all(id))), answerOf(rows.getAll(all(id))), answerOf(maps.getAllKeys(all(id)))])
    const whole = new Set(mapped.map(keyOf))
    const kept = keys.flatMap((key, i) => whole.has(keyOf(key)) ? [/** @type {const} */ ([keyOf(key), values[i]])] : [])
    return { run: new KeptRun(this.#database, id), rows: new Map(kept) }
  }

  /**
   * Removes what is old, or more than is kept.
   * @param {IDBTransaction} transaction
   * @param {string | null} name of the run that is wanted; null: none more
   * @returns {Promise<Run | null>} it
   */
  async #prune(transaction, name) {
    /** @type {Run[]} */
    const runs = await answerOf(transaction.objectStore('runs').getAll())
    const isFresh = (/** @type {Run} */ { used }) => Math.abs(Date.now() - used) < LONGEST
    const known = runs.find(run => run.name === name && isFresh(run)) ?? null
    const others = runs.filter(run => run !== known).sort((a, b) => b.used - a.used)
    for (const run of others.filter((run, i) => i >= (name === null ? MOST_RUNS : MOST_RUNS - 1)
      || !isFresh(run))) this.#remove(transaction, run.id)
    return known
  }

  /** @param {IDBTransaction} transaction @param {number} id */
  #remove(transaction, id) {
    transaction.objectStore('runs').delete(id)
    for (const name of ['rows', 'maps']) transaction.objectStore(name).delete(all(id))
  }

  /** What is older than it may be goes as soon as anybody looks, and so do rows whose run is gone. */
  async #forgetOld() {
    const transaction = this.#database.transaction(['runs', 'rows', 'maps'], 'readwrite')
    await this.#prune(transaction, null)
    const ids = new Set(await answerOf(transaction.objectStore('runs').getAllKeys()))
    for (const name of ['rows', 'maps']) {
      const store = transaction.objectStore(name)
      for (const key of await answerOf(store.getAllKeys())) if (Array.isArray(key)
        && !ids.has(key[0])) store.delete(key)
    }
    await endOf(transaction)
  }

  /** How many photos are kept, of all runs. */
  async count() {
    return await answerOf(this.#database.transaction('rows').objectStore('rows').count()).catch(() => 0)
  }

  /** Removes everything. */
  async forget() {
    const transaction = this.#database.transaction(['runs', 'rows', 'maps'], 'readwrite')
    for (const name of ['runs', 'rows', 'maps']) transaction.objectStore(name).clear()
    await endOf(transaction)
  }
}

/** What is kept of one run. */
export class KeptRun {
  #database
  #id

  /** Use `Store.begin`. @param {IDBDatabase} database @param {number} id */
  constructor(database, id) {
    this.#database = database
    this.#id = id
  }

  /** @param {string} key which photo @param {Done} done @param {Uint8Array} map its mask, as PNG; rejects where there is no room */
  async put(key, done, map) {
    const transaction = this.#database.transaction(['rows', 'maps'], 'readwrite')
    transaction.objectStore('rows').put(done, [this.#id, key])
    transaction.objectStore('maps').put(map, [this.#id, key])
    await endOf(transaction)
  }

  /** @param {string} key which photo @returns {Promise<Uint8Array<ArrayBuffer> | null>} its mask as PNG, as it was kept */
  async map(key) {
    try {
      const found = await answerOf(this.#database.transaction('maps').objectStore('maps').get([this.#id, key]))
      return found instanceof Uint8Array ? new Uint8Array(found) : null
    } catch {
      return null
    }
  }

  /** Removes the photos of this run. */
  async clear() {
    const transaction = this.#database.transaction(['rows', 'maps'], 'readwrite')
    for (const name of ['rows', 'maps']) transaction.objectStore(name).delete(all(this.#id))
    await endOf(transaction)
  }
}

/** @param {IDBValidKey} key of a photo within its run @returns {string} the photo's */
const keyOf = key => Array.isArray(key) ? String(key[1]) : ''
