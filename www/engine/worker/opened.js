/**
 * The photo's pass that a net keeps open: one at a time.
 */
import { freeQuietly } from './free.js'

/**
 * @typedef {object} Opened
 * @property {number | null} key what the page knows the photo by
 * @property {import('../protocol.js').Size} size as it was asked for
 * @property {import('../../pkg/fcn_lab.js').Opened} pass
 * @property {import('../../pkg/fcn_lab.js').Photo} picture a copy of what went in
 * @property {{width: number, height: number}} photo its own size, pixels
 * @property {{width: number, height: number}} work the working size
 * @property {Map<string, number>} times by stage, milliseconds
 * @property {number} threads that computed it
 */

/** Where a net keeps the pass opened last. @typedef {{opened: Opened | null}} Keeper */

/** @param {Keeper} keeper */
export function close(keeper) {
  const { opened } = keeper
  keeper.opened = null
  if (!opened) return
  freeQuietly(opened.pass)
  freeQuietly(opened.picture)
}
