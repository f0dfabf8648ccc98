/** What the panel about a photo shows as usual: what a link needn't tell. Here, so that links are read before it comes. */

import { PASSES } from '../../lib/dropout.js'

export const USUAL = {
  sample: '', size: 'model',
  /** The probability; '': what the net was trained with. */
  rate: '',
  passes: PASSES, masks: 1, map: 'spread', x: 0.5, y: 0.5,
}
