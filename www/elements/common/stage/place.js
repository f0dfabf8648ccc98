/** Places on an element under a pointer. */

/**
 * Where a pointer is on an element. A page may scale what it shows, as slides do; these are pixels of the element all the same.
 * @param {{clientX: number, clientY: number}} event
 * @param {Element} element without a border
 * @returns {{x: number, y: number}} from its upper left corner
 */
export function placeOn({ clientX, clientY }, element) {
  const { left, top, width, height } = element.getBoundingClientRect()
  return {
    x: (clientX - left) * element.clientWidth / (width || 1),
    y: (clientY - top) * element.clientHeight / (height || 1),
  }
}
