/** A program that a suite starts: its home is a folder of its own, and at the end it is gone with all its children. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** So much of what a program says is kept for when something fails. Characters. */
const TAIL = 4000

/** What is there to be removed, also where this process is told to end. @type {Set<() => void>} */
const remains = new Set()
process.on('exit', () => [...remains].reverse().forEach(remove => remove()))
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => process.exit(1))

/** A new, empty folder in the system's temporary one. @param {string} name */
export function makeFolder(name) {
  const folder = mkdtempSync(path.join(tmpdir(), `fcn-lab-${name}-`))
  for (const part of ['home', 'run', 'downloads']) mkdirSync(path.join(folder, part), { mode: 0o700 })
  const remove = () => {
    // Its last children may still be writing.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20 })
    remains.delete(remove)
  }
  remains.add(remove)
  return { folder, remove }
}

/** The environment of a program with an empty home and no session to talk to. @param {string} folder */
function environment(folder) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(XDG_|DBUS_|DISPLAY$|WAYLAND_|MOZ_)/.test(name))
  return { ...Object.fromEntries(kept), HOME: path.join(folder, 'home'), XDG_RUNTIME_DIR: path.join(folder, 'run') }
}

export class Program {
  /** The end of what it says, for when something fails. */
  said = ''
  #child
  /** @type {Promise<void>} */
  ended

  /**
   * @param {string} folder its own
   * @param {string} command
   * @param {string[]} args
   * @param {NodeJS.ProcessEnv} [env] beside the usual
   */
  constructor(folder, command, args, env = {}) {
    const child = this.#child = spawn(command, args, {
      cwd: folder, env: { ...environment(folder), ...env }, stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      // The leader of a group, so that its children can be ended with it.
      detached: true,
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', chunk => { this.said = `${this.said}${chunk}`.slice(-TAIL) })
    }
    this.ended = new Promise(resolve => {
      child.once('exit', (code, signal) => {
        this.said += `\n${command} ended: ${signal ?? code}`
        resolve()
      })
      child.once('error', error => {
        this.said += `\n${error.message}`
        resolve()
      })
    })
    remains.add(this.#kill)
  }

  /** What it writes to its descriptor 3. */
  get told() {
    return /** @type {import('node:stream').Readable} */ (this.#child.stdio[3])
  }

  #kill = () => {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL')
    } catch {
      // It and its children have ended.
    }
  }

  async stop() {
    this.#kill()
    await this.ended
    remains.delete(this.#kill)
  }
}
