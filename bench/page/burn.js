/** The same nets on Burn's own kernels (its direct convolution), in this project's wasm. */
import { SHIPPED } from '../net.mjs'
import { openDirect } from './direct.js'

/**
 * @param {import('./page.js').Case} what
 * @returns {Promise<import('./page.js').Contender | null>} null: this build can't
 */
export async function open(what) {
  if (SHIPPED.includes(what.model)) return null
  const direct = await openDirect(what, { plain: true })
  if (!direct) return null
  return {
    engine: 'burn',
    backend: 'webgpu',
    version: '',
    note: `${direct.adapter}; its own convolutions, without autotune`,
    labels: rgba => direct.pass(rgba, Infinity, () => {}),
  }
}
