/** Styles of `<fcn-heatmap>`. */
import { css } from '../../vendor/lit.js'
import { pickerStyles } from '../common/model/picker.js'
import { galleryStyles } from '../common/photo/gallery.js'
import { swatchStyles } from '../common/stage/swatch.js'
import { badgeStyles } from '../common/ui/badge.js'
import { base } from '../common/ui/base.js'
import { failureStyles } from '../common/ui/failure.js'
import { progressStyles } from '../common/ui/progress.js'
import { tokens } from '../common/ui/tokens.js'

const own = css`
  .root { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_4); position: relative; }
  h3 { font-size: var(--fcn-text-lg, 1.1875rem); font-weight: 650; }
  h4 { margin: 0; font-size: var(--_sm); }
  .told { max-width: 78ch; }
  .top, .pair { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_4) var(--_5); }
  .top { padding-bottom: var(--_4); border-bottom: 1px solid var(--_line); }
  .panel + .panel { border-top: 0; padding-top: 0; }
  .panel { align-content: start; }
  .panel.net { font-size: var(--_sm); }
  .panel.net .badge { flex: none; padding: 0; }
  .own[open] summary { justify-self: start; }
  .step { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_3); align-content: start; }
  .empty { color: var(--_soft); padding: var(--_5); text-align: center; }
  .drop { inset: 0; }

  .one { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_3) var(--_4); align-items: start; }
  .squeezed { --most-high: 14rem; width: min(14rem, 100%); }
  .bars {
    display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: var(--_2) var(--_3); font-size: var(--_sm);
    align-content: start;
  }
  .bars.scored { grid-template-columns: minmax(0, 1fr) auto auto; }
  .bars .columns, .bars ol, .bars li { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1; margin: 0; }
  .bars .columns { font-size: var(--_xs); color: var(--_soft); }
  .bars .columns span, .bars .num { text-align: end; }
  .bars ol { list-style: none; padding: 0; }
  .bars li { row-gap: 0; }
  .bars li[aria-current] .name { font-weight: 600; }
  .bars li[aria-current]:nth-child(n + 6) { border-top: 1px dotted var(--_edge); padding-top: var(--_2); }
  .bars .mark { font-weight: 400; font-size: var(--_xs); color: var(--_soft); white-space: nowrap; }
  .bars .name { overflow-wrap: anywhere; }
  .bars .bar { grid-column: 1 / -1; height: 0.5rem; }

  .about { min-width: 0; }
  .about summary { justify-self: start; width: max-content; max-width: 100%; }
  .about fcn-model-card { margin-top: var(--_4); }

  .shapes { border-collapse: collapse; font-size: var(--_sm); font-variant-numeric: tabular-nums; }
  .shapes th, .shapes td {
    text-align: start; font-weight: 400; padding: var(--_1) var(--_3) var(--_1) 0;
    border-bottom: 1px solid var(--_line); white-space: nowrap;
  }
  .shapes thead th { color: var(--_soft); vertical-align: bottom; }
  code { font-family: var(--fcn-mono, ui-monospace, monospace); font-size: 0.95em; }
  .scroll + .hint { font-size: var(--_xs); }
  .same { border-inline-start: 4px solid var(--_accent); padding-inline-start: var(--_3); max-width: 68ch; }

  .classes .row { margin-top: var(--_1); }
  .classes legend { font-size: var(--_xs); font-weight: 400; color: var(--_soft); }
  .classes button[aria-pressed='true'] {
    background: var(--_accent-soft); color: var(--_accent); border-color: var(--_accent); font-weight: 600;
    box-shadow: inset 0 -3px 0 var(--_accent);
  }
  .classes select { max-width: 100%; }
  .shift .hint { font-size: var(--_xs); }
  .shift .row { align-items: end; gap: var(--_2) var(--_4); }
  .shift legend { font-size: var(--_xs); font-weight: 400; color: var(--_soft); }
  .moved { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_2); }
  .large { display: flex; flex-wrap: wrap; gap: var(--_4) var(--_5); align-items: start; }
  .seen {
    display: grid; gap: var(--_2); flex: 1 1 22rem; min-width: min(100%, 14rem);
    max-width: max(14rem, 66svh * var(--ratio, 1.5));
  }
  .key { display: grid; gap: var(--_1); font-size: var(--_xs); }
  .key figcaption { padding: 0; display: block; color: var(--_ink); }
  .gradient { height: 0.75rem; border: 1px solid var(--_edge); forced-color-adjust: none; }
  .ends { display: flex; justify-content: space-between; gap: var(--_3); color: var(--_soft); }
  .won { display: flex; flex-wrap: wrap; gap: var(--_1) var(--_4); }
  .won li { display: inline-flex; gap: var(--_2); align-items: center; }
  .won .num { color: var(--_soft); }
  .beside { flex: 1 1 15rem; min-width: 0; max-width: 34rem; display: grid; grid-template-columns: minmax(0, 1fr);
    gap: var(--_4); }
  .at { max-width: 30rem; display: grid; gap: var(--_2); align-content: start; }

  @container fcn (min-width: 26rem) {
    .one { grid-template-columns: 14rem minmax(0, 1fr); }
  }
  @container fcn (min-width: 56rem) {
    .root { grid-template-columns: minmax(0, 1fr); }
    .top { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); }
  }
  @container fcn (min-width: 64rem) {
    .pair { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); }
  }
  @media (forced-colors: active) {
    .classes button[aria-pressed='true'] {
      forced-color-adjust: none; background: SelectedItem; color: SelectedItemText;
    }
  }
  @media print {
    .top, .classes, .shift { display: none; }
  }
`

export const styles = [
  tokens, base, galleryStyles, pickerStyles, swatchStyles, badgeStyles, failureStyles, progressStyles, own,
]
