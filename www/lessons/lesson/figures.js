/**
 * The figures that a station can show, by their tag: how each is loaded, and what it is told beside its state. Addresses
 * are of this site, on whatever page the lesson stands.
 */
export const samples = new URL('../../samples/samples.json', import.meta.url).href
export const models = new URL('../../models/models.json', import.meta.url).href

/** @typedef {{load: () => Promise<unknown>, attributes: Record<string, string>, isOfNet: boolean}} Kind isOfNet: it can need an engine */

/** @type {Readonly<Record<string, Kind>>} */
export const FIGURES = {
  'fcn-upsample': { load: () => import('../../elements/fcn-upsample.js'), attributes: {}, isOfNet: false },
  'fcn-heatmap': { load: () => import('../../elements/fcn-heatmap.js'), attributes: { samples }, isOfNet: true },
  'fcn-inside': { load: () => import('../../elements/fcn-inside.js'), attributes: { samples, models }, isOfNet: true },
  'fcn-measure': { load: () => import('../../elements/fcn-measure.js'), attributes: { samples }, isOfNet: true },
  'fcn-dropout': { load: () => import('../../elements/fcn-dropout.js'), attributes: { samples }, isOfNet: true },
}
