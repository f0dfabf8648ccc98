/** Threads give each other their parts of maps in shared memory. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Exchange, share } from '../../www/engine/worker/team/exchange.js'

/** What a thread does: a map of ten pieces, `rounds` times over; returns what it has at the end. */
const MEMBER = `
  import { parentPort, workerData } from 'node:worker_threads'
  const { Exchange } = await import(workerData.module)
  const { shared, rank, size, rounds, pieces } = workerData
  const piece = pieces[rank % pieces.length]
  const exchange = new Exchange(shared, rank, size)
  const cuts = Uint32Array.from({ length: size + 1 }, (_, i) => Math.floor(piece * i / size))
  const sums = []
  for (let round = 0; round < rounds; round++) {
    const map = new Float32Array(10 * piece).fill(-1)
    for (let at = 0; at < map.length; at++) {
      const place = at % piece
      if (place >= cuts[rank] && place < cuts[rank + 1]) map[at] = at + round
    }
    exchange.gather(map, piece, cuts)
    sums.push(map.every((value, at) => value === at + round))
    if (!exchange.mayGoOn(round)) break
  }
  parentPort.postMessage({ sums, failed: exchange.hasFailed })
`

/**
 * @param {number} size
 * @param {{rounds: number, piece: number, others?: number, bytes?: number}} options `others`: the piece of every second
 */
async function gather(size, { rounds, piece, others = piece, bytes = 40 * Math.max(piece, others) }) {
  const shared = share(bytes, null)
  const module = new URL('../../www/engine/worker/team/exchange.js', import.meta.url).href
  const members = Array.from({ length: size }, (_, rank) => new Promise((resolve, reject) => {
    const workerData = { module, shared, rank, size, rounds, pieces: [piece, others] }
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(MEMBER)}`), { workerData })
    worker.on('message', resolve)
    worker.on('error', reject)
  }))
  // The leader's decision, whenever; here it is nobody's job, so all rounds may follow from the start.
  new Exchange(shared, 0, size).goOn(rounds)
  return /** @type {{sums: boolean[], failed: boolean}[]} */ (await Promise.all(members))
}

describe('an exchange', () => {
  it('gives_every_thread_the_whole_of_every_map', async () => {
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

  it('is_over_for_all_when_one_is_in_another_layer', async () => {
    for (const { sums, failed } of await gather(3, { rounds: 5, piece: 8, others: 16 })) {
      assert.deepEqual([failed, sums], [true, [false]])
    }
  })

  it('is_over_for_those_who_wait_when_somebody_ends_it', async () => {
    const shared = share(64, null)
    const [leader, other] = [new Exchange(shared, 0, 2), new Exchange(shared, 1, 2)]
    leader.goOn(0)
    assert.equal(other.mayGoOn(0), true)
    leader.fail()
    assert.equal(other.mayGoOn(0), false)
    const map = new Float32Array(4).fill(7)
    other.gather(map, 4, Uint32Array.of(0, 2, 4))
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
