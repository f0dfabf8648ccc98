/** What `<fcn-upsample>` knows without a page: the walk, the cursor, impossible layers, and the words and sums told. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { overlaps, scatter } from '../../www/lib/transposed/compute.js'
import { area, check } from '../../www/lib/transposed/geometry.js'
import { Control } from '../../www/elements/upsample/control.js'
import { code } from '../../www/elements/upsample/code.js'
import { explain, formula } from '../../www/elements/upsample/explain.js'
import { formatNumber, isRounded } from '../../www/elements/upsample/drawing/colours.js'

/** @param {string} fragment */
function figure(fragment) {
  const control = new Control()
  control.fragment = fragment
  return control
}

const LAYERS = [
  'stride=2', 'input=2x2&kernel=3x3', 'stride=2&padding=1&output-padding=1',
    'input=3x2&kernel=2x3&stride=3x1&padding=1x0&output-padding=2x1&dilation=1x2',
  'input=2x2&kernel=2x2&stride=3&output-padding=2', 'input=4x4&kernel=2x2&stride=2&padding=2&output-padding=1',
    'kernel=4x4:bilinear&stride=2&padding=1',
  'input=1,-2;-0.5,3&kernel=1,-1;0,2&stride=2', 'input=1x1&kernel=1x1',
]

describe('the walk', () => {
  it('shows after any step, reached from anywhere, exactly the stamps up to it', () => {
    for (const layer of LAYERS) {
      const { model } = figure(layer)
      // Forwards, back, and in leaps.
      for (const step of [...Array(model.steps + 1).keys(), 0, model.steps, 1, Math.floor(model.steps / 2),
        model.steps]) {
        model.step = step
        assert.deepEqual(model.walked.sums, scatter(model.layer, model.input, model.weights, model.step))
        assert.deepEqual(model.walked.counts, overlaps(model.layer, model.step))
      }
    }
  })

  it('stays within its ends, whatever is asked', () => {
    const { model } = figure('stride=2')
    for (const [asked, got] of [[-1, 0], [4, 4], [4.9, 4], [1e9, 9], [NaN, 0], [Infinity, 9], [-Infinity, 0]]) {
      model.step = asked
      assert.equal(model.step, got)
    }
  })

  it('keeps its place when the view changes', () => {
    const control = figure('stride=2&step=4')
    const { cell } = control.model.current
    control.show('gather')
    assert.equal(control.model.walkBy, 'output')
    assert.deepEqual(control.model.current.cell, cell)
    control.show('all')
    assert.equal(control.model.walkBy, 'input')
    assert.ok(control.model.step > 0)
    control.goTo(Infinity)
    control.show('matrix')
    assert.equal(control.model.step, control.model.steps)
  })

  it('links cells both ways: an output cell lights the inputs whose stamps cover it', () => {
    const { model } = figure('stride=2&padding=1&step=9')
    for (let o = 0; o < area(model.geometry.output); o++) {
      model.point({ cell: model.canvasCell(o) })
      const { inputs } = model.links(model.focus)
      for (const input of inputs) {
        model.point({ input })
        assert.equal(model.links(model.focus).stamp, input)
      }
      assert.equal(inputs.size, model.overlaps[model.canvasCell(o)[0] * model.geometry.canvas[1]
        + model.canvasCell(o)[1]])
    }
  })
})

describe('what is told', () => {
  it('adds up, in every step of both walks', async () => {
    for (const language of /** @type {const} */ (['en', 'ko'])) {
      const words = (await import(`../../www/elements/upsample/texts.${language}.js`)).texts
      for (const layer of LAYERS) {
        for (const walk of ['input', 'output']) {
          const { model } = figure(`${layer}&walk=${walk}`)
          for (let step = 0; step <= model.steps; step++) {
            model.step = step
            const { sum, lead, aloud } = explain(model, words, null)
            assert.ok(lead.length > 10 && aloud.includes(lead))
            if (!sum) continue
            const [name, ...sides] = sum.replaceAll('−', '-').replaceAll('×', '*').split(/ = | ≈ /)
            const result = Number(sides.at(-1))
            // 2e-4: numbers are written to four decimals.
            if (sides.length > 1) assert.ok(Math.abs(evaluate(sides[0]) - result) < 2e-4, sum)
            const [r, c] = name.slice(4, -1).split(',').map(Number)
            const at = (r + model.layer.padding[0]) * model.geometry.canvas[1] + c + model.layer.padding[1]
            assert.ok(Math.abs(model.walked.sums[at] - result) < 2e-4, `${layer}: ${sum}`)
          }
        }
      }
    }
  })

  it('never gives a secret away', async () => {
    const words = (await import('../../www/elements/upsample/texts.en.js')).texts
    const control = figure('input=1,2;3,4&kernel=1,0;2,3&predict=value&step=4')
    const { sum, aloud } = explain(control.model, words, control.secret)
    assert.match(sum, /= \?$/)
    assert.doesNotMatch(aloud, /11/)
    control.check(['11'])
    assert.equal(control.asked.verdict, 'right')
    assert.equal(control.secret, null)
    control.goTo(3)
    assert.notEqual(control.secret, null)
  })

  it('has the numbers of the layer in the size formula', () => {
    const { layer } = figure('kernel=4x4&stride=2&padding=1').model
    assert.deepEqual(formula(layer, 0), { numbers: '(3−1)·2 − 2·1 + 1·(4−1) + 0 + 1', result: 6 })
    assert.match(code(layer).pytorch, /kernel_size=4, stride=2, padding=1/)
  })

  it('writes numbers short, and knows when that rounds them', () => {
    for (const [value, text] of /** @type {[number, string][]} */ ([[0, '0'], [-0, '0'],
      [0.25, '0.25'], [-1.5, '−1.5'], [1 / 3, '0.33'], [0.0002, '0.0002'], [1e-7, '1e−7'], [123456, '1.2e+5']])) {
      assert.equal(formatNumber(value), text)
    }
    assert.equal(isRounded(0.25), false)
    assert.equal(isRounded(1 / 3), true)
  })
})

/** Sums of products of numbers, some in brackets. @param {string} text */
function evaluate(text) {
  return text.split(' + ').reduce((sum, product) =>
    sum + product.split(' * ').reduce((value, factor) => value * Number(factor.replace(/[()]/g, '')), 1), 0)
}

describe('an impossible wish', () => {
  it('leaves what is drawn alone, and can be undone or mended', () => {
    const control = figure('stride=2&input=1,2;3,4&step=2')
    const before = control.fragment
    control.setField('stride', null, '0')
    assert.equal(control.model.problems.length, 2)
    assert.equal(control.fragment, before)
    control.setField('input', null, '1000')
    control.revert()
    assert.deepEqual(control.model.problems, [])
    assert.equal(control.fragment, before)
    const other = figure('stride=2')
    other.setField('padding', null, '9')
    const { offers: [offer] } = other.model.problems[0]
    other.takeOffer(offer)
    assert.equal(other.model.problems.length, 0)
  })

  it('with half a cell of padding is mended to the size meant, rows and columns alike', () => {
    const control = figure('input=3&kernel=6&stride=3&padding=1.5')
    assert.deepEqual(formula(control.model.draft, 0).result, 9)
    const offers = control.model.problems[0].offers.filter(({ also }) => also)
    assert.equal(offers.length, 2)
    for (const offer of offers) {
      const other = figure('input=3&kernel=6&stride=3&padding=1.5')
      other.takeOffer(offer)
      assert.deepEqual([other.model.problems, other.model.geometry.output], [[], [9, 9]])
    }
  })

  it('in rows and columns is mended in both at once, alike or not', () => {
    for (const [text, told] of [
      ['input=24x32&kernel=64&stride=32', 'input=19&kernel=64x64&stride=32'],
        ['input=30&kernel=8&stride=32x64', 'input=20x10&kernel=8x8&stride=32x64'],
      ['input=40x50', 'input=32x32'], ['kernel=3&output-padding=2x5&stride=1x4', 'output-padding=0x3&stride=1x4'],
      ['kernel=2x3&padding=9x8', 'kernel=2x3&padding=1x2'],
    ]) {
      const control = figure(text)
      assert.equal(control.model.problems.length, 2, text)
      control.takeOffer(control.model.problems[0].offers[0])
      assert.deepEqual(control.model.problems, [], text)
      assert.equal(control.fragment, figure(told).fragment, text)
    }
  })

  it('is mended in rows and columns at once by one field, never by two', () => {
    const sizes = [0, 1, 2, 5, 20]
    let both = 0
    for (const padding of sizes) {
      for (const other of sizes) {
        for (const outputPadding of [0, 2, 5]) {
          const layer = {
            input: [3, 3], kernel: [3, 3], stride: [1, 1], dilation: [1, 1],
            padding: [padding, other], outputPadding: [outputPadding, 5 - outputPadding],
          }
          for (const { offers } of check(/** @type {import('../../www/lib/transposed/geometry.js').Layer} */ (layer))) {
            for (const { field, also } of offers) {
              if (also?.axis !== 1) continue
              assert.equal(also.field, field, JSON.stringify(layer))
              both++
            }
          }
        }
      }
    }
    assert.ok(both > 0)
  })

  it('that is only too large to be drawn is told by the link, with its maps', () => {
    for (const text of [
      'input=24x32&kernel=64x64&stride=32',
        'input=24x32:blob&kernel=64x64:bilinear&stride=32&padding=16&view=all&overlap=1',
      'input=1,2,3;4,5,6&kernel=64x64&dilation=16',
    ]) {
      const control = figure(text)
      assert.ok(control.model.problems.length > 0, text)
      assert.equal(control.fragment, text)
      const again = figure(control.fragment)
      assert.deepEqual([again.model.problems, again.model.draft], [control.model.problems, control.model.draft])
      control.revert()
      assert.notEqual(control.fragment, text)
      assert.deepEqual(figure(control.fragment).model.problems, [])
    }
    // Typed, and with values of its own.
    const control = figure('input=1,2;3,4&kernel=64x64&stride=32')
    control.setField('input', null, '30')
    const again = figure(control.fragment)
    assert.deepEqual(again.model.problems, control.model.problems)
    for (const each of [control, again]) each.takeOffer(each.model.problems[0].offers[0])
    assert.deepEqual(again.model.input, control.model.input)
  })

  it('loses no value: a map made smaller and larger again comes back', () => {
    const control = figure('input=1,2,3;4,5,6;7,8,9')
    control.setField('input', null, '1')
    control.setField('input', null, '3')
    assert.deepEqual(Array.from(control.model.input), [1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('in a link is noted, whatever rubbish it is', () => {
    const rubbish = ['%', '&&&', 'stride', 'stride=%ff', '=', 'input=9e9x9', 'input=,;,',
      'kernel=3x3:f32:@@', 'step=∞', 'preset=__proto__', 'view=toString', 'x'.repeat(10_000)]
    for (const text of rubbish) {
      const control = figure(text)
      assert.deepEqual(control.model.problems.map(({ code: kind }) => kind).filter(kind => kind === 'not_a_number'), [])
      assert.ok(area(control.model.geometry.output) >= 1)
    }
  })
})
