/** What the panel of a net over a folder begins with. */
import { nothingYet } from '../../common/control.js'

/** @typedef {ReturnType<typeof atFirst>} Shown */

export function atFirst() {
  return {
    ...nothingYet(),
    scene: null,
    pending: null,
    /** What is assumed of a person's own weights, English. @type {readonly string[]} */
    notes: [],
    /** The head wished for; '': the finest. */
    variant: '',
    /** The long side at which photos are seen. @type {'model' | number} */
    size: 'model',
    /** Whose ids the values are of truths that don't say it. @type {import('../photo/class-map.js').IdsOf} */
    ids: 'model',
    /** The net's class by the truth's, where a person said so; null: left out. @type {Readonly<Record<string, number | null>>} */
    byHand: {},
    isRunning: false,
    isPaused: false,
    isSaving: false,
    /** Photos that are kept on the device, of all runs. */
    kept: 0,
  }
}
