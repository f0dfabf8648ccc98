/** How a cell of `<fcn-inside>` is written out: a window and what of it lies on the map, and sums over places. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { partsOf, sharesOf } from '../../www/elements/inside/stages/placed.js'
import { isOnMap, winnerOf } from '../../www/elements/inside/stages/window.js'

const window = { kernel: 3, stride: 2, padding: [1, 1], dilation: 1 }

describe('a window', () => {
  it('lies_on_the_map_but_for_its_padding', () => {
    const corner = { window, from: [-1, -1], size: [4, 4] }
    assert.deepEqual([...Array(9).keys()].filter(place => isOnMap(corner, place)), [4, 5, 7, 8])
    const end = { window, from: [2, 3], size: [4, 4] }
    assert.deepEqual([...Array(9).keys()].filter(place => isOnMap(end, place)), [0, 3])
    const wide = { window: { ...window, dilation: 2 }, from: [-1, 1], size: [4, 4] }
    assert.deepEqual([...Array(9).keys()].filter(place => isOnMap(wide, place)), [3, 4, 6, 7])
  })

  it('has_a_winner_on_the_map_where_padding_would_be_larger', () => {
    const corner = { window, from: [-1, -1], size: [4, 4] }
    // ResNet's pool lies behind a ReLU, but nothing says that every pool does.
    assert.equal(winnerOf({ ...corner, values: [0, 0, 0, 0, -3, -1, 0, -2, -1] }), 5)
    // Of two that are equal the first, as PyTorch has it; padding of the same value isn't it.
    assert.equal(winnerOf({ ...corner, values: Array(9).fill(0) }), 4)
    assert.equal(winnerOf({ window, from: [9, 9], size: [4, 4], values: Array(9).fill(0) }), -1)
  })
})

describe('a cell that is a sum over cells', () => {
  const place = { stage: 'score_fr', row: 0, column: 0, tap: [0, 0] }
  // Two channels of three places.
  const made = { channels: 2, places: [place, place, place], values: Float32Array.of(1, 2, 3, -4, 5, 0),
    weights: Float32Array.of(2, 0, 1, 3, 1, 9) }

  it('is_written_out_by_channel_the_one_that_counts_most_first', () => {
    assert.deepEqual(partsOf(made), [{ channel: 1, products: [-12, 5, 0], part: -7 },
      { channel: 0, products: [2, 0, 3], part: 5 }])
  })

  it('is_drawn_by_place_all_channels_together', () => {
    assert.deepEqual(sharesOf(made), [-10, 5, 3])
  })
})
