//! The state dictionaries of a pickle, whatever they are called and however deep they lie.
//!
//! A state dictionary is a dictionary that holds tensors under texts. Training scripts put it beside other
//! things (`epoch`, `optimizer`), under a name of their choice, several of them in one file (a copy that is
//! averaged; encoder and decoder), or in a list. So everything is looked through, and what has tensors is
//! listed with the way that leads there. Only an optimiser's state is passed over, and listed without its tensors:
//! it has one or two for each weight, and is known by its `param_groups` (`torch.optim.Optimizer.state_dict`).

use std::collections::BTreeSet;

use super::pickle::{Id, Pickle, Value};

/// How deep dictionaries and lists are looked through.
const MAX_DEPTH: usize = 8;
/// The most dictionaries that are listed; a checkpoint has one or two.
const MAX_DICTIONARIES: usize = 64;
/// The most containers that are looked through.
const MAX_SEEN: usize = 1 << 16;
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
        seen: BTreeSet::new(),
        found: Vec::new(),
    };
    search.look(pickle.root_id(), "", 0);
    search.found
}

struct Search<'p> {
    pickle: &'p Pickle,
    /// Containers that were looked through: one that holds itself costs nothing.
    seen: BTreeSet<Id>,
    found: Vec<Dictionary<'p>>,
}

impl<'p> Search<'p> {
    fn look(&mut self, id: Id, name: &str, depth: usize) {
        let is_over = self.seen.len() >= MAX_SEEN || self.found.len() >= MAX_DICTIONARIES;
        if depth > MAX_DEPTH || is_over || !self.seen.insert(id) {
            return;
        }
        match self.pickle.get(id) {
            Value::Dict(items) => self.look_in(items, name, depth),
            Value::List(items) | Value::Tuple(items) => {
                for (i, &item) in items.iter().enumerate() {
                    self.look(item, &joined(name, &i.to_string()), depth + 1);
                }
            }
            _ => {}
        }
    }

    fn look_in(&mut self, items: &'p [(Id, Id)], name: &str, depth: usize) {
        let pickle = self.pickle;
        let has = |wanted: &str| {
            items
                .iter()
                .any(|&(key, _)| pickle.text(key) == Some(wanted))
        };
        if has(OPTIMISER) {
            let tensors = Vec::new();
            let name = name.to_string();
            return self.found.push(Dictionary { name, tensors });
        }
        let named = |&(key, value): &(Id, Id)| {
            let is_tensor = matches!(pickle.get(value), Value::Tensor { .. });
            is_tensor
                .then(|| Some((pickle.text(key)?, value)))
                .flatten()
        };
        let tensors: Vec<_> = items.iter().filter_map(named).collect();
        if !tensors.is_empty() {
            let name = name.to_string();
            self.found.push(Dictionary { name, tensors });
        }
        for &(key, value) in items {
            let number = || pickle.unsigned(key).map(|key| key.to_string());
            let key = pickle.text(key).map(str::to_string).or_else(number);
            self.look(value, &joined(name, &key.unwrap_or_default()), depth + 1);
        }
    }
}

fn joined(path: &str, key: &str) -> String {
    match path {
        "" => key.to_string(),
        path => format!("{path}/{key}"),
    }
}
