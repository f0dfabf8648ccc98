/** www/elements/measure/folder: which files are what, which belong together, and what comparing them loads. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { codingOf, decoded } from '../../www/elements/measure/folder/coding.js'
import { Folder } from '../../www/elements/measure/folder/controller.js'
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

  it('are_never_of_different_frames_though_each_side_has_one_number_only', () => {
    const none = (/** @type {string[]} */ truths, /** @type {string[]} */ predictions) =>
      assert.deepEqual(paired(truths, predictions).names, [])
    none(['seqA_0001.png', 'seqB_0001.png'], ['seqA_0002.png', 'seqB_0002.png'])
    none(['patientA_t1.png', 'patientB_t1.png'], ['patientA_t2.png', 'patientB_t2.png'])
    none(['patientA_t1_mask.png', 'patientB_t1_mask.png'], ['patientA_t2.png', 'patientB_t2.png'])
    none(['ulm_000000_000019_gtFine_labelIds.png', 'ulm_000001_000019_gtFine_labelIds.png'],
      ['ulm_000000_000020.png', 'ulm_000001_000020.png'])
    none(['a_1.png', 'b_1.png'], ['a.png', 'b.png'])
    // What stands after a number is an ending all the same, as is a number that both sides end with.
    assert.deepEqual(paired(['0001TP_1_L.png', '0001TP_2_L.png'], ['0001TP_1.png', '0001TP_2.png']).names,
      ['0001TP_1', '0001TP_2'])
    assert.deepEqual(paired(['a_1-x.png', 'b_1-x.png'], ['a_1-y.png', 'b_1-y.png']).names, ['a', 'b'])
  })

  it('have_endings_that_are_known_left_off_each_by_itself', () => {
    assert.deepEqual(paired(['a_mask.png'], ['a.png']).names, ['a'])
    assert.deepEqual(paired(['a_gt.png'], ['a_pred.png']).names, ['a'])
    assert.deepEqual(paired(['a_gt.png', 'b_gt.png', 'c.png'], ['a.png', 'b.png', 'c.png']).names, ['a', 'b', 'c'])
    assert.deepEqual(paired(['a.png', 'b.png'], ['a_fcn8s_mask.png', 'b-prediction.png']).names, ['a', 'b'])
    assert.deepEqual(shotsOf([entry('a.png')], [entry('a_labels.png')]).shots.map(({ truth }) => truth?.path),
      ['a_labels.png'])
    // A number that may be a frame's is none of a net's.
    assert.deepEqual(paired(['a_fcn_0001.png'], ['a_fcn_0002.png']).names, [])
    assert.deepEqual(paired(['car_model1.png'], ['car_model2.png']).names, [])
    // Nothing is left of a name that is an ending altogether.
    assert.deepEqual(paired(['_mask.png'], ['_gt.png']).names, [])
  })

  it('are_never_of_two_folders_that_have_a_namesake_each_on_the_other_side', () => {
    const { names, alone } = paired(['t/train/1.png', 't/val/2.png'], ['p/val/1.png', 'p/train/2.png'])
    assert.deepEqual([names, alone], [[], { truths: ['train/1', 'val/2'], predictions: ['train/2', 'val/1'] }])
    assert.deepEqual(paired(['t/train/1.png', 't/val/2.png'], ['p/train/1.png', 'p/train/2.png']).names, ['train/1'])
    assert.deepEqual(paired(['t/x/1.png', 't/y/1.png', 't/y/2.png'], ['p/y/1.png', 'p/x/1.png', 'p/2.png']).names,
      ['x/1', 'y/1'])
    assert.deepEqual(paired(['t/x/1.png', 't/y/1.png', 't/z/2.png'], ['p/y/1.png', 'p/x/1.png', 'p/2.png']).names,
      ['x/1', 'y/1', 'z/2'])
    // However deep they lie, and where only one side has folders that say something.
    assert.deepEqual(paired(['d/all/train/1.png', 'd/all/val/1.png'], ['p/val/1.png', 'p/train/1.png']).names,
      ['train/1', 'val/1'])
    assert.deepEqual(paired(['t/val/ulm/1.png', 't/train/jena/2.png'], ['p/ulm/1.png', 'p/jena/2.png']).names,
      ['1', '2'])
  })

  it('are_not_guessed_where_two_nets_made_masks_of_one_photo', () => {
    const [truths, both] = [['a_gt.png', 'b_gt.png'], ['a_fcn8s_mask.png', 'a_unet_mask.png', 'b_fcn8s_mask.png']]
      .map(list => list.map(entry))
    const { pairs, alone } = pairsOf(truths, both)
    assert.deepEqual(pairs.map(({ name, prediction }) => [name, prediction.path]), [['b', 'b_fcn8s_mask.png']])
    assert.deepEqual(alone, { truths: ['a_gt'], predictions: ['a_fcn8s_mask', 'a_unet_mask'] })
  })

  it('count_each_of_two_files_of_one_name_once', () => {
    const { names, alone } = paired(['a.png'], ['a.png', 'a.PNG'])
    assert.deepEqual([names, alone], [['a'], { truths: [], predictions: ['a'] }])
  })

  it('are_found_whichever_way_a_system_writes_an_accent_or_a_syllable', () => {
    const [composed, apart] = ['é_사진.png'.normalize('NFC'), 'é_사진.png'.normalize('NFD')]
    assert.notEqual(composed, apart)
    assert.deepEqual(paired([apart], [composed]).names, ['é_사진'.normalize('NFC')])
    assert.equal(shotsOf([entry(composed)], [entry(apart)]).shots[0].truth?.path, apart)
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
    const { sides, rest, told, aside, unclear } = layoutOf(list.map(entry))
    return { photos: paths(sides.photos), truths: paths(sides.truths), predictions: paths(sides.predictions),
      rest: paths(rest), told, aside, unclear }
  }
  /** Which folders are which side's, in files of the same names. @param {string[]} folders */
  const sorted = (...folders) => Object.fromEntries(
    read(folders.flatMap(folder => [`exp/${folder}/a.png`, `exp/${folder}/b.png`])).told
      .map(({ side, folder, count }) => [side, `${folder} ${count}`]))

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
    const { truths, predictions, photos } = read(['x/a_gt.png', 'x/a_pred.png', 'x/b_gt.png', 'x/b-output.png'])
    assert.deepEqual([truths, predictions, photos], [['a_gt.png', 'b_gt.png'], ['a_pred.png', 'b-output.png'], []])
    assert.deepEqual(read(['a.png', 'a_gt.png', 'a_result.png']).photos, ['a.png'])
    assert.deepEqual(read(['a.jpg', 'a.png', 'a_prediction.png']).truths, ['a.png'])
    const bare = read(['a.png', 'a_pred.png'])
    assert.deepEqual([bare.predictions, bare.rest], [['a_pred.png'], ['a.png']])
    // A JPEG is no label map.
    assert.deepEqual(read(['images/a.jpg', 'masks/a.jpg', 'masks/b.png']).aside, [{ what: 'masks/*.jpg', count: 1 }])
  })

  it('takes_masks_that_a_folder_calls_predictions_for_these', () => {
    const told = (/** @type {string} */ truths, /** @type {string} */ predictions) =>
      ({ truths: `${truths} 2`, predictions: `${predictions} 2` })
    for (const folder of ['fcn_masks', 'fcn-8s_labels', 'pred_masks', 'masks_pred', 'Predicted', 'output_labels',
      'results2', 'DeepLabV3-masks', 'mask 예측', '예측'.normalize('NFD')]) {
      assert.deepEqual(sorted(folder, 'masks'), told('masks', folder.normalize()), folder)
    }
    for (const folder of ['truths', 'gt', 'gt_masks', 'annotations', 'Ground Truth', 'testannot', '정답']) {
      assert.deepEqual(sorted('masks', folder), told(folder, 'masks'), folder)
      assert.deepEqual(sorted('labels', folder), told(folder, 'labels'), folder)
    }
    assert.deepEqual(sorted('labels', 'output/labels'), told('labels', 'output/labels'))
    assert.deepEqual(sorted('gt/masks', 'mine/masks'), told('gt/masks', 'masks'))
    const { truths, predictions } = read(['d/gt/val/1.png', 'd/output/val/labels/1.png'])
    assert.deepEqual([truths, predictions], [['val/1.png'], ['val/1.png']])
    // A folder around everything says nothing of what is in it.
    assert.deepEqual(read(['results/images/a.jpg', 'results/masks/a.png']).truths, ['a.png'])
    assert.deepEqual(read(['d/train/masks/a.png', 'd/hold_out/masks/b.png']).truths, ['train/a.png', 'hold_out/b.png'])
    assert.deepEqual(read(['results/masks/a.png', 'results/pred_masks/a.png']).truths, ['a.png'])
    assert.deepEqual(read(['output/labels/a.png', 'output/labels/b.png']).predictions, ['a.png', 'b.png'])
  })

  it('gives_folders_with_the_same_names_to_no_side_where_both_look_like_one', () => {
    const { truths, predictions, photos, told, unclear } = read(['d/images/a.jpg', 'd/labels/a.png', 'd/masks/a.png',
      'd/masks/b.png'])
    assert.deepEqual([truths, predictions, photos, unclear], [[], [], ['a.jpg'], ['labels', 'masks']])
    assert.deepEqual(told, [{ side: 'photos', folder: 'images', count: 1 }])
    assert.deepEqual(read(['d/gtFine/u_gtFine_labelIds.png', 'd/gtCoarse/u_gtCoarse_labelIds.png']).unclear,
      ['gtFine', 'gtCoarse'])
    assert.deepEqual(read(['results/masks/a.png', 'results/labels/a.png']).unclear, ['results/masks', 'results/labels'])
    assert.deepEqual(read(['d/labels/a.png', 'd/masks/b.png']).unclear, [])
    const from = (/** @type {import('../../www/elements/measure/folder/layout.js').Side | null} */ side) =>
      take(['d/labels/a.png', 'd/masks/a.png', 'd/more/c.png'].map(entry), side, 'files', none)
    for (const side of /** @type {const} */ ([null, 'truths', 'predictions'])) {
      assert.deepEqual([from(side).sides, from(side).unclear], [{}, ['labels', 'masks']])
    }
  })

  it('puts_no_class_ids_aside_that_are_another_sides', () => {
    const { truths, predictions, aside } = read(['d/gtFine/u_gtFine_labelIds.png', 'd/gtFine/u_gtFine_color.png',
      'd/results/u_gtFine_labelTrainIds.png'])
    assert.deepEqual([truths, predictions, aside], [['u_gtFine_labelIds.png'], ['u_gtFine_labelTrainIds.png'],
      [{ what: '_color', count: 1 }]])
    assert.deepEqual(taken(['x/u_labelIds.png', 'y/u_labelTrainIds.png'], null, 'files'),
      { truths: ['u_labelIds.png'], predictions: ['u_labelTrainIds.png'] })
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

  it('takes_files_that_are_given_to_a_side_off_the_other', () => {
    const file = (/** @type {string} */ name, /** @type {string} */ text) => new File([text], name, { lastModified: 1 })
    const list = [['exp/foo_masks/a.png', 'p'], ['exp/foo_masks/b.png', 'p'], ['exp/truth/a.png', 't']].map(
      ([path, text]) => ({ file: file(path.split('/').at(-1) ?? '', text), path }))
    const { sides } = take(list, 'truths', 'files', none)
    const former = { ...none, ...sides, truths: [...sides.truths ?? [], ...sides.predictions ?? []], predictions: [] }
    // A browser gives another object for the same file, and the path from the folder that was chosen.
    const again = ['a.png', 'b.png'].map(name => ({ file: file(name, 'p'), path: `foo_masks/${name}` }))
    const moved = take(again, 'predictions', 'files', former).sides
    assert.deepEqual([moved.truths?.map(({ file }) => file), moved.predictions?.length], [[list[2].file], 2])
    // A copy in another folder is another file.
    const copies = again.map(({ file: { name } }) => ({ file: file(name, 'p'), path: `copy/${name}` }))
    assert.deepEqual(Object.keys(take(copies, 'predictions', 'files', former).sides), ['predictions'])
    // Of two files without a folder nothing says that they are one: small masks out of one zip are as long and as old.
    const bare = () => [{ file: file('1.png', 'p'), path: '1.png' }]
    const truths = take(bare(), 'truths', 'files', none).sides.truths ?? []
    assert.deepEqual(Object.keys(take(bare(), 'predictions', 'files', { ...none, truths }).sides), ['predictions'])
  })

  it('gives_what_nobody_knows_to_the_side_that_lacks_something', () => {
    assert.deepEqual(taken(['a/1.png', 'b/1.png'], null, 'files'), { truths: ['1.png'], predictions: ['1.png'] })
    assert.deepEqual(taken(['d/a/1.png', 'd/b/1.png'], null, 'files'), { truths: ['1.png'], predictions: ['1.png'] })
    assert.deepEqual(taken(['a/1.png'], null, 'files'), { truths: ['1.png'] })
    assert.deepEqual(taken(['1.png', '1_pred.png'], null, 'files'), { truths: ['1.png'], predictions: ['1_pred.png'] })
    assert.deepEqual(taken(['a/1.png'], null, 'net'), { photos: ['1.png'] })
    assert.deepEqual(taken(['a/1.jpg'], null, 'files'), { photos: ['1.jpg'] })
    assert.deepEqual(taken(['V/JPEGImages/a.jpg', 'V/SegmentationClass/a.png'], null, 'files'),
      { photos: ['a.jpg'], truths: ['a.png'] })
    assert.deepEqual(taken(['d/gt/1.png', 'd/mine/1.png'], null, 'files'),
      { truths: ['1.png'], predictions: ['mine/1.png'] })
  })
})

describe('files that are chosen', () => {
  /** A file as an input gives it. @param {string} path */
  const file = path => Object.defineProperty(new File([], path.split('/').at(-1) ?? ''), 'webkitRelativePath',
    { value: path })
  const opened = () => new Folder(/** @type {never} */ (/** @type {unknown} */ ({ requestUpdate: () => {} })),
    /** @type {never} */ ({}), /** @type {never} */ ({}))

  it('have_their_ids_read_as_one_kind_where_the_sides_names_say_two', () => {
    const folder = opened()
    folder.actions.choose('truths', [file('x/u_gtFine_labelIds.png')])
    folder.actions.choose('predictions', [file('y/u_gtFine_labelIds.png')])
    assert.deepEqual([folder.state.isDecoded, folder.state.coding, folder.state.pairs], [false, 'labelIds', 1])
    folder.actions.choose('predictions', [file('y/u_gtFine_labelTrainIds.png')])
    assert.deepEqual([folder.state.isDecoded, folder.state.coding, folder.state.pairs], [true, 'labelIds', 1])
    folder.stop()
  })

  it('are_not_taken_where_two_folders_are_alike_and_that_is_told', () => {
    const folder = opened()
    folder.actions.choose('truths', ['d/masks/a.png', 'd/labels/a.png'].map(file))
    const { flaws, counts } = folder.state
    assert.deepEqual([flaws.unclear, flaws.isNothing, counts.truths], [['masks', 'labels'], false, 0])
    folder.actions.choose('truths', [file('masks/a.png')])
    assert.deepEqual([folder.state.flaws.unclear, folder.state.counts.truths], [[], 1])
    folder.stop()
  })

  it('stay_truths_and_predictions_where_these_lie_side_by_side', async () => {
    const folder = opened()
    await folder.takeFiles(['a_gt.png', 'a_pred.png', 'b_gt.png', 'b_pred.png'].map(name => new File([], name)))
    assert.deepEqual([folder.state.mode, folder.state.pairs, folder.state.counts],
      ['files', 2, { photos: 0, truths: 2, predictions: 2 }])
    folder.stop()
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
