/** A net over a folder, all in one: what is fetched when it is wanted. */
export { NetRun } from './net-run.js'
export { classes, fields, kept, notices, saving } from './net-template.js'
