//! Which net a file's weights belong to, told by the tensors' names and shapes.

mod candidate;
mod manifest;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Deref;

use super::Weights;
use super::tensor::TensorInfo;
use crate::FcnError;
pub use candidate::{Candidate, Expected, TensorShapes, axis_size, imagenet_input};
pub use manifest::WeightsFile;

/// What a wrapper (`DataParallel`, `torch.compile`, a training class) puts before every name.
const PREFIXES: [&str; 5] = ["module.", "_orig_mod.", "model.", "net.", "network."];
/// How many wrappers may be nested.
const MAX_PREFIXES: usize = 4;
/// A counter that PyTorch's batch norm keeps for training.
const COUNTER: &str = "num_batches_tracked";
/// How many tensors an error lists, and how much of a name it shows.
const LISTED: usize = 6;
const MAX_NAME: usize = 48;

/// What a checkpoint turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Recognised {
    candidate: Candidate,
    /// What stands before every name in the file.
    prefix: String,
}

impl Deref for Recognised {
    type Target = Candidate;

    fn deref(&self) -> &Candidate {
        &self.candidate
    }
}

/// Tells which of the nets that `candidates` proposes has exactly these tensors; where several have, the
/// first.
///
/// # Errors
/// [`FcnError::WeightsUnrecognised`] with some of what is there and, for the candidate that comes
/// nearest, what it would take.
pub fn recognise_among(
    tensors: &BTreeMap<String, TensorInfo>,
    candidates: impl Fn(&TensorShapes) -> Vec<Candidate>,
) -> Result<Recognised, FcnError> {
    let prefix = common_prefix(tensors);
    let mut shapes: TensorShapes = BTreeMap::new();
    for (name, info) in tensors {
        let name = name.get(prefix.len()..).unwrap_or(name);
        if !name.ends_with(COUNTER) {
            shapes.insert(name, &info.shape);
        }
    }
    let mut nearest: Option<(usize, Candidate, Misfit)> = None;
    for candidate in candidates(&shapes) {
        let misfit = Misfit::of(&candidate, &shapes);
        if misfit.is_none() {
            return Ok(Recognised { candidate, prefix });
        }
        // In thousandths of the tensors that the net must have.
        let share = misfit.fitting * 1000 / candidate.expected.0.len().max(1);
        if nearest.as_ref().is_none_or(|&(best, ..)| share > best) {
            nearest = Some((share, candidate, misfit));
        }
    }
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
        && share >= 100
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
    Err(FcnError::WeightsUnrecognised { reason, facts })
}

/// The wrappers' prefixes that all names share.
fn common_prefix(tensors: &BTreeMap<String, TensorInfo>) -> String {
    let mut prefix = String::new();
    for _ in 0..MAX_PREFIXES {
        let shared = PREFIXES.iter().find(|next| {
            let behind = |name: &String| {
                name.get(prefix.len()..)
                    .map(|rest| rest.starts_with(**next))
            };
            !tensors.is_empty() && tensors.keys().all(|name| behind(name) == Some(true))
        });
        match shared {
            Some(next) => prefix.push_str(next),
            None => break,
        }
    }
    prefix
}

/// Where a file differs from a candidate.
struct Misfit {
    /// How many tensors have the right name and shape.
    fitting: usize,
    missing: Vec<(String, Vec<usize>)>,
    misshapen: Vec<(String, Vec<usize>, Vec<usize>)>,
    unexpected: Vec<(String, Vec<usize>)>,
}

impl Misfit {
    fn of(candidate: &Candidate, shapes: &TensorShapes) -> Self {
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

    fn is_none(&self) -> bool {
        self.missing.is_empty() && self.misshapen.is_empty() && self.unexpected.is_empty()
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
    }
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
fn short(name: &str) -> String {
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

impl Recognised {
    /// Gives the tensors the names by which the net takes them, and drops those that it doesn't use.
    ///
    /// # Errors
    /// As [`Weights::rename`].
    pub fn fit(&self, weights: &mut Weights) -> Result<(), FcnError> {
        weights.rename(|name| {
            let name = name.strip_prefix(&self.prefix).unwrap_or(name);
            (!name.ends_with(COUNTER) && self.takes(name)).then(|| name.to_string())
        })
    }

    /// Whether the net uses a tensor.
    fn takes(&self, name: &str) -> bool {
        !self.unused.is_some_and(|unused| name.starts_with(unused))
    }

    /// Names and shapes of the tensors that the net takes.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, &[usize])> {
        let tensors = self.expected.0.iter().filter(|(name, _)| self.takes(name));
        tensors.map(|(name, shape)| (name.as_str(), shape.as_slice()))
    }
}
