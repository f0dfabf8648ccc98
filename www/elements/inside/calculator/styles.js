/** Styles of the layer calculator. */
import { css } from '../../../vendor/lit.js'

export const calculatorStyles = css`
  .written { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_3); }
  textarea {
    font: var(--_sm) / 1.5 var(--fcn-mono, ui-monospace, Menlo, Consolas, monospace); color: var(--_ink);
    background: var(--_sheet); border: 1px solid var(--_edge); border-radius: var(--_radius);
    padding: var(--_2) var(--_3); width: 100%; resize: vertical; tab-size: 4;
  }
  legend { font-size: var(--_sm); }
  .sides { display: flex; flex-wrap: wrap; gap: var(--_2) var(--_3); margin-top: var(--_1); }
  .sides .number { width: 5rem; }
  .sides .grow { flex: 1 1 12rem; }
  .sides .grow input[type='range'] { width: 100%; }
  .verdict { font-weight: 600; max-width: 88ch; }
  .soft { color: var(--_soft); font-weight: 400; }
  .unread {
    gap: var(--_2); padding: var(--_2) var(--_3); background: var(--_warn-soft);
    border-inline-start: 4px solid var(--_warn); border-radius: var(--_radius);
  }
  .unread ul { display: grid; gap: var(--_1); }
  .unread li { display: flex; flex-wrap: wrap; gap: 0 var(--_2); align-items: baseline; font-size: var(--_sm); }
  .unread li span { flex: 1 1 14rem; }
  .unread .quiet { padding-inline: 0; min-height: 1.75rem; color: var(--_ink); }
  .findings { display: grid; gap: var(--_3); max-width: 88ch; }
  .findings > li {
    border-inline-start: 3px solid var(--_line); padding-inline-start: var(--_3); display: grid; gap: var(--_1);
    justify-items: start;
  }
  .findings > li:has(.bad) { border-color: var(--_bad); }
  .findings ul { display: grid; gap: var(--_1); }
  .findings ul li { display: flex; gap: var(--_2); font-size: var(--_sm); }
  .findings .sign { flex: none; width: 1em; text-align: center; font-weight: 700; }
  .findings .bad .sign { color: var(--_bad); }
  .findings .good { color: inherit; }
  .findings .good .sign { color: var(--_good); }
  .findings a { font-size: var(--_sm); min-height: 1.75rem; display: inline-flex; align-items: center; }
  .scroll tr.bad th { color: var(--_bad); }
  .scroll tr.stop > * { background: var(--_bad-soft); }
  .scroll tr.left-out { color: var(--_soft); text-decoration: line-through; }
  .scroll tr.left-out td { text-decoration: none; }
  .scroll tfoot th, .scroll tfoot td { border-bottom: 0; font-weight: 600; }
`
