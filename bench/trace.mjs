/**
 * Chromium's own tracing around a piece of work: what the main thread of a page was busy with. A
 * trace, because the Long Tasks API tells nothing about tasks below 50 ms.
 */

/**
 * Trace event; times in microseconds. `ph: 'X'` is a slice: wall time `dur`, CPU time `tdur`.
 * @typedef {{ph: string, name: string, pid: number, tid: number, ts: number, dur?: number, tdur?: number}} TraceEvent
 */

/** A thread, by any event of it. @typedef {Pick<TraceEvent, 'pid' | 'tid'>} Thread */

/**
 * The longest by the clock, and the longest by its own use of the CPU: the first also counts what a
 * busy machine made it wait.
 * @typedef {{wall_ms: number, cpu_ms: number}} Task
 */

/**
 * @template T
 * @param {import('playwright-core').Browser} browser
 * @param {() => Promise<T>} work
 * @returns {Promise<{value: T, events: TraceEvent[]}>}
 */
export async function traced(browser, work) {
  const session = await browser.newBrowserCDPSession()
  /** @type {TraceEvent[]} */
  const events = []
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of /** @type {TraceEvent[]} */ (/** @type {unknown} */ (value))) events.push(event)
  })
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'],
      excludedCategories: ['*'] },
  })
  let value
  try {
    value = await work()
  } finally {
    /** @type {Promise<void>} */
    const complete = new Promise(resolve => session.once('Tracing.tracingComplete', () => resolve()))
    await session.send('Tracing.end')
    await complete
    await session.detach()
  }
  return { value, events }
}

/**
 * @param {TraceEvent[]} events
 * @param {Thread} thread
 * @param {number} [since] microseconds
 * @returns {TraceEvent[]} the thread's tasks
 */
export function tasksOf(events, { pid, tid }, since = 0) {
  const all = events.filter(event => event.ph === 'X' && event.name.endsWith('RunTask') && event.pid === pid
    && event.tid === tid && event.ts >= since)
  // Two categories tell of the same tasks, one inside the other.
  let end = 0
  const tasks = all.sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0)).filter(({ ts, dur = 0 }) => {
    if (ts < end) return false
    end = ts + dur
    return true
  })
  if (tasks.length === 0) throw new Error("the trace shows no tasks of the page's main thread")
  return tasks
}

/**
 * @param {TraceEvent[]} events
 * @param {Thread} thread
 * @param {number} [since] microseconds
 * @returns {Task}
 */
export function longestTask(events, thread, since) {
  const tasks = tasksOf(events, thread, since)
  return {
    wall_ms: Math.max(...tasks.map(({ dur = 0 }) => dur)) / 1000,
    cpu_ms: Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000,
  }
}
