/**
 * What a live picture does: a camera or a video file goes through the net in use, frame after frame, and each is shown in the
 * figure with its mask. Paused, the frame at hand becomes an ordinary photo.
 */
import { areas } from '../../../lib/areas.js'
import { FcnError, toFcnError } from '../../../lib/errors.js'
import { race } from '../../common/jobs.js'
import { Recorder } from './recorder.js'

/** @typedef {import('../../../engine/engine.js').Net} Net */
/** @typedef {import('../../../engine/protocol.js').Size} Size */
/** @typedef {import('../job.js').Scene} Scene */
/** @typedef {Live['state']} State */
/** @typedef {Live['actions']} Actions */

/**
 * The figure.
 * @typedef {object} Figure
 * @property {(signal: AbortSignal) => Promise<Net>} useNet the net in use, started
 * @property {{variant: string, size: Size}} wished what masks depend on besides
 * @property {() => void} clear ends the job of a photo
 * @property {(scene: Scene) => void} showFrame takes the frame's bitmap over
 * @property {(bitmap: ImageBitmap) => Promise<void>} freeze shows a frame as any photo; takes the bitmap over
 * @property {(code: string) => void} fail
 * @property {(failure: import('../../common/ui/failure.js').Failure, again: null) => void} failWith
 * @property {boolean} isSeen whether the figure is on the screen's page
 * @property {() => void} requestUpdate
 */

/** So often it is looked whether the figure is seen. Milliseconds. */
const LOOK_EVERY = 500
/** How much of a steadied mask is the former frames'. */
const STEADY = 0.7

export class Live {
  #figure
  /** @type {HTMLVideoElement | null} */
  video = null
  /** A camera's. @type {MediaStream | null} */
  #stream = null
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #looking
  /** A file's address. */
  #url = ''
  /** Ends when nothing is watched any more. @type {AbortController | null} */
  #watching = null
  /** Ends when frames are to be computed in another way, or no more for now. */
  #round = new AbortController()
  #isPaused = false
  #isSteady = false
  /** @type {Recorder | null} */
  #recorder = null
  /** @type {{delay: number, rate: number | null} | null} */
  #pace = null

  /** @param {Figure} figure */
  constructor(figure) {
    this.#figure = figure
  }

  dispose() {
    this.stop()
  }

  /** Whether frames come to the figure now. */
  get isOn() {
    return this.#watching !== null && !this.#isPaused
  }

  get state() {
    return {
      isThere: this.#watching !== null, isPaused: this.#isPaused, isSteady: this.#isSteady,
        isRecording: this.#recorder !== null,
      canRecord: Recorder.isPossible, pace: this.#pace, video: this.video,
    }
  }

  actions = {
    pause: () => void this.#pause(),
    go: () => this.#go(),
    stop: () => this.stop(),
    /** @param {boolean} isSteady */
    setSteady: isSteady => {
      this.#isSteady = isSteady
      this.#round.abort()
      this.#figure.requestUpdate()
    },
    record: () => {
      if (this.#recorder) return void this.#endRecording()
      this.#recorder = new Recorder()
      this.#figure.requestUpdate()
    },
  }

  /** Settings or net have become others. */
  changed() {
    if (this.isOn) this.#round.abort()
  }

  /** @param {MediaStream | Blob} source a camera's stream, which ends with this, or a file */
  async start(source) {
    this.stop()
    this.#figure.clear()
    const watching = this.#watching = new AbortController()
    // Another view of the page, or another tab, is looked at: a camera that nobody sees is off. A file's frames don't come
    // in a hidden tab, and go on later.
    this.#looking = setInterval(() => {
      const isHidden = this.#stream !== null && document.visibilityState === 'hidden'
      if (isHidden || !this.#figure.isSeen) this.stop()
      if (isHidden) this.#figure.fail('camera_hidden')
    }, LOOK_EVERY)
    const video = this.video = Object.assign(document.createElement('video'),
      { muted: true, playsInline: true, loop: true })
    if (source instanceof Blob) video.src = this.#url = URL.createObjectURL(source)
    else {
      this.#stream = source
      video.srcObject = source
    }
    this.#isPaused = false
    this.#pace = null
    this.#figure.requestUpdate()
    video.play().catch(() => {})
    try {
      await this.#watch(video, watching.signal)
      // A camera was pulled out, or taken back.
      if (this.#watching === watching && this.#stream) this.#figure.fail('camera_lost')
    } catch (error) {
      if (this.#watching === watching) this.#tell(toFcnError(error))
    } finally {
      if (this.#watching === watching) this.stop()
    }
  }

  /** @param {FcnError} failure */
  #tell(failure) {
    if (failure.code === 'video_failed') this.#figure.fail('video_failed')
    else this.#figure.failWith(failure, null)
  }

  /** @param {HTMLVideoElement} video @param {AbortSignal} signal of all of it */
  async #watch(video, signal) {
    while (!signal.aborted) {
      const round = this.#round = new AbortController()
      signal.addEventListener('abort', () => round.abort(), { once: true, signal: round.signal })
      if (this.#isPaused) {
        await new Promise(resolve => round.signal.addEventListener('abort', resolve, { once: true }))
        continue
      }
      /** @type {Net | null} */
      let net = null
      try {
        net = await race(this.#figure.useNet(round.signal), round.signal)
        const { variant, size } = this.#figure.wished
        const has = net.manifest.config.variants.includes(variant)
        return await net.watch(video, {
          variant: has ? variant : undefined, size, steady: this.#isSteady ? STEADY : 0, signal: round.signal,
          onFrame: async seen => await this.#take(seen, round.signal),
        })
      } catch (error) {
        // Other settings, or another net: on with those.
        if (!round.signal.aborted && !net?.isDisposed) throw error
      }
    }
  }

  /** @param {import('../../../engine/engine.js').Seen} seen @param {AbortSignal} signal */
  async #take({ frame, result, delay, rate }, signal) {
    const { width, height } = frame
    const found = await areas(result.labels)
    if (signal.aborted) return frame.close()
    this.#pace = { delay, rate }
    this.#recorder?.add(frame, result)
    this.#figure.showFrame({
      photo: { source: frame, name: 'frame', sample: null }, picture: { bitmap: frame, width, height },
      masks: new Map([[result.variant, { result, areas: found }]]), differ: null,
    })
  }

  /** The frame at hand, as large as it is, becomes a photo. */
  async #pause() {
    const { video } = this
    if (!video || this.#isPaused) return
    this.#isPaused = true
    this.#round.abort()
    video.pause()
    this.#figure.requestUpdate()
    const bitmap = await createImageBitmap(video).catch(() => null)
    if (bitmap && this.#isPaused) await this.#figure.freeze(bitmap)
    else bitmap?.close()
  }

  #go() {
    this.#figure.clear()
    this.#isPaused = false
    this.#round.abort()
    this.video?.play().catch(() => {})
    this.#figure.requestUpdate()
  }

  /** Ends it, and the camera; the frame at hand stays. */
  stop() {
    const watching = this.#watching
    if (!watching) return
    this.#watching = null
    clearInterval(this.#looking)
    watching.abort()
    void this.#endRecording()
    for (const track of this.#stream?.getTracks() ?? []) track.stop()
    this.video?.pause()
    this.video?.removeAttribute('src')
    if (this.video) this.video.srcObject = null
    URL.revokeObjectURL(this.#url)
    this.video = this.#stream = this.#pace = null
    this.#url = ''
    this.#isPaused = false
    this.#figure.requestUpdate()
  }

  async #endRecording() {
    const recorder = this.#recorder
    this.#recorder = null
    this.#figure.requestUpdate()
    await recorder?.save()
  }
}
