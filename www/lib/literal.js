/** Lists and dictionaries of names as Python and YAML write them, where JSON would be stricter. */

/** Strings, words and what stands between them. */
const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([[\](){},:])|#[^\n]*|([^\s[\](){},:#][^[\](){},:\n]*))/y

/** More of them is no list of classes. */
const MOST = 20_000

/**
 * The first list or dictionary of a text: `['a', 'b']`, `("a", "b",)`, `[a, b]`, `{0: 'a', 1: 'b'}`, `{'a': 0}`.
 * @param {string} text
 * @param {boolean} [isAll] whether nothing may come after it
 * @returns {string[]} in the order of the ids; empty where it is none
 */
export function listIn(text, isAll = false) {
  const tokens = tokensOf(text)
  const [open, ...rest] = tokens
  if (!open || !'[({'.includes(open.mark)) return []
  const end = rest.findIndex(({ mark }) => mark !== '' && '])}'.includes(mark))
  const inner = end < 0 || (isAll && end < rest.length - 1) ? [] : rest.slice(0, end)
  // Lists within lists are no names.
  if (inner.some(({ mark }) => mark !== '' && '[({'.includes(mark))) return []
  /** @type {string[][]} */
  const entries = [[]]
  for (const { mark, text } of inner) {
    if (mark === ',') entries.push([])
    else if (mark !== ':') entries[entries.length - 1].push(text)
  }
  const given = entries.filter(entry => entry.length)
  if (given.every(entry => entry.length === 1)) return given.flat()
  if (!given.every(entry => entry.length === 2)) return []
  const isId = (/** @type {string} */ word) => /^\d{1,6}$/.test(word)
  const byId = given.every(([id]) => isId(id)) ? given : given.every(([, id]) => isId(id))
    ? given.map(([name, id]) => [id, name]) : []
  return [...byId].sort(([a], [b]) => Number(a) - Number(b)).map(([, name]) => name)
}

/** @param {string} text @returns {{mark: string, text: string}[]} up to what is none of them */
function tokensOf(text) {
  /** @type {{mark: string, text: string}[]} */
  const tokens = []
  TOKEN.lastIndex = 0
  for (let found = TOKEN.exec(text); found && tokens.length < MOST; found = TOKEN.exec(text)) {
    const [, double, single, mark, word] = found
    const said = double ?? single
    if (said !== undefined) tokens.push({ mark: '', text: said.replace(/\\(.)/g, '$1') })
    else if (mark) tokens.push({ mark, text: '' })
    else if (word) tokens.push({ mark: '', text: word.trim() })
  }
  return tokens
}
