/** `<fcn-map-picture>`: a small map as it is, a canvas pixel a cell, enlarged by CSS. */
import { LitElement, css, html } from '../../../vendor/lit.js'
import { define } from '../ui/element.js'

export class FcnMapPicture extends LitElement {
  /** @override */
  static properties = { width: { type: Number }, height: { type: Number }, colors: { attribute: false }, label: {} }

  /** @override */
  static styles = css`
    :host { display: block; }
    canvas { display: block; width: 100%; image-rendering: pixelated; forced-color-adjust: none; }
  `

  constructor() {
    super()
    this.width = 1
    this.height = 1
    /** RGBA. @type {Uint8ClampedArray<ArrayBuffer> | null} */
    this.colors = null
    this.label = ''
  }

  /** @override */
  render() {
    return html`<canvas role="img" aria-label=${this.label}></canvas>`
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  updated(changed) {
    const canvas = this.renderRoot.querySelector('canvas')
    const { width, height, colors } = this
    if (!canvas || !changed.has('colors') || colors?.length !== 4 * width * height) return
    canvas.width = width
    canvas.height = height
    canvas.getContext('2d')?.putImageData(new ImageData(colors, width, height), 0, 0)
  }
}

define('fcn-map-picture', FcnMapPicture)
