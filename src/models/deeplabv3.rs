//! DeepLabV3 on a dilated ResNet-50, torchvision's `deeplabv3_resnet50`.
//!
//! Chen, Papandreou, Schroff & Adam, "Rethinking Atrous Convolution for Semantic Image
//! Segmentation", 2017 (arXiv 1706.05587): convolutions of several atrous rates side by side (ASPP)
//! and the mean over the whole map see the surroundings at several scales. Agrees with torchvision's
//! `models.segmentation.deeplabv3_resnet50`, whose names the tensors have; dropout is left out.

use burn::config::Config;
use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor};

use super::fcn_resnet50::{FcnHead, check_heads, score};
pub use super::fcn_resnet50::{VARIANTS, stages};
use super::layers::{conv, conv_any, conv_relu, load_conv, load_conv_bn};
use super::observer::Observer;
use super::resnet::{ResNet, ResNetConfig, conv_layer};
use super::variant::Variant;
use crate::FcnError;
use crate::kernels::Activation::Relu;
use crate::weights::Weights;

/// Pixels between the taps of the three atrous convolutions, on a map of 1/8 of the photo: the
/// paper's 6, 12 and 18 for 1/16, doubled.
pub const ATROUS_RATES: [usize; 3] = [12, 24, 36];

/// Settings of a [`DeepLabV3`].
#[derive(Config, Debug)]
pub struct DeepLabV3Config {
    /// Number of classes, background included.
    pub classes: usize,
    /// The backbone.
    #[config(default = "ResNetConfig::new()")]
    pub backbone: ResNetConfig,
    /// Channels of each branch of the pyramid and of what follows it.
    #[config(default = 256)]
    pub aspp_channels: usize,
    /// Whether to have the auxiliary head.
    #[config(default = false)]
    pub aux: bool,
}

/// Atrous spatial pyramid pooling.
#[derive(Module, Debug)]
pub struct Aspp {
    /// 1×1, and 3×3 at each of [`ATROUS_RATES`].
    convs: Vec<Conv2d>,
    /// 1×1 on the mean of the whole map.
    pooling: Conv2d,
    /// 1×1 on all of them.
    project: Conv2d,
}

/// A dilated ResNet-50, the pyramid and the heads.
#[derive(Module, Debug)]
pub struct DeepLabV3 {
    backbone: ResNet,
    aspp: Aspp,
    /// `classifier.1`: 3×3.
    conv: Conv2d,
    /// `classifier.4`: 1×1 to the classes.
    score: Conv2d,
    aux_classifier: Option<FcnHead>,
}

impl DeepLabV3Config {
    /// A net with Burn's default (random) weights.
    pub fn init(&self, device: &Device) -> DeepLabV3 {
        let (inputs, a) = (self.backbone.layer4_channels(), self.aspp_channels);
        let pointwise = |from, to| conv_layer([from, to], 1, 1, 1, device);
        let atrous = ATROUS_RATES.map(|rate| conv_layer([inputs, a], 3, 1, rate, device));
        let aux = || FcnHead::init(self.backbone.layer3_channels(), self.classes, device);
        DeepLabV3 {
            backbone: self.backbone.init(device),
            aspp: Aspp {
                convs: std::iter::once(pointwise(inputs, a))
                    .chain(atrous)
                    .collect(),
                pooling: pointwise(inputs, a),
                project: pointwise((2 + ATROUS_RATES.len()) * a, a),
            },
            conv: conv_layer([a, a], 3, 1, 1, device),
            score: pointwise(a, self.classes),
            aux_classifier: self.aux.then(aux),
        }
    }

    /// A net with the weights of a file, which must hold exactly this architecture's tensors.
    ///
    /// # Errors
    /// As [`Weights::take`] and [`Weights::finish`].
    pub fn load(&self, mut weights: Weights, device: &Device) -> Result<DeepLabV3, FcnError> {
        let mut net = self.init(device);
        net.backbone.load("backbone", &mut weights, device)?;
        net.aspp.load("classifier.0", &mut weights, device)?;
        let names = [1, 2].map(|i| format!("classifier.{i}"));
        load_conv_bn(&mut net.conv, names, false, &mut weights, device)?;
        load_conv(&mut net.score, "classifier.4", &mut weights, device)?;
        if let Some(head) = &mut net.aux_classifier {
            head.load("aux_classifier", &mut weights, device)?;
        }
        weights.finish()?;
        Ok(net)
    }

    /// Bytes of the largest single buffer that a pass over an input of `width`×`height` pixels
    /// binds: a map or some layer's weights.
    pub fn largest_buffer(&self, width: usize, height: usize) -> u64 {
        let a = self.aspp_channels as u64;
        let scores = self.classes as u64 * width as u64 * height as u64;
        let pyramid = 5 * a * width.div_ceil(8) as u64 * height.div_ceil(8) as u64;
        let atrous = self.backbone.layer4_channels() as u64 * a * 9;
        let aux = if self.aux {
            (self.backbone.layer3_channels() as u64).pow(2) / 4 * 9
        } else {
            0
        };
        let backbone = self.backbone.largest(width, height);
        4 * backbone
            .max(scores)
            .max(pyramid)
            .max(atrous)
            .max(9 * a * a)
            .max(aux)
    }
}

impl Aspp {
    fn load(&mut self, name: &str, weights: &mut Weights, device: &Device) -> Result<(), FcnError> {
        for (i, layer) in self.convs.iter_mut().enumerate() {
            let names = [0, 1].map(|part| format!("{name}.convs.{i}.{part}"));
            load_conv_bn(layer, names, false, weights, device)?;
        }
        // Its part 0 is the mean, which has no weights.
        let names = [1, 2].map(|part| format!("{name}.convs.{}.{part}", self.convs.len()));
        load_conv_bn(&mut self.pooling, names, false, weights, device)?;
        let names = [0, 1].map(|part| format!("{name}.project.{part}"));
        load_conv_bn(&mut self.project, names, false, weights, device)
    }

    /// # Shapes
    /// `[n, in, h, w]` to `[n, aspp_channels, h, w]`
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [n, _, h, w] = x.dims();
        let branches = self.convs.iter();
        let mut maps: Vec<Tensor<4>> = branches
            .map(|layer| conv_any(layer, x.clone(), Relu))
            .collect();
        let mean = x.mean_dim(3).mean_dim(2); // [n, in, 1, 1]
        let mean = conv_relu(&self.pooling, mean); // [n, aspp_channels, 1, 1]
        let [_, channels, _, _] = mean.dims();
        // Bilinear resizing of one pixel is that pixel everywhere.
        maps.push(mean.expand([n, channels, h, w]));
        conv_relu(&self.project, Tensor::cat(maps, 1)) // [n, aspp_channels, h, w]
    }
}

impl DeepLabV3 {
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
        let out = |layer4| {
            let x = self.aspp.forward(layer4); // [n, aspp_channels, h/8, w/8]
            conv(&self.score, conv_relu(&self.conv, x)) // [n, classes, h/8, w/8]
        };
        score(features, [h, w], variants, out, aux, observer).await
    }
}
