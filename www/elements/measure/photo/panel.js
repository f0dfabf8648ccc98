/** All of "one photo", fetched at once by the element's controller. */
export { OnePhoto } from './controller.js'
export { onePhoto } from './template.js'
