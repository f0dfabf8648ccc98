/** Styles of the panels about a net. */
import { css } from '../../vendor/lit.js'

export const netStyles = css`
  :host { --_line-b: light-dark(#b86e00, #e0a84a); --_line-c: var(--_accent); }
  .root { position: relative; }
  .top { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr));
    gap: var(--_3) var(--_5); }
  .top .panel + .panel { border-top: 0; padding-top: 0; }
  .top .pairs { display: flex; flex-wrap: wrap; gap: var(--_2) var(--_4); align-items: end; }
  .pairs { display: flex; flex-wrap: wrap; gap: var(--_2) var(--_4); }
  .photo[open] > .top { padding-top: var(--_3); }
  .rows { max-height: 20rem; overflow-y: auto; border-block: 1px solid var(--_line); }
  table.stages { border-collapse: collapse; font-size: var(--_sm); font-variant-numeric: tabular-nums; width: 100%; }
  table.stages th, table.stages td { padding: var(--_1) var(--_3); text-align: end; white-space: nowrap; }
  table.stages th:first-child { text-align: start; }
  table.stages thead th {
    position: sticky; top: 0; background: var(--_sheet); font-weight: 600; color: var(--_soft); font-size: var(--_xs);
    box-shadow: inset 0 -1px 0 var(--_line); z-index: 1;
  }
  table.stages caption { text-align: start; font-weight: 600; padding-block: var(--_2); }
  table.stages tr.chosen > * { background: var(--_accent-soft); }
  table.stages button {
    font-family: ui-monospace, monospace; min-height: 1.75rem; padding: 0 var(--_2); border-color: transparent;
    background: none; color: var(--_accent); text-decoration: underline; text-underline-offset: 0.4em;
  }
  table.stages button[aria-pressed='true'] { font-weight: 700; color: var(--_ink); }
  .one { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_3); }
  .one h3, .part h3 { font-size: var(--_md); }
  .looked { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr));
    gap: var(--_4); align-items: start; }
  .looked figure, .play figure { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_1); }
  .gradient { display: block; height: 0.5rem; forced-color-adjust: none; border: 1px solid var(--_line); }
  .ends { display: flex; justify-content: space-between; font-size: var(--_xs); color: var(--_soft); }
  .cell { border: 1px solid var(--_line); padding: var(--_3); display: grid; grid-template-columns: minmax(0, 1fr);
    gap: var(--_2); }
  .products { display: flex; flex-wrap: wrap; gap: var(--_3) var(--_5); }
  .product { display: grid; gap: var(--_1); max-width: 100%; overflow-x: auto; }
  .product .row { flex-wrap: nowrap; }
  table.numbers { border-collapse: collapse; font-size: var(--_xs); justify-self: start; }
  table.numbers td {
    border: 1px solid var(--_line); padding: 0 var(--_1); text-align: end; min-width: 2.75rem; white-space: nowrap;
  }
  table.numbers th { border: 1px solid var(--_line); padding: 0 var(--_1); font-weight: 400; white-space: nowrap; }
  table.numbers thead th { color: var(--_soft); }
  .terms { display: grid; gap: var(--_1); }
  table.numbers td.lit { background: var(--_accent-soft); font-weight: 700; outline: 2px solid var(--_accent); }
  .sum { overflow-wrap: anywhere; }
  .shares svg { max-width: 100%; height: auto; }
  .legend { display: flex; flex-wrap: wrap; gap: var(--_1) var(--_4); font-size: var(--_xs); color: var(--_soft); }
  .legend i { display: inline-block; width: 0.75rem; height: 0.75rem; margin-inline-end: var(--_1);
    forced-color-adjust: none; }
  .legend li { display: flex; align-items: center; }
  .legend li i { flex: none; border: 1px solid var(--_edge); }
  .legend .square { border: 2px solid var(--_ink); }
  .legend .round { border: 2px solid var(--_ink); border-radius: 50%; }
  .legend .b { background: var(--_line-b); }
  .legend .c { background: var(--_line-c); }
  .chart { font-size: var(--_xs); color: var(--_ink); }
  ol.play { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: var(--_3); }
  ol.play li { display: flex; gap: var(--_2); align-items: center; flex: 0 1 auto; }
  ol.play fcn-map-picture { width: min(9.5rem, 34vw); }
  ol.play figcaption { font-size: var(--_xs); line-height: 1.35; }
  ol.play .sign { font-weight: 700; min-width: 1.25rem; text-align: center; }
  .key { display: grid; gap: var(--_1); max-width: 24rem; }
  .found { display: grid; gap: var(--_1); font-size: var(--_sm); }
  .found li { display: flex; gap: var(--_2); align-items: center; }
  .parts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: var(--_4); }
  .part { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_2); align-content: start; }
  table.bars { border-collapse: collapse; width: 100%; font-size: var(--_sm); }
  table.bars th { text-align: start; font-weight: 400; white-space: nowrap; }
  table.bars td.num { text-align: end; padding-inline: var(--_2); white-space: nowrap; }
  table.bars button { min-height: 1.75rem; padding: 0; }
  td.wide { width: 100%; }
  .two {
    display: block; height: 0.75rem; background: linear-gradient(var(--_edge),
      var(--_edge)) 50% / 1px 100% no-repeat var(--_sunken);
  }
  .two i { display: block; height: 100%; background: light-dark(#42024e, #cf8fd8); forced-color-adjust: none; }
  .two i.below { background: light-dark(#c95f02, #f0a35e); }
  .channels { display: grid; grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr));
    gap: var(--_2); font-size: var(--_xs); }
  .part h4 { margin: 0; font-size: var(--_sm); }
  .strongest { margin: 0; padding-inline-start: 1.5rem; font-size: var(--_sm); }
  progress { width: 100%; accent-color: var(--_accent); }
`
