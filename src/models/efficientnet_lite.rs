//! FCN's heads over EfficientNet-Lite, a backbone that comes pre-trained and is made for small machines.
//!
//! Tan & Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", ICML 2019 (arXiv
//! 1905.11946), in the Lite form: no squeeze-and-excitation, ReLU6, stem not scaled. What `fcn.rs` takes
//! from VGG16's pools is taken from the last block at 1/8, 1/16 and 1/32 of the input's size; fc6 to the
//! masks are the same. Agrees with the PyTorch definition in `tests/reference/fcn_efficientnet_lite.py`. Batch
//! norms are folded into the convolutions when a net is exported.

use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig, ConvTranspose2d};
use burn::tensor::{Device, Tensor};
use serde_json::json;

use super::fcn::{self, FcnHeads, FoundHeads, HeadsConfig};
use super::fresh::Fresh;
use super::layers::{bias_of, load_conv};
use super::observer::{Heads, Observer};
use super::registry::{Layers, Settings};
use super::shapes::{INNER, Map, Walk, Window};
use super::variant::Variant;
use crate::FcnError;
use crate::kernels::{self, Activation, Bottleneck, Taps, bottleneck, conv2d_strided};
use crate::manifest::NetSettings;
use crate::weights::{Candidate, Expected, TensorShapes, Weights};

pub use super::fcn::{STRIDE, VARIANTS};

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

/// Settings of an [`FcnEfficientNetLite`].
#[derive(Debug, Clone)]
pub struct FcnEfficientNetLiteConfig {
    /// Factor on the channels of Lite0, which are rounded to multiples of 8.
    pub width: f64,
    /// Factor on the number of blocks of all but the first and the last stage, rounded up.
    pub depth: f64,
    /// The heads' settings.
    pub heads: HeadsConfig,
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

/// Channels of Lite0, scaled: the nearest multiple of 8, but not a tenth less.
fn scaled(channels: usize, width: f64) -> usize {
    let exact = channels as f64 * width;
    let rounded = ((exact + 4.0) as usize / 8 * 8).max(8);
    match (rounded as f64) < 0.9 * exact {
        true => rounded + 8,
        false => rounded,
    }
}

/// The blocks of a backbone of that width and depth.
fn blocks(width: f64, depth: f64) -> Vec<Block> {
    let mut names = BLOCKS.into_iter();
    let mut blocks = Vec::new();
    let mut from = STEM;
    for (i, (count, kernel, stride, expansion, channels)) in STAGES.into_iter().enumerate() {
        let count = match i {
            0 | 6 => count,
            _ => (count as f64 * depth).ceil() as usize,
        };
        let to = scaled(channels, width);
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

/// Channels at 1/8, 1/16 and 1/32 of the input's size.
fn pools(width: f64) -> [usize; 3] {
    [40, 112, 320].map(|channels| scaled(channels, width))
}

/// Padding as TensorFlow's "same" has it for even sizes: at stride 2 what is odd comes after the map.
fn window(kernel: usize, stride: usize) -> kernels::Window {
    kernels::Window {
        kernel,
        stride,
        padding: [kernel.saturating_sub(stride) / 2, (kernel - 1) / 2],
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

/// An inverted bottleneck; see [`bottleneck`].
#[derive(Module, Debug)]
pub struct InvertedBottleneck {
    expand: Option<Conv2d>,
    depthwise: Conv2d,
    project: Conv2d,
    adds: bool,
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
        }
    }

    fn load(&mut self, name: &str, weights: &mut Weights, device: &Device) -> Result<(), FcnError> {
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
            project: taps(&self.project),
            window: window(kernel, stride),
            adds: self.adds,
        };
        bottleneck(x, layers)
    }
}

fn taps(layer: &Conv2d) -> Taps {
    Taps {
        weight: layer.weight.val(),
        bias: bias_of(layer),
    }
}

/// EfficientNet-Lite without its classifier, and FCN's heads.
#[derive(Module, Debug)]
pub struct FcnEfficientNetLite {
    conv_stem: Conv2d,
    blocks: Vec<InvertedBottleneck>,
    heads: FcnHeads,
}

/// See [`Architecture::read`](super::registry::Architecture::read).
pub(super) fn read(
    config: &NetSettings,
    variants: &[Variant],
) -> Result<Box<dyn Settings>, FcnError> {
    let factor = |name: &str| {
        let value: f64 = config.own(name)?;
        if (0.0..=MOST).contains(&value) && value > 0.0 {
            return Ok(value);
        }
        Err(FcnError::manifest(format!(
            "\"config.{name}\" is {value}, it must be more than 0 and at most {MOST}"
        )))
    };
    let width = factor("width")?;
    Ok(Box::new(FcnEfficientNetLiteConfig {
        width,
        depth: factor("depth")?,
        heads: HeadsConfig::read(config, variants, pools(width))?,
    }))
}

impl FcnEfficientNetLiteConfig {
    /// A net with the weights of a file, which must hold exactly this architecture's tensors.
    ///
    /// # Errors
    /// As [`Weights::take`] and [`Weights::finish`].
    pub fn load(
        &self,
        mut weights: Weights,
        device: &Device,
    ) -> Result<FcnEfficientNetLite, FcnError> {
        let blocks = blocks(self.width, self.depth);
        let layers = |block| InvertedBottleneck::layers(block, device);
        let mut net = FcnEfficientNetLite {
            conv_stem: conv_layer([3, STEM], [3, 2], 1, device),
            blocks: blocks.iter().map(layers).collect(),
            heads: self.heads.layers(device),
        };
        load_conv(&mut net.conv_stem, "conv_stem", &mut weights, device)?;
        for (layers, block) in net.blocks.iter_mut().zip(&blocks) {
            layers.load(block.name, &mut weights, device)?;
        }
        net.heads.load(&mut weights, device)?;
        weights.finish()?;
        Ok(net)
    }
}

impl Settings for FcnEfficientNetLiteConfig {
    fn narrowed(&self) -> Box<dyn Settings> {
        let width = self.width.min(0.2);
        Box::new(Self {
            width,
            depth: self.depth.min(1.0),
            heads: HeadsConfig {
                classes: self.heads.classes.min(8),
                fc_channels: self.heads.fc_channels.min(16),
                pools: pools(width),
                ..self.heads.clone()
            },
        })
    }

    fn walk(&self, variants: &[Variant], input: Map, walk: &mut Walk) -> Result<(), FcnError> {
        let halved = |map: Map, stride: usize| map.size.map(|side| side / stride);
        let mut x = walk.map("conv_stem", STEM, halved(input, 2));
        let mut maps = Vec::new();
        for block in blocks(self.width, self.depth) {
            let [_, wide, to] = block.channels;
            if block.stride == 2 {
                maps.push(x);
            }
            if block.expands() {
                x = walk.conv(INNER, x, wide, Window::valid(1))?;
            }
            x = walk.map(INNER, wide, halved(x, block.stride));
            x = walk.conv(block.name, x, to, Window::valid(1))?;
        }
        maps.push(x);
        let [_, _, pool3, pool4, pool5] = maps[..] else {
            return Err(FcnError::invalid("a backbone of other strides"));
        };
        self.heads.walk(variants, [pool3, pool4, pool5], walk)
    }

    fn load(&self, weights: Weights, device: &Device) -> Result<Box<dyn Layers>, FcnError> {
        Ok(Box::new(FcnEfficientNetLiteConfig::load(
            self, weights, device,
        )?))
    }
}

impl Layers for FcnEfficientNetLite {
    /// The scores of several heads over one pass of the backbone, in the order of `variants`.
    ///
    /// # Shapes
    /// - `x` `[n, 3, h, w]`, h and w multiples of 32
    /// - each result `[n, classes, h, w]`
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another shape; else the observer's.
    fn forward_observed<'a>(
        &'a self,
        x: Tensor<4>,
        variants: &'a [Variant],
        observer: &'a mut dyn Observer,
    ) -> Heads<'a> {
        Box::pin(async move {
            fcn::check_input(&x, variants)?;
            let Taps { weight, bias } = taps(&self.conv_stem);
            let mut x = conv2d_strided(x, weight, bias, window(3, 2), Activation::Relu6); // [n, 32, h/2, w/2]
            observer.stage("conv_stem", &x).await?;
            let mut maps = Vec::new();
            for (block, name) in self.blocks.iter().zip(BLOCKS) {
                if block.depthwise.stride == [2, 2] {
                    maps.push(x.clone());
                }
                x = block.forward(x);
                observer.stage(name, &x).await?;
            }
            let mut maps = maps.into_iter().skip(2); // those at 1/2 and 1/4
            let (Some(pool3), Some(pool4)) = (maps.next(), maps.next()) else {
                return Err(FcnError::invalid("a backbone of other strides"));
            };
            let pools = [pool3, pool4, x];
            self.heads.forward_observed(pools, variants, observer).await
        })
    }

    fn upsampling_layer(&self, name: &str) -> Option<&ConvTranspose2d> {
        self.heads.upsampling_layer(name)
    }
}

/// See [`Architecture::candidate`](super::registry::Architecture::candidate): Lite0, 1 or 2, with any of the
/// three heads.
pub(super) fn candidate(shapes: &TensorShapes) -> Option<Candidate> {
    shapes.get("conv_stem.weight")?;
    let heads = FoundHeads::of(shapes);
    let count = BLOCKS.iter().filter(|name| {
        let depthwise = format!("{name}.depthwise.weight");
        shapes.contains_key(depthwise.as_str())
    });
    let (count, fc6) = (count.count(), shapes.get("fc6.weight").copied());
    let inputs = fc6.and_then(|shape| shape.get(1)).copied();
    let fits = |&&(_, width, depth): &&(_, f64, f64)| {
        let [_, _, last] = pools(width);
        blocks(width, depth).len() == count && inputs.is_none_or(|inputs| inputs == last)
    };
    let &(name, width, depth) = SCALES.iter().find(fits)?;
    let mut expected = Expected::default();
    expected.layer("conv_stem", &[STEM, 3, 3, 3]);
    for block in blocks(width, depth) {
        let [from, wide, to] = block.channels;
        let Block { name, kernel, .. } = block;
        if block.expands() {
            expected.layer(&format!("{name}.expand"), &[wide, from, 1, 1]);
        }
        expected.layer(&format!("{name}.depthwise"), &[wide, 1, kernel, kernel]);
        expected.layer(&format!("{name}.project"), &[to, wide, 1, 1]);
    }
    heads.expect(&mut expected, pools(width));
    let [fc6_kernel, fc] = heads.fc();
    let [mean, std] = [127.0, 128.0].map(|value| [value / 255.0; 3]);
    let size = format!("{name}; fc6 {fc6_kernel}×{fc6_kernel}, {fc} channels");
    Some(Candidate {
        architecture: "fcn-efficientnet-lite",
        title: format!("FCN of this project on EfficientNet-{name}"),
        classes: heads.classes,
        makes_masks: true,
        about: vec![("backbone", size), ("heads", heads.variants.join(", "))],
        settings: json!({
            "width": width,
            "depth": depth,
            "fc6_kernel": fc6_kernel,
            "fc_channels": fc,
            "per_class_upsampling": heads.per_class_upsampling,
        }),
        // As the backbone was trained: (x − 127) / 128.
        input: json!({
            "order": "RGB", "mean": mean, "std": std,
            "pad_color": [127, 127, 127],
            "pad_multiple": STRIDE, "long_side": 384, "max_long_side": 1024,
        }),
        notes: Vec::new(),
        expected,
        unused: None,
        variants: heads.variants,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Blueprint;

    #[test]
    fn the_backbones_are_googles() {
        // Channels and number of blocks of each stage, as the released checkpoints have them.
        for ((name, width, depth), (channels, counts)) in SCALES.into_iter().zip([
            ([16, 24, 40, 80, 112, 192, 320], [1, 2, 2, 3, 3, 4, 1]),
            ([16, 24, 40, 80, 112, 192, 320], [1, 3, 3, 4, 4, 5, 1]),
            ([16, 24, 48, 88, 120, 208, 352], [1, 3, 3, 4, 4, 5, 1]),
        ]) {
            let blocks = blocks(width, depth);
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
        assert_eq!(blocks(MOST, MOST).len(), BLOCKS.len());
    }

    #[test]
    fn the_largest_maps_are_those_within_a_block() {
        let heads = HeadsConfig {
            classes: 14,
            fc6_kernel: 3,
            fc_channels: 256,
            variants: vec![Variant::Fcn8s],
            per_class_upsampling: true,
            pools: pools(1.1),
        };
        let config = FcnEfficientNetLiteConfig {
            width: 1.1,
            depth: 1.2,
            heads,
        };
        let net = Blueprint::new("fcn-efficientnet-lite", config, &VARIANTS).expect("a net");
        // 96 channels at half the size, and the scores.
        let maps = net.largest_maps(&[Variant::Fcn8s], 1024, 1024);
        assert_eq!(maps, [96 << 20, 56 << 20]);
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
