/** Work that is done once more when something else was wished meanwhile, and never twice at once. */
export class Latest {
  #work
  #isBusy = false
  #isAsked = false

  /** @param {() => Promise<void>} work until what is shown is what is wished; its failures are its own */
  constructor(work) {
    this.#work = work
  }

  ask() {
    this.#isAsked = this.#isBusy
    if (this.#isBusy) return
    this.#isBusy = true
    void this.#work().finally(() => {
      this.#isBusy = false
      if (this.#isAsked) this.ask()
    })
  }
}
