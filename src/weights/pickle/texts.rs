//! Which texts of a pickle are kept: a log's paths and names must not take the room of the tensors' own.

use super::machine::{MAX_TEXTS, Machine};
use super::{Id, Value};

/// How names of tensors end: a list of them may hold the very texts that a dictionary has as its keys later.
const LAYER_ENDS: [&str; 5] = [
    ".weight",
    ".bias",
    ".running_mean",
    ".running_var",
    ".num_batches_tracked",
];

/// The longest text, in bytes, that is kept in a log, or in nothing: it may be used again as a key.
const WORD: usize = 16;
/// The longest key, in bytes, that is kept although it leads to nothing.
const LONG: usize = 64;

/// What a text is for: a key or an argument, or an entry of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    Unknown,
    Entry,
    /// A key of what neither is a tensor nor may lead to one: only shown.
    Aside,
    Key,
}

impl Machine<'_, '_> {
    /// Whether another `length` bytes of text can be kept. Drops the texts of logs where room is short.
    pub(super) fn has_room(&mut self, length: usize) -> bool {
        let is_short = |texts: usize| texts.saturating_add(length) > MAX_TEXTS;
        if is_short(self.texts) && !self.is_full {
            self.drop_entries();
            // Each time much is freed or it is the last, so that the time stays bounded.
            self.is_full = self.texts > MAX_TEXTS / 2;
        }
        !is_short(self.texts)
    }

    /// Drops texts that only are items of lists or values of dictionaries, or in nothing that is kept (a set, the keys
    /// of numbers): nothing is found by them.
    fn drop_entries(&mut self) {
        let mut uses = vec![Use::Unknown; self.values.len()];
        let mut mark = |id: Id, as_what: Use| {
            if let Some(known) = id.place().and_then(|place| uses.get_mut(place)) {
                *known = as_what.max(*known);
            }
        };
        for value in &self.values {
            match value {
                // An item of an OrderedDict, as Python 2 lists them.
                Value::List(pair) if self.is_named_tensor(pair) => {
                    pair.iter().for_each(|&id| mark(id, Use::Key));
                }
                Value::List(items) => items.iter().for_each(|&id| mark(id, Use::Entry)),
                Value::Dict(items) => {
                    for &(key, value) in items {
                        let leads = self.leads(value);
                        mark(key, if leads { Use::Key } else { Use::Aside });
                        mark(value, Use::Entry);
                    }
                }
                Value::Storage { key, .. } | Value::OtherStorage { key, .. } => {
                    mark(*key, Use::Key)
                }
                _ => {}
            }
        }
        let kept = self.stack.iter().chain(&self.modules);
        kept.for_each(|&id| mark(id, Use::Key));
        // A tuple is made after what it holds, so the outer ones come first; an object right after what it is made of.
        let mut is_object_behind = false;
        for (place, value) in self.values.iter().enumerate().rev() {
            let is_argument = std::mem::replace(&mut is_object_behind, *value == Value::Object);
            let Value::Tuple(items) = value else { continue };
            let is_entry = uses.get(place) == Some(&Use::Entry) && !self.is_named_tensor(items);
            let is_entry = is_entry || is_argument;
            let of_items = if is_entry { Use::Entry } else { Use::Key };
            for place in items.iter().filter_map(|id| id.place()) {
                if let Some(known) = uses.get_mut(place) {
                    *known = of_items.max(*known);
                }
            }
        }
        for (value, used) in self.values.iter_mut().zip(uses) {
            let Value::Text(text) = &*value else { continue };
            let kept = match used {
                Use::Unknown | Use::Entry => WORD,
                Use::Aside => LONG,
                Use::Key => usize::MAX,
            };
            if text.len() > kept && !LAYER_ENDS.iter().any(|end| text.ends_with(end)) {
                self.texts = self.texts.saturating_sub(text.len());
                *value = Value::Blank;
            }
        }
    }

    /// Whether a value is a tensor, or holds more than numbers and texts: a tensor may be found behind it.
    fn leads(&self, value: Id) -> bool {
        let is_more = |&id: &Id| {
            matches!(
                self.value(id),
                Value::Tensor { .. } | Value::Dict(_) | Value::List(_) | Value::Tuple(_)
            )
        };
        match self.value(value) {
            Value::Tensor { .. } => true,
            Value::Dict(items) => items.iter().any(|(_, value)| is_more(value)),
            Value::List(items) | Value::Tuple(items) => items.iter().any(is_more),
            _ => false,
        }
    }

    fn is_named_tensor(&self, items: &[Id]) -> bool {
        matches!(items, &[_, second] if matches!(self.value(second), Value::Tensor { .. }))
    }
}

/// Whether a text is UTF-8 but for the lone surrogates that Python makes of a file's name in another encoding
/// (`surrogateescape`), which it pickles as three bytes each (`surrogatepass`).
pub(super) fn is_escaped(mut bytes: &[u8]) -> bool {
    while let Err(error) = std::str::from_utf8(bytes) {
        let rest = bytes.get(error.valid_up_to()..).unwrap_or(&[]);
        let [0xed, 0xa0..=0xbf, 0x80..=0xbf, behind @ ..] = rest else {
            return false;
        };
        bytes = behind;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_are_told_from_what_is_no_text() {
        // os.fsdecode('/한국.jpg'.encode('cp949')), and beside other letters.
        let name = b"/\xed\xb3\x87\xed\xb3\x91\xed\xb2\xb1\xed\xb2\xb9.jpg";
        assert!(is_escaped(name) && is_escaped("한국".as_bytes()) && is_escaped(b""));
        for bytes in [&b"\xff"[..], b"a\xed\xb3", b"\xed\xb3\x87\xc7", b"\xc7\xd1"] {
            assert!(!is_escaped(bytes), "{bytes:?}");
        }
    }
}
