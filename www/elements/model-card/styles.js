/** Styles of `<fcn-model-card>`. */
import { css } from '../../vendor/lit.js'
import { base } from '../common/ui/base.js'
import { assumedStyles } from '../common/model/assumed.js'
import { chartStyles } from '../common/stage/chart-styles.js'
import { failureStyles } from '../common/ui/failure.js'
import { tokens } from '../common/ui/tokens.js'

const own = css`
  :host { min-width: 0; }
  .card { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.75rem; }
  section { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.6rem; }
  h4, dl, dd { margin: 0; }
  h3 { font-size: var(--fcn-text-lg, 1.1875rem); font-weight: 700; }
  h4 { font-size: 1rem; }
  p { max-width: 72ch; }
  .soft, figcaption { color: var(--_soft); }
  dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.25rem 1rem; max-width: 80ch; }
  dt { grid-column: 1; color: var(--_soft); }
  dd { grid-column: 2; }
  @container (max-width: 24rem) { dl { grid-template-columns: minmax(0, 6rem) minmax(0, 1fr); } }
  ul { padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 0.35rem 1rem; }
  ul.plain { display: grid; gap: 0.3rem; list-style: disc; padding-inline-start: 1.2rem; }
  .chip { display: inline-flex; align-items: center; gap: 0.4rem; }
  .dot { width: 0.9rem; height: 0.9rem; border: 1px solid var(--_edge); flex: none; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: var(--_sm); }
  td.num { white-space: nowrap; }
  th.num, th[scope='row'] { overflow-wrap: normal; }
  @container (max-width: 24rem) { th, td { padding-inline-end: 0.4rem; } }
  caption { text-align: start; color: var(--_soft); }
  th, td {
    border-bottom: 1px solid var(--_line); padding: 0.2rem 0.7rem 0.2rem 0; text-align: start; vertical-align: top;
    font-weight: 400;
  }
  td.num, th.num { text-align: end; }
  thead th { color: var(--_soft); }
  .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); gap: 1.25rem; }
  .charts > figure { min-width: 0; }
  .told { border-inline-start: 4px solid var(--_accent); padding-inline-start: 0.8rem; display: grid; gap: 0.5rem; }
  .failures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 1rem; }
  .failures figure { display: grid; gap: 0.4rem; align-content: start; }
  .failures img { width: 100%; height: auto; display: block; }
  .field { display: grid; gap: 0.25rem; justify-items: start; color: var(--_soft); font-size: var(--_sm); }
  select { font-size: var(--_md); max-width: 100%; }
  .row { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-items: center; }
  a.button { text-decoration: none; font-size: var(--_md); }
  summary {
    display: list-item; border: 0; padding: 0; background: none; color: var(--_soft); font-size: var(--_md);
    min-height: 1.6rem;
  }
`

export const styles = [tokens, base, failureStyles, chartStyles, assumedStyles, own]
