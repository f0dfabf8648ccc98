/**
 * Style properties from a template. Lit's styleMap writes a style attribute on first render, which
 * the page's content security policy forbids; this goes through the style object, which it allows.
 */
import { ref } from '../../../vendor/lit.js'

/** @param {Record<string, string>} properties by CSS name, custom properties included */
export function styled(properties) {
  return ref(element => {
    if (!(element instanceof HTMLElement)) return
    for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value)
  })
}
