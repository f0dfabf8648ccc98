/**
 * A PNG encoder for what canvases can't write: indexed 8-bit pictures whose values are class ids,
 * and pictures of any size made strip by strip.
 *
 * PNG (ISO/IEC 15948): signature, then chunks of length, type, data, CRC-32 of type and data. The
 * pixels are one zlib stream over rows, each led by a filter byte; browsers make that stream with
 * CompressionStream('deflate').
 */

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})

/**
 * @param {...Uint8Array} parts
 * @returns {number} CRC-32 of the parts joined, unsigned
 */
export function crc32(...parts) {
  let crc = 0xffffffff
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) crc = CRC_TABLE[(crc ^ part[i]) & 255] ^ (crc >>> 8)
  }
  return (crc ^ 0xffffffff) >>> 0
}

/**
 * @param {string} type four letters
 * @param {Uint8Array} data
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function pngChunk(type, data) {
  const out = new Uint8Array(12 + data.length)
  const view = new DataView(out.buffer)
  view.setUint32(0, data.length)
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i)
  out.set(data, 8)
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)))
  return out
}

/**
 * @typedef {object} Picture
 * @property {number} width pixels
 * @property {number} height
 * @property {Uint8Array} [palette] [3 * colours] RGB: makes an indexed picture, one byte a pixel;
 *   without it the picture is RGB, three bytes a pixel, or
 * @property {boolean} [isGrey] grey, one byte a pixel
 * @property {(firstRow: number, rows: number) => Uint8Array | Promise<Uint8Array>} strip
 *   pixels of whole rows, `rows * width * (1 or 3)` bytes
 * @property {number} [stripBytes] about how much `strip` is asked for at a time
 */

/**
 * @param {Picture} picture
 * @param {{signal?: AbortSignal, breathe?: () => Promise<void>}} [options] breathe: awaited after each strip
 * @returns {Promise<Blob>} image/png
 */
export async function encodePng(picture, { signal, breathe } = {}) {
  const { width, height, palette, isGrey = false, strip, stripBytes = 1 << 19 } = picture
  if (!(width >= 1 && height >= 1)) throw new RangeError(`A PNG needs at least one pixel, not ${width} × ${height}`)
  const depth = palette || isGrey ? 1 : 3
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header[8] = 8 // bits a sample
  header[9] = palette ? 3 : isGrey ? 0 : 2 // indexed, grey, or RGB
  /** @type {BlobPart[]} */
  const parts = [SIGNATURE, pngChunk('IHDR', header)]
  if (palette) parts.push(pngChunk('PLTE', palette))

  const { readable, writable } = new CompressionStream('deflate')
  const collected = collect(readable, parts)
  const writer = writable.getWriter()
  try {
    const step = Math.max(1, Math.floor(stripBytes / (width * depth)))
    for (let first = 0; first < height; first += step) {
      signal?.throwIfAborted()
      const rows = Math.min(step, height - first)
      const pixels = await strip(first, rows)
      await writer.write(filtered(pixels, width * depth, rows, depth))
      await breathe?.()
    }
    await writer.close()
  } catch (error) {
    collected.catch(() => {}) // fails with the same error
    await writer.abort(error).catch(() => {})
    throw error
  }
  await collected
  parts.push(pngChunk('IEND', new Uint8Array(0)))
  return new Blob(parts, { type: 'image/png' })
}

/**
 * @param {ReadableStream<Uint8Array>} stream
 * @param {BlobPart[]} parts
 */
async function collect(stream, parts) {
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    parts.push(pngChunk('IDAT', value))
  }
}

/**
 * Rows with their filter bytes: none for class ids (neighbours are equal, not near), "sub" (the
 * difference to the pixel on the left) for photos, which makes them about a third smaller.
 * @param {Uint8Array} pixels
 * @param {number} stride bytes a row
 * @param {number} rows
 * @param {number} depth bytes a pixel
 * @returns {Uint8Array<ArrayBuffer>}
 */
function filtered(pixels, stride, rows, depth) {
  const out = new Uint8Array(rows * (stride + 1))
  for (let y = 0; y < rows; y++) {
    const from = y * stride
    const to = y * (stride + 1) + 1
    if (depth === 1) {
      out.set(pixels.subarray(from, from + stride), to)
      continue
    }
    out[to - 1] = 1
    for (let i = 0; i < stride; i++) out[to + i] = pixels[from + i] - (i < depth ? 0 : pixels[from + i - depth])
  }
  return out
}
