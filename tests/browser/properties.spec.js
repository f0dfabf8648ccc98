/** Properties and attributes of every element as scripts, React, Vue and Svelte set and take them away. */
import { expect, test } from '@playwright/test'

/** Each element's script; and of some a state of its own, which what is set has to bring about. */
const ELEMENTS = {
  'fcn-segment': { variant: 'fcn16s', size: '256', view: 'mask', compare: true, patterns: true,
    unsure: true, opacity: 0.25, split: 0.75 },
  'fcn-heatmap': { size: '256', view: 'winner', value: 'score', opacity: 0.25 },
  'fcn-inside': { panel: 'ruler', size: '256' },
  'fcn-measure': { panel: 'curves' },
  'fcn-dropout': { panel: 'uncertainty', size: '256' },
  'fcn-model-card': {},
  'fcn-upsample': {
    input: '4x4', weights: '2x2', kernel: '2x2', stride: 2, padding: 1, outputPadding: '0x0',
      dilation: 2, view: 'gather', step: '2', learn: '1',
  },
  'fcn-lesson': { station: 'skips', alone: true },
  'fcn-upsample-view': {},
}

/** @typedef {HTMLElement & {fragment: string, updateComplete: Promise<unknown>, [name: string]: unknown}} Element */
/** @typedef {{elementProperties: Map<string, {attribute?: string | false, type?: unknown}>}} Class */

/** @param {string} tag */
const scriptOf = tag => `${/lesson|view/.test(tag) ? 'lessons' : 'elements'}/${tag}.js`

/** @type {string[]} */
let troubles = []
test.beforeEach(async ({ page }) => {
  troubles = []
  page.on('pageerror', error => troubles.push(String(error.stack)))
  // A bare page of the site's: what is set isn't fetched by the page itself.
  await page.goto('embed.html')
  await page.evaluate(() => document.body.replaceChildren())
})

for (const [tag, state] of Object.entries(ELEMENTS)) {
  test(`<${tag}>: what is taken away or makes no sense leaves it as usual`, async ({ page }) => {
    const wrong = await page.evaluate(async ({ tag, script }) => {
      // Before the script came, as a framework that renders first does.
      const odd = [undefined, null, '', NaN, {}, [], () => {}]
      const early = document.createElement('div')
      const names = ['model', 'models', 'variant', 'size', 'backend', 'compare', 'view',
        'value', 'panel', 'patterns', 'unsure', 'samples',
        'sample', 'opacity', 'split', 'runs', 'upsample', 'own', 'station', 'alone', 'linkBase',
          'fragment', 'input', 'weights', 'kernel',
        'stride', 'padding', 'outputPadding', 'dilation', 'step', 'backdrop', 'learn', 'preset']
      // A switch is on by '', as an attribute is.
      const ofText = names.filter(name => !['compare', 'patterns', 'unsure', 'alone', 'learn'].includes(name))
      const first = odd.slice(0, 3).map(value => {
        const element = document.createElement(tag)
        element.lang = 'en'
        return Object.assign(element, Object.fromEntries((value === '' ? ofText : names).map(name => [name, value])))
      })
      early.append(...first)
      document.body.append(early)
      await import(new URL(script, location.href).href)
      await customElements.whenDefined(tag)
      /** @param {Element} element */
      const shown = async element => {
        await element.updateComplete
        await element.updateComplete
        return `${element.fragment} ${element.shadowRoot?.querySelectorAll('[role="alert"]').length}`
      }
      const usual = /** @type {Element} */ (/** @type {unknown} */ (document.createElement(tag)))
      usual.lang = 'en'
      document.body.append(usual)
      const expected = await shown(usual)
      const wrong = []
      for (const element of first) {
        const found = await shown(/** @type {Element} */ (/** @type {unknown} */ (element)))
        if (found !== expected) wrong.push(`set before: ${found} instead of ${expected}`)
      }
      const { elementProperties } = /** @type {Class} */ (/** @type {unknown} */ (customElements.get(tag)))
      for (const name of elementProperties.keys()) {
        for (const value of ofText.includes(name) ? [undefined, null, ''] : [undefined, null]) {
          usual[name] = value
          const found = await shown(usual)
          if (found !== expected) wrong.push(`${name}=${JSON.stringify(value)}: ${found} instead of ${expected}`)
          if (`${usual[name]}` === 'undefined') wrong.push(`${name}=${JSON.stringify(value)}: is undefined`)
        }
        // Nothing is thrown whatever it is; a figure may say that it can't read it.
        for (const value of odd) {
          usual[name] = value
          await shown(usual)
        }
        usual[name] = undefined
      }
      return wrong
    }, { tag, script: scriptOf(tag) })
    expect(wrong).toEqual([])
    expect(troubles).toEqual([])
  })

  test(`<${tag}>: strings, numbers and attributes say the same, in any order, before and after the script`,
    async ({ page }) => {
    const found = await page.evaluate(async ({ tag, script, state }) => {
      const entries = Object.entries(state)
      const attribute = (/** @type {string} */ name) =>
        ({ weights: 'kernel' }[name] ?? name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`))
      const make = () => Object.assign(/** @type {Element} */ (/** @type {unknown} */ (document.createElement(tag))),
        { lang: 'en' })
      /** @type {((element: Element) => void)[]} */
      const ways = [
        element => Object.assign(element, state),
        element => Object.assign(element, Object.fromEntries(entries.toReversed())),
        element => Object.assign(element, Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))),
        // React 18, for a true value as well.
        element => entries.forEach(([name, value]) => element.setAttribute(attribute(name), String(value))),
        element => entries.toReversed().forEach(([name, value]) =>
          element.setAttribute(attribute(name), value === true ? '' : String(value))),
      ]
      const early = ways.map(way => {
        const element = make()
        way(element)
        document.body.append(element)
        return element
      })
      await import(new URL(script, location.href).href)
      await customElements.whenDefined(tag)
      const late = ways.flatMap(way => [true, false].map(isFirst => {
        const element = make()
        if (isFirst) way(element)
        document.body.append(element)
        if (!isFirst) way(element)
        return element
      }))
      const states = []
      for (const element of [...early, ...late]) {
        await element.updateComplete
        await element.updateComplete
        states.push(JSON.stringify([element.fragment, ...entries.map(([name]) => String(element[name]))]))
      }
      return states
    }, { tag, script: scriptOf(tag), state })
    expect(new Set(found).size, [...new Set(found)].join('\n')).toBe(1)
    // Where a pair comes of a number, both are it.
    const [, ...values] = JSON.parse(found[0] ?? '[]')
    if (tag !== 'fcn-upsample') expect(values).toEqual(Object.values(state).map(String))
    else expect(found[0]).toContain('input=4x4&kernel=2x2&stride=2&padding=1&dilation=2&view=gather&learn=1&step=2')
    expect(troubles).toEqual([])
  })
}

for (const [tag, names] of Object.entries({
  'fcn-segment': ['compare', 'patterns', 'unsure'], 'fcn-lesson': ['alone'],
    'fcn-upsample': ['overlap', 'inverse', 'photo', 'learn'],
})) {
  test(`<${tag}>: a false attribute is off, whichever way it is written`, async ({ page }) => {
    const found = await page.evaluate(async ({ tag, names, script }) => {
      await import(new URL(script, location.href).href)
      /** @type {Record<string, unknown>} */
      const found = {}
      for (const name of names) {
        const states = []
        for (const value of [null, '', 'true', 'false', '1', '0']) {
          const element = /** @type {Element} */ (/** @type {unknown} */ (document.createElement(tag)))
          if (value !== null) element.setAttribute(name, value)
          document.body.append(element)
          await element.updateComplete
          states.push(name === 'alone' ? element[name] : new URLSearchParams(element.fragment).has(name))
          // And as a property, where it is one.
          if (value !== null && name in element) {
            for (const said of [value, value !== '0' && value !== 'false']) {
              element.removeAttribute(name)
              element[name] = said
              await element.updateComplete
              states.push(name === 'alone' ? element[name] : new URLSearchParams(element.fragment).has(name))
            }
          } else states.push(states[states.length - 1], states[states.length - 1])
          element.remove()
        }
        found[name] = states
      }
      return found
    }, { tag, names, script: scriptOf(tag) })
    expect(found).toEqual(Object.fromEntries(names.map(name =>
      [name, [false, true, true, false, true, false].flatMap(isOn => [isOn, isOn, isOn])])))
  })
}

test('every boolean attribute is among those tried', async ({ page }) => {
  const booleans = await page.evaluate(async scripts => {
    const found = []
    for (const [tag, script] of scripts) {
      await import(new URL(script, location.href).href)
      const { elementProperties } = /** @type {Class} */ (/** @type {unknown} */ (customElements.get(tag)))
      for (const [name, { type }] of elementProperties) if (type === Boolean) found.push(`${tag} ${name}`)
    }
    return found
  }, Object.keys(ELEMENTS).map(tag => /** @type {const} */ ([tag, scriptOf(tag)])))
  expect(booleans).toEqual(['fcn-segment compare', 'fcn-segment patterns', 'fcn-segment unsure', 'fcn-lesson alone'])
})
