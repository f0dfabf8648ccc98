//! The size of every stage's map, from a net's settings alone: no weights, no pass.
//!
//! `tests/shapes.rs` holds it to what passes really compute. The FCN authors' nets have
//! [`crate::upsample::reference`]; the others' arithmetic is short enough to stand here.

use super::variant::Variant;
use super::vgg_classifier::LEAST_SIDE;
use super::{fcn, fcn_reference, fcn_resnet50, vgg_classifier};
use crate::FcnError;
use crate::manifest::{NetSettings, Settings};
use crate::upsample::reference::{FC6_KERNEL, ReferenceSizes, reference_sizes};
use crate::upsample::{Rounding, conv_size};

/// The longest side that is worked out, in pixels; beyond it sizes could overflow in wasm.
const MAX_SIDE: usize = 1 << 24;
/// What each block of VGG16 multiplies the first block's channels by.
const BLOCK_WIDTHS: [usize; 5] = [1, 2, 4, 8, 8];

/// A stage of a pass and its map's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// As a pass reports it; `input` for what goes in.
    pub stage: &'static str,
    /// Channels.
    pub channels: usize,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
}

/// The input and every stage of a pass with these heads over a photo of `width`×`height` pixels,
/// in the order of the pass. The lecture's net takes multiples of 32, so its input is the photo
/// padded to that.
///
/// # Errors
/// [`FcnError::InvalidInput`] for a size that the net can't take; [`FcnError::UnknownVariant`];
/// [`FcnError::UnknownArchitecture`].
pub fn shapes(
    config: &NetSettings,
    variants: &[Variant],
    width: usize,
    height: usize,
) -> Result<Vec<Shape>, FcnError> {
    if [width, height]
        .iter()
        .any(|side| !(1..=MAX_SIDE).contains(side))
    {
        return Err(FcnError::invalid(format!(
            "{width}×{height} pixels is not a size that a net can take"
        )));
    }
    let (known, stages) = match &config.net {
        Settings::FcnVgg16(_) => (&fcn::VARIANTS[..], fcn::stages(variants)),
        Settings::FcnReference(_) => (
            &fcn_reference::VARIANTS[..],
            fcn_reference::stages(variants),
        ),
        Settings::FcnResNet50(_) | Settings::DeepLabV3(_) => {
            (&fcn_resnet50::VARIANTS[..], fcn_resnet50::stages(variants))
        }
        Settings::VggClassifier(_) => (&vgg_classifier::VARIANTS[..], vgg_classifier::stages()),
        Settings::Unknown => {
            return Err(FcnError::UnknownArchitecture {
                name: "of the manifest".to_string(),
                known: super::ARCHITECTURES.map(str::to_string).to_vec(),
            });
        }
    };
    Variant::check_all(variants, known)?;
    let multiple = match &config.net {
        Settings::FcnVgg16(_) => 32,
        _ => 1,
    };
    let [width, height] = [width, height].map(|side| side.next_multiple_of(multiple));
    let [columns, rows] = [width, height].map(|side| Lengths::of(&config.net, variants, side));
    let (columns, rows) = (columns?, rows?);
    let input = Shape {
        stage: "input",
        channels: 3,
        rows: height,
        columns: width,
    };
    let stages = stages.into_iter().map(|stage| Shape {
        stage,
        channels: channels(config, stage),
        rows: rows.at(stage),
        columns: columns.at(stage),
    });
    Ok(std::iter::once(input).chain(stages).collect())
}

/// VGG16's block that a stage belongs to, from 0, and whether it is the block's pool.
fn block_of(stage: &str) -> Option<(usize, bool)> {
    let (rest, is_pool) = match stage.strip_prefix("pool") {
        Some(rest) => (rest, true),
        None => (stage.strip_prefix("conv")?, false),
    };
    let block = rest.chars().next()?.to_digit(10)?;
    Some((usize::try_from(block).ok()?.checked_sub(1)?, is_pool))
}

fn channels(config: &NetSettings, stage: &str) -> usize {
    let vgg = |width: usize, fc: usize| match (stage, block_of(stage)) {
        ("fc6" | "fc7", _) => fc,
        (_, Some((block, _))) => BLOCK_WIDTHS.get(block).map_or(0, |times| times * width),
        _ => config.classes,
    };
    let resnet = |width: usize| match stage {
        "conv1" | "maxpool" => width,
        "layer1" => 4 * width,
        "layer2" => 8 * width,
        "layer3" => 16 * width,
        "layer4" => 32 * width,
        _ => config.classes,
    };
    match &config.net {
        Settings::FcnVgg16(net) => vgg(net.width, net.fc_channels),
        Settings::FcnReference(net) => vgg(net.width, net.fc_channels),
        Settings::VggClassifier(net) => vgg(net.width, net.fc_channels),
        Settings::FcnResNet50(net) => resnet(net.width),
        Settings::DeepLabV3(net) => resnet(net.backbone.width),
        Settings::Unknown => 0,
    }
}

/// Lengths of a net's maps along one dimension.
enum Lengths {
    /// The lecture's net and the classifier: an input whose pools round down.
    Vgg { input: usize, is_classifier: bool },
    /// The FCN authors'.
    Reference(ReferenceSizes),
    /// Input, after the first convolution, after the pool, 1/8.
    ResNet([usize; 4]),
}

impl Lengths {
    fn of(net: &Settings, variants: &[Variant], input: usize) -> Result<Self, FcnError> {
        let vgg = |is_classifier| Self::Vgg {
            input,
            is_classifier,
        };
        match net {
            Settings::FcnReference(net) => Self::reference(net.pooling, variants, input),
            Settings::FcnResNet50(_) | Settings::DeepLabV3(_) => {
                let halved = |size, kernel| conv_size(size, kernel, 2, kernel / 2, 1);
                let sizes = halved(input, 7).and_then(|conv1| {
                    let maxpool = halved(conv1, 3)?;
                    Some([input, conv1, maxpool, halved(maxpool, 3)?])
                });
                let sizes = sizes.ok_or_else(|| FcnError::invalid("nothing is left of the map"));
                Ok(Self::ResNet(sizes?))
            }
            Settings::VggClassifier(_) if input < LEAST_SIDE => Err(FcnError::invalid(format!(
                "a side of {input} pixels; the classifier takes {LEAST_SIDE} or more"
            ))),
            Settings::VggClassifier(_) => Ok(vgg(true)),
            Settings::FcnVgg16(_) | Settings::Unknown => Ok(vgg(false)),
        }
    }

    fn reference(pooling: Rounding, variants: &[Variant], input: usize) -> Result<Self, FcnError> {
        let sizes = reference_sizes(input, pooling)?;
        for variant in variants {
            match variant {
                Variant::Fcn32s => sizes.check_32s()?,
                Variant::Fcn16s => sizes.check_16s()?,
                _ => sizes.check_8s()?,
            }
        }
        Ok(Self::Reference(sizes))
    }

    fn at(&self, stage: &str) -> usize {
        match self {
            Self::Vgg {
                input,
                is_classifier,
            } => match (stage, block_of(stage)) {
                (_, Some((block, is_pool))) => input >> (block + usize::from(is_pool)),
                ("fc6" | "fc7" | "score", _) if *is_classifier => {
                    (input / 32).saturating_sub(FC6_KERNEL - 1)
                }
                ("fc6" | "fc7" | "score_fr", _) => input / 32,
                ("upscore2" | "fuse_pool4", _) => input / 16,
                ("upscore_pool4" | "fuse_pool3", _) => input / 8,
                _ => *input,
            },
            Self::Reference(sizes) => {
                let [_, _, pool3, pool4, _] = sizes.pools;
                let pool = |block: usize| sizes.pools.get(block).copied().unwrap_or(0);
                match (stage, block_of(stage)) {
                    (_, Some((block, true))) => pool(block),
                    (_, Some((0, false))) => sizes.conv1,
                    (_, Some((block, false))) => pool(block - 1),
                    ("fc6" | "fc7" | "score_fr", _) => sizes.fc6,
                    ("upscore", _) => sizes.upscore,
                    ("score_pool4", _) => pool4,
                    ("upscore2" | "score_pool4c" | "fuse_pool4", _) => sizes.upscore2,
                    ("upscore16", _) => sizes.upscore16,
                    ("score_pool3", _) => pool3,
                    ("upscore_pool4" | "score_pool3c" | "fuse_pool3", _) => sizes.upscore_pool4,
                    ("upscore8", _) => sizes.upscore8,
                    _ => sizes.input,
                }
            }
            Self::ResNet([input, conv1, maxpool, eighth]) => match stage {
                "conv1" => *conv1,
                "maxpool" | "layer1" => *maxpool,
                "out" | "aux" => *input,
                _ => *eighth,
            },
        }
    }
}
