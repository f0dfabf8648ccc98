/** Texts of "your own photo" in `<fcn-upsample>` beside the common ones, Korean. */

/** @type {typeof import('./texts.en.js').texts} */
export const texts = {
  intro: '사진을 고르면 그 사진의 점수 맵에 신경망의 실제 커널을 찍어 봅니다. 신경망은 이 기기에서 긴 변 {size}픽셀로 계산하며, 사진은 밖으로 나가지 않습니다.',
  lent: '‘분할’ 화면에서 연 사진 쓰기',
  sample: '예제 사진 쓰기', credit: '예제 사진: {credit}, {source}, {licence}.',
  layer: '층', class: '클래스', from: '커널의 클래스', through: '사진 비쳐 보이기',
  option: '{name}: {input} {from}, {factor}배로 ({head})',
  share: '{name} · {share}',
  source: '입력: {width}×{height}픽셀로 줄이고 {paddedWidth}×{paddedHeight}로 채운 사진의 {input} 중 “{from}”, {rows}×{columns}. 커널: 모델 “{model}”의 {layer}, “{from}” → “{class}”, {kernel}, 보폭 {stride}, 패딩 {padding}.',
  scrub: '위치 막대를 끌어 보세요. 도장을 하나씩 찍을 때마다 “{class}”의 히트맵이 솟아오릅니다.',
  burn: '확인함: 엔진의 전치 합성곱({backend})도 이 그림과 같은 출력을 냅니다. 차이는 최대 {difference}, 가장 큰 값은 {largest}입니다.',
  burnWrong: '엔진의 전치 합성곱({backend})은 다른 출력을 냅니다. 차이 {difference}, 가장 큰 값 {largest}. 있어서는 안 되는 일이니 알려 주세요.',
  whole: '이 모델에서 다른 클래스로부터 “{class}” 쪽 커널은 모두 0이므로 이것이 신경망이 낸 이 클래스의 맵 전체입니다. 신경망의 {layer}와 차이는 최대 {difference}입니다.',
  part: '신경망에서는 다른 클래스의 커널도 이 맵에 조금씩 더합니다. 최대 {difference}이고, 신경망의 {layer}는 {largest}까지 갑니다.',
  cross: '“{from}” 커널이 “{class}” 맵에 더하는 몫입니다. 최대 {largest}이고, 신경망의 {layer}는 {net}까지 갑니다.',
  then: '신경망은 여기에 {skip}의 값을 더하고 계속합니다.',
  edited: '이 그림은 이제 사진의 값을 보여 주지 않습니다.', back: '사진의 값으로 돌아가기',
  done: '준비됨: {class}, 사진의 {share}.', shown: '{layer}, “{from}” → “{class}”.',
  'error.no_photo': '‘분할’ 화면에 아직 사진이 없습니다. 그 화면이나 여기에서 사진을 골라 주세요.',
  'error.unsuitable': '이 모델에는 이 그림으로 보여 줄 수 있는 업샘플링 층이 없습니다.',
}
