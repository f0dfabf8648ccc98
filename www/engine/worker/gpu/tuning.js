/**
 * Which tiles the kernels take on this adapter. Runs in the worker.
 *
 * A software adapter wants large ones, which is known. For a graphics processor small ones are the
 * rule, and after the first photo, when nobody waits, both are timed on one layer for a moment. The
 * answer is remembered in IndexedDB and holds from the next start on: a choice that changed under
 * way would have every kernel compiled anew.
 */
/** @typedef {import('../../protocol.js').AdapterFacts} AdapterFacts */
/** @typedef {import('../passes/segment.js').Wasm} Wasm */

/** Counts changes of the kernels: what was measured of others says nothing. */
const KERNELS = 1
const DATABASE = 'fcn-lab'
const STORE = 'tiles'
/** Convolutions of a round, and rounds of each choice after one that compiles. */
const CONVOLUTIONS = 16
const ROUNDS = 3
/** Large tiles have to be this much faster than the rule. */
const WORTH = 0.95
/** A GPU that takes longer for a round isn't kept from its work any further, milliseconds. */
const LONGEST = 1000
/** What is remembered isn't waited for any longer, milliseconds. It usually takes a few. */
const SILENCE = 1000
/** Choices may differ by so much, relative to their sums: they add up in another order. */
const TOLERANCE = 1e-3

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
 * Times both choices, and remembers the faster one: the rule, unless large tiles are known to be
 * faster and to compute the same. What ends a comparison (a GPU that is slow, or lost by it) leaves
 * the rule remembered, so that it isn't tried again.
 * @param {Wasm} wasm
 * @param {AdapterFacts} facts
 * @param {object} [by]
 * @param {() => boolean} [by.isWanted] whether somebody waits: then the comparison is left for another time
 * @param {() => Promise<void>} [by.settle] waits until the GPU's complaints have been heard
 * @param {() => number} [by.now] milliseconds
 * @returns {Promise<boolean | null>} whether large tiles are taken from now on; null if it was left
 */
export async function compareTiles(wasm, facts, { isWanted = () => false, settle = async () => {}, now = () => performance.now() } = {}) {
  const key = keyOf(facts)
  let [few, many] = [Infinity, Infinity]
  for (let i = 0; i <= ROUNDS; i++) {
    /** @type {number[]} */
    const sums = []
    for (const isMany of [false, true]) {
      if (isWanted()) {
        await forget(key)
        return null
      }
      // Should this be the last that is heard of the GPU.
      if (i === 0 && isMany) await remember(key, false)
      const from = now()
      sums.push(await wasm.tuneRound(isMany, CONVOLUTIONS))
      const took = now() - from
      // The first round compiles.
      if (i > 0 && took > LONGEST) return false
      if (i > 0 && isMany) many = Math.min(many, took)
      else if (i > 0) few = Math.min(few, took)
    }
    // Written so that NaN fails.
    if (!(Math.abs(sums[0] - sums[1]) <= TOLERANCE * Math.abs(sums[0]))) return false
  }
  await settle()
  const isBetter = many < WORTH * few
  await remember(key, isBetter)
  return isBetter
}

/** @param {AdapterFacts} facts */
function keyOf({ vendor, architecture, description }) {
  return [KERNELS, vendor, architecture, description].join('|')
}

/** Whether the storage has once not answered: then it isn't asked again, as every request would wait for it. */
let isSilent = false

/** @returns {Promise<IDBDatabase>} rejects where storage is forbidden; may never settle (private modes, another tab's upgrade) */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} ask
 * @returns {Promise<T | undefined>} undefined where storage is forbidden or silent: then the rule holds
 */
async function stored(mode, ask) {
  if (isSilent) return undefined
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  /** @type {Promise<undefined>} */
  const silence = new Promise(resolve => {
    timer = setTimeout(() => {
      isSilent = true
      resolve(undefined)
    }, SILENCE)
  })
  try {
    return await Promise.race([answered(mode, ask), silence])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} ask
 * @returns {Promise<T | undefined>}
 */
async function answered(mode, ask) {
  const database = await open()
  try {
    // Too late: nobody waits, and what was to be remembered may no longer hold.
    if (isSilent) return undefined
    return await new Promise((resolve, reject) => {
      const request = ask(database.transaction(STORE, mode).objectStore(STORE))
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  } finally {
    database.close()
  }
}

/** @param {string} key @returns {Promise<boolean | null>} null if nothing is known */
async function recall(key) {
  const known = await stored('readonly', store => store.get(key))
  return typeof known === 'boolean' ? known : null
}

/** @param {string} key */
async function forget(key) {
  await stored('readwrite', store => store.delete(key))
}

/** @param {string} key @param {boolean} many */
async function remember(key, many) {
  await stored('readwrite', store => store.put(many, key))
}
