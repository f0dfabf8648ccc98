//! Which net a file's weights belong to, told by the tensors' names and shapes.
//!
//! Checkpoints differ in where the net is and in what stands around it, so this is a search:
//!
//! 1. **Where.** Each of the file's state dictionaries ([`super::TensorSet`]); in it all names, or those behind a
//!    common beginning (`generator.`). If no dictionary holds a net by itself, neighbours may be its parts
//!    (`{"encoder": …, "decoder": …}`): they are joined, with their keys before the names or without;
//!    dictionaries of a few numbers beside them (a photo's mean) are left out.
//! 2. **Plain names** ([`names`]). What wrappers put into a name is dropped, as little as will do; counters,
//!    losses, metrics and averages are set aside. Two tensors that end up with one name are an error.
//! 3. **Fit.** The architectures propose nets with sizes read off the shapes ([`Candidate`]); one fits if the
//!    file has exactly its tensors, small ones under none of its layers apart (weights of classes, a temperature).
//! 4. **Choice.** Of several places that hold a net, one that makes masks before a classifier, the plain one before an
//!    average, else the first in the file; [`Said::set`] names another. What the tensors can't tell is [`assumed`].
//!
//! A file that fits nothing is either of a layout that is known but not read ([`layouts`]), or the error says what the
//! nearest net would take ([`misfit`]).

mod assumed;
mod candidate;
mod layouts;
mod manifest;
mod misfit;
mod names;

use std::collections::BTreeMap;
use std::ops::Deref;

use super::Weights;
use super::file::TensorSet;
use super::tensor::TensorInfo;
use crate::FcnError;
pub use assumed::{Assumption, Said};
pub use candidate::{Candidate, Expected, TensorShapes, axis_size, imagenet_input};
pub use manifest::WeightsFile;
use misfit::Misfit;
use names::Plain;

/// The least number of tensors that are looked at as a net by themselves.
const LEAST: usize = 16;
/// How many beginnings of names are tried in a dictionary.
const MAX_BEGINNINGS: usize = 24;
/// How many bytes of names the whole search goes through: of 2,000 tensors with names of 60, all of them some
/// seventy times. Only files made to do harm have more.
const MAX_NAMES: usize = 8 << 20;
/// How a place is called where the file itself is the dictionary and all names are the net's.
const WHOLE: &str = ".";

type Tensors = BTreeMap<String, TensorInfo>;

/// What a checkpoint turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Recognised {
    candidate: Candidate,
    /// Another net that has the same tensors.
    other: Option<Candidate>,
    /// The tensors, by the net's own names.
    tensors: Tensors,
    /// Where in the file they are.
    place: String,
    /// Where the file holds nets, if in several places.
    places: Vec<String>,
    /// The names of the tensors that were left out, counters apart.
    aside: Vec<String>,
    /// Where the dictionaries are that were left out.
    beside: Vec<String>,
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
/// As [`recognise_in`].
pub fn recognise_among(
    tensors: &BTreeMap<String, TensorInfo>,
    candidates: impl Fn(&TensorShapes) -> Vec<Candidate>,
) -> Result<Recognised, FcnError> {
    let set = TensorSet {
        name: String::new(),
        tensors: tensors.clone(),
    };
    recognise_in(&[set], &Said::default(), candidates)
}

/// Finds the net in a file's state dictionaries, and takes a person's word for what they can't tell.
///
/// # Errors
/// [`FcnError::WeightsUnrecognised`] with some of what is there and, for the candidate that comes
/// nearest, what it would take; [`FcnError::WeightsInvalid`] where two tensors end up with one name;
/// [`FcnError::InvalidInput`] for a word that makes no sense.
pub fn recognise_in(
    sets: &[TensorSet],
    said: &Said,
    candidates: impl Fn(&TensorShapes) -> Vec<Candidate>,
) -> Result<Recognised, FcnError> {
    let (sets, optimisers): (Vec<_>, Vec<_>) = sets.iter().partition(|set| !set.tensors.is_empty());
    let mut search = Search {
        candidates,
        found: Vec::new(),
        nearest: None,
        collision: None,
        names_left: MAX_NAMES,
    };
    let mut beside: Vec<String> = optimisers.iter().map(|set| set.name.clone()).collect();
    for set in &sets {
        let before = search.found.len();
        search.look_in(set);
        if search.found.len() == before {
            beside.push(set.name.clone());
        }
    }
    if search.found.is_empty() {
        let mut used: Vec<&str> = Vec::new();
        for group in groups(&sets) {
            for (joined, parts) in group.joined() {
                let before = search.found.len();
                search.look_in(&joined);
                if search.found.len() > before {
                    used.extend(parts);
                    break;
                }
            }
        }
        beside.retain(|name| !used.contains(&name.as_str()));
    }
    if search.found.is_empty() {
        return Err(search.error(&sets));
    }
    beside.retain(|name| !name.is_empty());
    let places = search.found.iter().map(|found| found.place.clone());
    let places: Vec<String> = places.collect();
    let wanted = match &said.set {
        None => {
            let all = search.found.iter().enumerate();
            let rank = |found: &Recognised| (!found.makes_masks, names::is_average(&found.place));
            all.min_by_key(|(_, found)| rank(found)).map(|(at, _)| at)
        }
        Some(said) => Some(
            places
                .iter()
                .position(|place| place == said)
                .ok_or_else(|| {
                    let known = places.join(", ");
                    FcnError::invalid(format!("the file has no net at {said:?}; it has {known}"))
                })?,
        ),
    };
    let mut found = search.found.swap_remove(wanted.unwrap_or(0));
    if places.len() > 1 {
        found.places = places;
    }
    found.beside = beside;
    found.take_word(said)?;
    Ok(found)
}

struct Search<C> {
    candidates: C,
    found: Vec<Recognised>,
    /// What came nearest: its share of fitting tensors, in thousandths.
    nearest: Option<(usize, Candidate, Misfit, Tensors)>,
    collision: Option<FcnError>,
    /// How many bytes of names may still be gone through.
    names_left: usize,
}

impl<C: Fn(&TensorShapes) -> Vec<Candidate>> Search<C> {
    /// Looks for nets in a dictionary: among all of its names, then behind each beginning that was not
    /// found in use yet.
    fn look_in(&mut self, set: &TensorSet) {
        let mut used: Vec<String> = Vec::new();
        for beginning in beginnings(&set.tensors) {
            let is_part =
                |other: &String| beginning.starts_with(other) || other.starts_with(&beginning);
            if !beginning.is_empty() && used.iter().any(is_part) {
                continue;
            }
            match self.look_behind(&beginning, set) {
                Ok(None) => {}
                Ok(Some(found)) => {
                    used.extend(found.1);
                    self.found.push(found.0);
                }
                // Of two copies one may be whole behind its own beginning.
                Err(collision) => {
                    self.collision.get_or_insert(collision);
                }
            }
        }
    }

    /// Looks for a net among the names behind a beginning, with as few wrappers dropped as will do. Gives it with
    /// the beginnings that it uses.
    fn look_behind(
        &mut self,
        beginning: &str,
        set: &TensorSet,
    ) -> Result<Option<(Recognised, Vec<String>)>, FcnError> {
        let behind = || {
            let all = set.tensors.iter();
            all.filter_map(|(name, info)| Some((name.strip_prefix(beginning)?, info)))
        };
        let bytes: usize = behind().map(|(name, _)| name.len()).sum();
        for level in 1..=names::LEVELS {
            let Some(left) = self.names_left.checked_sub(bytes) else {
                break;
            };
            self.names_left = left;
            let plain = match names::plain(behind(), level) {
                Ok(plain) => plain,
                Err(collision) if level <= names::SURE && beginning.is_empty() => {
                    return Err(collision);
                }
                // These may be names of the net's own.
                Err(_) => break,
            };
            let firsts = plain.used.iter().cloned().collect();
            let Some(mut found) = self.fit(plain) else {
                continue;
            };
            let outside = set
                .tensors
                .keys()
                .filter(|name| !name.starts_with(beginning));
            found.aside.extend(outside.cloned());
            found.place = place(&set.name, beginning);
            let used = match beginning {
                "" => firsts,
                some => vec![some.to_string()],
            };
            return Ok(Some((found, used)));
        }
        Ok(None)
    }

    /// The net that has exactly these tensors.
    fn fit(&mut self, plain: Plain) -> Option<Recognised> {
        let Plain {
            mut tensors,
            mut aside,
            ..
        } = plain;
        names::renew_vgg(&mut tensors);
        let shapes = shapes_of(&tensors);
        let mut fitting = Vec::new();
        // As fitting, but for small tensors beside the layers.
        let mut roomy: Vec<(Candidate, Vec<String>)> = Vec::new();
        let mut nearest: Option<(usize, Candidate, Misfit)> = None;
        for candidate in (self.candidates)(&shapes) {
            let misfit = Misfit::of(&candidate, &shapes);
            if misfit.is_none() {
                fitting.push(candidate);
                continue;
            }
            if let Some(extra) = misfit.beside_layers(&candidate) {
                roomy.push((candidate, extra));
                continue;
            }
            let share = misfit.fitting * 1000 / candidate.expected.0.len().max(1);
            if nearest.as_ref().is_none_or(|&(best, ..)| share > best) {
                nearest = Some((share, candidate, misfit));
            }
        }
        if fitting.is_empty()
            && let Some((_, extra)) = roomy.first()
        {
            let extra = extra.clone();
            tensors.retain(|name, _| !extra.contains(name));
            let alike = roomy.into_iter().filter(|(_, other)| *other == extra);
            fitting.extend(alike.map(|(candidate, _)| candidate));
            aside.extend(extra);
        }
        let mut fitting = fitting.into_iter();
        let Some(candidate) = fitting.next() else {
            let best = self.nearest.as_ref().map_or(0, |&(best, ..)| best);
            if let Some((share, candidate, misfit)) = nearest
                && share > best
            {
                self.nearest = Some((share, candidate, misfit, tensors));
            }
            return None;
        };
        Some(Recognised {
            candidate,
            other: fitting.next(),
            tensors,
            place: String::new(),
            places: Vec::new(),
            aside,
            beside: Vec::new(),
        })
    }

    /// What is said of a file in which no net was found.
    fn error(self, sets: &[&TensorSet]) -> FcnError {
        if let Some(collision) = self.collision {
            return collision;
        }
        let is_alone = sets.iter().filter(|set| !is_bystander(set)).count() <= 1;
        let largest = sets.iter().rev().max_by_key(|set| set.tensors.len());
        let tensors = largest.map(|set| set.tensors.iter()).into_iter().flatten();
        let tensors = tensors.map(|(name, info)| (name.as_str(), info));
        let all = names::plain(tensors, names::SURE)
            .unwrap_or_default()
            .tensors;
        for tensors in self
            .nearest
            .iter()
            .map(|(.., tensors)| tensors)
            .chain([&all])
        {
            let shapes = shapes_of(tensors);
            if let Some(error) = layouts::known(&shapes, &(self.candidates)(&shapes), is_alone) {
                return error;
            }
        }
        match &self.nearest {
            Some((share, candidate, misfit, tensors)) => {
                let nearest = (*share, candidate.clone(), misfit.clone());
                misfit::unrecognised(&shapes_of(tensors), Some(&nearest))
            }
            None => misfit::unrecognised(&shapes_of(&all), None),
        }
    }
}

fn shapes_of(tensors: &Tensors) -> TensorShapes<'_> {
    let shapes = tensors.iter();
    shapes
        .map(|(name, info)| (name.as_str(), info.shape.as_slice()))
        .collect()
}

/// Where a net is: the way to its dictionary, and how its names begin.
fn place(set: &str, beginning: &str) -> String {
    let way = [set, beginning.trim_end_matches('.')];
    let way: Vec<&str> = way.into_iter().filter(|part| !part.is_empty()).collect();
    match way.as_slice() {
        [] => WHOLE.to_string(),
        way => way.join("/"),
    }
}

/// What names begin with, up to a dot, where enough of them do for a net: nothing first.
fn beginnings(tensors: &Tensors) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut next = 0;
    while let Some(shared) = all.get(next).cloned() {
        next += 1;
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for name in tensors.keys() {
            let rest = name.strip_prefix(&shared);
            if let Some((component, _)) = rest.and_then(|rest| rest.split_once('.')) {
                *counts.entry(component).or_default() += 1;
            }
        }
        let enough = counts.into_iter().filter(|&(_, count)| count >= LEAST);
        let longer = enough.map(|(component, _)| format!("{shared}{component}."));
        let room = MAX_BEGINNINGS.saturating_sub(all.len());
        let longer: Vec<String> = longer.take(room).collect();
        all.extend(longer);
    }
    all
}

/// Dictionaries that lie beside each other, by the keys that lead to them.
struct Group<'s> {
    /// What leads to all of them.
    name: String,
    parts: Vec<(&'s str, &'s TensorSet)>,
}

impl<'s> Group<'s> {
    /// The dictionaries joined, and the names of those that were: with their keys before the names, and without where
    /// no two names are the same; all of them, then without those that only lie beside the net.
    fn joined(&self) -> impl Iterator<Item = (TensorSet, Vec<&'s str>)> {
        let mut net = self.parts.clone();
        net.retain(|(_, part)| !is_bystander(part));
        let is_fewer = (2..self.parts.len()).contains(&net.len());
        let choices = [Some(self.parts.clone()), is_fewer.then_some(net)];
        let choices = choices.into_iter().flatten();
        let ways = choices.flat_map(|parts| [(parts.clone(), true), (parts, false)]);
        ways.filter_map(|(parts, keeps_key)| {
            let tensors = tensors_of(&parts, keeps_key)?;
            let name = self.name.clone();
            let parts = parts.iter().map(|(_, part)| part.name.as_str());
            Some((TensorSet { name, tensors }, parts.collect()))
        })
    }
}

/// Whether a dictionary only lies beside a net: statistics, a log.
fn is_bystander(set: &TensorSet) -> bool {
    let mut all = set.tensors.values();
    set.tensors.len() < LEAST && all.all(|tensor| tensor.shape.len() < 2)
}

/// The dictionaries that lie beside each other. Each may lie under a name that all have:
/// `{"encoder": {"state_dict": …}, "decoder": {"state_dict": …}}`.
fn groups<'s>(sets: &[&'s TensorSet]) -> Vec<Group<'s>> {
    // By what stands before the key, and behind it.
    let mut all: BTreeMap<(&str, &str), Vec<(&str, &TensorSet)>> = BTreeMap::new();
    for &set in sets {
        let (above, key) = set.name.rsplit_once('/').unwrap_or(("", &set.name));
        if !key.is_empty() {
            all.entry((above, "")).or_default().push((key, set));
        }
        if !above.is_empty() {
            let (above, middle) = above.rsplit_once('/').unwrap_or(("", above));
            all.entry((above, key)).or_default().push((middle, set));
        }
    }
    let groups = all.into_iter().filter_map(|((above, below), mut parts)| {
        // Without their keys, averages would have the names of what they are averages of.
        parts.retain(|(key, _)| !names::is_average(key));
        let name = place(above, below);
        let name = if name == WHOLE { String::new() } else { name };
        (below.is_empty() || parts.len() > 1).then_some(Group { name, parts })
    });
    groups.collect()
}

/// The tensors of several dictionaries; `None` where two have one name.
fn tensors_of(parts: &[(&str, &TensorSet)], keeps_key: bool) -> Option<Tensors> {
    let mut tensors = Tensors::new();
    for (key, part) in parts {
        for (name, info) in &part.tensors {
            let name = if keeps_key {
                format!("{key}.{name}")
            } else {
                name.clone()
            };
            if tensors.insert(name, info.clone()).is_some() {
                return None;
            }
        }
    }
    Some(tensors)
}

impl Recognised {
    /// Where in the file the net is; `.` where the file is the net's dictionary and nothing else.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Has `weights` give the net's tensors, under the names by which it takes them, and no others.
    pub fn fit(&self, weights: &mut Weights) {
        let taken = self.tensors.iter().filter(|(name, _)| self.takes(name));
        weights.choose(
            taken
                .map(|(name, info)| (name.clone(), info.clone()))
                .collect(),
        );
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
