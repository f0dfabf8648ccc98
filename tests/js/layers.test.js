/** www/lib/layers/: what is read of pasted text, and what comes of it, against PyTorch (reference/make_layers.py). */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { toNumber } from '../../www/lib/fraction.js'
import { compute } from '../../www/lib/layers/compute.js'
import { MOST, parse } from '../../www/lib/layers/parse.js'
import { read } from '../../www/lib/layers/read.js'
import { layersOf } from '../../www/lib/layers/shape.js'
import { LONGEST } from '../../www/lib/layers/tokens.js'
import { fieldOf, middle, receptiveField } from '../../www/lib/receptive.js'

/** @typedef {import('../../www/lib/layers/compute.js').Row} Row */
/** @typedef {import('../../www/lib/receptive.js').Layer} Layer */
/** @typedef {[number, number]} Pair */
/**
 * @typedef {{source: string, input: [number, number, number], shapes: [number, number, number][], parameters: number[],
 *   fields: {cell: Pair, rows: Pair | null, columns: Pair | null}[]}} Chain
 */

/** @type {Chain[]} */
const pytorch = JSON.parse(readFileSync(new URL('../reference/fixtures/layers.json', import.meta.url), 'utf8'))
/** @param {string} source @param {number} [channels] @param {number} [side] */
const made = (source, channels = 3, side = 224) => compute(source, { channels, size: [side, side] })
/** @param {Row | undefined} row */
const shape = row => row?.shape && [row.shape.channels, ...row.shape.size ?? []]
/** @param {string} source @returns {string[]} what was read, shortly */
const calls = source => parse(source).calls.map(call => `${call.label}:${call.path.at(-1)}`)
/** @param {string} source */
const problems = source => made(source).problems.map(({ code, line, column }) => `${code} ${line}:${column}`)
/** @param {string} source */
const meaning = source => read(parse(source).calls[0]).meaning
/** @param {string} source @param {number} channels @param {number} side @returns {string[]} */
const notes = (source, channels, side) => made(source, channels, side).rows.flatMap(row =>
  row.notes.map(({ code }) => code))

describe('layers as pytorch computes them', () => {
  it('have_its_shapes_and_its_number_of_parameters', () => {
    assert.ok(pytorch.length >= 60)
    for (const { source, input: [channels, ...size], shapes, parameters } of pytorch) {
      const { rows, problems } = compute(source, { channels, size })
      assert.deepEqual(problems, [], source)
      assert.deepEqual(rows.map(shape), shapes, source)
      assert.deepEqual(rows.map(row => row.parameters), parameters, source)
    }
  })

  /** @param {Chain} chain @returns {{axis: 0 | 1, layers: Layer[], sizes: number[]}[]} */
  const chains = ({ source, input: [channels, ...size] }) => {
    const { rows } = compute(source, { channels, size })
    const all = rows.map(row => layersOf(/** @type {import('../../www/lib/layers/read.js').Meaning} */ (row.meaning),
      row.from?.size ?? size))
    return /** @type {const} */ ([0, 1]).map(axis => ({
      axis, layers: all.map(pair => /** @type {[Layer, Layer]} */ (pair)[axis]),
        sizes: rows.map(row => row.from?.size?.[axis] ?? NaN),
    }))
  }

  it('see_what_its_gradients_reach', () => {
    for (const chain of pytorch) {
      for (const { axis, layers, sizes } of chains(chain)) {
        for (const { cell, ...reached } of chain.fields) {
          assert.deepEqual(fieldOf(layers, cell[axis], sizes), reached[axis ? 'columns' : 'rows'],
            `${axis} ${cell} ${chain.source}`)
        }
      }
    }
  })

  it('lie_in_the_middle_of_what_its_gradients_reach_away_from_the_border', () => {
    let compared = 0
    for (const chain of pytorch) {
      const { source, input: [channels, ...size], fields } = chain
      const places = compute(source, { channels, size }).rows.at(-1)?.places
      for (const { axis, layers } of chains(chain)) {
        // Below stamps a field leans to one side; of windows it is all round the cell.
        if (!places || layers.some(({ kind }) => kind === 'stamp')) continue
        const r = receptiveField(layers) ?? NaN
        for (const { cell, ...reached } of fields) {
          const [from, to] = reached[axis ? 'columns' : 'rows'] ?? [0, -1]
          if (to - from + 1 !== r) continue
          compared++
          assert.equal(toNumber(middle(places[axis], cell[axis])), (from + to) / 2, source)
        }
      }
    }
    assert.ok(compared > 50, `${compared}`)
  })
})

describe('what is pasted', () => {
  it('may_be_a_line_with_or_without_names_and_comments', () => {
    assert.deepEqual(calls('nn.Conv2d(3, 64, 3, padding=1)'), [':Conv2d'])
    assert.deepEqual(calls('self.a = torch.nn.Conv2d(3, 64, 3)  # nn.ReLU()\n# nn.ReLU()\nb = nn.ReLU(),'),
      ['a:Conv2d', 'b:ReLU'])
    assert.deepEqual(calls('self.a: nn.Module = nn.Conv2d(\n    3,\n    64, 3,\n)'), ['a:Conv2d'])
  })

  it('may_be_a_whole_class', () => {
    const source = `import torch.nn as nn
class Net(nn.Module):
    """A net: nn.Conv2d(1, 1, 1)"""
    def __init__(self, n_class=21):
        super().__init__()
        self.features = nn.Sequential(OrderedDict([
            ('conv1', nn.Conv2d(3, 64, 3, padding=1)),
            ('relu1', nn.ReLU(inplace=True)),
        ]))
        self.score = nn.Sequential(nn.Dropout2d(), nn.Conv2d(64, n_class, 1))
    def forward(self, x):
        x = F.relu(self.features(x))
        return F.interpolate(self.score(x), scale_factor=2)`
    assert.deepEqual(calls(source), ['conv1:Conv2d', 'relu1:ReLU', ':Dropout2d', ':Conv2d'])
    assert.deepEqual(shape(made(source).rows.at(-1)), [21, 224, 224])
    assert.deepEqual(problems(source), [])
  })

  it('may_be_what_a_model_prints', () => {
    const source = `FCN(
  (features): Sequential(
    (0): Conv2d(3, 64, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
    (1): BatchNorm2d(64, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, bias=True)
    (2): ReLU(inplace=True)
    (3): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
  )
  (up): ConvTranspose2d(64, 21, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1), bias=False)
)`
    assert.deepEqual(calls(source), ['0:Conv2d', '1:BatchNorm2d', '2:ReLU', '3:MaxPool2d', 'up:ConvTranspose2d'])
    assert.deepEqual(shape(made(source).rows.at(-1)), [21, 224, 224])
    assert.deepEqual(problems(source), [])
  })

  it('may_be_burns', () => {
    const source = `let conv = Conv2dConfig::new([3, 64], [3, 3])
    .with_stride([1, 1]) // one
    .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
    .init::<B>(&device);
Self {
    pool: nn::pool::MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
    up: ConvTranspose2dConfig::new([64, 21], [64, 64]).with_stride([32; 2]).with_padding([16, 16]).with_bias(false).init(device),
    activation: Relu::new(),
}`
    const { rows, problems } = made(source)
    assert.deepEqual(problems, [])
    assert.deepEqual(rows.map(row => [row.label, row.name, ...shape(row) ?? []]), [
      ['conv', 'Conv2dConfig', 64, 224, 224], ['pool', 'MaxPool2dConfig', 64, 112, 112],
      ['up', 'ConvTranspose2dConfig', 21, 3584, 3584], ['activation', 'Relu', 21, 3584, 3584],
    ])
    assert.equal(rows[2].parameters, 64 * 21 * 64 * 64)
  })

  it('takes_burns_padding_in_each_form', () => {
    const padding = (/** @type {string} */ text) => {
      const found = meaning(`Conv2dConfig::new([1, 1], [3, 3]).with_padding(PaddingConfig2d::${text})`)
      return found?.kind === 'conv' ? found.padding : null
    }
    assert.deepEqual(padding('Explicit(1, 2, 3, 4)'), [[1, 3], [2, 4]])
    assert.deepEqual(padding('Explicit(1, 2)'), [[1, 1], [2, 2]])
    assert.deepEqual(padding('Valid'), [[0, 0], [0, 0]])
    // burn-nn's own test: even kernel, the size is kept with the odd one after.
    const same = made('Conv2dConfig::new([1, 1], [4, 4]).with_padding(PaddingConfig2d::Same)\nConv2dConfig::new([1, 1], [3, 3]).with_stride([2, 2]).with_padding(PaddingConfig2d::Same)', 1, 5)
    assert.deepEqual(same.rows.map(shape), [[1, 5, 5], [1, 3, 3]])
  })

  it('may_reckon_with_numbers_and_give_them_names', () => {
    assert.deepEqual(made('n = 4\nnn.Linear(512*7*7, n * 1024, bias=False)').rows[0].parameters, 25088 * 4096)
    assert.deepEqual(meaning('nn.Linear(50 // 2, 3 + 4 - 1)'), { kind: 'linear', features: [25, 6], bias: true })
    assert.deepEqual(problems('nn.Conv2d(3, width, 3)'), ['not_number 1:14'])
  })

  it('is_read_in_pytorchs_order_of_parameters', () => {
    const found = meaning('nn.ConvTranspose2d(2, 4, 3, 2, 1, 1, 2, False, 2)')
    assert.deepEqual(found, { kind: 'transposed', channels: [2, 4], kernel: [3, 3], stride: [2, 2], padding: [1, 1],
      more: [1, 1], groups: 2, bias: false, dilation: [2, 2] })
    const pool = meaning('nn.MaxPool2d((3, 2), ceil_mode=True)')
    assert.ok(pool?.kind === 'pool' && pool.ceil)
    assert.deepEqual(pool?.stride, [3, 2])
  })
})

describe('what cannot be read', () => {
  it('is_told_with_its_place_and_the_rest_is_computed', () => {
    const source = 'nn.Conv2d(3, 8, 3, padding=1\nnn.ReLU()\n?? what\nnn.Cnv2d(8, 8, 3)\nnn.Conv2d(8, 16, 3, paddin=1)\nnn.MaxPool2d()\nnn.Conv2d(16, 4, 1 2)'
    assert.deepEqual(problems(source), ['unclosed 1:10', 'unreadable 3:1', 'unknown 4:1',
      'keyword 5:21', 'missing 6:1', 'unreadable 7:20'])
    assert.deepEqual(made(source).rows.map(shape), [[8, 224, 224], [8, 224, 224], [8, 224, 224],
      [16, 222, 222], [16, 222, 222], [4, 222, 222]])
    assert.equal(made(source).problems[2].values['near'], 'Conv2d')
  })

  it('is_found_where_a_bracket_is_missing_before_the_next_layer_of_a_list', () => {
    const source = 'nn.Sequential(\n  nn.Conv2d(3, 4, 3, padding=1,\n  nn.ReLU(),\n)'
    assert.deepEqual(calls(source), [':Conv2d', ':ReLU'])
    assert.deepEqual(problems(source), ['unclosed 2:12'])
    assert.deepEqual(problems('nn.Conv2d(3, 4, 3\n?? what\nnn.ReLU()'), ['unclosed 1:10', 'unreadable 2:1'])
  })

  it('leaves_out_layers_of_other_dimensions_and_lists_made_elsewhere', () => {
    assert.deepEqual(problems('nn.Conv3d(1, 1, 3)\nnn.Sequential(*layers, nn.ReLU())'),
      ['other_dimension 1:1', 'star 2:15'])
    assert.deepEqual(calls('nn.Sequential(*layers, nn.ReLU())'), [':ReLU'])
  })

  it('leaves_out_what_goes_beside_the_other_layers', () => {
    const source = `Bottleneck(
  (conv1): Conv2d(64, 128, kernel_size=(1, 1), stride=(1, 1), bias=False)
  (downsample): Sequential(
    (0): Conv2d(64, 256, kernel_size=(1, 1), stride=(2, 2), bias=False)
  )
)`
    assert.deepEqual(calls(source), ['conv1:Conv2d'])
    assert.deepEqual(problems(source), ['branch 3:17'])
  })

  it('refuses_numbers_that_are_none_or_absurd', () => {
    for (const text of ['1.5', '-1', '99999999', "'3'", 'None', '(3, 4, 5)', 'x()']) {
      const { rows, problems } = made(`nn.Conv2d(3, 4, ${text})`)
      assert.equal(rows[0].meaning, null, text)
      assert.equal(problems.length, 1, text)
    }
  })

  it('ends_soon_whatever_the_text_is', () => {
    const hostile = ['('.repeat(LONGEST), 'nn.Conv2d('.repeat(2000), '- '.repeat(9000),
      '"'.repeat(9999), '[1,'.repeat(6000),
      'a='.repeat(9000), '\n'.repeat(30_000), '('.repeat(30) + 'nn.ReLU()', 'self.'.repeat(4000),
        '9'.repeat(LONGEST), 'nn.ReLU()\n'.repeat(3000),
      '(0): '.repeat(4000), "'a': ".repeat(4000), 'n::<'.repeat(4000),
        '/*'.repeat(5000), 'nn.Conv2d(3,64,3,'.repeat(1000), '__proto__()', 'nn.constructor(3)',
      'nn.ConvTranspose2d(1,1,4000,1000,dilation=3)\n'.repeat(400),
        'nn.ConvTranspose2d(1,1,4,2,1)\nnn.Conv2d(1,1,2,2)\n'.repeat(200)]
    for (const source of hostile) {
      const began = performance.now()
      const { rows } = made(source, 1)
      // Far more than it takes; what grows with the square of the length would pass it.
      assert.ok(performance.now() - began < 1500, source.slice(0, 30))
      assert.ok(rows.length <= MOST)
    }
  })

  it('survives_random_damage', () => {
    let seed = 1
    const any = (/** @type {number} */ n) => {
      seed = Math.imul(seed, 1103515245) + 12345 & 0x7fffffff
      return (seed >> 8) % n
    }
    const pieces = ['(', ')', '[', ']', ',', '=', ':', '::', '.', '\n', '"', "'", '#',
      '//', '*', '-', 'nn.', 'Conv2d', 'new', '3', ' ', 'self', '{', '}', '<', '>']
    const whole = 'self.a = nn.Sequential(nn.Conv2d(3, 64, (3, 3), padding=1), nn.ReLU())\nConv2dConfig::new([3, 64], [3, 3]).with_padding(PaddingConfig2d::Same)'
    for (let i = 0; i < 3000; i++) {
      let text = whole
      for (let damage = 0; damage < 1 + any(6); damage++) {
        const at = any(text.length)
        text = text.slice(0, at) + (any(2) ? pieces[any(pieces.length)] : '') + text.slice(at + any(3))
      }
      const { rows, problems } = made(text)
      for (const { line, column } of problems) assert.ok(line >= 1 && column >= 1, text)
      for (const row of rows) assert.ok(row.shape === null || row.shape.channels >= 1, text)
    }
  })

  it('says_that_a_text_is_too_long', () => {
    assert.ok(problems(' '.repeat(LONGEST + 1)).includes('too_long 0:0'))
  })
})

describe('the diagnosis', () => {
  it('finds_the_slip_of_the_notes_and_what_would_do', () => {
    const [short, blocks] = made('nn.ConvTranspose2d(21, 21, 16, stride=16, padding=8, bias=False)',
      21, 14).rows[0].notes
    assert.deepEqual(short, { level: 'bad', code: 'short',
      values: { got: 208, wanted: 224, n: 14, s: 16, difference: 16 }, remedies: [
      { key: 'kernel', value: 32, isBlocky: false }, { key: 'padding', value: 0, isBlocky: true }] })
    assert.equal(blocks.code, 'blocks')
  })

  it('offers_only_what_gives_the_wanted_size', () => {
    for (let k = 1; k <= 9; k++) {
      for (let s = 2; s <= 4; s++) {
        for (let p = 0; p <= 4; p++) {
          for (const { remedies = [] } of made(`nn.ConvTranspose2d(1, 1, ${k}, ${s}, ${p})`, 1, 5).rows[0].notes) {
            for (const { key, value } of remedies) {
              const changed = { kernel: k, padding: p, more: 0, [key]: value }
              const mended = made(`nn.ConvTranspose2d(1, 1, ${changed.kernel}, ${s}, ${changed.padding}, ${changed.more})`, 1, 5)
              assert.deepEqual(shape(mended.rows[0]), [1, 5 * s, 5 * s], `${k} ${s} ${p} ${key}`)
            }
          }
        }
      }
    }
  })

  it('tells_how_stamps_overlap', () => {
    assert.deepEqual(notes('nn.ConvTranspose2d(1, 1, 4, 2, 1)', 1, 7), ['exact', 'even'])
    assert.deepEqual(notes('nn.ConvTranspose2d(1, 1, 3, 2, 1, 1)', 1, 7), ['exact', 'uneven'])
    assert.deepEqual(notes('nn.ConvTranspose2d(1, 1, 1, 2)', 1, 7), ['short', 'gaps'])
    assert.deepEqual(notes('nn.ConvTranspose2d(1, 1, 64, 32)', 1, 8), ['long', 'even'])
    assert.deepEqual(notes('nn.ConvTranspose2d(1, 1, 3, 2, 1, 2)', 1, 7), ['more_range', 'uneven'])
  })

  it('tells_that_channels_do_not_fit_and_goes_on', () => {
    const { rows } = made('nn.Conv2d(3, 8, 1)\nnn.Conv2d(16, 4, 1)\nnn.BatchNorm2d(8)')
    assert.deepEqual(rows.map(row => row.notes.map(({ code, values }) => [code, values['want'], values['got']])),
      [[], [['channels', 16, 8]], [['channels', 8, 4]]])
  })

  it('tells_where_a_map_vanishes_and_keeps_what_needs_no_map', () => {
    const { rows } = made('nn.Conv2d(3, 8, 3)\nnn.MaxPool2d(2)\nnn.Conv2d(8, 8, 7)\nnn.Conv2d(8, 4, 1)', 3, 8)
    assert.deepEqual(rows.map(shape), [[8, 6, 6], [8, 3, 3], null, null])
    assert.deepEqual(rows[2].notes, [{ level: 'bad', code: 'gone_kernel', values: { kernel: 7, cells: 3 } }])
    assert.equal(rows[3].parameters, 36)
    assert.equal(notes('nn.ConvTranspose2d(1, 1, 2, 1, 3)', 1, 4)[0], 'gone_trimmed')
  })

  it('tells_which_sizes_a_fully_connected_layer_takes', () => {
    const vgg = 'nn.Conv2d(3, 512, 3, padding=1)\n' + 'nn.MaxPool2d(2)\n'.repeat(5)
      + 'nn.Flatten()\nnn.Linear(512 * 7 * 7, 4096)'
    const of = (/** @type {number} */ side) => made(vgg, 3, side).rows.at(-1)?.notes
    const [some, conv] = [{ code: 'linear_some', values: { from: 224, to: 255 } },
      { side: 7, layer: 'nn.Conv2d(512, 4096, 7)' }]
    assert.deepEqual(of(224), [
      { level: 'note', ...some }, { level: 'note', code: 'linear_conv_here', values: { ...conv, rows: 1, columns: 1 } },
    ])
    assert.deepEqual(of(256), [
      { level: 'bad', code: 'linear', values: { want: 25088, got: 32768, map: '512×8×8' } }, { level: 'note', ...some },
      { level: 'note', code: 'linear_conv_here', values: { ...conv, rows: 2, columns: 2 } },
    ])
    assert.deepEqual(of(192)?.at(-1), { level: 'note', code: 'linear_conv', values: conv })
    assert.deepEqual(notes('nn.Linear(27, 2)', 3, 3), ['unflattened', 'linear_one', 'linear_conv_here'])
    assert.deepEqual(notes('nn.Flatten()\nnn.Linear(28, 2)', 3, 3), ['linear', 'linear_none'])
    assert.deepEqual(notes('nn.AdaptiveAvgPool2d(7)\nnn.Flatten()\nnn.Linear(147, 2)', 3, 64),
      ['linear_any', 'linear_conv_here'])
    assert.deepEqual(notes('nn.Flatten()\nnn.Linear(27, 2)\nnn.Conv2d(2, 2, 1)', 3, 3),
      ['linear_one', 'linear_conv_here', 'needs_map'])
    // The second gets what the first gives, whatever the input.
    const deep = made('nn.Flatten()\nnn.Linear(27, 4)\nnn.Linear(5, 2)', 3, 3).rows.at(-1)?.notes
    assert.deepEqual(deep, [{ level: 'bad', code: 'linear_row', values: { want: 5, got: 4 } }])
    assert.deepEqual(notes('nn.Flatten(2)\nnn.Linear(9, 2)', 3, 3), ['flatten'])
  })

  it('counts_vgg16s_multiply_adds_and_parameters', () => {
    const block = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ deep) =>
      Array.from({ length: deep }, (_, i) => `nn.Conv2d(${i ? to : from}, ${to}, 3, padding=1)`).join('\n')
        + '\nnn.MaxPool2d(2)\n'
    const vgg = block(3, 64, 2) + block(64, 128, 2) + block(128, 256, 3) + block(256, 512, 3) + block(512, 512, 3)
    // torchvision's vgg16 without its classifier, and what is published of it.
    const { parameters, macs, rows } = made(vgg)
    assert.equal(parameters, 14_714_688)
    assert.equal(Math.round(macs / 1e7), 1535)
    assert.deepEqual(rows.at(-1)?.field, [212, 212])
  })

  it('tells_what_pools_drop', () => {
    assert.deepEqual(made('nn.MaxPool2d(2)', 1, 7).rows[0].notes,
      [{ level: 'note', code: 'dropped', values: { rows: 1, columns: 1 } }])
    assert.deepEqual(notes('nn.MaxPool2d(2, ceil_mode=True)', 1, 7), [])
    assert.deepEqual(notes('nn.MaxPool2d(3, 2, 1)', 1, 7), [])
    assert.deepEqual(notes('nn.MaxPool2d(2, padding=2)', 1, 7), ['pool_padding'])
  })
})
