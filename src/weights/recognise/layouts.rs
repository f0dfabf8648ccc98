//! Other people's nets that are no damaged files of a net that is known: whose names these are.

use std::collections::BTreeSet;

use super::candidate::{Candidate, TensorShapes};
use super::misfit::short;
use crate::FcnError;

/// The most letters of a name that a script may have cut off.
const MAX_CUT: usize = 16;

/// Names that all must be there (a `*` at the end stands for anything), whose they are, in a few words.
const LAYOUTS: [(&[&str], &str); 11] = [
    (
        &[
            "conv_block1.0.weight",
            "conv_block5.*",
            "classifier.0.weight",
        ],
        "meetps/pytorch-semseg (FCN)",
    ),
    (
        &["pretrained.0.weight", "head.*"],
        "Tramac/awesome-semantic-segmentation-pytorch (FCN)",
    ),
    (
        &["pretrained.0.weight"],
        "Tramac/awesome-semantic-segmentation-pytorch (FCN)",
    ),
    (
        &["features5.*", "score_fr.0.weight"],
        "zijundeng/pytorch-semantic-segmentation (FCN)",
    ),
    (&["decode_head.conv_seg.weight"], "MMSegmentation"),
    (&["sem_seg_head.*"], "Detectron2"),
    (
        &["segmentation_head.0.weight"],
        "segmentation_models.pytorch",
    ),
    (
        &["decode_head.classifier.weight"],
        "Hugging Face Transformers",
    ),
    (&["inc.*", "outc.*"], "milesial/Pytorch-UNet"),
    (
        &["aspp.aspp1.atrous_conv.weight"],
        "jfzhang95/pytorch-deeplab-xception",
    ),
    (
        &["classifier.aspp.convs.0.0.weight"],
        "VainF/DeepLabV3Plus-Pytorch",
    ),
];

/// The error for a file whose layout is known but not read; `None` where it isn't known either.
pub(super) fn known(shapes: &TensorShapes, candidates: &[Candidate]) -> Option<FcnError> {
    if let Some(error) = small_vgg(shapes) {
        return Some(error);
    }
    let has = |wanted: &str| match wanted.strip_suffix('*') {
        Some(start) => shapes.keys().any(|name| name.starts_with(start)),
        None => shapes.contains_key(wanted),
    };
    let whose = LAYOUTS
        .iter()
        .find(|(names, _)| names.iter().all(|name| has(name)));
    if let Some((_, whose)) = whose {
        let reason = format!(
            "they have the names of {whose}, another net than those that are read here. Its layers differ from \
             theirs, not only its names: use its own program, or weights of a net that is read"
        );
        return Some(unread(
            "layout",
            reason,
            vec![("whose", (*whose).to_string())],
        ));
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

/// VGGs for small pictures have one linear layer after the last pool, which leaves a single pixel.
fn small_vgg(shapes: &TensorShapes) -> Option<FcnError> {
    shapes.get("features.0.weight")?;
    let &[_, inputs] = *shapes.get("classifier.weight")? else {
        return None;
    };
    let reason = format!(
        "one linear layer of {inputs} inputs: made for 32×32 pictures (CIFAR), of which its five pools leave a \
         single pixel. VGG16 as it is read here is made for 224×224: three linear layers, classifier.0, .3 and .6"
    );
    Some(unread(
        "small_vgg",
        reason,
        vec![("inputs", inputs.to_string())],
    ))
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
