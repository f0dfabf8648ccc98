/**
 * Builds: the crate as wasm (www/pkg/), the page's libraries (www/vendor/), and dist/, the site for any
 * file server. Each step does nothing when nothing has changed.
 *
 *     node tools/build.mjs page | dist | package
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'

export const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const { env } = process
export const TARGET = path.resolve(REPOSITORY, env['CARGO_TARGET_DIR'] || 'target')
const CACHES = env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache')
export const TOOLS = env['FCN_LAB_TOOLS'] || path.join(CACHES, 'fcn-lab')
export const WASM_TARGET = 'wasm32-unknown-unknown'
/**
 * The features are those that rustc switches on, and SIMD, which .cargo/config.toml adds.
 * -O1: -Os takes four times as long, and what it makes is smaller only until it is compressed
 * (measured on an older wasm: 12.6 MB, 3.03 MB gzipped, against 14.8 MB, 2.86 MB gzipped).
 */
const WASM_OPT_FLAGS = ['-O1', '--strip-debug', '--strip-producers', '--enable-simd', '--enable-bulk-memory',
  '--enable-nontrapping-float-to-int', '--enable-sign-ext', '--enable-mutable-globals', '--enable-reference-types',
  '--enable-multivalue']
/** Results of wasm-opt that are kept: enough to go back and forth between branches. */
const KEPT = 8
/** What users see of Lit, who need not have it installed. */
const LIT_FOR_USERS = `export declare class LitElement extends HTMLElement {
  readonly updateComplete: Promise<boolean>
  requestUpdate(): void
}
`

/** @param {string} text */
export function say(text) {
  console.log(`FCN Lab: ${text}`)
}

/** What a person can do something about; a failed command has said what is wrong. */
export class Failure extends Error {}

/** @param {string} file in the repository @returns {string} */
export function at(file) {
  return path.join(REPOSITORY, file)
}

/**
 * Runs a command in the repository; its output goes to the screen.
 * @param {string} command
 * @param {string[]} args
 * @returns {void}
 */
export function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: REPOSITORY, stdio: 'inherit' })
  if (status !== 0) throw new Failure(error?.message ?? `${path.basename(command)} ${args[0] ?? ''} failed`)
}

/**
 * Does steps of setup.sh, once each; what they set (PATH, RUSTC, …) holds for all later commands.
 * @param {string[]} steps
 */
export function setUp(...steps) {
  const open = steps.filter(step => !done.has(step))
  if (open.length === 0) return
  const { status, output } = spawnSync('bash', [at('tools/setup.sh'), ...open], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'], encoding: 'utf8',
  })
  if (status !== 0) throw new Failure('')
  for (const [, name = '', value = ''] of (output[3] ?? '').matchAll(/^(\w+)=(.*)$/gm)) env[name] = value
  for (const step of open) done.add(step)
}
/** @type {Set<string>} */
const done = new Set()

/** @param {(string | Uint8Array)[]} parts @returns {string} one hash over all, hexadecimal */
function hashOf(...parts) {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** Whether a step was done with these inputs. @param {string} folder @param {string} wanted */
function isStamped(folder, wanted) {
  const stamp = path.join(folder, '.fcn-lab')
  return existsSync(stamp) && readFileSync(stamp, 'utf8').trimEnd() === wanted
}

/** @param {string} folder @param {string} wanted */
function stamp(folder, wanted) {
  writeFileSync(path.join(folder, '.fcn-lab'), `${wanted}\n`)
}

/** www/vendor/: the page's libraries. */
export async function buildVendor() {
  setUp('page')
  const vendor = at('www/vendor')
  const wanted = hashOf(...['tools/vendor.mjs', 'tools/no-dom.mjs', 'www/package-lock.json'].map(file =>
    readFileSync(at(file))))
  if (isStamped(vendor, wanted)) return
  say("bundling the page's libraries into www/vendor/")
  const { writeVendor } = await import('./vendor.mjs')
  await writeVendor(vendor)
  stamp(vendor, wanted)
}

/** www/pkg/: the crate as wasm and its JavaScript side. cargo itself knows what is up to date. */
function buildWasm() {
  setUp('page', 'rust', 'wasm-bindgen')
  const release = path.join(TARGET, WASM_TARGET, 'release')
  if (!existsSync(release)) {
    say(`building the crate for ${WASM_TARGET}: the first time all of Burn and wgpu,`
      + ' 10 to 15 minutes on two cores')
  }
  const features = env['FCN_LAB_FEATURES'] ? ['--features', env['FCN_LAB_FEATURES']] : []
  run('cargo', ['build', '--release', '--lib', '--locked', '--target', WASM_TARGET, ...features])

  const raw = path.join(release, 'fcn_lab.wasm')
  const isOptimised = env['FCN_LAB_WASM_OPT'] !== '0'
  const inputs = hashOf(readFileSync(raw), readFileSync(at('Cargo.lock')))
  const wanted = `${inputs} ${isOptimised ? 1 : 0} ${optimiser()} marked`
  if (isStamped(at('www/pkg'), wanted)) return
  const fresh = path.join(TARGET, 'pkg')
  rmSync(fresh, { recursive: true, force: true })
  run('wasm-bindgen', ['--target', 'web', '--remove-name-section', '--remove-producers-section',
    '--out-dir', fresh, raw])
  // The linker's wrappers run every constructor at every call (see run_constructors in src/device.rs).
  if (readFileSync(path.join(fresh, 'fcn_lab.js'), 'utf8').includes('_command_export')) {
    throw new Failure("the wasm's exports are wrapped as a command's: each call would run all constructors")
  }
  const wasm = path.join(fresh, 'fcn_lab_bg.wasm')
  if (isOptimised) optimise(wasm)
  else say('wasm-opt left out (FCN_LAB_WASM_OPT=0)')
  markVersion(fresh)
  writeFileSync(path.join(fresh, 'CRATES.txt'), listCrates())
  stamp(fresh, wanted)
  rmSync(at('www/pkg'), { recursive: true, force: true })
  renameSync(fresh, at('www/pkg'))
  const bytes = readFileSync(at('www/pkg/fcn_lab_bg.wasm'))
  say(`www/pkg/: ${bytes.length} bytes of wasm, ${gzipSync(bytes, { level: 9 }).length} gzipped`)
}

/**
 * Writes into the wasm and into its JavaScript side which build they are of, so that a browser whose cache has one of
 * them as it was before an update is noticed (www/engine/worker/boot.js): the wasm has it in a custom section.
 * @param {string} folder
 */
export function markVersion(folder) {
  const [wasm, script] = [path.join(folder, 'fcn_lab_bg.wasm'), path.join(folder, 'fcn_lab.js')]
  const version = hashOf(readFileSync(wasm), readFileSync(script)).slice(0, 16)
  // Lengths below 128 are one byte; 0 is a custom section.
  const text = `\x07version${version}`
  writeFileSync(wasm, `\0${String.fromCharCode(text.length)}${text}`, { flag: 'a' })
  writeFileSync(script, `\nexport const version = '${version}'\n`, { flag: 'a' })
  writeFileSync(path.join(folder, 'fcn_lab.d.ts'), '\nexport const version: string\n', { flag: 'a' })
}

/** What makes the optimised wasm out of the plain one: version and flags. */
function optimiser() {
  const { version } = JSON.parse(readFileSync(at('www/node_modules/binaryen/package.json'), 'utf8'))
  return ['binaryen', version, ...WASM_OPT_FLAGS].join(' ')
}

/**
 * Page, tests and dist/ all run the optimised wasm. It takes minutes, so each result is kept under the
 * hash of what went in, and going back to a former state costs nothing.
 * @param {string} wasm replaced
 */
function optimise(wasm) {
  const folder = path.join(TOOLS, 'wasm-opt')
  const kept = path.join(folder, `${hashOf(readFileSync(wasm), `${optimiser()}\n`)}.wasm`)
  if (!existsSync(kept)) {
    say('wasm-opt: making the wasm smaller and faster (about a minute, only when src/ changed)')
    mkdirSync(folder, { recursive: true })
    const wasmOpt = at('www/node_modules/binaryen/bin/wasm-opt')
    run(process.execPath, [wasmOpt, ...WASM_OPT_FLAGS, wasm, '-o', `${kept}.part`])
    renameSync(`${kept}.part`, kept)
    const all = readdirSync(folder).filter(name => name.endsWith('.wasm')).map(name => path.join(folder, name))
    const age = new Map(all.map(file => [file, statSync(file).mtimeMs]))
    all.sort((a, b) => (age.get(b) ?? 0) - (age.get(a) ?? 0))
    for (const old of all.slice(KEPT)) rmSync(old)
  }
  cpSync(kept, wasm)
}

/** Which crates are inside the wasm, and their licences: the notice they ask for. */
function listCrates() {
  const args = ['tree', '--locked', '--target', WASM_TARGET, '--edges', 'normal,no-proc-macro', '--prefix', 'none']
  const { status, stdout } = spawnSync('cargo', [...args, '--format', '{p} | {l} | {r}'], {
    cwd: REPOSITORY, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Failure('cargo tree failed')
  const crates = stdout.trimEnd().split('\n').map(line => line.replace(/ \(\*\)$/, '').replace(/ \([^)]*\)/, ''))
  const head = 'Crates compiled into fcn_lab_bg.wasm: name, version, licence, source'
  return [head, ...[...new Set(crates)].sort(), ''].join('\n')
}

/** All that www/ serves. */
export async function buildPage() {
  await buildVendor()
  buildWasm()
}

/** dist/: what www/ serves, without what only developers need, at the same addresses. */
export async function buildDist() {
  await buildPage()
  const fresh = path.join(TARGET, 'dist')
  rmSync(fresh, { recursive: true, force: true })
  // All but scripts is copied. Of www/ itself: pages and scripts that are no modules, no settings of tools.
  const isShown = (/** @type {string} */ file) => !path.basename(file).startsWith('.')
  for (const { name } of readdirSync(at('www'), { withFileTypes: true }).filter(isServed)) {
    cpSync(at(`www/${name}`), path.join(fresh, name), { recursive: true, filter: isShown })
  }
  for (const licence of ['LICENSE-MIT', 'LICENSE-APACHE']) cpSync(at(licence), path.join(fresh, licence))
  const { writeScripts } = await import('./bundle.mjs')
  await writeScripts(fresh)
  // Types of the elements and the engine, for those who use them from TypeScript.
  const emit = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--rootDir', 'www', '--outDir', fresh]
  run(at('www/node_modules/.bin/tsc'), ['-p', 'www', ...emit])
  writeFileSync(path.join(fresh, 'vendor/lit.d.ts'), LIT_FOR_USERS)
  // The compiler points at the sources' own declarations; they were copied beside the emitted ones.
  for (const name of readdirSync(path.join(fresh, 'elements')).filter(name => name.endsWith('.d.ts'))) {
    const types = path.join(fresh, 'elements', name)
    const text = readFileSync(types, 'utf8')
    writeFileSync(types, text.replace(/<reference path="[^"]*\/www\/elements\//g, '<reference path="./'))
  }
  const { writeManifests } = await import('./manifest.mjs')
  await writeManifests(fresh)
  const { writeOffline } = await import('./offline.mjs')
  writeOffline(fresh)
  if (existsSync(at('dist')) && spawnSync('diff', ['-rq', fresh, at('dist')]).status === 0) {
    rmSync(fresh, { recursive: true })
    say('dist/ is up to date')
  } else {
    rmSync(at('dist'), { recursive: true, force: true })
    renameSync(fresh, at('dist'))
    say('dist/ is ready: copy it to any file server, under any path')
  }
}

/** @param {import('node:fs').Dirent} entry of www/ */
function isServed(entry) {
  return entry.isDirectory() ? entry.name !== 'node_modules' : /\.(html|js|webmanifest)$/.test(entry.name)
}

/**
 * Runs what a command line asks for; a failure ends the program with its sentence.
 * @param {() => Promise<void>} command
 */
export async function main(command) {
  try {
    await command()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (error.message) console.error(`FCN Lab: ${error.message}`)
    process.exitCode = 1
  }
}

/** Whether a script is what node was started with. @param {string} url its own */
export function isMain(url) {
  return process.argv[1] !== undefined && url === pathToFileURL(process.argv[1]).href
}

/** The npm package, of dist/. */
async function buildPackage() {
  await buildDist()
  const { pack } = await import('./package.mjs')
  const tarball = pack(at('dist'), TARGET)
  say(`${path.relative(REPOSITORY,
    tarball)} is ready, ${(statSync(tarball).size / 1e6).toFixed(1)} MB; a project takes it with`
    + ` npm install ${tarball}`)
}

if (isMain(import.meta.url)) {
  const commands = { dist: buildDist, package: buildPackage }
  await main(commands[/** @type {keyof typeof commands} */ (process.argv[2] ?? '')] ?? buildPage)
}
