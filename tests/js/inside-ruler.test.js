/** The ruler's net against PyTorch's layers: tests/reference/fixtures/reference_sizes.json. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { toNumber } from '../../www/lib/fraction.js'
import { PRESETS, fieldIn, hull, netOf, outputOf, seenBy, smallest } from '../../www/elements/inside/ruler/net.js'

/** @typedef {import('../../www/elements/inside/ruler/net.js').Settings} Settings */

/** @type {{columns: string[], ceil: number[][], floor: number[][]}} */
const pytorch = JSON.parse(readFileSync(new URL('../reference/fixtures/reference_sizes.json', import.meta.url), 'utf8'))
const HEADS = ['32s', '16s', '8s']

/** @param {Settings} settings @param {string} name */
const row = (settings, name) => netOf(settings).rows.find(each => each.name === name)

describe('the net of the ruler', () => {
  for (const pools of /** @type {const} */ (['ceil', 'floor'])) {
    it(`has_pytorchs_sizes_and_covers_what_it_covers_for_every_photo_${pools}`, () => {
      assert.equal(pytorch[pools].length, 600)
      for (const line of pytorch[pools]) {
        const told = Object.fromEntries(pytorch.columns.map((name, i) => [name, line[i]]))
        let covers = 0
        for (const [i, head] of HEADS.entries()) {
          const net = netOf({ ...PRESETS.paper, pixels: told['input'], pools, head })
          const names = new Set(net.rows.map(({ name }) => name))
          for (const { name, size } of net.rows) {
            const column = { conv1_1: 'conv1', score_fr: 'fc6' }[name] ?? name
            // A sum that isn't whole is where the authors' net stops.
            if (column in told && net.rows.every(({ isWhole }) => isWhole)) assert.equal(size,
              told[column], `${told['input']} ${name}`)
          }
          assert.equal(names.has('score_fr'), told['fc6'] > 0, `${told['input']}`)
          const output = outputOf(net)
          const isCovered = output && output.missingAfter === 0 && net.rows.every(({ isWhole }) => isWhole)
          if (isCovered) covers += 2 ** i
        }
        assert.equal(covers, told['covers'], `${told['input']}`)
      }
    })
  }

  it('crops_the_papers_nets_at_19_at_5_and_27_and_at_5_9_and_31', () => {
    const crops = HEADS.map(head => outputOf(netOf({ ...PRESETS.paper, head }))?.crops)
    assert.deepEqual(crops, [[19], [5, 27], [5, 9, 31]])
  })

  it('has_the_same_crops_for_every_photo_and_what_is_left_over_at_the_end', () => {
    const sizes = (/** @type {number} */ pixels, /** @type {string} */ head, /** @type {string[]} */ ...names) =>
      names.map(name => row({ ...PRESETS.paper, pixels, head }, name)?.size)
    assert.deepEqual(sizes(500, '32s', 'conv1_2', 'pool1', 'pool2', 'pool3', 'pool4', 'pool5', 'score_fr', 'upscore'),
      [698, 349, 175, 88, 44, 22, 16, 544])
    for (const [pixels, ...enlarged] of [[500, 544, 560, 568], [375, 416, 432, 440], [2048, 2112, 2128, 2136],
      [1, 64, 80, 88]]) {
      for (const [i, head] of HEADS.entries()) {
        const output = outputOf(netOf({ ...PRESETS.paper, pixels, head }))
        assert.deepEqual([output?.size, output?.zero], [enlarged[i], [19, 27, 31][i]], `${pixels} ${head}`)
        // Half of 568 − 500 would be 34.
        assert.ok(enlarged[i] - pixels - 2 * [19, 27, 31][i] > 0)
      }
    }
  })

  it('crops_nothing_in_the_lectures_net_where_sizes_are_multiples_of_32', () => {
    for (const pixels of [32, 224, 480]) {
      for (const head of HEADS) {
        const output = outputOf(netOf({ ...PRESETS.lecture, pixels, head }))
        assert.deepEqual(output && [...new Set(output.crops), output.size, output.missingAfter], [0, pixels, 0])
      }
    }
  })

  it('makes_256_of_224_where_pools_round_down', () => {
    const output = outputOf(netOf(PRESETS.port))
    assert.equal(output?.size, 256)
    assert.equal(output?.missingAfter, 0)
    assert.deepEqual(outputOf(netOf({ ...PRESETS.paper, head: '32s' }))?.size, 288)
  })

  it('says_how_much_of_the_photo_the_output_lacks', () => {
    // 256 cells, of which 19 lie before the photo and 237 on it.
    assert.deepEqual(outputOf(netOf({ ...PRESETS.port, pixels: 249 })), {
      size: 256, zero: 19, missingBefore: 0, missingAfter: 12, crops: [19],
    })
    assert.equal(outputOf(netOf({ ...PRESETS.lecture, pixels: 255, head: '32s' }))?.missingAfter, 31)
  })

  it('names_the_layer_for_which_too_few_cells_are_left_and_from_which_size_on_there_are_enough', () => {
    const small = { ...PRESETS.port, pixels: 1 }
    assert.deepEqual(netOf(small).vanished, { name: 'fc6', kernel: 7, cells: 6, before: 'pool5' })
    assert.equal(outputOf(netOf(small)), null)
    const least = smallest(small) ?? NaN
    assert.ok(netOf({ ...small, pixels: least - 1 }).vanished && !netOf({ ...small, pixels: least }).vanished)
    assert.equal(least, pytorch.floor.find(line => line[7] > 0)?.[0])
    assert.equal(netOf({ ...small, pad: 0 }).vanished?.name, 'conv1_1')
    assert.equal(smallest({ ...PRESETS.lecture, fc6: 7 }), 224)
  })

  it('gives_the_fields_of_the_papers_maps', () => {
    const net = netOf(PRESETS.paper)
    const fields = ['pool1', 'pool2', 'pool3', 'pool4', 'conv5_3', 'pool5', 'score_fr']
      .map(name => fieldIn(net, net.rows.findIndex(each => each.name === name)))
    assert.deepEqual(fields, [6, 16, 44, 100, 196, 212, 404])
    assert.equal(toNumber(row(PRESETS.paper, 'pool4')?.place.start ?? { n: 0, d: 1 }), -91.5)
  })

  it('follows_a_cell_back_through_both_ways_into_a_sum', () => {
    const net = netOf(PRESETS.paper)
    const at = (/** @type {string} */ name) => net.rows.findIndex(each => each.name === name)
    const seen = seenBy(net, at('+ pool4'), 4)
    assert.deepEqual(hull(seen.get(at('upscore2'))), [4, 4])
    // What is added is pool4's cell 4 + 5; the way over score_fr reaches further, and includes it.
    assert.ok((seen.get(at('pool4')) ?? []).some(([from, to]) => from <= 9 && to >= 9))
    assert.deepEqual(hull(seen.get(at('score_fr'))), [1, 2])
    const [from, to] = hull(seen.get(0)) ?? [NaN, NaN]
    assert.ok(from === 0 && to < 600)
  })

  it('cuts_a_sum_to_what_both_maps_have', () => {
    // 225 pixels in the lecture's net, pools rounded up: twice 8 cells meet 15.
    const sum = row({ ...PRESETS.lecture, pixels: 225, pools: 'ceil', head: '16s' }, '+ pool4')
    assert.deepEqual([sum?.isWhole, sum?.size], [false, 15])
  })
})
