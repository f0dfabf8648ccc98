/**
 * What the loss is made of: mean cross entropy of a picture whose wrong pixels all give their true class the same
 * probability, and the right ones another, −log p each, in nats.
 */

/** `wrong`: share of the pixels; `p`: the probability that these give their true class. @typedef {{wrong: number, p: number}} Guess */

/** The probability that the right pixels give theirs. */
export const RIGHT = 0.9
/** What a student starts from. @type {Guess} */
export const BEFORE = { wrong: 0.2, p: 0.3 }
/** A wrong pixel gives its true class less than half, where there are two. */
export const LIMITS = { wrong: [0.01, 0.4], p: [0.001, 0.49] }

/** @param {number} p @returns {number} what a pixel costs, nats */
export const costOf = p => -Math.log(p)

/** @param {Guess} guess */
export function sumOf({ wrong, p }) {
  return { accuracy: 1 - wrong, loss: wrong * costOf(p) + (1 - wrong) * costOf(RIGHT) }
}
