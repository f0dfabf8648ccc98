/**
 * What the figure shows beside its attributes.
 */
import { WHOLE } from '../../lib/viewport.js'
import { nothingYet } from '../common/control.js'

/** @typedef {import('./job.js').Scene} Scene */
/** @typedef {ReturnType<typeof atFirst>} Shown */

export function atFirst() {
  return {
    ...nothingYet(),
    /** @type {Scene | null} */
    scene: null,
    /** The scene that is being computed; takes the place of `scene` when it is done. @type {Scene | null} */
    pending: null,
    /** Classes switched off. @type {ReadonlySet<number>} */
    off: new Set(),
    /** The class pointed at in the legend. @type {number | null} */
    lit: null,
    /** @type {import('../common/stage/pane.js').Point | null} */
    cursor: null,
    /** @type {import('../../lib/viewport.js').View} */
    window: WHOLE,
    byKeys: false,
    /** For screen readers. */
    saying: '',
    /** @type {{key: string, values?: Record<string, string>} | null} */
    notice: null,
    /** The models to choose from. @type {import('../common/model/list.js').Offer[]} */
    offers: [],
    /** One column: then photos come in right under the stage. */
    isNarrow: false,
  }
}
