/** Where "training curves" has its curves from, the models to choose from and a person's files, and what is read off them. */
import { FcnError, toFcnError } from '../../../lib/errors.js'
import { pause } from '../../../lib/pause.js'
import { MOST_BYTES, readLog } from '../../../lib/training-log.js'
import { ROLES } from '../../../lib/training-log/columns.js'
import { partingsOf } from '../../../lib/training-log/partings.js'
import { curvesOf } from '../../../lib/training-log/series.js'
import { EVERYDAY, readModels } from '../../common/model/list.js'

/** @typedef {import('../../../lib/training-log.js').Table} Table */
/** `name`: as links say it. @typedef {{name: string, url: string, title: Record<string, string>}} Choice */
/** What is shown of logs. @typedef {ReturnType<typeof read>} Reading */

/** @param {string} kind @param {string} file @param {Record<string, number>} [more] */
const refused = (kind, file, more = {}) => new FcnError('invalid_input', kind, { kind, file, ...more })

/**
 * The models that are shipped.
 * @param {string} usual the address of the one to begin with
 * @returns {Promise<{choices: Choice[], isWhole: boolean}>} the usual one first, under no name; isWhole: their list could be had
 */
export async function offers(usual) {
  // Without the list there is still the usual one.
  const all = await readModels(new URL('../models.json', EVERYDAY).href).catch(() => null)
  const found = all?.find(({ url }) => url === usual)
  const named = (/** @type {string} */ url) => new URL('.', url).pathname.split('/').at(-2) ?? ''
  const others = all?.filter(offer => offer !== found).map(({ url, title }) => ({ name: named(url), url, title })) ?? []
  return { choices: [{ name: '', url: usual, title: found?.title ?? {} }, ...others], isWhole: all !== null }
}

/**
 * @param {readonly File[]} files logs, or one model card
 * @param {AbortSignal} signal
 * @returns {Promise<Table[] | null>} null: it was stopped
 * @throws {FcnError} invalid_input; as readLog, with the file's name, and log_gone or log_several
 */
export async function readFiles(files, signal) {
  if (files.reduce((sum, { size }) => sum + size, 0) > MOST_BYTES) throw refused('log_large',
    files[0].name, { megabytes: MOST_BYTES / 1e6 })
  /** @type {Table[]} */
  const tables = []
  for (const file of files) {
    const bytes = await file.arrayBuffer().catch(() => { throw refused('log_gone', file.name) })
    // The page shows that it reads before it does.
    await pause()
    if (signal.aborted) return null
    try {
      tables.push(readLog(new Uint8Array(bytes), file.name))
    } catch (error) {
      const { code, message, details } = toFcnError(error)
      throw new FcnError(code, message, { ...details, file: file.name })
    }
  }
  const card = tables.find(({ kind }) => kind === 'card')
  if (card && tables.length > 1) throw refused('log_several', card.file)
  return tables
}

/** @param {{tables: readonly Table[], assignment: import('../../../lib/training-log.js').Assignment}} given */
export function read({ tables, assignment }) {
  const curves = curvesOf(tables, assignment)
  const used = ROLES.filter(role => curves.lines[role].length > 0)
  const steps = [...new Set(used.flatMap(role => curves.lines[role].map(({ step }) => step)))].sort((a, b) => a - b)
  return {
    ...curves, used, steps, found: partingsOf(curves.lines), title: tables.map(({ file }) => file),
    unread: tables.reduce((sum, { unread }) => sum + unread, 0),
      beyond: tables.reduce((sum, { left }) => sum + left, 0),
    isNameless: tables.every(({ hasNames }) => !hasNames),
  }
}
