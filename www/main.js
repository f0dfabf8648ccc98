/**
 * The page: language and theme, and the views of page/views.js.
 */
import { connectSettings } from './page/settings.js'
import { connectViews } from './page/views.js'

connectSettings()
connectViews()
