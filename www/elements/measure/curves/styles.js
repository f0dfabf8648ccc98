/** What "training curves" adds to the styles of `<fcn-measure>`. */
import { css } from '../../../vendor/lit.js'
import { chartStyles } from '../../common/stage/chart-styles.js'

const own = css`
  .curves { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_3); }
  .curves figcaption { font-size: var(--_sm); font-weight: 600; }
  .parting { display: grid; gap: var(--_2); }
  .parting ul { display: grid; gap: var(--_1); }
  .parting li { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: var(--_2); max-width: 78ch; }
  .place {
    border: 1px solid var(--_edge); border-radius: var(--_radius); padding-inline: var(--_1);
      min-width: 1.5rem; height: 1.5rem;
    text-align: center; font-size: var(--_sm); line-height: 1.4rem;
  }
  .under { touch-action: pan-y pinch-zoom; cursor: crosshair; }
  .runs { display: flex; flex-wrap: wrap; gap: var(--_1) var(--_4); font-size: var(--_sm); }
  .runs li { display: inline-flex; gap: var(--_2); align-items: center; overflow-wrap: anywhere; }
  .runs svg { flex: none; forced-color-adjust: none; }
  .field.at input { width: 100%; }
  h4 { font-size: var(--_sm); margin: 0; }
`

export const curvesStyles = [chartStyles, own]
