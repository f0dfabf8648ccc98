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
  'caution.only': '센 픽셀의 정답이 모두 ‘{name}’입니다. 다른 것이 있더라도 레이블 없음으로 셈에서 빠졌으므로, 그것을 찾았는지는 이 수치로 알 수 없습니다. 빠진 값이 클래스를 뜻한다면(어떤 데이터셋에서는 255가 그렇습니다) 정답을 고르는 곳에서 그렇게 정하세요.',
  'caution.gap': '정확도가 mIoU보다 훨씬 높습니다. 정확도는 픽셀을 세므로 넓은 클래스가 정하고, mIoU는 아무리 작은 클래스도 똑같이 셉니다. 모든 픽셀을 ‘{name}’ 하나로 예측해도 정확도는 {share}입니다.',
  'caution.missed': '정답에 있는 클래스 {classes}개 가운데 전혀 찾지 못한 클래스는 {missed}개입니다.',
  'iou.title': '클래스별 IoU',
  'iou.class': '클래스',
  'iou.sum': '둘 다 / (정답 + 예측 − 둘 다)',
  'iou.recall': '정답 가운데 찾은 것',
  'iou.precision': '예측 가운데 맞은 것',
  'iou.absent': '정답에 레이블이 있는 곳에서 어느 쪽에도 없어, IoU가 없고 평균에서 빠진 클래스: {list}.',
  'confusion.title': '혼동 행렬',
  'confusion.how': '픽셀 수. 행은 정답, 열은 예측입니다.',
  'confusion.large': '클래스가 {count}개 나와 표로 보이기에는 너무 많습니다.',
  'errors.of': '틀린 곳을 볼 클래스',
  'errors.all': '모든 클래스',
  'errors.sum': '“{name}”의 IoU = 찾음 / (찾음 + 놓침 + 잘못 찾음) = {hits} / ({hits} + {misses} + {alarms}) = {iou}',
  'errors.label': '“{name}” 클래스를 찾은 곳, 놓친 곳, 잘못 찾은 곳.',
  'errors.over': '사진 위에 {head}의 “{name}” 클래스를 찾은 곳, 놓친 곳, 잘못 찾은 곳을 표시한 그림.',
  'void.left': '셈에서 뺀 픽셀: {count}개({share}). 정답에 레이블이 없거나 셀 클래스가 없는 곳입니다.',
  ...curves,
  ...folder,
  ...masks,
  ...paint,
  ...photo,
  ...sandbox,
}
