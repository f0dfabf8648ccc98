/**
 * A photo's pass, opened, through the engine: on WebGPU and on the CPU, with the shipped model.
 */
import { expect, test } from '@playwright/test'
import { beforeWorker, crashingOnDemand, losingTheDevice, openLab } from './engine-setup.js'
import { fixture, numbers, tensor } from './fixtures.js'

/** @typedef {{shape: number[], values: ArrayLike<number>}} Tensor */

/**
 * A transposed convolution without bias as its stamps are laid down, in f64: another way than the engine's, which goes
 * from the pixel back.
 * @param {Tensor} x [channels, rows, columns]
 * @param {Tensor} kernel [inputs, outputs, k, k]
 * @param {number} stride
 * @param {number} padding
 * @returns {Tensor}
 */
function stamped({ shape: [inputs, rows, columns], values }, { shape: [, outputs, k], values: kernel },
  stride, padding) {
  const [high, wide] = [rows, columns].map(side => (side - 1) * stride - 2 * padding + k)
  const out = new Float64Array(outputs * high * wide)
  for (let from = 0; from < inputs; from++) {
    for (let cell = 0; cell < rows * columns; cell++) {
      const value = values[from * rows * columns + cell]
      const [top, left] = [Math.floor(cell / columns) * stride - padding, cell % columns * stride - padding]
      for (let to = 0; to < outputs; to++) {
        for (let tap = 0; tap < k * k; tap++) {
          const [row, column] = [top + Math.floor(tap / k), left + tap % k]
          if (row < 0 || row >= high || column < 0 || column >= wide) continue
          out[(to * high + row) * wide + column] += value * kernel[(from * outputs + to) * k * k + tap]
        }
      }
    }
  }
  return { shape: [outputs, high, wide], values: out }
}

/** A 1×1 convolution. @param {Tensor} x @param {Tensor} kernel @param {Tensor} bias @returns {Tensor} */
function scored({ shape: [inputs, rows, columns], values }, { shape: [outputs], values: kernel }, { values: bias }) {
  const area = rows * columns
  const out = Float64Array.from({ length: outputs * area }, (_, i) => {
    let sum = bias[Math.floor(i / area)]
    for (let from = 0; from < inputs; from++) sum += kernel[Math.floor(i / area) * inputs + from]
      * values[from * area + i % area]
    return sum
  })
  return { shape: [outputs, rows, columns], values: out }
}

for (const backend of /** @type {const} */ (['webgpu', 'cpu'])) {
  test(`a score and its parts are what PyTorch's maps give, on ${backend}`, async ({ page }) => {
    const { buffer: weights } = await fixture('tiny-fc1.safetensors')
    const { buffer: cases } = await fixture('tiny-fc1.cases.safetensors')
    const of = (/** @type {string} */ name) => numbers(weights, `${name}.weight`)
    const score = (/** @type {string} */ pool) =>
      scored(numbers(cases, `33x65.${pool}`), of(`score_${pool}`), numbers(weights, `score_${pool}.bias`))
    const last = (/** @type {Tensor} */ map) => stamped(map, of('upscore8'), 8, 4)
    const twice = (/** @type {Tensor} */ map) => last(stamped(map, of('upscore_pool4'), 2, 1))
    const [pool4, pool3] = [twice(score('pool4')), last(score('pool3'))]
    const scoreFr = twice(stamped(numbers(cases, '33x65.score_fr'), of('upscore2'), 2, 1))
    const own = numbers(cases, '33x65.fcn8s')
    const largest = own.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const pixels = [[0, 0], [64, 32], [40, 17], [7, 31], [58, 3], [33, 16]].flatMap(([x, y]) =>
      [0, 1, 2].map(classId => ({ x, y, classId })))
    const files = [await fixture('tiny-fc1.model.json'), await fixture('tiny-fc1.safetensors')]
      .map(({ name, buffer }) => ({ name, bytes: buffer.toString('base64') }))
    const picture = [...tensor(cases, '33x65.image').bytes]
    const lab = await openLab(page)
    const splits = await lab.evaluate(async ({ Engine }, { files, picture, pixels, backend }) => {
      const bytesOf = (/** @type {string} */ text) => Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
      const engine = await Engine.create({ backend })
      const net = await engine.load(files.map(({ name, bytes }) => new File([bytesOf(bytes)], name)))
      const image = new ImageData(65, 33)
      image.data.fill(255)
      picture.forEach((value, i) => { image.data[4 * Math.floor(i / 3) + i % 3] = value })
      const photo = await createImageBitmap(image)
      const found = []
      for (const pixel of pixels) found.push(await net.autopsy(photo, { ...pixel, variant: 'fcn8s', size: 'native' }))
      return found.map(({ score, parts }) => /** @type {Record<string, number>} */ ({ ...parts, score }))
    }, { files, picture, pixels, backend })
    const worst = { score: 0, score_fr: 0, pool4: 0, pool3: 0 }
    pixels.forEach(({ x, y, classId }, i) => {
      const at = (/** @type {Tensor} */ { shape: [, rows, columns], values }) =>
        values[(classId * rows + y) * columns + x]
      const expected = { score: at(own), score_fr: at(scoreFr), pool4: at(pool4), pool3: at(pool3) }
      for (const name of /** @type {(keyof typeof worst)[]} */ (Object.keys(worst))) {
        worst[name] = Math.max(worst[name], Math.abs(splits[i][name] - expected[name]) / largest)
      }
    })
    // As for the scores: f32 sums in another order, through some twenty layers.
    for (const [name, error] of Object.entries(worst)) expect(error, name).toBeLessThan(1e-4)
  })
}

test('a move of a skip costs a small part of a pass', async ({ page }) => {
  const lab = await openLab(page)
  const times = await lab.evaluate(async ({ Engine, scene }) => {
    const engine = await Engine.create({ backend: 'cpu' })
    const net = await engine.load('models/everyday-vgg/model.json')
    const photo = await scene({ width: 224, height: 224 })
    await net.inspect(photo)
    const timed = async (/** @type {() => Promise<unknown>} */ work, /** @type {number} */ count) => {
      const all = []
      for (let i = 0; i < count; i++) {
        const from = performance.now()
        await work()
        all.push(performance.now() - from)
      }
      return all.sort((a, b) => a - b)[count >> 1]
    }
    let gain = 0
    const move = await timed(() => net.tail(photo, { pool4: gain += 0.05, pool3: 0.5, classId: 1, mask: 'work' }), 9)
    const pass = await timed(() => net.segment(photo), 3)
    return { move, pass }
  })
  test.info().annotations.push({ type: 'a move at 224², CPU',
    description: `${times.move.toFixed(1)} ms; a pass: ${times.pass.toFixed(0)} ms` })
  // Both wait for the same CPU. A tail has some hundredth of the pass's multiplications.
  expect(times.move).toBeLessThan(times.pass / 2)
})

for (const backend of /** @type {const} */ (['webgpu', 'cpu'])) {
  test.describe(`on ${backend}`, () => {
    test('the tail with all of every skip makes the pass\'s own mask, and no pass of its own', async ({ page }) => {
      const lab = await openLab(page)
      const found = await lab.evaluate(async ({ ready, scene, difference }, backend) => {
        const engine = await ready(backend)
        const net = await engine.load('models/everyday/model.json')
        const photo = await scene()
        const own = await net.segment(photo)
        await net.inspect(photo)
        let passes = 0
        const onProgress = () => { passes++ }
        const tail = await net.tail(photo, { onProgress, classId: 0 })
        const coarse = await net.tail(photo, { pool4: 0, pool3: 0, onProgress, mask: 'work' })
        const { maps, backend: ran } = tail
        return {
          same: difference(own, tail), coarse: difference(own, coarse), passes, ran,
          maps: maps.map(({ name, channels, width, height }) => [name, channels, width, height].join()),
        }
      }, backend)
      expect(found).toMatchObject({ same: 0, passes: 0, ran: backend })
      expect(found.coarse).toBeGreaterThan(0)
      // 96×72 pixels are padded to 96×96.
      expect(found.maps).toEqual([
        'score_fr,1,3,3', 'upscore2,1,6,6', 'score_pool4,1,6,6', 'fuse_pool4,1,6,6',
        'upscore_pool4,1,12,12', 'score_pool3,1,12,12', 'fuse_pool3,1,12,12', 'upscore8,1,96,96',
      ])
    })

    test('a score is the sum of its shares', async ({ page }) => {
      const lab = await openLab(page)
      const found = await lab.evaluate(async ({ ready, scene }, backend) => {
        const engine = await ready(backend)
        const net = await engine.load('models/everyday/model.json')
        const photo = await scene()
        const { scores } = await net.segment(photo, { scores: true })
        if (!scores) throw new Error('no scores')
        const largest = scores.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
        const worst = { own: 0, parts: 0, cells: 0, channels: 0 }
        for (const [x, y, classId] of [[0, 0, 0], [95, 71, 3], [40, 31, 8], [17, 60, 13]]) {
          const { score, sum, bias, parts, cells, sources } = await net.autopsy(photo, { x, y, classId })
          const add = (/** @type {number[]} */ list) => list.reduce((sum, value) => sum + value, 0)
          const errors = {
            own: score - scores.data[(y * 96 + x) * scores.channels + classId],
            parts: bias + add(Object.values(parts)) - score,
            cells: add(cells.map(({ share }) => share)) - sum,
            channels: add(sources.flatMap(({ bias, channels }) => [bias, ...channels])) - score,
          }
          for (const [name, error] of Object.entries(errors)) {
            const key = /** @type {keyof typeof worst} */ (name)
            worst[key] = Math.max(worst[key], Math.abs(error) / largest)
          }
        }
        return worst
      }, backend)
      expect(found.own).toBe(0)
      // f32 adds up some hundred products with errors of 6e-8 each.
      for (const error of Object.values(found)) expect(error).toBeLessThan(1e-5)
    })

    test('a score where a square is covered is that of the photo painted so', async ({ page }) => {
      const lab = await openLab(page)
      const found = await lab.evaluate(async ({ ready, scene }, backend) => {
        const engine = await ready(backend)
        const net = await engine.load('models/everyday/model.json')
        const photo = await scene()
        const [at, classId, square] = [{ x: 40, y: 31 }, 8, { left: 24, top: 16, width: 32, height: 24 }]
        const plain = await net.covered(photo, { classId, at })
        const { score, stage } = await net.autopsy(photo, { classId, ...at })
        const covered = await net.covered(photo, { classId, at, square })
        const mean = await net.covered(photo, { classId, square })
        // Beyond the photo there is nothing to cover.
        const beside = await net.covered(photo, { classId, at, square: { left: 96, top: 0, width: 9, height: 9 } })
        const bitmap = await createImageBitmap(photo)
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
        const context = canvas.getContext('2d', { alpha: false })
        if (!context) throw new Error('no canvas')
        // As the engine does where a photo is transparent.
        context.fillStyle = '#fff'
        context.fillRect(0, 0, canvas.width, canvas.height)
        context.drawImage(bitmap, 0, 0)
        context.fillStyle = '#808080'
        context.fillRect(square.left, square.top, square.width, square.height)
        const { scores } = await net.segment(canvas, { scores: true })
        if (!scores) throw new Error('no scores')
        const { data, channels } = scores
        let sum = 0
        for (let i = classId; i < data.length; i += channels) sum += data[i]
        const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
        const after = (await net.autopsy(photo, { classId, ...at })).score
        return {
          plain: plain === score, beside: beside === score, after: after === score, stage, differs: covered !== score,
          covered: Math.abs(covered - data[(at.y * 96 + at.x) * channels + classId]) / largest,
          mean: Math.abs(mean - sum * channels / data.length) / largest,
        }
      }, backend)
      expect(found).toMatchObject({ plain: true, beside: true, after: true, stage: 'upscore8', differs: true })
      expect(found.covered).toBeLessThan(1e-6)
      expect(found.mean).toBeLessThan(1e-5)
    })

    test('stages are told on paper, and with their times once a photo went through', async ({ page }) => {
      const lab = await openLab(page)
      const found = await lab.evaluate(async ({ ready, scene }, backend) => {
        const engine = await ready(backend)
        const net = await engine.load('models/everyday-vgg/model.json')
        const paper = await net.stages({ size: [72, 96] })
        const { stages, photo, work } = await net.inspect(await scene())
        const plain = (/** @type {typeof paper} */ list) => JSON.stringify(list.map(({ ms, ...stage }) => stage))
        const named = Object.fromEntries(paper.map(stage => [stage.name, stage]))
        return {
          same: plain(paper) === plain(stages), photo, work,
          timed: stages.slice(1).every(({ ms }) => ms !== null && ms >= 0),
            untimed: paper.every(({ ms }) => ms === null),
          sizes: ['pool1', 'pool3', 'pool4', 'pool5'].map(name => named[name].receptive.size), input: paper[0].shape,
          pool: named['pool2'].layer,
        }
      }, backend)
      expect(found).toEqual({
        same: true, timed: true, untimed: true, photo: { width: 96, height: 72 }, work: { width: 96, height: 72 },
        sizes: [6, 44, 100, 212], input: [3, 96, 96],
        pool: { input: 'conv2_2', kind: 'pool', window: { kernel: 2, stride: 2, padding: [0, 0], dilation: 1 } },
      })
    })

    test('sheets, channels and cells are the maps that trace gives', async ({ page }) => {
      const lab = await openLab(page)
      const found = await lab.evaluate(async ({ ready, scene }, backend) => {
        const engine = await ready(backend)
        const net = await engine.load('models/everyday-vgg/model.json')
        const photo = await scene()
        const { maps: [map] } = await net.trace(photo, { maps: ['conv1_2'] })
        const sheet = await net.sheet(photo, { stage: 'conv1_2', side: 24 })
        const channel = await net.channel(photo, { stage: 'conv1_2', channel: 1 })
        const values = await net.values(photo, { stage: 'conv1_2' })
        const whole = await net.values(photo, { stage: 'input' })
        const cell = await net.cell(photo, { stage: 'conv1_2', channel: 1, row: 0, column: 95 })
        const area = map.width * map.height
        const own = map.data.subarray(area, 2 * area)
        let mean = 0
        for (let i = 0; i < 16; i++) mean += own[(4 + Math.floor(i / 4)) * map.width + 8 + i % 4] / 16
        const sum = cell.values.reduce((sum, value, i) => sum + value * cell.weights[i], cell.bias)
        const { kind, input, from, activation, value } = cell
        // A transposed convolution: what its cells hold, and the kernel's places that fall on this one.
        const stamp = await net.cell(photo, { stage: 'upscore2', channel: 3, row: 2, column: 5 })
        const { weights, inputs, outputs } = await net.upsamplingLayer('upscore2')
        // This net enlarges each class by itself, which the layer tells with zeros.
        const isAlone = stamp.channels === 1 && inputs > 1
        const { maps: [scores, twice] } = await net.trace(photo, { maps: ['score_fr', 'upscore2'] })
        const isItsOwn = stamp.places.every(({ stage, row, column, tap: [i, j] }, at) => stage === 'score_fr'
          && stamp.values[at] === scores.data[(3 * scores.height + row) * scores.width + column]
          && stamp.weights[at] === weights[((3 * outputs + 3) * 4 + i) * 4 + j])
        const stampSum = stamp.values.reduce((sum, value, i) => sum + value * stamp.weights[i], 0)
        const twiceOwn = twice.data[(3 * twice.height + 2) * twice.width + 5]
        const fused = await net.cell(photo, { stage: 'fuse_pool4', channel: 3, row: 2, column: 5 })
        return {
          stamp: stamp.places.map(({ row, column, tap }) => [row, column, ...tap].join()), isItsOwn, isAlone,
          stampKind: stamp.kind, stampValue: stamp.value === twiceOwn, stampSum: Math.abs(stampSum - stamp.value),
          fused: fused.places.map(({ stage }) => stage),
            isSum: Math.abs(fused.values[0] + fused.values[1] - fused.value) < 1e-5,
          firstIsStamp: fused.values[0] === stamp.value,
          all: values.data.every((value, i) => value === map.data[i]) && values.data.length === map.data.length,
          whole: [whole.channels, whole.height, whole.width, whole.data.length],
          size: [sheet.channels, sheet.height, sheet.width], of: map.channels,
          mean: Math.abs(sheet.data[(24 + 1) * 24 + 2] - mean), most: sheet.range[5] === Math.max(...own),
          same: channel.data.every((value, i) => value === own[i]), cell: { kind, input, from, activation },
          value: value === own[95], sum: Math.abs(Math.max(0, sum) - value) / Math.max(...own),
        }
      }, backend)
      expect(found).toMatchObject({
        all: true, whole: [3, 96, 96, 3 * 96 * 96], size: [found.of, 24, 24], most: true, same: true, value: true,
        // The window of the corner reaches one row and one column beyond the map.
        cell: { kind: 'conv', input: 'conv1_1', from: [-1, 94], activation: 'relu' },
      })
      expect(found.mean).toBeLessThan(1e-5)
      expect(found.sum).toBeLessThan(1e-5)
      // Stamps begin at 2·row − 1: row 2 is place 3 of row 0's and place 1 of row 1's; column 5 is place 2 of column 2's,
      // the last one.
      expect(found).toMatchObject({
        stampKind: 'transposed', stamp: ['0,2,3,2', '1,2,1,2'], isItsOwn: true, isAlone: true, stampValue: true,
        fused: ['upscore2', 'score_pool4'], isSum: true, firstIsStamp: true,
      })
      expect(found.stampSum).toBeLessThan(1e-5)
    })
  })
}

test('what there isn\'t is refused, and the photo stays open', async ({ page }) => {
  const lab = await openLab(page)
  const found = await lab.evaluate(async ({ Engine, scene, failure }) => {
    const engine = await Engine.create({ backend: 'cpu' })
    const net = await engine.load('models/everyday/model.json')
    const photo = await scene()
    const codes = []
    for (const wrong of [
      () => net.autopsy(photo, { x: 96, y: 0, classId: 0 }), () => net.autopsy(photo, { x: 0, y: 0, classId: 14 }),
      () => net.autopsy(photo, { x: 0.5, y: 0, classId: 0 }), () => net.tail(photo, { pool4: NaN }),
      () => net.tail(photo, { variant: 'fcn4s' }), () => net.sheet(photo, { stage: 'conv9_9' }),
      () => net.sheet(photo, { stage: 'fc6', side: 0 }), () => net.channel(photo, { stage: 'fc6', channel: 99_999 }),
      () => net.values(photo, { stage: 'conv9_9' }), () => net.covered(photo, { classId: 0, at: { x: 96, y: 0 } }),
      () => net.covered(photo, { classId: 14 }),
      () => net.cell(photo, { stage: 'blocks.5', channel: 0, row: 0, column: 0 }), () => net.stages({ size: [0, 5] }),
    ]) codes.push((await failure(wrong()))?.code)
    const { width } = await net.tail(photo)
    await net.closePhoto()
    let passes = 0
    await net.tail(photo, { onProgress: () => { passes++ } })
    // A canvas may be drawn over, so it is never taken for the photo that is open.
    const canvas = new OffscreenCanvas(64, 64)
    canvas.getContext('2d')?.fillRect(0, 0, 64, 64)
    await net.inspect(canvas)
    let again = 0
    await net.inspect(canvas, { onProgress: () => { again++ } })
    net.dispose()
    const gone = await failure(net.tail(photo))
    return { codes, width, reopened: passes > 0, again: again > 0, gone: gone?.code }
  })
  expect(found.codes).toEqual([
    'invalid_input', 'invalid_input', 'invalid_input', 'invalid_input', 'unknown_variant', 'invalid_input',
    'invalid_input', 'invalid_input', 'invalid_input', 'invalid_input', 'invalid_input',
      'invalid_input', 'invalid_input',
  ])
  expect(found).toMatchObject({ width: 96, reopened: true, again: true, gone: 'aborted' })
})

for (const [what, prelude, backend] of /** @type {const} */ ([
  ['a device lost while a photo is opened', losingTheDevice, 'webgpu'],
  ['a crash between two questions', crashingOnDemand, 'cpu'],
])) {
  test(`${what} changes no answer`, async ({ page }) => {
    // Two workers compile the net's kernels one after the other.
    test.slow()
    await beforeWorker(page, prelude, { times: 1 })
    const lab = await openLab(page)
    const found = await lab.evaluate(async ({ Engine, scene }, backend) => {
      const engine = await Engine.create({ backend })
      const net = await engine.load('models/everyday/model.json')
      const photo = await scene()
      /** @type {string[]} */
      const told = []
      engine.addEventListener('restart', event => told.push(/** @type {CustomEvent} */ (event).detail.code))
      const { stages } = await net.inspect(photo)
      const ask = async () => {
        const { score } = await net.autopsy(photo, { x: 40, y: 31, classId: 3 })
        const { value } = await net.cell(photo, { stage: 'upscore2', channel: 3, row: 2, column: 5 })
        return [score, value]
      }
      const before = await ask()
      new BroadcastChannel('crash').postMessage('now')
      while (told.length === 0) await new Promise(resolve => setTimeout(resolve, 20))
      return { told, before, after: await ask(), stages: stages.length, backend: engine.backend }
    }, backend)
    expect(found).toMatchObject({ told: [backend === 'cpu' ? 'crashed' : 'device_lost'], backend })
    expect(found.after).toEqual(found.before)
    expect(found.stages).toBeGreaterThan(20)
  })
}

test('a classifier has stages and splits its scores, but no tail', async ({ page }) => {
  const lab = await openLab(page)
  const found = await lab.evaluate(async ({ Engine, scene, failure }) => {
    const engine = await Engine.create({ backend: 'cpu' })
    const net = await engine.load('models/everyday-labels/model.json')
    const photo = await scene({ width: 300, height: 230 })
    const { stages } = await net.inspect(photo)
    const { score, sum, parts } = await net.autopsy(photo, { x: 200, y: 100, classId: 1 })
    // As the heat map has it: no window of padding, and the same scores.
    const map = await net.heatmap(photo)
    const windows = await net.values(photo, { stage: 'score' })
    const cell = [map.height - 1, map.width - 1]
    const largest = map.scores.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const at = { x: 200, y: 100 }
    const covered = await net.covered(photo, { classId: 1, at })
    const square = { left: 100, top: 60, width: 120, height: 120 }
    const hidden = await net.covered(photo, { classId: 1, at, square })
    const mean = await net.covered(photo, { classId: 1 })
    let total = 0
    for (let i = 1; i < map.scores.length; i += windows.channels) total += map.scores[i]
    return {
      last: stages.at(-1)?.name, difference: Math.abs(score - sum) / largest, covered: covered === score,
      hidden: hidden !== score, mean: Math.abs(mean - total / (map.width * map.height)) / largest,
      size: [windows.height === map.height, windows.width === map.width],
      same: map.scores[(cell[0] * map.width + cell[1]) * windows.channels + 1]
        === windows.data[(windows.height + cell[0]) * windows.width + cell[1]],
      parts: Object.keys(parts),
      tail: (await failure(net.tail(photo)))?.code,
    }
  })
  expect(found).toMatchObject({
    last: 'score', parts: ['score'], tail: 'is_classifier', size: [true, true], same: true, covered: true, hidden: true,
  })
  expect(found.mean).toBeLessThan(1e-6)
  expect(found.difference).toBeLessThan(1e-5)
})
