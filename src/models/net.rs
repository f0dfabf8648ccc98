//! Any architecture's net, behind the few things that the rest of the crate asks of one.

use burn::module::Module;
use burn::nn::conv::ConvTranspose2d;
use burn::tensor::{Device, Tensor};

use super::deeplabv3::{self, DeepLabV3, DeepLabV3Config};
use super::fcn::{self, Fcn, FcnConfig};
use super::fcn_reference::{self, FcnReference, FcnReferenceConfig};
use super::fcn_resnet50::{self, FcnResNet50, FcnResNet50Config};
use super::observer::{Observer, Unobserved, run_now};
use super::resnet::ResNetConfig;
use super::variant::Variant;
use super::vgg_classifier::{self, VggClassifier, VggClassifierConfig};
use crate::FcnError;
use crate::manifest::{Manifest, ResNetSettings, Settings};
use crate::weights::Weights;

/// The architectures that this build can run.
pub const ARCHITECTURES: [&str; 5] = [
    "fcn-vgg16",
    "fcn-reference",
    "fcn-resnet50",
    "deeplabv3-resnet50",
    "vgg16-classifier",
];

/// A net, with its settings.
#[derive(Debug)]
pub enum Net {
    /// `"fcn-vgg16"`: the lecture's FCN.
    FcnVgg16(FcnConfig, Box<Fcn>),
    /// `"fcn-reference"`: the FCN authors' own.
    FcnReference(FcnReferenceConfig, Box<FcnReference>),
    /// `"fcn-resnet50"`: torchvision's.
    FcnResNet50(FcnResNet50Config, Box<FcnResNet50>),
    /// `"deeplabv3-resnet50"`: torchvision's.
    DeepLabV3(DeepLabV3Config, Box<DeepLabV3>),
    /// `"vgg16-classifier"`: scores of windows, not of pixels.
    VggClassifier(VggClassifierConfig, Box<VggClassifier>),
}

impl Net {
    /// All heads that a manifest's architecture has.
    ///
    /// # Errors
    /// [`FcnError::UnknownArchitecture`].
    pub fn variants_of(manifest: &Manifest) -> Result<&'static [Variant], FcnError> {
        match &manifest.config.net {
            Settings::FcnVgg16(_) => Ok(&fcn::VARIANTS),
            Settings::FcnReference(_) => Ok(&fcn_reference::VARIANTS),
            Settings::FcnResNet50(_) => Ok(&fcn_resnet50::VARIANTS),
            Settings::DeepLabV3(_) => Ok(&deeplabv3::VARIANTS),
            Settings::VggClassifier(_) => Ok(&vgg_classifier::VARIANTS),
            Settings::Unknown => Err(unknown(manifest)),
        }
    }

    /// The net that a manifest describes, with these heads, from a file's tensors.
    ///
    /// # Errors
    /// [`FcnError::UnknownArchitecture`], heads that exclude each other, and as [`Weights::take`]
    /// and [`Weights::finish`].
    pub fn load(
        manifest: &Manifest,
        variants: &[Variant],
        weights: Weights,
        device: &Device,
    ) -> Result<Self, FcnError> {
        let classes = manifest.config.classes;
        let aux = variants.contains(&Variant::Aux);
        let variants = variants.to_vec();
        match &manifest.config.net {
            Settings::FcnVgg16(net) => {
                let config = FcnConfig::new(classes)
                    .with_width(net.width)
                    .with_fc6_kernel(net.fc6_kernel)
                    .with_fc_channels(net.fc_channels)
                    .with_per_class_upsampling(net.per_class_upsampling)
                    .with_variants(variants);
                let net = config.load(weights, device)?;
                Ok(Self::FcnVgg16(config, Box::new(net)))
            }
            Settings::FcnReference(net) => {
                let config = FcnReferenceConfig::new(classes)
                    .with_width(net.width)
                    .with_fc_channels(net.fc_channels)
                    .with_pooling(net.pooling)
                    .with_variants(variants);
                let net = config.load(weights, device)?;
                Ok(Self::FcnReference(config, Box::new(net)))
            }
            Settings::FcnResNet50(net) => {
                let config = FcnResNet50Config::new(classes)
                    .with_backbone(backbone(net))
                    .with_aux(aux);
                let net = config.load(weights, device)?;
                Ok(Self::FcnResNet50(config, Box::new(net)))
            }
            Settings::DeepLabV3(net) => {
                let config = DeepLabV3Config::new(classes)
                    .with_backbone(backbone(&net.backbone))
                    .with_aspp_channels(net.aspp_channels)
                    .with_aux(aux);
                let net = config.load(weights, device)?;
                Ok(Self::DeepLabV3(config, Box::new(net)))
            }
            Settings::VggClassifier(net) => {
                let config = VggClassifierConfig::new(classes)
                    .with_width(net.width)
                    .with_fc_channels(net.fc_channels)
                    .with_batch_norm(net.batch_norm);
                let net = config.load(weights, device)?;
                Ok(Self::VggClassifier(config, Box::new(net)))
            }
            Settings::Unknown => Err(unknown(manifest)),
        }
    }

    /// Whether a head scores every pixel of its input; a classifier scores windows.
    pub fn is_dense(&self) -> bool {
        self.classifier().is_none()
    }

    /// The classifier, if that is what this net is.
    pub fn classifier(&self) -> Option<&VggClassifier> {
        match self {
            Self::VggClassifier(_, net) => Some(net),
            _ => None,
        }
    }

    /// The stages that a pass with these heads reports, in order.
    pub fn stages(&self, variants: &[Variant]) -> Vec<&'static str> {
        match self {
            Self::FcnVgg16(..) => fcn::stages(variants),
            Self::FcnReference(..) => fcn_reference::stages(variants),
            Self::FcnResNet50(..) => fcn_resnet50::stages(variants),
            Self::DeepLabV3(..) => deeplabv3::stages(variants),
            Self::VggClassifier(..) => vgg_classifier::stages(),
        }
    }

    /// The transposed convolution of that name; `None` where this net hasn't got it.
    pub fn upsampling_layer(&self, name: &str) -> Option<&ConvTranspose2d> {
        match self {
            Self::FcnVgg16(_, net) => net.upsampling_layer(name),
            Self::FcnReference(_, net) => net.upsampling_layer(name),
            Self::FcnResNet50(..) | Self::DeepLabV3(..) | Self::VggClassifier(..) => None,
        }
    }

    /// Bytes of the largest single buffer that a pass over an input of `width`×`height` pixels
    /// binds; never less for a larger input, and 0 for one that the net can't take.
    pub fn largest_buffer(&self, width: usize, height: usize) -> u64 {
        match self {
            Self::FcnVgg16(config, _) => config.largest_buffer(width, height),
            Self::FcnReference(config, _) => config.largest_buffer(width, height),
            Self::FcnResNet50(config, _) => config.largest_buffer(width, height),
            Self::DeepLabV3(config, _) => config.largest_buffer(width, height),
            Self::VggClassifier(config, _) => config.largest_buffer(width, height),
        }
    }

    /// Bytes of all weights, in f32.
    pub fn weight_bytes(&self) -> usize {
        let count = match self {
            Self::FcnVgg16(_, net) => net.num_params(),
            Self::FcnReference(_, net) => net.num_params(),
            Self::FcnResNet50(_, net) => net.num_params(),
            Self::DeepLabV3(_, net) => net.num_params(),
            Self::VggClassifier(_, net) => net.num_params(),
        };
        count * size_of::<f32>()
    }

    /// Width and height, in pixels, of a small input that this net can take: wide enough to fill
    /// the GPU kernel's tiles after five pools, as low as the net allows.
    pub fn check_size(&self) -> (usize, usize) {
        match self {
            // Pools that round down happen to cover both sides with every head.
            Self::FcnVgg16(..) | Self::FcnReference(..) => (256, 32),
            Self::FcnResNet50(..) | Self::DeepLabV3(..) => (256, 32),
            Self::VggClassifier(..) => (256, vgg_classifier::LEAST_SIDE),
        }
    }

    /// One head's scores, without watching.
    ///
    /// # Shapes
    /// As [`forward_observed`](Self::forward_observed).
    ///
    /// # Errors
    /// As there.
    pub fn forward(&self, x: Tensor<4>, variant: Variant) -> Result<Tensor<4>, FcnError> {
        let heads = run_now(self.forward_observed(x, &[variant], &mut Unobserved))?;
        let head = heads.into_iter().next();
        head.ok_or_else(|| FcnError::invalid("a pass without a head"))
    }

    /// The scores of several heads over one pass of the backbone, in the order of `variants`.
    ///
    /// # Shapes
    /// - `x` `[n, 3, h, w]`, of a size that the architecture takes
    /// - each result `[n, classes, h, w]`; a classifier's is smaller
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another shape, [`FcnError::UnknownVariant`] for a head that
    /// this net hasn't got; else the observer's.
    pub async fn forward_observed<O: Observer>(
        &self,
        x: Tensor<4>,
        variants: &[Variant],
        observer: &mut O,
    ) -> Result<Vec<Tensor<4>>, FcnError> {
        match self {
            Self::FcnVgg16(_, net) => net.forward_observed(x, variants, observer).await,
            Self::FcnReference(_, net) => net.forward_observed(x, variants, observer).await,
            Self::FcnResNet50(_, net) => net.forward_observed(x, variants, observer).await,
            Self::DeepLabV3(_, net) => net.forward_observed(x, variants, observer).await,
            Self::VggClassifier(_, net) => net.forward_observed(x, variants, observer).await,
        }
    }
}

fn backbone(settings: &ResNetSettings) -> ResNetConfig {
    ResNetConfig::new()
        .with_width(settings.width)
        .with_blocks(settings.blocks)
}

fn unknown(manifest: &Manifest) -> FcnError {
    FcnError::UnknownArchitecture {
        name: manifest.architecture.clone(),
        known: ARCHITECTURES.map(str::to_string).to_vec(),
    }
}
