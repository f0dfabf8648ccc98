/** Styles of `<fcn-lesson>`, on the screen and as a handout on paper. */
import { css } from '../../vendor/lit.js'
import { base } from '../../elements/common/ui/base.js'
import { tokens } from '../../elements/common/ui/tokens.js'

const own = css`
  .root, article, .told, .question, .verdict, .taking { display: grid; grid-template-columns: minmax(0, 1fr);
    gap: var(--_3); }
  article { gap: var(--_4); }
  nav ol { display: flex; flex-wrap: wrap; gap: var(--_1); list-style: none; margin: 0; padding: 0; }
  nav button { min-height: 2.4rem; }
  nav button[aria-current='step'] { background: var(--_accent); border-color: var(--_accent);
    color: var(--_accent-ink); }
  .n { font-variant-numeric: tabular-nums; }
  .mark { font-size: var(--_xs); }
  .kept, .where, .wait, .sources { font-size: var(--_sm); color: var(--_soft); }
  .kept { display: flex; flex-wrap: wrap; gap: 0 var(--_2); align-items: center; }
  h3 { font-size: var(--fcn-text-lg, 1.1875rem); font-weight: 650; outline: none; }
  h3 .part { font-weight: 400; }
  .told { max-width: 72ch; }
  .question {
    padding: var(--_3) var(--_4); border: 1px solid var(--_edge); border-inline-start: 4px solid var(--_accent);
    border-radius: var(--_radius); background: var(--_sheet);
  }
  .question fieldset { display: grid; gap: var(--_2); max-width: 78ch; }
  .question legend { color: var(--_accent); margin-bottom: var(--_1); }
  label.asked { display: flex; flex-wrap: wrap; gap: var(--_2) var(--_3); align-items: center; }
  label.asked span { flex: 0 1 auto; }
  input[inputmode] {
    font: inherit; color: inherit; background: var(--_paper); border: 1px solid var(--_edge);
      border-radius: var(--_radius);
    min-height: var(--_touch); padding: 0 var(--_2); width: 9rem;
  }
  .option { display: flex; gap: var(--_2); align-items: center; min-height: 2.25rem; cursor: pointer; }
  .option input { width: 1.125rem; height: 1.125rem; margin: 0; flex: none; accent-color: var(--_accent); }
  fieldset:disabled .option { cursor: default; }
  .verdict { max-width: 72ch; gap: var(--_2); outline: none; }
  .verdict:empty { display: none; }
  .verdict .right { color: var(--_good); }
  .verdict .wrong, .trouble { color: var(--_bad); }
  .turning { justify-content: space-between; }
  .taking { justify-items: stretch; font-size: var(--_sm); }
  .taking summary { width: fit-content; display: list-item; list-style-position: inside;
    min-height: 0; padding: var(--_2) var(--_3); }
  textarea {
    font: var(--_xs) / 1.4 var(--fcn-mono, ui-monospace, monospace); color: inherit; background: var(--_sunken);
      width: 100%;
    border: 1px solid var(--_line); border-radius: var(--_radius); padding: var(--_2); resize: vertical;
  }
  footer { display: grid; gap: var(--_2); border-top: 1px solid var(--_line); padding-top: var(--_3); }
  .address { display: none; }
  @container fcn (min-width: 60rem) {
    .told { max-width: none; grid-template-columns: repeat(2, minmax(0, 68ch)); gap: var(--_3) 2.5rem; }
  }
  @container fcn (max-width: 40rem) {
    nav ol { gap: 2px; }
    nav button { padding-inline: var(--_2); min-width: 2.4rem; }
    nav .name { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
      white-space: nowrap; }
    .question { padding-inline: var(--_3); }
  }
  @media print {
    nav, .turning, .taking, .question .row, .wait { display: none; }
    .address { display: block; overflow-wrap: anywhere; font-size: var(--_xs); }
    .question { break-inside: avoid; }
    input[inputmode] { border: 0; border-bottom: 1px solid; border-radius: 0; }
  }
`

export const styles = [tokens, base, own]
