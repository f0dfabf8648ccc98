/**
 * Writes what editors and other tools read of the elements: custom-elements.json
 * (https://github.com/webcomponents/custom-elements-manifest, schema 1.0.0), and custom-elements.ko.json with the
 * texts in Korean. What a class has is read from its script and the JSDoc in it; the texts are those of
 * elements/NAME/docs.json, of the lesson lessons/lesson/docs.json, and, for what every element has, of
 * elements/common/docs.json.
 *
 *     node tools/manifest.mjs FOLDER
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { create, ts } from '@custom-elements-manifest/analyzer'
import { litPlugin } from '@custom-elements-manifest/analyzer/src/features/framework-plugins/lit/lit.js'
import { completed, namesOf } from '../www/lib/docs.js'

const WWW = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../www')
/** Where elements have their common members from. */
const BASE = 'elements/common/ui/element.js'
/** Folders with the scripts of elements. */
const ROOMS = ['elements', 'lessons']
/** The page's own, not made for others. */
const PAGES_OWN = ['fcn-upsample-view.js']
const BASE_CLASS = 'FcnElement'
/** Lit's hooks that the analyzer doesn't know. */
const HOOKS = ['getUpdateComplete']

/** @typedef {import('../www/lib/docs.js').Docs} Docs */
/** @typedef {import('../www/lib/docs.js').Entry} Entry */
/** @typedef {import('custom-elements-manifest/schema.js').Package} Package */
/** @typedef {import('custom-elements-manifest/schema.js').Declaration} Declaration */
/** @typedef {import('custom-elements-manifest/schema.js').CustomElement & {kind: 'class'}} Element */
/** @typedef {import('custom-elements-manifest/schema.js').ClassMember} Member */
/** @typedef {import('custom-elements-manifest/schema.js').FunctionLike} FunctionLike */

/** @param {string} file below www/ @returns {Partial<Docs>} */
function readDocs(file) {
  return JSON.parse(readFileSync(path.join(WWW, file), 'utf8'))
}

/** @returns {Map<string, Docs>} by tag */
export function allDocs() {
  const common = commonDocs()
  const files = ROOMS.flatMap(room => readdirSync(path.join(WWW, room)).map(folder => `${room}/${folder}/docs.json`))
    .filter(file => file !== 'elements/common/docs.json' && existsSync(path.join(WWW, file)))
  return new Map(files.map(file => completed(readDocs(file), common)).map(docs => [docs.tag, docs]))
}

/** @returns {Partial<Docs>} of every element */
function commonDocs() {
  return readDocs('elements/common/docs.json')
}

/**
 * @param {Member} member
 * @returns {boolean} whether an embedder may use it: of the base class only what is documented, for its other members
 *   are for subclasses
 */
export function isPublic({ name, privacy = 'public', static: isStatic = false, inheritedFrom }) {
  if (privacy !== 'public' || isStatic || HOOKS.includes(name)) return false
  return inheritedFrom?.name !== BASE_CLASS || commonDocs().properties?.flatMap(namesOf).includes(name) === true
}

/** @returns {Package} what the analyzer finds: the classes with all their members, without the docs' texts */
function analysed() {
  const files = ROOMS.flatMap(room => readdirSync(path.join(WWW, room)).filter(file => /^fcn-.*\.js$/.test(file))
    .filter(file => !PAGES_OWN.includes(file)).map(file => `${room}/${file}`))
  // A base first, so that it is known where it is extended.
  const modules = [...existsSync(path.join(WWW, BASE)) ? [BASE] : [], ...files].map(file => {
    // `define` of ui/element.js, in the words that the analyzer knows.
    const text = readFileSync(path.join(WWW, file), 'utf8').replace(/^define\(/m, 'customElements.$&')
    return ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true)
  })
  return create({ modules, plugins: litPlugin(), context: { dev: false } })
}

/** @param {Declaration} declaration @returns {declaration is Element} */
function isElement(declaration) {
  return 'tagName' in declaration
}

/** @returns {Map<string, Element>} the elements' classes, by tag */
export function allElements() {
  const declarations = analysed().modules.flatMap(module => module.declarations ?? [])
  return new Map(declarations.filter(isElement).map(element => [element.tagName ?? '', element]))
}

/** @param {string | undefined} text @returns {{type?: {text: string}}} */
function typed(text) {
  return text ? { type: { text } } : {}
}

/** @param {Member} member @returns {Member} a property with a getter as the schema has it: by its type */
function field(member) {
  if (member.kind !== 'field') return member
  const { return: got, parameters: _, ...rest } = /** @type {typeof member & FunctionLike} */ (member)
  return { ...typed(got?.type?.text), ...rest }
}

/**
 * @param {Element} element
 * @param {Docs} docs
 * @param {'en' | 'ko'} language
 * @returns {Element} with its public members only, and everything described
 */
function described(element, docs, language) {
  /** @param {Entry[]} entries @returns {Map<string, Entry>} by single name, methods' without parameters */
  const byName = entries => new Map(entries.flatMap(entry =>
    namesOf(entry).map(name => [name.replace(/\(.*/, ''), entry])))
  /** @param {Entry | undefined} entry */
  const description = entry => entry ? { description: entry[language] } : {}
  const fields = byName([...docs.properties, ...docs.methods])
  const attributes = new Map(element.attributes?.map(attribute => [attribute.name, attribute]))
  const named = (/** @type {Entry[]} */ entries) => [...byName(entries)]
  return {
    ...element,
    description: docs[language],
    members: element.members?.filter(isPublic)
      .map(member => ({ ...field(member), ...description(fields.get(member.name)) })),
    attributes: named(docs.attributes).map(([name, entry]) => ({
      ...typed(entry.values || 'boolean'), ...attributes.get(name), name, ...description(entry),
    })),
    events: named(docs.events).map(([name, entry]) => ({
      name, type: { text: entry.detail ? `CustomEvent<${entry.detail}>` : 'CustomEvent' }, ...description(entry),
    })),
    slots: named(docs.slots).map(([name, entry]) => ({ name, ...description(entry) })),
    cssParts: docs.parts.map(name => ({ name })),
    cssProperties: named(docs.styles).map(([name, entry]) => ({ name, ...description(entry) })),
  }
}

/** @param {'en' | 'ko'} language @returns {Package} */
export function manifest(language) {
  const found = analysed()
  const docs = allDocs()
  const modules = found.modules.filter(({ path: file }) => file !== BASE).map(module => ({
    ...module,
    declarations: module.declarations?.filter(isElement).flatMap(element => {
      const known = docs.get(element.tagName ?? '')
      return known ? [described(element, known, language)] : []
    }),
  }))
  return { ...found, modules }
}

/** @param {string} folder the built site */
export function writeManifests(folder) {
  const write = (/** @type {string} */ file, /** @type {'en' | 'ko'} */ language) =>
    writeFileSync(path.join(folder, file), `${JSON.stringify(manifest(language))}\n`)
  write('custom-elements.json', 'en')
  write('custom-elements.ko.json', 'ko')
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = process.argv[2]
  if (!folder) {
    console.error('usage: node tools/manifest.mjs FOLDER')
    process.exitCode = 1
  } else {
    writeManifests(folder)
  }
}
