/** Giving wasm's memory back, where something has already gone wrong. */

/**
 * Frees a wasm object on the way out of an error, which must not be hidden by a second one (after a
 * trap, freeing traps as well).
 * @param {{free(): void} | undefined} object
 */
export function freeQuietly(object) {
  try {
    object?.free()
  } catch {
    // The instance is broken; the worker is about to be ended, and its memory with it.
  }
}
