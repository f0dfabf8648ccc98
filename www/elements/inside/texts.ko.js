/** Texts of `<fcn-inside>` beside the common ones, Korean; each panel's lie in its folder. */
import { texts as calculator } from './calculator/texts.ko.js'
import { texts as ruler } from './ruler/texts.ko.js'

/** @type {typeof import('./texts.en.js').texts} */
export const texts = {
  'panels': '무엇을 볼까요',
  'panel.ruler': '위치 자',
  'panel.calculator': '층 계산기',
  'error.copy_failed': '브라우저가 복사를 허용하지 않았습니다. 필요한 부분을 직접 선택해 복사해 주세요.',
  ...ruler,
  ...calculator,
}
