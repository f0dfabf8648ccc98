/** www/lib/labelling.js: each tool beside a plain twin that asks every pixel. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fillArea, fillPolygons, fillRuns, stroke, unpackRuns } from '../../www/lib/labelling.js'

/** Numbers that look random, and are the same every time. @param {number} seed */
function random(seed) {
  return () => {
    seed = (seed * 1664525 + 1013904223) >>> 0
    return seed / 2 ** 32
  }
}

/** @param {number} width @param {number} height */
const empty = (width, height) => ({ values: new Uint8Array(width * height), width, height })

/** @typedef {import('../../www/lib/labelling.js').Point} Point */

describe('labelling by hand', () => {
  it('a_stroke_paints_what_is_within_its_radius_of_the_line', () => {
    const next = random(3)
    for (let round = 0; round < 40; round++) {
      const map = empty(23, 17)
      const at = () => /** @type {Point} */ ([next() * 29 - 3, next() * 23 - 3])
      const [from, to, radius] = [at(), at(), 0.8 + next() * 6]
      stroke(map, from, to, radius, 7)
      map.values.forEach((value, i) => {
        const [x, y] = [i % 23 + 0.5, Math.floor(i / 23) + 0.5]
        // Many points of the line instead of the nearest one.
        let near = Infinity
        for (let part = 0; part <= 4000; part++) {
          near = Math.min(near, Math.hypot(x - from[0] - (to[0] - from[0]) * part / 4000,
            y - from[1] - (to[1] - from[1]) * part / 4000))
        }
        if (Math.abs(near - radius) > 0.01 && !ends(i % 23, Math.floor(i / 23), from, to)) assert.equal(value,
          near < radius ? 7 : 0)
      })
    }
  })

  it('the_smallest_brush_paints_the_pixel_it_is_in', () => {
    const map = empty(5, 5)
    stroke(map, [2.05, 3.9], [2.05, 3.9], 0.5, 1)
    assert.deepEqual([...map.values].flatMap((value, at) => value ? [at] : []), [17])
  })

  it('polygons_have_the_pixels_from_whose_middle_an_odd_number_of_edges_is_crossed', () => {
    const next = random(11)
    for (let round = 0; round < 60; round++) {
      const map = empty(31, 19)
      const rings = Array.from({ length: 1 + round % 3 }, () =>
        Array.from({ length: 3 + Math.floor(next() * 7) },
          () => /** @type {Point} */ ([next() * 40 - 4, next() * 27 - 4])))
      const { left, top, width, height } = fillPolygons(map, rings, 9)
      map.values.forEach((value, i) => {
        const [x, y] = [i % 31 + 0.5, Math.floor(i / 31) + 0.5]
        const crossed = rings.flatMap(ring =>
          ring.map((a, at) => /** @type {const} */ ([a, ring[(at + 1) % ring.length]])))
          .filter(([a, b]) => (a[1] <= y) !== (b[1] <= y)
            && a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1]) <= x).length
        assert.equal(value, crossed % 2 ? 9 : 0, `round ${round}, pixel ${i}`)
        if (value) assert.ok(i % 31 >= left && i % 31 < left + width && y > top && y < top + height)
      })
    }
  })

  it('a_rectangle_on_whole_pixels_has_its_area_and_lines_and_points_have_none', () => {
    const map = empty(10, 10)
    fillPolygons(map, [[[2, 3], [7, 3], [7, 9], [2, 9]]], 1)
    assert.equal(map.values.reduce((sum, value) => sum + value, 0), 30)
    for (const ring of /** @type {Point[][]} */ ([[], [[1, 1]], [[1, 1], [5, 5]], [[NaN, 0], [5, Infinity], [2, 2]]])) {
      assert.equal(fillPolygons(empty(4, 4), [ring], 1).width, 0)
    }
  })

  it('a_fill_takes_all_that_hangs_together_by_sides', () => {
    const next = random(5)
    for (let round = 0; round < 60; round++) {
      const [width, height] = [1 + Math.floor(next() * 14), 1 + Math.floor(next() * 14)]
      const map = empty(width, height)
      map.values.set(Array.from(map.values, () => Math.floor(next() * 2)))
      const [x, y] = [Math.floor(next() * width), Math.floor(next() * height)]
      const expected = Uint8Array.from(map.values)
      const former = expected[y * width + x]
      const spread = (/** @type {number} */ column, /** @type {number} */ row) => {
        if (column < 0 || row < 0 || column >= width || row >= height
          || expected[row * width + column] !== former) return
        expected[row * width + column] = 5
        for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) spread(column + dx, row + dy)
      }
      spread(x, y)
      fillArea(map, x, y, 5)
      assert.deepEqual(map.values, expected)
    }
    assert.deepEqual(fillArea(empty(2, 2), 5, 0, 1), { left: 0, top: 0, width: 0, height: 0 })
  })

  it('run_lengths_go_down_the_columns', () => {
    const map = empty(3, 2)
    assert.equal(fillRuns(map, [1, 2, 3], 4), true)
    assert.deepEqual([...map.values], [0, 4, 0, 4, 0, 0])
    for (const bad of [[1, 2], [1, 2, 4], [-1, 7], [1.5, 4.5]]) assert.equal(fillRuns(empty(3, 2), bad, 4), false)
  })

  it('packed_run_lengths_are_pycocotools_own', () => {
    // pycocotools 2.0.11, encode(): of a 5×4 mask whose rows 1 and 2 are set in columns 1 to 3, and of one of 400×300 whose
    // first pixel, three columns of 200 and one pixel of the last column are set; beside the runs counted one by one.
    assert.deepEqual(unpackRuns('5220003'), [5, 2, 2, 2, 2, 2, 5])
    assert.deepEqual(unpackRuns('01Q[m0W6ShRO000aef2iIc`YM'), [0, 1, 30049, 200, 100, 200, 100, 200, 88853, 1, 296])
    for (const bad of ['~', 'P', ' 5']) assert.equal(unpackRuns(bad), null)
  })
})

/** @param {number} column @param {number} row @param {readonly Point[]} points */
const ends = (column, row, ...points) => points.some(([x, y]) => Math.floor(x) === column && Math.floor(y) === row)
