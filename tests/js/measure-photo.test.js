/** www/elements/measure/photo/class-map.js: a truth's classes as a model's. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { classMap, mapped } from '../../www/elements/measure/photo/class-map.js'

const MODEL = [
  { id: 0, name: 'other' }, { id: 1, name: 'animal', includes: ['cat', 'dog', 'farm animal'] }, { id: 2, name: 'Road', includes: 7 },
]

describe('classes of a truth', () => {
  it('are_a_models_by_name_or_by_what_its_classes_are_made_of', () => {
    assert.deepEqual(classMap(['road', 'CAT', 'farm_animal', 'other', 'sofa'], MODEL), [2, 1, 1, 0, null])
  })

  it('are_a_kind_of_something_but_background_is_nothing_in_particular', () => {
    const model = [...MODEL, { id: 3, name: 'vehicle' }, { id: 4, name: 'rest', includes: ['background'] }]
    assert.deepEqual(classMap(['cow', 'bus', 'potted plant', 'background'], model), [1, 3, null, null])
    assert.deepEqual(classMap(['background'], [{ id: 7, name: 'background' }]), [7])
  })

  it('are_left_out_where_the_model_has_none_and_so_is_void', () => {
    const { values, left } = mapped(Uint8Array.of(0, 1, 2, 255, 9), [2, null, 1])
    assert.deepEqual([[...values], left], [[2, 255, 1, 255, 255], 2])
  })
})
