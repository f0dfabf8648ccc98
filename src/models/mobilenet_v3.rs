//! MobileNetV3-Large as a backbone of nets that label every pixel: output stride 16, by dilation.
//!
//! Howard et al., "Searching for MobileNetV3", ICCV 2019 (arXiv 1905.02244): inverted bottlenecks with hard
//! swish and, in eight of them, squeeze and excitation. Agrees with torchvision's
//! `mobilenet_v3_large(dilated=True).features`, whose names the tensors have. Batch norms are folded into the
//! convolutions before them as they are loaded.

use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::{Device, Tensor};

use super::efficientnet_lite::{factor, scaled};
use super::fresh::Fresh;
use super::layers::{conv_any, load_conv, load_conv_norm, taps};
use super::observer::Observer;
use super::resnet::conv_layer;
use super::shapes::{INNER, Map, Walk, Window};
use super::tail::Convolution;
use crate::FcnError;
use crate::kernels::{self, Activation, Arranged, Bottleneck, Squeeze, bottleneck_again};
use crate::manifest::NetSettings;
use crate::weights::{Expected, Weights};

/// Channels of the first convolution.
const STEM: usize = 16;

/// The last convolution has this many times the channels of the last block.
const LAST: usize = 6;

/// torchvision's batch norms here add more to a variance than PyTorch's usual.
const EPSILON: f64 = 1e-3;

/// Squeeze and excitation has a quarter of the channels in its middle.
const REDUCTION: usize = 4;

/// Where the blocks begin that keep their map's size and spread their taps instead of halving it.
const DILATED: usize = 12;

/// The last block whose map is 1/8 of the input's size: what a head takes beside the last map.
const LOW: usize = 4;

/// A block's kernel, channels between and out, whether it squeezes, whether it has hard swish or ReLU, and
/// whether the original halves the map.
type Row = (usize, usize, usize, bool, bool, bool);

/// The paper's table 1.
const BLOCKS: [Row; 15] = [
    (3, 16, 16, false, false, false),
    (3, 64, 24, false, false, true),
    (3, 72, 24, false, false, false),
    (5, 72, 40, true, false, true),
    (5, 120, 40, true, false, false),
    (5, 120, 40, true, false, false),
    (3, 240, 80, false, true, true),
    (3, 200, 80, false, true, false),
    (3, 184, 80, false, true, false),
    (3, 184, 80, false, true, false),
    (3, 480, 112, true, true, false),
    (3, 672, 112, true, true, false),
    (5, 672, 160, true, true, true),
    (5, 960, 160, true, true, false),
    (5, 960, 160, true, true, false),
];

/// The stages' names, in passes and in files: the first convolution, the blocks, the last convolution.
const STAGES: [&str; BLOCKS.len() + 2] = [
    "backbone.0",
    "backbone.1",
    "backbone.2",
    "backbone.3",
    "backbone.4",
    "backbone.5",
    "backbone.6",
    "backbone.7",
    "backbone.8",
    "backbone.9",
    "backbone.10",
    "backbone.11",
    "backbone.12",
    "backbone.13",
    "backbone.14",
    "backbone.15",
    "backbone.16",
];

/// The stage of the first of the maps that [`MobileNetV3::forward_observed`] gives.
pub(super) const LOW_STAGE: &str = STAGES[LOW];

/// Settings of a [`MobileNetV3`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MobileNetV3Config {
    /// Factor on the paper's channels, which are rounded to multiples of 8.
    pub width: f64,
}

/// An inverted bottleneck's sizes.
#[derive(Debug, Clone, Copy)]
struct Block {
    name: &'static str,
    kernel: usize,
    stride: usize,
    dilation: usize,
    /// Channels in, between, and out.
    channels: [usize; 3],
    /// Channels in the middle of its squeeze and excitation.
    few: Option<usize>,
    hard_swish: bool,
    /// Whether its input is added to its result.
    adds: bool,
}

impl Block {
    /// Whether it has a 1×1 convolution to more channels.
    fn expands(&self) -> bool {
        let [from, wide, _] = self.channels;
        from != wide
    }

    fn parts(&self) -> Parts {
        Parts::of(self.name, self.expands(), self.few.is_some())
    }
}

/// The names of a block's parts in files.
struct Parts {
    expand: Option<String>,
    depthwise: String,
    squeeze: Option<String>,
    project: String,
}

impl Parts {
    /// torchvision numbers those that are there.
    fn of(block: &str, expands: bool, squeezes: bool) -> Self {
        let mut numbers = 0..;
        let mut part = || format!("{block}.block.{}", numbers.next().unwrap_or_default());
        Self {
            expand: expands.then(&mut part),
            depthwise: part(),
            squeeze: squeezes.then(&mut part),
            project: part(),
        }
    }
}

/// A convolution and its batch norm.
fn conv_norm(part: &str) -> [String; 2] {
    [0, 1].map(|i| format!("{part}.{i}"))
}

/// Two fully connected layers that make a factor for each channel; see [`Squeeze`].
#[derive(Module, Debug)]
pub struct SqueezeExcitation {
    fc1: Conv2d,
    fc2: Conv2d,
}

/// An inverted bottleneck; see [`Bottleneck`].
#[derive(Module, Debug)]
pub struct InvertedResidual {
    expand: Option<Conv2d>,
    depthwise: Conv2d,
    squeeze: Option<SqueezeExcitation>,
    project: Conv2d,
    hard_swish: bool,
    adds: bool,
    #[module(skip)]
    arranged: Arranged,
}

impl InvertedResidual {
    fn layers(block: &Block, device: &Device) -> Self {
        let [from, wide, to] = block.channels;
        let pointwise = |from, to| conv_layer([from, to], 1, 1, 1, device);
        let padding = block.dilation * (block.kernel / 2);
        let depthwise = Conv2dConfig::new([wide, wide], [block.kernel; 2])
            .with_stride([block.stride; 2])
            .with_dilation([block.dilation; 2])
            .with_groups(wide)
            .with_padding(PaddingConfig2d::Explicit(
                padding, padding, padding, padding,
            ));
        Self {
            expand: block.expands().then(|| pointwise(from, wide)),
            depthwise: depthwise.fresh(device),
            squeeze: block.few.map(|few| SqueezeExcitation {
                fc1: pointwise(wide, few),
                fc2: pointwise(few, wide),
            }),
            project: pointwise(wide, to),
            hard_swish: block.hard_swish,
            adds: block.adds,
            arranged: Arranged::default(),
        }
    }

    fn load(&mut self, name: &str, weights: &mut Weights, device: &Device) -> Result<(), FcnError> {
        self.arranged = Arranged::default();
        let parts = Parts::of(name, self.expand.is_some(), self.squeeze.is_some());
        let load = |layer: &mut Conv2d, part: &str, weights: &mut Weights| {
            load_conv_norm(layer, conv_norm(part), EPSILON, weights, device)
        };
        if let (Some(layer), Some(part)) = (&mut self.expand, &parts.expand) {
            load(layer, part, weights)?;
        }
        load(&mut self.depthwise, &parts.depthwise, weights)?;
        if let (Some(layers), Some(part)) = (&mut self.squeeze, &parts.squeeze) {
            load_conv(&mut layers.fc1, &format!("{part}.fc1"), weights, device)?;
            load_conv(&mut layers.fc2, &format!("{part}.fc2"), weights, device)?;
        }
        load(&mut self.project, &parts.project, weights)
    }

    /// # Shapes
    /// `[n, in, h, w]` to `[n, out, h / stride, w / stride]`, rounded up
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let layer = &self.depthwise;
        let ([kernel, _], [stride, _]) = (layer.kernel_size, layer.stride);
        let [dilation, _] = layer.dilation;
        let layers = Bottleneck {
            expand: self.expand.as_ref().map(taps),
            depthwise: taps(layer),
            squeeze: self.squeeze.as_ref().map(|layers| Squeeze {
                squeeze: taps(&layers.fc1),
                excite: taps(&layers.fc2),
            }),
            project: taps(&self.project),
            window: kernels::Window::atrous(kernel, stride, dilation),
            activation: match self.hard_swish {
                true => Activation::HardSwish,
                false => Activation::Relu,
            },
            adds: self.adds,
        };
        bottleneck_again(x, layers, &self.arranged)
    }
}

/// MobileNetV3-Large without its classifier.
#[derive(Module, Debug)]
pub struct MobileNetV3 {
    first: Conv2d,
    blocks: Vec<InvertedResidual>,
    last: Conv2d,
}

impl MobileNetV3Config {
    /// The paper's, and torchvision's.
    pub const LARGE: Self = Self { width: 1.0 };

    /// From a manifest's `config`.
    ///
    /// # Errors
    /// [`FcnError::ManifestInvalid`] with the field at fault.
    pub(super) fn read(config: &NetSettings) -> Result<Self, FcnError> {
        Ok(Self {
            width: factor(config, "width")?,
        })
    }

    /// The same with few channels.
    pub(super) fn narrowed(self) -> Self {
        Self {
            width: self.width.min(0.2),
        }
    }

    /// Channels of the maps that [`MobileNetV3::forward_observed`] gives.
    pub(super) fn channels(self) -> [usize; 2] {
        let out = |row: Option<Row>| row.map_or(0, |(_, _, out, ..)| scaled(out, self.width));
        let low = out(BLOCKS.get(LOW - 1).copied());
        [low, LAST * out(BLOCKS.last().copied())]
    }

    fn blocks(self) -> Vec<Block> {
        let mut from = scaled(STEM, self.width);
        let mut blocks = Vec::with_capacity(BLOCKS.len());
        let names = STAGES.into_iter().skip(1);
        for (i, (row, name)) in BLOCKS.into_iter().zip(names).enumerate() {
            let (kernel, wide, out, squeezes, hard_swish, halves) = row;
            let (wide, to) = (scaled(wide, self.width), scaled(out, self.width));
            let is_dilated = i >= DILATED;
            blocks.push(Block {
                name,
                kernel,
                stride: if halves && !is_dilated { 2 } else { 1 },
                dilation: if is_dilated { 2 } else { 1 },
                channels: [from, wide, to],
                few: squeezes.then(|| scaled(wide / REDUCTION, 1.0)),
                hard_swish,
                adds: !halves && from == to,
            });
            from = to;
        }
        blocks
    }

    /// A backbone with random weights.
    pub fn init(self, device: &Device) -> MobileNetV3 {
        let blocks = self.blocks();
        let [.., last] = self.channels();
        let layers = |block| InvertedResidual::layers(block, device);
        MobileNetV3 {
            first: conv_layer([3, scaled(STEM, self.width)], 3, 2, 1, device),
            blocks: blocks.iter().map(layers).collect(),
            last: conv_layer([last / LAST, last], 1, 1, 1, device),
        }
    }

    /// Walks the backbone; the maps are those that [`MobileNetV3::forward_observed`] gives.
    ///
    /// # Errors
    /// As [`Walk::conv`].
    pub(super) fn walk(self, input: Map, walk: &mut Walk) -> Result<[Map; 2], FcnError> {
        let [first, .., last] = STAGES;
        let stem = scaled(STEM, self.width);
        let mut x = walk.conv(first, input, stem, Window::same(3, 2, 1))?;
        let mut low = x;
        for block in self.blocks() {
            let [_, wide, to] = block.channels;
            let mut y = match block.expands() {
                true => walk.conv(INNER, x, wide, Window::valid(1))?,
                false => x,
            };
            let window = Window::same(block.kernel, block.stride, block.dilation);
            y = walk.depthwise(INNER, y, window)?;
            if let Some(few) = block.few {
                let mean = walk.mean(y);
                let squeezed = walk.conv(INNER, mean, few, Window::valid(1))?;
                walk.conv(INNER, squeezed, wide, Window::valid(1))?;
                y = y.scaled();
            }
            let y = walk.conv(INNER, y, to, Window::valid(1))?;
            x = match block.adds {
                true => y.plus(x, block.name, walk),
                false => y.stage(block.name, walk),
            };
            if block.name == LOW_STAGE {
                low = x;
            }
        }
        let [.., channels] = self.channels();
        let x = walk.conv(last, x, channels, Window::valid(1))?;
        Ok([low, x])
    }

    /// The tensors of torchvision's checkpoints, with the batch norms that are folded in here.
    pub(super) fn expect(self, expected: &mut Expected) {
        let [first, .., last] = STAGES;
        let mut add = |part: &str, shape| {
            let [conv, norm] = conv_norm(part);
            expected.conv_norm([&conv, &norm], shape);
        };
        add(first, [scaled(STEM, self.width), 3, 3, 3]);
        for block in self.blocks() {
            let [from, wide, to] = block.channels;
            let parts = block.parts();
            if let Some(part) = parts.expand {
                add(&part, [wide, from, 1, 1]);
            }
            add(&parts.depthwise, [wide, 1, block.kernel, block.kernel]);
            add(&parts.project, [to, wide, 1, 1]);
        }
        let [.., channels] = self.channels();
        add(last, [channels, channels / LAST, 1, 1]);
        for block in self.blocks() {
            let [_, wide, _] = block.channels;
            if let (Some(part), Some(few)) = (block.parts().squeeze, block.few) {
                expected.layer(&format!("{part}.fc1"), &[few, wide, 1, 1]);
                expected.layer(&format!("{part}.fc2"), &[wide, few, 1, 1]);
            }
        }
    }
}

impl MobileNetV3 {
    /// The convolutions that are stages by themselves, the first and the last.
    pub(super) fn convolution(&self, stage: &str) -> Option<Convolution<'_>> {
        let [first, .., last] = STAGES;
        let layer = match stage {
            _ if stage == first => &self.first,
            _ if stage == last => &self.last,
            _ => return None,
        };
        Some(Convolution {
            activation: Activation::HardSwish,
            ..Convolution::plain(layer)
        })
    }

    /// Replaces the weights by those of a file, `backbone.0.0.weight` and so on.
    ///
    /// # Errors
    /// As [`Weights::take`].
    pub fn load(&mut self, weights: &mut Weights, device: &Device) -> Result<(), FcnError> {
        let [first, .., last] = STAGES;
        load_conv_norm(&mut self.first, conv_norm(first), EPSILON, weights, device)?;
        for (block, name) in self.blocks.iter_mut().zip(STAGES.into_iter().skip(1)) {
            block.load(name, weights, device)?;
        }
        load_conv_norm(&mut self.last, conv_norm(last), EPSILON, weights, device)
    }

    /// # Shapes
    /// - `x` `[n, 3, h, w]`, any h and w
    /// - the last map at 1/8 of the input's size and the last map of all, at 1/16, rounded up, with the channels
    ///   of `MobileNetV3Config::channels`
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another shape; else the observer's.
    pub async fn forward_observed(
        &self,
        x: Tensor<4>,
        observer: &mut dyn Observer,
    ) -> Result<[Tensor<4>; 2], FcnError> {
        let [n, channels, h, w] = x.dims();
        if n == 0 || channels != 3 || h == 0 || w == 0 {
            return Err(FcnError::invalid(format!(
                "the input is {:?}, not [n, 3, h, w]",
                x.dims()
            )));
        }
        let [first, .., last] = STAGES;
        let mut x = conv_any(&self.first, x, Activation::HardSwish); // [n, 16·width, h/2, w/2]
        observer.stage(first, &x).await?;
        let mut low = x.clone();
        for (block, name) in self.blocks.iter().zip(STAGES.into_iter().skip(1)) {
            x = block.forward(x);
            observer.stage(name, &x).await?;
            if name == LOW_STAGE {
                low = x.clone(); // [n, 40·width, h/8, w/8]
            }
        }
        let x = conv_any(&self.last, x, Activation::HardSwish); // [n, 960·width, h/16, w/16]
        observer.stage(last, &x).await?;
        Ok([low, x])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_halved_four_times_and_the_rest_is_dilated() {
        let blocks = MobileNetV3Config::LARGE.blocks();
        let halving = blocks.iter().filter(|block| block.stride == 2);
        let halving: Vec<_> = halving.map(|block| block.name).collect();
        assert_eq!(halving, ["backbone.2", "backbone.4", "backbone.7"]);
        let dilated = blocks.iter().filter(|block| block.dilation == 2);
        let dilated: Vec<_> = dilated.map(|block| block.name).collect();
        assert_eq!(dilated, ["backbone.13", "backbone.14", "backbone.15"]);
        // What halves in the original doesn't add its input, though here it could.
        let narrow = MobileNetV3Config { width: 0.05 }.blocks();
        let adds = narrow.iter().find(|block| block.name == "backbone.13");
        let adds = adds.map(|block| (block.channels, block.adds));
        assert_eq!(adds, Some(([8, 32, 8], false)));
    }
}
