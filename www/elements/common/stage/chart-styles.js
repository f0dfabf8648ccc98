/** Styles of charts by Observable Plot, whose own style sheets are taken out, and the colours of their lines. */
import { css } from '../../../vendor/lit.js'

export const chartStyles = css`
  :host {
    --_line-a: light-dark(#b86e00, #e0a84a); --_line-b: var(--_soft); --_line-c: var(--_accent);
    --_band: light-dark(#1d5a9e24, #86b8f233); --_band-other: light-dark(#7a52001a, #e8c07024);
      --_band-edge: var(--_accent);
  }
  .chart {
    display: block; max-width: 100%; height: auto; color: var(--_ink);
    font: 12px var(--fcn-font, system-ui, sans-serif);
  }
  .chart text { white-space: pre; }
`
