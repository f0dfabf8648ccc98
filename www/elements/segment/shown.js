/**
 * What the figure shows beside its attributes.
 */
import { WHOLE } from '../../lib/viewport.js'

/** @typedef {import('./job.js').Scene} Scene */
/** @typedef {ReturnType<typeof atFirst>} Shown */

export function atFirst() {
  return {
    /** @type {Scene | null} */
    scene: null,
    /** The scene that is being computed; takes the place of `scene` when it is done. @type {Scene | null} */
    pending: null,
    /** @type {import('../common/ui/failure.js').Failure | null} */
    failure: null,
    /** @type {import('../common/jobs.js').Progress | null} */
    progress: null,
    /** Classes switched off. @type {ReadonlySet<number>} */
    off: new Set(),
    /** The class pointed at in the legend. @type {number | null} */
    lit: null,
    /** @type {import('../common/stage/pane.js').Point | null} */
    cursor: null,
    /** @type {import('../../lib/viewport.js').View} */
    window: WHOLE,
    byKeys: false,
    isDropping: false,
    /** For screen readers. */
    saying: '',
    /** @type {{key: string, values?: Record<string, string>} | null} */
    notice: null,
    /** @type {import('../common/photo/intake.js').Sample[]} */
    gallery: [],
    /** The models to choose from. @type {import('../common/model/list.js').Offer[]} */
    offers: [],
    /** One column: then photos come in right under the stage. */
    isNarrow: false,
  }
}
