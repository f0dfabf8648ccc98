/**
 * Every way in which the lab can fail, by a stable code.
 *
 * The code is what programs (and translations) go by; the message is English for developers and
 * the console, and says what happened and what to do next. Rust's `FcnError` has the same codes.
 */

/** Code → the sentence used when the place that failed has nothing more exact to say. */
const MESSAGES = {
  empty_file: 'The file is empty (0 bytes). Choose another photo.',
  not_an_image: 'This file is not a picture. Choose a photo (JPEG, PNG, WebP, GIF or AVIF).',
  truncated_image: 'The picture is cut short: its end is missing. Copy or download it again.',
  svg_unsupported: 'SVG drawings have no pixels of their own. Export it as PNG and choose that.',
  heic_unsupported: 'This browser cannot read HEIC photos. Export it as JPEG and choose that.',
  decode_failed: 'The browser could not read this picture; it may be damaged. Save it again as JPEG or PNG.',
  video_failed: 'This video could not be played.',
  image_too_large: 'The picture has more than 100 megapixels. Make it smaller first.',
  size_too_large: 'The working size is larger than this net can do. Choose a smaller size.',
  manifest_invalid: 'The model description (model.json) is not valid.',
  unknown_architecture: 'The model names an architecture that this version does not know.',
  unknown_variant: 'The model has no head of that name.',
  weights_size_mismatch: 'The weights file does not have the length that the model description announces. Download it again.',
  hash_mismatch: 'The weights file is not the one that the model description announces (SHA-256 differs). Download it again.',
  weights_invalid: 'The weights file could not be read.',
  weights_unrecognised: 'The weights fit no net that is known here.',
  is_classifier: 'This is a classifier: it names a whole photo and makes no mask.',
  not_classifier: 'This net gives every pixel a class; it is no classifier.',
  no_dropout: 'This net has no fc6 and fc7 whose channels could be dropped out.',
  missing_tensor: 'The weights file lacks a tensor that the architecture needs.',
  unexpected_tensor: 'The weights file holds a tensor that the architecture does not have.',
  shape_mismatch: 'A tensor in the weights file does not have the shape that the architecture needs.',
  not_finite: 'The numbers are not all finite (NaN or infinity).',
  http_error: 'The server did not deliver the file. Try again later.',
  network_error: 'The connection failed. Check the network and try again.',
  wasm_blocked: "This page's security policy does not allow WebAssembly. The host has to allow 'wasm-unsafe-eval' in script-src.",
  wasm_failed: 'The program could not be loaded. Reload the page.',
  invalid_input: 'An argument is out of range.',
  no_webgpu: 'This browser offers no WebGPU adapter here.',
  software_adapter: 'The WebGPU adapter is only software on the CPU; computing on the CPU directly is faster.',
  self_check_failed: 'The GPU gave wrong numbers for a known net.',
  gpu_error: 'The GPU reported an error, so the result cannot be trusted.',
  adapter_limits: "The picture at this working size does not fit the GPU's limits. Choose a smaller size.",
  device_lost: 'The GPU was lost.',
  crashed: 'The program stopped unexpectedly.',
  no_model: 'No model is loaded yet.',
  classes_mismatch: 'The names of the classes do not fit the net.',
  keep_failed: 'The weights could not be kept on this device.',
  aborted: 'Stopped.',
}

/** @typedef {keyof typeof MESSAGES} ErrorCode */

/**
 * Facts for a message in another language: sizes in pixels, lengths in bytes, addresses.
 * @typedef {Record<string, string | number | boolean | null>} ErrorDetails
 */

/**
 * What crosses a worker's border in place of an error object.
 * @typedef {{code: ErrorCode, message: string, details: ErrorDetails}} PlainError
 */

/** All codes. @type {readonly ErrorCode[]} */
export const ERROR_CODES = Object.freeze(/** @type {ErrorCode[]} */ (Object.keys(MESSAGES)))

/** @type {ReadonlySet<string>} */
const KNOWN = new Set(ERROR_CODES)

/** An error with a stable `code` and the facts behind it in `details`. */
export class FcnError extends Error {
  /**
   * @param {ErrorCode} code
   * @param {string} [message] default: the code's sentence
   * @param {ErrorDetails} [details]
   */
  constructor(code, message = MESSAGES[code], details = {}) {
    super(message)
    this.name = 'FcnError'
    this.code = code
    this.details = details
  }

  /** @returns {PlainError} */
  plain() {
    return { code: this.code, message: this.message, details: this.details }
  }

  /**
   * @param {PlainError} plain
   * @returns {FcnError}
   */
  static from({ code, message, details }) {
    return new FcnError(code, message, details)
  }
}

/**
 * @param {unknown} value
 * @returns {value is ErrorCode}
 */
export function isErrorCode(value) {
  return typeof value === 'string' && KNOWN.has(value)
}

/**
 * Makes an FcnError of anything thrown: errors that carry a known code keep it, an AbortError is
 * `aborted`, everything else (a trapped wasm instance, a bug) is `crashed`.
 * @param {unknown} thrown
 * @returns {FcnError}
 */
export function toFcnError(thrown) {
  if (thrown instanceof FcnError) return thrown
  if (thrown instanceof Error || thrown instanceof DOMException) {
    const code = 'code' in thrown ? thrown.code : undefined
    if (isErrorCode(code)) return new FcnError(code, thrown.message || undefined, detailsOf(thrown))
    if (thrown.name === 'AbortError') return new FcnError('aborted')
    return new FcnError('crashed', `${MESSAGES.crashed} (${thrown.name}: ${thrown.message})`)
  }
  return new FcnError('crashed', `${MESSAGES.crashed} (${String(thrown)})`)
}

/**
 * The plain facts of an error that isn't an FcnError of ours but carries one of its codes, as one
 * made by another copy of this module does, and Rust's.
 * @param {Error} error
 * @returns {ErrorDetails}
 */
function detailsOf(error) {
  /** @type {ErrorDetails} */
  const details = {}
  if ('details' in error && typeof error.details === 'object' && error.details !== null) {
    for (const [key, value] of Object.entries(error.details)) {
      if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) details[key] = value
    }
  }
  return details
}
