/**
 * The look of `<fcn-upsample>`. Colours and fonts are the page's `--fcn-*` tokens where there
 * are any, else their fallbacks; `light-dark()` follows the `color-scheme` of the host page. Names
 * and values are those of common/ui/tokens.js, of which this figure can't afford all.
 * The rooms are sized by the element's own width (container queries), never the window's.
 */
import { css } from '../../vendor/lit.js'

export const styles = css`
  :host {
    display: block;
    container-type: inline-size;
    --_sheet: var(--fcn-sheet, light-dark(#fffefb, #1d2024));
    --_ink: var(--fcn-ink, light-dark(#23262b, #e9e6df));
    --_soft: var(--fcn-ink-soft, light-dark(#5a5c5f, #a9abae));
    --_line: var(--fcn-line, light-dark(#d8d1c2, #34383e));
    --_edge: var(--fcn-edge, light-dark(#857d6d, #7b828c));
    --_sunken: var(--fcn-sunken, light-dark(#f1ede4, #111315));
    --_accent: var(--fcn-accent, light-dark(#1d5a9e, #86b8f2));
    --_accent-ink: var(--fcn-accent-ink, light-dark(#ffffff, #10151b));
    --_bad: var(--fcn-bad, light-dark(#a3261f, #f2a099));
    --_bad-soft: var(--fcn-bad-soft, light-dark(#fbeae7, #3a2220));
    --_good: var(--fcn-good, light-dark(#1e6b3c, #8fd0a5));
    --_cursor: var(--fcn-cursor, light-dark(#b3105a, #ff8fbd));
    --_positive: var(--fcn-positive, light-dark(#3f86cc, #3f7fc4));
    --_negative: var(--fcn-negative, light-dark(#d9822b, #b9651a));
    --_heat: var(--fcn-heat, light-dark(#178a72, #1f8a74));
    color: var(--_ink);
    font-family: var(--fcn-font, system-ui, -apple-system, 'Segoe UI', 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', sans-serif);
    line-height: 1.5;
    text-align: start;
  }
  :host([hidden]) { display: none; }
  @media (forced-colors: active) {
    :host {
      --_sheet: Canvas; --_ink: CanvasText; --_soft: CanvasText; --_line: CanvasText; --_edge: CanvasText;
      --_cursor: Highlight;
    }
  }
  * { box-sizing: border-box; }
  .figure {
    font-size: clamp(0.875rem, 0.72rem + 0.42cqi, 1.5rem);
    display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.8em; min-width: 0;
    background: var(--_sheet); border: 1px solid var(--_line); border-radius: var(--fcn-radius, 3px);
    padding: clamp(0.5rem, 2cqi, 1.2rem);
  }
  .figure:lang(ko) { word-break: keep-all; overflow-wrap: anywhere; }
  .bar { display: flex; flex-wrap: wrap; gap: 0.5em 1em; align-items: center; }
  p, figure, fieldset, h3 { margin: 0; }
  fieldset { border: 0; padding: 0; min-width: 0; }
  .note { color: var(--_soft); max-width: 62em; }
  label { display: inline-flex; align-items: center; gap: 0.4em; max-width: 100%; }
  .label { color: var(--_soft); flex: none; }
  select, button, input:not([type='range'], [type='checkbox'], [type='radio']), textarea {
    font: inherit; color: inherit; background: var(--_sheet);
    border: 1px solid var(--_edge); border-radius: var(--fcn-radius, 3px);
    min-height: 2.1em; padding: 0.15em 0.5em;
  }
  select { max-width: 100%; min-width: 0; text-overflow: ellipsis; }
  button { cursor: pointer; }
  button:hover:not(:disabled) { border-color: var(--_accent); color: var(--_accent); }
  button:disabled { color: var(--_soft); border-color: var(--_line); cursor: default; }
  button.main { background: var(--_accent); color: var(--_accent-ink); border-color: var(--_accent); }
  button.main:hover:not(:disabled) { color: var(--_accent-ink); filter: brightness(1.1); }
  :focus-visible { outline: var(--fcn-focus, 2px solid var(--_accent)); outline-offset: 2px; }
  input[type='range'] { accent-color: var(--_accent); min-width: 0; margin: 0; height: 1.7em; }
  input[type='checkbox'], input[type='radio'] {
    accent-color: var(--_accent); width: 1.15em; height: 1.15em; margin: 0; flex: none;
  }

  .views {
    display: flex; flex-wrap: wrap; border: 1px solid var(--_edge); border-radius: var(--fcn-radius, 3px);
    overflow: hidden;
  }
  .views label { position: relative; padding: 0.25em 0.8em; min-height: 2.1em; cursor: pointer; }
  .views input { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0; cursor: pointer; }
  .views label:has(:checked) { background: var(--_accent); color: var(--_accent-ink); font-weight: 600; }
  .views label:has(:focus-visible) { outline: 2px solid var(--_ink); outline-offset: -4px; }

  details { border-top: 1px solid var(--_line); padding-top: 0.4em; }
  summary { cursor: pointer; min-height: 1.7em; }
  .settings { border: 0; padding: 0; }
  .fields {
    display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 10.2em), 1fr)); gap: 0.3em 1.4em;
    padding-block: 0.4em; align-items: end;
  }
  .field { display: grid; grid-template-columns: minmax(3em, 1fr) 3.6em; gap: 0 0.5em; align-items: center; }
  .field > span:first-child { grid-column: 1 / -1; }
  .field .half {
    grid-column: 1 / -1; display: grid; grid-template-columns: 4em minmax(1.5em, 1fr) 3.4em; gap: 0.35em;
    align-items: center;
  }
  .field .half input[type='range'] { min-width: 0; }
  .field .half + .half { margin-top: 0.2em; }
  .fields > label { min-height: 2.1em; grid-column: span 2; }
  /* Stays in the tree, so that what comes into it is announced, without taking a row's gap. */
  .quiet { position: absolute; }
  .field input[type='text'] { width: 100%; text-align: end; font-variant-numeric: tabular-nums; }
  [aria-invalid='true'] {
    border-color: var(--_bad) !important; border-width: 2px !important; background: var(--_bad-soft) !important;
    color: var(--_bad) !important;
  }

  .formula {
    display: flex; flex-wrap: wrap; gap: 0 1.4em; font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
  }
  .formula .plain { color: var(--_soft); }
  .formula strong { white-space: nowrap; }
  .bad { color: var(--_bad); }
  .good { color: var(--_good); }
  .problem {
    border-inline-start: 4px solid var(--_bad); background: var(--_bad-soft); padding: 0.5em 0.8em; display: grid;
    gap: 0.4em;
  }
  .problem .bar { gap: 0.5em; }

  .boards { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.2em; min-width: 0; }
  .boards.old { outline: 2px dashed var(--_bad); outline-offset: 4px; }
  .row { display: flex; flex-wrap: wrap; align-items: center; gap: 0.8em; min-width: 0; }
  .row > figure { min-width: 0; max-width: 100%; }
  .side { display: grid; grid-template-columns: min-content; }
  .side figcaption strong { white-space: nowrap; }
  figcaption {
    font-size: 0.9em; margin-bottom: 0.25em; display: flex; flex-wrap: wrap; gap: 0.2em 0.8em; align-items: center;
  }
  figcaption strong { font-weight: 600; }
  figcaption select { min-height: 1.9em; font-size: 0.9em; }
  .op { font-size: 1.5em; color: var(--_soft); }
  .board {
    display: inline-block; line-height: 0; max-width: 100%; overflow: auto; touch-action: pan-x pan-y;
    cursor: crosshair;
  }
  .board canvas, .board svg { display: block; image-rendering: auto; }
  .covered {
    display: grid; place-items: center; min-height: 9em; width: min(100%, 24em); padding: 1em;
    border: 2px dashed var(--_edge); color: var(--_soft); text-align: center;
  }
  .covered b { font-size: 2.4em; line-height: 1; color: var(--_ink); }
  .cells { display: grid; border: 1px solid var(--_edge); width: max-content; gap: 1px; background: var(--_line); }
  .cells input.cell {
    border: 0; border-radius: 0; padding: 0; margin: 0; min-height: 0; text-align: center; width: 100%; height: 100%;
    font-variant-numeric: tabular-nums; font-size: 0.95em; background: transparent; min-width: 0;
  }
  .cells .slot { display: grid; }
  .cells input.cell:focus-visible { outline-offset: -3px; }
  .cells .lit { outline: 3px solid var(--_cursor); outline-offset: -3px; }
  .edit { margin-top: 0.3em; }
  .edit input { width: 4.5em; }
  .row.top { align-items: flex-start; }
  .legend {
    contain: inline-size; min-width: 15em; max-width: 100%; margin-top: 0.3em; display: flex; flex-wrap: wrap;
    gap: 0.2em 1.2em; font-size: 0.85em; color: var(--_soft);
  }
  .swatch {
    display: inline-block; width: 1.1em; height: 0.8em; border: 1px solid var(--_edge); margin-inline-end: 0.3em;
    vertical-align: -0.05em;
  }
  .swatch.positive { background: var(--_positive); }
  .swatch.negative { background: var(--_negative); }
  .swatch.heat { background: linear-gradient(to right, var(--_sheet), var(--_heat)); width: 2.5em; }

  .dock { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.6em; }
  .now {
    background: var(--_sunken); padding: 0.6em 0.8em; min-height: 6.3em; display: grid; gap: 0.15em;
    align-content: start; border-inline-start: 4px solid var(--_cursor);
  }
  .now .sum {
    font-family: var(--fcn-mono, ui-monospace, Menlo, Consolas, monospace); font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere; max-height: 6em; overflow: auto;
  }
  .now .lead { font-weight: 600; }
  .transport {
    display: grid; grid-template-columns: auto minmax(8em, 1fr) auto; gap: 0.5em 0.8em; align-items: center;
  }
  .buttons { display: flex; gap: 0.25em; }
  .buttons button { min-width: 2.6em; min-height: 2.6em; padding: 0; display: grid; place-items: center; }
  .buttons svg { width: 1.2em; height: 1.2em; fill: currentColor; }
  .scrub { display: flex; gap: 0.6em; align-items: center; min-width: 0; }
  .scrub input { flex: 1; }
  .scrub output { white-space: nowrap; font-variant-numeric: tabular-nums; }
  .ask { border-inline-start: 4px solid var(--_accent); padding: 0.4em 0.8em; display: grid; gap: 0.4em; }
  .ask input { width: 5em; }
  .code {
    display: block; white-space: pre-wrap; overflow-wrap: anywhere;
    font-family: var(--fcn-mono, ui-monospace, Menlo, Consolas, monospace); font-size: 0.9em;
    background: var(--_sunken); padding: 0.5em 0.7em;
  }
  .stack { display: grid; gap: 0.5em; padding-block: 0.5em; min-width: 0; }
  .scroll { overflow: auto; max-height: 24em; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.9em; }
  caption { text-align: start; font-weight: 600; }
  th, td { border: 1px solid var(--_line); padding: 0.1em 0.5em; text-align: end; }
  th { color: var(--_soft); font-weight: 400; }
  .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .probe {
    position: absolute; visibility: hidden; width: 0; height: 0; forced-color-adjust: none; transition: color 1ms;
  }

  .probe[data-colour='sheet'] { color: var(--_sheet); }
  .probe[data-colour='ink'] { color: var(--_ink); }
  .probe[data-colour='soft'] { color: var(--_soft); }
  .probe[data-colour='line'] { color: var(--_line); }
  .probe[data-colour='cursor'] { color: var(--_cursor); }
  .probe[data-colour='positive'] { color: var(--_positive); }
  .probe[data-colour='negative'] { color: var(--_negative); }
  .probe[data-colour='heat'] { color: var(--_heat); }

  /* Where there is height for it, step and transport stay in sight above tall boards. */
  @container (min-width: 40rem) {
    @media (min-height: 54rem) {
      .dock {
        position: sticky; inset-block-start: 0; background: var(--_sheet); padding-block: 0.4em;
        border-block-end: 1px solid var(--_line); z-index: 1;
      }
      .dock .now { min-height: 5.2em; padding-block: 0.35em; }
      .boards :focus-visible { scroll-margin-top: 13em; }
    }
  }
  @container (max-width: 40rem) {
    .transport { grid-template-columns: 1fr auto; }
    .scrub { grid-column: 1 / -1; grid-row: 1; }
    .fields { grid-template-columns: minmax(0, 1fr); }
    .fields > label { grid-column: auto; }
    .field { grid-template-columns: 6.6em minmax(2em, 1fr) 3.8em; }
    .field > span:first-child { grid-column: 1; }
    .field .half { grid-column: 2 / -1; grid-template-columns: 3.4em minmax(2em, 1fr) 3.8em; }
    .buttons button { min-width: 2.75rem; min-height: 2.75rem; }
    .now { min-height: 8em; }
    .views label { padding-inline: 0.55em; }
  }
  @container (max-width: 26rem) {
    .transport { grid-template-columns: 1fr; }
    .buttons { justify-content: space-between; }
  }
  @media (forced-colors: active) {
    .views label:has(:checked), .swatch { forced-color-adjust: none; }
    .views label:has(:checked) { background: Highlight; color: HighlightText; }
    .cells .slot { forced-color-adjust: none; }
  }
  @media print { .bar.tools, .transport, .settings, .tables { display: none; } }
`
