/**
 * From pasted text and the size of what goes in to every layer's shape, place, field, parameters and multiply-adds.
 * Layers are taken one after the other, in the order of the text.
 */
import { isExact } from '../fraction.js'
import { INPUT, placeAfter, receptiveField } from '../receptive.js'
import { diagnose } from './diagnose.js'
import { fullyConnected } from './linear.js'
import { parse } from './parse.js'
import { read } from './read.js'
import { count, layersOf, shapeAfter } from './shape.js'
import { LONGEST } from './tokens.js'

/** @typedef {import('./parse.js').Problem} Problem */
/** @typedef {import('./read.js').Meaning} Meaning */
/** @typedef {import('./read.js').Pair} Pair */
/** @typedef {import('./shape.js').Shape} Shape */
/** @typedef {import('./diagnose.js').Note} Note */
/** @typedef {import('../receptive.js').Layer} Layer */
/** @typedef {import('../receptive.js').Place} Place */

/**
 * `meaning`: null for a layer that isn't known and is left out. `shape`: what comes out; null: nothing does. `field`,
 * `places`: of rows and of columns; null: not known. `seesAll`: every number depends on the whole input.
 * @typedef {object} Row
 * @property {string} name
 * @property {string} label
 * @property {number} line
 * @property {Meaning | null} meaning
 * @property {Shape | null} from what goes in
 * @property {Shape | null} shape
 * @property {readonly [number | null, number | null] | null} field
 * @property {readonly [Place, Place] | null} places
 * @property {boolean} seesAll
 * @property {number} parameters
 * @property {number | null} macs
 * @property {Note[]} notes
 */

/** @typedef {{rows: Row[], problems: Problem[], parameters: number, macs: number}} Computed */

/** Cells looked at, times layers, for the fields of all layers together: some 50 ms. */
const WORK = 200_000

/** What is followed from layer to layer. */
class Walk {
  /** @type {Shape | null} */
  shape
  /** @type {[Layer[], Layer[]] | null} */
  chain = [[], []]
  /** @type {readonly [Place, Place] | null} */
  places = [INPUT, INPUT]
  seesAll = false
  work = 0
  /** Whether rows and columns are alike so far. */
  isSquare = true
  /** @type {Meaning[]} */
  meanings = []
  /** The map that was made numbers in a row of. @type {Shape | null} */
  flattened = null
  /** Whether it was said which sizes a fully connected layer takes. */
  hasTold = false

  /** @param {Shape} input */
  constructor(input) {
    this.input = input
    this.shape = input
  }
}

/**
 * @param {string} source
 * @param {{channels: number, size: Pair}} input
 * @returns {Computed}
 */
export function compute(source, input) {
  const { calls, problems } = parse(source)
  if (source.length > LONGEST) problems.push({ code: 'too_long', line: 0, column: 0, values: { most: LONGEST } })
  const walk = new Walk(input)
  const rows = calls.map(call => {
    const { name, meaning, problems: wrong } = read(call)
    problems.push(...wrong)
    const row = step(walk, meaning)
    return { name, label: call.label, line: call.at.line, meaning, ...row }
  })
  problems.sort((a, b) => a.line - b.line || a.column - b.column)
  const sum = (/** @type {(row: Row) => number} */ of) => rows.reduce((all, row) => all + of(row), 0)
  return { rows, problems, parameters: sum(row => row.parameters), macs: sum(row => row.macs ?? 0) }
}

/** @param {Walk} walk @param {Meaning | null} meaning @returns {Omit<Row, 'name' | 'label' | 'line' | 'meaning'>} */
function step(walk, meaning) {
  const from = walk.shape
  const parameters = meaning ? parametersOf(meaning) : 0
  const nothing = { from, shape: null, field: null, places: null, seesAll: false, parameters, macs: null }
  if (!from) return { ...nothing, notes: [] }
  if (!meaning) return { ...nothing, shape: from, notes: [] }
  const notes = meaning.kind === 'linear' ? fullyConnected(walk, meaning, from) : diagnose(meaning, from)
  const next = shapeAfter(meaning, from)
  if ('code' in next) {
    walk.shape = null
    return { ...nothing, notes: [...notes, { level: 'bad', ...next }] }
  }
  follow(walk, meaning, from)
  walk.shape = next
  walk.meanings.push(meaning)
  const field = walk.chain && walk.places ? fields(walk, walk.chain) : null
  return {
    from, shape: next, notes, parameters, macs: macsOf(meaning, from, next),
    field, places: walk.places, seesAll: walk.seesAll,
  }
}

/** @param {Walk} walk @param {Meaning} meaning @param {Shape} from */
function follow(walk, meaning, from) {
  if (meaning.kind === 'flatten') {
    if (from.size) walk.flattened = from
    return
  }
  const layers = meaning.kind === 'linear' || !from.size ? null : layersOf(meaning, from.size)
  if (meaning.kind === 'linear') walk.seesAll = true
  if (!layers || !walk.chain || !walk.places) {
    walk.chain = walk.places = null
    return
  }
  const [rows, columns] = layers
  const places = /** @type {const} */ ([placeAfter(walk.places[0], rows), placeAfter(walk.places[1], columns)])
  const isTold = places.every(({ jump, start }) => isExact(jump) && isExact(start))
  walk.places = isTold ? places : null
  if (!isTold) walk.chain = null
  if (!walk.chain || meaning.kind === 'keep' || meaning.kind === 'norm') return
  walk.chain[0].push(rows)
  walk.chain[1].push(columns)
  walk.isSquare &&= JSON.stringify(rows) === JSON.stringify(columns)
}

/** @param {Walk} walk @param {[Layer[], Layer[]]} chain @returns {[number | null, number | null]} */
function fields(walk, [rows, columns]) {
  const one = (/** @type {Layer[]} */ layers) => {
    if (layers.some(({ kind }) => kind === 'stamp')) {
      walk.work += layers.length * layers.reduce((all, layer) => layer.kind === 'stamp' ? all * layer.stride : all, 1)
    }
    return walk.work > WORK ? null : receptiveField(layers)
  }
  const first = one(rows)
  return [first, walk.isSquare ? first : one(columns)]
}

/** @param {Meaning} meaning @returns {number} numbers that are learned */
function parametersOf(meaning) {
  switch (meaning.kind) {
    case 'conv': case 'transposed': {
      const { channels: [from, to], kernel, groups, bias } = meaning
      return Math.floor(from * to / groups) * kernel[0] * kernel[1] + (bias ? to : 0)
    }
    case 'linear': return meaning.features[0] * meaning.features[1] + (meaning.bias ? meaning.features[1] : 0)
    case 'norm': return meaning.learned
    default: return 0
  }
}

/**
 * @param {Meaning} meaning
 * @param {Shape} from
 * @param {Shape} to
 * @returns {number} multiplications, each with its addition
 */
function macsOf(meaning, from, to) {
  if (meaning.kind === 'linear') return meaning.features[0] * meaning.features[1]
  if (meaning.kind !== 'conv' && meaning.kind !== 'transposed') return 0
  // A convolution's kernel is laid on every cell that comes out; a transposed one's is stamped by every cell going in.
  const cells = count({ channels: 1, size: (meaning.kind === 'conv' ? to : from).size })
  const { channels: [ins, outs], kernel, groups } = meaning
  return cells * Math.floor(ins * outs / groups) * kernel[0] * kernel[1]
}
