//! The state of a pickle that is being read: its bytes, stack, marks and memo, and what bounds them.

use std::collections::VecDeque;

use super::{Id, MAX_PICKLE, MAX_VALUES, Value};
use super::{globals, texts};
use crate::FcnError;
use crate::weights::source::Window;

/// The longest module or attribute name, in bytes.
const MAX_LINE: usize = 256;
/// The longest text that is kept, in bytes; names of tensors have less than a hundred.
const MAX_TEXT: u64 = 512;
/// How many bytes of text are kept in all, and how many of names.
pub(super) const MAX_TEXTS: usize = 6 << 20;
const MAX_NAMES: usize = 2 << 20;
/// The most entries of the memo, and the furthest that a key may lie beyond the others.
const MAX_MEMO: usize = 1 << 22;
const MAX_GAP: usize = 1 << 10;
/// The most opcodes that are worked on: a dictionary of a few numbers for each of 160,000 iterations takes about
/// 2.5 million. Bounds the time.
const MAX_STEPS: u64 = 6 << 20;
/// How many tuples are looked at before another is made.
const RECENT: usize = 8;
/// What a key of the memo has that was passed over.
const UNUSED: Id = Id(u32::MAX);

pub(super) struct Machine<'w, 's> {
    window: &'w mut Window<'s>,
    at: u64,
    /// Where [`MAX_PICKLE`] is reached.
    end: u64,
    pub(super) values: Vec<Value>,
    pub(super) stack: Vec<Id>,
    /// Heights of the stack at the open marks.
    marks: Vec<usize>,
    /// The latest tuples.
    recent: VecDeque<Id>,
    /// By key; keys count from 0 or 1.
    memo: Vec<Id>,
    /// How many times something was put into the memo, which is the key that MEMOIZE uses.
    memoised: usize,
    /// Values made, marks, and items of containers: what bounds the memory.
    spent: usize,
    /// Bytes of text that are kept.
    pub(super) texts: usize,
    /// Whether dropping the texts of logs has made little room.
    pub(super) is_full: bool,
    /// The texts that were the modules of names, and may be again.
    pub(super) modules: Vec<Id>,
    /// Bytes of names that are kept.
    names: usize,
    steps: u64,
    /// The first name that stood for nothing.
    named: Option<Box<str>>,
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
            recent: VecDeque::new(),
            memo: Vec::new(),
            memoised: 0,
            spent: 0,
            texts: 0,
            is_full: false,
            modules: Vec::new(),
            names: 0,
            steps: 0,
            named: None,
        }
    }

    /// The values, the first name that stood for nothing, and where the pickle ends.
    pub(super) fn finish(self) -> (Vec<Value>, Option<Box<str>>, u64) {
        (self.values, self.named, self.at)
    }

    /// Counts an opcode, and gives it.
    pub(super) fn opcode(&mut self) -> Result<u8, FcnError> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            let reason = format!("it has more than {MAX_STEPS} opcodes");
            return Err(self.large(&reason));
        }
        self.byte()
    }

    pub(super) fn wrong(&self, what: &str) -> FcnError {
        let facts = [("part", "pickle".to_string()), ("at", self.at.to_string())];
        self.reason(what).told("weights.damaged", facts)
    }

    /// The error for more than a limit of this reader.
    fn large(&self, what: &str) -> FcnError {
        self.reason(what).told("weights.large", [])
    }

    fn reason(&self, what: &str) -> FcnError {
        FcnError::weights(format!("its pickle, before byte {}: {what}", self.at))
    }

    /// Passes over the next `count` bytes, and gives where they begin.
    pub(super) fn skip(&mut self, count: u64) -> Result<u64, FcnError> {
        let (from, to) = (self.at, self.at.saturating_add(count));
        if count > self.window.left(from) {
            return Err(self.wrong("it ends too early; the file was cut short, or is damaged"));
        }
        if to > self.end {
            let reason = format!("it is longer than the {MAX_PICKLE} bytes that are read");
            return Err(self.large(&reason));
        }
        self.at = to;
        Ok(from)
    }

    /// The next `count` bytes.
    pub(super) fn bytes(&mut self, count: u64) -> Result<&[u8], FcnError> {
        let from = self.skip(count)?;
        // Holds: lengths that are read are short.
        self.window
            .get(from, usize::try_from(count).unwrap_or(usize::MAX))
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
            return Err(self.large(&format!("it has more than {MAX_VALUES} values")));
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
        if self.stack.len() >= MAX_VALUES {
            return Err(self.large("its stack is too high"));
        }
        self.stack.push(id);
        Ok(())
    }

    pub(super) fn push(&mut self, value: Value) -> Result<(), FcnError> {
        self.spend(1)?;
        // Fewer than MAX_VALUES.
        let id = Id(u32::try_from(self.values.len()).unwrap_or(u32::MAX));
        self.push_id(id)?;
        self.values.push(value);
        Ok(())
    }

    pub(super) fn push_int(&mut self, value: i64) -> Result<(), FcnError> {
        match Id::of_int(value) {
            Some(id) => self.push_id(id),
            None => self.push(Value::Int(value)),
        }
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
        super::value(&self.values, id)
    }

    /// The whole number of a value, if it is one.
    pub(super) fn int(&self, id: Id) -> Option<i64> {
        super::int(&self.values, id)
    }

    fn top_id(&self) -> Result<Id, FcnError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let top = self.stack.get(floor..).and_then(|open| open.last());
        top.copied().ok_or_else(|| self.wrong("its stack is empty"))
    }

    /// The value on top of the stack, which stays there; `None` for a number or a blank.
    pub(super) fn top(&mut self) -> Result<Option<&mut Value>, FcnError> {
        let place = self.top_id()?.place();
        Ok(place.and_then(|place| self.values.get_mut(place)))
    }

    pub(super) fn remember(&mut self, key: u32) -> Result<(), FcnError> {
        let top = self.top_id()?;
        let key = key as usize;
        if key >= MAX_MEMO || key > self.memo.len().saturating_add(MAX_GAP) {
            return Err(self.wrong("its memo is too large"));
        }
        if key >= self.memo.len() {
            self.memo.resize(key + 1, UNUSED);
        }
        if let Some(slot) = self.memo.get_mut(key) {
            self.memoised += usize::from(*slot == UNUSED);
            *slot = top;
        }
        Ok(())
    }

    /// The key that MEMOIZE uses.
    pub(super) fn next_memo(&self) -> u32 {
        u32::try_from(self.memoised).unwrap_or(u32::MAX)
    }

    /// Whether nothing is left on the stack.
    pub(super) fn is_empty(&self) -> bool {
        self.stack.is_empty() && self.marks.is_empty()
    }

    pub(super) fn recall(&mut self, key: u32) -> Result<(), FcnError> {
        let known = self.memo.get(key as usize).copied();
        let id = known.filter(|&id| id != UNUSED);
        let id = id.ok_or_else(|| self.wrong("its memo has no such entry"))?;
        self.push_id(id)
    }

    /// Keeps a text, unless it is longer than what weights need, or one of far too many.
    fn keep_text(&mut self, length: u64, is_strict: bool) -> Result<(), FcnError> {
        if length > MAX_TEXT || !self.has_room(length as usize) {
            self.skip(length)?;
            return self.push_id(Id::LONG_TEXT);
        }
        let bytes = self.bytes(length)?;
        let value = match std::str::from_utf8(bytes) {
            Ok(text) => Value::Text(text.into()), // which lies apart from its value
            Err(_) if is_strict && !texts::is_escaped(bytes) => {
                return Err(self.wrong("a text that isn't UTF-8"));
            }
            Err(_) => return self.push_id(Id::BLANK),
        };
        self.texts += length as usize; // at most MAX_TEXT
        self.spend(1)?;
        self.push(value)
    }

    pub(super) fn text(&mut self, length: u64) -> Result<(), FcnError> {
        self.keep_text(length, true)
    }

    /// A string of Python 2, which doesn't say whether it is text or bytes.
    pub(super) fn old_string(&mut self, length: u64) -> Result<(), FcnError> {
        self.keep_text(length, false)
    }

    /// Bytes, which weights have no need of.
    pub(super) fn raw_bytes(&mut self, length: u64) -> Result<(), FcnError> {
        self.skip(length)?;
        self.push_id(Id::BLANK)
    }

    /// A tuple. One that holds None or a number with a fraction and nothing else of use is no shape and no storage: a
    /// blank.
    pub(super) fn tuple(&mut self, items: Vec<Id>) -> Result<(), FcnError> {
        if items.contains(&Id::BLANK) && items.iter().all(|id| id.place().is_none()) {
            return self.push_id(Id::BLANK);
        }
        // A tuple never changes: one like a recent one is that one, as those of scores are, one after another.
        let is_same = |id: &&Id| matches!(self.value(**id), Value::Tuple(known) if *known == items);
        if let Some(&known) = self.recent.iter().find(is_same) {
            return self.push_id(known);
        }
        // What it holds lies apart from it.
        self.spend(usize::from(!items.is_empty()))?;
        self.push(Value::Tuple(items))?;
        let made = self.stack.last().copied();
        self.recent.extend(made);
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        Ok(())
    }

    /// A name, or what it stands for.
    pub(super) fn name(&mut self, path: &str) -> Result<(), FcnError> {
        if path.len() > 2 * MAX_LINE {
            return Err(self.wrong("a name too long"));
        }
        if let Some(global) = globals::find(path) {
            return self.push(Value::Global(global));
        }
        // A name is kept once for each time that it is written.
        self.names += path.len();
        if self.names > MAX_NAMES {
            return Err(self.large("it names too much"));
        }
        self.named.get_or_insert_with(|| path.into());
        self.push(Value::Name(path.into()))
    }

    pub(super) fn add_items(&mut self, mut items: Vec<Id>) -> Result<(), FcnError> {
        items.retain(|id| id.place().is_some());
        self.spend(items.len())?;
        match self.top()? {
            Some(Value::List(list)) => list.extend(items),
            Some(Value::Object) | None => {}
            Some(_) => return Err(self.wrong("it appends to what isn't a list")),
        }
        Ok(())
    }

    pub(super) fn set_items(&mut self, items: Vec<Id>) -> Result<(), FcnError> {
        let (pairs, rest) = items.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(self.wrong("a key without a value"));
        }
        // A boolean tells the byte order of an old file.
        let is_kept = |id: Id| id.place().is_some() || id == Id::FALSE;
        let kept = pairs.iter().filter(|&&[_, value]| is_kept(value));
        let kept: Vec<(Id, Id)> = kept.map(|&[key, value]| (key, value)).collect();
        self.spend(kept.len())?;
        match self.top()? {
            Some(Value::Dict(dict)) => dict.extend(kept),
            // A dictionary of somebody's own class, or one that counts.
            Some(object @ Value::Object) => *object = Value::Dict(kept),
            None => {}
            Some(_) => return Err(self.wrong("it sets an item of what isn't a dictionary")),
        }
        Ok(())
    }
}
