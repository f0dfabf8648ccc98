import { startWebKit } from './webkit.js'
import { goThrough } from './steps.js'

goThrough(startWebKit)
