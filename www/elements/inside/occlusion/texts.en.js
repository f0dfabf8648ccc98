/** Texts of occlude-and-see, English. */

export const texts = {
  'occlusion.lead': 'Which pixels mattered? A grey square covers one part of the photo after the other, and the net computes each time anew. Where the score falls, the covered part had spoken for the class.',
  'occlusion.squares': 'Size of the square',
  'occlusion.side': '1/{count} of the long side',
  'occlusion.target': 'Score of',
  'occlusion.target.pixel': 'the pixel',
  'occlusion.target.photo': 'the whole photo, on average',
  'occlusion.start': 'Cover and see',
  'occlusion.progress': '{done} of {all} squares',
  'occlusion.done': 'All {all} squares were tried.',
  'occlusion.label': 'How the score of {name} at pixel x {x}, y {y} changes where the photo is covered.',
  'occlusion.label.photo': 'How the mean score of {name} over the photo changes where it is covered.',
  'occlusion.base.pixel': 'Score of {name} at pixel x {x}, y {y} with nothing covered: {score}.',
  'occlusion.base.photo': 'Mean score of {name} over the photo with nothing covered: {score}.',
  'occlusion.hint.photo': 'The score is the mean over all pixels, so no pixel is chosen.',
  'occlusion.pin': 'A square marks the pixel that the map is of, where another one is chosen now.',
  'occlusion.more': 'rises by {value} when covered',
  'occlusion.less': 'falls by {value} when covered',
  'occlusion.square': 'x {x0}–{x1}, y {y0}–{y1}: {change}',
  'occlusion.seen': 'On paper the pixel can see {within} of the grey squares at least in part. {mattered} of them changed the score by more than a tenth of the largest change. The squares near the middle of the field usually count most: the effective receptive field is much smaller than the one on paper (Luo et al., 2016).',
}
