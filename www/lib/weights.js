/** Whether a file holds a net's weights rather than a picture: told by its name, or by its first bytes. */

/** Names of weights, also of frameworks that aren't read: their own error says so. (A .mat or .npy may be a mask.) */
const WEIGHTS = new RegExp(
  '\\.(safetensors|pth|pt|bin|ckpt|pkl|h5|hdf5|keras|onnx|caffemodel|pb|tflite|gguf|t7)'
  + '(\\.(tar|gz|xz|bz2|zip|7z|rar))*(\\s*\\(\\d+\\))?(\\.part|\\.crdownload|\\.download)?$', 'i')
/** Names of lists of class names, of all kinds that src/labels reads, JSON apart. */
const LIST = /\.(txt|csv|tsv|names|labels|ya?ml|pbtxt)$/i
/** What Hugging Face's libraries put beside weights, and nothing here has a use for. */
const ASIDE = new RegExp('^((pre)?processor_config|generation_config|tokenizer(_config)?|special_tokens_map|added_tokens|'
  + 'adapter_config|training_args|trainer_state|all_results)\\.json$|\\.index\\.json$', 'i')

/** @param {{name: string}} file */
export const isWeightsName = ({ name }) => WEIGHTS.test(name)

/** @param {{name: string}} file */
export const isListName = ({ name }) => LIST.test(name)

/** Whether it may be a model.json, or a list of class names in JSON. @param {{name: string}} file */
export const isJsonName = ({ name }) => /\.json$/i.test(name)

/** @param {{name: string}} file */
export const isAside = ({ name }) => ASIDE.test(name)

/**
 * What weights, or what people take for them, begin with: a zip archive, a pickle, HDF5, a Git LFS pointer, other packers
 * and frameworks (src/weights/foreign.rs). Latin-1.
 */
const MARKS = [
  'PK\x03\x04', '\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05', '\x89HDF', 'version https://git-lfs.github.com/spec/',
  '\x1f\x8b', 'BZh', '\xfd7zXZ', '(\xb5/\xfd', '7z\xbc\xaf', 'Rar!\x1a', 'GGUF',
]
/** Where a tar archive and TensorFlow Lite have theirs. */
const LATER = [{ at: 257, mark: 'ustar' }, { at: 4, mark: 'TFL3' }]

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
  if (MARKS.some(mark => has(0, mark)) || LATER.some(({ at, mark }) => has(at, mark))) return true
  // safetensors: the length of its header, in eight bytes, and the header, which is JSON.
  if (!has(8, '{')) return false
  const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true)
  return length > 1n && length <= BigInt(size) - 8n
}
