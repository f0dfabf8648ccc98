/** Texts of the tail, English. */

export const texts = {
  'tail.lead': 'From the three score maps on, the net only enlarges and adds. So the skips can be turned down by hand: without pool3 FCN-8s becomes much like FCN-16s, without both much like FCN-32s. Only the tail is computed again.',
  'tail.none': 'This net hasn’t both skips, pool4 and pool3, so there is nothing to play with here. The other panels work on it.',
  'tail.classifier': 'A classifier has no tail: it scores windows and makes no mask. The other panels work on it.',
  'tail.class': 'Class',
  'tail.gain': '{name} × {value}',
  'tail.play': 'Play 32s → 16s → 8s',
  'tail.stop': 'Stop',
  'tail.maps': 'The scores of {name}, from coarse to fine',
  'tail.map': 'Scores of {name} in {stage}: {least} to {most}.',
  'tail.mask': 'The mask that comes of it: {found}.',
  'tail.mask.size': 'The mask at the working size, {width}×{height} pixels.',
  'tail.changed': 'With the skips as they are set, {pixels} pixels ({share}) have another class than with both of them whole.',
  'tail.differs': 'In {pixels} {pixels|pixel|pixels} ({share}) this differs from the net’s own {name} head: the same scores, enlarged in more steps.',
  'tail.differs.show': 'Show where',
  'tail.twin': 'With both skips at 0, or with pool4 at 1 and pool3 at 0, the result is held against the net’s own FCN-32s or FCN-16s head.',
  'tail.twin.none': 'This net has no {name} head to hold it against, or it isn’t computed yet.',
}
