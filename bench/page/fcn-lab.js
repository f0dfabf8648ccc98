/** This project's engine, as the page uses it: through engine.js, computing in its worker. */

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
  return {
    engine: 'fcn-lab',
    backend,
    version: '',
    note: backend === 'cpu' ? '1 thread, in a worker' : `${adapter?.name}, in a worker`,
    async labels(rgba) {
      const result = await engine.segment(new ImageData(rgba, size), { variant: 'fcn8s', size: 'native' })
      return result.labels
    },
  }
}
