/** Styles of `<fcn-dropout>`. */
import { css } from '../../vendor/lit.js'
import { galleryStyles } from '../common/photo/gallery.js'
import { swatchStyles } from '../common/stage/swatch.js'
import { badgeStyles } from '../common/ui/badge.js'
import { base } from '../common/ui/base.js'
import { failureStyles } from '../common/ui/failure.js'
import { progressStyles } from '../common/ui/progress.js'
import { tokens } from '../common/ui/tokens.js'

const own = css`
  :host { --_below: light-dark(#b04f00, #f0a35e); }
  .root { position: relative; }
  .root, section { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_4); }
  .told { max-width: 78ch; }
  .state { min-height: 3em; font-weight: 600; }
  .number {
    font: inherit; font-size: var(--_sm); color: var(--_ink); background: var(--_sheet); text-align: end;
    border: 1px solid var(--_edge); border-radius: var(--_radius); min-height: var(--_touch); width: 5.5rem;
    padding: 0 var(--_2); font-variant-numeric: tabular-nums;
  }
  .controls { align-items: end; }
  .net, .looked {
    display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: var(--_4) var(--_5);
    align-items: start;
  }
  .net > *, .looked > * { min-width: 0; }
  figure { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_1); }
  .drawing { max-width: 30rem; }
  .drawing svg { display: block; width: 100%; height: auto; }
  .weight { stroke: var(--_accent); }
  .weight.below { stroke: var(--_below); stroke-dasharray: 5 3; }
  .weight.unused { stroke: var(--_line); stroke-dasharray: 1 4; }
  .unit circle { fill: var(--_sheet); stroke: var(--_ink); stroke-width: 1.5; }
  .unit text { font-size: 12px; fill: var(--_ink); font-variant-numeric: tabular-nums; }
  .unit.dropped circle { fill: var(--_sunken); stroke: var(--_edge); stroke-dasharray: 3 3; }
  .unit.dropped path { stroke: var(--_bad); stroke-width: 2.5; fill: none; }
  table { border-collapse: collapse; font-size: var(--_sm); font-variant-numeric: tabular-nums; }
  caption { text-align: start; font-weight: 600; padding-block: var(--_1); }
  th, td { padding: var(--_1) var(--_3); text-align: end; border-bottom: 1px solid var(--_line); }
  td, tbody th { white-space: nowrap; }
  th:first-child { text-align: start; padding-inline-start: 0; }
  thead th { color: var(--_soft); font-size: var(--_xs); font-weight: 600; vertical-align: bottom; }
  tbody th { font-weight: 400; }
  tbody + tbody { border-top: 2px solid var(--_line); }
  tr.dropped { color: var(--_soft); background: var(--_sunken); }
  .facts { display: grid; gap: var(--_2); max-width: 78ch; list-style: disc; padding-inline-start: 1.25rem; }
  .top { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr));
    gap: var(--_3) var(--_5); }
  .top .panel + .panel { border-top: 0; padding-top: 0; }
  .key { display: grid; gap: var(--_1); max-width: 24rem; }
  .gradient { display: block; height: 0.5rem; forced-color-adjust: none; border: 1px solid var(--_line); }
  .ends { display: flex; justify-content: space-between; font-size: var(--_xs); color: var(--_soft); }
  .found { display: flex; flex-wrap: wrap; gap: var(--_1) var(--_4); font-size: var(--_sm); }
  .found li { display: flex; gap: var(--_2); align-items: center; }
  dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: var(--_1) var(--_3);
    margin: 0; font-size: var(--_sm); }
  dt { color: var(--_soft); }
  dd { margin: 0; font-variant-numeric: tabular-nums; }
  @container fcn (max-width: 26rem) {
    th, td { padding-inline: var(--_1); }
  }
  @media (forced-colors: active) {
    .weight, .weight.below, .unit circle { stroke: CanvasText; }
    .unit.dropped path { stroke: CanvasText; }
    .unit text { fill: CanvasText; }
  }
`

export const styles = [
  tokens, base, failureStyles, badgeStyles, progressStyles, galleryStyles, swatchStyles, own,
]
