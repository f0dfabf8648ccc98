/**
 * Colours and sizes, one set for every element. They come from the page where it sets them (styles/tokens.css);
 * the fallbacks here make an element whole on any other page.
 */
import { css } from '../../../vendor/lit.js'

export const tokens = css`
  :host {
    --_paper: var(--fcn-paper, light-dark(#faf8f3, #16181b));
    --_sheet: var(--fcn-sheet, light-dark(#fffefb, #1d2024));
    --_sunken: var(--fcn-sunken, light-dark(#f1ede4, #111315));
    --_grid: var(--fcn-grid, light-dark(#ece7db, #1f2226));
    --_line: var(--fcn-line, light-dark(#d8d1c2, #34383e));
    --_edge: var(--fcn-edge, light-dark(#857d6d, #7b828c));
    --_ink: var(--fcn-ink, light-dark(#23262b, #e9e6df));
    --_soft: var(--fcn-ink-soft, light-dark(#5a5c5f, #a9abae));
    --_accent: var(--fcn-accent, light-dark(#1d5a9e, #86b8f2));
    --_accent-ink: var(--fcn-accent-ink, light-dark(#fff, #10151b));
    --_accent-soft: var(--fcn-accent-soft, light-dark(#e3edf7, #22303f));
    --_bad: var(--fcn-bad, light-dark(#a3261f, #f2a099));
    --_bad-soft: var(--fcn-bad-soft, light-dark(#fbeae7, #3a2220));
    --_warn: var(--fcn-warn, light-dark(#7a5200, #e8c070));
    --_warn-soft: var(--fcn-warn-soft, light-dark(#fbf1dc, #33291a));
    --_xs: var(--fcn-text-xs, 0.8125rem);
    --_sm: var(--fcn-text-sm, 0.875rem);
    --_md: var(--fcn-text-md, 1rem);
    --_1: var(--fcn-space-1, 0.25rem);
    --_2: var(--fcn-space-2, 0.5rem);
    --_3: var(--fcn-space-3, 0.75rem);
    --_4: var(--fcn-space-4, 1rem);
    --_5: var(--fcn-space-5, 1.5rem);
    --_radius: var(--fcn-radius, 3px);
    --_touch: var(--fcn-touch, 2.75rem);
    --_good: var(--fcn-good, light-dark(#1e6b3c, #8fd0a5));
    --_focus: var(--fcn-focus, 2px solid var(--_accent));
  }
`
