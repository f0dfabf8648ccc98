/** This project's engine, as the page uses it: through engine.js, computing in its worker. */
import { THREADS, THREADS_TOLD } from './prepare.js'

/**
 * @param {'webgpu' | 'cpu'} backend
 * @param {import('./page.js').Case} what
 * @returns {Promise<import('./page.js').Contender>}
 */
export async function open(backend, { model, size }) {
  /** @type {typeof import('../../www/engine/engine.js')} */
  const { Engine } = await import(new URL('../../dist/engine/engine.js', import.meta.url).href)
  const engine = await Engine.create({ backend })
  const { adapter } = engine
  if (engine.backend !== backend) throw new Error(`asked for ${backend}, got ${engine.backend}: ${adapter?.reason?.message}`)
  await engine.load(new URL(`./net/${model}/model.json`, import.meta.url).href)
  const pass = (/** @type {Uint8ClampedArray<ArrayBuffer>} */ rgba) => engine.segment(new ImageData(rgba, size), { variant: 'fcn8s', size: 'native' })
  if (backend === 'cpu') await together(async () => (await pass(new Uint8ClampedArray(4 * size * size))).threads)
  return {
    engine: 'fcn-lab',
    backend,
    version: '',
    note: backend === 'cpu' ? `${THREADS_TOLD}, in a worker` : `${adapter?.name}, in a worker`,
    labels: async rgba => (await pass(rgba)).labels,
  }
}

/**
 * Waits until the helper threads have the net: passes before that run without them.
 * @param {() => Promise<number>} pass tells how many threads computed it
 */
async function together(pass) {
  for (let i = 0; i < 50; i++) if (await pass() === THREADS) return
  throw new Error(`the passes are never computed by ${THREADS} threads`)
}
