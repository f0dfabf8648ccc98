/** Styles of the offset ruler. */
import { css } from '../../../vendor/lit.js'

export const rulerStyles = css`
  button[aria-pressed='true'] {
    background: var(--_accent-soft); color: var(--_accent); border-color: var(--_accent); font-weight: 600;
    box-shadow: inset 0 -3px 0 var(--_accent);
  }
  .pair { display: flex; gap: var(--_2); align-items: center; }
  .pair input[type='range'] { flex: 1 1 9rem; min-width: 0; }
  .number {
    font: inherit; font-size: var(--_sm); color: var(--_ink); background: var(--_sheet); text-align: end;
    border: 1px solid var(--_edge); border-radius: var(--_radius); min-height: var(--_touch); width: 4.25rem;
    padding: 0 var(--_2); font-variant-numeric: tabular-nums;
  }
  [aria-invalid='true'] {
    border-color: var(--_bad); border-width: 2px; background: var(--_bad-soft); color: var(--_bad);
  }
  .field .wrong { max-width: 18rem; }
  .wrong { color: var(--_bad); }
  .good { color: var(--_good); }
  .outcome { display: grid; gap: var(--_1); max-width: 78ch; min-height: 4.6rem; }
  .outcome .big { font-size: var(--fcn-text-lg, 1.1875rem); font-weight: 650; }
  .looked { display: grid; gap: var(--_2); }
  .looked .controls { border-block-end: 0; padding-block-end: 0; }
  .seen { font-variant-numeric: tabular-nums; min-height: 3em; max-width: 78ch; }
  .strips { overflow: hidden; cursor: crosshair; touch-action: pan-y; }
  .strips svg { display: block; shape-rendering: crispEdges; }
  .strips text {
    paint-order: stroke; stroke: var(--_paper); stroke-width: 3px; font-size: 12px; fill: var(--_soft);
    font-variant-numeric: tabular-nums;
  }
  .strips .name { fill: var(--_ink); font-weight: 600; }
  .strips .band { fill: var(--_sheet); }
  .strips .pixels .band { fill: var(--_accent-soft); }
  .strips .skip .band { fill: var(--_sunken); }
  .strips .line { stroke: var(--_line); fill: none; }
  .strips .frame { stroke: var(--_edge); fill: none; }
  .strips .beside { fill: url(#beside-lines); }
  .strips .cropped { fill: url(#beside-lines); stroke: var(--_edge); stroke-dasharray: 2 2; }
  .strips .missing { fill: url(#missing-lines); stroke: var(--_bad); }
  path.missing-lines { stroke: var(--_bad); stroke-width: 1.5; shape-rendering: auto; }
  path.beside-lines { stroke: var(--_line); shape-rendering: auto; }
  .strips .photo-edge { stroke: var(--_ink); stroke-dasharray: 3 3; fill: none; opacity: 0.55; pointer-events: none; }
  .strips .lit { fill: color-mix(in srgb, var(--_accent) 28%, transparent); stroke: var(--_accent); stroke-width: 1; }
  .strips .lit.one { fill: var(--_accent); }
  .strips .cone { fill: color-mix(in srgb, var(--_accent) 10%, transparent); shape-rendering: auto; }
  .strips path.measure { stroke: var(--_ink); fill: none; }
  .strips text.measure { fill: var(--_ink); font-weight: 650; }
  .strips rect.gone { fill: none; stroke: var(--_bad); stroke-dasharray: 4 3; }
  .strips text.gone { fill: var(--_bad); }
  .numbers summary { justify-self: start; width: max-content; max-width: 100%; }
  .scroll table { border-collapse: collapse; font-size: var(--_sm); font-variant-numeric: tabular-nums; }
  .scroll th, .scroll td {
    text-align: start; font-weight: 400; padding: var(--_1) var(--_3) var(--_1) 0; white-space: nowrap;
    border-bottom: 1px solid var(--_line); vertical-align: top;
  }
  .scroll thead th { color: var(--_soft); }
  .scroll .num { text-align: end; }
  @container fcn (max-width: 26rem) {
    .field.grow .number { width: 4.25rem; }
    .field.grow .pair input[type='range'] { width: auto; }
  }
  @media (forced-colors: active) {
    .strips .lit { fill: Highlight; }
    button[aria-pressed='true'] { forced-color-adjust: none; background: SelectedItem; color: SelectedItemText; }
  }
`
