/** Numbers as people write them into an answer. */

/**
 * @param {string} text `32,768`, `32 768`, `0.5`, `0,5`, `−1`
 * @returns {number | null} null for what is no number
 */
export function numberIn(text) {
  const plain = text.trim().replace(/[\s\u00a0']/g, '').replace(/[\u2212\u2013]/g, '-')
  // A comma parts thousands where exactly three digits follow each; else it is a decimal one.
  const joined = /^-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(plain) ? plain.replaceAll(',', '') : plain.replace(',', '.')
  return /^-?(\d+\.?\d*|\.\d+)$/.test(joined) ? Number(joined) : null
}
