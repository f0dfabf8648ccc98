/** The static server: headers, types, sub-paths, and that nothing outside the folder gets out. */
import assert from 'node:assert/strict'
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { CONTENT_SECURITY_POLICY, ISOLATION, startServer } from '../../tools/serve.mjs'

/** @type {string} */
let parent
/** @type {import('../../tools/serve.mjs').RunningServer} */
let server

before(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'fcn-lab-serve-'))
  const root = path.join(parent, 'site')
  await mkdir(path.join(root, 'sub folder'), { recursive: true })
  await mkdir(path.join(parent, 'site-private'))
  await writeFile(path.join(root, 'index.html'), '<!doctype html>')
  await writeFile(path.join(root, 'a.wasm'), 'wasm')
  await writeFile(path.join(root, 'empty.js'), '')
  await writeFile(path.join(root, '.hidden'), 'secret')
  await writeFile(path.join(root, 'sub folder', 'index.html'), 'sub')
  await writeFile(path.join(root, 'weights.safetensors'), 'w')
  await writeFile(path.join(parent, 'site-private', 'key'), 'secret')
  await symlink(path.join(parent, 'site-private', 'key'), path.join(root, 'link'))
  server = await startServer({ root, base: '/deep/path/' })
})

after(async () => {
  await server.close()
  await rm(parent, { recursive: true })
})

/**
 * Sends a path exactly as written; `fetch` would tidy `..` away.
 * @param {string} rawPath
 * @param {string} [method]
 * @returns {Promise<{status: number, headers: import('node:http').IncomingHttpHeaders, body: string}>}
 */
function ask(rawPath, method = 'GET') {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: server.port, path: rawPath, method }, response => {
      let body = ''
      response.setEncoding('utf8').on('data', text => { body += text })
        .on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    }).on('error', reject).end()
  })
}

describe('serve.mjs', () => {
  it('every_response_carries_the_policy_and_may_be_embedded', async () => {
    for (const target of ['/deep/path/', '/deep/path/a.wasm', '/deep/path/none', '/elsewhere']) {
      const { headers } = await ask(target)
      assert.equal(headers['content-security-policy'], CONTENT_SECURITY_POLICY)
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['access-control-allow-origin'], '*')
      assert.equal(headers['cross-origin-resource-policy'], 'cross-origin')
    }
  })

  it('types_are_what_browsers_insist_on', async () => {
    assert.equal((await ask('/deep/path/a.wasm')).headers['content-type'], 'application/wasm')
    assert.equal((await ask('/deep/path/empty.js')).headers['content-type'], 'text/javascript; charset=utf-8')
    assert.equal((await ask('/deep/path/')).headers['content-type'], 'text/html; charset=utf-8')
    assert.equal((await ask('/deep/path/weights.safetensors')).headers['content-type'], 'application/octet-stream')
  })

  it('an_empty_file_is_served_empty', async () => {
    const { status, body } = await ask('/deep/path/empty.js')
    assert.deepEqual([status, body], [200, ''])
  })

  it('folders_get_their_slash_and_their_index', async () => {
    assert.equal((await ask('/deep/path')).headers.location, '/deep/path/')
    assert.equal((await ask('/deep/path/sub%20folder?q=1')).headers.location, '/deep/path/sub%20folder/?q=1')
    assert.equal((await ask('/deep/path/sub%20folder/')).body, 'sub')
  })

  it('nothing_outside_the_folder_gets_out', async () => {
    const attempts = ['../site-private/key', '..%2fsite-private%2fkey', '%2e%2e/site-private/key', 'link', '.hidden',
      'sub%20folder/../../site-private/key', '..%5csite-private%5ckey', 'a.wasm%00.js',
        '%', '/etc/passwd', '%2fetc%2fpasswd']
    for (const attempt of attempts) {
      const { status, body } = await ask(`/deep/path/${attempt}`)
      assert.equal(status, 404, attempt)
      assert.ok(!body.includes('secret') && !body.includes('root:'), attempt)
    }
    assert.equal((await ask('/a.wasm')).status, 404)
  })

  it('only_reading_is_allowed', async () => {
    assert.equal((await ask('/deep/path/', 'POST')).status, 405)
    const head = await ask('/deep/path/a.wasm', 'HEAD')
    assert.deepEqual([head.status, head.headers['content-length'], head.body], [200, '4', ''])
  })

  it('an_unchanged_file_is_not_sent_twice', async () => {
    const first = await fetch(`${server.url}a.wasm`)
    const again = await fetch(`${server.url}a.wasm`, { headers: { 'If-None-Match': first.headers.get('etag') ?? '' } })
    assert.equal(again.status, 304)
  })

  it('a_taken_port_is_told_or_stepped_over', async () => {
    const root = path.join(parent, 'site')
    await assert.rejects(startServer({ root, port: server.port }), { code: 'EADDRINUSE' })
    const next = await startServer({ root, port: server.port, portsTried: 10 })
    try {
      assert.notEqual(next.port, server.port)
      assert.equal((await fetch(next.url)).status, 200)
    } finally {
      await next.close()
    }
  })

  it('a_root_that_is_a_file_or_missing_is_refused', async () => {
    await assert.rejects(startServer({ root: path.join(parent, 'site', 'a.wasm') }))
    await assert.rejects(startServer({ root: path.join(parent, 'nowhere') }))
  })

  it('a_test_may_answer_in_the_folders_stead_under_the_same_headers', async () => {
    const other = await startServer({
      root: path.join(parent, 'site'), isolated: true,
      respond: (file, response) => file === 'a.wasm' && Boolean(response.writeHead(404).end()),
    })
    try {
      const changed = await fetch(`${other.url}a.wasm`)
      assert.deepEqual([changed.status, changed.headers.get('cross-origin-embedder-policy')], [404, 'require-corp'])
      assert.equal((await fetch(`${other.url}weights.safetensors`)).status, 200)
    } finally {
      await other.close()
    }
  })

  it('isolates pages only where it is asked to', async () => {
    const plain = await fetch(server.url)
    const isolated = await startServer({ root: path.join(parent, 'site'), isolated: true })
    const page = await fetch(isolated.url)
    await isolated.close()
    for (const [name, value] of Object.entries(ISOLATION)) {
      assert.equal(plain.headers.get(name), null)
      assert.equal(page.headers.get(name), value)
    }
  })
})
