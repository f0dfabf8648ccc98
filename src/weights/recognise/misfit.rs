//! Where a file differs from a net, and what an error says of it.

use std::fmt::Write;

use super::candidate::{Candidate, TensorShapes};
use super::names;
use crate::FcnError;

/// How many tensors an error lists, and how much of a name it shows.
const LISTED: usize = 6;
const MAX_NAME: usize = 48;
/// With so many tensors missing, and nothing else wrong, the file may be a part of several.
const MANY: usize = 4;
/// What layers call their parameters.
const LAYER_PARTS: [&str; 4] = ["weight", "bias", "running_mean", "running_var"];
/// The most elements of a tensor that is none of a layer's, where there are fewer classes.
const SMALL: usize = 8;

/// The error for a file that fits no net: what is there and, for the candidate that comes nearest (its share of
/// fitting tensors in thousandths), what it would take.
pub(super) fn unrecognised(
    shapes: &TensorShapes,
    nearest: Option<&(usize, Candidate, Misfit)>,
) -> FcnError {
    let mut facts = vec![("tensors", shapes.len().to_string())];
    let mut reason = format!("{} tensors", shapes.len());
    let found = Listed::of(shapes.iter().map(|(name, shape)| (*name, *shape)));
    found.tell(
        &mut reason,
        ", such as ",
        &mut facts,
        ["found", "foundMore"],
    );
    if let Some((share, candidate, misfit)) = nearest
        && *share >= 100
    {
        // Writing to a String cannot fail.
        let _ = write!(reason, ". Nearest is {}, ", candidate.title);
        facts.push(("architecture", candidate.architecture.to_string()));
        misfit.tell(&mut reason, &mut facts);
    }
    if shapes.contains_key("conv1_1_bn.weight") {
        reason.push_str(
            ". It looks like a checkpoint of this project's training, whose batch norm is folded \
             away by `python -m fcn_training export`",
        );
        facts.push(("unfolded", "python -m fcn_training export".to_string()));
    }
    FcnError::WeightsUnrecognised { reason, facts }
}

/// Where a file differs from a candidate.
#[derive(Clone)]
pub(super) struct Misfit {
    /// How many tensors have the right name and shape.
    pub(super) fitting: usize,
    missing: Vec<(String, Vec<usize>)>,
    misshapen: Vec<(String, Vec<usize>, Vec<usize>)>,
    unexpected: Vec<(String, Vec<usize>)>,
}

impl Misfit {
    pub(super) fn of(candidate: &Candidate, shapes: &TensorShapes) -> Self {
        let mut misfit = Self {
            fitting: 0,
            missing: Vec::new(),
            misshapen: Vec::new(),
            unexpected: Vec::new(),
        };
        let mut left = shapes.clone();
        for (name, shape) in &candidate.expected.0 {
            match left.remove(name.as_str()) {
                Some(got) if got == shape.as_slice() => misfit.fitting += 1,
                Some(got) => {
                    let misshapen = (name.clone(), shape.clone(), got.to_vec());
                    misfit.misshapen.push(misshapen);
                }
                None => misfit.missing.push((name.clone(), shape.clone())),
            }
        }
        let own = |(name, shape): (&str, &[usize])| (name.to_string(), shape.to_vec());
        misfit.unexpected = left.into_iter().map(own).collect();
        misfit
    }

    pub(super) fn is_none(&self) -> bool {
        self.missing.is_empty() && self.misshapen.is_empty() && self.unexpected.is_empty()
    }

    /// The names of the tensors that the net has no place for, where nothing else is wrong and they are none of a
    /// layer's: weights of classes, a temperature, the mean of photos.
    pub(super) fn beside_layers(&self, candidate: &Candidate) -> Option<Vec<String>> {
        let fits = self.missing.is_empty() && self.misshapen.is_empty();
        let all = || self.unexpected.iter();
        let is_beside =
            |(name, shape): &(String, Vec<usize>)| is_beside_layers(name, shape, candidate);
        (fits && all().all(is_beside)).then(|| all().map(|(name, _)| name.clone()).collect())
    }

    /// What is wrong, as the end of a sentence and as facts.
    fn tell(&self, text: &mut String, facts: &mut Facts) {
        fn pair((name, shape): &(String, Vec<usize>)) -> (&str, &[usize]) {
            (name, shape)
        }
        let mut lead = "but ";
        if !self.missing.is_empty() {
            text.push_str(lead);
            let missing = Listed::of(self.missing.iter().map(pair));
            missing.tell(text, "it lacks ", facts, ["missing", "missingMore"]);
            lead = "; ";
        }
        if let Some((name, expected, got)) = self.misshapen.first() {
            let (name, got, expected) = (short(name), sizes(got), sizes(expected));
            let count = self.misshapen.len();
            // Writing to a String cannot fail.
            let _ = write!(
                text,
                "{lead}{name} is {got} instead of {expected} ({count} have another shape)",
            );
            facts.extend([
                ("shapeName", name),
                ("shapeGot", got),
                ("shapeExpected", expected),
                ("shapes", count.to_string()),
            ]);
            lead = "; ";
        }
        if !self.unexpected.is_empty() {
            text.push_str(lead);
            let unexpected = Listed::of(self.unexpected.iter().map(pair));
            let names = ["unexpected", "unexpectedMore"];
            unexpected.tell(text, "it has no place for ", facts, names);
        }
        let only_lacks = self.misshapen.is_empty() && self.unexpected.is_empty();
        if only_lacks && self.missing.len() >= MANY {
            text.push_str(
                ". If the net was saved in several files (…-00001-of-00002), join them first",
            );
        }
    }
}

/// Whether a tensor that the net has no place for is small, is called as what a training needs and no pass does, and lies
/// under none of the net's layers.
fn is_beside_layers(name: &str, shape: &[usize], candidate: &Candidate) -> bool {
    let first = |name: &str| name.split('.').next().map(str::to_string);
    let mut expected = candidate.expected.0.iter();
    let is_in_net = expected.any(|(known, _)| first(known) == first(name));
    let last = name.rsplit('.').next().unwrap_or(name);
    let is_layers = is_in_net || LAYER_PARTS.contains(&last);
    let count = shape.iter().fold(1usize, |n, &size| n.saturating_mul(size));
    !is_layers && names::is_extra(name) && count <= candidate.classes.max(SMALL)
}

/// What an error says, by name.
type Facts = Vec<(&'static str, String)>;

/// Names and shapes, as many as an error shows.
struct Listed {
    shown: Vec<String>,
    more: usize,
}

impl Listed {
    fn of<'f>(tensors: impl ExactSizeIterator<Item = (&'f str, &'f [usize])>) -> Self {
        let more = tensors.len().saturating_sub(LISTED);
        let shown = tensors.take(LISTED);
        let shown = shown.map(|(name, shape)| format!("{} {}", short(name), sizes(shape)));
        Self {
            shown: shown.collect(),
            more,
        }
    }

    /// Adds them to a sentence after `lead`, and to facts under two names.
    fn tell(
        self,
        text: &mut String,
        lead: &str,
        facts: &mut Facts,
        [list, more]: [&'static str; 2],
    ) {
        let shown = self.shown.join(", ");
        if !shown.is_empty() {
            text.push_str(lead);
            text.push_str(&shown);
        }
        facts.push((list, shown));
        if self.more > 0 {
            // Writing to a String cannot fail.
            let _ = write!(text, " and {} more", self.more);
            facts.push((more, self.more.to_string()));
        }
    }
}

/// The beginning of a name, fit to be shown.
pub(super) fn short(name: &str) -> String {
    let shown = name.chars().take(MAX_NAME);
    shown
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

/// `64×3×7×7`
fn sizes(shape: &[usize]) -> String {
    let sizes: Vec<_> = shape.iter().map(usize::to_string).collect();
    if sizes.is_empty() {
        "scalar".into()
    } else {
        sizes.join("×")
    }
}
