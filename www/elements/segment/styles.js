/** Styles of `<fcn-segment>`. */
import { css } from '../../vendor/lit.js'
import { pickerStyles } from '../common/model/picker.js'
import { galleryStyles } from '../common/photo/gallery.js'
import { swatchStyles } from '../common/stage/swatch.js'
import { badgeStyles } from '../common/ui/badge.js'
import { base } from '../common/ui/base.js'
import { failureStyles } from '../common/ui/failure.js'
import { progressStyles } from '../common/ui/progress.js'
import { tokens } from '../common/ui/tokens.js'
import { batchStyles } from './batch/styles.js'
import { liveStyles } from './live/styles.js'

const own = css`
  .root { display: grid; gap: var(--_4) var(--_5); grid-template-columns: minmax(0, 1fr); }
  .work, .side { display: grid; gap: var(--_3); align-content: start; min-width: 0; }
  .side { gap: var(--_4); }

  /* Stage */
  .stage {
    position: relative; width: 100%; aspect-ratio: var(--ratio, 1.5); max-height: min(66svh, 80rem);
    min-height: min(12rem, 60cqw); overflow: hidden; border: 1px solid var(--_line); border-radius: var(--_radius);
    background: var(--_sunken); isolation: isolate;
  }
  .stage.compare {
    aspect-ratio: auto; max-height: none; background: none; border: 0; overflow: visible; border-radius: 0;
  }
  .panes { position: absolute; inset: 0; display: grid; }
  .compare .panes { position: static; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: var(--_2); }
  .panes figure { position: relative; display: grid; grid-template-rows: minmax(0, 1fr); }
  .compare figure { grid-template-rows: auto auto; }
  .compare fcn-segment-pane {
    aspect-ratio: var(--ratio, 1.5); max-height: max(38svh, 14rem); border: 1px solid var(--_line);
    border-radius: var(--_radius); background: var(--_sunken);
  }
  figcaption {
    font-size: var(--_xs); display: flex; flex-wrap: wrap; gap: 0 var(--_3); justify-content: space-between;
    padding-top: var(--_1); color: var(--_soft);
  }
  figcaption b { color: var(--_ink); }
  figcaption .key { display: inline-flex; gap: var(--_1); align-items: center; }
  .dot { width: 0.75em; height: 0.75em; border: 1px solid var(--_ink); flex: none; forced-color-adjust: none; }
  slot[name='poster']::slotted(*) { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
  .nothing {
    position: absolute; inset: 0; display: grid; place-items: center; color: var(--_soft); padding: var(--_4);
    text-align: center;
  }

  .divider {
    position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; z-index: 1; appearance: none;
    background: none; pointer-events: none; touch-action: none;
  }
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

  .stage .progress {
    position: absolute; inset: auto var(--_2) var(--_2) var(--_2); z-index: 3; margin-inline: auto; max-width: 32rem;
  }
  .dropping .stage { outline: 3px dashed var(--_accent); outline-offset: -3px; }

  .under { display: flex; flex-wrap: wrap; gap: 0 var(--_4); align-items: start; }
  .readout {
    flex: 1 1 9rem; padding-top: var(--_2); min-height: var(--_touch); font-size: var(--_sm); display: grid;
    align-content: start; gap: 0 var(--_4); color: var(--_soft);
  }
  .readout div { display: flex; flex-wrap: wrap; gap: 0 var(--_3); align-items: baseline; }
  .readout b { color: var(--_ink); }
  .readout .swatch { align-self: center; }

  .zoom { gap: 0; }
  .zoom button:not(.quiet) { padding: 0; width: var(--_touch); font-size: 1.125rem; }
  .zoom output { min-width: 3.5em; text-align: center; font-size: var(--_sm); }
  .foot {
    display: flex; flex-wrap: wrap; gap: var(--_2) var(--_4); align-items: start; justify-content: space-between;
  }
  .menu { position: relative; }
  .menu summary { list-style: none; }
  .menu summary::-webkit-details-marker { display: none; }
  .menu summary::after { content: '▾' / ''; font-size: 0.9em; }
  .menu ul {
    position: absolute; inset-inline-end: 0; bottom: calc(100% + var(--_1)); z-index: 5;
    min-width: min(19rem, 88cqw); background: var(--_sheet); border: 1px solid var(--_edge);
    border-radius: var(--_radius); padding: var(--_1); box-shadow: 0 4px 16px rgb(0 0 0 / 0.2);
  }
  .menu li button {
    width: 100%; border-color: transparent; background: none; justify-content: start; text-align: start;
  }
  .menu li button:hover { background: var(--_accent-soft); }

  .legend { border-collapse: collapse; width: 100%; font-size: var(--_sm); }
  .legend th, .legend td { padding: 0; text-align: start; font-weight: 400; }
  .legend thead th { font-size: var(--_xs); color: var(--_soft); }
  .legend .area { text-align: end; width: 1%; white-space: nowrap; padding-inline-start: var(--_2); }
  .legend tbody tr { border-top: 1px solid var(--_grid); }
  .legend input { width: 1.125rem; height: 1.125rem; accent-color: var(--_accent); margin: 0; flex: none; }
  .legend label { display: flex; gap: var(--_2); align-items: center; min-height: 2.125rem; cursor: pointer; }
  .legend tr.lit { background: var(--_accent-soft); }
  .legend tr.off .name { text-decoration: line-through; color: var(--_soft); }
  .split-head { display: flex; justify-content: space-between; align-items: center; gap: var(--_2); flex-wrap: wrap; }
  .split-head button, .split-head .check { min-height: 1.75rem; }

  @container fcn (max-width: 30rem) {
    .menu ul { inset-inline: 0 auto; }
  }
  @container fcn (min-width: 56rem) {
    .root { grid-template-columns: minmax(0, 1fr) minmax(17rem, 21rem); }
  }
  @container fcn (min-width: 100rem) {
    .root { grid-template-columns: minmax(0, 1fr) 26rem; }
    .compare .panes { gap: var(--_3); }
  }
  @media (forced-colors: active) {
    .divider { forced-color-adjust: none; }
  }
  @media print {
    .foot .menu, .zoom, .net { display: none; }
    .stage { max-height: none; }
  }
`

export const styles = [tokens, base, galleryStyles, pickerStyles, swatchStyles, badgeStyles,
  failureStyles, progressStyles, batchStyles, liveStyles, own]
