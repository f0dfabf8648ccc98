/** What manifest.mjs uses of the analyzer, and the analyzer's own declarations leave out. */
declare module '@custom-elements-manifest/analyzer' {
  import type { Package } from 'custom-elements-manifest/schema.js'

  export const ts: {
    createSourceFile(fileName: string, text: string, target: number, hasParents: boolean): object
    ScriptTarget: { ES2022: number }
  }
  export function create(options: { modules: object[], plugins: object[], context: { dev: boolean } }): Package
}

declare module '@custom-elements-manifest/analyzer/src/features/framework-plugins/lit/lit.js' {
  export function litPlugin(): object[]
}
