/** Styles of `<fcn-upsample-photo>`; the figure around it sets the colours. */
import { css } from '../../../vendor/lit.js'

export const photoStyles = css`
  :host { display: grid; gap: 0.6em; padding-block: 0.5em; min-width: 0; }
  * { box-sizing: border-box; }
  p { margin: 0; max-width: 62em; }
  .row { display: flex; flex-wrap: wrap; gap: 0.5em 1em; align-items: center; min-width: 0; }
  label { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 0.2em 0.4em; max-width: 100%; }
  select, button, .button {
    font: inherit; color: inherit; background: var(--_sheet); border: 1px solid var(--_edge);
    border-radius: var(--fcn-radius, 3px);
    min-height: 2.1em; padding: 0.15em 0.6em; cursor: pointer; max-width: 100%;
  }
  button:hover, .button:hover { border-color: var(--_accent); color: var(--_accent); }
  :focus-visible, .button:focus-within { outline: var(--fcn-focus, 2px solid var(--_accent)); outline-offset: 2px; }
  input[type='checkbox'] { accent-color: var(--_accent); width: 1.15em; height: 1.15em; margin: 0; }
  progress { accent-color: var(--_accent); width: min(14em, 100%); }
  .credit { color: var(--_soft); font-size: 0.9em; }
  .num { font-variant-numeric: tabular-nums; }
  .good { border-inline-start: 4px solid var(--_good); padding-inline-start: 0.6em; }
  .problem {
    border-inline-start: 4px solid var(--_bad); background: var(--_bad-soft); padding: 0.5em 0.8em; display: grid;
    gap: 0.4em;
  }
  .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  @container (max-width: 40rem) {
    button, .button, select { min-height: 2.75rem; }
    label.button { padding-block: 0.55rem; }
  }
`
