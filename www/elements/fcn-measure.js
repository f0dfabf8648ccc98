/**
 * `<fcn-measure>`: how well a label map agrees with the truth: pixel accuracy, mean accuracy, IoU, mIoU, frequency-weighted
 * IoU (Long, Shelhamer & Darrell, CVPR 2015, section 5), the boundary F-score (Csurka, Larlus & Perronnin, BMVC 2013), each
 * with its arithmetic. Of small masks that a person paints, with puzzles; of a net's masks of a photo; of two masks from
 * files; of all photos of a folder, or two folders of masks; and how they went in a training, from its log. Engine and wasm
 * are fetched for a net alone.
 *
 *     <script type="module" src="https://…/elements/fcn-measure.js"></script>
 *     <fcn-measure panel="sandbox" lang="ko"></fcn-measure>
 *
 * Attributes: `panel` (sandbox | photo | masks | folder | curves), `model` (address of a model.json), `backend` (auto | webgpu | cpu),
 * `samples` (address of a samples.json), `sample` (id of the one to begin with), `runs` (address of two runs' curves), `lang`
 * (en | ko). All of it as data: measure/docs.json. Events: `fcn-result` (detail {metrics}), `fcn-change`, `fcn-error`
 * (detail {code, message}).
 */
/// <reference path="./measure/tags.d.ts" preserve="true" />
import { nothing } from '../vendor/lit.js'
import { FcnElement, define } from './common/ui/element.js'
import { settable } from './common/ui/settable.js'
import { withCommon } from './common/ui/texts.js'
import { Controller } from './measure/controller.js'
import { styles } from './measure/styles.js'
import { template } from './measure/template.js'

/** @typedef {import('../lib/metrics.js').Metrics} Metrics */
/** @typedef {import('./measure/masks/controller.js').PlainMap} PlainMap */

const TEXTS = withCommon({ en: () => import('./measure/texts.en.js'), ko: () => import('./measure/texts.ko.js') })

export class FcnMeasure extends FcnElement {
  /** @override */
  static properties = { panel: {}, model: {}, backend: {}, samples: {}, sample: {}, runs: {} }

  /** @override */
  static getPropertyDescriptor = settable

  /** @override */
  static styles = styles

  #controller = new Controller(this)
  /** What `fcn-result` told last. @type {Metrics | null} */
  #told = null

  constructor() {
    super(TEXTS)
    /** @type {import('./measure/controller.js').PanelName | ''} */
    this.panel = ''
    this.model = ''
    /** @type {'auto' | 'webgpu' | 'cpu'} */
    this.backend = 'auto'
    this.samples = ''
    this.sample = ''
    /** Address of two runs of a training, for the panel "training curves". */
    this.runs = ''
  }

  /**
   * What the panel shows: of the sandbox's two grids, of the head chosen on one photo, of the two masks, or of all pictures
   * of a folder together; null where nothing can be compared (yet), and of curves. `fcn-result` says that they are others.
   * @returns {Metrics | null}
   */
  get metrics() {
    return this.#controller.metrics
  }

  /**
   * Where the curves of the training that the panel "training curves" shows part ways: `best` has the step of the lowest
   * loss and that of the highest score, `partings` the stretches; null where no training's log is shown.
   * @returns {import('../lib/training-log/partings.js').Found | null}
   */
  get partings() {
    return this.#controller.partings
  }

  /**
   * What is read off the two runs of the panel "training curves", whose address is `runs`; null where none are shown.
   * `measure`: the curve compared; `ahead`: 0 or 1, the run that is better at `step`, null for neither; of each run its
   * `value` at its latest validation up to that step (`validated`), and `reached`: the first step at which it is as good as
   * the other is at `step`, null for never; `leads`: who is ahead from which step on.
   * @returns {import('./measure/curves/runs/controller.js').Told | null}
   */
  get curves() {
    return this.#controller.curves
  }

  /**
   * Measures a prediction against the truth, and shows both.
   * @param {{truth: PlainMap, prediction: PlainMap, classes?: number, void?: number | null}} maps `{width, height, labels}`
   *   each, labels a Uint8Array of class ids, row by row; classes: how many there are, default as many as occur; void: the
   *   truth of pixels that are left out, default 255, null for none
   * @returns {Promise<Metrics>}
   * @throws {import('../lib/errors.js').FcnError} invalid_input for other sizes, or a value that is no class
   */
  async measure(maps) {
    const { truth, prediction, classes, void: unlabelled } = maps
    const how = { ...classes === undefined ? {} : { classes }, ...unlabelled === undefined ? {} : { void: unlabelled } }
    const metrics = await this.#controller.masks.measure(truth, prediction, how)
    this.panel = 'masks'
    await this.updateComplete
    return metrics
  }

  /**
   * Takes files as if they were dropped here: label maps, the truth first; a photo, a folder's pictures or a training's logs where these are shown. Failures are shown, not thrown.
   * @param {readonly File[]} files
   */
  async takeFiles(files) {
    await this.#controller.takeFiles(files)
  }

  /** The panel shown and what is set in each, as `key=value&…`, without what is as usual: for links. @override */
  get fragment() {
    return this.#controller.fragment
  }

  /** @override */
  set fragment(text) {
    this.#controller.fragment = text
  }

  /** It may come back. @override */
  connected() {
    this.requestUpdate()
  }

  /** @override */
  released() {
    this.#controller.dispose()
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  updated(changed) {
    super.updated(changed)
    if (this.texts) this.#controller.drawn()
    this.#tell()
    // A select keeps what a person chose, also where another model is in use.
    const models = /** @type {HTMLSelectElement | null} */ (this.renderRoot.querySelector('select.model'))
    if (models) models.value = this.#controller.modelChoice ?? ''
  }

  /** Says that the metrics are others than those told last. */
  #tell() {
    const { metrics } = this
    if (isSame(metrics, this.#told)) return
    this.#told = metrics
    this.emit('fcn-result', { metrics })
  }

  /** @override */
  render() {
    return this.texts ? template(this.#controller.state, this.#controller.actions) : nothing
  }
}

/** Whether both come of the same counts. @param {Metrics | null} a @param {Metrics | null} b */
function isSame(a, b) {
  if (a === b || !a || !b) return a === b
  return a.void === b.void && a.confusion.length === b.confusion.length
    && a.confusion.every((count, at) => count === b.confusion[at])
}

define('fcn-measure', FcnMeasure)
