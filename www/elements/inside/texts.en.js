/** Texts of `<fcn-inside>` beside the common ones, English; each panel's lie in its folder. */
import { texts as calculator } from './calculator/texts.en.js'
import { texts as ruler } from './ruler/texts.en.js'

export const texts = {
  'panels': 'What to look at',
  'panel.ruler': 'Offset ruler',
  'panel.calculator': 'Layer calculator',
  'error.copy_failed': 'The browser did not allow copying. Select what you need and copy it by hand.',
  ...ruler,
  ...calculator,
}
