/** The npm package: what it exports is there, finds its files, and can be imported on a server. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { at } from '../../tools/build.mjs'
import { bundle, sources } from '../../tools/bundle.mjs'
import { DATA, FILES, LEFT_OUT, entriesOf, modelScript, modelsOf, packageJson, scriptsOf,
  settled } from '../../tools/package.mjs'

/** The package's scripts by path, as they are in it; of pkg/, which cargo makes, only the name. @type {Map<string, string>} */
const scripts = new Map()
/** @type {ReturnType<typeof packageJson>} */
let json
const models = modelsOf(at('www'))
let folder = ''

before(async () => {
  const built = await bundle(await sources())
  const texts = new Map([...built].map(([file, { contents }]) => [file, Buffer.from(contents).toString()]))
  for (const file of ['embed-failed.js', ...(await readdir(at('www/vendor'))).map(name => `vendor/${name}`)]) {
    texts.set(file, await readFile(at(`www/${file}`), 'utf8'))
  }
  const read = (/** @type {string} */ file) => (
    texts.get(file) ?? (file.startsWith('pkg/') ? '' : assert.fail(`${file} is not there`)))
  for (const file of scriptsOf([...built.keys()], read)) scripts.set(file, settled(file, read(file)))
  json = packageJson(entriesOf([...built.keys()]), models)

  // As an installed package, in a project.
  folder = await mkdtemp(path.join(os.tmpdir(), 'fcn-lab-'))
  const installed = path.join(folder, 'node_modules/fcn-lab')
  await mkdir(installed, { recursive: true })
  await cp(at('tools/package'), installed, { recursive: true })
  const all = [...scripts,
    ...models.map(model => /** @type {const} */ ([`models/${model}/index.js`, modelScript(model)]))]
  for (const [file, text] of [...all, /** @type {const} */ (['package.json', JSON.stringify(json)])]) {
    await mkdir(path.dirname(path.join(installed, file)), { recursive: true })
    await writeFile(path.join(installed, file), text)
  }
})
after(async () => { await rm(folder, { recursive: true, force: true }) })

/** @param {string} code of a module of the project @returns {Promise<any>} what it logs, as JSON */
async function ran(code) {
  const options = { cwd: folder, timeout: 120_000 }
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], options)
  return JSON.parse(stdout)
}

describe('the package', () => {
  it('exports_the_engine_every_element_and_every_model', async () => {
    const elements = (await readdir(at('www/elements'))).filter(name => /^fcn-.*\.js$/.test(name))
      .map(name => `./${path.basename(name, '.js')}`)
    assert.ok(elements.length > 5 && models.length > 3)
    const wanted = [...elements, './engine', ...models.map(model => `./models/${model}`), './files',
      './custom-elements.json', './custom-elements.ko.json', './package.json']
    assert.deepEqual(Object.keys(json.exports).sort(), wanted.sort())
    for (const exported of Object.values(json.exports)) {
      if (typeof exported === 'string') continue
      assert.equal(exported.types, exported.default.replace(/\.js$/, '.d.ts'))
    }
  })

  it('can_be_imported_where_there_is_no_DOM', async () => {
    const names = Object.keys(json.exports).filter(name => !name.endsWith('.json')).map(name =>
      name.replace('.', 'fcn-lab'))
    const exported = await ran(`const all = {}
      for (const name of ${JSON.stringify(names)}) all[name] = Object.keys(await import(name))
      console.log(JSON.stringify(all))`)
    for (const name of names.filter(name => name.includes('fcn-lab/fcn-'))) {
      const className = name.replace('fcn-lab/', '').replace(/(^|-)(.)/g, (_, dash, letter) => letter.toUpperCase())
      assert.ok(exported[name].includes(className), `${name} exports ${exported[name]}`)
    }
    assert.ok(exported['fcn-lab/engine'].includes('Engine'))
  })

  it('says_on_a_server_where_a_page_will_look_for_a_model', async () => {
    const said = await ran(`import slim from 'fcn-lab/models/everyday-slim'
      import { file } from 'fcn-lab/files'
      console.log(JSON.stringify([slim, file('samples/samples.json')]))`)
    assert.deepEqual(said, ['/fcn-lab/models/everyday-slim/model.json', '/fcn-lab/samples/samples.json'])
  })

  it('leaves_to_one_script_where_its_files_are', () => {
    let found = 0
    for (const [file, text] of scripts) {
      const isOfWorkers = /worker/.test(file) || file.startsWith('pkg/')
      assert.ok(isOfWorkers || !text.includes('import.meta.url'), `${file} knows only its own address`)
      const own = isOfWorkers ? 'import\\.meta\\.url' : `fcnLabAddress\\("${file}"\\)`
      for (const [, relative = ''] of text.matchAll(new RegExp(`new URL\\(["'\`]([^"'\`$?#]*)[^)]*?${own}`, 'g'))) {
        const target = path.posix.join(path.posix.dirname(file), relative)
        const isThere = scripts.has(target) || DATA.some(data => target === data || target.startsWith(`${data}/`))
        assert.ok(isThere, `${file} names ${target}`)
        found++
      }
    }
    assert.ok(found > 9, `${found}`)
  })

  it('has_what_its_scripts_import_and_no_script_of_a_page', () => {
    for (const [file, text] of scripts) {
      for (const [, relative = ''] of text.matchAll(/(?:\bfrom|\bimport\(?)"(\.[^"]*)"/g)) {
        const target = path.posix.join(path.posix.dirname(file), relative)
        assert.ok(scripts.has(target) || target === FILES || LEFT_OUT.test(target), `${file} imports ${target}`)
      }
      assert.doesNotMatch(file, /^(main|theme|lessons|page|elements\/(docs|index))\b/)
    }
  })

  it('keeps_bundlers_from_leaving_elements_out', () => {
    const sideEffects = /** @type {string[]} */ (json['sideEffects'])
    const patterns = sideEffects.map(pattern => pattern.replace('./', '').replaceAll('.', '\\.').replace('*', '[^/]*'))
    const covered = (/** @type {string} */ file) => patterns.some(pattern => new RegExp(`^${pattern}$`).test(file))
    const defining = [...scripts].filter(([, text]) =>
      /customElements\??\.define|\.define\(/.test(text)).map(([file]) => file)
    assert.ok(defining.length > 0)
    for (const file of [...defining, ...entriesOf([...scripts.keys()]).filter(file => file.startsWith('elements/'))]) {
      assert.ok(covered(file), file)
    }
  })

  it('shows_in_its_README_what_the_projects_of_the_tests_say', async () => {
    const readme = await readFile(at('tools/package/README.md'), 'utf8')
    const shown = ['plain/index.html', 'plain/main.js', 'vite/main.js', 'webpack/webpack.config.js',
      'react-ssr/page.tsx',
      'react-ssr/fcn-lab.d.ts']
    for (const file of shown) {
      const text = await readFile(at(`tests/consumers/${file}`), 'utf8')
      // Of a page, its scripts.
      const lines = file.endsWith('.html') ? [...text.matchAll(/<script.*/g)].join('\n') : text.trimEnd()
      assert.ok(readme.includes(lines), `${file} is not in README.md as it is`)
    }
    for (const project of ['vite', 'webpack', 'react-ssr']) {
      const { scripts: { build } } = JSON.parse(await readFile(at(`tests/consumers/${project}/package.json`), 'utf8'))
      assert.ok(build.includes('cp -RL node_modules/fcn-lab public/'), project)
    }
    assert.ok(readme.includes('cp -RL node_modules/fcn-lab public/'))
  })
})
