/**
 * The stages of the loaded net on a photo: which one is looked at, its channels as a sheet, one of them large, and one
 * of its cells opened.
 */
import { cellUnder } from '../../../lib/planes.js'
import { Latest } from '../latest.js'
import { USUAL } from '../usual.js'
import { ordered } from './order.js'
import { saveMap, saveSheet, saveValues } from './save.js'

/** @typedef {import('../scene.js').Scene} Scene */
/** @typedef {import('../scene.js').Panel} Panel */
/** @typedef {import('../../../engine/engine.js').Stage} Stage */
/** @typedef {import('../../../engine/engine.js').Sheet} Sheet */
/** @typedef {import('../../../engine/engine.js').Made} Made */
/** @typedef {{row: number, column: number}} Cell */
/** Which colour a value gets: each channel its own scale, or one for all. @typedef {'each' | 'one'} Scale */

/** Cells along a small map's longer side, at most. */
const SIDE = 48
/** Looked at first where a net has it: shapes are still seen in it. */
const FIRST = ['pool2', 'blocks.5', 'layer1', 'backbone.4']

/** @typedef {Stages['state']} State */
/** @typedef {Stages['actions']} Actions */

export class Stages {
  #panel
  #stage = ''
  /** @type {number | null} null: the strongest */
  #channel = null
  /** @type {Scale} */
  #scale = 'each'
  /** @type {Cell | null} */
  #cell = null
  /** What a link says of the cell, until the map is there. @type {Cell | null} */
  #linked = null
  /** @type {{scene: Scene, stage: string, sheet: Sheet} | null} */
  #sheet = null
  /** @type {{scene: Scene, stage: string, channel: number, data: Float32Array, width: number, height: number} | null} */
  #map = null
  /** @type {{cell: Cell, made: Made} | null} */
  #made = null
  /** The map that the cell is of. @type {object | null} */
  #of = null
  /** The cell of which it turned out that it can't be shown so. @type {Cell | null} */
  #unmade = null
  /** The cell that was pressed, until it is opened. @type {Cell | null} */
  #wanted = null
  #opening = new Latest(async () => await this.#make())

  /** @param {Panel} panel */
  constructor(panel) {
    this.#panel = panel
  }

  get values() {
    const { row = -1, column = -1 } = this.#made?.cell ?? this.#linked ?? {}
    return { stage: this.#stage, channel: this.#channel ?? -1, scale: this.#scale, row, column }
  }

  /** @param {import('../../common/fragment.js').Values} said as anybody may have written them */
  set values({ stage, channel, scale, row, column }) {
    this.#stage = String(stage)
    this.#channel = Number(channel) >= 0 ? Math.floor(Number(channel)) : null
    this.#scale = scale === 'one' ? 'one' : 'each'
    this.#linked = Number(row) >= 0 && Number(column) >= 0
      ? { row: Math.floor(Number(row)), column: Math.floor(Number(column)) } : null
    this.#made = this.#wanted = null
  }

  get state() {
    const scene = this.#panel.scene()
    const stages = scene?.inspected.stages ?? []
    const stage = this.#stageOf(scene)
    const sheet = this.#sheet && this.#sheet.scene === scene && this.#sheet.stage === stage?.name
      ? this.#sheet.sheet : null
    const order = sheet ? ordered(sheet) : []
    const channel = this.#channelOf(stage, order)
    const map = this.#map && this.#map.scene === scene && this.#map.stage === stage?.name
      && this.#map.channel === channel
      ? this.#map : null
    // A cell is of the map over which it was pointed at.
    if (this.#of !== map && map) {
      this.#of = map
      this.#cell = this.#wanted = this.#unmade = this.#made = null
    }
    return {
      scene, stages, stage, sheet, order, channel, map, scale: this.#scale,
      cell: map ? this.#made?.cell ?? this.#cell : null, made: map ? this.#made : null,
      isUnmade: this.#unmade !== null && this.#unmade === this.#cell,
    }
  }

  actions = {
    /** @param {string} stage */
    choose: stage => {
      // Once more: what was given up is asked for again.
      if (stage === this.#stage) return this.shown()
      Object.assign(this, { values: { ...USUAL, stage, scale: this.#scale } })
      this.#cell = null
      this.#panel.changed()
      this.shown()
    },
    /** @param {number} channel */
    chooseChannel: channel => {
      this.#channel = channel
      this.#made = this.#wanted = null
      this.#panel.changed()
      this.shown()
    },
    /** @param {Scale} scale */
    setScale: scale => {
      this.#scale = scale
      this.#panel.changed()
    },
    /** @param {{x: number, y: number, isPress: boolean}} point in shares of the photo */
    point: point => {
      const { scene, stage, map, cell } = this.state
      if (!scene || !stage || !map) return
      const found = cellUnder(stage, map, scene.inspected.work, point)
      if (point.isPress) return this.#open(found)
      // An opened cell stays until another is pressed, and so does one that is about to be.
      if (this.#made || this.#wanted || (cell?.row === found.row && cell.column === found.column)) return
      this.#cell = found
      this.#panel.changed()
    },
    /** @param {{columns: number, rows: number}} by */
    move: ({ columns, rows }) => {
      const { map, cell } = this.state
      if (!map) return
      const { row, column } = this.#wanted ?? cell ?? { row: Math.floor(map.height / 2),
        column: Math.floor(map.width / 2) }
      const within = (/** @type {number} */ at, /** @type {number} */ size) => Math.min(Math.max(at, 0), size - 1)
      this.#open({ row: within(row + rows, map.height), column: within(column + columns, map.width) })
    },
    close: () => {
      this.#made = null
      this.#panel.changed()
    },
    saveSheet: () => this.#save(async ({ stage, sheet, order, scale }) =>
      sheet && stage && await saveSheet(stage.name, sheet, order, scale)),
    saveMap: () => this.#save(async ({ stage, channel, map }) => map && stage && saveMap(stage.name, channel, map)),
    saveValues: () => this.#save(async ({ stage }) => {
      const { name } = stage ?? { name: '' }
      const values = await this.#panel.ask(async (net, source, options) =>
        await net.values(source, { ...options, stage: name }))
      if (values) saveValues(values)
    }),
  }

  /** The panel is on the page: what it shows is asked for, if it isn't there. */
  shown() {
    void this.#fetch()
  }

  async #fetch() {
    const { scene, stage, sheet } = this.state
    if (!scene || !stage) return
    if (!sheet) {
      const found = await this.#panel.ask(async (net, source, options) =>
        await net.sheet(source, { ...options, stage: stage.name, side: SIDE }))
      // Another stage may have been chosen meanwhile, whose sheet is there already.
      if (!found || this.state.stage !== stage) return
      this.#sheet = { scene, stage: stage.name, sheet: found }
      this.#panel.changed()
    }
    const { channel, map } = this.state
    if (!map) {
      const found = await this.#panel.ask(async (net, source, options) =>
        await net.channel(source, { ...options, stage: stage.name, channel }))
      if (!found || this.state.stage !== stage || this.state.channel !== channel) return
      this.#map = { scene, stage: stage.name, channel, ...found }
      this.#panel.changed()
    }
    const linked = this.#linked
    this.#linked = null
    if (linked) this.#open(linked)
  }

  /** Which cell a layer made of what. @param {Cell} cell */
  #open(cell) {
    const { stage, map } = this.state
    if (!stage || !map || cell.row >= map.height || cell.column >= map.width) return
    this.#cell = cell
    this.#wanted = stage.layer ? cell : null
    if (!stage.layer) this.#made = null
    this.#panel.changed()
    if (this.#wanted) this.#opening.ask()
  }

  /** Opens the cell that was pressed last. */
  async #make() {
    for (;;) {
      const { stage, map, channel } = this.state
      const cell = this.#wanted
      if (!stage || !map || !cell) return
      const answer = await this.#panel.ask(async (net, source, options) => ({
        made: await net.cell(source, { ...options, stage: stage.name, channel, ...cell }).catch(error => {
          // Layers that can't be shown as one (fc6 in slices) are no failure of the person's.
          if (/** @type {{code?: string}} */ (error).code === 'invalid_input') return null
          throw error
        }),
      }))
      if (this.state.map !== map || this.#wanted !== cell) continue
      this.#wanted = null
      if (answer) {
        this.#made = answer.made && { cell, made: answer.made }
        this.#unmade = answer.made ? null : cell
        this.#cell = cell
      }
      return this.#panel.changed()
    }
  }

  /** @param {Scene | null} scene @returns {Stage | null} */
  #stageOf(scene) {
    const stages = scene?.inspected.stages ?? []
    const named = (/** @type {string} */ name) => stages.find(stage => stage.name === name)
    return named(this.#stage) ?? FIRST.map(named).find(Boolean) ?? stages[1] ?? null
  }

  /** @param {Stage | null} stage @param {readonly number[]} order */
  #channelOf(stage, order) {
    const channel = this.#channel
    return channel !== null && stage && channel < stage.shape[0] ? channel : order[0] ?? 0
  }

  /** @param {(state: State) => Promise<unknown>} work */
  #save(work) {
    void work(this.state).catch(() => this.#panel.fail('save_failed'))
  }
}
