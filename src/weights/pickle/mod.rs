//! Reads the pickles in PyTorch's files as data. Nothing is imported, called or built but data of this
//! crate's own types: [`globals`] says what a name may stand for.
//!
//! Format: the opcodes of Python's pickle protocols 2 to 5 (CPython's `Lib/pickletools.py`), as
//! far as `torch.save` writes them. Values lie in one list and refer to each other by number, so
//! that a memo used a thousand times costs nothing, and nesting and cycles need no recursion.
//!
//! What weights don't need is not kept: numbers and blanks take no place in the list of values, nor do tuples of
//! numbers with a fraction and single values that NumPy saved; long texts and bytes are skipped where they lie, and
//! lists only hold what might lead to a tensor. So a training's whole history beside the weights costs time, but little
//! memory.
//!
//! Burn's `pytorch-reader` 0.22.1, which burn-store uses, was looked at first: it reads tensors
//! only from a path, where a browser has none, and brings `zip`, `tar` and inflate along.

mod globals;
mod machine;
mod opcodes;
mod texts;

use super::source::Window;
use super::tensor::ElementType;
use crate::FcnError;
use globals::Global;
pub(super) use globals::short;
use machine::Machine;

/// The longest pickle that is read, in bytes: a state dict takes about 150 a tensor, and a history of 160,000
/// iterations beside it 25 MB. Longer ones are refused, since reading alone would take seconds.
pub const MAX_PICKLE: u64 = 128 << 20;
/// The most values that a pickle may make, or put into containers; a tensor takes about 25. Bounds the memory.
pub const MAX_VALUES: usize = 1 << 20;

/// A value, or where it is in [`Pickle::values`]: numbers, booleans and blanks need no place there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(u32);

impl Id {
    /// None, floating-point numbers, and whatever else is of no use.
    pub(super) const BLANK: Self = Self(0xc000_0000);
    pub(super) const FALSE: Self = Self(0xc000_0001);
    pub(super) const TRUE: Self = Self(0xc000_0002);
    /// A text too long to be kept, or one of too many.
    pub(super) const LONG_TEXT: Self = Self(0xc000_0003);
    const INT: u32 = 0x4000_0000;

    /// A whole number from 0 to 2³⁰ − 1; `None` for others.
    fn of_int(value: i64) -> Option<Self> {
        let value = u32::try_from(value).ok()?;
        (value < Self::INT).then_some(Self(value | Self::INT))
    }

    fn int(self) -> Option<i64> {
        (self.0 >> 30 == 1).then_some((self.0 & !Self::INT).into())
    }

    /// The place in the list of values.
    pub(super) fn place(self) -> Option<usize> {
        (self.0 < Self::INT).then_some(self.0 as usize)
    }
}

/// A value of a pickle, as far as a weights file needs it.
#[derive(Debug, PartialEq)]
pub(super) enum Value {
    /// A whole number that no [`Id`] holds.
    Int(i64),
    Text(Box<str>),
    /// A number too long for an `i64`, as little-endian bytes.
    Bytes(Box<[u8]>),
    Tuple(Vec<Id>),
    /// Without the numbers and blanks that it held.
    List(Vec<Id>),
    /// Without the entries whose values are numbers or blanks.
    Dict(Vec<(Id, Id)>),
    Global(Global),
    /// A name that stands for nothing here: module and attribute with a dot between them.
    Name(Box<str>),
    /// An object of such a name. Becomes a dictionary where items are set.
    Object,
    /// `numel` elements under a key; `view`: blank, or (key, offset, numel) of a part.
    Storage {
        element_type: ElementType,
        key: Id,
        elements: u64,
        view: Id,
    },
    /// A storage whose numbers aren't read (complex, quantised …): its key, and bytes an element if known.
    OtherStorage {
        key: Id,
        width: Option<u64>,
    },
    /// `storage` is blank where the tensor is of a kind that isn't read.
    Tensor {
        storage: Id,
        offset: u64,
        size: Id,
        stride: Id,
    },
    /// What an [`Id`] without a place stands for.
    Blank,
}

/// A pickle that has been read.
#[derive(Debug)]
pub(super) struct Pickle {
    values: Vec<Value>,
    root: Id,
    /// The first name that stood for nothing here.
    named: Option<Box<str>>,
}

/// The value of an id in a list of values.
fn value(values: &[Value], id: Id) -> &Value {
    // Every Id was made for a value of this list, which only grows.
    let place = id.place().and_then(|place| values.get(place));
    place.unwrap_or(&Value::Blank)
}

/// The whole number of an id in a list of values.
fn int(values: &[Value], id: Id) -> Option<i64> {
    match value(values, id) {
        Value::Int(value) => Some(*value),
        _ => id.int(),
    }
}

impl Pickle {
    /// Reads one pickle at `*at` (bytes) and moves `*at` behind it.
    ///
    /// # Errors
    /// [`FcnError::WeightsInvalid`].
    pub(super) fn read(window: &mut Window, at: &mut u64) -> Result<Self, FcnError> {
        let mut machine = Machine::new(window, *at);
        let root = machine.run()?;
        let (values, named, end) = machine.finish();
        *at = end;
        Ok(Self {
            values,
            root,
            named,
        })
    }

    pub(super) fn root_id(&self) -> Id {
        self.root
    }

    pub(super) fn root(&self) -> &Value {
        self.get(self.root)
    }

    /// The first name that stood for nothing here, fit to be shown.
    pub(super) fn named(&self) -> Option<String> {
        self.named.as_deref().map(short)
    }

    pub(super) fn get(&self, id: Id) -> &Value {
        value(&self.values, id)
    }

    /// All values, in the order in which they were made.
    pub(super) fn values(&self) -> &[Value] {
        &self.values
    }

    /// The text of a value, if it is one.
    pub(super) fn text(&self, id: Id) -> Option<&str> {
        match self.get(id) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number of a value, if it is one and isn't negative.
    pub(super) fn unsigned(&self, id: Id) -> Option<u64> {
        int(&self.values, id).and_then(|value| u64::try_from(value).ok())
    }

    /// The whole numbers of a tuple, up to `most`.
    pub(super) fn sizes(&self, id: Id, most: usize) -> Option<Vec<u64>> {
        match self.get(id) {
            Value::Tuple(items) if items.len() <= most => {
                items.iter().map(|&item| self.unsigned(item)).collect()
            }
            _ => None,
        }
    }
}
