/**
 * The net that photos of a folder are given to: chosen from this site's, or a person's own weights, brought while the person
 * still looks around. The run itself: net-run.js.
 */
import { Control } from '../../common/control.js'
import { quietly, race } from '../../common/jobs.js'
import { EVERYDAY } from '../../common/model/list.js'
import { notesOf } from '../../common/model/assumed.js'
import { OwnWeights } from '../../common/model/own.js'
import { Choice } from './net-choice.js'
import { atFirst } from './net-shown.js'

/**
 * The element, with what an embedder sets.
 * @typedef {import('../../common/control.js').Host & {model: string, language: import('../../../lib/i18n.js').Language}} Host
 */
/** @typedef {import('./net-shown.js').Shown} Shown */

/** @extends {Control<Shown, null, never>} */
export class NetModel extends Control {
  #host
  #choice

  /** @param {Host} host */
  constructor(host) {
    super(host, atFirst(), { gives: 'masks', usual: EVERYDAY })
    this.#host = host
    this.own = new OwnWeights(this.net, this)
    this.#choice = new Choice(host, this.net, this.own)
    void this.own.refresh()
    void this.#choice.load().then(() => host.requestUpdate())
  }

  /** What the controls of the net show. @protected */
  get modelState() {
    const { language, t } = this.#host
    const { chosen, offers } = this.#choice
    return {
      ...this.shown, language, t, engine: this.engine, net: this.net.net, own: this.own,
        modelUrl: this.net.url, modelChoice: chosen, offers,
      canRetry: this.failures.canRetry, variants: this.net.net?.manifest.config.variants ?? [],
    }
  }

  /** @protected */
  modelActions = {
    /** @param {string} choice address of a model.json, kept weights, or the page's model */
    chooseModel: choice => {
      if (!this.#choice.choose(choice)) return
      // Heads and sizes are a net's own.
      this.show({ variant: '', size: 'model' })
      this.drop()
      this.prepare()
    },
    cancel: () => this.cancel(),
    retry: () => this.failures.retry(),
    dismiss: () => this.failures.dismiss(),
  }

  /** Whether there is something to do for a net. @protected @returns {boolean} */
  get isWanted() {
    return false
  }

  /** What was done is another net's. @protected */
  drop() {}

  /** @override */
  get modelWished() {
    return this.#choice.wished
  }

  /** Has the net come: its heads are to be chosen from. @protected */
  prepare() {
    if (!this.isWanted) return
    void quietly(this.jobs.run(async signal => {
      this.failures.dismiss()
      await race(this.net.start(), signal)
      this.net.accept()
    }, failure => this.offerAgain(failure, async () => this.prepare(), null)))
  }

  /** @override @param {readonly File[]} files */
  async openModel(files) {
    await this.own.open(files)
  }

  /** @override */
  netChanged() {
    this.show({ notes: this.net.net ? notesOf(this.net.net, this.#host) : [] })
  }

  /** @override */
  dispose() {
    this.own.dispose()
    super.dispose()
  }

  /** @override */
  cancel() {
    super.cancel()
    this.own.cancel()
  }

  /** @override @param {import('../../common/jobs.js').Progress} progress of a net on its way: a photo's isn't told */
  tellProgress(progress) {
    this.show({ progress })
  }

  /** For OwnWeights. @param {import('../../../engine/engine.js').Net} net */
  note(net) {
    this.show({ notes: notesOf(net, this.#host) })
  }
}
