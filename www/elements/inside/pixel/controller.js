/**
 * A pixel's scores split: why this class and not the runner-up, by score maps, their cells and the channels behind them.
 * A pixel can be pinned and compared with another.
 */
import { cellUnder } from '../../../lib/planes.js'
import { rangeIn } from '../stages/order.js'
import { Latest } from '../latest.js'

/** @typedef {import('../scene.js').Scene} Scene */
/** @typedef {import('../scene.js').Panel} Panel */
/** @typedef {import('../../../engine/engine.js').Autopsy} Autopsy */
/** @typedef {import('../../../engine/engine.js').Tailed} Tailed */
/** @typedef {import('../../../engine/engine.js').Sheet} Sheet */
/** Of the photo's working size. @typedef {{x: number, y: number}} Pixel */
/** A pixel's split score of a class, and of the one it is held against. @typedef {{scene: Scene, pixel: Pixel, classId: number, rivalId: number, own: Autopsy, rival: Autopsy}} Split */
/** Which of the shares are shown. @typedef {'own' | 'rival' | 'difference'} Which */

/** How many channels are shown, and how large their maps are, cells. */
export const CHANNELS = 6
const SIDE = 48

/** @typedef {Why['state']} State */
/** @typedef {Why['actions']} Actions */

export class Why {
  #panel
  /** In shares of the photo, so that a link holds at every size. @type {{x: number, y: number}} */
  #at = { x: 0.5, y: 0.5 }
  /** By their names; '': the best, and the best other one. */
  #class = ''
  #rival = ''
  /** @type {Which} */
  #which = 'own'
  /** Of the pass itself, with scores where they aren't too many. @type {{scene: Scene, tail: Tailed} | null} */
  #mask = null
  /** A classifier's scores of every window. @type {{scene: Scene, sheet: Sheet} | null} */
  #windows = null
  /** @type {Split | null} */
  #split = null
  /** The classes wished for when it was asked about. */
  #asked = ''
  /** @type {Split | null} */
  #pinned = null
  /** Of the stages behind the score maps. @type {{scene: Scene, sheets: Map<string, Sheet>} | null} */
  #sheets = null
  /** The cell pointed at, by its place in `cells`. @type {number | null} */
  #cell = null
  /** The one that was pressed, which stays. @type {number | null} */
  #chosen = null
  #latest = new Latest(async () => await this.#computeAll())

  /** @param {Panel} panel */
  constructor(panel) {
    this.#panel = panel
  }

  get values() {
    const rounded = (/** @type {number} */ share) => Math.round(share * 1e4) / 1e4
    return { x: rounded(this.#at.x), y: rounded(this.#at.y), why: this.#class, against: this.#rival,
      shares: this.#which }
  }

  /** @param {import('../../common/fragment.js').Values} said as anybody may have written them */
  set values({ x, y, why, against, shares }) {
    const within = (/** @type {unknown} */ share) => Math.min(Math.max(Number(share), 0), 1)
    this.#at = { x: within(x), y: within(y) }
    this.#cell = this.#chosen = null
    this.#class = String(why)
    this.#rival = String(against)
    this.#which = shares === 'rival' || shares === 'difference' ? shares : 'own'
  }

  get state() {
    const scene = this.#panel.scene()
    const mask = this.#mask?.scene === scene ? this.#mask.tail : null
    const split = this.#split?.scene === scene ? this.#split : null
    const sheets = this.#sheets?.scene === scene ? this.#sheets.sheets : null
    return {
      scene, mask, split, sheets, which: this.#which, pixel: scene ? this.#pixelIn(scene) : { x: 0, y: 0 },
      pinned: this.#pinned?.scene === scene ? this.#pinned : null, cell: this.#cell ?? this.#chosen,
        chosen: this.#chosen,
      wished: { class: this.#class, rival: this.#rival },
    }
  }

  actions = {
    /** @param {{x: number, y: number, isPress: boolean}} point in shares of the photo */
    point: ({ x, y, isPress }) => {
      if (isPress) this.#go({ x, y })
    },
    /** @param {{columns: number, rows: number}} by */
    move: ({ columns, rows }) => {
      const scene = this.#panel.scene()
      if (!scene) return
      const { work } = scene.inspected
      const { x, y } = this.#pixelIn(scene)
      this.#go({ x: (x + columns + 0.5) / work.width, y: (y + rows + 0.5) / work.height })
    },
    /** @param {string} name '': the best */
    choose: name => this.#ask({ class: name }),
    /** @param {string} name '': the best of the others */
    against: name => this.#ask({ rival: name }),
    /** @param {Which} which */
    show: which => {
      this.#which = which
      this.#panel.changed()
    },
    /** @param {number | null} cell */
    look: cell => {
      if (cell === this.#cell) return
      this.#cell = cell
      this.#panel.changed()
    },
    /** @param {number} cell once more: no more */
    press: cell => {
      this.#chosen = cell === this.#chosen ? null : cell
      this.#cell = null
      this.#panel.changed()
    },
    pin: () => {
      this.#pinned = this.#pinned?.scene === this.#panel.scene() ? null : this.#split
      this.#panel.changed()
    },
  }

  /** The panel is on the page. */
  shown() {
    const { scene, split, pixel } = this.state
    if (!scene) return
    const { x, y } = split?.pixel ?? { x: -1, y: -1 }
    if (x !== pixel.x || y !== pixel.y || this.#asked !== [this.#class, this.#rival].join()) this.#latest.ask()
  }

  /** @param {{x: number, y: number}} at */
  #go({ x, y }) {
    const within = (/** @type {number} */ share) => Math.min(Math.max(share, 0), 1)
    this.#at = { x: within(x), y: within(y) }
    this.#cell = this.#chosen = null
    this.#panel.changed()
    this.#latest.ask()
  }

  /** @param {{class?: string, rival?: string}} names */
  #ask({ class: own = this.#class, rival = this.#rival }) {
    this.#class = own
    this.#rival = rival
    this.#panel.changed()
    this.#latest.ask()
  }

  /** @param {Scene} scene @returns {Pixel} */
  #pixelIn({ inspected: { work } }) {
    const at = (/** @type {number} */ share, /** @type {number} */ size) => Math.min(Math.floor(share * size), size - 1)
    return { x: at(this.#at.x, work.width), y: at(this.#at.y, work.height) }
  }

  /** Until what is shown is of the pixel and the classes wished. */
  async #computeAll() {
    for (;;) {
      const scene = this.#panel.scene()
      if (!scene) return
      if (scene.net.gives === 'masks' && this.#mask?.scene !== scene) {
        const tail = await this.#panel.ask(async (net, source, options) =>
          await net.tail(source, { ...options, mask: 'work', scores: true }))
        if (!tail) return
        this.#mask = { scene, tail }
      }
      if (scene.net.gives === 'labels' && this.#windows?.scene !== scene) {
        const sheet = await this.#panel.ask(async (net, source, options) =>
          await net.sheet(source, { ...options, stage: 'score', side: 256 }))
        if (!sheet) return
        this.#windows = { scene, sheet }
      }
      const pixel = this.#pixelIn(scene)
      const wished = { class: this.#class, rival: this.#rival }
      const [classId, rivalId] = this.#classesAt(scene, pixel)
      const found = await this.#panel.ask(async (net, source, options) => ({
        own: await net.autopsy(source, { ...options, ...pixel, classId }),
        rival: await net.autopsy(source, { ...options, ...pixel, classId: rivalId }),
      }))
      if (!found) return
      // Cells of another pixel, or photo, are others.
      if (this.#split?.scene !== scene) this.#cell = this.#chosen = null
      this.#split = { scene, pixel, classId, rivalId, ...found }
      this.#asked = [wished.class, wished.rival].join()
      await this.#fetchSheets(scene, found.own)
      this.#panel.changed()
      const now = this.#pixelIn(scene)
      if (now.x === pixel.x && now.y === pixel.y && wished.class === this.#class && wished.rival === this.#rival) return
    }
  }

  /** @param {Scene} scene @param {Autopsy} split */
  async #fetchSheets(scene, { sources }) {
    if (this.#sheets?.scene === scene) return
    /** @type {Map<string, Sheet>} */
    const sheets = new Map()
    for (const { input } of sources) {
      const sheet = await this.#panel.ask(async (net, source, options) =>
        await net.sheet(source, { ...options, stage: input, side: SIDE }))
      if (!sheet) return
      sheets.set(input, sheet)
    }
    this.#sheets = { scene, sheets }
  }

  /** The class that is asked about, and the one it is held against. @param {Scene} scene @param {Pixel} pixel */
  #classesAt(scene, { x, y }) {
    const { classes } = scene.net
    const named = (/** @type {string} */ name) => classes.find(each => each.name === name)?.id
    const order = this.#orderAt(scene, x, y)
    const own = named(this.#class) ?? order[0]
    return [own, named(this.#rival) ?? order.find(id => id !== own) ?? own]
  }

  /** Classes by their score there, the best first. @param {Scene} scene @param {number} x @param {number} y */
  #orderAt(scene, x, y) {
    const all = scene.net.classes.map(({ id }) => id)
    const { sheet } = this.#windows?.scene === scene ? this.#windows : { sheet: null }
    const stage = scene.inspected.stages.find(({ name }) => name === 'score')
    if (sheet && stage) {
      const { work } = scene.inspected
      const cell = cellUnder(stage, sheet, work, { x: (x + 0.5) / work.width, y: (y + 0.5) / work.height })
      const score = (/** @type {number} */ id) => sheet.data[(id * sheet.height + cell.row) * sheet.width + cell.column]
      return all.sort((a, b) => score(b) - score(a) || a - b)
    }
    const { labels, width, scores } = this.#mask?.scene === scene ? this.#mask.tail : {}
    if (scores) {
      const at = (y * scores.width + x) * scores.channels
      return all.sort((a, b) => scores.data[at + b] - scores.data[at + a] || a - b)
    }
    const best = labels && width ? labels[y * width + x] : 0
    return [best, ...all.filter(id => id !== best)]
  }
}

/**
 * Shares of what is shown: of the class, of its rival, or of one less the other's.
 * @param {Split} split
 * @param {Which} which
 */
export function sharesOf({ own, rival }, which) {
  const [plus, minus] = which === 'rival' ? [rival, null] : [own, which === 'difference' ? rival : null]
  return {
    score: plus.score - (minus?.score ?? 0), sum: plus.sum - (minus?.sum ?? 0),
    parts: Object.entries(plus.parts).map(([name, share]) => ({ name, share: share - (minus?.parts[name] ?? 0) })),
    cells: plus.cells.map((cell, i) => ({ ...cell, share: cell.share - (minus?.cells[i]?.share ?? 0) })),
    sources: plus.sources.map((source, i) => ({
      ...source, bias: source.bias - (minus?.sources[i]?.bias ?? 0),
      channels: source.channels.map((share, channel) => share - (minus?.sources[i]?.channels[channel] ?? 0)),
    })),
  }
}

/** The small maps of a sheet, made once: what they look like is kept by their values. @type {WeakMap<Sheet, Map<number, Float32Array>>} */
const small = new WeakMap()

/** @param {Sheet} sheet @param {number} channel */
export function smallMap(sheet, channel) {
  const { width, height } = sheet
  const known = small.get(sheet) ?? new Map()
  small.set(sheet, known)
  const data = known.get(channel) ?? sheet.data.subarray(channel * width * height, (channel + 1) * width * height)
  known.set(channel, data)
  return { width, height, data, range: rangeIn(sheet, channel) }
}
