/** What both panels' templates read beside their own state. */

/** @typedef {{language: import('../../lib/i18n.js').Language, t: import('../../lib/i18n.js').Translate}} Page */

export {}
