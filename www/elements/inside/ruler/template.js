/** What the offset ruler looks like: presets and settings, what comes of them in words, the strips, and a table. */
import { classMap, html, live, nothing } from '../../../vendor/lit.js'
import { fractionText } from '../../../lib/fraction.js'
import { middle } from '../../../lib/receptive.js'
import { placeOn } from '../../common/stage/place.js'
import { textOf } from '../typed.js'
import { drawing } from './drawing.js'
import { FC6, HEADS, hull, LIMITS, POOLS, PRESETS, seenBy, smallest, TRIMS } from './net.js'

/** @typedef {import('./controller.js').Ruler} Ruler */
/** @typedef {import('./controller.js').NumberField} NumberField */
/** @typedef {import('../controller.js').Page} Page */
/** @typedef {Ruler['state']} State */
/** @typedef {Ruler['actions']} Actions */

/** Width from which a strip says all of its numbers, CSS pixels. */
const ROOMY = 440

/** @param {Ruler} panel @param {Page} page */
export function ruler({ state, actions }, page) {
  const { t } = page
  return html`
    <p class="told">${t('ruler.lead')}</p>
    <div class="row" role="group" aria-label=${t('ruler.presets')}>${Object.keys(PRESETS).map(name => html`
      <button type="button" aria-pressed=${state.preset === name} @click=${() => {
        actions.preset(/** @type {keyof typeof PRESETS} */ (name))
      }}>${t(`preset.${name}`)}</button>`)}</div>
    <div class="controls">
      ${slider('pixels', state, actions, page)} ${slider('pad', state, actions, page)}
      ${choice('pools', POOLS, state, actions, page)} ${choice('fc6', FC6, state, actions, page)}
      ${choice('head', HEADS, state, actions, page)} ${choice('trim', TRIMS, state, actions, page)}
    </div>
    ${outcome(state, page)}
    ${picture(state, actions, page)}
    ${table(state, page)}`
}

/** @param {NumberField} field @param {State} state @param {Actions} actions @param {Page} page */
function slider(field, { settings, typed }, actions, { t }) {
  const [min, max] = LIMITS[field]
  const wrong = typed.get(field)
  const take = (/** @type {Event} */ event) => actions.type(field, textOf(event))
  return html`<div class="field grow"><span id=${field}>${t(`set.${field}`)}</span>
    <div class="pair"><input type="range" min=${min} max=${max} aria-labelledby=${field}
        .value=${live(String(settings[field]))} @input=${take}>
      <input type="text" inputmode="numeric" class="number" aria-labelledby=${field} autocomplete="off"
        aria-invalid=${wrong !== undefined} aria-describedby=${wrong === undefined ? nothing : `${field}-wrong`}
        .value=${live(wrong ?? String(settings[field]))} @input=${take}></div>
    ${wrong === undefined ? nothing : html`<p class="wrong" id="${field}-wrong" role="alert">${
      t('ruler.range', { min, max, kept: settings[field] })}</p>`}</div>`
}

/**
 * @param {'pools' | 'fc6' | 'head' | 'trim'} key
 * @param {readonly (string | number)[]} offered
 * @param {State} state
 * @param {Actions} actions
 * @param {Page} page
 */
function choice(key, offered, { settings }, actions, { t }) {
  return html`<fieldset class="segments"><legend>${t(`set.${key}`)}</legend><div>${offered.map(one => html`
    <label><input type="radio" name=${key} .checked=${settings[key] === one}
      @change=${() => actions.set({ [key]: one })}>${choiceText(key, one, t)}</label>`)}</div></fieldset>`
}

/** @param {'pools' | 'fc6' | 'head' | 'trim'} key @param {string | number} one @param {Page['t']} t */
function choiceText(key, one, t) {
  switch (key) {
    case 'pools': return t(`pools.${one}`)
    case 'fc6': return `${one}×${one}`
    case 'head': return `FCN-${one}`
    case 'trim': return t(`trim.${one}`)
  }
}

/** What comes of the settings, in words. @param {State} state @param {Page} page */
function outcome({ settings, net, output }, { t }) {
  const { pixels } = settings
  if (net.vanished) {
    const { name, kernel, cells, before } = net.vanished
    const least = smallest(settings)
    const text = kernel ? t('gone.kernel', { name, kernel, cells, before }) : t('gone.sum', { name })
    return html`<div class="notice bad" role="status"><p>${text} ${
      least === null ? t('gone.always') : t('gone.from', { least })} ${t('gone.kept', { before })}</p></div>`
  }
  if (!output) return nothing
  const { size, zero, missingBefore, missingAfter, crops } = output
  const cut = net.rows.find(({ isWhole }) => !isWhole)
  const missing = missingBefore + missingAfter
  const beyond = size - zero - pixels
  const isPort = size !== pixels && settings.trim === 'crop'
  return html`<div class="outcome" role="status">
    <p class="big">${t('out.sizes', { pixels, size })} ${
      isPort && size === 256 && pixels === 224 ? t('out.lecture') : nothing}</p>
    <p>${crops.every(crop => crop === 0) ? t('out.none')
      : t('out.crops', { crops: crops.map(signed).join(' · '), zero: signed(zero) })} ${
      beyond > 0 ? t('out.beyond', { count: beyond }) : nothing}</p>
    ${missing ? html`<p class="wrong">${t('out.missing', { missing, pixels, covered: pixels - missing })} ${
      missingAfter && settings.pools === 'floor' ? t('out.floor') : nothing}</p>`
      : html`<p class="good">${t('out.covered')}</p>`}
    ${cut ? html`<p class="wrong">${t('out.cut', { name: cut.name, size: cut.size })}</p>` : nothing}
  </div>`
}

/** @param {number} number @returns {string} with a true minus */
function signed(number) {
  return String(number).replace('-', '\u2212')
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function picture(state, actions, page) {
  const { net, output, shown, chosen, fields } = state
  const { t, width } = page
  if (width < 40) return nothing
  /** @type {(at: number) => [string, string]} */
  const label = at => [at ? net.rows[at].name : t('map.photo'), facts(state, at, page)]
  const drawn = drawing({ net, output, shown, width, label, gone: t('gone.strip') })
  const spotOf = (/** @type {PointerEvent | MouseEvent} */ event) => {
    const { x, y } = placeOn(event, /** @type {Element} */ (event.currentTarget))
    return drawn.spot(x, y)
  }
  const { rows } = net
  const wrong = state.typed.get('cell')
  const size = rows[chosen.row].size
  const take = (/** @type {Event} */ event) => actions.typeCell(chosen.row, textOf(event))
  return html`
    <div class="looked">
      <div class="controls">
        <label class="field"><span>${t('cell.map')}</span><select @change=${(/** @type {Event} */ event) => {
          const row = Number(textOf(event))
          actions.choose({ row, cell: Math.floor(rows[row].size / 2) })
        }}>${rows.map(({ name, isShown }, at) => isShown
          ? html`<option value=${at} .selected=${live(at === chosen.row)}>${at ? name : t('map.photo')}</option>`
          : nothing)}</select></label>
        <div class="field grow"><span id="cell">${t('cell.cell', { last: size - 1 })}</span>
          <div class="pair"><input type="range" min="0" max=${size - 1} aria-labelledby="cell"
              .value=${live(String(chosen.cell))} @input=${take}>
            <input type="text" inputmode="numeric" class="number" aria-labelledby="cell" autocomplete="off"
              aria-invalid=${wrong !== undefined} aria-describedby=${wrong === undefined ? nothing : 'cell-wrong'}
              .value=${live(wrong ?? String(chosen.cell))} @input=${take}></div>
          ${wrong === undefined ? nothing : html`<p class="wrong" id="cell-wrong" role="alert">${
            t('ruler.range', { min: 0, max: size - 1, kept: chosen.cell })}</p>`}</div>
      </div>
      <p class="seen" role="status">${seenText(state, page)}</p>
    </div>
    <div class="strips" part="ruler" role="img"
      aria-label=${t('ruler.picture', { maps: rows.filter(({ isShown }) => isShown).length - 1 })}
      @pointermove=${(/** @type {PointerEvent} */ event) => {
        actions.point(event.pointerType === 'touch' ? null : spotOf(event))
      }}
      @pointerleave=${() => actions.point(null)}
      @click=${(/** @type {MouseEvent} */ event) => {
        const spot = spotOf(event)
        if (spot) actions.choose(spot)
      }}>${drawn.svg}</div>
    <p class="hint">${t('ruler.key')} ${fields.length > 1 ? t('ruler.point') : nothing}</p>`
}

/** A map's numbers, as many as fit. @param {State} state @param {number} at @param {Page} page */
function facts({ net, fields }, at, { t, width }) {
  const { size, place } = net.rows[at]
  const [jump, start] = [fractionText(place.jump), fractionText(place.start)]
  const all = [t('map.cells', { size }), `r ${fields[at]}`, `j ${jump}`, `s ${start}`]
  return all.slice(0, width < ROOMY ? 3 : 4).join(' · ')
}

/** What the lit cell sees. @param {State} state @param {Page} page */
function seenText({ net, shown: { row, cell } }, { t }) {
  const { name, place } = net.rows[row]
  const at = fractionText(middle(place, cell))
  if (row === 0) return t('seen.pixel', { cell })
  const whole = hull(seenBy(net, row, cell, true).get(0))
  const onPhoto = hull(seenBy(net, row, cell).get(0))
  if (!whole) return t('seen.nothing', { name, cell, at })
  const [from, to] = whole.map(signed)
  const seen = t('seen.cell', { name, cell, at, r: whole[1] - whole[0] + 1, from, to })
  if (!onPhoto) return `${seen} ${t('seen.beside')}`
  const [first, last] = onPhoto
  return `${seen} ${t('seen.photo', { count: last - first + 1, first, last })}`
}

/**
 * Every layer in numbers: what the picture shows, for those who read instead.
 * @param {State} state
 * @param {Page} page
 */
function table({ net, fields }, { t }) {
  const head = ['name', 'kernel', 'stride', 'padding', 'size', 'r', 'j', 's']
  return html`<details class="numbers"><summary>${t('table.title')}</summary>
    <div class="scroll" tabindex="0" role="group" aria-label=${t('table.title')}><table>
      <thead><tr>${head.map(name =>
        html`<th scope="col" class=${classMap({ num: name !== 'name' })}>${t(`column.${name}`)}</th>`)}</tr></thead>
      <tbody>${net.rows.map(({ name, layer, size, skip, place }, at) => html`<tr>
        <th scope="row">${at ? name : t('map.photo')}</th>
        ${skip ? html`<td class="num" colspan="3">${t('table.skip', { offset: skip.offset })}</td>`
          : [layer?.kernel, layer?.stride, layer?.before].map(number => html`<td class="num">${number ?? '–'}</td>`)}
        <td class="num">${size}</td><td class="num">${fields[at]}</td><td class="num">${fractionText(place.jump)}</td>
        <td class="num">${fractionText(place.start)}</td></tr>`)}</tbody>
    </table></div></details>`
}
