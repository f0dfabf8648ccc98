/** What many photos look like: how far it is, what can be taken away, and each with its mask, small. */
import { html, nothing } from '../../../vendor/lit.js'
import { duration } from '../../../lib/format.js'
import { nameIn } from '../../common/files/files.js'
import { areasText, variantName } from '../../common/stage/classes.js'
import { failed, failureText } from '../../common/ui/failure.js'
import { MOST } from './controller.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('./controller.js').Item} Item */
/** @typedef {{t: import('../../../lib/i18n.js').Translate, language: import('../../../lib/i18n.js').Language, shown: Blob | ImageBitmap | null}} Page shown: the photo in the figure */

/** @param {import('./controller.js').Batch} batch @param {Page} page */
export function batch({ state, actions }, page) {
  const { items, isReading, flaws, failure, means } = state
  const { t } = page
  if (!items.length && !isReading && !flaws.isNothing) return nothing
  return html`
    <section class="panel batch" part="photos" aria-label=${t('batch')}>
      ${failed({ ...page, failure, canRetry: true },
        { retry: failure?.code === 'save_failed' ? actions.save : actions.start })}
      ${isReading ? html`<p role="status">${t('batch.reading')}</p>` : nothing}
      ${flaws.isNothing ? html`<p role="status">${t('batch.nothing')}</p>` : nothing}
      ${items.length ? html`${far(state, actions, page)}
        ${means ? html`<p class="hint">${t('batch.means', {
          net: means.net.manifest.title?.[page.language] ?? means.net.manifest.name,
            variant: variantName(means.variant),
          size: means.size === 'native' ? t('batch.native')
            : `${means.size === 'model' ? means.net.manifest.input.long_side : means.size} px`,
        })}</p>` : nothing}
        ${flaws.isCut ? html`<p class="hint">${t('batch.cut', { most: MOST })}</p>` : nothing}
        ${flaws.lost ? html`<p class="hint">${t('batch.lost', { count: flaws.lost })}</p>` : nothing}
        <ul>${items.map(item => photo(item, actions, page))}</ul>` : html`<div class="row"><button
          @click=${actions.clear}>${t('dismiss')}</button></div>`}
    </section>`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function far(state, actions, { t, language }) {
  const { items: { length: total }, done, failed: bad, left, isRunning, isOther, isSaving, remaining } = state
  return html`
    <p><b>${t('batch.done', { done, total })}</b>${bad ? ` ${t('batch.bad', { count: bad })}`
      : ''}${remaining !== null && remaining >= 1000
      ? ` ${t('batch.remaining', { time: duration(remaining, language) })}` : ''}</p>
    ${left ? html`<progress max=${total} .value=${done + bad} aria-label=${t('batch')}></progress>` : nothing}
    ${isOther ? html`<p class="hint" role="status">${t(left ? 'batch.other' : 'batch.since')}</p>` : nothing}
    <div class="row">
      ${isRunning ? html`<button @click=${actions.pause}>${t('batch.pause')}</button>`
        : left ? html`<button class="main" @click=${actions.start}>${t('batch.go')}</button>`
          : html`<button @click=${actions.again}>${t('batch.again')}</button>`}
      <button class=${left ? '' : 'main'} ?disabled=${!done || isSaving} title=${t('batch.save.hint')}
        @click=${actions.save}>${t('batch.save')}</button>
      <button class="quiet" @click=${actions.clear}>${t('batch.clear')}</button>
    </div>
    <p class="hint">${t('batch.save.hint')}</p>`
}

/** Written once: the list is drawn at each change of the figure. @type {WeakMap<object, {language: string, text: string}>} */
const texts = new WeakMap()

/** @param {NonNullable<Item['done']>} done @param {Page['language']} language @returns {string} the largest classes */
function foundText(done, language) {
  const known = texts.get(done)
  if (known?.language === language) return known.text
  const text = areasText(done.areas, done.result.classes, language, 3)
  texts.set(done, { language, text })
  return text
}

/** @param {Item} item @param {Actions} actions @param {Page} page */
function photo(item, { open }, { t, language, shown }) {
  const { photo: { path, file }, done, failure } = item
  const found = done ? foundText(done, language) : ''
  return html`<li>
    <button aria-pressed=${shown === file} title=${path} aria-label=${t('batch.open',
      { name: path, areas: found || t('pane.none') })}
      @click=${() => open(item)}>${done?.thumb ?? nothing}</button>
    <span class="name">${nameIn(path)}</span>
    ${failure ? html`<span class="bad">${failureText(failure, t, language)}</span>`
      : html`<span>${found || t('batch.waiting')}</span>`}
  </li>`
}
