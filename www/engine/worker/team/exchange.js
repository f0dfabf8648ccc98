/**
 * The shared memory of threads that compute one pass together: they give each other their parts of a
 * map there, and one of them, the leader, says after each stage whether the pass goes on.
 * Runs in workers only: it blocks while it waits.
 */

/**
 * Places in the control buffer: how often threads have arrived, how many stages may follow, whether it has failed, and two,
 * used in turn, for the shapes of what they exchange.
 */
const ARRIVED = 0
const DECIDED = 1
const FAILED = 2
const SHAPES = 3
const PLACES = 5

/** A thread that hasn't arrived by then won't. Milliseconds. */
const TIMEOUT = 20_000
/** Tries before sleeping: the others mostly arrive within microseconds. */
const SPINS = 2000
/** A sleep ends when somebody arrives; this is for a wake-up call that got lost. Milliseconds. */
const SLEEP = 100

/**
 * What one pass shares. `data` holds two maps, used in turn: a quick thread may write into one while others still read
 * the other.
 * @typedef {{control: SharedArrayBuffer, data: SharedArrayBuffer}} Shared
 */

/**
 * @param {number} bytes of the largest map that is exchanged
 * @param {SharedArrayBuffer | null} data of an earlier pass that ended well, to be used again
 * @returns {Shared}
 * @throws {RangeError} when there isn't that much memory
 */
export function share(bytes, data) {
  const both = 2 * Math.ceil(bytes / 4) * 4
  const isEnough = data !== null && data.byteLength >= both
  return { control: new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT),
    data: isEnough ? data : new SharedArrayBuffer(both) }
}

export class Exchange {
  #control
  #data
  #rank
  #size
  #turn = 0
  /** What this thread has added to each of {@link SHAPES}. */
  #shapes = new Int32Array(2)

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

  /** Ends the pass for all threads, as soon as they look. */
  fail() {
    Atomics.store(this.#control, FAILED, 1)
    Atomics.notify(this.#control, ARRIVED)
    Atomics.notify(this.#control, DECIDED)
  }

  /**
   * Gives the others this thread's part of a map, and takes theirs: an all-gather.
   * @param {Float32Array} map
   * @param {number} piece of every so many numbers …
   * @param {Uint32Array} cuts … thread r has those from cuts[r] to cuts[r + 1]
   */
  gather(map, piece, cuts) {
    if (this.hasFailed) return
    const half = this.#data.length / 2
    if (map.length > half) return this.fail()
    const shared = this.#data.subarray((this.#turn % 2) * half)
    copy(map, shared, piece, cuts[this.#rank], cuts[this.#rank + 1])
    if (!this.#barrier(Math.imul(map.length, 31) + piece)) return
    // Two copies at most: what is left and right of this thread's part.
    copy(shared, map, piece, 0, cuts[this.#rank], map.length)
    copy(shared, map, piece, cuts[this.#rank + 1], piece, map.length)
  }

  /** The leader's decision: the stage after the one of this number may follow. @param {number} index */
  goOn(index) {
    Atomics.store(this.#control, DECIDED, index + 1)
    Atomics.notify(this.#control, DECIDED)
  }

  /** Waits for that decision. @param {number} index @returns {boolean} whether to go on */
  mayGoOn(index) {
    return this.#wait(DECIDED, index + 1)
  }

  /**
   * Waits for the others.
   * @param {number} shape of the map
   * @returns {boolean} whether all have arrived, with the same; another layer's numbers would make a wrong mask
   */
  #barrier(shape) {
    // Nobody adds to this place again before all have read it: the next turn is the other place's.
    const place = this.#turn % 2
    this.#shapes[place] += shape
    Atomics.add(this.#control, SHAPES + place, shape)
    const all = this.#size * ++this.#turn
    if (Atomics.add(this.#control, ARRIVED, 1) + 1 >= all) Atomics.notify(this.#control, ARRIVED)
    if (!this.#wait(ARRIVED, all)) return false
    if (Atomics.load(this.#control, SHAPES + place) === Math.imul(this.#size, this.#shapes[place])) return true
    this.fail()
    return false
  }

  /**
   * @param {number} which number
   * @param {number} least
   * @returns {boolean} false: the pass has failed
   */
  #wait(which, least) {
    const end = performance.now() + TIMEOUT
    for (let spins = 0; ; spins++) {
      const now = Atomics.load(this.#control, which)
      if (this.hasFailed) return false
      if (now >= least) return true
      if (spins < SPINS) continue
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
