/** Where a station is found, and the lines that put it on a page: the player and the page for teachers show them. */

/** @typedef {import('../lib/i18n.js').Language} Language */

/** @param {string} text @returns {string} as it stands in an attribute */
function quoted(text) {
  return text.replace(/[&"<>]/g, character => `&#${character.charCodeAt(0)};`)
}

/**
 * Where a station is found, and the lines that put it alone on a page.
 * @param {string} site the address of its folder, with a closing slash
 * @param {Language} lang
 * @param {{id: string, title: string, part?: string}} station title: for those who hear the page; part: other than the first
 * @returns {{link: string, frame: string, script: string}}
 */
export function linksOf(site, lang, { id, title, part }) {
  const where = `station=${id}${part ? `&part=${part}` : ''}`
  return {
    link: `${site}index.html?lang=${lang}#lesson?${where}`,
    frame: `<iframe src="${site}embed.html?element=lesson&${where}&alone=1&lang=${lang}"\n`
      + `  title="${quoted(title)}" width="100%" height="900" loading="lazy"></iframe>`,
    script: `<script type="module" src="${site}lessons/fcn-lesson.js"></script>\n`
      + `<fcn-lesson station="${part ? `${id}.${part}` : id}" alone lang="${lang}"></fcn-lesson>`,
  }
}
