//! Names of tensors without what wrappers put into them, and which tensors belong to no net.
//!
//! A name is a way through a program's objects, joined by dots: `features.module.0.weight`. Wrappers add a
//! component wherever they were put around something; the net's own names are what is left without those.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use super::misfit::short;
use crate::FcnError;
use crate::weights::tensor::{ElementType, TensorInfo};

/// What PyTorch's own wrappers add (`DataParallel`, `torch.compile`, `FSDP`, activation checkpoints), then
/// what people call the object that holds their net, then what they call a net's parts. Each row is tried with
/// those before it, for only the first is sure to be no name of the net's own.
const WRAPPERS: [&[&str]; 4] = [
    &[
        "module",
        "_orig_mod",
        "_fsdp_wrapped_module",
        "_checkpoint_wrapped_module",
        "_forward_module",
    ],
    &[
        "model",
        "net",
        "network",
        "base_model",
        "segmentor",
        "wrapped",
        "inner",
    ],
    &[
        "encoder",
        "decoder",
        "body",
        "trunk",
        "base",
        "head",
        "heads",
        "neck",
        "extractor",
        "feature_extractor",
        "fcn",
        "vgg",
        "vgg16",
        "resnet",
        "cnn",
    ],
    &["backbone"],
];

/// How many rows may be dropped, and of how many two tensors with one name are an error.
pub(super) const LEVELS: usize = WRAPPERS.len();
pub(super) const SURE: usize = 2;

/// The last component of a counter's name, which is of no use and not worth a word.
const COUNTERS: [&str; 1] = ["num_batches_tracked"];

/// Words in the names of what a training keeps beside its net.
const BESIDE: [&str; 29] = [
    "ce",
    "bce",
    "nll",
    "crossentropy",
    "focal",
    "dice",
    "loss",
    "losses",
    "criterion",
    "criteria",
    "metric",
    "metrics",
    "iou",
    "miou",
    "acc",
    "accuracy",
    "confmat",
    "confusion",
    "jaccard",
    "auroc",
    "averaged",
    "optimizer",
    "optimiser",
    "optim",
    "scheduler",
    "scaler",
    "step",
    "epoch",
    "iteration",
];

/// The last components of names, without what parts their words, of what a training needs and a pass doesn't; and of the
/// photos' mean and deviation.
const EXTRAS: [&str; 18] = [
    "classweight",
    "classweights",
    "posweight",
    "lossweight",
    "lossweights",
    "weights",
    "temperature",
    "temp",
    "logvar",
    "logvars",
    "logsigma",
    "logsigmas",
    "mean",
    "std",
    "pixelmean",
    "pixelstd",
    "imagemean",
    "imagestd",
];

/// Whether a tensor is called as weights of classes or of losses, a temperature, or the mean of photos.
pub(super) fn is_extra(name: &str) -> bool {
    let mut components = name.rsplit('.');
    let last: String = components
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|letter| !matches!(letter, '_' | '-'))
        .collect();
    EXTRAS.contains(&last.to_ascii_lowercase().as_str()) || components.any(|each| each == "awl")
}

/// Words in the names of a net that is the average of another one's steps.
const AVERAGES: [&str; 8] = [
    "ema", "swa", "avg", "average", "averaged", "teacher", "shadow", "polyak",
];

/// `ema_model` and `emaModel` both have the word `ema`; `mIoU` is a word, too.
fn words(component: &str) -> impl Iterator<Item = &str> {
    let parts = component.split(['_', '-', ' ']);
    let parts = parts.flat_map(|part| [part].into_iter().chain(capitalised(part)));
    parts.map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()))
}

/// The words of a name in which each begins with a capital: `EMAModel` has two.
fn capitalised(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    iter::from_fn(move || {
        let mut letters = rest.chars();
        let mut before = letters.next()?;
        let mut end = before.len_utf8();
        while let Some(letter) = letters.next() {
            let after = letters.as_str().chars().next();
            let is_inside = before.is_uppercase() && !after.is_some_and(char::is_lowercase);
            if letter.is_uppercase() && !is_inside {
                break;
            }
            before = letter;
            end += letter.len_utf8();
        }
        let (word, others) = rest.split_at(end);
        rest = others;
        Some(word)
    })
}

fn is_among(list: &[&str], word: &str) -> bool {
    list.iter().any(|one| one.eq_ignore_ascii_case(word))
}

/// The words of a tensor's name, or of a way through a file.
fn words_on(way: &str) -> impl Iterator<Item = &str> {
    way.split(['.', '/']).flat_map(words)
}

/// Whether a way through a file leads to an average.
pub(super) fn is_average(way: &str) -> bool {
    words_on(way).any(|word| is_among(&AVERAGES, word))
}

/// Whether a tensor of that name belongs to what a training keeps beside its net, or to an average of it.
fn is_beside(name: &str) -> bool {
    words_on(name).any(|word| {
        let end = word.len().checked_sub(4).and_then(|at| word.get(at..));
        end.is_some_and(|end| end.eq_ignore_ascii_case("loss"))
            || [&BESIDE[..], &AVERAGES]
                .iter()
                .any(|list| is_among(list, word))
    })
}

fn is_counter(name: &str, info: &TensorInfo) -> bool {
    use ElementType::{Bool, I8, I16, I32, I64, U8};
    let last = name.rsplit('.').next().unwrap_or(name);
    let is_whole = matches!(info.element_type, I64 | I32 | I16 | I8 | U8 | Bool);
    COUNTERS.contains(&last) || (is_whole && info.shape.len() < 2)
}

/// Tensors by the names that are left.
#[derive(Debug, Default)]
pub(super) struct Plain {
    pub(super) tensors: BTreeMap<String, TensorInfo>,
    /// The names in the file of what belongs to no net, but for counters.
    pub(super) aside: Vec<String>,
    /// What the names in the file of the others begin with, up to the first dot.
    pub(super) used: BTreeSet<String>,
}

/// Drops the wrappers of the first rows, up to `level`, and sets aside what belongs to no net.
///
/// # Errors
/// [`FcnError::WeightsInvalid`] when two tensors end up with one name; it says which.
pub(super) fn plain<'f>(
    tensors: impl Iterator<Item = (&'f str, &'f TensorInfo)>,
    level: usize,
) -> Result<Plain, FcnError> {
    let is_wrapper = |component: &str| {
        let mut rows = WRAPPERS.iter().take(level);
        rows.any(|row| row.contains(&component))
    };
    let mut from: BTreeMap<String, &str> = BTreeMap::new();
    let mut plain = Plain::default();
    for (name, info) in tensors {
        if is_counter(name, info) {
            continue;
        }
        if is_beside(name) {
            plain.aside.push(name.to_string());
            continue;
        }
        let (way, last) = name.rsplit_once('.').unwrap_or(("", name));
        let way = way
            .split('.')
            .filter(|part| !part.is_empty() && !is_wrapper(part));
        let left = way.chain([last]).collect::<Vec<_>>().join(".");
        if let Some(other) = from.insert(left.clone(), name) {
            let [one, two] = [other, name].map(short);
            let reason = format!(
                "\"{one}\" and \"{two}\" are two tensors with one name, \"{}\", once wrappers are left out",
                short(&left)
            );
            let facts = [("one", one), ("two", two)];
            return Err(FcnError::weights(reason).told("weights.collision", facts));
        }
        let first = name.split('.').next().unwrap_or(name);
        plain.used.insert(format!("{first}."));
        plain.tensors.insert(left, info.clone());
    }
    Ok(plain)
}

/// Gives the layers of older or reshaped VGG classifiers torchvision's present names and shapes: before
/// 2017 a dropout stood in front, so that they were counted 1, 4, 6; and who made the net convolutional
/// saved convolutions, whose numbers are those of the fully connected layers in the same order. timm's VGG has names
/// of its own for the same layers; and where the last layer was replaced for other classes, it is often one layer in a
/// `Sequential`, `classifier.6.1`.
pub(super) fn renew_vgg(tensors: &mut BTreeMap<String, TensorInfo>) {
    if !tensors.contains_key("features.0.weight") {
        return;
    }
    if tensors.contains_key("pre_logits.fc1.weight") {
        let head = match tensors.contains_key("head.fc.weight") {
            true => "head.fc",
            false => "fc",
        };
        rename_layer(tensors, "pre_logits.fc1", "classifier.0");
        rename_layer(tensors, "pre_logits.fc2", "classifier.3");
        rename_layer(tensors, head, "classifier.6");
    }
    let within = tensors.keys().filter_map(|name| {
        let number = name
            .strip_prefix("classifier.6.")?
            .strip_suffix(".weight")?;
        number.parse::<u8>().ok()
    });
    if let [only] = within.collect::<Vec<_>>().as_slice() {
        rename_layer(tensors, &format!("classifier.6.{only}"), "classifier.6");
    }
    let has = |name: &str| tensors.contains_key(name);
    if !has("classifier.6.weight") {
        return;
    }
    if has("classifier.1.weight") && has("classifier.4.weight") && !has("classifier.0.weight") {
        rename_layer(tensors, "classifier.1", "classifier.0");
        rename_layer(tensors, "classifier.4", "classifier.3");
    }
    for layer in [0, 3, 6] {
        if let Some(info) = tensors.get_mut(&format!("classifier.{layer}.weight"))
            && info.shape.len() == 4
        {
            *info = info.as_matrix();
        }
    }
}

fn rename_layer(tensors: &mut BTreeMap<String, TensorInfo>, old: &str, new: &str) {
    for part in ["weight", "bias"] {
        if let Some(info) = tensors.remove(&format!("{old}.{part}")) {
            tensors.insert(format!("{new}.{part}"), info);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain_of(names: &[&str], level: usize) -> Result<(Vec<String>, Vec<String>), FcnError> {
        let info = TensorInfo::dense(ElementType::F32, vec![1], 0);
        let tensors = names.iter().map(|&name| (name, &info));
        plain(tensors, level).map(|plain| (plain.tensors.into_keys().collect(), plain.aside))
    }

    #[test]
    fn wrappers_are_dropped_wherever_they_stand() {
        let names = [
            "module.features.module.0.weight",
            "features.2._orig_mod.module.weight",
            "bn.num_batches_tracked",
        ];
        let (left, aside) = plain_of(&names, 1).expect("plain");
        assert_eq!(left, ["features.0.weight", "features.2.weight"]);
        assert!(aside.is_empty());
        let names = ["model.net.encoder.conv1_1.weight", "decoder.module"];
        let (left, _) = plain_of(&names, 2).expect("plain");
        // A parameter's own name stays.
        assert_eq!(left, ["decoder.module", "encoder.conv1_1.weight"]);
        let (left, _) = plain_of(&names, 3).expect("plain");
        assert_eq!(left, ["conv1_1.weight", "module"]);
    }

    #[test]
    fn two_tensors_with_one_name_are_named_both() {
        let names = ["features.0.weight", "features.module.0.weight"];
        let error = plain_of(&names, 1).expect_err("two").to_string();
        assert!(names.iter().all(|name| error.contains(name)), "{error}");
    }

    #[test]
    fn an_average_is_told_however_its_name_is_written() {
        for name in [
            "modelEMA",
            "emaModel",
            "netEma",
            "EmaNet",
            "EMAModel",
            "model_ema",
            "polyak",
            "nets/ema2",
        ] {
            assert!(is_average(name), "{name}");
        }
        for name in ["model", "schemaNet", "cinema", "Avgust", "AVGG"] {
            assert!(!is_average(name), "{name}");
        }
    }

    #[test]
    fn what_belongs_to_no_net_is_set_aside() {
        let beside = [
            "criterion.weight",
            "train_iou.confmat",
            "losses.0.weight",
            "CrossEntropyLoss.weight",
            "ema_model.conv.weight",
            "teacher.conv.weight",
            "val_metrics.MeanIoU.total",
            "n_averaged",
        ];
        let (left, aside) = plain_of(&beside, 2).expect("plain");
        assert_eq!((left, aside.len()), (Vec::new(), beside.len()));
        for name in [
            "score_fr.weight",
            "upscore2.weight",
            "aux_classifier.0.weight",
            "conv_stem.weight",
        ] {
            assert_eq!(plain_of(&[name], 2).expect("plain").0, [name]);
        }
    }
}
