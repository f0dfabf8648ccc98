/** All of painting, fetched at once by the photo's panel. */
export { Painter } from './controller.js'
export { painter } from './template.js'
