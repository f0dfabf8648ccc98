/**
 * Colours, sizes and the look of controls, one set for every element. Tokens come from the page where it sets them
 * (styles/tokens.css); the fallbacks here make an element whole on any other page.
 */
import { css } from '../../../vendor/lit.js'

/** Custom properties alone. */
export const tokens = css`
  :host {
    --_paper: var(--fcn-paper, light-dark(#faf8f3, #16181b));
    --_sheet: var(--fcn-sheet, light-dark(#fffefb, #1d2024));
    --_sunken: var(--fcn-sunken, light-dark(#f1ede4, #111315));
    --_grid: var(--fcn-grid, light-dark(#ece7db, #1f2226));
    --_line: var(--fcn-line, light-dark(#d8d1c2, #34383e));
    --_edge: var(--fcn-edge, light-dark(#857d6d, #7b828c));
    --_ink: var(--fcn-ink, light-dark(#23262b, #e9e6df));
    --_soft: var(--fcn-ink-soft, light-dark(#5a5c5f, #a9abae));
    --_accent: var(--fcn-accent, light-dark(#1d5a9e, #86b8f2));
    --_accent-ink: var(--fcn-accent-ink, light-dark(#fff, #10151b));
    --_accent-soft: var(--fcn-accent-soft, light-dark(#e3edf7, #22303f));
    --_bad: var(--fcn-bad, light-dark(#a3261f, #f2a099));
    --_bad-soft: var(--fcn-bad-soft, light-dark(#fbeae7, #3a2220));
    --_warn: var(--fcn-warn, light-dark(#7a5200, #e8c070));
    --_warn-soft: var(--fcn-warn-soft, light-dark(#fbf1dc, #33291a));
    --_xs: var(--fcn-text-xs, 0.8125rem);
    --_sm: var(--fcn-text-sm, 0.875rem);
    --_md: var(--fcn-text-md, 1rem);
    --_1: var(--fcn-space-1, 0.25rem);
    --_2: var(--fcn-space-2, 0.5rem);
    --_3: var(--fcn-space-3, 0.75rem);
    --_4: var(--fcn-space-4, 1rem);
    --_5: var(--fcn-space-5, 1.5rem);
    --_radius: var(--fcn-radius, 3px);
    --_touch: var(--fcn-touch, 2.75rem);
    --_cursor: var(--fcn-cursor, light-dark(#b3105a, #ff8fbd));
    --_good: var(--fcn-good, light-dark(#1e6b3c, #8fd0a5));
    --_focus: var(--fcn-focus, 2px solid var(--_accent));
  }
`

/** Resets, type, and the look of native controls. */
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
  .quiet { border-color: transparent; background: none; text-decoration: underline; text-underline-offset: 0.2em; color: var(--_accent); padding-inline: var(--_2); }
  .row { display: flex; flex-wrap: wrap; gap: var(--_2); align-items: center; }
  .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .num { font-variant-numeric: tabular-nums; }
  h3, legend, .heading { font-size: var(--_sm); font-weight: 600; padding: 0; }
  .field { display: grid; gap: var(--_1); font-size: var(--_sm); }
  .segments legend { margin-bottom: var(--_1); }
  .field > span, .segments legend { font-size: var(--_xs); font-weight: 400; color: var(--_soft); }
  .segments > div { display: flex; flex-wrap: wrap; }
  .segments label { position: relative; display: inline-flex; align-items: center; min-height: var(--_touch); padding: 0 var(--_3); font-size: var(--_sm); border: 1px solid var(--_edge); margin-inline-start: -1px; background: var(--_sheet); cursor: pointer; }
  .segments label:first-child { border-radius: var(--_radius) 0 0 var(--_radius); margin-inline-start: 0; }
  .segments label:last-child { border-radius: 0 var(--_radius) var(--_radius) 0; }
  .segments input { position: absolute; opacity: 0; inset: 0; width: 100%; height: 100%; margin: 0; cursor: pointer; }
  .segments label:has(:checked) { background: var(--_accent-soft); color: var(--_accent); font-weight: 600; box-shadow: inset 0 -3px 0 var(--_accent); }
  .segments label:has(:focus-visible) { outline: var(--_focus); outline-offset: 2px; z-index: 1; }
  .field input[type='range'] { width: 9rem; height: var(--_touch); accent-color: var(--_accent); margin: 0; }
  .check { display: inline-flex; align-items: center; gap: var(--_2); min-height: var(--_touch); font-size: var(--_sm); cursor: pointer; }
  .check input { width: 1.125rem; height: 1.125rem; accent-color: var(--_accent); margin: 0; flex: none; }
  .controls { display: flex; flex-wrap: wrap; gap: var(--_3) var(--_4); align-items: start; padding-block: var(--_2); border-block: 1px solid var(--_line); }
  .panel { display: grid; gap: var(--_2); }
  .panel + .panel { border-top: 1px solid var(--_line); padding-top: var(--_3); }
  .hint { font-size: var(--_sm); color: var(--_soft); }
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
