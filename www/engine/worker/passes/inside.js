/**
 * A photo's pass, opened: its maps stay in wasm or on the GPU while questions about them are answered. Runs in the
 * worker; everything it makes in wasm it frees, but for the pass opened last, which belongs to the net.
 */
import { isClassifier } from '../../formats/manifest.js'
import { freeQuietly } from '../free.js'
import { close } from '../opened.js'
import { covered } from './covered.js'
import { enlarge, passing, prepare, scoresOf, tellingOf } from './segment.js'
import { owned } from './trace.js'
import { checkUncertainty, uncertainty } from './uncertainty.js'

/** @typedef {import('../../protocol.js').Answers} Answers */
/** @typedef {import('../../protocol.js').Question} Question */
/** @typedef {import('../../protocol.js').Stage} Stage */
/** @typedef {import('../../../pkg/fcn_lab.js').Stage} Row */
/** @typedef {import('./segment.js').Machine} Machine */
/** @typedef {import('../opened.js').Opened} Opened */
/** @typedef {(progress: import('../../protocol.js').SegmentProgress) => void} Tell */
/** @typedef {Omit<import('../../protocol.js').InsideRequest, 'type' | 'net'>} Job */

/**
 * @param {Machine} machine
 * @param {Job} job a bitmap in it is closed here
 * @param {AbortSignal} signal
 * @param {Tell} tell
 * @returns {Promise<import('../../protocol.js').Answered | 'fits_gpu'>}
 */
export async function inside(machine, job, signal, tell) {
  const { question } = job
  if (question.ask === 'uncertainty') checkUncertainty(machine, question)
  const started = performance.now()
  const opened = await open(machine, job, signal, tell)
  if (opened === 'fits_gpu') return opened
  const { photo, work } = opened
  const stages = machine.net.stages(machine.net.variants)
  opened.pass.watch(machine.syncEvery(opened.picture), tellingOf(stages, signal, tell))
  const answer = question.ask === 'uncertainty'
    ? await uncertainty(opened, question, { signal, tell, started })
    : await answerTo(machine, opened, question, signal)
  await machine.settle()
  signal.throwIfAborted()
  return { outcome: 'inside', photo, work, answer }
}

/**
 * The photo's pass: the one that is open, if it is of this photo at this size.
 * @param {Machine} machine
 * @param {Job} job
 * @param {AbortSignal} signal
 * @param {Tell} tell
 * @returns {Promise<Opened | 'fits_gpu'>}
 */
async function open(machine, job, signal, tell) {
  const { kept, wasm, id, net, manifest, settle } = machine
  // Helpers run passes to scores, which a classifier has none of.
  const team = isClassifier(manifest) ? null : machine.team
  const { opened } = kept
  if (opened && job.key !== null && opened.key === job.key && opened.size === job.size) {
    if (!(job.photo instanceof Blob)) job.photo.close()
    return opened
  }
  close(kept)
  const ready = await prepare(machine, job, signal, tell)
  if (ready === 'fits_gpu') return ready
  const { photo, width, height, workWidth, workHeight } = ready
  const variants = net.variants
  const stages = net.stages(variants)
  const times = new Map()
  const picture = photo.covered(0, 0, 0, 0)
  /** @param {import('../../../pkg/fcn_lab.js').Photo} photo @param {import('../team/team.js').OnStage} onStage */
  const work = async (photo, onStage) => {
    // The first stage's time holds that of making the photo its input.
    let since = performance.now()
    // On a GPU each stage is waited for, or its time would be that of handing it over.
    return await net.open(photo, machine.largestBinding ? 0 : Infinity, async (index, stage) => {
      times.set(stage, performance.now() - since)
      const goesOn = await onStage(index, stage)
      since = performance.now()
      return goesOn
    })
  }
  const passed = passing(photo, () => stages, signal, tell, async onStage => team
    ? await team.run({ wasm, id, net, photo, variants, signal, onStage, everyMap: true }, work, freeQuietly)
    : { made: await work(photo, onStage), threads: 1 })
  const { made: pass, threads } = await passed.catch(error => {
    freeQuietly(picture)
    throw error
  })
  try {
    await settle()
    signal.throwIfAborted()
  } catch (error) {
    freeQuietly(pass)
    freeQuietly(picture)
    throw error
  }
  return kept.opened = {
    key: job.key, size: job.size, pass, picture, times, threads,
    photo: { width, height }, work: { width: workWidth, height: workHeight },
  }
}

/**
 * @param {Machine} machine
 * @param {Opened} opened
 * @param {Exclude<Question, {ask: 'uncertainty'}>} question
 * @param {AbortSignal} signal
 * @returns {Promise<Answers[Question['ask']]>}
 */
async function answerTo(machine, opened, question, signal) {
  const { pass, photo, work, times, threads } = opened
  switch (question.ask) {
    case 'inspect': return { stages: stagesOf(pass.shapes(), times), threads }
    case 'tail': {
      const { variant, pool4, pool3, classId, isWork, scores } = question
      const started = performance.now()
      const map = await pass.tail(variant, pool4, pool3)
      try {
        const ran = performance.now()
        const { width, height } = isWork ? work : photo
        const labels = await enlarge(map, width, height, signal)
        const maps = classId === null ? [] : await pass.tailMaps(classId)
        const now = performance.now()
        return {
          variant, width, height, labels, threads: 1,
          ...scores ? { scores: await scoresOf(map) } : {},
          maps: maps.map(taken),
          timings: { decode: 0, preprocess: 0, run: ran - started, mask: now - ran, total: now - started },
        }
      } finally {
        map.free()
      }
    }
    case 'autopsy': return await pass.autopsy(question.variant, question.classId, question.x, question.y)
    case 'covered': return { score: await covered(machine, opened, question, signal) }
    case 'sheet': {
      const sheet = await pass.sheet(question.stage, question.side)
      try {
        const [channels = 0, height = 0, width = 0] = sheet.shape()
        return { channels, height, width, data: owned(sheet.data()), range: owned(sheet.range()) }
      } finally {
        sheet.free()
      }
    }
    case 'channel': return taken(await pass.channel(question.stage, question.channel))
    case 'values': return taken(await pass.values(question.stage))
    case 'cell': {
      const { stage, channel, row, column } = question
      const made = await pass.made(stage, channel, row, column)
      try {
        return { ...made.facts(), values: owned(made.window()), weights: owned(made.kernel()) }
      } finally {
        made.free()
      }
    }
  }
}

/**
 * @param {import('../../../pkg/fcn_lab.js').FeatureMap} map freed here
 * @returns {import('../../protocol.js').FeatureMap}
 */
function taken(map) {
  const { name, channels, height, width } = map
  const data = owned(map.data())
  map.free()
  return { name, channels, height, width, data }
}

/**
 * @param {Row[]} rows
 * @param {Map<string, number>} [times] milliseconds
 * @returns {Stage[]}
 */
export function stagesOf(rows, times) {
  return rows.map(({ stage, channels, rows, columns, parameters, macs, receptive, across, layer }) => ({
    name: stage, shape: [channels, rows, columns], parameters, macs, bytes: 4 * channels * rows * columns,
    receptive: alongOf(receptive), across: alongOf(across),
    layer, ms: times?.get(stage) ?? null,
  }))
}

/** @param {Row['receptive']} along @returns {import('../../protocol.js').Receptive} */
const alongOf = along => ({ ...along, size: along.size ?? Infinity })
