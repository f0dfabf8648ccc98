/** What the engine marks in the page's performance timeline, for those who have to know what a worker fetches. */

/** A model is loaded from an address; `detail`: that of its model.json. */
export const MODEL_MARK = 'fcn-model'
