/** What the stages of a net look like: where time and parameters are, the table, a stage's channels, one cell opened. */
import { classMap, html, nothing } from '../../../vendor/lit.js'
import { duration, percent, prefixed, significant, whole } from '../../../lib/format.js'
import { className } from '../../../lib/i18n.js'
import { SIGNED_GRADIENT, cellBox, colorsOf, placeOf, seenBox, signedColor } from '../../../lib/planes.js'
import { HEAT_GRADIENT } from '../../../lib/windows.js'
import { styled } from '../../common/ui/styled.js'
import { made } from './made.js'
import { rangeIn, scaleOf } from './order.js'
import { sharesOf } from './placed.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('../scene.js').NetPage} Page */
/** @typedef {import('../../../engine/engine.js').Stage} Stage */

/** @param {import('./controller.js').Stages} panel @param {Page} page */
export function stages({ state, actions }, page) {
  const { scene, stage } = state
  if (!scene || !stage) return nothing
  return html`${shares(state, page)} ${table(state, actions, page)} ${detail(state, actions, page, stage)}`
}

/** The table's heads. */
const COLUMNS = ['stages.stage', 'stages.shape', 'stages.parameters', 'stages.macs', 'stages.time',
  'stages.bytes', 'stages.sees']
/** @type {readonly {scale: 'each' | 'one', text: string}[]} */
const SCALES = [{ scale: 'each', text: 'stages.scale.each' }, { scale: 'one', text: 'stages.scale.one' }]

/** @param {readonly number[]} shape */
const sizes = ([channels, rows, columns]) => `${channels}\u00a0×\u00a0${rows}\u00a0×\u00a0${columns}`

/** What was drawn last for a photo's pass. @type {WeakMap<object, {key: string, chart: Element}>} */
const drawn = new WeakMap()

/** @param {object} pass @param {string} key what else it depends on @param {() => Element} draw */
function once(pass, key, draw) {
  const known = drawn.get(pass)
  if (known?.key === key) return known.chart
  const chart = draw()
  drawn.set(pass, { key, chart })
  return chart
}

/** How this project's own FCNs differ from the lecture's VGG16, and what is to be known of MobileNetV3. @param {State} state @param {Page} page */
function kind({ scene }, { t }) {
  const { architecture, config } = scene?.net.manifest ?? { architecture: '', config: {} }
  if (architecture === 'fcn-efficientnet-lite') return t('stages.kind.efficientnet')
  if (architecture.includes('mobilenet')) return t('stages.kind.mobilenet')
  if (architecture !== 'fcn-vgg16') return ''
  const { width = 64, fc6_kernel: fc6 = 7 } = /** @type {{width?: number, fc6_kernel?: number}} */ (config)
  return [width === 64 ? '' : t('stages.kind.width', { width }), fc6 === 7 ? ''
    : t('stages.kind.fc6', { fc6 })].filter(Boolean).join(' ')
}

/** @param {State} state @param {Page} page */
function shares(state, page) {
  const { stages, scene } = state
  const { t, language, charts, width } = page
  const sum = (/** @type {(stage: Stage) => number} */ of) => stages.reduce((sum, stage) => sum + of(stage), 0)
  const [parameters, macs, ms] = [sum(stage => stage.parameters), sum(stage => stage.macs), sum(stage => stage.ms ?? 0)]
  const { work } = scene?.inspected ?? { work: { width: 0, height: 0 } }
  const bars = stages.slice(1).map(stage => ({
    name: stage.name, parameters: parameters && stage.parameters / parameters, time: ms && (stage.ms ?? 0) / ms,
  }))
  const most = (/** @type {'parameters' | 'time'} */ what) => bars.reduce((a, b) => b[what] > a[what] ? b : a, bars[0])
  const facts = {
    parameters: prefixed(parameters, language), macs: prefixed(macs, language), ms: duration(ms, language),
    width: work.width, height: work.height, stages: stages.length - 1,
  }
  const [heavy, slow] = [most('parameters'), most('time')]
  const told = t('stages.shares', {
    heavy: heavy.name, weight: percent(heavy.parameters, language), slow: slow.name, time: percent(slow.time, language),
  })
  const [, rows = 0, columns = 0] = stages[0]?.shape ?? []
  const isPadded = rows !== work.height || columns !== work.width
  const size = Math.min(width, 720)
  return html`<p class="told">${t('stages.lead', facts)} ${isPadded ? t('stages.padded', {
      width: columns, height: rows, multiple: String(scene?.net.manifest.input['pad_multiple'] ?? '') }) : nothing}
      ${told} ${kind(state, page)}</p>
    <details class="shares"><summary>${t('stages.chart')}</summary>
      <p class="legend"><span><i class="b"></i>${t('stages.parameters')}</span><span><i
        class="c"></i>${t('stages.time')}</span></p>
      ${charts && scene ? once(scene, `${size} ${language}`, () => charts.sharesChart(bars, {
        width: size, label: told, names: [t('stages.parameters'), t('stages.time')],
        format: (/** @type {number} */ share) => percent(share, language),
      })) : nothing}
      <p class="hint">${t('stages.time.note')}</p></details>`
}

/** @param {State} state @param {Actions} actions @param {Page} page */
function table({ stages, stage: chosen }, actions, { t, language }) {
  const sees = (/** @type {number} */ size) => Number.isFinite(size) ? `${whole(size, language)}\u00a0px`
    : t('stages.all')
  return html`<div class="scroll rows" tabindex="0" role="region" aria-label=${t('stages.table')}><table class="stages">
    <thead><tr>${COLUMNS.map(key => html`<th scope="col">${t(key)}</th>`)}</tr></thead>
    <tbody>${stages.map(({ name, shape, parameters, macs, ms, bytes, receptive }) => html`
      <tr class=${classMap({ chosen: name === chosen?.name })}>
        <th scope="row"><button aria-pressed=${name === chosen?.name}
          @click=${() => actions.choose(name)}>${name}</button></th>
        <td>${sizes(shape)}</td><td>${parameters ? prefixed(parameters, language) : '–'}</td>
        <td>${macs ? prefixed(macs, language) : '–'}</td><td>${ms === null ? '–'
          : `${significant(ms, language)}\u00a0ms`}</td>
        <td>${prefixed(bytes, language)}B</td><td>${sees(receptive.size)}</td></tr>`)}</tbody></table></div>`
}

/**
 * A channel as people call it: where channels are the scores of classes, with the class.
 * @param {State} state
 * @param {number} channel
 * @param {Page} page
 */
function channelName({ stage, scene }, channel, { language }) {
  const classes = scene?.net.classes ?? []
  const isScores = stage && /^(score|upscore|fuse|out$|aux$|(aux_)?classifier$|classifier\.(high|low))/.test(stage.name)
    && stage.shape[0] === classes.length
  return isScores ? `${channel} (${className(classes[channel], language)})` : String(channel)
}

/** @param {State} state @param {Actions} actions @param {Page} page @param {Stage} stage */
function detail(state, actions, page, stage) {
  const { t, language } = page
  const { sheet, order, channel, scale } = state
  const [channels, rows, columns] = stage.shape
  const { receptive, across } = stage
  /** Down and across are the same but for maps that were resized. @param {'jump' | 'start'} what @param {number} digits */
  const along = (what, digits) => {
    const [down, over] = [receptive, across].map(each => significant(each[what], language, digits))
    return down === over ? down : t('stages.along', { down, across: over })
  }
  const where = Number.isFinite(receptive.size)
    ? t('stages.where', { size: significant(receptive.size, language, 4), jump: along('jump', 3),
      start: along('start', 4) })
    : t('stages.where.all')
  return html`<section class="one" part="stage" aria-label=${t('stages.one', { stage: stage.name })}>
    <h3><code>${stage.name}</code></h3>
    <p class="told">${t('stages.facts', { channels, rows, columns })} ${where}</p>
    <div class="controls">
      <fieldset class="segments"><legend>${t('stages.scale')}</legend><div>${SCALES.map(each => html`
        <label><input type="radio" name="scale" .checked=${scale === each.scale}
          @change=${() => actions.setScale(each.scale)}>${
          t(each.text)}</label>`)}</div></fieldset>
      <div class="row">
        <button ?disabled=${!sheet} @click=${actions.saveSheet}>${t('stages.save.sheet')}</button>
        <button ?disabled=${!state.map} @click=${actions.saveMap}>${t('stages.save.map')}</button>
        <button @click=${actions.saveValues}>${t('stages.save.values')}</button></div>
    </div>
    <div class="looked">
      <figure>${sheet ? html`<fcn-inside-sheet .sheet=${sheet} .order=${order} .channel=${channel} .scale=${scale}
          .label=${t('stages.sheet.label', { stage: stage.name, channels, channel: channelName(state, channel, page) })}
            .help=${t('stages.sheet.help')}
          @sheet-channel=${(/** @type {CustomEvent<number>} */ event) =>
            actions.chooseChannel(event.detail)}></fcn-inside-sheet>` : nothing}
        <figcaption class="hint">${t('stages.sheet')}</figcaption></figure>
      ${large(state, actions, page, stage)}
    </div>
    ${cellText(state, actions, page, stage)}
  </section>`
}

/** @param {State} state @param {Actions} actions @param {Page} page @param {Stage} stage */
function large(state, actions, page, stage) {
  const { t, language } = page
  const { scene, sheet, map, channel, scale, cell, made } = state
  if (!scene || !sheet || !map) return nothing
  const { work } = scene.inspected
  const range = scaleOf(sheet, channel, scale)
  const own = rangeIn(sheet, channel)
  const said = (/** @type {number} */ value) => significant(value, language)
  const plane = { width: map.width, height: map.height, colors: colorsOf(map.data, range),
    box: placeOf(stage, map, work) }
  const marks = cell ? [
    ...made ? reaching(state, made.made, work) : [],
    { kind: /** @type {const} */ ('sees'), box: seenBox(stage, cell, work) },
    { kind: /** @type {const} */ ('cell'), box: cellBox(stage, cell, work) },
  ] : []
  const facts = { channel: channelName(state, channel, page), least: said(own.least), mean: said(own.mean),
    most: said(own.most) }
  const isSigned = range.least < 0
  const limit = Math.max(-range.least, range.most)
  return html`<figure>
    <fcn-photo-board .picture=${scene.picture} .work=${work} .plane=${plane} .marks=${marks} .opacity=${0.75}
      .label=${t('stages.map.label', { stage: stage.name, ...facts })} .help=${t('stages.map.help')}
      @board-point=${(/** @type {CustomEvent} */ event) => actions.point(event.detail)}
      @board-move=${(/** @type {CustomEvent} */ event) => actions.move(event.detail)}></fcn-photo-board>
    <span class="gradient" ${styled({ background: isSigned ? SIGNED_GRADIENT : HEAT_GRADIENT })}></span>
    <span class="ends num"><span>${said(isSigned ? -limit : range.least)}</span><span>${said(isSigned
      ? limit : range.most)}</span></span>
    <figcaption class="hint">${t('stages.map', facts)}</figcaption></figure>`
}

/**
 * The cells that a cell is blended of, by what they give.
 * @param {State} state
 * @param {import('./made.js').Made} made
 * @param {{width: number, height: number}} work
 * @returns {import('../../common/stage/board.js').Mark[]}
 */
function reaching({ stages }, made, work) {
  if (made.kind !== 'transposed' && made.kind !== 'resized') return []
  const shares = sharesOf(made)
  const most = Math.max(...shares.map(Math.abs), 1e-12)
  return made.places.flatMap((place, i) => {
    const of = stages.find(({ name }) => name === place.stage)
    return of ? [{ kind: 'share', box: cellBox(of, place, work),
      color: `rgb(${signedColor(shares[i] / most).join(' ')} / 45%)` }] : []
  })
}

/** @param {State} state @param {Actions} actions @param {Page} page @param {Stage} stage */
function cellText(state, actions, page, stage) {
  const { t, language } = page
  const { cell, map } = state
  if (!map || !cell) return html`<p class="hint">${t('stages.cell.hint')}</p>`
  const value = map.data[cell.row * map.width + cell.column]
  return html`<div class="cell" part="cell" role="status">
    <p><b>${t('stages.cell', { ...cell, value: significant(value, language, 4) })}</b>
      ${state.made ? html`<button class="quiet" @click=${actions.close}>${t('stages.cell.close')}</button>`
        : nothing}</p>
    ${state.made
      ? made(state.made, page, of => channelName(state, state.made?.made.channels === 1 ? state.channel : of, page))
      : html`<p class="hint">${unopened(state, page, stage)}</p>`}
  </div>`
}

/** What is said of a cell that isn't opened. @param {State} state @param {Page} page @param {Stage} stage */
function unopened({ isUnmade }, { t }, stage) {
  if (!stage.layer) return t('stages.cell.many')
  return t(isUnmade ? 'stages.cell.none' : 'stages.cell.press')
}
