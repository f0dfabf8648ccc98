/** What axe finds wrong with what is on the page. */
import { AxeBuilder } from '@axe-core/playwright'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * By WCAG 2.2 AA, and by what axe takes for good practice.
 * @param {import('@playwright/test').Page} page
 * @param {string} [within] a selector; the whole page without
 * @returns {Promise<string[]>} the rules that are broken, and by what
 */
export async function axe(page, within) {
  const builder = new AxeBuilder({ page }).withTags(TAGS)
  const { violations } = await (within ? builder.include(within) : builder).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}
