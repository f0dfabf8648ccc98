/**
 * Reads what people paste: `nn.Conv2d(3, 64, 3, padding=1)`, whole `nn.Sequential(…)`s, `self.x = …` lines, what
 * print(model) writes, and Burn's `Conv2dConfig::new([3, 64], [3, 3]).with_stride([1, 1])`. It knows how calls are
 * written, not what they mean (read.js does). What it can't read it says, with the place, and goes on.
 */
import { tokens } from './tokens.js'
import { combined } from './values.js'

/** @typedef {import('./tokens.js').Token} Token */

/** @typedef {import('./values.js').Value} Value */
/** @typedef {import('./values.js').Argument} Argument */
/** @typedef {import('./values.js').Call} Call */

/**
 * Something in the text that could not be read. `text`: what stands there.
 * @typedef {object} Problem
 * @property {'unreadable' | 'unclosed' | 'unknown' | 'keyword' | 'missing' | 'too_many' | 'not_number' | 'too_deep'
 *   | 'too_much' | 'too_long' | 'star' | 'branch' | 'other_dimension'} code
 * @property {number} line
 * @property {number} column
 * @property {Record<string, string | number>} values
 */

/** Nested calls and lists that are followed. */
const DEEPEST = 40
/** Layers that are read. */
export const MOST = 400
/** What holds layers instead of being one. */
const CONTAINERS = new Set(['Sequential', 'ModuleList', 'ModuleDict', 'OrderedDict'])
/** Lines that begin with one of these are no layers. */
const CODE = new Set(('class def import from super if elif else for while with use pub fn impl struct assert print '
  + 'raise pass derive mod try except match').split(' '))
/** What is beside the way and not on it: shortcuts around a block, and a head for training only. */
const BRANCHES = new Set(['downsample', 'shortcut', 'aux_classifier'])
const OPENS = /^[([{]$/
const CLOSES = /^[)\]}]$/

/** @param {string} source @returns {{calls: Call[], problems: Problem[]}} */
export function parse(source) {
  return new Parser(tokens(source)).parsed()
}

class Parser {
  #tokens
  #at = 0
  #depth = 0
  /** @type {Call[]} */
  #calls = []
  /** @type {Problem[]} */
  #problems = []
  /** Numbers that the text gives names: `n_class = 21`. @type {Map<string, number>} */
  #known = new Map()

  /** @param {Token[]} all */
  constructor(all) {
    this.#tokens = all
  }

  parsed() {
    while (!this.#isDone) {
      this.#items(null)
      // A bracket that nothing opened.
      if (!this.#isDone) this.#next()
    }
    return { calls: this.#calls, problems: this.#problems }
  }

  get #now() {
    return this.#tokens[this.#at]
  }

  /** @param {number} [ahead] */
  #peek(ahead = 1) {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]
  }

  get #isDone() {
    return this.#now.kind === 'end'
  }

  #next() {
    const token = this.#now
    if (token.kind !== 'end') this.#at++
    return token
  }

  /** @param {string} text @param {number} [ahead] */
  #is(text, ahead = 0) {
    const token = this.#peek(ahead)
    return token.kind !== 'text' && token.text === text
  }

  /** @param {string} text */
  #take(text) {
    if (!this.#is(text)) return false
    this.#next()
    return true
  }

  /** @param {Problem['code']} code @param {Token} at @param {Problem['values']} [values] */
  #tell(code, { line, column }, values = {}) {
    // One line that is nonsense is told once.
    if (code === 'unreadable' && this.#problems.some(each => each.code === code && each.line === line)) return
    // So is what is too deep to be followed: of course it isn't closed.
    if (this.#problems.some(each => each.code === 'too_deep')) return
    if (this.#problems.length < MOST) this.#problems.push({ code, line, column, values })
  }

  /** Leaves the rest of a line, but for numbers that it gives names: `def __init__(self, n_class=21):`. */
  #skipLine() {
    do {
      const [name, , number] = [this.#now, this.#peek(), this.#peek(2)]
      if (name.kind === 'name' && this.#is('=', 1) && number.kind === 'number') {
        this.#known.set(name.text, Number(number.text))
      }
      this.#next()
    } while (!this.#isDone && !this.#now.isFirst)
  }

  /** Layers up to a closing bracket, which is left. @param {Token | null} open what opened them */
  #items(open) {
    if (++this.#depth > DEEPEST) {
      this.#tell('too_deep', this.#now)
      this.#at = this.#tokens.length - 1
    }
    while (!this.#isDone && !CLOSES.test(this.#now.text)) {
      const before = this.#at
      this.#item()
      if (this.#at === before) this.#next()
    }
    if (open && this.#isDone) this.#tell('unclosed', open, { text: open.text })
    this.#depth--
  }

  #item() {
    const { kind, text, isFirst } = this.#now
    if (kind === 'sign' && /^[,;.&]$/.test(text)) return void this.#next()
    if (kind === 'sign' && text === '@') return this.#skipLine()
    if (kind === 'sign' && text === '*') {
      this.#tell('star', this.#next(), { text: this.#now.text })
      if (this.#now.kind === 'name') this.#path()
      return
    }
    if (kind === 'name' && isFirst && CODE.has(text)) return this.#skipLine()
    const label = this.#label()
    if (this.#now.kind === 'text' && label === '') return this.#docText()
    if (this.#now.kind === 'sign' && OPENS.test(this.#now.text)) {
      const open = this.#next()
      this.#items(open)
      return void (CLOSES.test(this.#now.text) && this.#next())
    }
    if (this.#now.kind === 'name') return this.#call(label)
    if (label !== '' && (this.#now.kind === 'number' || this.#is('-'))) return this.#constant(label)
    if (this.#isDone || CLOSES.test(this.#now.text)) return
    this.#tell('unreadable', this.#now, { text: this.#now.text })
    this.#skipLine()
  }

  /** A text that names nothing: of documentation, or a name in a list of pairs. */
  #docText() {
    const text = this.#next()
    if (this.#is(',') && this.#peek().kind === 'name') {
      this.#next()
      return this.#call(text.text)
    }
  }

  /** What comes before a layer and names it. @returns {string} */
  #label() {
    let label = ''
    let hasType = false
    for (;;) {
      const { kind, text } = this.#now
      if (kind === 'sign' && text === '(' && this.#is(')', 2) && this.#is(':', 3)) {
        label = this.#peek().text
        this.#at += 4
      } else if (kind === 'text' && this.#is(':', 1)) {
        label = text
        this.#at += 2
      } else if (kind === 'name' && ['let', 'mut', 'return', 'const'].includes(text) && this.#peek().kind === 'name') {
        this.#next()
      } else {
        const length = this.#assigned()
        if (!length) return label
        // `a: nn.Module =` names a.
        if (!hasType || this.#is(':', length - 1)) label = this.#peek(length - 2).text
        hasType = this.#is(':', length - 1)
        this.#at += length
      }
    }
  }

  /** @returns {number} tokens of `self.name =` or `name:`; 0: none */
  #assigned() {
    let ahead = 0
    while (this.#peek(ahead).kind === 'name' && this.#is('.', ahead + 1)) ahead += 2
    if (this.#peek(ahead).kind !== 'name') return 0
    const sign = this.#peek(ahead + 1)
    return sign.kind === 'sign' && (sign.text === '=' || sign.text === ':') ? ahead + 2 : 0
  }

  /** @param {string} label */
  #constant(label) {
    const value = this.#value()
    if (value.type === 'number') this.#known.set(label, value.value)
  }

  /** @param {string} label */
  #call(label) {
    const at = this.#now
    const path = this.#path()
    const name = path[path.length - 1]
    if (this.#is('{') && this.#peek().kind === 'name') {
      const open = this.#next()
      this.#items(open)
      return void this.#take('}')
    }
    if (!this.#is('(')) return this.#bare(label, path, at)
    const open = this.#now
    const isPrinted = this.#is('(', 1) && this.#is(')', 3) && this.#is(':', 4)
    if (CONTAINERS.has(name) || isPrinted) {
      this.#next()
      const before = this.#calls.length
      this.#items({ ...open, text: `${name}(` })
      if (BRANCHES.has(label) && this.#calls.length > before) {
        this.#calls.length = before
        this.#tell('branch', at, { text: label })
      }
      return void (CLOSES.test(this.#now.text) && this.#next())
    }
    // `self.conv1(x)`, `F.relu(x)`, `torch.cat(…)`: what is done with layers, not a layer.
    if (/^[\p{Ll}_]/u.test(name)) return this.#skipLine()
    this.#add({ label, path, arguments: this.#arguments(), methods: [], at })
    this.#methods()
  }

  /** @returns {string[]} `nn.Conv2d`, `nn::conv::Conv2dConfig::new` without its `new` */
  #path() {
    const path = [this.#next().text]
    for (;;) {
      if ((this.#is('.') || this.#is('::')) && this.#peek().kind === 'name') {
        this.#next()
        path.push(this.#next().text)
      } else if (this.#is('::') && this.#is('<', 1)) {
        this.#next()
        this.#types()
      } else {
        break
      }
    }
    if (path.length > 1 && path[path.length - 1] === 'new') path.pop()
    return path
  }

  /** Rust's `<B, 2>`. */
  #types() {
    while (!this.#isDone && !this.#is('>') && !this.#now.isFirst) this.#next()
    this.#take('>')
  }

  /** A name without brackets. @param {string} label @param {string[]} path @param {Token} at */
  #bare(label, path, at) {
    const isCode = /^[\p{Ll}_]/u.test(path[path.length - 1])
    // `x = x` and the like; of a word alone it is said that it can't be read.
    if (label === '' || !isCode) {
      if (/^[\p{Lu}]/u.test(path[path.length - 1])) this.#add({ label, path, arguments: [], methods: [], at })
      else this.#tell('unreadable', at, { text: path.join('.') })
    }
    if (!this.#now.isFirst && !this.#is(',') && !CLOSES.test(this.#now.text) && !this.#isDone) this.#skipLine()
  }

  /** @param {Call} call */
  #add(call) {
    if (this.#calls.length < MOST) this.#calls.push(call)
    else if (!this.#problems.some(({ code }) => code === 'too_much')) this.#tell('too_much', call.at, { most: MOST })
  }

  /** Burn's `.with_stride([1, 1]).init(&device)`. */
  #methods() {
    const call = this.#calls[this.#calls.length - 1]
    while (this.#is('.') && this.#peek().kind === 'name') {
      this.#next()
      const at = this.#next()
      if (this.#is('::')) {
        this.#next()
        this.#types()
      }
      if (!this.#is('(')) continue
      call.methods.push({ name: at.text, arguments: this.#arguments(), at })
    }
  }

  /** What stands in brackets. @returns {Argument[]} */
  #arguments() {
    const open = this.#next()
    /** @type {Argument[]} */
    const found = []
    if (++this.#depth > DEEPEST) {
      this.#tell('too_deep', open)
      this.#at = this.#tokens.length - 1
    }
    for (;;) {
      let hasComma = found.length === 0
      while (this.#take(',')) hasComma = true
      const at = this.#now
      if (this.#take(')')) break
      if (!hasComma || at.kind === 'end' || CLOSES.test(at.text)
        || (at.isFirst && at.line > open.line && this.#beginsLayer())) {
        this.#tell('unclosed', open, { text: '(' })
        break
      }
      const key = at.kind === 'name' && this.#is('=', 1) ? at.text : null
      if (key) this.#at += 2
      found.push({ key, value: this.#value(), at })
      if (this.#is(',') || this.#is(')') || this.#isDone || this.#now.isFirst) continue
      this.#tell('unreadable', this.#now, { text: this.#now.text })
      while (!this.#isDone && !this.#now.isFirst && !this.#is(',') && !CLOSES.test(this.#now.text)) this.#next()
    }
    this.#depth--
    return found
  }

  /** Whether a line begins with what can only be another layer: then a bracket is missing before it. */
  #beginsLayer() {
    if (this.#is('(') && this.#is(')', 2) && this.#is(':', 3)) return true
    let ahead = 0
    while (this.#peek(ahead).kind === 'name' && (this.#is('.', ahead + 1) || this.#is('::', ahead + 1))) ahead += 2
    const last = this.#peek(ahead)
    if (last.kind !== 'name') return false
    if (this.#is('(', ahead + 1)) return /^\p{Lu}/u.test(last.text) || last.text === 'new' || ahead > 0
    return this.#is('=', ahead + 1) && ahead > 0
  }

  /** @returns {Value} */
  #value() {
    if (++this.#depth > DEEPEST) {
      this.#tell('too_deep', this.#now)
      this.#at = this.#tokens.length - 1
    }
    let value = this.#product()
    while (this.#is('+') || this.#is('-')) value = combined(value, this.#next().text, this.#product())
    this.#depth--
    return value
  }

  /** @returns {Value} */
  #product() {
    let value = this.#atom()
    while (this.#is('*') || this.#is('/') || this.#is('//')) value = combined(value, this.#next().text, this.#atom())
    return value
  }

  /** @returns {Value} */
  #atom() {
    let sign = 1
    while (this.#is('-') || this.#is('+') || this.#is('&')) if (this.#next().text === '-') sign = -sign
    const token = this.#now
    if (CLOSES.test(token.text) || token.kind === 'end' || token.text === ',') return { type: 'name', text: token.text }
    this.#next()
    if (token.kind === 'number') return { type: 'number', value: sign * Number(token.text.replaceAll('_', '')) }
    if (token.kind === 'text') return { type: 'text', value: token.text }
    if (token.kind === 'sign' && OPENS.test(token.text)) return this.#list(token.text === '(')
    if (token.kind !== 'name') return { type: 'name', text: token.text }
    if (/^(True|true|False|false)$/.test(token.text)) return { type: 'bool', value: /^t/i.test(token.text) }
    if (token.text === 'None') return { type: 'none' }
    const known = this.#known.get(token.text)
    if (known !== undefined && !this.#is('.') && !this.#is('(')) return { type: 'number', value: sign * known }
    this.#at--
    const path = this.#path()
    if (!this.#is('(')) return { type: 'name', text: path.join('.') }
    return { type: 'call', call: { label: '', path, arguments: this.#arguments(), methods: [], at: token } }
  }

  /** @param {boolean} mayBeOne whether one value in brackets is that value @returns {Value} */
  #list(mayBeOne) {
    /** @type {Value[]} */
    const items = []
    let hasComma = false
    while (!this.#isDone && !CLOSES.test(this.#now.text)) {
      if (this.#take(',')) {
        hasComma = true
      } else if (this.#take(';')) {
        // Rust's [1; 2].
        const count = this.#value()
        const most = count.type === 'number' && items.length === 1 ? Math.min(count.value, 4) : 0
        while (items.length < most) items.push(items[0])
      } else {
        const before = this.#at
        items.push(this.#value())
        if (this.#at === before) this.#next()
      }
    }
    if (CLOSES.test(this.#now.text)) this.#next()
    return mayBeOne && items.length === 1 && !hasComma ? items[0] : { type: 'list', items }
  }
}
