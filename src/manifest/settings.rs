//! `config` of a manifest: what every net has, and each architecture's own settings.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::within;
use crate::FcnError;
use crate::labels::{MAX_CLASSES, MAX_CLASSIFIER_CLASSES};
use crate::upsample::Rounding;

/// Settings of a net.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetSettings {
    /// Number of classes.
    pub classes: usize,
    /// The heads that the weights hold, by name.
    pub variants: Vec<String>,
    /// The architecture's own settings.
    pub net: Settings,
}

/// An architecture's own settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settings {
    /// `"fcn-vgg16"`.
    FcnVgg16(FcnVgg16Settings),
    /// `"fcn-reference"`.
    FcnReference(FcnReferenceSettings),
    /// `"fcn-resnet50"`.
    FcnResNet50(ResNetSettings),
    /// `"deeplabv3-resnet50"`.
    DeepLabV3(DeepLabV3Settings),
    /// `"vgg16-classifier"`.
    VggClassifier(VggClassifierSettings),
    /// An architecture that this build doesn't know; [`crate::models::load`] says so.
    Unknown,
}

/// What every architecture's `config` has.
#[derive(Deserialize)]
struct Common {
    classes: usize,
    variants: Vec<String>,
}

/// Settings of the lecture's FCN.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FcnVgg16Settings {
    /// Channels of the first block; 64 in the paper.
    pub width: usize,
    /// Side of fc6's kernel in pixels; 1 in the lecture, 7 in the paper.
    pub fc6_kernel: usize,
    /// Channels of fc6 and fc7; 4096 in the paper.
    pub fc_channels: usize,
    /// Whether each class is enlarged by itself: upsampling kernels `[classes, 1, k, k]` instead of
    /// `[classes, classes, k, k]`.
    #[serde(default)]
    pub per_class_upsampling: bool,
}

/// Settings of the FCN authors' own nets.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FcnReferenceSettings {
    /// Channels of the first block; 64 in the paper.
    pub width: usize,
    /// Channels of fc6 and fc7; 4096 in the paper.
    pub fc_channels: usize,
    /// `"ceil"` as in Caffe, or `"floor"` as in a plain PyTorch port.
    pub pooling: Rounding,
}

/// Settings of a ResNet backbone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ResNetSettings {
    /// Channels of the first convolution; 64 in the paper.
    pub width: usize,
    /// Bottlenecks in layer1 to layer4; 3, 4, 6, 3 in ResNet-50.
    pub blocks: [usize; 4],
}

/// Settings of DeepLabV3.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DeepLabV3Settings {
    /// The backbone.
    #[serde(flatten)]
    pub backbone: ResNetSettings,
    /// Channels of each branch of the pyramid; 256 in torchvision.
    pub aspp_channels: usize,
}

/// Settings of a fully convolutional VGG16 classifier.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct VggClassifierSettings {
    /// Channels of the first block; 64 in the paper.
    pub width: usize,
    /// Channels of fc6 and fc7; 4096 in the paper.
    pub fc_channels: usize,
    /// Whether batch norms follow the convolutions, as in `vgg16_bn`.
    pub batch_norm: bool,
}

fn read<T: DeserializeOwned>(config: &Value) -> Result<T, FcnError> {
    T::deserialize(config).map_err(|error| FcnError::manifest(format!("\"config\": {error}")))
}

impl NetSettings {
    /// Reads and checks `config` for an architecture.
    ///
    /// # Errors
    /// [`FcnError::ManifestInvalid`] with the field at fault.
    pub fn read(architecture: &str, config: &Value) -> Result<Self, FcnError> {
        let Common { classes, variants } = read(config)?;
        let net = match architecture {
            "fcn-vgg16" => Settings::FcnVgg16(read(config)?),
            "fcn-reference" => Settings::FcnReference(read(config)?),
            "fcn-resnet50" => Settings::FcnResNet50(read(config)?),
            "deeplabv3-resnet50" => Settings::DeepLabV3(read(config)?),
            "vgg16-classifier" => Settings::VggClassifier(read(config)?),
            _ => Settings::Unknown,
        };
        net.check()?;
        let most = match net {
            Settings::VggClassifier(_) => MAX_CLASSIFIER_CLASSES,
            _ => MAX_CLASSES,
        };
        within("config.classes", classes, 1, most)?;
        if variants.is_empty() {
            return Err(FcnError::manifest("\"config.variants\" is empty"));
        }
        Ok(Self {
            classes,
            variants,
            net,
        })
    }
}

impl NetSettings {
    /// The same architecture with few channels, classes and blocks.
    pub fn narrowed(&self) -> Self {
        let mut small = self.clone();
        small.classes = small.classes.min(8);
        let width = |width: &mut usize| *width = (*width).min(8);
        let fc = |fc: &mut usize| *fc = (*fc).min(16);
        // Two blocks: the first of a stage is unlike the rest.
        let resnet = |net: &mut ResNetSettings| {
            width(&mut net.width);
            net.blocks = net.blocks.map(|blocks| blocks.min(2));
        };
        match &mut small.net {
            Settings::FcnVgg16(net) => {
                width(&mut net.width);
                fc(&mut net.fc_channels);
            }
            Settings::FcnReference(net) => {
                width(&mut net.width);
                fc(&mut net.fc_channels);
            }
            Settings::FcnResNet50(net) => resnet(net),
            Settings::DeepLabV3(net) => {
                resnet(&mut net.backbone);
                net.aspp_channels = net.aspp_channels.min(16);
            }
            Settings::VggClassifier(net) => {
                width(&mut net.width);
                fc(&mut net.fc_channels);
            }
            Settings::Unknown => {}
        }
        small
    }
}

impl Settings {
    fn check(&self) -> Result<(), FcnError> {
        match self {
            Self::FcnVgg16(net) => {
                within("config.width", net.width, 1, 128)?;
                within("config.fc6_kernel", net.fc6_kernel, 1, 15)?;
                within("config.fc_channels", net.fc_channels, 1, 8192)?;
                if net.fc6_kernel.is_multiple_of(2) {
                    return Err(FcnError::manifest("\"config.fc6_kernel\" must be odd"));
                }
                Ok(())
            }
            Self::FcnReference(net) => {
                within("config.width", net.width, 1, 128)?;
                within("config.fc_channels", net.fc_channels, 1, 8192)
            }
            Self::FcnResNet50(net) => net.check(),
            Self::DeepLabV3(net) => {
                net.backbone.check()?;
                within("config.aspp_channels", net.aspp_channels, 1, 1024)
            }
            Self::VggClassifier(net) => {
                within("config.width", net.width, 1, 128)?;
                within("config.fc_channels", net.fc_channels, 1, 8192)
            }
            Self::Unknown => Ok(()),
        }
    }

    /// Checks `input.pad_multiple`: what the net's sizes have to be multiples of.
    ///
    /// # Errors
    /// [`FcnError::ManifestInvalid`].
    pub(super) fn check_pad_multiple(&self, multiple: usize) -> Result<(), FcnError> {
        match self {
            Self::FcnVgg16(_) if multiple != 32 => Err(FcnError::manifest(
                "\"input.pad_multiple\" must be 32: five pools halve the size five times",
            )),
            // The others take any size; padding further does no harm.
            _ => within("input.pad_multiple", multiple, 1, 32),
        }
    }
}

impl ResNetSettings {
    fn check(&self) -> Result<(), FcnError> {
        within("config.width", self.width, 1, 128)?;
        let mut blocks = self.blocks.into_iter();
        // 36 is ResNet-152's most.
        blocks.try_for_each(|blocks| within("config.blocks", blocks, 1, 36))
    }
}
