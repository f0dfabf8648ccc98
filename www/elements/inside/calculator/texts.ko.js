/** Texts of the layer calculator, Korean. */

/** @type {typeof import('./texts.en.js').texts} */
export const texts = {
  'layers.lead': 'PyTorch나 Burn의 층을 붙여 넣으세요. 글을 읽기만 하고 실행하지 않습니다.',
}
