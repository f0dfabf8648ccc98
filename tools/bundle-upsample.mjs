/**
 * Makes the one-file form of `<fcn-upsample>` that dist/ serves under the element's own path:
 * one request instead of twenty, and small enough for other people's pages. What is needed
 * later (words of a language, exports) stays in files of its own, fetched when needed.
 *
 *     node tools/bundle-upsample.mjs dist/elements/fcn-upsample.js
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const WWW = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../www')

/** Imports that stay imports. */
const LATER = ['./upsample/export.js', './upsample/photo.js', './upsample/en.js', './upsample/ko.js']

/**
 * @param {string} outfile where it will be served from: beside the folder `upsample/`
 * @returns {Promise<Uint8Array>} the file's bytes; also written when `write` is true
 * @param {boolean} [write]
 */
export async function bundle(outfile, write = true) {
  const result = await build({
    entryPoints: [path.join(WWW, 'elements/fcn-upsample.js')],
    outfile, write, bundle: true, minify: true, format: 'esm', target: 'es2022', logLevel: 'warning', legalComments: 'eof', conditions: ['production'],
    plugins: [{
      name: 'fcn-upsample',
      setup({ onResolve, onLoad }) {
        // Written relative to the entry, whichever file imports them.
        onResolve({ filter: /\/(export|photo|en|ko)\.js$/ }, ({ path: wanted, kind }) => {
          const later = `./upsample/${path.basename(wanted)}`
          return kind === 'dynamic-import' && LATER.includes(later) ? { path: later, external: true } : undefined
        })
        // Straight from the package, so that directives nobody uses here fall away.
        onResolve({ filter: /\/vendor\/lit\.js$/ }, () => ({ path: 'lit', namespace: 'used' }))
        onLoad({ filter: /.*/, namespace: 'used' }, () => ({
          contents: "export { LitElement, css, html, nothing } from 'lit'; export { live } from 'lit/directives/live.js'", resolveDir: WWW,
        }))
        // Indentation in the style sheet is for readers of the source.
        onLoad({ filter: /[\\/]upsample[\\/]styles\.js$/ }, async ({ path: file }) => {
          const source = await readFile(file, 'utf8')
          const contents = source.replace(/css`([^`]*)`/, (_, sheet) => `css\`${sheet.replace(/\/\*[^]*?\*\//g, '').replace(/\s+/g, ' ')}\``)
          return { contents, loader: 'js' }
        })
      },
    }],
  })
  return result.outputFiles?.[0]?.contents ?? await readFile(outfile)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const outfile = process.argv[2]
  if (!outfile) {
    console.error('usage: node tools/bundle-upsample.mjs OUTFILE')
    process.exitCode = 1
  } else {
    await bundle(outfile)
  }
}
