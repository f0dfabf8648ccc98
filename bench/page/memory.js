/**
 * Counts the bytes of the page's GPU buffers: until they are destroyed, or collected as garbage. Start it before anybody
 * opens a device.
 */

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
 * @property {() => Promise<void>} forget lets `peak` begin again at what is live once garbage is collected, where the
 *   browser lets scripts do that (`--js-flags=--expose-gc`)
 */

/** @returns {Counter} */
export function countBuffers() {
  const { createBuffer } = GPUDevice.prototype
  const { destroy } = GPUBuffer.prototype
  /** @type {Bytes} */
  const live = { storage: 0, other: 0 }
  /** @type {Bytes} */
  const peak = { storage: 0, other: 0 }
  /** Buffers that are there, by what doesn't keep them. @type {Set<{of: keyof Bytes, size: number}>} */
  const known = new Set()
  /** @type {WeakMap<GPUBuffer, {of: keyof Bytes, size: number}>} */
  const entries = new WeakMap()
  /** @param {{of: keyof Bytes, size: number} | undefined} entry */
  const gone = entry => {
    if (entry && known.delete(entry)) live[entry.of] -= entry.size
  }
  const collected = new FinalizationRegistry(gone)
  /** @type {number[]} */
  let buffers = []
  /** @param {GPUBuffer} buffer @returns {keyof Bytes} */
  const kind = ({ usage }) => usage & GPUBufferUsage.STORAGE ? 'storage' : 'other'

  /** @param {keyof Bytes} of */
  const note = of => {
    if (live[of] <= peak[of]) return
    peak[of] = live[of]
    if (of === 'storage') buffers = [...known].filter(entry => entry.of === of).map(({ size }) => size).sort((a,
      b) => b - a)
  }

  /**
   * @this {GPUDevice}
   * @param {GPUBufferDescriptor} descriptor
   */
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor)
    const entry = { of: kind(buffer), size: buffer.size }
    known.add(entry)
    entries.set(buffer, entry)
    collected.register(buffer, entry)
    live[entry.of] += entry.size
    note(entry.of)
    return buffer
  }
  /** @this {GPUBuffer} */
  GPUBuffer.prototype.destroy = function () {
    gone(entries.get(this))
    return destroy.call(this)
  }
  return {
    live: () => ({ ...live }),
    peak: () => ({ ...peak }),
    buffers: () => buffers,
    forget: async () => {
      /** @type {{gc?: () => void}} */ (globalThis).gc?.()
      // What is collected is told in a turn of its own.
      await new Promise(resolve => setTimeout(resolve, 50))
      Object.assign(peak, live)
    },
  }
}
