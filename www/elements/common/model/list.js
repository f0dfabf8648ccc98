/**
 * The models that a site offers (its models.json), and the one that a visitor gets who chose none.
 */
import { parseManifest } from '../../../engine/formats/manifest.js'
import { FcnError } from '../../../lib/errors.js'
import { fetchFile, fetchJson, readingFailed } from '../../../lib/fetching.js'
import { record, texts } from '../../../lib/fields.js'

export { isClassifier } from '../../../engine/formats/manifest.js'

/** @typedef {import('../../../engine/protocol.js').Manifest} Manifest */

/** What a visitor gets who chose none, whatever computes: fourteen everyday classes. */
export const EVERYDAY = new URL('../../../models/everyday/model.json', import.meta.url).href
/** The lecture's net: VGG16's shape. */
export const VGG = new URL('../../../models/everyday-vgg/model.json', import.meta.url).href

/**
 * A model to choose.
 * @typedef {object} Offer
 * @property {string} url of its model.json, absolute
 * @property {Record<string, string>} title by language
 * @property {Record<string, string>} hint what photos it is for, by language
 */

/**
 * Reads a list of models: `{"models": [{"manifest": "NAME/model.json", "title": {"en": …, "ko": …}, "hint": {…}}]}`,
 * addresses relative to the list.
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<Offer[]>} those of the list's own origin
 * @throws {FcnError} http_error, network_error, manifest_invalid
 */
export async function readModels(url, signal) {
  const json = await fetchJson(url, signal).catch(error => {
    if (!(error instanceof SyntaxError)) throw error
    throw new FcnError('manifest_invalid', `The list of models at ${url} is not JSON.`)
  })
  return readOffers(json, url)
}

/**
 * @param {unknown} json
 * @param {string} base the list's address
 * @returns {Offer[]}
 * @throws {FcnError} manifest_invalid for what isn't a list of models
 */
export function readOffers(json, base) {
  const { models } = record(json)
  if (!Array.isArray(models)) throw new FcnError('manifest_invalid', `The list of models at ${base} has no "models".`)
  return models.flatMap(entry => {
    const { manifest, title, hint } = record(entry)
    if (typeof manifest !== 'string' || !URL.canParse(manifest, base)) return []
    const url = new URL(manifest, base)
    if (url.origin !== new URL(base).origin) return []
    return [{ url: url.href, title: { en: manifest, ...texts(title) }, hint: texts(hint) }]
  })
}

/**
 * @param {string} url of a model.json
 * @param {AbortSignal} signal
 * @returns {Promise<Manifest>} checked
 * @throws {FcnError} http_error, network_error, manifest_invalid …
 */
export async function readManifest(url, signal) {
  const response = await fetchFile(url, signal)
  const bytes = await response.arrayBuffer().catch(error => { throw readingFailed(error, url, signal) })
  return parseManifest(new Uint8Array(bytes))
}
