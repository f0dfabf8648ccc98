/**
 * Polygons as people draw them, as a label map: LabelMe's JSON of one photo, and COCO's of many. What no shape covers is
 * background. In LabelMe's order later shapes lie over earlier ones, as its own export has it; COCO says nothing of that,
 * so smaller things lie over larger ones.
 */
import { FcnError } from '../../../lib/errors.js'
import { fillPolygons, fillRuns, unpackRuns } from '../../../lib/labelling.js'
import { VOID } from '../../../lib/metrics.js'
import { readLabelMap } from './read.js'

/** @typedef {import('../../../lib/labelling.js').Point} Point */
/** @typedef {{width: number, height: number}} Size */
/** The photo that the polygons are of. @typedef {Size & {name: string}} Photo */
/** `ignored`: shapes without an inside, as boxes alone, lines and points. @typedef {Size & {values: Uint8Array<ArrayBuffer>, names: string[], ignored: number}} Annotated */
/** @typedef {{label: string, isIgnored: boolean, area: number, paint: (map: import('../../../lib/labelling.js').Canvas, id: number) => boolean | Promise<boolean>}} Shape */

/** COCO's own files of 2017 have up to 470 MB, which is more than a page can hold; those of 5,000 photos have 20. */
const MOST_BYTES = 100_000_000
const MOST_NAME = 80
const BACKGROUND = 'background'
/** LabelMe's own names for what is no class. */
const NONE = new Set(['_background_', BACKGROUND])
const IGNORE = '__ignore__'

/** @param {string} kind @param {Record<string, unknown>} [details] */
const refused = (kind, details = {}) => new FcnError('invalid_input', kind, { kind, ...details })

/**
 * @param {Blob} file
 * @param {Photo} photo
 * @returns {Promise<Annotated>} values are places in `names`, the first of which is background
 * @throws {FcnError} invalid_input; `details.kind`: file_gone, annotation_large, annotation_broken, annotation_unknown,
 *   annotation_photo, annotation_twice, annotation_none, annotation_classes or truth_size
 */
export async function readAnnotations(file, photo) {
  if (file.size > MOST_BYTES) throw refused('annotation_large')
  const text = await file.text().catch(() => { throw refused('file_gone') })
  /** @type {unknown} */
  let json
  try {
    json = JSON.parse(text)
  } catch {
    throw refused('annotation_broken')
  }
  const { shapes, images, annotations } = Object(json)
  if (Array.isArray(shapes)) return await painted(photo, labelMe(Object(json), photo))
  if (Array.isArray(images) && Array.isArray(annotations)) return await painted(photo, coco(Object(json), photo))
  throw refused('annotation_unknown')
}

/** @param {Photo} photo @param {readonly Shape[]} shapes @returns {Promise<Annotated>} */
async function painted({ width, height }, shapes) {
  const values = new Uint8Array(width * height)
  const ids = new Map([[BACKGROUND, 0]])
  let ignored = 0
  for (const { label, isIgnored, paint } of shapes) {
    if (!isIgnored && !ids.has(label)) ids.set(label, ids.size)
    if (ids.size > VOID) throw refused('annotation_classes')
    if (!await paint({ values, width, height }, isIgnored ? VOID : ids.get(label) ?? 0)) ignored++
  }
  if (shapes.length === ignored) throw refused('annotation_none')
  return { width, height, values, names: [...ids.keys()], ignored }
}

/** @param {unknown} name */
const named = name => String(name ?? '').trim().slice(0, MOST_NAME) || '?'

/** @param {unknown} width @param {unknown} height @param {Photo} photo */
function checkSize(width, height, photo) {
  if (typeof width !== 'number' || typeof height !== 'number'
    || (width === photo.width && height === photo.height)) return
  throw refused('truth_size', { truth: `${width}×${height}`, photo: `${photo.width}×${photo.height}` })
}

/** @param {Record<string, unknown>} json @param {Photo} photo @returns {Shape[]} */
function labelMe({ shapes, imageWidth, imageHeight }, photo) {
  checkSize(imageWidth, imageHeight, photo)
  return /** @type {unknown[]} */ (shapes).map(given => {
    const { label, points, shape_type: type = 'polygon', mask } = Object(given)
    const corners = pointsIn(points)
    const name = named(label)
    const shape = { label: NONE.has(name) ? BACKGROUND : name, isIgnored: name === IGNORE, area: 0 }
    if (type === 'mask') return { ...shape, paint: async (map, id) => await paintMask(map, mask, corners[0], id) }
    const ring = type === 'polygon' ? corners : type === 'rectangle' ? rectangle(corners)
      : type === 'circle' ? circle(corners) : []
    return { ...shape, paint: (map, id) => fillPolygons(map, [ring], id).width > 0 }
  })
}

/** @param {unknown} points @returns {Point[]} */
function pointsIn(points) {
  if (!Array.isArray(points)) return []
  return points.flatMap(point => Array.isArray(point) && Number.isFinite(point[0]) && Number.isFinite(point[1])
    ? [/** @type {Point} */ ([point[0], point[1]])] : [])
}

/** @param {readonly Point[]} corners two that face each other @returns {Point[]} */
function rectangle([a, b]) {
  return a && b ? [a, [b[0], a[1]], b, [a[0], b[1]]] : []
}

/** Corners of a circle that is drawn as a polygon. */
const SIDES = 256

/** @param {readonly Point[]} points the middle, and one of the rim @returns {Point[]} */
function circle([middle, rim]) {
  if (!middle || !rim) return []
  const radius = Math.hypot(rim[0] - middle[0], rim[1] - middle[1])
  return Array.from({ length: SIDES }, (_, i) => [middle[0] + radius * Math.cos(2 * Math.PI * i / SIDES),
    middle[1] + radius * Math.sin(2 * Math.PI * i / SIDES)])
}

/**
 * LabelMe's shapes by its AI tool: a PNG in base64, laid at the first point.
 * @param {import('../../../lib/labelling.js').Canvas} map @param {unknown} mask @param {Point | undefined} corner @param {number} id
 */
async function paintMask({ values, width, height }, mask, corner, id) {
  if (typeof mask !== 'string' || !corner) return false
  /** @type {import('./read.js').LabelMap} */
  let png
  try {
    png = await readLabelMap(Uint8Array.from(atob(mask), letter => letter.charCodeAt(0)))
  } catch {
    return false
  }
  const [left, top] = [Math.floor(corner[0]), Math.floor(corner[1])]
  png.readings[0].values.forEach((value, at) => {
    const [x, y] = [left + at % png.width, top + Math.floor(at / png.width)]
    if (value && x >= 0 && y >= 0 && x < width && y < height) values[y * width + x] = id
  })
  return true
}

/** A file's name, however its letters are composed. @param {unknown} path */
const nameOf = path => (String(path ?? '').split(/[\\/]/).at(-1) ?? '').normalize('NFC').toLowerCase()
/** @param {unknown} path */
const stemOf = path => nameOf(path).replace(/\.[^.]*$/, '')

/** @param {Record<string, unknown>} json @param {Photo} photo @returns {Shape[]} */
function coco({ images, annotations, categories }, photo) {
  const all = /** @type {unknown[]} */ (images).map(image => Object(image))
  const alike = all.filter(({ file_name: name }) => stemOf(name) === stemOf(photo.name))
  const same = alike.filter(({ file_name: name }) => nameOf(name) === nameOf(photo.name))
  const found = same.length ? same : alike
  if (found.length > 1) {
    const list = found.slice(0, 2).map(({ file_name: name }) => name).join(', ')
    throw refused('annotation_twice', { name: photo.name, count: found.length, list })
  }
  const image = found[0] ?? (all.length === 1 ? all[0] : null)
  if (!image) throw refused('annotation_photo', { name: photo.name, count: all.length })
  checkSize(image.width, image.height, photo)
  const names = new Map(Array.isArray(categories)
    ? categories.map(category => [Object(category).id, named(Object(category).name)]) : [])
  return /** @type {unknown[]} */ (annotations).flatMap(given => {
    const { image_id: of, category_id: id, segmentation } = Object(given)
    if (of !== image.id) return []
    return [{ label: names.get(id) ?? named(id), isIgnored: false, ...cocoShape(segmentation) }]
  }).sort((a, b) => b.area - a.area)
}

/** @param {unknown} segmentation @returns {Pick<Shape, 'area' | 'paint'>} */
function cocoShape(segmentation) {
  if (Array.isArray(segmentation)) {
    const rings = segmentation.map(ring => Array.isArray(ring) ? pairs(ring) : [])
    // The parts of one thing: each is painted, and one in another is no hole.
    return {
      area: rings.reduce((sum, ring) => sum + areaOf(ring), 0),
      paint: (map, id) => rings.map(ring => fillPolygons(map, [ring], id).width > 0).some(Boolean),
    }
  }
  const { counts, size } = Object(segmentation)
  const runs = typeof counts === 'string' ? unpackRuns(counts) : Array.isArray(counts) ? counts.map(Number) : null
  return {
    area: runs?.reduce((sum, count, i) => i % 2 ? sum + count : sum, 0) ?? 0,
    paint: (map, id) => runs !== null && (!Array.isArray(size) || (size[0] === map.height && size[1] === map.width))
      && fillRuns(map, runs, id),
  }
}

/** @param {readonly unknown[]} flat x, y, x, y, … @returns {Point[]} */
const pairs = flat => Array.from({ length: Math.floor(flat.length / 2) },
  (_, i) => /** @type {Point} */ ([Number(flat[2 * i]), Number(flat[2 * i + 1])]))

/** @param {readonly Point[]} ring pixels */
const areaOf = ring => Math.abs(ring.reduce((sum, [x, y], i) => {
  const [nextX, nextY] = ring[(i + 1) % ring.length]
  return sum + x * nextY - nextX * y
}, 0)) / 2
