/**
 * What `<fcn-lesson>` does: which station and part are shown, the figure and its state, what was predicted and whether it
 * is right, and what a person has done so far.
 */
import { pair } from '../../elements/common/fragment.js'
import { linksOf } from '../links.js'
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
 * @property {(name: string, detail: unknown) => void} emit
 * @property {() => void} requestUpdate
 */

/** `unread`: no number stands there; `empty`: nothing is chosen; `failed`: the figure has nothing to read it off. @typedef {'unread' | 'empty' | 'failed'} Trouble */

const SITE = new URL('../../', import.meta.url).href
/** How often a figure that still computes is asked again, and for how long. Milliseconds. */
const ASK_EVERY = 250
const PATIENCE = 180_000

export class Controller {
  #host
  progress = new Progress()
  #station = 0
  #part = 0
  /** What was asked for by name; null: the first that isn't done. @type {string | null} */
  #named = null
  /** The figure at hand. @type {Figure | null} */
  #figure = null
  /** Whether a figure's script is on its way, here, or failed, by tag. @type {Map<string, 'coming' | 'here' | 'failed'>} */
  #scripts = new Map()
  /** Something has failed in the figure since it was told what to show. */
  #hasFailed = false
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
  /** What is right has just been told, or that it can't be. */
  #isAnswered = false
  /** The figure is asked: it may wait to be seen before it computes. */
  #isSought = false
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

  /** How far the script of the figure is. */
  get #coming() {
    return this.#scripts.get(this.#now.tag) ?? 'coming'
  }

  /** @returns {Part} */
  get #now() {
    return this.#at.parts[this.#part]
  }

  /** @returns {string} id */
  get station() {
    return this.#at.id
  }

  /** @param {string} named a station's id, or `station.part`; one that there isn't changes nothing */
  set station(named) {
    const [id, partId = ''] = String(named ?? '').split('.')
    const found = STATIONS.findIndex(station => station.id === id)
    const part = Math.max(0, STATIONS[found]?.parts.findIndex(each => each.id === partId) ?? 0)
    this.#named = id
    if (found >= 0 && (found !== this.#station || part !== this.#part)) this.#show(found, part)
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
    const said = String(text ?? '').replace(/^[#?]+/, '').split('&').filter(Boolean)
    const value = (/** @type {string} */ key) =>
      new URLSearchParams(said.find(each => each.startsWith(`${key}=`)) ?? '').get(key)
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
      at: { station: this.#station, part: this.#part }, isLast: this.#next(1) === null,
        isFirst: this.#next(-1) === null,
      coming: this.#coming, given: this.#given, trouble: this.#trouble, told: this.#told,
        isChecking: this.#checking !== null,
      /** The figure comes with the answer, or with what it can't tell. */
      isCovered: now.isCovered === true && !this.#told && !this.#checking && this.#trouble !== 'failed',
      marks: this.progress, done: STATIONS.map(station => this.#done(station)), links: this.#links,
        copied: this.#copied,
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
      this.#trouble = this.#given.trim() === '' ? 'empty' : ask.kind === 'number' && numberIn(this.#given) === null
        ? 'unread' : null
      this.#host.requestUpdate()
      if (!this.#trouble) void this.#tell(true)
    },
    /** Shows what is right without a prediction. */
    reveal: () => void this.#tell(false),
    again: () => this.#show(this.#station, this.#part),
    /** Doesn't wait for the figure any longer. */
    giveUp: () => this.#checking?.abort(),
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
    if (!figure || this.#checking || this.#coming !== 'here') return
    const { signal } = this.#checking = new AbortController()
    this.#trouble = null
    if (part.after !== undefined) this.#wanted = part.after
    this.#isSought = true
    this.#host.requestUpdate()
    const answer = await this.#answered(figure, part, signal)
    if (this.#checking?.signal !== signal) return
    this.#checking = null
    if (answer) {
      const mark = !isPredicted ? 'shown' : isRight(part.ask, this.#given, answer.right) ? 'right' : 'wrong'
      this.#told = { answer, mark }
      this.#settled.after = String(figure['fragment'] ?? '')
      this.progress.mark(`${this.station}.${part.id}`, mark)
    } else {
      this.#trouble = 'failed'
    }
    this.#isAnswered = true
    this.#host.requestUpdate()
  }

  /**
   * Asks the figure until it knows.
   * @param {Figure} figure
   * @param {Part} part
   * @param {AbortSignal} signal given up
   * @returns {Promise<Answer | null>} null where the figure has failed, or it took too long
   */
  async #answered(figure, part, signal) {
    const asked = new URLSearchParams(part.after ?? part.state)
    for (let waited = 0; waited < PATIENCE && !signal.aborted; waited += ASK_EVERY) {
      // The figure has taken over what it is to show only after the next drawing.
      await new Promise(resolve => { setTimeout(resolve, ASK_EVERY) })
      const answer = signal.aborted ? null : ANSWERS[part.ask.answer](figure, asked)
      if (answer) return answer
      if (this.#hasFailed) return null
    }
    return null
  }

  // ---- the figure ----

  /** The element was drawn: the figure of the part is put in its place, and told what to show. @param {HTMLElement | null} place */
  drawn(place) {
    if (!place) return
    const { tag } = this.#now
    this.#fetch(tag)
    if (this.#coming !== 'here') return
    if (this.#figure?.localName !== tag) this.#figure = this.#made(tag)
    const figure = this.#figure
    if (!figure.isConnected) place.replaceChildren(figure)
    figure.lang = this.#host.language
    if (this.#isSought) figure.scrollIntoView({ block: 'nearest' })
    this.#isSought = false
    if (this.#wanted === null) return
    const isBegin = this.#wanted === this.#now.state
    this.#hasFailed = false
    figure['fragment'] = this.#wanted
    this.#wanted = null
    if (isBegin) this.#settled.before = String(figure['fragment'] ?? '')
  }

  /** @param {string} tag whose script is fetched, once: one that failed isn't asked for twice by every browser */
  #fetch(tag) {
    if (this.#scripts.has(tag)) return
    this.#scripts.set(tag, 'coming')
    const said = (/** @type {'here' | 'failed'} */ state) => {
      this.#scripts.set(tag, state)
      this.#host.requestUpdate()
    }
    FIGURES[tag].load().then(() => said('here'), () => {
      said('failed')
      this.#host.emit('fcn-error', { code: 'panel_failed', message: this.#host.texts?.t('failed') ?? '' })
    })
  }

  /** @param {string} tag @returns {Figure} */
  #made(tag) {
    const figure = /** @type {Figure} */ (document.createElement(tag))
    const { attributes, isOfNet } = FIGURES[tag]
    for (const [name, value] of Object.entries(attributes)) figure.setAttribute(name, value)
    if (isOfNet && this.#host.backend) figure.setAttribute('backend', this.#host.backend)
    for (const name of ['fcn-change', 'fcn-step']) figure.addEventListener(name, this.#heard)
    figure.addEventListener('fcn-error', () => { if (figure === this.#figure) this.#hasFailed = true })
    this.#wanted ??= this.#now.state
    return figure
  }

  /** The figure shows something else: this element tells of it in its own way. @param {Event} event */
  #heard = event => {
    event.stopPropagation()
    if (event.currentTarget === this.#figure) this.#host.requestUpdate()
  }

  /** Where a reader is to be now: at another part's heading, or at what was answered; null: where they are. */
  takePlace() {
    const place = this.#isTurned ? 'heading' : this.#isAnswered ? 'verdict' : null
    this.#isTurned = this.#isAnswered = false
    return place
  }

  /** Files dropped beside the figure are for it. @param {readonly File[]} files */
  async takeFiles(files) {
    const take = this.#figure?.['takeFiles']
    if (typeof take === 'function') await take.call(this.#figure, files)
  }

  dispose() {
    this.#checking?.abort()
    this.#checking = null
    this.#host.requestUpdate()
  }
}

/**
 * @param {Part['ask']} ask
 * @param {string} given
 * @param {number | string} right
 */
function isRight(ask, given, right) {
  if (ask.kind === 'choice') return given === right
  const number = numberIn(given)
  return number !== null && number === Number(right)
}
