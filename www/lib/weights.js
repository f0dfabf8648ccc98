/**
 * Whether a file holds a net's weights rather than a picture, told by its first bytes: its name may be anything.
 */

/** What weights, or what people take for them, begin with: a zip archive, a pickle, HDF5, a Git LFS pointer. Latin-1. */
const MARKS = [
  'PK\x03\x04', '\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05', '\x89HDF', 'version https://git-lfs.github.com/spec/',
]
/** Where a tar archive has its mark. */
const TAR = { at: 257, mark: 'ustar' }

/** How much of a file `isWeights` wants, bytes. */
export const WEIGHTS_BYTES = 512

/**
 * As far as its beginning tells; which weights they are, and whether they can be read, is found out in Rust.
 * @param {Uint8Array} head its first bytes
 * @param {number} size of the whole file, bytes
 */
export function isWeights(head, size) {
  const has = (/** @type {number} */ at, /** @type {string} */ mark) =>
    String.fromCharCode(...head.subarray(at, at + mark.length)) === mark
  if (MARKS.some(mark => has(0, mark)) || has(TAR.at, TAR.mark)) return true
  // safetensors: the length of its header, in eight bytes, and the header, which is JSON.
  if (!has(8, '{')) return false
  const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true)
  return length > 1n && length <= BigInt(size) - 8n
}
