/** What 255 means in truths of 0 and 255 alone: asked, and the answer can be changed. */
import { html, nothing } from '../../../vendor/lit.js'
import { USUAL } from './controller.js'

/** What may be answered. */
const ANSWERS = /** @type {const} */ (['class', 'void'])

/**
 * @param {{asksTwo: boolean, two: import('./controller.js').Two}} state two: the answer; null where none was needed
 * @param {string} unlabelled the value chosen for that; the answer "not labelled" holds for no other than 255
 * @param {(two: 'void' | 'class') => void} choose
 * @param {string} question
 * @param {import('../results.js').Page} page
 */
export function twoQuestion({ asksTwo, two }, unlabelled, choose, question, { t }) {
  if (!asksTwo && !two) return nothing
  const answer = two === 'void' && unlabelled !== USUAL.void ? null : two
  return html`<div class="notice ${answer ? 'info' : ''}" role="status" part="question"><div><p>${question}</p></div>
    ${ANSWERS.map(each => html`<button aria-pressed=${each === answer} @click=${() => choose(each)}>${
      t(`masks.two.${each}`)}</button>`)}</div>`
}
