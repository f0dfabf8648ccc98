/**
 * What `<fcn-upsample-learn>` shows: what is to be learned from where and how fast, where it stands, the maps, the
 * gradient as a sum of stamps, and all of it as numbers.
 */
import { html, live, nothing } from '../../../vendor/lit.js'
import { cellAt } from '../../../lib/transposed/geometry.js'
import { formatPair } from '../../../lib/transposed/codec.js'
import { placeOn } from '../../common/stage/place.js'
import { formatNumber } from '../drawing/colours.js'
import { MARGIN, under } from '../drawing/grid.js'
import { powerOf } from './boards.js'
import { LAYERS, NOTHING, raised, told } from './saying.js'
import { MOST_SEED, STARTS, TARGETS, rounded } from './settings.js'

/** @typedef {import('./controller.js').State} State */
/** @typedef {import('./controller.js').Actions} Actions */
/** @typedef {import('./boards.js').BoardName} BoardName */
/** @typedef {import('./boards.js').Board} Board */
/** @typedef {import('./training.js').Training} Training */
/** @typedef {import('../../../lib/transposed/geometry.js').Pair} Pair */

/** Maps with more cells have no table. */
const MOST_TABLED = 400

/** @param {Event} event */
const valueOf = event => /** @type {HTMLInputElement | HTMLSelectElement} */ (event.currentTarget).value
/** @param {Pair} size */
const sizeOf = size => size.join('×')
/** @param {Pair} value `2`, or `3×2` */
const pairOf = value => formatPair(value).replace('x', '×')

/** @param {number} value @returns {string} three decimals, more where it would vanish; 0 for what rounding leaves */
const plain = value => formatNumber(Math.abs(value) < NOTHING ? 0 : value, 3)

/** @param {State} state @param {Actions} actions */
export function template(state, actions) {
  const { t, training, boards, saying } = state
  return html`
    <p>${t('intro')}</p>
    ${layerRow(state, actions)}
    ${problemRow(state, actions)}
    ${training.settings.target === 'photo' ? photoRow(state, actions) : nothing}
    ${boards ? html`${descentRow(state, actions)}${standing(state)}${pictures(state, actions, boards)}
      ${stamps(state, actions, boards)}${tables(state, actions, boards)}` : obstacle(state)}
    <p class="sr" role="status" aria-live="polite">${saying}</p>`
}

/** @param {State} state @param {Actions} actions */
function layerRow({ t, training: { layer, output } }, actions) {
  const isAt = (/** @type {keyof typeof LAYERS} */ name) => {
    const wanted = { ...LAYERS[name], outputPadding: 0, dilation: 1 }
    return Object.entries(wanted).every(([field, value]) =>
      String(layer[/** @type {keyof typeof wanted} */ (field)]) === `${value},${value}`)
  }
  const isPlain = layer.stride[0] === 1 && layer.stride[1] === 1
  const values = {
    kernel: sizeOf(layer.kernel), stride: pairOf(layer.stride), padding: pairOf(layer.padding),
    map: sizeOf(layer.input), output: output.map(side => Math.max(0, side)).join('×'),
  }
  return html`
    <div class="row">
      <span>${t('layer', values)}</span>
      ${/** @type {(keyof typeof LAYERS)[]} */ (Object.keys(LAYERS)).map(name => html`
        <button type="button" aria-pressed=${isAt(name)} @click=${() => actions.setLayer(name)}>
          ${t('setLayer', LAYERS[name])}</button>`)}
    </div>
    ${isPlain ? html`<p class="note">${t('plain')}</p>` : nothing}`
}

/** @param {State} state @param {Actions} actions */
function problemRow({ t, training: { settings } }, actions) {
  const { target, start, seed, map } = settings
  return html`
    <div class="row">
      <label><span class="soft">${t('target')}</span>
        <select @change=${(/** @type {Event} */ event) => {
          actions.change({ target: TARGETS.find(each => each === valueOf(event)) })
        }}>${TARGETS.map(each => html`
          <option value=${each} .selected=${live(each === target)}>${t(`target.${each}`)}</option>`)}</select></label>
      <label><span class="soft">${t('start')}</span>
        <select @change=${(/** @type {Event} */ event) => {
          actions.change({ start: STARTS.find(each => each === valueOf(event)) })
        }}>${STARTS.map(each => html`
          <option value=${each} .selected=${live(each === start)}>${t(`start.${each}`)}</option>`)}</select></label>
      <label><span class="soft">${t('seed')}</span>
        <input type="number" min="0" max=${MOST_SEED} step="1" .value=${live(String(seed))}
          @change=${(/** @type {Event} */ event) => {
            const wanted = Math.round(Number(valueOf(event)) || 0)
            actions.change({ seed: Math.min(MOST_SEED, Math.max(0, wanted)) })
          }}></label>
      <label><input type="checkbox" .checked=${live(map)} @change=${(/** @type {Event} */ event) => {
        actions.change({ map: /** @type {HTMLInputElement} */ (event.currentTarget).checked })
      }}>${t('learnMap')}</label>
    </div>
    <p class="note">${t(`about.${target}`)}</p>`
}

/** @param {State} state @param {Actions} actions */
function photoRow({ t, sample, photoProblem, training }, actions) {
  const isFile = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files')
  return html`
    <div class="row drop" @dragover=${(/** @type {DragEvent} */ event) => {
      if (isFile(event)) event.preventDefault()
    }} @drop=${(/** @type {DragEvent} */ event) => {
      const file = event.dataTransfer?.files[0]
      if (!file) return
      // This photo is for this panel, not for the page around it.
      event.preventDefault()
      event.stopPropagation()
      actions.take(file)
    }}>
      <label class="button"><input type="file" accept="image/*" class="sr" @change=${(/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.currentTarget)
        const file = input.files?.[0]
        // The same file chosen again is to be a choice as well.
        input.value = ''
        if (file) actions.take(file)
      }}>${t('photo.choose')}</label>
      <button type="button" @click=${actions.useSample}>${t('photo.sample')}</button>
      <span class="soft">${t('photo.drop')}</span>
    </div>
    ${photoProblem ? html`<p class="problem" role="alert">${t(photoProblem)}</p>` : nothing}
    ${sample && training.obstacle !== 'photo' ? html`<p class="note">${creditText(sample, t)}</p>` : nothing}`
}

/** @param {NonNullable<State['sample']>} sample @param {State['t']} t */
function creditText({ credit, source, licence }, t) {
  return t('photo.credit', { credit, source, licence: licence === 'Public domain' ? t('photo.public') : licence })
}

/** @param {State} state */
function obstacle({ t, training: { obstacle: name, layer, output } }) {
  if (name === 'photo') return html`<p>${t('obstacle.photo')}</p>`
  const values = { kernel: sizeOf(layer.kernel), output: sizeOf(output) }
  return html`<p class="problem" role="alert">${t(`obstacle.${name}`, values)}</p>`
}

/** Rate and steps. @param {State} state @param {Actions} actions */
function descentRow({ t, language, training, isRunning, isComing }, actions) {
  const { rate, limit, settings } = training
  const say = (/** @type {number} */ value) => told(value, language)
  const power = Math.log10(rate)
  // Two decades to either side of where it begins to diverge.
  const middle = Math.floor(Math.log10(limit === Infinity ? rate : limit))
  const isTooFast = !settings.map && rate > limit
  const canGo = training.canStep && !isComing
  const bound = limit === Infinity ? '' : t('limit', { limit: told(limit, language, 4) })
  return html`
    <div class="row">
      <label class="rate"><span class="soft">${t('rate')}</span>
        <input type="range" min=${Math.min(middle - 2, Math.floor(power))} max=${Math.max(middle + 2, Math.ceil(power))}
          step="0.05" .value=${live(String(power))}
          aria-valuetext=${isTooFast ? t('rateTooFast', { rate: say(rate) }) : say(rate)}
          @input=${(/** @type {Event} */ event) => actions.change({ rate: rounded(10 ** Number(valueOf(event))) })}>
        <output class="num ${isTooFast ? 'bad' : ''}" aria-hidden="true">${say(rate)}</output></label>
      <span class=${isTooFast ? 'bad' : 'soft'}>${settings.map ? t('noLimit') : bound}</span>
    </div>
    <div class="row" role="group" aria-label=${t('steps')}>
      <button type="button" class="main" ?disabled=${!canGo || isRunning} @click=${actions.step}>${t('step')}</button>
      <button type="button" ?disabled=${!canGo && !isRunning} @click=${actions.toggle}>
        ${isRunning ? t('pause') : t('run')}</button>
      <button type="button" @click=${actions.reset}>${t('reset')}</button>
      <button type="button" @click=${actions.show}>${t('show')}</button>
    </div>`
}

/** Where it stands, in numbers and a sentence. @param {State} state */
function standing({ t, language, training, verdict }) {
  const say = (/** @type {number} */ value) => told(value, language)
  const { distance, now, steps, output, hasDiverged, rate, limit, settings } = training
  const isBad = hasDiverged || !settings.map && rate > limit
  const fact = (/** @type {string} */ name, /** @type {string} */ value) =>
    html`<div><dt>${name}</dt><dd class="num">${value}</dd></div>`
  return html`
    <dl class="facts">
      ${fact(t('fact.steps'), String(steps))}
      ${fact(t('fact.loss', { cells: output[0] * output[1] }), say(now.loss))}
      ${fact(t('fact.bilinear'), say(distance.bilinear))}
      ${fact(t('fact.nearest'), say(distance.nearest))}
      ${distance.best === null ? nothing : fact(t('fact.best'), say(distance.best))}
    </dl>
    <p class="verdict ${isBad ? 'problem' : verdict ? 'good' : ''}">${verdict || t('how')}</p>`
}

/**
 * A map as a picture, with its extremes for those who don't see it.
 * @param {State} state
 * @param {BoardName} name
 * @param {Board} board
 * @param {string} caption
 */
function picture({ t }, name, board, caption) {
  const { values, size } = board
  const least = values.reduce((one, other) => Math.min(one, other))
  const most = values.reduce((one, other) => Math.max(one, other))
  const label = t('board', { name: caption, size: sizeOf(size), least: plain(least), most: plain(most) })
  const power = powerOf(name, board)
  const details = name === 'value' ? '' : `${sizeOf(size)}${power ? `, × ${raised(power)}` : ''}`
  return html`<figure class=${name === 'value' ? 'middle' : ''}>
    <figcaption>${caption} <span class="soft">${details}</span></figcaption>
    <div class="board" role="img" aria-label=${label} data-board=${name}></div></figure>`
}

/** @typedef {NonNullable<State['boards']>} Boards */

/** @param {State} state @param {Actions} actions @param {Boards} boards */
function pictures(state, actions, boards) {
  const { t, training, former, language } = state
  const { losses, best, settings, steps } = training
  const say = (/** @type {number} */ value) => told(value, language)
  const label = t('curve.label', { first: say(losses[0]), last: say(losses[losses.length - 1]), steps })
  const notes = [
    ...former.length > 1 ? [t('curve.former', { last: say(former[former.length - 1]), steps: former.length - 1 })] : [],
    ...!settings.map && best && best.loss > NOTHING ? [t('curve.least', { least: say(best.loss) })] : [],
  ].join(' ')
  return html`
    <div class="boards" @click=${(/** @type {MouseEvent} */ event) => {
      const cell = cellUnder(event, training.layer.input)
      if (cell !== null) actions.look(cell)
    }}>
      ${/** @type {const} */ (['map', 'target', 'prediction', 'error']).map(name =>
        picture(state, name, boards[name], t(`caption.${name}`)))}
    </div>
    <div class="boards">
      ${picture(state, 'kernel', boards.kernel, t('caption.kernel'))}
      <figure class="curve"><figcaption>${t('caption.curve')}</figcaption>
        <div class="board" role="img" aria-label="${label} ${notes}" data-board="curve"></div>
        ${notes ? html`<p class="note">${notes}</p>` : nothing}</figure>
    </div>`
}

/** @param {MouseEvent} event @param {Pair} size @returns {number | null} the cell of the map under it */
function cellUnder(event, size) {
  const place = event.target instanceof Element ? event.target.closest('[data-board="map"]') : null
  if (!place) return null
  const { x, y } = placeOn(event, place)
  const side = (place.clientWidth - 2 * MARGIN) / size[1]
  const at = under(size, side, side, MARGIN, MARGIN, x, y)
  return at && at[0] * size[1] + at[1]
}

/** The gradient as a sum of stamps. @param {State} state @param {Actions} actions @param {Boards} boards */
function stamps(state, actions, boards) {
  const { t, training: { layer, input, output }, cell } = state
  const [row, column] = cellAt(cell, layer.input)
  const where = t('cell.at', { row, column, value: plain(input[cell]) })
  const cells = output[0] * output[1]
  const all = input.length
  const sum = cell === all - 1 ? t('caption.all', { all }) : t('caption.sum', { count: cell + 1, all })
  return html`
    <section aria-label=${t('stamps')}>
      <h3>${t('stamps')}</h3>
      <p>${t('stamps.how', { cells })}</p>
      <label class="rate"><span class="soft">${t('cell')}</span>
        <input type="range" min="0" max=${all - 1} step="1" .value=${live(String(cell))} aria-valuetext=${where}
          @input=${(/** @type {Event} */ event) => actions.look(Number(valueOf(event)))}>
        <output class="num" aria-hidden="true">${where}</output></label>
      <div class="boards">
        ${picture(state, 'value', boards.value, t('caption.value'))}<span class="op" aria-hidden="true">×</span>
        ${picture(state, 'under', boards.under, t('caption.under'))}
        <span class="op num" aria-hidden="true">× 2/${cells} =</span>
        ${picture(state, 'patch', boards.patch, t('caption.patch'))}
        ${picture(state, 'sum', boards.sum, sum)}
        ${picture(state, 'gradient', boards.gradient, t('caption.gradient'))}
      </div>
    </section>`
}

/** Maps that have a table. */
const TABLED = /** @type {const} */ (
  ['map', 'target', 'prediction', 'error', 'kernel', 'under', 'patch', 'sum', 'gradient'])

/** @param {State} state @param {Actions} actions @param {Boards} boards */
function tables({ t, training, cell, hasTables }, actions, boards) {
  const captionOf = (/** @type {typeof TABLED[number]} */ name) => name === 'sum'
    ? t('caption.sum', { count: cell + 1, all: training.input.length }) : t(`caption.${name}`)
  return html`
    <details @toggle=${(/** @type {Event} */ event) => {
      actions.openTables(/** @type {HTMLDetailsElement} */ (event.currentTarget).open)
    }}>
      <summary>${t('tables')}</summary>
      ${hasTables ? TABLED.map(name => table(t, boards[name], captionOf(name))) : nothing}
    </details>`
}

/** @param {State['t']} t @param {Board} board @param {string} caption */
function table(t, { values, size: [rows, cols] }, caption) {
  if (values.length > MOST_TABLED) return html`<p>${t('tables.large', { name: caption, size: `${rows}×${cols}` })}</p>`
  const columns = Array.from({ length: cols }, (_, c) => c)
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}><table><caption>${caption}</caption>
    <thead><tr><td></td>${columns.map(c => html`<th scope="col">${c}</th>`)}</tr></thead>
    <tbody>${Array.from({ length: rows }, (_, r) => html`<tr><th scope="row">${r}</th>
      ${columns.map(c => html`<td>${plain(values[r * cols + c])}</td>`)}</tr>`)}</tbody></table></div>`
}
