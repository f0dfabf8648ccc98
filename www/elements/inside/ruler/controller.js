/** What the offset ruler holds: its settings, and the cell that is looked at. */

export class Ruler {
  #changed
  /** What a link tells of it, as usual. */
  usual = {}

  /** @param {() => void} changed called when there is something new to show */
  constructor(changed) {
    this.#changed = changed
  }

  get values() {
    return {}
  }

  /** @param {import('../../common/fragment.js').Values} _values as anybody may have written them */
  set values(_values) {
    this.#changed()
  }
}
