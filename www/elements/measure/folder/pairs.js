/**
 * Which prediction belongs to which truth: files are paired by name. What all names of one side end with (`_gtFine_labelIds`,
 * `-mask`) is left off where that pairs more of them, and folders count only where a name alone isn't enough.
 */

/** @typedef {{name: string, truth: File, prediction: File}} Pair */
/** @typedef {{name: string, file: File}} Named */

const PNG = /\.png$/i

/** @param {File} file @returns {string} its path within the chosen folder */
const pathOf = file => (file.webkitRelativePath || file.name).split('/').slice(file.webkitRelativePath ? 1 : 0).join('/')

/**
 * @param {readonly string[]} stems
 * @returns {number} how many letters all of them end with, from a `_`, `-` or `.` on
 */
function commonEnding(stems) {
  if (stems.length < 2) return 0
  let length = 0
  const [first] = stems
  while (length < first.length - 1 && stems.every(stem => stem.length > length + 1 && stem.at(-1 - length) === first.at(-1 - length))) length++
  const ending = first.slice(first.length - length)
  const from = ending.search(/[_.-]/)
  return from < 0 ? 0 : ending.length - from
}

/** @param {readonly File[]} files @param {boolean} isCut whether the common ending is left off @returns {Named[]} the PNGs, by what pairs them */
function named(files, isCut) {
  const pngs = files.filter(({ name }) => PNG.test(name))
  const stems = pngs.map(file => pathOf(file).replace(PNG, ''))
  const cut = isCut ? commonEnding(stems.map(stem => stem.split('/').at(-1) ?? '')) : 0
  const names = stems.map(stem => stem.slice(0, stem.length - cut))
  const short = names.map(name => name.split('/').at(-1) ?? name)
  const isEnough = new Set(short).size === short.length
  return pngs.map((file, i) => ({ name: isEnough ? short[i] : names[i], file }))
}

/** On which side endings are left off: first what changes least. @type {readonly [truths: boolean, predictions: boolean][]} */
const WAYS = [[false, false], [true, false], [false, true], [true, true]]

/**
 * @param {readonly File[]} truths
 * @param {readonly File[]} predictions
 * @returns {{pairs: Pair[], alone: {truths: string[], predictions: string[]}}} in the order of names; of all ways to read
 *   the names the one that pairs most
 */
export function pairsOf(truths, predictions) {
  const found = WAYS.map(([cutsTruths, cutsPredictions]) => matched(named(truths, cutsTruths), named(predictions, cutsPredictions)))
  return found.reduce((best, each) => each.pairs.length > best.pairs.length ? each : best)
}

/** @param {readonly Named[]} truths @param {readonly Named[]} predictions */
function matched(truths, predictions) {
  const others = new Map(predictions.map(({ name, file }) => [name, file]))
  /** @type {Pair[]} */
  const pairs = []
  /** @type {string[]} */
  const alone = []
  for (const { name, file } of truths) {
    const prediction = others.get(name)
    if (prediction) pairs.push({ name, truth: file, prediction })
    else alone.push(name)
    others.delete(name)
  }
  pairs.sort((a, b) => a.name < b.name ? -1 : Number(a.name > b.name))
  return { pairs, alone: { truths: alone.sort(), predictions: [...others.keys()].sort() } }
}
