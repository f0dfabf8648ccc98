/**
 * What a column of a log is, guessed from its name as frameworks write them: Keras, Lightning, Hugging Face's Trainer,
 * mmsegmentation, TorchMetrics, TensorBoard's tags. A guess is only the beginning: a person may say otherwise.
 */

/** @typedef {'step' | 'loss' | 'pixelAccuracy' | 'meanAccuracy' | 'miou'} What */
/**
 * `split`: '' where the name doesn't say; `rank`: the lower, the surer.
 * @typedef {{what: What, split: 'train' | 'val' | '', rank: number, isNumbered?: boolean}} Meaning
 */
/** @typedef {'trainLoss' | 'valLoss' | 'pixelAccuracy' | 'meanAccuracy' | 'miou'} Role */

/** What a column can be, in the order shown. @type {readonly Role[]} */
export const ROLES = ['trainLoss', 'valLoss', 'pixelAccuracy', 'meanAccuracy', 'miou']

/** Nats; what is none is a share. @param {Role} role */
export const isLoss = role => role === 'trainLoss' || role === 'valLoss'

const words = (/** @type {string} */ text) => new Set(text.split(' '))

const TRAIN = words('train training tr fit 학습 훈련')
const VAL = words('val valid validation eval evaluation dev 검증')
const TEST = words('test testing 시험 테스트')
/** Words that say nothing of what is measured. */
const NOISE = words('epoch step steps iter iteration iterations vs metric metrics score avg average running seg semantic segmentation '
  + 'per total')

/** Names without what stands between words; a number at the end is Keras' own. @type {readonly [What, Set<string>][]} */
const NAMES = [
  ['loss', words('loss losses ce crossentropy crossentropyloss celoss lossce nll nllloss lossseg objective cost 손실')],
  ['miou',
    words('miou meaniou ioumean iou meaniu jaccard jaccardindex meanjaccard jaccardscore meaniouscore meanintersectionoverunion '
    + 'intersectionoverunion multiclassjaccardindex binaryjaccardindex onehotmeaniou onehotiou binaryiou iouclass macroiou ioumacro 평균iou')],
  ['meanAccuracy',
    words('meanacc meanaccuracy macc accmean accuracymean mpa meanpixelacc meanpixelaccuracy classacc classaccuracy balancedaccuracy '
    + 'meanclassacc meanclassaccuracy 평균정확도')],
  ['pixelAccuracy',
    words('acc accuracy pixelacc pixelaccuracy pixacc overallacc overallaccuracy aacc allacc allaccuracy globalacc '
    + 'globalaccuracy pa oa accseg categoricalaccuracy sparsecategoricalaccuracy binaryaccuracy multiclassaccuracy 정확도 픽셀정확도')],
]

/** Steps, the finest first. */
const STEPS = [...words('globalstep step steps trainstep iter iters iteration iterations batch 스텝 단계 반복 epoch epochs 에폭 에포크')]

/** What isn't counted in steps: an epoch is. @param {string} name of a column of steps @returns {'step' | 'epoch'} */
export const unitOf = name => meaningOf(name)?.what === 'step' && /epoch|에폭|에포크/i.test(name) ? 'epoch' : 'step'

/**
 * @param {string} name
 * @returns {Meaning | null} null for one that isn't known
 */
export function meaningOf(name) {
  // Weights & Biases writes "run - metric"; TensorBoard's tags are paths.
  const spaced = name.replace(/학습|훈련|검증|시험|테스트/g, '$& ')
  const parts = (spaced.split(' - ').at(-1) ?? spaced).split('/')
  const all = parts.flatMap(split)
  const side = all.some(word => TRAIN.has(word)) ? 'train' : all.some(word => VAL.has(word) || TEST.has(word))
    ? 'val' : ''
  for (let from = 0; from < parts.length; from++) {
    const own = parts.slice(from).flatMap(split)
    const step = STEPS.indexOf(own.join(''))
    if (step >= 0) return { what: 'step', split: '', rank: step + STEPS.length * from }
    const rest = own.filter(word => !TRAIN.has(word) && !VAL.has(word) && !TEST.has(word) && !NOISE.has(word))
    const joined = rest.join('').replace(/\d+$/, '')
    const found = NAMES.find(([, names]) => names.has(joined))
    if (found) {
      const isTest = all.some(word => TEST.has(word))
      // Keras numbers what it has made before; others number classes.
      const isNumbered = joined !== rest.join('')
      return { what: found[0], split: side,
        rank: 10 * from + (isTest ? 5 : 0) + (isNumbered ? 4 : 0) + own.length - rest.length, isNumbered }
    }
  }
  return null
}

/** @param {string} text @returns {string[]} words, in small letters */
function split(text) {
  // "valLoss", but not "mIoU", "aAcc" or "IoU", which are words as they are.
  const apart = text.replace(/mIoU|IoU/g, match => match.toLowerCase()).replace(/([a-z]{2})([A-Z])/g, '$1 $2')
  return apart.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean)
}
