/** Styles of a live picture. */
import { css } from '../../../vendor/lit.js'

export const liveStyles = css`
  .live { display: grid; gap: var(--_2); position: relative; }
  /* Browsers give a video's frames at their rate only where it is drawn. */
  .live video { position: absolute; width: 1px; height: 1px; opacity: 0; pointer-events: none; }
`
