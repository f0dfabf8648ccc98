/** What a pixel's autopsy looks like: the photo with its cells, the sum, the cells, the channels behind them. */
import { classMap, html, live, nothing } from '../../../vendor/lit.js'
import { tableOf } from '../../../lib/colors.js'
import { equation, significant } from '../../../lib/format.js'
import { className } from '../../../lib/i18n.js'
import { cellBox, colorsOf, maskColors, seenBox, signedColor } from '../../../lib/planes.js'
import { styled } from '../../common/ui/styled.js'
import { CHANNELS, sharesOf, smallMap } from './controller.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('./controller.js').Split} Split */
/** @typedef {import('../scene.js').Page} Page */
/** @typedef {ReturnType<typeof sharesOf>} Shares */

/** @param {import('./controller.js').Why} panel @param {Page} page */
export function pixel({ state, actions }, page) {
  const { t, language } = page
  const { scene, split } = state
  if (!scene) return nothing
  const isLabels = scene.net.gives === 'labels'
  const lead = isLabels ? 'pixel.lead.labels' : scene.inspected.stages.some(({ name }) => name === 'score_fr')
    ? 'pixel.lead' : 'pixel.lead.resized'
  return html`<p class="told">${t(lead)}</p>
    <div class="looked">
      <figure>${board(state, actions, page)}<figcaption class="hint">${t('pixel.hint')} ${split
        ? t('pixel.legend') : nothing}</figcaption>
        ${split ? legend(state, page, split) : nothing}</figure>
      ${split ? html`<div class="panel">${choices(state, actions, page, split)} ${sum(state, page, split)}
        <div class="row"><button aria-pressed=${state.pinned !== null} @click=${actions.pin}>${
          t(state.pinned ? 'pixel.unpin' : 'pixel.pin')}</button></div></div>` : nothing}
    </div>
    ${split ? html`${state.pinned ? compared(state.pinned, split, page) : nothing}
      ${parts(state, actions, page, split)}` : nothing}`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function board(state, actions, { t, language }) {
  const { scene, mask, split, pixel: { x, y }, pinned, which, cell } = state
  if (!scene) return nothing
  const { work, stages } = scene.inspected
  const plane = mask ? {
    width: mask.width, height: mask.height, colors: maskColors(mask.labels, tableOf(scene.net.classes)),
    box: { left: 0, top: 0, width: 1, height: 1 },
  } : null
  const point = (/** @type {{x: number, y: number}} */ at) =>
    ({ left: at.x / work.width, top: at.y / work.height, width: 1 / work.width, height: 1 / work.height })
  /** @type {import('../../common/stage/board.js').Mark[]} */
  const marks = []
  const looked = split && cell !== null ? sharesOf(split, which).cells[cell] : null
  const stage = looked ? stages.find(({ name }) => name === stageOf(split, looked.map)) : null
  if (looked && stage) {
    marks.push({ kind: 'sees', box: seenBox(stage, looked, work) })
    marks.push({ kind: 'cell', box: cellBox(stage, looked, work) })
  } else if (split) {
    const { cells } = sharesOf(split, which)
    const most = Math.max(...cells.map(({ share }) => Math.abs(share)), 1e-12)
    for (const each of cells) {
      const at = stages.find(({ name }) => name === stageOf(split, each.map))
      if (at) marks.push({ kind: 'share', box: cellBox(at, each, work),
        color: `rgb(${signedColor(each.share / most).join(' ')} / 45%)` })
    }
  }
  if (pinned) marks.push({ kind: 'pin', box: point(pinned.pixel) })
  marks.push({ kind: 'point', box: point({ x, y }) })
  const name = split ? className(scene.net.classes[split.classId], language) : ''
  return html`<fcn-photo-board .picture=${scene.picture} .work=${work} .plane=${plane} .marks=${marks}
    .opacity=${0.45} .label=${t('pixel.label', { x, y, name })} .help=${t('pixel.help')}
    @board-point=${(/** @type {CustomEvent} */ event) => actions.point(event.detail)}
    @board-move=${(/** @type {CustomEvent} */ event) => actions.move(event.detail)}></fcn-photo-board>`
}

/**
 * What is drawn on the photo: each map's squares by their size, what their colours say, the pixels.
 * @param {State} state
 * @param {Page} page
 * @param {Split} split
 */
function legend({ scene, pinned, which }, { t, language }, split) {
  const { cells, sources } = sharesOf(split, which)
  const maps = sources.flatMap(({ map }) => {
    const stage = scene?.inspected.stages.find(({ name }) => name === stageOf(split, map))
    return stage ? [{ map, size: stage.receptive.jump, count: cells.filter(cell => cell.map === map).length }] : []
  })
  const most = Math.max(...maps.map(({ size }) => size))
  const color = (/** @type {number} */ share) => ({ background: `rgb(${signedColor(share).join(' ')})` })
  return html`<ul class="legend" aria-label=${t('pixel.legend.title')}>
    ${maps.map(({ map, size, count }) => html`<li><i class="square"
      ${styled({ width: `${size / most}rem`, height: `${size / most}rem` })}></i>
      ${t('pixel.legend.map', { map, count, size: significant(size, language) })}</li>`)}
    <li><i ${styled(color(1))}></i>${t('pixel.legend.up')}</li><li><i
      ${styled(color(-1))}></i>${t('pixel.legend.down')}</li>
    <li><i class="round"></i>${t('pixel.legend.pixel')}</li>
    ${pinned ? html`<li><i class="square"></i>${t('pixel.legend.pin')}</li>` : nothing}</ul>`
}

/** The stage of a score map. @param {Split | null} split @param {string} map */
function stageOf(split, map) {
  return split?.own.sources.find(source => source.map === map)?.stage
}

/** @param {State} state @param {Actions} actions @param {Page} page @param {Split} split */
function choices({ scene, wished, which }, actions, { t, language }, split) {
  const classes = scene?.net.classes ?? []
  /** @param {string} label @param {string} value @param {string} best @param {(name: string) => void} choose */
  const select = (label, value, best, choose) => html`<label class="field"><span>${label}</span>
    <select .value=${live(value)}
      @change=${(/** @type {Event} */ event) => choose(/** @type {HTMLSelectElement} */ (event.target).value)}>
      <option value="" .selected=${value === ''}>${best}</option>
      ${classes.map(each => html`<option value=${each.name}
        .selected=${value === each.name}>${className(each, language)}</option>`)}</select></label>`
  const nameOf = (/** @type {number} */ id) => className(classes[id], language)
  return html`<div class="pairs">
      ${select(t('pixel.why'), wished.class, t('pixel.best', { name: nameOf(split.classId) }), actions.choose)}
      ${select(t('pixel.against'), wished.rival, t('pixel.second', { name: nameOf(split.rivalId) }),
        actions.against)}</div>
    <fieldset
      class="segments"><legend>${t('pixel.shares')}</legend><div>${/** @type {const} */ (['own',
        'rival', 'difference']).map(each => html`
      <label><input type="radio" name="shares" .checked=${which === each}
        @change=${() => actions.show(each)}>${each === 'difference'
        ? t('pixel.difference') : nameOf(each === 'own' ? split.classId : split.rivalId)}</label>`)}</div></fieldset>`
}

/** @param {State} state @param {Page} page @param {Split} split */
function sum({ scene, which }, { t, language }, split) {
  const { score, sum, parts } = sharesOf(split, which)
  const classes = scene?.net.classes ?? []
  const [own, rival] = [split.classId, split.rivalId].map(id => className(classes[id], language))
  const name = which === 'own' ? own : which === 'rival' ? rival : t('pixel.less', { own, rival })
  const said = parts.map(({ name, share }) => `${name} ${significant(share, language)}`).join(', ')
  const summed = equation(parts.map(({ share }) => share), score, language)
  return html`<p class="sum num" role="status"><b>${name}: ${summed.total}</b>
      <span class="sr">${t('pixel.made', { parts: said })}</span>
      <span aria-hidden="true"> ${summed.sign} ${summed.terms}</span></p>
    <table class="bars"><tbody>${parts.map(({ name, share }) => html`<tr><th scope="row"><code>${name}</code></th>
      <td class="num">${summed.say(share)}</td>
      <td class="wide">${bar(share, Math.max(...parts.map(part => Math.abs(part.share))))}</td></tr>`)}</tbody></table>
    <p class="hint num">${t('pixel.rounding', { error: significant(Math.abs(sum - score), language, 2) })}</p>`
}

/** A bar to the left or to the right of the middle. @param {number} share @param {number} most */
function bar(share, most) {
  const width = most ? 50 * Math.abs(share) / most : 0
  return html`<span class="two" aria-hidden="true"><i class=${classMap({ below: share < 0 })}
    ${styled({ width: `${width}%`, 'margin-inline-start': `${share < 0 ? 50 - width : 50}%` })}></i></span>`
}

/** @param {Split} pinned @param {Split} split @param {Page} page */
function compared(pinned, split, { t, language }) {
  const names = Object.keys(split.own.parts)
  /** @param {string} title @param {Split} of */
  const row = (title, { own, pixel, classId, scene }) => html`<tr><th scope="row">${t(title, pixel)}</th>
    <td>${className(scene.net.classes[classId], language)}</td><td>${significant(own.score, language)}</td>
    ${names.map(name => html`<td>${significant(own.parts[name] ?? 0, language)}</td>`)}</tr>`
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('pixel.compared')}><table class="stages">
    <caption>${t('pixel.compared')}</caption><thead><tr><th scope="col">${t('pixel.pixel')}</th><th
      scope="col">${t('tail.class')}</th>
      <th scope="col">${t('pixel.score')}</th>${names.map(name => html`<th
        scope="col"><code>${name}</code></th>`)}</tr></thead>
    <tbody>${row('pixel.pinned', pinned)} ${row('pixel.now', split)}</tbody></table></div>`
}

/** @param {State} state @param {Actions} actions @param {Page} page @param {Split} split */
function parts(state, actions, page, split) {
  const { t, language } = page
  const { which, sheets, scene, chosen } = state
  const shares = sharesOf(split, which)
  const most = Math.max(...shares.cells.map(({ share }) => Math.abs(share)))
  return html`<div class="parts">${shares.sources.map(({ map, input, bias, channels }) => {
    const stage = scene?.inspected.stages.find(({ name }) => name === stageOf(split, map))
    const cells = shares.cells.map((cell, i) => ({ ...cell, i })).filter(cell => cell.map === map)
    return html`<section class="part" part="map" aria-label=${t('pixel.map', { map })}>
      <h3><code>${map}</code></h3>
      <p class="hint">${t('pixel.cells', { count: cells.length, size: stage && Number.isFinite(stage.receptive.size)
        ? t('pixel.square', { size: stage.receptive.size }) : t('stages.all') })}</p>
      <table class="bars"><caption
        class="sr">${t('pixel.cells.table')}</caption><tbody>${cells.map(({ row, column, share, i }) => html`
        <tr @pointerenter=${() => actions.look(i)} @pointerleave=${() => actions.look(null)}>
          <th scope="row"><button class="quiet num" aria-pressed=${i === chosen} @click=${() => actions.press(i)}
            @focus=${() => actions.look(i)} @blur=${() => actions.look(null)}>[${row}, ${column}]</button></th>
          <td class="num">${significant(share, language)}</td><td
            class="wide">${bar(share, most)}</td></tr>`)}</tbody></table>
      ${behind(input, bias, channels, sheets, page)}
    </section>`
  })}</div>`
}

/**
 * One step further back: the channels that spoke for it most, and against it.
 * @param {string} input
 * @param {number} bias
 * @param {readonly number[]} channels
 * @param {State['sheets']} sheets
 * @param {Page} page
 */
function behind(input, bias, channels, sheets, { t, language }) {
  const order = channels.map((share, channel) => ({ share, channel })).sort((a, b) =>
    Math.abs(b.share) - Math.abs(a.share))
  const first = order.slice(0, CHANNELS)
  const rest = order.slice(CHANNELS).reduce((sum, { share }) => sum + share, 0)
  const sheet = sheets?.get(input)
  return html`<h4>${t('pixel.channels', { input })}</h4>
    <ul class="channels">${first.map(({ share, channel }) => {
      const map = sheet ? smallMap(sheet, channel) : null
      return html`<li>${map ? html`<fcn-map-picture .width=${map.width} .height=${map.height}
          .colors=${colorsOf(map.data, map.range)}
            .label=${t('pixel.channel.map', { channel, input })}></fcn-map-picture>` : nothing}
        <span class="num">${t('pixel.channel', { channel })}
          <b>${share > 0 ? '+' : ''}${significant(share, language)}</b></span></li>`
    })}</ul>
    <p class="hint num">${t('pixel.rest', { count: Math.max(0, channels.length - CHANNELS),
      rest: significant(rest, language), bias: significant(bias, language) })}</p>`
}
