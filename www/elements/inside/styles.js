/** Styles of `<fcn-inside>`; a panel's own lie in its folder. */
import { css } from '../../vendor/lit.js'
import { base } from '../common/ui/base.js'
import { failureStyles } from '../common/ui/failure.js'
import { tokens } from '../common/ui/tokens.js'
import { calculatorStyles } from './calculator/styles.js'
import { rulerStyles } from './ruler/styles.js'

const own = css`
  .root, section { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--_4); }
  .told { max-width: 78ch; }
`

export const styles = [tokens, base, failureStyles, own, rulerStyles, calculatorStyles]
