/** Texts of "your own photo" in `<fcn-upsample>` beside the common ones, English. */

export const texts = {
  intro: 'Choose a photo and stamp its own score map with the net’s own kernels. The net runs on this device at a long side of {size} pixels; the photo stays here.',
  lent: 'Use the photo from Segment',
  sample: 'Use the sample photo', credit: 'Sample photo: {credit}, {source}, {licence}.',
  layer: 'Layer', class: 'Class', from: 'Kernel of the class', through: 'photo shows through',
  option: '{name}: {input} {from}, enlarged {factor}× ({head})',
  share: '{name} · {share}',
  source: 'Input: {input} of “{from}”, {rows}×{columns}, of your photo at {width}×{height} pixels, padded to {paddedWidth}×{paddedHeight}. Kernel: {layer} of the model “{model}”, from “{from}” to “{class}”, {kernel} with stride {stride}, padding {padding}.',
  scrub: 'Drag the position slider: stamp by stamp, the heat map of “{class}” stands up.',
  burn: 'Checked: the engine’s transposed convolution ({backend}) gives this figure’s output; they differ by at most {difference}, where the largest value is {largest}.',
  burnWrong: 'The engine’s transposed convolution ({backend}) gives another output: they differ by {difference}, where the largest value is {largest}. This should not happen; please report it.',
  whole: 'In this model every other class’s kernel to “{class}” is 0, so this is the net’s whole map of the class: its own {layer} differs by at most {difference}.',
  part: 'In the net, the kernels of the other classes add to this map too: by up to {difference}, where the net’s own {layer} reaches {largest}.',
  cross: 'This is what “{from}” adds to the map of “{class}”: at most {largest}, where the net’s own {layer} reaches {net}.',
  then: 'Then the net adds {skip} to it, and goes on.',
  edited: 'The figure no longer shows your photo’s numbers.', back: 'Back to the photo’s numbers',
  done: 'Ready: {class}, {share} of the photo.', shown: '{layer}, “{from}” to “{class}”.',
  'error.no_photo': 'There is no photo in the Segment view yet. Choose one there, or here.',
  'error.unsuitable': 'This model has no upsampling layer that the figure can show.',
}
