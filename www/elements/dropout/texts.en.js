/** Texts of `<fcn-dropout>` beside the common ones, English. */
import { texts as uncertainty } from './uncertainty/texts.en.js'
import { texts as units } from './units/texts.en.js'

export const texts = {
  'panels': 'What to look at',
  'panel.units': 'A small net',
  'panel.uncertainty': 'Where a net is unsure',
  'coming': 'Coming…',
  ...units,
  ...uncertainty,
}
