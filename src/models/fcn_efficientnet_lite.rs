//! FCN's heads over EfficientNet-Lite.
//!
//! What `fcn.rs` takes from VGG16's pools is taken from the last block at 1/8, 1/16 and 1/32 of the input's
//! size; fc6 to the masks are the same. Agrees with the PyTorch definition in
//! `tests/reference/fcn_efficientnet_lite.py`.

use burn::module::Module;
use burn::nn::conv::ConvTranspose2d;
use burn::tensor::{Device, Tensor};
use serde_json::json;

use super::efficientnet_lite::{EfficientNetLite, EfficientNetLiteConfig};
use super::fcn::{self, FcnHeads, FoundHeads, HeadsConfig};
use super::observer::{Heads, Observer};
use super::registry::{Layers, Settings};
use super::shapes::{Map, Walk};
use super::tail::{Convolution, Tail};
use super::variant::Variant;
use crate::FcnError;
use crate::manifest::NetSettings;
use crate::weights::{Candidate, Expected, TensorShapes, Weights};

pub use super::fcn::{STRIDE, VARIANTS};

/// Settings of an [`FcnEfficientNetLite`].
#[derive(Debug, Clone)]
pub struct FcnEfficientNetLiteConfig {
    /// The backbone's settings.
    pub backbone: EfficientNetLiteConfig,
    /// The heads' settings.
    pub heads: HeadsConfig,
}

/// EfficientNet-Lite without its classifier, and FCN's heads.
#[derive(Module, Debug)]
pub struct FcnEfficientNetLite {
    backbone: EfficientNetLite,
    heads: FcnHeads,
}

/// See [`Architecture::read`](super::registry::Architecture::read).
pub(super) fn read(
    config: &NetSettings,
    variants: &[Variant],
) -> Result<Box<dyn Settings>, FcnError> {
    let backbone = EfficientNetLiteConfig::read(config)?;
    let heads = HeadsConfig::read(config, variants, backbone.pools())?;
    Ok(Box::new(FcnEfficientNetLiteConfig { backbone, heads }))
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
        let mut net = FcnEfficientNetLite {
            backbone: self.backbone.init(device),
            heads: self.heads.layers(device),
        };
        net.backbone.load(&mut weights, device)?;
        net.heads.load(&mut weights, device)?;
        weights.finish()?;
        Ok(net)
    }
}

impl Settings for FcnEfficientNetLiteConfig {
    fn narrowed(&self) -> Box<dyn Settings> {
        let backbone = self.backbone.narrowed();
        let heads = HeadsConfig {
            classes: self.heads.classes.min(8),
            fc_channels: self.heads.fc_channels.min(16),
            pools: backbone.pools(),
            ..self.heads.clone()
        };
        Box::new(Self { backbone, heads })
    }

    fn walk(&self, variants: &[Variant], input: Map, walk: &mut Walk) -> Result<(), FcnError> {
        let pools = self.backbone.walk(input, walk)?;
        self.heads.walk(variants, pools, walk)
    }

    fn load(&self, weights: Weights, device: &Device) -> Result<Box<dyn Layers>, FcnError> {
        let net = FcnEfficientNetLiteConfig::load(self, weights, device)?;
        Ok(Box::new(net))
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
    /// [`FcnError::InvalidInput`] for another shape, [`FcnError::UnknownVariant`] for a head that this net hasn't got; else
    /// the observer's.
    fn forward_observed<'a>(
        &'a self,
        x: Tensor<4>,
        variants: &'a [Variant],
        observer: &'a mut dyn Observer,
    ) -> Heads<'a> {
        Box::pin(async move {
            fcn::check_input(&x, variants)?;
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
        &fcn::DROPPED
    }

    fn convolution(&self, stage: &str) -> Option<Convolution<'_>> {
        match stage {
            "conv_stem" => Some(self.backbone.stem()),
            _ => self.heads.convolution(stage),
        }
    }
}

/// See [`Architecture::candidate`](super::registry::Architecture::candidate): Lite0, 1 or 2, with any of the
/// three heads.
pub(super) fn candidate(shapes: &TensorShapes) -> Option<Candidate> {
    let last = shapes.get("fc6.weight").and_then(|shape| shape.get(1));
    let (name, backbone) = EfficientNetLiteConfig::found(shapes, last.copied())?;
    let heads = FoundHeads::of(shapes);
    let mut expected = Expected::default();
    backbone.expect(&mut expected);
    heads.expect(&mut expected, backbone.pools());
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
            "width": backbone.width,
            "depth": backbone.depth,
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
    fn the_largest_maps_are_those_within_a_block() {
        let backbone = EfficientNetLiteConfig {
            width: 1.1,
            depth: 1.2,
        };
        let heads = HeadsConfig {
            classes: 14,
            fc6_kernel: 3,
            fc_channels: 256,
            variants: vec![Variant::Fcn8s],
            per_class_upsampling: true,
            pools: backbone.pools(),
        };
        let config = FcnEfficientNetLiteConfig { backbone, heads };
        let net = Blueprint::new("fcn-efficientnet-lite", config, &VARIANTS).expect("a net");
        // 96 channels at half the size, and the scores.
        let maps = net.largest_maps(&[Variant::Fcn8s], 1024, 1024);
        assert_eq!(maps, [96 << 20, 56 << 20]);
    }
}
