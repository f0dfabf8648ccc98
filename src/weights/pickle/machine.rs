//! The state of a pickle that is being read: its bytes, stack, marks and memo, and what bounds them.

use std::collections::BTreeMap;

use super::{Id, MAX_PICKLE, MAX_VALUES, Value};
use crate::FcnError;
use crate::weights::source::Window;

/// The longest module or attribute name, in bytes.
const MAX_LINE: usize = 256;

pub(super) struct Machine<'w, 's> {
    window: &'w mut Window<'s>,
    at: u64,
    /// Where [`MAX_PICKLE`] is reached.
    end: u64,
    values: Vec<Value>,
    stack: Vec<Id>,
    /// Heights of the stack at the open marks.
    marks: Vec<usize>,
    memo: BTreeMap<u32, Id>,
    /// Pushes so far, and items copied: what bounds the stack and all lists.
    spent: usize,
}

impl<'w, 's> Machine<'w, 's> {
    pub(super) fn new(window: &'w mut Window<'s>, at: u64) -> Self {
        Self {
            window,
            end: at.saturating_add(MAX_PICKLE),
            at,
            values: Vec::new(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: BTreeMap::new(),
            spent: 0,
        }
    }

    /// The values, and where the pickle ends.
    pub(super) fn finish(self) -> (Vec<Value>, u64) {
        (self.values, self.at)
    }

    pub(super) fn wrong(&self, what: &str) -> FcnError {
        FcnError::weights(format!("its pickle, before byte {}: {what}", self.at))
    }

    /// The next `count` bytes.
    pub(super) fn bytes(&mut self, count: u64) -> Result<&[u8], FcnError> {
        let (from, to) = (self.at, self.at.saturating_add(count));
        let short = to > self.end || count > self.window.left(from);
        let count = usize::try_from(count).ok().filter(|_| !short);
        let Some(count) = count else {
            return Err(self.wrong("it ends too early, or is longer than what is read"));
        };
        self.at = to;
        self.window.get(from, count)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], FcnError> {
        let bytes = self.bytes(N as u64)?;
        let array = bytes.first_chunk::<N>().copied();
        array.ok_or_else(|| self.wrong("it ends too early"))
    }

    pub(super) fn byte(&mut self) -> Result<u8, FcnError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u32(&mut self) -> Result<u32, FcnError> {
        self.array().map(u32::from_le_bytes)
    }

    /// A line without its end.
    pub(super) fn line(&mut self) -> Result<String, FcnError> {
        let mut line = Vec::new();
        loop {
            match self.byte()? {
                b'\n' => break,
                _ if line.len() >= MAX_LINE => return Err(self.wrong("a name too long")),
                byte => line.push(byte),
            }
        }
        String::from_utf8(line).map_err(|_| self.wrong("a name that isn't UTF-8"))
    }

    /// Counts what is about to take memory.
    pub(super) fn spend(&mut self, items: usize) -> Result<(), FcnError> {
        self.spent = self.spent.saturating_add(items);
        if self.spent > MAX_VALUES {
            return Err(self.wrong(&format!("it has more than {MAX_VALUES} values")));
        }
        Ok(())
    }

    /// Opens a mark, which costs as much as a value.
    pub(super) fn mark(&mut self) -> Result<(), FcnError> {
        self.spend(1)?;
        self.marks.push(self.stack.len());
        Ok(())
    }

    pub(super) fn push_id(&mut self, id: Id) -> Result<(), FcnError> {
        self.spend(1)?;
        self.stack.push(id);
        Ok(())
    }

    pub(super) fn push(&mut self, value: Value) -> Result<(), FcnError> {
        // Fewer than MAX_VALUES, as every value is pushed once.
        let id = Id(u32::try_from(self.values.len()).unwrap_or(u32::MAX));
        self.push_id(id)?;
        self.values.push(value);
        Ok(())
    }

    pub(super) fn pop(&mut self) -> Result<Id, FcnError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let free = self.stack.len() > floor;
        let popped = if free { self.stack.pop() } else { None };
        popped.ok_or_else(|| self.wrong("it takes more from its stack than is there"))
    }

    /// Everything above the last mark, and the mark.
    pub(super) fn pop_to_mark(&mut self) -> Result<Vec<Id>, FcnError> {
        let mark = self.marks.pop();
        let mark = mark.filter(|&mark| mark <= self.stack.len());
        let mark = mark.ok_or_else(|| self.wrong("a mark is missing"))?;
        Ok(self.stack.split_off(mark))
    }

    pub(super) fn value(&self, id: Id) -> &Value {
        self.values.get(id.0 as usize).unwrap_or(&Value::Blank)
    }

    /// The value on top of the stack, which stays there.
    pub(super) fn top(&mut self) -> Result<&mut Value, FcnError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let top = self.stack.get(floor..).and_then(|open| open.last());
        let Some(index) = top.map(|id| id.0 as usize) else {
            return Err(self.wrong("its stack is empty"));
        };
        let at = self.at;
        let lost = || FcnError::weights(format!("its pickle, before byte {at}: a value is lost"));
        self.values.get_mut(index).ok_or_else(lost)
    }

    pub(super) fn remember(&mut self, key: u32) -> Result<(), FcnError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let top = self
            .stack
            .get(floor..)
            .and_then(|open| open.last())
            .copied();
        let top = top.ok_or_else(|| self.wrong("its stack is empty"))?;
        if self.memo.len() >= MAX_VALUES {
            return Err(self.wrong("its memo is too large"));
        }
        self.memo.insert(key, top);
        Ok(())
    }

    /// The key that MEMOIZE uses.
    pub(super) fn next_memo(&self) -> u32 {
        u32::try_from(self.memo.len()).unwrap_or(u32::MAX)
    }

    /// Whether nothing is left on the stack.
    pub(super) fn is_empty(&self) -> bool {
        self.stack.is_empty() && self.marks.is_empty()
    }

    pub(super) fn recall(&mut self, key: u32) -> Result<(), FcnError> {
        let known = self.memo.get(&key).copied();
        let id = known.ok_or_else(|| self.wrong("its memo has no such entry"))?;
        self.push_id(id)
    }

    pub(super) fn text(&mut self, length: u64) -> Result<(), FcnError> {
        let text = std::str::from_utf8(self.bytes(length)?).map(Box::from);
        let text = text.map_err(|_| self.wrong("a text that isn't UTF-8"))?;
        self.push(Value::Text(text))
    }

    /// A string of Python 2, which doesn't say whether it is text or bytes.
    pub(super) fn old_string(&mut self, length: u64) -> Result<(), FcnError> {
        let bytes: Box<[u8]> = self.bytes(length)?.into();
        let value = match String::from_utf8(bytes.into()) {
            Ok(text) => Value::Text(text.into()),
            Err(error) => Value::Bytes(error.into_bytes().into()),
        };
        self.push(value)
    }

    pub(super) fn raw_bytes(&mut self, length: u64) -> Result<(), FcnError> {
        let bytes = self.bytes(length)?.into();
        self.push(Value::Bytes(bytes))
    }

    pub(super) fn add_items(&mut self, items: Vec<Id>) -> Result<(), FcnError> {
        match self.top()? {
            Value::List(list) => list.extend(items),
            Value::Blank => {}
            _ => return Err(self.wrong("it appends to what isn't a list")),
        }
        Ok(())
    }

    pub(super) fn set_items(&mut self, items: Vec<Id>) -> Result<(), FcnError> {
        let (pairs, rest) = items.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(self.wrong("a key without a value"));
        }
        match self.top()? {
            Value::Dict(dict) => dict.extend(pairs.iter().map(|&[key, value]| (key, value))),
            Value::Blank => {}
            _ => return Err(self.wrong("it sets an item of what isn't a dictionary")),
        }
        Ok(())
    }
}
