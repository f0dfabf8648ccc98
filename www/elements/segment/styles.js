/** Styles of `<fcn-segment>`. */
import { css } from '../../vendor/lit.js'

export const segmentStyles = css`
  :host { display: block; container: fcn-segment / inline-size; }
  :host([hidden]) { display: none; }
  .root { display: grid; gap: var(--_4) var(--_5); grid-template-columns: minmax(0, 1fr); }
  .work, .side { display: grid; gap: var(--_3); align-content: start; min-width: 0; }
  .side { gap: var(--_4); }
  h3, legend, .heading { font-size: var(--_sm); font-weight: 600; padding: 0; }

  /* Stage */
  .stage {
    position: relative; width: 100%; aspect-ratio: var(--ratio, 1.5); max-height: min(66svh, 80rem);
    min-height: min(12rem, 60cqw); overflow: hidden; border: 1px solid var(--_line); border-radius: var(--_radius);
    background: var(--_sunken); isolation: isolate;
  }
  .stage.compare { aspect-ratio: auto; max-height: none; background: none; border: 0; overflow: visible; border-radius: 0; }
  .panes { position: absolute; inset: 0; display: grid; }
  .compare .panes { position: static; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: var(--_2); }
  .panes figure { position: relative; display: grid; grid-template-rows: minmax(0, 1fr); }
  .compare figure { grid-template-rows: auto auto; }
  .compare fcn-segment-pane { aspect-ratio: var(--ratio, 1.5); max-height: max(38svh, 14rem); border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_sunken); }
  figcaption { font-size: var(--_xs); display: flex; flex-wrap: wrap; gap: 0 var(--_3); justify-content: space-between; padding-top: var(--_1); color: var(--_soft); }
  figcaption b { color: var(--_ink); }
  figcaption .key { display: inline-flex; gap: var(--_1); align-items: center; }
  .dot { width: 0.75em; height: 0.75em; border: 1px solid var(--_ink); flex: none; forced-color-adjust: none; }
  slot[name='poster']::slotted(*) { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
  .nothing { position: absolute; inset: 0; display: grid; place-items: center; color: var(--_soft); padding: var(--_4); text-align: center; }

  .divider { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; z-index: 1; appearance: none; background: none; pointer-events: none; touch-action: none; }
  .divider::-webkit-slider-runnable-track { height: 100%; background: none; }
  .divider::-moz-range-track { height: 100%; background: none; }
  .divider::-webkit-slider-thumb {
    appearance: none; pointer-events: auto; cursor: ew-resize; width: 32px; height: 100%; border: 0; border-radius: 0;
    background: radial-gradient(circle at 50% 50%, #fff 0 10px, #1b1d20 10px 12px, transparent 12px),
      linear-gradient(90deg, transparent 14px, #1b1d20 14px 15px, #fff 15px 17px, #1b1d20 17px 18px, transparent 18px);
  }
  .divider::-moz-range-thumb {
    pointer-events: auto; cursor: ew-resize; width: 32px; height: 100%; border: 0; border-radius: 0;
    background: radial-gradient(circle at 50% 50%, #fff 0 10px, #1b1d20 10px 12px, transparent 12px),
      linear-gradient(90deg, transparent 14px, #1b1d20 14px 15px, #fff 15px 17px, #1b1d20 17px 18px, transparent 18px);
  }
  .divider:focus-visible { outline: var(--_focus); outline-offset: -3px; }

  .progress {
    position: absolute; inset: auto var(--_2) var(--_2) var(--_2); z-index: 3; margin-inline: auto; max-width: 32rem;
    display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: var(--_1) var(--_3); align-items: center;
    padding: var(--_2) var(--_3); background: var(--_sheet); border: 1px solid var(--_edge); border-radius: var(--_radius); font-size: var(--_sm);
  }
  .progress p { display: flex; flex-wrap: wrap; gap: 0 var(--_3); justify-content: space-between; }
  .progress progress { width: 100%; height: 0.5rem; accent-color: var(--_accent); display: block; }
  .progress button { grid-row: 1 / span 2; grid-column: 2; }
  .dropping .stage { outline: 3px dashed var(--_accent); outline-offset: -3px; }
  .drop { position: absolute; inset: 0; z-index: 4; display: grid; place-items: center; background: color-mix(in srgb, var(--_sheet) 82%, transparent); font-weight: 600; pointer-events: none; }

  .notice { display: flex; flex-wrap: wrap; gap: var(--_2) var(--_3); align-items: center; padding: var(--_2) var(--_3); border: 1px solid currentColor; border-inline-start-width: 4px; border-radius: var(--_radius); font-size: var(--_sm); background: var(--_warn-soft); color: var(--_warn); }
  .notice.info { background: var(--_accent-soft); color: var(--_ink); border-color: var(--_accent); }
  .notice.bad { background: var(--_bad-soft); color: var(--_bad); }
  .notice > div { flex: 1 1 10rem; }
  .notice details { color: var(--_ink); font-size: var(--_xs); overflow-wrap: anywhere; }
  .notice .facts { margin: 0; padding-inline-start: 1.2em; list-style: disc; }
  .notice summary { min-height: 1.5rem; border: 0; padding: 0; background: none; display: list-item; }

  .under { display: flex; flex-wrap: wrap; gap: 0 var(--_4); align-items: start; }
  .readout { flex: 1 1 9rem; padding-top: var(--_2); min-height: var(--_touch); font-size: var(--_sm); display: grid; align-content: start; gap: 0 var(--_4); color: var(--_soft); }
  .readout div { display: flex; flex-wrap: wrap; gap: 0 var(--_3); align-items: baseline; }
  .readout b { color: var(--_ink); }
  .readout .swatch { align-self: center; }

  /* Controls */
  .controls { display: flex; flex-wrap: wrap; gap: var(--_3) var(--_4); align-items: start; padding-block: var(--_2); border-block: 1px solid var(--_line); }
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
  .check input, .legend input { width: 1.125rem; height: 1.125rem; accent-color: var(--_accent); margin: 0; flex: none; }
  .zoom { gap: 0; }
  .zoom button:not(.quiet) { padding: 0; width: var(--_touch); font-size: 1.125rem; }
  .zoom output { min-width: 3.5em; text-align: center; font-size: var(--_sm); }
  .foot { display: flex; flex-wrap: wrap; gap: var(--_2) var(--_4); align-items: start; justify-content: space-between; }
  .badge { font-size: var(--_xs); color: var(--_soft); flex: 1 1 16rem; padding-block: var(--_2); }
  .badge strong { color: var(--_ink); font-weight: 600; }
  .menu { position: relative; }
  .menu summary { list-style: none; }
  .menu summary::-webkit-details-marker { display: none; }
  .menu summary::after { content: '▾' / ''; font-size: 0.9em; }
  .menu ul { position: absolute; inset-inline-end: 0; bottom: calc(100% + var(--_1)); z-index: 5; min-width: min(19rem, 88cqw); background: var(--_sheet); border: 1px solid var(--_edge); border-radius: var(--_radius); padding: var(--_1); box-shadow: 0 4px 16px rgb(0 0 0 / 0.2); }
  .menu li button { width: 100%; border-color: transparent; background: none; justify-content: start; text-align: start; }
  .menu li button:hover { background: var(--_accent-soft); }

  /* Side */
  .panel { display: grid; gap: var(--_2); }
  .panel + .panel { border-top: 1px solid var(--_line); padding-top: var(--_3); }
  .hint { font-size: var(--_sm); color: var(--_soft); }
  .file { position: relative; }
  .file input { position: absolute; inset: 0; opacity: 0; width: 100%; height: 100%; cursor: pointer; font-size: 0; }
  .file:has(:focus-visible) { outline: var(--_focus); outline-offset: 2px; }
  .gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(4.25rem, 1fr)); gap: var(--_2); }
  .gallery button { padding: 0; width: 100%; aspect-ratio: 1; overflow: hidden; border: 1px solid var(--_line); min-height: 0; }
  .gallery img { width: 100%; height: 100%; object-fit: cover; display: block; }
  .gallery button[aria-pressed='true'] { outline: 3px solid var(--_accent); outline-offset: 1px; border-color: var(--_sheet); }
  .credit { font-size: var(--_xs); color: var(--_soft); }
  .credit a { white-space: nowrap; }
  .pairs { display: flex; flex-wrap: wrap; gap: var(--_2) var(--_4); }
  .pairs .value { min-height: var(--_touch); display: inline-flex; align-items: center; }

  .own { font-size: var(--_sm); }
  .own[open] { display: grid; gap: var(--_2); }
  .own .row { margin-block: var(--_2); }
  .kept { list-style: none; margin: 0; padding: 0; display: grid; gap: var(--_1); }
  .kept li { display: flex; justify-content: space-between; gap: var(--_2); align-items: center; }
  .kept li button:first-child { overflow-wrap: anywhere; text-align: start; }

  .legend { border-collapse: collapse; width: 100%; font-size: var(--_sm); }
  .legend th, .legend td { padding: 0; text-align: start; font-weight: 400; }
  .legend thead th { font-size: var(--_xs); color: var(--_soft); }
  .legend .area { text-align: end; width: 1%; white-space: nowrap; padding-inline-start: var(--_2); }
  .legend tbody tr { border-top: 1px solid var(--_grid); }
  .legend label { display: flex; gap: var(--_2); align-items: center; min-height: 2.125rem; cursor: pointer; }
  .legend tr.lit { background: var(--_accent-soft); }
  .legend tr.off .name { text-decoration: line-through; color: var(--_soft); }
  .bar { display: block; height: 3px; background: var(--_line); }
  .bar i { display: block; height: 100%; background: var(--_ink); forced-color-adjust: none; }
  .swatch { width: 1.125rem; height: 1.125rem; border: 1px solid var(--_ink); flex: none; forced-color-adjust: none; }
  .split-head { display: flex; justify-content: space-between; align-items: center; gap: var(--_2); flex-wrap: wrap; }
  .split-head button, .split-head .check { min-height: 1.75rem; }

  @container fcn-segment (min-width: 56rem) {
    .root { grid-template-columns: minmax(0, 1fr) minmax(17rem, 21rem); }
  }
  @container fcn-segment (min-width: 100rem) {
    .root { grid-template-columns: minmax(0, 1fr) 26rem; }
    .compare .panes { gap: var(--_3); }
  }
  @container fcn-segment (max-width: 26rem) {
    .segments label { padding-inline: 0.375rem; }
    .field.grow, .field.grow input { width: 100%; }
  }
  @container fcn-segment (max-width: 18rem) {
    .progress { grid-template-columns: minmax(0, 1fr); }
    .progress button { grid-row: auto; grid-column: 1; justify-self: start; }
  }
  @media (forced-colors: active) {
    .divider { forced-color-adjust: none; }
    .segments label:has(:checked) { forced-color-adjust: none; background: SelectedItem; color: SelectedItemText; }
    .gallery button[aria-pressed='true'] { outline-color: Highlight; }
  }
  @media print {
    .controls, .intake, .foot .menu, .progress, .zoom, .net { display: none; }
    .stage { max-height: none; }
  }
`
