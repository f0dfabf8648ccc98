/**
 * What an element's docs.json says: its whole interface, in English and Korean. The documentation page shows it, and
 * custom-elements.json is made of it (tools/manifest.mjs).
 */

/** @typedef {{en: string, ko: string}} Texts */
/**
 * `name`: one name, or several parted by commas. `values`, `type`, `detail`: what an attribute, a property or an
 * event's detail may be.
 * @typedef {Texts & {name: string, values?: string, default?: string, type?: string, detail?: string}} Entry
 */
/** @typedef {'attributes' | 'properties' | 'methods' | 'events' | 'slots' | 'styles'} Kind */
/** @typedef {Texts & {attributes: Record<string, string>}} Example */
/**
 * `frame`: the page that shows the element in an iframe, if there is one; `script`: where it isn't elements/TAG.js.
 * @typedef {Texts & Record<Kind, Entry[]> & {tag: string, parts: string[], frame?: string, script?: string, examples: Example[]}} Docs
 */

/** @type {readonly Kind[]} */
export const KINDS = ['attributes', 'properties', 'methods', 'events', 'slots', 'styles']

/** @param {Entry} entry @returns {string[]} its names; of methods 'name(parameter, …)' */
export function namesOf({ name }) {
  return name.match(/[\w-]+(\([^)]*\))?/g) ?? []
}

/**
 * @param {Partial<Docs>} own of one element
 * @param {Partial<Docs>} common of every element; what an element says itself goes before it
 * @returns {Docs}
 */
export function completed(own, common) {
  const lists = KINDS.map(kind => {
    const entries = own[kind] ?? []
    const said = new Set(entries.flatMap(namesOf))
    return [kind, [...entries, ...(common[kind] ?? []).filter(entry => !namesOf(entry).some(name => said.has(name)))]]
  })
  return { tag: '', en: '', ko: '', parts: [], examples: [], ...own, ...Object.fromEntries(lists) }
}
