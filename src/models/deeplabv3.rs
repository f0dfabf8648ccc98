//! DeepLabV3 on a dilated ResNet, torchvision's `deeplabv3_resnet50` and `deeplabv3_resnet101`.
//!
//! Chen, Papandreou, Schroff & Adam, "Rethinking Atrous Convolution for Semantic Image
//! Segmentation", 2017 (arXiv 1706.05587): convolutions of several atrous rates side by side (ASPP)
//! and the mean over the whole map see the surroundings at several scales. Agrees with torchvision's
//! `models.segmentation`, whose names the tensors have; dropout is left out.

use burn::config::Config;
use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor};
use serde_json::json;

use super::fcn_resnet::{FcnHead, check_heads, score, tail, torchvision, walk_heads};
use super::layers::{conv_any, conv_relu, load_conv, load_conv_bn};
use super::observer::{Heads, Observer};
use super::registry::{Layers, Settings};
use super::resnet::{Depth, Features, ResNet, ResNetConfig, conv_layer};
use super::shapes::{INNER, Map, Walk, Window};
use super::tail::{Convolution, Tail};
use super::variant::Variant;
use crate::FcnError;
use crate::kernels::Activation::Relu;
use crate::kernels::mean;
use crate::manifest::NetSettings;
use crate::weights::{Candidate, Expected, TensorShapes, Weights};

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

/// torchvision's `DeepLabHead`: the pyramid, a 3×3 convolution, and a 1×1 to the classes.
#[derive(Module, Debug)]
pub struct DeepLabHead {
    aspp: Aspp,
    /// `classifier.1`: 3×3.
    conv: Conv2d,
    /// `classifier.4`: 1×1 to the classes.
    pub(super) score: Conv2d,
}

/// A dilated ResNet and the heads.
#[derive(Module, Debug)]
pub struct DeepLabV3 {
    backbone: ResNet,
    classifier: DeepLabHead,
    aux_classifier: Option<FcnHead>,
}

impl DeepLabHead {
    /// With random weights, on a map of so many channels, with `a` in the pyramid.
    pub(super) fn init([inputs, a, classes]: [usize; 3], device: &Device) -> Self {
        let pointwise = |from, to| conv_layer([from, to], 1, 1, 1, device);
        let atrous = ATROUS_RATES.map(|rate| conv_layer([inputs, a], 3, 1, rate, device));
        Self {
            aspp: Aspp {
                convs: std::iter::once(pointwise(inputs, a))
                    .chain(atrous)
                    .collect(),
                pooling: pointwise(inputs, a),
                project: pointwise((2 + ATROUS_RATES.len()) * a, a),
            },
            conv: conv_layer([a, a], 3, 1, 1, device),
            score: pointwise(a, classes),
        }
    }

    /// From the tensors of torchvision's `classifier`.
    pub(super) fn load(&mut self, weights: &mut Weights, device: &Device) -> Result<(), FcnError> {
        self.aspp.load("classifier.0", weights, device)?;
        let names = [1, 2].map(|i| format!("classifier.{i}"));
        load_conv_bn(&mut self.conv, names, false, weights, device)?;
        load_conv(&mut self.score, "classifier.4", weights, device)
    }

    /// Its tensors in torchvision's checkpoints.
    pub(super) fn expect(expected: &mut Expected, [inputs, a, classes]: [usize; 3]) {
        let mut add = |[conv, norm]: [&str; 2], shape| {
            let [conv, norm] = [conv, norm].map(|part| format!("classifier.{part}"));
            expected.conv_norm([&conv, &norm], shape);
        };
        add(["0.convs.0.0", "0.convs.0.1"], [a, inputs, 1, 1]);
        for branch in 1..=ATROUS_RATES.len() {
            let [conv, norm] = [0, 1].map(|part| format!("0.convs.{branch}.{part}"));
            add([&conv, &norm], [a, inputs, 3, 3]);
        }
        add(["0.convs.4.1", "0.convs.4.2"], [a, inputs, 1, 1]);
        add(["0.project.0", "0.project.1"], [a, 5 * a, 1, 1]);
        add(["1", "2"], [a, a, 3, 3]);
        expected.layer("classifier.4", &[classes, a, 1, 1]);
    }

    /// The same on paper, but for `score`.
    ///
    /// # Errors
    /// As [`Walk::conv`].
    pub(super) fn walk(x: Map, a: usize, walk: &mut Walk) -> Result<Map, FcnError> {
        walk.conv(INNER, x, a, Window::valid(1))?;
        for rate in ATROUS_RATES {
            walk.conv(INNER, x, a, Window::same(3, 1, rate))?;
        }
        let mean = walk.mean(x);
        walk.conv(INNER, mean, a, Window::valid(1))?;
        let all = walk.stack(x.of_everything(), (2 + ATROUS_RATES.len()) * a);
        let x = walk.conv(INNER, all, a, Window::valid(1))?;
        walk.conv(INNER_STAGE, x, a, Window::same(3, 1, 1))
    }

    /// # Shapes
    /// `[n, in, h, w]` to `[n, a, h, w]`; `score` is for the caller
    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        conv_relu(&self.conv, self.aspp.forward(x))
    }
}

impl DeepLabV3Config {
    /// A net with Burn's default (random) weights.
    pub fn init(&self, device: &Device) -> DeepLabV3 {
        let sizes = [
            self.backbone.layer4_channels(),
            self.aspp_channels,
            self.classes,
        ];
        let aux = || FcnHead::init(self.backbone.layer3_channels(), self.classes, device);
        DeepLabV3 {
            backbone: self.backbone.init(device),
            classifier: DeepLabHead::init(sizes, device),
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
        net.classifier.load(&mut weights, device)?;
        if let Some(head) = &mut net.aux_classifier {
            head.load("aux_classifier", &mut weights, device)?;
        }
        weights.finish()?;
        Ok(net)
    }
}

/// The stage of the map that the last layer scores, by its place in torchvision's head: a ReLU.
pub(super) const INNER_STAGE: &str = "classifier.3";

/// See [`Architecture::read`](super::registry::Architecture::read).
pub(super) fn read(
    config: &NetSettings,
    variants: &[Variant],
) -> Result<Box<dyn Settings>, FcnError> {
    Ok(Box::new(DeepLabV3Config {
        classes: config.classes,
        backbone: ResNetConfig::read(config)?,
        aspp_channels: config.number("aspp_channels", 1024)?,
        aux: variants.contains(&Variant::Aux),
    }))
}

impl Settings for DeepLabV3Config {
    fn narrowed(&self) -> Box<dyn Settings> {
        Box::new(Self {
            classes: self.classes.min(8),
            backbone: self.backbone.narrowed(),
            aspp_channels: self.aspp_channels.min(16),
            ..self.clone()
        })
    }

    fn walk(&self, variants: &[Variant], input: Map, walk: &mut Walk) -> Result<(), FcnError> {
        let [layer3, layer4] = self.backbone.walk(input, walk)?;
        walk_heads(walk, input, layer3, variants, self.classes, |walk| {
            DeepLabHead::walk(layer4, self.aspp_channels, walk)
        })
    }

    fn load(&self, weights: Weights, device: &Device) -> Result<Box<dyn Layers>, FcnError> {
        Ok(Box::new(DeepLabV3Config::load(self, weights, device)?))
    }
}

impl Layers for DeepLabV3 {
    /// The scores of several heads over one pass of the backbone, in the order of `variants`.
    ///
    /// # Shapes
    /// - `x` `[n, 3, h, w]`, any h and w
    /// - each result `[n, classes, h, w]`
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
            let [_, _, h, w] = x.dims();
            let aux = self.aux_classifier.as_ref();
            check_heads(variants, aux)?;
            let Features { layer3, layer4 } = self.backbone.forward_observed(x, observer).await?;
            let out = |layer4| self.classifier.forward(layer4); // [n, aspp_channels, h/8, w/8]
            let last = (INNER_STAGE, &self.classifier.score);
            let maps = [layer3, layer4];
            score(maps, [h, w], variants, (out, last), aux, observer).await
        })
    }

    fn tail(&self, variant: Variant) -> Option<Tail<'_>> {
        tail(variant, self.aux_classifier.as_ref())
    }

    fn convolution(&self, stage: &str) -> Option<Convolution<'_>> {
        match stage {
            "conv1" => Some(self.backbone.stem()),
            "classifier" => Some(Convolution::plain(&self.classifier.score)),
            _ => self.aux_classifier.as_ref()?.convolution(stage),
        }
    }
}

/// See [`Architecture::candidate`](super::registry::Architecture::candidate).
pub(super) fn candidate(shapes: &TensorShapes, depth: Depth) -> Option<Candidate> {
    let config = DeepLabV3Config::new(0).with_backbone(depth.config());
    let (inputs, a) = (config.backbone.layer4_channels(), config.aspp_channels);
    let head = |expected: &mut Expected, classes| {
        DeepLabHead::expect(expected, [inputs, a, classes]);
    };
    let names = match depth {
        Depth::ResNet50 => ["deeplabv3-resnet50", "torchvision's deeplabv3_resnet50"],
        Depth::ResNet101 => ["deeplabv3-resnet101", "torchvision's deeplabv3_resnet101"],
    };
    let ResNetConfig { width, blocks } = config.backbone;
    let settings = json!({"width": width, "blocks": blocks, "aspp_channels": a});
    torchvision(shapes, depth, (names, settings), head)
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
        let mean = conv_relu(&self.pooling, mean(x)); // [n, aspp_channels, 1, 1]
        let [_, channels, _, _] = mean.dims();
        // Bilinear resizing of one pixel is that pixel everywhere.
        maps.push(mean.expand([n, channels, h, w]));
        conv_relu(&self.project, Tensor::cat(maps, 1)) // [n, aspp_channels, h, w]
    }
}
