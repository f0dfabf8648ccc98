/**
 * Whether the figure's sums are the engine's, and how that is said.
 */
import { formatNumber } from '../drawing/colours.js'

/** @typedef {import('../../../lib/i18n.js').Translate} Translate */

/** Largest difference from the engine's result, relative to the largest value: sums of f32 in another order. */
const TOLERANCE = 1e-5

/**
 * What the engine's own layer says of the figure's sums.
 * @param {{t: Translate, adapter: import('../../../engine/engine.js').Adapter | null}} state
 * @param {Pick<import('./maps.js').Comparison, 'backend' | 'burn' | 'largest'>} comparison
 * @param {Record<string, string>} names
 */
export function burnText({ t, adapter }, { backend, burn, largest }, names) {
  const software = adapter?.software ? `, ${t('badge.software')}` : ''
  const where = backend === 'webgpu' ? `WebGPU, ${adapter?.name ?? ''}${software}` : 'CPU'
  const values = { ...names, difference: near(burn), largest: near(largest), backend: where }
  return t(doesAgree({ burn, largest }) ? 'burn' : 'burnWrong', values)
}

/** @param {{burn: number, largest: number}} comparison */
export function doesAgree({ burn, largest }) {
  return burn <= TOLERANCE * Math.max(largest, 1)
}

/** @param {number} value @returns {string} two digits of it: `7.1`, `9·10⁻⁷` */
export function near(value) {
  const rounded = Number(value.toPrecision(2))
  if (rounded === 0 || Math.abs(rounded) >= 1e-3) return formatNumber(rounded, 4)
  const [digits, power] = rounded.toExponential().split('e-')
  const raised = Array.from(power, digit => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')
  return `${digits.replace('-', '\u2212')}·10⁻${raised}`
}
