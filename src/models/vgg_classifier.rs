//! VGG as a fully convolutional classifier: the surgery that FCN begins with.
//!
//! Long, Shelhamer & Darrell (CVPR 2015), section 3.1: a fully connected layer over a 7×7 map is a 7×7
//! convolution with the same numbers. On a photo of 224×224 pixels the net gives exactly what the
//! classifier gives; on a larger one a map of it, a score for every 224×224 window 32 pixels on.
//! Agrees with torchvision's `vgg11`, `vgg13`, `vgg16` and `vgg19`, with `_bn` or without, whose names the
//! tensors have. Batch norms are folded into the convolutions before them; the adaptive mean to 7×7 before
//! their first fully connected layer does nothing at 224×224, and is left out with the dropout.

use burn::config::Config;
use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use serde_json::json;

use super::fc6::{Fc6, WEBGPU_BINDING, largest_slice, linear};
use super::fresh::Fresh;
use super::layers::{conv, conv_relu, load_conv, load_conv_bn, load_linear};
use super::observer::{Heads, Observer};
use super::registry::{Layers, Settings};
use super::shapes::{Map, Walk, Window};
use super::tail::{Convolution, Tail};
use super::variant::Variant;
use super::vgg::{self, Depths, FC_CHANNELS, VGG11, VGG13, VGG16, VGG19, Vgg, VggConfig, WIDTH};
use crate::FcnError;
use crate::manifest::NetSettings;
use crate::upsample::reference::FC6_KERNEL;
use crate::weights::{Candidate, Expected, TensorShapes, Weights, axis_size, imagenet_input};

/// The head that this architecture has.
pub const VARIANTS: [Variant; 1] = [Variant::Score];

/// Pixels from one window to the next: five pools of stride 2.
pub const STRIDE: usize = 32;

/// Side of the window that a score is of, in pixels, and the least width and height: five pools leave
/// 7, which fc6 needs.
pub const LEAST_SIDE: usize = STRIDE * FC6_KERNEL;

/// Settings of a [`VggClassifier`].
#[derive(Config, Debug)]
pub struct VggClassifierConfig {
    /// Number of classes; 1000 for ImageNet.
    pub classes: usize,
    /// Channels of the first block; 64 in the paper.
    #[config(default = 64)]
    pub width: usize,
    /// Convolutions of each block.
    #[config(default = "VGG16")]
    pub depths: Depths,
    /// Channels of fc6 and fc7.
    #[config(default = 4096)]
    pub fc_channels: usize,
    /// Whether a batch norm follows every 3×3 convolution, as in `vgg16_bn`.
    #[config(default = false)]
    pub batch_norm: bool,
    /// The most bytes of fc6's weights in one buffer.
    #[config(default = "WEBGPU_BINDING")]
    pub max_binding: u64,
}

/// VGG with its fully connected layers as convolutions.
#[derive(Module, Debug)]
pub struct VggClassifier {
    backbone: Vgg,
    /// `classifier.0`.
    fc6: Fc6,
    /// `classifier.3`.
    fc7: Conv2d,
    /// `classifier.6`.
    score: Conv2d,
}

/// Where torchvision's `features` has the convolutions: after each come its batch norm, if any, and
/// its ReLU, and after a block its pool.
fn feature_indices(depths: Depths, batch_norm: bool) -> impl Iterator<Item = usize> {
    let step = if batch_norm { 3 } else { 2 };
    let mut next = 0;
    depths.into_iter().flat_map(move |depth| {
        let first = next;
        next += depth * step + 1;
        (0..depth).map(move |i| first + i * step)
    })
}

impl VggClassifierConfig {
    fn backbone(&self) -> VggConfig {
        VggConfig::new()
            .with_width(self.width)
            .with_depths(self.depths)
    }

    /// A net with random weights.
    pub fn init(&self, device: &Device) -> VggClassifier {
        let backbone = self.backbone();
        let fc = self.fc_channels;
        let pointwise = |from, to| Conv2dConfig::new([from, to], [1, 1]).fresh(device);
        VggClassifier {
            fc6: Fc6::init(backbone.out_channels(), fc, self.max_binding, device),
            backbone: backbone.init(device),
            fc7: pointwise(fc, fc),
            score: pointwise(fc, self.classes),
        }
    }

    /// A net with the weights of a file, which must hold exactly this architecture's tensors.
    ///
    /// # Errors
    /// As [`Weights::take`] and [`Weights::finish`].
    pub fn load(&self, mut weights: Weights, device: &Device) -> Result<VggClassifier, FcnError> {
        let mut net = self.init(device);
        let indices = feature_indices(self.depths, self.batch_norm);
        for ((_, layer), i) in net.backbone.convolutions().zip(indices) {
            if self.batch_norm {
                let names = [i, i + 1].map(|i| format!("features.{i}"));
                load_conv_bn(layer, names, true, &mut weights, device)?;
            } else {
                load_conv(layer, &format!("features.{i}"), &mut weights, device)?;
            }
        }
        net.fc6.load("classifier.0", true, &mut weights, device)?;
        load_linear(&mut net.fc7, "classifier.3", &mut weights, device)?;
        load_linear(&mut net.score, "classifier.6", &mut weights, device)?;
        weights.finish()?;
        Ok(net)
    }
}

/// See [`Architecture::read`](super::registry::Architecture::read).
pub(super) fn read(config: &NetSettings, depths: Depths) -> Result<Box<dyn Settings>, FcnError> {
    Ok(Box::new(VggClassifierConfig {
        classes: config.classes,
        width: config.number("width", 128)?,
        depths,
        fc_channels: config.number("fc_channels", 8192)?,
        batch_norm: config.own("batch_norm")?,
        max_binding: WEBGPU_BINDING,
    }))
}

impl Settings for VggClassifierConfig {
    fn narrowed(&self) -> Box<dyn Settings> {
        Box::new(Self {
            classes: self.classes.min(8),
            width: self.width.min(8),
            fc_channels: self.fc_channels.min(16),
            ..self.clone()
        })
    }

    fn check_input(&self, _: &[Variant], size: [usize; 2]) -> Result<(), FcnError> {
        match size.into_iter().find(|&side| side < LEAST_SIDE) {
            Some(side) => {
                let reason =
                    format!("a side of {side} pixels; the classifier takes {LEAST_SIDE} or more");
                let facts = [
                    ("side", side.to_string()),
                    ("least", LEAST_SIDE.to_string()),
                ];
                Err(FcnError::invalid(reason).told("input.small", facts))
            }
            None => Ok(()),
        }
    }

    fn walk(&self, _: &[Variant], input: Map, walk: &mut Walk) -> Result<(), FcnError> {
        let fc = self.fc_channels;
        let [.., pool5] = self.backbone().walk(input, walk)?;
        let slice = largest_slice(pool5.channels, fc, self.max_binding);
        walk.hold([slice]);
        let x = walk.conv_in_slices("fc6", pool5, fc, Window::valid(FC6_KERNEL))?;
        let x = walk.conv("fc7", x, fc, Window::valid(1))?;
        walk.conv("score", x, self.classes, Window::valid(1))?;
        Ok(())
    }

    fn check_size(&self) -> [usize; 2] {
        [LEAST_SIDE, 256]
    }

    fn load(&self, weights: Weights, device: &Device) -> Result<Box<dyn Layers>, FcnError> {
        Ok(Box::new(VggClassifierConfig::load(self, weights, device)?))
    }
}

impl Layers for VggClassifier {
    /// The scores of every window, before any softmax.
    ///
    /// # Shapes
    /// - `x` `[n, 3, h, w]`, h and w at least 224
    /// - the one result `[n, classes, h/32 − 6, w/32 − 6]`, rounded down
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another shape, [`FcnError::UnknownVariant`]; else the
    /// observer's.
    fn forward_observed<'a>(
        &'a self,
        x: Tensor<4>,
        variants: &'a [Variant],
        observer: &'a mut dyn Observer,
    ) -> Heads<'a> {
        Box::pin(async move {
            let [n, channels, h, w] = x.dims();
            if n == 0 || channels != 3 || h < LEAST_SIDE || w < LEAST_SIDE {
                return Err(FcnError::invalid(format!(
                    "the input is {:?}, not [n, 3, h, w] with h and w of at least {LEAST_SIDE}",
                    x.dims()
                )));
            }
            Variant::check_all(variants, &VARIANTS)?;
            let [_, _, pool5] = self.backbone.forward_observed(x, observer).await?;
            let x = self.fc6.forward(pool5); // [n, fc, h/32 − 6, w/32 − 6]
            observer.stage("fc6", &x).await?;
            let x = conv_relu(&self.fc7, x);
            observer.stage("fc7", &x).await?;
            let score = conv(&self.score, x); // [n, classes, h/32 − 6, w/32 − 6]
            observer.stage("score", &score).await?;
            Ok(variants.iter().map(|_| score.clone()).collect())
        })
    }

    fn tail(&self, _: Variant) -> Option<Tail<'_>> {
        Some(Tail {
            scores: "score",
            steps: Vec::new(),
        })
    }

    // fc6 lies in slices.
    fn convolution(&self, stage: &str) -> Option<Convolution<'_>> {
        match stage {
            "fc7" => Some(Convolution::relu(&self.fc7)),
            "score" => Some(Convolution::plain(&self.score)),
            _ => self.backbone.convolution(stage),
        }
    }

    fn linear_head(&self, pool5: Tensor<4>) -> Result<Tensor<2>, FcnError> {
        VggClassifier::linear_head(self, pool5)
    }
}

/// See [`Architecture::candidate`](super::registry::Architecture::candidate): of any width, with or without
/// batch norms.
pub(super) fn candidate(shapes: &TensorShapes, depths: Depths) -> Option<Candidate> {
    let (architecture, name) = match depths {
        VGG11 => ("vgg11-classifier", "vgg11"),
        VGG13 => ("vgg13-classifier", "vgg13"),
        VGG16 => ("vgg16-classifier", "vgg16"),
        VGG19 => ("vgg19-classifier", "vgg19"),
        _ => return None,
    };
    let batch_norm = shapes.contains_key("features.1.weight");
    let width = axis_size(shapes, "features.0.weight", 0, WIDTH);
    let fc = axis_size(shapes, "classifier.0.weight", 0, FC_CHANNELS);
    let classes = axis_size(shapes, "classifier.6.weight", 0, 1000);
    let mut expected = Expected::default();
    let convolutions = vgg::channels(width, depths).flatten();
    for ((_, to, from), i) in convolutions.zip(feature_indices(depths, batch_norm)) {
        expected.layer(&format!("features.{i}"), &[to, from, 3, 3]);
        if batch_norm {
            expected.batch_norm(&format!("features.{}", i + 1), to);
        }
    }
    let flat = 8 * width * FC6_KERNEL * FC6_KERNEL;
    expected.layer("classifier.0", &[fc, flat]);
    expected.layer("classifier.3", &[fc, fc]);
    expected.layer("classifier.6", &[classes, fc]);
    let (suffix, norm) = match batch_norm {
        true => ("_bn", "yes"),
        false => ("", "no"),
    };
    let title = match (width, fc) {
        (WIDTH, FC_CHANNELS) => format!("torchvision's {name}{suffix}"),
        _ => format!("classifier as torchvision's {name}{suffix}, width {width}"),
    };
    Some(Candidate {
        architecture,
        title,
        classes,
        makes_masks: false,
        variants: vec!["score"],
        settings: json!({"width": width, "fc_channels": fc, "batch_norm": batch_norm}),
        // Trained at 224; larger photos give a map of windows, of which none is to see padding.
        input: imagenet_input(1, 512),
        about: vec![
            ("width", format!("{width}; fc6 7×7, {fc} channels")),
            ("batch norm", norm.to_string()),
        ],
        notes: Vec::new(),
        expected,
        unused: None,
    })
}

impl VggClassifier {
    /// The classifier's own head, as it was before the surgery: pool5's map of a 224×224 photo
    /// flattened, then three fully connected layers, as matrix products over the very numbers that
    /// the convolutions hold.
    ///
    /// # Shapes
    /// - `pool5` `[n, 8·width, 7, 7]`
    /// - result `[n, classes]`, before any softmax
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another shape.
    pub fn linear_head(&self, pool5: Tensor<4>) -> Result<Tensor<2>, FcnError> {
        let [n, channels, h, w] = pool5.dims();
        if n == 0 || channels != self.fc6.inputs() || [h, w] != [FC6_KERNEL; 2] {
            return Err(FcnError::invalid(format!(
                "the fully connected layers take [n, {}, 7, 7], not {:?}",
                self.fc6.inputs(),
                pool5.dims()
            )));
        }
        let x = self.fc6.forward_flat(pool5); // [n, fc]
        let x = relu(linear(&self.fc7, x)); // [n, fc]
        Ok(linear(&self.score, x)) // [n, classes]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn convolutions_are_where_torchvision_has_them() {
        let plain: Vec<usize> = feature_indices(VGG16, false).collect();
        assert_eq!(plain, [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]);
        let norm: Vec<usize> = feature_indices(VGG16, true).collect();
        assert_eq!(norm, [0, 3, 7, 10, 14, 17, 20, 24, 27, 30, 34, 37, 40]);
        let fewest: Vec<usize> = feature_indices(VGG11, false).collect();
        assert_eq!(fewest, [0, 3, 6, 8, 11, 13, 16, 18]);
    }
}
