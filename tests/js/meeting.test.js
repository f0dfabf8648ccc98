/** Members in threads of their own meet in shared memory. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Meeting, share } from '../../www/engine/worker/team/meeting.js'

/** What a member does: a map of ten pieces, `rounds` times over; returns what it has at the end. */
const MEMBER = `
  import { parentPort, workerData } from 'node:worker_threads'
  const { Meeting } = await import(workerData.module)
  const { shared, rank, size, rounds, piece } = workerData
  const meeting = new Meeting(shared, rank, size)
  const cuts = Uint32Array.from({ length: size + 1 }, (_, i) => Math.floor(piece * i / size))
  const sums = []
  for (let round = 0; round < rounds; round++) {
    const map = new Float32Array(10 * piece).fill(-1)
    for (let at = 0; at < map.length; at++) {
      const place = at % piece
      if (place >= cuts[rank] && place < cuts[rank + 1]) map[at] = at + round
    }
    meeting.exchange(map, piece, cuts)
    sums.push(map.every((value, at) => value === at + round))
    if (!meeting.mayGoOn(round)) break
  }
  parentPort.postMessage({ sums, failed: meeting.hasFailed })
`

/**
 * @param {number} size
 * @param {{rounds: number, piece: number, bytes?: number}} options
 */
async function gather(size, { rounds, piece, bytes = 40 * piece }) {
  const shared = share(bytes, null)
  const module = new URL('../../www/engine/worker/team/meeting.js', import.meta.url).href
  const members = Array.from({ length: size }, (_, rank) => new Promise((resolve, reject) => {
    const workerData = { module, shared, rank, size, rounds, piece }
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(MEMBER)}`), { workerData })
    worker.on('message', resolve)
    worker.on('error', reject)
  }))
  // The leader's word, whenever; here it is nobody's job, so all rounds may follow from the start.
  new Meeting(shared, 0, size).goOn(rounds)
  return /** @type {{sums: boolean[], failed: boolean}[]} */ (await Promise.all(members))
}

describe('a meeting', () => {
  it('gives_every_member_the_whole_of_every_map', async () => {
    for (const size of [1, 2, 3, 5]) {
      for (const { sums, failed } of await gather(size, { rounds: 200, piece: 37 })) {
        assert.equal(failed, false)
        assert.deepEqual([sums.length, sums.every(Boolean)], [200, true], `${size} members`)
      }
    }
  })

  it('copes_with_parts_that_are_empty', async () => {
    for (const { sums } of await gather(4, { rounds: 20, piece: 2 })) assert.ok(sums.every(Boolean))
  })

  it('is_over_for_all_when_a_map_is_too_large', async () => {
    for (const { sums, failed } of await gather(3, { rounds: 5, piece: 8, bytes: 40 })) {
      assert.deepEqual([failed, sums], [true, [false]])
    }
  })

  it('is_over_for_those_who_wait_when_somebody_ends_it', async () => {
    const shared = share(64, null)
    const [leader, other] = [new Meeting(shared, 0, 2), new Meeting(shared, 1, 2)]
    leader.goOn(0)
    assert.equal(other.mayGoOn(0), true)
    leader.fail()
    assert.equal(other.mayGoOn(0), false)
    const map = new Float32Array(4).fill(7)
    other.exchange(map, 4, Uint32Array.of(0, 2, 4))
    assert.deepEqual([...map], [7, 7, 7, 7], 'nothing is waited for, nothing changed')
    assert.equal(leader.hasFailed && other.hasFailed, true)
  })

  it('takes_an_earlier_passs_memory_where_it_is_large_enough', () => {
    const { data } = share(64, null)
    assert.equal(share(48, data).data, data)
    assert.notEqual(share(65, data).data, data)
    assert.notEqual(share(48, data).control, share(48, data).control)
  })
})
