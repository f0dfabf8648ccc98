/** www/lib/training-log: logs as frameworks write them, what may be wrong with them, and what is guessed of their columns. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { MOST_BYTES, finestOf, readLog, tagOf } from '../../www/lib/training-log.js'
import { meaningOf } from '../../www/lib/training-log/columns.js'
import { curvesOf, guess, optionsOf, stepsOf, thinned, valueAt } from '../../www/lib/training-log/series.js'
import { MOST_COLUMNS, MOST_ROWS, numberIn } from '../../www/lib/training-log/table.js'

/** @typedef {import('../../www/lib/training-log/columns.js').Role} Role */

/** @param {string} text @param {string} [file] */
const read = (text, file = 'log.csv') => readLog(new TextEncoder().encode(text), file)

/** What is made of logs as they come. @param {...ReturnType<typeof read>} tables */
function shown(...tables) {
  const assignment = guess(tables)
  const curves = curvesOf(tables, assignment)
  const lines = Object.fromEntries(Object.entries(curves.lines).filter(([, dots]) => dots.length)
    .map(([role, dots]) => [role, dots.map(({ step, value }) => [step, Number(value.toFixed(6))])]))
  return { ...curves, lines, step: assignment.step }
}

/** @param {string} kind */
const refused = kind => (/** @type {any} */ error) => error.code === 'invalid_input' && error.details.kind === kind

describe('of the classes\' own columns', () => {
  it('none_is_guessed_for_the_mean', () => {
    const { lines } = shown(read('epoch,val_loss,iou_0,iou_1,iou_2,miou\n1,0.9,0.1,0.2,0.3,0.5\n2,0.8,0.2,0.3,0.4,0.6\n'))
    assert.deepEqual(lines['miou'], [[1, 0.5], [2, 0.6]])
    assert.equal(shown(read('epoch,val_loss,iou_0,iou_1\n1,0.9,0.1,0.2\n2,0.8,0.2,0.3\n')).lines['miou'], undefined)
    // Keras' own number stands alone.
    assert.deepEqual(shown(read('epoch,val_loss,val_mean_io_u_1\n1,0.9,0.1\n2,0.8,0.2\n')).lines['miou'],
      [[1, 0.1], [2, 0.2]])
  })
})

describe('of several heads', () => {
  it('the_finest_is_guessed', () => {
    const { lines } = shown(read('step,val_loss,fcn32s/miou,fcn16s/miou,fcn8s/miou\n1,0.9,0.1,0.2,0.3\n2,0.8,0.2,0.3,0.4\n'))
    assert.deepEqual(lines['miou'], [[1, 0.3], [2, 0.4]])
  })
})

describe('a column\'s name', () => {
  for (const [what, split, names] of /** @type {const} */ ([
    ['loss', 'train', ['train_loss', 'train/loss', 'trainLoss', 'Loss/train', 'train_loss_epoch',
      'run1/train/epoch_loss', 'Training Loss', '학습 손실', '학습손실']],
    ['loss', 'val', ['val_loss', 'valid_loss', 'eval_loss', 'Validation/Loss', 'validation/epoch_loss',
      'evaluation_loss_vs_iterations', 'test_loss', 'val_ce']],
    ['loss', '', ['loss', 'total_loss', 'cross_entropy']],
    ['pixelAccuracy', '', ['accuracy', 'acc', 'pixel_acc', 'overall_acc', 'aAcc', 'pixelAccuracy',
      'sparse_categorical_accuracy']],
    ['pixelAccuracy', 'val', ['val_accuracy', 'eval_overall_accuracy', 'run a - val/acc']],
    ['meanAccuracy', '', ['mean_acc', 'mAcc', 'Mean Accuracy']],
    ['miou', '', ['miou', 'mean_iou', 'mIoU', 'IoU', 'jaccard', 'mean_io_u', 'MulticlassJaccardIndex']],
    ['miou', 'val', ['val_mean_io_u_1', 'eval_mean_iou', 'Validation/mIoU', 'valMIoU',
      'val_iou_score', 'exp3/val/miou']],
    ['miou', 'train', ['train mIoU', 'train/miou']],
    ['step', '', ['step', 'global_step', 'Epoch', 'iter', '_step', 'iteration']],
  ])) {
    it(`says_${what}_${split || 'of_no_split'}`, () => {
      for (const name of names) assert.deepEqual([meaningOf(name)?.what, meaningOf(name)?.split], [what, split], name)
    })
  }

  it('that_is_another_thing_says_nothing', () => {
    for (const name of ['lr', 'IoU.wall', 'decode.acc_seg', 'run a - val/miou__MAX', '__proto__',
      'constructor', 'toString', 'fw_iou', 'time', '', '#1', 'class_3_iou']) {
      assert.equal(meaningOf(name), null, name)
    }
  })
})

describe('a number in a cell', () => {
  it('is_read_as_it_is_written', () => {
    assert.deepEqual(['1', ' -2.5e-3 ', '.5', '5.', '72.3%', 'tensor(0.25, device=\'cuda:0\')',
      'tensor([0.5])'].map(numberIn), [1, -0.0025, 0.5, 5, 72.3, 0.25, 0.5])
    assert.deepEqual(['', ' ', '-', 'None', 'null', 'N/A'].map(numberIn), [null, null, null, null, null, null])
    for (const text of ['nan', 'NaN', '-inf', 'Infinity', '1e999', '#N/A',
      'tensor(nan)']) assert.ok(Number.isNaN(numberIn(text)), text)
    for (const text of ['one', '1,5', '0x10', '1 2', '1'.repeat(100), '%', 'tensor(', '--1',
      '1e']) assert.equal(numberIn(text), 'text', text)
  })
})

describe('a table of text', () => {
  it('may_have_its_columns_in_any_order_with_any_separator_quotes_a_mark_and_any_ends_of_lines', () => {
    const wanted = { trainLoss: [[1, 0.9], [2, 0.7]], valLoss: [[1, 0.8], [2, 0.75]], miou: [[1, 0.4], [2, 0.5]] }
    for (const text of [
      'epoch,train_loss,val_loss,miou\n1,0.9,0.8,0.4\n2,0.7,0.75,0.5\n',
      '\ufeffmiou;val_loss;epoch;train_loss\r\n0,4;0,8;1;0,9\r\n0,5;0,75;2;0,7\r\n',
      'epoch\tlr\ttrain_loss\tval_loss\tmiou\r1\t0,1\t0,9\t0,8\t0,4\r2\t0,1\t0,7\t0,75\t0,5',
      'sep=;\nepoch;train_loss;val_loss;miou\n1;0.9;0.8;0.4\n2;0.7;0.75;0.5',
      '"epoch", "train_loss","note, with ""quotes""\nand a line","val_loss","miou"\n"1","0.9","x,y",0.8,"0.4"\n\n2,0.7,"",0.75,0.5\n',
      '# epoch,train_loss,val_loss,miou\n2,0.7,0.75,0.5\n1,0.9,0.8,0.4\n',
    ]) {
      const { lines, unit, step } = shown(read(text))
      assert.deepEqual([lines, unit, step], [wanted, 'epoch', 'epoch'], text)
    }
  })

  it('of_a_spreadsheet_may_be_utf_16_or_korean', () => {
    const text = '에폭,학습 손실,검증 손실,mIoU\n1,0.9,0.8,0.4\n2,0.7,0.75,0.5\n'
    const wide = new Uint8Array([0xff, 0xfe,
      ...[...text].flatMap(sign => [sign.charCodeAt(0) & 255, sign.charCodeAt(0) >> 8])])
    assert.deepEqual(Object.keys(shown(readLog(wide, 'a.csv')).lines), ['trainLoss', 'valLoss', 'miou'])
    // "손실" in EUC-KR.
    const korean = new Uint8Array([...new TextEncoder().encode('epoch,val '), 0xbc, 0xd5,
      0xbd, 0xc7, ...new TextEncoder().encode('\n1,0.9\n2,0.8\n')])
    assert.deepEqual(shown(readLog(korean, 'a.csv')).lines, { valLoss: [[1, 0.9], [2, 0.8]] })
  })

  it('of_lightning_has_training_and_validation_of_a_step_in_rows_of_their_own', () => {
    const { lines, step,
      repeated } = shown(read('epoch,step,train_loss_step,val_loss,val_miou\n0,49,0.9,,\n0,99,0.8,,\n0,99,,0.85,0.3\n1,149,0.7,,\n1,199,,0.8,0.4\n'))
    assert.equal(step, 'step')
    assert.deepEqual(lines, { trainLoss: [[49, 0.9], [99, 0.8], [149, 0.7]], valLoss: [[99, 0.85], [199, 0.8]],
      miou: [[99, 0.3], [199, 0.4]] })
    assert.equal(repeated, 0)
  })

  it('of_keras_takes_the_validation_s_scores', () => {
    const { lines } = shown(read('epoch,accuracy,loss,lr,mean_io_u,val_accuracy,val_loss,val_mean_io_u\n0,0.6,1.2,0.1,0.2,0.55,1.3,0.15\n1,0.7,1,0.1,0.3,0.6,1.1,0.2\n'))
    assert.deepEqual(lines, { trainLoss: [[0, 1.2], [1, 1]], valLoss: [[0, 1.3], [1, 1.1]],
      pixelAccuracy: [[0, 0.55], [1, 0.6]], miou: [[0, 0.15], [1, 0.2]] })
  })

  it('takes_percentages_column_by_column_and_says_so', () => {
    const { lines,
      percent } = shown(read('step,val_loss,acc,miou\n1,2.5,0.5,0.9\n2,2.4,0.6,45.5\n3,2.2,1.0000001,50\n'))
    assert.deepEqual(percent, ['miou'])
    assert.deepEqual(lines['miou'], [[1, 0.009], [2, 0.455], [3, 0.5]])
    assert.deepEqual(lines['pixelAccuracy'], [[1, 0.5], [2, 0.6], [3, 1]])
    assert.deepEqual(lines['valLoss'], [[1, 2.5], [2, 2.4], [3, 2.2]])
  })

  it('loses_what_is_no_number_and_counts_it', () => {
    const { lines,
      left } = shown(read('step,val_loss,miou\n1,nan,0.4\n2,oops,0.5\n,0.7,0.6\n4,0.6,-0.5\n5,inf,0.6\n6,0.5,0.7\n'))
    assert.deepEqual(left, { texts: 1, notFinite: 2, outside: 1, stepless: 2 })
    assert.deepEqual(lines, { valLoss: [[4, 0.6], [6, 0.5]], miou: [[1, 0.4], [2, 0.5], [5, 0.6], [6, 0.7]] })
    assert.equal(read('a,b\n1,2\n1,2,3\n1\n').unread, 1)
  })

  it('without_names_is_read_for_a_person_to_say_what_is_what', () => {
    const table = read('1,0.9,0.4\n1,0.9,0.4\n2,0.7,0.5\n')
    assert.equal(table.hasNames, false)
    assert.deepEqual(optionsOf([table]).map(({ label, count }) => [label, count]), [['#1', 3], ['#2', 3], ['#3', 3]])
    assert.deepEqual(Object.values(guess([table])).filter(Boolean), [])
    const { lines, repeated, unit } = curvesOf([table], { ...guess([table]), step: '#1', valLoss: '0:1' })
    assert.deepEqual([lines.valLoss, repeated, unit], [[{ step: 1, value: 0.9 }, { step: 2, value: 0.7 }], 1, 'step'])
  })

  it('without_a_step_is_counted_by_its_rows', () => {
    const { lines, unit, step } = shown(read('val_loss,miou\n0.9,0.4\n0.8,0.5\n'))
    assert.deepEqual([lines['valLoss'], unit, step], [[[1, 0.9], [2, 0.8]], 'row', ''])
  })

  it('whose_names_begin_anew_where_a_run_was_taken_up_again_is_one', () => {
    const { lines, left } = shown(read('epoch,val_loss\n1,0.9\nepoch,val_loss\n2,0.8\n'))
    assert.deepEqual([lines['valLoss'], left.texts], [[[1, 0.9], [2, 0.8]], 0])
  })

  it('may_have_names_that_objects_have_and_twice_the_same', () => {
    const table = read('epoch,__proto__,constructor,val_loss,val_loss\n1,2,3,0.9,7\n2,2,3,0.8,7\n')
    assert.deepEqual(optionsOf([table]).map(({ label }) => label), ['epoch', '__proto__',
      'constructor', 'val_loss', 'val_loss (2)'])
    assert.deepEqual(curvesOf([table], { ...guess([table]), trainLoss: '0:1' }).lines.trainLoss,
      [{ step: 1, value: 2 }, { step: 2, value: 2 }])
    assert.deepEqual(shown(table).lines, { valLoss: [[1, 0.9], [2, 0.8]] })
  })
})

describe('a log as json', () => {
  it('may_be_a_list_of_records_as_hugging_face_has_it_with_a_summary_at_the_end', () => {
    const rows = [{ loss: 1, epoch: 0.5, step: 10 }, { eval_loss: 0.9, eval_mean_iou: 0.3,
      eval_overall_accuracy: 0.7, epoch: 0.5, step: 10 },
      { loss: 0.8, epoch: 1, step: 20 }, { eval_loss: 0.85, eval_mean_iou: 0.35, eval_overall_accuracy: 0.72,
        epoch: 1, step: 20 }, { train_loss: 0.9, train_runtime: 5, epoch: 1, step: 20 }]
    const wanted = { trainLoss: [[10, 1], [20, 0.8]], valLoss: [[10, 0.9], [20, 0.85]],
      pixelAccuracy: [[10, 0.7], [20, 0.72]], miou: [[10, 0.3], [20, 0.35]] }
    assert.deepEqual(shown(read(JSON.stringify(rows), 'a.json')).lines, wanted)
    assert.deepEqual(shown(read(JSON.stringify({ best_metric: 1, log_history: rows }), 'trainer_state.json')).lines,
      wanted)
    assert.deepEqual(shown(read(rows.map(row => JSON.stringify(row)).join('\r\n'), 'a.jsonl')).lines, wanted)
  })

  it('may_be_keras_history_with_numbers_that_json_does_not_know', () => {
    const { lines, unit,
      left } = shown(read('{"loss": [1.2, NaN, 0.9], "val_loss": [1.3, 1.1, -Infinity], "val_mean_io_u": [0.1, 0.2, 0.3]}', 'history.json'))
    assert.deepEqual(lines, { trainLoss: [[1, 1.2], [3, 0.9]], valLoss: [[1, 1.3], [2, 1.1]],
      miou: [[1, 0.1], [2, 0.2], [3, 0.3]] })
    assert.deepEqual([unit, left.notFinite], ['epoch', 2])
    assert.deepEqual(shown(read('{"history": {"loss": [2, 1]}, "params": {"epochs": 2}}', 'a.json')).lines,
      { trainLoss: [[1, 2], [2, 1]] })
  })

  it('of_mmsegmentation_counts_validations_by_the_training_before', () => {
    const older = ['{"env_info": "sys.platform: linux", "seed": 0, "exp_name": "fcn.py"}',
      '{"mode": "train", "epoch": 1, "iter": 50, "lr": 0.01, "decode.loss_ce": 1.9, "loss": 2.5}',
        '{"mode": "train", "epoch": 1, "iter": 100, "lr": 0.01, "loss": 2.0}',
      // The photos of the validation set, not a step.
      '{"mode": "val", "epoch": 1, "iter": 500, "lr": 0.01, "aAcc": 80.5, "mIoU": 31.2, "mAcc": 40.0, "IoU.wall": 0.6}',
      '{"mode": "train", "epoch": 2, "iter": 150, "lr": 0.01, "loss": 1.5}',
        '{"mode": "val", "epoch": 2, "iter": 500, "lr": 0.01, "aAcc": 84.5, "mIoU": 35.2, "mAcc": 44.0}'].join('\n')
    const wanted = { trainLoss: [[50, 2.5], [100, 2], [150, 1.5]], pixelAccuracy: [[100, 0.805], [150, 0.845]],
      meanAccuracy: [[100, 0.4], [150, 0.44]], miou: [[100, 0.312], [150, 0.352]] }
    assert.deepEqual(shown(read(older, '20230101_120000.log.json')).lines, wanted)
    const newer = ['{"lr": 0.01, "loss": 2.5, "iter": 50, "step": 50}',
      '{"lr": 0.01, "loss": 2.0, "iter": 100, "step": 100}',
        '{"aAcc": 80.5, "mIoU": 31.2, "mAcc": 40.0, "data_time": 0.1, "step": 1}',
      '{"lr": 0.01, "loss": 1.5, "iter": 150, "step": 150}',
        '{"aAcc": 84.5, "mIoU": 35.2, "mAcc": 44.0, "step": 2}'].join('\n')
    assert.deepEqual(shown(read(newer, 'scalars.json')).lines, wanted)
    const byEpoch = ['{"mode": "train", "epoch": 1, "iter": 50, "loss": 2.5}',
      '{"mode": "train", "epoch": 1, "iter": 100, "loss": 2.0}', '{"mode": "val", "epoch": 1, "iter": 31, "mIoU": 0.3}',
      '{"mode": "train", "epoch": 2, "iter": 50, "loss": 1.5}',
        '{"mode": "val", "epoch": 2, "iter": 31, "mIoU": 0.4}'].join('\n')
    const { lines, unit, repeated } = shown(read(byEpoch, 'log.json'))
    assert.deepEqual([lines, unit, repeated], [{ trainLoss: [[1, 2.25], [2, 1.5]], miou: [[1, 0.3], [2, 0.4]] },
      'epoch', 1])
  })

  it('may_have_records_in_records_and_hostile_names', () => {
    const table = read('[{"step": 1, "val": {"loss": 0.9, "miou": 0.4, "deep": {"a": {"b": 1}}}, "__proto__": {"polluted": 7}}, {"step": 2, "val": {"loss": 0.8, "miou": 0.5}, "__proto__": 5}]', 'a.json')
    assert.deepEqual(shown(table).lines, { valLoss: [[1, 0.9], [2, 0.8]], miou: [[1, 0.4], [2, 0.5]] })
    assert.ok(['__proto__', '__proto__/polluted'].every(name => optionsOf([table]).some(({ label }) => label === name)))
    assert.equal(/** @type {any} */ ({}).polluted, undefined)
  })
})

describe('scalars from tensorboard', () => {
  it('are_a_file_a_tag_as_json_or_csv_and_merge_by_step', () => {
    const loss = read('[[1690000000.5, 100, 0.9], [1690000001.5, 200, 0.8], [1690000002.5, 300, null]]',
      'run-.-tag-val_loss.json')
    const miou = read('Wall time,Step,Value\n1690000000.5,100,0.4\n1690000001.5,300,0.5\n',
      'run-validation-tag-epoch_miou (1).csv')
    assert.deepEqual([loss.kind, miou.kind], ['scalars', 'scalars'])
    const { lines, step, mixed } = shown(loss, miou)
    assert.deepEqual([lines, step, mixed], [{ valLoss: [[100, 0.9], [200, 0.8]], miou: [[100, 0.4], [300, 0.5]] },
      'step', []])
  })

  it('are_named_by_their_file', () => {
    assert.deepEqual(['run-.-tag-Loss_train.json', 'run-train-tag-epoch_loss.csv', 'val_loss (2).json',
      'run-a-tag-b-tag-c.json', 'x'].map(tagOf), ['Loss_train', 'train/epoch_loss', 'val_loss', 'a-tag-b/c', 'x'])
  })

  it('as_the_event_file_itself_are_named_for_what_they_are', () => {
    const record = new Uint8Array([24, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 9,
      ...new TextEncoder().encode('..brain.Event:2')])
    assert.throws(() => readLog(record, 'events.bin'), refused('log_events'))
    assert.throws(() => readLog(new TextEncoder().encode('x'), 'events.out.tfevents.1690000000.host'),
      refused('log_events'))
  })
})

describe('several logs', () => {
  it('merge_by_the_step_that_both_have_and_tell_equal_names_apart', () => {
    const a = read('epoch,step,train_loss\n1,10,0.9\n2,20,0.8\n', 'a.csv')
    const b = read('epoch,val_loss,train_loss\n1,0.95,5\n2,0.85,5\n', 'b.csv')
    const { lines, step, unit, mixed } = shown(a, b)
    assert.deepEqual([lines, step, unit, mixed], [{ trainLoss: [[1, 0.9], [2, 0.8]], valLoss: [[1, 0.95], [2, 0.85]] },
      'epoch', 'epoch', []])
    assert.deepEqual(optionsOf([a, b]).map(({ label }) => label), ['epoch (a.csv)', 'step',
      'train_loss (a.csv)', 'epoch (b.csv)', 'val_loss', 'train_loss (b.csv)'])
    assert.deepEqual(stepsOf([a, b]), ['epoch', 'step', 'train_loss', 'val_loss'])
  })

  it('that_count_differently_say_so', () => {
    const { mixed } = shown(read('step,train_loss\n10,0.9\n20,0.8\n', 'a.csv'),
      read('epoch,val_loss\n1,0.9\n2,0.8\n', 'b.csv'))
    assert.deepEqual(mixed, ['step', 'epoch'])
  })
})

describe('a model card', () => {
  it('gives_the_finest_heads_curves_first', async () => {
    const card = readLog(await readFile(new URL('../../www/models/everyday/model.json', import.meta.url)), 'model.json')
    assert.equal(card.kind, 'card')
    const { lines } = curvesOf([card], { ...guess([card]), ...finestOf(card) })
    assert.deepEqual(lines.miou.at(-1), { step: 6500, value: 0.7441 })
    assert.deepEqual(lines.pixelAccuracy[0], { step: 500, value: 0.8422 })
    assert.deepEqual([lines.trainLoss.length, lines.valLoss.length], [13, 13])
    assert.ok(optionsOf([card]).some(({ label }) => label === 'fcn32s mIoU'))
  })

  it('without_curves_says_so', () => {
    for (const curves of ['', '"curves": [],', '"curves": [{"step": 1}],', '"curves": [{"step": 1, "val_loss": 2}],']) {
      assert.throws(() => read(`{${curves} "architecture": "fcn-vgg16", "classes": []}`, 'model.json'),
        refused('log_card'))
    }
  })
})

describe('a file that is no log', () => {
  it('is_told_for_what_it_is', () => {
    for (const [text, kind] of [
      ['', 'log_empty'], [' \r\n\t', 'log_empty'], ['hello, world\nhow are you', 'log_numbers'],
        ['epoch,val_loss\n', 'log_numbers'], ['[1, 2', 'log_json'], ['{"a": 1}\n{"b"\n{"c"', 'log_json'],
      ['[]', 'log_shape'], ['[1, 2, 3]', 'log_shape'], ['{"a": "b"}', 'log_numbers'],
        ['PK\u0003\u0004\u0014\0', 'log_binary'], ['[[[[', 'log_json'],
          [`[{"a": ${'['.repeat(100)}${']'.repeat(100)}, "loss": 1}]`, 'log_json'],
    ]) assert.throws(() => read(text, 'x.csv'), refused(kind), JSON.stringify(text))
  })

  it('or_too_large_is_refused_at_once', () => {
    assert.throws(() => readLog(new Uint8Array(MOST_BYTES + 1), 'a.csv'), refused('log_large'))
    assert.throws(() => read('a,b\n' + '1,2\n'.repeat(MOST_ROWS + 1)), refused('log_rows'))
    assert.equal(read('a,b\n' + '1,2\n'.repeat(MOST_ROWS)).columns[0].values.length, MOST_ROWS)
    assert.throws(() => read(','.repeat(1e6)), refused('log_columns'))
  })

  it('with_very_many_columns_gives_the_first', () => {
    const names = Array.from({ length: MOST_COLUMNS + 5 }, (_, i) => `c${i}`)
    for (const text of [`${names.join()}\n${names.map(() => 1).join()}\n`,
      JSON.stringify([Object.fromEntries(names.map(name => [name, 1]))])]) {
      const { columns, left } = read(text)
      assert.deepEqual([columns.length, left], [MOST_COLUMNS, 5])
    }
  })

  it('made_to_take_long_does_not', () => {
    const before = performance.now()
    const many = 4e6
    for (const text of [`a,b\n${'1'.repeat(many)}x,y\n`, '['.repeat(many), `{"a":${'['.repeat(many)}`,
      `a,b\n${'%'.repeat(many)}`, `a,b\n${'tensor('.repeat(many / 8)}`, `a;b\n${'1,'.repeat(many / 2)};y`]) {
      assert.throws(() => read(text), (/** @type {any} */ error) => error.code === 'invalid_input')
    }
    // Tenths of a second; what takes the square of the length would take hours.
    assert.ok(performance.now() - before < 20_000)
  })
})

describe('a line for the screen', () => {
  it('keeps_its_peaks', () => {
    const dots = Array.from({ length: 10_001 },
      (_, step) => ({ step, value: step === 7777 ? 5 : step === 1234 ? -5 : Math.sin(step / 500) }))
    const drawn = thinned(dots, 200)
    assert.ok(drawn.length <= 200)
    for (const step of [7777, 1234]) assert.ok(drawn.some(dot => dot.step === step))
    assert.ok(drawn.every((dot, i) => i === 0 || dot.step > drawn[i - 1].step))
    assert.equal(thinned(dots.slice(0, 200), 200).length, 200)
  })

  it('gives_its_value_at_a_step', () => {
    const dots = [1, 4, 9].map(step => ({ step, value: step / 2 }))
    assert.deepEqual([0, 1, 3, 4, 9, 10].map(step => valueAt(dots, step)), [null, 0.5, null, 2, 4.5, null])
    assert.equal(valueAt([], 1), null)
  })
})
