/** Texts of `<fcn-measure>` beside the common ones, English; each panel's lie in its folder. */
import { texts as curves } from './curves/texts.en.js'
import { texts as folder } from './folder/texts.en.js'
import { texts as masks } from './masks/texts.en.js'
import { texts as paint } from './paint/texts.en.js'
import { texts as photo } from './photo/texts.en.js'
import { texts as sandbox } from './sandbox/texts.en.js'

export const texts = {
  'panels': 'What to measure',
  'panel.photo': 'One photo',
  'panel.masks': 'Two masks',
  'panel.folder': 'A folder',
  'panel.curves': 'Training curves',
  'panel.sandbox': 'Sandbox',
  'metrics.title': 'Metrics',
  'metric.pixelAccuracy': 'Pixel accuracy',
  'metric.meanAccuracy': 'Mean accuracy',
  'metric.meanIoU': 'mIoU',
  'metric.frequencyWeightedIoU': 'Frequency-weighted IoU',
  'metric.none': 'nothing is labelled',
  'caution.only': 'All that is counted is “{name}”; whatever else there may be was left out as void. So these numbers don’t tell whether anything else is found. If the value that was left out stands for a class, as 255 does in some data sets, say so where the truth is chosen.',
  'caution.gap': 'Accuracy far above mIoU: accuracy counts pixels, so the large classes decide it; mIoU counts each class alike, however small. “{name}” everywhere would have an accuracy of {share}.',
  'caution.missed': 'Of {classes} {classes|class|classes} in the truth, {missed} {missed|is|are} not found at all.',
  'iou.title': 'IoU of each class',
  'iou.class': 'Class',
  'iou.sum': 'both / (truth + prediction − both)',
  'iou.recall': 'Found of the truth',
  'iou.precision': 'Right of the prediction',
  'iou.absent': 'In neither map where the truth is labelled, so without an IoU and not in the mean: {list}.',
  'confusion.title': 'Confusion matrix',
  'confusion.how': 'Pixels. Rows: truth; columns: prediction.',
  'confusion.large': '{count} classes occur: too many for a table here.',
  'errors.of': 'Show the errors of',
  'errors.all': 'all classes',
  'errors.sum': 'IoU of “{name}” = hits / (hits + misses + false alarms) = {hits} / ({hits} + {misses} + {alarms}) = {iou}',
  'errors.label': 'Where “{name}” is hit, missed, or a false alarm.',
  'errors.over': 'The photo, and where {head} hits “{name}”, misses it, or gives a false alarm.',
  'void.left': 'Not counted: {count} {count|pixel|pixels} ({share}), where the truth is void or has no class that counts.',
  ...curves,
  ...folder,
  ...masks,
  ...paint,
  ...photo,
  ...sandbox,
}
