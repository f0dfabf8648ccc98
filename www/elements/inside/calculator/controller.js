/** What the layer calculator holds: the text pasted, and the size of what goes in. */
import { compute } from '../../../lib/layers/compute.js'
import { breaks } from '../../../lib/layers/diagnose.js'
import { PRESETS } from './presets.js'

/** @typedef {import('./presets.js').Pasted} Pasted */
/** @typedef {keyof typeof PRESETS} PresetName */
/** @typedef {'channels' | 'rows' | 'columns'} Side */

/**
 * What it needs of the element.
 * @typedef {object} Around
 * @property {() => void} changed there is something new to show
 * @property {(code: string) => void} fail shows a failure of the element's own
 */

/** Greatest number of each side of what goes in. */
export const GREATEST = 10_000
/**
 * Sides that the slider goes through: of a photo, which has few channels, and of a map within a net.
 * @type {Readonly<Record<'photo' | 'map', readonly [least: number, most: number]>>}
 */
const SLIDER = { photo: [32, 512], map: [1, 64] }
/** More channels are no photo's. */
const PHOTO_CHANNELS = 4
/** Characters of a text that a link still tells. */
const LINKED = 4000
/** As usual; `input`: channels x rows x columns. */
const USUAL = { layers: PRESETS.slip.text, input: sizeText(PRESETS.slip) }

export class Calculator {
  #around
  /** @type {Pasted} */
  #now = { ...PRESETS.slip }
  /** A person's own, while a preset is shown. @type {Pasted | null} */
  #own = null
  /** What stands in a field and can't be used. @type {Map<Side, string>} */
  #typed = new Map()
  /** @type {{of: Pasted, computed: import('../../../lib/layers/compute.js').Computed} | null} */
  #known = null
  /** Whether the table was copied as it is. */
  #isCopied = false
  usual = USUAL

  /** @param {Around} around */
  constructor(around) {
    this.#around = around
  }

  get values() {
    const { text } = this.#now
    return { layers: text.length > LINKED ? USUAL.layers : text, input: sizeText(this.#now) }
  }

  /** @param {import('../../common/fragment.js').Values} said as anybody may have written them */
  set values(said) {
    const sides = /^(\d{1,5})x(\d{1,5})x(\d{1,5})$/.exec(String(said['input']))?.slice(1).map(Number)
    const { channels, rows, columns } = sides?.every(isSide)
      ? { channels: sides[0], rows: sides[1], columns: sides[2] } : PRESETS.slip
    this.#show({ text: String(said['layers']), channels, rows, columns })
    this.#own = null
  }

  /** All that the template reads. */
  get state() {
    const names = /** @type {PresetName[]} */ (Object.keys(PRESETS))
    const preset = names.find(name => isSame(PRESETS[name], this.#now)) ?? null
    const computed = this.#computed
    return {
      ...this.#now, preset, hasOwn: this.#own !== null, typed: this.#typed, isCopied: this.#isCopied,
      isTooLong: this.#now.text.length > LINKED, computed,
      // Where PyTorch stops, if it does.
      stop: computed.rows.find(row => breaks(row.notes)) ?? null,
      slider: SLIDER[this.#now.channels > PHOTO_CHANNELS ? 'map' : 'photo'],
    }
  }

  /** The layers, in the order of the text. `note`: why PyTorch stops there. */
  get layers() {
    return this.#computed.rows.map(row => ({ row, note: breaks(row.notes) }))
  }

  get #computed() {
    const { text, channels, rows, columns } = this.#now
    if (this.#known?.of !== this.#now) {
      this.#known = { of: this.#now, computed: compute(text, { channels, size: [rows, columns] }) }
    }
    return this.#known.computed
  }

  /** @param {Pasted} pasted */
  #show(pasted) {
    this.#now = pasted
    this.#typed.clear()
    this.#isCopied = false
    this.#around.changed()
  }

  /** What the template does. */
  actions = {
    /** @param {string} text */
    write: text => this.#show({ ...this.#now, text }),
    /** @param {Side} side @param {string} text */
    type: (side, text) => {
      const number = text.trim() === '' ? NaN : Number(text)
      if (isSide(number)) return this.#show({ ...this.#now, [side]: number })
      this.#typed.set(side, text)
      this.#around.changed()
    },
    /** Both sides at once. @param {number} side cells */
    slide: side => this.#show({ ...this.#now, rows: side, columns: side }),
    /** @param {PresetName} name */
    preset: name => {
      if (!Object.values(PRESETS).some(preset => isSame(preset, this.#now))) this.#own = this.#now
      this.#show({ ...PRESETS[name] })
    },
    /** Back to what the person wrote. */
    own: () => {
      if (this.#own) this.#show(this.#own)
      this.#own = null
    },
    /** @param {string} text */
    copy: async text => {
      try {
        await navigator.clipboard.writeText(text)
        this.#isCopied = true
        this.#around.changed()
      } catch {
        this.#around.fail('copy_failed')
      }
    },
  }
}

/** @param {number} number */
function isSide(number) {
  return Number.isInteger(number) && number >= 1 && number <= GREATEST
}

/** @param {Pasted} pasted */
function sizeText({ channels, rows, columns }) {
  return `${channels}x${rows}x${columns}`
}

/** @param {Pasted} one @param {Pasted} other */
function isSame(one, other) {
  return one.text === other.text && sizeText(one) === sizeText(other)
}
