/** What stands in a field. */

/** @param {Event} event of a field @returns {string} */
export function textOf({ target }) {
  return /** @type {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} */ (target).value
}
