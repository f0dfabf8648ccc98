/**
 * The tail as a stage play: a class, its map at every step, the two skips from none to all, the mask that comes of it,
 * and how far that is from the heads that were trained without those skips.
 */
import { counted, differing } from '../../../lib/planes.js'
import { Latest } from '../latest.js'

/** @typedef {import('../scene.js').Scene} Scene */
/** @typedef {import('../scene.js').Panel} Panel */
/** @typedef {import('../../../engine/engine.js').Tailed} Tailed */
/** @typedef {{pool4: number, pool3: number}} Gains */

/** Where the play goes: from one skipless enlargement to two skips. @type {readonly Gains[]} */
const ACTS = [{ pool4: 0, pool3: 0 }, { pool4: 1, pool3: 0 }, { pool4: 1, pool3: 1 }]
/** From one to the next, and how long an act is looked at. Milliseconds. */
const CHANGE = 1600
const PAUSE = 900

/** @typedef {Tail['state']} State */
/** @typedef {Tail['actions']} Actions */

export class Tail {
  #panel
  /** @type {Gains} */
  #gains = { pool4: 1, pool3: 1 }
  /** By its name; '': the one with most pixels. */
  #class = ''
  /** @type {{scene: Scene, classId: number, gains: Gains, tail: Tailed} | null} */
  #shown = null
  /** The masks of the trained heads, at the working size. @type {{scene: Scene, masks: Map<string, Uint8Array>} | null} */
  #heads = null
  #latest = new Latest(async () => await this.#computeAll())
  #heading = new Latest(async () => await this.#compareHeads())
  #differs = false
  /** @type {number | null} a frame's handle */
  #playing = null

  /** @param {Panel} panel */
  constructor(panel) {
    this.#panel = panel
  }

  get values() {
    return { ...this.#gains, class: this.#class }
  }

  /** @param {import('../../common/fragment.js').Values} values as anybody may have written them */
  set values(values) {
    this.hidden()
    const within = (/** @type {unknown} */ gain) => Math.min(Math.max(Number(gain), 0), 1)
    this.#gains = { pool4: within(values['pool4']), pool3: within(values['pool3']) }
    this.#class = String(values['class'])
  }

  get state() {
    const scene = this.#panel.scene()
    const shown = this.#shown?.scene === scene ? this.#shown : null
    const heads = this.#heads?.scene === scene ? this.#heads.masks : null
    const { pool4, pool3 } = this.#gains
    // The trained head that has just these skips; between two, none has.
    const twin = pool3 === 0 && pool4 === 0 ? 'fcn32s' : pool3 === 0 && pool4 === 1 ? 'fcn16s' : null
    const mask = twin ? heads?.get(twin) : null
    const whole = scene && heads?.get(scene.net.manifest.config.variants.at(-1) ?? '')
    const isUpToDate = shown?.gains.pool4 === pool4 && shown.gains.pool3 === pool3
    return {
      scene, gains: this.#gains, shown, classId: this.#classIn(scene), isPlaying: this.#playing !== null,
      hasTail: scene ? hasSkips(scene) : true, differs: this.#differs, twin,
      difference: mask && shown && isUpToDate ? differing(shown.tail.labels, mask) : null,
      /** Pixels of another class than with both skips whole; null until both masks are there. */
      changed: whole && shown && isUpToDate ? differing(whole, shown.tail.labels).count : null,
      hasTwin: Boolean(twin && scene?.net.manifest.config.variants.includes(twin)),
    }
  }

  /** What it says, for those who ask the element; null until it is there. */
  get reading() {
    const { changed, shown, gains } = this.state
    return changed === null || !shown ? null : { ...gains, changed, pixels: shown.tail.labels.length }
  }

  actions = {
    /** @param {Partial<Gains>} gains */
    set: gains => {
      this.#stop()
      Object.assign(this.#gains, gains)
      this.#panel.changed()
      this.#latest.ask()
    },
    /** @param {string} name of a class */
    choose: name => {
      this.#class = name
      this.#panel.changed()
      this.#latest.ask()
    },
    /** @param {boolean} differs */
    showDifference: differs => {
      this.#differs = differs
      this.#panel.changed()
    },
    play: () => this.#playing === null ? this.#play() : this.#stop(),
  }

  /** The panel is on the page. */
  shown() {
    const { scene, hasTail, shown, classId } = this.state
    if (!scene || !hasTail) return
    const { pool4, pool3 } = this.#gains
    if (!shown || shown.classId !== classId || shown.gains.pool4 !== pool4
      || shown.gains.pool3 !== pool3) this.#latest.ask()
    this.#heading.ask()
  }

  /** The panel has left the page, or another photo comes. */
  hidden() {
    this.#stop()
  }

  /** Until what is shown is what is wished. */
  async #computeAll() {
    for (;;) {
      const scene = this.#panel.scene()
      if (!scene || !hasSkips(scene)) return
      const gains = { ...this.#gains }
      const classId = this.#classIn(scene)
      const tail = await this.#panel.ask(async (net, source, options) =>
        await net.tail(source, { ...options, ...gains, classId, mask: 'work' }))
      if (!tail) return
      this.#shown = { scene, classId, gains, tail }
      this.#panel.changed()
      const now = this.#gains
      // Which class has most pixels is known only now.
      const sameClass = this.#classIn(scene) === classId
      if (now.pool4 === gains.pool4 && now.pool3 === gains.pool3 && sameClass) return
    }
  }

  /** The trained heads' masks, once a photo. */
  async #compareHeads() {
    const scene = this.#panel.scene()
    if (!scene || !hasSkips(scene) || this.#heads?.scene === scene) return
    /** @type {Map<string, Uint8Array>} */
    const masks = new Map()
    for (const variant of scene.net.manifest.config.variants) {
      const tail = await this.#panel.ask(async (net, source, options) =>
        await net.tail(source, { ...options, variant, mask: 'work' }))
      if (!tail) return
      masks.set(variant, tail.labels)
    }
    this.#heads = { scene, masks }
    this.#panel.changed()
  }

  /** The class whose maps are shown. @param {Scene | null} scene */
  #classIn(scene) {
    const { classes = [] } = scene?.net ?? {}
    const named = classes.find(({ name }) => name === this.#class)
    if (named || !scene) return named?.id ?? 0
    const labels = this.#shown?.scene === scene ? this.#shown.tail.labels : null
    if (!labels) return 0
    return counted(labels)[0]?.[0] ?? 0
  }

  #play() {
    if (!this.#panel.scene()) return
    // Reduced motion: from act to act, without what lies between.
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
    const started = performance.now()
    const step = () => {
      const at = (performance.now() - started) / (CHANGE + PAUSE)
      const act = Math.min(Math.floor(at), ACTS.length - 1)
      const next = ACTS[Math.min(act + 1, ACTS.length - 1)]
      const past = Math.max(0, (at - act) * (CHANGE + PAUSE) - PAUSE) / CHANGE
      const part = isStill ? 0 : Math.min(past, 1)
      const mix = (/** @type {keyof Gains} */ key) =>
        Math.round(100 * (ACTS[act][key] + (next[key] - ACTS[act][key]) * part)) / 100
      this.#gains = { pool4: mix('pool4'), pool3: mix('pool3') }
      this.#playing = act === ACTS.length - 1 ? null : requestAnimationFrame(step)
      this.#panel.changed()
      this.#latest.ask()
    }
    step()
  }

  #stop() {
    if (this.#playing !== null) cancelAnimationFrame(this.#playing)
    this.#playing = null
    this.#panel.changed()
  }
}

/** Whether a net has two skips to play with. @param {Scene} scene */
export function hasSkips({ inspected }) {
  return ['score_pool4', 'score_pool3'].every(name => inspected.stages.some(stage => stage.name === name))
}
