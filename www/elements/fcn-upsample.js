/**
 * `<fcn-upsample>`: how a transposed convolution enlarges a feature map, step by step.
 *
 *     <script type="module" src="https://example.org/elements/fcn-upsample.js"></script>
 *     <fcn-upsample input="3x3" kernel="3x3" stride="2" view="all"></fcn-upsample>
 *
 * Works by itself on any page. Attributes, properties, events and parts: upsample/docs.json.
 * This file is the element's public face; upsample/control.js holds what a person can do with it.
 */
/// <reference path="./upsample/tags.d.ts" preserve="true" />
import { nothing } from '../vendor/lit.js'
import { toRows } from '../lib/transposed/codec.js'
import { FcnElement, define } from './common/ui/element.js'
import { Controller, EMBED } from './upsample/controller.js'
import { STATE_KEYS } from './upsample/links.js'
import { styles } from './upsample/styles.js'
import { template } from './upsample/template.js'

/** @typedef {import('../lib/transposed/geometry.js').Pair} Pair */
/** @typedef {import('./upsample/model.js').View} View */
/** @typedef {import('./upsample/drawing/grid.js').Backdrop} Backdrop */
/** @typedef {import('./upsample/learn/training.js').Learning} Learning */

/** Properties that may have been set before the script came, in the order in which they are taken over. */
const PROPERTIES = [
  'preset', 'input', 'weights', 'kernel', 'stride', 'padding', 'outputPadding', 'dilation', 'view', 'linkBase', 'step',
  'backdrop', 'learn',
]

const TEXTS = { en: () => import('./upsample/texts.en.js'), ko: () => import('./upsample/texts.ko.js') }

/** @extends {FcnElement<import('./upsample/texts.en.js').Words>} */
export class FcnUpsample extends FcnElement {
  /** @override */
  static styles = styles

  /** @override @type {import('../vendor/lit.js').PropertyDeclarations} */
  static properties = Object.fromEntries(PROPERTIES.map(name => [name, { attribute: false, noAccessor: true }]))

  /** @override */
  static get observedAttributes() {
    return [...super.observedAttributes, ...STATE_KEYS]
  }

  #controller = new Controller(this)

  constructor() {
    super(TEXTS)
  }

  /** @returns {number[][]} the input map. Set: number[][], or text as in the attribute */
  get input() { return toRows(this.#controller.settled.model.input, this.#controller.settled.model.layer.input) }
  /** @param {number[][] | string} rows */
  set input(rows) { this.#controller.setMap('input', rows) }

  /** @returns {number[][]} the kernel's values. Set: number[][], or text as in the attribute `kernel` */
  get weights() { return toRows(this.#controller.settled.model.weights, this.#controller.settled.model.layer.kernel) }
  /** @param {number[][] | string} rows */
  set weights(rows) { this.#controller.setMap('kernel', rows) }

  /** @returns {number[][]} the finished output, whatever the step */
  get output() { return toRows(this.#controller.settled.model.output, this.#controller.settled.model.geometry.output) }

  /** @returns {Pair} rows, columns. Set: a pair, one number, or text as in the attribute; so for all of these */
  get kernel() { return [...this.#controller.settled.model.layer.kernel] }
  /** @param {Pair | number | string} value */
  set kernel(value) { this.#controller.setPair('kernel', 'kernel', value) }
  /** @returns {Pair} */
  get stride() { return [...this.#controller.settled.model.layer.stride] }
  /** @param {Pair | number | string} value */
  set stride(value) { this.#controller.setPair('stride', 'stride', value) }
  /** @returns {Pair} */
  get padding() { return [...this.#controller.settled.model.layer.padding] }
  /** @param {Pair | number | string} value */
  set padding(value) { this.#controller.setPair('padding', 'padding', value) }
  /** @returns {Pair} */
  get outputPadding() { return [...this.#controller.settled.model.layer.outputPadding] }
  /** @param {Pair | number | string} value */
  set outputPadding(value) { this.#controller.setPair('output-padding', 'outputPadding', value) }
  /** @returns {Pair} */
  get dilation() { return [...this.#controller.settled.model.layer.dilation] }
  /** @param {Pair | number | string} value */
  set dilation(value) { this.#controller.setPair('dilation', 'dilation', value) }

  /** @returns {View} */
  get view() { return this.#controller.settled.model.view }
  /** @param {View} view */
  set view(view) { this.#controller.act(control => control.apply({ view })) }

  /** @returns {string} id of the preset shown as it comes, or '' */
  get preset() { return this.#controller.settled.preset?.id ?? '' }
  /** @param {string} id */
  set preset(id) { this.#controller.act(control => control.choosePreset(id)) }

  /** @returns {string | null} what the panel that learns the kernel shows, as in the attribute; null: it is closed */
  get learn() { return this.#controller.settled.isLearning ? this.#controller.control.learn : null }
  /** @param {string | null} learn */
  set learn(learn) { this.#controller.act(control => control.apply({ learn })) }

  /** @returns {Learning | null} what that panel has come to; null while it is closed, on its way, or has no photo */
  get learning() { return this.#controller.learning }

  /** @returns {number} 0 (nothing done) to {@link steps} */
  get step() { return this.#controller.settled.model.step }
  /** @param {number} step is clamped */
  set step(step) { this.#controller.goTo(step) }

  /** @returns {number} */
  get steps() { return this.#controller.settled.model.steps }

  /** @returns {boolean} */
  get playing() { return this.#controller.player.playing }

  /** Whether what was last asked for is possible; if not, the figure shows the latest that was. @returns {boolean} */
  get valid() { return this.#controller.settled.model.problems.length === 0 }

  /** @override @returns {string} the whole state, `key=value&…`, for the fragment of a link */
  get fragment() { return this.#controller.settled.fragment }
  /** @override @param {string} text */
  set fragment(text) { this.#controller.act(control => { control.fragment = text }) }

  /** @returns {string} what the state is appended to in copied links; default: this site's embed.html */
  get linkBase() { return this.#controller.linkBase }
  /** @param {string} url */
  set linkBase(url) { this.#controller.act(() => { this.#controller.linkBase = url ?? EMBED }) }

  /** @returns {Backdrop | null} a picture that shows through the output; null: none */
  get backdrop() { return this.#controller.control.backdrop }
  /** @param {Backdrop | null} backdrop */
  set backdrop(backdrop) { this.#controller.act(control => control.setBackdrop(backdrop)) }

  /**
   * Opens "your own photo" and shows the net's own score map of it with the net's own kernel. The net is the one in use
   * on the page; where there is none, the engine and a model are fetched.
   * @param {import('../engine/engine.js').PhotoSource} source
   * @returns {Promise<void>} rejects with {code, message}
   */
  async stampPhoto(source) {
    await this.#controller.stampPhoto(source)
  }

  /** One step forward. */
  next() { this.step = this.step + 1 }
  /** One step back. */
  previous() { this.step = this.step - 1 }
  /** Walks on from here; from the start when at the end. */
  play() { this.#controller.play() }
  /** Stops walking. */
  pause() { this.#controller.pause() }

  /** @override */
  connectedCallback() {
    super.connectedCallback()
    this.#controller.connect()
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback()
    this.#controller.disconnect()
  }

  /** @override @param {string} name @param {string | null} old @param {string | null} value */
  attributeChangedCallback(name, old, value) {
    super.attributeChangedCallback(name, old, value)
    if (old !== value && name !== 'lang') this.#controller.say(name, value)
  }

  /** @override */
  render() {
    const { state, actions } = this.#controller
    return state ? template(state, actions) : nothing
  }

  /** @override */
  updated() {
    this.#controller.updated()
  }
}

define('fcn-upsample', FcnUpsample)
