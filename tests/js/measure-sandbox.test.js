/** www/elements/measure/sandbox: puzzles that can be solved and aren't at the beginning, and grids as links tell them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SIDE, readGrid, writeGrid } from '../../www/elements/measure/sandbox/grids.js'
import { PUZZLES, isSolved, readingsOf } from '../../www/elements/measure/sandbox/puzzles.js'

describe('puzzles', () => {
  for (const puzzle of PUZZLES) {
    const { id, classes, truth, prediction, solution, goals } = puzzle
    it(`${id}_can_be_solved_and_isn_t_at_the_beginning`, () => {
      for (const grid of [truth, prediction, solution]) {
        assert.equal(grid.length, SIDE * SIDE)
        assert.ok(grid.every(value => value < classes || value === 255), `${grid}`)
      }
      // Nobody can paint void into a prediction.
      for (const grid of [prediction, solution]) assert.ok(grid.every(value => value < classes))
      assert.equal(isSolved(puzzle, truth, prediction), false)
      assert.equal(isSolved(puzzle, truth, solution), goals.length > 0)
    })
  }

  it('say_what_the_lecture_says_of_an_all_background_net', () => {
    const puzzle = PUZZLES.find(({ id }) => id === 'background') ?? PUZZLES[0]
    const { pixelAccuracy, meanIoU } = readingsOf(puzzle, puzzle.truth, puzzle.solution)
    assert.equal(pixelAccuracy?.toFixed(2), '0.73')
    assert.equal(meanIoU?.toFixed(3), '0.035')
    assert.equal(new Set(puzzle.truth).size, 21)
  })

  it('count_each_photo_by_itself_and_all_together', () => {
    const puzzle = PUZZLES.find(({ id }) => id === 'pooled') ?? PUZZLES[0]
    const { perPhoto, meanIoU, confusion } = readingsOf(puzzle, puzzle.truth, puzzle.solution)
    assert.equal(confusion.reduce((sum, count) => sum + count, 0), 144)
    // Left all is found; right two pixels of 72 are missed.
    assert.ok(Math.abs(Number(perPhoto) - (1 + 70 / 72 / 2) / 2) < 1e-12)
    assert.ok(Math.abs(Number(meanIoU) - (106 / 108 + 36 / 38) / 2) < 1e-12)
  })
})

describe('a grid in a link', () => {
  it('comes_back_as_it_was', () => {
    for (const { truth, solution, classes } of PUZZLES) {
      for (const grid of [truth, solution]) assert.deepEqual(readGrid(writeGrid(grid), classes), grid)
    }
    assert.equal(writeGrid(new Uint8Array(144)), 'A144')
  })

  it('is_none_where_it_can_t_be_read', () => {
    for (const text of ['', 'A', 'A143', 'A145', 'A144B', 'C144', 'a144', 'A0B144', 'A144x',
      '<A144', 'A999', '%', 'A-3']) {
      assert.equal(readGrid(text, 2), null, text)
    }
    assert.deepEqual(readGrid('.144', 2), new Uint8Array(144).fill(255))
  })
})
