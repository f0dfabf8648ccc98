/** Texts of `<fcn-measure>` beside the common ones, Korean; each panel's lie in its folder. */
import { texts as curves } from './curves/texts.ko.js'
import { texts as folder } from './folder/texts.ko.js'
import { texts as masks } from './masks/texts.ko.js'
import { texts as paint } from './paint/texts.ko.js'
import { texts as photo } from './photo/texts.ko.js'
import { texts as sandbox } from './sandbox/texts.ko.js'

/** @type {typeof import('./texts.en.js').texts} */
export const texts = {
  'panels': '무엇을 잴까요',
  'panel.photo': '사진 한 장',
  'panel.masks': '마스크 두 장',
  'panel.folder': '폴더',
  'panel.curves': '학습 곡선',
  'panel.sandbox': '연습장',
  'metrics.title': '지표',
  'metric.pixelAccuracy': '픽셀 정확도',
  'metric.meanAccuracy': '평균 정확도',
  'metric.meanIoU': 'mIoU',
  'metric.frequencyWeightedIoU': '빈도 가중 IoU',
  'metric.none': '레이블이 있는 픽셀이 없습니다',
  'iou.title': '클래스별 IoU',
  'iou.class': '클래스',
  'iou.sum': '둘 다 / (정답 + 예측 − 둘 다)',
  'iou.recall': '정답 가운데 찾은 것',
  'iou.precision': '예측 가운데 맞은 것',
  'iou.absent': '정답에 레이블이 있는 곳에서 어느 쪽에도 없어, IoU가 없고 평균에서 빠진 클래스: {list}.',
  'confusion.title': '혼동 행렬',
  'confusion.how': '픽셀 수. 행은 정답, 열은 예측입니다.',
  'confusion.large': '클래스가 {count}개 나와 표로 보이기에는 너무 많습니다.',
  'void.left': '셈에서 뺀 픽셀: {count}개({share}). 정답에 레이블이 없거나 셀 클래스가 없는 곳입니다.',
  ...curves,
  ...folder,
  ...masks,
  ...paint,
  ...photo,
  ...sandbox,
}
