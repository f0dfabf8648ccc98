/** What the panels about a net show as usual: what a link needn't tell. Here, so that links are read before the panels come. */

export const USUAL = {
  sample: '', model: '', size: 'model',
  stage: '', channel: -1, scale: 'each', row: -1, column: -1,
  pool4: 1, pool3: 1, class: '',
  x: 0.5, y: 0.5, why: '', against: '', shares: 'own',
  squares: 8, score: 'pixel',
}

/** The long sides offered, pixels; 'model': the net's usual one. */
export const SIZES = /** @type {const} */ (['model', '224', '320', '384', '512', '768', '1024'])
