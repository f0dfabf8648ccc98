/**
 * Memory of a browser's processes, read from Linux's /proc while something runs. A page that is
 * shared by processes counts for each of them in RSS (resident set size), and by its share in PSS
 * (proportional set size): only PSS adds up.
 */
import { readFile, readdir } from 'node:fs/promises'

/**
 * One process at one moment; bytes.
 * @typedef {{pid: number, parent: number, kind: string, rss: number, pss: number}} Process
 */

/**
 * The most that was seen at one moment; bytes.
 * @typedef {object} Peak
 * @property {number} all PSS of all processes together
 * @property {number} allRss the same as RSS, which counts shared pages again and again
 * @property {number} renderer RSS of the largest process that runs a page and its workers
 * @property {number} gpu RSS of the process that draws, and computes where the adapter is software
 * @property {number} samples how often it was looked at
 */

/** @returns {Peak} */
export const nothing = () => ({ all: 0, allRss: 0, renderer: 0, gpu: 0, samples: 0 })

/**
 * @param {Peak} peak
 * @param {readonly Process[]} processes of one moment
 * @returns {Peak}
 */
export function higher(peak, processes) {
  const sum = (/** @type {'rss' | 'pss'} */ key) => processes.reduce((bytes, each) => bytes + each[key], 0)
  const largest = (/** @type {string} */ kind) =>
    Math.max(0, ...processes.filter(each => each.kind === kind).map(({ rss }) => rss))
  return {
    all: Math.max(peak.all, sum('pss')), allRss: Math.max(peak.allRss, sum('rss')),
    renderer: Math.max(peak.renderer, largest('renderer')), gpu: Math.max(peak.gpu, largest('gpu-process')),
      samples: peak.samples + 1,
  }
}

/**
 * A process and all that it has started.
 * @param {readonly {pid: number, parent: number}[]} processes
 * @param {number} root
 * @returns {Set<number>}
 */
export function family(processes, root) {
  const members = new Set([root])
  for (let before = 0; before < members.size;) {
    before = members.size
    for (const { pid, parent } of processes) if (members.has(parent)) members.add(pid)
  }
  return members
}

/** @param {string} status a /proc/PID/status or smaps_rollup @param {string} name @returns {number} bytes */
export function field(status, name) {
  return 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
}

/** @param {number} root process @returns {Promise<Process[]>} it and its descendants; empty where there is no /proc */
export async function look(root) {
  const names = await readdir('/proc').catch(() => [])
  const known = (await Promise.all(names.filter(name => /^\d+$/.test(name)).map(async pid => {
    // A process may end between two lines.
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    return { pid: Number(pid), parent: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0), rss: field(status, 'VmRSS') }
  })))
  const members = family(known, root)
  return await Promise.all(known.filter(({ pid }) => members.has(pid)).map(async each => {
    const [command, rollup] = await Promise.all(['cmdline', 'smaps_rollup'].map(file =>
      readFile(`/proc/${each.pid}/${file}`, 'utf8').catch(() => '')))
    return { ...each, kind: /--type=([\w-]+)/.exec(command)?.[1] ?? 'browser', pss: field(rollup, 'Pss') || each.rss }
  }))
}

/** Milliseconds between two looks. */
const EVERY = 250

/**
 * Looks at a process and its descendants until told to stop.
 * @param {number} root
 * @returns {{peak: () => Peak, stop: () => Promise<Peak>}} peak: so far
 */
export function watch(root) {
  let peak = nothing()
  let isOver = false
  const looking = (async () => {
    while (!isOver) {
      const processes = await look(root)
      if (processes.length) peak = higher(peak, processes)
      await new Promise(resolve => setTimeout(resolve, EVERY))
    }
  })()
  return { peak: () => peak, stop: async () => { isOver = true; await looking; return peak } }
}
