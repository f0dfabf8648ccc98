/** Texts of `<fcn-inside>` beside the common ones, Korean; each panel's lie in its folder. */
import { texts as calculator } from './calculator/texts.ko.js'
import { texts as occlusion } from './occlusion/texts.ko.js'
import { texts as pixel } from './pixel/texts.ko.js'
import { texts as ruler } from './ruler/texts.ko.js'
import { texts as stages } from './stages/texts.ko.js'
import { texts as tail } from './tail/texts.ko.js'

/** @type {typeof import('./texts.en.js').texts} */
export const texts = {
  'panels': '무엇을 볼까요',
  'panel.stages': '단계',
  'panel.tail': '스킵과 꼬리',
  'panel.pixel': '왜 이 픽셀인가',
  'panel.occlusion': '어느 픽셀이 중요했나',
  'panel.ruler': '위치 자',
  'panel.calculator': '층 계산기',
  'error.copy_failed': '브라우저가 복사를 허용하지 않았습니다. 필요한 부분을 직접 선택해 복사해 주세요.',
  'error.charts_failed': '차트를 불러오지 못했습니다. 아래 표에 같은 내용이 있습니다. 네트워크를 확인하고 패널을 다시 열어 주세요.',
  'inside.coming': '불러오는 중…',
  'inside.empty': '사진이나 예제를 고르면 그 사진으로 신경망을 열어 보입니다.',
  'inside.photo': '사진, 모델, 크기',
  'inside.size': '긴 변',
  'inside.size.model': '모델 기본값',
  'inside.size.native': '사진 그대로',
  'inside.own': '내 가중치…',
  ...ruler,
  ...stages,
  ...tail,
  ...pixel,
  ...occlusion,
  ...calculator,
}
