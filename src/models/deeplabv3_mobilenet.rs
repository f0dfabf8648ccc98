//! DeepLabV3 on a dilated MobileNetV3-Large, torchvision's `deeplabv3_mobilenet_v3_large`, whose names the
//! tensors have; dropout is left out.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde_json::json;

use super::deeplabv3::{DeepLabHead, INNER_STAGE};
use super::fcn_resnet::{FcnHead, check_heads, score, tail, walk_heads, with_heads};
use super::mobilenet_v3::{MobileNetV3, MobileNetV3Config};
use super::observer::{Heads, Observer};
use super::registry::{Layers, Settings};
use super::shapes::{Map, Walk};
use super::tail::{Convolution, Tail};
use super::variant::Variant;
use crate::FcnError;
use crate::manifest::NetSettings;
use crate::weights::{Candidate, Expected, TensorShapes, Weights};

/// Channels of each branch of torchvision's pyramid.
const ASPP_CHANNELS: usize = 256;

/// Settings of a [`DeepLabV3MobileNet`].
#[derive(Debug, Clone)]
pub struct DeepLabV3MobileNetConfig {
    /// Number of classes, background included.
    pub classes: usize,
    /// The backbone.
    pub backbone: MobileNetV3Config,
    /// Channels of each branch of the pyramid and of what follows it.
    pub aspp_channels: usize,
    /// Whether to have the auxiliary head.
    pub aux: bool,
}

/// A dilated MobileNetV3-Large and the heads.
#[derive(Module, Debug)]
pub struct DeepLabV3MobileNet {
    backbone: MobileNetV3,
    classifier: DeepLabHead,
    aux_classifier: Option<FcnHead>,
}

/// See [`Architecture::read`](super::registry::Architecture::read).
pub(super) fn read(
    config: &NetSettings,
    variants: &[Variant],
) -> Result<Box<dyn Settings>, FcnError> {
    Ok(Box::new(DeepLabV3MobileNetConfig {
        classes: config.classes,
        backbone: MobileNetV3Config::read(config)?,
        aspp_channels: config.number("aspp_channels", 1024)?,
        aux: variants.contains(&Variant::Aux),
    }))
}

impl DeepLabV3MobileNetConfig {
    /// A net with the weights of a file, which must hold exactly this architecture's tensors.
    ///
    /// # Errors
    /// As [`Weights::take`] and [`Weights::finish`].
    pub fn load(
        &self,
        mut weights: Weights,
        device: &Device,
    ) -> Result<DeepLabV3MobileNet, FcnError> {
        let [low, last] = self.backbone.channels();
        let sizes = [last, self.aspp_channels, self.classes];
        let mut net = DeepLabV3MobileNet {
            backbone: self.backbone.init(device),
            classifier: DeepLabHead::init(sizes, device),
            aux_classifier: self.aux.then(|| FcnHead::init(low, self.classes, device)),
        };
        net.backbone.load(&mut weights, device)?;
        net.classifier.load(&mut weights, device)?;
        if let Some(head) = &mut net.aux_classifier {
            head.load("aux_classifier", &mut weights, device)?;
        }
        weights.finish()?;
        Ok(net)
    }
}

impl Settings for DeepLabV3MobileNetConfig {
    fn narrowed(&self) -> Box<dyn Settings> {
        Box::new(Self {
            classes: self.classes.min(8),
            backbone: self.backbone.narrowed(),
            aspp_channels: self.aspp_channels.min(16),
            ..self.clone()
        })
    }

    fn walk(&self, variants: &[Variant], input: Map, walk: &mut Walk) -> Result<(), FcnError> {
        let [low, last] = self.backbone.walk(input, walk)?;
        walk_heads(walk, input, low, variants, self.classes, |walk| {
            DeepLabHead::walk(last, self.aspp_channels, walk)
        })
    }

    fn load(&self, weights: Weights, device: &Device) -> Result<Box<dyn Layers>, FcnError> {
        let net = DeepLabV3MobileNetConfig::load(self, weights, device)?;
        Ok(Box::new(net))
    }
}

impl Layers for DeepLabV3MobileNet {
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
            let maps = self.backbone.forward_observed(x, observer).await?;
            let out = |last| self.classifier.forward(last); // [n, aspp_channels, h/16, w/16]
            let last = (INNER_STAGE, &self.classifier.score);
            score(maps, [h, w], variants, (out, last), aux, observer).await
        })
    }

    fn tail(&self, variant: Variant) -> Option<Tail<'_>> {
        tail(variant, self.aux_classifier.as_ref())
    }

    fn convolution(&self, stage: &str) -> Option<Convolution<'_>> {
        match stage {
            "classifier" => Some(Convolution::plain(&self.classifier.score)),
            _ => {
                let aux = self.aux_classifier.as_ref();
                let own = self.backbone.convolution(stage);
                own.or_else(|| aux?.convolution(stage))
            }
        }
    }
}

/// See [`Architecture::candidate`](super::registry::Architecture::candidate).
pub(super) fn candidate(shapes: &TensorShapes) -> Option<Candidate> {
    let config = MobileNetV3Config::LARGE;
    let [low, last] = config.channels();
    let mut backbone = Expected::default();
    config.expect(&mut backbone);
    let names = [
        "deeplabv3-mobilenet-v3-large",
        "torchvision's deeplabv3_mobilenet_v3_large",
    ];
    let settings = json!({"width": config.width, "aspp_channels": ASPP_CHANNELS});
    let head = |expected: &mut Expected, classes| {
        DeepLabHead::expect(expected, [last, ASPP_CHANNELS, classes]);
    };
    let below = (backbone, low);
    Some(with_heads(shapes, below, (names, settings), head))
}
