/** What docs.json says of an element is what its class has, and custom-elements.json says it in both languages. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { allDocs, allElements, isPublic, manifest } from '../../tools/manifest.mjs'
import { KINDS, completed, namesOf } from '../../www/lib/docs.js'
import { scripts, withoutComments } from '../doors/imports.js'
import { reachable, roomOf } from '../doors/rules.js'

/** @typedef {import('../../www/lib/docs.js').Docs} Docs */
/** @typedef {import('custom-elements-manifest/schema.js').ClassMember} Member */

const docs = allDocs()
const elements = allElements()
const files = scripts()

/** @param {string[]} wrong what is wrong, a line each; all of it is shown */
function assertNone(wrong) {
  if (wrong.length) assert.fail(`${wrong.length} times:\n${wrong.join('\n')}\n`)
}

/** @param {Member} member @returns {string} as docs.json names it: methods with their parameters */
function nameOf(member) {
  if (member.kind !== 'method') return member.name
  return `${member.name}(${(member.parameters ?? []).map(({ name }) => name).join(', ')})`
}

/**
 * @param {Docs} said
 * @param {readonly Member[]} members
 * @returns {string[]} which public members docs.json does not know, and which it has too many
 */
function memberDifferences(said, members) {
  const documented = [...said.properties, ...said.methods].flatMap(namesOf)
  // `lang` is every HTML element's.
  const there = members.filter(member => isPublic(member) && member.name !== 'lang').map(nameOf)
  return [
    ...there.filter(name => !documented.includes(name))
      .map(name => `${said.tag}: ${name} is public and not documented`),
    ...documented.filter(name => !there.includes(name)).map(name => `${said.tag}: there is no public ${name}`),
  ]
}

/** @typedef {'events' | 'slots' | 'styles' | 'parts'} Kind what scripts name that others see */
/** @type {[Kind, RegExp][]} */
const NAMED = [
  ['events', /\b(?:emit|tell|CustomEvent|Event)\(\s*'(fcn-[\w-]+)'/gi],
  ['slots', /<slot name="([\w-]+)"/g],
  ['styles', /var\(\s*(--fcn-[\w-]+)/g],
  ['parts', /\bpart="([\w -]+)"/g],
]

/** @param {RegExp} pattern @param {string[]} texts @returns {string[]} */
function namedIn(pattern, texts) {
  const found = texts.flatMap(text => [...withoutComments(text).matchAll(pattern)])
  return [...new Set(found.flatMap(([, names = '']) => names.split(' ')))].sort()
}

/**
 * @param {Docs} said
 * @param {string[]} own texts of the element's own scripts
 * @param {string[]} common texts of those that it has from elements/common/
 * @returns {string[]}
 */
function nameDifferences(said, own, common) {
  return NAMED.flatMap(([kind, pattern]) => {
    const documented = kind === 'parts' ? said.parts : said[kind].flatMap(namesOf)
    const [there, all] = [namedIn(pattern, own), namedIn(pattern, [...own, ...common])]
    return [
      ...there.filter(name => !documented.includes(name))
        .map(name => `${said.tag}: ${name} (${kind}) is not documented`),
      ...documented.filter(name => !all.includes(name)).map(name => `${said.tag}: there is no ${name} (${kind})`),
    ]
  })
}

/** @param {string} tag @returns {[own: string[], common: string[]]} the texts of what the element can load */
function textsOf(tag) {
  const start = docs.get(tag)?.script ?? `elements/${tag}.js`
  const loaded = new Set(reachable(files, start))
  const all = files.filter(({ file }) => loaded.has(file))
  const { name, room } = roomOf(start)
  return [all.filter(({ file }) => name ? roomOf(file).name === name : roomOf(file).room === room).map(({ text }) =>
    text),
    all.filter(({ file }) => roomOf(file).room === 'common').map(({ text }) => text)]
}

describe('docs.json', () => {
  it('lies_beside_every_element', () => {
    assert.deepEqual([...docs.keys()].sort(), [...elements.keys()].sort())
  })

  it('names_every_public_property_and_method_and_no_other', () => {
    assertNone([...docs].flatMap(([tag, said]) => memberDifferences(said, elements.get(tag)?.members ?? [])))
  })

  it('names_every_event_slot_part_and_custom_property_and_no_other', () => {
    assertNone([...docs].flatMap(([tag, said]) => nameDifferences(said, ...textsOf(tag))))
  })

  it('says_everything_in_english_and_korean', () => {
    for (const said of docs.values()) {
      for (const entry of [said, ...said.examples, ...KINDS.flatMap(kind => said[kind])]) {
        assert.match(entry.en, /\w/)
        assert.match(entry.ko, /\p{Script=Hangul}/u)
      }
    }
  })

  it('is_what_custom_elements_json_is_made_of', () => {
    for (const language of /** @type {const} */ (['en', 'ko'])) {
      const described = manifest(language).modules.flatMap(({ declarations = [] }) => declarations)
      assert.deepEqual(described.map(({ description }) => description).sort(),
        [...docs.values()].map(said => said[language]).sort())
    }
    const segment = manifest('ko').modules.find(({ path }) => path === 'elements/fcn-segment.js')
    const [declaration] = segment?.declarations ?? []
    assert.ok(declaration && 'attributes' in declaration)
    const variant = declaration.attributes?.find(({ name }) => name === 'variant')
    assert.deepEqual(variant, {
      name: 'variant', fieldName: 'variant', type: { text: 'string' }, default: "'fcn8s'", description: '보여 줄 변형.',
    })
    assert.doesNotMatch(JSON.stringify(manifest('en')), /"privacy":"private"|"#/)
  })
})

describe('the test of docs.json', () => {
  const said = completed({ tag: 'fcn-x', parts: ['root'], properties: [{ name: 'a, b', en: '', ko: '' }],
    methods: [{ name: 'go(x), stop()', en: '', ko: '' }], events: [{ name: 'fcn-done', en: '', ko: '' }] }, {})
  /** @type {Member[]} */
  const members = [{ kind: 'field', name: 'a' }, { kind: 'field', name: 'b' },
    { kind: 'method', name: 'go', parameters: [{ name: 'x' }] }, { kind: 'method', name: 'stop' }]

  it('notices_members_too_many_and_too_few', () => {
    assert.deepEqual(memberDifferences(said, members), [])
    assert.deepEqual(memberDifferences(said, [...members, { kind: 'field', name: 'c', privacy: 'private' }]), [])
    const forSubclasses = /** @type {Member} */ ({ kind: 'field', name: 'd', inheritedFrom: { name: 'FcnElement' } })
    assert.deepEqual(memberDifferences(said, [...members, forSubclasses]), [])
    assert.deepEqual(memberDifferences(said, [...members, { kind: 'field', name: 'c' }]),
      ['fcn-x: c is public and not documented'])
    assert.deepEqual(memberDifferences(said, members.slice(1)), ['fcn-x: there is no public a'])
    const other = /** @type {Member} */ ({ kind: 'method', name: 'stop', parameters: [{ name: 'y' }] })
    assert.equal(memberDifferences(said, [...members.slice(0, 3), other]).length, 2)
  })

  it('notices_events_parts_and_custom_properties_too_many_and_too_few', () => {
    const own = 'html`<p part="root"></p>`; this.emit(\'fcn-done\', {})'
    assert.deepEqual(nameDifferences(said, [own], []), [])
    assert.deepEqual(nameDifferences(said, [], [own]), [])
    assert.equal(nameDifferences(said, [], []).length, 2)
    assert.deepEqual(nameDifferences(said, [`${own}; css\`p { color: var(--fcn-ink, red) }\``], []),
      ['fcn-x: --fcn-ink (styles) is not documented'])
  })

  it('lets_an_element_say_of_a_common_member_what_it_is_here', () => {
    const common = { events: [{ name: 'fcn-done', en: 'all', ko: '' }, { name: 'fcn-error', en: 'all', ko: '' }] }
    const all = completed(said, common).events.map(({ name, en }) => [name, en])
    assert.deepEqual(all, [['fcn-done', ''], ['fcn-error', 'all']])
  })
})
