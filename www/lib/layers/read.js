/**
 * What a call that was read means: PyTorch's layers (torch.nn 2.x) and Burn's (burn-nn 0.22), with their parameters'
 * names, order and defaults.
 */
import { written } from './values.js'

/** @typedef {import('./values.js').Call} Call */
/** @typedef {import('./values.js').Value} Value */
/** @typedef {import('./values.js').Argument} Argument */
/** @typedef {import('./parse.js').Problem} Problem */
/** Rows, columns. @typedef {[number, number]} Pair */

/**
 * A layer understood. Padding: before and after of rows, then of columns; 'same' as each library means it.
 * @typedef {{kind: 'conv', channels: Pair, kernel: Pair, stride: Pair, padding: [Pair, Pair] | 'same' | 'burn-same',
 *   dilation: Pair, groups: number, bias: boolean}} Conv
 * @typedef {{kind: 'transposed', channels: Pair, kernel: Pair, stride: Pair, padding: Pair, more: Pair, dilation: Pair,
 *   groups: number, bias: boolean}} Transposed
 * @typedef {{kind: 'pool', kernel: Pair, stride: Pair, padding: [Pair, Pair] | 'burn-same', dilation: Pair,
 *   ceil: boolean}} Pool
 * @typedef {{kind: 'adaptive', size: [number | null, number | null]}} Adaptive
 * @typedef {{kind: 'norm', channels: number, learned: number}} Norm
 * @typedef {{kind: 'keep', what: 'activation' | 'dropout' | 'identity'}} Keep
 * @typedef {{kind: 'resize', factor: Pair | null, size: Pair | null, mode: string, corners: boolean}} Resize
 * @typedef {{kind: 'pad', padding: [Pair, Pair]}} Pad
 * @typedef {{kind: 'flatten', from: number}} Flatten
 * @typedef {{kind: 'linear', features: Pair, bias: boolean}} Linear
 * @typedef {Conv | Transposed | Pool | Adaptive | Norm | Keep | Resize | Pad | Flatten | Linear} Meaning
 */

/** Greatest number that is taken: more is a slip, or meant to hurt. */
export const GREATEST = 1_000_000

/** Parameters in PyTorch's order. */
const TORCH = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  Conv2d: [
    'in_channels', 'out_channels', 'kernel_size', 'stride', 'padding', 'dilation', 'groups', 'bias', 'padding_mode',
  ],
  ConvTranspose2d: [
    'in_channels', 'out_channels', 'kernel_size', 'stride', 'padding', 'output_padding', 'groups', 'bias', 'dilation',
    'padding_mode',
  ],
  MaxPool2d: ['kernel_size', 'stride', 'padding', 'dilation', 'return_indices', 'ceil_mode'],
  AvgPool2d: ['kernel_size', 'stride', 'padding', 'ceil_mode', 'count_include_pad', 'divisor_override'],
  AdaptiveAvgPool2d: ['output_size'],
  AdaptiveMaxPool2d: ['output_size', 'return_indices'],
  BatchNorm2d: ['num_features', 'eps', 'momentum', 'affine', 'track_running_stats', 'bias'],
  InstanceNorm2d: ['num_features', 'eps', 'momentum', 'affine', 'track_running_stats', 'bias'],
  GroupNorm: ['num_groups', 'num_channels', 'eps', 'affine', 'bias'],
  Upsample: ['size', 'scale_factor', 'mode', 'align_corners', 'recompute_scale_factor'],
  UpsamplingNearest2d: ['size', 'scale_factor'],
  UpsamplingBilinear2d: ['size', 'scale_factor'],
  ZeroPad2d: ['padding'],
  ReflectionPad2d: ['padding'],
  ReplicationPad2d: ['padding'],
  ConstantPad2d: ['padding', 'value'],
  Flatten: ['start_dim', 'end_dim'],
  Linear: ['in_features', 'out_features', 'bias'],
})

/** Burn's, after `new`; the rest is set by `.with_…`. */
const BURN = /** @type {Readonly<Record<string, {torch: string, first: readonly string[]}>>} */ ({
  Conv2dConfig: { torch: 'Conv2d', first: ['channels', 'kernel_size'] },
  ConvTranspose2dConfig: { torch: 'ConvTranspose2d', first: ['channels', 'kernel_size'] },
  MaxPool2dConfig: { torch: 'MaxPool2d', first: ['kernel_size'] },
  AvgPool2dConfig: { torch: 'AvgPool2d', first: ['kernel_size'] },
  AdaptiveAvgPool2dConfig: { torch: 'AdaptiveAvgPool2d', first: ['output_size'] },
  BatchNormConfig: { torch: 'BatchNorm2d', first: ['num_features'] },
  InstanceNormConfig: { torch: 'InstanceNorm2d', first: ['num_features'] },
  GroupNormConfig: { torch: 'GroupNorm', first: ['num_groups', 'num_channels'] },
  LinearConfig: { torch: 'Linear', first: ['in_features', 'out_features'] },
  DropoutConfig: { torch: 'Dropout', first: ['p'] },
})
/** What Burn calls differently. */
const RENAMED = /** @type {Readonly<Record<string, string>>} */ ({ strides: 'stride', padding_out: 'output_padding' })
/** What may be set and changes nothing here. */
const IDLE = new Set(['device', 'dtype', 'initializer', 'epsilon', 'momentum'])

const ACTIVATIONS = new Set([
  'ReLU', 'ReLU6', 'LeakyReLU', 'PReLU', 'ELU', 'SELU', 'CELU', 'GELU', 'SiLU', 'Mish', 'Sigmoid', 'Tanh', 'Softplus',
  'Softmax', 'Softmax2d', 'LogSoftmax', 'Hardswish', 'Hardsigmoid', 'Hardtanh',
  'Relu', 'Gelu', 'LeakyRelu', 'LeakyReluConfig', 'PRelu', 'PReluConfig', 'HardSigmoid',
])
const DROPOUTS = new Set(['Dropout', 'Dropout1d', 'Dropout2d', 'AlphaDropout', 'FeatureAlphaDropout', 'DropoutConfig'])
const IDENTITIES = new Set(['Identity'])

/** All names that are known. */
const NAMES = [...Object.keys(TORCH), ...Object.keys(BURN), ...ACTIVATIONS, ...DROPOUTS, ...IDENTITIES]

/**
 * @param {Call} call
 * @returns {{name: string, meaning: Meaning | null, problems: Problem[]}} meaning: null where too little is known
 */
export function read(call) {
  const name = call.path[call.path.length - 1] ?? ''
  /** @type {Problem[]} */
  const problems = []
  /** @param {Problem['code']} code @param {Problem['values']} values @param {{line: number, column: number}} [at] */
  const tell = (code, values, { line, column } = call.at) => {
    problems.push({ code, line, column, values: { name, ...values } })
  }
  if (ACTIVATIONS.has(name)) return { name, meaning: { kind: 'keep', what: 'activation' }, problems }
  if (DROPOUTS.has(name)) return { name, meaning: { kind: 'keep', what: 'dropout' }, problems }
  if (IDENTITIES.has(name)) return { name, meaning: { kind: 'keep', what: 'identity' }, problems }
  const burn = Object.hasOwn(BURN, name) ? BURN[name] : undefined
  if (!burn && !Object.hasOwn(TORCH, name)) {
    if (/(?:1d|3d)(?:Config)?$/.test(name)) tell('other_dimension', {})
    else tell('unknown', { near: nearest(name) })
    return { name, meaning: null, problems }
  }
  const given = new Given(burn ? burn.first : TORCH[name], call, burn !== undefined, tell)
  const meaning = MEANINGS[burn?.torch ?? name](given)
  // What was noted before is the reason why.
  return { name, meaning: given.isWhole ? meaning : null, problems }
}

/** The arguments of a call by their names. */
class Given {
  isWhole = true
  isBurn
  /** @type {Map<string, {value: Value, at: {line: number, column: number}}>} */
  #values = new Map()
  #tell

  /**
   * @param {readonly string[]} names in order
   * @param {Call} call
   * @param {boolean} isBurn
   * @param {(code: Problem['code'], values: Problem['values'], at?: {line: number, column: number}) => void} tell
   */
  constructor(names, call, isBurn, tell) {
    this.isBurn = isBurn
    this.#tell = tell
    call.arguments.forEach(({ key, value, at }, i) => {
      const name = key ?? names[i]
      if (name === undefined) tell('too_many', { most: names.length }, at)
      else if (!isBurn && !names.includes(name) && !IDLE.has(name)) tell('keyword', { key: name }, at)
      else this.#values.set(name, { value, at })
    })
    for (const { name, arguments: [argument], at } of call.methods) {
      const set = /^with_(\w+)$/.exec(name)?.[1]
      if (!set || !argument || IDLE.has(set)) continue
      const known = RENAMED[set] ?? set
      if (KNOWN_SETTINGS.has(known)) this.#values.set(known, { value: argument.value, at })
      else tell('keyword', { key: name }, at)
    }
  }

  /** @param {string} key */
  has(key) {
    const value = this.#values.get(key)?.value
    return value !== undefined && value.type !== 'none'
  }

  /** @param {string} key @returns {Value | undefined} */
  value(key) {
    return this.#values.get(key)?.value
  }

  /** @param {string} key @param {number} least @param {number} [usual] without it the key is needed */
  number(key, least, usual) {
    return this.#number(this.value(key), key, least, usual)
  }

  /** @param {string} key @param {number} least @param {Pair} [usual] @returns {Pair} */
  pair(key, least, usual) {
    const value = this.value(key)
    if (value?.type === 'list' && value.items.length === 2) {
      return [this.#number(value.items[0], key, least), this.#number(value.items[1], key, least)]
    }
    const one = value?.type === 'list' && value.items.length === 1 ? value.items[0] : value
    if (one === undefined || one.type === 'none') return usual ?? this.#missing(key)
    const number = this.#number(one, key, least)
    return [number, number]
  }

  /** @param {string} key @param {boolean} usual */
  flag(key, usual) {
    const value = this.value(key)
    return value?.type === 'bool' ? value.value : usual
  }

  /**
   * @param {Value | undefined} value
   * @param {string} key
   * @param {number} least
   * @param {number} [usual]
   * @returns {number}
   */
  #number(value, key, least, usual) {
    if (value === undefined || value.type === 'none') return usual ?? this.#missing(key)[0]
    if (value.type === 'number' && Number.isInteger(value.value) && value.value >= least && value.value <= GREATEST) {
      return value.value
    }
    const { line, column } = this.#values.get(key)?.at ?? {}
    const at = line !== undefined && column !== undefined ? { line, column } : undefined
    this.#tell('not_number', { key, text: written(value), least }, at)
    this.isWhole = false
    return least
  }

  /** @param {string} key @returns {Pair} */
  #missing(key) {
    this.#tell('missing', { key })
    this.isWhole = false
    return [1, 1]
  }

  /** Padding of a convolution or a pool. @returns {[Pair, Pair] | 'same' | 'burn-same'} */
  padding() {
    const value = this.value('padding')
    // As text; print(model) leaves the quotes out.
    const text = value?.type === 'text' ? value.value : value?.type === 'name' ? value.text : ''
    if (text === 'same') return 'same'
    if (text === 'valid') return [[0, 0], [0, 0]]
    const named = value?.type === 'name' ? value.text : value?.type === 'call' ? value.call.path.join('.') : ''
    if (/\bSame$/.test(named)) return 'burn-same'
    if (/\bValid$/.test(named)) return [[0, 0], [0, 0]]
    if (/\bExplicit$/.test(named) && value?.type === 'call') {
      const numbers = value.call.arguments.map(argument => this.#number(argument.value, 'padding', 0))
      // Two: of rows, of columns. Four: top, left, bottom, right.
      if (numbers.length === 2) return [[numbers[0], numbers[0]], [numbers[1], numbers[1]]]
      if (numbers.length === 4) return [[numbers[0], numbers[2]], [numbers[1], numbers[3]]]
    }
    const [rows, columns] = this.pair('padding', 0, [0, 0])
    return [[rows, rows], [columns, columns]]
  }

  /** @returns {Pair} channels that go in, that come out */
  channels() {
    if (this.isBurn) return this.pair('channels', 1)
    return [this.number('in_channels', 1), this.number('out_channels', 1)]
  }
}

/** What Burn's `.with_…` may set. */
const KNOWN_SETTINGS = new Set([
  'stride', 'padding', 'dilation', 'groups', 'bias', 'output_padding', 'ceil_mode', 'count_include_pad', 'affine',
])

/** @param {Given} given @returns {Meaning} */
function pool(given) {
  const kernel = given.pair('kernel_size', 1)
  const padding = given.padding()
  return {
    kind: 'pool', kernel, stride: given.pair('stride', 1, kernel),
    padding: padding === 'same' ? [[0, 0], [0, 0]] : padding,
    dilation: given.pair('dilation', 1, [1, 1]), ceil: given.flag('ceil_mode', false),
  }
}

/** @param {Given} given @returns {Meaning} */
function adaptive(given) {
  const value = given.value('output_size')
  // None: as large as what comes in.
  const isKept = value?.type === 'none' || (value?.type === 'list' && value.items.every(({ type }) => type === 'none'))
  return { kind: 'adaptive', size: isKept ? [null, null] : given.pair('output_size', 1) }
}

/** @param {string} mode @param {boolean} corners @returns {(given: Given) => Meaning} */
function resize(mode, corners) {
  return given => {
    const said = given.value('mode')
    const base = { mode: said?.type === 'text' ? said.value : mode, corners: given.flag('align_corners', corners) }
    if (given.has('size')) return { kind: 'resize', ...base, size: given.pair('size', 1), factor: null }
    const value = given.value('scale_factor')
    const items = value?.type === 'list' && value.items.length === 2 ? value.items : [value, value]
    const isPlain = items.every(item => item?.type === 'number' && item.value > 0 && item.value <= 1000)
    // Fractions are allowed here, and only here.
    const factor = items.map(item => isPlain && item?.type === 'number' ? item.value : given.number('scale_factor', 1))
    return { kind: 'resize', ...base, size: null, factor: [factor[0], factor[1]] }
  }
}

/** @param {Given} given @returns {Meaning} */
function padded(given) {
  const value = given.value('padding')
  if (value?.type === 'list' && value.items.length === 4) {
    const numbers = value.items.map(item => item.type === 'number' ? item.value : NaN)
    // Left, right, top, bottom; they may crop.
    if (numbers.every(each => Number.isInteger(each) && Math.abs(each) <= GREATEST)) {
      return { kind: 'pad', padding: [[numbers[2], numbers[3]], [numbers[0], numbers[1]]] }
    }
  }
  const side = given.number('padding', 0)
  return { kind: 'pad', padding: [[side, side], [side, side]] }
}

/** @param {string} key of its channels @param {boolean} usual whether it learns @returns {(given: Given) => Meaning} */
function norm(key, usual = true) {
  return given => {
    const channels = given.number(key, 1)
    const isLearned = given.flag('affine', usual || given.isBurn)
    return { kind: 'norm', channels, learned: isLearned ? channels * (given.flag('bias', true) ? 2 : 1) : 0 }
  }
}

/** @type {Readonly<Record<string, (given: Given) => Meaning>>} */
const MEANINGS = {
  Conv2d: given => ({
    kind: 'conv', channels: given.channels(), kernel: given.pair('kernel_size', 1),
    stride: given.pair('stride', 1, [1, 1]), padding: given.padding(), dilation: given.pair('dilation', 1, [1, 1]),
    groups: given.number('groups', 1, 1), bias: given.flag('bias', true),
  }),
  ConvTranspose2d: given => ({
    kind: 'transposed', channels: given.channels(), kernel: given.pair('kernel_size', 1),
    stride: given.pair('stride', 1, [1, 1]), padding: given.pair('padding', 0, [0, 0]),
    more: given.pair('output_padding', 0, [0, 0]),
    dilation: given.pair('dilation', 1, [1, 1]), groups: given.number('groups', 1, 1), bias: given.flag('bias', true),
  }),
  MaxPool2d: pool,
  AvgPool2d: pool,
  AdaptiveAvgPool2d: adaptive,
  AdaptiveMaxPool2d: adaptive,
  BatchNorm2d: norm('num_features'),
  InstanceNorm2d: norm('num_features', false),
  GroupNorm: norm('num_channels'),
  Upsample: resize('nearest', false),
  UpsamplingNearest2d: resize('nearest', false),
  UpsamplingBilinear2d: resize('bilinear', true),
  ZeroPad2d: padded,
  ReflectionPad2d: padded,
  ReplicationPad2d: padded,
  ConstantPad2d: padded,
  Flatten: given => ({ kind: 'flatten', from: given.number('start_dim', 0, 1) }),
  Linear: given => ({
    kind: 'linear', features: [given.number('in_features', 1), given.number('out_features', 1)],
    bias: given.flag('bias', true),
  }),
}

/** @param {string} name @returns {string} the known name that it may be a slip for; '' where none is near */
function nearest(name) {
  const distances = NAMES.map(each => ({ each, d: distance(name.toLowerCase(), each.toLowerCase()) }))
  const { each, d } = distances.reduce((best, other) => other.d < best.d ? other : best)
  return d <= 2 && d < name.length / 2 ? each : ''
}

/** Levenshtein's distance. @param {string} a @param {string} b */
function distance(a, b) {
  if (Math.abs(a.length - b.length) > 2 || a.length > 40) return 99
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1]))
    }
    row = next
  }
  return row[b.length]
}
