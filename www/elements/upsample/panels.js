/**
 * The lower part of `<fcn-upsample>`: the boards, the words of the step, the transport bar and the prediction.
 */
import { html, live, nothing } from '../../vendor/lit.js'
import { cellAt } from '../../lib/transposed/geometry.js'
import { INPUT_FILLS, KERNEL_FILLS } from '../../lib/transposed/fill.js'
import { outName } from './explain.js'
import { textOf } from './controls.js'
import { isTyped } from './drawing/layout.js'
import { css, formatNumber, textOn, valueColour } from './drawing/colours.js'

/** @typedef {import('./controls.js').Context} Context */
/** @typedef {import('../../lib/transposed/geometry.js').Pair} Pair */
/** @typedef {import('./drawing/layout.js').BoardName} BoardName */
/** @typedef {import('./drawing/colours.js').Palette} Palette */

/** Speeds offered, in steps a second at 1x = 1.25. 0: as fast as frames come. */
export const SPEEDS = [0.5, 1, 2, 4, 8, 32]

/** @typedef {Context & {layout: import('./drawing/layout.js').Layout, palette: Palette, helpId: string}} BoardContext */

/** @param {BoardContext} context */
export function boards(context) {
  const { control, words, layout } = context
  const { model } = control
  const { view } = model
  const { output } = model.geometry
  const covered = html`<div class="covered"><div><b aria-hidden="true">?</b><p>${words.ask.covered}</p></div></div>`
  return html`
    <div class="boards ${model.problems.length ? 'old' : ''}" part="boards">
      <div class="row">
        ${side(context, 'input')}<span class="op" aria-hidden="true">×</span>${side(context,
          'kernel')}<span class="op" aria-hidden="true">=</span>
        <figure><figcaption><strong>${control.covered ? `${words.captions.output} ?`
          : words.size(words.captions.output, ...output)}</strong></figcaption>
          ${control.covered ? covered
            : html`${host(context, 'output', words.size(words.captions.output, ...output))}${legend(context)}`}</figure>
      </div>
      ${control.covered || (view !== 'gather' && view !== 'all') ? nothing : html`<div class="row">
        ${captioned(context, 'spread', words.captions.spread, model.geometry.gathered)}
        <span class="op" aria-hidden="true">∗</span>${captioned(context, 'flipped', words.captions.flipped,
          model.layer.kernel)}</div>`}
      ${control.covered || (view !== 'matrix' && view !== 'all') ? nothing : layout.matrixTooLarge
        ? html`<p class="note">${words.tooLarge(`${output[0] * output[1]}×${model.layer.input[0]
          * model.layer.input[1]}`)}</p>`
        : html`<div class="row top">${captioned(context, 'transposed', words.captions.transposed,
          null)}${captioned(context, 'convolution', words.captions.convolution, null)}</div>`}
    </div>`
}

/** @param {BoardContext} context @param {BoardName} name @param {string} label */
function host({ words, helpId }, name, label) {
  return html`<div class="board" part="board" data-board=${name} tabindex="0" role="application" aria-label="${label}. ${words.boardHelp}" aria-describedby=${helpId}></div>`
}

/** @param {BoardContext} context @param {BoardName} name @param {string} caption @param {Pair | null} size */
function captioned(context, name, caption, size) {
  const label = size ? context.words.size(caption, ...size) : caption
  return html`<figure><figcaption><strong>${label}</strong></figcaption>${host(context, name, label)}</figure>`
}

/** Input or kernel: fields to type into, or a picture with one field. @param {BoardContext} context @param {'input' | 'kernel'} role */
function side(context, role) {
  const { control, words, act } = context
  const { model } = control
  const size = model.layer[role]
  const chosen = model.fills[role]
  const caption = words.size(words.captions[role], ...size)
  const fills = role === 'input' ? INPUT_FILLS : KERNEL_FILLS
  return html`<figure class="side">
    <figcaption><strong>${caption}</strong>
      <select aria-label="${caption}: ${words.fill.label}" @change=${(/** @type {Event} */ event) =>
        act(() => control.setFill(role, /** @type {import('../../lib/transposed/fill.js').Fill} */ (textOf(event))))}>
        ${chosen ? nothing : html`<option value="" selected>${words.fill.choose}</option>`}
        ${fills.map(fill =>
          html`<option value=${fill} .selected=${live(chosen === fill)}>${words.fill[fill]}</option>`)}
      </select></figcaption>
    ${isTyped(size) ? cells(context, role) : html`${host(context, role, caption)}${editOne(context, role)}`}
  </figure>`
}

/**
 * Styles are bound as a property: as an attribute (which styleMap writes first), a strict
 * content security policy forbids them.
 * @param {BoardContext} context
 * @param {'input' | 'kernel'} role
 */
function cells(context, role) {
  const { control, words, layout, palette, act } = context
  const { model } = control
  const size = model.layer[role]
  const values = role === 'input' ? model.input : model.weights
  const largest = role === 'input' ? model.largest.input : model.largest.weights
  const links = model.links(model.focus)
  const lit = role === 'input' ? links.inputs : links.taps
  const bad = new Set(control.badCells.filter(cell => cell.role === role).map(cell => cell.index))
  const side = role === 'input' ? layout.inputCell : layout.kernelCell
  const texts = Array.from(values, (value, index) => control.typed.get(`${role}#${index}`) ?? formatNumber(value, 3))
  // One size for the whole map: a larger digit is no larger number.
  const longest = texts.reduce((most, text) => Math.max(most, text.length), 0)
  const letters = longest > 4 ? Math.max(0.55, 3.6 / longest) : 1
  return html`<div class="cells" part="cells" role="group" aria-label=${words.size(words.captions[role],
    ...size)} data-cells=${role}
      .style=${`grid-template-columns: repeat(${size[1]}, ${side - 1}px); grid-auto-rows: ${side - 1}px`}>
    ${Array.from(values, (value, index) => {
      const ground = valueColour(palette, value, largest)
      const text = texts[index]
      const wrong = bad.has(index)
      return html`<span class="slot" .style=${`background: ${css(ground)}; color: ${textOn(ground)}; font-size: ${letters}em`}>
        <input class="cell ${lit.has(index) ? 'lit'
          : ''}" type="text" inputmode="text" autocomplete="off" data-index=${index}
          aria-label=${words.cell(words.captions[role], ...cellAt(index, size))} aria-invalid=${wrong
            ? 'true' : 'false'} aria-describedby=${wrong ? 'problem' : nothing}
          .value=${live(text)}
          @input=${(/** @type {Event} */ event) => act(() => control.typeCell(role, index, textOf(event)))}
          @change=${() => act(() => control.leaveCell(role, index))}
          @focus=${(/** @type {FocusEvent} */ event) => /** @type {HTMLInputElement} */ (event.currentTarget).select()}
          @keydown=${(/** @type {KeyboardEvent} */ event) => cellKey(event, context, role, index)}></span>`
    })}
  </div>`
}

/**
 * Up, down and Enter move between cells as in a spreadsheet; left and right do at the ends of
 * the text; Escape forgets what was typed.
 * @param {KeyboardEvent} event
 * @param {Context} context
 * @param {'input' | 'kernel'} role
 * @param {number} index
 */
function cellKey(event, { control, act }, role, index) {
  const field = /** @type {HTMLInputElement} */ (event.currentTarget)
  const [rows, cols] = control.model.layer[role]
  const [row, col] = cellAt(index, [rows, cols])
  const whole = field.selectionStart === 0 && field.selectionEnd === field.value.length
  const atStart = field.selectionEnd === 0 || whole
  const atEnd = field.selectionStart === field.value.length || whole
  let next = -1
  if (event.key === 'ArrowUp' && row > 0) next = index - cols
  else if ((event.key === 'ArrowDown' || event.key === 'Enter') && row < rows - 1) next = index + cols
  else if (event.key === 'ArrowLeft' && atStart && col > 0) next = index - 1
  else if (event.key === 'ArrowRight' && atEnd && col < cols - 1) next = index + 1
  else if (event.key === 'Escape') act(() => control.resetCell(role, index))
  if (next < 0) return
  event.preventDefault()
  const grid = field.closest('.cells')
  const target = grid?.querySelector(`[data-index="${next}"]`)
  if (target instanceof HTMLInputElement) target.focus()
}

/** One cell of a map that is drawn as a picture. @param {Context} context @param {'input' | 'kernel'} role */
function editOne({ control, words, act }, role) {
  const read = (/** @type {Event} */ event) => {
    const form = /** @type {HTMLElement} */ (event.currentTarget).closest('.edit')
    const [row, col, value] = Array.from(form?.querySelectorAll('input') ?? [], input => input.value)
    const [rows, cols] = control.model.layer[role]
    const [r, c] = [Number(row), Number(col)]
    return { r, c, value, inside: Number.isInteger(r) && Number.isInteger(c) && r >= 0 && c >= 0 && r < rows
      && c < cols }
  }
  const show = (/** @type {Event} */ event) => {
    const { r, c, inside } = read(event)
    const fields = /** @type {HTMLElement} */ (event.currentTarget).closest('.edit')?.querySelectorAll('input')
    if (inside
      && fields) fields[2].value = String(Number((role === 'input' ? control.model.input
        : control.model.weights)[r * control.model.layer[role][1] + c].toPrecision(6)))
    if (inside) act(() => control.model.point(role === 'input' ? { input: r * control.model.layer[role][1] + c }
      : { tap: r * control.model.layer[role][1] + c }))
  }
  const write = (/** @type {Event} */ event) => {
    const { r, c, value, inside } = read(event)
    if (inside) act(() => control.typeCell(role, r * control.model.layer[role][1] + c, value))
  }
  return html`<details class="edit"><summary>${words.editCell.title}</summary><div class="bar">
    <label>${words.editCell.row}<input type="text" inputmode="numeric" @input=${show}></label>
    <label>${words.editCell.column}<input type="text" inputmode="numeric" @input=${show}></label>
    <label>${words.editCell.value}<input type="text" @change=${write} @focus=${(/** @type {FocusEvent} */ event) =>
      /** @type {HTMLInputElement} */ (event.currentTarget).select()}></label></div></details>`
}

/** @param {Context} context */
function legend({ control, words }) {
  const { model } = control
  const { output, canvas } = model.geometry
  const trimmed = canvas[0] > output[0] || canvas[1] > output[1]
  const added = model.layer.outputPadding.some(cells => cells > 0)
  return html`<div class="legend">
    ${control.heat ? html`<span>${words.legend.less} <span class="swatch heat"></span>${words.legend.more}</span>`
      : html`<span><span class="swatch positive"></span>${words.legend.positive}</span><span><span class="swatch negative"></span>${words.legend.negative}</span>`}
    ${trimmed ? html`<span>${words.legend.trimmed}</span>` : nothing}${added
      ? html`<span>${words.legend.added}</span>` : nothing}
    ${model.view === 'gather' || model.view === 'all' ? html`<span>${words.legend.zeros}</span>` : nothing}</div>`
}

/**
 * Why the transpose isn't an inverse.
 * @param {Context} context
 * @param {readonly (keyof import('./texts.en.js').Words['captions'])[]} names of the pictures, which are painted later; none while folded
 */
export function roundTrip({ control, words, act }, names) {
  // The round trip begins with the finished output, so it would tell what is still to be guessed.
  if (control.covered || control.secret || (control.model.view !== 'matrix'
    && control.model.view !== 'all')) return nothing
  return html`<details ?open=${control.inverse} @toggle=${(/** @type {Event} */ event) => {
    const { open } = /** @type {HTMLDetailsElement} */ (event.currentTarget)
    if (open !== control.inverse) act(() => control.setInverse(open))
  }}>
    <summary>${words.deconvolution.title}</summary>
    <div class="stack"><p class="note">${words.deconvolution.text}</p>
      <div class="row">${names.map(name =>
        html`<figure><figcaption><strong>${words.captions[name]}</strong></figcaption>
        <div class="board" role="img" aria-label=${words.captions[name]} data-scene=${name}></div></figure>`)}</div></div></details>`
}

/** The words of the step or of the cell pointed at. @param {import('./explain.js').Explanation} told @param {string} id */
export function now({ lead, sum, note }, id) {
  return html`<div class="now" part="now" id=${id}><p class="lead">${lead}</p>${sum ? html`<p class="sum">${sum}</p>`
    : nothing}${note ? html`<p>${note}</p>` : nothing}</div>`
}

const ICONS = {
  first: 'M3 3h3v14H3zM17 3v14L7 10z', back: 'M15 3v14L5 10z', play: 'M5 3l12 7-12 7z',
    pause: 'M4 3h4v14H4zM12 3h4v14h-4z',
  forward: 'M5 3v14l10-7z', last: 'M14 3h3v14h-3zM3 3v14l10-7z',
}

/**
 * @param {Context & {playing: boolean, speed: number, transport: {first: () => void, back: () => void, toggle: () => void, forward: () => void, last: () => void, seek: (step: number) => void, speed: (factor: number) => void}}} context
 */
export function transportBar({ control, words, playing, speed, transport }) {
  const { step, steps } = control.model
  const button = (/** @type {keyof typeof ICONS} */ icon, /** @type {string} */ name, /** @type {() => void} */ press,
    /** @type {boolean} */ idle) => html`
    <button type="button" part="button" aria-label=${name} title=${name} ?disabled=${idle
      || control.covered} @click=${press}><svg viewBox="0 0 20 20" aria-hidden="true"><path d=${ICONS[icon]}></path></svg></button>`
  return html`
    <div class="transport" role="group" aria-label=${words.transport.label} part="transport">
      <div class="buttons">
        ${button('first', words.transport.first, transport.first, step === 0)}
        ${button('back', words.transport.back, transport.back, step === 0)}
        ${playing ? button('pause', words.transport.pause, transport.toggle, false)
          : button('play', words.transport.play, transport.toggle, false)}
        ${button('forward', words.transport.forward, transport.forward, step === steps)}
        ${button('last', words.transport.last, transport.last, step === steps)}
      </div>
      <div class="scrub"><input type="range" min="0" max=${steps} step="1" .value=${live(String(step))} ?disabled=${control.covered}
          aria-label=${words.transport.position} aria-valuetext=${control.covered ? '?' : words.position(step, steps)}
          @input=${(/** @type {Event} */ event) => transport.seek(Number(textOf(event)))}>
        <output aria-hidden="true">${control.covered ? '?' : `${step} / ${steps}`}</output></div>
      <label><span class="label">${words.transport.speed}</span><select @change=${(/** @type {Event} */ event) =>
        transport.speed(Number(textOf(event)))}>
        ${SPEEDS.map(factor =>
          html`<option value=${factor} .selected=${live(factor
            === speed)}>${words.speed(factor)}</option>`)}</select></label>
    </div>`
}

/** @param {Context} context */
export function prediction({ control, words, act }) {
  const { predict, asked, model } = control
  if (predict === 'none') return nothing
  const { cell } = model.current
  if (predict === 'value' && !cell) return html`<div class="ask"><p>${words.ask.valueFirst}</p></div>`
  const answers = (/** @type {Event} */ event) =>
    Array.from(/** @type {HTMLElement} */ (event.currentTarget).closest('.ask')?.querySelectorAll('input') ?? [],
      input => input.value)
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault(); const given = answers(event); act(() => control.check(given)) }
  const enter = (/** @type {KeyboardEvent} */ event) => { if (event.key === 'Enter') submit(event) }
  const solution = control.solution.map(value => formatNumber(value, 4)).join('×')
  const open = asked.verdict !== 'right' && asked.verdict !== 'revealed'
  const verdict = { open: '', unreadable: words.ask.unreadable, right: words.ask.right(solution),
    wrong: words.ask.wrong(asked.answer), revealed: words.ask.revealed(solution) }[asked.verdict]
  return html`<div class="ask" part="ask">
    <p>${predict === 'size' ? words.ask.size : words.ask.value(cell ? outName(model, cell) : '')}</p>
    ${open ? html`<div class="bar">
      ${predict === 'size'
        ? html`<label>${words.rows}<input type="text" inputmode="numeric" @keydown=${enter}></label><label>${words.columns}<input type="text" inputmode="numeric" @keydown=${enter}></label>`
        : html`<label>${words.ask.answer}<input type="text" @keydown=${enter}></label>`}
      <button type="button" class="main" @click=${submit}>${words.ask.check}</button>
      <button type="button" @click=${() => act(() => control.reveal(), true)}>${words.ask.reveal}</button></div>`
        : nothing}
    <p role="status" class=${asked.verdict === 'right' ? 'good' : asked.verdict === 'wrong' ? 'bad' : ''}>${verdict}</p>
  </div>`
}
