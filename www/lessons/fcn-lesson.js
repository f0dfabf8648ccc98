/**
 * `<fcn-lesson>`: the lecture on fully convolutional networks (Long, Shelhamer & Darrell, CVPR 2015), live: stations, each
 * a few sentences, a figure, something to predict before it is shown, and what it is. What is right is read off the
 * figure, or computed as it computes.
 *
 *     <script type="module" src="https://…/lessons/fcn-lesson.js"></script>
 *     <fcn-lesson station="skips" lang="ko"></fcn-lesson>
 *
 * Attributes: `station` (id of the one to begin with), `alone` (only that one), `backend` (auto | webgpu | cpu),
 * `link-base` (what a station's name is appended to in links), `lang` (en | ko). All of it as data: lesson/docs.json.
 * Events: `fcn-change`, `fcn-error` (detail {code, message}). The stations: stations.js, their texts stations.{en,ko}.js.
 */
/// <reference path="./tags.d.ts" preserve="true" />
import { nothing } from '../vendor/lit.js'
import { FcnElement, SWITCH, define } from '../elements/common/ui/element.js'
import { settable } from '../elements/common/ui/settable.js'
import { translator } from '../lib/i18n.js'
import { Controller } from './lesson/controller.js'
import { styles } from './lesson/styles.js'
import { template } from './lesson/template.js'
import { STATIONS } from './stations.js'

/** @typedef {import('./stations.js').LessonTexts} LessonTexts */

/** The player's words, the stations', and those of the Upsample view's chapters. @type {import('../elements/common/ui/element.js').TextFiles<LessonTexts>} */
const TEXTS = {
  en: async () =>
    together(await Promise.all([import('./lesson/texts.en.js'), import('./stations.en.js'),
      import('./upsampling.en.js')])),
  ko: async () =>
    together(await Promise.all([import('./lesson/texts.ko.js'), import('./stations.ko.js'),
      import('./upsampling.ko.js')])),
}

/** @param {[{texts: import('../lib/i18n.js').Texts}, {texts: import('./stations.js').Stories}, {texts: import('./upsampling.js').Texts}]} files */
function together([own, stations, upsampling]) {
  return { texts: { t: translator(own.texts), stations: stations.texts, chapters: upsampling.texts.stories } }
}

/** @extends {FcnElement<LessonTexts>} */
export class FcnLesson extends FcnElement {
  /** @override */
  static getPropertyDescriptor = settable

  /** @override */
  static styles = styles

  /** @override */
  static properties = {
    station: { noAccessor: true }, alone: SWITCH, backend: {}, linkBase: { attribute: 'link-base' },
  }

  #controller = new Controller(this)

  constructor() {
    super(TEXTS)
    this.alone = false
    /** @type {'auto' | 'webgpu' | 'cpu'} */
    this.backend = 'auto'
    this.linkBase = ''
  }

  /** Those that there are, in their order; before its texts have come, an id stands for the title. @returns {{id: string, title: string}[]} */
  get stations() {
    return STATIONS.map(({ id }) => ({ id, title: this.texts?.stations[id].title ?? id }))
  }

  /** @returns {string} id of the one shown. Set: shows it, or its part as `station.part`, from its beginning; an unknown one changes nothing */
  get station() {
    return this.#controller.station
  }

  /** @param {string} id */
  set station(id) {
    this.#controller.station = id
  }

  /** Station, part, and what the figure shows, as `key=value&…`, without what is as at the beginning. @override */
  get fragment() {
    return this.#controller.fragment
  }

  /** @override */
  set fragment(text) {
    this.#controller.fragment = text
  }

  /** Takes files as if they were dropped on the figure. @param {readonly File[]} files */
  async takeFiles(files) {
    await this.#controller.takeFiles(files)
  }

  /** @override */
  connected() {
    this.#controller.begin()
  }

  /** @override */
  released() {
    this.#controller.dispose()
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  updated(changed) {
    this.#controller.drawn(this.renderRoot.querySelector('.figure'))
    const place = this.#controller.takePlace()
    const reached = place && /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(place === 'heading'
      ? 'h3' : '.question .verdict'))
    reached?.focus({ preventScroll: true })
    reached?.scrollIntoView({ block: 'nearest' })
    super.updated(changed)
  }

  /** @override */
  render() {
    const { state, actions } = this.#controller
    return state.texts ? template({ ...state, texts: state.texts }, actions) : nothing
  }
}

define('fcn-lesson', FcnLesson)
