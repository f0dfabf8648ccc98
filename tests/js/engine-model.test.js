/**
 * Bringing a model in: what the manifest must say, and what happens to bytes on their way. `fetch`
 * is played by the test.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { afterEach, describe, it, mock } from 'node:test'
import { bringManifest, bringWeights } from '../../www/engine/worker/loading/download.js'
import { checkGives, parseManifest } from '../../www/engine/formats/manifest.js'
import { failureText } from '../../www/elements/common/ui/failure.js'
import { texts } from '../../www/elements/common/ui/texts.ko.js'
import { FcnError } from '../../www/lib/errors.js'
import { translator } from '../../www/lib/i18n.js'

/** @typedef {import('../../www/engine/protocol.js').Manifest} Manifest */

const URL_ = 'https://example.org/models/small/model.json'
const NEVER = new AbortController().signal
const encoder = new TextEncoder()

/** @returns {Manifest} */
const manifest = () => ({
  format: 1, name: 'small', architecture: 'fcn-vgg16', config: { variants: ['fcn8s'] },
  classes: [{ id: 0, name: 'background', color: '#000000' }, { id: 1, name: 'person', color: '#C08080' }],
  input: { long_side: 512, max_long_side: 1024 },
  files: [{ path: 'weights.safetensors', bytes: 6, sha256: 'ab'.repeat(32) }],
})

/** @param {string} code @param {RegExp} [message] */
const coded = (code, message) => (/** @type {unknown} */ error) =>
  error instanceof FcnError && error.code === code && (!message || message.test(error.message))

/** Chunks on their way; `cancelled` tells whether the reader lost interest. @param {(number[] | Error)[]} chunks */
function body(...chunks) {
  const state = { cancelled: false }
  const stream = new ReadableStream({
    pull(controller) {
      const next = chunks.shift()
      if (next instanceof Error) controller.error(next)
      else if (next) controller.enqueue(Uint8Array.from(next))
      else controller.close()
    },
    cancel() { state.cancelled = true },
  }, { highWaterMark: 0 })
  return { stream, state }
}

/** @param {() => Response | Promise<Response>} answer @returns {string[]} the addresses that were asked for */
function serve(answer) {
  /** @type {string[]} */
  const asked = []
  mock.method(globalThis, 'fetch', async (/** @type {string} */ url) => {
    asked.push(url)
    return await answer()
  })
  return asked
}

afterEach(() => mock.restoreAll())

describe('parseManifest', () => {
  it('takes_one_output_for_background_and_the_class_listed_alone_or_together', () => {
    const one = manifest()
    one.config.classes = 1
    const read = () => parseManifest(encoder.encode(JSON.stringify(one))).classes.map(({ id, name, color }) =>
      [id, name, color])
    assert.deepEqual(read(), [[0, 'background', '#000000'], [1, 'person', '#C08080']])
    one.classes = [{ id: 0, name: 'crack', color: '#000000' }]
    assert.deepEqual(read(), [[0, 'background', '#000000'], [1, 'crack', '#800000']])
  })

  it('takes the shipped one', async () => {
    const bytes = await readFile(new URL('../../www/models/everyday/model.json', import.meta.url))
    const shipped = parseManifest(bytes)
    assert.equal(shipped.format, 1)
    assert.ok(shipped.classes.every(({ id }, i) => id === i))
  })

  it('passes fields through that it does not know', () => {
    const bytes = encoder.encode(JSON.stringify({ ...manifest(), license: { id: 'CC0-1.0' } }))
    assert.deepEqual(parseManifest(bytes).license, { id: 'CC0-1.0' })
  })

  for (const [name, bytes] of /** @type {[string, Uint8Array][]} */ ([
    ['nothing', new Uint8Array(0)],
    ['half an object', encoder.encode('{"format": 1,')],
    ['a web page', encoder.encode('<!doctype html><p>Not found')],
    ['a list', encoder.encode('[]')],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0x80)],
  ])) {
    it(`refuses ${name}`, () => assert.throws(() => parseManifest(bytes), coded('manifest_invalid')))
  }

  /** @param {number} count */
  const classes = count => Array.from({ length: count }, (_, id) => ({ id, name: `class ${id}`, color: '#000000' }))

  it('takes as many classes as a byte can tell apart', () => {
    const bytes = encoder.encode(JSON.stringify({ ...manifest(), classes: classes(256) }))
    assert.equal(parseManifest(bytes).classes.length, 256)
  })

  it('takes a thousand classes of a classifier, which makes no mask', () => {
    const parse = (/** @type {number} */ count) =>
      parseManifest(encoder.encode(JSON.stringify({ ...manifest(), architecture: 'vgg16-classifier',
        classes: classes(count) })))
    assert.equal(parse(1000).classes.length, 1000)
    assert.throws(() => parse(1001), coded('manifest_invalid', /1000/))
  })

  it('tells what a model gives', () => {
    const classifier = { ...manifest(), architecture: 'vgg16-classifier' }
    for (const gives of /** @type {const} */ (['labels', 'any'])) checkGives(classifier, gives)
    for (const gives of /** @type {const} */ (['masks', 'any'])) checkGives(manifest(), gives)
    assert.throws(() => checkGives(classifier, 'masks'), coded('is_classifier'))
    for (const depth of [11, 13, 19]) {
      assert.throws(() => checkGives({ ...classifier, architecture: `vgg${depth}-classifier` }, 'masks'),
        coded('is_classifier'))
    }
    assert.throws(() => checkGives(manifest(), 'labels'), coded('not_classifier'))
  })

  /** @type {[string, (m: Record<string, unknown>) => void, RegExp][]} */
  const faults = [
    ['no format', m => { delete m.format }, /format/],
    ['another format', m => { m.format = 2 }, /format/],
    ['no architecture', m => { delete m.architecture }, /architecture/],
    ['no variants', m => { m.config = { variants: [] } }, /config\.variants/],
    ['classes out of order', m => { m.classes = [{ id: 1, name: 'a', color: '#000000' }] }, /classes\[0\]\.id/],
    ['more classes than a byte can tell apart', m => { m.classes = classes(257) }, /256/],
    ['a colour by name', m => { m.classes = [{ id: 0, name: 'a', color: 'red' }] }, /classes\[0\]\.color/],
    ['a size that is no number', m => { m.input = { long_side: '512', max_long_side: 1024 } }, /input\.long_side/],
    ['a greatest size below the usual one', m => { m.input = { long_side: 512, max_long_side: 256 } }, /max_long_side/],
    ['two files', m => { m.files = [...manifest().files, ...manifest().files] }, /files/],
    ['a file of no length', m => { m.files = [{ ...manifest().files[0], bytes: 0 }] }, /files\[0\]\.bytes/],
    ['a file longer than a browser can hold', m => { m.files = [{ ...manifest().files[0], bytes: 1e15 }] },
      /files\[0\]\.bytes/],
    ['a short hash', m => { m.files = [{ ...manifest().files[0], sha256: 'ab' }] }, /sha256/],
  ]
  for (const [name, change, named] of faults) {
    it(`refuses ${name} and names the field`, () => {
      const changed = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (manifest()))
      change(changed)
      assert.throws(() => parseManifest(encoder.encode(JSON.stringify(changed))), (/** @type {unknown} */ error) => {
        if (!(error instanceof FcnError)) return false
        const { kind, ...told } = error.details
        // In Korean, too: the sentence of its kind, filled with what is told.
        const text = failureText({ code: error.code, message: error.message, details: error.details },
          translator(texts), 'ko')
        assert.match(text, /[가-힣]/)
        assert.doesNotMatch(text, /undefined|nothing|the file/)
        assert.doesNotMatch(text, /\{\w+\}/, JSON.stringify(told))
        return /^manifest\.\w+$/.test(String(kind)) && coded('manifest_invalid', named)(error)
      })
    })
  }
})

describe('bringManifest', () => {
  it('keeps the bytes as they came', async () => {
    const text = JSON.stringify(manifest(), null, 3)
    serve(() => new Response(text))
    const { bytes } = await bringManifest({ from: 'url', url: URL_ }, NEVER)
    assert.equal(new TextDecoder().decode(bytes), text)
  })

  it('leaves an address that turns out to be a film', async () => {
    const { stream, state } = body(...Array.from({ length: 9 }, () => Array(2 ** 19).fill(0)))
    serve(() => new Response(stream))
    await assert.rejects(bringManifest({ from: 'url', url: URL_ }, NEVER), coded('manifest_invalid', /4 MiB/))
    assert.equal(state.cancelled, true)
  })

  it('tells a missing file from a missing network', async () => {
    serve(() => new Response('', { status: 404 }))
    await assert.rejects(bringManifest({ from: 'url', url: URL_ }, NEVER), error =>
      coded('http_error')(error) && error instanceof FcnError && error.details.status === 404)
    mock.restoreAll()
    serve(() => { throw new TypeError('Failed to fetch') })
    await assert.rejects(bringManifest({ from: 'url', url: URL_ }, NEVER), coded('network_error'))
  })
})

describe('bringWeights', () => {
  /** @param {(number[] | Error)[]} chunks */
  async function bring(...chunks) {
    const { stream, state } = body(...chunks)
    const asked = serve(() => new Response(stream))
    /** @type {[number, number][]} */
    const told = []
    const result = await bringWeights({ from: 'url', url: URL_ }, manifest(), NEVER,
      (loaded, total) => told.push([loaded, total]))
      .catch(error => /** @type {FcnError} */ (error))
    return { result, told, asked, state }
  }

  it('puts chunks together and counts them against the manifest', async () => {
    const { result, told, asked } = await bring([1, 2], [3, 4, 5], [6])
    assert.deepEqual(result, Uint8Array.of(1, 2, 3, 4, 5, 6))
    assert.deepEqual(asked, ['https://example.org/models/small/weights.safetensors'])
    assert.deepEqual(told[0], [0, 6])
    assert.deepEqual(told.at(-1), [6, 6])
  })

  it('leaves a server that sends more than was announced', async () => {
    const { result, state } = await bring([1, 2, 3], [4, 5, 6, 7], [8])
    assert.ok(coded('weights_size_mismatch')(result))
    assert.equal(state.cancelled, true)
  })

  it('notices a file cut short', async () => {
    const { result } = await bring([1, 2, 3])
    assert.ok(result instanceof FcnError && result.code === 'weights_size_mismatch')
    assert.deepEqual(result.details, { expected: 6, got: 3 })
  })

  it('notices a connection that drops half-way', async () => {
    const { result } = await bring([1, 2, 3], new TypeError('network error'))
    assert.ok(result instanceof FcnError && result.code === 'network_error')
  })

  it('stops between two chunks', async () => {
    const { stream, state } = body([1], [2], [3])
    serve(() => new Response(stream))
    const stopper = new AbortController()
    const bringing = bringWeights({ from: 'url', url: URL_ }, manifest(), stopper.signal,
      loaded => loaded === 1 && stopper.abort())
    await assert.rejects(bringing, { name: 'AbortError' })
    assert.equal(state.cancelled, true)
  })

  it('does not follow a manifest to another site', async () => {
    const asked = serve(() => new Response())
    for (const path of ['https://evil.example/w', '//evil.example/w', 'data:,w']) {
      const foreign = { ...manifest(), files: [{ ...manifest().files[0], path }] }
      await assert.rejects(bringWeights({ from: 'url', url: URL_ }, /** @type {Manifest} */ (foreign), NEVER, () => {}),
        coded('manifest_invalid', /another site/))
    }
    assert.deepEqual(asked, [])
  })

  it('reads what was kept, and fetches again what was too large to keep', async () => {
    const asked = serve(() => new Response(Uint8Array.of(6, 5, 4, 3, 2, 1)))
    const kept = { from: /** @type {const} */ ('kept'), manifest: new Uint8Array(0), url: URL_ }
    const fromBlob = await bringWeights({ ...kept, weights: new Blob([Uint8Array.of(1, 2, 3, 4, 5, 6)]) },
      manifest(), NEVER, () => {})
    assert.deepEqual(fromBlob, Uint8Array.of(1, 2, 3, 4, 5, 6))
    assert.deepEqual(asked, [])
    const again = await bringWeights({ ...kept, weights: null }, manifest(), NEVER, () => {})
    assert.deepEqual(again, Uint8Array.of(6, 5, 4, 3, 2, 1))
    assert.equal(asked.length, 1)
  })

  it('compares the length of a chosen file before reading it', async () => {
    const source = { from: /** @type {const} */ ('files'), manifest: new Blob(), weights: new Blob(['12345']) }
    await assert.rejects(bringWeights(source, manifest(), NEVER, () => {}), coded('weights_size_mismatch'))
  })

  it('names what stands where weights should be: a pointer of Git LFS, or a page', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0d71\nsize 19332096\n'
    const large = { ...manifest(), files: [{ ...manifest().files[0], bytes: 19332096 }] }
    const kindOf = (/** @type {string} */ kind) => (/** @type {unknown} */ error) =>
      error instanceof FcnError && error.code === 'weights_invalid' && error.details['kind'] === kind
    for (const [text, kind] of [[pointer, 'weights.lfs'], ['<!doctype html>\n<title>Quota</title>', 'weights.page']]) {
      const chosen = { from: /** @type {const} */ ('files'), manifest: new Blob(), weights: new Blob([text]) }
      await assert.rejects(bringWeights(chosen, /** @type {Manifest} */ (large), NEVER, () => {}), kindOf(kind))
      serve(() => new Response(text))
      await assert.rejects(bringWeights({ from: 'url', url: URL_ }, /** @type {Manifest} */ (large), NEVER, () => {}),
        kindOf(kind))
    }
  })
})
