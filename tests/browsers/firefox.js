/**
 * Firefox, by Marionette: its own way to be told W3C WebDriver's commands, which geckodriver uses too. A message is
 * `length:[0, id, name, parameters]`, an answer `length:[1, id, error, result]`.
 * https://firefox-source-docs.mozilla.org/testing/marionette/
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { Program, makeFolder } from './program.js'
import { Browser, LIMIT, LOOK_EVERY, Refused, within } from './webdriver.js'

/** @typedef {{resolve: (value: unknown) => void, reject: (why: Error) => void}} Waiting */

/** @returns {Promise<Browser>} */
export async function startFirefox() {
  const { folder, remove } = makeFolder('firefox')
  const profile = path.join(folder, 'profile')
  const downloads = path.join(folder, 'downloads')
  mkdirSync(profile)
  const settings = {
    'marionette.port': 0,
    'dom.webgpu.enabled': true,
    'dom.webgpu.workers.enabled': true,
    'gfx.webgpu.ignore-blocklist': true,
    // With AVX, SIMD code of wasm was seen to be a hundred times as slow on one processor (tests/README.md).
    'javascript.options.wasm_simd_avx': false,
    'browser.download.folderList': 2,
    'browser.download.dir': downloads,
  }
  const lines = Object.entries(settings).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`)
  writeFileSync(path.join(profile, 'user.js'), lines.join(''))
  const program = new Program(folder, process.env['FIREFOX'] ?? 'firefox-esr',
    ['--marionette', '--headless', '--no-remote', '--profile', profile])
  /** @type {import('node:net').Socket | undefined} */
  let socket
  const stop = async () => {
    socket?.destroy()
    await program.stop()
    remove()
  }
  try {
    socket = connect(await portOf(profile, program), '127.0.0.1')
    const ask = speak(socket, program)
    await within(ask('WebDriver:NewSession', { capabilities: { alwaysMatch: {} } }), 'a new session')
    await within(ask('WebDriver:SetTimeouts', { script: LIMIT, pageLoad: LIMIT, implicit: 0 }), 'time limits')
    return new Browser({
      name: 'Firefox', downloads, running: { stop, report: () => program.said },
      // Without a sandbox of its own a script sees the page as the page does.
      send: (command, parameters) => ask(`WebDriver:${command}`, { ...parameters, sandbox: null }),
    })
  } catch (error) {
    await stop()
    throw new Error(`Firefox does not start: ${program.said}`, { cause: error })
  }
}

/** Which port it took. @param {string} profile @param {Program} program */
async function portOf(profile, program) {
  const file = path.join(profile, 'MarionetteActivePort')
  const from = Date.now()
  let hasEnded = false
  void program.ended.then(() => { hasEnded = true })
  while (!existsSync(file) || readFileSync(file, 'utf8') === '') {
    if (hasEnded || Date.now() - from > LIMIT) throw new Error('no port')
    await rest(LOOK_EVERY)
  }
  return Number(readFileSync(file, 'utf8'))
}

/** @param {import('node:net').Socket} socket @param {Program} program @returns {import('./webdriver.js').Send} */
function speak(socket, program) {
  /** By id. @type {Map<number, Waiting>} */
  const waiting = new Map()
  let last = 0
  let came = Buffer.alloc(0)
  socket.on('data', chunk => {
    came = Buffer.concat([came, chunk])
    for (;;) {
      const colon = came.indexOf(':')
      const end = colon + 1 + Number(came.subarray(0, Math.max(0, colon)))
      if (colon < 0 || came.length < end) return
      const message = JSON.parse(came.subarray(colon + 1, end).toString())
      came = came.subarray(end)
      // Its greeting is no answer.
      if (!Array.isArray(message)) continue
      const [, id, error, result] = message
      if (error) waiting.get(id)?.reject(new Refused(`${error.error}: ${error.message}`))
      else waiting.get(id)?.resolve(result && 'value' in result ? result.value : result)
      waiting.delete(id)
    }
  })
  /** @param {Error} why */
  const end = why => {
    for (const { reject } of waiting.values()) reject(why)
    waiting.clear()
  }
  socket.on('error', end)
  socket.on('close', () => end(new Error('the connection is closed')))
  void program.ended.then(() => end(new Error('it has ended')))
  return (command, parameters) => new Promise((resolve, reject) => {
    const text = JSON.stringify([0, ++last, command, parameters])
    waiting.set(last, { resolve, reject })
    socket.write(`${Buffer.byteLength(text)}:${text}`)
  })
}
