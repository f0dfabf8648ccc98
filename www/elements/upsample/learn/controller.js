/**
 * What "learn the kernel" does: goes steps of gradient descent, one by one or running, starts over when anything is set
 * otherwise, and keeps the figure's `learn` at what it shows. The layer is the figure's.
 */
import { fetchFile, fetchJson } from '../../../lib/fetching.js'
import { toRows } from '../../../lib/transposed/codec.js'
import { boardsOf } from './boards.js'
import { LAYERS, told, verdict } from './saying.js'
import { greysOf, shrunk } from './photo.js'
import { settingsIn, textOf } from './settings.js'
import { Training } from './training.js'

/** @typedef {import('../../../lib/transposed/geometry.js').Pair} Pair */
/** @typedef {import('./settings.js').Settings} Settings */
/** @typedef {import('../../common/photo/intake.js').Sample} Sample */

/**
 * The figure around the panel. It fires `fcn-change`.
 * @typedef {object} Figure
 * @property {string | null} learn
 * @property {number[][]} input
 * @property {number[][]} weights
 * @property {Pair} kernel
 * @property {Pair} stride
 * @property {Pair} padding
 * @property {Pair} outputPadding
 * @property {Pair} dilation
 */

/**
 * The panel.
 * @typedef {object} Host
 * @property {Figure | null} figure
 * @property {import('../../../lib/i18n.js').Language} language
 * @property {import('../../../lib/i18n.js').Translate} t
 * @property {() => void} requestUpdate
 */

/** What the template reads. @typedef {NonNullable<Controller['state']>} State */
/** What the template does. @typedef {Controller['actions']} Actions */

const SAMPLES = new URL('../../../samples/samples.json', import.meta.url)

/** Milliseconds between two pictures while running; the second where people asked for less motion. */
const [TICK, CALM_TICK] = [50, 500]
/** A run gathers speed: at each picture so large a part of the steps gone so far, at least one. */
const [PART, CALM_PART] = [1 / 40, 1 / 4]
/** Milliseconds of steps at a time on the way to where a link says. */
const SLICE = 30
/** Milliseconds between two times that the figure is told where a run is: links and listeners need no more. */
const TELL_EVERY = 500

export class Controller {
  #host
  /** @type {Training | null} */
  #training = null
  /** What the figure's `learn` was when it was last taken over or told. */
  #text = ''
  /** Losses of the run before, to be compared with. @type {number[]} */
  #former = []
  /** Steps that a link asks for. */
  #wanted = 0
  #isRunning = false
  #frame = 0
  #due = 0
  #told = 0
  /** The input cell whose part of the gradient is shown. */
  #cell = 0
  #hasTables = false
  /** @type {{of: object, cell: number, boards: ReturnType<typeof boardsOf>} | null} */
  #drawn = null
  /** @type {{greys: Float64Array, sample: Sample | null} | null} */
  #photo = null
  /** @type {import('./photo.js').PhotoProblem | 'photo.fetch' | ''} */
  #photoProblem = ''
  /** For screen readers. */
  #saying = ''
  #listening = new AbortController()

  /** @param {Host} host */
  constructor(host) {
    this.#host = host
  }

  // Life

  /** @param {EventTarget | undefined} figure around the panel */
  connect(figure) {
    const { signal } = this.#listening = new AbortController()
    figure?.addEventListener('fcn-change', () => this.#figureChanged(), { signal })
    this.#figureChanged()
  }

  dispose() {
    this.#listening.abort()
    this.#stop()
  }

  get learning() {
    return this.#wanted ? null : this.#training?.learning ?? null
  }

  /** The figure shows another layer, or has been told to learn otherwise. */
  #figureChanged() {
    const { figure } = this.#host
    if (!figure) return
    const { learn } = figure
    if (learn === null) {
      this.#stop()
      return
    }
    const isOther = learn !== this.#text
    const layer = JSON.stringify(layerOf(figure))
    if (!isOther && this.#training && layer === JSON.stringify({ ...this.#training.layer, input: [0, 0] })) return
    // Another layer is another problem: its start is shown.
    const settings = settingsIn(learn)
    this.#begin(isOther || !this.#training ? settings : { ...settings, rate: null, steps: 0 }, true)
  }

  /**
   * Starts over, and goes the steps that the settings ask for.
   * @param {Settings} settings
   * @param {boolean} [isOther] whether the former losses are of another problem
   */
  #begin(settings, isOther = false) {
    const { figure } = this.#host
    if (!figure) return
    this.#stop()
    const before = this.#training
    const greys = this.#photo?.greys
    if (isOther) this.#former = []
    else if (before && before.steps > 0) this.#former = before.losses
    const photo = greys ? (/** @type {Pair} */ size) => shrunk(greys, size) : null
    this.#training = new Training(layerOf(figure), { ...settings, steps: 0 }, photo)
    this.#cell = Math.min(this.#cell, Math.max(0, this.#training.input.length - 1))
    this.#wanted = this.#training.canStep ? settings.steps : 0
    this.#saying = ''
    if (this.#wanted) this.#tick(performance.now())
    else this.#tell()
    this.#host.requestUpdate()
  }

  /** Tells the figure what is shown, so that its link says it. */
  #tell() {
    const { figure } = this.#host
    if (!figure || !this.#training || figure.learn === null) return
    this.#told = performance.now()
    const { settings, steps } = this.#training
    const text = textOf({ ...settings, steps: this.#wanted || steps })
    // What is said in other words stays. Told it is all the same: listeners hear that `learning` is another.
    this.#text = textOf(settingsIn(figure.learn)) === text ? figure.learn : text
    figure.learn = this.#text
  }

  // Running

  #stop() {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    this.#isRunning = false
  }

  /** @param {number} time milliseconds */
  #tick(time) {
    const training = this.#training
    if (!training) return
    this.#frame = requestAnimationFrame(next => this.#tick(next))
    if (this.#wanted) {
      const end = performance.now() + SLICE
      const isThere = () => training.steps >= this.#wanted || !training.canStep
      while (!isThere() && performance.now() < end) training.step()
      if (isThere()) {
        this.#wanted = 0
        this.#stop()
        this.#tell()
      }
    } else {
      if (time < this.#due) return
      const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
      this.#due = Math.max(this.#due + (isCalm ? CALM_TICK : TICK), time)
      const count = Math.max(1, Math.floor(training.steps * (isCalm ? CALM_PART : PART)))
      for (let i = 0; i < count && training.canStep && !training.hasSettled; i++) training.step()
      if (!training.canStep || training.hasSettled) this.#end()
      else if (time - this.#told > TELL_EVERY) this.#tell()
    }
    this.#host.requestUpdate()
  }

  /** A run has come to its end, or is paused: now it is told. */
  #end() {
    this.#stop()
    this.#tell()
    this.#announce()
  }

  #announce() {
    const { t, language } = this.#host
    const training = this.#training
    if (!training) return
    const progress = t('progress', { steps: training.steps, loss: told(training.now.loss, language) })
    this.#saying = `${progress} ${verdict(training, t, language)}`
    this.#host.requestUpdate()
  }

  // What the template does

  actions = {
    step: () => {
      this.#stop()
      this.#training?.step()
      this.#tell()
      this.#announce()
    },
    toggle: () => {
      if (this.#isRunning) return this.#end()
      this.#stop()
      this.#wanted = 0
      this.#isRunning = true
      this.#due = 0
      this.#tick(performance.now())
    },
    reset: () => this.#change({}),
    /** @param {Partial<Settings>} change */
    change: change => this.#change(change),
    /** @param {number} cell */
    look: cell => {
      this.#cell = cell
      this.#host.requestUpdate()
    },
    /** @param {boolean} isOpen */
    openTables: isOpen => {
      this.#hasTables = isOpen
      this.#host.requestUpdate()
    },
    /** @param {keyof typeof LAYERS} name */
    setLayer: name => {
      const { figure } = this.#host
      // Each of them is taken over at once; only the last state is judged.
      if (figure) Object.assign(figure, { outputPadding: 0, dilation: 1 }, LAYERS[name])
    },
    /** The learned kernel over the map it was learned from, as numbers of the figure. */
    show: () => {
      const { figure } = this.#host
      const training = this.#training
      if (!figure || !training) return
      figure.input = toRows(training.input, training.layer.input)
      figure.weights = toRows(training.kernel, training.layer.kernel)
      this.#saying = this.#host.t('shown')
      this.#host.requestUpdate()
    },
    /** @param {File} file */
    take: file => void this.#take(async () => ({ blob: file, sample: null })),
    useSample: () => void this.#take(async signal => {
      const { samples } = /** @type {{samples: Sample[]}} */ (await fetchJson(SAMPLES, signal))
      const response = await fetchFile(new URL(samples[0].file, SAMPLES), signal)
      return { blob: await response.blob(), sample: samples[0] }
    }),
  }

  /** @param {Partial<Settings>} change */
  #change(change) {
    const settings = this.#training?.settings
    // The same problem at another rate: its losses are worth comparing.
    if (settings) this.#begin({ ...settings, ...change, steps: 0 }, change.rate === undefined)
  }

  /** @param {(signal: AbortSignal) => Promise<{blob: Blob, sample: Sample | null}>} bring */
  async #take(bring) {
    const { signal } = this.#listening
    try {
      const { blob, sample } = await bring(signal)
      const greys = await greysOf(blob)
      if (signal.aborted) return
      this.#photoProblem = typeof greys === 'string' ? greys : ''
      if (typeof greys === 'string') return this.#host.requestUpdate()
      this.#photo = { greys, sample }
    } catch {
      if (signal.aborted) return
      this.#photoProblem = 'photo.fetch'
      return this.#host.requestUpdate()
    }
    this.#change({ target: 'photo' })
  }

  // What is shown

  /** The maps now, computed once for all that shows them. */
  get #boards() {
    const [training, cell] = [this.#training, this.#cell]
    if (!training || training.obstacle) return null
    if (this.#drawn?.of !== training.now || this.#drawn.cell !== cell) {
      this.#drawn = { of: training.now, cell, boards: boardsOf(training, cell) }
    }
    return this.#drawn.boards
  }

  /** All that the template reads; null before there is a layer. */
  get state() {
    const training = this.#training
    if (!training) return null
    const { t, language } = this.#host
    return {
      t, language, training, boards: this.#boards, former: this.#former, cell: this.#cell, hasTables: this.#hasTables,
      isRunning: this.#isRunning, isComing: this.#wanted > 0, sample: this.#photo?.sample ?? null,
      photoProblem: this.#photoProblem, saying: this.#saying,
      verdict: training.obstacle ? '' : verdict(training, t, language),
    }
  }
}

/** @param {Figure} figure @returns {import('../../../lib/transposed/geometry.js').Layer} without the map's size */
function layerOf({ kernel, stride, padding, outputPadding, dilation }) {
  return { input: [0, 0], kernel, stride, padding, outputPadding, dilation }
}
