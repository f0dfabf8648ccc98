/** Label maps measured in the engine's worker, by the crate's metrics, against scikit-learn's figures. */
import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'
import { openLab } from './engine-setup.js'

/**
 * @typedef {{name: string, classes: number, truth: number[], prediction: number[], confusion: number[], pixel_accuracy: number,
 *   mean_accuracy: number, iou: (number | null)[], mean_iou: number, frequency_weighted_iou: number}} Case
 */

test('the engine measures as scikit-learn does', async ({ page }) => {
  /** @type {{cases: Case[]}} */
  const { cases } = JSON.parse(await readFile(new URL('../reference/fixtures/metrics.json', import.meta.url), 'utf8'))
  const lab = await openLab(page)
  const measured = await lab.evaluate(async ({ Engine }, cases) => {
    const engine = await Engine.create({ backend: 'cpu' })
    const found = []
    for (const { classes, truth, prediction } of cases) {
      found.push(await engine.measure([{ truth: Uint8Array.from(truth), prediction: Uint8Array.from(prediction) }],
        classes))
    }
    engine.dispose()
    return found
  }, cases)
  expect(measured).toHaveLength(6)
  measured.forEach((found, i) => {
    const { iou, ...wanted } = cases[i]
    expect(found.confusion, wanted.name).toEqual(wanted.confusion)
    expect(found.pixelAccuracy).toBeCloseTo(wanted.pixel_accuracy, 12)
    expect(found.meanAccuracy).toBeCloseTo(wanted.mean_accuracy, 12)
    expect(found.meanIou).toBeCloseTo(wanted.mean_iou, 12)
    expect(found.frequencyWeightedIou).toBeCloseTo(wanted.frequency_weighted_iou, 12)
    expect(found.iou.map(value => value === null ? null : value.toFixed(12))).toEqual(iou.map(value =>
      value === null ? null : value.toFixed(12)))
  })
})

test('several pictures are measured together, and what is no class is named', async ({ page }) => {
  const lab = await openLab(page)
  const found = await lab.evaluate(async ({ Engine }) => {
    const engine = await Engine.create({ backend: 'cpu' })
    const map = (/** @type {number[]} */ ...values) => Uint8Array.from(values)
    const together = await engine.measure([{ truth: map(0, 0), prediction: map(0, 1) },
      { truth: map(1, 255), prediction: map(1, 0) }], 2, { void: 255 })
    const none = await engine.measure([], 2)
    const wrong = await engine.measure([{ truth: map(0, 7), prediction: map(0, 0) }], 2).catch(error =>
      `${error.code}: ${error.message}`)
    const lengths = await engine.measure([{ truth: map(0), prediction: map(0, 0) }], 2).catch(error => error.code)
    // Background alone against an object of 255, which is left out; and classes whose number times 21 is more than a byte holds.
    const left = await engine.measure([{ truth: map(0, 0, 255, 255), prediction: map(0, 0, 0, 0) }], 2)
    const last = await engine.measure([{ truth: map(20, 20, 255), prediction: map(20, 0, 3) }], 21)
    const million = new Uint8Array(1_000_000).fill(1)
    const many = await engine.measure([...Array.from({ length: 90 }, () => ({ truth: million, prediction: million })),
      { truth: million.subarray(0, 170_814), prediction: million.subarray(0, 170_814) }], 2)
    engine.dispose()
    return { together, none, wrong, lengths, left, last, many: many.confusion }
  })
  expect(found.together.confusion).toEqual([1, 1, 0, 1])
  expect([found.together.meanIou, found.together.meanIoU]).toEqual([0.5, 0.5])
  expect([found.together.void, found.none.void]).toEqual([1, 0])
  expect(found.none).toMatchObject({ pixelAccuracy: null, meanIou: null, iou: [null, null] })
  expect(found.wrong).toContain('invalid_input: pixel 1 of the truth is 7')
  expect(found.lengths).toBe('invalid_input')
  expect(found.left).toMatchObject({ pixelAccuracy: 1, meanIou: 1, iou: [1, null], void: 2 })
  expect([found.last.iou[20], found.last.iou[0], found.last.pixelAccuracy, found.last.void]).toEqual([0.5, 0, 0.5, 1])
  expect(found.many).toEqual([0, 0, 0, 90_170_814])
})
