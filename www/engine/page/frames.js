/** The frames of a video or a stream, as they come. */
import { FcnError } from '../../lib/errors.js'

export class Frames {
  #video
  /** A stream's, made for it. */
  #isOwn
  /** When the newest frame was there; null: it was used. @type {number | null} */
  #came = null
  #isOver = false
  /** @type {FcnError | null} */
  #failure = null
  /** Called when something has happened. */
  #wake = () => {}
  #listening = new AbortController()

  /** @param {MediaStream | HTMLVideoElement} source of any window */
  constructor(source) {
    const { signal } = this.#listening
    const over = () => {
      this.#isOver = true
      this.#wake()
    }
    this.#isOwn = 'getVideoTracks' in source
    const video = this.#video = 'getVideoTracks' in source ? hiddenVideo(source) : source
    const stream = /** @type {MediaStream | null} */ (video.srcObject)
    for (const track of stream?.getVideoTracks?.() ?? []) track.addEventListener('ended', over, { signal })
    video.addEventListener('ended', over, { signal })
    video.addEventListener('error', () => this.#fail(video.error?.message), { signal })
    if (video.error) this.#fail(video.error.message)
    if (video.ended) over()
    if (this.#isOwn) video.play().catch(error => this.#fail(String(error)))
    // One that is paused shows a frame, too.
    if (this.#hasFrame) this.#came = performance.now()
    this.#ask()
  }

  /** Asks for one frame after the other. */
  #ask() {
    const video = this.#video
    const isEnded = () => this.#listening.signal.aborted
    const take = (/** @type {number} */ at) => {
      if (isEnded()) return
      this.#came = at
      this.#wake()
    }
    if ('requestVideoFrameCallback' in video) {
      const each = () => video.requestVideoFrameCallback((now, { presentationTime }) => {
        take(presentationTime ?? now)
        if (!isEnded()) each()
      })
      return void each()
    }
    let last = -1
    const look = () => {
      if (isEnded()) return
      const { currentTime } = /** @type {HTMLVideoElement} */ (video)
      if (currentTime !== last && this.#hasFrame) take(performance.now())
      last = currentTime
      requestAnimationFrame(look)
    }
    look()
  }

  /** A stream can tell of a frame before there is one to read. */
  get #hasFrame() {
    return this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA
  }

  /** @param {string} [message] */
  #fail(message = '') {
    this.#failure ??= new FcnError('video_failed', `This video can't be played: ${message}`)
    this.#wake()
  }

  /**
   * @param {AbortSignal} [signal]
   * @returns {Promise<number | null>} when the newest frame that wasn't used was there, as soon as there is one; null: no more come
   * @throws {FcnError} video_failed, or the signal's reason
   */
  async next(signal) {
    const stop = () => this.#wake()
    signal?.addEventListener('abort', stop)
    try {
      for (;;) {
        signal?.throwIfAborted()
        if (this.#failure) throw this.#failure
        if (this.#came !== null) {
          const came = this.#came
          this.#came = null
          return came
        }
        if (this.#isOver) return null
        await new Promise(resolve => { this.#wake = () => resolve(undefined) })
      }
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  /** @param {number} longest side, pixels @returns {Promise<ImageBitmap | null>} of this moment, no larger than that; null: it shows none yet */
  async picture(longest) {
    const { videoWidth: width, videoHeight: height } = this.#video
    if (!this.#hasFrame) return null
    const factor = Math.min(1, longest / Math.max(width, height))
    const [resizeWidth, resizeHeight] = [width, height].map(side => Math.max(1, Math.round(side * factor)))
    try {
      return await createImageBitmap(this.#video, { resizeWidth, resizeHeight, resizeQuality: 'medium' })
    } catch (error) {
      if (!this.#hasFrame) return null
      throw new FcnError('video_failed', `This video can't be read: ${error instanceof Error ? error.message : error}`)
    }
  }

  end() {
    this.#listening.abort()
    if (!this.#isOwn) return
    this.#video.pause()
    this.#video.srcObject = null
    this.#video.remove()
  }
}

/** Browsers show a stream's frames at their rate only on the page. @param {MediaStream} stream */
function hiddenVideo(stream) {
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true,
    srcObject: stream, ariaHidden: 'true' })
  Object.assign(video.style, { position: 'fixed', width: '1px', height: '1px', opacity: '0', pointerEvents: 'none' })
  document.body.append(video)
  return video
}
