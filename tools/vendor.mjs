/**
 * Bundles the few runtime dependencies into `www/vendor/`, one ES module each, so that the
 * site serves everything from its own origin and needs no import map (which would have to be
 * inline, against the page's content security policy).
 *
 * Source files import these as `../vendor/lit.js`. The `.d.ts` beside each bundle points the
 * type checker at the package's own declarations instead of the minified code.
 */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export const WWW = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../www')

/**
 * What each bundle exports; the same text is its entry and its declaration file. A test holds that all of it is used.
 * @type {Record<string, string>}
 */
export const BUNDLES = {
  'lit': `
export type * from 'lit'
export { LitElement, css, html, nothing, render } from 'lit'
export { classMap } from 'lit/directives/class-map.js'
export { live } from 'lit/directives/live.js'
export { ref } from 'lit/directives/ref.js'
export { repeat } from 'lit/directives/repeat.js'
`,
  'image-dimensions': `export { imageDimensionsFromData } from 'image-dimensions'\n`,
  'plot': `export { barX, cell, lineY, plot, ruleX, text } from '@observablehq/plot'\n`,
  'fast-png': `export type { DecodedPng } from 'fast-png'\nexport { decode } from 'fast-png'\n`,
  'gifenc': `export { GIFEncoder, quantize, applyPalette } from 'gifenc'\n`,
  'client-zip': `export { makeZip } from 'client-zip'\n`,
}

/**
 * Lit as its package has it for Node: the same, but without a DOM importing it fails nowhere, so that a site's server can
 * import an element. In its place stands only what the classes extend: the stand-in that Lit brings renders, too.
 * @satisfies {import('esbuild').BuildOptions}
 */
export const LIT = {
  platform: 'neutral',
  conditions: ['production', 'node'],
  alias: { '@lit-labs/ssr-dom-shim': fileURLToPath(new URL('no-dom.mjs', import.meta.url)) },
}

/** Packages that ship no declarations; theirs are written out here. @type {Record<string, string>} */
const DECLARATIONS = {
  'gifenc': `
/** [r, g, b] or [r, g, b, a], each 0..255. */
export type Colour = number[]
export interface FrameOptions {
  palette?: Colour[]
  /** Milliseconds the frame stays. */
  delay?: number
  /** 0: for ever; -1: once; n: n more times. Read from the first frame. */
  repeat?: number
  transparent?: boolean
  transparentIndex?: number
  dispose?: number
  first?: boolean
}
export interface Encoder {
  writeFrame(index: Uint8Array, width: number, height: number, options?: FrameOptions): void
  finish(): void
  bytes(): Uint8Array<ArrayBuffer>
  bytesView(): Uint8Array<ArrayBuffer>
  reset(): void
}
export function GIFEncoder(options?: { auto?: boolean, initialCapacity?: number }): Encoder
export type Format = 'rgb565' | 'rgb444' | 'rgba4444'
export function quantize(rgba: Uint8Array | Uint8ClampedArray, maxColors: number,
  options?: { format?: Format, oneBitAlpha?: boolean | number, clearAlpha?: boolean }): Colour[]
export function applyPalette(rgba: Uint8Array | Uint8ClampedArray, palette: Colour[],
  format?: Format): Uint8Array<ArrayBuffer>
`,
}

/**
 * The licence texts of the packages that really went into the bundles.
 * @param {Iterable<string>} inputs files that esbuild read, relative to www/
 * @returns {Promise<string>}
 */
async function licences(inputs) {
  const packages = new Set()
  for (const input of inputs) {
    const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)
    if (found) packages.add(found[1])
  }
  const texts = []
  for (const name of [...packages].sort()) {
    const folder = path.join(WWW, 'node_modules', name)
    const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'))
    const file = (await readdir(folder)).find(entry => /^licen[cs]e/i.test(entry))
    const text = file ? await readFile(path.join(folder, file), 'utf8') : '(the package carries no licence file)'
    texts.push(`${name} ${manifest.version} (${manifest.license})\n\n${text.trim()}\n`)
  }
  return texts.join(`\n${'-'.repeat(72)}\n\n`)
}

/**
 * Writes the bundles, their declarations and LICENSES.txt.
 * @param {string} folder replaced
 */
export async function writeVendor(folder) {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  /** @type {Set<string>} */
  const inputs = new Set()
  for (const [name, entry] of Object.entries(BUNDLES)) {
    const result = await build({
      stdin: { contents: entry, resolveDir: WWW, sourcefile: `${name}.entry.ts`, loader: 'ts' },
      absWorkingDir: WWW,
      outfile: path.join(folder, `${name}.js`),
      bundle: true,
      format: 'esm',
      platform: 'browser',
      conditions: ['production'],
      target: 'es2022',
      minify: true,
      legalComments: 'eof',
      metafile: true,
      logLevel: 'warning',
      ...name === 'lit' && LIT,
    })
    for (const input of Object.keys(result.metafile.inputs)) inputs.add(input)
    await writeFile(path.join(folder, `${name}.d.ts`), DECLARATIONS[name] ?? entry)
  }
  await writeFile(path.join(folder, 'LICENSES.txt'), await licences(inputs))
}
