/** Styles of `<fcn-upsample-learn>`; the figure around it sets the colours. */
import { css } from '../../../vendor/lit.js'

export const learnStyles = css`
  :host { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.6em; padding-block: 0.5em; min-width: 0; }
  * { box-sizing: border-box; }
  p, h3, dl, dd, figure { margin: 0; }
  p { max-width: 62em; }
  h3 { font-size: 1em; }
  section {
    display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.6em; border-top: 1px solid var(--_line);
    padding-top: 0.6em;
  }
  .note, .soft { color: var(--_soft); }
  .row { display: flex; flex-wrap: wrap; gap: 0.5em 1em; align-items: center; min-width: 0; }
  label { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 0.2em 0.4em; max-width: 100%; }
  select, button, .button, input[type='number'] {
    font: inherit; color: inherit; background: var(--_sheet); border: 1px solid var(--_edge);
    border-radius: var(--fcn-radius, 3px); min-height: 2.1em; padding: 0.15em 0.6em; max-width: 100%;
  }
  button, .button { cursor: pointer; }
  input[type='number'] { width: 5.5em; }
  button:hover:not(:disabled), .button:hover { border-color: var(--_accent); color: var(--_accent); }
  button:disabled { color: var(--_soft); border-color: var(--_line); cursor: default; }
  button.main { background: var(--_accent); color: var(--_accent-ink); border-color: var(--_accent); }
  button.main:hover:not(:disabled) { color: var(--_accent-ink); filter: brightness(1.1); }
  button.main:disabled { background: none; color: var(--_soft); border-color: var(--_line); }
  button[aria-pressed='true'] { border-color: var(--_accent); box-shadow: inset 0 0 0 1px var(--_accent); }
  :focus-visible, .button:focus-within { outline: var(--fcn-focus, 2px solid var(--_accent)); outline-offset: 2px; }
  input[type='checkbox'] { accent-color: var(--_accent); width: 1.15em; height: 1.15em; margin: 0; }
  input[type='range'] { accent-color: var(--_accent); width: 16em; max-width: 100%; margin: 0; height: 1.7em; }
  .rate output { min-width: 3.5em; }
  .num { font-variant-numeric: tabular-nums; }
  .facts { display: flex; flex-wrap: wrap; gap: 0.3em 1.6em; background: var(--_sunken); padding: 0.5em 0.8em; }
  dt { color: var(--_soft); font-size: 0.9em; }
  dd { font-weight: 600; }
  /* Two lines, so that what is below stays where it is when the sentence changes. */
  .verdict { min-height: 3em; }
  .bad { color: var(--_bad); }
  .good { border-inline-start: 4px solid var(--_good); padding-inline-start: 0.6em; }
  .problem { border-inline-start: 4px solid var(--_bad); background: var(--_bad-soft); padding: 0.5em 0.8em; }
  .boards { display: flex; flex-wrap: wrap; gap: 0.8em 0.9em; align-items: flex-end; min-width: 0; }
  figcaption { font-size: 0.9em; font-weight: 600; margin-bottom: 0.25em; contain: inline-size; }
  figcaption .soft { font-weight: 400; }
  .middle { align-self: center; }
  .op { align-self: center; color: var(--_soft); }
  .board { display: inline-block; line-height: 0; max-width: 100%; min-width: 6.5em; overflow: auto; }
  .board canvas, .board svg { display: block; }
  [data-board='map'] { cursor: crosshair; }
  .curve { min-width: 0; max-width: 100%; }
  .curve .note { font-size: 0.9em; max-width: 36em; }
  details { border-top: 1px solid var(--_line); padding-top: 0.4em; }
  summary { cursor: pointer; min-height: 1.7em; }
  .scroll { overflow: auto; max-height: 24em; margin-block: 0.5em; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.9em; }
  caption { text-align: start; font-weight: 600; }
  th, td { border: 1px solid var(--_line); padding: 0.1em 0.5em; text-align: end; }
  th { color: var(--_soft); font-weight: 400; }
  .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  @container (max-width: 40rem) {
    button, .button, select, input[type='number'] { min-height: 2.75rem; }
    label.button { padding-block: 0.55rem; }
  }
  @media print { .row { display: none; } }
`
