/** The samples: that every file of the list is there and of the size it says, and what a truth holds. */
import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { inflateSync } from 'node:zlib'
import { parseManifest } from '../../www/engine/formats/manifest.js'
import { imageDimensionsFromData } from '../../www/vendor/image-dimensions.js'

const FOLDER = new URL('../../www/samples/', import.meta.url)
const VOID = 255

/** @typedef {import('../../www/elements/common/photo/intake.js').Sample} Sample */

/** @type {Sample[]} */
const samples = JSON.parse(await readFile(new URL('samples.json', FOLDER), 'utf8')).samples

/** @param {string} file */
async function bytesOf(file) {
  return new Uint8Array(await readFile(new URL(file, FOLDER)))
}

/**
 * The pixel values of an indexed PNG with 8 bits a pixel, by the standard's own rules (W3C PNG, 9.2 Filter types).
 * @param {Uint8Array} bytes
 */
function readIndices(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [width, height] = [view.getUint32(16), view.getUint32(20)]
  assert.deepEqual([...bytes.subarray(24, 29)], [8, 3, 0, 0, 0], '8 bits, indexed, not interlaced')
  const packed = []
  for (let at = 8; at < bytes.length; at += 12 + view.getUint32(at)) {
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (type === 'IDAT') packed.push(bytes.subarray(at + 8, at + 8 + view.getUint32(at)))
  }
  const raw = inflateSync(Buffer.concat(packed))
  assert.equal(raw.length, height * (width + 1))
  const pixels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (width + 1)]
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const left = x ? pixels[at - 1] : 0
      const up = y ? pixels[at - width] : 0
      const corner = x && y ? pixels[at - width - 1] : 0
      pixels[at] = raw[y * (width + 1) + 1 + x] + predict(filter, left, up, corner)
    }
  }
  return { width, height, pixels }
}

/** @param {number} filter @param {number} left @param {number} up @param {number} corner */
function predict(filter, left, up, corner) {
  if (filter < 4) return [0, left, up, (left + up) >> 1][filter]
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}

describe('the samples', () => {
  it('are_at_least_twelve_with_ids_of_their_own', () => {
    assert.ok(samples.length >= 12)
    assert.equal(new Set(samples.map(({ id }) => id)).size, samples.length)
  })

  it('have_photos_of_the_size_the_list_says_and_thumbnails_of_the_same_shape', async () => {
    for (const { id, file, thumb, width, height } of samples) {
      const [photo, small] = [await bytesOf(file), await bytesOf(thumb)]
      const { width: w, height: h } = imageDimensionsFromData(photo) ?? {}
      assert.deepEqual([w, h], [width, height], id)
      assert.ok(Math.max(width, height) <= 1024 && photo.length <= 200_000, `${id}: ${photo.length} bytes`)
      const seen = imageDimensionsFromData(small) ?? { width: 0, height: 0 }
      assert.equal(Math.max(seen.width, seen.height), 160, id)
      // Both sides were rounded to whole pixels.
      assert.ok(Math.abs(seen.width * height - seen.height * width) <= Math.max(width, height), id)
      assert.ok(small.length <= 10_000, `${id}: ${small.length} bytes`)
    }
  })

  it('leave_no_file_that_nobody_lists', async () => {
    const listed = samples.flatMap(({ file, thumb, truth }) => [file, thumb, ...truth ? [truth.file] : []])
    assert.deepEqual((await readdir(FOLDER)).sort(), [...listed, 'README.md', 'samples.json'].sort())
  })

  it('say_in_both_languages_what_they_show_and_by_whom_under_which_licence', async () => {
    const readme = await readFile(new URL('README.md', FOLDER), 'utf8')
    for (const { id, file, title, alt, credit, source, licence, licenceUrl } of samples) {
      for (const text of [title, alt]) assert.ok(/[a-z]/.test(text.en) && /[가-힣]/.test(text.ko), id)
      assert.ok(credit && source, id)
      assert.match(licence, /^(Public domain|CC0 1\.0|CC BY(-SA)? [234]\.0)$/, id)
      assert.equal(licenceUrl === null, licence === 'Public domain', id)
      assert.ok(readme.includes(`| \`${file}\` | ${credit}`), `${id} has no line of its own in the README`)
    }
  })
})

describe('the truths', () => {
  const known = samples.flatMap(({ id, width, height, truth }) => truth ? [{ id, width, height, truth }] : [])

  it('are_at_least_four', () => {
    assert.ok(known.length >= 4)
  })

  it('name_the_classes_of_the_everyday_model_in_its_order', async () => {
    const { classes } = parseManifest(await readFile(new URL('../models/everyday/model.json', FOLDER)))
    for (const { id, truth } of known) assert.deepEqual(truth.classes, classes.map(({ name }) => name), id)
  })

  it('have_the_photos_size_several_classes_and_no_id_beside_these_and_void', async () => {
    for (const { id, width, height, truth } of known) {
      const map = readIndices(await bytesOf(truth.file))
      assert.deepEqual([map.width, map.height], [width, height], id)
      const counts = new Map()
      for (const value of map.pixels) counts.set(value, (counts.get(value) ?? 0) + 1)
      const ids = [...counts.keys()].filter(value => value !== VOID)
      assert.ok(ids.length >= 3 && ids.every(value => value < truth.classes.length), `${id}: ${ids}`)
      // More than this is no truth of the photo any more.
      assert.ok((counts.get(VOID) ?? 0) <= 0.15 * map.pixels.length, `${id}: ${counts.get(VOID)} pixels are void`)
      assert.ok(truth.credit, id)
    }
  })
})
