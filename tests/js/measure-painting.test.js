/** www/elements/measure/paint: tools, what is undone, and what keys do. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Painter } from '../../www/elements/measure/paint/controller.js'
import { Painting } from '../../www/elements/measure/paint/painting.js'

const VOID = 255
const none = () => new Uint8Array(12 * 8).fill(VOID)
const SIZE = { width: 12, height: 8 }

/** @param {Uint8Array} values @param {number} id */
const count = (values, id) => values.filter(value => value === id).length

describe('a painting', () => {
  it('undoes_and_redoes_each_step_exactly', () => {
    const painting = new Painting(none(), SIZE)
    const seen = [painting.values]
    painting.id = 3
    painting.radius = 2
    const act = [
      () => { painting.begin([2, 2]); painting.move([9, 6]); painting.end() },
      () => { painting.tool = 'polygon'; painting.id = 1; for (const corner of /** @type {[number, number][]} */ ([[6,
        0], [12, 0], [12, 5]])) painting.begin(corner); painting.close() },
      () => { painting.tool = 'fill'; painting.id = 2; painting.begin([0.5, 7.5]) },
      () => { painting.tool = 'eraser'; painting.begin([6, 4]); painting.end() },
      () => painting.set(null),
    ]
    for (const step of act) {
      step()
      seen.push(painting.values)
      assert.notDeepEqual(seen.at(-1), seen.at(-2))
    }
    for (let at = act.length - 1; at >= 0; at--) {
      assert.equal(painting.undo(), true)
      assert.deepEqual(painting.values, seen[at])
    }
    assert.equal(painting.undo(), false)
    for (let at = 1; at <= act.length; at++) {
      assert.equal(painting.redo(), true)
      assert.deepEqual(painting.values, seen[at])
    }
    assert.equal(painting.redo(), false)
  })

  it('has_no_step_where_nothing_is_another_and_drops_what_was_undone_at_the_next', () => {
    const painting = new Painting(none(), SIZE)
    assert.equal(painting.set(null), false)
    assert.equal(painting.canUndo, false)
    painting.begin([3, 3])
    assert.equal(painting.end(), true)
    painting.undo()
    painting.begin([8, 3])
    painting.end()
    assert.equal(painting.canRedo, false)
  })

  it('takes_back_a_stroke_that_becomes_a_pinch', () => {
    const painting = new Painting(none(), SIZE)
    painting.begin([3, 3])
    painting.move([9, 3])
    painting.cancel()
    assert.deepEqual(painting.values, none())
    assert.equal(painting.end(), false)
  })

  it('begins_with_a_copy_and_gives_copies', () => {
    const given = none()
    const painting = new Painting(given, SIZE)
    const values = painting.values
    painting.begin([3, 3])
    painting.end()
    assert.deepEqual([given, values], [none(), none()])
  })
})

describe('painting by keys', () => {
  /** @param {string} keys one letter each; ↑↓←→ arrows, ⏎ Enter, ⌫ Backspace, ⎋ Escape, ␣ Space */
  function press(keys) {
    /** @type {Uint8Array[]} */
    const done = []
    const classes = [{ id: 0, name: 'other', color: '#000000' }, { id: 4, name: 'cow', color: '#ff0000' }]
    const painter = new Painter({ changed: () => {}, done: values => done.push(values) }, SIZE, classes, none())
    const NAMES = /** @type {Record<string, string>} */ ({ '↑': 'ArrowUp', '↓': 'ArrowDown',
      '←': 'ArrowLeft', '→': 'ArrowRight', '⏎': 'Enter', '⌫': 'Backspace', '⎋': 'Escape', '␣': ' ' })
    painter.actions.setRadius(1)
    for (const key of keys) painter.actions.key({ key: NAMES[key] ?? key, isMany: false,
      isUndo: key === 'u', isRedo: key === 'r' })
    return { painter, done, values: painter.values }
  }

  it('paints_where_the_cursor_is_and_holds_the_brush_down', () => {
    const dab = press('→␣')
    assert.deepEqual([dab.done.length, dab.values[4 * 12 + 6]], [1, 0])
    const line = press('4→⏎→→→⏎')
    assert.equal(line.done.length, 1)
    assert.deepEqual([6, 7, 8, 9].map(column => line.values[4 * 12 + column]), [4, 4, 4, 4])
    assert.equal(press('4→⏎→→⎋').values.every(value => value === VOID), true)
    assert.equal(press('4→⏎→→⎋').done.length, 0)
    assert.deepEqual(press('→␣u').values, none())
    assert.equal(count(press('→␣ur').values, 0), count(dab.values, 0))
  })

  it('sets_corners_and_closes_them', () => {
    const painter = press('→')
    painter.painter.actions.setTool('polygon')
    const key = (/** @type {string} */ key) =>
      painter.painter.actions.key({ key, isMany: false, isUndo: false, isRedo: false })
    key(' ')
    for (let i = 0; i < 4; i++) key('ArrowRight')
    key(' ')
    for (let i = 0; i < 3; i++) key('ArrowDown')
    key(' ')
    key('ArrowLeft')
    key(' ')
    key('Backspace')
    assert.equal(painter.painter.state.corners.length, 3)
    key('Enter')
    assert.ok(count(painter.painter.values, 0) > 3)
    assert.equal(painter.done.length, 1)
  })

  it('takes_back_what_is_under_way_before_what_is_done', () => {
    const held = press('→␣4→⏎→→u')
    assert.deepEqual([held.painter.state.isHeld, held.done.length, count(held.values, 4)], [false, 1, 0])
    assert.ok(count(held.values, 0) > 0)
    const { painter } = press('→␣')
    painter.actions.setTool('polygon')
    const point = (/** @type {number} */ x, /** @type {'down' | 'up' | 'cancel'} */ phase) =>
      painter.actions.point({ at: [x, 2], phase, reach: 0.1 })
    for (const x of [1, 4, 7]) { point(x, 'down'); point(x, 'up') }
    painter.actions.undo()
    assert.equal(painter.state.corners.length, 2)
    // The beginning of a pinch is no corner, and those before it stay.
    point(9, 'down')
    point(9, 'cancel')
    assert.equal(painter.state.corners.length, 2)
    painter.actions.setTool('fill')
    point(9, 'down')
    point(9, 'cancel')
    assert.equal(count(painter.values, VOID), count(press('→␣').values, VOID))
    point(9, 'down')
    point(9, 'up')
    assert.equal(count(painter.values, VOID), 0)
  })

  it('ends_a_held_stroke_where_the_pointer_comes', () => {
    const { painter, done } = press('4→⏎→→→')
    painter.actions.point({ at: [2, 2], phase: 'down', reach: 1 })
    painter.actions.point({ at: [2, 2], phase: 'up', reach: 1 })
    assert.equal(done.length, 2)
    painter.actions.undo()
    painter.actions.undo()
    assert.deepEqual(painter.values, none())
  })

  it('keeps_the_cursor_in_sight', () => {
    const { painter } = press('→+++' + '→'.repeat(4))
    const { view, cursor } = painter.state
    assert.ok(view.zoom > 3 && Math.abs((cursor?.[0] ?? 0) / 12 - view.x) <= 0.5 / view.zoom)
  })

  it('never_leaves_the_photo', () => {
    const { painter } = press('→'.repeat(40) + '↑'.repeat(40))
    assert.deepEqual(painter.state.cursor, [11.5, 0.5])
    assert.deepEqual(painter.state.told, { column: 11, row: 0, id: VOID })
  })
})
