//! The state dictionaries of a file that `torch.save` wrote.
//!
//! Formats: PyTorch's `torch/serialization.py`, `_save` (since 1.6: a zip archive with `data.pkl`,
//! `data/KEY` for each storage, `byteorder`) and `_legacy_save` (before: pickles of a magic number,
//! a protocol version, facts about the machine, the object and the storages' keys, then for each key
//! the number of elements in 8 bytes and the elements). Values are little-endian.

use std::collections::{BTreeMap, HashMap};

use super::dictionaries::{Dictionary, find};
use super::file::{MAX_TENSORS, TensorSet};
use super::foreign;
use super::pickle::{Id, MAX_PICKLE, Pickle, Value, short};
use super::source::{Source, Window};
use super::tensor::{ElementType, MAX_RANK, Storage, TensorInfo};
use super::zip::Archive;
use crate::FcnError;

/// `MAGIC_NUMBER` of `torch/serialization.py`, 0x1950a86a20f9469cfc6c, as a pickle holds it.
const MAGIC: &[u8] = b"\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
/// `PROTOCOL_VERSION` of `torch/serialization.py`.
const PROTOCOL: u64 = 1001;
/// Bytes of a pickle that are fetched at a time.
const CHUNK: usize = 1 << 16;
/// Lists the state dictionaries of a zip archive.
///
/// # Errors
/// [`FcnError::WeightsInvalid`].
pub(super) fn index_zip(source: &dyn Source) -> Result<Vec<TensorSet>, FcnError> {
    let archive = Archive::open(source)?;
    // The folder is named after the file; there is one.
    let folders = archive
        .names()
        .filter_map(|name| name.strip_suffix("data.pkl"));
    let folder = folders
        .filter(|folder| folder.is_empty() || folder.ends_with('/'))
        .min_by_key(|folder| (folder.len(), *folder));
    let names = || archive.names().collect::<Vec<_>>();
    let folder = folder.ok_or_else(|| foreign::archive(&names()))?;
    if archive.find(&format!("{folder}constants.pkl"))?.is_some() {
        return Err(foreign::torch_script());
    }

    if let Some((start, 1..=16)) = archive.find(&format!("{folder}byteorder"))? {
        let mut order = [0];
        source.read_at(start, &mut order)?;
        if order == *b"b" {
            return Err(big_endian());
        }
    }
    let pickle = archive.find(&format!("{folder}data.pkl"))?;
    let (mut at, length) = pickle.ok_or_else(|| storages("data.pkl is gone"))?;
    if length > MAX_PICKLE {
        let reason = format!(
            "data.pkl, which lists what is in the file, has {length} bytes; up to {MAX_PICKLE} are read. Save \
             model.state_dict() by itself"
        );
        return Err(FcnError::weights(reason).told("weights.large", []));
    }
    let mut window = Window::new(source, at.saturating_add(length), CHUNK);
    let pickle = Pickle::read(&mut window, &mut at)?;
    index(&pickle, |key| archive.find(&format!("{folder}data/{key}")))
}

/// Lists the state dictionaries of a file in the format before PyTorch 1.6.
///
/// # Errors
/// [`FcnError::WeightsInvalid`].
pub(super) fn index_legacy(source: &dyn Source) -> Result<Vec<TensorSet>, FcnError> {
    let mut window = Window::new(source, source.len(), CHUNK);
    let mut at = 0;
    let magic = Pickle::read(&mut window, &mut at)?;
    if !matches!(magic.root(), Value::Bytes(bytes) if **bytes == *MAGIC) {
        return Err(foreign::pickle());
    }
    let version = Pickle::read(&mut window, &mut at)?;
    if version.unsigned(version.root_id()) != Some(PROTOCOL) {
        let reason = "it isn't of PyTorch's protocol version 1001";
        return Err(
            FcnError::weights(reason).told("weights.damaged", [("part", "pickle".to_string())])
        );
    }
    let machine = Pickle::read(&mut window, &mut at)?;
    if let Value::Dict(facts) = machine.root() {
        for &(key, value) in facts {
            let big = value == Id::FALSE;
            if machine.text(key) == Some("little_endian") && big {
                return Err(big_endian());
            }
        }
    }
    let pickle = Pickle::read(&mut window, &mut at)?;
    let keys = Pickle::read(&mut window, &mut at)?;
    let places = legacy_storages(&pickle, &keys, source, at)?;
    index(&pickle, |key| Ok(places.get(key).copied()))
}

fn big_endian() -> FcnError {
    let reason = "it was saved on a big-endian machine; save it again on another";
    FcnError::weights(reason).told("weights.big_endian", [])
}

/// The error of a file whose list of storages contradicts it.
fn storages(reason: &str) -> FcnError {
    FcnError::weights(reason).told("weights.damaged", [("part", "storages".to_string())])
}

/// Walks over the storages behind the pickles: key to offset and length in bytes.
fn legacy_storages<'p>(
    pickle: &Pickle,
    keys: &'p Pickle,
    source: &dyn Source,
    mut at: u64,
) -> Result<HashMap<&'p str, (u64, u64)>, FcnError> {
    let mut widths: HashMap<&str, u64> = HashMap::new();
    for value in pickle.values() {
        let (key, width) = match value {
            Value::Storage {
                element_type, key, ..
            } => (*key, element_type.bytes()),
            Value::OtherStorage {
                key,
                width: Some(width),
            } => (*key, *width),
            _ => continue,
        };
        if let Some(key) = pickle.text(key) {
            widths.insert(key, width);
        }
    }
    let Value::List(list) = keys.root() else {
        return Err(storages("it has no list of storages"));
    };
    let mut places = HashMap::new();
    for &key in list {
        let key = keys.text(key).unwrap_or("");
        let width = widths.get(key).copied();
        let width = width.ok_or_else(|| storages("a storage that no tensor uses"))?;
        let mut count = [0; 8];
        source.read_at(at, &mut count)?;
        let start = at.saturating_add(8);
        let bytes = u64::from_le_bytes(count).checked_mul(width);
        let bytes = bytes.filter(|&bytes| bytes <= source.len().saturating_sub(start));
        let bytes = bytes.ok_or_else(|| {
            let reason = "a storage is longer than the file; the file was cut short";
            FcnError::weights(reason).told("weights.cut", [])
        })?;
        if places.insert(key, (start, bytes)).is_some() {
            return Err(storages("two storages have one key"));
        }
        at = start.saturating_add(bytes);
    }
    Ok(places)
}

/// Lists the state dictionaries in a pickle; `place` knows offset and bytes of a storage.
fn index(
    pickle: &Pickle,
    place: impl Fn(&str) -> Result<Option<(u64, u64)>, FcnError>,
) -> Result<Vec<TensorSet>, FcnError> {
    let found = find(pickle);
    if found.iter().all(|dictionary| dictionary.tensors.is_empty()) {
        return Err(no_weights(pickle));
    }
    let mut places = Places {
        pickle,
        place,
        known: HashMap::new(),
    };
    let mut sets = Vec::new();
    let mut count = 0;
    for Dictionary { name, tensors } in found {
        count += tensors.len();
        if count > MAX_TENSORS {
            let reason = format!("it has more than {MAX_TENSORS} tensors");
            return Err(FcnError::weights(reason).told("weights.large", []));
        }
        let tensors = tensors.into_iter();
        // As in Python, the last of several equal keys counts.
        let tensors = tensors.map(|(name, id)| Ok((name.to_string(), places.tensor(name, id)?)));
        let tensors = tensors.collect::<Result<BTreeMap<_, _>, FcnError>>()?;
        sets.push(TensorSet { name, tensors });
    }
    refuse_overlaps(&places.known)?;
    Ok(sets)
}

/// Where the storages of a file are.
struct Places<'p, P> {
    pickle: &'p Pickle,
    /// Knows offset and bytes of a storage.
    place: P,
    known: HashMap<&'p str, Storage>,
}

impl<P: Fn(&str) -> Result<Option<(u64, u64)>, FcnError>> Places<'_, P> {
    fn tensor(&mut self, name: &str, id: Id) -> Result<TensorInfo, FcnError> {
        let pickle = self.pickle;
        let wrong = |what: &str| {
            let facts = [("part", "storages".to_string()), ("tensor", short(name))];
            FcnError::weights(format!("{:?}: {what}", short(name))).told("weights.damaged", facts)
        };
        let shape = |what: &str| {
            FcnError::weights(format!("{:?}: {what}", short(name)))
                .told("weights.shape", [("tensor", short(name))])
        };
        let Value::Tensor {
            storage,
            offset,
            size,
            stride,
        } = pickle.get(id)
        else {
            return Err(wrong("it is no tensor"));
        };
        let size = pickle.sizes(*size, MAX_RANK);
        let Value::Storage {
            element_type,
            key,
            elements,
            view,
        } = pickle.get(*storage)
        else {
            // Sparse or quantised, say: listed by its shape, and refused if it is needed.
            let sizes = size.unwrap_or_default().into_iter();
            let shape = sizes.map(|size| usize::try_from(size).unwrap_or(usize::MAX));
            let shape = shape.collect();
            return Ok(TensorInfo::dense(ElementType::Other, shape, 0));
        };
        let (element_type, elements) = (*element_type, *elements);
        let key = pickle
            .text(*key)
            .ok_or_else(|| wrong("its storage has no key"))?;
        let whole = match self.known.get(key) {
            Some(&storage) if storage.element_type == element_type => storage,
            Some(_) => return Err(wrong("its storage has two types")),
            None => {
                let (start, bytes) =
                    (self.place)(key)?.ok_or_else(|| wrong("its storage isn't in the file"))?;
                let elements = bytes / element_type.bytes();
                let storage = Storage {
                    element_type,
                    start,
                    elements,
                };
                self.known.insert(key, storage);
                storage
            }
        };
        if elements > whole.elements {
            return Err(wrong("its storage is shorter than announced"));
        }
        let storage = part(pickle, pickle.get(*view), whole)
            .ok_or_else(|| wrong("its part of a storage isn't in it"))?;
        let (Some(size), Some(stride)) = (size, pickle.sizes(*stride, MAX_RANK)) else {
            let what = format!("a shape of more than {MAX_RANK} sizes, or below 0");
            return Err(shape(&what));
        };
        TensorInfo::view(storage, *offset, &size, &stride).map_err(|what| shape(&what))
    }
}

/// The part of a storage that old files could name: (key, offset, numel).
fn part(pickle: &Pickle, view: &Value, whole: Storage) -> Option<Storage> {
    let Value::Tuple(view) = view else {
        return Some(whole);
    };
    let [_, offset, elements] = *view.as_slice() else {
        return None;
    };
    let (offset, elements) = (pickle.unsigned(offset)?, pickle.unsigned(elements)?);
    let end = offset.checked_add(elements)?;
    let start = offset.checked_mul(whole.element_type.bytes())?;
    (end <= whole.elements).then_some(Storage {
        start: whole.start.checked_add(start)?,
        elements,
        ..whole
    })
}

/// Makes sure that no two storages share bytes, as in no file that PyTorch wrote.
fn refuse_overlaps(known: &HashMap<&str, Storage>) -> Result<(), FcnError> {
    let mut ranges: Vec<(u64, u64)> = known
        .values()
        .map(|s| (s.start, s.elements.saturating_mul(s.element_type.bytes())))
        .filter(|&(_, bytes)| bytes > 0)
        .collect();
    ranges.sort_unstable();
    let mut end = 0;
    for (start, bytes) in ranges {
        if start < end {
            return Err(storages("two storages overlap"));
        }
        end = start.saturating_add(bytes);
    }
    Ok(())
}

/// The error for a file without weights, with some of what is there instead.
fn no_weights(pickle: &Pickle) -> FcnError {
    let keys = match pickle.root() {
        Value::Dict(items) => {
            let texts = items.iter().filter_map(|&(key, _)| pickle.text(key));
            let short = texts.map(|key| key.chars().take(32).collect::<String>());
            short.take(8).collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    };
    let only = match keys.as_str() {
        "" => String::new(),
        keys => format!(", only {keys:?}"),
    };
    let is_array = |name: &str| name.starts_with("numpy") && !name.ends_with(".scalar");
    let is_layers = match pickle.root() {
        Value::Dict(items) => items.iter().any(|&(key, _)| {
            let key = pickle.text(key);
            key.is_some_and(|key| key.ends_with(".weight") || key.ends_with(".bias"))
        }),
        _ => false,
    };
    if is_layers && pickle.named().is_some_and(|name| is_array(&name)) {
        let reason = format!(
            "it holds no state dict{only}, but NumPy arrays; make tensors of them with torch.from_numpy, and save \
             those with torch.save"
        );
        return FcnError::weights(reason).told("weights.numpy", []);
    }
    let (named, name) = match pickle.named() {
        Some(name) => (
            format!(
                ". Its pickle names {name:?}: a whole model, perhaps, which only Python and its code can read"
            ),
            name,
        ),
        None => Default::default(),
    };
    let reason = format!("it holds no state dict{only}{named}; save model.state_dict()");
    FcnError::weights(reason).told("weights.no_state", [("keys", keys), ("name", name)])
}
