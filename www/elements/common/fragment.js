/**
 * What an element shows, as text for the fragment of a link: `key=value&…`, without what is as usual.
 */

/** @typedef {Readonly<Record<string, string | number | boolean>>} Values */

/** Kept readable in links: nothing in a fragment stands for something else with these. */
const READABLE = /%(2C|2F|3A|3B)/g

/**
 * @template {Values} V
 * @param {V} values
 * @param {V} usual
 * @returns {string} in the order of `usual`
 */
export function fragmentOf(values, usual) {
  return Object.keys(usual).filter(key => values[key] !== usual[key]).map(key => pair(key, values[key])).join('&')
}

/**
 * @param {string} key
 * @param {string | number | boolean} value
 * @returns {string} `key=value`, fit for a link
 */
export function pair(key, value) {
  const text = typeof value === 'boolean' ? String(Number(value)) : String(value)
  return `${key}=${encodeURIComponent(text).replace(READABLE, decodeURIComponent)}`
}

/**
 * What a link says. What it doesn't mention, or says in a way that can't be read, is as usual.
 * @template {Values} V
 * @param {string} text `key=value&…`, as anybody may have written it
 * @param {V} usual
 * @returns {V}
 */
export function valuesIn(text, usual) {
  const said = new URLSearchParams(String(text ?? '').replace(/^[#?]+/, ''))
  const read = (/** @type {string} */ key) => {
    const value = said.get(key)
    return value === null ? usual[key] : as(usual[key], value)
  }
  return /** @type {V} */ (Object.fromEntries(Object.keys(usual).map(key => [key, read(key)])))
}

/** @param {string | number | boolean} usual @param {string} said */
function as(usual, said) {
  if (typeof usual === 'string') return said
  if (typeof usual === 'boolean') return said !== '0' && said !== 'false'
  const number = Number(said)
  return said.trim() !== '' && Number.isFinite(number) ? number : usual
}
