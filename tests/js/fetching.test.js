/** Fetching with errors that can be told apart, and reading what came. `fetch` is played by the test. */
import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { fetchFile, fetchJson } from '../../www/lib/fetching.js'
import { isRecord, list, number, record, spoken, square, text, texts } from '../../www/lib/fields.js'

const ADDRESS = 'https://example.org/list.json'

/** @param {() => Promise<Response>} answer */
const serve = answer => mock.method(globalThis, 'fetch', answer)

afterEach(() => mock.restoreAll())

describe('fetching', () => {
  it('gives what a server answers', async () => {
    serve(async () => new Response('{"models": []}'))
    assert.deepEqual(await fetchJson(ADDRESS), { models: [] })
    assert.equal(await (await fetchFile(new URL(ADDRESS))).text(), '{"models": []}')
  })

  it('tells a bad answer, a dead connection, a stop and what is no JSON apart', async () => {
    serve(async () => new Response('', { status: 503 }))
    await assert.rejects(fetchJson(ADDRESS), { code: 'http_error', details: { status: 503, url: ADDRESS } })
    serve(async () => { throw new TypeError('Failed to fetch') })
    await assert.rejects(fetchFile(ADDRESS), { code: 'network_error',
      details: { url: ADDRESS, reason: 'Failed to fetch' } })
    await assert.rejects(fetchFile(ADDRESS, AbortSignal.abort()), { code: 'aborted' })
    serve(async () => new Response('<!doctype html>'))
    await assert.rejects(fetchJson(ADDRESS), SyntaxError)
  })

  it('names a web page that comes instead of a file', async () => {
    const page = (/** @type {string} */ body) =>
      new Response(body, { headers: { 'Content-Type': 'text/html; charset=utf-8' } })
    for (const body of ['<!doctype html><title>Front page</title>', '\ufeff\n<html>', '<!-- made by hand -->',
      '<meta charset="utf-8">', '<script>', '<?xml version="1.0"?><html>']) {
      serve(async () => page(body))
      await assert.rejects(fetchJson(ADDRESS), {
        code: 'http_error', message: `${ADDRESS}: a web page came instead. The server has to have this file.`,
        details: { kind: 'http_error.page', status: 200, url: ADDRESS },
      })
    }
    // A host that calls everything a page.
    serve(async () => page('{"models": []}'))
    assert.deepEqual(await fetchJson(ADDRESS), { models: [] })
    serve(async () => page(''))
    assert.equal(await (await fetchFile(ADDRESS)).text(), '')
  })

  it('takes a connection that drops half-way for a dead one', async () => {
    serve(async () =>
      new Response(new ReadableStream({ pull: controller => controller.error(new TypeError('reset')) })))
    await assert.rejects(fetchJson(ADDRESS), { code: 'network_error' })
  })
})

describe('fields', () => {
  it('of another kind count as left out', () => {
    assert.deepEqual([null, [], 'a', 3].map(isRecord), [false, false, false, false])
    assert.deepEqual([record(null), list({}), text(3), number('3'), number(NaN)], [{}, [], '', null, null])
    assert.deepEqual([record({ a: 1 }), list([1]), text('a'), number(3)], [{ a: 1 }, [1], 'a', 3])
    assert.deepEqual(texts({ en: 'sky', ko: 3 }), { en: 'sky' })
  })

  it('are read in the language shown, else in English', () => {
    assert.deepEqual(['sky', { en: 'sky', ko: '하늘' }, { en: 'sky' }, 3].map(value => spoken(value, 'ko')),
      ['sky', '하늘', 'sky', ''])
  })

  it('are a confusion matrix only if it is whole', () => {
    assert.deepEqual(square([[1, 0], [0, 1]], 2), [[1, 0], [0, 1]])
    for (const value of [[[1, 0]], [[1, 0], [0]], [[1, 0], [0, -1]], null]) assert.equal(square(value, 2), null)
  })
})
