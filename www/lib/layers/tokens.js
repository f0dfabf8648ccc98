/**
 * Text that describes layers, cut into tokens: Python or Rust as people paste it, print(model), comments. Nothing is
 * ever run. Whatever is in the text, this ends in time proportional to its length.
 */

/**
 * `line` and `column` are counted from 1. `isFirst`: the first of its line.
 * @typedef {object} Token
 * @property {'name' | 'number' | 'text' | 'sign' | 'end'} kind
 * @property {string} text as written; of a text without its quotes
 * @property {number} line
 * @property {number} column
 * @property {boolean} isFirst
 */

/** Characters read; what is beyond is left out. */
export const LONGEST = 20_000

const PATTERNS = /** @type {const} */ ([
  ['space', /[^\S\n]+/y],
  ['line', /\n/y],
  ['comment', /#[^\n]*|\/\*[^]*?(?:\*\/|$)/y],
  ['name', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['number', /(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y],
  ['text', /[rfbu]?("""[^]*?"""|'''[^]*?'''|"[^"\n]*"?|'[^'\n]*'?)/y],
  ['sign', /::|->|=>|==|\*\*|[^]/y],
])

/** @param {string} source @returns {Token[]} the last one is of kind 'end' */
export function tokens(source) {
  const text = source.slice(0, LONGEST)
  /** @type {Token[]} */
  const found = []
  let [at, line, lineStart, isFirst] = [0, 1, 0, true]
  /** @param {Token['kind']} kind @param {string} written */
  const push = (kind, written) => {
    found.push({ kind, text: written, line, column: at - lineStart + 1, isFirst })
    isFirst = false
  }
  while (at < text.length) {
    const [kind, match] = matched(text, at, found, line)
    const written = match[0]
    if (kind === 'name' || kind === 'number' || kind === 'sign') push(kind, written)
    else if (kind === 'text') push(kind, match[1].replace(/^("""|'''|"|')/, '').replace(/("""|'''|"|')$/, ''))
    for (let i = written.indexOf('\n'); i >= 0; i = written.indexOf('\n', i + 1)) {
      line++
      lineStart = at + i + 1
      isFirst = true
    }
    at += written.length
  }
  push('end', '')
  return found
}

/** @param {string} text @param {number} at @param {readonly Token[]} before @param {number} line */
function matched(text, at, before, line) {
  if (text.startsWith('//', at)) {
    // Python's division of whole numbers, or Rust's comment.
    const last = before[before.length - 1]
    const follows = last?.line === line && last.kind !== 'text' && !/^[,;]$/.test(last.text)
    const isDivision = follows && /^\/\/ *\d/.test(text.slice(at, at + 20))
    if (isDivision) return /** @type {const} */ (['sign', ['//', '']])
    const end = text.indexOf('\n', at)
    return /** @type {const} */ (['comment', [text.slice(at, end < 0 ? undefined : end), '']])
  }
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match) return /** @type {const} */ ([kind, match])
  }
  return /** @type {const} */ (['sign', [text[at], '']])
}
