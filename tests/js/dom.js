/** The little of a browser that Lit asks for when it is loaded: enough to test what elements say, not what they draw. */

class Nothing {}

const document = { createComment: () => null, createTreeWalker: () => null, adoptedStyleSheets: [] }
for (const [name, value] of Object.entries({ HTMLElement: Nothing, Document: Nothing, CSSStyleSheet: Nothing, document })) {
  if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true })
}
