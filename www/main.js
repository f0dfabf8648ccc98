/**
 * The page: language and theme, and the views of page/views.js.
 */
import { Offline } from './page/offline.js'
import { connectSettings } from './page/settings.js'
import { connectViews } from './page/views.js'

connectSettings()
connectViews()
const offline = new Offline(/** @type {HTMLElement} */ (document.getElementById('offline')))
for (const button of document.querySelectorAll('[data-lang]')) button.addEventListener('click',
  () => void offline.speak())
void offline.start()
