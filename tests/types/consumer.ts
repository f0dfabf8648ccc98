// What somebody writes in TypeScript who has the built site's files and nothing else. Only checked,
// never run. `@ts-expect-error` fails where there is no error: the types must refuse, too.
import '../../dist/elements/fcn-upsample.js'
import '../../dist/elements/fcn-segment.js'
import '../../dist/elements/fcn-heatmap.js'
import { Engine } from '../../dist/engine/engine.js'
import type { Net } from '../../dist/engine/engine.js'

const figure = document.createElement('fcn-upsample')
figure.stride = [3, 2]
figure.padding = 1
figure.input = [[1, 2], [3, 4]]
const rows: number[][] = figure.output
figure.addEventListener('fcn-step', event => {
  const { step, steps }: { step: number, steps: number } = event.detail
  console.log(step, steps, rows)
})
// @ts-expect-error: a stride is numbers
figure.stride = ['2', '2']
// @ts-expect-error: there is no such view
figure.view = 'sideways'
// @ts-expect-error: read only
figure.steps = 3

const segment = document.querySelector('fcn-segment')
const mask: Uint8Array | undefined = segment?.result?.labels

export async function measure(photo: File): Promise<number | null> {
  const engine = await Engine.create({ backend: 'auto' })
  const net: Net = await engine.load('models/everyday/model.json')
  const { labels, classes } = await net.segment(photo, { variant: 'fcn8s', size: 'model' })
  const address: string | null = net.url
  // @ts-expect-error: read only
  net.url = address
  const { maps: [map] } = await engine.trace(photo, { maps: ['score_fr'] })
  const { meanIou, void: unlabelled } = await engine.measure([{ truth: mask ?? labels, prediction: labels }], classes.length, { void: 255 })
  net.dispose()
  console.log(net.isDisposed, unlabelled)
  await engine.load('models/everyday-labels/model.json', { gives: 'labels' })
  const { width, height, scores, linear, window: side, stride }: {
    width: number, height: number, scores: Float32Array, linear: Float32Array | null, window: number, stride: number,
  } = await engine.heatmap(photo, { size: 224 })
  const shown = await document.querySelector('fcn-heatmap')?.show(photo)
  console.log(width * height * stride + side, scores, linear, shown?.map.classes.length)
  // @ts-expect-error: models give masks or labels
  await engine.load('models/everyday/model.json', { gives: 'boxes' })
  // @ts-expect-error: no such back end
  await Engine.create({ backend: 'tpu' })
  console.log(map.channels)
  engine.dispose()
  return meanIou
}
