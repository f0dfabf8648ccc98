/** Where the texts of the page around the elements are, a file a language. */

/** @type {import('../elements/common/ui/element.js').TextFiles<import('../lib/i18n.js').Texts>} */
export const PAGE_TEXTS = { en: () => import('./texts.en.js'), ko: () => import('./texts.ko.js') }
