/**
 * `<fcn-segment-camera>`: a dialog with the camera's live picture, from which one still is taken.
 * The stream ends with the dialog, but where it is handed over. Fires `camera-photo` (detail: Blob), `camera-error` (detail:
 * code) and, where it is `watching`, `camera-live` (detail: MediaStream, the listener's from then on).
 */
import { css, html, nothing } from '../../../vendor/lit.js'
import { base } from '../ui/base.js'
import { FcnElement, define } from '../ui/element.js'
import { withCommon } from '../ui/texts.js'
import { tokens } from '../ui/tokens.js'

const cameraStyles = css`
  dialog {
    width: min(44rem, 100% - 2rem); border: 1px solid var(--_edge); border-radius: var(--_radius);
    padding: var(--_3); background: var(--_sheet); color: var(--_ink);
  }
  dialog::backdrop { background: rgb(0 0 0 / 0.6); }
  .view {
    position: relative; background: #000; aspect-ratio: 4 / 3; max-height: 70svh; margin-bottom: var(--_3);
    width: 100%;
  }
  video { width: 100%; height: 100%; object-fit: contain; display: block; }
  .view p {
    position: absolute; inset: 0; display: grid; place-items: center; color: #fff; padding: var(--_4);
    text-align: center;
  }
`

export class FcnSegmentCamera extends FcnElement {
  /** @override */
  static properties = { watching: { type: Boolean }, isLive: { state: true }, cameras: { state: true } }
  /** @override */
  static styles = [tokens, base, cameraStyles]

  /** @type {MediaStream | null} */
  #stream = null
  #facing = 'environment'
  /** Counts openings, so that a permission given after closing starts nothing. */
  #opening = 0

  constructor() {
    super(withCommon())
    /** Whether its stream can be handed over. */
    this.watching = false
    this.isLive = false
    this.cameras = 1
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback()
    this.close()
  }

  get #dialog() {
    return this.renderRoot.querySelector('dialog')
  }

  get #video() {
    return this.renderRoot.querySelector('video')
  }

  /** Opens the dialog and asks for the camera. */
  async open() {
    if (!navigator.mediaDevices?.getUserMedia) return this.#fail('camera_unsupported')
    this.#dialog?.showModal()
    await this.#start()
  }

  /** Closes the dialog and stops the stream. */
  close() {
    this.#opening++
    this.#stop()
    this.#dialog?.close()
  }

  async #start() {
    const opening = ++this.#opening
    this.#stop()
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false, video: { facingMode: this.#facing, width: { ideal: 1920 }, height: { ideal: 1080 } },
      })
      if (opening !== this.#opening) return stopTracks(stream)
      this.#stream = stream
      const video = this.#video
      if (video) {
        video.srcObject = stream
        await video.play()
      }
      this.isLive = opening === this.#opening
      const devices = await navigator.mediaDevices.enumerateDevices()
      this.cameras = devices.filter(({ kind }) => kind === 'videoinput').length
    } catch (error) {
      if (opening !== this.#opening) return
      const name = error instanceof DOMException ? error.name : ''
      this.#fail(name === 'NotAllowedError' || name === 'SecurityError' ? 'camera_denied'
        : name === 'NotFoundError' || name === 'OverconstrainedError' ? 'camera_missing' : 'camera_failed')
    }
  }

  #stop() {
    if (this.#stream) stopTracks(this.#stream)
    this.#stream = null
    const video = this.#video
    if (video) video.srcObject = null
    this.isLive = false
  }

  /** @param {string} code */
  #fail(code) {
    this.close()
    this.dispatchEvent(new CustomEvent('camera-error', { detail: code }))
  }

  async #shoot() {
    const video = this.#video
    if (!video?.videoWidth) return
    const canvas = document.createElement('canvas')
    canvas.width = video.videoWidth
    canvas.height = video.videoHeight
    canvas.getContext('2d')?.drawImage(video, 0, 0)
    this.close()
    /** @type {Blob | null} */
    const photo = await new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', 0.95))
    if (photo) this.dispatchEvent(new CustomEvent('camera-photo', { detail: photo }))
    else this.#fail('camera_failed')
  }

  /** Hands the stream over: it doesn't end with the dialog. */
  #watch() {
    const stream = this.#stream
    if (!stream) return
    this.#stream = null
    this.close()
    this.dispatchEvent(new CustomEvent('camera-live', { detail: stream }))
  }

  #turn() {
    this.#facing = this.#facing === 'environment' ? 'user' : 'environment'
    void this.#start()
  }

  /** @override */
  render() {
    if (!this.texts) return nothing
    const { t } = this
    return html`
      <dialog aria-label=${t('camera.title')} @close=${() => this.close()}>
        <div class="view">
          <video playsinline muted aria-label=${t('camera.view')}></video>
          ${this.isLive ? '' : html`<p role="status">${t('camera.wait')}</p>`}
        </div>
        <div class="row">
          <button class="main" ?disabled=${!this.isLive} @click=${this.#shoot}>${t('camera.shoot')}</button>
          ${this.watching ? html`<button ?disabled=${!this.isLive}
            @click=${this.#watch}>${t('camera.live')}</button>` : ''}
          ${this.cameras > 1 ? html`<button @click=${this.#turn}>${t('camera.turn')}</button>` : ''}
          <button @click=${() => this.close()}>${t('close')}</button>
        </div>
      </dialog>`
  }
}

/** @param {MediaStream} stream */
function stopTracks(stream) {
  for (const track of stream.getTracks()) track.stop()
}

define('fcn-segment-camera', FcnSegmentCamera)
