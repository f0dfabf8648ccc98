/** www/elements/segment/batch: the table of all photos. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { table } from '../../www/elements/segment/batch/table.js'

describe('the table of many photos', () => {
  const classes = [{ id: 0, name: 'other', color: '#000000' }, { id: 1, name: 'person, sitting', color: '#ff0000' }]
  const done = { result: { width: 4, height: 2, variant: 'fcn8s', classes },
    areas: [{ id: 1, pixels: 3, share: 0.375 }, { id: 0, pixels: 5, share: 0.625 }] }

  it('has_a_row_a_photo_and_a_column_a_class_and_is_no_formula', () => {
    assert.equal(table([
      { photo: { path: 'x/a.jpg' }, done, failure: null },
      { photo: { path: '=cmd.jpg' }, done: null, failure: { code: 'truncated_image' } },
      { photo: { path: 'c.jpg' }, done: null, failure: null },
      { photo: { path: 'd.jpg' }, done: { ...done, areas: [{ id: 0, pixels: 8, share: 1 }] }, failure: null },
    ], { model: 'everyday', size: '384' }), [
      'photo,width,height,model,variant,size,other,"person, sitting",problem',
      'x/a.jpg,4,2,everyday,fcn8s,384,0.625000,0.375000,',
      "'=cmd.jpg,,,,,,,,truncated_image",
      'c.jpg,,,,,,,,not_done',
      'd.jpg,4,2,everyday,fcn8s,384,1.000000,0,', ''].join('\n'))
    assert.equal(table([{ photo: { path: 'a.jpg' }, done: null, failure: null }], { model: '', size: '' }),
      'photo,width,height,model,variant,size,problem\na.jpg,,,,,,not_done\n')
  })
})
