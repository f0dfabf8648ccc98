/** Styles of `<fcn-model-card>`, and what Plot's own style sheets would say. */
import { css } from '../../vendor/lit.js'

export const cardStyles = css`
  :host {
    display: block; container-type: inline-size; min-width: 0;
    --_paper: var(--fcn-sheet, light-dark(#fffefb, #1d2024));
    --_ink: var(--fcn-ink, light-dark(#23262b, #e9e6df));
    --_soft: var(--fcn-ink-soft, light-dark(#5a5c5f, #a9abae));
    --_line: var(--fcn-line, light-dark(#d8d1c2, #34383e));
    --_sunken: var(--fcn-sunken, light-dark(#f1ede4, #111315));
    --_action: var(--fcn-accent, light-dark(#1d5a9e, #86b8f2));
    --_bad: var(--fcn-bad, light-dark(#a3261f, #f2a099));
    --_line-a: light-dark(#b86e00, #e0a84a);
    --_line-b: light-dark(#5a5c5f, #a9abae);
    --_line-c: var(--_action);
    color: var(--_ink); font: var(--fcn-text-md, 1rem) / 1.5 var(--fcn-font, system-ui, sans-serif);
  }
  * { box-sizing: border-box; }
  .card { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.75rem; }
  .card:lang(ko) { word-break: keep-all; overflow-wrap: anywhere; }
  section { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.6rem; }
  h3, h4, p, dl, dd, figure, ul { margin: 0; }
  h3 { font-size: var(--fcn-text-lg, 1.1875rem); }
  h4 { font-size: 1rem; }
  p { max-width: 72ch; }
  .soft, figcaption { color: var(--_soft); }
  dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.25rem 1rem; max-width: 80ch; }
  dt { grid-column: 1; color: var(--_soft); }
  dd { grid-column: 2; }
  @container (max-width: 24rem) { dl { grid-template-columns: minmax(0, 6rem) minmax(0, 1fr); } }
  ul { padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 0.35rem 1rem; }
  ul.plain { display: grid; gap: 0.3rem; list-style: disc; padding-inline-start: 1.2rem; }
  .chip { display: inline-flex; align-items: center; gap: 0.4rem; }
  .dot { width: 0.9rem; height: 0.9rem; border: 1px solid var(--fcn-edge, currentColor); flex: none; }
  .scroll { overflow-x: auto; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: var(--fcn-text-sm, 0.875rem); }
  td.num { white-space: nowrap; }
  th.num, th[scope='row'] { overflow-wrap: normal; }
  @container (max-width: 24rem) { th, td { padding-inline-end: 0.4rem; } }
  caption { text-align: start; color: var(--_soft); }
  th, td { border-bottom: 1px solid var(--_line); padding: 0.2rem 0.7rem 0.2rem 0; text-align: start; vertical-align: top; font-weight: 400; }
  td.num, th.num { text-align: end; }
  thead th { color: var(--_soft); }
  .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); gap: 1.25rem; }
  .charts > figure { min-width: 0; }
  .told { border-inline-start: 4px solid var(--_action); padding-inline-start: 0.8rem; display: grid; gap: 0.5rem; }
  .failures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 1rem; }
  .failures figure { display: grid; gap: 0.4rem; align-content: start; }
  .failures img { width: 100%; height: auto; display: block; }
  .bad { color: var(--_bad); }
  .field { display: grid; gap: 0.25rem; justify-items: start; color: var(--_soft); font-size: var(--fcn-text-sm, 0.875rem); }
  select { font: inherit; font-size: var(--fcn-text-md, 1rem); color: var(--_ink); background: var(--_paper); border: 1px solid var(--fcn-edge, currentColor); border-radius: var(--fcn-radius, 3px);
    min-height: var(--fcn-touch, 2.75rem); max-width: 100%; padding: 0.25rem 0.5rem; }
  .row { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-items: center; }
  a { color: var(--_action); text-underline-offset: 0.2em; }
  a.button, button { font: inherit; color: inherit; background: var(--_paper); border: 1px solid var(--fcn-edge, currentColor); border-radius: var(--fcn-radius, 3px);
    min-height: var(--fcn-touch, 2.75rem); padding: 0.25rem 0.8rem; display: inline-flex; align-items: center; text-decoration: none; cursor: pointer; }
  a.button:hover, button:hover { border-color: var(--_action); color: var(--_action); }
  :focus-visible { outline: var(--fcn-focus, 2px solid var(--_action)); outline-offset: 2px; }
  summary { cursor: pointer; color: var(--_soft); min-height: 1.6rem; }
  .chart { display: block; max-width: 100%; height: auto; color: var(--_ink); font: 12px var(--fcn-font, system-ui, sans-serif); }
  .chart text { white-space: pre; }
`
