/** www/elements/measure/folder: which files are what, which belong together, and what comparing them loads. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { codingOf, decoded } from '../../www/elements/measure/folder/coding.js'
import { chosen, walk, within } from '../../www/elements/common/files/files.js'
import { layoutOf } from '../../www/elements/measure/folder/layout.js'
import { pairsOf, shotsOf } from '../../www/elements/measure/folder/pairs.js'
import { take } from '../../www/elements/measure/folder/take.js'
import { scripts } from '../doors/imports.js'
import { reachable } from '../doors/rules.js'

/** @typedef {import('../../www/elements/common/files/files.js').Entry} Entry */

/** @param {string} path @returns {Entry} */
const entry = path => ({ file: new File([], path.split('/').at(-1) ?? ''), path })
/** @param {readonly Entry[]} entries */
const paths = entries => entries.map(({ path }) => path)

/** @param {string[]} truths @param {string[]} predictions paths within a chosen folder, or names */
function paired(truths, predictions) {
  const { pairs, alone } = pairsOf(within(truths.map(entry)), within(predictions.map(entry)))
  return { names: pairs.map(({ name }) => name),
    files: pairs.map(({ truth, prediction }) => [truth.file.name, prediction.file.name]), alone }
}

describe('pairs', () => {
  it('are_found_by_name_in_the_order_of_names', () => {
    const { names, alone } = paired(['b.png', 'a.PNG', 'c.png', 'notes.txt'], ['a.png', 'b.png', 'd.png', '.DS_Store'])
    assert.deepEqual([names, alone], [['a', 'b'], { truths: ['c'], predictions: ['d'] }])
  })

  it('may_end_differently_on_each_side_as_data_sets_have_it', () => {
    const truths = ['gt/aachen/aachen_000000_000019_gtFine_labelIds.png',
      'gt/aachen/aachen_000001_000019_gtFine_labelIds.png']
    const { names, alone } = paired(truths, ['out/aachen_000001_000019.png', 'out/aachen_000000_000019.png'])
    assert.deepEqual([names, alone], [['aachen_000000', 'aachen_000001'], { truths: [], predictions: [] }])
    // What these happen to end with is no ending of a data set's.
    assert.deepEqual(paired(['x_1.png', 'y_1.png'], ['x_1.png', 'y_1.png', 'z_2.png']).names, ['x_1', 'y_1'])
    assert.deepEqual(paired(['m/1-mask.png', 'm/2-mask.png'], ['p/1.png', 'p/2.png']).names, ['1', '2'])
    assert.deepEqual(paired(['2007_000032.png', '2007_000039.png'], ['2007_000032.png', '2007_000039.png']).names,
      ['2007_000032', '2007_000039'])
  })

  it('are_told_apart_by_their_folders_where_names_alone_are_not_enough', () => {
    const { names } = paired(['t/x/1.png', 't/y/1.png'], ['p/x/1.png', 'p/y/1.png'])
    assert.deepEqual(names, ['x/1', 'y/1'])
    assert.deepEqual(paired(['t/x/1.png', 't/y/2.png'], ['p/1.png', 'p/2.png']).names, ['1', '2'])
    // Two truths of one name: both sides are read with their folders then.
    assert.deepEqual(paired(['t/x/1.png', 't/y/1.png'], ['p/x/1.png', 'p/z/2.png']).names, ['x/1'])
  })

  it('of_photos_keep_those_without_a_truth_and_tell_two_apart_that_differ_in_their_endings', () => {
    const { shots, alone } = shotsOf(['b.jpg', 'a.JPG', 'a.webp', 'c.png'].map(entry),
      ['a.png', 'c.png', 'x.png', 'b.jpg'].map(entry))
    assert.deepEqual(shots.map(({ name, truth }) => [name, truth?.path ?? null]),
      [['a', 'a.png'], ['a.webp', null], ['b', null], ['c', 'c.png']])
    assert.deepEqual(alone, { photos: ['a', 'b'], truths: ['x'] })
    const city = shotsOf(['t/ulm_000001_000019_leftImg8bit.png', 't/ulm_000001_000020_leftImg8bit.png'].map(entry),
      [entry('t/ulm_000001_000019_gtFine_labelIds.png')])
    assert.deepEqual(city.shots.map(({ name, truth }) => [name, truth !== null]),
      [['ulm_000001_000019', true], ['ulm_000001_000020', false]])
  })

  it('of_ten_thousand_files_are_all_found', () => {
    const many = (/** @type {string} */ folder, /** @type {string} */ ending) =>
      Array.from({ length: 10_000 }, (_, i) => entry(`${folder}/${i % 100}/${i}${ending}`))
    assert.equal(pairsOf(many('t', '_mask.png'), many('p', '.png')).pairs.length, 10_000)
    assert.equal(shotsOf(many('p', '.jpg'), many('t', '_mask.png')).shots.filter(({ truth }) => truth).length, 10_000)
    assert.equal(layoutOf([...many('d/images', '.jpg'), ...many('d/masks', '.png')]).sides.truths.length, 10_000)
  })
})

/** A folder's entry as a browser gives it, three at a time. @param {string} path @param {Record<string, unknown>} inside */
function folder(path, inside) {
  const children = Object.entries(inside).map(([name, each]) => each === null ? fileEntry(`${path}/${name}`)
    : each instanceof Error ? fileEntry(`${path}/${name}`, each)
      : folder(`${path}/${name}`, /** @type {Record<string, unknown>} */ (each)))
  return /** @type {FileSystemDirectoryEntry} */ (/** @type {unknown} */ ({
    isDirectory: true, isFile: false, fullPath: path,
    createReader: () => {
      const left = [...children]
      return { readEntries: (/** @type {(entries: unknown[]) => void} */ done) =>
        queueMicrotask(() => done(left.splice(0, 3))) }
    },
  }))
}

/** @param {string} path @param {Error} [error] */
function fileEntry(path, error) {
  return {
    isDirectory: false, isFile: true, fullPath: path,
    file: (/** @type {(file: File) => void} */ done, /** @type {(error: Error) => void} */ fail) =>
      error ? fail(error) : done(new File([], path.split('/').at(-1) ?? '')),
  }
}

describe('files', () => {
  const never = new AbortController().signal

  it('of_a_dropped_folder_are_walked_through_with_their_paths_and_without_what_systems_leave_behind', async () => {
    const dropped = folder('/VOC', {
      JPEGImages: { 'a.jpg': null, 'b.jpg': null, 'c.jpg': null, 'd.jpg': null, 'Thumbs.db': null },
      SegmentationClass: { 'a.png': null, '._a.png': null, '.DS_Store': null }, ImageSets: { 'train.txt': null },
      Annotations: { 'a.xml': null }, __MACOSX: { 'x.png': null }, '.git': { 'y.png': null },
    })
    const told = /** @type {number[]} */ ([])
    const found = await walk([dropped, new File([], 'e.png')], { signal: never, told: count => told.push(count) })
    assert.deepEqual(paths(found.entries).sort(), ['VOC/JPEGImages/a.jpg', 'VOC/JPEGImages/b.jpg',
      'VOC/JPEGImages/c.jpg', 'VOC/JPEGImages/d.jpg', 'VOC/SegmentationClass/a.png', 'e.png'])
    assert.deepEqual([found.isCut, found.lost, told.at(-1)], [false, 0, 6])
  })

  it('of_a_dropped_folder_are_no_more_than_a_limit_and_those_that_are_gone_are_counted', async () => {
    const many = folder('/x', Object.fromEntries(Array.from({ length: 20 },
      (_, i) => [`${i}.png`, i === 3 ? new Error('gone') : null])))
    const found = await walk([many], { signal: never, most: 10 })
    assert.deepEqual([found.entries.length, found.isCut, found.lost], [9, true, 1])
    const stop = new AbortController()
    stop.abort()
    await assert.rejects(walk([many], { signal: stop.signal }))
  })

  it('that_are_chosen_keep_their_paths', () => {
    const file = new File([], 'a.png')
    Object.defineProperty(file, 'webkitRelativePath', { value: 'x/y/a.png' })
    assert.deepEqual(paths(chosen([file, new File([], 'b.JPEG'), new File([], 'c.txt')]).entries),
      ['x/y/a.png', 'b.JPEG'])
    assert.deepEqual(paths(within([entry('x/y/a.png'), entry('x/b.png')])), ['y/a.png', 'b.png'])
    assert.deepEqual(paths(within([entry('x/a.png'), entry('b.png')])), ['x/a.png', 'b.png'])
  })
})

describe('a layout', () => {
  /** @param {string[]} list */
  const read = list => {
    const { sides, rest, told, aside } = layoutOf(list.map(entry))
    return { photos: paths(sides.photos), truths: paths(sides.truths), predictions: paths(sides.predictions),
      rest: paths(rest), told, aside }
  }

  it('of_pascal_voc_is_known_by_its_folders', () => {
    const { photos, truths, told, aside } = read(['VOC2012/JPEGImages/a.jpg', 'VOC2012/JPEGImages/b.jpg',
      'VOC2012/SegmentationClass/a.png', 'VOC2012/SegmentationObject/a.png'])
    assert.deepEqual([photos, truths], [['a.jpg', 'b.jpg'], ['a.png']])
    assert.deepEqual(told, [{ side: 'photos', folder: 'JPEGImages', count: 2 },
      { side: 'truths', folder: 'SegmentationClass', count: 1 }])
    assert.deepEqual(aside, [{ what: 'SegmentationObject', count: 1 }])
  })

  it('of_cityscapes_takes_the_map_of_class_ids_among_five', () => {
    const kinds = ['color', 'instanceIds', 'labelIds']
    const list = [1, 2].flatMap(i => [`c/leftImg8bit/val/ulm/ulm_${i}_leftImg8bit.png`,
      ...kinds.map(kind => `c/gtFine/val/ulm/ulm_${i}_gtFine_${kind}.png`)])
    const { photos, truths, aside } = read(list)
    assert.deepEqual([photos.length, truths], [2, ['val/ulm/ulm_1_gtFine_labelIds.png',
      'val/ulm/ulm_2_gtFine_labelIds.png']])
    assert.deepEqual(aside, [{ what: '_color', count: 2 }, { what: '_instanceIds', count: 2 }])
    const trained = read([...list, ...[1, 2].map(i => `c/gtFine/val/ulm/ulm_${i}_gtFine_labelTrainIds.png`)])
    assert.deepEqual(trained.truths.map(name => name.replace(/.*_/, '')), ['labelTrainIds.png', 'labelTrainIds.png'])
  })

  it('of_ade20k_and_of_parts_keeps_what_lies_beside_the_side', () => {
    assert.deepEqual(read(['ADE/images/training/ADE_train_1.jpg', 'ADE/annotations/training/ADE_train_1.png']).truths,
      ['training/ADE_train_1.png'])
    const { photos, truths } = read(['d/train/images/1.jpg', 'd/val/images/1.jpg', 'd/train/masks/1.png',
      'd/val/masks/1.png'])
    assert.deepEqual([photos, truths], [['train/1.jpg', 'val/1.jpg'], ['train/1.png', 'val/1.png']])
  })

  it('is_told_by_endings_where_no_folder_says_anything', () => {
    assert.deepEqual(read(['x/a.jpg', 'x/a.png', 'x/b.jpg']).photos, ['a.jpg', 'b.jpg'])
    assert.deepEqual(read(['x/a.png', 'x/a_mask.png', 'x/b.png']).truths, ['a_mask.png'])
    assert.deepEqual(read(['x/a.png', 'x/b.png']).rest, ['x/a.png', 'x/b.png'])
    // A JPEG is no label map.
    assert.deepEqual(read(['images/a.jpg', 'masks/a.jpg', 'masks/b.png']).aside, [{ what: 'masks/*.jpg', count: 1 }])
  })

  const none = { photos: [], truths: [], predictions: [] }
  /** @param {string[]} list @param {import('../../www/elements/measure/folder/layout.js').Side | null} side @param {'files' | 'net'} mode */
  const taken = (list, side, mode, former = none) =>
    Object.fromEntries(Object.entries(take(list.map(entry), side, mode, former).sides).map(([name, list]) =>
      [name, paths(list ?? [])]))

  it('gives_a_side_its_part_of_a_folder_and_the_other_side_what_it_lacks', () => {
    const voc = ['V/JPEGImages/a.jpg', 'V/SegmentationClass/a.png', 'V/SegmentationObject/a.png']
    assert.deepEqual(taken(voc, 'photos', 'net'), { photos: ['a.jpg'], truths: ['a.png'] })
    assert.deepEqual(taken(voc, 'photos', 'net',
      { ...none, truths: /** @type {never[]} */ (/** @type {unknown} */ ([entry('z.png')])) }), { photos: ['a.jpg'] })
    assert.deepEqual(taken(voc, 'truths', 'files'), { truths: ['a.png'] })
    assert.deepEqual(taken(['out/1.png', 'out/2.png', 'out/log.jpg'], 'predictions', 'files'),
      { predictions: ['1.png', '2.png'] })
  })

  it('gives_what_nobody_knows_to_the_side_that_lacks_something', () => {
    assert.deepEqual(taken(['a/1.png', 'b/1.png'], null, 'files'), { truths: ['1.png'], predictions: ['1.png'] })
    assert.deepEqual(taken(['a/1.png'], null, 'files'), { truths: ['1.png'] })
    assert.deepEqual(taken(['a/1.png'], null, 'net'), { photos: ['1.png'] })
    assert.deepEqual(taken(['a/1.jpg'], null, 'files'), { photos: ['1.jpg'] })
    assert.deepEqual(taken(['V/JPEGImages/a.jpg', 'V/SegmentationClass/a.png'], null, 'files'),
      { photos: ['a.jpg'], truths: ['a.png'] })
    assert.deepEqual(taken(['d/gt/1.png', 'd/mine/1.png'], null, 'files'),
      { truths: ['1.png'], predictions: ['mine/1.png'] })
  })
})

describe('values that a data set writes', () => {
  it('are_known_by_all_names_of_a_side', () => {
    assert.equal(codingOf(['x/ulm_gtFine_labelIds.png', 'y_labelIds.png']), 'labelIds')
    assert.equal(codingOf(['ulm_gtFine_labelTrainIds.png']), 'labelTrainIds')
    assert.equal(codingOf(['annotations/ADE_val_00000001.png']), 'ade')
    assert.deepEqual([codingOf(['a_labelIds.png', 'b.png']), codingOf([])], ['', ''])
  })

  it('of_cityscapes_are_34_ids_of_which_19_are_measured', () => {
    const { readings: [{ values, palette }] } = decoded({ width: 6, height: 1, kind: 'grey',
      readings: [{ values: Uint8Array.of(7, 8, 33, 0, 29, 255), palette: null }] }, 'labelIds')
    assert.deepEqual([[...values], palette?.name], [[0, 1, 18, 255, 255, 255], 'cityscapes'])
    const ade = decoded({ width: 3, height: 1, kind: 'grey',
      readings: [{ values: Uint8Array.of(0, 1, 150), palette: null }] }, 'ade')
    assert.deepEqual([...ade.readings[0].values], [255, 0, 149])
  })
})

describe('comparing files', () => {
  it('can_load_neither_engine_nor_wasm_before_a_net_is_wanted', () => {
    const loaded = ['controller', 'template'].flatMap(part => reachable(scripts(), `elements/measure/folder/${part}.js`,
      'elements/measure/folder/net.js'))
    assert.ok(loaded.includes('elements/measure/folder/compare.js'))
    assert.deepEqual(loaded.filter(file => /^(engine|pkg)\/|session/.test(file)), [])
  })
})
