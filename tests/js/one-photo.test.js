/** Controllers that put one photo at a time through a net: what is asked for while a photo or a net is on its way. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nothingYet } from '../../www/elements/common/control.js'
import { race } from '../../www/elements/common/jobs.js'
import { PhotoControl } from '../../www/elements/common/one-photo.js'
import { FcnError } from '../../www/lib/errors.js'

/** @typedef {import('../../www/elements/common/photo/source.js').Photo} Photo */

/** Something that comes when it is let. @template T */
class Gate {
  /** @type {(value: T) => void} */
  open = () => {}
  /** @type {(error: unknown) => void} */
  fail = () => {}
  /** @type {Promise<T>} */
  passed = new Promise((resolve, reject) => Object.assign(this, { open: resolve, fail: reject }))
}

/** @param {string} name @returns {Photo} */
const photo = name => /** @type {any} */ ({ source: new Blob([name]), name, sample: null })

/** What a photo gives is its name, and the nets' that had been brought by then. @extends {PhotoControl<any, unknown>} */
class Fake extends PhotoControl {
  /** @type {string[]} */
  nets = ['usual']
  /** @type {string[]} */
  told = []
  size = 0

  constructor() {
    super(/** @type {any} */ ({
      requestUpdate() {}, emit() {}, updateComplete: Promise.resolve(), t: (/** @type {string} */ key) => key,
    }), { ...nothingYet(), scene: null, pending: null }, { gives: 'masks', usual: 'https://site.test/usual.json' })
    this.member.sweep = async () => {}
    this.net.start = async () => /** @type {any} */ (this.nets.at(-1))
  }

  /** @override @param {(signal: AbortSignal) => Promise<Photo>} bring @param {AbortSignal} signal @param {(photo: Photo) => void} brought */
  async picture(bring, signal, brought) {
    const photo = await race(bring(signal), signal)
    brought(photo)
    return { photo, picture: /** @type {any} */ ({}) }
  }

  /** @override @param {(signal: AbortSignal) => Promise<Photo>} bring @param {any} [sample] */
  async run(bring, sample) {
    return await this.jobs.run(async signal => {
      const { photo } = await this.photoFor(bring, sample, signal)
      const net = await this.netFor(signal)
      const scene = { photo, net, size: this.size }
      this.show({ scene })
      this.told.push(`${photo.name} ${net} ${this.size}`)
      return scene
    }, failure => this.photoFailed(failure))
  }

  /** @param {Promise<string>} coming a net's name */
  bringNamed(coming) {
    return this.bringNet(async signal => { this.nets.push(await race(coming, signal)) }, () => {})
  }
}

/** @returns {any} what is protected too */
const made = () => new Fake()

/** Everything that can go on without a gate has. */
const rest = () => new Promise(resolve => setTimeout(resolve, 5))

describe('a photo on its way', () => {
  it('is not lost where the size changes, whatever is shown', async () => {
    const control = made()
    await control.run(async () => photo('first'))
    const gate = /** @type {Gate<Photo>} */ (new Gate())
    const second = control.run(async () => await gate.passed).catch(() => {})
    control.size = 320
    control.again()
    gate.open(photo('second'))
    await second
    await rest()
    assert.deepEqual(control.told, ['first usual 0', 'second usual 320'])
  })

  it('takes the place of one that still computes, also where the size changes then', async () => {
    const control = made()
    const computing = new Gate()
    control.net.start = async () => { await computing.passed; return /** @type {any} */ ('usual') }
    void control.run(async () => photo('first')).catch(() => {})
    await rest()
    const gate = /** @type {Gate<Photo>} */ (new Gate())
    void control.run(async () => await gate.passed).catch(() => {})
    control.again()
    gate.open(photo('second'))
    computing.open(null)
    await rest()
    assert.deepEqual(control.told, ['second usual 0'])
  })

  it('goes through a net that is opened meanwhile', async () => {
    const control = made()
    const gate = /** @type {Gate<Photo>} */ (new Gate())
    void control.run(async () => await gate.passed).catch(() => {})
    const isAlone = control.bringNamed(Promise.resolve('own'))
    gate.open(photo('first'))
    assert.equal(await isAlone, false)
    assert.deepEqual(control.told, ['first own 0'])
  })
})

describe('a net on its way', () => {
  it('is not lost where a photo is chosen', async () => {
    const control = made()
    const gate = /** @type {Gate<string>} */ (new Gate())
    const isAlone = control.bringNamed(gate.passed)
    void control.run(async () => photo('first')).catch(() => {})
    assert.equal(await isAlone, false)
    gate.open('own')
    await rest()
    assert.deepEqual(control.told, ['first own 0'])
    // It is there: the next photo doesn't bring it again.
    await control.run(async () => photo('second'))
    assert.deepEqual(control.nets, ['usual', 'own'])
  })

  it('that fails is told, can be tried again, and leaves the photo to the one in use', async () => {
    for (const isPhotoFirst of [true, false]) {
      const control = made()
      let again = 0
      const bring = () => control.bringNet(async () => {
        await rest()
        throw new FcnError('weights_invalid')
      }, () => again++)
      const gate = /** @type {Gate<Photo>} */ (new Gate())
      const show = () => control.run(async () => await gate.passed).catch(() => {})
      const both = isPhotoFirst ? [show(), bring()] : [bring(), show()]
      gate.open(photo('first'))
      await Promise.all(both)
      assert.deepEqual([control.told, control.shown.failure?.code], [['first usual 0'], 'weights_invalid'])
      control.failures.retry()
      assert.equal(again, 1)
      // The next photo takes the message down.
      await control.run(async () => photo('second'))
      assert.equal(control.shown.failure, null)
    }
  })

  it('comes with the next photo where the first one failed, and not where all was stopped', async () => {
    const control = made()
    const gate = /** @type {Gate<string>} */ (new Gate())
    void control.bringNamed(gate.passed)
    await control.run(async () => { throw new FcnError('decode_failed') }).catch(() => {})
    assert.equal(control.shown.failure?.code, 'decode_failed')
    gate.open('own')
    await control.run(async () => photo('first'))
    assert.deepEqual(control.told, ['first own 0'])

    const never = /** @type {Gate<string>} */ (new Gate())
    void control.bringNamed(never.passed)
    void control.run(async () => photo('second')).catch(() => {})
    await rest()
    control.cancel()
    await rest()
    await control.run(async () => photo('third'))
    assert.deepEqual(control.told, ['first own 0', 'third own 0'])
  })

  it('is given up where another one is asked for, also without a photo', async () => {
    const control = made()
    const gate = /** @type {Gate<string>} */ (new Gate())
    const isAlone = control.bringNamed(gate.passed)
    control.forgetLoad()
    assert.equal(control.jobs.isBusy, false)
    gate.open('own')
    assert.equal(await isAlone, false)
    assert.deepEqual(control.nets, ['usual'])
  })
})
