/** Texts of the offset ruler, Korean. */

/** @type {typeof import('./texts.en.js').texts} */
export const texts = {
  'ruler.lead': '모든 맵의 모든 칸은 사진 위 어딘가에 놓이고, 사진의 정사각형 하나를 봅니다.',
}
