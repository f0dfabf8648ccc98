/**
 * WebKitGTK's MiniBrowser, by the WebKitWebDriver that comes with it, on a screen in memory. The nearest to Safari that
 * there is on Linux.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { Program, makeFolder } from './program.js'
import { Browser, LIMIT, LOOK_EVERY, Refused, within } from './webdriver.js'

/** Another program may take the port that was free. */
const TRIES = 5

/** Where each command goes, below the session. @type {Readonly<Record<string, (id: unknown) => string>>} */
const PATHS = {
  Navigate: () => 'url',
  SetTimeouts: () => 'timeouts',
  ExecuteAsyncScript: () => 'execute/async',
  ElementClick: id => `element/${id}/click`,
  ElementSendKeys: id => `element/${id}/value`,
  PerformActions: () => 'actions',
}

/** @returns {Promise<Browser>} */
export async function startWebKit() {
  const { folder, remove } = makeFolder('webkit')
  /** @type {Program[]} */
  const programs = []
  const report = () => programs.map(({ said }) => said).join('\n')
  const stop = async () => {
    for (const program of programs.reverse()) await program.stop()
    remove()
  }
  const downloads = path.join(folder, 'downloads')
  mkdirSync(path.join(folder, 'home/.config'))
  writeFileSync(path.join(folder, 'home/.config/user-dirs.dirs'), `XDG_DOWNLOAD_DIR="${downloads}"\n`)
  try {
    // It finds a free display by itself, and says which.
    const screen = new Program(folder, 'Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'])
    programs.push(screen)
    const display = await within(Promise.race([
      new Promise(resolve => screen.told.once('data', data => resolve(String(data).trim()))),
      screen.ended.then(() => { throw new Error('no screen') }),
    ]), 'the screen')
    const url = await startDriver(folder, { DISPLAY: `:${display}`, NO_AT_BRIDGE: '1' }, programs)
    const { sessionId } = /** @type {{sessionId: string}} */ (
      await within(post(`${url}/session`, { capabilities: { alwaysMatch: {} } }), 'a new session'))
    /** @type {import('./webdriver.js').Send} */
    const send = async (command, { id, ...parameters }) =>
      await post(`${url}/session/${sessionId}/${PATHS[command]?.(id)}`, parameters)
    await within(send('SetTimeouts', { script: LIMIT, pageLoad: LIMIT, implicit: 0 }), 'time limits')
    return new Browser({ name: 'WebKitGTK', downloads, send, running: { stop, report } })
  } catch (error) {
    await stop()
    throw new Error(`WebKitGTK does not start: ${report()}`, { cause: error })
  }
}

/**
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @param {Program[]} programs it is added here
 * @returns {Promise<string>} its address
 */
async function startDriver(folder, env, programs) {
  for (let i = 0; i < TRIES; i++) {
    const port = await freePort()
    const driver = new Program(folder, 'WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], env)
    programs.push(driver)
    let hasEnded = false
    void driver.ended.then(() => { hasEnded = true })
    const from = Date.now()
    const url = `http://127.0.0.1:${port}`
    while (!hasEnded && Date.now() - from < LIMIT) {
      if (await fetch(`${url}/status`).then(response => response.ok, () => false)) return url
      await rest(LOOK_EVERY)
    }
  }
  throw new Error('no driver')
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer()
  await new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  await new Promise(resolve => server.close(resolve))
  return port
}

/** @param {string} url @param {object} parameters */
async function post(url, parameters) {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(parameters) })
  const { value } = /** @type {{value: any}} */ (await response.json())
  if (!response.ok) throw new Refused(`${value?.error}: ${value?.message}`)
  return value
}
