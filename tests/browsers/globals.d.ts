/// <reference path="../../www/elements/segment/tags.d.ts" />
/// <reference path="../../www/elements/upsample/tags.d.ts" />

/** The first element that matches and has the text, also below shadow roots (watch.js). */
declare function found(selector: string, text?: string): Element | undefined
/** What went wrong in the page and its worker so far. */
declare const faults: string[]
