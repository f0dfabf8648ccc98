/**
 * Lets the worker's event loop turn once, so that a `stop` from the page is heard between two
 * steps. A message channel's turn is a real task and, unlike a timer's, isn't slowed to 4 ms.
 */
/** Opened by the first pause: an open channel keeps Node from ending. @type {MessagePort | null} */
let port = null
/** @type {(() => void)[]} */
const waiting = []

/** @returns {Promise<void>} resolves in a later task */
export function pause() {
  return new Promise(resolve => {
    waiting.push(resolve)
    port ??= openPort()
    port.postMessage(0)
  })
}

function openPort() {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => waiting.shift()?.()
  return port2
}
