/**
 * Which tiles the kernels take on this adapter. Runs in the worker.
 *
 * A software adapter wants large ones, which is known. For a graphics processor small ones are the
 * rule, and after the first photo, when nobody waits, both are timed on one layer for a moment. The
 * answer is remembered in IndexedDB and holds from the next start on: a choice that changed under
 * way would have every kernel compiled anew.
 */
/** @typedef {import('./protocol.js').AdapterFacts} AdapterFacts */
/** @typedef {import('./segment.js').Wasm} Wasm */

/** Counts changes of the kernels: what was measured of others says nothing. */
const KERNELS = 1
const DATABASE = 'fcn-lab'
const STORE = 'tiles'
/** Convolutions of a round, and rounds of each choice after one that compiles. */
const CONVOLUTIONS = 16
const ROUNDS = 3
/** Large tiles have to be this much faster than the rule. */
const WORTH = 0.95
/** A GPU that takes longer for the first round isn't kept from its work any further, milliseconds. */
const LONGEST = 2000

/**
 * Sets the choice for an adapter that was just opened.
 * @param {Wasm} wasm
 * @param {AdapterFacts} facts
 * @returns {Promise<boolean>} whether it rests on more than the rule for graphics processors
 */
export async function chooseTiles(wasm, facts) {
  const known = facts.software || await recall(keyOf(facts))
  wasm.setManyRegisters(known === true)
  return known !== null
}

/**
 * Times both choices, and remembers the faster one.
 * @param {Wasm} wasm
 * @param {AdapterFacts} facts
 * @param {() => number} [now] milliseconds
 * @returns {Promise<boolean | null>} whether large tiles are faster; null if that took too long to find out
 */
export async function compareTiles(wasm, facts, now = () => performance.now()) {
  /** @param {boolean} many */
  const round = async many => {
    const from = now()
    await wasm.tuneRound(many, CONVOLUTIONS)
    return now() - from
  }
  for (const many of [false, true]) if (await round(many) > LONGEST) return null
  const best = { few: Infinity, many: Infinity }
  for (let i = 0; i < ROUNDS; i++) {
    best.few = Math.min(best.few, await round(false))
    best.many = Math.min(best.many, await round(true))
  }
  const many = best.many < WORTH * best.few
  await remember(keyOf(facts), many)
  return many
}

/** @param {AdapterFacts} facts */
function keyOf({ vendor, architecture, description }) {
  return [KERNELS, vendor, architecture, description].join('|')
}

/** @returns {Promise<IDBDatabase>} rejects where storage is forbidden */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = request.onblocked = () => reject(request.error)
  })
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} ask
 * @returns {Promise<T | undefined>} undefined where storage is forbidden: then the rule holds
 */
async function stored(mode, ask) {
  try {
    const database = await open()
    try {
      return await new Promise((resolve, reject) => {
        const request = ask(database.transaction(STORE, mode).objectStore(STORE))
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    } finally {
      database.close()
    }
  } catch {
    return undefined
  }
}

/** @param {string} key @returns {Promise<boolean | null>} null if nothing is known */
async function recall(key) {
  const known = await stored('readonly', store => store.get(key))
  return typeof known === 'boolean' ? known : null
}

/** @param {string} key @param {boolean} many */
async function remember(key, many) {
  await stored('readwrite', store => store.put(many, key))
}
