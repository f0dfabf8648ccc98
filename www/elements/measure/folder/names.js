/** What names say of a file: that it is a truth, a prediction, or a mask, which may be either. Parts of patterns. */

export const TRUTH = 'gts?|ground[-_ ]?truths?|truths?|정답'
export const ANNOTATION = 'annotations?|annot|targets?'
export const PREDICTION = 'pred(iction|icted)?s?|outputs?|results?|inferences?|예측'
export const MASK = 'masks?|labels?|segmentations?|segs?'
/** Nets, whose name a mask may have; with the numbers that are theirs, not a frame's. */
export const NET = 'fcn(8s|16s|32s)?|u-?net|deeplab(v[23](plus)?)?|segnet|segformer|pspnet|hrnet|lr-?aspp|mask2former'
  + '|resnet(18|34|50|101|152)?|vgg(16|19)?|mobilenet(v[23])?'

/** As Cityscapes and others end names, also one after the other: `a_fcn8s_mask`, `a_gtFine_labelIds`. */
const ENDINGS = new RegExp('([^/])([-_. ](leftImg8bit|gtFine|gtCoarse|label(Train)?Ids|images?|img|photo'
  + `|${TRUTH}|${ANNOTATION}|${PREDICTION}|${MASK}|${NET}))+$`, 'i')

/** @param {string} stem @returns {string} without the endings that say what a file is */
export const bare = stem => stem.replace(ENDINGS, '$1')
