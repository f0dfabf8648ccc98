/** The documentation page of every element, and that what it says holds of the element in a browser. */
import { expect, test } from '@playwright/test'
import { allDocs } from '../../tools/manifest.mjs'
import { namesOf } from '../../www/lib/docs.js'

for (const [tag, docs] of allDocs()) {
  const name = tag.replace('fcn-', '')

  test(`<${tag}> is as its documentation says`, async ({ page }) => {
    await page.goto(`elements/index.html?element=${name}&lang=en`)
    await expect(page.getByRole('heading', { name: `<${tag}>`, exact: true })).toBeVisible()
    await expect(page.locator(`.example ${tag}:defined`)).toHaveCount(docs.examples.length)
    const found = await page.locator(`.example ${tag}`).first().evaluate(element => {
      const made = /** @type {typeof HTMLElement & {observedAttributes: string[]}} */ (element.constructor)
      const members = new Set()
      for (let from = element; from && from !== HTMLElement.prototype; from = Object.getPrototypeOf(from)) {
        for (const key of Object.getOwnPropertyNames(from)) members.add(key)
      }
      return { attributes: [...made.observedAttributes], members: [...members] }
    })
    expect([...new Set(found.attributes)].sort()).toEqual(docs.attributes.flatMap(namesOf).sort())
    const members = [...docs.properties, ...docs.methods].flatMap(namesOf).map(member => member.replace(/\(.*/, ''))
    expect(members.filter(member => !found.members.includes(member))).toEqual([])
  })

  test(`the documentation of <${tag}> is in Korean too`, async ({ page }) => {
    await page.goto(`elements/index.html?element=${name}&lang=en`)
    await page.getByRole('link', { name: '한국어' }).click()
    await expect(page.locator('html')).toHaveAttribute('lang', 'ko')
    await expect(page.getByRole('heading', { name: '속성', exact: true })).toBeVisible()
    await expect(page.getByText(docs.ko)).toBeVisible()
  })
}

test('an element\'s documentation leads to the others\'', async ({ page }) => {
  await page.goto('elements/upsample/index.html?lang=en')
  await expect(page.getByRole('heading', { name: '<fcn-upsample>', exact: true })).toBeVisible()
  await page.getByRole('link', { name: '<fcn-model-card>' }).click()
  await expect(page.getByRole('heading', { name: '<fcn-model-card>', exact: true })).toBeVisible()
  await expect(page.getByRole('link', { name: '<fcn-model-card>' })).toHaveAttribute('aria-current', 'page')
})
