/** Texts of `<fcn-dropout>` beside the common ones, Korean. */
import { texts as uncertainty } from './uncertainty/texts.ko.js'
import { texts as units } from './units/texts.ko.js'

/** @type {typeof import('./texts.en.js').texts} */
export const texts = {
  'panels': '무엇을 볼까요',
  'panel.units': '작은 신경망',
  'panel.uncertainty': '신경망이 망설이는 곳',
  'coming': '불러오는 중…',
  ...units,
  ...uncertainty,
}
