//! EfficientNet-Lite, a backbone that comes pre-trained and is made for small machines.
//!
//! Tan & Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", ICML 2019 (arXiv
//! 1905.11946), in the Lite form: no squeeze-and-excitation, ReLU6, stem not scaled. Batch norms are folded
//! into the convolutions when a net is exported.

use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::{Device, Tensor};

use super::fresh::Fresh;
use super::layers::{load_conv, taps};
use super::observer::Observer;
use super::shapes::{INNER, Map, Walk, Window};
use super::tail::Convolution;
use crate::FcnError;
use crate::error::field;
use crate::kernels::{
    self, Activation, Arranged, Bottleneck, Taps, bottleneck_again, conv2d_strided,
};
use crate::manifest::NetSettings;
use crate::weights::{Expected, TensorShapes, Weights};

/// Channels after the first convolution, whatever the width.
const STEM: usize = 32;

/// A stage's blocks, kernel, stride of the first block, expansion and channels.
type Stage = (usize, usize, usize, usize, usize);

/// EfficientNet-Lite0's stages.
const STAGES: [Stage; 7] = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
];

/// Factors on channels and blocks, of those that come pre-trained.
const SCALES: [(&str, f64, f64); 3] = [
    ("Lite0", 1.0, 1.0),
    ("Lite1", 1.0, 1.1),
    ("Lite2", 1.1, 1.2),
];

/// The largest factor that a manifest may give.
const MOST: f64 = 2.0;

/// The blocks' names, in passes and in files; as many as a net of the largest depth has.
const BLOCKS: [&str; 30] = [
    "blocks.0",
    "blocks.1",
    "blocks.2",
    "blocks.3",
    "blocks.4",
    "blocks.5",
    "blocks.6",
    "blocks.7",
    "blocks.8",
    "blocks.9",
    "blocks.10",
    "blocks.11",
    "blocks.12",
    "blocks.13",
    "blocks.14",
    "blocks.15",
    "blocks.16",
    "blocks.17",
    "blocks.18",
    "blocks.19",
    "blocks.20",
    "blocks.21",
    "blocks.22",
    "blocks.23",
    "blocks.24",
    "blocks.25",
    "blocks.26",
    "blocks.27",
    "blocks.28",
    "blocks.29",
];

/// Settings of an [`EfficientNetLite`].
#[derive(Debug, Clone, Copy)]
pub struct EfficientNetLiteConfig {
    /// Factor on the channels of Lite0, which are rounded to multiples of 8.
    pub width: f64,
    /// Factor on the number of blocks of all but the first and the last stage, rounded up.
    pub depth: f64,
}

/// An inverted bottleneck's sizes.
#[derive(Debug, Clone, Copy)]
struct Block {
    name: &'static str,
    kernel: usize,
    stride: usize,
    /// Channels in, between, and out.
    channels: [usize; 3],
}

impl Block {
    /// Whether its input is added to its result.
    fn adds(&self) -> bool {
        let [from, _, to] = self.channels;
        self.stride == 1 && from == to
    }

    /// Whether it has a 1×1 convolution to more channels.
    fn expands(&self) -> bool {
        let [from, wide, _] = self.channels;
        from != wide
    }
}

/// A factor on sizes, of a manifest's `config`.
///
/// # Errors
/// [`FcnError::ManifestInvalid`].
pub(super) fn factor(config: &NetSettings, name: &str) -> Result<f64, FcnError> {
    let value: f64 = config.own(name)?;
    if value > 0.0 && value <= MOST {
        return Ok(value);
    }
    let reason = format!("\"config.{name}\" is {value}, it must be more than 0 and at most {MOST}");
    let facts = [
        field(format!("config.{name}")),
        ("got", value.to_string()),
        ("high", MOST.to_string()),
    ];
    Err(FcnError::manifest(reason).told("manifest.above", facts))
}

/// Channels, scaled: the nearest multiple of 8, but not a tenth less.
pub(super) fn scaled(channels: usize, width: f64) -> usize {
    let exact = channels as f64 * width;
    let rounded = ((exact + 4.0) as usize / 8 * 8).max(8);
    match (rounded as f64) < 0.9 * exact {
        true => rounded + 8,
        false => rounded,
    }
}

/// Padding as TensorFlow's "same" has it for even sizes: at stride 2 what is odd comes after the map.
fn window(kernel: usize, stride: usize) -> kernels::Window {
    kernels::Window {
        kernel,
        stride,
        padding: [kernel.saturating_sub(stride) / 2, (kernel - 1) / 2],
        dilation: 1,
    }
}

/// A convolution that is padded so; `groups` is 1, or the number of channels.
fn conv_layer(
    channels: [usize; 2],
    [kernel, stride]: [usize; 2],
    groups: usize,
    device: &Device,
) -> Conv2d {
    let [before, after] = window(kernel, stride).padding;
    Conv2dConfig::new(channels, [kernel; 2])
        .with_stride([stride; 2])
        .with_groups(groups)
        .with_padding(PaddingConfig2d::Explicit(before, before, after, after))
        .fresh(device)
}

/// An inverted bottleneck; see [`Bottleneck`].
#[derive(Module, Debug)]
pub struct InvertedBottleneck {
    expand: Option<Conv2d>,
    depthwise: Conv2d,
    project: Conv2d,
    adds: bool,
    #[module(skip)]
    arranged: Arranged,
}

impl InvertedBottleneck {
    fn layers(block: &Block, device: &Device) -> Self {
        let [from, wide, to] = block.channels;
        let middle = [block.kernel, block.stride];
        Self {
            expand: (block.expands()).then(|| conv_layer([from, wide], [1, 1], 1, device)),
            depthwise: conv_layer([wide, wide], middle, wide, device),
            project: conv_layer([wide, to], [1, 1], 1, device),
            adds: block.adds(),
            arranged: Arranged::default(),
        }
    }

    fn load(&mut self, name: &str, weights: &mut Weights, device: &Device) -> Result<(), FcnError> {
        self.arranged = Arranged::default();
        if let Some(expand) = &mut self.expand {
            load_conv(expand, &format!("{name}.expand"), weights, device)?;
        }
        let depthwise = format!("{name}.depthwise");
        load_conv(&mut self.depthwise, &depthwise, weights, device)?;
        load_conv(
            &mut self.project,
            &format!("{name}.project"),
            weights,
            device,
        )
    }

    /// # Shapes
    /// `[n, in, h, w]` to `[n, out, h / stride, w / stride]`; h and w are multiples of the stride
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let ([kernel, _], [stride, _]) = (self.depthwise.kernel_size, self.depthwise.stride);
        let layers = Bottleneck {
            expand: self.expand.as_ref().map(taps),
            depthwise: taps(&self.depthwise),
            squeeze: None,
            project: taps(&self.project),
            window: window(kernel, stride),
            activation: Activation::Relu6,
            adds: self.adds,
        };
        bottleneck_again(x, layers, &self.arranged)
    }
}

/// EfficientNet-Lite without its classifier.
#[derive(Module, Debug)]
pub struct EfficientNetLite {
    conv_stem: Conv2d,
    blocks: Vec<InvertedBottleneck>,
}

impl EfficientNetLiteConfig {
    /// From a manifest's `config`.
    ///
    /// # Errors
    /// [`FcnError::ManifestInvalid`] with the field at fault.
    pub(super) fn read(config: &NetSettings) -> Result<Self, FcnError> {
        Ok(Self {
            width: factor(config, "width")?,
            depth: factor(config, "depth")?,
        })
    }

    /// Lite0, 1 or 2 by its name, if a file's tensors are of so many blocks, whose last one has `last` channels.
    pub(super) fn found(
        shapes: &TensorShapes,
        last: Option<usize>,
    ) -> Option<(&'static str, Self)> {
        shapes.get("conv_stem.weight")?;
        let count = BLOCKS.iter().filter(|name| {
            let depthwise = format!("{name}.depthwise.weight");
            shapes.contains_key(depthwise.as_str())
        });
        let count = count.count();
        let all = SCALES.map(|(name, width, depth)| (name, Self { width, depth }));
        all.into_iter().find(|(_, config)| {
            let [_, _, channels] = config.pools();
            config.blocks().len() == count && last.is_none_or(|last| last == channels)
        })
    }

    /// The same with few channels and blocks.
    pub(super) fn narrowed(self) -> Self {
        Self {
            width: self.width.min(0.2),
            depth: self.depth.min(1.0),
        }
    }

    /// Channels at 1/8, 1/16 and 1/32 of the input's size.
    pub fn pools(self) -> [usize; 3] {
        let [_, _, eighth, _, sixteenth, _, last] = STAGES;
        [eighth, sixteenth, last].map(|(.., channels)| scaled(channels, self.width))
    }

    fn blocks(self) -> Vec<Block> {
        let mut names = BLOCKS.into_iter();
        let mut blocks = Vec::new();
        let mut from = STEM;
        for (i, (count, kernel, stride, expansion, channels)) in STAGES.into_iter().enumerate() {
            let count = match i == 0 || i + 1 == STAGES.len() {
                true => count,
                false => (count as f64 * self.depth).ceil() as usize,
            };
            let to = scaled(channels, self.width);
            for (j, name) in (0..count).zip(names.by_ref()) {
                blocks.push(Block {
                    name,
                    kernel,
                    stride: if j == 0 { stride } else { 1 },
                    channels: [from, expansion * from, to],
                });
                from = to;
            }
        }
        blocks
    }

    /// A backbone with random weights.
    pub fn init(self, device: &Device) -> EfficientNetLite {
        let blocks = self.blocks();
        let layers = |block| InvertedBottleneck::layers(block, device);
        EfficientNetLite {
            conv_stem: conv_layer([3, STEM], [3, 2], 1, device),
            blocks: blocks.iter().map(layers).collect(),
        }
    }

    /// Walks the backbone; the maps are the last ones at 1/8, 1/16 and 1/32 of the input's size.
    ///
    /// # Errors
    /// As [`Walk::conv`].
    pub(super) fn walk(self, input: Map, walk: &mut Walk) -> Result<[Map; 3], FcnError> {
        let same = |kernel, stride| Window {
            kernel,
            stride,
            padding: window(kernel, stride).padding,
            dilation: 1,
        };
        let mut x = walk.conv("conv_stem", input, STEM, same(3, 2))?;
        let mut last = [x; 3];
        for block in self.blocks() {
            let [_, wide, to] = block.channels;
            if block.stride == 2 {
                let [_, b, c] = last;
                last = [b, c, x];
            }
            let y = match block.expands() {
                true => walk.conv(INNER, x, wide, Window::valid(1))?,
                false => x,
            };
            let y = walk.depthwise(INNER, y, same(block.kernel, block.stride))?;
            let y = walk.conv(INNER, y, to, Window::valid(1))?;
            x = match block.adds() {
                true => y.plus(x, block.name, walk),
                false => y.stage(block.name, walk),
            };
        }
        let [_, eighth, sixteenth] = last;
        Ok([eighth, sixteenth, x])
    }

    /// The tensors that a file must have.
    pub(super) fn expect(self, expected: &mut Expected) {
        expected.layer("conv_stem", &[STEM, 3, 3, 3]);
        for block in self.blocks() {
            let [from, wide, to] = block.channels;
            let Block { name, kernel, .. } = block;
            if block.expands() {
                expected.layer(&format!("{name}.expand"), &[wide, from, 1, 1]);
            }
            expected.layer(&format!("{name}.depthwise"), &[wide, 1, kernel, kernel]);
            expected.layer(&format!("{name}.project"), &[to, wide, 1, 1]);
        }
    }
}

impl EfficientNetLite {
    /// The first convolution.
    pub(super) fn stem(&self) -> Convolution<'_> {
        Convolution {
            activation: Activation::Relu6,
            ..Convolution::plain(&self.conv_stem)
        }
    }

    /// Replaces the weights by those of a file, `conv_stem.weight` and so on.
    ///
    /// # Errors
    /// As [`Weights::take`].
    pub fn load(&mut self, weights: &mut Weights, device: &Device) -> Result<(), FcnError> {
        load_conv(&mut self.conv_stem, "conv_stem", weights, device)?;
        for (block, name) in self.blocks.iter_mut().zip(BLOCKS) {
            block.load(name, weights, device)?;
        }
        Ok(())
    }

    /// # Shapes
    /// - `x` `[n, 3, h, w]`, h and w multiples of 32
    /// - the last maps at 1/8, 1/16 and 1/32 of the input's size, with the channels of
    ///   [`EfficientNetLiteConfig::pools`]
    ///
    /// # Errors
    /// Only the observer's.
    pub async fn forward_observed(
        &self,
        x: Tensor<4>,
        observer: &mut dyn Observer,
    ) -> Result<[Tensor<4>; 3], FcnError> {
        let Taps { weight, bias } = taps(&self.conv_stem);
        let mut x = conv2d_strided(x, weight, bias, window(3, 2), Activation::Relu6); // [n, 32, h/2, w/2]
        observer.stage("conv_stem", &x).await?;
        let mut last = [x.clone(), x.clone(), x.clone()];
        for (block, name) in self.blocks.iter().zip(BLOCKS) {
            if block.depthwise.stride == [2, 2] {
                let [_, b, c] = last;
                last = [b, c, x.clone()];
            }
            x = block.forward(x);
            observer.stage(name, &x).await?;
        }
        let [_, eighth, sixteenth] = last;
        Ok([eighth, sixteenth, x])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backbones_are_googles() {
        // Channels and number of blocks of each stage, as the released checkpoints have them.
        for ((name, width, depth), (channels, counts)) in SCALES.into_iter().zip([
            ([16, 24, 40, 80, 112, 192, 320], [1, 2, 2, 3, 3, 4, 1]),
            ([16, 24, 40, 80, 112, 192, 320], [1, 3, 3, 4, 4, 5, 1]),
            ([16, 24, 48, 88, 120, 208, 352], [1, 3, 3, 4, 4, 5, 1]),
        ]) {
            let blocks = EfficientNetLiteConfig { width, depth }.blocks();
            let expected = channels.into_iter().zip(counts);
            let expected: Vec<usize> = expected
                .flat_map(|(channels, count)| std::iter::repeat_n(channels, count))
                .collect();
            let found: Vec<usize> = blocks.iter().map(|block| block.channels[2]).collect();
            assert_eq!(found, expected, "{name}");
            let strides: Vec<usize> = (blocks.iter().enumerate())
                .filter(|(_, block)| block.stride == 2)
                .map(|(i, _)| i)
                .collect();
            let sum = |stages: usize| counts[..stages].iter().sum::<usize>();
            assert_eq!(strides, [1, 2, 3, 5].map(sum), "{name}");
        }
        let largest = EfficientNetLiteConfig {
            width: MOST,
            depth: MOST,
        };
        assert_eq!(largest.blocks().len(), BLOCKS.len());
    }

    #[test]
    fn what_is_odd_of_the_padding_comes_after_the_map() {
        for (kernel, stride, padding) in [
            (1, 1, [0, 0]),
            (3, 1, [1, 1]),
            (5, 1, [2, 2]),
            (3, 2, [0, 1]),
            (5, 2, [1, 2]),
        ] {
            assert_eq!(window(kernel, stride).padding, padding);
            assert_eq!(window(kernel, stride).over(64), 64 / stride);
        }
    }
}
