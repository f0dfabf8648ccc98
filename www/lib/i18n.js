/**
 * Two languages, no framework: which one to use, and how a text gets its values.
 */

/** @typedef {'en' | 'ko'} Language */
/** Texts by key; `{name}` marks a value, `{name|word|words}` the word for one of it, or for another number. @typedef {Record<string, string>} Texts */
/** @typedef {(key: string, values?: Record<string, string | number>) => string} Translate */

/** @type {readonly Language[]} */
export const LANGUAGES = Object.freeze(/** @type {Language[]} */ (['en', 'ko']))

/**
 * The first wish that can be met.
 * @param {Iterable<string | null | undefined>} wishes language tags, most wanted first ('ko-KR', 'en')
 * @returns {Language} English where none can be met
 */
export function pickLanguage(wishes) {
  for (const wish of wishes) {
    const tag = wish?.toLowerCase().split('-')[0]
    const known = LANGUAGES.find(language => language === tag)
    if (known) return known
  }
  return 'en'
}

/**
 * @param {Texts} texts of one language
 * @returns {Translate} a key without a text gives the key, so that a gap is seen and not fatal
 */
export function translator(texts) {
  return (key, values = {}) => (texts[key] ?? key).replace(/\{(\w+)(?:\|([^{}|]*)\|([^{}|]*))?\}/g,
    (mark, name, one, many) => {
    if (!(name in values)) return mark
    const value = String(values[name])
    return many === undefined ? value : value === '1' ? one : many
  })
}

/**
 * A class's name as people read it.
 * @param {{name: string, names?: Record<string, string>}} cls
 * @param {Language} language
 * @returns {string}
 */
export function className(cls, language) {
  return cls.names?.[language] ?? cls.name
}
