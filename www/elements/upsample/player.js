/**
 * Plays the steps of `<fcn-upsample>` frame by frame. Never starts by itself.
 */

/** Milliseconds a step takes at speed 1. */
const STEP_TIME = 800

/** Least time a step takes where people asked for less motion. */
const CALM_STEP_TIME = 500

/** Walks longer than this skip steps at the highest speed, to end within half a minute. */
const FRAMES_AT_MOST = 1800

export class Player {
  speed = 1
  #frame = 0
  #due = 0

  /**
   * @param {() => {step: number, steps: number}} walk what is stepped
   * @param {() => void} stepped is called after steps, and when playing ends
   */
  constructor(walk, stepped) {
    this.walk = walk
    this.stepped = stepped
  }

  get playing() {
    return this.#frame !== 0
  }

  play() {
    if (this.playing) return
    const walk = this.walk()
    if (walk.step >= walk.steps) walk.step = 0
    this.#due = 0
    this.#frame = requestAnimationFrame(time => this.#tick(time))
  }

  pause() {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
  }

  /** @param {number} time milliseconds */
  #tick(time) {
    const walk = this.walk()
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
    const pause = Math.max(STEP_TIME / this.speed, calm ? CALM_STEP_TIME : 0)
    this.#frame = requestAnimationFrame(next => this.#tick(next))
    if (this.#due === 0) this.#due = time
    if (time < this.#due) return
    this.#due = Math.max(this.#due + pause, time)
    walk.step += pause > 40 ? 1 : Math.max(1, Math.ceil(walk.steps / FRAMES_AT_MOST))
    if (walk.step >= walk.steps) this.pause()
    this.stepped()
  }
}
