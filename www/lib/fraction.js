/**
 * Exact fractions of whole numbers. Places on a photo are multiples of a half, or of a third below a stride of three;
 * as fractions they can be compared.
 */

/** In lowest terms, d > 0. @typedef {{n: number, d: number}} Fraction */

/** @param {number} a @param {number} b whole numbers @returns {number} their greatest common divisor */
function divisor(a, b) {
  while (b !== 0) [a, b] = [b, a % b]
  return Math.abs(a)
}

/** @param {number} n a whole number @param {number} [d] another, not 0 @returns {Fraction} */
export function fraction(n, d = 1) {
  const common = divisor(n, d) * Math.sign(d)
  // No negative zero: it would be unequal to zero in tests, and be written with a sign.
  return { n: n / common + 0, d: d / common }
}

/** @param {Fraction} a @param {Fraction} b */
export function plus(a, b) {
  return fraction(a.n * b.d + b.n * a.d, a.d * b.d)
}

/** @param {Fraction} a @param {Fraction} b */
export function minus(a, b) {
  return plus(a, { n: -b.n, d: b.d })
}

/** @param {Fraction} a @param {Fraction} b */
export function times(a, b) {
  return fraction(a.n * b.n, a.d * b.d)
}

/** @param {Fraction} a @param {Fraction} b not 0 */
export function over(a, b) {
  return fraction(a.n * b.d, a.d * b.n)
}

/** @param {Fraction} a @returns {number} */
export function toNumber({ n, d }) {
  return n / d
}

/** Whether it could still be told exactly. @param {Fraction} a */
export function isExact({ n, d }) {
  return Number.isSafeInteger(n) && Number.isSafeInteger(d)
}

/**
 * @param {Fraction} a
 * @returns {string} `19`, `−91.5`, `32/3`: decimal where that is short and exact
 */
export function fractionText({ n, d }) {
  const text = d === 1 || d === 2 || d === 4 ? String(Math.abs(n) / d) : `${Math.abs(n)}/${d}`
  return n < 0 ? `\u2212${text}` : text
}
