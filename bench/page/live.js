/** This project's engine on a camera: how many of its frames get a mask. */
import { threadsTold } from './prepare.js'

/**
 * @param {{backend: 'webgpu' | 'cpu', measured_ms: number, warmUp: number}} wanted `warmUp`: frames
 * @returns {Promise<import('../live.mjs').Live>}
 */
export async function live({ backend, measured_ms, warmUp }) {
  const dist = new URL('../../dist/', import.meta.url)
  /** @type {typeof import('../../www/engine/engine.js')} */
  const { Engine } = await import(new URL('engine/engine.js', dist).href)
  const engine = await Engine.create({ backend })
  if (engine.backend
    !== backend) throw new Error(`asked for ${backend}, got ${engine.backend}: ${engine.adapter?.reason?.message}`)
  await engine.load(new URL('models/everyday-slim/model.json', dist).href)
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480, frameRate: 30 } })
  const stop = new AbortController()
  /** @type {number[]} */
  const delays = []
  let [threads, seen, start, end] = [1, 0, 0, 0]
  await engine.watch(stream, { size: 224, signal: stop.signal, onFrame: ({ frame, result, delay }) => {
    frame.close()
    threads = result.threads
    if (++seen === warmUp) start = performance.now()
    else if (seen > warmUp) {
      delays.push(delay)
      end = performance.now()
      if (end - start >= measured_ms) stop.abort()
    }
  } }).catch(error => { if (!stop.signal.aborted) throw error })
  for (const track of stream.getTracks()) track.stop()
  delays.sort((a, b) => a - b)
  const on = backend === 'cpu' ? threadsTold(threads) : engine.adapter?.name
  return {
    backend: `${backend} (${on})`, frames: delays.length, rate: 1000 * delays.length / (end - start),
    delay_ms: delays[delays.length >> 1], longest_ms: delays[delays.length - 1],
  }
}
