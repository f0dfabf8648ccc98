/**
 * The panels that need a photo and a net: stages, tail, why, which pixels mattered. They come when one of them is first
 * shown; the ruler and the calculator work without.
 */
import { html, nothing } from '../../vendor/lit.js'
import '../common/stage/board.js'
import '../common/stage/picture.js'
import './stages/sheet.js'
import { Occlusion } from './occlusion/controller.js'
import { occlusion } from './occlusion/template.js'
import { Opening } from './opening.js'
import { Why } from './pixel/controller.js'
import { pixel } from './pixel/template.js'
import { head } from './head.js'
import { Stages } from './stages/controller.js'
import { stages } from './stages/template.js'
import { Tail } from './tail/controller.js'
import { tail } from './tail/template.js'

/** @typedef {import('../common/fragment.js').Values} Values */
/** @typedef {import('./scene.js').Page} Page */
/** @typedef {import('./scene.js').NetPage} NetPage */
/** @typedef {'stages' | 'tail' | 'pixel' | 'occlusion'} NetPanel */
/**
 * `stages`: with what each holds and costs. `changed`: pixels of another class than with both skips whole, of `pixels`.
 * @typedef {{panel: 'stages', stages: {name: string, parameters: number, macs: number}[]}
 *   | {panel: 'tail', pool4: number, pool3: number, changed: number, pixels: number}} Reading
 */

export class NetPanels {
  #host
  #opening
  #panels
  /** The one shown. @type {NetPanel | null} */
  #shown = null
  /** Fetched when the stages are first shown. @type {typeof import('./stages/charts.js') | null} */
  #charts = null

  /** @param {ConstructorParameters<typeof Opening>[0]} host */
  constructor(host) {
    this.#host = host
    const opening = this.#opening = new Opening(host, () => {
      // What runs on the former photo is of no use any more.
      this.#hide()
      this.#opened()
    })
    const panel = {
      changed: () => host.requestUpdate(), scene: () => opening.scene, ask: opening.ask,
      fail: (/** @type {string} */ code) => opening.fail(code),
    }
    const why = new Why(panel)
    this.#panels = { stages: new Stages(panel), tail: new Tail(panel), pixel: why,
      occlusion: new Occlusion(panel, why) }
  }

  connect() {
    this.#opening.connect()
    if (this.#shown) this.#opening.want()
  }

  dispose() {
    this.#hide()
    this.#opening.dispose()
  }

  get opening() {
    return this.#opening
  }

  get values() {
    const { stages, tail, pixel, occlusion } = this.#panels
    return {
      ...stages.values, ...tail.values, ...pixel.values, ...occlusion.values,
      sample: this.#opening.sampleTold, model: this.#opening.model.told, size: String(this.#host.size),
    }
  }

  /** What the panel shown says; null for those that tell nothing, and until it is there. @returns {Reading | null} */
  get reading() {
    const { scene } = this.#opening.state
    if (!scene) return null
    if (this.#shown === 'stages') {
      return { panel: 'stages', stages: scene.inspected.stages.map(({ name, parameters, macs }) =>
        ({ name, parameters, macs })) }
    }
    const tail = this.#shown === 'tail' ? this.#panels.tail.reading : null
    return tail && { panel: 'tail', ...tail }
  }

  /** @param {Values} values as anybody may have written them */
  set values(values) {
    for (const panel of Object.values(this.#panels)) panel.values = values
    const size = String(values['size'])
    const isOther = size !== String(this.#host.size)
    this.#host.size = size
    this.#opening.sampleTold = String(values['sample'])
    if (this.#opening.model.take(String(values['model']))) this.#opening.changeModel()
    else if (isOther) this.#opening.again()
    this.#opened()
  }

  /** @param {NetPanel | null} panel the one that is on the page now */
  show(panel) {
    if (panel === this.#shown) return
    this.#hide()
    this.#shown = panel
    if (!panel) return
    this.#opening.want()
    this.#opened()
    if (panel === 'stages' && !this.#charts) {
      import('./stages/charts.js').then(charts => {
        this.#charts = charts
        this.#host.requestUpdate()
      }, () => this.#opening.fail('charts_failed'))
    }
  }

  #hide() {
    this.#panels.tail.hidden()
    this.#panels.occlusion.hidden()
  }

  #opened() {
    if (!this.#shown || !this.#opening.scene) return
    this.#panels[this.#shown].shown()
    if (this.#shown === 'stages') void this.#host.updateComplete.then(() => this.#findStage())
  }

  /** The stage that is looked at is seen in its table, without moving the page. */
  #findStage() {
    const row = /** @type {HTMLElement | null} */ (this.#host.renderRoot.querySelector('tr.chosen'))
    const box = row?.closest('.rows')
    if (row && box) box.scrollTop = row.offsetTop - box.clientHeight / 2
  }

  /** @param {Page} common */
  render(common) {
    const page = { ...common, charts: this.#charts }
    const { scene } = this.#opening.state
    return html`${head(this.#opening, page)}
      ${scene ? this.#panel(page) : html`<p class="hint">${page.t('inside.empty')}</p>`}`
  }

  /** @param {NetPage} page */
  #panel(page) {
    switch (this.#shown) {
      case 'stages': return stages(this.#panels.stages, page)
      case 'tail': return tail(this.#panels.tail, page)
      case 'pixel': return pixel(this.#panels.pixel, page)
      case 'occlusion': return occlusion(this.#panels.occlusion, page)
      case null: return nothing
    }
  }
}
