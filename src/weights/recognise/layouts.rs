//! Other people's nets that are no damaged files of a net that is known: whose names these are.

use std::collections::BTreeSet;

use super::candidate::{Candidate, TensorShapes};
use super::misfit::short;
use crate::FcnError;

/// The most letters of a name that a script may have cut off.
const MAX_CUT: usize = 16;

/// Names that all must be there, and names that must not (a `*` at the end stands for anything), whose they are in a
/// few words.
type Layout = (
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
);

const LAYOUTS: [Layout; 15] = [
    (
        &[
            "conv_block1.0.weight",
            "conv_block5.*",
            "classifier.0.weight",
        ],
        &[],
        "meetps/pytorch-semseg (FCN)",
    ),
    (
        &["pretrained.0.weight"],
        &[],
        "Tramac/awesome-semantic-segmentation-pytorch (FCN)",
    ),
    (
        &["features5.*", "score_fr.0.weight"],
        &[],
        "zijundeng/pytorch-semantic-segmentation (FCN)",
    ),
    (
        &["deconv1.weight", "deconv5.weight", "classifier.weight"],
        &[],
        "pochih/FCN-pytorch (FCN)",
    ),
    (&["decode_head.conv_seg.weight"], &[], "MMSegmentation"),
    (&["sem_seg_head.*"], &[], "Detectron2"),
    (
        &["segmentation_head.0.weight"],
        &[],
        "segmentation_models.pytorch",
    ),
    (
        &["decode_head.classifier.weight"],
        &[],
        "Hugging Face Transformers",
    ),
    (
        &["segmentation_head.classifier.*"],
        &[],
        "Hugging Face Transformers",
    ),
    (&["inc.*", "outc.*"], &[], "milesial/Pytorch-UNet"),
    (
        &["aspp.aspp1.atrous_conv.weight"],
        &[],
        "jfzhang95/pytorch-deeplab-xception",
    ),
    (
        &["classifier.aspp.convs.0.0.weight"],
        &[],
        "VainF/DeepLabV3Plus-Pytorch",
    ),
    (
        &["shortcut_conv.0.weight", "cat_conv.0.weight"],
        &[],
        "bubbliiiing/deeplabv3-plus-pytorch",
    ),
    (
        &["cls_token", "patch_embed.proj.weight"],
        &[],
        "a vision transformer (timm)",
    ),
    (
        &["class_token", "conv_proj.weight"],
        &[],
        "a vision transformer (torchvision)",
    ),
];

/// Classifiers that are none of VGG's family, as [`Layout`].
const CLASSIFIERS: [Layout; 5] = [
    (
        &["conv1.weight", "layer4.0.conv1.weight", "fc.weight"],
        &["classifier.*"],
        "ResNet",
    ),
    (
        &[
            "features.6.weight",
            "features.10.weight",
            "classifier.6.weight",
        ],
        &["features.7.*", "features.13.*"],
        "AlexNet",
    ),
    (
        &["features.0.0.weight", "classifier.1.weight"],
        &[],
        "MobileNet, EfficientNet",
    ),
    (
        &["features.conv0.weight", "classifier.weight"],
        &[],
        "DenseNet",
    ),
    (
        &["Mixed_5b.branch1x1.conv.weight", "fc.weight"],
        &[],
        "Inception",
    ),
];

/// What a training tool puts in a weight's place: how two names end, of which kind that is, what it is, what to do.
const INSTEAD: [([&str; 2], &str, &str, &str); 5] = [
    (
        [".weight_orig", ".weight_mask"],
        "pruned",
        "they are of a net that is being pruned: each weight lies in the file as weight_orig and weight_mask",
        "torch.nn.utils.prune.remove(layer, 'weight')",
    ),
    (
        [".weight_orig", ".weight_u"],
        "normed",
        "they are of layers with spectral normalisation, which keeps each weight in two parts",
        "torch.nn.utils.remove_spectral_norm(layer)",
    ),
    (
        [".weight_g", ".weight_v"],
        "normed",
        "they are of layers with weight normalisation, which keeps each weight in two parts",
        "torch.nn.utils.remove_weight_norm(layer)",
    ),
    (
        [
            ".parametrizations.weight.original0",
            ".parametrizations.weight.original1",
        ],
        "normed",
        "they are of layers with weight normalisation, which keeps each weight in two parts",
        "torch.nn.utils.parametrize.remove_parametrizations(layer, 'weight')",
    ),
    (
        [
            ".parametrizations.weight.original",
            ".parametrizations.weight.original",
        ],
        "normed",
        "they are of layers with a parametrised weight (spectral normalisation, orthogonal), which is kept in parts",
        "torch.nn.utils.parametrize.remove_parametrizations(layer, 'weight')",
    ),
];

/// The error for a file whose layout is known but not read; `None` where it isn't known either. `is_alone`: whether
/// there is no other dictionary in the file.
pub(super) fn known(
    shapes: &TensorShapes,
    candidates: &[Candidate],
    is_alone: bool,
) -> Option<FcnError> {
    if let Some(error) = small_vgg(shapes) {
        return Some(error);
    }
    let ends = |end: &str| shapes.keys().any(|name| name.ends_with(end));
    let instead = INSTEAD
        .iter()
        .find(|(parts, ..)| parts.iter().all(|part| ends(part)));
    if let Some((_, kind, what, call)) = instead {
        let reason =
            format!("{what}. Call {call} for each layer, and save model.state_dict() again");
        return Some(unread(kind, reason, vec![("call", (*call).to_string())]));
    }
    if let Some(error) = backbone(shapes).filter(|_| is_alone) {
        return Some(error);
    }
    if let Some(whose) = fitting(&CLASSIFIERS, shapes) {
        let reason = format!(
            "they are of a classifier of another family ({whose}); of classifiers VGG's are read, in the Heat map view"
        );
        let facts = vec![("whose", whose.to_string())];
        return Some(unread("classifier", reason, facts));
    }
    if let Some(whose) = fitting(&LAYOUTS, shapes) {
        let reason = format!(
            "they have the names of {whose}, another net than those that are read here. Its layers differ from \
             theirs, not only its names: use its own program, or weights of a net that is read"
        );
        return Some(unread("layout", reason, vec![("whose", whose.to_string())]));
    }
    let name = shapes
        .keys()
        .find(|name| name.contains("/kernel") || name.ends_with(":0"));
    if let Some(name) = name {
        let reason = format!(
            "{:?} is a name of TensorFlow's or Keras', whose nets are not read",
            short(name)
        );
        return Some(unread(
            "layout",
            reason,
            vec![("whose", "TensorFlow, Keras".to_string())],
        ));
    }
    cut_names(shapes, candidates)
}

/// Whose names these are.
fn fitting(layouts: &[Layout], shapes: &TensorShapes) -> Option<&'static str> {
    let has = |wanted: &&str| match wanted.strip_suffix('*') {
        Some(start) => shapes.keys().any(|name| name.starts_with(start)),
        None => shapes.contains_key(*wanted),
    };
    let fits = |(names, others, _): &&Layout| names.iter().all(has) && !others.iter().any(has);
    layouts.iter().find(fits).map(|(.., whose)| *whose)
}

/// A backbone by itself: nothing else is in the file.
fn backbone(shapes: &TensorShapes) -> Option<FcnError> {
    let all = |is_of: fn(&str) -> bool| !shapes.is_empty() && shapes.keys().all(|name| is_of(name));
    let is_resnet = |name: &str| {
        let name = name.strip_prefix("backbone.").unwrap_or(name);
        let parts = ["conv1.", "bn1.", "layer1.", "layer2.", "layer3.", "layer4."];
        parts.iter().any(|part| name.starts_with(part))
    };
    let whose = if all(|name| name.starts_with("features.")) {
        "VGG"
    } else if all(is_resnet) {
        "ResNet"
    } else {
        return None;
    };
    let reason = format!(
        "they are of {whose}'s convolutions alone, which make no classes: a file with the whole net, its head too, is \
         needed"
    );
    Some(unread(
        "backbone",
        reason,
        vec![("whose", whose.to_string())],
    ))
}

/// VGGs for small pictures: their last pool leaves a single pixel, so the first linear layer has as many inputs as the
/// last convolution has channels.
fn small_vgg(shapes: &TensorShapes) -> Option<FcnError> {
    shapes.get("features.0.weight")?;
    let convolutions = shapes.iter().filter_map(|(name, shape)| {
        let number = name.strip_prefix("features.")?.strip_suffix(".weight")?;
        let &[channels, _, 3, 3] = *shape else {
            return None;
        };
        Some((number.parse::<usize>().ok()?, channels))
    });
    let (_, channels) = convolutions.max()?;
    let linear = |name: &str| match shapes.get(name).copied() {
        Some(&[_, inputs]) => Some(inputs),
        _ => None,
    };
    let first = || {
        let mut names = ["classifier.0.weight", "classifier.1.weight"].into_iter();
        let inputs = names
            .find_map(linear)
            .filter(|&inputs| inputs == channels)?;
        let what = format!("its first linear layer has {inputs} inputs");
        Some(("small_vgg_first", what, inputs))
    };
    let only = linear("classifier.weight").map(|inputs| {
        let what = format!("one linear layer of {inputs} inputs");
        ("small_vgg", what, inputs)
    });
    let (kind, what, inputs) = only.or_else(first)?;
    let reason = format!(
        "{what}: made for 32×32 pictures (CIFAR), of which its five pools leave a single pixel. VGG11, 13, 16 \
         and 19 as they are read here are made for 224×224: three linear layers, classifier.0, .3 and .6"
    );
    Some(unread(kind, reason, vec![("inputs", inputs.to_string())]))
}

/// A script that cuts `module.` off every name (`name[7:]`) also cuts names that don't begin with it.
fn cut_names(shapes: &TensorShapes, candidates: &[Candidate]) -> Option<FcnError> {
    let blocks =
        (1..=5).flat_map(|block| [0, 2, 4].map(|i| format!("conv_block{block}.{i}.weight")));
    let layers = [
        "classifier.0",
        "classifier.3",
        "classifier.6",
        "score_pool4",
        "score_pool3",
    ];
    let layers = layers.iter().map(|name| format!("{name}.weight"));
    let mut known: BTreeSet<String> = blocks.chain(layers).collect();
    let expected = candidates
        .iter()
        .flat_map(|candidate| &candidate.expected.0);
    known.extend(expected.map(|(name, _)| name.clone()));
    let weights = shapes.keys().filter(|name| name.ends_with("weight"));
    let weights: BTreeSet<&str> = weights.copied().collect();
    let fits = |cut: &usize| {
        // Cut right behind a dot, a whole component would be gone, and no letters.
        let inside = known
            .iter()
            .filter(|name| !matches!(name.as_bytes().get(cut - 1), Some(b'.')));
        let ends: BTreeSet<&str> = inside.filter_map(|name| name.get(*cut..)).collect();
        let there = weights.iter().filter(|name| ends.contains(**name)).count();
        weights.len() >= 4 && there * 3 >= weights.len() * 2
    };
    let cut = (1..=MAX_CUT).find(fits)?;
    let letters = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    let count = letters
        .get(cut - 1)
        .map_or_else(|| cut.to_string(), |word| (*word).to_string());
    let first = weights.first().copied().unwrap_or_default();
    let reason = format!(
        "these look like names whose first {count} letters were cut off, such as {:?}: a script that takes \
         \"module.\" away also cut names that don't begin with it. Start from the file before that",
        short(first)
    );
    let facts = vec![("cut", cut.to_string()), ("name", short(first))];
    Some(unread("cut_names", reason, facts))
}

fn unread(kind: &str, reason: String, mut facts: Vec<(&'static str, String)>) -> FcnError {
    facts.push(("kind", format!("unrecognised.{kind}")));
    FcnError::WeightsUnrecognised { reason, facts }
}
