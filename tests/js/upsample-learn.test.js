/** "Learn the kernel" in `<fcn-upsample>`, without a page: what it is told, what it comes to, and what is said of that. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { translator } from '../../www/lib/i18n.js'
import { Control } from '../../www/elements/upsample/control.js'
import { boardsOf } from '../../www/elements/upsample/learn/boards.js'
import { shrunk } from '../../www/elements/upsample/learn/photo.js'
import { verdict } from '../../www/elements/upsample/learn/saying.js'
import { MOST_STEPS, USUAL, settingsIn, textOf } from '../../www/elements/upsample/learn/settings.js'
import { Training } from '../../www/elements/upsample/learn/training.js'
import { texts as en } from '../../www/elements/upsample/learn/texts.en.js'
import { texts as ko } from '../../www/elements/upsample/learn/texts.ko.js'

/** @typedef {import('../../www/lib/transposed/geometry.js').Layer} Layer */
/** @typedef {import('../../www/lib/transposed/geometry.js').Pair} Pair */

/** @param {number} kernel @param {number} stride @param {number} padding @returns {Layer} */
const layerOf = (kernel, stride, padding) => ({
  input: [0, 0], kernel: [kernel, kernel], stride: [stride, stride], padding: [padding, padding],
    outputPadding: [0, 0], dilation: [1, 1],
})

/** @param {Layer} layer @param {string} [text] @param {ConstructorParameters<typeof Training>[2]} [photo] */
function learned(layer, text = '1', photo = null) {
  const training = new Training(layer, settingsIn(text), photo)
  for (let step = 0; step < MOST_STEPS && training.canStep && !training.hasSettled; step++) training.step()
  return training
}

/** @param {Training} training */
const said = training => verdict(training, translator(en), 'en')

describe('what learning is told', () => {
  it('is read back from its text', () => {
    for (const text of ['1', 'target:checkerboard', 'start:zeros,rate:0.05,seed:7,map:1,steps:40',
      'target:photo', 'seed:0']) {
      assert.equal(textOf(settingsIn(text)), text)
    }
    assert.equal(textOf(USUAL), '1')
  })

  it('is as usual where it cannot be read', () => {
    for (const text of ['', 'true', 'target:<img>', 'rate:-1', 'rate:1e99', 'rate:', 'seed:x',
      'steps:1e9', 'map:yes', ',,:::', 'constructor:1', '__proto__:2']) {
      assert.deepEqual(settingsIn(text), { ...USUAL }, text)
    }
  })

  it('is a part of the figure\'s link while the panel is open', () => {
    const control = new Control()
    control.fragment = 'stride=2&learn=target:blocky,steps:3'
    assert.equal(control.isLearning, true)
    assert.equal(control.fragment, 'stride=2&learn=target:blocky,steps:3')
    control.setLearn(null)
    assert.equal(control.fragment, 'stride=2')
    // Opened again, it shows what it showed.
    control.setLearn(control.learn)
    assert.equal(control.fragment, 'stride=2&learn=target:blocky,steps:3')
    control.fragment = 'stride=2'
    assert.equal(control.isLearning, false)
  })
})

describe('what learning comes to', () => {
  it('is bilinear for smooth, nearest for blocky, and neither for checkerboards, from any start, and it says so',
    () => {
    for (const start of ['random', 'zeros', 'bilinear']) {
      for (const seed of [1, 2]) {
        const of = (/** @type {string} */ target) => learned(layerOf(4, 2, 1),
          `target:${target},start:${start},seed:${seed}`)
        const [smooth, blocky, checkers] = ['smooth', 'blocky', 'checkerboard'].map(of)
        for (const training of [smooth, blocky, checkers]) assert.ok(training.hasSettled && training.steps < 200,
          `${training.steps}`)
        // Settled: the slope times the largest stable rate is below 1e-6; what is left is larger by the ratio of the
        // steepest to the flattest direction, some ten for a random map.
        assert.ok(smooth.distance.bilinear < 1e-4 && smooth.distance.nearest > 0.2)
        assert.ok(blocky.distance.nearest < 1e-4 && blocky.distance.bilinear > 0.2)
        assert.ok(checkers.distance.nearest > 0.2 && checkers.distance.bilinear > 0.2
          && Number(checkers.distance.best) < 1e-4)
        assert.match(said(smooth), /^It has become bilinear/)
        assert.match(said(blocky), /^It has become nearest/)
        assert.match(said(checkers), /^It has become neither/)
      }
    }
  })

  it('is no better than the kernel\'s size allows, and it says what that is', () => {
    const training = learned(layerOf(2, 2, 0))
    assert.ok(training.best && Math.abs(training.now.loss - training.best.loss) < 1e-9 && training.best.loss > 0.001)
    assert.match(said(training), /neither.*No kernel of this size does better.*the least loss there is is 0\.0/)
    assert.match(said(learned(layerOf(2, 2, 0), 'target:blocky')), /^It has become nearest/)
  })

  it('changes nothing at stride 1, where bilinear and nearest are the same', () => {
    assert.match(said(learned(layerOf(3, 1, 0))), /^It has become the kernel that changes nothing/)
  })

  it('diverges above the limit shown, not below it, and says so before and after', () => {
    const { limit } = new Training(layerOf(4, 2, 1), settingsIn('1'), null)
    const above = new Training(layerOf(4, 2, 1), settingsIn(`rate:${limit * 1.1}`), null)
    assert.match(said(above), /^The learning rate 12 is above 10\.98/)
    while (above.canStep) above.step()
    assert.ok(above.hasDiverged && above.steps < MOST_STEPS)
    // It is stopped while there are still numbers to show.
    assert.ok(Number.isFinite(above.now.loss))
    assert.match(said(above), /^It has diverged: after \d+ steps the loss is .* Choose a learning rate below 10\.98\.$/)
    const below = learned(layerOf(4, 2, 1), `rate:${limit * 0.9}`)
    assert.ok(!below.hasDiverged && below.hasSettled)
    assert.match(said(below), /^It has become bilinear/)
  })

  it('lowers the loss at every step at the rate that is usual, also when the map is learned too', () => {
    for (const text of ['1', 'target:checkerboard,map:1', 'target:smooth,seed:9']) {
      for (const layer of [layerOf(4, 2, 1), layerOf(2, 2, 0), layerOf(5, 3, 1), layerOf(16, 8, 4)]) {
        const { losses } = learned(layer, text)
        for (let step = 1; step < Math.min(losses.length, 40); step++) assert.ok(losses[step] <= losses[step - 1],
          `${text} ${step}`)
      }
    }
  })

  it('comes to rest on a photo, at the best kernel for it', () => {
    // A smooth hill beside a sharp edge.
    const greys = Float64Array.from({ length: 256 * 256 }, (_, at) => {
      const [y, x] = [Math.floor(at / 256) / 256, at % 256 / 256]
      return x > 0.7 ? 0.9 : 0.5 * Math.exp(-((y - 0.4) ** 2 + (x - 0.3) ** 2) / 0.05)
    })
    const training = learned(layerOf(4, 2, 1), 'target:photo', size => shrunk(greys, size))
    assert.deepEqual(training.output, [24, 24])
    assert.ok(Math.abs(training.target.reduce((sum, value) => sum + value, 0)) < 1e-9)
    assert.ok(training.best && training.now.loss < 1.01 * training.best.loss + 1e-9)
  })

  it('is nothing where there is nothing to learn from, or too much', () => {
    const flat = new Float64Array(256 * 256).fill(0.5)
    assert.equal(new Training(layerOf(4, 2, 1), settingsIn('target:photo'), null).obstacle, 'photo')
    assert.equal(new Training(layerOf(4, 2, 1), settingsIn('target:photo'), size => shrunk(flat, size)).obstacle,
      'flat')
    assert.equal(new Training(layerOf(32, 16, 8), settingsIn('1'), null).obstacle, 'large')
    assert.equal(new Training(layerOf(4, 60, 0), settingsIn('1'), null).obstacle, 'large')
    assert.equal(new Training(layerOf(3, 1, 20), settingsIn('1'), null).obstacle, 'empty')
    for (const layer of [layerOf(32, 16, 8),
      layerOf(3, 1, 20)]) assert.equal(new Training(layer, settingsIn('1'), null).learning, null)
  })

  it('shows each cell\'s part, and at the last cell a sum that is the gradient', () => {
    const training = new Training(layerOf(4, 2, 1), settingsIn('1'), null)
    const { sum, gradient, value, under, patch } = boardsOf(training, training.input.length - 1)
    sum.values.forEach((each, at) => assert.ok(Math.abs(each - gradient.values[at]) < 1e-12))
    patch.values.forEach((each, at) => assert.ok(Math.abs(each - value.values[0] * under.values[at] * 2 / 144) < 1e-12))
  })

  it('is said in Korean too', () => {
    assert.match(verdict(learned(layerOf(4, 2, 1)), translator(ko), 'ko'), /^쌍선형 커널이 되었습니다/)
  })
})
