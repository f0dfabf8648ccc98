/** Texts to begin with, each with the size of what goes in. */

/** @typedef {{text: string, channels: number, rows: number, columns: number}} Pasted */

/** @param {number} from @param {number} to @param {number} deep @param {string} padding of the first @param {string} pool */
function block(from, to, deep, padding = '1', pool = '2, 2, ceil_mode=True') {
  const lines = Array.from({ length: deep }, (_, i) =>
    `nn.Conv2d(${i ? to : from}, ${to}, 3, padding=${i ? '1' : padding}), nn.ReLU(),`)
  return [...lines, `nn.MaxPool2d(${pool}),`].map(line => `  ${line}`).join('\n')
}

/** @type {Readonly<Record<'slip' | 'paper' | 'vgg' | 'classifier' | 'burn', Pasted>>} */
export const PRESETS = {
  // The head as the lecture's notes print it; upscore16 is the slip.
  slip: {
    channels: 512, rows: 14, columns: 14, text: `# FCN-16s, from pool4 on
self.score_pool4 = nn.Conv2d(512, 21, 1)
self.upscore16 = nn.ConvTranspose2d(21, 21, 16, stride=16, padding=8, bias=False)`,
  },
  // voc-fcn32s/net.py of the authors.
  paper: {
    channels: 3, rows: 224, columns: 224, text: `# FCN-32s as in the paper; the output is cropped at 19
nn.Sequential(
${block(3, 64, 2, '100')}
${block(64, 128, 2)}
${block(128, 256, 3)}
${block(256, 512, 3)}
${block(512, 512, 3)}
  nn.Conv2d(512, 4096, 7), nn.ReLU(), nn.Dropout2d(),
  nn.Conv2d(4096, 4096, 1), nn.ReLU(), nn.Dropout2d(),
  nn.Conv2d(4096, 21, 1),
  nn.ConvTranspose2d(21, 21, 64, stride=32, bias=False),
)`,
  },
  // torchvision's vgg16 as the paper had it, without the adaptive pool; at a size that it was not made for.
  vgg: {
    channels: 3, rows: 256, columns: 256, text: `# VGG16, made for 224×224: drag the size
nn.Sequential(
${[[3, 64, 2], [64, 128, 2], [128, 256, 3], [256, 512, 3], [512, 512, 3]].map(([from, to, deep]) =>
  block(from, to, deep, '1', '2')).join('\n')}
  nn.Flatten(),
  nn.Linear(512 * 7 * 7, 4096), nn.ReLU(), nn.Dropout(),
  nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(),
  nn.Linear(4096, 1000),
)`,
  },
  classifier: {
    channels: 3, rows: 224, columns: 224, text: `# A small classifier, as print(model) writes it
Net(
  (features): Sequential(
    (0): Conv2d(3, 16, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))
    (1): ReLU(inplace=True)
    (2): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
    (3): Conv2d(16, 32, kernel_size=(3, 3), stride=(1, 1), padding=same)
    (4): AvgPool2d(kernel_size=8, stride=8, padding=0)
  )
  (flatten): Flatten(start_dim=1, end_dim=-1)
  (classifier): Linear(in_features=1568, out_features=10, bias=True)
)`,
  },
  burn: {
    channels: 512, rows: 7, columns: 7, text: `// FCN-32s from fc6 on, with Burn
let fc6 = Conv2dConfig::new([512, 4096], [1, 1]).init(&device);
let fc7 = Conv2dConfig::new([4096, 4096], [1, 1]).init(&device);
let score_fr = Conv2dConfig::new([4096, 21], [1, 1])
    .with_padding(PaddingConfig2d::Explicit(0, 0, 0, 0))
    .init(&device);
let upscore32 = ConvTranspose2dConfig::new([21, 21], [64, 64])
    .with_stride([32, 32])
    .with_padding([16, 16])
    .with_bias(false)
    .init(&device);`,
  },
}
