/**
 * The chapters of the *Upsample* view, in the order of the lecture: what the figure shows in each.
 * What is told of it: upsampling.en.js, upsampling.ko.js.
 */

/** @typedef {typeof import('./upsampling.en.js').texts} Texts */

/** @type {readonly {id: keyof Texts['stories'], state: string}[]} state: of the figure, as in a link */
export const CHAPTERS = [
  { id: 'stamp', state: 'preset=stride1' },
  { id: 'overlap', state: 'preset=overlap&step=2' },
  { id: 'stride', state: 'preset=stride2&step=4' },
  { id: 'padding', state: 'preset=padding&step=5' },
  { id: 'matrix', state: 'input=2x2&view=matrix&step=6' },
  { id: 'name', state: 'input=2x2&view=matrix&step=last&inverse=1' },
  { id: 'puzzle', state: 'preset=slip' },
  { id: 'photo', state: 'preset=upscore32&photo=1' },
]

/** @type {import('../elements/common/ui/element.js').TextFiles<Texts>} */
export const TEXTS = { en: () => import('./upsampling.en.js'), ko: () => import('./upsampling.ko.js') }
