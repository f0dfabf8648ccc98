/** Other people's projects (tests/consumers/) with the package installed from its tarball, in a folder outside the repository. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { at } from '../../tools/build.mjs'
import { pack } from '../../tools/package.mjs'

/** With what npm installed for these tests (tools/setup.sh, `consumers`). */
const CONSUMERS = fileURLToPath(new URL('../consumers/', import.meta.url))
const run = promisify(execFile)

export class Consumers {
  #folder = ''
  #tarball = ''

  /** Packs the built site. */
  async start() {
    this.#folder = await mkdtemp(path.join(os.tmpdir(), 'fcn-lab-'))
    this.#tarball = pack(at('dist'), this.#folder)
    return this
  }

  async close() {
    await rm(this.#folder, { recursive: true, force: true })
  }

  /**
   * A copy of a project with its packages and, unpacked as npm does it, the tarball.
   * @param {string} source its folder
   * @returns {Promise<string>} its folder
   */
  async install(source) {
    const folder = await mkdtemp(path.join(this.#folder, `${path.basename(source)}-`))
    const packages = path.join(folder, 'node_modules')
    await cp(source, folder, { recursive: true })
    await mkdir(path.join(packages, 'fcn-lab'), { recursive: true })
    for (const name of await readdir(path.join(CONSUMERS, 'node_modules'))) {
      await symlink(path.join(CONSUMERS, 'node_modules', name), path.join(packages, name))
    }
    await run('tar', ['-xzf', this.#tarball, '-C', path.join(packages, 'fcn-lab'), '--strip-components=1'])
    return folder
  }

  /** @returns {Promise<{folder: string, files: {file: string, bytes: number}[]}>} what is in the tarball, unpacked */
  async packed() {
    const folder = path.join(await this.install(path.join(CONSUMERS, 'plain')), 'node_modules/fcn-lab')
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const files = await Promise.all(entries.filter(entry => entry.isFile()).map(async ({ parentPath, name }) => {
      const file = path.join(parentPath, name)
      return { file: path.relative(folder, file).split(path.sep).join('/'), bytes: (await stat(file)).size }
    }))
    return { folder, files }
  }

  /** @param {string} name of one of tests/consumers/ @returns {Promise<string>} the folder of the project, built */
  async project(name) {
    const folder = await this.install(path.join(CONSUMERS, name))
    if (existsSync(path.join(folder, 'package.json'))) {
      await run('npm', ['run', 'build', '--silent', '--update-notifier=false'], { cwd: folder })
    }
    return folder
  }
}

/** @param {string} file a page @returns {Promise<string>} what its policy has to allow of inline scripts */
export async function inlineScripts(file) {
  const html = await readFile(file, 'utf8')
  return [...html.matchAll(/<script(?![^>]*src)[^>]*>([^<]*)<\/script>/g)]
    .map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`).join(' ')
}
