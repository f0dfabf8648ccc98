/** What Lit asks for where there is no DOM. Nothing is ever made of it. */
export class HTMLElement {}
export const customElements = undefined
