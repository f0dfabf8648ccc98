/** What the specs of the panel "a folder" share: photos, truths and folders of them, and the panel opened. */
/// <reference path="../../www/elements/measure/tags.d.ts" />
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from '@playwright/test'
import { vocColor } from '../../www/lib/palettes.js'
import { encodePng } from '../../www/lib/png.js'
import { open } from './measure-setup.js'

/** @typedef {import('@playwright/test').Page} Page */

export const SLIM = 'models/everyday-slim'
export const [WIDTH, HEIGHT] = [96, 72]

/** Whose ids nobody knows by their colours. @param {number} id */
export const grey = id => [id, id, id]

/** @param {(x: number, y: number) => number} value @param {{width?: number, height?: number, color?: (id: number) => number[]}} [how] */
export async function map(value, { width = WIDTH, height = HEIGHT, color = vocColor } = {}) {
  const palette = Uint8Array.from(Array.from({ length: 256 }, (_, id) => color(id)).flat())
  const blob = await encodePng({
    width, height, palette, strip: (first, rows) => Uint8Array.from({ length: rows * width },
      (_, at) => value(at % width, first + Math.floor(at / width))),
  })
  return Buffer.from(await blob.arrayBuffer())
}

/** A photo: grass below a sky, something brown on it. @param {number} shift */
export async function photo(shift) {
  const blob = await encodePng({
    width: WIDTH, height: HEIGHT,
    strip: (first, rows) => Uint8Array.from({ length: rows * WIDTH * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % WIDTH, first + Math.floor(i / 3 / WIDTH)]
      const color = y < 30 ? [120, 170, 235] : Math.hypot(x - 40 - shift, y - 45) < 14
        ? [110, 70, 40] : [70, 140 + (x * 7 + y * 13) % 30, 50]
      return color[i % 3]
    }),
  })
  return Buffer.from(await blob.arrayBuffer())
}

/** Sheep on grass, as VOC has it; its border isn't labelled. @param {number} x @param {number} y */
export const sheep = (x, y) => Math.hypot(x - 40, y - 45) < 13 ? 17 : Math.hypot(x - 40, y - 45) < 15
  ? 255 : y < 30 ? 1 : 0

/** A folder that is there while the test runs. @param {string} name @param {Record<string, Buffer>} files by path */
export async function folderOf(name, files) {
  const root = path.join(test.info().outputPath('folders'), name)
  for (const [file, bytes] of Object.entries(files)) {
    const whole = path.join(root, file)
    await mkdir(path.dirname(whole), { recursive: true })
    await writeFile(whole, bytes)
  }
  return root
}

/** @param {Page} page @param {string} [lang] */
export async function openFolder(page, lang) {
  // The browser's own dialog can't be answered here; without it the archive is a download.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'))
  const view = await open(page, 'panel=folder', lang)
  await view.evaluate((element, model) => Object.assign(element, { backend: 'cpu', model }), `${SLIM}/model.json`)
  return view
}

/** @param {Page} page @param {() => Promise<void>} click */
export async function downloaded(page, click) {
  const download = page.waitForEvent('download')
  await click()
  return await readFile(await (await download).path())
}
