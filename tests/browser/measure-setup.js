/** What the specs of `<fcn-measure>` share: the view opened, and label maps as files. */
import { expect } from '@playwright/test'
import { vocColor } from '../../www/lib/palettes.js'
import { pngBytes } from '../files/png.js'

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} page @param {string} fragment @param {string} [lang] */
export async function open(page, fragment, lang = 'en') {
  page.on('pageerror', error => { throw error })
  await page.goto(`?lang=${lang}#measure?${fragment}`)
  const view = page.locator('fcn-measure')
  await expect(view.locator('.root')).toBeVisible()
  return view
}

/** What the view says in a link. @param {Page} page */
export const fragmentOf = page => page.evaluate(() => document.querySelector('fcn-measure')?.fragment)

const VOC_COLORS = Array.from({ length: 256 }, (_, id) => vocColor(id))

/** A PNG as a file. @param {string} name @param {number} width @param {number[][]} rows bytes of each row @param {0 | 2 | 3} type */
export const png = (name, width, rows, type) =>
  ({ name, mimeType: 'image/png',
    buffer: Buffer.from(pngBytes(width, rows, { type, palette: type === 3 ? VOC_COLORS : null })) })

/** An indexed PNG with VOC's colours. @param {string} name @param {number[][]} rows */
export const mask = (name, rows) => png(name, rows[0].length, rows, 3)

/** A text file. @param {string} name @param {unknown} json */
export const jsonFile = (name, json) =>
  ({ name, mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(json)) })
