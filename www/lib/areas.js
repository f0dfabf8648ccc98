/**
 * How much of a picture each class covers, and where masks disagree.
 */

/** Pixels counted between two looks at the clock: about a millisecond's work. */
const SLICE = 1 << 20

/**
 * @typedef {object} Area
 * @property {number} id
 * @property {number} pixels
 * @property {number} share 0..1 of the picture
 */

/** Lets the page breathe. @returns {Promise<void>} */
export function pause() {
  return new Promise(resolve => setTimeout(resolve))
}

/**
 * Counts in slices, so that a 100 megapixel mask doesn't hold the page up.
 * @param {Uint8Array} labels
 * @param {AbortSignal} [signal]
 * @returns {Promise<Area[]>} classes that occur, largest first
 */
export async function areas(labels, signal) {
  const counts = new Float64Array(256)
  for (let start = 0; start < labels.length; start += SLICE) {
    if (start) await pause()
    signal?.throwIfAborted()
    const end = Math.min(start + SLICE, labels.length)
    for (let i = start; i < end; i++) counts[labels[i]]++
  }
  const out = []
  for (let id = 0; id < 256; id++) {
    if (counts[id]) out.push({ id, pixels: counts[id], share: counts[id] / labels.length })
  }
  return out.sort((a, b) => b.pixels - a.pixels || a.id - b.id)
}

/**
 * How many different answers the masks give for one pixel.
 * @param {readonly Uint8Array[]} masks of the same size
 * @param {number} at index of the pixel
 * @returns {number} 1 when all agree
 */
export function answers(masks, at) {
  let count = 0
  for (let i = 0; i < masks.length; i++) {
    let isNew = 1
    for (let j = 0; j < i; j++) if (masks[j][at] === masks[i][at]) isNew = 0
    count += isNew
  }
  return count
}

/**
 * Shares of the picture on which the masks give one, two, three … different answers.
 * @param {readonly Uint8Array[]} masks of the same size
 * @param {AbortSignal} [signal]
 * @returns {Promise<number[]>} [masks.length], 0..1
 */
export async function disagreement(masks, signal) {
  const counts = new Array(masks.length).fill(0)
  const total = masks[0]?.length ?? 0
  const slice = SLICE >> 2
  for (let start = 0; start < total; start += slice) {
    if (start) await pause()
    signal?.throwIfAborted()
    const end = Math.min(start + slice, total)
    for (let i = start; i < end; i++) counts[answers(masks, i) - 1]++
  }
  return counts.map(count => total ? count / total : 0)
}

/**
 * @param {{width: number, height: number, variant: string, backend: string, timings: object,
 *   classes: readonly {id: number, name: string, names?: Record<string, string>, color: string}[]}} mask
 * @param {readonly Area[]} found
 * @param {{photo: string, model: string | null}} about
 * @returns {string} JSON; areas in pixels and as shares (0..1) of the photo
 */
export function areasJson(mask, found, { photo, model }) {
  const { width, height, variant, backend, classes, timings } = mask
  const rows = found.map(({ id, pixels, share }) => {
    const cls = classes.find(one => one.id === id)
    return { id, name: cls?.name ?? null, names: cls?.names, color: cls?.color, pixels,
      share: Number(share.toFixed(6)) }
  })
  return JSON.stringify({ photo, width, height, model, variant, backend, timings, classes: rows }, null, 2) + '\n'
}
