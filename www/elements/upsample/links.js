/**
 * The state of `<fcn-upsample>` as attributes, and as text for a link.
 */
import { DEFAULTS, LIMITS } from '../../lib/transposed/geometry.js'
import { formatMap, formatPair, parseMap, parseNumber, parsePair } from '../../lib/transposed/codec.js'
import { INPUT_FILLS, KERNEL_FILLS } from '../../lib/transposed/fill.js'
import { DEFAULT_ATTRIBUTES, presetById } from '../../lib/transposed/presets.js'
import { pair } from '../common/fragment.js'
import { VIEWS } from './model.js'

/** @typedef {import('./model.js').Model} Model */
/** @typedef {import('./model.js').View} View */
/** @typedef {import('../../lib/transposed/geometry.js').Field} Field */

/**
 * What tells a figure's state.
 * @typedef {{model: Model, heat: boolean, inverse: boolean, photo: boolean, isLearning: boolean, learn: string, predict: 'none' | 'size' | 'value'}} Told
 */

/**
 * What takes a figure's state: its control.
 * @typedef {object} Control
 * @property {Model} model
 * @property {({kind: 'unreadable', name: string, text: string} | {kind: 'rows'})[]} notices
 * @property {Map<string, string>} typed
 * @property {boolean} apart
 * @property {boolean} inverse
 * @property {(parts: Partial<import('../../lib/transposed/geometry.js').Layer>) => void} setLayer
 * @property {(view: View, walk: import('./model.js').Walk | null) => void} show
 * @property {(heat: boolean) => void} setHeat
 * @property {(photo: boolean) => void} setPhoto
 * @property {(learn: string | null) => void} setLearn
 * @property {(predict: 'none' | 'size' | 'value') => void} setPredict
 * @property {(step: number) => void} goTo
 */

/** Attributes of a number pair, and the layer's field that each sets. @type {Readonly<Record<string, Field>>} */
const PAIRS = { stride: 'stride', padding: 'padding', 'output-padding': 'outputPadding', dilation: 'dilation' }

/** Everything that can be said in attributes or in a link, in the order in which links say it. */
export const STATE_KEYS = /** @type {const} */ ([
  'preset', 'input', 'kernel', 'stride', 'padding', 'output-padding', 'dilation', 'view', 'walk', 'overlap', 'inverse',
  'predict', 'photo', 'learn', 'step',
])

/** @type {Readonly<Record<string, string>>} */
const USUAL = DEFAULT_ATTRIBUTES

/** Texts longer than this in a link are cut when they are quoted back. */
const QUOTED = 40

/**
 * @param {import('./model.js').Model} model
 * @returns {Record<string, string>} layer and maps as attributes
 */
export function layerAttributes({ told: { layer, input, kernel } }) {
  /** @type {Record<string, string>} */
  const attributes = { input: formatMap(input), kernel: formatMap(kernel) }
  for (const [name, field] of Object.entries(PAIRS)) attributes[name] = formatPair(layer[field])
  return attributes
}

/**
 * Applies attributes; those that can't be read are noted and left out, those that are
 * impossible together become the model's problems.
 * @param {Control} control
 * @param {Readonly<Record<string, string | null | undefined>>} attributes null and undefined: as if it were not there
 * @param {boolean} [fresh] whether what can't be read becomes as usual, and not what it was before
 */
export function applyAttributes(control, attributes, fresh = false) {
  const { model } = control
  control.notices = []
  control.typed.clear()
  control.apart = false
  const preset = presetById(attributes['preset'] ?? '')
  if (attributes['preset'] && !preset) unreadable(control, 'preset', attributes['preset'])
  /** @type {Record<string, string | null | undefined>} */
  const given = { ...(preset ? { ...DEFAULT_ATTRIBUTES, ...preset.attributes } : {}), ...attributes }
  const text = (/** @type {string} */ name) => name in given ? given[name] ?? USUAL[name] ?? null : undefined

  if (fresh) {
    model.askInput({ size: [3, 3], fill: 'sample', values: null })
    model.askWeights({ size: [3, 3], fill: 'sample', values: null })
    for (const field of Object.values(PAIRS)) model.ask({ [field]: [DEFAULTS[field], DEFAULTS[field]] })
  }
  const input = text('input')
  if (input) readMap(control, 'input', input, source => model.askInput(source))
  const kernel = text('kernel')
  if (kernel) readMap(control, 'kernel', kernel, source => model.askWeights(source))
  for (const [name, field] of Object.entries(PAIRS)) {
    const value = text(name)
    if (!value) continue
    const pair = parsePair(value) ?? fractions(value)
    if (pair) model.ask({ [field]: pair })
    else unreadable(control, name, value)
  }
  control.setLayer({})

  const view = text('view')
  const walk = text('walk')
  if (view && !VIEWS.includes(/** @type {View} */ (view))) unreadable(control, 'view', view)
  if (walk && walk !== 'input' && walk !== 'output') unreadable(control, 'walk', walk)
  if (view !== undefined || walk !== undefined) {
    const named = VIEWS.find(each => each === view)
    const known = named ?? (view === null ? 'stamp' : model.view)
    control.show(known, walk === 'input' || walk === 'output' ? walk : walk === null ? null : model.walk)
  }
  const overlap = text('overlap')
  if (overlap !== undefined) control.setHeat(isOn(overlap))
  const inverse = text('inverse')
  if (inverse !== undefined) control.inverse = isOn(inverse)
  const photo = text('photo')
  if (photo !== undefined) control.setPhoto(isOn(photo))
  const learn = text('learn')
  if (learn !== undefined) control.setLearn(isOn(learn) ? learn : null)
  const predict = text('predict')
  if (predict !== undefined) control.setPredict(predict === 'size' || predict === 'value' ? predict : 'none')
  const step = text('step')
  if (step) {
    const number = step.trim() === 'last' ? Infinity : parseNumber(step)
    if (number === null) unreadable(control, 'step', step)
    else control.goTo(number)
  } else if (step === null) {
    control.goTo(0)
  }
}

/** Half a cell of padding is explained like any other wish. @param {string} text @returns {[number, number] | null} */
function fractions(text) {
  const [rows, columns = rows, ...more] = text.split(/[x×]/).map(parseNumber)
  return rows === null || columns === null || more.length ? null : [rows, columns]
}

/** Whether an option is on: React and Vue write a false one out, and links say 0. @param {string | null} option */
const isOn = option => !/^(null|false|0)$/.test(`${option}`)

/**
 * @param {Control} control
 * @param {'input' | 'kernel'} role
 * @param {string} text
 * @param {(source: import('../../lib/transposed/codec.js').MapSource) => void} take
 */
function readMap(control, role, text, take) {
  const source = parseMap(text, role === 'input' ? INPUT_FILLS : KERNEL_FILLS)
  if (!source) return unreadable(control, role, text)
  // Typed out values can't be cropped to a limit without losing some; sizes are explained.
  if (source.values && source.size.some(side => side > LIMITS[role][1])) return unreadable(control, role, text)
  take(source)
}

/** @param {Control} control @param {string} name @param {string} text */
function unreadable(control, name, text) {
  control.notices.push({ kind: 'unreadable', name, text: text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text })
}

/**
 * The whole state as `key=value&…`, without what is as usual.
 * @param {Told} control
 * @returns {string}
 */
export function fragmentOf(control) {
  const { model } = control
  const now = layerAttributes(model)
  /** @type {Record<string, string>} */
  const state = {}
  for (const [name, value] of Object.entries(now)) {
    if (value !== USUAL[name]) state[name] = value
  }
  if (model.view !== 'stamp') state['view'] = model.view
  if (model.walk) state['walk'] = model.walk
  if (control.heat) state['overlap'] = '1'
  if (control.inverse) state['inverse'] = '1'
  if (control.predict !== 'none') state['predict'] = control.predict
  if (control.photo) state['photo'] = '1'
  if (control.isLearning) state['learn'] = control.learn
  if (model.step) state['step'] = String(model.step)
  return Object.entries(state).map(([name, value]) => pair(name, value)).join('&')
}

/**
 * What a link says; what it doesn't mention is as usual (null).
 * @param {string} text `key=value&…`
 * @returns {Record<string, string | null>}
 */
export function attributesIn(text) {
  const said = new URLSearchParams(`${text ?? ''}`.replace(/^[#?]+/, ''))
  // A preset brings its own values for what the link leaves out.
  /** @type {Readonly<Record<string, string>>} */
  const usual = presetById(said.get('preset') ?? '')?.attributes ?? {}
  return Object.fromEntries(STATE_KEYS.map(key => [key, said.get(key) ?? usual[key] ?? null]))
}

/** `4` and `4x4` are the same size. @param {string} a @param {string} b */
export function sameSize(a, b) {
  const [first, second] = [parsePair(a), parsePair(b)]
  return first !== null && second !== null && first[0] === second[0] && first[1] === second[1]
}
