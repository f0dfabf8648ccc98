/**
 * What `<fcn-lesson>` does: which station and part are shown, the figure and its state, what was predicted and whether it
 * is right, and what a person has done so far.
 */
import { pair } from '../../elements/common/fragment.js'
import { linksOf } from '../recipes.js'
import { STATIONS } from '../stations.js'
import { ANSWERS } from './answers.js'
import { FIGURES } from './figures.js'
import { numberIn } from './numbers.js'
import { Progress } from './progress.js'

/** @typedef {import('./answers.js').Answer} Answer */
/** @typedef {import('./answers.js').Figure} Figure */
/** @typedef {import('./progress.js').Mark} Mark */
/** @typedef {import('../stations.js').Part} Part */
/** @typedef {Controller['state']} State */
/** @typedef {Controller['actions']} Actions */

/**
 * The element.
 * @typedef {object} Host
 * @property {string} backend
 * @property {string} linkBase
 * @property {boolean} alone
 * @property {string} baseURI
 * @property {import('../stations.js').LessonTexts | null} texts
 * @property {import('../../lib/i18n.js').Language} language
 * @property {() => void} requestUpdate
 */

/** `unread`: no number stands there; `empty`: nothing is chosen; `failed`: the figure has nothing to read it off. @typedef {'unread' | 'empty' | 'failed'} Trouble */

const SITE = new URL('../../', import.meta.url).href
/** How often a figure that still computes is asked again. Milliseconds. */
const ASK_EVERY = 250

export class Controller {
  #host
  progress = new Progress()
  #station = 0
  #part = 0
  /** What was asked for by name; null: the first that isn't done. @type {string | null} */
  #named = null
  /** The figure at hand. @type {Figure | null} */
  #figure = null
  /** While its script is on its way, and when that failed. @type {'coming' | 'here' | 'failed'} */
  #coming = 'coming'
  /** The tag whose script failed. */
  #missing = ''
  /** What the figure is to show next. @type {string | null} */
  #wanted = null
  /** What is predicted: a number as typed, or an option's id. */
  #given = ''
  /** @type {Trouble | null} */
  #trouble = null
  /** @type {{answer: Answer, mark: Mark} | null} */
  #told = null
  /** While the figure computes what is right. @type {AbortController | null} */
  #checking = null
  /** Another part was chosen: its heading is to be read out. */
  #isTurned = false
  /** @type {string | null} which of the lines was copied */
  #copied = null

  /** @param {Host} host */
  constructor(host) {
    this.#host = host
  }

  // ---- what is shown ----

  get #at() {
    return STATIONS[this.#station]
  }

  /** @returns {Part} */
  get #now() {
    return this.#at.parts[this.#part]
  }

  /** @returns {string} id */
  get station() {
    return this.#at.id
  }

  /** @param {string} id one that there isn't changes nothing */
  set station(id) {
    const found = STATIONS.findIndex(station => station.id === id)
    this.#named = id
    if (found >= 0 && (found !== this.#station || this.#part !== 0)) this.#show(found, 0)
  }

  /** The first that isn't done, where a person has begun and nothing else was asked for. */
  begin() {
    if (this.#named !== null || this.progress.isEmpty) return
    const open = STATIONS.findIndex(station => this.#done(station) < station.parts.length)
    if (open > 0) this.#show(open, 0)
  }

  /** @param {import('../stations.js').Station} station @returns {number} of its parts */
  #done(station) {
    return station.parts.filter(part => this.progress.of(`${station.id}.${part.id}`) !== null).length
  }

  get fragment() {
    const { id, state: first } = this.#now
    const state = String(this.#wanted ?? this.#figure?.['fragment'] ?? first)
    const usual = this.#told ? this.#settled.after : this.#settled.before
    const isOther = state !== usual && state !== first
    const isFirst = this.#station === 0 && this.#part === 0
    return [
      ...isFirst && !isOther ? [] : [pair('station', this.station)],
      ...this.#part > 0 ? [pair('part', id)] : [],
      ...isOther ? [state] : [],
    ].join('&')
  }

  /** What the figure makes of the part's states: it leaves out what is as usual. */
  #settled = { before: '', after: '' }

  set fragment(text) {
    const said = text.replace(/^[#?]+/, '').split('&').filter(Boolean)
    const value = (/** @type {string} */ key) => new URLSearchParams(said.find(each => each.startsWith(`${key}=`)) ?? '').get(key)
    const state = said.filter(each => !/^(station|part|lang|theme|element)=/.test(each)).join('&')
    const station = Math.max(0, STATIONS.findIndex(({ id }) => id === value('station')))
    const part = Math.max(0, STATIONS[station].parts.findIndex(({ id }) => id === value('part')))
    this.#named = STATIONS[station].id
    this.#show(station, part, state)
  }

  /** All that the template reads. */
  get state() {
    const { texts, language, alone } = this.#host
    const now = this.#now
    return {
      texts, language, alone, stations: STATIONS, station: this.#at, part: now,
      at: { station: this.#station, part: this.#part }, isLast: this.#next(1) === null, isFirst: this.#next(-1) === null,
      coming: this.#coming, given: this.#given, trouble: this.#trouble, told: this.#told, isChecking: this.#checking !== null,
      marks: this.progress, done: STATIONS.map(station => this.#done(station)), links: this.#links, copied: this.#copied,
    }
  }

  /** Where this part is found, and how it is put on a page. */
  get #links() {
    const { linkBase, baseURI, language, texts } = this.#host
    const { id } = this.#at
    const part = this.#part > 0 ? this.#now.id : ''
    const links = linksOf(SITE, language, { id, title: texts?.stations[id].title ?? id, ...part ? { part } : {} })
    const where = [pair('station', id), ...part ? [pair('part', part)] : []].join('&')
    return linkBase ? { ...links, link: `${new URL(linkBase, baseURI)}${where}` } : links
  }

  // ---- turning ----

  /** @param {number} by 1 or −1 @returns {{station: number, part: number} | null} the part after or before this one */
  #next(by) {
    const part = this.#part + by
    if (this.#at.parts[part]) return { station: this.#station, part }
    const station = this.#station + by
    if (this.#host.alone || !STATIONS[station]) return null
    return { station, part: by > 0 ? 0 : STATIONS[station].parts.length - 1 }
  }

  /** @param {number} station @param {number} part @param {string} [state] of the figure, another than that it begins with */
  #show(station, part, state = '') {
    this.#coming = this.#missing === STATIONS[station].parts[part].tag ? 'failed' : this.#figure ? this.#coming : 'coming'
    this.#checking?.abort()
    this.#checking = null
    this.#station = station
    this.#part = part
    this.#given = ''
    this.#trouble = null
    this.#told = null
    this.#copied = null
    this.#settled = { before: '', after: '' }
    this.#wanted = state || this.#now.state
    this.#host.requestUpdate()
  }

  /** What the template does. */
  actions = {
    /** @param {number} station @param {number} [part] */
    open: (station, part = 0) => {
      this.#named = STATIONS[station].id
      this.#isTurned = true
      this.#show(station, part)
    },
    /** @param {number} by */
    turn: by => {
      const next = this.#next(by)
      if (next) this.actions.open(next.station, next.part)
    },
    /** @param {string} given */
    predict: given => {
      this.#given = given
      this.#trouble = null
      this.#host.requestUpdate()
    },
    /** Compares what was predicted with what is right. */
    check: () => {
      const { ask } = this.#now
      this.#trouble = this.#given.trim() === '' ? 'empty' : ask.kind === 'number' && numberIn(this.#given) === null ? 'unread' : null
      this.#host.requestUpdate()
      if (!this.#trouble) void this.#tell(true)
    },
    /** Shows what is right without a prediction. */
    reveal: () => void this.#tell(false),
    again: () => this.#show(this.#station, this.#part),
    forget: () => {
      this.progress.forget()
      this.#host.requestUpdate()
    },
    print: () => globalThis.print(),
    /** @param {'link' | 'frame' | 'script'} which */
    copy: async which => {
      try {
        await navigator.clipboard.writeText(this.#links[which])
        this.#copied = which
      } catch {
        // The line stands there to be selected.
        this.#copied = null
      }
      this.#host.requestUpdate()
    },
  }

  /** @param {boolean} isPredicted else the answer is only shown */
  async #tell(isPredicted) {
    const figure = this.#figure
    const part = this.#now
    if (!figure || this.#checking) return
    const { signal } = this.#checking = new AbortController()
    this.#trouble = null
    if (part.after !== undefined) this.#wanted = part.after
    this.#host.requestUpdate()
    const answer = await answered(figure, part, signal)
    if (signal.aborted) return
    this.#checking = null
    if (!answer) {
      this.#trouble = 'failed'
    } else {
      const mark = !isPredicted ? 'shown' : isRight(part.ask, this.#given, answer.right) ? 'right' : 'wrong'
      this.#told = { answer, mark }
      this.#settled.after = String(figure['fragment'] ?? '')
      this.progress.mark(`${this.station}.${part.id}`, mark)
    }
    this.#host.requestUpdate()
  }

  // ---- the figure ----

  /** The element was drawn: the figure of the part is put in its place, and told what to show. @param {HTMLElement | null} place */
  drawn(place) {
    if (!place) return
    const { tag } = this.#now
    if (this.#figure?.localName !== tag) this.#bring(tag, place)
    const figure = this.#figure
    if (!figure || this.#coming !== 'here') return
    if (!figure.isConnected) place.replaceChildren(figure)
    figure.lang = this.#host.language
    if (this.#wanted === null) return
    const isBegin = this.#wanted === this.#now.state
    figure['fragment'] = this.#wanted
    this.#wanted = null
    if (isBegin) this.#settled.before = String(figure['fragment'] ?? '')
  }

  /** @param {string} tag @param {HTMLElement} place */
  #bring(tag, place) {
    // A script that failed isn't asked for twice by every browser: a reload does.
    if (this.#missing === tag) return
    const kind = FIGURES[tag]
    const figure = /** @type {Figure} */ (document.createElement(tag))
    this.#figure = figure
    this.#wanted ??= this.#now.state
    for (const [name, value] of Object.entries(kind.attributes)) figure.setAttribute(name, value)
    if (kind.isOfNet && this.#host.backend) figure.setAttribute('backend', this.#host.backend)
    for (const name of ['fcn-change', 'fcn-step']) figure.addEventListener(name, this.#heard)
    this.#coming = 'coming'
    place.replaceChildren()
    this.#host.requestUpdate()
    kind.load().then(() => { this.#coming = 'here' }, () => {
      this.#missing = tag
      if (this.#figure === figure) this.#figure = null
      this.#coming = 'failed'
    }).finally(() => this.#host.requestUpdate())
  }

  /** The figure shows something else: this element tells of it in its own way. @param {Event} event */
  #heard = event => {
    event.stopPropagation()
    if (event.currentTarget === this.#figure) this.#host.requestUpdate()
  }

  /** @returns {boolean} whether another part was chosen since it was last asked */
  takeTurned() {
    const isTurned = this.#isTurned
    this.#isTurned = false
    return isTurned
  }

  /** Files dropped beside the figure are for it. @param {readonly File[]} files */
  async takeFiles(files) {
    const take = this.#figure?.['takeFiles']
    if (typeof take === 'function') await take.call(this.#figure, files)
  }

  dispose() {
    this.#checking?.abort()
    this.#checking = null
  }
}

/**
 * @param {Figure} figure
 * @param {Part} part
 * @param {AbortSignal} signal
 * @returns {Promise<Answer | null>} null where the figure has failed
 */
async function answered(figure, part, signal) {
  let hasFailed = false
  figure.addEventListener('fcn-error', () => { hasFailed = true }, { signal })
  while (!signal.aborted) {
    // The figure has taken over what it is to show only after the next drawing.
    await new Promise(resolve => { setTimeout(resolve, ASK_EVERY) })
    const answer = signal.aborted ? null : ANSWERS[part.ask.answer](figure)
    if (answer || hasFailed) return answer
  }
  return null
}

/**
 * @param {Part['ask']} ask
 * @param {string} given
 * @param {number | string} right
 */
function isRight(ask, given, right) {
  if (ask.kind === 'choice') return given === right
  const number = numberIn(given)
  return number !== null && Math.abs(number - Number(right)) <= (ask.within ?? 0)
}
