/** English words of `<fcn-upsample>`. Cells are named [row, column], counted from 0, as in PyTorch. */

/** @param {number} n @param {string} one @param {string} more */
const count = (n, one, more) => `${n} ${n === 1 ? one : more}`

/** @param {number} from @param {number} to @param {string} one @param {string} more */
const range = (from, to, one, more) => from === to ? `${one} ${from}` : `${more} ${from} to ${to}`

export const texts = {
  title: 'Transposed convolution, step by step',
  example: 'Example',
  own: 'your own settings',
  settings: 'Layer settings',
  apart: 'rows and columns apart',
  rows: 'rows',
  columns: 'columns',
  fields: { input: 'input', kernel: 'kernel', stride: 'stride', padding: 'padding', outputPadding: 'output padding', dilation: 'dilation' },
  size: (/** @type {string} */ what, /** @type {number} */ rows, /** @type {number} */ cols) => `${what} ${rows}×${cols}`,
  view: 'View',
  views: { stamp: 'Stamp', gather: 'Gather', matrix: 'Matrix', all: 'All three' },
  walk: 'One step is',
  walks: { input: 'one input cell', output: 'one output cell' },
  overlap: 'Overlap counts',
  predict: 'Predict first',
  predicts: { none: 'nothing', size: 'the output size', value: 'the next value' },
  captions: {
    input: 'Input', kernel: 'Kernel', output: 'Output', spread: 'Input with zeros inserted and a border', flipped: 'Kernel, flipped',
    transposed: 'Cᵀ · x = y', convolution: 'C, the convolution with the same kernel',
    product: 'Cᵀ·C', identity: 'what undoing would need: the identity', start: 'a map', small: 'C · map', back: 'Cᵀ · (C · map)',
  },
  legend: {
    trimmed: 'hatched: trimmed by padding', added: 'dashed: added by output padding',
    zeros: 'grey: inserted zeros; darker: border', more: 'more', less: 'fewer stamps',
    negative: 'below 0', positive: 'above 0',
  },
  cell: (/** @type {string} */ what, /** @type {number} */ r, /** @type {number} */ c) => `${what}, row ${r}, column ${c}`,
  editCell: { title: 'Change one cell', row: 'row', column: 'column', value: 'value' },
  fill: { label: 'fill with', choose: 'own values', sample: 'small numbers', ones: 'ones', bilinear: 'bilinear', blob: 'a hill', dot: 'a single 1' },
  transport: { label: 'Steps', first: 'First step', back: 'Step back', play: 'Play', pause: 'Pause', forward: 'Step forward', last: 'Last step', position: 'Position', speed: 'Speed' },
  position: (/** @type {number} */ step, /** @type {number} */ steps) => `step ${step} of ${steps}`,
  boardHelp: 'Arrow keys point at cells, Escape lets go.',
  begin: {
    input: 'Nothing is stamped yet. Each step multiplies the kernel by one input cell and adds the result to the output.',
    output: 'Nothing is computed yet. Each step finishes one output cell.',
  },
  stamps: (/** @type {string} */ cell, /** @type {string} */ value, /** @type {number[]} */ [top, bottom, left, right]) =>
    `input[${cell}] = ${value} stamps ${value} × kernel onto output ${range(top, bottom, 'row', 'rows')}, ${range(left, right, 'column', 'columns')}.`,
  partly: 'What lies outside the output is trimmed by padding.',
  wholly: 'All of this stamp falls into the border that padding trims.',
  gathers: (/** @type {string} */ cell, /** @type {number} */ n) => `out[${cell}] collects from ${count(n, 'input cell', 'input cells')}.`,
  rowTimes: (/** @type {number} */ row, /** @type {string} */ cell, /** @type {number} */ n) =>
    `row ${row} of Cᵀ times x is y[${row}], which is out[${cell}]; ${count(n, 'entry comes', 'entries come')} from the kernel, the rest are 0.`,
  overlapping: (/** @type {number} */ n) => n < 2 ? 'The first stamp on this cell.' : `${n} stamps overlap here.`,
  reached: (/** @type {number} */ n) => n === 1 ? 'Only one stamp reaches this cell.' : `${n} stamps overlap here.`,
  soFar: (/** @type {number} */ done, /** @type {number} */ all) => `So far ${done} of ${count(all, 'stamp has', 'stamps have')} landed here.`,
  unreached: 'No kernel cell meets an input value here: it stays 0.',
  added: 'Output padding added this cell. It isn’t padded with 0: it is stamped like any other.',
  addedEmpty: 'Output padding added this cell, and no kernel cell reaches it: it stays 0.',
  trimmedCell: 'Padding trims this cell: it is computed here but not part of the output.',
  goes: (/** @type {string} */ cell, /** @type {string} */ value, /** @type {number[]} */ [top, bottom, left, right]) =>
    `input[${cell}] = ${value} goes to output ${range(top, bottom, 'row', 'rows')}, ${range(left, right, 'column', 'columns')}.`,
  kernelCell: (/** @type {string} */ cell, /** @type {string} */ value) => `kernel[${cell}] = ${value}`,
  more: (/** @type {number} */ n) => `… (${n} more)`,
  finished: 'Finished.',
  tooLarge: (/** @type {string} */ size) => `The matrix would have ${size} entries, too many to draw. A smaller map or kernel shows it.`,
  deconvolution: {
    title: 'Why it isn’t “deconvolution”',
    text: 'A true inverse would give back the values that went into the convolution. The transpose only gives back the shape: Cᵀ·C is not the identity, and a map that is convolved and then transposed-convolved comes back with its size but not its numbers.',
  },
  ask: {
    size: 'What size will the output have?', value: (/** @type {string} */ cell) => `What will out[${cell}] be after this step?`,
    valueFirst: 'Step forward: a “?” marks the value to predict.',
    check: 'Check', reveal: 'Reveal', covered: 'The boards stay covered until the size is found or revealed.',
    right: (/** @type {string} */ answer) => `Right: ${answer}.`, wrong: (/** @type {string} */ answer) => `Not ${answer}. Try again, or reveal it.`,
    unreadable: 'Type a number first.', revealed: (/** @type {string} */ answer) => `It is ${answer}.`, answer: 'your answer',
  },
  share: {
    label: 'Take it along', link: 'Copy link', pytorch: 'Copy PyTorch', burn: 'Copy Burn', code: 'Code',
    png: 'PNG', svg: 'SVG', gif: 'GIF', copied: 'Copied.', notCopied: 'The browser did not allow copying; select the text below.',
    drawing: (/** @type {number} */ part) => `Drawing the GIF: ${part} %`, saved: (/** @type {string} */ name) => `Saved ${name}.`,
    failed: (/** @type {string} */ why) => `That did not work: ${why}`, linkText: 'link',
  },
  part: { photo: 'Your own photo', learn: 'Learn the kernel', failed: 'This part could not be loaded. Check the network, or reload the page.', again: 'Try again' },
  tables: { title: 'All numbers as tables', tooMany: (/** @type {string} */ what, /** @type {number} */ rows, /** @type {number} */ cols) => `${what}: ${rows}×${cols}, too many cells for a table.` },
  problem: {
    kept: 'The figure keeps the last layer that is possible.', use: (/** @type {string} */ what, /** @type {number | string} */ value) => `Use ${what} ${value}`, undo: 'Undo',
    not_a_number: (/** @type {string} */ what, /** @type {string} */ typed) => `“${typed}” is not a number, so ${what} can’t be that.`,
    not_whole: (/** @type {string} */ what, /** @type {number} */ value) => `${what} ${value} is impossible: it counts cells, so it is a whole number.`,
    too_small: (/** @type {string} */ what, /** @type {number} */ value, /** @type {number} */ limit) => `${what} ${value} is impossible: the least is ${limit}.`,
    too_large: (/** @type {string} */ what, /** @type {number} */ value, /** @type {number} */ limit) => `${what} ${value} is more than this figure can show; it goes up to ${limit}.`,
    output_padding: (/** @type {number} */ value, /** @type {number} */ limit) => `Output padding ${value} is impossible: it must be smaller than stride or dilation, here at most ${limit}.`,
    output_empty: (/** @type {string} */ got, /** @type {number} */ value) => `Nothing would be left: with padding ${value} the output would be ${got} cells long.`,
    figure_too_large: (/** @type {number} */ got, /** @type {number} */ side, /** @type {number} */ limit) => `The output would be ${got} cells long${side > got ? `, ${side} with what padding trims` : ''}; this figure draws up to ${limit}.`,
    cell: (/** @type {string} */ typed, /** @type {string} */ kept) => `“${typed}” is not a number; the cell keeps ${kept}.`,
    unreadable: (/** @type {string} */ name, /** @type {string} */ text) => `“${name}=${text}” can’t be read and was left out.`,
    rows: 'Expected rows of finite numbers, all equally long and not more than the figure can show. The former values stay.',
    dismiss: 'Dismiss',
  },
  presets: {
    stride1: '3×3 kernel, stride 1', overlap: 'overlaps add up', stride2: 'stride 2', padding: 'padding trims', output_padding: 'output padding',
    upscore2: 'FCN upscore2: kernel 4, stride 2, padding 1', upscore8: 'FCN upscore8: 16, 8, 4', upscore16: 'FCN upscore16: 32, 16, 8',
    upscore32: 'FCN upscore32: 64, 32, 16', slip: 'puzzle: kernel 16, stride 16, padding 8', checkerboard: 'checkerboard: kernel 3, stride 2',
    even: 'even overlap: kernel 4, stride 2', dimmed: 'the dimmed border of bilinear kernels',
  },
  notes: {
    stride1: 'Every input cell stamps the whole kernel, scaled by its value. Neighbouring stamps overlap, and overlaps add up.',
    overlap: 'Kernel 3 is longer than stride 2, so neighbouring stamps share one row or column. The counts say how many meet.',
    stride2: 'Stride is the distance between stamps: a larger one spreads them out and enlarges the output.',
    padding: 'In a convolution, padding enlarges the input. Here it works backwards: it trims the border off the output.',
    output_padding: 'Two input sizes can have the same convolution output; output padding says which of them to restore. The added row and column aren’t padded with 0: the kernel stamps them like any other.',
    upscore2: 'FCN doubles its score map with this layer before it adds pool4. The kernel starts out bilinear.',
    upscore8: 'The last step of FCN-8s. The kernel is drawn as a picture: 256 numbers.',
    upscore16: 'The last step of FCN-16s: with kernel 32, a 14×14 map comes out as 224×224.',
    upscore32: 'FCN-32s enlarges a 7×7 score map to 224×224 in one step. Scrub the kernel over it and watch the heat map stand up.',
    slip: 'Lecture notes once printed this layer for FCN-16s. Its input is 14×14; is the result 224×224?',
    slipAnswer: '(14−1)·16 − 2·8 + 16 = 208, not 224. Kernel 32 with stride 16 and padding 8 gives 224. Kernel 16 without padding does too, but its stamps don’t overlap, and the result is blocky.',
    checkerboard: '3 isn’t divisible by 2: some cells are hit once, some twice, some four times. Even a constant input comes out as a checkerboard.',
    even: '4 is divisible by 2: away from the border every cell is hit four times, and a constant input stays constant.',
  },
  formula: 'output size',
  speed: (/** @type {number} */ factor) => `${factor}×`,
}

/** @typedef {typeof texts} Words */
