/** This project's engine, as the page uses it: through engine.js, computing in its worker. */
import { THREADS, threadsTold } from './prepare.js'

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
  if (engine.backend
    !== backend) throw new Error(`asked for ${backend}, got ${engine.backend}: ${adapter?.reason?.message}`)
  await engine.load(new URL(`./net/${model}/model.json`, import.meta.url).href)
  const pass = (/** @type {Uint8ClampedArray<ArrayBuffer>} */ rgba) =>
    engine.segment(new ImageData(rgba, size), { variant: 'fcn8s', size: 'native' })
  const threads = backend === 'cpu'
    ? await together(async () => (await pass(new Uint8ClampedArray(4 * size * size))).threads) : 1
  return {
    engine: 'fcn-lab',
    backend,
    version: '',
    note: backend === 'cpu' ? `${threadsTold(threads)}, in a worker` : `${adapter?.name}, in a worker`,
    labels: async rgba => (await pass(rgba)).labels,
  }
}

/** How long helper threads may take to have the net, milliseconds: passes before that run without them. */
const HELPERS_MS = 5000

/**
 * Waits until all threads compute a pass, as far as they do: nets of a large file are left to one.
 * @param {() => Promise<number>} pass tells how many threads computed it
 * @returns {Promise<number>} how many do
 */
async function together(pass) {
  const end = performance.now() + HELPERS_MS
  let threads = 1
  while (threads < THREADS && performance.now() < end) threads = await pass()
  return threads
}
