/** The story of the *Upsample* view, English: a title and a few sentences a chapter. */

export const texts = {
  chapters: 'Chapters', previous: 'Previous chapter', next: 'Next chapter', embed: 'Put this figure on your own page',
  of: (/** @type {number} */ n, /** @type {number} */ all) => `Chapter ${n} of ${all}`,
  stories: {
    stamp: {
      title: '3×3 kernel, stride 1',
      text: [
        'After five poolings a photo of 224×224 has become a map of 7×7. To label every pixel, FCN has to make it large again, and it lets a layer learn how: the transposed convolution.',
        'A convolution reads a window and writes one number. Here it is the other way round: each input cell takes the whole kernel, multiplies it by its value, and stamps it onto the output. Press play, or step with the arrow.',
      ],
    },
    overlap: {
      title: 'Overlaps add up',
      text: [
        'The kernel is longer than the stride, so neighbouring stamps land on some of the same cells. There they are added, nothing is overwritten. The small numbers count the stamps on each cell.',
        'Is the overlap a problem? It makes the result smooth where the kernel is smooth. Where the kernel’s size isn’t divisible by the stride it is uneven, and a pattern of squares can show: compare the two checkerboard examples.',
      ],
    },
    stride: {
      title: 'Stride 2',
      text: [
        'In a convolution the stride is how far the window moves on the input, and a larger one makes the output smaller. Here it is how far apart the stamps land on the output, and a larger one makes it larger: 3 cells become 7.',
        'Switch to “Gather” to see the same numbers another way: put stride − 1 zeros between the input cells, add a border, and slide the flipped kernel over it, one cell at a time.',
      ],
    },
    padding: {
      title: 'Padding trims',
      text: [
        'Would padding make the output larger? No: it is the padding of the convolution that this layer turns round. There it added a border to the input, here it cuts that border off the output. The hatched cells are computed and thrown away.',
        'FCN uses kernel 4, stride 2, padding 1 to double a map exactly: (n − 1)·2 − 2 + 4 = 2n.',
      ],
    },
    matrix: {
      title: 'As a matrix',
      text: [
        'Write a map as one long column of numbers, and a convolution becomes a matrix C: one row for each of its outputs, the kernel’s numbers in it, zeros elsewhere. C takes 16 numbers (4×4) to 4 (2×2).',
        'Swap C’s rows and columns, and it takes 4 numbers to 16. Multiplying by Cᵀ is exactly what the stamps do: a column of Cᵀ is one stamp, a row is what one output cell gathers. That is where the name “transposed” comes from.',
      ],
    },
    name: {
      title: 'Why “deconvolution” is wrong',
      text: [
        'The layer is often called deconvolution, but that word belongs to the operation that undoes a convolution. This one doesn’t: Cᵀ brings back the shape, not the values.',
        'Below the matrices, open “Why it isn’t deconvolution”: Cᵀ·C would have to be the identity, and it isn’t. A map that is convolved and transposed-convolved returns with its size and with other numbers.',
      ],
    },
    puzzle: {
      title: 'A puzzle: 16/16/8',
      text: [
        'FCN-16s ends by enlarging a 14×14 map sixteen times. Lecture notes once printed the layer as ConvTranspose2d with kernel 16, stride 16, padding 8. Put the numbers into the formula: does it give 224?',
        'Type your answer below the figure, then change one number so that it does.',
      ],
    },
    photo: {
      title: 'Stamp your own photo',
      text: [
        'So far the numbers were made up. Now take a photo: the net on this page turns it into a small score map for each class, and its own upsampling kernel enlarges that. Choose a photo under “Your own photo”, then drag the position slider and watch the class’s heat map stand up, stamp by stamp.',
        'An FCN with skips, such as this site’s VGG net, has several layers to compare: upscore32 enlarges the coarsest scores 32 times at once, upscore8 only 8 times, after pool4 and pool3 have been added. That is the difference between FCN-32s and FCN-8s.',
      ],
    },
  },
}
