//! Reads the pickles in PyTorch's files as data. Nothing is imported, called or built but what
//! [`globals`] lists, and of that only data of this crate's own types.
//!
//! Format: the opcodes of Python's pickle protocols 2 to 4 (CPython's `Lib/pickletools.py`), as
//! far as `torch.save` writes them. Values lie in one list and refer to each other by number, so
//! that a memo used a thousand times costs nothing, and nesting and cycles need no recursion.
//!
//! Burn's `pytorch-reader` 0.22.1, which burn-store uses, was looked at first: it reads tensors
//! only from a path, where a browser has none, and brings `zip`, `tar` and inflate along.

mod globals;
mod machine;
mod opcodes;

use super::source::Window;
use super::tensor::ElementType;
use crate::FcnError;
use globals::Global;
use machine::Machine;

/// The longest pickle that is read, in bytes. A state dict takes about 150 a tensor.
pub const MAX_PICKLE: u64 = 16 << 20;
/// The most values that a pickle may make or fetch from its memo; a tensor takes about 25.
pub const MAX_VALUES: usize = 1 << 19;
/// The place of a value in [`Pickle::values`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(u32);

/// A value of a pickle, as far as a weights file needs it.
#[derive(Debug, PartialEq)]
pub(super) enum Value {
    Bool(bool),
    Int(i64),
    Text(Box<str>),
    /// A string of bytes, or a number too long for an `i64`, as little-endian bytes.
    Bytes(Box<[u8]>),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    Global(Global),
    /// `numel` elements under a key; `view`: `None`, or (key, offset, numel) of a part.
    Storage {
        element_type: ElementType,
        key: Id,
        elements: u64,
        view: Id,
    },
    Tensor {
        storage: Id,
        offset: u64,
        size: Id,
        stride: Id,
    },
    /// None, floating-point numbers, and whatever else is of no use.
    Blank,
}

/// A pickle that has been read.
#[derive(Debug)]
pub(super) struct Pickle {
    values: Vec<Value>,
    root: Id,
}

impl Pickle {
    /// Reads one pickle at `*at` (bytes) and moves `*at` behind it.
    ///
    /// # Errors
    /// [`FcnError::WeightsInvalid`].
    pub(super) fn read(window: &mut Window, at: &mut u64) -> Result<Self, FcnError> {
        let mut machine = Machine::new(window, *at);
        let root = machine.run()?;
        let (values, end) = machine.finish();
        *at = end;
        Ok(Self { values, root })
    }

    pub(super) fn root_id(&self) -> Id {
        self.root
    }

    pub(super) fn root(&self) -> &Value {
        self.get(self.root)
    }

    pub(super) fn get(&self, id: Id) -> &Value {
        // Every Id was made for a value of this list, which only grows.
        self.values.get(id.0 as usize).unwrap_or(&Value::Blank)
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
        match self.get(id) {
            Value::Int(value) => u64::try_from(*value).ok(),
            _ => None,
        }
    }

    /// The whole numbers of a tuple or list, up to `most`.
    pub(super) fn sizes(&self, id: Id, most: usize) -> Option<Vec<u64>> {
        match self.get(id) {
            Value::Tuple(items) | Value::List(items) if items.len() <= most => {
                items.iter().map(|&item| self.unsigned(item)).collect()
            }
            _ => None,
        }
    }
}
