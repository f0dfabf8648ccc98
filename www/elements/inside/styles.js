/** Styles of `<fcn-inside>`; a panel's own lie in its folder. */
import { css } from '../../vendor/lit.js'
import { base } from '../common/ui/base.js'
import { failureStyles } from '../common/ui/failure.js'
import { badgeStyles } from '../common/ui/badge.js'
import { progressStyles } from '../common/ui/progress.js'
import { galleryStyles } from '../common/photo/gallery.js'
import { swatchStyles } from '../common/stage/swatch.js'
import { netStyles } from './net-styles.js'
import { tokens } from '../common/ui/tokens.js'
import { calculatorStyles } from './calculator/styles.js'
import { rulerStyles } from './ruler/styles.js'

const own = css`
  .root, section { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_4); }
  .told { max-width: 78ch; }
`

export const styles = [
  tokens, base, failureStyles, badgeStyles, progressStyles, galleryStyles, swatchStyles,
    own, rulerStyles, calculatorStyles,
  netStyles,
]
