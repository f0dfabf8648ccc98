/** 가려 보기 패널의 문장, 한국어. */

/** @type {typeof import('./texts.en.js').texts} */
export const texts = {
  'occlusion.lead': '어느 픽셀이 중요했을까요? 회색 정사각형으로 사진을 한 곳씩 가리고 그때마다 신경망이 다시 계산합니다. 점수가 떨어지면, 가린 곳이 그 클래스를 뒷받침하고 있었던 것입니다.',
  'occlusion.squares': '정사각형 크기',
  'occlusion.side': '긴 변의 1/{count}',
  'occlusion.target': '어디의 점수',
  'occlusion.target.pixel': '픽셀',
  'occlusion.target.photo': '사진 전체 평균',
  'occlusion.start': '가려 보기',
  'occlusion.progress': '정사각형 {all}개 중 {done}개',
  'occlusion.done': '정사각형 {all}개를 모두 가려 보았습니다.',
  'occlusion.label': '사진을 가렸을 때 픽셀 x {x}, y {y}의 {name} 점수가 어떻게 바뀌는지.',
  'occlusion.label.photo': '사진을 가렸을 때 사진 전체의 평균 {name} 점수가 어떻게 바뀌는지.',
  'occlusion.base.pixel': '아무것도 가리지 않았을 때 픽셀 x {x}, y {y}의 {name} 점수: {score}.',
  'occlusion.base.photo': '아무것도 가리지 않았을 때 사진 전체의 평균 {name} 점수: {score}.',
  'occlusion.hint.photo': '모든 픽셀의 평균 점수이므로 픽셀을 고르지 않습니다.',
  'occlusion.pin': '지금 고른 픽셀이 다르면, 이 맵이 어느 픽셀의 것인지 네모로 표시합니다.',
  'occlusion.more': '가리면 {value} 오릅니다',
  'occlusion.less': '가리면 {value} 내립니다',
  'occlusion.square': 'x {x0}–{x1}, y {y0}–{y1}: {change}',
  'occlusion.seen': '이론으로는 이 픽셀이 회색 정사각형 {within}개를 일부라도 볼 수 있습니다. 그중 {mattered}개가 가장 큰 변화의 10분의 1보다 크게 점수를 바꾸었습니다. 대개 수용 영역 가운데에 가까운 정사각형이 가장 크게 작용합니다. 실제로 영향을 주는 유효 수용 영역은 이론의 수용 영역보다 훨씬 작습니다(Luo 외, 2016).',
}
