/**
 * The npm package in other people's projects: plain files with an import map, Vite, webpack, and React rendered on a server
 * (bundled by esbuild). Each under the policy that www/README.md asks for, by which no request leaves its origin.
 */
import { execFile } from 'node:child_process'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@playwright/test'
import { CONTENT_SECURITY_POLICY, startServer } from '../../tools/serve.mjs'
import { at } from '../../tools/build.mjs'
import { Consumers, inlineScripts } from './consumers-setup.js'
import { openSegment, photo } from './segment-setup.js'

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('../../www/elements/fcn-segment.js').FcnSegment} FcnSegment */

const PHOTO = photo('scene.png')

/** @type {Consumers} */
let consumers
test.beforeAll(async () => { consumers = await new Consumers().start() })
test.afterAll(async () => { await consumers.close() })

/** @param {Page} page @returns {Promise<{classes: string[], labels: number[]}>} what `<fcn-segment>` makes */
async function mask(page) {
  return await page.evaluate(async bytes => {
    const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
    const photo = new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], 'scene.png', { type: 'image/png' })
    const { classes, labels } = await element.segment(photo)
    return { classes: classes.map(({ name }) => name), labels: Array.from(labels) }
  }, PHOTO.buffer.toString('base64'))
}

/**
 * Opens a project's page.
 * @param {Page} page
 * @param {string} root folder
 * @param {string} [scripts] that its policy allows besides
 */
async function open(page, root, scripts = '') {
  /** @type {string[]} */
  const asked = []
  /** What goes wrong, or goes elsewhere. @type {string[]} */
  const troubles = []
  const server = await startServer({
    root, csp: CONTENT_SECURITY_POLICY.replace("'wasm-unsafe-eval'", `'wasm-unsafe-eval' ${scripts}`),
    respond: (file, response) => {
      asked.push(file)
      // Browsers ask for it by themselves.
      if (file === 'favicon.ico') response.writeHead(204).end()
      return file === 'favicon.ico'
    },
  })
  page.on('pageerror', error => troubles.push(String(error)))
  page.on('console', message => {
    if (message.type() === 'error') troubles.push(`${message.text()} ${message.location().url}`)
  })
  page.on('request', request => {
    const isHere = request.url().startsWith(server.url) || /^(blob|data):/.test(request.url())
    if (!isHere) troubles.push(request.url())
  })
  await page.goto(`${server.url}index.html`)
  return { asked, troubles, close: () => server.close() }
}

/**
 * The figure draws, and the net's mask is the site's.
 * @param {Page} page
 * @param {Awaited<ReturnType<typeof open>>} opened is closed
 */
async function expectAll(page, { asked, troubles, close }) {
  const figure = page.locator('fcn-upsample')
  await figure.getByRole('button', { name: 'Step forward' }).click()
  await expect(figure.locator('.now')).toContainText('Step 1 of 9')
  const made = await mask(page)
  const expected = await expectedMask(page)
  expect(new Set(expected.labels).size).toBeGreaterThan(1)
  expect(made).toEqual(expected)
  // By a worker, whose program and net are the package's.
  for (const file of ['engine/worker/worker.js', 'pkg/fcn_lab_bg.wasm', 'models/everyday-slim/weights.safetensors']) {
    expect(asked.filter(asked => asked.endsWith(`fcn-lab/${file}`)), file).toHaveLength(1)
  }
  expect(asked.filter(file => file.includes('/models/') && !file.includes('/everyday-slim/'))).toEqual([])
  expect(troubles).toEqual([])
  await close()
}

/** On the site. @param {Page} page */
async function expectedMask(page) {
  const site = await page.context().newPage()
  await openSegment(site, '<fcn-segment lang="en" backend="cpu" model="models/everyday-slim/model.json"></fcn-segment>')
  return await mask(site)
}

test('plain files and an import map', async ({ page }) => {
  const folder = await consumers.project('plain')
  await expectAll(page, await open(page, folder, await inlineScripts(path.join(folder, 'index.html'))))
})

test('Vite', async ({ page }) => {
  await expectAll(page, await open(page, path.join(await consumers.project('vite'), 'dist')))
})

test('webpack', async ({ page }) => {
  await expectAll(page, await open(page, path.join(await consumers.project('webpack'), 'public')))
})

test('React, rendered on a server and taken over in the browser', async ({ page }) => {
  const folder = path.join(await consumers.project('react-ssr'), 'public')
  const html = await readFile(path.join(folder, 'index.html'), 'utf8')
  expect(html).toContain('React is on its way.')
  expect(html).toContain('<fcn-upsample input="3" kernel="3" stride="2" lang="en"></fcn-upsample>')
  expect(html).toContain('<fcn-segment model="/fcn-lab/models/everyday-slim/model.json"')
  const opened = await open(page, folder)
  await expect(page.getByText('React heard of step 0.')).toBeVisible()
  await page.getByRole('button', { name: 'Step forward' }).click()
  await expect(page.getByText('React heard of step 1.')).toBeVisible()
  await page.getByRole('button', { name: 'Step back' }).click()
  await expectAll(page, opened)
})

test('files elsewhere than at /fcn-lab/, where the page says so', async ({ page }) => {
  const folder = path.join(await consumers.project('vite'), 'dist')
  await mkdir(path.join(folder, 'static'))
  await rename(path.join(folder, 'fcn-lab'), path.join(folder, 'static/fcn-lab'))
  const html = await readFile(path.join(folder, 'index.html'), 'utf8')
  const meta = '<meta name="fcn-lab-files" content="static/fcn-lab">'
  await writeFile(path.join(folder, 'index.html'), html.replace('</title>', `$&${meta}`))
  await expectAll(page, await open(page, folder))
})

test('TypeScript knows all that the package exports', async () => {
  const folder = await consumers.install(at('tests/types'))
  /** @type {{exports: Record<string, string | object>}} */
  const { exports } = JSON.parse(await readFile(path.join(folder, 'node_modules/fcn-lab/package.json'), 'utf8'))
  const typed = Object.keys(exports).filter(name => typeof exports[name] === 'object')
  const file = path.join(folder, 'consumer.ts')
  // What tests/types says of the site's files, of the package's.
  const text = (await readFile(file, 'utf8')).replaceAll(/'[./]*dist\/[a-z]+\/([a-z-]+)\.js'/g, "'fcn-lab/$1'")
  expect(text).toContain("import { Engine } from 'fcn-lab/engine'")
  const imports = typed.map((name, i) =>
    `import * as all${i} from '${name.replace('.', 'fcn-lab')}'\nconsole.log(all${i})`)
  const model = "import slim from 'fcn-lab/models/everyday-slim'\nexport const model: string = slim"
  await writeFile(file, [...imports, model, text].join('\n'))
  for (const [module, moduleResolution] of [['esnext', 'bundler'], ['nodenext', 'nodenext']]) {
    expect(await typeErrors(folder, '--module', module, '--moduleResolution', moduleResolution),
      moduleResolution).toBe('')
  }
})

test('TypeScript knows the elements in JSX, once told of them as README.md says', async () => {
  const folder = await consumers.install(at('tests/consumers/react-ssr'))
  expect(await typeErrors(folder)).toBe('')
  const page = path.join(folder, 'page.tsx')
  await writeFile(page, (await readFile(page, 'utf8')).replace('model={slim}', 'model={5}'))
  expect(await typeErrors(folder)).toContain("'number' is not assignable to type 'string")
})

/** @param {string} folder of a project @param {string[]} settings @returns {Promise<string>} */
async function typeErrors(folder, ...settings) {
  const { stdout } = await promisify(execFile)(at('www/node_modules/.bin/tsc'),
    ['-p', folder, ...settings]).catch(error => error)
  return stdout
}

test('the package holds what a project needs and no more', async () => {
  const { folder, files } = await consumers.packed()
  const names = files.map(({ file }) => file)
  expect(names).toEqual(expect.arrayContaining(['README.md', 'LICENSES.md', 'LICENSE-MIT',
    'LICENSE-APACHE', 'vendor/LICENSES.txt',
    'pkg/CRATES.txt', 'custom-elements.json', 'models/models.json', 'samples/samples.json', 'samples/README.md']))
  expect(names.filter(file => file.endsWith('.html'))).toEqual(['embed.html'])
  // Hidden files, source maps, sources that are no declarations, and what only the site's pages have.
  const unwanted = [/(^|\/)\./, /\.map$/, /(?<!\.d)\.m?ts$/, /\.mjs$/, /(^|\/)(tests?|node_modules)\//,
    /^(page|lessons)\//, /^(main|theme|sw)\.js$/]
  expect(names.filter(file => unwanted.some(pattern => pattern.test(file)))).toEqual([])
  // Sizes are as they are told, within a fifth.
  const readme = await readFile(path.join(folder, 'README.md'), 'utf8')
  /** @type {[RegExp, RegExp][]} */
  const sizes = [[/^models\//, /`models\/`[^(]*\((\d+) MB/], [/^samples\//, /`samples\/` \((\d+) MB/],
    [/\.wasm$/, /wasm \((\d+) MB/]]
  for (const [which, told] of sizes) {
    const megabytes = files.filter(({ file }) => which.test(file)).reduce((sum, { bytes }) => sum + bytes, 0) / 1e6
    const [, said] = told.exec(readme) ?? []
    expect(Math.abs(megabytes / Number(said) - 1), `${which}: ${megabytes}`).toBeLessThan(0.2)
  }
})
