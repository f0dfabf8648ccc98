/** Hints of `<fcn-upsample>`, English. */
export const texts = {
  crop: 'The output is {output}, and stride × input is {meant}: the last stamp reaches {rest} cells beyond. FCN crops them off afterwards, to the photo’s size; here, padding {padding} trims them.',
  crop_odd: 'The output is {output}, and stride × input is {meant}: the last stamp reaches {rest} {rest|cell|cells} beyond. FCN crops such a rest off afterwards, to the photo’s size.',
  apart: 'Kernel {stride} with stride {stride} gives the size, but no two stamps overlap: each block falls towards 0 at its edges. Kernel {kernel} with padding {padding} gives the same size, and where its stamps overlap they add up to bilinear interpolation.',
  overlapping: 'Inside, this is bilinear interpolation: overlapping stamps add up to 1. Kernel {stride} without padding would give the same size, but its stamps wouldn’t overlap. In a border of {border} {border|cell|cells}, fewer stamps meet than inside, as nothing is stamped from beyond the edge: a constant input comes out dimmer there, most of all in the corners.',
}
