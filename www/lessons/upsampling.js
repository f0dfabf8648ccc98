/**
 * The story of the *Upsample* view, in the order of the lecture: what each chapter shows, and
 * what is to be seen in it.
 */

/**
 * @typedef {object} Chapter
 * @property {string} id
 * @property {string} state of the figure, as in a link
 * @property {{title: string, text: string[]}} en
 * @property {{title: string, text: string[]}} ko
 */

/** @type {readonly Chapter[]} */
export const CHAPTERS = [
  {
    id: 'stamp',
    state: 'preset=stride1',
    en: {
      title: '3×3 kernel, stride 1',
      text: [
        'After five poolings a photo of 224×224 has become a map of 7×7. To label every pixel, FCN has to make it large again, and it lets a layer learn how: the transposed convolution.',
        'A convolution reads a window and writes one number. Here it is the other way round: each input cell takes the whole kernel, multiplies it by its value, and stamps it onto the output. Press play, or step with the arrow.',
      ],
    },
    ko: {
      title: '3×3 커널, 보폭 1',
      text: [
        '풀링을 다섯 번 거치면 224×224 사진이 7×7 맵이 됩니다. 픽셀마다 이름을 붙이려면 FCN은 이 맵을 다시 키워야 하고, 키우는 방법도 층이 배우게 합니다. 그 층이 전치 합성곱입니다.',
        '합성곱은 창 하나를 읽어 수 하나를 씁니다. 여기서는 거꾸로입니다. 입력 한 칸이 커널 전체에 자기 값을 곱해 출력에 도장처럼 찍습니다. 재생을 누르거나 한 단계씩 넘겨 보세요.',
      ],
    },
  },
  {
    id: 'overlap',
    state: 'preset=overlap&step=2',
    en: {
      title: 'Overlaps add up',
      text: [
        'The kernel is longer than the stride, so neighbouring stamps land on some of the same cells. There they are added, nothing is overwritten. The small numbers count the stamps on each cell.',
        'Is the overlap a problem? It makes the result smooth where the kernel is smooth. Where the kernel’s size isn’t divisible by the stride it is uneven, and a pattern of squares can show: compare the two checkerboard examples.',
      ],
    },
    ko: {
      title: '겹치면 더한다',
      text: [
        '커널이 보폭보다 길어서 이웃한 도장이 몇 칸에 함께 찍힙니다. 그런 칸에서는 덮어쓰지 않고 더합니다. 작은 숫자는 칸마다 찍힌 도장 수입니다.',
        '겹침은 문제일까요? 커널이 매끄러우면 겹침 덕분에 결과도 매끄러워집니다. 그러나 커널 크기가 보폭으로 나누어떨어지지 않으면 겹침이 고르지 않아 네모난 무늬가 생길 수 있습니다. 체커보드 예제 둘을 비교해 보세요.',
      ],
    },
  },
  {
    id: 'stride',
    state: 'preset=stride2&step=4',
    en: {
      title: 'Stride 2',
      text: [
        'In a convolution the stride is how far the window moves on the input, and a larger one makes the output smaller. Here it is how far apart the stamps land on the output, and a larger one makes it larger: 3 cells become 7.',
        'Switch to “Gather” to see the same numbers another way: put stride − 1 zeros between the input cells, add a border, and slide the flipped kernel over it, one cell at a time.',
      ],
    },
    ko: {
      title: '보폭 2',
      text: [
        '합성곱에서 보폭은 창이 입력 위를 움직이는 거리이고, 크면 출력이 작아집니다. 여기서는 도장이 출력에 찍히는 간격이고, 크면 출력이 커집니다. 3칸이 7칸이 됩니다.',
        '“모으기”로 바꾸면 같은 수를 다르게 볼 수 있습니다. 입력 칸 사이에 0을 (보폭 − 1)개씩 끼우고 테두리를 두른 다음, 뒤집은 커널을 한 칸씩 밀며 곱해 더합니다.',
      ],
    },
  },
  {
    id: 'padding',
    state: 'preset=padding&step=5',
    en: {
      title: 'Padding trims',
      text: [
        'Would padding make the output larger? No: it is the padding of the convolution that this layer turns round. There it added a border to the input, here it cuts that border off the output. The hatched cells are computed and thrown away.',
        'FCN uses kernel 4, stride 2, padding 1 to double a map exactly: (n − 1)·2 − 2 + 4 = 2n.',
      ],
    },
    ko: {
      title: '패딩은 잘라낸다',
      text: [
        '패딩을 주면 출력이 커질까요? 아닙니다. 이 층이 거꾸로 돌리는 합성곱의 패딩이기 때문입니다. 합성곱은 입력에 테두리를 둘렀으니, 여기서는 출력에서 그 테두리를 잘라냅니다. 빗금 친 칸은 계산한 뒤 버립니다.',
        'FCN은 커널 4, 보폭 2, 패딩 1로 맵을 정확히 두 배로 키웁니다: (n − 1)·2 − 2 + 4 = 2n.',
      ],
    },
  },
  {
    id: 'matrix',
    state: 'input=2x2&view=matrix&step=6',
    en: {
      title: 'As a matrix',
      text: [
        'Write a map as one long column of numbers, and a convolution becomes a matrix C: one row for each of its outputs, the kernel’s numbers in it, zeros elsewhere. C takes 16 numbers (4×4) to 4 (2×2).',
        'Turn C on its side and it takes 4 numbers to 16. Multiplying by Cᵀ is exactly what the stamps do: a column of Cᵀ is one stamp, a row is what one output cell gathers. That is where the name “transposed” comes from.',
      ],
    },
    ko: {
      title: '행렬로 보기',
      text: [
        '맵을 한 줄로 길게 늘어놓으면 합성곱은 행렬 C가 됩니다. 출력 하나가 한 행이고, 그 행에 커널의 수가 들어가며 나머지는 0입니다. C는 수 16개(4×4)를 4개(2×2)로 보냅니다.',
        'C를 눕히면 4개를 16개로 보냅니다. Cᵀ를 곱하는 것이 바로 도장 찍기입니다. Cᵀ의 열 하나가 도장 하나이고, 행 하나가 출력 한 칸이 모으는 값입니다. “전치(transposed)”라는 이름은 여기서 나왔습니다.',
      ],
    },
  },
  {
    id: 'name',
    state: 'input=2x2&view=matrix&step=last&inverse=1',
    en: {
      title: 'Why “deconvolution” is wrong',
      text: [
        'The layer is often called deconvolution, but that word belongs to the operation that undoes a convolution. This one doesn’t: Cᵀ brings back the shape, not the values.',
        'Below the matrices, open “Why it isn’t deconvolution”: Cᵀ·C would have to be the identity, and it isn’t. A map that is convolved and transposed-convolved returns with its size and with other numbers.',
      ],
    },
    ko: {
      title: '“디컨볼루션”이 틀린 이유',
      text: [
        '이 층을 흔히 디컨볼루션(deconvolution)이라고 부르지만, 그 말은 합성곱을 되돌리는 연산의 이름입니다. 이 층은 되돌리지 않습니다. Cᵀ는 모양을 돌려줄 뿐 값을 돌려주지 않습니다.',
        '행렬 아래 “왜 디컨볼루션이 아닌가”를 보세요. 되돌리려면 Cᵀ·C가 단위행렬이어야 하는데 그렇지 않습니다. 합성곱한 뒤 전치 합성곱한 맵은 크기만 돌아오고 수는 달라집니다.',
      ],
    },
  },
  {
    id: 'puzzle',
    state: 'preset=slip',
    en: {
      title: 'A puzzle: 16/16/8',
      text: [
        'FCN-16s ends by enlarging a 14×14 map sixteen times. Lecture notes once printed the layer as ConvTranspose2d with kernel 16, stride 16, padding 8. Put the numbers into the formula: does it give 224?',
        'Type your answer below the figure, then change one number so that it does.',
      ],
    },
    ko: {
      title: '퀴즈: 16/16/8',
      text: [
        'FCN-16s는 마지막에 14×14 맵을 열여섯 배로 키웁니다. 어느 강의 노트는 이 층을 커널 16, 보폭 16, 패딩 8인 ConvTranspose2d로 적었습니다. 수를 식에 넣어 보세요. 224가 나올까요?',
        '그림 아래에 답을 적은 다음, 수 하나를 바꿔 224가 되게 해 보세요.',
      ],
    },
  },
  {
    id: 'photo',
    state: 'preset=upscore32&photo=1',
    en: {
      title: 'Stamp your own photo',
      text: [
        'So far the numbers were made up. Now take a photo: the net on this page turns it into a small score map for each class, and its own upsampling kernel enlarges that. Choose a photo under “Your own photo”, then drag the position slider and watch the class’s heat map stand up, stamp by stamp.',
        'Compare the layers: upscore32 enlarges the coarsest scores 32 times at once, upscore8 only 8 times, after pool4 and pool3 have been added. That is the difference between FCN-32s and FCN-8s.',
      ],
    },
    ko: {
      title: '내 사진에 찍어 보기',
      text: [
        '지금까지의 수는 지어낸 것이었습니다. 이번에는 사진을 씁니다. 이 페이지의 신경망이 사진을 클래스마다 작은 점수 맵으로 바꾸고, 학습된 업샘플링 커널로 그 맵을 키웁니다. “내 사진으로 해 보기”에서 사진을 고른 다음 위치 막대를 끌며 클래스의 열지도가 도장마다 솟아오르는 것을 보세요.',
        '층을 비교해 보세요. upscore32는 가장 거친 점수를 한 번에 32배로 키웁니다. upscore8은 pool4와 pool3를 더한 뒤 8배만 키웁니다. FCN-32s와 FCN-8s의 차이가 이것입니다.',
      ],
    },
  },
]
