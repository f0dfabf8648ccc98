/** Texts of "one photo", English. */

export const texts = {
  'photo.lead': 'A net’s masks of one photo against the truth, all its heads side by side. Where a sample comes with a truth it is measured at once; for any other photo choose one, a PNG of the photo’s size.',
  'photo.coming': 'Loading…',
  'photo.truth': 'Truth',
  'photo.none': 'This photo has no truth yet.',
  'photo.joined': 'Counted as classes of the model: {list}.',
  'photo.missing': 'The model has no class for: {list}. Their {count} pixels are left out.',
  'photo.heads': 'The heads side by side; press one to see where it errs',
  'photo.head': 'Head',
  'photo.where': 'The photo, and where {head} is wrong.',
  'error.truth_size': 'The truth has {truth} pixels, the photo {photo}. Nothing is resized here: save the truth at the photo’s size, without smoothing.',
  'error.truth_value': 'The truth has the value {value}, and there are {classes} classes, counted from 0. Its values must be the model’s class ids, or its colours those of a known data set.',
}
