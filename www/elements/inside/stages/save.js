/** What can be taken away from a stage: its sheet as a picture, a channel as a table, all of its values for NumPy. */
import { npy } from '../../../lib/npy.js'
import { download } from '../../common/ui/download.js'
import { paintSheet } from './sheet.js'

/** @typedef {import('../../../engine/engine.js').Sheet} Sheet */

/** @param {string} stage @param {Sheet} sheet @param {readonly number[]} order @param {'each' | 'one'} scale */
export async function saveSheet(stage, sheet, order, scale) {
  const columns = Math.ceil(Math.sqrt(sheet.channels * sheet.height / sheet.width))
  const canvas = document.createElement('canvas')
  paintSheet(canvas, sheet, order, { columns, scale, zoom: 2 })
  const blob = await new Promise(resolve => canvas.toBlob(resolve))
  if (!blob) throw new Error('no picture')
  download(blob, `${stage}-sheet.png`)
}

/** @param {string} stage @param {number} channel @param {{data: Float32Array, width: number}} map */
export function saveMap(stage, channel, { data, width }) {
  const rows = Array.from({ length: data.length / width },
    (_, row) => data.subarray(row * width, (row + 1) * width).join())
  download(new Blob([`${rows.join('\n')}\n`], { type: 'text/csv' }), `${stage}-${channel}.csv`)
}

/** @param {import('../../../engine/engine.js').FeatureMap} map */
export function saveValues({ name, data, channels, height, width }) {
  download(npy(data, [channels, height, width]), `${name}.npy`)
}
