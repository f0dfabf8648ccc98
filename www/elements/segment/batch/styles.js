/** Styles of many photos. */
import { css } from '../../../vendor/lit.js'

export const batchStyles = css`
  .batch { display: grid; gap: var(--_3); }
  .batch progress { width: 100%; height: 0.5rem; accent-color: var(--_accent); display: block; }
  .batch ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); gap: var(--_2); }
  .batch li { display: grid; grid-template-rows: auto auto 1fr; min-width: 0; content-visibility: auto;
    contain-intrinsic-size: auto 9rem; }
  .batch li button { padding: 0; aspect-ratio: 4 / 3; overflow: hidden; border: 1px solid var(--_line);
    min-height: 0; width: 100%; }
  .batch li button[aria-pressed='true'] { outline: 3px solid var(--_accent); outline-offset: 1px; }
  .batch canvas { width: 100%; height: 100%; object-fit: contain; display: block; }
  .batch li span { font-size: var(--_xs); color: var(--_soft); overflow-wrap: anywhere; }
  .batch li .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--_ink); }
  .batch li .bad { color: var(--_bad); }
`
