/**
 * What `<fcn-segment>` shows, as text for a link: settings, the sample, what is switched off and zoomed into.
 */
import { MAX_ZOOM, WHOLE } from '../../lib/viewport.js'
import { fragmentOf, valuesIn } from '../common/fragment.js'

/**
 * What an embedder sets; the attributes of the element.
 * @typedef {object} Attributes
 * @property {string} model
 * @property {string} models
 * @property {string} variant
 * @property {import('../../engine/protocol.js').Size | string} size
 * @property {'auto' | 'webgpu' | 'cpu'} backend
 * @property {boolean} compare
 * @property {'overlay' | 'split' | 'mask'} view
 * @property {boolean} patterns
 * @property {boolean} unsure
 * @property {string} samples
 * @property {string} sample
 * @property {number} opacity of the mask over the photo, 0..1
 * @property {number} split where the mask begins in the split view, 0..1
 */

/** @typedef {Attributes & {baseURI: string, getAttribute: (name: string) => string | null}} Host */

/**
 * What belongs to one photo.
 * @typedef {object} Linked
 * @property {string} sample id; '' for a photo that is no sample
 * @property {ReadonlySet<number>} off classes switched off, by id
 * @property {import('../../lib/viewport.js').View} window
 */

/** What a link needn't say, beside the model and the sample of the markup. */
const USUAL = {
  variant: 'fcn8s', compare: false, view: 'overlay', size: 'model', opacity: 0.6, split: 0.5,
    patterns: false, unsure: false,
  /** Class ids. */
  off: '',
  /** Zoom, and the middle of what is shown, as shares of the photo. */
  at: '1,0.5,0.5',
}
const VIEWS = /** @type {const} */ (['overlay', 'split', 'mask'])

/** @param {Host} host */
const usualOf = host => {
  const model = addressOf(host.getAttribute('model') ?? '', host.baseURI)
  return { sample: host.getAttribute('sample') ?? '', model: model && shortened(model, host.baseURI), ...USUAL }
}

/**
 * @param {Host} host
 * @param {string} model address
 * @param {Linked} linked
 * @returns {string} `key=value&…`
 */
export function writeLink(host, model, { sample, off, window: { zoom, x, y } }) {
  const { variant, compare, view, size, opacity, split, patterns, unsure, baseURI } = host
  const address = addressOf(model, baseURI)
  return fragmentOf({
    sample, model: address && shortened(address, baseURI), variant, compare, view, size: String(size),
      opacity, split, patterns, unsure,
    off: [...off].join(), at: [zoom, x, y].map(value => Number(value.toFixed(3))).join(),
  }, usualOf(host))
}

/**
 * @param {Host} host
 * @param {string} text as anybody may have written it
 * @returns {Linked & {model: string, settings: Partial<Attributes>}} model: whatever the link names
 */
export function readLink(host, text) {
  const { sample, model, off, at, view, opacity, split, ...said } = valuesIn(text, usualOf(host))
  const [zoom = 1, x = 0.5, y = 0.5] = at.split(',').map(Number)
  const isWithin = zoom >= 1 && x >= 0 && x <= 1 && y >= 0 && y <= 1
  const ids = off.split(',').filter(id => /^\d{1,5}$/.test(id)).map(Number)
  return {
    settings: { ...said, view: VIEWS.find(one => one === view) ?? 'overlay', opacity: within(opacity),
      split: within(split) },
    model, sample, off: new Set(ids),
    window: isWithin ? { zoom: Math.min(zoom, MAX_ZOOM), x, y } : WHOLE,
  }
}

/** @param {number} share @returns {number} 0..1 */
const within = share => Math.min(Math.max(share, 0), 1)

/** @param {string} url @param {string} base @returns {string} absolute; '' for '', and for what is no address */
export function addressOf(url, base) {
  return url !== '' && URL.canParse(url, base) ? new URL(url, base).href : ''
}

/** @param {string} url absolute @param {string} base @returns {string} as short as it can be said there */
function shortened(url, base) {
  const folder = new URL('.', base).href
  const { origin } = new URL(base)
  if (url.startsWith(folder)) return url.slice(folder.length)
  return url.startsWith(`${origin}/`) ? url.slice(origin.length) : url
}
