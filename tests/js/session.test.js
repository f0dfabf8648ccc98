/**
 * The page's session, the net that an element uses, and its jobs, with an engine that only counts.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Jobs } from '../../www/elements/common/jobs.js'
import { NetInUse } from '../../www/elements/common/model/in-use.js'
import { Session } from '../../www/elements/common/session.js'
import { FcnError } from '../../www/lib/errors.js'

/** @typedef {import('../../www/engine/engine.js').Net} Net */

class FakeNet {
  isDisposed = false
  /** @type {string[]} */
  notes = []
  /** @param {unknown} from @param {string} gives */
  constructor(from, gives) {
    this.from = from
    this.url = from instanceof URL ? from.href : null
    this.gives = gives
    this.manifest = { name: this.url ?? 'own' }
  }
  dispose() {
    this.isDisposed = true
  }
}

/** Loads whatever it is asked for, in the order asked; an address with "missing" can't be had. */
class FakeEngine extends EventTarget {
  /** @type {FakeNet[]} */
  nets = []
  isDisposed = false
  /** @type {Promise<unknown>} */
  tail = Promise.resolve()
  /** @param {unknown} from @param {{gives?: string, signal?: AbortSignal}} [options] */
  load(from, { gives = 'masks', signal } = {}) {
    const turn = this.tail.then(async () => {
      await null
      signal?.throwIfAborted()
      if (String(from).includes('missing')) throw new FcnError('http_error')
      const net = new FakeNet(from, gives === 'any' ? 'masks' : gives)
      this.nets.push(net)
      this.dispatchEvent(new CustomEvent('model', { detail: { net } }))
      return net
    })
    this.tail = turn.catch(() => {})
    return turn
  }
  get live() {
    return this.nets.filter(net => !net.isDisposed).map(({ url }) => url)
  }
  dispose() {
    this.isDisposed = true
  }
}

const USUAL = 'https://site.test/usual.json'
const OTHER = 'https://site.test/other.json'

/** @param {{create?: (options: {signal?: AbortSignal}) => Promise<FakeEngine>}} [options] */
function setUp({ create } = {}) {
  const engine = new FakeEngine()
  let created = 0
  const session = new Session('cpu', /** @type {any} */ (async (/** @type {{signal?: AbortSignal}} */ options) => {
    created++
    return create ? await create(options) : engine
  }))
  /** @param {{model?: string, gives?: 'masks' | 'labels'}} [wishes] */
  const element = ({ model = '', gives = 'masks' } = {}) => {
    const wish = { model }
    const net = new NetInUse(signal => session.start(signal), {
      gives, model: () => wish.model, usual: USUAL, onProgress: () => {},
    })
    return { net, wish, leave: session.join(net) }
  }
  return { engine, session, element, created: () => created }
}

/** @param {Promise<unknown>} promise */
const codeOf = promise => promise.then(() => 'done', error => error.code)

describe('a session', () => {
  it('starts_one_engine_for_all_elements_and_ends_it_with_the_last', async () => {
    const { engine, element, created } = setUp()
    const [one, two] = [element(), element({ gives: 'labels' })]
    await Promise.all([one.net.start(), two.net.start()])
    assert.equal(created(), 1)
    one.leave()
    assert.equal(engine.isDisposed, false)
    assert.deepEqual(engine.live, [USUAL], 'the net of the one that left is given back')
    two.leave()
    two.leave()
    assert.equal(engine.isDisposed, true)
  })

  it('stops_creating_an_engine_only_when_nobody_waits_for_it', async () => {
    /** @type {AbortSignal | undefined} */
    let creating
    const { session } = setUp({ create: ({ signal }) => new Promise((_, reject) => {
      creating = signal
      signal?.addEventListener('abort', () => reject(signal.reason))
    }) })
    const [first, second] = [new AbortController(), new AbortController()]
    const outcomes = [codeOf(session.start(first.signal)), codeOf(session.start(second.signal))]
    first.abort()
    assert.equal(await outcomes[0], 'aborted')
    assert.equal(creating?.aborted, false)
    second.abort()
    assert.equal(await outcomes[1], 'aborted')
    assert.equal(creating?.aborted, true)
  })

  it('tries_again_after_an_engine_that_could_not_be_created', async () => {
    let tries = 0
    const engine = new FakeEngine()
    const { element } = setUp({ create: async () => {
      if (tries++ === 0) throw new FcnError('wasm_failed')
      return engine
    } })
    const { net } = element()
    assert.equal(await codeOf(net.start()), 'wasm_failed')
    assert.equal((await net.start()).url, USUAL)
  })

  it('tells_which_net_is_in_use_for_what_the_latest_first', async () => {
    const { session, element } = setUp()
    let told = 0
    session.addEventListener('net', () => told++)
    const [one, two] = [element(), element({ model: OTHER })]
    await one.net.start()
    await two.net.start()
    assert.equal(session.inUse('masks'), two.net)
    assert.equal(session.inUse('labels'), null)
    assert.equal(told, 2)
    two.leave()
    assert.equal(session.inUse('masks'), one.net)
  })
})

describe('the net in use', () => {
  it('is_loaded_once_and_again_when_the_wish_changes', async () => {
    const { engine, element } = setUp()
    const { net, wish } = element()
    const [first, same] = await Promise.all([net.start(), net.start()])
    assert.equal(first, same)
    wish.model = OTHER
    assert.equal((await net.start()).url, OTHER)
    assert.deepEqual(engine.live, [OTHER], 'the former net is given back')
  })

  it('stays_when_the_wished_one_cannot_be_had_until_that_is_tried_again', async () => {
    const { net, wish } = (({ element }) => element())(setUp())
    await net.start()
    wish.model = 'https://site.test/missing.json'
    assert.equal(await codeOf(net.start()), 'http_error')
    assert.equal((await net.start()).url, USUAL)
    net.retry()
    assert.equal(await codeOf(net.start()), 'http_error')
  })

  it('is_the_one_loaded_by_hand_until_the_wish_changes', async () => {
    const { engine, element } = setUp()
    const { net, wish } = element()
    await net.start()
    const byHand = await engine.load(new URL('https://site.test/hand.json'))
    assert.equal(net.net, byHand)
    assert.equal(await net.start(), byHand)
    wish.model = OTHER
    assert.equal((await net.start()).url, OTHER)
    assert.deepEqual(engine.live, [byHand.url, OTHER], 'who loaded it may use it still')
  })

  it('leaves_alone_what_was_loaded_for_another_use', async () => {
    const { engine, element } = setUp()
    const { net } = element()
    const first = await net.start()
    await engine.load(new URL('https://site.test/labels.json'), { gives: 'labels' })
    assert.equal(net.net, first)
  })

  it('may_come_from_a_persons_files_and_says_so', async () => {
    const { engine, element } = setUp()
    const { net } = element()
    await net.start()
    const files = [new File(['x'], 'own.pth')]
    const opened = await net.open(files, null, new AbortController().signal)
    assert.equal(net.net, opened)
    assert.deepEqual(net.own?.files, files)
    assert.equal(net.url, null)
    assert.equal(engine.live.length, 1)
  })

  it('keeps_what_was_said_of_it_a_moment_ago_while_that_still_loads', async () => {
    const { element } = setUp()
    const { net } = element()
    const { signal } = new AbortController()
    await net.open([new File(['x'], 'own.pth')], null, signal, { form: 'paper' })
    const first = new AbortController()
    const dropped = codeOf(net.assuming({ set: 'ema' })(first.signal))
    first.abort()
    await net.assuming({ input: 'caffe' })(signal)
    assert.notEqual(await dropped, 'done')
    assert.deepEqual(net.own?.said, { form: 'paper', set: 'ema', input: 'caffe' })
  })

  it('says_all_of_it_again_after_a_failure', async () => {
    const { element } = setUp()
    const { net } = element()
    const { signal } = new AbortController()
    await net.open([new File(['x'], 'own.pth')], null, signal)
    const first = new AbortController()
    const dropped = codeOf(net.assuming({ set: 'ema' })(first.signal))
    first.abort()
    const load = net.assuming({ input: 'caffe' })
    assert.notEqual(await codeOf(load(AbortSignal.abort())), 'done')
    await dropped
    await load(signal)
    assert.deepEqual(net.own?.said, { set: 'ema', input: 'caffe' })
  })

  it('is_said_more_of_by_another_element_while_the_first_still_loads', async () => {
    const { element } = setUp()
    const { net } = element()
    const { signal } = new AbortController()
    await net.open([new File(['x'], 'own.pth')], null, signal)
    const second = new AbortController()
    const first = net.assuming({ set: 'ema' })(signal)
    const dropped = codeOf(net.assuming({ input: 'caffe' })(second.signal))
    await first
    const third = net.assuming({ form: 'paper' })
    second.abort()
    await Promise.all([dropped, third(signal)])
    assert.deepEqual(net.own?.said, { set: 'ema', input: 'caffe', form: 'paper' })
  })

  it('stays_removed_where_its_files_were_removed_while_it_loads_once_more', async () => {
    const { element } = setUp()
    const { net } = element()
    const { signal } = new AbortController()
    await net.open([new File(['x'], 'own.pth')], 'own', signal)
    const loading = net.assuming({ set: 'ema' })(signal)
    Object.assign(net.own ?? {}, { keptAs: null, isGone: true })
    await loading
    assert.deepEqual([net.own?.keptAs, net.own?.isGone], [null, true])
  })

  it('forgets_what_was_said_of_it_where_the_load_failed_or_was_of_other_files', async () => {
    const { element } = setUp()
    const { net } = element()
    const { signal } = new AbortController()
    await net.open([new File(['x'], 'own.pth')], null, signal)
    assert.notEqual(await codeOf(net.assuming({ set: 'ema' })(AbortSignal.abort())), 'done')
    await net.assuming({ input: 'caffe' })(signal)
    assert.deepEqual(net.own?.said, { input: 'caffe' })
    const first = new AbortController()
    const dropped = codeOf(net.assuming({ set: 'ema' })(first.signal))
    first.abort()
    await net.open([new File(['y'], 'others.pth')], null, signal)
    await dropped
    await net.assuming({ form: 'paper' })(signal)
    assert.deepEqual(net.own?.said, { form: 'paper' })
  })

  it('is_said_something_of_although_its_memory_was_given_back', async () => {
    const { element } = setUp()
    const { net } = element()
    const { signal } = new AbortController()
    await net.open([new File(['x'], 'own.pth')], null, signal)
    net.release()
    const again = await net.assuming({ input: 'caffe' })(signal)
    assert.equal(net.net, again)
    assert.deepEqual(net.own?.said, { input: 'caffe' })
  })

  it('tells_that_its_load_has_ended_well_or_not', async () => {
    let ended = 0
    const { session } = setUp()
    const net = new NetInUse(signal => session.start(signal),
      { gives: 'masks', model: () => '', usual: USUAL, onEnded: () => ended++ })
    const { signal } = new AbortController()
    await net.open([new File(['x'], 'own.pth')], null, signal)
    assert.equal(ended, 1)
    await codeOf(net.assuming({ input: 'caffe' })(AbortSignal.abort()))
    assert.equal(ended, 2)
  })

  it('is_another_ones_alone_when_two_elements_wish_for_different_ones', async () => {
    const { engine, element } = setUp()
    const [one, two] = [element(), element({ model: OTHER })]
    await Promise.all([one.net.start(), two.net.start()])
    assert.equal(one.net.net?.url, USUAL)
    assert.equal(two.net.net?.url, OTHER)
    assert.equal(engine.live.length, 2)
  })
})

describe('jobs', () => {
  it('run_one_at_a_time_and_only_the_newest_failure_is_told', async () => {
    let ended = 0
    const jobs = new Jobs(() => ended++)
    /** @type {string[]} */
    const told = []
    const tell = (/** @type {FcnError} */ failure) => void told.push(failure.code)
    const hang = (/** @type {AbortSignal} */ signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const first = codeOf(jobs.run(hang, tell))
    const second = codeOf(jobs.run(async () => { throw new FcnError('decode_failed') }, tell))
    assert.deepEqual([await first, await second, told, ended], ['aborted', 'decode_failed', ['decode_failed'], 1])
  })

  it('tell_of_a_stop_and_not_of_being_dropped', async () => {
    const jobs = new Jobs(() => {})
    /** @type {string[]} */
    const told = []
    const tell = (/** @type {FcnError} */ failure) => void told.push(failure.code)
    const hang = (/** @type {AbortSignal} */ signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const stopped = codeOf(jobs.run(hang, tell))
    jobs.stop()
    assert.equal(await stopped, 'aborted')
    const dropped = codeOf(jobs.run(hang, tell))
    jobs.drop()
    assert.equal(await dropped, 'aborted')
    assert.deepEqual(told, ['aborted'])
    assert.equal(jobs.isBusy, false)
  })
})
