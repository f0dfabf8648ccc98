/** Counts the bytes of the page's GPU buffers. Start it before anybody opens a device. */

/**
 * Bytes by what the buffers are for: `storage` what shaders read and write (maps, weights), `other`
 * the small rest and what is copied through on the way in and out.
 * @typedef {{storage: number, other: number}} Bytes
 */

/**
 * @typedef {object} Counter
 * @property {() => Bytes} live
 * @property {() => Bytes} peak the most at once since the start or the last {@link Counter.forget}, each by itself
 * @property {() => number[]} buffers bytes of each `storage` buffer that was there at their peak, largest first
 * @property {() => void} forget lets `peak` begin again at what is live
 */

/** @returns {Counter} */
export function countBuffers() {
  const { createBuffer } = GPUDevice.prototype
  const { destroy } = GPUBuffer.prototype
  /** @type {Bytes} */
  const live = { storage: 0, other: 0 }
  /** @type {Bytes} */
  const peak = { storage: 0, other: 0 }
  /** Buffers that are there. @type {Set<GPUBuffer>} */
  const known = new Set()
  /** @type {number[]} */
  let buffers = []
  /** @param {GPUBuffer} buffer @returns {keyof Bytes} */
  const kind = ({ usage }) => usage & GPUBufferUsage.STORAGE ? 'storage' : 'other'

  /** @param {keyof Bytes} of */
  const note = of => {
    if (live[of] <= peak[of]) return
    peak[of] = live[of]
    if (of === 'storage') buffers = [...known].filter(buffer => kind(buffer) === of).map(({ size }) => size).sort((a, b) => b - a)
  }

  /**
   * @this {GPUDevice}
   * @param {GPUBufferDescriptor} descriptor
   */
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor)
    known.add(buffer)
    const of = kind(buffer)
    live[of] += buffer.size
    note(of)
    return buffer
  }
  /** @this {GPUBuffer} */
  GPUBuffer.prototype.destroy = function () {
    if (known.delete(this)) live[kind(this)] -= this.size
    return destroy.call(this)
  }
  return {
    live: () => ({ ...live }),
    peak: () => ({ ...peak }),
    buffers: () => buffers,
    forget: () => { Object.assign(peak, live) },
  }
}
