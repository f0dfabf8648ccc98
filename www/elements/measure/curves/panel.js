/** All of "training curves", fetched at once by slot.js. */
export { Curves } from './controller.js'
export { curves } from './template.js'
