/**
 * The bitmaps of one element. They hold megabytes where the garbage collector doesn't see them, and
 * one of them may be in several hands (a scene, a job, "Try again"), so they are closed by sweeping:
 * whatever nobody names any more.
 */

export class Bitmaps {
  /** @type {Set<ImageBitmap>} */
  #kept = new Set()

  /** @param {Blob | ImageBitmap} source a bitmap belongs to the element from now on */
  keep(source) {
    if (!(source instanceof Blob)) this.#kept.add(source)
  }

  /** @param {readonly (Blob | ImageBitmap | null | undefined)[]} used */
  sweep(used) {
    for (const bitmap of this.#kept) {
      if (used.includes(bitmap)) continue
      this.#kept.delete(bitmap)
      bitmap.close()
    }
  }
}
