/**
 * The bitmaps of a page's elements. They hold megabytes where the garbage collector doesn't see them, and several
 * elements, jobs and "Try again" may use one, so they are closed by sweeping: whatever no user names any more.
 */

/** @typedef {Blob | ImageBitmap | null | undefined} Source */

/** Who uses bitmaps: an element's controller. @typedef {{readonly sources: readonly Source[]}} User */

export class Bitmaps {
  /** @type {Set<ImageBitmap>} */
  #kept = new Set()
  /** Weakly, so that an element that was thrown away takes its photos along. @type {Set<WeakRef<User>>} */
  #users = new Set()

  /** @param {Blob | ImageBitmap} source closed by `sweep` once nobody uses it */
  keep(source) {
    if (!(source instanceof Blob)) this.#kept.add(source)
  }

  /** @param {User} user asked at each sweep for what it uses */
  addUser(user) {
    const isKnown = [...this.#users].some(reference => reference.deref() === user)
    if (!isKnown) this.#users.add(new WeakRef(user))
  }

  sweep() {
    /** @type {Set<Source>} */
    const used = new Set()
    for (const reference of this.#users) {
      const user = reference.deref()
      if (user) for (const source of user.sources) used.add(source)
      else this.#users.delete(reference)
    }
    for (const bitmap of this.#kept) {
      if (used.has(bitmap)) continue
      this.#kept.delete(bitmap)
      bitmap.close()
    }
  }
}
