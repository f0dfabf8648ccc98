/** What a call that somebody pasted consists of. */

/** @typedef {import('./tokens.js').Token} Token */

/**
 * A value as written; `name` is anything that isn't known without running it.
 * @typedef {{type: 'number', value: number} | {type: 'list', items: Value[]} | {type: 'bool', value: boolean}
 *   | {type: 'none'} | {type: 'text', value: string} | {type: 'name', text: string} | {type: 'call', call: Call}} Value
 */
/** @typedef {{key: string | null, value: Value, at: Token}} Argument */

/**
 * `label`: what the text calls it. `path`: `nn.Conv2d`, `Conv2dConfig`. `methods`: Burn's `.with_…(…)`.
 * @typedef {object} Call
 * @property {string} label
 * @property {string[]} path
 * @property {Argument[]} arguments
 * @property {{name: string, arguments: Argument[], at: Token}[]} methods
 * @property {Token} at
 */

/** @param {Value} a @param {string} sign @param {Value} b @returns {Value} */
export function combined(a, sign, b) {
  if (a.type !== 'number' || b.type !== 'number') return { type: 'name', text: `${written(a)} ${sign} ${written(b)}` }
  const [x, y] = [a.value, b.value]
  const value = { '+': x + y, '-': x - y, '*': x * y, '/': x / y }[sign] ?? Math.floor(x / y)
  return { type: 'number', value }
}

/** @param {Value} value @returns {string} as it may have been written, short */
export function written(value) {
  switch (value.type) {
    case 'number': return String(value.value)
    case 'bool': return value.value ? 'True' : 'False'
    case 'none': return 'None'
    case 'text': return `'${value.value.slice(0, 20)}'`
    case 'name': return value.text.slice(0, 30)
    case 'list': return `(${value.items.slice(0, 4).map(written).join(', ')})`
    case 'call': return `${value.call.path.join('.').slice(0, 30)}(…)`
  }
}
