/**
 * What a person can do with `<fcn-upsample>`, and the state that this leaves: the model, what
 * was typed, the prediction game, and the whole of it as attributes or as text for a link.
 */
import { FIELDS } from '../../lib/transposed/geometry.js'
import { fromRows, parseNumber } from '../../lib/transposed/codec.js'
import { DEFAULT_ATTRIBUTES, PRESETS, presetById } from '../../lib/transposed/presets.js'
import { applyAttributes, attributesIn, fragmentOf, layerAttributes, sameSize } from './links.js'
import { Model } from './model.js'

/** @typedef {import('../../lib/transposed/geometry.js').Field} Field */
/** @typedef {import('../../lib/transposed/geometry.js').Layer} Layer */
/** @typedef {import('../../lib/transposed/geometry.js').Pair} Pair */
/** @typedef {import('../../lib/transposed/fill.js').Fill} Fill */
/** @typedef {import('./model.js').View} View */
/** @typedef {import('./model.js').Walk} Walk */
/** @typedef {'none' | 'size' | 'value'} Predict */

export class Control {
  model = new Model()
  heat = false
  /** Whether the figure shows why the transpose isn't an inverse. */
  inverse = false
  /** Whether the panel for one's own photo is open. */
  photo = false
  /** Whether the panel that learns the kernel is open, and what it shows, see learn/settings.js. */
  isLearning = false
  learn = '1'
  /** Whether the maps' numbers are open as tables. */
  hasTables = false
  /** Whether what can be taken along is shown. */
  isTaking = false
  /** What shows through the output. @type {import('./drawing/grid.js').Backdrop | null} */
  backdrop = null
  /** Whether rows and columns have fields of their own. */
  apart = false
  /** @type {Predict} */
  predict = 'none'
  /** The latest answer to a prediction. @type {{verdict: 'open' | 'right' | 'wrong' | 'unreadable' | 'revealed', answer: string}} */
  asked = { verdict: 'open', answer: '' }
  /** Texts in fields that hold no valid value, by the field's key. @type {Map<string, string>} */
  typed = new Map()
  /** What couldn't be read, to be told in place. @type {({kind: 'unreadable', name: string, text: string} | {kind: 'rows'})[]} */
  notices = []
  /** Counts changes of anything but the step, so that an observer can tell. */
  version = 0

  // Layer and maps

  /**
   * @param {Field} field
   * @param {0 | 1 | null} axis null: both
   * @param {string} text as typed
   */
  setField(field, axis, text) {
    const value = parseNumber(text) ?? NaN
    const pair = /** @type {Pair} */ ([...this.model.draft[field]])
    for (const each of /** @type {const} */ ([0, 1])) {
      if (axis !== null && axis !== each) continue
      pair[each] = value
      this.typed.set(`${field}.${each}`, text)
    }
    this.setLayer({ [field]: pair })
  }

  /**
   * @param {Field} field
   * @param {0 | 1} axis
   * @returns {string} what the field shows
   */
  fieldText(field, axis) {
    return this.typed.get(`${field}.${axis}`) ?? String(this.model.draft[field][axis])
  }

  /** Lets go of what was typed where the value is possible. @param {Field} field */
  leaveField(field) {
    if (this.model.problems.some(problem => problem.field === field && problem.code === 'not_a_number')) return
    this.typed.delete(`${field}.0`)
    this.typed.delete(`${field}.1`)
    this.version++
  }

  /** @param {Partial<Layer>} parts */
  setLayer(parts) {
    this.model.ask(parts)
    this.model.settle()
    if (FIELDS.some(field => this.model.draft[field][0] !== this.model.draft[field][1]
      && !Number.isNaN(this.model.draft[field][0]))) this.apart = true
    this.#changed()
  }

  /**
   * Takes an offer that a problem comes with.
   * @param {import('../../lib/transposed/geometry.js').Offer} offer
   */
  takeOffer({ also, ...offer }) {
    /** @type {Partial<Layer>} */
    const parts = {}
    for (const { field, axis, value } of also ? [offer, { ...offer, ...also }] : [offer]) {
      const pair = /** @type {Pair} */ ([...parts[field] ?? this.model.draft[field]])
      // Rows and columns that were set alike are mended alike, unless the offer tells them apart.
      if (!also?.axis && `${pair[0]}` === `${pair[1]}`) pair[1 - axis] = value
      pair[axis] = value
      parts[field] = pair
    }
    this.typed.clear()
    this.setLayer(parts)
  }

  /** Back to the layer that is drawn. */
  revert() {
    this.typed.clear()
    this.notices = []
    this.model.revert()
    this.#changed()
  }

  /**
   * @param {'input' | 'kernel'} role
   * @param {unknown} rows number[][]
   */
  setRows(role, rows) {
    const source = fromRows(rows, role)
    if (!source) {
      this.notices = [{ kind: 'rows' }]
      this.version++
      return
    }
    this.#dropTyped(role)
    if (role === 'input') this.model.askInput(source)
    else this.model.askWeights(source)
    this.setLayer({})
  }

  /**
   * @param {'input' | 'kernel'} role
   * @param {Fill} fill
   */
  setFill(role, fill) {
    const size = this.model.draft[role]
    this.#dropTyped(role)
    if (role === 'input') this.model.askInput({ size, fill, values: null })
    else this.model.askWeights({ size, fill, values: null })
    this.setLayer({})
  }

  /**
   * A text typed into a cell. What isn't a number stays there, marked; the cell keeps its value.
   * @param {'input' | 'kernel'} role
   * @param {number} index
   * @param {string} text
   */
  typeCell(role, index, text) {
    this.typed.set(`${role}#${index}`, text)
    const value = parseNumber(text)
    if (value !== null) this.model.edit(role, index, value)
    this.#changed()
  }

  /** @param {'input' | 'kernel'} role @param {number} index */
  leaveCell(role, index) {
    const text = this.typed.get(`${role}#${index}`)
    if (text === undefined || parseNumber(text) === null) return
    this.typed.delete(`${role}#${index}`)
    this.version++
  }

  /** Forgets what was typed into a cell. @param {'input' | 'kernel'} role @param {number} index */
  resetCell(role, index) {
    this.typed.delete(`${role}#${index}`)
    this.version++
  }

  /**
   * Cells whose text isn't a number.
   * @returns {{role: 'input' | 'kernel', index: number, text: string}[]}
   */
  get badCells() {
    return [...this.typed].flatMap(([key, text]) => {
      const match = /^(input|kernel)#(\d+)$/.exec(key)
      return match && parseNumber(text) === null
        ? [{ role: /** @type {'input' | 'kernel'} */ (match[1]), index: Number(match[2]), text }] : []
    })
  }

  /** @param {'input' | 'kernel'} role */
  #dropTyped(role) {
    for (const key of [...this.typed.keys()]) if (key.startsWith(`${role}#`)
      || key.startsWith(`${role}.`)) this.typed.delete(key)
  }

  #changed() {
    this.version++
    // Cells that are gone take their half-typed texts along.
    for (const { role, index } of this.badCells) {
      if (index >= this.model.layer[role][0] * this.model.layer[role][1]) this.typed.delete(`${role}#${index}`)
    }
    this.asked = { verdict: 'open', answer: '' }
  }

  // View, walk, steps

  /** @param {View} view @param {Walk | null} [walk] */
  show(view, walk) {
    this.model.show(view, walk)
    this.version++
    if (this.predict === 'value') this.asked = { verdict: 'open', answer: '' }
  }

  /** @param {number} step */
  goTo(step) {
    const before = this.model.step
    this.model.step = step
    if (this.model.step !== before && this.predict === 'value') this.asked = { verdict: 'open', answer: '' }
  }

  /** @param {boolean} heat */
  setHeat(heat) {
    this.heat = heat
    this.version++
  }

  /** @param {boolean} inverse */
  setInverse(inverse) {
    this.inverse = inverse
    this.version++
  }

  /** @param {boolean} photo */
  setPhoto(photo) {
    this.photo = photo
    this.version++
  }

  /** @param {string | null} learn null: closed, which keeps what it shows for the next time */
  setLearn(learn) {
    this.isLearning = learn !== null
    this.learn = learn === null ? this.learn : learn || '1'
    this.version++
  }

  /** @param {import('./drawing/grid.js').Backdrop | null} backdrop anything but a picture with its cells is told in place */
  setBackdrop(backdrop) {
    const { picture, cells } = backdrop ?? {}
    const fits = picture instanceof HTMLCanvasElement && cells?.length === 2
      && cells.every(side => side > 0 && side < Infinity)
    this.backdrop = fits ? backdrop : null
    if (backdrop && !fits) this.notices = [{ kind: 'unreadable', name: 'backdrop', text: '{picture, cells}' }]
    this.version++
  }

  // Predict, then reveal

  /** @param {Predict} predict */
  setPredict(predict) {
    this.predict = predict
    this.asked = { verdict: 'open', answer: '' }
    this.version++
  }

  get #untold() {
    return this.asked.verdict !== 'right' && this.asked.verdict !== 'revealed'
  }

  /** Whether the boards are covered until the output size is known. */
  get covered() {
    return this.predict === 'size' && this.#untold
  }

  /** The canvas cell whose value is asked for. @returns {Pair | null} */
  get secret() {
    return this.predict === 'value' && this.#untold ? this.model.current.cell : null
  }

  /** The right answer: rows and columns, or the value of the secret cell. @returns {number[]} */
  get solution() {
    if (this.predict === 'size') return [...this.model.geometry.output]
    const cell = this.model.current.cell
    return cell ? [this.model.walked.sums[cell[0] * this.model.geometry.canvas[1] + cell[1]]] : []
  }

  /** @param {string[]} answers rows and columns, or one value */
  check(answers) {
    const numbers = answers.map(parseNumber)
    const answer = answers.map(text => text.trim()).join('×')
    const { solution } = this
    // A value typed to two decimals is right when it rounds to what was typed.
    const close = numbers.length === solution.length && numbers.every((number, i) =>
      number !== null && Math.abs(number - solution[i]) <= (this.predict === 'size' ? 0 : 0.005 + 1e-9))
    this.asked = { verdict: numbers.includes(null) ? 'unreadable' : close ? 'right' : 'wrong', answer }
    this.version++
  }

  reveal() {
    this.asked = { verdict: 'revealed', answer: '' }
    this.version++
  }

  /** Whether the layer may be one that students ask about: of FCN's kind, or too large to be drawn. */
  get wantsHints() {
    const { isDrawn, layer, kernel } = this.model.told
    return !this.covered && (!isDrawn || kernel.fill === 'bilinear' || layer.kernel[0] === 2 * layer.stride[0])
  }

  // Attributes and links

  /** The preset that the figure shows, if it is one as it comes. */
  get preset() {
    const { fills, problems } = this.model
    if (!fills.input || !fills.kernel || problems.length) return undefined
    const now = layerAttributes(this.model)
    return PRESETS.find(({ attributes }) => Object.entries({ ...DEFAULT_ATTRIBUTES, ...attributes })
      .every(([name, value]) => name === 'overlap' || name === 'predict' || now[name] === value
        || sameSize(now[name], value)))
  }

  /** @param {string} id */
  choosePreset(id) {
    const preset = presetById(id)
    if (!preset) return
    this.apply({ ...DEFAULT_ATTRIBUTES, overlap: null, inverse: null, predict: null, step: '0', ...preset.attributes })
  }

  /**
   * Applies attributes; those that can't be read are noted and left out, those that are
   * impossible together become the model's problems.
   * @param {Readonly<Record<string, string | null | undefined>>} attributes null and undefined: as if it were not there
   */
  apply(attributes) {
    applyAttributes(this, attributes)
  }

  /** The whole state as `key=value&…`, without what is as usual. */
  get fragment() {
    return fragmentOf(this)
  }

  /**
   * Shows what a link says; what it doesn't mention is as usual.
   * @param {string} text `key=value&…`
   */
  set fragment(text) {
    applyAttributes(this, attributesIn(text), true)
  }
}
