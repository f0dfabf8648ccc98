/**
 * What "learn the kernel" is told, as a short text for the attribute `learn` and for links:
 * `target:checkerboard,rate:2,steps:40`. What it doesn't mention, or says in a way that can't be read, is as usual.
 */

/** @typedef {import('../../../lib/transposed/learning.js').Enlargement} Enlargement */
/** @typedef {Enlargement | 'photo'} Target */
/** @typedef {'random' | 'zeros' | 'bilinear'} Start */

/**
 * @typedef {object} Settings
 * @property {Target} target
 * @property {Start} start
 * @property {number | null} rate null: one that suits the layer and the map
 * @property {number} seed of the map and of the random kernel
 * @property {boolean} map whether the map is learned too
 * @property {number} steps
 */

export const TARGETS = /** @type {readonly Target[]} */ (['smooth', 'blocky', 'checkerboard', 'photo'])
export const STARTS = /** @type {readonly Start[]} */ (['random', 'zeros', 'bilinear'])

/** Steps that are gone at most. */
export const MOST_STEPS = 10_000
/** Learning rates and seeds that can be asked for. */
const RATES = [1e-6, 1e6]
export const MOST_SEED = 9999

/** @type {Readonly<Settings>} */
export const USUAL = Object.freeze({ target: 'smooth', start: 'random', rate: null, seed: 1, map: false, steps: 0 })

/**
 * @param {string} text as anybody may have written it
 * @returns {Settings}
 */
export function settingsIn(text) {
  const said = new Map(text.split(',').map(part => {
    const [key, ...rest] = part.split(':')
    return [key.trim(), rest.join(':').trim()]
  }))
  const number = (/** @type {string} */ key, /** @type {number} */ least, /** @type {number} */ most) => {
    const value = Number(said.get(key) || NaN)
    return value >= least && value <= most ? value : null
  }
  const rate = number('rate', RATES[0], RATES[1])
  return {
    target: TARGETS.find(each => each === said.get('target')) ?? USUAL.target,
    start: STARTS.find(each => each === said.get('start')) ?? USUAL.start,
    rate: rate === null ? USUAL.rate : rounded(rate),
    seed: Math.round(number('seed', 0, MOST_SEED) ?? USUAL.seed),
    map: said.get('map') === '1',
    steps: Math.round(number('steps', 0, MOST_STEPS) ?? USUAL.steps),
  }
}

/**
 * @param {Settings} settings
 * @returns {string} that {@link settingsIn} reads back; `1` when all is as usual
 */
export function textOf(settings) {
  const said = /** @type {(keyof Settings)[]} */ (Object.keys(USUAL)).filter(key => settings[key] !== USUAL[key])
  return said.map(key => `${key}:${Number(settings[key]) || settings[key]}`).join(',') || '1'
}

/** @param {number} rate @returns {number} to two digits, as links write it and the slider goes */
export function rounded(rate) {
  return Number(rate.toPrecision(2))
}
