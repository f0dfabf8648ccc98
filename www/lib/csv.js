/** Text as a cell of a CSV file. */

/** @param {string} text of anybody's @returns {string} quoted where it must be; a spreadsheet shall not take it for a formula */
export function cell(text) {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
