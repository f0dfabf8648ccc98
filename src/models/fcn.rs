//! The lecture's Fully Convolutional Network: one VGG16 backbone, three heads.
//!
//! Long, Shelhamer & Darrell, "Fully Convolutional Networks for Semantic Segmentation", CVPR 2015
//! (arXiv 1411.4038), in the form that lectures teach: size-keeping convolutions, floor pooling, an
//! fc6 that keeps the size, transposed convolutions with padding instead of crops. Agrees with the
//! PyTorch definition in `tests/reference/fcn.py`. The paper's own arithmetic (padding
//! 100, 7×7 fc6 without padding, crops) is another architecture.
//!
//! One checkpoint holds the heads (all three, or those its manifest lists), and a pass runs only
//! what its heads need:
//!
//! ```text
//! score_fr ─ upscore32 ──────────────────────────────────────────── FCN-32s
//!    └ upscore2 + score_pool4 ─ upscore16 ───────────────────────── FCN-16s
//!                    └ upscore_pool4 + score_pool3 ─ upscore8 ───── FCN-8s
//! ```

use burn::config::Config;
use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig, ConvTranspose2d, ConvTranspose2dConfig};
use burn::tensor::{Device, Tensor};
use serde_json::json;

use super::fresh::Fresh;
use super::layers::{conv, conv_relu, load_conv, load_conv_transpose, make_bilinear, upsample};
use super::observer::{Heads, Observer};
use super::registry::{Layers, Settings};
use super::shapes::{Map, Walk, Window};
use super::tail::{Convolution, Enlarge, Skipped, Step, Tail};
pub use super::variant::Variant;
use super::vgg::{self, FC_CHANNELS, VGG16, Vgg, VggConfig, WIDTH};
use crate::FcnError;
use crate::error::field;
use crate::manifest::NetSettings;
use crate::weights::{Candidate, Expected, TensorShapes, Weights, axis_size, imagenet_input};
use Variant::{Fcn8s, Fcn16s, Fcn32s};

/// Width and height of the input must be multiples of this: five pools halve five times.
pub const STRIDE: usize = 32;

/// The heads that this architecture has, coarse to fine.
pub const VARIANTS: [Variant; 3] = [Fcn32s, Fcn16s, Fcn8s];

/// The stages that are dropped out in training.
pub(super) const DROPPED: [&str; 2] = ["fc6", "fc7"];

/// Settings of an [`Fcn`].
#[derive(Config, Debug)]
pub struct FcnConfig {
    /// Number of classes, background included.
    pub classes: usize,
    /// Channels of the first block; 64 in the paper.
    #[config(default = 64)]
    pub width: usize,
    /// Side of fc6's kernel, odd; 1 in the lecture. The size is kept by padding.
    #[config(default = 1)]
    pub fc6_kernel: usize,
    /// Channels of fc6 and fc7.
    #[config(default = 4096)]
    pub fc_channels: usize,
    /// The heads to have.
    #[config(default = "VARIANTS.to_vec()")]
    pub variants: Vec<Variant>,
    /// Each class is enlarged by itself, as bilinear upsampling does; the paper's layers could mix
    /// classes. A factor of `classes` less to store and to compute.
    #[config(default = false)]
    pub per_class_upsampling: bool,
}

/// See [`Architecture::read`](super::registry::Architecture::read).
pub(super) fn read(
    config: &NetSettings,
    variants: &[Variant],
) -> Result<Box<dyn Settings>, FcnError> {
    let heads = HeadsConfig::read(config, variants, [0; 3])?;
    Ok(Box::new(FcnConfig {
        classes: heads.classes,
        width: config.number("width", 128)?,
        fc6_kernel: heads.fc6_kernel,
        fc_channels: heads.fc_channels,
        variants: heads.variants,
        per_class_upsampling: heads.per_class_upsampling,
    }))
}

/// VGG16 backbone, fully connected layers as convolutions, heads 32s, 16s and 8s.
#[derive(Module, Debug)]
pub struct Fcn {
    backbone: Vgg,
    heads: FcnHeads,
}

/// What follows the backbone: fully connected layers as convolutions, scores, skips, and transposed
/// convolutions back to pixels.
///
/// Dropout (0.5 after fc6 and fc7 in the paper) acts in training only and is left out; see [`Layers::dropped`].
#[derive(Module, Debug)]
pub struct FcnHeads {
    fc6: Conv2d,
    fc7: Conv2d,
    score_fr: Conv2d,
    /// FCN-32s.
    upscore32: Option<ConvTranspose2d>,
    /// FCN-16s and FCN-8s.
    pool4: Option<Skip>,
    /// FCN-16s.
    upscore16: Option<ConvTranspose2d>,
    /// FCN-8s.
    pool3: Option<Skip>,
    /// FCN-8s.
    upscore8: Option<ConvTranspose2d>,
}

/// A skip connection: coarse scores enlarged twice, plus the scores of a finer map.
#[derive(Module, Debug)]
pub struct Skip {
    /// `upscore2` or `upscore_pool4`: k4 s2, p1 here and p0 in the reference nets.
    pub(super) upscore: ConvTranspose2d,
    /// `score_pool4` or `score_pool3`: 1×1.
    pub(super) score: Conv2d,
}

/// What FCN-16s and FCN-8s add.
const POOL4: Skipped = Skipped {
    stage: "score_pool4",
    pool: "pool4",
    crop: 0,
    sum: "fuse_pool4",
};

/// What FCN-8s adds.
const POOL3: Skipped = Skipped {
    stage: "score_pool3",
    pool: "pool3",
    crop: 0,
    sum: "fuse_pool3",
};

/// Settings of [`FcnHeads`].
#[derive(Debug, Clone)]
pub struct HeadsConfig {
    /// Number of classes, background included.
    pub classes: usize,
    /// Side of fc6's kernel, odd.
    pub fc6_kernel: usize,
    /// Channels of fc6 and fc7.
    pub fc_channels: usize,
    /// The heads to have.
    pub variants: Vec<Variant>,
    /// See [`FcnConfig::per_class_upsampling`].
    pub per_class_upsampling: bool,
    /// Channels of the backbone's maps at 1/8, 1/16 and 1/32 of the input's size.
    pub pools: [usize; 3],
}

impl FcnConfig {
    fn heads(&self) -> HeadsConfig {
        HeadsConfig {
            classes: self.classes,
            fc6_kernel: self.fc6_kernel,
            fc_channels: self.fc_channels,
            variants: self.variants.clone(),
            per_class_upsampling: self.per_class_upsampling,
            pools: pools(self.width),
        }
    }

    /// A net with random convolutions and bilinear upsampling. The paper starts from bilinear upsampling, too, but takes the
    /// convolutions of VGG from ImageNet and sets the scores' to zero.
    pub fn init(&self, device: &Device) -> Fcn {
        let mut net = self.layers(device);
        for layer in net.heads.upsampling() {
            make_bilinear(layer, device);
        }
        net
    }

    /// The layers; parameters are made when they are first read.
    fn layers(&self, device: &Device) -> Fcn {
        Fcn {
            backbone: VggConfig::new().with_width(self.width).init(device),
            heads: self.heads().layers(device),
        }
    }

    /// A net with the weights of a file, which must hold exactly this architecture's tensors.
    ///
    /// # Errors
    /// As [`Weights::take`] and [`Weights::finish`].
    pub fn load(&self, mut weights: Weights, device: &Device) -> Result<Fcn, FcnError> {
        let mut net = self.layers(device);
        net.backbone = net.backbone.load(&mut weights, device)?;
        net.heads.load(&mut weights, device)?;
        weights.finish()?;
        Ok(net)
    }
}

/// Channels of pool3, pool4 and pool5 of a VGG16 of that width.
fn pools(width: usize) -> [usize; 3] {
    [4 * width, 8 * width, 8 * width]
}

impl Settings for FcnConfig {
    fn narrowed(&self) -> Box<dyn Settings> {
        Box::new(Self {
            classes: self.classes.min(8),
            width: self.width.min(8),
            fc_channels: self.fc_channels.min(16),
            ..self.clone()
        })
    }

    fn walk(&self, variants: &[Variant], input: Map, walk: &mut Walk) -> Result<(), FcnError> {
        let backbone = VggConfig::new().with_width(self.width);
        let pools = backbone.walk(input, walk)?;
        self.heads().walk(variants, pools, walk)
    }

    fn load(&self, weights: Weights, device: &Device) -> Result<Box<dyn Layers>, FcnError> {
        Ok(Box::new(FcnConfig::load(self, weights, device)?))
    }
}

impl Layers for Fcn {
    /// The scores of several heads over one pass of the backbone, in the order of `variants`.
    ///
    /// # Shapes
    /// - `x` `[n, 3, h, w]`, h and w multiples of 32
    /// - each result `[n, classes, h, w]`
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another shape, [`FcnError::UnknownVariant`] for a head that this net hasn't got; else
    /// the observer's.
    fn forward_observed<'a>(
        &'a self,
        x: Tensor<4>,
        variants: &'a [Variant],
        observer: &'a mut dyn Observer,
    ) -> Heads<'a> {
        Box::pin(async move {
            check_input(&x, variants)?;
            let pools = self.backbone.forward_observed(x, observer).await?;
            self.heads.forward_observed(pools, variants, observer).await
        })
    }

    fn upsampling_layer(&self, name: &str) -> Option<&ConvTranspose2d> {
        self.heads.upsampling_layer(name)
    }

    fn tail(&self, variant: Variant) -> Option<Tail<'_>> {
        self.heads.tail(variant)
    }

    fn dropped(&self) -> &'static [&'static str] {
        &DROPPED
    }

    fn convolution(&self, stage: &str) -> Option<Convolution<'_>> {
        let own = self.backbone.convolution(stage);
        own.or_else(|| self.heads.convolution(stage))
    }
}

/// Makes sure that a pass with these heads takes `x`: `[n, 3, h, w]`, h and w multiples of [`STRIDE`].
///
/// # Errors
/// [`FcnError::InvalidInput`], [`FcnError::UnknownVariant`].
pub(super) fn check_input(x: &Tensor<4>, variants: &[Variant]) -> Result<(), FcnError> {
    let [n, channels, h, w] = x.dims();
    if n == 0 || channels != 3 || h == 0 || w == 0 || h % STRIDE != 0 || w % STRIDE != 0 {
        return Err(FcnError::invalid(format!(
            "the input is {:?}, not [n, 3, h, w] with h and w multiples of {STRIDE}",
            x.dims()
        )));
    }
    Variant::check_all(variants, &VARIANTS)
}

impl HeadsConfig {
    /// From a manifest's `config`, for a backbone with so many channels.
    ///
    /// # Errors
    /// [`FcnError::ManifestInvalid`] with the field at fault.
    pub(super) fn read(
        config: &NetSettings,
        variants: &[Variant],
        pools: [usize; 3],
    ) -> Result<Self, FcnError> {
        let fc6_kernel = config.number("fc6_kernel", 15)?;
        if fc6_kernel.is_multiple_of(2) {
            let facts = [field("config.fc6_kernel"), ("got", fc6_kernel.to_string())];
            let error = FcnError::manifest("\"config.fc6_kernel\" must be odd");
            return Err(error.told("manifest.odd", facts));
        }
        let per_class: Option<bool> = config.own("per_class_upsampling")?;
        Ok(Self {
            classes: config.classes,
            fc6_kernel,
            fc_channels: config.number("fc_channels", 8192)?,
            variants: variants.to_vec(),
            per_class_upsampling: per_class.unwrap_or(false),
            pools,
        })
    }

    /// The layers; parameters are made when they are first read.
    pub(super) fn layers(&self, device: &Device) -> FcnHeads {
        let [pool3, pool4, pool5] = self.pools;
        let padding = (self.fc6_kernel - 1) / 2;
        let padding = PaddingConfig2d::Explicit(padding, padding, padding, padding);
        let pointwise = |from, to| Conv2dConfig::new([from, to], [1, 1]).fresh(device);
        // The stride is the factor; the kernel is twice as wide, so that stamps overlap evenly,
        // and half a stride of padding makes the result exactly `factor` times as large.
        let groups = if self.per_class_upsampling {
            self.classes
        } else {
            1
        };
        let up = |factor: usize| {
            let kernel = 2 * factor;
            ConvTranspose2dConfig::new([self.classes; 2], [kernel; 2])
                .with_stride([factor; 2])
                .with_padding([factor / 2; 2])
                .with_groups(groups)
                .with_bias(false)
                .fresh(device)
        };
        let wants = |variant| self.variants.contains(&variant);
        let skip = |channels| Skip {
            upscore: up(2), // k4 s2 p1
            score: pointwise(channels, self.classes),
        };
        FcnHeads {
            fc6: Conv2dConfig::new([pool5, self.fc_channels], [self.fc6_kernel; 2])
                .with_padding(padding)
                .fresh(device),
            fc7: pointwise(self.fc_channels, self.fc_channels),
            score_fr: pointwise(self.fc_channels, self.classes),
            upscore32: wants(Fcn32s).then(|| up(32)), // k64 s32 p16
            pool4: (wants(Fcn16s) || wants(Fcn8s)).then(|| skip(pool4)),
            upscore16: wants(Fcn16s).then(|| up(16)), // k32 s16 p8
            pool3: wants(Fcn8s).then(|| skip(pool3)),
            upscore8: wants(Fcn8s).then(|| up(8)), // k16 s8 p4
        }
    }

    /// Walks the heads, from the backbone's maps.
    ///
    /// # Errors
    /// As [`Walk::conv`].
    pub(super) fn walk(
        &self,
        variants: &[Variant],
        [pool3, pool4, pool5]: [Map; 3],
        walk: &mut Walk,
    ) -> Result<(), FcnError> {
        let wants = |variant| variants.contains(&variant);
        let window = Window::same(self.fc6_kernel, 1, 1);
        let x = walk.conv("fc6", pool5, self.fc_channels, window)?;
        let x = walk.conv("fc7", x, self.fc_channels, Window::valid(1))?;
        let score_fr = walk.conv("score_fr", x, self.classes, Window::valid(1))?;
        let mixed = match self.per_class_upsampling {
            true => 1,
            false => self.classes,
        };
        if wants(Fcn32s) {
            walk.upsample("upscore32", score_fr, mixed, [32, 16])?;
        }
        if wants(Fcn16s) || wants(Fcn8s) {
            let x = walk.upsample("upscore2", score_fr, mixed, [2, 1])?;
            let skip = walk.conv("score_pool4", pool4, self.classes, Window::valid(1))?;
            let x = x.plus(skip, "fuse_pool4", walk);
            if wants(Fcn16s) {
                walk.upsample("upscore16", x, mixed, [16, 8])?;
            }
            if wants(Fcn8s) {
                let x = walk.upsample("upscore_pool4", x, mixed, [2, 1])?;
                let skip = walk.conv("score_pool3", pool3, self.classes, Window::valid(1))?;
                let x = x.plus(skip, "fuse_pool3", walk);
                walk.upsample("upscore8", x, mixed, [8, 4])?;
            }
        }
        Ok(())
    }
}

impl FcnHeads {
    /// Replaces the weights by those of a file.
    ///
    /// # Errors
    /// As [`Weights::take`].
    pub(super) fn load(&mut self, weights: &mut Weights, device: &Device) -> Result<(), FcnError> {
        load_conv(&mut self.fc6, "fc6", weights, device)?;
        load_conv(&mut self.fc7, "fc7", weights, device)?;
        load_conv(&mut self.score_fr, "score_fr", weights, device)?;
        let skips = [
            ("upscore2", "score_pool4", &mut self.pool4),
            ("upscore_pool4", "score_pool3", &mut self.pool3),
        ];
        for (upscore, score, skip) in skips {
            if let Some(skip) = skip {
                load_conv_transpose(&mut skip.upscore, upscore, weights, device)?;
                load_conv(&mut skip.score, score, weights, device)?;
            }
        }
        let last = [
            ("upscore32", &mut self.upscore32),
            ("upscore16", &mut self.upscore16),
            ("upscore8", &mut self.upscore8),
        ];
        for (name, layer) in last {
            if let Some(layer) = layer {
                load_conv_transpose(layer, name, weights, device)?;
            }
        }
        Ok(())
    }

    /// The scores of several heads, in the order of `variants`.
    ///
    /// # Shapes
    /// - pool5 `[n, _, h/32, w/32]`, pool4 and pool3 twice and four times as large
    /// - each result `[n, classes, h, w]`
    ///
    /// # Errors
    /// [`FcnError::UnknownVariant`] for a head that isn't there; else the observer's.
    pub(super) async fn forward_observed(
        &self,
        [pool3, pool4, pool5]: [Tensor<4>; 3],
        variants: &[Variant],
        observer: &mut dyn Observer,
    ) -> Result<Vec<Tensor<4>>, FcnError> {
        let wants = |variant| variants.contains(&variant);
        let x = conv_relu(&self.fc6, pool5); // [n, fc, h/32, w/32]
        observer.stage("fc6", &x).await?;
        let x = conv_relu(&self.fc7, x);
        observer.stage("fc7", &x).await?;
        let score_fr = conv(&self.score_fr, x); // [n, classes, h/32, w/32]
        observer.stage("score_fr", &score_fr).await?;

        let (mut fcn32s, mut fcn16s, mut fcn8s) = (None, None, None);
        if wants(Fcn32s) {
            let upscore32 = head(&self.upscore32, Fcn32s)?;
            let scores = upsample(upscore32, score_fr.clone()); // [n, classes, h, w]
            observer.stage("upscore32", &scores).await?;
            fcn32s = Some(scores);
        }
        if wants(Fcn16s) || wants(Fcn8s) {
            let skip = head(&self.pool4, Fcn16s)?;
            let upscore2 = upsample(&skip.upscore, score_fr); // [n, classes, h/16, w/16]
            observer.stage("upscore2", &upscore2).await?;
            let score_pool4 = conv(&skip.score, pool4);
            observer.stage("score_pool4", &score_pool4).await?;
            let fuse_pool4 = upscore2 + score_pool4;
            observer.stage("fuse_pool4", &fuse_pool4).await?;
            if wants(Fcn16s) {
                let upscore16 = head(&self.upscore16, Fcn16s)?;
                let scores = upsample(upscore16, fuse_pool4.clone()); // [n, classes, h, w]
                observer.stage("upscore16", &scores).await?;
                fcn16s = Some(scores);
            }
            if wants(Fcn8s) {
                let skip = head(&self.pool3, Fcn8s)?;
                let upscore_pool4 = upsample(&skip.upscore, fuse_pool4); // [n, classes, h/8, w/8]
                observer.stage("upscore_pool4", &upscore_pool4).await?;
                let score_pool3 = conv(&skip.score, pool3);
                observer.stage("score_pool3", &score_pool3).await?;
                let fuse_pool3 = upscore_pool4 + score_pool3;
                observer.stage("fuse_pool3", &fuse_pool3).await?;
                let upscore8 = head(&self.upscore8, Fcn8s)?;
                let scores = upsample(upscore8, fuse_pool3); // [n, classes, h, w]
                observer.stage("upscore8", &scores).await?;
                fcn8s = Some(scores);
            }
        }

        let scores = |variant: &Variant| match variant {
            Fcn32s => fcn32s.clone(),
            Fcn16s => fcn16s.clone(),
            Fcn8s => fcn8s.clone(),
            _ => None,
        };
        Ok(variants.iter().filter_map(scores).collect())
    }

    /// See [`Layers::upsampling_layer`].
    pub(super) fn upsampling_layer(&self, name: &str) -> Option<&ConvTranspose2d> {
        match name {
            "upscore2" => self.pool4.as_ref().map(|skip| &skip.upscore),
            "upscore_pool4" => self.pool3.as_ref().map(|skip| &skip.upscore),
            "upscore32" => self.upscore32.as_ref(),
            "upscore16" => self.upscore16.as_ref(),
            "upscore8" => self.upscore8.as_ref(),
            _ => None,
        }
    }

    /// See [`Layers::tail`].
    pub(super) fn tail(&self, variant: Variant) -> Option<Tail<'_>> {
        let step = |stage, layer, skip| Step {
            stage,
            enlarge: Enlarge::Transposed(layer),
            skip,
        };
        let pool4 = || {
            self.pool4
                .as_ref()
                .map(|skip| step("upscore2", &skip.upscore, Some(POOL4)))
        };
        let pool3 = || {
            self.pool3
                .as_ref()
                .map(|skip| step("upscore_pool4", &skip.upscore, Some(POOL3)))
        };
        let last = |stage, layer| step(stage, layer, None);
        let steps = match variant {
            Fcn32s => vec![last("upscore32", self.upscore32.as_ref()?)],
            Fcn16s => vec![pool4()?, last("upscore16", self.upscore16.as_ref()?)],
            Fcn8s => vec![
                pool4()?,
                pool3()?,
                last("upscore8", self.upscore8.as_ref()?),
            ],
            _ => return None,
        };
        Some(Tail {
            scores: "score_fr",
            steps,
        })
    }

    /// See [`Layers::convolution`].
    pub(super) fn convolution(&self, stage: &str) -> Option<Convolution<'_>> {
        match stage {
            "fc6" => Some(Convolution::relu(&self.fc6)),
            "fc7" => Some(Convolution::relu(&self.fc7)),
            "score_fr" => Some(Convolution::plain(&self.score_fr)),
            "score_pool4" => self
                .pool4
                .as_ref()
                .map(|skip| Convolution::plain(&skip.score)),
            "score_pool3" => self
                .pool3
                .as_ref()
                .map(|skip| Convolution::plain(&skip.score)),
            _ => None,
        }
    }

    /// The transposed convolutions that are there.
    fn upsampling(&mut self) -> impl Iterator<Item = &mut ConvTranspose2d> {
        let skips = [&mut self.pool4, &mut self.pool3].into_iter().flatten();
        let last = [&mut self.upscore32, &mut self.upscore16, &mut self.upscore8];
        skips
            .map(|skip| &mut skip.upscore)
            .chain(last.into_iter().flatten())
    }
}

/// The tensors of a VGG16 under the names of the FCN authors, then those of FCN's heads.
pub(super) fn expected(
    width: usize,
    fc: [usize; 2],
    classes: [usize; 2],
    upsampling: &[(&str, usize)],
) -> Expected {
    let mut expected = Expected::default();
    for (name, to, from) in vgg::channels(width, VGG16).flatten() {
        expected.layer(name, &[to, from, 3, 3]);
    }
    expect_heads(&mut expected, pools(width), fc, classes, upsampling);
    expected
}

/// The tensors of FCN's heads, whichever FCN they are of: the fully connected layers, and these upsampling
/// layers with their skips.
fn expect_heads(
    expected: &mut Expected,
    [pool3, pool4, pool5]: [usize; 3],
    [fc6_kernel, fc]: [usize; 2],
    [classes, mixed]: [usize; 2],
    upsampling: &[(&str, usize)],
) {
    expected.layer("fc6", &[fc, pool5, fc6_kernel, fc6_kernel]);
    expected.layer("fc7", &[fc, fc, 1, 1]);
    expected.layer("score_fr", &[classes, fc, 1, 1]);
    for &(name, kernel) in upsampling {
        expected.weight(name, &[classes, mixed, kernel, kernel]);
        match name {
            "upscore2" => expected.layer("score_pool4", &[classes, pool4, 1, 1]),
            "upscore_pool4" => expected.layer("score_pool3", &[classes, pool3, 1, 1]),
            _ => {}
        }
    }
}

/// Settings of an FCN for people.
pub(super) fn about(
    width: usize,
    [fc6_kernel, fc]: [usize; 2],
    variants: &[&str],
) -> Vec<(&'static str, String)> {
    let size = format!("{width}; fc6 {fc6_kernel}×{fc6_kernel}, {fc} channels");
    vec![("width", size), ("heads", variants.join(", "))]
}

/// FCN's heads as far as a file's tensors tell: any of the three.
pub(super) struct FoundHeads {
    pub(super) classes: usize,
    pub(super) fc6_kernel: usize,
    pub(super) fc_channels: usize,
    pub(super) variants: Vec<&'static str>,
    pub(super) per_class_upsampling: bool,
    upsampling: Vec<(&'static str, usize)>,
}

impl FoundHeads {
    /// Of a file's tensors.
    pub(super) fn of(shapes: &TensorShapes) -> Self {
        let has = |name: &str| shapes.contains_key(name);
        let classes = axis_size(shapes, "score_fr.weight", 0, 21);
        let mut variants = Vec::new();
        let mut upsampling = Vec::new();
        if has("upscore32.weight") {
            variants.push("fcn32s");
            upsampling.push(("upscore32", 64));
        }
        if has("upscore16.weight") {
            variants.push("fcn16s");
            upsampling.extend([("upscore2", 4), ("upscore16", 32)]);
        }
        if has("upscore8.weight") || variants.is_empty() {
            variants.push("fcn8s");
            upsampling.extend([("upscore2", 4), ("upscore_pool4", 4), ("upscore8", 16)]);
        }
        upsampling.sort_unstable();
        upsampling.dedup();
        // One kernel for each class, or for each pair of classes.
        let per_class = classes > 1
            && upsampling.first().is_some_and(|(layer, _)| {
                axis_size(shapes, &format!("{layer}.weight"), 1, classes) == 1
            });
        Self {
            classes,
            fc6_kernel: axis_size(shapes, "fc6.weight", 2, 1),
            fc_channels: axis_size(shapes, "fc6.weight", 0, FC_CHANNELS),
            variants,
            per_class_upsampling: per_class,
            upsampling,
        }
    }

    /// Side of fc6's kernel, and channels of fc6 and fc7.
    pub(super) fn fc(&self) -> [usize; 2] {
        [self.fc6_kernel, self.fc_channels]
    }

    /// Adds their tensors, for a backbone with so many channels.
    pub(super) fn expect(&self, expected: &mut Expected, pools: [usize; 3]) {
        expect_heads(
            expected,
            pools,
            self.fc(),
            self.class_axes(),
            &self.upsampling,
        );
    }

    fn class_axes(&self) -> [usize; 2] {
        let mixed = match self.per_class_upsampling {
            true => 1,
            false => self.classes,
        };
        [self.classes, mixed]
    }
}

/// See [`Architecture::candidate`](super::registry::Architecture::candidate): a net of any width and with
/// any of the three heads.
pub(super) fn candidate(shapes: &TensorShapes) -> Option<Candidate> {
    let width = axis_size(shapes, "conv1_1.weight", 0, WIDTH);
    let heads = FoundHeads::of(shapes);
    Some(Candidate {
        architecture: "fcn-vgg16",
        title: format!("FCN of this project, width {width}"),
        classes: heads.classes,
        makes_masks: true,
        about: about(width, heads.fc(), &heads.variants),
        settings: json!({
            "width": width,
            "fc6_kernel": heads.fc6_kernel,
            "fc_channels": heads.fc_channels,
            "per_class_upsampling": heads.per_class_upsampling,
        }),
        // As this project's nets are trained.
        input: imagenet_input(STRIDE, 512),
        notes: Vec::new(),
        expected: expected(width, heads.fc(), heads.class_axes(), &heads.upsampling),
        unused: None,
        variants: heads.variants,
    })
}

/// The layer of a head, or the error that says this net hasn't got the head.
pub(super) fn head<T>(layer: &Option<T>, variant: Variant) -> Result<&T, FcnError> {
    layer.as_ref().ok_or_else(|| FcnError::UnknownVariant {
        name: variant.name().to_string(),
        known: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::cpu;
    use crate::models::Blueprint;
    use crate::upsample::bilinear_weights;

    #[test]
    fn a_fresh_net_upsamples_bilinearly() {
        let config = FcnConfig::new(3).with_width(1).with_fc_channels(2);
        let mut net = config.init(&cpu());
        let mut kernels = Vec::new();
        for layer in net.heads.upsampling() {
            let [inputs, outputs, kernel, _] = layer.weight.dims();
            assert_eq!([inputs, outputs], [3, 3]);
            let data = layer.weight.val().into_data();
            let values = data.as_slice::<f32>().expect("f32");
            assert_eq!(values, bilinear_weights(3, kernel), "kernel {kernel}");
            assert_eq!(layer.stride, [kernel / 2; 2]);
            kernels.push(kernel);
        }
        kernels.sort_unstable();
        assert_eq!(kernels, [4, 4, 16, 32, 64]);
    }

    #[test]
    fn classes_enlarged_one_by_one_begin_bilinear_too() {
        let config = FcnConfig::new(3)
            .with_width(1)
            .with_fc_channels(2)
            .with_per_class_upsampling(true);
        let mut net = config.init(&cpu());
        for layer in net.heads.upsampling() {
            let [inputs, outputs, kernel, _] = layer.weight.dims();
            assert_eq!([inputs, outputs], [3, 1]);
            let data = layer.weight.val().into_data();
            let values = data.as_slice::<f32>().expect("f32");
            assert_eq!(values, bilinear_weights(1, kernel).repeat(3));
        }
    }

    #[test]
    fn the_largest_buffer_is_found_wherever_it_is() {
        let net = |width, k6, fc, classes| {
            let config = FcnConfig::new(classes)
                .with_width(width)
                .with_fc6_kernel(k6)
                .with_fc_channels(fc);
            Blueprint::new("fcn-vgg16", config, &VARIANTS).expect("a net")
        };
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        // The paper's net: fc6 is 411 MB (392 MiB).
        assert_eq!(mib(net(64, 7, 4096, 21).largest_buffer(224, 224)), 392.0);
        assert_eq!(mib(net(64, 1, 8192, 21).largest_buffer(224, 224)), 256.0); // fc7
        assert_eq!(mib(net(24, 3, 384, 16).largest_buffer(1024, 1024)), 96.0); // conv1
        assert_eq!(mib(net(8, 1, 16, 64).largest_buffer(512, 512)), 64.0); // scores
        assert_eq!(mib(net(8, 1, 16, 128).largest_buffer(32, 32)), 256.0); // upscore32
        assert_eq!(mib(net(128, 1, 16, 2).largest_buffer(32, 32)), 36.0); // conv5
    }

    #[test]
    fn a_file_too_small_for_its_manifest_is_refused_before_anything_is_made() {
        use safetensors::{Dtype, tensor::TensorView};
        let view = TensorView::new(Dtype::F32, vec![1], &[0; 4]).expect("a view");
        let bytes = safetensors::serialize([("conv1_1.weight", view)], None).expect("a file");
        let weights = Weights::parse(&bytes).expect("parsed");
        // fc7 alone would take 268 MB, upscore32 another gigabyte.
        let config = FcnConfig::new(256).with_width(128).with_fc_channels(8192);
        let error = FcnConfig::load(&config, weights, &cpu())
            .map(|_| ())
            .map_err(|e| e.code());
        assert_eq!(error, Err("shape_mismatch"));
    }
}
