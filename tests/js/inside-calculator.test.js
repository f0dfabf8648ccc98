/** What `<fcn-inside>` tells in links, and how it leads to `<fcn-upsample>`. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { valuesIn, fragmentOf } from '../../www/elements/common/fragment.js'
import { Calculator } from '../../www/elements/inside/calculator/controller.js'
import { layerFragment, linkTo } from '../../www/elements/inside/calculator/links.js'
import { PRESETS } from '../../www/elements/inside/calculator/presets.js'
import { Ruler } from '../../www/elements/inside/ruler/controller.js'
import { Control } from '../../www/elements/upsample/control.js'
import { compute } from '../../www/lib/layers/compute.js'

/** @param {string} source @param {[number, number]} size */
const fragment = (source, size) => layerFragment(compute(source, { channels: 1, size }).rows[0])
const calculator = () => new Calculator({ changed: () => {}, fail: () => {} })

describe('the link from a layer to the figure that shows it', () => {
  it('is_read_by_that_figure_as_the_same_layer', () => {
    let shown = 0
    for (let i = 0; i < 200; i++) {
      const [k, s, p, op, d] = [1 + i % 9, 1 + i % 4, i % 3, i % 2, 1 + i % 3]
      const text = fragment(`nn.ConvTranspose2d(1, 1, (${k}, ${k + i % 2}), ${s}, ${p}, ${op}, dilation=${d})`,
        [1 + i % 32, 1 + i % 7])
      if (!text) continue
      shown++
      const control = new Control()
      control.fragment = text
      const { layer, problems } = control.model
      assert.deepEqual(problems, [], text)
      assert.deepEqual(control.notices, [], text)
      const asked = { input: [1 + i % 32, 1 + i % 7], kernel: [k, k + i % 2], stride: [s, s],
        padding: [p, p], outputPadding: [op, op], dilation: [d, d] }
      assert.deepEqual(layer, asked, text)
      assert.equal(control.fragment, text)
    }
    assert.ok(shown > 80, `${shown}`)
  })

  it('is_none_for_what_that_figure_cannot_show', () => {
    assert.equal(fragment('nn.Conv2d(1, 1, 3)', [9, 9]), '')
    assert.equal(fragment('nn.ConvTranspose2d(1, 1, 4, 2, 1)', [33, 33]), '')
    assert.equal(fragment('nn.ConvTranspose2d(1, 1, 128, 64)', [7, 7]), '')
    assert.equal(fragment('nn.ConvTranspose2d(1, 1, 2, 1, 9)', [7, 7]), '')
  })

  it('goes_where_the_embedder_says_else_to_the_page_for_iframes', () => {
    assert.equal(linkTo('stride=2', '#upsample'), '#upsample?stride=2')
    assert.match(linkTo('stride=2', ''), /\/embed\.html#stride=2$/)
  })
})

describe('the examples', () => {
  it('are_read_to_the_last_word_and_only_the_slip_and_the_wrong_size_are_told', () => {
    /** @type {Record<string, string[]>} */
    const told = { slip: ['short'], vgg: ['linear'] }
    for (const [name, { text, channels, rows, columns }] of Object.entries(PRESETS)) {
      const { rows: layers, problems } = compute(text, { channels, size: [rows, columns] })
      assert.deepEqual(problems, [], name)
      const bad = layers.flatMap(row => row.notes.filter(({ level }) => level === 'bad').map(({ code }) => code))
      assert.deepEqual(bad, told[name] ?? [], name)
    }
  })

  it('hold_the_papers_and_the_lectures_numbers', () => {
    const last = (/** @type {keyof typeof PRESETS} */ name) => {
      const { text, channels, rows, columns } = PRESETS[name]
      return compute(text, { channels, size: [rows, columns] }).rows.at(-1)
    }
    assert.deepEqual(last('paper')?.shape?.size, [288, 288])
    assert.deepEqual(last('paper')?.places?.map(({ start }) => start), [{ n: -19, d: 1 }, { n: -19, d: 1 }])
    assert.deepEqual(last('burn')?.shape, { channels: 21, size: [224, 224] })
    assert.deepEqual(last('classifier')?.shape, { channels: 10, size: null })
    // torchvision's vgg16 has as many.
    const { text, channels } = PRESETS.vgg
    assert.equal(compute(text, { channels, size: [224, 224] }).parameters, 138_357_544)
  })
})

describe('the layer at which an input stops', () => {
  const line = { name: 'Linear', label: '', line: 22 }
  const stop = (/** @type {Calculator} */ panel) => panel.state.stop && [panel.state.stop.name, panel.state.stop.line]

  it('is_the_first_that_gets_what_it_can_not_take_and_none_at_the_size_it_was_made_for', () => {
    const panel = calculator()
    panel.actions.preset('vgg')
    assert.deepEqual(stop(panel), [line.name, line.line])
    assert.deepEqual(panel.layers.filter(({ note }) => note).map(({ row, note }) => [row.line, note?.code]),
      [[22, 'linear']])
    panel.actions.slide(224)
    assert.equal(stop(panel), null)
    assert.equal(panel.values.input, '3x224x224')
    panel.actions.slide(32)
    // 1×1 cell is left, 512 numbers.
    assert.deepEqual(panel.layers.find(({ note }) => note)?.note?.values, { want: 25088, got: 512, map: '512×1×1' })
    panel.values = { ...panel.usual, layers: 'LinearConfig::new(12, 4).init(&device);', input: '3x2x3' }
    assert.deepEqual(stop(panel), ['LinearConfig', 1])
    panel.values = { ...panel.usual, layers: 'LinearConfig::new(18, 4).init(&device);', input: '3x2x3' }
    assert.equal(stop(panel), null)
    // The slip computes what nobody wanted, but it runs.
    panel.values = panel.usual
    assert.equal(stop(panel), null)
  })

  it('is_looked_for_among_sizes_of_a_photo_or_of_a_map', () => {
    const panel = calculator()
    assert.deepEqual(panel.state.slider, [1, 64])
    panel.actions.preset('paper')
    assert.deepEqual(panel.state.slider, [32, 512])
  })
})

describe('what a link tells of a panel', () => {
  it('is_read_again_as_it_was_told', () => {
    for (const panel of [new Ruler(() => {}), calculator()]) {
      const said = 'pixels=31&pad=0&pools=floor&fc6=1&head=32s&trim=padding&cell=%2B%20pool4:3&layers=nn.ReLU()%0A%23%20%26%3D&input=1x2x3'
      panel.values = valuesIn(said, /** @type {import('../../www/elements/common/fragment.js').Values} */ (panel.usual))
      const told = fragmentOf(panel.values, panel.usual)
      assert.notEqual(told, '')
      panel.values = valuesIn('', /** @type {import('../../www/elements/common/fragment.js').Values} */ (panel.usual))
      assert.equal(fragmentOf(panel.values, panel.usual), '')
      panel.values = valuesIn(told, /** @type {import('../../www/elements/common/fragment.js').Values} */ (panel.usual))
      assert.equal(fragmentOf(panel.values, panel.usual), told)
    }
  })

  it('is_as_usual_where_it_cannot_be', () => {
    const ruler = new Ruler(() => {})
    ruler.values = { pixels: 601, pad: -1, pools: 'x', fc6: 2, head: 'toString', trim: '__proto__', cell: 'a:b' }
    assert.deepEqual(ruler.values, ruler.usual)
    const panel = calculator()
    panel.values = { layers: PRESETS.slip.text, input: '0x99999x1' }
    assert.deepEqual(panel.values, panel.usual)
  })

  it('does_not_name_a_cell_that_this_net_lacks_but_shows_one_that_there_is', () => {
    const ruler = new Ruler(() => {})
    ruler.values = { ...ruler.usual, cell: 'pool5:999' }
    assert.equal(ruler.state.chosen.cell, 13)
    ruler.values = { ...ruler.usual, head: '32s', cell: 'upscore8:3' }
    assert.equal(ruler.state.net.rows[ruler.state.chosen.row].name, 'upscore')
  })
})
