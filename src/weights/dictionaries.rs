//! The state dictionaries of a pickle, whatever they are called and however deep they lie.
//!
//! A state dictionary is a dictionary that holds tensors under texts. Training scripts put it beside other
//! things (`epoch`, `optimizer`), under a name of their choice, several of them in one file (a copy that is
//! averaged; encoder and decoder), or in a list. So everything is looked through, and what has tensors is
//! listed with the way that leads there. A log may have thousands of small dictionaries with a tensor each: those
//! with more tensors are listed before them. Only an optimiser's state is passed over, and listed without its tensors:
//! it has one or two for each weight, and is known by its `param_groups` (`torch.optim.Optimizer.state_dict`).

use super::pickle::{Id, Pickle, Value};

/// How deep dictionaries and lists are looked through.
const MAX_DEPTH: usize = 8;
/// The most dictionaries that are listed; a checkpoint has one or two.
const MAX_DICTIONARIES: usize = 64;
/// What every optimiser's state dictionary has.
const OPTIMISER: &str = "param_groups";

/// A dictionary with tensors.
pub(super) struct Dictionary<'p> {
    /// The keys that lead there, joined by `/`; empty for the file's own dictionary.
    pub(super) name: String,
    /// Names and tensors, in the file's order; none of an optimiser's.
    pub(super) tensors: Vec<(&'p str, Id)>,
}

/// The dictionaries that hold tensors, in the file's order.
pub(super) fn find(pickle: &Pickle) -> Vec<Dictionary<'_>> {
    let mut search = Search {
        pickle,
        seen: vec![false; pickle.values().len()],
        way: Vec::new(),
        found: Vec::new(),
    };
    search.look(pickle.root_id());
    search.found
}

struct Search<'p> {
    pickle: &'p Pickle,
    /// Whether a value was looked at, by its place: a container that holds itself costs nothing.
    seen: Vec<bool>,
    /// What leads to the value that is looked at.
    way: Vec<Step<'p>>,
    found: Vec<Dictionary<'p>>,
}

/// A key of a dictionary, or a place in a list.
enum Step<'p> {
    Key(&'p str),
    Number(u64),
}

impl<'p> Search<'p> {
    fn look(&mut self, id: Id) {
        let seen = id.place().and_then(|place| self.seen.get_mut(place));
        let Some(seen) = seen.filter(|seen| !**seen && self.way.len() <= MAX_DEPTH) else {
            return;
        };
        *seen = true;
        match self.pickle.get(id) {
            Value::Dict(items) => self.look_in(items),
            Value::List(items) | Value::Tuple(items) => {
                for (i, &item) in (0..).zip(items) {
                    self.look_behind(Step::Number(i), item);
                }
            }
            _ => {}
        }
    }

    fn look_behind(&mut self, step: Step<'p>, id: Id) {
        self.way.push(step);
        self.look(id);
        self.way.pop();
    }

    fn look_in(&mut self, items: &'p [(Id, Id)]) {
        let pickle = self.pickle;
        let has = |wanted: &str| {
            items
                .iter()
                .any(|&(key, _)| pickle.text(key) == Some(wanted))
        };
        if has(OPTIMISER) {
            return self.list(Vec::new());
        }
        let named = |&(key, value): &(Id, Id)| {
            let is_tensor = matches!(pickle.get(value), Value::Tensor { .. });
            is_tensor
                .then(|| Some((pickle.text(key)?, value)))
                .flatten()
        };
        let tensors: Vec<_> = items.iter().filter_map(named).collect();
        if !tensors.is_empty() {
            self.list(tensors);
        }
        for &(key, value) in items {
            let number = pickle.unsigned(key).map(Step::Number);
            let text = pickle.text(key).map(Step::Key);
            self.look_behind(text.or(number).unwrap_or(Step::Key("")), value);
        }
    }

    /// Lists a dictionary; where there are too many, in place of the one with the fewest tensors.
    fn list(&mut self, tensors: Vec<(&'p str, Id)>) {
        if self.found.len() >= MAX_DICTIONARIES {
            let counts = self.found.iter().map(|found| found.tensors.len());
            let fewest = counts.enumerate().rev().min_by_key(|&(_, count)| count);
            match fewest {
                Some((at, count)) if count < tensors.len() => drop(self.found.remove(at)),
                _ => return,
            }
        }
        let name = self.way.iter().fold(String::new(), |way, step| match step {
            Step::Key(key) => joined(&way, key),
            Step::Number(number) => joined(&way, &number.to_string()),
        });
        self.found.push(Dictionary { name, tensors });
    }
}

fn joined(path: &str, key: &str) -> String {
    match path {
        "" => key.to_string(),
        path => format!("{path}/{key}"),
    }
}
