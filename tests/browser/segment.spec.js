/** `<fcn-segment>` by itself: photos in, masks out, what is said when something fails, what is saved. */
/// <reference path="../../www/elements/segment/tags.d.ts" />
import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'
import { decode as decodePng } from '../../www/vendor/fast-png.js'
import { withMuchNoise, withoutFrames } from './engine-setup.js'
import { blackPng, countBitmaps, hand, maskOf, openSegment, photo, scenePng, serveOtherModel } from './segment-setup.js'

/** @typedef {import('../../www/elements/fcn-segment.js').FcnSegment} FcnSegment */

const SIZE = { width: 160, height: 120 }

/** @param {import('@playwright/test').Page} page */
const chooser = page => page.locator('input[type=file]')

test.describe('a photo comes in', () => {
  for (const how of /** @type {const} */ (['choose', 'drop', 'paste'])) {
    test(`by_${how}_and_gets_a_mask_of_its_size`, async ({ page }) => {
      await openSegment(page)
      const file = photo('scene.png')
      if (how === 'choose') await chooser(page).setInputFiles(file)
      else await hand(page, how, file)
      const mask = await maskOf(page, SIZE)
      expect(mask.labels).toHaveLength(160 * 120)
      expect(mask.variant).toBe('fcn8s')
      const rows = page.locator('table.legend tbody tr')
      expect(await rows.count()).toBe(new Set(mask.labels).size)
      await expect(page.getByText(/CPU · .* · worker/)).toBeVisible()
    })
  }

  test('a_newer_photo_ends_the_older_one', async ({ page }) => {
    await openSegment(page)
    await page.waitForFunction(() => customElements.get('fcn-segment'))
    const outcome = await page.evaluate(async sizes => {
      const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
      await element.start()
      const photos = sizes.map(([width, height]) => new ImageData(width, height))
      return await Promise.all(photos.map(one => element.segment(one).then(r => `${r.width}x${r.height}`,
        error => error.code)))
    }, [[300, 200], [64, 48], [40, 30]])
    expect(outcome).toEqual(['aborted', 'aborted', '40x30'])
    const mask = await maskOf(page, { width: 40, height: 30 })
    expect(mask.labels).toHaveLength(1200)
    await expect(page.getByRole('alert')).toHaveCount(0)
  })

  test('settings_changed_before_or_during_a_job_are_those_of_its_result', async ({ page }) => {
    await openSegment(page)
    await chooser(page).setInputFiles(photo('first.png'))
    await maskOf(page, SIZE)
    expect(await page.evaluate(async () => {
      const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
      /** @type {unknown[]} */
      const seen = []
      element.addEventListener('fcn-error', event => seen.push(/** @type {CustomEvent} */ (event).detail.code))
      element.addEventListener('fcn-result',
        event =>
          seen.push(/** @type {CustomEvent} */ (event).detail.results.map((/** @type {{width: number, variant: string}} */ r) => `${r.width} ${r.variant}`)))
      /** Calls back once the net runs. @param {() => void} change */
      const whileRunning = change => {
        const listen = (/** @type {Event} */ event) => {
          if (/** @type {CustomEvent} */ (event).detail.phase !== 'run') return
          element.removeEventListener('fcn-progress', listen)
          change()
        }
        element.addEventListener('fcn-progress', listen)
      }

      element.variant = 'fcn32s'
      const before = await element.segment(new ImageData(64, 48))

      whileRunning(() => { element.variant = 'fcn16s' })
      const during = await element.segment(new ImageData(72, 48))

      whileRunning(() => { element.size = 64 })
      const smaller = await element.segment(new ImageData(80, 48))

      element.model = 'models/everyday/../everyday/model.json'
      element.compare = true
      const all = await element.segment(new ImageData(88, 48))
      await element.updateComplete
      return { results: [before, during, smaller, all].map(r => `${r.width} ${r.variant}`),
        works: [before, smaller].map(r => r.scores?.width), seen }
    })).toEqual({
      results: ['64 fcn32s', '72 fcn16s', '80 fcn16s', '88 fcn16s'],
      works: [64, 64],
      seen: [['64 fcn32s'], ['72 fcn16s'], ['80 fcn16s'], ['88 fcn32s', '88 fcn16s', '88 fcn8s']],
    })
    await expect(page.getByRole('alert')).toHaveCount(0)
  })

  test('what_the_net_is_unsure_of_is_hatched_when_asked_for', async ({ page }) => {
    await openSegment(page)
    await page.waitForFunction(() => customElements.get('fcn-segment'))
    const share = await page.evaluate(async () => {
      const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
      const noise = new ImageData(160, 120)
      noise.data.forEach((_, i) => { noise.data[i] = i % 4 === 3 ? 255 : (i * 7919 + (i >> 5) * 104729) % 256 })
      const result = await element.segment(noise)
      const scores = await element.engine?.scores(result)
      if (!scores) throw new Error('no scores')
      let unsure = 0
      for (let at = 0; at < scores.data.length; at += scores.channels) {
        const pixel = scores.data.subarray(at, at + scores.channels)
        const best = Math.max(...pixel)
        if (1 / pixel.reduce((sum, score) => sum + Math.exp(score - best), 0) < 0.5) unsure++
      }
      return unsure / (scores.width * scores.height)
    })
    expect(share).toBeGreaterThan(0.5)
    const unlike = page.getByText(/^This photo is unlike/)
    await expect(unlike).toBeVisible()
    const painted = () =>
      page.locator('fcn-segment-pane canvas.mask').evaluate((/** @type {HTMLCanvasElement} */ canvas) =>
      canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data.join())
    const before = await painted()
    await page.getByRole('checkbox', { name: 'Unsure' }).check()
    await expect(page.getByText(/^Unsure, [\d.< ]+%$/)).toBeVisible()
    const [, told] = /Unsure, ([\d.]+)/.exec(await page.getByText(/^Unsure, /).textContent() ?? '') ?? []
    expect(Math.abs(Number(told) / 100 - share)).toBeLessThan(0.006)
    await expect.poll(painted).not.toBe(before)
    await page.getByRole('checkbox', { name: 'Unsure' }).uncheck()
    await expect.poll(painted).toBe(before)
    // Of a photo like those that it learned from it is not said.
    await page.getByRole('checkbox', { name: 'Unsure' }).check()
    await page.evaluate(async () => {
      const photo = await (await fetch('samples/pavilion.jpg')).blob()
      await /** @type {FcnSegment} */ (document.querySelector('fcn-segment')).segment(photo)
    })
    await expect(page.getByText(/^Unsure, [\d.< ]+%$/)).toBeVisible()
    await expect(unlike).toHaveCount(0)
  })

  test('bitmaps_are_closed_once_nobody_needs_them', async ({ page }) => {
    await openSegment(page)
    await page.waitForFunction(() => customElements.get('fcn-segment'))
    expect(await page.evaluate(async () => {
      const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
      // What comes from the page's own pixels is a bitmap of the page's; those sent to a worker have no width any more.
      /** @type {ImageBitmap[]} */
      const made = []
      const create = globalThis.createImageBitmap
      globalThis.createImageBitmap = async (/** @type {any[]} */ ...args) => {
        const bitmap = await create.apply(globalThis, /** @type {any} */ (args))
        made.push(bitmap)
        return bitmap
      }
      const picture = () => /** @type {import('../../www/elements/common/stage/pane.js').FcnSegmentPane | null} */ (
        element.shadowRoot?.querySelector('fcn-segment-pane') ?? null)?.photo?.bitmap
      /** Photo and picture; a closed bitmap has no width. @param {number} width of the photo */
      const bitmaps = width => {
        const shown = picture()
        if (!shown) throw new Error('no picture')
        return () => [made.some(bitmap => bitmap.width === width), shown.width > 0]
      }
      const settle = async () => {
        await element.updateComplete
        await new Promise(resolve => setTimeout(resolve))
      }
      const engine = await element.start()
      const net = await engine.load(new URL('models/everyday-slim/model.json', location.href))
      const { segment } = net
      /** The next job runs until it is aborted. */
      const hang = () => {
        net.segment = (_, { signal } = {}) => {
          net.segment = segment
          return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
        }
      }
      /** @param {number} width */
      const pending = async width => {
        const former = picture()
        while (picture() === former) await new Promise(requestAnimationFrame)
        return bitmaps(width)
      }
      await element.segment(new ImageData(30, 20))
      await settle()
      const first = bitmaps(30)
      await element.segment(new ImageData(31, 20))
      await settle()
      const second = bitmaps(31)
      const replaced = [first(), second()]

      hang()
      void element.segment(new ImageData(90, 60)).catch(() => {})
      const third = await pending(90)
      await element.segment(new ImageData(33, 20))
      await settle()
      const superseded = [second(), third(), bitmaps(33)()]

      hang()
      const job = element.segment(new ImageData(91, 60)).catch(() => {})
      const fourth = await pending(91)
      element.cancel()
      await job
      await settle()
      const cancelled = fourth()
      await element.segment(new ImageData(35, 20))
      await settle()
      return { replaced, superseded, cancelled, after: fourth() }
    })).toEqual({
      replaced: [[false, false], [true, true]],
      superseded: [[false, false], [false, false], [true, true]],
      // "Start again" is to work on the very same pixels.
      cancelled: [true, false],
      after: [false, false],
    })
  })

  test('cancel_stops_at_once_and_offers_to_start_again', async ({ page }) => {
    await openSegment(page)
    await chooser(page).setInputFiles(photo('large.png', 800, 600))
    await page.getByRole('button', { name: 'Cancel' }).click()
    await expect(page.getByRole('alert')).toContainText('Stopped.')
    await page.getByRole('button', { name: 'Start again' }).click()
    await maskOf(page, { width: 800, height: 600 })
    await expect(page.getByRole('alert')).toHaveCount(0)
  })

  test('a_camera_still_is_segmented_and_the_stream_ends', async ({ page, context }) => {
    await context.grantPermissions(['camera'])
    await openSegment(page)
    await page.evaluate(() => {
      const canvas = document.createElement('canvas')
      canvas.width = 160
      canvas.height = 120
      canvas.getContext('2d')?.fillRect(0, 0, 80, 120)
      const stream = canvas.captureStream(10)
      Object.assign(window, { testStream: stream })
      navigator.mediaDevices.getUserMedia = async () => stream
    })
    await page.getByRole('button', { name: 'Camera' }).click()
    await page.getByRole('button', { name: 'Take the photo' }).click()
    await maskOf(page, SIZE)
    expect(await page.evaluate(() =>
      /** @type {{testStream: MediaStream}} */ (/** @type {unknown} */ (window)).testStream.getTracks().map(track => track.readyState))).toEqual(['ended'])
  })

  test('a_refused_camera_is_explained', async ({ page }) => {
    await openSegment(page)
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError') }
    })
    await page.getByRole('button', { name: 'Camera' }).click()
    await expect(page.getByRole('alert')).toContainText('The camera was not allowed')
    await expect(page.getByRole('dialog')).toBeHidden()
  })
})

test.describe('something fails', () => {
  /** @type {[string, string, Buffer, RegExp][]} */
  const bad = [
    ['empty_file', 'empty.jpg', Buffer.alloc(0), /0 bytes/],
    ['not_an_image', 'notes.txt', Buffer.from('These are notes, not a photo.'), /not a picture/],
    ['truncated_image', 'cut.png', scenePng(200, 150).subarray(0, 400), /cut short|could not read/],
    ['svg_unsupported', 'drawing.svg',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'), /SVG/],
    ['image_too_large', 'bomb.png', blackPng(20_000, 10_000), /200 megapixels/],
    ['heic_unsupported', 'phone.heic', Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'),
      Buffer.alloc(64)]), /HEIC.*JPEG/],
    ['decode_failed', 'scan.tif', Buffer.concat([Buffer.from('II*\0'), Buffer.alloc(64)]),
      /cannot read TIFF.*save it as JPEG or PNG/],
  ]
  test('bad_files_are_explained_and_the_former_result_stays', async ({ page }) => {
    const bitmaps = await countBitmaps(page)
    await openSegment(page)
    await chooser(page).setInputFiles(photo('good.png'))
    const before = await maskOf(page, SIZE)
    await expect.poll(bitmaps, 'for the screen, and for the engine').toBeGreaterThanOrEqual(2)
    for (const [code, name, buffer, text] of bad) {
      const counted = await bitmaps()
      await page.evaluate(() => addEventListener('fcn-error', event => {
        document.documentElement.dataset['error'] = /** @type {CustomEvent} */ (event).detail.code
      }, { once: true }))
      await chooser(page).setInputFiles({ name, mimeType: '', buffer })
      const alert = page.getByRole('alert')
      await expect(alert, name).toContainText(text)
      await expect(alert).toContainText('The previous result is kept.')
      await expect(page.locator('html')).toHaveAttribute('data-error', code)
      const after = await maskOf(page, SIZE)
      expect(after.labels).toEqual(before.labels)
      // A file that unfolds to gigabytes is refused by its header.
      if (code === 'image_too_large') expect(await bitmaps()).toBe(counted)
      await page.getByRole('button', { name: 'Close message' }).click()
      await expect(alert).toHaveCount(0)
    }
  })

  test('every_code_of_the_engine_is_told_in_both_languages', async ({ page }) => {
    await openSegment(page)
    await chooser(page).setInputFiles(photo('good.png'))
    await maskOf(page, SIZE)
    await page.evaluate(async () => {
      const engine = await /** @type {FcnSegment} */ (document.querySelector('fcn-segment')).start()
      Object.assign(globalThis, { net: await engine.load(new URL('models/everyday-slim/model.json', location.href)) })
    })
    await maskOf(page, SIZE)
    const { ERROR_CODES } = await import('../../www/lib/errors.js')
    for (const lang of ['en', 'ko']) {
      await page.evaluate(to => { /** @type {FcnSegment} */ (document.querySelector('fcn-segment')).lang = to }, lang)
      const former = lang === 'en' ? 'The previous result is kept.' : '이전 결과는 그대로 두었습니다.'
      for (const code of ERROR_CODES.filter(one => one !== 'aborted')) {
        await page.evaluate(async code => {
          const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
          const { net } = /** @type {{net: import('../../www/engine/engine.js').Net}} */ (/** @type {unknown} */ (globalThis))
          net.segment = async () => { throw Object.assign(new Error('for developers'), { code }) }
          await element.segment(new ImageData(8, 8)).catch(() => {})
        }, code)
        const alert = page.getByRole('alert')
        await expect(alert).toHaveAttribute('data-code', code)
        await expect(alert.locator('p').first()).toContainText(former)
        await expect(alert.locator('p').first()).not.toContainText('for developers')
      }
    }
    expect(await page.evaluate(() =>
      /** @type {FcnSegment} */ (document.querySelector('fcn-segment')).result?.width)).toBe(160)
  })

  for (const [lang, came, mixed] of [
    ['en', /model\.json: a web page came instead/, /different versions.*Ctrl\+Shift\+R/],
    ['ko', /model\.json 대신 웹 페이지가 왔습니다/, /버전이 다릅니다.*Ctrl\+Shift\+R/],
  ]) {
    test(`a_web_page_for_a_file_and_mixed_versions_are_told_with_what_to_do_${lang}`, async ({ page }) => {
      await page.route('**/model.json',
        route => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Front page</title>' }))
      await openSegment(page, `<fcn-segment lang="${lang}" backend="cpu"></fcn-segment>`)
      await chooser(page).setInputFiles(photo('scene.png'))
      await expect(page.getByRole('alert')).toContainText(came)
      await page.unroute('**/model.json')
      await page.route('**/pkg/fcn_lab.js', async route => {
        const response = await route.fetch()
        const older = (await response.text()).replace(/__wbg_call_[0-9a-f]{16}: function/,
          '__wbg_call_0123456789abcdef: function')
        await route.fulfill({ response, body: older })
      })
      await page.reload()
      await chooser(page).setInputFiles(photo('scene.png'))
      await expect(page.getByRole('alert')).toContainText(mixed)
    })
  }

  test('a_missing_model_says_so_and_retry_works', async ({ page }) => {
    let down = true
    await page.route('**/model.json', route => down ? route.fulfill({ status: 404, body: '' }) : route.fallback())
    await openSegment(page)
    await chooser(page).setInputFiles(photo('scene.png'))
    await expect(page.getByRole('alert')).toContainText('status 404')
    down = false
    await page.getByRole('button', { name: 'Try again' }).click()
    await maskOf(page, SIZE)
    await expect(page.getByRole('alert')).toHaveCount(0)
  })
})

test.describe('samples', () => {
  /** @type {[string, string][]} */
  const lists = [['empty', '{}'], ['null', 'null'], ['of_nothing_to_show', '{"samples": [{"id": "a"}]}'],
    ['no_json', '<html>']]
  for (const [what, list] of lists) {
    test(`a_list_that_is_${what}_is_told_and_photos_still_work`, async ({ page }) => {
      await page.route('**/samples.json', route => route.fulfill({ contentType: 'application/json', body: list }))
      await openSegment(page,
        '<fcn-segment lang="en" backend="cpu" samples="samples/samples.json" sample="a"></fcn-segment>')
      await expect(page.getByRole('alert')).toHaveAttribute('data-code', 'samples_failed')
      await chooser(page).setInputFiles(photo('mine.png'))
      await maskOf(page, SIZE)
    })
  }
})

test.describe('pictures', () => {
  test('a_large_photo_is_shrunk_as_it_is_decoded_and_a_turned_one_stays_upright', async ({ page }) => {
    await openSegment(page)
    expect(await page.evaluate(async () => {
      const { shownPhoto } = await import(/** @type {string} */ (new URL('source/elements/common/photo/image-tasks.js',
        location.href).href))
      const canvas = new OffscreenCanvas(3000, 2000)
      canvas.getContext('2d')?.fillRect(0, 0, 10, 10)
      const jpeg = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer())
      // Exif: orientation 6, a quarter turn to the right.
      const exif = Uint8Array.of(255, 225, 0, 34, 69, 120, 105, 102, 0, 0, 77, 77, 0, 42,
        0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0)
      const lying = new Blob([jpeg], { type: 'image/jpeg' })
      const standing = new Blob([jpeg.subarray(0, 2), exif, jpeg.subarray(2)], { type: 'image/jpeg' })
      const found = []
      for (const [blob, size] of [[lying, { width: 3000, height: 2000 }], [standing, { width: 3000, height: 2000 }],
        [standing, null]]) {
        const { bitmap, width, height } = await shownPhoto(blob, size)
        found.push([width, height, bitmap.width, bitmap.height])
      }
      return found
    })).toEqual([[3000, 2000, 2048, 1366], [2000, 3000, 1365, 2048], [2000, 3000, 1365, 2048]])
  })

  test('a_photo_without_its_end_mark_is_shown_and_saved', async ({ page }) => {
    await openSegment(page)
    const { buffer } = photo('scene.png')
    await chooser(page).setInputFiles({ name: 'endless.png', mimeType: 'image/png', buffer: buffer.subarray(0, -12) })
    await maskOf(page, SIZE)
    await page.locator('summary', { hasText: 'Save' }).click()
    const waiting = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Photo with mask (PNG)' }).click()
    expect((await waiting).suggestedFilename()).toBe('endless-overlay.png')
    await expect(page.getByRole('alert')).toHaveCount(0)
  })

  test('noise_of_the_browser_is_not_saved', async ({ page }) => {
    await openSegment(page)
    const makes = async () => await page.evaluate(async () => {
      const { makePicture } = await import(/** @type {string} */ (new URL('source/elements/common/photo/image-tasks.js',
        location.href).href))
      const source = await createImageBitmap(new ImageData(Uint8ClampedArray.from({ length: 400 },
        (_, i) => i % 4 === 3 ? 255 : i * 7), 10))
      const picture = { kind: 'overlay', width: 10, height: 10, labels: new Uint8Array(100),
        classes: [], source, opacity: 0, hidden: [], faint: [] }
      const made = await makePicture(picture).catch((/** @type {{details: {kind: string}}} */ error) => error)
      return made instanceof Blob ? [...new Uint8Array(await made.arrayBuffer())] : made.details.kind
    })
    const saved = await makes()
    await page.reload()
    await page.evaluate(withMuchNoise)
    expect(await makes()).toEqual(saved)
    await page.reload()
    await page.evaluate(withMuchNoise)
    await page.evaluate(withoutFrames)
    expect(await makes()).toBe('decode_failed.noise')
  })

  test('a_picture_wider_than_canvases_are_is_saved_whole', async ({ page }) => {
    await openSegment(page)
    expect(await page.evaluate(async () => {
      const { makePicture } = await import(/** @type {string} */ (new URL('source/elements/common/photo/image-tasks.js',
        location.href).href))
      const [width, height] = [70_000, 3]
      const photo = new ImageData(width, height)
      const labels = new Uint8Array(width * height)
      for (let i = 0; i < width * height; i++) {
        photo.data.set([i % 251, (i >> 8) % 253, 40, 255], i * 4)
        labels[i] = i % 2
      }
      const classes = [{ id: 0, name: 'background', color: '#000000' }, { id: 1, name: 'sky', color: '#ffffff' }]
      const source = await createImageBitmap(photo)
      const picture = { width, height, labels, classes, source, opacity: 0, hidden: [], faint: [] }
      let wrong = 0
      for (const kind of ['overlay', 'colors', 'labels']) {
        const png = await makePicture({ ...picture, kind })
        for (const left of [0, 8190, 65_530, 69_990]) {
          const cut = await createImageBitmap(png, left, 0, 10, height)
          const context = new OffscreenCanvas(10, height).getContext('2d')
          if (!context) throw new Error('no canvas')
          context.drawImage(cut, 0, 0)
          const { data } = context.getImageData(0, 0, 10, height)
          for (let y = 0; y < height; y++) {
            for (let x = 0; x < 10; x++) {
              const at = y * width + left + x
              const red = kind === 'overlay' ? photo.data[at * 4] : labels[at] * 255
              if (data[(y * 10 + x) * 4] !== red || data[(y * 10 + x) * 4 + 3] !== 255) wrong++
            }
          }
        }
      }
      const other = await makePicture({ ...picture, kind: 'overlay',
        width: 60_000 }).catch((/** @type {Error} */ error) => error.message)
      return { wrong, other }
    })).toEqual({ wrong: 0, other: 'The photo now decodes to 70000 × 3 pixels, its mask has 60000 × 3' })
  })
})

test.describe('looking closer', () => {
  test('arrow_keys_walk_a_cursor_that_reads_the_mask', async ({ page }) => {
    await openSegment(page)
    await chooser(page).setInputFiles(photo('scene.png'))
    const mask = await maskOf(page, SIZE)
    const pane = page.getByRole('application')
    await pane.focus()
    await page.keyboard.press('ArrowRight')
    const readout = page.locator('.readout')
    await expect(readout).toContainText('x 80, y 60')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Shift+ArrowLeft')
    const text = await readout.innerText()
    const [, x, y] = /x (\d+), y (\d+)/.exec(text) ?? []
    expect(Number(x)).toBeLessThan(80)
    expect(Number(y)).toBeLessThan(60)
    const id = mask.labels[Number(y) * 160 + Number(x)]
    expect(text).toContain(mask.classes[id].names?.['en'] ?? mask.classes[id].name)
    expect(text).toMatch(/\d+(\.\d)?%.*then/s)
    await page.keyboard.press('+')
    await expect(page.locator('.zoom output')).toHaveText('150%')
    await page.keyboard.press('0')
    await expect(page.locator('.zoom output')).toHaveText('100%')
    await page.keyboard.press('Escape')
    await expect(readout).toContainText('Point at the photo')
  })

  test('classes_can_be_switched_off_and_the_split_moved_by_keys', async ({ page }) => {
    await openSegment(page)
    await chooser(page).setInputFiles(photo('scene.png'))
    await maskOf(page, SIZE)
    await page.getByLabel('Mask', { exact: true }).check({ force: true })
    const painted = async () => await page.evaluate(async () => {
      await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      const pane = document.querySelector('fcn-segment')?.shadowRoot?.querySelector('fcn-segment-pane')
      const canvas = /** @type {HTMLCanvasElement} */ (pane?.shadowRoot?.querySelector('canvas.mask'))
      const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
      let count = 0
      for (let i = 3; i < data.length; i += 4) if (data[i]) count++
      return count
    })
    expect(await painted()).toBeGreaterThan(1000)
    await page.getByRole('button', { name: 'None' }).click()
    expect(await painted()).toBe(0)
    await page.locator('table.legend input').first().check()
    expect(await painted()).toBeGreaterThan(100)
    await page.getByLabel('Split', { exact: true }).check({ force: true })
    const divider = page.getByRole('slider', { name: 'Divider between photo and mask' })
    await divider.focus()
    await page.keyboard.press('Home')
    expect(await page.evaluate(() => document.querySelector('fcn-segment')?.split)).toBe(0)
  })

  test('compare_shows_three_variants_and_where_they_differ_with_one_cursor', async ({ page }) => {
    await openSegment(page)
    await chooser(page).setInputFiles(photo('scene.png'))
    await maskOf(page, SIZE)
    await page.getByLabel('Compare all three').check({ force: true })
    await expect(page.getByRole('application')).toHaveCount(4)
    await expect(page.getByText('Where the three differ')).toBeVisible()
    await page.getByRole('application').nth(1).hover()
    await expect(page.locator('.readout > div')).toHaveCount(3)
    const cursors = await page.evaluate(() =>
      Array.from(document.querySelector('fcn-segment')?.shadowRoot?.querySelectorAll('fcn-segment-pane') ?? [],
        pane => JSON.stringify(pane.cursor)))
    expect(new Set(cursors).size).toBe(1)
    expect(cursors[0]).not.toBe('null')
    await page.getByRole('button', { name: 'Zoom in' }).click()
    expect(await page.evaluate(() =>
      new Set(Array.from(document.querySelector('fcn-segment')?.shadowRoot?.querySelectorAll('fcn-segment-pane') ?? [],
        pane => pane.view.zoom)).size)).toBe(1)
    await page.getByLabel('FCN-32s', { exact: true }).check({ force: true })
    await expect(page.getByRole('application')).toHaveCount(1)
    expect((await maskOf(page, SIZE)).variant).toBe('fcn32s')
  })
})

test.describe('taking away', () => {
  /** @param {import('@playwright/test').Page} page @param {string} item */
  async function save(page, item) {
    await page.locator('summary', { hasText: 'Save' }).click()
    const [download] = await Promise.all([page.waitForEvent('download'),
      page.getByRole('button', { name: item }).click()])
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
  }

  /**
   * Decodes a PNG with the browser.
   * @param {import('@playwright/test').Page} page
   * @param {Buffer} bytes
   */
  async function pixels(page, bytes) {
    return await page.evaluate(async base64 => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), c => c.charCodeAt(0))],
        { type: 'image/png' }))
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
      const context = canvas.getContext('2d')
      context?.drawImage(bitmap, 0, 0)
      return { width: bitmap.width, height: bitmap.height,
        data: Array.from(context?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? []) }
    }, bytes.toString('base64'))
  }

  test('pictures_and_numbers_have_the_photo_size_and_the_masks_values', async ({ page }) => {
    await openSegment(page)
    await chooser(page).setInputFiles(photo('my scene.png', 161, 121))
    const mask = await maskOf(page, { width: 161, height: 121 })

    const palette = await save(page, 'Label map (palette PNG')
    const grey = await save(page, 'Label map (grey PNG')
    expect([palette.name, grey.name]).toEqual(['my-scene-labels.png', 'my-scene-grey.png'])
    // By the kind in the header: 3 is indexed, 0 grey.
    expect([palette.bytes[25], grey.bytes[25]]).toEqual([3, 0])
    for (const { bytes } of [palette, grey]) expect([...decodePng(bytes).data]).toEqual(mask.labels)
    // What reads a PNG as colours, as OpenCV does by itself, gets the ids only from the grey one.
    const read = await pixels(page, grey.bytes)
    expect(mask.labels.map((_, i) => read.data[4 * i])).toEqual(mask.labels)

    for (const item of ['Colour map', 'Label map (palette PNG']) {
      const shown = await pixels(page, (await save(page, item)).bytes)
      expect([shown.width, shown.height]).toEqual([161, 121])
      for (const at of [0, 5000, 161 * 121 - 1]) {
        const { color } = mask.classes[mask.labels[at]]
        const hex = '#'
          + shown.data.slice(4 * at, 4 * at + 3).map(value => value.toString(16).padStart(2, '0')).join('')
        expect(hex).toBe(color)
      }
    }

    const overlay = await pixels(page, (await save(page, 'Photo with mask (PNG)')).bytes)
    expect([overlay.width, overlay.height]).toEqual([161, 121])

    const areas = JSON.parse((await save(page, 'Areas (JSON)')).bytes.toString())
    expect(areas).toMatchObject({ width: 161, height: 121, variant: 'fcn8s', backend: 'cpu' })
    const counted = areas.classes.reduce((/** @type {number} */ sum, /** @type {{pixels: number}} */ row) =>
      sum + row.pixels, 0)
    expect(counted).toBe(161 * 121)
    for (const { id, pixels } of areas.classes) expect(read.data.filter((value, i) =>
      i % 4 === 0 && value === id)).toHaveLength(pixels)
    expect(areas.classes[0].pixels).toBe(mask.labels.filter(id => id === areas.classes[0].id).length)
  })
})

test.describe('an element among others', () => {
  test('a_false_attribute_switches_an_option_off_as_react_18_writes_it', async ({ page }) => {
    await openSegment(page)
    await page.waitForFunction(() => customElements.get('fcn-segment'))
    const found = await page.evaluate(() => ['false', '0', '', 'true', null].map(value => {
      const element = /** @type {FcnSegment} */ (document.createElement('fcn-segment'))
      for (const name of ['compare', 'patterns', 'unsure']) if (value !== null) element.setAttribute(name, value)
      return [element.compare, element.patterns, element.unsure]
    }))
    expect(found).toEqual([false, false, true, true, false].map(isOn => [isOn, isOn, isOn]))
  })

  test('properties_set_before_the_script_came_are_honoured', async ({ page }) => {
    await openSegment(page, '<p>nothing yet</p>')
    await page.waitForFunction(() => customElements.get('fcn-segment'))
    expect(await page.evaluate(() => {
      const element = document.createElement('fcn-segment')
      Object.assign(element, { variant: 'fcn16s', backend: 'cpu', size: 768 })
      document.body.append(element)
      return [element.variant, element.backend, element.size]
    })).toEqual(['fcn16s', 'cpu', 768])
  })

  test('a_back_end_set_as_the_element_comes_to_the_page_is_the_one_that_computes', async ({ page }) => {
    await openSegment(page, '<p>nothing yet</p>')
    await page.waitForFunction(() => customElements.get('fcn-segment'))
    expect(await page.evaluate(async () => {
      const element = document.createElement('fcn-segment')
      document.body.append(element)
      element.backend = 'webgpu'
      const { backend } = await element.start()
      element.remove()
      return backend
    })).toBe('webgpu')
  })

  test('moving_it_keeps_its_engine_and_result', async ({ page }) => {
    await openSegment(page, '<div id="a"><fcn-segment lang="en" backend="cpu"></fcn-segment></div><div id="b"></div>')
    await chooser(page).setInputFiles(photo('scene.png'))
    await maskOf(page, SIZE)
    expect(await page.evaluate(async () => {
      const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
      const { engine, result } = element
      document.querySelector('#b')?.append(element)
      await new Promise(resolve => setTimeout(resolve, 900))
      const again = await element.segment(new ImageData(20, 10))
      return [element.engine === engine, result !== null, again.width]
    })).toEqual([true, true, 20])
  })

  test('leaving_the_page_ends_the_engine', async ({ page }) => {
    await openSegment(page)
    await chooser(page).setInputFiles(photo('scene.png'))
    await maskOf(page, SIZE)
    expect(page.workers().length).toBeGreaterThan(0)
    await page.evaluate(() => document.querySelector('fcn-segment')?.remove())
    await expect.poll(() => page.workers().length).toBe(0)
  })

  test('leaving_during_a_job_is_no_failure_and_it_may_come_back', async ({ page }) => {
    await openSegment(page)
    await page.waitForFunction(() => customElements.get('fcn-segment'))
    expect(await page.evaluate(async () => {
      const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
      /** @type {string[]} */
      const errors = []
      element.addEventListener('fcn-error', event => errors.push(/** @type {CustomEvent} */ (event).detail.code))
      const engine = await element.start()
      const net = await engine.load(new URL('models/everyday-slim/model.json', location.href))
      await element.segment(new ImageData(30, 20))
      net.segment = (_, { signal } = {}) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
      const job = element.segment(new ImageData(90, 60)).then(() => 'a mask', error => error.code)
      element.remove()
      const outcome = await job
      document.querySelector('main')?.append(element)
      await element.updateComplete
      const shown = ['[role=alert]', '.progress'].map(selector => element.shadowRoot?.querySelectorAll(selector).length)
      const again = await element.segment(new ImageData(40, 20))
      return { outcome, errors, shown, width: again.width }
    })).toEqual({ outcome: 'aborted', errors: [], shown: [0, 0], width: 40 })
    await expect(page.getByRole('alert')).toHaveCount(0)
  })

  test('two_on_a_page_have_their_own_photos', async ({ page }) => {
    await openSegment(page,
      '<fcn-segment lang="en" backend="cpu" id="one"></fcn-segment><fcn-segment lang="ko" backend="cpu" id="two"></fcn-segment>')
    await page.waitForFunction(() => customElements.get('fcn-segment'))
    expect(await page.evaluate(async () => {
      const [one, two] = document.querySelectorAll('fcn-segment')
      const results = await Promise.all([one.segment(new ImageData(30, 20)), two.segment(new ImageData(20, 30))])
      return [results.map(r => r.width), one.result?.height, two.result?.height, one.engine === two.engine]
    })).toEqual([[30, 20], 20, 30, true])
    await expect(page.locator('#two').getByText('찾은 클래스')).toBeVisible()
    // What is pasted goes to the one used last.
    await page.locator('#two').getByRole('application').focus()
    await hand(page, 'paste', photo('pasted.png', 50, 40), 'body')
    await page.waitForFunction(() => document.querySelectorAll('fcn-segment')[1].result?.width === 50)
    expect(await page.evaluate(() => document.querySelector('fcn-segment')?.result?.width)).toBe(30)
  })

  test('a_photo_that_waits_for_a_model_gets_its_mask_by_that_model', async ({ page }) => {
    await openSegment(page)
    await page.waitForFunction(() => customElements.get('fcn-segment'))
    await serveOtherModel(page)
    expect(await page.evaluate(async () => {
      const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
      await element.segment(new ImageData(30, 20))
      const loading = element.engine?.load(new URL('models/other/model.json', location.href))
      const { classes, width } = await element.segment(new ImageData(31, 20))
      await loading
      return [classes[9].names?.['en'], width]
    })).toEqual(['heaven', 31])
    await expect(page.getByRole('alert')).toHaveCount(0)
  })

  test('a_model_loaded_by_hand_is_used', async ({ page }) => {
    await openSegment(page)
    await chooser(page).setInputFiles(photo('scene.png'))
    await maskOf(page, SIZE)
    await serveOtherModel(page)
    await page.evaluate(async () => {
      const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
      await element.engine?.load(new URL('models/other/model.json', location.href))
    })
    await expect(page.getByText('Other', { exact: true })).toBeVisible()
    await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes[9].names?.['en']
      === 'heaven')
  })
  test('a_model_loaded_by_hand_after_a_failed_start_stays', async ({ page }) => {
    await serveOtherModel(page)
    await page.route(/everyday(-slim)?\/model\.json/, route => route.fulfill({ status: 503, body: '' }))
    await openSegment(page)
    await page.waitForFunction(() => customElements.get('fcn-segment'))
    expect(await page.evaluate(async () => {
      const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
      const failed = await element.start().catch(error => error.code)
      await element.engine?.load(new URL('models/other/model.json', location.href))
      const { classes } = await element.segment(new ImageData(30, 20))
      // Another wish is another model.
      element.model = 'models/everyday/model.json?missing'
      const missing = await element.segment(new ImageData(31, 20)).then(() => 'a mask', error => error.code)
      return [failed, classes[9].names?.['en'], missing]
    })).toEqual(['http_error', 'heaven', 'http_error'])
  })

  test('a_model_loaded_by_hand_during_a_job_is_that_of_all_that_is_shown', async ({ page }) => {
    await serveOtherModel(page)
    await openSegment(page)
    await page.waitForFunction(() => customElements.get('fcn-segment'))
    expect(await page.evaluate(async () => {
      const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
      const engine = await element.start()
      const load = (name = 'other') => engine.load(new URL(`models/${name}/model.json`, location.href))
      const find = (/** @type {string} */ selector) => [...element.shadowRoot?.querySelectorAll(selector) ?? []]
      const first = await load('everyday')
      await element.segment(new ImageData(30, 20))
      await element.updateComplete
      const none = /** @type {HTMLButtonElement} */ (find('.split-head button').at(-1))
      none.click()
      find('.legend tbody tr')[0].dispatchEvent(new PointerEvent('pointerenter', { pointerType: 'mouse' }))
      await element.updateComplete
      const before = [find('tr.off').length > 0, find('tr.lit').length]

      // The job fails: what stays on the stage is computed anew, and the failure is still told.
      first.segment = async () => {
        await load()
        throw Object.assign(new Error('for developers'), { code: 'decode_failed' })
      }
      const failed = await element.segment(new ImageData(31, 20)).catch(error => error.code)
      while (element.result?.classes[9].names?.['en']
        !== 'heaven') await new Promise(resolve => setTimeout(resolve, 20))
      await element.updateComplete
      const told = find('[role=alert]').map(alert => alert.getAttribute('data-code'))
      const stage = { failed, told, width: element.result.width, off: find('tr.off').length,
        lit: find('tr.lit').length }

      // The job's mask was ready before the model was: it isn't shown.
      const second = await load('everyday')
      const { segment } = second
      second.segment = async (...args) => {
        const result = await segment.apply(second, args)
        await load()
        return result
      }
      const { classes, width } = await element.segment(new ImageData(32, 20))
      return { before, stage, sky: classes[9].names?.['en'], width }
    })).toEqual({ before: [true, 1], stage: { failed: 'decode_failed', told: ['decode_failed'],
      width: 30, off: 0, lit: 0 }, sky: 'heaven', width: 32 })
  })

  /** @param {import('@playwright/test').Page} page */
  const modelInUse = page =>
    page.evaluate(() => document.querySelector('fcn-segment')?.engine?.model?.url?.replace(/.*\/models\//, ''))

  for (const [backend, computes] of /** @type {const} */ ([['cpu', 'cpu'], ['auto', 'cpu'], ['webgpu', 'webgpu']])) {
    test(`the_everyday_model_comes_by_itself_whatever_computes_${backend}`, async ({ page }) => {
      await openSegment(page, `<fcn-segment lang="en" backend="${backend}" models="models/models.json"></fcn-segment>`)
      await chooser(page).setInputFiles(photo('scene.png'))
      const mask = await maskOf(page, SIZE)
      // The browser's adapter is SwiftShader: WebGPU, but a program on the processor.
      expect(mask.backend).toBe(computes)
      expect(await modelInUse(page)).toBe('everyday/model.json')
      await expect(page.getByLabel('Model')).toHaveValue(/everyday\/model\.json$/)
    })
  }

  test('a_model_chosen_from_the_list_segments_the_photo_anew', async ({ page }) => {
    await openSegment(page, '<fcn-segment lang="en" backend="cpu" models="models/models.json"></fcn-segment>')
    await chooser(page).setInputFiles(photo('scene.png'))
    await maskOf(page, SIZE)
    const select = page.getByLabel('Model')
    await expect(select.locator('option')).toHaveText([
      'Everyday, 14 classes', 'Everyday Lite0, 14 classes', 'Everyday slim, 14 classes', 'Everyday VGG, 14 classes',
      'Recycling, 7 classes',
    ])
    await select.selectOption({ label: 'Recycling, 7 classes' })
    await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes.length === 7)
    expect(await modelInUse(page)).toBe('recycling/model.json')
    await expect(page.getByText(/^Only for photos of one or a few pieces of waste/)).toBeVisible()
    // A model by hand takes its place, and can be replaced again by the one that was chosen before.
    await page.evaluate(() => document.querySelector('fcn-segment')?.engine?.load(new URL('models/everyday/model.json',
      location.href)))
    await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes.length === 14)
    await expect(select).toHaveValue(/everyday\/model\.json$/)
    await select.selectOption({ label: 'Recycling, 7 classes' })
    await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes.length === 7)
  })

  test('a_chosen_model_that_cannot_be_had_leaves_the_former_one_and_its_mask', async ({ page }) => {
    await page.route('**/recycling/model.json', route => route.fulfill({ status: 503, body: '' }))
    await openSegment(page, '<fcn-segment lang="en" backend="cpu" models="models/models.json"></fcn-segment>')
    await chooser(page).setInputFiles(photo('scene.png'))
    await maskOf(page, SIZE)
    await page.getByLabel('Model').selectOption({ label: 'Recycling, 7 classes' })
    await expect(page.getByRole('alert')).toHaveAttribute('data-code', 'http_error')
    await expect(page.getByLabel('Model')).toHaveValue(/everyday\/model\.json$/)
    expect((await maskOf(page, SIZE)).classes).toHaveLength(14)
    // The former model goes on: another variant of it, another photo.
    await page.getByRole('radio', { name: 'FCN-32s' }).check({ force: true })
    await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.variant === 'fcn32s')
    await page.getByLabel('Model').selectOption({ label: 'Recycling, 7 classes' })
    await expect(page.getByRole('alert')).toHaveAttribute('data-code', 'http_error')
    await page.unroute('**/recycling/model.json')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.classes.length === 7)
  })

  test('a_list_of_models_that_cannot_be_had_is_told_and_can_be_tried_again', async ({ page }) => {
    await page.route('**/models.json', route => route.fulfill({ body: '<!doctype html>' }))
    await openSegment(page, '<fcn-segment lang="en" backend="cpu" models="models/models.json"></fcn-segment>')
    await expect(page.getByRole('alert')).toHaveAttribute('data-code', 'models_failed')
    await page.unroute('**/models.json')
    await page.getByRole('button', { name: 'Try again' }).click()
    // The list's five, and one for the net that is still to come.
    await expect(page.getByLabel('Model').locator('option')).toHaveCount(6)
  })
})
