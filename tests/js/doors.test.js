/** The doors between the rooms of www/; who may import whom is written in tests/doors/rules.js. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { graph, imports, scripts, withoutComments } from '../doors/imports.js'
import { circles, namedTags, reachable, violations } from '../doors/rules.js'

const files = scripts()

/** @param {Record<string, string>} texts by file */
function written(texts) {
  return Object.entries(texts).map(([file, text]) => ({ file, text }))
}

/** @param {string[]} wrong what is wrong, a line each; all of it is shown */
function assertNone(wrong) {
  if (wrong.length) assert.fail(`${wrong.length} times:\n${wrong.join('\n')}\n`)
}

describe('doors of www', () => {
  it('every_script_imports_only_what_it_may', () => {
    assert.ok(files.length > 50)
    assertNone(violations(files))
  })

  it('no_scripts_import_each_other_in_a_circle', () => {
    assertNone(circles(files))
  })

  it('the_page_knows_tags_through_its_table_of_views_alone_and_elements_only_their_own', () => {
    assertNone(namedTags(files))
  })

  it('only_the_page_itself_stores_anything_for_use_without_a_network', () => {
    assert.ok(reachable(files, 'main.js').includes('page/offline.js'))
    for (const start of ['embed.js', 'elements/fcn-segment.js', 'lessons/fcn-lesson.js']) {
      assert.ok(!reachable(files, start).includes('page/offline.js'), start)
    }
  })

  it('the_upsampling_figure_needs_neither_engine_nor_wasm', () => {
    const start = 'elements/fcn-upsample.js'
    assert.ok(files.some(({ file }) => file === start))
    // One's own photo needs both: its panel is fetched by this one line, when somebody opens it. The panel that learns a
    // kernel, photos and all, needs neither.
    const panel = 'elements/upsample/photo/panel.js'
    assert.deepEqual(reachable(files, start, panel).filter(file => /^(engine|pkg)\/|segment/.test(file)), [])
    const users = graph(files).filter(({ to, kind }) => to === panel && kind !== 'type')
    assert.deepEqual(users.map(({ from, kind }) => [from, kind]), [['elements/upsample/controller.js', 'later']])
  })
})

describe('the panels of <fcn-inside> that need no net', () => {
  for (const panel of ['ruler', 'calculator']) {
    it(`${panel}_can_load_neither_engine_nor_wasm`, () => {
      const parts = ['controller', 'template'].map(part => `elements/inside/${panel}/${part}.js`)
      for (const part of parts) assert.ok(files.some(({ file }) => file === part), part)
      const loaded = parts.flatMap(part => reachable(files, part))
      assert.deepEqual(loaded.filter(file => /^(engine|pkg)\/|session|photo/.test(file)), [])
    })
  }
})

describe('the small net of <fcn-dropout>', () => {
  it('can_load_neither_engine_nor_wasm', () => {
    const parts = ['controller', 'template'].map(part => `elements/dropout/units/${part}.js`)
    for (const part of parts) assert.ok(files.some(({ file }) => file === part), part)
    const loaded = parts.flatMap(part => reachable(files, part))
    assert.deepEqual(loaded.filter(file => /^(engine|pkg)\/|session|photo/.test(file)), [])
  })
})

describe('the test of the doors', () => {
  const rest = { 'lib/a.js': '', 'engine/engine.js': '', 'engine/protocol.js': '', 'engine/formats/sniff.js': '',
    'engine/page/link.js': '', 'engine/worker/worker.js': '', 'elements/fcn-x.js': '', 'elements/x/part.js': '',
    'elements/common/ui/element.js': '', 'elements/fcn-y.js': '', 'elements/y/part.js': '', 'page/views.js': '' }
  /** @param {string} file @param {string} text @returns {number} of a house that was right */
  const wrong = (file, text) => violations(written({ ...rest, [file]: text })).length

  it('notices_a_forbidden_import', () => {
    assert.equal(wrong('lib/b.js', "import { x } from '../vendor/lit.js'"), 1)
    assert.equal(wrong('lib/b.js', "const x = await import('../engine/engine.js')"), 1)
    assert.equal(wrong('lib/b.js', "new Worker(new URL('../engine/worker/worker.js', import.meta.url))"), 1)
    assert.equal(wrong('engine/protocol.js', "import init from '../pkg/fcn_lab.js'"), 1)
    assert.equal(wrong('engine/page/host.js', "import { x } from '../worker/worker.js'"), 1)
    assert.equal(wrong('main.js', "import './engine/engine.js'"), 1)
    assert.equal(wrong('page/settings.js', "import '../elements/fcn-x.js'"), 1)
    assert.equal(wrong('elements/x/b.js', "import { y } from '../y/part.js'"), 1)
    assert.equal(wrong('elements/x/b.js', "import { link } from '../../engine/page/link.js'"), 1)
    assert.equal(wrong('elements/x/b.js', "import { sniff } from '../../engine/formats/sniff.js'"), 1)
    assert.equal(wrong('elements/x/b.js', "import { kinds } from '../../engine/protocol.js'"), 1)
    assert.equal(wrong('elements/common/b.js', "import { part } from '../x/part.js'"), 1)
    assert.equal(wrong('elements/fcn-x.js', "void import('./fcn-y.js')"), 1)
    assert.equal(wrong('attic/x.js', "import '../lib/a.js'"), 1)
    assert.equal(wrong('lessons/a.js', "import '../attic/x.js'"), 1)
  })

  it('counts_types', () => {
    const type = "/** @typedef {import('../../engine/page/link.js').Link} Link */"
    assert.equal(wrong('elements/x/b.js', type), 1)
    assert.equal(wrong('elements/x/b.js', "/** @import { Link } from '../../engine/page/link.js' */"), 1)
    assert.equal(wrong('elements/x/b.js', "/** @param {import('../fcn-x.js').FcnX} host */"), 1)
    assert.equal(wrong('elements/y/tags.d.ts', "import type { X } from '../fcn-x.js'"), 1)
    assert.equal(wrong('elements/y/tags.d.ts', "import type { Y } from '../fcn-y.js'"), 0)
    assert.equal(wrong('elements/x/b.js', "/** @param {import('../../engine/protocol.js').Size} size */"), 0)
  })

  it('notices_what_a_browser_could_not_find', () => {
    assert.equal(wrong('elements/fcn-x.js', "import {\n  LitElement,\n} from 'lit'"), 1)
    assert.equal(wrong('elements/fcn-x.js', "export * from '../lib/missing.js'"), 1)
    assert.equal(wrong('elements/fcn-x.js', 'const y = await import(address)'), 1)
  })

  it('lets_pass_what_is_allowed', () => {
    assert.equal(wrong('engine/worker/passes/a.js', "import init from '../../../pkg/fcn_lab.js'"), 0)
    assert.equal(wrong('engine/page/host.js', "new URL('../worker/worker.js', import.meta.url)"), 0)
    assert.equal(wrong('page/views.js', "import('../elements/fcn-x.js')"), 0)
    assert.equal(wrong('elements/fcn-x.js', "import './x/part.js'\nimport './common/ui/element.js'"), 0)
    assert.equal(wrong('elements/fcn-x.js', "import { Engine } from '../engine/engine.js'"), 0)
    assert.equal(wrong('elements/common/b.js', "import { sniff } from '../../engine/formats/sniff.js'"), 0)
    assert.equal(wrong('lib/b.js', "import { x } from './a.js' // import '../engine/engine.js'"), 0)
    assert.equal(wrong('lib/b.js', "// as in import('../engine/engine.js')\n/* import '../engine/engine.js' */"), 0)
  })

  it('lets_an_element_show_another_that_it_fetches', () => {
    const card = { 'elements/fcn-model-card.js': '', 'elements/model-card/card.js': '' }
    /** @param {string} text */
    const wrongIn = text => violations(written({ ...card, 'elements/fcn-heatmap.js': text })).length
    assert.equal(wrongIn("void import('./fcn-model-card.js')"), 0)
    assert.equal(wrongIn("import './fcn-model-card.js'"), 1)
    assert.equal(wrongIn("void import('./model-card/card.js')"), 1)
  })

  it('takes_a_path_with_a_gap_for_every_file_that_it_can_mean', () => {
    const texts = { 'elements/x/texts.en.js': '', 'elements/x/texts.ko.js': '', 'elements/x/deep/texts.fr.js': '',
      'elements/x/b.js': 'await import(`./texts.${language}.js`)' }
    assert.deepEqual(graph(written(texts)).map(({ to, kind }) => [to, kind]),
      [['elements/x/texts.en.js', 'later'], ['elements/x/texts.ko.js', 'later']])
  })

  it('sees_no_comment_in_a_string_and_no_string_in_a_comment', () => {
    assert.equal(withoutComments("a = 'https://x/*' // that's\nb = 1 /* 'x' */"), "a = 'https://x/*' \nb = 1 ")
    assert.deepEqual(imports("glob = '**/*.js'\nimport './a.js'\n/** done */"), [{ kind: 'static', text: './a.js' }])
  })

  it('notices_circles_also_of_types', () => {
    const a = "import { b } from './b.js'"
    const texts = { 'lib/a.js': a, 'lib/b.js': "/** @typedef {import('./c.js').C} C */", 'lib/c.js': "import './a.js'" }
    assert.deepEqual(circles(written(texts)), ['lib/a.js -> lib/b.js -> lib/c.js -> lib/a.js'])
    assert.deepEqual(circles(written({ 'lib/a.js': a, 'lib/b.js': '' })), [])
  })

  it('notices_a_tag_that_a_file_should_not_know', () => {
    const x = { 'elements/fcn-x.js': "customElements.define('fcn-x', X)" }
    /** @param {string} file @param {string} text */
    const named = (file, text) => namedTags(written({ ...x, [file]: text })).length
    assert.equal(named('page/settings.js', "document.querySelector('fcn-x')"), 1)
    assert.equal(named('elements/y/template.js', 'html`<fcn-x></fcn-x>`'), 1)
    assert.equal(named('elements/x/template.js', 'html`<fcn-x></fcn-x>`'), 0)
    assert.equal(named('page/views.js', "tag: 'fcn-x'"), 0)
    assert.equal(named('page/settings.js', "recall('fcn-x-lang') // for <fcn-x>"), 0)
  })
})
