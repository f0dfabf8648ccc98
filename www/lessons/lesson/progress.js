/**
 * What a person has done of the lesson, kept on the device: of each part, how it was answered. Where the browser keeps
 * nothing, it lasts as long as the page.
 */

/** `right`, `wrong`: predicted; `shown`: the answer was looked at without a prediction. @typedef {'right' | 'wrong' | 'shown'} Mark */

const KEY = 'fcn-lesson'
/** @type {readonly Mark[]} */
const MARKS = ['right', 'wrong', 'shown']

export class Progress {
  /** By `station.part`. @type {Map<string, Mark>} */
  #marks = new Map()
  /** Whether the browser keeps it. */
  isKept = true

  constructor() {
    this.#read()
  }

  /** @param {string} name `station.part` @returns {Mark | null} */
  of(name) {
    return this.#marks.get(name) ?? null
  }

  get isEmpty() {
    return this.#marks.size === 0
  }

  /** What was predicted rightly stays so, and a prediction isn't undone by looking at the answer later. @param {string} name @param {Mark} mark */
  mark(name, mark) {
    const before = this.#marks.get(name)
    if (before === 'right' || (before && mark === 'shown')) return
    // Another window may have done other parts meanwhile.
    this.#read()
    this.#marks.set(name, mark)
    this.#write()
  }

  forget() {
    this.#marks.clear()
    this.#write()
  }

  #read() {
    try {
      /** @type {unknown} */
      const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}')
      for (const [name, mark] of Object.entries(kept ?? {})) {
        const known = MARKS.find(each => each === mark)
        if (known && !this.#marks.has(name)) this.#marks.set(name, known)
      }
    } catch {
      // Refused, or written by something else: what is known so far stays.
    }
  }

  #write() {
    try {
      if (this.#marks.size) localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(this.#marks)))
      else localStorage.removeItem(KEY)
      this.isKept = true
    } catch {
      this.isKept = false
    }
  }
}
