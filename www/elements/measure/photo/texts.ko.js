/** "사진 한 장"의 문장, 한국어. */

/** @type {typeof import('./texts.en.js').texts} */
export const texts = {
  'photo.lead': '사진 한 장에서 신경망의 마스크를 정답과 견줍니다. 헤드를 모두 나란히 봅니다. 정답이 있는 예제는 바로 재고, 다른 사진이라면 사진과 같은 크기의 PNG를 정답으로 고르세요.',
  'photo.coming': '불러오는 중…',
  'photo.truth': '정답',
  'photo.none': '이 사진에는 아직 정답이 없습니다.',
  'photo.joined': '모델의 클래스로 바꾸어 센 것: {list}.',
  'photo.missing': '모델에 없는 클래스: {list}. 그 픽셀 {count}개는 뺐습니다.',
  'photo.heads': '나란히 본 헤드. 누르면 어디가 틀렸는지 보입니다',
  'photo.head': '헤드',
  'photo.where': '사진 위에 {head}의 틀린 곳을 표시한 그림.',
  'error.truth_size': '정답은 {truth} 픽셀, 사진은 {photo} 픽셀입니다. 여기서는 크기를 바꾸지 않습니다. 정답을 사진 크기로, 부드럽게 하지 말고 저장해 주세요.',
  'error.truth_value': '정답에 값 {value}이(가) 있는데 클래스는 0부터 세어 {classes}개입니다. 값이 모델의 클래스 번호이거나 색이 알려진 데이터셋의 것이어야 합니다.',
}
