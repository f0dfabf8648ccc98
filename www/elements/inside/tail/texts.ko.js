/** 꼬리 패널의 문장, 한국어. */

/** @type {typeof import('./texts.en.js').texts} */
export const texts = {
  'tail.lead': '점수 맵 세 개부터는 신경망이 키우고 더하기만 합니다. 그래서 스킵을 손으로 줄여 볼 수 있습니다. pool3을 빼면 FCN-8s는 FCN-16s와 비슷해지고, 둘 다 빼면 FCN-32s와 비슷해집니다. 꼬리 부분만 다시 계산합니다.',
  'tail.none': '이 신경망에는 pool4와 pool3 스킵이 둘 다 있지는 않아서 여기서 조절할 것이 없습니다. 다른 패널은 그대로 쓸 수 있습니다.',
  'tail.classifier': '분류기에는 꼬리가 없습니다. 창마다 점수를 매길 뿐 마스크를 만들지 않습니다. 다른 패널은 그대로 쓸 수 있습니다.',
  'tail.class': '클래스',
  'tail.gain': '{name} × {value}',
  'tail.play': '32s → 16s → 8s 재생',
  'tail.stop': '멈춤',
  'tail.maps': '{name}의 점수, 거친 맵에서 고운 맵으로',
  'tail.map': '{stage}에서 {name}의 점수: {least}부터 {most}까지.',
  'tail.mask': '그 결과로 나온 마스크: {found}.',
  'tail.mask.size': '처리 크기의 마스크, {width}×{height} 픽셀.',
  'tail.changed': '스킵을 이만큼 쓰면 둘 다 온전히 쓸 때와 클래스가 다른 픽셀이 {pixels}개({share})입니다.',
  'tail.differs': '이 신경망의 {name} 헤드와 {pixels}개 픽셀({share})에서 다릅니다. 같은 점수를 더 여러 번에 나누어 키웠기 때문입니다.',
  'tail.differs.show': '어디가 다른지 보기',
  'tail.twin': '두 스킵이 모두 0이거나 pool4가 1이고 pool3이 0이면, 이 신경망의 FCN-32s나 FCN-16s 헤드와 견주어 보입니다.',
  'tail.twin.none': '이 신경망에는 견주어 볼 {name} 헤드가 없거나 아직 계산되지 않았습니다.',
}
