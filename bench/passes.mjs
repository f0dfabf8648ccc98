/** One case: every engine's passes, after their labels were compared, in interleaved rounds. */
import { LONGEST_PASS_MS } from './cases.mjs'
import { macsOf } from './costs.mjs'

/** @typedef {import('./cases.mjs').Case} Case */
/** @typedef {import('./cases.mjs').Options} Options */

/** Share of pixels on which every engine must agree with the reference; the rest may be ties. */
const AGREEMENT = 0.999

/** This project's: where one of these fails, the bench does; where another does, it is left out. */
const OWN = 'fcn-lab:'

/** Whoever is waited for no longer still keeps the machine busy, so that nothing more can be measured. */
class TooLong extends Error {}

/**
 * One engine's times.
 * @typedef {object} Row
 * @property {string} engine
 * @property {string} backend
 * @property {import('./net.mjs').Model} model
 * @property {number} size side of the picture, pixels
 * @property {number} median_ms
 * @property {number} min_ms
 * @property {number} max_ms
 * @property {number} runs
 */

/**
 * @param {number[]} values at least one
 * @returns {number}
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * Calls a method of the page's `bench`.
 * @param {import('playwright-core').Page} page
 * @param {number} patience_ms
 * @param {string} method
 * @param {...unknown} args
 */
export async function call(page, patience_ms, method, ...args) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  const tooLong = new Promise((_, reject) => {
    timer = setTimeout(() =>
      reject(new TooLong(`${method} ${typeof args[0] === 'string' ? args[0]
        : ''}: no answer within ${patience_ms / 1000} s (--patient waits longer)`)), patience_ms)
  })
  try {
    // @ts-ignore: `bench` exists in the page
    return await Promise.race([page.evaluate(([m, list]) => globalThis.bench[m](...list),
      /** @type {[string, unknown[]]} */ ([method, args])), tooLong])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * @param {import('playwright-core').Page} page fresh
 * @param {Case} what
 * @param {Options} options
 * @param {number} share_ms time that an engine has for its rounds
 * @param {Map<string, number>} speeds engine -> ms a multiply-and-add, of the cases before; this case's are put in
 * @returns {Promise<Row[]>}
 */
export async function passes(page, what, { names, rounds, patience_ms, longest_ms }, share_ms, speeds) {
  const macs = macsOf(what.model, what.size)
  /** @type {Map<string, number[]>} */
  const times = new Map()
  for (const name of names) {
    const expected = (speeds.get(name) ?? 0) * macs
    if (expected > longest_ms) {
      console.log(`${name.padEnd(30)} left out: about ${(expected / 1000).toFixed(0)} s a pass (--patient waits for it)`)
      continue
    }
    try {
      if (await start(page, name, what, patience_ms)) times.set(name, [])
    } catch (error) {
      if (name.startsWith(OWN) || error instanceof TooLong) throw error
      console.log(`${name.padEnd(30)} left out: ${/** @type {Error} */ (error).message.split('\n')[0]}`)
    }
  }
  const running = [...times.keys()]
  if (running.length === 0) return []
  await compare(page, running, patience_ms)

  for (let round = 0; round < rounds; round++) {
    // Each round starts with another engine, so that none always runs after the same neighbour.
    for (let i = 0; i < running.length; i++) {
      const name = running[(i + round) % running.length]
      const mine = /** @type {number[]} */ (times.get(name))
      const spent = mine.reduce((sum, ms) => sum + ms, 0)
      const mean = spent / mine.length
      if (mine.length >= (mean > LONGEST_PASS_MS ? 1 : 2) && spent + mean > share_ms) continue
      mine.push(await call(page, patience_ms, 'pass', name))
    }
  }
  return [...times].map(([name, ms]) => {
    speeds.set(name, median(ms) / macs)
    const [engine, backend] = name.split(':')
    /** @param {number} value */
    const rounded = value => Math.round(value * 100) / 100
    return {
      engine, backend, ...what,
      median_ms: rounded(median(ms)), min_ms: rounded(Math.min(...ms)), max_ms: rounded(Math.max(...ms)),
        runs: ms.length,
    }
  })
}

/**
 * Opens an engine and warms it up.
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @param {Case} what
 * @param {number} patience_ms
 * @returns {Promise<boolean>} whether it is there
 */
async function start(page, name, what, patience_ms) {
  const opened = await call(page, patience_ms, 'open', name, what)
  if (!opened) {
    console.log(`${name.padEnd(30)} left out: not in this build, or not for this net`)
    return false
  }
  const { version, note, ms } = opened
  const first = await call(page, patience_ms, 'pass', name)
  // Fast ones warm up longer: a browser compiles hot code in several steps.
  for (let spent = first; spent < 1000;) spent += 20 + await call(page, patience_ms, 'pass', name)
  console.log(`${`${name} ${version}`.padEnd(30)} start ${ms.toFixed(0)} ms, first pass ${first.toFixed(0)} ms${note
    && `   (${note})`}`)
  return true
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string[]} names
 * @param {number} patience_ms
 * @throws {Error} when an engine computes another net
 */
async function compare(page, names, patience_ms) {
  const reference = names.find(name => name === 'onnxruntime-web:wasm') ?? names[0]
  const { labels, largest, agreement } = await call(page, patience_ms, 'compare', reference)
  const shares = Object.entries(agreement)
  const told = shares.filter(([name]) => name !== reference).map(([name, share]) =>
    `${name} ${(100 * share).toFixed(3)} %`)
  console.log(`labels: ${labels} classes, the commonest on ${(100
    * largest).toFixed(0)} % of the picture; agreement with ${reference}: ${told.join(', ')}`)
  const wrong = shares.filter(([, share]) => share < AGREEMENT)
  if (wrong.length
    > 0) throw new Error(`not the same net: ${wrong.map(([name]) => name).join(', ')} below ${100
      * AGREEMENT} %; nothing to compare`)
}
