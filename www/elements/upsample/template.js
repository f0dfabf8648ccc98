/**
 * What `<fcn-upsample>` looks like: its regions, from the choice of an example down to what can be taken along.
 */
import { html, nothing } from '../../vendor/lit.js'
import { choices, problems, settings, sizeFormula, topBar } from './controls.js'
import { COLOURS } from './drawing/colours.js'
import { boards, now, prediction, roundTrip, transportBar } from './panels.js'

/** Width from which the layer's settings stand side by side, CSS pixels. */
const WIDE = 560

/** @param {import('./controller.js').State} state @param {import('./controller.js').Actions} actions */
export function template(state, { act, transport }) {
  const { control, words, language, layout, player, slots, figure, appearance: { palette, width, em } } = state
  const context = { control, words, act }
  const isOpen = (/** @type {Event} */ event) => /** @type {HTMLDetailsElement} */ (event.currentTarget).open
  return html`
    <section class="figure" part="figure" lang=${language} aria-label=${words.title}>
      ${topBar(context)}
      <details part="photo" ?open=${control.photo} @toggle=${(/** @type {Event} */ event) => {
        if (isOpen(event) !== control.photo) act(() => control.setPhoto(isOpen(event)))
      }}>
        <summary>${words.part.photo}</summary>${slots.photo.show(control.photo, words, () => html`
          <fcn-upsample-photo lang=${language} .figure=${figure}></fcn-upsample-photo>`)}</details>
      <details part="learn" ?open=${control.isLearning} @toggle=${(/** @type {Event} */ event) => {
        if (isOpen(event) !== control.isLearning) act(() => control.setLearn(isOpen(event) ? control.learn : null))
      }}>
        <summary>${words.part.learn}</summary>${slots.learn.show(control.isLearning, words, () => html`
          <fcn-upsample-learn lang=${language} .figure=${figure} .palette=${palette} .width=${width} .em=${em}></fcn-upsample-learn>`)}</details>
      ${settings(context, width >= WIDE)}
      ${sizeFormula(context)}
      ${control.wantsHints ? slots[language].show(true, words, ({ hints }) => hints(control.model)) : nothing}
      ${problems(context)}
      <div class="dock">${now(state.explanation, 'now')}
      ${transportBar({ ...context, playing: player.playing, speed: player.speed, transport })}</div>
      ${boards({ ...context, layout, palette, helpId: 'now' })}
      ${choices(context)}
      ${prediction(context)}
      ${roundTrip(context, state.roundTrip)}
      <details class="tables" @toggle=${(/** @type {Event} */ event) => {
        act(() => { control.hasTables = isOpen(event) })
      }}>
        <summary>${words.tables.title}</summary>${control.hasTables
          ? slots.tables.show(true, words, ({ tables }) => tables(context)) : nothing}</details>
      <details part="share" @toggle=${(/** @type {Event} */ event) => {
        act(() => { control.isTaking = isOpen(event) })
      }}>
        <summary>${words.share.label}</summary>${slots.share.show(control.isTaking, words,
          share => share.show({ ...context, palette, link: state.link }))}</details>
      <p class="sr" role="status" aria-live="polite">${state.live}</p>
      ${COLOURS.map(name => html`<span class="probe" data-colour=${name} aria-hidden="true"></span>`)}
    </section>`
}
