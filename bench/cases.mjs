/** What is asked for: which nets, pictures and engines, and how patiently. */
import { parseArgs } from 'node:util'
import { macsOf } from './costs.mjs'
import { CONFIGS, STRIDE } from './net.mjs'

/** @typedef {import('./net.mjs').Model} Model */
/** @typedef {import('./page/page.js').Case} Case */

/** In the order of the table. */
export const CONTENDERS = ['fcn-lab:webgpu', 'fcn-lab:cpu', 'burn:webgpu', 'onnxruntime-web:webgpu',
  'onnxruntime-web:wasm', 'litert:webgpu', 'litert:wasm', 'tfjs:webgpu']

/** Sides of the picture that a net is measured at unless others are asked for. @type {Record<Model, number[]>} */
const SIZES = { slim: [224, 512, 1024], half: [224], full: [224], everyday: [384], 'everyday-slim': [224, 384] }

/** The nets that are measured unless others are asked for. */
const USUAL = ['slim', 'half', 'full']

/** An engine that would take longer for a pass sits a case out; of a longer one, one is enough. Milliseconds. */
export const LONGEST_PASS_MS = 20_000

/**
 * @typedef {object} Options
 * @property {Case[]} cases cheap ones first
 * @property {string[]} names of the contenders
 * @property {number} rounds at most
 * @property {number} longest_ms an engine that would take longer for a pass sits a case out
 * @property {number} patience_ms a pass or a start that takes longer hangs
 * @property {(index: number) => number} share_ms time that an engine has for its rounds, by the case's index; two rounds it has anyway, or one of {@link LONGEST_PASS_MS}
 * @property {boolean} layers
 * @property {boolean} visits
 * @property {boolean} figureOnly
 * @property {boolean} liveOnly
 * @property {boolean} threads the page is isolated, and every CPU engine takes all cores, four at most
 * @property {boolean} hardware
 * @property {boolean} quick
 */

/**
 * @param {string[]} args
 * @returns {Options}
 */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      models: { type: 'string' },
      sizes: { type: 'string' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      patient: { type: 'boolean', default: false },
      'no-layers': { type: 'boolean', default: false },
      'no-visit': { type: 'boolean', default: false },
      figure: { type: 'boolean', default: false },
      live: { type: 'boolean', default: false },
      threads: { type: 'boolean', default: false },
    },
  })
  const { quick, patient } = values
  const hardware = process.env['BENCH_ADAPTER'] === 'hardware'
  const rounds = Number(values.rounds ?? (quick ? 3 : hardware ? 30 : 7))
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: not a number of rounds`)
  const names = values.only === undefined ? CONTENDERS
    : CONTENDERS.filter(name => values.only?.split(',').some(part => name.startsWith(part)))
  if (names.length === 0) throw new Error(`--only ${values.only}: none of ${CONTENDERS.join(', ')}`)
  return {
    cases: casesOf(values.models ?? (quick ? 'slim' : undefined), values.sizes ?? (quick ? '224' : undefined)),
    names, rounds, hardware, quick,
    longest_ms: patient ? Infinity : LONGEST_PASS_MS,
    patience_ms: patient ? 900_000 : 150_000,
    share_ms: index => quick ? 20_000 : index === 0 ? 45_000 : 15_000,
    layers: !values['no-layers'] && names.includes('fcn-lab:webgpu'),
    visits: !values['no-visit'],
    figureOnly: values.figure, liveOnly: values.live, threads: values.threads,
  }
}

/**
 * @param {string | undefined} models comma-separated
 * @param {string | undefined} sizes comma-separated, for every model
 * @returns {Case[]}
 */
function casesOf(models, sizes) {
  const sides = sizes?.split(',').map(text => {
    const side = Number(text)
    if (!Number.isInteger(side) || side <= 0
      || side % STRIDE !== 0) throw new Error(`--sizes ${text}: not a multiple of ${STRIDE} pixels`)
    return side
  })
  const names = models?.split(',') ?? USUAL
  const cases = names.flatMap(name => {
    if (!(name in CONFIGS)) throw new Error(`--models ${name}: none of ${Object.keys(CONFIGS).join(', ')}`)
    const model = /** @type {Model} */ (name)
    return (sides ?? SIZES[model]).map(size => ({ model, size }))
  })
  // What the cheap ones take tells who can be asked for the dear ones.
  return cases.sort((a, b) => macsOf(a.model, a.size) - macsOf(b.model, b.size))
}
