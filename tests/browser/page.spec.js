/** The page: a sample segmented on arrival, languages, themes, sizes, accessibility, no traffic. */
/// <reference path="../../www/elements/segment/tags.d.ts" />
import { expect, test } from '@playwright/test'
import { axe } from './axe.js'
import { hand, photo } from './segment-setup.js'

/** @typedef {import('../../www/elements/fcn-segment.js').FcnSegment} FcnSegment */

/** @param {import('@playwright/test').Page} page */
async function arrived(page) {
  await page.waitForFunction(() => {
    const element = document.querySelector('fcn-segment')
    return element?.result && !element.shadowRoot?.querySelector('.progress')
  })
}

test('a_sample_is_segmented_on_arrival_without_foreign_requests_or_policy_violations', async ({ page, baseURL }) => {
  /** @type {string[]} */
  const foreign = []
  /** @type {string[]} */
  const troubles = []
  page.on('request', request => {
    if (!request.url().startsWith(baseURL ?? '') && !request.url().startsWith('blob:')) foreign.push(request.url())
  })
  page.on('pageerror', error => troubles.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error') troubles.push(message.text())
  })
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation',
      event => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))
  })
  await page.goto('?lang=en&backend=cpu')
  await expect(page.locator('fcn-segment img[slot=poster]')).toBeAttached()
  await arrived(page)
  await expect(page.getByText('Dohduhdah')).toBeVisible()
  await expect(page.locator('table.legend tbody tr').first()).toContainText('grass')
  await page.getByLabel('Compare all three').check({ force: true })
  await expect(page.getByRole('application')).toHaveCount(4)
  await page.getByRole('link', { name: 'Upsample' }).click()
  await expect(page.locator('fcn-upsample')).toBeVisible()
  await page.getByRole('link', { name: 'Segment' }).click()
  await expect(page.locator('fcn-segment')).toBeVisible()
  expect(foreign).toEqual([])
  expect(troubles).toEqual([])
})

test('every_sample_has_credit_licence_and_alternative_text', async ({ page, request }) => {
  const { samples } = await (await request.get('samples/samples.json')).json()
  expect(samples.length).toBeGreaterThanOrEqual(12)
  for (const sample of samples) {
    for (const key of ['credit', 'source', 'licence']) expect(sample[key]).toBeTruthy()
    for (const language of ['en', 'ko']) expect(sample.alt[language].length).toBeGreaterThan(10)
    expect(['CC0 1.0', 'CC BY 2.0', 'CC BY 4.0', 'CC BY-SA 4.0', 'Public domain']).toContain(sample.licence)
    expect((await request.get(`samples/${sample.file}`)).ok()).toBe(true)
    expect((await (await request.get(`samples/${sample.thumb}`)).body()).length).toBeLessThan(12_000)
  }
  await page.goto('?lang=ko&backend=cpu')
  await page.getByRole('button', { name: '고양이' }).click()
  await expect(page.getByText('Stéfan van der Walt')).toBeVisible()
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.width === 451)
})

test('language_follows_the_browser_then_the_choice', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ locale: 'ko-KR', ...(baseURL ? { baseURL } : {}) })
  const page = await context.newPage()
  await page.goto('?backend=cpu')
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko')
  await expect(page.getByText('사진 고르기')).toBeVisible()
  await page.getByRole('button', { name: 'English' }).click()
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await expect(page.getByText('Choose a photo')).toBeVisible()
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await page.goto('?lang=ko&backend=cpu')
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko')
  await context.close()
})

test('only_the_texts_of_the_language_shown_are_fetched', async ({ browser, baseURL }) => {
  for (const [locale, shown, other] of [['en-US', 'en', 'ko'], ['ko-KR', 'ko', 'en']]) {
    const context = await browser.newContext({ locale, ...(baseURL ? { baseURL } : {}) })
    const page = await context.newPage()
    /** @type {string[]} */
    const fetched = []
    page.on('request', request => fetched.push(...request.url().match(/\.(en|ko)(?:-\w+)?\.js$/)?.slice(1) ?? []))
    for (const [view, element] of [['segment', 'fcn-segment .intake'], ['upsample', 'fcn-upsample .figure'],
      ['heatmap', 'fcn-heatmap .intake'], ['inside', 'fcn-inside .root'], ['measure', 'fcn-measure .root'],
        ['model', 'fcn-model-card .card']]) {
      await page.goto(`?backend=cpu#${view}`)
      await expect(page.locator(element)).toBeVisible()
    }
    expect(fetched.filter(language => language === shown).length).toBeGreaterThanOrEqual(6)
    expect(fetched).not.toContain(other)
    await context.close()
  }
})

test('texts_that_did_not_come_are_asked_for_again', async ({ page, browser }) => {
  let missed = 0
  let isDown = true
  await page.route(/\/texts\.ko(-\w+)?\.js$/, route => {
    missed++
    return isDown ? route.abort() : route.continue()
  })
  await page.goto('?lang=ko&backend=cpu')
  const poster = page.locator('fcn-segment img[slot=poster]')
  // The page's own, the common ones and the element's.
  await expect.poll(() => missed).toBeGreaterThanOrEqual(3)
  await expect(poster).toBeVisible()
  isDown = false
  // Older browsers remember that a module could not be had until the page is loaded again.
  if (parseInt(browser.version()) < 150) await page.reload()
  else await page.evaluate(() => document.querySelector('fcn-segment')?.requestUpdate())
  await expect(page.getByText('사진 고르기')).toBeVisible()
})

test('a_link_shows_a_sample_as_it_was_looked_at_and_the_address_keeps_it', async ({ page }) => {
  const link = '#segment?sample=cat&variant=fcn16s&view=mask&opacity=0.4&off=2&at=2,0.4,0.5'
  await page.goto(`?lang=en&backend=cpu${link}`)
  await arrived(page)
  const view = page.locator('fcn-segment')
  const shown = () => page.evaluate(() => {
    const { result, variant, shadowRoot } = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
    return [result?.variant, variant, shadowRoot?.querySelectorAll('.legend tr.off').length]
  })
  expect(await shown()).toEqual(['fcn16s', 'fcn16s', 1])
  await expect(view.getByRole('radio', { name: 'Mask' })).toBeChecked()
  await expect(view.getByText('200%')).toBeVisible()
  expect(await page.evaluate(() => location.hash)).toBe(link)
  // Another photo is looked at anew, and the address says so.
  await view.getByRole('button', { name: 'Meadow' }).click()
  await expect.poll(() =>
    page.evaluate(() => location.hash)).toBe('#segment?sample=meadow&variant=fcn16s&view=mask&opacity=0.4')
  await expect(view.getByText('200%')).toHaveCount(0)
  // What a link says that can't be is as if it weren't said.
  await page.evaluate(() => {
    location.hash = '#segment?sample=nobody&model=https://elsewhere.test/model.json&view=x&off=a' })
  await expect(view.getByRole('radio', { name: 'Overlay' })).toBeChecked()
  await expect.poll(() => page.evaluate(() => location.hash)).toBe('#segment?sample=meadow')
})

test('a_link_followed_just_before_the_address_is_rewritten_is_followed', async ({ page }) => {
  // The page's timers can be let go at a moment of the test's choosing.
  await page.addInitScript(() => {
    const own = window.setTimeout
    /** @type {(() => void)[]} */
    const due = []
    window.setTimeout = /** @type {typeof setTimeout} */ ((/** @type {any} */ what, /** @type {number} */ after,
      /** @type {any[]} */ ...rest) => {
      due.push(() => what(...rest))
      return own(what, after, ...rest)
    })
    Object.assign(window, { due })
  })
  await page.goto('?lang=en&backend=cpu#model?model=models/recycling/model.json')
  const card = page.locator('fcn-model-card')
  await expect(card.getByRole('heading', { name: 'Recycling, 7 classes' })).toBeVisible()
  await page.evaluate(() => {
    document.querySelector('fcn-model-card')?.dispatchEvent(new CustomEvent('fcn-change'))
    location.hash = '#model?model=models/everyday-slim/model.json'
    // The change of the address is told later than this.
    for (const run of /** @type {any} */ (window).due.splice(0)) run()
  })
  await expect(card.getByRole('heading', { name: /^Everyday slim/ })).toBeVisible()
  expect(await page.evaluate(() => location.hash)).toBe('#model?model=models/everyday-slim/model.json')
})

test('the_address_keeps_what_the_view_shown_says_while_a_hidden_one_changes', async ({ page }) => {
  await page.goto('?lang=en&backend=cpu#model')
  const card = page.locator('fcn-model-card')
  await expect(card.getByRole('heading', { name: /^Everyday/ })).toBeVisible()
  await card.getByLabel('Model').selectOption({ label: 'Recycling, 7 classes' })
  await expect(card.getByRole('heading', { name: 'Recycling, 7 classes' })).toBeVisible()
  await page.evaluate(() => {
    document.querySelector('fcn-model-card')?.dispatchEvent(new CustomEvent('fcn-change'))
    document.querySelector('fcn-segment')?.dispatchEvent(new CustomEvent('fcn-change'))
  })
  await expect.poll(() => page.evaluate(() => location.hash)).toBe('#model?model=models/recycling/model.json')
})

test('the_chosen_theme_is_remembered', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto('?lang=en&backend=cpu')
  const ground = async () => await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const light = await ground()
  await page.getByLabel('Theme').selectOption('dark')
  expect(await ground()).not.toBe(light)
  await page.reload()
  expect(await ground()).not.toBe(light)
  await page.getByLabel('Theme').selectOption('auto')
  expect(await ground()).toBe(light)
})

test('a_file_dropped_beside_the_element_is_taken', async ({ page }) => {
  await page.goto('?lang=en&backend=cpu')
  await page.waitForFunction(() => customElements.get('fcn-segment'))
  await hand(page, 'drop', photo('beside.png', 90, 60), 'header')
  await page.waitForFunction(() => document.querySelector('fcn-segment')?.result?.width === 90)
})

for (const width of [320, 390, 768, 1280, 2560]) {
  test(`nothing_sticks_out_at_${width}_pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 })
    for (const lang of ['en', 'ko']) {
      await page.goto(`?lang=${lang}&backend=cpu`)
      await arrived(page)
      await page.evaluate(() => { /** @type {FcnSegment} */ (document.querySelector('fcn-segment')).compare = true })
      await expect(page.getByRole('application')).toHaveCount(4)
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
      const small = await page.evaluate(() =>
        Array.from(document.querySelector('fcn-segment')?.shadowRoot?.querySelectorAll('button, select, summary, .segments label, .check, .legend label') ?? [])
        .map(control => ({ text: control.textContent?.trim(), box: control.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24)).map(({ text }) => text))
      expect(small).toEqual([])
    }
  })
}

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  for (const lang of ['en', 'ko']) {
    test(`axe_finds_nothing_in_${colorScheme}_${lang}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme })
      await page.goto(`?lang=${lang}&backend=cpu`)
      await arrived(page)
      expect(await axe(page)).toEqual([])
      await page.evaluate(() => {
        const element = /** @type {FcnSegment} */ (document.querySelector('fcn-segment'))
        element.compare = true
      })
      await expect(page.getByRole('application')).toHaveCount(4)
      await page.evaluate(() => document.querySelector('fcn-segment')?.shadowRoot?.querySelector('fcn-segment-camera')
        ?.dispatchEvent(new CustomEvent('camera-error', { detail: 'camera_denied' })))
      await expect(page.getByRole('alert')).toBeVisible()
      expect(await axe(page)).toEqual([])
      // An open menu lies over what is above it, of which it may leave a strip, as wide as the system's letters have it.
      await page.evaluate(() => document.querySelector('fcn-segment')?.shadowRoot?.querySelector('details.menu')
        ?.setAttribute('open', ''))
      await expect(page.locator('fcn-segment details.menu button').first()).toBeVisible()
      expect((await axe(page)).filter(found => !found.startsWith('target-size: <input type="range"'))).toEqual([])
    })
  }
}
