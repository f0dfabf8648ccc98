/** The scripts of dist/: the addresses that others use, what is shared, what comes only when it is needed. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { bundle, loadedWith, sources } from '../../tools/bundle.mjs'
import { BUNDLES, WWW } from '../../tools/vendor.mjs'

/** @type {Map<string, string>} */
let files
/** @type {Map<string, import('../../tools/bundle.mjs').Script>} */
let scripts

before(async () => {
  files = await sources()
  scripts = await bundle(files)
})

/** @param {string} file @returns {string} */
const text = file => Buffer.from(scripts.get(file)?.contents ?? []).toString()

/** @param {string} file @returns {string[]} our own scripts that come with it, wherever they are bundled */
const sourcesWith = file => loadedWith(scripts, file).flatMap(script => scripts.get(script)?.sources ?? [])
  .map(source => source.replace(/\?.*/, '')).filter(source => files.has(source))

/** @param {string} code @returns {string[]} names that a module exports */
function exportsOf(code) {
  const lists = [...code.matchAll(/export ?\{([^}]*)\}/g)].flatMap(([, list = '']) => list.split(','))
    .map(name => name.trim().split(' as ').at(-1) ?? '')
  const declared = [...code.matchAll(/^export (?:async )?(?:class|const|let|function\*?) (\w+)/gm)]
    .map(([, name = '']) => name)
  return [...new Set([...lists, ...declared])].filter(Boolean).sort()
}

describe('the built scripts', () => {
  it('keep_the_addresses_of_elements_and_engine_with_their_exports', () => {
    const elements = [...files.keys()].filter(file => /^elements\/fcn-[^/]*\.js$/.test(file))
    assert.ok(elements.length > 3)
    for (const file of [...elements, 'elements/index.js', 'engine/engine.js', 'main.js', 'embed.js']) {
      assert.ok(scripts.has(file), file)
      assert.deepEqual(exportsOf(text(file)), exportsOf(files.get(file) ?? ''), file)
    }
  })

  it('start_their_workers_by_addresses_that_are_there', () => {
    let workers = 0
    for (const [file, { contents }] of scripts) {
      const urls = Buffer.from(contents).toString().matchAll(/new URL\(["'`]([^"'`$?]*)[^)]*import\.meta\.url\)/g)
      for (const [, relative = ''] of urls) {
        const target = path.posix.join(path.posix.dirname(file), relative)
        const isThere = scripts.has(target) || target.startsWith('pkg/') || existsSync(path.join(WWW, target))
        assert.ok(isThere, `${file} names ${target}`)
        if (scripts.has(target) && /(^|[/-])(worker|helper)\.js$/.test(target)) workers++
      }
    }
    assert.ok(workers >= 3, `${workers}`)
  })

  it('hold_every_script_once_so_that_elements_share_one_engine', () => {
    /** @type {Map<string, string>} */
    const homes = new Map()
    for (const [file, { sources }] of scripts) {
      for (const source of sources) {
        assert.equal(homes.get(source), undefined, source)
        homes.set(source, file)
      }
    }
    assert.equal(homes.get('engine/engine.js'), 'engine/engine.js')
    for (const element of ['elements/fcn-segment.js', 'elements/fcn-heatmap.js']) {
      assert.ok(loadedWith(scripts, element).includes('engine/engine.js'), element)
    }
  })

  it('are_few_for_every_element', () => {
    for (const file of [...scripts.keys()].filter(file => /^(elements\/fcn-[^/]*|main|embed)\.js$/.test(file))) {
      // Each further element, and each panel that comes when it is wanted, splits what several of them share.
      assert.ok(loadedWith(scripts, file).length <= 37, `${file}: ${loadedWith(scripts, file).join(' ')}`)
    }
  })

  it('leave_for_later_what_is_imported_lazily', () => {
    let found = 0
    for (const [file, source] of files) {
      const home = [...scripts].find(([, { sources }]) => sources.some(name => name.replace(/\?.*/, '') === file))?.[0]
      if (!home || file.endsWith('.html')) continue
      for (const [, relative = ''] of source.replace(/\/\*[^]*?\*\//g, '').matchAll(/\bimport\('(\.[^']*)'\)/g)) {
        const target = path.posix.join(path.posix.dirname(file), relative)
        if (!files.has(target)) continue
        found++
        assert.ok(!sourcesWith(home).includes(target), `${target} is loaded with ${file}`)
      }
    }
    assert.ok(found > 3, `${found}`)
  })

  it('make_the_upsampling_figure_one_file_of_at_most_40_kB_gzipped_with_the_words_of_one_language', () => {
    const figure = 'elements/fcn-upsample.js'
    assert.deepEqual(loadedWith(scripts, figure), [figure])
    const size = (/** @type {string} */ file) => gzipSync(scripts.get(file)?.contents ?? '', { level: 9 }).length
    for (const language of ['en', 'ko']) {
      const pattern = new RegExp(`upsample/texts\\.${language}\\.js$`)
      const words = [...scripts].find(([, { sources }]) => sources.some(source => pattern.test(source)))?.[0] ?? ''
      assert.ok(scripts.has(words), language)
      const bytes = size(figure) + size(words)
      assert.ok(bytes <= 40_000, `${bytes}`)
    }
  })
})

describe('the bundled libraries', () => {
  it('export_nothing_that_nobody_uses', () => {
    const all = [...files.values()].join('\n')
    for (const [library, entry] of Object.entries(BUNDLES)) {
      const pattern = new RegExp(`\\{([^{}]*)\\}\\s*(?:from|= await import\\()\\s*'[^']*/vendor/${library}\\.js'`, 'g')
      const used = new Set([...all.matchAll(pattern)].flatMap(([, names = '']) => names.split(','))
        .map(name => name.trim().split(' as ')[0]))
      assert.deepEqual(exportsOf(entry).filter(name => !used.has(name)), [], library)
    }
  })
})
