/** Elements and engine imported where there is no DOM, as a site's build or server does: nothing comes of it, and nothing fails. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { bundle, sources } from '../../tools/bundle.mjs'
import { WWW } from '../../tools/vendor.mjs'

/** What other sites import. */
const PUBLIC = /^(elements\/(fcn-[^/]*|index)|lessons\/fcn-[^/]*|engine\/engine)\.js$/

/** What a library may look at to tell a browser from a server. */
const OF_BROWSERS = ['window', 'document', 'self', 'location', 'HTMLElement', 'customElements', 'CSSStyleSheet']

/**
 * Imports a script in a Node of its own, which has to end by itself: a timer or an open channel would keep a build from ending.
 * @param {string} folder @param {string} file
 * @returns {Promise<{exports: string[], seen: string[]}>} what it exports, and what then looks as in a browser
 */
async function imported(folder, file) {
  const script = `const exports = Object.keys(await import(${JSON.stringify(pathToFileURL(path.join(folder,
    file)).href)}))
    console.log(JSON.stringify({ exports, seen: ${JSON.stringify(OF_BROWSERS)}.filter(name => globalThis[name] !== undefined) }))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script],
    { timeout: 120_000 })
  return JSON.parse(stdout)
}

/** @param {string} folder @param {string[]} files */
async function expectAll(folder, files) {
  assert.ok(files.includes('elements/fcn-upsample.js') && files.includes('lessons/fcn-lesson.js') && files.length > 9)
  for (const file of files) {
    const { exports, seen } = await imported(folder, file).catch(error =>
      assert.fail(`${file}: ${error.killed ? 'does not end' : error.stderr.slice(-400)}`))
    assert.ok(exports.some(name => /^(Fcn[A-Z]|Engine$)/.test(name)), `${file} exports ${exports.join()}`)
    assert.deepEqual(seen, [], file)
  }
}

describe('without a DOM', () => {
  it('elements_and_engine_can_be_imported', async () => {
    await expectAll(WWW, [...(await sources()).keys()].filter(file => PUBLIC.test(file)))
  })

  it('the_built_ones_can_too', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'fcn-lab-'))
    try {
      const scripts = await bundle(await sources())
      await cp(path.join(WWW, 'vendor'), path.join(folder, 'vendor'), { recursive: true })
      await writeFile(path.join(folder, 'package.json'), '{"type": "module"}')
      for (const [file, { contents }] of scripts) {
        await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
        await writeFile(path.join(folder, file), contents)
      }
      await expectAll(folder, [...scripts.keys()].filter(file => PUBLIC.test(file)))
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
