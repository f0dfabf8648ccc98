/** Texts of the offset ruler, English. */

export const texts = {
  'ruler.lead': 'Every cell of every map lies somewhere on the photo and sees a square of it.',
}
