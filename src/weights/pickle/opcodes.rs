//! What each opcode does; names are those of CPython's `pickletools`.

use super::globals::{self, Global};
use super::machine::Machine;
use super::{Id, Value};
use crate::FcnError;

impl Machine<'_, '_> {
    /// Runs opcodes up to the end of the pickle.
    pub(super) fn run(&mut self) -> Result<Id, FcnError> {
        loop {
            match self.opcode()? {
                b'.' => {
                    let root = self.pop()?;
                    return match self.is_empty() {
                        true => Ok(root),
                        false => Err(self.wrong("values are left over")),
                    };
                }
                opcode => self.step(opcode)?,
            }
        }
    }

    fn step(&mut self, opcode: u8) -> Result<(), FcnError> {
        match opcode {
            // PROTO; FRAME only says how much to read ahead.
            0x80 => match self.byte()? {
                2..=5 => Ok(()),
                _ => Err(self.wrong("a protocol other than 2 to 5")),
            },
            0x95 => self.array::<8>().map(|_| ()),
            b'(' => self.mark(),
            // POP, POP_MARK: how a tuple that holds itself is written
            b'0' => self.pop().map(|_| ()),
            b'1' => self.pop_to_mark().map(|_| ()),
            // NONE, BINFLOAT, NEWTRUE, NEWFALSE
            b'N' => self.push_id(Id::BLANK),
            b'G' => {
                self.array::<8>()?;
                self.push_id(Id::BLANK)
            }
            0x88 => self.push_id(Id::TRUE),
            0x89 => self.push_id(Id::FALSE),
            // BININT, BININT1, BININT2, LONG1, LONG4
            b'J' => {
                let value = i32::from_le_bytes(self.array()?);
                self.push_int(value.into())
            }
            b'K' => {
                let value = self.byte()?;
                self.push_int(value.into())
            }
            b'M' => {
                let value = u16::from_le_bytes(self.array()?);
                self.push_int(value.into())
            }
            0x8a => self.long(),
            0x8b => {
                let length = self.u32()?;
                self.raw_bytes(length.into())
            }
            // BINUNICODE, SHORT_BINUNICODE, BINUNICODE8
            b'X' => {
                let length = self.u32()?;
                self.text(length.into())
            }
            0x8c => {
                let length = self.byte()?;
                self.text(length.into())
            }
            0x8d => {
                let length = u64::from_le_bytes(self.array()?);
                self.text(length)
            }
            // SHORT_BINSTRING, BINSTRING, SHORT_BINBYTES, BINBYTES, BINBYTES8, BYTEARRAY8
            b'U' => {
                let length = self.byte()?;
                self.old_string(length.into())
            }
            b'T' => {
                let length = self.u32()?;
                self.old_string(length.into())
            }
            b'C' => {
                let length = self.byte()?;
                self.raw_bytes(length.into())
            }
            b'B' => {
                let length = self.u32()?;
                self.raw_bytes(length.into())
            }
            0x8e | 0x96 => {
                let length = u64::from_le_bytes(self.array()?);
                self.raw_bytes(length)
            }
            // EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3, TUPLE
            b')' => self.push(Value::Tuple(Vec::new())),
            0x85..=0x87 => {
                let mut items = Vec::with_capacity(3);
                for _ in 0x84..opcode {
                    items.insert(0, self.pop()?);
                }
                self.tuple(items)
            }
            b't' => {
                let items = self.pop_to_mark()?;
                self.spend(items.len())?;
                self.tuple(items)
            }
            // EMPTY_LIST, APPEND, APPENDS, EMPTY_DICT, SETITEM, SETITEMS
            b']' => self.push(Value::List(Vec::new())),
            b'a' => {
                let item = self.pop()?;
                self.add_items(vec![item])
            }
            b'e' => {
                let items = self.pop_to_mark()?;
                self.add_items(items)
            }
            b'}' => self.push(Value::Dict(Vec::new())),
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.set_items(vec![key, value])
            }
            b'u' => {
                let items = self.pop_to_mark()?;
                self.set_items(items)
            }
            // EMPTY_SET, ADDITEMS, FROZENSET
            0x8f => self.push(Value::Object),
            0x90 => {
                self.pop_to_mark()?;
                match self.top()? {
                    Some(Value::Object) => Ok(()),
                    _ => Err(self.wrong("it adds to what isn't a set")),
                }
            }
            0x91 => {
                self.pop_to_mark()?;
                self.push(Value::Object)
            }
            // BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
            b'q' => {
                let key = self.byte()?;
                self.remember(key.into())
            }
            b'r' => {
                let key = self.u32()?;
                self.remember(key)
            }
            0x94 => {
                let key = self.next_memo();
                self.remember(key)
            }
            b'h' => {
                let key = self.byte()?;
                self.recall(key.into())
            }
            b'j' => {
                let key = self.u32()?;
                self.recall(key)
            }
            // GLOBAL, STACK_GLOBAL
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.name(&format!("{module}.{name}"))
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let (Value::Text(first), Value::Text(last)) =
                    (self.value(module), self.value(name))
                else {
                    return Err(self.wrong("a name that isn't text"));
                };
                let path = format!("{first}.{last}");
                self.modules.push(module);
                self.name(&path)
            }
            // REDUCE, NEWOBJ, NEWOBJ_EX
            b'R' => {
                let (arguments, callee) = (self.pop()?, self.pop()?);
                self.call(callee, arguments)
            }
            0x81 => {
                let (_, class) = (self.pop()?, self.pop()?);
                self.build(class)
            }
            0x92 => {
                let (_, _, class) = (self.pop()?, self.pop()?, self.pop()?);
                self.build(class)
            }
            // BUILD, BINPERSID
            b'b' => {
                // State of an OrderedDict (`_metadata`), a parameter or an object: not needed.
                self.pop()?;
                match self.top()? {
                    Some(Value::Dict(_) | Value::Tensor { .. } | Value::Object) | None => Ok(()),
                    Some(_) => Err(self.wrong("it sets the state of what has none")),
                }
            }
            b'Q' => self.storage(),
            _ => Err(self.wrong(&format!(
                "opcode 0x{opcode:02x}, which a weights file has no need of"
            ))),
        }
    }

    fn long(&mut self) -> Result<(), FcnError> {
        let length = self.byte()?;
        let bytes = self.bytes(length.into())?;
        if bytes.len() > 8 {
            let bytes = bytes.into();
            return self.push(Value::Bytes(bytes));
        }
        // Two's complement: the sign is the last byte's highest bit.
        let negative = bytes.last().is_some_and(|&last| last >= 0x80);
        let mut word = [if negative { 0xff } else { 0 }; 8];
        for (to, from) in word.iter_mut().zip(bytes) {
            *to = *from;
        }
        self.push_int(i64::from_le_bytes(word))
    }

    /// Builds an object of a class, which isn't called.
    fn build(&mut self, class: Id) -> Result<(), FcnError> {
        match self.value(class) {
            Value::Global(Global::OrderedDict) => self.push(Value::Dict(Vec::new())),
            Value::Name(path) => {
                globals::check_build(path)?;
                self.push(Value::Object)
            }
            // A class that came from an object.
            Value::Object => self.push(Value::Object),
            _ => Err(self.wrong("it builds an object of what isn't a class")),
        }
    }

    /// "Calls" a name, which makes one of this crate's own values.
    fn call(&mut self, callee: Id, arguments: Id) -> Result<(), FcnError> {
        let items = match self.value(arguments) {
            Value::Tuple(items) => items.as_slice(),
            // A tuple of nothing of use.
            Value::Blank => &[],
            _ => return Err(self.wrong("it calls something without a tuple of arguments")),
        };
        let global = match self.value(callee) {
            Value::Global(global) => *global,
            Value::Name(path) => {
                let of = items.first().map(|&first| self.value(first));
                let of = match of {
                    Some(Value::Name(of)) => Some(&**of),
                    _ => None,
                };
                if globals::is_annotation(path, of, items.len()) {
                    return self.push(Value::Object);
                }
                globals::check_call(path)?;
                return match globals::is_plain(path) {
                    true => self.push_id(Id::BLANK),
                    false => self.push(Value::Object),
                };
            }
            _ => return Err(self.wrong("it calls what isn't a function")),
        };
        let value = match (global, items) {
            (Global::OrderedDict, []) => Value::Dict(Vec::new()),
            // Python 2 lists the items: OrderedDict([[key, value], …]).
            (Global::OrderedDict, [items]) => {
                let pair = |&item: &Id| match self.value(item) {
                    Value::List(pair) | Value::Tuple(pair) => match *pair.as_slice() {
                        [key, value] => Some((key, value)),
                        // The value was a number or a blank.
                        [key] => Some((key, Id::BLANK)),
                        _ => None,
                    },
                    _ => None,
                };
                let Value::List(items) = self.value(*items) else {
                    return Err(self.wrong("an OrderedDict of what isn't a list"));
                };
                let (count, pairs) = (items.len(), items.iter().map(pair));
                let pairs = pairs.collect::<Option<Vec<_>>>();
                let pairs = pairs.ok_or_else(|| self.wrong("an OrderedDict without pairs"))?;
                // Copies, so that one list used a thousand times must not come for free.
                self.spend(count)?;
                Value::Dict(pairs)
            }
            (Global::RebuildTensor, &[storage, offset, size, stride, ..]) => {
                let offset = self.int(offset);
                let (is_storage, offset) = match (self.value(storage), offset) {
                    (Value::Storage { .. }, Some(offset)) => (true, offset),
                    (Value::Object | Value::OtherStorage { .. }, Some(offset)) => (false, offset),
                    _ => return Err(self.wrong("a tensor without a storage")),
                };
                let offset = u64::try_from(offset).map_err(|_| self.wrong("an offset below 0"))?;
                Value::Tensor {
                    storage: if is_storage { storage } else { Id::BLANK },
                    offset,
                    size,
                    stride,
                }
            }
            // `(storage, offset, size, stride, …)` too; of a sparse one, `(layout, (indices, values, size, …))`.
            (Global::RebuildOther, items) => {
                let is_sizes = |id: &&Id| matches!(self.value(**id), Value::Tuple(_));
                let size = match (items, items.get(1).map(|&parts| self.value(parts))) {
                    ([_, _], Some(Value::Tuple(parts))) => parts.iter().find(is_sizes),
                    _ => items.get(2),
                };
                Value::Tensor {
                    storage: Id::BLANK,
                    offset: 0,
                    size: size.copied().unwrap_or(Id::BLANK),
                    stride: Id::BLANK,
                }
            }
            (Global::RebuildParameter, &[tensor, ..]) => match self.value(tensor) {
                Value::Tensor { .. } => return self.push_id(tensor),
                _ => return Err(self.wrong("a parameter without a tensor")),
            },
            (Global::RebuildFromType, &[function, _, arguments, ..]) => {
                return match self.value(function) {
                    // Not again itself, so that this ends.
                    Value::Global(Global::RebuildFromType) => {
                        Err(self.wrong("a tensor rebuilt without an end"))
                    }
                    _ => self.call(function, arguments),
                };
            }
            (Global::Size, &[sizes]) => return self.push_id(sizes),
            (Global::Reconstruct, &[class, ..]) => return self.build(class),
            (Global::Attribute, &[object, name]) => match (self.value(object), self.value(name)) {
                // A class within a class: a longer name, to which the same rules apply.
                (Value::Name(path), Value::Text(name)) => {
                    let path = format!("{path}.{name}");
                    return self.name(&path);
                }
                // A method of an object that isn't built here, kept among options; it can't be called.
                (Value::Object | Value::Blank, Value::Text(_)) => Value::Object,
                _ => return globals::check_call("builtins.getattr"),
            },
            (Global::Attribute, _) => return globals::check_call("builtins.getattr"),
            _ => return Err(self.wrong("it calls something in a way that makes no sense")),
        };
        self.push(value)
    }

    /// `("storage", type, key, location, numel[, view])`, PyTorch's persistent id; or, in the format before 1.6,
    /// `("module", class, file, source)`, which stands for the class of a module.
    fn storage(&mut self) -> Result<(), FcnError> {
        let id = self.pop()?;
        let fields = match self.value(id) {
            Value::Tuple(fields) => fields.as_slice(),
            _ => &[],
        };
        let is_kind =
            |id: Id, wanted: &str| matches!(self.value(id), Value::Text(kind) if **kind == *wanted);
        if let &[kind, class, _, _] = fields
            && is_kind(kind, "module")
            && matches!(self.value(class), Value::Name(_) | Value::Object)
        {
            return self.push_id(class);
        }
        let (kind, class, key, elements, view) = match *fields {
            // No view; the location is text, which isn't one either.
            [kind, class, key, location, elements] => (kind, class, key, elements, location),
            [kind, class, key, _, elements, view] => (kind, class, key, elements, view),
            _ => return Err(self.wrong("a persistent id that isn't a storage's")),
        };
        let (true, Some(elements)) = (is_kind(kind, "storage"), self.int(elements)) else {
            return Err(self.wrong("a persistent id that isn't a storage's"));
        };
        let element_type = match self.value(class) {
            Value::Global(Global::Storage(element_type)) => *element_type,
            // Complex or quantised numbers, which matter only if a tensor of the net has them.
            Value::Name(path) if path.starts_with("torch.") => {
                let width = globals::storage_width(path);
                return self.push(Value::OtherStorage { key, width });
            }
            _ => return Err(self.wrong("a persistent id that isn't a storage's")),
        };
        let elements = u64::try_from(elements).map_err(|_| self.wrong("a size below 0"))?;
        self.push(Value::Storage {
            element_type,
            key,
            elements,
            view,
        })
    }
}
