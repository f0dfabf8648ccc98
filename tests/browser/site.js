/**
 * The site under test, and once more on a server of a test's own: isolated if wanted, with files that
 * say something else. Playwright's routes don't see what a worker's worker asks for, a server does.
 *
 *     node tests/browser/site.js      serves what all tests share; HOST and PORT say where
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { test as base } from '@playwright/test'
import { ISOLATION, startServer } from '../../tools/serve.mjs'

const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

/** Where the sources are beside the built site: tests use some of them inside the page. */
const SOURCE = 'source/'

/** @typedef {import('node:http').ServerResponse} Response */

/** @param {boolean} [written] as written, not as built */
function rootOf(written = false) {
  return path.join(REPOSITORY, written ? 'www' : process.env['FCN_LAB_ROOT'] ?? 'dist')
}

/** @type {import('../../tools/serve.mjs').Respond} */
async function withSources(file, response) {
  if (!file.startsWith(SOURCE)) return false
  script(response, await readFile(path.join(rootOf(true), file.slice(SOURCE.length)), 'utf8'))
  return true
}

/** @param {Response} response @param {string} text */
function script(response, text) {
  response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8' }).end(text)
}

export class Site {
  /** Where it is, with a closing slash; '' until it is started. */
  url = ''
  /** What was asked for, in this order: paths below the site. @type {string[]} */
  asked = []
  /** Answers by the path's end. @type {Map<string, (file: string, response: Response) => void | Promise<void>>} */
  #answers = new Map()
  /** @type {import('../../tools/serve.mjs').RunningServer | null} */
  #server = null
  isIsolated = false

  /** The headers of a page of this site. */
  get headers() {
    return this.isIsolated ? ISOLATION : {}
  }

  /**
   * @param {{isolated?: boolean, written?: boolean}} [options]
   *   isolated: its workers may share memory; written: as written, not as built, for {@link Site.rewrite}
   */
  async start({ isolated = false, written = false } = {}) {
    this.isIsolated = isolated
    const root = rootOf(written)
    this.#server = await startServer({
      root, isolated,
      respond: async (file, response) => {
        this.asked.push(file)
        const answer = [...this.#answers].find(([end]) => `/${file}`.endsWith(`/${end}`))?.[1]
        await answer?.(path.join(root, file), response)
        return answer !== undefined
      },
    })
    this.url = this.#server.url
    return this
  }

  async close() {
    await this.stop()
  }

  /** As if the host were gone. */
  async stop() {
    await this.#server?.close()
    this.#server = null
  }

  /** @param {string} end of the path @param {string} to relative to it */
  redirect(end, to) {
    this.#answers.set(end, (_, response) => void response.writeHead(302, { Location: to }).end())
  }

  /** How often a file was asked for. @param {string} end of its path */
  count(end) {
    return this.asked.filter(file => `/${file}`.endsWith(`/${end}`)).length
  }

  /**
   * @param {string} end of the path
   * @param {number} status
   * @param {string} [body]
   */
  answer(end, status, body = '') {
    this.#answers.set(end, (_, response) => void response.writeHead(status, { 'Content-Type': 'text/plain' }).end(body))
  }

  /** The front page comes, as from hosts that give it for whatever they haven't got. @param {string} end of the path */
  answerPage(end) {
    this.#answers.set(end, (_, response) => void response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
      .end('<!doctype html><html lang="en"><title>Front page</title><p>Welcome.</p></html>'))
  }

  /**
   * Never answers.
   * @param {string} end of the path
   * @returns {() => number} how many wait for an answer now
   */
  hold(end) {
    /** @type {Set<Response>} */
    const waiting = new Set()
    this.#answers.set(end, (_, response) => {
      waiting.add(response)
      response.on('close', () => waiting.delete(response))
    })
    return () => waiting.size
  }

  /** Other scripts in place of those that are there. @param {ReadonlyMap<string, string>} scripts by path below the site */
  serve(scripts) {
    for (const [file, text] of scripts) this.#answers.set(file, (_, response) => script(response, text))
  }

  /**
   * Changes what a script says.
   * @param {string} end of the path
   * @param {(text: string) => string} change
   */
  rewrite(end, change) {
    this.#answers.set(end, async (file, response) => {
      const text = await readFile(file, 'utf8')
      const changed = change(text)
      if (changed === text) throw new Error(`there is nothing to change in ${end} any more`)
      script(response, changed)
    })
  }
}

/** @type {import('@playwright/test').Fixtures<{site: Site}>} */
const fixtures = {
  site: async ({}, use) => {
    const site = new Site()
    await use(site)
    await site.close()
  },
}
/** Playwright's `test` with a {@link Site}, not yet started, closed at the end. */
export const test = base.extend(fixtures)

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { HOST, PORT } = process.env
  await startServer({ root: rootOf(), host: HOST ?? '127.0.0.1', port: Number(PORT), respond: withSources })
}
