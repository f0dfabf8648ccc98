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
  if (share > 0 && share < 0.001) return '< ' + format(language, { style: 'percent', minimumFractionDigits: 1 }).format(0.001)
  const digits = Math.max(least, share === 0 || share >= 0.0995 ? 0 : 1)
  return format(language, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(share)
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
