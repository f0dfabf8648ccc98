/** What the specs of `<fcn-measure>` share: the view opened, and label maps as files. */
import { deflateSync } from 'node:zlib'
import { expect } from '@playwright/test'
import { crc32 } from '../../www/lib/png.js'
import { vocColor } from '../../www/lib/palettes.js'

/** @typedef {import('@playwright/test').Page} Page */

export const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** @param {Page} page @param {string} fragment @param {string} [lang] */
export async function open(page, fragment, lang = 'en') {
  page.on('pageerror', error => { throw error })
  await page.goto(`?lang=${lang}#measure?${fragment}`)
  const view = page.locator('fcn-measure')
  await expect(view.locator('.root')).toBeVisible()
  return view
}

/** @param {string} type @param {Uint8Array} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

/** A PNG as a file. @param {string} name @param {number} width @param {number[][]} rows bytes of each row @param {0 | 2 | 3} type */
export function png(name, width, rows, type) {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(rows.length, 4)
  header.set([8, type, 0, 0, 0], 8)
  const palette = Buffer.from(Array.from({ length: 256 }, (_, id) => vocColor(id)).flat())
  const buffer = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header), ...type === 3 ? [chunk('PLTE', palette)] : [],
    chunk('IDAT', deflateSync(Buffer.from(rows.flatMap(row => [0, ...row])))), chunk('IEND', Buffer.alloc(0)),
  ])
  return { name, mimeType: 'image/png', buffer }
}

/** An indexed PNG with VOC's colours. @param {string} name @param {number[][]} rows */
export const mask = (name, rows) => png(name, rows[0].length, rows, 3)

/** A text file. @param {string} name @param {unknown} json */
export const jsonFile = (name, json) => ({ name, mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(json)) })
