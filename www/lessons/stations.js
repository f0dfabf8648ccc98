/**
 * The stations of the lesson, in the order of the lecture: which figure each part shows, in which state, what is asked, and
 * what the figure shows once it is answered. What is told: stations.en.js, stations.ko.js; what is right: lesson/answers.js.
 */

/** @typedef {'place' | 'backbone' | 'upsampling' | 'size' | 'matrix' | 'learn' | 'skips' | 'dropout' | 'metrics' | 'paper'} StationId */

/**
 * What is told of a part. `title`, `text`: left out where a chapter has them; `options`: by id; `reveal`: `{name}` marks a
 * value of the answer.
 * @typedef {{title?: string, text?: readonly string[], question: string, options?: Readonly<Record<string, string>>,
 *   reveal: readonly string[]}} PartStory
 */
/** @typedef {{title: string, sources: readonly {text: string, href?: string}[], parts: Readonly<Record<string, PartStory>>}} Story */
/** @typedef {Readonly<Record<StationId, Story>>} Stories */

/**
 * All that the player tells.
 * @typedef {object} LessonTexts
 * @property {import('../lib/i18n.js').Translate} t
 * @property {Stories} stations
 * @property {import('./upsampling.js').Texts['stories']} chapters
 */

/** @typedef {{kind: 'number', answer: keyof typeof import('./lesson/answers.js').ANSWERS}} AsksNumber */
/** @typedef {{kind: 'choice', answer: keyof typeof import('./lesson/answers.js').ANSWERS, options: readonly string[]}} AsksChoice */

/**
 * `state`, `after`: of the figure, as in a link; `after` left out: it stays. `chapter`: of the Upsample view, whose title
 * and text it has where the part has none of its own. `isCovered`: the figure says what is asked, and comes with the answer.
 * @typedef {{id: string, tag: string, state: string, after?: string, isCovered?: boolean, chapter?: keyof import('./upsampling.js').Texts['stories'],
 *   ask: AsksNumber | AsksChoice}} Part
 */

/** @typedef {{id: StationId, parts: readonly Part[]}} Station */

/** VGG16 with one convolution a block, made for 224×224 like the whole of it. */
const VGG = [
  'Conv2d(3, 64, 3, padding=1)', 'MaxPool2d(2, 2)', 'Conv2d(64, 128, 3, padding=1)', 'MaxPool2d(2, 2)',
  'Conv2d(128, 256, 3, padding=1)', 'MaxPool2d(2, 2)', 'Conv2d(256, 512, 3, padding=1)', 'MaxPool2d(2, 2)',
  'Conv2d(512, 512, 3, padding=1)', 'MaxPool2d(2, 2)', 'Flatten()', 'Linear(25088, 4096)',
].map(layer => `nn.${layer}`).join('\n')

/** @param {number} side of the photo */
const layersAt = side => `panel=calculator&layers=${encodeURIComponent(VGG)}&input=3x${side}x${side}`

/** The input of the Upsample view's figures, and the same with a ring of zeros. */
const SMALL = '1,2,3;3,1,3;1,0,0'
const RINGED = '0,0,0,0,0;0,1,2,3,0;0,3,1,3,0;0,1,0,0,0;0,0,0,0,0'

/** The curves of two trainings of one net: training/recipes/recycling.toml, and recycling-scratch.toml. */
const RUNS = new URL('./data/pretraining.json', import.meta.url).href

/** The layer that FCN doubles its scores with. */
const DOUBLE = 'input=3x3&kernel=4x4:bilinear&stride=2&padding=1'

/** The sandbox's truth, a small person before much background, as a prediction. */
const PERSON = 'A52B3A9B3A9B3A9B3A53'

/** @type {readonly Station[]} */
export const STATIONS = [
  { id: 'place', parts: [
    {
      id: 'shift', tag: 'fcn-heatmap', state: 'sample=astronaut', after: 'sample=astronaut&shift=64,0',
      ask: { kind: 'choice', answer: 'shift', options: ['place', 'both', 'label', 'none'] },
    },
    {
      id: 'sizes', tag: 'fcn-inside', state: layersAt(224), after: layersAt(256),
      ask: { kind: 'number', answer: 'flattened' },
    },
  ] },
  { id: 'backbone', parts: [
    {
      id: 'cost', tag: 'fcn-inside', isCovered: true, state: 'panel=stages&sample=cow&stage=fc6',
      ask: { kind: 'choice', answer: 'largest', options: ['conv1_2', 'conv3_3', 'conv5_3', 'fc6'] },
    },
    {
      id: 'pretraining', tag: 'fcn-measure', isCovered: true, state: `panel=curves&runs=${encodeURIComponent(RUNS)}`,
      ask: { kind: 'choice', answer: 'pretraining', options: ['same', 'less', 'half'] },
    },
  ] },
  { id: 'upsampling', parts: [
    {
      id: 'stamp', tag: 'fcn-upsample', chapter: 'stamp', state: 'preset=stride1',
        after: 'preset=stride1&step=last&overlap=1',
      ask: { kind: 'number', answer: 'most' },
    },
    {
      id: 'overlap', tag: 'fcn-upsample', chapter: 'overlap', state: 'preset=overlap&step=2',
        after: 'preset=overlap&step=last',
      ask: { kind: 'number', answer: 'middle' },
    },
    {
      id: 'checkerboard', tag: 'fcn-upsample', isCovered: true, state: 'preset=checkerboard',
        after: 'preset=checkerboard&step=last',
      ask: { kind: 'choice', answer: 'evenness', options: ['even', 'uneven'] },
    },
  ] },
  { id: 'size', parts: [
    {
      id: 'stride', tag: 'fcn-upsample', chapter: 'stride', state: 'preset=stride1', after: 'preset=stride2&step=last',
      ask: { kind: 'number', answer: 'width' },
    },
    {
      id: 'padding', tag: 'fcn-upsample', chapter: 'padding', state: 'preset=stride2&step=last',
        after: 'preset=padding&step=last',
      ask: { kind: 'number', answer: 'width' },
    },
    {
      id: 'zeros', tag: 'fcn-upsample', state: `input=${SMALL}&kernel=3x3&stride=2&step=last`,
      after: `input=${RINGED}&kernel=3x3&stride=2&step=last`, ask: { kind: 'number', answer: 'ringed' },
    },
    {
      id: 'slip', tag: 'fcn-upsample', chapter: 'puzzle', state: 'preset=upscore16',
        after: 'preset=slip&predict=none&step=last',
      ask: { kind: 'number', answer: 'slip' },
    },
  ] },
  { id: 'matrix', parts: [
    {
      id: 'rows', tag: 'fcn-upsample', chapter: 'matrix', state: 'input=2x2&kernel=3x3:ones&view=stamp',
        after: 'input=2x2&kernel=3x3:ones&view=matrix&step=last',
      ask: { kind: 'number', answer: 'rows' },
    },
    {
      id: 'name', tag: 'fcn-upsample', chapter: 'name', state: 'input=2x2&view=matrix&step=last',
        after: 'input=2x2&view=matrix&step=last&inverse=1',
      ask: { kind: 'choice', answer: 'identity', options: ['values', 'shape', 'nothing'] },
    },
  ] },
  { id: 'learn', parts: [
    {
      id: 'smooth', tag: 'fcn-upsample', state: `${DOUBLE}&learn=target:smooth`,
        after: `${DOUBLE}&learn=target:smooth,steps:400`,
      ask: { kind: 'choice', answer: 'learned', options: ['bilinear', 'nearest', 'random'] },
    },
    {
      id: 'blocky', tag: 'fcn-upsample', state: `${DOUBLE}&learn=target:blocky,start:bilinear`,
        after: `${DOUBLE}&learn=target:blocky,start:bilinear,steps:400`,
      ask: { kind: 'choice', answer: 'learned', options: ['bilinear', 'nearest', 'random'] },
    },
  ] },
  { id: 'skips', parts: [
    {
      id: 'tail', tag: 'fcn-inside', state: 'panel=tail&sample=cow', after: 'panel=tail&sample=cow&pool4=0&pool3=0',
      ask: { kind: 'choice', answer: 'changed', options: ['few', 'some', 'most'] },
    },
    {
      id: 'photo', tag: 'fcn-upsample', chapter: 'photo', state: 'preset=upscore32&photo=1',
        after: 'preset=upscore32&photo=1&overlap=1&step=last',
      ask: { kind: 'number', answer: 'most' },
    },
  ] },
  { id: 'dropout', parts: [
    {
      id: 'units', tag: 'fcn-dropout', isCovered: true, state: 'panel=units&mode=evaluation', after: 'panel=units',
      ask: { kind: 'number', answer: 'removed' },
    },
    {
      id: 'unsure', tag: 'fcn-dropout', state: 'panel=uncertainty&sample=cow&passes=1',
        after: 'panel=uncertainty&sample=cow',
      ask: { kind: 'choice', answer: 'unsure', options: ['edges', 'inside', 'anywhere'] },
    },
  ] },
  { id: 'metrics', parts: [
    {
      id: 'accuracy', tag: 'fcn-measure', state: `panel=sandbox&prediction=${PERSON}`, after: 'panel=sandbox',
      ask: { kind: 'choice', answer: 'nobody', options: ['same', 'half', 'zero'] },
    },
    {
      id: 'curves', tag: 'fcn-measure', isCovered: true, state: 'panel=curves&curves=example',
      ask: { kind: 'choice', answer: 'parting', options: ['together', 'parts'] },
    },
  ] },
  { id: 'paper', parts: [
    {
      id: 'crop', tag: 'fcn-inside', isCovered: true, state: 'panel=ruler&head=16s', after: 'panel=ruler&head=32s',
      ask: { kind: 'number', answer: 'crop' },
    },
    {
      id: 'floor', tag: 'fcn-inside', state: 'panel=ruler', after: 'panel=ruler&pools=floor&head=32s',
      ask: { kind: 'number', answer: 'enlarged' },
    },
  ] },
]
