/**
 * Lets the worker's event loop turn once, so that a `stop` from the page is heard between two
 * steps. A message channel's turn is a real task and, unlike a timer's, isn't slowed to 4 ms.
 */
const channel = new MessageChannel()
/** @type {(() => void)[]} */
const waiting = []
channel.port1.onmessage = () => waiting.shift()?.()

/** @returns {Promise<void>} resolves in a later task */
export function pause() {
  return new Promise(resolve => {
    waiting.push(resolve)
    channel.port2.postMessage(0)
  })
}
