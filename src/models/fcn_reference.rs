//! The Fully Convolutional Network as its authors' Caffe nets compute it.
//!
//! Long, Shelhamer & Darrell, "Fully Convolutional Networks for Semantic Segmentation", CVPR 2015
//! (arXiv 1411.4038): padding 100 at `conv1_1`, pools that round up, a 7×7 `fc6` without padding,
//! transposed convolutions without padding or bias, crops that aren't centred
//! ([`crate::upsample::reference`] derives them). Agrees with the authors' `voc-fcn32s`,
//! `voc-fcn16s`, `voc-fcn8s` and `voc-fcn8s-atonce` as written down in
//! `tests/reference/fcn_reference.py`; tensors have the names of the usual PyTorch port. With pools
//! that round down it is what a plain port computes: 256 pixels from 224, before the crop.
//!
//! ```text
//! score_fr ─ upscore ─ crop 19 ──────────────────────────────────────────────── FCN-32s
//!    └ upscore2 + crop 5 of score_pool4 ─ upscore16 ─ crop 27 ───────────────── FCN-16s
//!                 └ upscore_pool4 + crop 9 of score_pool3 ─ upscore8 ─ crop 31 ─ FCN-8s
//! ```

use burn::config::Config;
use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig, ConvTranspose2d, ConvTranspose2dConfig};
use burn::tensor::ops::PadMode;
use burn::tensor::{Device, Tensor};
use serde_json::json;

use super::fc6::{Fc6, WEBGPU_BINDING, largest_slice};
use super::fcn::{DROPPED, Skip, about, expected, head};
use super::fresh::Fresh;
use super::layers::{conv, conv_relu, load_conv, load_conv_transpose, make_bilinear, upsample};
use super::observer::{Heads, Observer};
use super::registry::{Layers, Settings};
use super::shapes::{Map, Walk, Window};
use super::tail::{Convolution, Enlarge, Skipped, Step, Tail};
use super::variant::Variant;
use super::vgg::{FC_CHANNELS, Vgg, VggConfig, WIDTH};
use crate::FcnError;
use crate::manifest::NetSettings;
use crate::upsample::Rounding;
use crate::upsample::reference::{
    CROP_POOL3, CROP_POOL4, CROP_UPSCORE, CROP_UPSCORE8, CROP_UPSCORE16, FC6_KERNEL, PAD,
    reference_sizes,
};
use crate::weights::{Candidate, TensorShapes, Weights, axis_size};
use Variant::{Fcn8s, Fcn8sAtOnce, Fcn16s, Fcn32s};

/// The heads that this architecture has.
pub const VARIANTS: [Variant; 4] = [Fcn32s, Fcn16s, Fcn8s, Fcn8sAtOnce];

/// What pool4 is multiplied by before its scores when all skips are trained at once: raw, a pool's
/// values are so much larger than `score_fr`'s that training wouldn't converge. The staged nets,
/// whose skips start from zero, don't scale.
const SCALE_POOL4: f32 = 0.01;
/// The same for pool3.
const SCALE_POOL3: f32 = 0.0001;

/// The Caffe nets' mean, BGR, 0–255 (`voc_layers.py` in fcn.berkeleyvision.org); no deviation.
const CAFFE_BGR: [f64; 3] = [104.00699, 116.66877, 122.67892];

/// Settings of an [`FcnReference`].
#[derive(Config, Debug)]
pub struct FcnReferenceConfig {
    /// Number of classes, background included; 21 for PASCAL VOC.
    pub classes: usize,
    /// Channels of the first block; 64 in the paper.
    #[config(default = 64)]
    pub width: usize,
    /// Channels of fc6 and fc7.
    #[config(default = 4096)]
    pub fc_channels: usize,
    /// How pools round: up as in Caffe, down as in a plain port.
    #[config(default = "Rounding::Ceil")]
    pub pooling: Rounding,
    /// The heads to have. The at-once FCN-8s shares tensors' names, not their meaning, with FCN-16s
    /// and FCN-8s, so it excludes them.
    #[config(default = "vec![Fcn32s, Fcn16s, Fcn8s]")]
    pub variants: Vec<Variant>,
    /// The most bytes of fc6's weights in one buffer.
    #[config(default = "WEBGPU_BINDING")]
    pub max_binding: u64,
}

/// See [`Architecture::read`](super::registry::Architecture::read).
pub(super) fn read(
    config: &NetSettings,
    variants: &[Variant],
) -> Result<Box<dyn Settings>, FcnError> {
    let config = FcnReferenceConfig {
        classes: config.classes,
        width: config.number("width", 128)?,
        fc_channels: config.number("fc_channels", 8192)?,
        pooling: config.own("pooling")?,
        variants: variants.to_vec(),
        max_binding: WEBGPU_BINDING,
    };
    config.check()?;
    Ok(Box::new(config))
}

/// VGG16 backbone, fc6 and fc7 as convolutions, the authors' heads.
///
/// Dropout (0.5 after fc6 and fc7) acts in training only and is left out; see [`Layers::dropped`].
#[derive(Module, Debug)]
pub struct FcnReference {
    backbone: Vgg,
    fc6: Fc6,
    fc7: Conv2d,
    score_fr: Conv2d,
    /// FCN-32s.
    upscore: Option<ConvTranspose2d>,
    /// FCN-16s and FCN-8s.
    pool4: Option<Skip>,
    /// FCN-16s.
    upscore16: Option<ConvTranspose2d>,
    /// FCN-8s.
    pool3: Option<Skip>,
    /// FCN-8s.
    upscore8: Option<ConvTranspose2d>,
    /// Whether the pools are scaled.
    at_once: bool,
    /// Whether pools round up.
    ceil: bool,
}

impl FcnReferenceConfig {
    /// A net with random convolutions and bilinear upsampling. The paper starts from bilinear upsampling, too, but takes the
    /// convolutions of VGG from ImageNet and sets the scores' to zero.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn init(&self, device: &Device) -> Result<FcnReference, FcnError> {
        let mut net = self.layers(device)?;
        for (_, layer) in net.upsampling() {
            make_bilinear(layer, device);
        }
        Ok(net)
    }

    /// # Errors
    /// [`FcnError::UnknownVariant`] for another architecture's head;
    /// [`FcnError::ManifestInvalid`] where heads exclude each other.
    pub fn check(&self) -> Result<(), FcnError> {
        Variant::check_all(&self.variants, &VARIANTS)?;
        if self.wants(Fcn8sAtOnce) && (self.wants(Fcn16s) || self.wants(Fcn8s)) {
            let reason = "\"config.variants\": fcn8s-atonce scales the pools that fcn16s and fcn8s don't, \
                          so one checkpoint can't hold both";
            return Err(FcnError::manifest(reason).told("manifest.at_once", []));
        }
        Ok(())
    }

    fn wants(&self, variant: Variant) -> bool {
        self.variants.contains(&variant)
    }

    fn layers(&self, device: &Device) -> Result<FcnReference, FcnError> {
        self.check()?;
        let backbone = VggConfig::new()
            .with_width(self.width)
            .with_pooling(self.pooling);
        let (fc, classes) = (self.fc_channels, self.classes);
        let pointwise = |from, to| Conv2dConfig::new([from, to], [1, 1]).fresh(device);
        let up = |factor: usize| {
            ConvTranspose2dConfig::new([classes; 2], [2 * factor; 2])
                .with_stride([factor; 2])
                .with_bias(false)
                .fresh(device)
        };
        let skip = |channels| Skip {
            upscore: up(2), // k4 s2
            score: pointwise(channels, classes),
        };
        let eight = self.wants(Fcn8s) || self.wants(Fcn8sAtOnce);
        Ok(FcnReference {
            fc6: Fc6::init(backbone.out_channels(), fc, self.max_binding, device),
            backbone: backbone.init(device),
            fc7: pointwise(fc, fc),
            score_fr: pointwise(fc, classes),
            upscore: self.wants(Fcn32s).then(|| up(32)), // k64 s32
            pool4: (self.wants(Fcn16s) || eight).then(|| skip(8 * self.width)),
            upscore16: self.wants(Fcn16s).then(|| up(16)), // k32 s16
            pool3: eight.then(|| skip(4 * self.width)),
            upscore8: eight.then(|| up(8)), // k16 s8
            at_once: self.wants(Fcn8sAtOnce),
            ceil: self.pooling == Rounding::Ceil,
        })
    }

    /// A net with the weights of a file, which must hold exactly this architecture's tensors.
    ///
    /// # Errors
    /// As [`check`](Self::check), [`Weights::take`] and [`Weights::finish`].
    pub fn load(&self, mut weights: Weights, device: &Device) -> Result<FcnReference, FcnError> {
        let mut net = self.layers(device)?;
        net.backbone = net.backbone.load(&mut weights, device)?;
        net.fc6.load("fc6", false, &mut weights, device)?;
        load_conv(&mut net.fc7, "fc7", &mut weights, device)?;
        load_conv(&mut net.score_fr, "score_fr", &mut weights, device)?;
        for (name, skip) in [
            ("score_pool4", &mut net.pool4),
            ("score_pool3", &mut net.pool3),
        ] {
            if let Some(skip) = skip {
                load_conv(&mut skip.score, name, &mut weights, device)?;
            }
        }
        for (name, layer) in net.upsampling() {
            load_conv_transpose(layer, name, &mut weights, device)?;
        }
        weights.finish()?;
        Ok(net)
    }

    /// Makes sure that a pass with these heads has a map everywhere and covers every pixel.
    fn check_side(pooling: Rounding, side: usize, variants: &[Variant]) -> Result<(), FcnError> {
        let sizes = reference_sizes(side, pooling)?;
        variants.iter().try_for_each(|variant| match variant {
            Fcn32s => sizes.check_32s(),
            Fcn16s => sizes.check_16s(),
            _ => sizes.check_8s(),
        })
    }
}

impl Settings for FcnReferenceConfig {
    fn narrowed(&self) -> Box<dyn Settings> {
        Box::new(Self {
            classes: self.classes.min(8),
            width: self.width.min(8),
            fc_channels: self.fc_channels.min(16),
            ..self.clone()
        })
    }

    fn check_input(&self, variants: &[Variant], size: [usize; 2]) -> Result<(), FcnError> {
        let mut sides = size.into_iter();
        sides.try_for_each(|side| Self::check_side(self.pooling, side, variants))
    }

    // A name that ends in `c` is a map after its crop, as in the authors' nets.
    fn walk(&self, variants: &[Variant], input: Map, walk: &mut Walk) -> Result<(), FcnError> {
        let wants = |variant| variants.contains(&variant);
        let eight = wants(Fcn8s) || wants(Fcn8sAtOnce);
        let (fc, classes) = (self.fc_channels, self.classes);
        let backbone = VggConfig::new()
            .with_width(self.width)
            .with_pooling(self.pooling);
        let padded = walk.pad(input, PAD - 1);
        let [pool3, pool4, pool5] = backbone.walk(padded, walk)?;
        let slice = largest_slice(pool5.channels, fc, self.max_binding);
        walk.hold([slice]);
        let x = walk.conv_in_slices("fc6", pool5, fc, Window::valid(FC6_KERNEL))?;
        let x = walk.conv("fc7", x, fc, Window::valid(1))?;
        let score_fr = walk.conv("score_fr", x, classes, Window::valid(1))?;
        if wants(Fcn32s) {
            let x = walk.upsample("upscore", score_fr, classes, [32, 0])?;
            walk.crop("upscorec", x, CROP_UPSCORE, input.size);
        }
        if wants(Fcn16s) || eight {
            let x = walk.upsample("upscore2", score_fr, classes, [2, 0])?;
            let skip = walk.conv("score_pool4", pool4, classes, Window::valid(1))?;
            let skip = walk.crop("score_pool4c", skip, CROP_POOL4, x.size);
            let x = x.plus(skip, "fuse_pool4", walk);
            if wants(Fcn16s) {
                let x = walk.upsample("upscore16", x, classes, [16, 0])?;
                walk.crop("upscore16c", x, CROP_UPSCORE16, input.size);
            }
            if eight {
                let x = walk.upsample("upscore_pool4", x, classes, [2, 0])?;
                let skip = walk.conv("score_pool3", pool3, classes, Window::valid(1))?;
                let skip = walk.crop("score_pool3c", skip, CROP_POOL3, x.size);
                let x = x.plus(skip, "fuse_pool3", walk);
                let x = walk.upsample("upscore8", x, classes, [8, 0])?;
                walk.crop("upscore8c", x, CROP_UPSCORE8, input.size);
            }
        }
        Ok(())
    }

    fn load(&self, weights: Weights, device: &Device) -> Result<Box<dyn Layers>, FcnError> {
        Ok(Box::new(FcnReferenceConfig::load(self, weights, device)?))
    }
}

/// The step of a tail that adds a skip.
fn up<'a>(stage: &'static str, skip: Option<&'a Skip>, skipped: Skipped) -> Option<Step<'a>> {
    Some(Step {
        stage,
        enlarge: Enlarge::Transposed(&skip?.upscore),
        skip: Some(skipped),
    })
}

/// The last step of a tail.
fn last<'a>(
    stage: &'static str,
    layer: Option<&'a ConvTranspose2d>,
    crop: usize,
) -> Option<Step<'a>> {
    Some(Step {
        stage,
        enlarge: Enlarge::Cropped(layer?, crop),
        skip: None,
    })
}

/// What FCN-16s and FCN-8s add.
const POOL4: Skipped = Skipped {
    stage: "score_pool4",
    pool: "pool4",
    crop: CROP_POOL4,
    sum: "fuse_pool4",
};

/// What FCN-8s adds.
const POOL3: Skipped = Skipped {
    stage: "score_pool3",
    pool: "pool3",
    crop: CROP_POOL3,
    sum: "fuse_pool3",
};

impl FcnReference {
    /// The scores of a skip, whose pool the at-once net scales.
    fn scored<'a>(&self, skip: &'a Skip, scale: f32) -> Convolution<'a> {
        Convolution {
            scale: if self.at_once { scale } else { 1.0 },
            ..Convolution::plain(&skip.score)
        }
    }
}

impl Layers for FcnReference {
    /// The scores of several heads over one pass of the backbone, in the order of `variants`.
    ///
    /// # Shapes
    /// - `x` `[n, 3, h, w]`, any h and w when pools round up
    /// - each result `[n, classes, h, w]`
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another shape, or a size that pools which round down don't
    /// cover; [`FcnError::UnknownVariant`]; else the observer's.
    fn forward_observed<'a>(
        &'a self,
        x: Tensor<4>,
        variants: &'a [Variant],
        observer: &'a mut dyn Observer,
    ) -> Heads<'a> {
        Box::pin(async move {
            let [n, channels, h, w] = x.dims();
            if n == 0 || channels != 3 {
                return Err(FcnError::invalid(format!(
                    "the input is {:?}, not [n, 3, h, w]",
                    x.dims()
                )));
            }
            let known: Vec<Variant> = match self.at_once {
                true => vec![Fcn32s, Fcn8sAtOnce],
                false => vec![Fcn32s, Fcn16s, Fcn8s],
            };
            Variant::check_all(variants, &known)?;
            let pooling = match self.ceil {
                true => Rounding::Ceil,
                false => Rounding::Floor,
            };
            for side in [h, w] {
                FcnReferenceConfig::check_side(pooling, side, variants)?;
            }
            let wants = |variant| variants.contains(&variant);
            let eight = wants(Fcn8s) || wants(Fcn8sAtOnce);
            let size = [h, w];

            // conv1_1 itself pads by 1, like every other; zeros outside of zeros change nothing.
            let border = (PAD - 1, PAD - 1);
            let x = x.pad([border, border], PadMode::Constant(0.0)); // [n, 3, h + 198, w + 198]
            let [pool3, pool4, pool5] = self.backbone.forward_observed(x, observer).await?;

            let x = self.fc6.forward(pool5); // [n, fc, h/32, w/32] or so; `reference_sizes` says
            observer.stage("fc6", &x).await?;
            let x = conv_relu(&self.fc7, x);
            observer.stage("fc7", &x).await?;
            let score_fr = conv(&self.score_fr, x); // [n, classes, …]
            observer.stage("score_fr", &score_fr).await?;

            let (mut fcn32s, mut fcn16s, mut fcn8s) = (None, None, None);
            if wants(Fcn32s) {
                let upscore = upsample(head(&self.upscore, Fcn32s)?, score_fr.clone());
                observer.stage("upscore", &upscore).await?;
                let scores = crop(upscore, CROP_UPSCORE, size); // [n, classes, h, w]
                observer.stage("upscorec", &scores).await?;
                fcn32s = Some(scores);
            }
            if wants(Fcn16s) || eight {
                let skip = head(&self.pool4, Fcn16s)?;
                let upscore2 = upsample(&skip.upscore, score_fr);
                observer.stage("upscore2", &upscore2).await?;
                let pool4 = match self.at_once {
                    true => pool4 * SCALE_POOL4,
                    false => pool4,
                };
                let score_pool4 = conv(&skip.score, pool4);
                observer.stage("score_pool4", &score_pool4).await?;
                let [_, _, rows, columns] = upscore2.dims();
                let score_pool4c = crop(score_pool4, CROP_POOL4, [rows, columns]);
                observer.stage("score_pool4c", &score_pool4c).await?;
                let fuse_pool4 = upscore2 + score_pool4c;
                observer.stage("fuse_pool4", &fuse_pool4).await?;
                if wants(Fcn16s) {
                    let upscore16 = upsample(head(&self.upscore16, Fcn16s)?, fuse_pool4.clone());
                    observer.stage("upscore16", &upscore16).await?;
                    let scores = crop(upscore16, CROP_UPSCORE16, size); // [n, classes, h, w]
                    observer.stage("upscore16c", &scores).await?;
                    fcn16s = Some(scores);
                }
                if eight {
                    let skip = head(&self.pool3, Fcn8s)?;
                    let upscore_pool4 = upsample(&skip.upscore, fuse_pool4);
                    observer.stage("upscore_pool4", &upscore_pool4).await?;
                    let pool3 = match self.at_once {
                        true => pool3 * SCALE_POOL3,
                        false => pool3,
                    };
                    let score_pool3 = conv(&skip.score, pool3);
                    observer.stage("score_pool3", &score_pool3).await?;
                    let [_, _, rows, columns] = upscore_pool4.dims();
                    let score_pool3c = crop(score_pool3, CROP_POOL3, [rows, columns]);
                    observer.stage("score_pool3c", &score_pool3c).await?;
                    let fuse_pool3 = upscore_pool4 + score_pool3c;
                    observer.stage("fuse_pool3", &fuse_pool3).await?;
                    let upscore8 = upsample(head(&self.upscore8, Fcn8s)?, fuse_pool3);
                    observer.stage("upscore8", &upscore8).await?;
                    let scores = crop(upscore8, CROP_UPSCORE8, size); // [n, classes, h, w]
                    observer.stage("upscore8c", &scores).await?;
                    fcn8s = Some(scores);
                }
            }

            let scores = |variant: &Variant| match variant {
                Fcn32s => fcn32s.clone(),
                Fcn16s => fcn16s.clone(),
                _ => fcn8s.clone(),
            };
            Ok(variants.iter().filter_map(scores).collect())
        })
    }

    fn tail(&self, variant: Variant) -> Option<Tail<'_>> {
        let pool4 = || up("upscore2", self.pool4.as_ref(), POOL4);
        let pool3 = || up("upscore_pool4", self.pool3.as_ref(), POOL3);
        let steps = match variant {
            Fcn32s => vec![last("upscorec", self.upscore.as_ref(), CROP_UPSCORE)?],
            Fcn16s => vec![
                pool4()?,
                last("upscore16c", self.upscore16.as_ref(), CROP_UPSCORE16)?,
            ],
            Fcn8s | Fcn8sAtOnce if self.at_once == (variant == Fcn8sAtOnce) => vec![
                pool4()?,
                pool3()?,
                last("upscore8c", self.upscore8.as_ref(), CROP_UPSCORE8)?,
            ],
            _ => return None,
        };
        Some(Tail {
            scores: "score_fr",
            steps,
        })
    }

    fn dropped(&self) -> &'static [&'static str] {
        &DROPPED
    }

    // fc6 lies in slices, and conv1_1 looks at a padded photo.
    fn convolution(&self, stage: &str) -> Option<Convolution<'_>> {
        match stage {
            "fc7" => Some(Convolution::relu(&self.fc7)),
            "score_fr" => Some(Convolution::plain(&self.score_fr)),
            "score_pool4" => Some(self.scored(self.pool4.as_ref()?, SCALE_POOL4)),
            "score_pool3" => Some(self.scored(self.pool3.as_ref()?, SCALE_POOL3)),
            "conv1_1" => None,
            _ => self.backbone.convolution(stage),
        }
    }

    fn upsampling_layer(&self, name: &str) -> Option<&ConvTranspose2d> {
        match name {
            "upscore2" => self.pool4.as_ref().map(|skip| &skip.upscore),
            "upscore_pool4" => self.pool3.as_ref().map(|skip| &skip.upscore),
            "upscore" => self.upscore.as_ref(),
            "upscore16" => self.upscore16.as_ref(),
            "upscore8" => self.upscore8.as_ref(),
            _ => None,
        }
    }
}

/// See [`Architecture::candidate`](super::registry::Architecture::candidate): one head a file, always at
/// the paper's width.
pub(super) fn candidate(shapes: &TensorShapes) -> Option<Candidate> {
    let has = |name: &str| shapes.contains_key(name);
    let classes = axis_size(shapes, "score_fr.weight", 0, 21);
    // Only FCN-32s has a name of its own. The others differ from `fcn-vgg16` in arithmetic, not in
    // tensors; a file with one head at the paper's sizes is taken for the paper's.
    let paper = axis_size(shapes, "conv1_1.weight", 0, 0) == WIDTH
        && axis_size(shapes, "fc6.weight", 2, 0) == FC6_KERNEL
        && axis_size(shapes, "fc6.weight", 0, 0) == FC_CHANNELS;
    let heads = (has("upscore16.weight"), has("upscore8.weight"));
    let (variant, title, upsampling): (_, _, &[(&str, usize)]) = match heads {
        _ if has("upscore.weight") => ("fcn32s", "FCN-32s", &[("upscore", 64)]),
        _ if !paper || has("upscore32.weight") => return None,
        (true, false) => ("fcn16s", "FCN-16s", &[("upscore2", 4), ("upscore16", 32)]),
        (false, true) => (
            "fcn8s",
            "FCN-8s",
            &[("upscore2", 4), ("upscore_pool4", 4), ("upscore8", 16)],
        ),
        _ => return None,
    };
    let fc = [FC6_KERNEL, FC_CHANNELS];
    Some(Candidate {
        architecture: "fcn-reference",
        title: format!("{title} of the paper, as wkentaro/pytorch-fcn saves it"),
        classes,
        makes_masks: true,
        variants: vec![variant],
        settings: json!({"width": WIDTH, "fc_channels": FC_CHANNELS, "pooling": "ceil"}),
        // Native size, BGR, 0–255 minus the mean; VOC's photos have 500 pixels. The net pads by itself.
        input: json!({
            "order": "BGR",
            "mean": CAFFE_BGR.map(|mean| mean / 255.0),
            "std": CAFFE_BGR.map(|_| 1.0 / 255.0),
            "pad_color": [123, 117, 104],
            "pad_multiple": 1, "long_side": 500, "max_long_side": 1024,
        }),
        about: about(WIDTH, fc, &[variant]),
        notes: Vec::new(),
        expected: expected(WIDTH, fc, [classes; 2], upsampling),
        unused: None,
    })
}

/// Caffe's crop: from `offset` on, as much as is asked for. Sizes were checked beforehand.
fn crop(x: Tensor<4>, offset: usize, [h, w]: [usize; 2]) -> Tensor<4> {
    let [n, channels, _, _] = x.dims();
    x.slice([0..n, 0..channels, offset..offset + h, offset..offset + w])
}

impl FcnReference {
    /// The transposed convolutions that this net has, with their names.
    fn upsampling(&mut self) -> impl Iterator<Item = (&'static str, &mut ConvTranspose2d)> {
        let skips = [
            ("upscore2", &mut self.pool4),
            ("upscore_pool4", &mut self.pool3),
        ];
        let skips = skips
            .into_iter()
            .filter_map(|(name, skip)| Some((name, &mut skip.as_mut()?.upscore)));
        let last = [
            ("upscore", &mut self.upscore),
            ("upscore16", &mut self.upscore16),
            ("upscore8", &mut self.upscore8),
        ];
        let last = last
            .into_iter()
            .filter_map(|(name, layer)| Some((name, layer.as_mut()?)));
        skips.chain(last)
    }

    /// Number of buffers that hold fc6's weights.
    pub fn fc6_slices(&self) -> usize {
        self.fc6.slices()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::cpu;
    use crate::models::Blueprint;

    fn config() -> FcnReferenceConfig {
        FcnReferenceConfig::new(2).with_width(1).with_fc_channels(3)
    }

    #[test]
    fn every_size_keeps_its_size() {
        let net = config().init(&cpu()).expect("a net");
        for (h, w) in [(1, 1), (5, 47), (64, 32), (30, 101)] {
            for variant in [Fcn32s, Fcn16s, Fcn8s] {
                let x = Tensor::zeros([1, 3, h, w], &cpu());
                let y = net.forward(x, variant).expect("scores");
                assert_eq!(y.dims(), [1, 2, h, w], "{variant:?}");
            }
        }
    }

    #[test]
    fn what_it_cannot_take_is_an_error() {
        let floor = config().with_pooling(Rounding::Floor);
        let floor = floor.init(&cpu()).expect("a net");
        let run = |net: &FcnReference, shape: [usize; 4], variant| {
            let scores = net.forward(Tensor::zeros(shape, &cpu()), variant);
            scores.map(|y| y.dims()).map_err(|e| e.code())
        };
        assert_eq!(run(&floor, [1, 3, 25, 60], Fcn8s), Err("invalid_input"));
        assert_eq!(run(&floor, [1, 3, 60, 60], Fcn8s), Ok([1, 2, 60, 60]));
        let short = reference_sizes(50, Rounding::Floor).expect("sizes");
        assert!(short.check_32s().is_err() && short.check_8s().is_ok());
        assert_eq!(run(&floor, [1, 3, 60, 50], Fcn32s), Err("invalid_input"));
        let ceil = config().init(&cpu()).expect("a net");
        for shape in [[1, 4, 32, 32], [0, 3, 32, 32], [1, 3, 0, 32]] {
            assert_eq!(run(&ceil, shape, Fcn8s), Err("invalid_input"));
        }
        let atonce = run(&ceil, [1, 3, 32, 32], Fcn8sAtOnce);
        assert_eq!(atonce, Err("unknown_variant"));
    }

    #[test]
    fn at_once_excludes_the_staged_skips() {
        let init = |variants: &[Variant]| {
            let config = config().with_variants(variants.to_vec());
            config.init(&cpu()).map(|_| ()).map_err(|e| e.code())
        };
        assert_eq!(init(&[Fcn32s, Fcn8sAtOnce]), Ok(()));
        assert_eq!(init(&[Fcn8s, Fcn8sAtOnce]), Err("manifest_invalid"));
        assert_eq!(init(&[Variant::Out]), Err("unknown_variant"));
    }

    #[test]
    fn the_largest_buffer_stays_below_webgpus_default_at_the_papers_size() {
        let config = FcnReferenceConfig::new(21);
        let heads = [Fcn32s, Fcn16s, Fcn8s];
        let net = |config| Blueprint::new("fcn-reference", config, &heads).expect("a net");
        let whole = net(config.clone().with_max_binding(u64::MAX));
        let net = net(config);
        // conv1_1's maps: 748² pixels of 64 channels; before, fc6's slices, just below 128 MiB.
        assert_eq!(net.largest_buffer(550, 550), 748 * 748 * 64 * 4);
        assert!((127 << 20..=128 << 20).contains(&net.largest_buffer(224, 224)));
        assert_eq!(whole.largest_buffer(224, 224), 392 << 20);
        assert_eq!(net.largest_buffer(0, 5), 0);
    }
}
