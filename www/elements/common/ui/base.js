/** What elements look like before their own styles: resets, type, native controls. */
import { css } from '../../../vendor/lit.js'

export const base = css`
  :host {
    display: block;
    container: fcn / inline-size;
    font: var(--_md) / 1.5 var(--fcn-font, system-ui, sans-serif);
    color: var(--_ink);
  }
  :host([hidden]) { display: none; }
  *, *::before, *::after { box-sizing: border-box; }
  [hidden] { display: none !important; }
  :lang(ko) { word-break: keep-all; overflow-wrap: anywhere; }
  h2, h3, p, ul, fieldset, figure { margin: 0; padding: 0; border: 0; min-width: 0; }
  ul { list-style: none; }
  :focus-visible { outline: var(--_focus); outline-offset: 2px; }
  button, select, summary, .button {
    font: inherit; font-size: var(--_sm); color: var(--_ink); background: var(--_sheet);
    border: 1px solid var(--_edge); border-radius: var(--_radius);
    min-height: var(--_touch); padding: var(--_1) var(--_3); cursor: pointer;
    display: inline-flex; align-items: center; justify-content: center; gap: var(--_2); line-height: 1.25;
  }
  button:hover, select:hover, summary:hover, .button:hover { border-color: var(--_accent); }
  button:disabled { opacity: 0.5; cursor: default; border-color: var(--_line); }
  .main { background: var(--_accent); border-color: var(--_accent); color: var(--_accent-ink); font-weight: 600; }
  .quiet {
    border-color: transparent; background: none; text-decoration: underline; text-underline-offset: 0.2em;
    color: var(--_accent); padding-inline: var(--_2);
  }
  .row { display: flex; flex-wrap: wrap; gap: var(--_2); align-items: center; }
  .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .num { font-variant-numeric: tabular-nums; }
  h3, legend, .heading { font-size: var(--_sm); font-weight: 600; padding: 0; }
  .field { display: grid; gap: var(--_1); font-size: var(--_sm); }
  .segments legend { margin-bottom: var(--_1); }
  .field > span, .segments legend { font-size: var(--_xs); font-weight: 400; color: var(--_soft); }
  .segments > div { display: flex; flex-wrap: wrap; }
  .segments label {
    position: relative; display: inline-flex; align-items: center; min-height: var(--_touch); padding: 0 var(--_3);
    font-size: var(--_sm); border: 1px solid var(--_edge); margin-inline-start: -1px; background: var(--_sheet);
    cursor: pointer;
  }
  .segments label:first-child { border-radius: var(--_radius) 0 0 var(--_radius); margin-inline-start: 0; }
  .segments label:last-child { border-radius: 0 var(--_radius) var(--_radius) 0; }
  .segments input { position: absolute; opacity: 0; inset: 0; width: 100%; height: 100%; margin: 0; cursor: pointer; }
  .segments label:has(:checked) {
    background: var(--_accent-soft); color: var(--_accent); font-weight: 600;
    box-shadow: inset 0 -3px 0 var(--_accent);
  }
  .segments label:has(:focus-visible) { outline: var(--_focus); outline-offset: 2px; z-index: 1; }
  .field input[type='range'] { width: 9rem; height: var(--_touch); accent-color: var(--_accent); margin: 0; }
  .check {
    display: inline-flex; align-items: center; gap: var(--_2); min-height: var(--_touch); font-size: var(--_sm);
    cursor: pointer;
  }
  .check input { width: 1.125rem; height: 1.125rem; accent-color: var(--_accent); margin: 0; flex: none; }
  .controls {
    display: flex; flex-wrap: wrap; gap: var(--_3) var(--_4); align-items: start; padding-block: var(--_2);
    border-block: 1px solid var(--_line);
  }
  .panel { display: grid; gap: var(--_2); }
  .panel + .panel { border-top: 1px solid var(--_line); padding-top: var(--_3); }
  .hint { font-size: var(--_sm); color: var(--_soft); }
  /* What is wider than its place, a table most often: a shadow on the side where more of it lies. What covers it there
     at the end of the way scrolls along. */
  .scroll {
    overflow-x: auto; max-width: 100%; --_shade: color-mix(in srgb, var(--_ink) 35%, transparent);
    background:
      linear-gradient(to right, var(--_paper) 50%, transparent) 0 0 / 2rem 100% local,
      linear-gradient(to left, var(--_paper) 50%, transparent) 100% 0 / 2rem 100% local,
      linear-gradient(to right, var(--_shade), transparent) 0 0 / 0.75rem 100% scroll,
      linear-gradient(to left, var(--_shade), transparent) 100% 0 / 0.75rem 100% scroll
      var(--_paper);
    background-repeat: no-repeat;
  }
  @media (forced-colors: active) { .scroll { background: none; } }
  .file { position: relative; }
  .file input { position: absolute; inset: 0; opacity: 0; width: 100%; height: 100%; cursor: pointer; font-size: 0; }
  .file:has(:focus-visible) { outline: var(--_focus); outline-offset: 2px; }
  .bar { display: block; height: 3px; background: var(--_line); }
  .bar i { display: block; height: 100%; background: var(--_ink); forced-color-adjust: none; }
  a { color: var(--_accent); text-underline-offset: 0.2em; }
  @container fcn (max-width: 26rem) {
    .segments label { padding-inline: 0.375rem; }
    .field.grow, .field.grow input { width: 100%; }
  }
  @media (forced-colors: active) {
    .segments label:has(:checked) { forced-color-adjust: none; background: SelectedItem; color: SelectedItemText; }
    button, select, summary { border: 1px solid ButtonText; }
    .main { forced-color-adjust: none; background: Highlight; color: HighlightText; }
  }
  @media print {
    .controls { display: none; }
  }
`
