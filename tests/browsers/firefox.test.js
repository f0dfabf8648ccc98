import { startFirefox } from './firefox.js'
import { goThrough } from './steps.js'

goThrough(startFirefox)
