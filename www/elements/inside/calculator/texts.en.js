/** Texts of the layer calculator, English. */

export const texts = {
  'layers.lead': 'Paste layers from PyTorch or Burn. The text is read, never run.',
}
