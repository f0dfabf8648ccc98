/**
 * Where the members of a team meet: shared memory in which they give each other their parts of a
 * map, and in which one of them, the leader, says after each stage whether the pass goes on.
 * Runs in workers only: it waits.
 */

/** Numbers in the control buffer: how often members have arrived, how many stages may follow, whether it is over. */
const ARRIVED = 0
const DECIDED = 1
const FAILED = 2

/** A member that hasn't come by then won't. Milliseconds. */
const PATIENCE = 20_000
/** Looks at a number before sleeping: others mostly come within microseconds. */
const LOOKS = 2000
/** A sleep is cut short by who comes; this is for a wake-up call that got lost. Milliseconds. */
const SLEEP = 100

/**
 * What one pass shares. `data` holds two maps, used in turn: who is quick may write into one while others still read the other.
 * @typedef {{control: SharedArrayBuffer, data: SharedArrayBuffer}} Shared
 */

/**
 * @param {number} bytes of the largest map that is exchanged
 * @param {SharedArrayBuffer | null} data of an earlier pass, which ended well: what its members may still read there, nobody
 *   needs any more
 * @returns {Shared}
 * @throws {RangeError} when there isn't that much memory
 */
export function share(bytes, data) {
  const both = 2 * Math.ceil(bytes / 4) * 4
  return { control: new SharedArrayBuffer(12), data: data && data.byteLength >= both ? data : new SharedArrayBuffer(both) }
}

export class Meeting {
  #control
  #data
  #rank
  #size
  #turn = 0

  /**
   * @param {Shared} shared
   * @param {number} rank
   * @param {number} size
   */
  constructor({ control, data }, rank, size) {
    this.#control = new Int32Array(control)
    this.#data = new Float32Array(data)
    this.#rank = rank
    this.#size = size
  }

  /** Whether the pass has no result. */
  get hasFailed() {
    return Atomics.load(this.#control, FAILED) !== 0
  }

  /** Ends the pass for all members, as soon as they look. */
  fail() {
    Atomics.store(this.#control, FAILED, 1)
    Atomics.notify(this.#control, ARRIVED)
    Atomics.notify(this.#control, DECIDED)
  }

  /**
   * Gives the others this member's part of a map, and takes theirs.
   * @param {Float32Array} map
   * @param {number} piece of every so many numbers …
   * @param {Uint32Array} cuts … member r has those from cuts[r] to cuts[r + 1]
   */
  exchange(map, piece, cuts) {
    if (this.hasFailed) return
    const half = this.#data.length / 2
    if (map.length > half) return this.fail()
    const shared = this.#data.subarray((this.#turn % 2) * half)
    copy(map, shared, piece, cuts[this.#rank], cuts[this.#rank + 1])
    if (!this.#meet()) return
    // Two copies at most: what is left and right of this member's part.
    copy(shared, map, piece, 0, cuts[this.#rank], map.length)
    copy(shared, map, piece, cuts[this.#rank + 1], piece, map.length)
  }

  /** The leader's word: the stage after the one of this number may follow. @param {number} index */
  goOn(index) {
    Atomics.store(this.#control, DECIDED, index + 1)
    Atomics.notify(this.#control, DECIDED)
  }

  /** Waits for that word. @param {number} index @returns {boolean} whether to go on */
  mayGoOn(index) {
    return this.#wait(DECIDED, index + 1)
  }

  /** Waits for the others. @returns {boolean} whether all have come */
  #meet() {
    const all = this.#size * ++this.#turn
    if (Atomics.add(this.#control, ARRIVED, 1) + 1 >= all) Atomics.notify(this.#control, ARRIVED)
    return this.#wait(ARRIVED, all)
  }

  /**
   * @param {number} which number
   * @param {number} least
   * @returns {boolean} false: it is over
   */
  #wait(which, least) {
    const end = performance.now() + PATIENCE
    for (let looks = 0; ; looks++) {
      const now = Atomics.load(this.#control, which)
      if (this.hasFailed) return false
      if (now >= least) return true
      if (looks < LOOKS) continue
      if (performance.now() > end) {
        this.fail()
        return false
      }
      Atomics.wait(this.#control, which, now, SLEEP)
    }
  }
}

/**
 * A part of every piece.
 * @param {Float32Array} from
 * @param {Float32Array} to
 * @param {number} piece
 * @param {number} start
 * @param {number} end
 * @param {number} [length] of the whole
 */
function copy(from, to, piece, start, end, length = from.length) {
  if (start === end) return
  for (let at = 0; at < length; at += piece) to.set(from.subarray(at + start, at + end), at + start)
}
