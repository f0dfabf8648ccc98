/** Texts of `<fcn-inside>` beside the common ones, English; each panel's lie in its folder. */
import { texts as calculator } from './calculator/texts.en.js'
import { texts as occlusion } from './occlusion/texts.en.js'
import { texts as pixel } from './pixel/texts.en.js'
import { texts as ruler } from './ruler/texts.en.js'
import { texts as stages } from './stages/texts.en.js'
import { texts as tail } from './tail/texts.en.js'

export const texts = {
  'panels': 'What to look at',
  'panel.stages': 'Stages',
  'panel.tail': 'Skips and tail',
  'panel.pixel': 'Why this pixel?',
  'panel.occlusion': 'Which pixels mattered?',
  'panel.ruler': 'Offset ruler',
  'panel.calculator': 'Layer calculator',
  'error.copy_failed': 'The browser did not allow copying. Select what you need and copy it by hand.',
  'error.charts_failed': 'The chart could not be loaded; the table below says the same. Check the network and open the panel again.',
  'inside.coming': 'Loading…',
  'inside.empty': 'Choose a photo or a sample: the net is opened on it.',
  'inside.photo': 'Photo, model and size',
  'inside.size': 'Long side',
  'inside.size.model': 'as the model’s',
  'inside.size.native': 'the photo’s own',
  'inside.own': 'Own weights…',
  ...ruler,
  ...stages,
  ...tail,
  ...pixel,
  ...occlusion,
  ...calculator,
}
