/**
 * What runs in a page, and in its worker, before anything of the site. As text, so that it needs no module: the site's
 * policy holds for it, and its functions are there for the steps.
 */

/** Keeps whatever goes wrong; finds elements, also below shadow roots. */
export function watch() {
  const isPage = typeof document !== 'undefined'
  /** @type {string[]} */
  const faults = []
  const channel = new BroadcastChannel('faults')
  const keep = (/** @type {string} */ fault) => isPage ? void faults.push(fault) : channel.postMessage(fault)
  if (isPage) channel.onmessage = ({ data }) => void faults.push(data)
  self.addEventListener('error', event => keep(`uncaught: ${event.message}`))
  self.addEventListener('unhandledrejection', ({ reason }) => keep(`unhandled: ${reason}`))
  self.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    keep(`policy: ${violatedDirective} ${blockedURI}`))
  const { error } = console
  console.error = (...args) => {
    keep(`console: ${args.join(' ')}`)
    error.apply(console, args)
  }
  if (!isPage) return
  // It would store the whole site in the background; tests/browser/offline.spec.js is about it.
  Object.defineProperty(navigator, 'serviceWorker', { get: () => undefined })
  /** @type {(root: ParentNode) => Element[]} */
  const all = root => [...root.querySelectorAll('*')]
    .flatMap(one => [one, ...one.shadowRoot ? all(one.shadowRoot) : []])
  const found = (/** @type {string} */ selector, text = '') => all(document).find(one => one.matches(selector)
    && `${one.getAttribute('aria-label') ?? ''} ${one.textContent}`.includes(text))
  Object.assign(self, { found, faults })
}

/** The worker crashes when the page says so on the channel `crash`. */
export function crashOnDemand() {
  new BroadcastChannel('crash').onmessage = () => { throw new Error('a test wants it') }
}

/** As in a browser that keeps nothing for this site. */
export function refuseStorage() {
  const refuse = () => { throw new DOMException('refused', 'SecurityError') }
  for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) {
    if (name in self) Object.defineProperty(self, name, { get: refuse })
  }
}
