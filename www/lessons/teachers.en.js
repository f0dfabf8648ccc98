/**
 * The page for teachers, English. `{name}` marks a number of teaching.js, or what the page itself counts; all others are
 * those of the question.
 */

export const texts = {
  title: 'For teachers',
  intro: [
    'The lesson on fully convolutional networks goes from station to station, in the order of the lecture. At each, the class predicts something first, and then a live figure computes it. Below are a plan, what each station shows, questions with their answers, and how a station or a figure is put on your own page.',
  ],
  back: 'FCN Lab',
  other: '한국어',
  lesson: 'Open the lesson',
  contents: 'On this page',
  copy: 'Copy',
  copied: 'Copied',
  selected: 'Could not be copied; it is selected',

  plan: {
    heading: 'A plan',
    minutes: 'Minutes',
    stations: 'Stations',
    does: 'What the class does',
    total: 'Total',
    none: '–',
    whole: {
      caption: 'A lesson of {sum} minutes',
      text: 'At every station the same three steps: read, predict in writing or by a show of hands, then check. A class learns most from the predictions that turn out wrong, so let somebody who was wrong say what they had thought.',
      rows: {
        begin: 'Opens the page and has a photo of its own segmented. What does the net find, what not? That is the task: a class for every pixel.',
        place: 'Predicts what moves when the photo moves, and which layer refuses a larger photo.',
        backbone: 'Guesses which stage holds most parameters, and compares the curves of two trainings.',
        upsampling: 'Steps through the stamps, adds up an overlap by hand, and counts stamps: is the overlap a problem?',
        size: 'Computes three output sizes with the formula. The zeros round the input are for discussion, the puzzle is for pairs.',
        matrix: 'Counts the kernel’s numbers in the matrix, and says why “deconvolution” is the wrong word.',
        learn: 'Bets on what the kernel becomes, then lets it learn.',
        skips: 'Turns the skips down by hand, and watches which pixels change.',
        dropout: 'Says what dropout removes, then looks where the net wavers. With little time: only the second part.',
        metrics: 'Estimates mIoU for a mask that finds nobody, and finds the place where loss and mIoU part.',
        end: 'Names one thing that it would have said otherwise before the lesson. The station on the paper’s own net is homework, by its link.',
      },
    },
    short: {
      caption: 'The same in {sum} minutes',
      text: 'One or two parts of each station are enough: the first of “A label or a place”, the first two of “Making it large again”, stride and padding, the sliders of the skips, and the mask that finds nobody. The teacher shows it, the class predicts by a show of hands.',
      rows: {
        begin: 'Sees one photo segmented: a class for every pixel.',
        place: 'Predicts what moves when the photo moves.',
        enlarge: 'Follows the stamps, adds up one overlap, and predicts the size for stride 2 and for padding 1.',
        skips: 'Predicts how many pixels change without the skips.',
        metrics: 'Estimates mIoU for a mask that finds nobody.',
        end: 'Takes the links of the other stations home.',
      },
    },
  },

  needs: {
    heading: 'What a class needs',
    list: [
      'A browser with JavaScript, on a laptop, a tablet or a phone: the page fits a screen of 320 pixels. It was tried in Chromium, on which Chrome and Edge are built; what matters most also in Firefox and WebKitGTK. Try the browser of the class before the lesson.',
      'No account and no installation. A photo that somebody chooses stays on the device: the page sends nothing anywhere.',
      'No particular graphics card. Where the browser offers WebGPU on a GPU the nets compute there, else on the CPU, which takes longer. The badge below a figure says which.',
      'One device for two people is enough. What has been done is kept in that browser; “Clear my progress” in the lesson clears it for the next class.',
      'A network for the first visit to each station. What has been used is stored on the device, where the browser allows it, and works without one later. The site is a folder of files, so a school can also serve a copy of its own.',
      'Paper, if you like: “Link, embed, print” below each station prints it as a handout, with its address. This page prints as you see it: open the answers that should be on it, close those that should not.',
    ],
    downloads: 'What is downloaded',
    downloadsText: 'A net comes when a figure first needs it, once a device; that of the page’s first view with the first photo, so not where the lesson is opened by its link. The page also stores its own scripts and texts on the device, for use without a network.',
    what: 'What',
    size: 'Size',
    forWhat: 'Needed by',
    engine: 'What computes (WebAssembly)',
    everyNet: 'each figure with a net',
    firstView: 'the page’s first view',
    unknown: 'not told by the server',
    megabytes: '{n} MB',
    station: 'station {n}',
    devices: 'Devices',
    line: 'Their line, Mbit/s',
    time: '{one} MB a device for all stations and the page’s first view, {all} MB for all devices: about {seconds} s if they share the line evenly and nothing else does.',
    timeUnread: 'Both should be numbers above 0.',
  },

  answers: {
    heading: 'The stations',
    text: 'Each with what it shows, three questions for the class, and its link. A number in an answer is computed here, with the same functions as in the figures.',
    open: 'Open all answers',
    close: 'Close all answers',
    station: 'Station {n}',
    parts: 'Parts',
    questions: 'Three questions for the class',
    answer: 'Answer',
    link: 'Link',
    frame: 'For a page that takes iframes',
    script: 'For a page that takes scripts',
    take: 'Link and embed lines',
  },

  stations: {
    place: {
      shows: [
        'One classifier is asked twice: once for a label of the whole photo, once for a label of every window of it, and only the second answer follows when the photo moves.',
        'Then the size of a photo is dragged through VGG16’s layers, as pasted from PyTorch, and only the Linear layer refuses.',
      ],
      questions: [
        ['Why can’t nn.Linear(25088, 4096) take a photo of 256×256?', 'It has a weight for each number that comes in. Five poolings leave {cells}×{cells} cells with 512 numbers each: {flat}. A photo of 256×256 leaves {cellsLarger}×{cellsLarger} cells, which is {flatLarger} numbers, and there is no weight for the additional ones.'],
        ['Does making a fully connected layer a convolution change what has been learned?', 'No. VGG16’s first one, {fc6} weights, is laid out as 4096 kernels of 512×7×7, number by number. On a photo of 224×224 both give the same answer; on a larger one the convolution gives a map of answers.'],
        ['The lecture makes fc6 a 1×1 convolution. Is it the 1×1 that lets the net take any size?', 'No, any convolution does, as long as the map isn’t smaller than the kernel. What differs is how much of the photo a cell sees: {field1} pixels a side with 1×1, {field7} with the paper’s 7×7.'],
      ],
    },
    backbone: {
      shows: [
        'A net of VGG16’s shape is opened on a photo, with the shape, the parameters and the multiply-adds of every stage.',
        'Then the curves of two trainings lie side by side, of the same net on the same photos: one began with weights learned on ImageNet, the other with random numbers.',
      ],
      questions: [
        ['Where in VGG16 are most parameters, and where is most work?', 'In fc6, which as 7×7 has {fc6} weights; all thirteen convolutions before it have {convolutions}. But a classifier uses each of fc6’s weights once a photo, and a convolution uses its own at every pixel: conv1_2 alone, on 224×224 pixels with 64 channels in and out, makes {work} multiplications.'],
        ['A photo of 224×224 goes through five poolings. How many cells are left, and what does one of them see?', '{cells}×{cells} cells, {apart} pixels apart. Each sees {field}×{field} pixels, so neighbours see largely the same, and it still knows much about its surroundings.'],
        ['ImageNet has labels but no masks. Why does it help to begin with its weights?', 'The first layers find edges, textures and shapes, which every task with photos needs. A mask takes long to draw and a label hardly any time, so there are far more labelled photos than masks to learn this from. How much it brings is to be read off the two curves.'],
      ],
    },
    upsampling: {
      shows: [
        'Each cell of a small map stamps the kernel, times its value, onto a larger one; where stamps overlap they are added.',
        'Then the stamps on every cell are counted, for a kernel that the stride divides and for one that it doesn’t.',
      ],
      questions: [
        ['An input of 2×2, a kernel of 3×3, stride 2: where do stamps overlap, and how many at most?', 'The output is {stamped}×{stamped}. The stamps overlap in its middle row and its middle column, two by two; on the cell in the middle all {most} lie.'],
        ['Why does FCN choose a kernel twice as long as the stride?', 'The stride then divides the kernel, so that away from the border every cell gets the same number of stamps: {even}, whatever the stride. And such a kernel can hold the bilinear weights, so that before any learning the layer already enlarges smoothly.'],
        ['Kernel 3 and stride 2 leave between {least} and {uneven} stamps on a cell away from the border. Must a checkerboard be seen?', 'No: weights can be learned that balance it. But nothing makes the net find them, and in practice the pattern often stays. It is safer to take a kernel that the stride divides, or to enlarge by interpolation and then convolve (Odena, Dumoulin & Olah, 2016).'],
      ],
    },
    size: {
      shows: [
        'The stride is how far apart the stamps land, so a larger one makes the output larger; the padding cuts the border off.',
        'Then two riddles: what do zeros round the input bring, and what is wrong with kernel 16, stride 16, padding 8?',
      ],
      questions: [
        ['How are kernel k and padding p chosen so that a layer enlarges exactly s times?', '(n − 1)·s − 2p + k = n·s gives k − 2p = s. With k = 2s the padding is s/2. So kernel 4, stride 2, padding 1 makes {doubled} cells of 7; 32/16/8 makes {times16} of 14; 64/32/16 makes {times32} of 7.'],
        ['On 14 cells 16/16/8 gives {slip} where 224 was wanted. Somebody mends it as 16/16/0. Is that as good as 32/16/8?', 'The size is right: {blocks}. But the stamps then lie side by side without overlapping. With equal weights each cell becomes a block of 16×16, and whatever is learned, no pixel takes anything of a neighbouring cell.'],
        ['What does output_padding do, and why is it needed?', 'It adds rows at the bottom and columns at the right, which get numbers from the stamps where padding had cut them away. A convolution of kernel 3, stride 2, padding 1 makes {from7} cells of 7 and also {from8} of 8. Its transpose makes {to7} of them, or {to8} with output_padding 1: one has to say which size is meant.'],
      ],
    },
    matrix: {
      shows: [
        'With the map as one column of numbers, a convolution is a matrix C, and the transposed convolution multiplies by Cᵀ.',
        'Cᵀ·C is shown not to be the identity, which is why the layer undoes nothing.',
      ],
      questions: [
        ['A kernel of 3×3 goes over a map of 4×4, without padding. How large is C, and what is in a row?', '{rows} rows, one for each output, and {columns} columns, one for each input. A row holds the kernel’s {taps} numbers in the places that its window sees, and zeros elsewhere.'],
        ['What is a column of Cᵀ, and what is a row of it?', 'A column is one stamp: what one input cell gives to all output cells. A row is what one output cell gathers from all input cells. “Stamp” and “Gather” in the figure are these two ways to multiply.'],
        ['Where does Cᵀ turn up in an ordinary CNN, without any transposed convolution in it?', 'In the backward pass. If y = C·x, then the gradient of the loss by x is Cᵀ times its gradient by y. Hence the paper’s words “backwards convolution”: what is one layer’s forward pass is the other’s backward pass.'],
      ],
    },
    learn: {
      shows: [
        'Gradient descent moves a kernel, step by step, towards one that makes a given large map of a small one.',
        'What the kernel becomes depends on the target: a smoothly enlarged map or a blocky one.',
      ],
      questions: [
        ['The map that it learns from has 6×6 cells, the layer kernel 4, stride 2, padding 1. How many numbers are learned, and by how many errors are they judged?', '{learned} numbers of the kernel, by the errors of {judged} output cells. Each kernel number is judged at every cell on which it was stamped: its gradient is the sum over them of the error times the input cell that was stamped.'],
        ['Layer and learning are the same at both parts. Why do different kernels come out?', 'Because another error is made small. Learning knows nothing of “bilinear” or “nearest”; it only goes where the squared error falls.'],
        ['What happens when the learning rate is too large?', 'A step goes past the lowest point and ends higher than it began, the next goes further still, and the loss grows without bound. For a squared error, as here, that happens above 2 divided by the greatest curvature.'],
      ],
    },
    skips: {
      shows: [
        'A net is open with its two skips on, and two sliders turn them down: FCN-8s becomes nearly FCN-16s, then nearly FCN-32s.',
        'Then the kernel of upscore32 is stamped, so that one sees how much a single cell has to speak for.',
      ],
      questions: [
        ['For how many pixels does one score cell speak in FCN-32s, and the finest ones in FCN-16s and FCN-8s?', '{area32} pixels (32×32), {area16} (16×16) and {area8} (8×8). So it is at edges and at thin things that the skips change most.'],
        ['If the scores of pool4 and pool3 help, why not go on with pool2 and pool1?', 'In the paper mIoU went from {paper32} to {paper16} with pool4, a gain of {gain16} points, and to {paper8} with pool3, another {gain8}. The authors stopped there. Early maps know where edges are, and little of what they belong to.'],
        ['Both skips are at 0. Is that the trained FCN-32s?', 'Not quite. This net’s heads share their scores, so both enlarge the same ones, but ×2, ×2 and ×8 one after another aren’t one step of ×32. The figure says in how many pixels the two differ. (The paper’s FCN-32s is a net that was trained by itself, without skips.)'],
      ],
    },
    dropout: {
      shows: [
        'A small net with a mask drawn over its hidden units: who is dropped in a step of training, and that nothing is dropped in use.',
        'Then dropout is left on in use, and many passes over one photo give a map of where the answers spread.',
      ],
      questions: [
        ['A unit gives 0.8, and p is 0.5. What can come out of dropout in training, and what on average?', '0, or 0.8 / (1 − 0.5) = {kept}; on average {mean}, as without it. That is what dividing by 1 − p is for.'],
        ['“Dropout makes the net smaller, so that it can’t overfit.” What is wrong with that?', 'It removes no parameter: the next step draws another mask, and in use all units are there. It keeps units from relying on one another, much as if many thinned nets were averaged (Srivastava et al., 2014).'],
        ['At a pixel the answers of all passes agree. Is the class right there?', 'Not necessarily. The spread tells how much the answer depends on which units are dropped. A net can be sure and wrong, for instance with a thing that it has never been shown.'],
      ],
    },
    metrics: {
      shows: [
        'A small truth and a prediction to paint, with pixel accuracy and mIoU beside it: a mask that finds nobody has a high accuracy.',
        'Then the curves of a training, with the stretch marked where the loss gets worse and mIoU better.',
      ],
      questions: [
        ['Of 144 cells 12 are a person. A prediction finds 6 of them, and the rest is right. Pixel accuracy, IoU of both classes, mIoU?', 'Accuracy 138/144 = {half_accuracy} %. Person: 6 in common, 12 covered by either, {half_person} %. Background: 132/138 = {half_background} %. mIoU is their mean, {half_mean} %.'],
        ['A class is in neither truth nor prediction. What is its IoU?', '0 divided by 0: there is none, and the mean is taken over the others. Counting it as 0 would punish the net, as 1 would reward it. If it is in the prediction only, its IoU is 0 and does count.'],
        ['How can the loss get worse while mIoU gets better?', 'The loss asks how probable the right class was. A wrong pixel in which it had 0.4 costs −ln 0.4 = {mild}; with 0.01 it costs {grave}. For mIoU both are one wrong pixel. A net that grows too sure of itself can pay more for a few mistakes than it did for many.'],
      ],
    },
    paper: {
      shows: [
        'A ruler shows every map of the paper’s net as a strip, its cells where they lie on the photo: 7×7 for fc6, padding 100, pools that round up or down.',
        'The places at which the net’s output is cut come out as the distance between two marks.',
      ],
      questions: [
        ['What would happen with padding 1 in place of 100, with fc6 of 7×7 and pools that round down?', 'A photo of 224 pixels leaves 7 cells, and fc6 makes {left} of them; enlarged as in the lecture’s FCN-32s (64/32/16) that is {made} pixels in place of 224. Of {smaller} pixels fc6 makes {none} cells: nothing.'],
        ['The lecture has 256 for a photo of 224. What comes out where pools round up, as in Caffe?', '{ceil} in place of {floor}: one cell more after the pools is {more} pixels more in the end. Both are cut down to 224.'],
        ['{ceil} − 224, halved, is {half}. Why is the cut at {crop} and not there?', 'Because cells aren’t where one would guess. The first cell of fc6 lies at pixel {start} of the photo, and the first output pixel {reach} before it, as the kernel of 64 has its middle there: at −{crop}. So {crop} of the surplus pixels are cut off before the photo, and {behind} behind it.'],
      ],
    },
  },

  recipes: {
    heading: 'On your own page',
    text: 'Each of these was tried in Chromium, on a page of another address than this one, with exactly the lines shown. What each element takes is in its documentation.',
    docs: 'All elements, with their attributes and events',
    tried: 'Tried with {what}.',
    all: {
      html: { title: 'Plain HTML', text: ['One script tag, no build step, no other files. The element is as wide as its place and as high as it needs. A page with a content security policy has to allow this site’s address in script-src, and for figures with a net in connect-src, img-src and worker-src too.'] },
      iframe: { title: 'In an iframe', text: ['The attributes of the element are the parameters of the address; element= says which. The script has the frame grow with its content. Without it, the frame scrolls.'] },
      host: { title: 'Notion and others that only take an address', text: [
        'Paste the address as an embed. Such sites make an iframe of it, often a sandboxed one. With “allow-scripts allow-same-origin”, as is usual, all works.',
        'Without “allow-same-origin” the figures that only draw and compute numbers work (Upsample, Inside’s ruler and calculator, Measure’s small masks). Those with a net don’t, and say so: the browser forbids their worker. The lesson then keeps nothing of what has been done.',
      ] },
      reveal: { title: 'Reveal.js', text: ['The figure stands in a slide like anything else. It is drawn when its slide comes, and pointing works although Reveal scales its slides. Arrow keys pressed in a figure must not turn the slide (keyboardCondition), nor should a finger that drags in it (data-prevent-swipe). Slides are made a little higher, and some parts of the figure are hidden, so that all of it is seen.'] },
      jupyter: { title: 'Jupyter', text: ['The first form is safe for notebooks that are handed on. The second has the figure as high as it needs, but Jupyter runs the scripts of an output only where the notebook is trusted, that is, where the cell was run. What IPython makes of both was tried on a page, not in Jupyter itself.'] },
      quarto: { title: 'Quarto', text: ['Quarto passes a block of raw HTML on as it is, so this is plain HTML in the end, and was tried as that. It works in HTML documents and in Reveal.js slides.'] },
      react19: { title: 'React 19', text: ['React 19 sets properties where the element has them, so lists, numbers and booleans arrive as they are, and onfcn-step listens to fcn-step. The script tag goes before the app’s own: a list that is set before the element is known would become text. Strings, as in HTML, may come at any time.'] },
      react18: { title: 'React 18', text: ['React 18 writes attributes only: numbers and strings arrive, lists don’t, and it knows no events of elements. So both go through a ref. A boolean attribute that is false is best left out, as alone={isAlone || undefined} does: React 18 would write the word “false”.'] },
      vue: { title: 'Vue 3', text: ['Vue has to be told that these tags are elements, here for Vite. “.prop” sets a property, whether or not the element’s script has come.'] },
      docusaurus: { title: 'Docusaurus', text: ['MDX becomes React’s JSX and is rendered on the server first, then in the browser. That was tried with React 18 and 19, not with Docusaurus itself. Use attributes as in HTML, and leave a blank line around the tag.'] },
    },
  },
}
