/** Texts of two runs beside each other, Korean. */

/** @type {typeof import('./texts.en.js').texts} */
export const texts = {
  'runs.option': '두 학습 비교',
  'runs.pair': '두 학습 비교: {a}; {b}',
  'runs.of': '비교할 곡선',
  'runs.caption': '두 학습의 단계별 {measure}. 점선은 아래에서 설명하는 단계입니다.',
  'runs.higher': '높을수록 좋습니다.',
  'runs.lower': '낮을수록 좋습니다.',
  'runs.chart': '선 그래프: {measure}, “{a}”, “{b}”, {from}~{to}단계. 어느 쪽이 앞서는지는 아래에 있고, 모든 값은 표에 있습니다.',
  'runs.legend': '선의 뜻',
  'runs.step': '단계별 값',
  'runs.said': '{step}단계: {said}',
  'runs.ahead': '어느 쪽이 앞서는가',
  'runs.at': '{step}단계에서 {measure}: “{a}” {va}, “{b}” {vb}.',
  'runs.validated': '“{name}”의 값은 그때까지 마지막으로 검증한 {n}단계의 것입니다.',
  'runs.equal': '이때는 두 학습의 값이 같습니다.',
  'runs.reaches': '“{name}” 쪽은 {n}단계의 검증에서 처음 {value}에 이릅니다.',
  'runs.never': '“{name}” 쪽은 {last}단계가 끝날 때까지 {value}에 이르지 못합니다.',
  'runs.had': '“{name}” 쪽은 {n}단계에서 처음 {value}에 이르렀습니다.',
  'runs.always': '{n}단계부터 끝까지 비교한 모든 단계에서 “{name}” 쪽이 앞섭니다.',
  'runs.changes': '앞서는 쪽이 {count}번 바뀝니다: {list}.',
  'runs.lead_from': '{n}단계부터 “{name}”',
  'error.runs_address': '그 주소에서는 두 학습의 파일을 받을 수 없습니다. 이 페이지와 같은 사이트에 있는 .json 파일이어야 합니다.',
  'error.runs_shape': '비교할 두 학습이 이 파일에 없습니다. “runs”는 두 항목의 목록이고, 항목마다 영어와 한국어 “name”, 그리고 학습이 남긴 curves.json과 같은 “points”가 두 개 이상 있어야 합니다.',
}
