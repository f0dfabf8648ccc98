/**
 * Numbers as people read them, in the page's language.
 */

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map()

/**
 * @param {string} language
 * @param {Intl.NumberFormatOptions} options
 */
function format(language, options) {
  const key = language + JSON.stringify(options)
  let made = formats.get(key)
  if (!made) formats.set(key, made = new Intl.NumberFormat(language, options))
  return made
}

/**
 * @param {number} share 0..1
 * @param {string} language
 * @param {number} [least] digits after the point
 * @returns {string} '31 %' style of the language; one digit below 10 %, '< 0.1 %' for a trace
 */
export function percent(share, language, least = 0) {
  if (share > 0
    && share < 0.001) return '< ' + format(language, { style: 'percent', minimumFractionDigits: 1 }).format(0.001)
  const digits = Math.max(least, share === 0 || share >= 0.0995 ? 0 : 1)
  return format(language, { style: 'percent', minimumFractionDigits: digits,
    maximumFractionDigits: digits }).format(share)
}

/**
 * @param {number} ms milliseconds
 * @param {string} language
 * @returns {string} '18 ms', '1.2 s'
 */
export function duration(ms, language) {
  return ms < 1000
    ? `${format(language, { maximumFractionDigits: 0 }).format(ms)} ms`
    : `${format(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(ms / 1000)} s`
}

/**
 * @param {number} bytes
 * @param {string} language
 * @returns {string} decimal megabytes, as download dialogs count: '8.6 MB'
 */
export function megabytes(bytes, language) {
  return `${format(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(bytes / 1e6)} MB`
}

/**
 * @param {number} value
 * @param {string} language
 * @returns {string} with the language's grouping
 */
export function whole(value, language) {
  return format(language, { maximumFractionDigits: 0 }).format(value)
}

/**
 * @param {number} value
 * @param {string} language
 * @param {number} [digits] that count
 * @returns {string} '4.02', '1,230', '3.1·10⁻⁵' for what is very small
 */
export function significant(value, language, digits = 3) {
  const notation = value !== 0 && Math.abs(value) < 1e-3 ? 'scientific' : 'standard'
  // Minus zero is zero.
  const said = format(language, { maximumSignificantDigits: digits, notation }).format(value === 0 ? 0 : value)
  return said.replace(/^-/, '−').replace(/E-(\d+)$/, (_, power) =>
    `·10⁻${[...power].map(digit => RAISED[digit]).join('')}`)
}

/** Digits of a power. @type {Readonly<Record<string, string>>} */
const RAISED = Object.fromEntries([...'⁰¹²³⁴⁵⁶⁷⁸⁹'].map((raised, digit) => [digit, raised]))

/**
 * @param {number} value from 0
 * @param {string} language
 * @returns {string} '134 M', '63.2 G': SI prefixes, three digits
 */
export function prefixed(value, language) {
  const [scale, prefix] = value >= 1e9 ? [1e9, '\u00a0G'] : value >= 1e6 ? [1e6, '\u00a0M']
    : value >= 1e3 ? [1e3, '\u00a0k'] : [1, '']
  return `${format(language, { maximumSignificantDigits: 3 }).format(value / scale)}${prefix}`
}

/** Digits after the point that a sum is shown with, at least and at most. */
const SUM_DIGITS = [3, 6]

/**
 * Numbers and their sum, '3.693 + 0.515 − 0.291 = 3.917': all with as many digits after the point, and with as few as let
 * a reader add up what is shown; '≈' where rounding forbids that.
 * @param {readonly number[]} values
 * @param {number} total
 * @param {string} language
 * @returns {{terms: string, sign: '=' | '≈', total: string, say: (value: number) => string}} say: others alike
 */
export function equation(values, total, language) {
  const [least, most] = SUM_DIGITS
  const addsUp = (/** @type {number} */ digits) => {
    const units = (/** @type {number} */ value) => Math.round(Number(value.toFixed(digits)) * 10 ** digits)
    return values.reduce((sum, value) => sum + units(value), 0) === units(total)
  }
  let digits = least
  while (digits <= most && !addsUp(digits)) digits++
  const isExact = digits <= most
  if (!isExact) digits = least
  const shown = format(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })
  // Minus zero is zero.
  const isBelow = (/** @type {number} */ value) => Number(value.toFixed(digits)) < 0
  const say = (/** @type {number} */ value) => `${isBelow(value) ? '−' : ''}${shown.format(Math.abs(value))}`
  const terms = values.map((value, i) => i === 0 ? say(value)
    : ` ${isBelow(value) ? '−' : '+'} ${shown.format(Math.abs(value))}`)
  return { terms: terms.join(''), sign: isExact ? '=' : '≈', total: say(total), say }
}
