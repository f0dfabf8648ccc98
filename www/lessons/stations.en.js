/**
 * What the stations of the lesson tell, English. `{name}` marks a value of the answer; numbers in a text that depend on what
 * the figure shows are held to it by tests/js/lesson.test.js.
 */

const FCN = { text: 'Long, Shelhamer & Darrell, Fully Convolutional Networks for Semantic Segmentation, CVPR 2015', href: 'https://arxiv.org/abs/1411.4038' }
const ARITHMETIC = { text: 'Dumoulin & Visin, A guide to convolution arithmetic for deep learning, 2016', href: 'https://arxiv.org/abs/1603.07285' }

/** @type {import('./stations.js').Stories} */
export const texts = {
  place: {
    title: 'A label or a place',
    sources: [FCN, { text: 'section 3.1: adapting classifiers for dense prediction' }],
    parts: {
      shift: {
        title: 'move the photo',
        text: [
          'A classifier ends in fully connected layers. They take all numbers of the last map at once and say one word for the whole photo; where in it somebody was is lost by then.',
          'FCN begins with a piece of surgery. A fully connected layer is a convolution whose kernel is as large as its map: the weights stay, number by number. Slid over a larger map it says a word for every window. That is a heat map, and in it the place is kept.',
        ],
        question: 'The content of the photo moves 64 pixels to the right. What moves with it?',
        options: {
          place: 'The heat map’s peak, its highest cell, moves; the label stays',
          both: 'The peak moves, and the label becomes another',
          label: 'The label becomes another; the peak stays',
          none: 'Neither changes',
        },
        reveal: [
          'The label of the whole photo was “{before}” before the move and is “{after}” after it. The peak lay {from} pixels from the left, and lies {to} pixels from it now.',
          'The heat map has a cell every {cell} pixels, so its peak can only move in whole cells. A fully connected layer has no cells at all: it was asked what, not where.',
        ],
      },
      sizes: {
        title: 'why one size only',
        text: [
          'This is VGG16 with one convolution a block, as you would paste it from PyTorch. It was made for photos of 224×224: five poolings leave 7×7 cells of 512 numbers each, Flatten lays them out in a row, and the Linear layer has a weight for each of the 25,088.',
          'A larger photo makes larger maps. A convolution doesn’t mind: it slides further. Does the Linear layer?',
        ],
        question: 'The photo has 256×256 pixels. How many numbers reach the Linear layer?',
        reveal: [
          '{right} numbers come, and it has weights for {wanted}. There the net stops, and only there: the layers before it take any size. (224 to 255 pixels all leave 7 cells, and pass.) Drag the size and see.',
          'As a convolution of {side}×{side} with the very same weights it takes this photo too, and gives {answers}×{answers} answers in place of one.',
        ],
      },
    },
  },
  backbone: {
    title: 'The backbone',
    sources: [
      { text: 'Simonyan & Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition, 2014', href: 'https://arxiv.org/abs/1409.1556' },
      FCN,
    ],
    parts: {
      cost: {
        title: 'what VGG hands over',
        text: [
          'The lecture chooses VGG16 as its backbone because trained weights exist: it has learned to tell a thousand things apart on a million photos. FCN keeps its convolutions, and makes convolutions of its fully connected layers.',
          'Opened here is this site’s own VGG net: VGG16’s shape with fewer channels, so that a phone can run it, and with an fc6 of 3×3. The table has every stage with what it holds and what it costs.',
        ],
        question: 'Which of these stages has the most parameters?',
        options: {
          conv1_2: 'conv1_2, which works at the photo’s full size',
          conv3_3: 'conv3_3, in the middle',
          conv5_3: 'conv5_3, the last convolution of the backbone',
          fc6: 'fc6, once the first fully connected layer',
        },
        reveal: [
          'It has {share} % of the net’s {all} parameters.',
          'The work is elsewhere: of all multiply-adds, fc6 does {fc6} % and conv1_2 {conv1_2} %. The one has many weights and a small map, the other few weights and a large map.',
        ],
      },
      pretraining: {
        title: 'what pre-training brings',
        text: [
          'For this lesson another net, FCN-8s on EfficientNet-Lite2, was trained twice on the same few hundred photos of waste, for the same steps, in the same order. One began with weights that had been learned on ImageNet’s photos, the other with random numbers.',
          'The curves show mIoU on photos that neither was trained on.',
        ],
        question: 'At the end, how well does the net do that began with random numbers?',
        options: {
          same: 'About as well: within a tenth of the other’s mIoU',
          less: 'Worse, but with more than half of the other’s mIoU',
          half: 'With half of the other’s mIoU, or less',
        },
        reveal: [
          'At step {step} the pre-trained net has an mIoU of {pretrained} %, the other {scratch} %.',
          'ImageNet has no masks and few of these things. What it gave are edges, textures and shapes, which a few hundred photos don’t teach in so short a time. (The pre-trained layers were trained at a quarter of the rate, so as to be kept. In both nets the statistics of batch normalisation stay as they are at the start; random numbers have none that fit, which makes the gap wider.)',
        ],
      },
    },
  },
  upsampling: {
    title: 'Making it large again',
    sources: [FCN, ARITHMETIC, { text: 'Odena, Dumoulin & Olah, Deconvolution and Checkerboard Artifacts, Distill 2016', href: 'https://distill.pub/2016/deconv-checkerboard/' }],
    parts: {
      stamp: {
        question: 'When all nine stamps are down, how many lie on the cell in the middle of the output?',
        reveal: ['{right}: with stride 1 and a kernel of 3×3, the middle is under every one of them. On a corner cell lies {least}.'],
      },
      overlap: {
        text: ['The kernel is longer than the stride, so neighbouring stamps land on some of the same cells. There they are added, nothing is overwritten. The small numbers count the stamps on each cell.'],
        question: 'Two stamps are down, two are to come. What number will the cell in the middle have?',
        reveal: ['{sum} = {right}. Each stamp brings one number to this cell, and they are added.'],
      },
      checkerboard: {
        title: 'is the overlap a problem?',
        text: [
          'Input and kernel are all ones here, so the output simply counts the stamps on each cell. The kernel is 3×3, and the stamps land 2 apart.',
          'The overlap itself does no harm: sums of smooth stamps are smooth. What matters is whether all cells get the same number of stamps.',
        ],
        question: 'Away from the border, do all cells get the same number of stamps?',
        options: { even: 'Yes, all the same', uneven: 'No' },
        reveal: [
          'Away from the border a cell has between {min} and {max} stamps: {kernel} isn’t divisible by {stride}. With real numbers that leaves a faint pattern of squares, the checkerboard.',
          'With a kernel of {even}×{even} each cell there has {each}. FCN’s kernels are all twice the stride. Choose “even overlap” among the figure’s examples to see it.',
        ],
      },
    },
  },
  size: {
    title: 'Stride and padding',
    sources: [ARITHMETIC, FCN],
    parts: {
      stride: {
        text: [
          'In a convolution the stride is how far the window moves on the input; a larger one makes the output smaller. Here it is how far apart the stamps land on the output.',
          'The figure shows stride 1: an input of 3×3 and a kernel of 3×3 make an output of 5×5.',
        ],
        question: 'The stride becomes 2. How many cells wide is the output then?',
        reveal: [
          '{formula} = {right}: the last stamp begins (input − 1) strides after the first, and is as long as the kernel. So here a larger stride makes the output larger. (The figure’s formula says the same, with dilation 1 and no padding.)',
          'Switch to “Gather” to see the same numbers another way: put stride − 1 zeros between the input cells, add a border, and slide the flipped kernel over it, one cell at a time.',
        ],
      },
      padding: {
        text: [
          'Would padding make the output larger? No: it is the padding of the convolution that this layer turns round. There it added a border to the input, here it cuts that border off the output. The answer’s figure hatches the cells that are computed and thrown away.',
          'FCN uses kernel 4, stride 2, padding 1 to double a map exactly: (n − 1)·2 − 2 + 4 = 2n.',
        ],
        question: 'Now the layer gets padding 1. How many cells wide is the output then?',
        reveal: ['{formula} = {right}: of the {full} cells one is cut off on each side.'],
      },
      zeros: {
        title: 'would padding the input help?',
        text: [
          'If padding makes the output smaller, one might put zeros round the input instead, as a convolution’s padding does, so as to get a larger output.',
          'Let the input of 3×3 get a ring of zeros, which makes it 5×5. The layer stays as it is: kernel 3, stride 2.',
        ],
        question: 'How many cells wide is the output then?',
        reveal: [
          '{right}, where it was {before}: every ring of zeros adds 2 × stride cells. But a stamp of a zero is a stamp of zeros: {same} of the {all} cells have the numbers that were there before, and the other {zeros} are zero.',
          'So it does get larger, and brings nothing. What padding cuts off, or output_padding adds, is another matter: those cells get real numbers, output_padding’s where padding had cut cells away. In this layer, with padding 0, it adds zeros too.',
        ],
      },
      slip: {
        title: 'a puzzle: 16/16/8',
        text: [
          'FCN-16s ends by enlarging a map of 14×14 sixteen times, to 224×224. The layer for it has kernel 32, stride 16, padding 8; it is shown here.',
          'Lecture notes once printed kernel 16 with the same stride and padding.',
        ],
        question: 'How many pixels wide is the output with kernel 16, stride 16, padding 8?',
        reveal: ['{formula} = {right}, and {wanted} was wanted. With a kernel of {fixed}, twice the stride, it fits.'],
      },
    },
  },
  matrix: {
    title: 'As a matrix, and the name',
    sources: [ARITHMETIC, { text: 'Shi et al., Is the deconvolution layer the same as a convolutional layer?, 2016', href: 'https://arxiv.org/abs/1609.07009' }],
    parts: {
      rows: {
        question: 'Cᵀ has 16 rows and 4 columns here. In how many of its 64 places does a number of the kernel stand? The others are empty.',
        reveal: ['{right}: each of the {columns} columns is one stamp, with the {kernel} numbers of the kernel.'],
      },
      name: {
        title: 'does it undo a convolution?',
        text: [
          'The layer is often called deconvolution. That word belongs to the operation that undoes a convolution: give it the result, and out comes the map that went in.',
          'C is the matrix of a convolution, Cᵀ that of the transposed convolution with the same kernel.',
        ],
        question: 'A map of 4×4 goes through C, and then through Cᵀ. What comes back?',
        options: {
          values: 'The map as it was',
          shape: 'A map of the same shape, with other numbers',
          nothing: 'A map of another shape',
        },
        reveal: [
          'CᵀC has {size} rows and columns, so the shape is back. To bring the numbers back it would have to be the identity, ones on the diagonal only, with the first row 1, 0, 0, …; its first row is {row}, ….',
          'Hence “transposed convolution”: “deconvolution” would be the operation that undoes a convolution.',
        ],
      },
    },
  },
  learn: {
    title: 'A kernel that learns',
    sources: [FCN, { text: 'section 3.3: upsampling is backwards strided convolution' }],
    parts: {
      smooth: {
        title: 'a smooth target',
        text: [
          'The kernel of a transposed convolution is learned like any other. The figure has a small map, and the large map that it should become; the kernel starts with random numbers.',
          'Each step of gradient descent looks at where the output is wrong, adds up for every kernel number what each stamp had to do with it, and moves the kernel a little against that. Here the target is the map enlarged smoothly, by bilinear interpolation.',
        ],
        question: 'Which kernel will the random one become?',
        options: {
          bilinear: 'The bilinear one: a pyramid, high in the middle',
          nearest: 'The nearest-neighbour one: 1 in the middle 2×2, 0 round it',
          random: 'Neither of the two',
        },
        reveal: [
          'After {steps} steps the loss is {loss}. The kernel differs from the bilinear one by at most {bilinear}, from the nearest-neighbour one by {nearest}.',
          'FCN starts its kernels as bilinear ones. The paper lets those of ×2 go on learning and keeps the last one as it is; this site’s nets keep all of them.',
        ],
      },
      blocky: {
        title: 'a blocky target',
        text: [
          'Now the kernel starts as a bilinear one, as FCN’s do. The target is another: every cell of the small map has become a block of equal cells.',
          'The layer is the same, and so is the way it learns. What the kernel becomes depends on what is asked of it.',
        ],
        question: 'Which kernel will the bilinear one become?',
        options: {
          bilinear: 'It stays bilinear: that is the best one anyway',
          nearest: 'The nearest-neighbour one, which makes blocks',
          random: 'Neither of the two',
        },
        reveal: ['After {steps} steps the loss is {loss}. The kernel differs from the bilinear one by at most {bilinear}, from the nearest-neighbour one by {nearest}.'],
      },
    },
  },
  skips: {
    title: 'Skips: 32s, 16s, 8s',
    sources: [FCN, { text: 'section 4.2: combining what and where' }],
    parts: {
      tail: {
        title: 'turn them off',
        text: [
          'FCN-32s enlarges its coarsest scores 32 times at once: one cell speaks for 32×32 pixels. FCN-16s first adds scores made of pool4, which has cells half as far apart; FCN-8s adds those of pool3 as well.',
          'The net is open here with both skips on. The two sliders turn them down, and only the tail, from the scores on, is computed again.',
        ],
        question: 'Both skips are turned off. How many of the photo’s pixels get another class?',
        options: { few: 'Fewer than 2 in 100', some: 'From 2 to 20 in 100', most: 'More than 20 in 100' },
        reveal: [
          '{percent} % of the pixels. Move the sliders back and forth, and see which.',
          'This isn’t quite FCN-32s. This net’s three heads share their scores, so both enlarge the same ones; but ×2, ×2 and ×8 one after another aren’t one step of ×32. The figure tells in how many pixels the two differ. (The paper trained its FCN-32s as a net of its own.)',
        ],
      },
      photo: {
        title: 'the last layer of FCN-32s',
        text: [
          'upscore32 makes 224×224 of 7×7 scores at once: every score is stamped 32 pixels from the next.',
          'Under “Your own photo” the figure takes the scores of a photo of yours, and the net’s own kernel: drag the position, and see a class’s heat map stand up stamp by stamp.',
        ],
        question: 'upscore32 has kernel 64 and stride 32. How many stamps lie on a pixel in the middle of the output?',
        reveal: ['{right}: the kernel is twice as long as the stride, in both directions. Along an edge it is {edge}, in a corner {least}.'],
      },
    },
  },
  dropout: {
    title: 'Dropout, and being unsure',
    sources: [
      { text: 'Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, JMLR 2014', href: 'https://jmlr.org/papers/v15/srivastava14a.html' },
      { text: 'Gal & Ghahramani, Dropout as a Bayesian Approximation, ICML 2016', href: 'https://arxiv.org/abs/1506.02142' },
    ],
    parts: {
      units: {
        title: 'what it is not',
        text: [
          'FCN has dropout after fc6 and fc7. In training, each number that comes out of them is set to zero with probability p, and the others are divided by 1 − p, so that their sum is the same on average. When the net is used, nothing is dropped.',
          'It keeps units from relying on one another. Here is a small net with its hidden units; draw a mask, and see who is left.',
        ],
        question: 'With p = 0.5, how many parameters does dropout take out of this net?',
        reveal: [
          '{right}. In training as in use it has {parameters} parameters; this mask dropped {dropped} of its {hidden} hidden units, and the next step of training draws another. It makes no net smaller.',
        ],
      },
      unsure: {
        title: 'left on, it tells where the net is unsure',
        text: [
          'Leave dropout on when the net is used, and it answers a little differently each time. The backbone and fc6 are computed once; what follows, from fc6’s dropout on, again and again. This net was trained with whole channels dropped, and a smaller p than the lecture’s: the figure says which. Where the answers agree, the net is sure; where they spread, it is not.',
          'The map shows the spread: how far (standard deviation) the probability of the class found varies over the passes. With a single pass, as here, there is none yet.',
        ],
        question: 'Where on this photo will the answers spread most?',
        options: {
          edges: 'Along the borders between areas of two classes',
          inside: 'In the middle of the areas',
          anywhere: 'Everywhere about the same',
        },
        reveal: [
          'Within {distance} pixels of a border between two classes the spread is {near} on average, elsewhere {far}, over {passes} passes.',
          'It tells where this net wavers, not where it is right: it can be sure and wrong.',
        ],
      },
    },
  },
  metrics: {
    title: 'How good is a mask?',
    sources: [FCN, { text: 'section 5: metrics' }],
    parts: {
      accuracy: {
        title: 'nobody there',
        text: [
          'Pixel accuracy is the share of pixels that are right. IoU of a class is what truth and prediction have in common, divided by what they cover together; mIoU is its mean over the classes.',
          'In this small truth a person covers 12 of 144 cells. Now take a prediction that finds background everywhere: 132 cells are right, which is a pixel accuracy of 91.7 %. The figure still shows the truth as its own prediction; dog and car are in neither, so the mean leaves them out.',
        ],
        question: 'What is its mIoU?',
        options: { same: 'About as high: over 80 %', half: 'About half: from 40 to 60 %', zero: 'Close to 0 %' },
        reveal: [
          'Pixel accuracy is {accuracy} %, mIoU {miou} %: background has an IoU of {background} %, the person one of {person} %, and the mean counts both equally.',
          'That is how a net can have an accuracy of 0.92 and an mIoU of 0.49, as in the lecture’s competition.',
        ],
      },
      curves: {
        title: 'loss and mIoU',
        text: [
          'This is a log of a training, made up for the lesson, of the kind that the lecture puzzles over. The loss asks how probable the net held the right class, in every pixel. mIoU only asks which class came first.',
          'A net that becomes too sure of itself pays for each mistake with a higher loss, also when it makes no more mistakes than before.',
        ],
        question: 'Do validation loss and mIoU get better and worse together?',
        options: { together: 'Yes: when one gets worse, so does the other', parts: 'No: for a while the loss gets worse and mIoU better' },
        reveal: [
          'The validation loss is lowest at epoch {lowest}; mIoU goes on rising until epoch {highest}, from {from} % to {to} %. The figure marks the stretches where curves part.',
          'So choose a checkpoint by the measure that you care about.',
        ],
      },
    },
  },
  paper: {
    title: 'The paper’s own net',
    sources: [FCN, { text: 'the authors’ nets: voc-fcn32s, voc-fcn16s, voc-fcn8s in github.com/shelhamer/fcn.berkeleyvision.org' }],
    parts: {
      floor: {
        title: '7×7 and padding 100',
        text: [
          'The lecture makes fc6 a 1×1 convolution for convenience. The paper keeps VGG16’s 7×7, without padding, which makes its map 6 cells smaller. So that small photos leave anything at all, the first convolution pads the photo with 100 pixels of zeros on every side.',
          'The first convolution so makes 422 of 224, the others keep the size, each of five pools halves it. The ruler shows every map as a strip, its cells where they lie on the photo. Caffe’s pools, as here, round sizes up. Many PyTorch ports round down.',
        ],
        question: 'A photo is 224 pixels wide, pools round down, and FCN-32s ends with upscore: kernel 64, stride 32, no padding. How many pixels wide is what comes out?',
        reveal: ['{right} pixels, more than the photo’s {photo}: the photo lies somewhere within, and is cut out. That is the 256 of the lecture.'],
      },
      crop: {
        title: 'where to cut',
        text: [
          'The paper pads the photo with 100 pixels of zeros on every side, and what its net makes is larger than the photo. The surplus isn’t the same on both sides, so the cut isn’t centred. Its place follows from where the first cell of each map lies on the photo; every convolution, pool and transposed convolution moves it by a known amount.',
          'A transposed convolution without padding places its first cell (k − 1)/2 of its own cells earlier. In FCN-16s score_fr’s first cell lies at pixel 12.5; upscore2 has kernel 4 and cells 16 apart, upscore16 kernel 32 and cells 1 apart: 12.5 − 1.5·16 − 15.5 = −27, so its result is cut at 27. FCN-32s goes from score_fr through upscore alone, kernel 64, to cells 1 apart.',
        ],
        question: 'At which pixel of upscore’s output, counted from 0, does the photo begin in FCN-32s?',
        reveal: [
          'At {right}: 12.5 − 31.5 = −{right}. In the ruler it is the distance between two marks: the first cell of upscore lies {right} pixels before the photo.',
          'With the lecture’s padding of 1, and transposed convolutions padded by half their stride, every output begins at 0, and nothing is cut.',
        ],
      },
    },
  },
}
