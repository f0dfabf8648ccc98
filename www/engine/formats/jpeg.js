/**
 * Whether a JPEG has all its pixels, where its end-of-image marker is missing: by going through the coded data, block
 * by block, without computing a value. Viewers show such a photo whole; a cut one has grey where the data end.
 *
 * ITU-T T.81: baseline and extended sequential (annex F.2), progressive (annex G.2), with Huffman codes.
 *
 * A few bytes can ask for hours: a refinement goes through the whole picture, and may take no bit of it. So the steps
 * and the memory are limited; what asks for more is for the browser to judge.
 */

/** Tables and scans in one file. */
const MAX_SEGMENTS = 2000
/** Bytes for the coefficients of a progressive picture. */
const MAX_COEFFICIENTS = 100e6
/** Steps for each block: four refinements of its 63 coefficients, with 15 for the block; encoders make one to three. */
const BLOCK_STEPS = 4 * 78

/**
 * A scan's or a picture's component; sizes in blocks of 8 × 8 samples.
 * @typedef {object} Component
 * @property {number} h sampling factors
 * @property {number} v
 * @property {number} columns its own, where it is alone in a scan
 * @property {number} rows
 * @property {Uint8Array} known by coefficient: 1 when it is known to its last bit
 * @property {Uint8Array | null} nonzero [rows * columns * 64] which coefficients a progressive picture has so far
 */

/**
 * @typedef {object} Frame
 * @property {number} columns
 * @property {number} rows
 * @property {boolean} isProgressive
 * @property {Map<number, Component>} components
 * @property {number} blocks of all components
 * @property {number} steps that its refinements may still take
 */
/**
 * By the next 16 bits: the code's length in bits above its symbol; 0: there is no such code.
 * @typedef {Uint16Array} Table
 */

/**
 * @param {Uint8Array} bytes the whole file
 * @returns {number | null} where the pixels' last byte is over; null: pixels are missing. What can't be judged
 *   (arithmetic codes, a height that comes late, too much to go through) is taken as whole.
 */
export function pixelsEnd(bytes) {
  /** @type {Map<number, Table>} by class and number, as in a DHT segment */
  const tables = new Map()
  /** @type {Frame | null} */
  let frame = null
  let interval = 0
  let segments = 0
  for (let at = 2; ;) {
    at = bytes.indexOf(0xff, at)
    if (at < 0 || at + 3 >= bytes.length) return null
    const marker = bytes[at + 1]
    // Fill bytes, stuffed bytes, and markers without a body.
    if (marker === 0xff || marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9)) {
      at += marker === 0xff ? 1 : 2
      continue
    }
    const body = bytes.subarray(at + 4, at += 2 + Math.max(2, bytes[at + 2] * 256 + bytes[at + 3]))
    if (at > bytes.length) return null
    if (marker === 0xc4) segments += readTables(body, tables)
    else if (marker === 0xdd) interval = body[0] * 256 + body[1]
    else if (marker >= 0xc0 && marker <= 0xc2) frame ??= readFrame(body, marker === 0xc2)
    else if (marker > 0xc2 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc) return bytes.length
    if ((frame && !canFollow(frame)) || segments > MAX_SEGMENTS) return bytes.length
    if (marker !== 0xda) continue
    if (!frame) return null
    segments++
    if (!canPass(body, frame)) return bytes.length
    const end = passScan(bytes, at, body, frame, tables, interval)
    if (end === null) return null
    at = end
    if ([...frame.components.values()].every(({ known }) => known.every(Boolean))) return end
  }
}

/** @param {Frame} frame */
function canFollow({ rows, columns, components, isProgressive, blocks }) {
  return rows * columns > 0 && rows * columns < Infinity && components.size <= 4
    && (!isProgressive || blocks * 64 <= MAX_COEFFICIENTS)
}

/**
 * Whether a scan is one that a progressive picture may have, and still has steps for. A sequential scan, and a first
 * one, take bits for each step.
 * @param {Uint8Array} header the scan's
 * @param {Frame} frame
 */
function canPass(header, frame) {
  const [count, id] = header
  const [first, last, bits] = header.subarray(1 + 2 * count)
  if (!frame.isProgressive || first === 0) return true
  if (count !== 1 || !(first <= last && last < 64)) return false
  const { columns, rows } = frame.components.get(id) ?? { columns: 0, rows: 0 }
  if (bits >> 4 > 0) frame.steps -= columns * rows * (16 + last - first)
  return frame.steps >= 0
}

/** @param {Uint8Array} body @param {Map<number, Table>} tables @returns {number} how many */
function readTables(body, tables) {
  let count = 0
  for (let at = 0; at + 17 <= body.length;) {
    const table = new Uint16Array(1 << 16)
    let symbol = at + 17
    for (let length = 1, code = 0; length <= 16; length++) {
      for (let left = body[at + length]; left > 0; left--, symbol++) {
        table.fill(length << 8 | body[symbol], code, code += 1 << 16 - length)
      }
    }
    tables.set(body[at], table)
    at = symbol
    count++
  }
  return count
}

/** @param {Uint8Array} body @param {boolean} isProgressive @returns {Frame} */
function readFrame(body, isProgressive) {
  const [height, width] = [body[1] * 256 + body[2], body[3] * 256 + body[4]]
  const factors = Array.from({ length: body[5] }, (_, i) => {
    const [id, both] = body.subarray(6 + 3 * i)
    return { id, h: both >> 4, v: both & 15 }
  })
  const [most, highest] = [Math.max(...factors.map(({ h }) => h)), Math.max(...factors.map(({ v }) => v))]
  const components = new Map(factors.map(({ id, h, v }) => [id, {
    h, v,
    columns: Math.ceil(Math.ceil(width * h / most) / 8), rows: Math.ceil(Math.ceil(height * v / highest) / 8),
    known: new Uint8Array(64), nonzero: null,
  }]))
  const blocks = [...components.values()].reduce((sum, each) => sum + each.columns * each.rows, 0)
  return { columns: Math.ceil(width / (8 * most)), rows: Math.ceil(height / (8 * highest)), isProgressive, components,
    blocks, steps: blocks * BLOCK_STEPS }
}

/**
 * @param {Uint8Array} bytes
 * @param {number} from where its coded data begin
 * @param {Uint8Array} header the scan's
 * @param {Frame} frame
 * @param {Map<number, Table>} tables
 * @param {number} interval units between restart markers; 0: there are none
 * @returns {number | null} where its data end; null: they end too early
 */
function passScan(bytes, from, header, frame, tables, interval) {
  const count = header[0]
  const [first, last, bits] = header.subarray(1 + 2 * count)
  const scan = { first, last, isFirst: bits >> 4 === 0 }
  const parts = []
  for (let i = 0; i < count; i++) {
    const [id, both] = header.subarray(1 + 2 * i)
    const component = frame.components.get(id)
    if (!component) return null
    if (frame.isProgressive && first > 0) component.nonzero ??= new Uint8Array(component.columns * component.rows * 64)
    const blocks = count === 1 ? 1 : component.h * component.v
    parts.push({ component, blocks, dc: tables.get(both >> 4), ac: tables.get(16 | both & 15) })
  }
  if (!parts.length) return null
  const [{ component }] = parts
  const units = count === 1 ? component.columns * component.rows : frame.columns * frame.rows
  const data = new Bits(bytes, from)
  for (let unit = 0; unit < units; unit++) {
    if (interval > 0 && unit > 0 && unit % interval === 0 && !data.restart()) return null
    for (const { component, dc, ac, blocks } of parts) {
      for (let block = 0; block < blocks; block++) {
        if (!frame.isProgressive) passSequential(data, dc, ac)
        else if (first === 0) passDc(data, dc, scan.isFirst)
        else if (component.nonzero) passAc(data, ac, scan, component.nonzero, unit * 64)
      }
    }
    if (data.emptyBlocks > 0) {
      const part = interval > 0 ? Math.min(units, unit - unit % interval + interval) : units
      const count = data.skip(part - 1 - unit)
      if (!scan.isFirst) refineEmpty(data, scan, component.nonzero, unit + 1, count)
      unit += count
    }
    if (data.isOver) return null
  }
  for (const { component } of parts) {
    if (!frame.isProgressive) component.known.fill(1)
    else if ((bits & 15) === 0) component.known.fill(1, first, last + 1)
  }
  return data.end
}

/** @param {Bits} data @param {Table | undefined} dc @param {Table | undefined} ac */
function passSequential(data, dc, ac) {
  data.take(data.symbol(dc))
  for (let k = 1; k < 64; k++) {
    const symbol = data.symbol(ac)
    if (symbol === 0) return
    k += symbol >> 4
    data.take(symbol & 15)
  }
}

/** @param {Bits} data @param {Table | undefined} dc @param {boolean} isFirst */
function passDc(data, dc, isFirst) {
  data.take(isFirst ? data.symbol(dc) : 1)
}

/**
 * @param {Bits} data
 * @param {Table | undefined} ac
 * @param {{first: number, last: number, isFirst: boolean}} scan
 * @param {Uint8Array} nonzero of all blocks
 * @param {number} from where this block's begin
 */
function passAc(data, ac, { first, last, isFirst }, nonzero, from) {
  /** Each coefficient that isn't zero yet has a bit here. @param {number} k @param {number} zeros to go over */
  const refine = (k, zeros) => {
    if (isFirst) return k + zeros
    for (; k <= last; k++) {
      if (nonzero[from + k]) data.take(1)
      else if (zeros-- === 0) break
    }
    return k
  }
  let k = first
  while (data.emptyBlocks === 0 && k <= last && !data.isOver) {
    const symbol = data.symbol(ac)
    const [run, size] = [symbol >> 4, symbol & 15]
    if (size === 0 && run < 15) {
      data.emptyBlocks = (1 << run) + data.take(run)
      break
    }
    data.take(size)
    k = refine(k, run)
    if (size > 0 && k <= last) nonzero[from + k] = 1
    k++
  }
  if (data.skip(1) > 0) refine(k, 64)
}

/**
 * Blocks that get nothing new.
 * @param {Bits} data
 * @param {{first: number, last: number}} scan
 * @param {Uint8Array | null} nonzero of all blocks
 * @param {number} block
 * @param {number} count
 */
function refineEmpty(data, { first, last }, nonzero, block, count) {
  if (!nonzero) return
  for (let from = block * 64; count > 0; count--, from += 64) {
    for (let at = from + first; at <= from + last; at++) if (nonzero[at]) data.take(1)
  }
}

/** The bits of a scan's coded data. */
class Bits {
  #bytes
  #at
  #buffer = 0
  #count = 0
  /** How many of the bits in the buffer stand for data that aren't there. */
  #missing = 0
  #isWrong = false
  /** How many blocks, this one included, have nothing more of their band. */
  emptyBlocks = 0

  /** @param {Uint8Array} bytes @param {number} at */
  constructor(bytes, at) {
    this.#bytes = bytes
    this.#at = at
  }

  /** Whether more was taken than there is, or a code that doesn't exist. */
  get isOver() {
    return this.#isWrong || this.#count < this.#missing
  }

  /** Where the data are over that were taken so far. */
  get end() {
    return this.#at
  }

  /** @param {Table | undefined} table @returns {number} */
  symbol(table) {
    this.#fill()
    const entry = table?.[this.#buffer >>> this.#count - 16 & 0xffff] ?? 0
    if (entry === 0) this.#isWrong = true
    this.#count -= entry >> 8
    return entry & 0xff
  }

  /** @param {number} count up to 16 @returns {number} */
  take(count) {
    this.#fill()
    this.#count -= count
    return this.#buffer >>> this.#count & (1 << count) - 1
  }

  /** Goes over empty blocks. @param {number} most @returns {number} how many */
  skip(most) {
    const count = Math.min(this.emptyBlocks, most)
    this.emptyBlocks -= count
    return count
  }

  /** Goes over a restart marker. @returns {boolean} whether it is there */
  restart() {
    this.#count = this.#missing = this.emptyBlocks = 0
    while (this.#bytes[this.#at] === 0xff && this.#bytes[this.#at + 1] === 0xff) this.#at++
    const marker = this.#bytes[this.#at + 1]
    if (this.#bytes[this.#at] !== 0xff || marker < 0xd0 || marker > 0xd7) return false
    this.#at += 2
    return true
  }

  /** At least 16 bits. */
  #fill() {
    while (this.#count <= 16) {
      const byte = this.#bytes[this.#at]
      const isStuffed = byte === 0xff && this.#bytes[this.#at + 1] === 0
      const isData = byte !== undefined && (byte !== 0xff || isStuffed)
      this.#buffer = this.#buffer << 8 | (isData ? byte : 0)
      this.#count += 8
      if (isData) this.#at += isStuffed ? 2 : 1
      else this.#missing += 8
    }
  }
}
