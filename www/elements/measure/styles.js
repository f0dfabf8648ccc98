/** Styles of `<fcn-measure>`. */
import { css } from '../../vendor/lit.js'
import { base } from '../common/ui/base.js'
import { failureStyles } from '../common/ui/failure.js'
import { swatchStyles } from '../common/stage/swatch.js'
import { galleryStyles } from '../common/photo/gallery.js'
import { pickerStyles } from '../common/model/picker.js'
import { badgeStyles } from '../common/ui/badge.js'
import { progressStyles } from '../common/ui/progress.js'
import { tokens } from '../common/ui/tokens.js'
import { curvesStyles } from './curves/styles.js'

const own = css`
  .root { position: relative; }
  .root, section { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_4); }
  .told { max-width: 78ch; }
  .controls > *, .field select { min-width: 0; max-width: 100%; }
  .task { font-weight: 600; }
  .named { display: inline-flex; align-items: center; gap: var(--_2); white-space: nowrap; }
  .boards, .outcome { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr));
    gap: var(--_4); align-items: start; }
  .outcome { grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
  figure { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_2); }
  .goals { display: grid; gap: var(--_1); font-size: var(--_sm); }
  .goals li { display: flex; flex-wrap: wrap; gap: var(--_1) var(--_3); }
  .goals li.reached { color: var(--_good); font-weight: 600; }
  .results { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_3); }
  table { border-collapse: collapse; font-size: var(--_sm); font-variant-numeric: tabular-nums; }
  .scores { width: 100%; }
  .scores th, .scores td { text-align: start; padding: var(--_1) var(--_2); border-bottom: 1px solid var(--_line);
    vertical-align: baseline; }
  .scores th { font-weight: 400; padding-inline-start: 0; }
  .scores .value { font-weight: 700; font-size: var(--_md); white-space: nowrap; }
  .scores .sum { color: var(--_soft); overflow-wrap: anywhere; width: 60%; }
  .classes th, .classes td, .matrix th, .matrix td { padding: var(--_1) var(--_2); text-align: end;
    white-space: nowrap; border-bottom: 1px solid var(--_line); }
  .classes th:first-child, .matrix th[scope='row'] { text-align: start; font-weight: 400; }
  .matrix caption { text-align: start; font-size: var(--_xs); color: var(--_soft); padding-block: var(--_2); }
  .matrix .hit { background: var(--_accent-soft); font-weight: 700; }
  .matrix .miss { background: var(--_warn-soft); }
  progress { width: 100%; accent-color: var(--_accent); }
  .model-more { display: flex; flex-wrap: wrap; gap: var(--_1) var(--_4); align-items: center; flex-basis: 100%; }
  .model-more .own[open] { flex-basis: 100%; }
  .model-more .own summary { justify-self: start; }
  .pictures caption { text-align: start; font-weight: 600; padding-block: var(--_2); }
  .pictures button { min-height: 1.75rem; padding: 0; }
  .more > :not(summary) { margin-top: var(--_2); }
  .key { display: inline-block; width: 0.75rem; height: 0.75rem; border: 1px solid var(--_edge);
    forced-color-adjust: none; }
  .key.right { background: #d8d1c2; }
  .key.wrong { background: #8b1a6b; }
  .key.unknown { background: #5a8bbf; }
  .key.miss { background: #d0006f; }
  .key.left { background: #2a6fb5; }
  .key.hit { background: #7fd6b0; }
  .key.missed { background: #a3005c; }
  .key.alarm { background: #f08a24; }
  figcaption { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_2); }
  figcaption .field { justify-self: start; }
  .top { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr));
    gap: var(--_3) var(--_5); }
  .top .panel + .panel { border-top: 0; padding-top: 0; }
  .top .panel { align-content: start; }
  .top .field { justify-items: start; }
  .heads caption { text-align: start; font-weight: 600; padding-block: var(--_2); }
  .heads button { min-height: 1.75rem; padding: 0; }
  .heads button[aria-pressed='true'] { font-weight: 700; color: var(--_ink); }
  .notice button[aria-pressed='true'] { font-weight: 700; box-shadow: inset 0 0 0 2px var(--_accent); }
  .offers { display: grid; gap: var(--_2); margin-top: var(--_2); }
  .offers li { display: flex; flex-wrap: wrap; align-items: center; gap: var(--_1) var(--_3); }
  .palette { display: flex; flex-wrap: wrap; gap: 0 var(--_4); }
  .paint { display: grid; gap: var(--_3); }
  @container fcn (max-width: 30rem) {
    .scores td.sum { display: block; width: auto; }
    .scores tr { display: grid; grid-template-columns: 1fr auto; border-bottom: 1px solid var(--_line); }
    .scores th, .scores td { border: 0; }
    .scores td.sum { grid-column: 1 / -1; padding: 0 0 var(--_1); }
  }
`

export const styles = [tokens, base, failureStyles, swatchStyles, galleryStyles, pickerStyles,
  badgeStyles, progressStyles, curvesStyles, own]
