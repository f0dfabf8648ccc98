/** What the layer calculator holds: the text pasted, and the size of what goes in. */

/**
 * What it needs of the element.
 * @typedef {object} Around
 * @property {() => void} changed there is something new to show
 * @property {(code: string) => void} fail shows a failure of the element's own
 */

export class Calculator {
  #around
  /** What a link tells of it, as usual. */
  usual = {}

  /** @param {Around} around */
  constructor(around) {
    this.#around = around
  }

  get values() {
    return {}
  }

  /** @param {import('../../common/fragment.js').Values} _values as anybody may have written them */
  set values(_values) {
    this.#around.changed()
  }
}
