/**
 * How smoothly `<fcn-upsample>` steps: each step is one frame, and a trace tells how long the frames
 * are and how much of them the page's main thread works. Two cases:
 *
 *   steps   12x12 input, 7x7 kernel, all three views at once; goal: 60 frames a second
 *   scrub   FCN-32s: a 64x64 kernel over 7x7, the slider dragged to and fro; goal: no frame over 33 ms
 *   photo   the same with a photo showing through the output, as one's own does
 */
import { tasksOf, traced } from './trace.mjs'

/** @typedef {import('./trace.mjs').TraceEvent} TraceEvent */

/** @type {{name: string, state: string, drag: boolean, backdrop?: boolean, frames: number}[]} */
const CASES = [
  { name: 'steps', state: 'input=12x12&kernel=7x7&stride=2&view=all', drag: false, frames: 144 },
  { name: 'scrub', state: 'preset=upscore32', drag: true, frames: 200 },
  { name: 'photo', state: 'preset=upscore32', drag: true, backdrop: true, frames: 200 },
]

/** A window that shows all boards at once, CSS pixels: what isn't seen isn't drawn. */
const WINDOW = { width: 1280, height: 2400 }

/**
 * Milliseconds. `median`, `p95`, `max`: lengths of frames, from one start to the next; `work`: what
 * the main thread did in a frame, by the clock; `cpu`: by its use of the CPU, which a busy machine
 * doesn't stretch.
 * @typedef {object} Frames
 * @property {string} name
 * @property {number} frames
 * @property {number} median
 * @property {number} p95
 * @property {number} max
 * @property {number} over how many were longer than 33.4 ms
 * @property {{median: number, max: number}} work
 * @property {{median: number, max: number}} cpu
 */

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} url of the site, with a closing slash
 * @returns {Promise<Frames[]>}
 */
export async function figure(browser, url) {
  const context = await browser.newContext({ viewport: WINDOW })
  try {
    const page = await context.newPage()
    /** @type {Frames[]} */
    const results = []
    for (const { name, state, drag, backdrop, frames } of CASES) {
      await page.goto('about:blank')
      await page.goto(`${url}embed.html?lang=en#${state}`)
      await page.locator('fcn-upsample .transport').waitFor()
      if (backdrop) await page.evaluate(showPhoto)
      // Once through beforehand: a browser compiles what runs often.
      await page.evaluate(walk, { drag, frames: Math.min(frames, 60) })
      const { value: steps, events } = await traced(browser, () => page.evaluate(walk, { drag, frames }))
      if (steps !== frames) throw new Error(`${name}: ${steps} of ${frames} frames stepped`)
      results.push({ name, ...measured(events, frames) })
    }
    return results
  } finally {
    await context.close()
  }
}

/** In the page: a picture of a photo's size behind the output. */
function showPhoto() {
  const picture = document.createElement('canvas')
  picture.width = picture.height = 448
  const context = /** @type {CanvasRenderingContext2D} */ (picture.getContext('2d'))
  for (let i = 0; i < 200; i++) {
    context.fillStyle = `hsl(${(i * 47) % 360} 60% 50%)`
    context.fillRect((i * 97) % 448, (i * 71) % 448, 60, 60)
  }
  Object.assign(/** @type {HTMLElement} */ (document.querySelector('fcn-upsample')),
    { backdrop: { picture, cells: [224, 224] } })
}

/**
 * In the page: a step a frame.
 * @param {{drag: boolean, frames: number}} options
 * @returns {Promise<number>} frames in which the step changed
 */
async function walk({ drag, frames }) {
  const element = /** @type {HTMLElement & {step: number, steps: number}} */ (document.querySelector('fcn-upsample'))
  const slider = /** @type {HTMLInputElement} */ (element.shadowRoot?.querySelector('.scrub input'))
  element.step = 0
  let changed = 0
  let before = 0
  for (let frame = 0; frame < frames; frame++) {
    await new Promise(resolve => requestAnimationFrame(resolve))
    if (drag) {
      // To and fro over the whole slider, three cells a frame, as a quick hand does.
      const place = (frame * 3 + 3) % (2 * element.steps)
      slider.value = String(place <= element.steps ? place : 2 * element.steps - place)
      slider.dispatchEvent(new Event('input'))
    } else {
      element.step = (frame + 1) % (element.steps + 1)
    }
    if (element.step !== before) changed++
    before = element.step
  }
  await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  return changed
}

/**
 * @param {TraceEvent[]} events
 * @param {number} frames
 * @returns {Omit<Frames, 'name'>}
 */
function measured(events, frames) {
  const fired = events.filter(({ name }) => name === 'FireAnimationFrame').sort((a, b) => a.ts - b.ts)
  if (fired.length < frames) throw new Error(`the trace shows ${fired.length} frames, not ${frames}`)
  const starts = fired.slice(0, frames + 1).map(({ ts }) => ts)
  const tasks = tasksOf(events, fired[0])
  /** @type {number[]} */
  const lengths = []
  /** @type {number[]} */
  const work = []
  /** @type {number[]} */
  const cpu = []
  for (let i = 0; i + 1 < starts.length; i++) {
    const mine = tasks.filter(({ ts, dur = 0 }) => ts + dur > starts[i] && ts + dur <= starts[i + 1])
    lengths.push((starts[i + 1] - starts[i]) / 1000)
    work.push(mine.reduce((sum, { dur = 0 }) => sum + dur, 0) / 1000)
    cpu.push(mine.reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1000)
  }
  const at = (/** @type {number[]} */ values, /** @type {number} */ part) =>
    [...values].sort((a, b) => a - b)[Math.floor(part * (values.length - 1))]
  return {
    frames: lengths.length, median: at(lengths, 0.5), p95: at(lengths, 0.95), max: at(lengths, 1),
      over: lengths.filter(length => length > 33.4).length,
    work: { median: at(work, 0.5), max: at(work, 1) }, cpu: { median: at(cpu, 0.5), max: at(cpu, 1) },
  }
}
