/** What the offset ruler holds: its settings, what is typed and can't be, and the cell that is looked at. */
import { fieldIn, FC6, HEADS, LIMITS, netOf, outputOf, POOLS, PRESETS, TRIMS } from './net.js'

/** @typedef {import('./net.js').Settings} Settings */
/** @typedef {'pixels' | 'pad'} NumberField */
/** @typedef {{row: number, cell: number}} Spot */

/** As usual: the paper's net; `cell`: map:cell. */
const USUAL = { ...PRESETS.paper, cell: '' }

export class Ruler {
  #changed
  /** @type {Settings} */
  #settings = { ...PRESETS.paper }
  /** The cell chosen, by its map's name. @type {{map: string, cell: number} | null} */
  #chosen = null
  /** What the pointer is over. @type {Spot | null} */
  #under = null
  /** What stands in a field and can't be used. @type {Map<NumberField | 'cell', string>} */
  #typed = new Map()
  /** @type {{key: string, net: import('./net.js').Net, fields: number[]} | null} */
  #known = null
  usual = USUAL

  /** @param {() => void} changed called when there is something new to show */
  constructor(changed) {
    this.#changed = changed
  }

  get values() {
    return { ...this.#settings, cell: this.#chosen ? `${this.#chosen.map}:${this.#chosen.cell}` : '' }
  }

  /** @param {import('../../common/fragment.js').Values} said as anybody may have written them */
  set values(said) {
    const one = (/** @type {readonly (string | number)[]} */ offered, /** @type {keyof Settings} */ key) =>
      offered.find(each => each === said[key]) ?? PRESETS.paper[key]
    const number = (/** @type {NumberField} */ key) =>
      within(key, Number(said[key])) ? Number(said[key]) : PRESETS.paper[key]
    this.#settings = /** @type {Settings} */ ({
      pixels: number('pixels'), pad: number('pad'), pools: one(POOLS, 'pools'), fc6: one(FC6, 'fc6'),
      head: one(HEADS, 'head'), trim: one(TRIMS, 'trim'),
    })
    const [, map, cell] = /^([\w+ ]{1,20}):(\d{1,4})$/.exec(String(said['cell'])) ?? []
    this.#chosen = map ? { map, cell: Number(cell) } : null
    this.#typed.clear()
    this.#under = null
    this.#changed()
  }

  /** All that the template reads. */
  get state() {
    const { net, fields } = this.#net
    const chosen = this.#spot(net)
    const preset = /** @type {(keyof typeof PRESETS)[]} */ (Object.keys(PRESETS))
      .find(name => JSON.stringify(PRESETS[name]) === JSON.stringify(this.#settings)) ?? null
    return {
      settings: this.#settings, net, fields, output: outputOf(net), typed: this.#typed, preset,
      chosen, shown: this.#under ?? chosen,
    }
  }

  /** What comes out of the head, for those who ask the element; null where nothing does. */
  get reading() {
    const { settings: { pixels, head, pools, pad, fc6 }, output } = this.state
    return { pixels, head, pools, pad, fc6, enlarged: output?.size ?? null, crop: output?.zero ?? null }
  }

  get #net() {
    const key = JSON.stringify(this.#settings)
    if (this.#known?.key !== key) {
      const net = netOf(this.#settings)
      this.#known = { key, net, fields: net.rows.map((_, row) => fieldIn(net, row)) }
    }
    return this.#known
  }

  /**
   * The chosen cell where it is one of this net; else one in the middle of the coarsest map.
   * @param {import('./net.js').Net} net
   * @returns {Spot}
   */
  #spot({ rows }) {
    const { map, cell } = this.#chosen ?? { map: 'score_fr', cell: NaN }
    const found = rows.findIndex(({ name }) => name === map)
    const row = found < 0 ? rows.length - 1 : found
    const middle = Math.floor(rows[row].size / 2)
    return { row, cell: found < 0 || Number.isNaN(cell) ? middle : Math.min(cell, rows[row].size - 1) }
  }

  /** What the template does. */
  actions = {
    /** @param {Partial<Settings>} change */
    set: change => {
      for (const key of Object.keys(change)) this.#typed.delete(/** @type {NumberField} */ (key))
      this.#settings = { ...this.#settings, ...change }
      this.#under = null
      this.#changed()
    },
    /** @param {NumberField} field @param {string} text */
    type: (field, text) => {
      const number = text.trim() === '' ? NaN : Number(text)
      if (within(field, number)) return this.actions.set({ [field]: number })
      this.#typed.set(field, text)
      this.#changed()
    },
    /** @param {keyof typeof PRESETS} name */
    preset: name => {
      this.#typed.clear()
      this.actions.set(PRESETS[name])
    },
    /** @param {Spot | null} spot under the pointer; null: none any more */
    point: spot => {
      const [now, then] = [this.#under, spot]
      if (now?.row === then?.row && now?.cell === then?.cell) return
      this.#under = spot
      this.#changed()
    },
    /** @param {Spot} spot */
    choose: ({ row, cell }) => {
      const { name, size } = this.#net.net.rows[row]
      this.#chosen = { map: name, cell: Math.min(cell, size - 1) }
      this.#under = null
      this.#typed.delete('cell')
      this.#changed()
    },
    /** @param {number} row @param {string} text of a cell */
    typeCell: (row, text) => {
      const cell = text.trim() === '' ? NaN : Number(text)
      const { size } = this.#net.net.rows[row]
      if (Number.isInteger(cell) && cell >= 0 && cell < size) return this.actions.choose({ row, cell })
      this.#typed.set('cell', text)
      this.#changed()
    },
  }
}

/** @param {NumberField} field @param {number} number */
function within(field, number) {
  return Number.isInteger(number) && number >= LIMITS[field][0] && number <= LIMITS[field][1]
}
