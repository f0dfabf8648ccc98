/**
 * Pointing at cells of the boards of `<fcn-upsample>` with mouse, finger, pen or arrow keys.
 */

/** @typedef {import('./drawing/grid.js').Board} Board */
/** @typedef {import('./drawing/grid.js').Target} Target */
/** @typedef {import('./drawing/layout.js').BoardName} BoardName */

/**
 * @param {HTMLElement | DocumentFragment} root holds `[data-board]` and `[data-cells]` nodes, now or later
 * @param {object} options
 * @param {AbortSignal} options.signal ends it
 * @param {(name: BoardName) => Board | undefined} options.board
 * @param {(target: Target, aloud: boolean) => void} options.point null lets go; `aloud`: by keyboard, to be announced
 */
export function pointing(root, { signal, board, point }) {
  /** Where the arrow keys are, on each board. @type {Map<string, [number, number]>} */
  const cursors = new Map()
  /** A finger's or a click's choice stays until the next; a hovering mouse's doesn't. */
  let held = false

  /** @param {Event} event */
  const boardOf = event => {
    const host = event.target instanceof Element ? event.target.closest('[data-board]') : null
    const name = host?.getAttribute('data-board')
    return host && name ? { host, name, board: board(/** @type {BoardName} */ (name)) } : null
  }

  /** @param {PointerEvent} event @returns {Target | undefined} undefined: not over a board or a cell */
  const targetOf = event => {
    const found = boardOf(event)
    if (found?.board && found.host.firstElementChild) {
      const box = found.host.firstElementChild.getBoundingClientRect()
      const x = (event.clientX - box.left) * found.board.scene.width / box.width
      const y = (event.clientY - box.top) * found.board.scene.height / box.height
      const cell = found.board.cellUnder(x, y)
      if (!cell) return found.board.extra?.(x, y) ?? null
      cursors.set(found.name, cell)
      return found.board.target(cell)
    }
    return cellTarget(event)
  }

  /** Input and kernel cells are fields; pointing at one points at its number. @param {Event} event @returns {Target | undefined} */
  const cellTarget = event => {
    const field = event.target instanceof Element ? event.target.closest('[data-index]')
      ?? event.target.querySelector(':scope > [data-index]') : null
    const role = field?.closest('[data-cells]')?.getAttribute('data-cells')
    if (!field || !role) return undefined
    const index = Number(field.getAttribute('data-index'))
    return role === 'input' ? { input: index } : { tap: index }
  }

  root.addEventListener('pointermove', raw => {
    const event = /** @type {PointerEvent} */ (raw)
    if (event.pointerType === 'touch') return
    const target = targetOf(event)
    if (target !== undefined) {
      held = false
      point(target, false)
    } else if (!held) {
      point(null, false)
    }
  }, { signal })
  root.addEventListener('pointerleave', () => { if (!held) point(null, false) }, { signal, capture: true })
  root.addEventListener('click', raw => {
    const event = /** @type {PointerEvent} */ (raw)
    if (!boardOf(event)) return
    const target = targetOf(event)
    held = target !== null && target !== undefined
    point(target ?? null, true)
  }, { signal })
  root.addEventListener('focusin', event => {
    const target = cellTarget(event)
    if (target) point(target, false)
  }, { signal })
  root.addEventListener('focusout', event => {
    if (cellTarget(event) || boardOf(event)) {
      held = false
      point(null, false)
    }
  }, { signal })
  root.addEventListener('keydown', raw => {
    const event = /** @type {KeyboardEvent} */ (raw)
    const found = boardOf(event)
    if (!found?.board || event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'Escape') {
      held = false
      return point(null, false)
    }
    const cursor = moved(cursors.get(found.name), event.key, found.board.size)
    if (!cursor) return
    event.preventDefault()
    cursors.set(found.name, cursor)
    held = true
    point(found.board.target(cursor), true)
  }, { signal })
}

/**
 * @param {[number, number] | undefined} from undefined: nowhere yet
 * @param {string} key
 * @param {[number, number]} size
 * @returns {[number, number] | null} null: not a key that moves
 */
function moved(from, key, [rows, cols]) {
  const inside = (/** @type {number} */ r, /** @type {number} */ c) =>
    /** @type {[number, number]} */ ([Math.min(Math.max(r, 0), rows - 1), Math.min(Math.max(c, 0), cols - 1)])
  const steps = /** @type {Record<string, [number, number]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0],
    ArrowLeft: [0, -1], ArrowRight: [0, 1] })
  if (steps[key]) return from ? inside(from[0] + steps[key][0], from[1] + steps[key][1]) : [0, 0]
  if (key === 'Home') return inside(from?.[0] ?? 0, 0)
  if (key === 'End') return inside(from?.[0] ?? 0, cols - 1)
  if (key === 'PageUp') return inside(0, from?.[1] ?? 0)
  if (key === 'PageDown') return inside(rows - 1, from?.[1] ?? 0)
  return null
}
