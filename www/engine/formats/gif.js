/**
 * Whether a GIF has all pixels of its first picture, which is the one that is taken: by going through its codes without
 * computing a colour. A missing trailer, or a film's later pictures, decide nothing.
 *
 * GIF89a, and its appendix F: LZW codes of 3 to 12 bits.
 *
 * What breaks the rules is for the browser to judge, and so is what asks for more than it could show.
 */

const [EXTENSION, PICTURE, TRAILER] = [0x21, 0x2c, 0x3b]
/** Codes of 12 bits are the longest. */
const [MAX_BITS, MAX_CODES] = [12, 1 << 12]
/** No picture that is taken (see MAX_PIXELS in decode.js) has more. */
const MAX_PIXELS = 100e6

/**
 * Where the first picture's last pixel is: the block of codes, which begins with its length, and what of it is used.
 * @typedef {{block: number, end: number}} Place
 */

/** What isn't judged here. @type {Place} */
const UNJUDGED = { block: 0, end: 0 }

/**
 * @param {Uint8Array} bytes the whole file
 * @returns {Place | null} null: the file ends before its first picture does; `UNJUDGED`: see above
 */
function placeOf(bytes) {
  let at = 13 + tableLength(bytes[10])
  while (bytes[at] === EXTENSION) {
    at += 2
    while (bytes[at] > 0) at += 1 + bytes[at]
    at++
  }
  if (at >= bytes.length) return null
  if (bytes[at] !== PICTURE) return UNJUDGED
  const [width, height] = [5, 7].map(offset => bytes[at + offset] + 256 * bytes[at + offset + 1])
  const data = at + 10 + tableLength(bytes[at + 9])
  return data >= bytes.length ? null : lastPixel(bytes, data, width * height)
}

/** Whether the file ends before its first picture does. @param {Uint8Array} bytes the whole file */
export function gifIsCut(bytes) {
  return placeOf(bytes) === null
}

/**
 * The first picture by itself, with the end that browsers want.
 * @param {Uint8Array<ArrayBuffer>} bytes the whole file
 * @returns {Uint8Array<ArrayBuffer>[] | null} null: it isn't whole, or isn't judged here
 */
export function gifMended(bytes) {
  const { block, end } = placeOf(bytes) ?? UNJUDGED
  if (!end) return null
  const codes = bytes.subarray(block + 1, end)
  return [bytes.subarray(0, block), Uint8Array.of(codes.length), codes, Uint8Array.of(0, TRAILER)]
}

/** @param {number | undefined} flags @returns {number} bytes of the table of colours that they announce */
function tableLength(flags = 0) {
  return flags & 0x80 ? 3 << (flags & 7) + 1 : 0
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at where the least length of a code stands, before the blocks of codes
 * @param {number} pixels
 * @returns {Place | null} as `placeOf`
 */
function lastPixel(bytes, at, pixels) {
  const least = bytes[at]
  if (least < 2 || least >= MAX_BITS || pixels < 1 || pixels > MAX_PIXELS) return UNJUDGED
  const clear = 1 << least
  /** How many pixels each code stands for. */
  const lengths = new Uint16Array(MAX_CODES).fill(1)
  let next = clear + 2
  let size = least + 1
  let former = -1
  let [buffer, count] = [0, 0]
  let block = at
  /** Where the next block's length stands. */
  let end = ++at
  // Each code but `clear` brings a pixel.
  for (let steps = 2 * pixels + MAX_CODES; pixels > 0 && steps > 0; steps--) {
    for (; count < size; count += 8) {
      if (at === end) {
        block = at
        end = at + 1 + bytes[at]
        // The codes are over: a longer file would have no more of them.
        if (bytes[at++] === 0) return UNJUDGED
      }
      if (at >= bytes.length) return null
      buffer |= bytes[at++] << count
    }
    const code = buffer & (1 << size) - 1
    buffer >>>= size
    count -= size
    if (code === clear) {
      [next, size, former] = [clear + 2, least + 1, -1]
    } else if (code === clear + 1 || code > next || (former < 0 && code > clear)) {
      return UNJUDGED
    } else {
      if (former >= 0 && next < MAX_CODES) {
        lengths[next++] = lengths[former] + 1
        if (next === 1 << size && size < MAX_BITS) size++
      } else if (code >= next) {
        return UNJUDGED
      }
      pixels -= lengths[code]
      former = code
    }
  }
  return pixels > 0 ? UNJUDGED : { block, end: at }
}
