//! FCN on a dilated ResNet-50, torchvision's `fcn_resnet50`: no skips, no transposed convolutions.
//!
//! After Long, Shelhamer & Darrell (CVPR 2015) in name: a head of two convolutions gives scores at
//! 1/8 of the size, and they are resized bilinearly. Agrees with torchvision's
//! `models.segmentation.fcn_resnet50`, whose names the tensors have; dropout is left out.

use burn::config::Config;
use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::module::interpolate;
use burn::tensor::ops::{InterpolateMode, InterpolateOptions};
use burn::tensor::{Device, Tensor};

use super::layers::{conv, conv_relu, load_conv, load_conv_bn};
use super::observer::Observer;
use super::resnet::{self, Features, ResNet, ResNetConfig, conv_layer};
use super::variant::Variant;
use crate::FcnError;
use crate::weights::Weights;

/// The heads that ResNet nets have.
pub const VARIANTS: [Variant; 2] = [Variant::Out, Variant::Aux];

/// Settings of an [`FcnResNet50`].
#[derive(Config, Debug)]
pub struct FcnResNet50Config {
    /// Number of classes, background included.
    pub classes: usize,
    /// The backbone.
    #[config(default = "ResNetConfig::new()")]
    pub backbone: ResNetConfig,
    /// Whether to have the auxiliary head.
    #[config(default = false)]
    pub aux: bool,
}

/// torchvision's `FCNHead`: a 3×3 convolution to a quarter of the channels, and a 1×1 to the classes.
#[derive(Module, Debug)]
pub struct FcnHead {
    conv: Conv2d,
    score: Conv2d,
}

/// A dilated ResNet-50 and its heads.
#[derive(Module, Debug)]
pub struct FcnResNet50 {
    backbone: ResNet,
    classifier: FcnHead,
    aux_classifier: Option<FcnHead>,
}

impl FcnHead {
    /// With Burn's default (random) weights.
    pub(super) fn init(inputs: usize, classes: usize, device: &Device) -> Self {
        let inner = inputs / 4;
        Self {
            conv: conv_layer([inputs, inner], 3, 1, 1, device),
            score: conv_layer([inner, classes], 1, 1, 1, device),
        }
    }

    /// From `name.0`, its batch norm `name.1`, and `name.4`; 2 and 3 are ReLU and dropout.
    pub(super) fn load(
        &mut self,
        name: &str,
        weights: &mut Weights,
        device: &Device,
    ) -> Result<(), FcnError> {
        let names = [0, 1].map(|i| format!("{name}.{i}"));
        load_conv_bn(&mut self.conv, names, false, weights, device)?;
        load_conv(&mut self.score, &format!("{name}.4"), weights, device)
    }

    /// # Shapes
    /// `[n, in, h, w]` to `[n, classes, h, w]`
    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        conv(&self.score, conv_relu(&self.conv, x))
    }
}

impl FcnResNet50Config {
    /// A net with Burn's default (random) weights.
    pub fn init(&self, device: &Device) -> FcnResNet50 {
        let head = |inputs| FcnHead::init(inputs, self.classes, device);
        FcnResNet50 {
            backbone: self.backbone.init(device),
            classifier: head(self.backbone.layer4_channels()),
            aux_classifier: self.aux.then(|| head(self.backbone.layer3_channels())),
        }
    }

    /// A net with the weights of a file, which must hold exactly this architecture's tensors.
    ///
    /// # Errors
    /// As [`Weights::take`] and [`Weights::finish`].
    pub fn load(&self, mut weights: Weights, device: &Device) -> Result<FcnResNet50, FcnError> {
        let mut net = self.init(device);
        net.backbone.load("backbone", &mut weights, device)?;
        net.classifier.load("classifier", &mut weights, device)?;
        if let Some(head) = &mut net.aux_classifier {
            head.load("aux_classifier", &mut weights, device)?;
        }
        weights.finish()?;
        Ok(net)
    }

    /// Bytes of the largest single buffer that a pass over an input of `width`×`height` pixels
    /// binds: a map or some layer's weights.
    pub fn largest_buffer(&self, width: usize, height: usize) -> u64 {
        let scores = self.classes as u64 * width as u64 * height as u64;
        let channels = self.backbone.layer4_channels() as u64;
        let head = channels * channels / 4 * 9;
        4 * self.backbone.largest(width, height).max(scores).max(head)
    }
}

/// The stages that a pass with these heads reports, in order.
pub fn stages(variants: &[Variant]) -> Vec<&'static str> {
    let mut names = resnet::STAGES.to_vec();
    if variants.contains(&Variant::Out) {
        names.extend(["classifier", "out"]);
    }
    if variants.contains(&Variant::Aux) {
        names.extend(["aux_classifier", "aux"]);
    }
    names
}

impl FcnResNet50 {
    /// The scores of several heads over one pass of the backbone, in the order of `variants`.
    ///
    /// # Shapes
    /// - `x` `[n, 3, h, w]`, any h and w
    /// - each result `[n, classes, h, w]`
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another shape, [`FcnError::UnknownVariant`]; else the
    /// observer's.
    pub async fn forward_observed<O: Observer>(
        &self,
        x: Tensor<4>,
        variants: &[Variant],
        observer: &mut O,
    ) -> Result<Vec<Tensor<4>>, FcnError> {
        let [_, _, h, w] = x.dims();
        let aux = self.aux_classifier.as_ref();
        check_heads(variants, aux)?;
        let features = self.backbone.forward_observed(x, observer).await?;
        let out = |layer4| self.classifier.forward(layer4);
        score(features, [h, w], variants, out, aux, observer).await
    }
}

/// Makes sure that a ResNet net has these heads, before its backbone runs.
pub(super) fn check_heads(variants: &[Variant], aux: Option<&FcnHead>) -> Result<(), FcnError> {
    let known = match aux {
        Some(_) => &VARIANTS[..],
        None => &[Variant::Out],
    };
    Variant::check_all(variants, known)
}

/// The heads of a ResNet net, each resized to the photo.
///
/// # Shapes
/// - `out` and `aux` give `[n, classes, h/8, w/8]`
/// - each result `[n, classes, h, w]`
pub(super) async fn score<O: Observer>(
    features: Features,
    size: [usize; 2],
    variants: &[Variant],
    out: impl Fn(Tensor<4>) -> Tensor<4>,
    aux: Option<&FcnHead>,
    observer: &mut O,
) -> Result<Vec<Tensor<4>>, FcnError> {
    let Features { layer3, layer4 } = features;
    let (mut main, mut auxiliary) = (None, None);
    if variants.contains(&Variant::Out) {
        let scores = out(layer4); // [n, classes, h/8, w/8]
        observer.stage("classifier", &scores).await?;
        let scores = resize(scores, size); // [n, classes, h, w]
        observer.stage("out", &scores).await?;
        main = Some(scores);
    }
    if let (true, Some(head)) = (variants.contains(&Variant::Aux), aux) {
        let scores = head.forward(layer3); // [n, classes, h/8, w/8]
        observer.stage("aux_classifier", &scores).await?;
        let scores = resize(scores, size); // [n, classes, h, w]
        observer.stage("aux", &scores).await?;
        auxiliary = Some(scores);
    }
    let pick = |variant: &Variant| match variant {
        Variant::Aux => auxiliary.clone(),
        _ => main.clone(),
    };
    Ok(variants.iter().filter_map(pick).collect())
}

/// Bilinear resizing, PyTorch's `align_corners=False`: `[n, c, h, w]` to `[n, c, height, width]`.
fn resize(x: Tensor<4>, size: [usize; 2]) -> Tensor<4> {
    let options = InterpolateOptions::new(InterpolateMode::Bilinear).with_align_corners(false);
    interpolate(x, options.with_output_size(size))
}
