/** www/elements/measure/folder: which files belong together, and what a spreadsheet gets. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import './dom.js'
import { pairsOf } from '../../www/elements/measure/folder/pairs.js'
import { csvOf } from '../../www/elements/measure/folder/save.js'

/** @param {string} path within a chosen folder, or a name */
function file(path) {
  const made = new File([], path.split('/').at(-1) ?? '')
  if (path.includes('/')) Object.defineProperty(made, 'webkitRelativePath', { value: path })
  return made
}

/** @param {string[]} truths @param {string[]} predictions */
function paired(truths, predictions) {
  const { pairs, alone } = pairsOf(truths.map(file), predictions.map(file))
  return { names: pairs.map(({ name }) => name), files: pairs.map(({ truth, prediction }) => [truth.name, prediction.name]), alone }
}

describe('pairs', () => {
  it('are_found_by_name_in_the_order_of_names', () => {
    const { names, alone } = paired(['b.png', 'a.PNG', 'c.png', 'notes.txt'], ['a.png', 'b.png', 'd.png', '.DS_Store'])
    assert.deepEqual([names, alone], [['a', 'b'], { truths: ['c'], predictions: ['d'] }])
  })

  it('may_end_differently_on_each_side_as_data_sets_have_it', () => {
    const truths = ['gt/aachen/aachen_000000_000019_gtFine_labelIds.png', 'gt/aachen/aachen_000001_000019_gtFine_labelIds.png']
    const { names, alone } = paired(truths, ['out/aachen_000001_000019.png', 'out/aachen_000000_000019.png'])
    assert.deepEqual([names, alone], [['aachen_000000', 'aachen_000001'], { truths: [], predictions: [] }])
    // What these happen to end with is no ending of a data set's.
    assert.deepEqual(paired(['x_1.png', 'y_1.png'], ['x_1.png', 'y_1.png', 'z_2.png']).names, ['x_1', 'y_1'])
    assert.deepEqual(paired(['m/1-mask.png', 'm/2-mask.png'], ['p/1.png', 'p/2.png']).names, ['1', '2'])
    assert.deepEqual(paired(['2007_000032.png', '2007_000039.png'], ['2007_000032.png', '2007_000039.png']).names, ['2007_000032', '2007_000039'])
  })

  it('are_told_apart_by_their_folders_where_names_alone_are_not_enough', () => {
    const { names } = paired(['t/x/1.png', 't/y/1.png'], ['p/x/1.png', 'p/y/1.png'])
    assert.deepEqual(names, ['x/1', 'y/1'])
    assert.deepEqual(paired(['t/x/1.png', 't/y/2.png'], ['p/1.png', 'p/2.png']).names, ['1', '2'])
  })
})

describe('a table for a spreadsheet', () => {
  it('keeps_every_digit_and_is_no_formula', () => {
    const metrics = { pixelAccuracy: 1 / 3, meanAccuracy: 0.5, iou: [], meanIoU: null, frequencyWeightedIoU: 0.1 + 0.2, void: 7 }
    const text = csvOf([
      { name: 'a,"b"', metrics, problem: null }, { name: '=1+1', metrics: null, problem: { kind: 'pair_sizes', details: {} } },
    ])
    assert.deepEqual(text.split('\n'), [
      'picture,pixelAccuracy,meanAccuracy,meanIoU,frequencyWeightedIoU,void,problem',
      '"a,""b""",0.3333333333333333,0.5,,0.30000000000000004,7,', "'=1+1,,,,,,pair_sizes", '',
    ])
  })
})
