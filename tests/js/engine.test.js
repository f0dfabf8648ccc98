/**
 * The engine's client against a worker played by the test: queue, stopping, restarts, falling back
 * to the CPU. What the real worker does is tested in a browser (tests/browser/engine.spec.js).
 */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Engine } from '../../www/engine/engine.js'
import { ERROR_CODES, FcnError, toFcnError } from '../../www/lib/errors.js'

/** @typedef {import('../../www/engine/protocol.js').ToWorker} ToWorker */
/** @typedef {import('../../www/engine/protocol.js').FromWorker} FromWorker */
/** @typedef {import('../../www/engine/protocol.js').Manifest} Manifest */
/** @typedef {Exclude<ToWorker, {type: 'stop'}>} Asked */

/**
 * What a worker does with a request: a reply, an error's code, a message of its own, or null to
 * keep silent.
 * @typedef {(request: Asked, worker: FakeWorker) => object | string | null} Script
 */

/** @type {Manifest} */
const MANIFEST = {
  format: 1, name: 'test', architecture: 'fcn-vgg16', config: { variants: ['fcn32s', 'fcn8s'] },
  classes: [{ id: 0, name: 'background', color: '#000000' }], input: { long_side: 512, max_long_side: 1024 },
  files: [{ path: 'w', bytes: 1, sha256: '0'.repeat(64) }],
}
const ADAPTER = { name: 'test', vendor: '', architecture: '', description: '', software: false,
  limits: { maxStorageBufferBindingSize: 1, maxBufferSize: 1 } }

/** @type {FakeWorker[]} */
let workers = []
/** How each further worker behaves; the last one's script also serves all after it. @type {Script[]} */
let scripts = []

class FakeWorker extends EventTarget {
  /** @type {ToWorker[]} */
  received = []
  terminated = false
  #script
  constructor() {
    super()
    this.#script = scripts[Math.min(workers.length, scripts.length - 1)] ?? works
    workers.push(this)
  }

  /** @param {ToWorker} message */
  postMessage(message) {
    this.received.push(message)
    queueMicrotask(() => {
      if (message.type === 'stop') return this.onStop(message.id)
      const answer = this.#script(message, this)
      if (typeof answer === 'string') this.fail(message.id, answer)
      else if (answer) this.say(/** @type {FromWorker} */ ({ type: 'done', id: message.id, reply: answer }))
    })
  }

  /** @param {number} id */
  onStop(id) {
    this.fail(id, 'aborted')
  }

  /** @param {number} id @param {string} code */
  fail(id, code) {
    const details = code === 'adapter_limits' ? { limit: 1000 } : {}
    this.say(/** @type {FromWorker} */ ({ type: 'failed', id, error: { code, message: code, details } }))
  }

  /** @param {FromWorker} message */
  say(message) {
    if (!this.terminated) this.dispatchEvent(new MessageEvent('message', { data: message }))
  }

  terminate() {
    this.terminated = true
  }

  /** @param {string} type */
  asked(type) {
    return this.received.filter(message => message.type === type)
  }
}

/** @type {Script} */
function works(request) {
  switch (request.type) {
    case 'boot': return { module: {} }
    case 'open': return { adapter: ADAPTER }
    case 'load': return { manifest: MANIFEST, manifestBytes: new Uint8Array(1),
      isCheckpoint: request.source.from === 'checkpoint', notes: [],
        weights: request.source.from === 'checkpoint' ? null : new Blob(['w']) }
    case 'drop': return {}
    case 'segment': return { outcome: 'masks',
      masks: request.variants.map(variant => ({ variant, width: 1, height: 1, labels: new Uint8Array(1) })), pass: 1 }
    case 'scores': return { scores: { width: request.pass, height: 1, channels: 1, data: new Float32Array(1) } }
    case 'trace': return { outcome: 'maps', photo: { width: 1, height: 1 }, work: { width: 1, height: 1 },
      maps: request.maps.map(name => ({ name, channels: 1, height: 1, width: 1, data: new Float32Array(1) })) }
    case 'heatmap': return { outcome: 'heatmap', width: 1, height: 1, scores: new Float32Array(1),
      linear: new Float32Array(1), window: 224, stride: 32 }
    case 'inside': return { outcome: 'inside', photo: { width: 1, height: 1 }, work: { width: 1, height: 1 },
      answer: {} }
    case 'stages': return { stages: [] }
    case 'close': return {}
    case 'layer': return { name: request.name, inputs: 1, outputs: 1, kernel: [1, 1], stride: [1, 1],
      padding: [0, 0], weights: new Float32Array(1) }
    case 'measure': return { classes: request.classes, confusion: [], pixelAccuracy: 1,
      meanAccuracy: 1, iou: [], meanIou: 1, meanIoU: 1, frequencyWeightedIou: 1, frequencyWeightedIoU: 1, void: 0 }
    case 'transposed': return { values: request.values.map(value => value * request.weights[0]) }
  }
}

/** @param {Partial<Record<Asked['type'], Script>>} other @returns {Script} */
function except(other) {
  return (request, worker) => (other[request.type] ?? works)(request, worker)
}

/** @param {string} code @returns {Script} */
const failsGpu = code =>
  except({ open: (request, worker) => request.type === 'open' && request.backend === 'webgpu'
    ? code : works(request, worker) })

/** @param {string} code */
const coded = code => (/** @type {unknown} */ error) => error instanceof FcnError && error.code === code

const photo = new Blob(['photo'])
const files = [new File(['{}'], 'model.json'), new File(['w'], 'weights.safetensors')]

/** @param {'auto' | 'webgpu' | 'cpu'} [backend] */
async function loaded(backend) {
  const engine = await Engine.create({ backend })
  await engine.load(files)
  return engine
}

/** @param {Engine} engine @param {string} type */
function heard(engine, type) {
  /** @type {unknown[]} */
  const details = []
  engine.addEventListener(type, event => details.push(/** @type {CustomEvent} */ (event).detail))
  return details
}

const turn = () => new Promise(resolve => setImmediate(resolve))

beforeEach(() => {
  workers = []
  scripts = []
  Object.assign(globalThis, { Worker: FakeWorker, location: { origin: new URL(import.meta.url).origin } })
})
afterEach(() => mock.timers.reset())

describe('the net from the inside', () => {
  it('gives maps of a photo with what is needed to read them', async () => {
    const engine = await loaded()
    const trace = await engine.trace(photo, { maps: ['score_fr', 'upscore32'], size: 224 })
    assert.deepEqual(trace.maps.map(({ name }) => name), ['score_fr', 'upscore32'])
    assert.equal(trace.classes, MANIFEST.classes)
    assert.equal(trace.backend, 'webgpu')
    assert.equal('outcome' in trace, false)
    const [asked] = workers[0].asked('trace')
    assert.deepEqual(asked.type === 'trace' && [asked.maps, asked.size, asked.gpuLimit],
      [['score_fr', 'upscore32'], 224, null])
    for (const maps of [[], 'score_fr', [3], undefined]) {
      await assert.rejects(engine.trace(photo, /** @type {any} */ ({ maps })), coded('invalid_input'))
    }
    engine.dispose()
  })

  it('survives a crash like any other job, with the model given again', async () => {
    scripts = [except({
      trace: (_, worker) => {
        worker.say({ type: 'down', error: { code: 'crashed', message: '', details: {} } }); return null } }), works]
    const engine = await loaded()
    const restarts = heard(engine, 'restart')
    assert.equal((await engine.trace(photo, { maps: ['pool3'] })).maps.length, 1)
    assert.equal(restarts.length, 1)
    assert.equal(workers[1].asked('load').length, 1)
    engine.dispose()
  })

  it('gives the windows of a classifier, and of no other net; and no mask of a classifier', async () => {
    const classifier = { ...MANIFEST, architecture: 'vgg16-classifier', config: { variants: ['score'] } }
    scripts = [except({
      load: request => ({ .../** @type {object} */ (works(request, workers[0])), manifest: classifier }) })]
    const engine = await loaded()
    const map = await engine.heatmap(photo, { size: 224 })
    assert.equal(map.window, 224)
    assert.equal(map.classes, classifier.classes)
    assert.equal('outcome' in map, false)
    const [asked] = workers[0].asked('heatmap')
    assert.equal(asked.type === 'heatmap' && asked.size, 224)
    await assert.rejects(engine.segment(photo), coded('is_classifier'))
    engine.dispose()
    scripts = [works]
    const dense = await loaded()
    await assert.rejects(dense.heatmap(photo), coded('not_classifier'))
    assert.equal(workers[1].asked('heatmap').length, 0)
    dense.dispose()
  })

  it('knows a photo that can\'t change again, and no other', async () => {
    const engine = await loaded()
    const net = await engine.load(files)
    await net.inspect(photo)
    await net.tail(photo, { size: 224 })
    await net.sheet(new Blob(['another']), { stage: 'conv1_1' })
    const asked = workers[0].asked('inside').map(request => request.type === 'inside'
      && [request.key, request.question.ask, request.size])
    const [[key], , [other]] = /** @type {[number, string, unknown][]} */ (asked)
    assert.deepEqual(asked, [[key, 'inspect', 'model'], [key, 'tail', 224], [other, 'sheet', 'model']])
    assert.notEqual(key, other)
    engine.dispose()
  })

  it('asks nothing that can\'t be answered', async () => {
    const engine = await loaded()
    const net = await engine.load(files)
    const wrong = /** @type {(() => Promise<unknown>)[]} */ ([
      () => net.autopsy(photo, { x: -1, y: 0, classId: 0 }), () => net.autopsy(photo, { x: 0, y: 0, classId: 1.5 }),
      () => net.tail(photo, { pool3: /** @type {any} */ ('1') }), () => net.stages({ size: /** @type {any} */ (224) }),
      () => net.stages({ size: [224, 0] }), () => net.cell(photo, { stage: 'conv1_1', channel: 0, row: -1, column: 0 }),
    ])
    for (const call of wrong) await assert.rejects(call(), coded('invalid_input'))
    // What is left out altogether is told like what is wrong.
    const bare = /** @type {Record<string, (...given: unknown[]) => Promise<unknown>>} */ (/** @type {unknown} */ (net))
    for (const name of ['trace', 'autopsy', 'covered', 'values', 'sheet', 'channel', 'cell', 'watch']) {
      await assert.rejects(bare[name](photo), coded('invalid_input'), name)
    }
    await assert.rejects(bare['stages'](), coded('invalid_input'))
    await assert.rejects(bare['watch'](null, { onFrame: () => {} }), coded('invalid_input'))
    await assert.rejects(net.tail(photo, { variant: 'fcn4s' }), coded('unknown_variant'))
    assert.equal(workers[0].asked('inside').length + workers[0].asked('stages').length, 0)
    engine.dispose()
  })

  it('says what a model is wanted for', async () => {
    const engine = await Engine.create()
    await engine.load(files)
    await engine.load(files, { gives: 'labels' })
    assert.deepEqual(workers[0].asked('load').map(request => request.type === 'load' && request.gives),
      ['any', 'labels'])
    engine.dispose()
  })

  it('gives the kernels of a layer, of a loaded model only', async () => {
    const bare = await Engine.create()
    await assert.rejects(bare.upsamplingLayer('upscore2'), coded('no_model'))
    bare.dispose()
    const engine = await loaded()
    assert.equal((await engine.upsamplingLayer('upscore8')).name, 'upscore8')
    engine.dispose()
  })

  it('runs one layer without a model, and refuses what is no layer', async () => {
    const engine = await Engine.create()
    const pair = /** @type {[number, number]} */ ([1, 1])
    const none = /** @type {[number, number]} */ ([0, 0])
    const layer = { input: pair, kernel: pair, stride: pair, padding: none, outputPadding: none, dilation: pair }
    assert.deepEqual([...(await engine.convTranspose2d(layer, [3], [2])).values], [6])
    const [asked] = workers[0].asked('transposed')
    assert.deepEqual(asked.type === 'transposed' && asked.settings, layer)
    for (const stride of [2, [1], [1.5, 1], [-1, 1], [NaN, 1], null]) {
      await assert.rejects(engine.convTranspose2d(/** @type {any} */ ({ ...layer, stride }), [3], [2]),
        coded('invalid_input'))
    }
    await assert.rejects(engine.convTranspose2d(/** @type {any} */ (undefined), [3], [2]), coded('invalid_input'))
    engine.dispose()
  })
})

describe('measuring', () => {
  it('takes label maps and a number of classes, and nothing else', async () => {
    const engine = await Engine.create()
    const map = new Uint8Array(2)
    assert.equal((await engine.measure([{ truth: map, prediction: map }], 3)).classes, 3)
    for (const [pairs, classes] of [[[{ truth: map, prediction: [0, 0] }], 3], ['maps', 3],
      [[null], 3], [[], 0], [[], 256], [[], 1.5]]) {
      await assert.rejects(engine.measure(/** @type {any} */ (pairs), /** @type {any} */ (classes)),
        coded('invalid_input'))
    }
    await engine.measure([{ truth: map, prediction: map }], 3, { void: 255 })
    await assert.rejects(engine.measure([], 3, { void: /** @type {any} */ (0) }), coded('invalid_input'))
    engine.dispose()
  })
})

describe('a normal run', () => {
  it('boots, opens, loads and segments in one worker', async () => {
    const engine = await loaded()
    const result = await engine.segment(photo)
    assert.equal(result.variant, 'fcn8s')
    assert.equal(result.backend, 'webgpu')
    assert.equal(result.classes, MANIFEST.classes)
    assert.equal(engine.adapter?.reason, null)
    assert.deepEqual(engine.model, { url: null, manifest: MANIFEST, notes: [] })
    assert.deepEqual((await engine.segmentAll(photo)).map(r => r.variant), ['fcn32s', 'fcn8s'])
    assert.equal(workers.length, 1)
    engine.dispose()
  })

  it('does overlapping calls one after another', async () => {
    let running = 0
    scripts = [except({ segment: (request, worker) => {
      assert.equal(++running, 1)
      setTimeout(() => {
        running--
        worker.say(/** @type {FromWorker} */ ({ type: 'done', id: request.id, reply: works(request, worker) }))
      }, 2)
      return null
    } })]
    const engine = await loaded()
    const results = await Promise.all([engine.segment(photo), engine.segment(photo), engine.segmentAll(photo)])
    assert.equal(results.length, 3)
    engine.dispose()
  })

  it('reads the scores behind a mask once, from the worker that has them', async () => {
    const engine = await loaded()
    const [first, second] = [await engine.segment(photo), await engine.segment(photo)]
    assert.equal(first.scores, undefined)
    assert.equal((await engine.scores(first))?.width, 1)
    assert.equal(await engine.scores(first), first.scores)
    assert.equal(workers[0]?.asked('scores').length, 1)
    workers[0]?.say({ type: 'down', error: { code: 'device_lost', message: 'gone', details: {} } })
    assert.equal(await engine.scores(second), null, 'another worker knows nothing of them')
    assert.equal(second.scores, null)
    await assert.rejects(engine.scores({ ...first, scores: undefined }), coded('invalid_input'))
    engine.dispose()
  })

  it('passes progress on', async () => {
    scripts = [except({ segment: (request, worker) => {
      worker.say({ type: 'progress', id: request.id, progress: { phase: 'run', stage: 'conv1', index: 1, total: 2 } })
      return works(request, worker)
    } })]
    const engine = await loaded()
    /** @type {unknown[]} */
    const told = []
    await engine.segment(photo, { onProgress: progress => told.push(progress) })
    assert.deepEqual(told, [{ phase: 'run', stage: 'conv1', index: 1, total: 2 }])
    engine.dispose()
  })

  it('rejects what it can not do', async () => {
    const empty = await Engine.create()
    await assert.rejects(empty.segment(photo), coded('no_model'))
    empty.dispose()
    const engine = await loaded()
    await assert.rejects(engine.segment(photo, { variant: 'fcn4s' }), coded('unknown_variant'))
    await assert.rejects(engine.segment(/** @type {Blob} */ (/** @type {unknown} */ ('photo.jpg'))),
      coded('decode_failed'))
    await assert.rejects(engine.load(/** @type {File} */ (files[0])), coded('weights_invalid'))
    for (const many of [[...files, new File(['a'], 'names.txt')], [files[1], files[1]],
      [new File(['a'], 'names.txt')]]) {
      await assert.rejects(engine.load(many), coded('weights_invalid'))
    }
    engine.dispose()
  })

  it('gives a new worker a checkpoint from its file again, not from memory', async () => {
    scripts = [except({
      segment: (_, worker) => {
        worker.say({ type: 'down', error: { code: 'crashed', message: '', details: {} } }); return null } }), works]
    const engine = await Engine.create()
    const names = new File(['a'], 'names.txt')
    await engine.load([files[1], names])
    await engine.segment(photo)
    const [again] = workers[1].asked('load')
    assert.deepEqual(again.type === 'load' && again.source, { from: 'checkpoint', name: 'weights.safetensors',
      weights: files[1], names })
    engine.dispose()
  })

  it('calls a wrong argument by that name, and not a crash', async () => {
    const engine = await loaded()
    const bare = Object.create(null)
    for (const size of [0, -1, NaN, '512', null, Symbol('s'), bare]) {
      await assert.rejects(engine.segment(photo, { size: /** @type {never} */ (size) }), coded('invalid_input'))
    }
    for (const gives of ['foo', '', 'Masks', null, ['masks'], bare, Symbol('s')]) {
      await assert.rejects(engine.load(files, { gives: /** @type {never} */ (gives) }), coded('invalid_input'))
    }
    assert.equal(workers[0].asked('load').length, 1)
    for (const variants of [[], [undefined], 'fcn8s', null, bare]) {
      await assert.rejects(engine.segmentAll(photo, { variants: /** @type {never} */ (variants) }),
        coded('invalid_input'))
    }
    for (const from of [new Blob(['{}']), [new Blob(), new Blob()], [], null, undefined,
      5, {}, [null, null], [{ name: 'model.json' }, { name: 'w' }]]) {
      await assert.rejects(engine.load(/** @type {never} */ (from)), coded('invalid_input'))
    }
    for (const backend of ['gpu', '', null, Symbol('b')]) {
      await assert.rejects(Engine.create({ backend: /** @type {never} */ (backend) }), coded('invalid_input'))
    }
    assert.equal(workers.length, 1)
    assert.equal((await engine.segment(photo)).variant, 'fcn8s')
    engine.dispose()
  })

  it('leaves no rejection unheard when a source fails before its turn', async () => {
    let letGo = () => {}
    scripts = [except({ segment: (request, worker) => {
      letGo = () => worker.say(/** @type {FromWorker} */ ({ type: 'done', id: request.id,
        reply: works(request, worker) }))
      return null
    } })]
    /** @type {unknown[]} */
    const unheard = []
    const listen = (/** @type {unknown} */ reason) => unheard.push(reason)
    process.on('unhandledRejection', listen)
    const engine = await loaded()
    const first = engine.segment(photo)
    const second = engine.segment(/** @type {never} */ ('photo.jpg'))
    await turn()
    await turn()
    process.off('unhandledRejection', listen)
    assert.deepEqual(unheard, [])
    letGo()
    await first
    await assert.rejects(second, coded('decode_failed'))
    engine.dispose()
  })

  it('keeps the former model when a load fails', async () => {
    let loads = 0
    scripts = [except({ load: (request, worker) => ++loads === 2 ? 'hash_mismatch' : works(request, worker) })]
    const engine = await loaded()
    const { model } = engine
    await assert.rejects(engine.load(files), coded('hash_mismatch'))
    assert.deepEqual(engine.model, model)
    await engine.segment(photo)
    assert.equal(workers.length, 1)
    engine.dispose()
  })
})

describe('nets', () => {
  /** @param {'segment' | 'load' | 'drop'} type @param {FakeWorker} [worker] */
  const idsOf = (type, worker = workers[0]) => worker.asked(type).map(request => 'net' in request && request.net)
  /** @type {Script} */
  const crash = (_, worker) => {
    worker.say({ type: 'down', error: { code: 'crashed', message: '', details: {} } })
    return null
  }

  it('are handles that say what they are of, and compute in one worker', async () => {
    const engine = await Engine.create()
    const models = heard(engine, 'model')
    const [one, two] = [await engine.load(files), await engine.load(files)]
    assert.deepEqual([one.url, one.manifest, one.notes, one.classes, one.isDisposed],
      [null, MANIFEST, [], MANIFEST.classes, false])
    assert.deepEqual(models, [one, two].map(net => ({ url: null, manifest: MANIFEST, net })))
    for (const net of [one, two, one]) assert.equal((await net.segment(photo)).variant, 'fcn8s')
    await engine.segment(photo)
    const [first, second] = idsOf('load')
    assert.deepEqual(idsOf('segment'), [first, second, first, second])
    assert.deepEqual((await one.segmentAll(photo)).map(({ variant }) => variant), ['fcn32s', 'fcn8s'])
    assert.equal((await one.trace(photo, { maps: ['pool3'] })).maps.length, 1)
    assert.equal((await one.upsamplingLayer('upscore2')).name, 'upscore2')
    await assert.rejects(one.heatmap(photo), coded('not_classifier'))
    assert.equal(workers.length, 1)
    engine.dispose()
  })

  it('are each given to a new worker again when they are next used, and not before', async () => {
    scripts = [except({ segment: crash }), works]
    const engine = await Engine.create()
    const [one, two, three] = [await engine.load(files), await engine.load(files), await engine.load(files)]
    const [first, second, third] = idsOf('load')
    await one.segment(photo)
    assert.deepEqual(idsOf('load', workers[1]), [first])
    await three.segment(photo)
    await two.segment(photo)
    await one.segment(photo)
    assert.deepEqual(idsOf('load', workers[1]), [first, third, second])
    assert.deepEqual(idsOf('segment', workers[1]), [first, third, second, first])
    engine.dispose()
  })

  it('give their memory back when they are disposed of, and answer no more', async () => {
    const engine = await Engine.create()
    const [one, two] = [await engine.load(files), await engine.load(files)]
    const [first, second] = idsOf('load')
    one.dispose()
    one.dispose()
    assert.equal(one.isDisposed, true)
    await assert.rejects(one.segment(photo), coded('aborted'))
    assert.deepEqual(idsOf('drop'), [first])
    await engine.segment(photo)
    two.dispose()
    await assert.rejects(engine.segment(photo), coded('no_model'))
    assert.equal(engine.model, null)
    assert.deepEqual(idsOf('drop'), [first, second])
    engine.dispose()
  })

  it('end what runs and what waits when they are disposed of, and nothing else', async () => {
    scripts = [except({ segment: (request, worker) => worker.asked('segment').length === 1
      ? null : works(request, worker) })]
    const engine = await Engine.create()
    const [one, two] = [await engine.load(files), await engine.load(files)]
    const jobs = [one.segment(photo), one.segment(photo), two.segment(photo)]
    await turn()
    one.dispose()
    await assert.rejects(jobs[0], coded('aborted'))
    await assert.rejects(jobs[1], coded('aborted'))
    assert.equal((await jobs[2]).variant, 'fcn8s')
    await engine.measure([], 2)
    assert.equal(idsOf('drop').length, 1)
    assert.equal(workers.length, 1)
    engine.dispose()
    assert.equal(two.isDisposed, true)
    await assert.rejects(two.segment(photo), coded('aborted'))
  })

  it('that a lost worker held need not be freed', async () => {
    const engine = await Engine.create()
    const one = await engine.load(files)
    workers[0].say({ type: 'down', error: { code: 'device_lost', message: 'gone', details: {} } })
    one.dispose()
    await engine.load(files)
    await engine.segment(photo)
    assert.deepEqual([idsOf('drop', workers[1]), idsOf('load', workers[1]).length], [[], 1])
    engine.dispose()
  })

  it('that can not be freed cost the worker', async () => {
    scripts = [except({ drop: () => 'crashed' }), works]
    const engine = await Engine.create()
    const one = await engine.load(files)
    const two = await engine.load(files)
    one.dispose()
    assert.equal((await two.segment(photo)).variant, 'fcn8s')
    assert.deepEqual([workers[0].terminated, workers.length], [true, 2])
    engine.dispose()
  })

  it('that nobody holds any more are freed, but for the one loaded last', async () => {
    setFlagsFromString('--expose-gc')
    /** @type {() => void} */
    const collect = runInNewContext('gc')
    const engine = await Engine.create()
    for (let loads = 0; loads < 3; loads++) await engine.load(files)
    const held = await engine.load(files)
    await engine.load(files)
    for (let turns = 0; turns < 100 && idsOf('drop').length < 3; turns++) {
      await turn()
      collect()
    }
    await turn()
    await engine.segment(photo)
    await held.segment(photo)
    const ids = idsOf('load')
    assert.deepEqual(idsOf('drop').sort(), ids.slice(0, 3))
    assert.deepEqual(idsOf('segment'), [ids[4], ids[3]])
    engine.dispose()
  })

  it('keep the scores of their latest masks apart', async () => {
    const engine = await Engine.create()
    const [one, two] = [await engine.load(files), await engine.load(files)]
    const results = [await one.segment(photo), await two.segment(photo)]
    for (const result of results) await engine.scores(result)
    const asked = workers[0].asked('scores').map(request => request.type === 'scores' && request.net)
    assert.deepEqual(asked, idsOf('load'))
    engine.dispose()
  })

  it('a load that was not waited for is what the next photo goes through', async () => {
    const engine = await loaded()
    const loading = engine.load(files)
    await engine.segment(photo)
    assert.deepEqual(idsOf('segment'), [idsOf('load')[1]])
    await loading
    engine.dispose()
  })
})

describe('stopping', () => {
  it('rejects at once with the reason, and starts the next job when the worker has let go', async () => {
    scripts = [except({ segment: (request, worker) => workers[0]?.asked('segment').length === 1
      ? null : works(request, worker) })]
    const engine = await loaded()
    const worker = /** @type {FakeWorker} */ (workers[0])
    let stopped = 0
    worker.onStop = id => { stopped = id }
    const stopper = new AbortController()
    const first = engine.segment(photo, { signal: stopper.signal })
    await turn()
    const second = engine.segment(photo)
    const why = new Error('a newer photo')
    stopper.abort(why)
    await assert.rejects(first, why)
    await turn()
    assert.ok(stopped > 0, 'the worker was told')
    assert.equal(worker.asked('segment').length, 1, 'the second waits')
    worker.fail(stopped, 'aborted')
    assert.equal((await second).variant, 'fcn8s')
    assert.equal(workers.length, 1)
    engine.dispose()
  })

  it('does not start a job that was stopped while it waited', async () => {
    const engine = await loaded()
    const first = engine.segment(photo)
    const second = engine.segment(photo, { signal: AbortSignal.abort() })
    const stopper = new AbortController()
    const third = engine.segment(photo, { signal: stopper.signal })
    stopper.abort()
    await assert.rejects(second, { name: 'AbortError' })
    await assert.rejects(third, { name: 'AbortError' })
    await first
    await engine.segment(photo)
    assert.equal(workers[0]?.asked('segment').length, 2)
    engine.dispose()
  })

  it('ends a worker that does not stop, and says nothing of a restart', async () => {
    scripts = [except({ segment: () => null }), works]
    const engine = await loaded()
    const restarts = heard(engine, 'restart')
    const worker = /** @type {FakeWorker} */ (workers[0])
    worker.onStop = () => {}
    const stopper = new AbortController()
    const first = engine.segment(photo, { signal: stopper.signal })
    await turn()
    mock.timers.enable({ apis: ['setTimeout'] })
    stopper.abort()
    await assert.rejects(first, { name: 'AbortError' })
    const second = engine.segment(photo)
    mock.timers.tick(5000)
    assert.equal((await second).variant, 'fcn8s')
    assert.equal(worker.terminated, true)
    assert.equal(workers[1]?.asked('load').length, 1)
    assert.deepEqual(restarts, [])
    engine.dispose()
  })
})

describe('stopping what hangs', () => {
  it('a picture that never comes does not hold up the next photo', async () => {
    const engine = await loaded()
    const stalled = { [Symbol.toStringTag]: 'HTMLImageElement', decode: () => new Promise(() => {}) }
    const stopper = new AbortController()
    const first = engine.segment(/** @type {never} */ (stalled), { signal: stopper.signal })
    const second = engine.segment(photo)
    await turn()
    stopper.abort()
    await assert.rejects(first, { name: 'AbortError' })
    assert.equal((await second).variant, 'fcn8s')
    engine.dispose()
  })

  it('a model that comes again slowly is stopped too', async () => {
    let loads = 0
    scripts = [works, except({ load: (request, worker) => ++loads === 1 ? null : works(request, worker) })]
    const engine = await loaded()
    workers[0]?.say({ type: 'down', error: { code: 'device_lost', message: 'gone', details: {} } })
    const stopper = new AbortController()
    const first = engine.segment(photo, { signal: stopper.signal })
    await turn()
    stopper.abort()
    await assert.rejects(first, { name: 'AbortError' })
    assert.equal((await engine.segment(photo)).variant, 'fcn8s')
    assert.equal(workers.length, 2)
    engine.dispose()
  })

  for (const code of ['crashed', 'gpu_error']) {
    it(`a worker that answers the stop with ${code} does not get the next job`, async () => {
      scripts = [except({ segment: () => null }), works]
      const engine = await loaded()
      const worker = /** @type {FakeWorker} */ (workers[0])
      worker.onStop = id => worker.fail(id, code)
      const stopper = new AbortController()
      const first = engine.segment(photo, { signal: stopper.signal })
      await turn()
      stopper.abort()
      await assert.rejects(first, { name: 'AbortError' })
      assert.equal((await engine.segment(photo)).backend, 'webgpu')
      assert.equal(worker.terminated, true)
      assert.equal(workers.length, 2)
      engine.dispose()
    })
  }
})

describe('stopping a load', () => {
  it('that the worker has already done frees the new net, and the former one goes on', async () => {
    let loads = 0
    scripts = [except({ load: (request, worker) => ++loads === 2 ? null : works(request, worker) })]
    const engine = await loaded()
    const { model } = engine
    const worker = /** @type {FakeWorker} */ (workers[0])
    // Its answer and the stop cross.
    worker.onStop = id => worker.say(/** @type {FromWorker} */ ({ type: 'done', id,
      reply: works(/** @type {Asked} */ (worker.asked('load')[1]), worker) }))
    const stopper = new AbortController()
    const stopped = engine.load(files, { signal: stopper.signal })
    await turn()
    stopper.abort()
    await assert.rejects(stopped, { name: 'AbortError' })
    await engine.segment(photo)
    assert.deepEqual(engine.model, model)
    const [former, late, again] = worker.asked('load').map(request => request.type === 'load' && request.net)
    assert.equal(again, undefined)
    assert.deepEqual(worker.asked('drop').map(request => request.type === 'drop' && request.net), [late])
    assert.deepEqual(worker.asked('segment').map(request => request.type === 'segment' && request.net), [former])
    engine.dispose()
  })
})

describe('restarting', () => {
  for (const code of ['crashed', 'device_lost', 'gpu_error']) {
    it(`runs the job again after ${code}`, async () => {
      scripts = [except({ segment: () => code }), works]
      const engine = await loaded()
      const restarts = heard(engine, 'restart')
      const result = await engine.segment(photo)
      assert.equal(result.backend, 'webgpu')
      assert.deepEqual(restarts, [{ code, message: code }])
      assert.equal(workers[0]?.terminated, true)
      const [, second] = workers
      const [load] = second?.asked('load') ?? []
      assert.equal(load?.type === 'load' && load.source.from, 'kept')
      assert.ok(second?.received[0]?.type === 'boot' && second.received[0].module, 'the compiled program is handed on')
      engine.dispose()
    })
  }

  it('runs the job again when the worker says that it is down', async () => {
    scripts = [except({ segment: (_request, worker) => {
      worker.say({ type: 'down', error: { code: 'crashed', message: 'panic', details: {} } })
      return null
    } }), works]
    const engine = await loaded()
    const restarts = heard(engine, 'restart')
    await engine.segment(photo)
    assert.equal(restarts.length, 1)
    engine.dispose()
  })

  it('goes on after a device that was lost while nothing ran', async () => {
    const engine = await loaded()
    const restarts = heard(engine, 'restart')
    workers[0]?.say({ type: 'down', error: { code: 'device_lost', message: 'gone', details: {} } })
    assert.deepEqual(restarts, [{ code: 'device_lost', message: 'gone' }])
    assert.equal((await engine.segment(photo)).backend, 'webgpu')
    assert.equal(workers.length, 2)
    engine.dispose()
  })

  it('goes to the CPU when the GPU fails twice, and says why', async () => {
    scripts = [except({ segment: () => 'device_lost' }), except({ segment: () => 'gpu_error' }), works]
    const engine = await loaded()
    const backends = heard(engine, 'backend')
    const result = await engine.segment(photo)
    assert.equal(result.backend, 'cpu')
    assert.equal(engine.backend, 'cpu')
    assert.deepEqual(engine.adapter?.reason, { code: 'gpu_error', message: 'gpu_error' })
    assert.equal(backends.length, 1)
    engine.dispose()
  })

  it('rejects when WebGPU was insisted on and fails twice', async () => {
    scripts = [except({ segment: () => 'device_lost' }), except({ segment: () => 'device_lost' }), works]
    const engine = await loaded('webgpu')
    await assert.rejects(engine.segment(photo), coded('device_lost'))
    assert.equal((await engine.segment(photo)).backend, 'webgpu')
    engine.dispose()
  })

  it('rejects a photo that crashes the CPU twice, and works on', async () => {
    let crashes = 0
    scripts = [except({ segment: (request, worker) => ++crashes <= 2 ? 'crashed' : works(request, worker) })]
    const engine = await loaded('cpu')
    await assert.rejects(engine.segment(photo), coded('crashed'))
    await engine.segment(photo)
    engine.dispose()
  })

  it('never runs more than three times', async () => {
    scripts = [except({ segment: () => 'crashed' })]
    const engine = await loaded()
    await assert.rejects(engine.segment(photo), coded('crashed'))
    assert.equal(workers.flatMap(worker => worker.asked('segment')).length, 3)
    engine.dispose()
  })

  for (const [type, code] of /** @type {const} */ ([['segment', 'crashed'], ['segment', 'decode_failed'],
    ['load', 'crashed'], ['load', 'not_finite']])) {
    it(`goes back to the GPU after a ${type} that fails there twice and on the CPU with ${code}`, async () => {
      let isBad = false
      scripts = [except({ [type]: (/** @type {Asked} */ request, /** @type {FakeWorker} */ worker) => {
        if (!isBad || (request.type === 'load' && request.source.from === 'kept')) return works(request, worker)
        const [open] = worker.asked('open')
        return open?.type === 'open' && open.backend === 'cpu' ? code : 'gpu_error'
      } })]
      const engine = await loaded()
      const { model } = engine
      isBad = true
      await assert.rejects(type === 'load' ? engine.load(files) : engine.segment(photo), coded(code))
      assert.ok(workers.every(worker => worker.terminated), 'the CPU worker is not used again')
      assert.equal(engine.adapter?.reason, null)
      isBad = false
      assert.deepEqual(engine.model, model)
      assert.equal((await engine.segment(photo)).backend, 'webgpu')
      engine.dispose()
    })
  }

  it('goes back to the GPU when its job is stopped on the CPU', async () => {
    let isBad = true
    scripts = [except({ segment: (request, worker) => {
      if (!isBad) return works(request, worker)
      const [open] = worker.asked('open')
      return open?.type === 'open' && open.backend === 'cpu' ? null : 'gpu_error'
    } })]
    const engine = await loaded()
    const stopper = new AbortController()
    const job = engine.segment(photo, { signal: stopper.signal })
    for (let turns = 0; turns < 100 && !workers[2]?.asked('segment').length; turns++) await turn()
    assert.equal(workers[2]?.asked('segment').length, 1, 'the CPU is at it')
    stopper.abort()
    await assert.rejects(job, { name: 'AbortError' })
    isBad = false
    assert.equal((await engine.segment(photo)).backend, 'webgpu')
    engine.dispose()
  })

  it('loads another model where the former one can not be had again', async () => {
    const gone = except({ load: (request, worker) => request.type === 'load' && request.source.from === 'kept'
      ? 'network_error' : works(request, worker) })
    scripts = [works, gone]
    const engine = await loaded()
    workers[0]?.say({ type: 'down', error: { code: 'crashed', message: 'panic', details: {} } })
    await assert.rejects(engine.segment(photo), coded('network_error'))
    await engine.load(files)
    assert.equal((await engine.segment(photo)).variant, 'fcn8s')
    assert.equal(workers.length, 2)
    engine.dispose()
  })

  it('does not take a photo that the page can not copy for a crash', async () => {
    const engine = await loaded()
    const bitmap = { [Symbol.toStringTag]: 'ImageBitmap', width: 4, height: 4, close() {} }
    const copies = [bitmap]
    Object.assign(globalThis, { createImageBitmap: async () => {
      const copy = copies.pop()
      if (!copy) throw new DOMException('no memory', 'InvalidStateError')
      return copy
    } })
    await assert.rejects(engine.segment(/** @type {never} */ (bitmap)), coded('decode_failed'))
    Reflect.deleteProperty(globalThis, 'createImageBitmap')
    assert.equal(workers.length, 1)
    engine.dispose()
  })

  it('turns a worker that can not be loaded into wasm_failed', async () => {
    scripts = [except({ boot: (_request, worker) => {
      worker.dispatchEvent(new Event('error'))
      return null
    } })]
    await assert.rejects(Engine.create(), coded('wasm_failed'))
    assert.equal(workers[0]?.terminated, true)
  })

  it('names the script that a built worker imports and the server has not got', async () => {
    const { fetch } = globalThis
    const at = (/** @type {string} */ path) => new URL(`../../www/engine/worker/${path}`, import.meta.url).href
    const [missing, ...shy] = ['../../chunks/chunk-D.js', './lazy.js', '../../chunks/quoted.js',
      './comment.js', '../../chunks/text.js'].map(at)
    /** @type {Record<string, string>} */
    const served = {
      [at('worker.js')]: `import{a as b,c as $}from"../../chunks/chunk-A.js";import"../../chunks/chunk-B.js";/** @typedef {import('./comment.js').X} X */const d=()=>import("./lazy.js");`,
      [at('../../chunks/chunk-A.js')]: `import"./chunk-B.js";var t='import x from"../../chunks/quoted.js"';export{t as a};export*from"./chunk-C.js";`,
      [at('../../chunks/chunk-B.js')]: 'import"./chunk-A.js";',
      [at('../../chunks/chunk-C.js')]: `export const a = './text.js'\nexport {\n  c,\n} from './chunk-D.js'\n`,
    }
    /** @type {string[]} */
    const asked = []
    globalThis.fetch = async url => {
      asked.push(String(url))
      return String(url) in served ? new Response(served[String(url)]) : new Response('', { status: 404 })
    }
    scripts = [except({ boot: (_request, worker) => {
      worker.dispatchEvent(new Event('error'))
      return null
    } })]
    try {
      await assert.rejects(Engine.create(), { code: 'wasm_failed',
        details: { kind: 'http_error', status: 404, url: missing } })
    } finally {
      globalThis.fetch = fetch
    }
    assert.equal(new Set(asked).size, asked.length)
    assert.deepEqual(asked.filter(url => shy.includes(url)), [])
  })

  it('calls a worker that the policy forbids by that name, told or thrown', async () => {
    const document = new EventTarget()
    Object.assign(globalThis, { document })
    /** @param {string} disposition */
    const violate = disposition => document.dispatchEvent(Object.assign(new Event('securitypolicyviolation'),
      { effectiveDirective: 'worker-src', disposition }))
    scripts = ['enforce', 'report'].map(disposition => except({ boot: (_request, worker) => {
      violate(disposition)
      worker.dispatchEvent(new Event('error'))
      return null
    } }))
    await assert.rejects(Engine.create(), coded('wasm_blocked'))
    await assert.rejects(Engine.create(), coded('wasm_failed'))
    Object.assign(globalThis, { Worker: class {
      constructor() {
        throw new DOMException('', 'SecurityError')
      }
    } })
    await assert.rejects(Engine.create(), coded('wasm_blocked'))
    Reflect.deleteProperty(globalThis, 'document')
  })

  it('takes an answer that does not arrive whole for a crash', async () => {
    scripts = [except({ segment: (_request, worker) => {
      worker.dispatchEvent(new Event('messageerror'))
      return null
    } }), works]
    const engine = await loaded()
    await engine.segment(photo)
    assert.equal(workers.length, 2)
    engine.dispose()
  })
})

describe('the choice of back end', () => {
  for (const code of ['no_webgpu', 'software_adapter']) {
    it(`opens the CPU in the same worker after ${code}`, async () => {
      scripts = [failsGpu(code)]
      const engine = await Engine.create()
      assert.equal(engine.backend, 'cpu')
      assert.equal(engine.adapter?.reason?.code, code)
      assert.equal(workers.length, 1)
      engine.dispose()
    })
  }

  it('opens the CPU in a new worker where the GPU turns out to be a program on it', async () => {
    scripts = [except({ open: (_, worker) => {
      worker.say({ type: 'down', error: { code: 'software_adapter', message: '', details: {} } })
      return null
    } }), works]
    const engine = await Engine.create()
    assert.equal(engine.backend, 'cpu')
    assert.equal(engine.adapter?.reason?.code, 'software_adapter')
    assert.deepEqual(workers.map(worker => worker.terminated), [true, false])
    engine.dispose()
  })

  it('takes a program on the CPU for a GPU only where that was insisted on', async () => {
    for (const backend of /** @type {const} */ (['auto', 'webgpu', 'cpu'])) {
      (await Engine.create({ backend })).dispose()
    }
    const asked = workers.map(worker => worker.asked('open')[0])
    assert.deepEqual(asked.map(open => open?.type === 'open' && [open.backend, open.takesSoftware]),
      [['webgpu', false], ['webgpu', true], ['cpu', false]])
  })

  for (const code of ['self_check_failed', 'crashed', 'gpu_error', 'device_lost']) {
    it(`opens the CPU in a new worker after ${code} at the start`, async () => {
      scripts = [failsGpu(code)]
      const engine = await Engine.create()
      assert.equal(engine.backend, 'cpu')
      assert.equal(engine.adapter?.reason?.code, code)
      assert.equal(workers.length, 2)
      assert.equal(workers[0]?.terminated, true)
      engine.dispose()
    })
  }

  it('takes a GPU that never answers for one that fails its check', async () => {
    scripts = [except({ open: () => null }), works]
    mock.timers.enable({ apis: ['setTimeout'] })
    const creating = Engine.create()
    await turn()
    mock.timers.tick(90_000)
    const engine = await creating
    assert.equal(engine.adapter?.reason?.code, 'self_check_failed')
    engine.dispose()
  })

  it('rejects where WebGPU was insisted on', async () => {
    scripts = [failsGpu('no_webgpu')]
    await assert.rejects(Engine.create({ backend: 'webgpu' }), coded('no_webgpu'))
    assert.ok(workers.every(worker => worker.terminated))
  })

  it('does not touch the GPU for the CPU', async () => {
    const engine = await Engine.create({ backend: 'cpu' })
    assert.equal(engine.adapter?.reason, null)
    assert.deepEqual(workers[0]?.asked('open').map(request => request.type === 'open' && request.backend), ['cpu'])
    engine.dispose()
  })

  it('does a photo that is too large for the GPU on the CPU, and the next one on the GPU again', async () => {
    let large = true
    const script = except({ segment: (request, worker) => {
      if (request.type !== 'segment') return null
      const open = worker.asked('open')[0]
      const onGpu = open?.type === 'open' && open.backend === 'webgpu'
      if (onGpu) return large ? 'adapter_limits' : works(request, worker)
      assert.equal(request.gpuLimit, 1000)
      return large ? works(request, worker) : { outcome: 'fits_gpu' }
    } })
    scripts = [script]
    const engine = await loaded()
    assert.equal((await engine.segment(photo)).backend, 'cpu')
    assert.equal(engine.adapter?.reason?.code, 'adapter_limits')
    large = false
    assert.equal((await engine.segment(photo)).backend, 'webgpu')
    assert.equal(engine.adapter?.reason, null)
    engine.dispose()
  })

  it('rejects a photo that is too large where WebGPU was insisted on', async () => {
    scripts = [except({ segment: () => 'adapter_limits' })]
    const engine = await loaded('webgpu')
    await assert.rejects(engine.segment(photo), coded('adapter_limits'))
    assert.equal(workers.length, 1)
    engine.dispose()
  })
})

describe('dispose', () => {
  it('ends the worker and rejects all that waits and comes later', async () => {
    scripts = [except({ segment: () => null })]
    const engine = await loaded()
    const waiting = [engine.segment(photo), engine.segment(photo), engine.load(files)]
    await turn()
    engine.dispose()
    for (const job of waiting) await assert.rejects(job, coded('aborted'))
    await assert.rejects(engine.segment(photo), coded('aborted'))
    await turn()
    assert.deepEqual(workers.map(worker => worker.terminated), [true])
    engine.dispose()
  })

  it('happens by itself when create is stopped', async () => {
    scripts = [except({ boot: () => null })]
    const stopper = new AbortController()
    const creating = Engine.create({ signal: stopper.signal })
    await turn()
    stopper.abort()
    await assert.rejects(creating, { name: 'AbortError' })
    assert.equal(workers[0]?.terminated, true)
  })
})

describe('errors', () => {
  it('have a sentence for every code', () => {
    for (const code of ERROR_CODES) assert.ok(new FcnError(code).message.length > 5, code)
  })

  it('keep known codes and their plain details', () => {
    const fromRust = Object.assign(new Error('conv1_1.weight is missing'),
      { code: 'missing_tensor', details: { tensor: 'conv1_1.weight', odd: {} } })
    assert.deepEqual(toFcnError(fromRust).plain(), { code: 'missing_tensor', message: 'conv1_1.weight is missing',
      details: { tensor: 'conv1_1.weight' } })
  })

  it('take everything unknown for a crash', () => {
    for (const thrown of [new WebAssembly.RuntimeError('unreachable'), new TypeError('x'),
      'text', undefined, Object.assign(new Error('y'), { code: 'ENOENT' })]) {
      assert.equal(toFcnError(thrown).code, 'crashed')
    }
    assert.equal(toFcnError(new DOMException('stop', 'AbortError')).code, 'aborted')
  })
})
