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
  variant: 'fcn8s', compare: false, view: 'overlay', size: 'model', opacity: 0.6, split: 0.5, patterns: false, unsure: false,
  /** Class ids. */
  off: '',
  /** Zoom, and the middle of what is shown, as shares of the photo. */
  at: '1,0.5,0.5',
}
const VIEWS = /** @type {const} */ (['overlay', 'split', 'mask'])

/** @param {Host} host */
const usualOf = host => ({ sample: host.getAttribute('sample') ?? '', model: host.getAttribute('model') ?? '', ...USUAL })

/**
 * @param {Host} host
 * @param {Linked} linked
 * @returns {string} `key=value&…`
 */
export function writeLink(host, { sample, off, window: { zoom, x, y } }) {
  const { model, variant, compare, view, size, opacity, split, patterns, unsure, baseURI } = host
  return fragmentOf({
    sample, model: model && relative(model, baseURI), variant, compare, view, size: String(size), opacity, split, patterns, unsure,
    off: [...off].join(), at: [zoom, x, y].map(value => Number(value.toFixed(3))).join(),
  }, usualOf(host))
}

/**
 * @param {Host} host
 * @param {string} text
 * @returns {Linked & {settings: Partial<Attributes>}}
 */
export function readLink(host, text) {
  const { sample, model, off, at, view, ...said } = valuesIn(text, usualOf(host))
  const [zoom = 1, x = 0.5, y = 0.5] = at.split(',').map(Number)
  const isWithin = zoom >= 1 && x >= 0 && x <= 1 && y >= 0 && y <= 1
  return {
    settings: {
      ...said, view: VIEWS.find(one => one === view) ?? 'overlay',
      // A link may name this site's models, and nobody else's.
      ...isHere(model, host.baseURI) ? { model } : {},
    },
    sample, off: new Set(off.split(',').filter(Boolean).map(Number)),
    window: isWithin ? { zoom: Math.min(zoom, MAX_ZOOM), x, y } : WHOLE,
  }
}

/** @param {string} url @param {string} base @returns {string} as short as it can be said there */
function relative(url, base) {
  const { href, origin } = new URL(url, base)
  const folder = new URL('.', base).href
  return href.startsWith(folder) ? href.slice(folder.length) : href.slice(origin.length)
}

/** @param {string} url @param {string} base */
function isHere(url, base) {
  return URL.canParse(url, base) && new URL(url, base).origin === new URL(base).origin
}
