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
  /** Buffers that are there. @type {WeakSet<GPUBuffer>} */
  const known = new WeakSet()
  /** @param {GPUBuffer} buffer @returns {keyof Bytes} */
  const kind = ({ usage }) => usage & GPUBufferUsage.STORAGE ? 'storage' : 'other'

  /**
   * @this {GPUDevice}
   * @param {GPUBufferDescriptor} descriptor
   */
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor)
    known.add(buffer)
    const of = kind(buffer)
    live[of] += buffer.size
    peak[of] = Math.max(peak[of], live[of])
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
    forget: () => { Object.assign(peak, live) },
  }
}
