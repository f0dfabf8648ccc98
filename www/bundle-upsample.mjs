/**
 * Makes the one-file form of `<fcn-upsample>` that dist/ serves under the element's own path:
 * one request instead of twenty, and small enough for other people's pages. What is needed
 * later (words of a language, exports) stays in files of its own, fetched when needed.
 *
 *     node www/bundle-upsample.mjs dist/elements/fcn-upsample.js
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, transform } from 'esbuild'

const HERE = path.dirname(fileURLToPath(import.meta.url))

/** Imports that stay imports. */
const LATER = [
  './upsample/drawing/export.js', './upsample/photo/panel.js', './upsample/texts.en.js', './upsample/texts.ko.js',
]

/** In place of the licence's own lines, which are on the site. */
const LICENCE = '/*! With Lit, copyright Google LLC, BSD-3-Clause: vendor/LICENSES.txt */'

/**
 * @param {string} outfile where it will be served from: beside the folder `upsample/`
 * @returns {Promise<Uint8Array>} the file's bytes; also written when `write` is true
 * @param {boolean} [write]
 */
export async function bundle(outfile, write = true) {
  const result = await build({
    entryPoints: [path.join(HERE, 'elements/fcn-upsample.js')],
    outfile, write, bundle: true, minify: true, format: 'esm', target: 'es2022', conditions: ['production'],
    logLevel: 'warning', legalComments: 'none', banner: { js: LICENCE },
    plugins: [{
      name: 'fcn-upsample',
      setup({ onResolve, onLoad }) {
        // Written relative to the entry, whichever file imports them.
        onResolve({ filter: /\/(export|panel|texts\.\w+)\.js$/ }, ({ path: wanted, kind, resolveDir }) => {
          const later = `./${path.relative(path.join(HERE, 'elements'), path.join(resolveDir, wanted))}`
          return kind === 'dynamic-import' && LATER.includes(later) ? { path: later, external: true } : undefined
        })
        // Straight from the package, so that directives nobody uses here fall away.
        onResolve({ filter: /\/vendor\/lit\.js$/ }, () => ({ path: 'lit', namespace: 'used' }))
        onLoad({ filter: /.*/, namespace: 'used' }, () => ({
          contents: `export { LitElement, css, html, nothing } from 'lit'
            export { live } from 'lit/directives/live.js'`,
          resolveDir: HERE,
        }))
        // Indentation, in templates as in the style sheet, is for readers of the source.
        onLoad({ filter: /[\\/]upsample[\\/].*\.js$/ }, async ({ path: file }) => {
          const source = (await readFile(file, 'utf8')).replace(/^ +/gm, '')
          const sheet = /css`([^`]*)`/.exec(source)
          if (!sheet) return { contents: source, loader: 'js' }
          const { code } = await transform(sheet[1], { loader: 'css', minify: true })
          return { contents: source.replace(sheet[0], () => `css\`${code}\``), loader: 'js' }
        })
      },
    }],
  })
  return result.outputFiles?.[0]?.contents ?? await readFile(outfile)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const outfile = process.argv[2]
  if (!outfile) {
    console.error('usage: node www/bundle-upsample.mjs OUTFILE')
    process.exitCode = 1
  } else {
    await bundle(outfile)
  }
}
