//! What each opcode does; names are those of CPython's `pickletools`.

use super::globals::{self, Global};
use super::machine::Machine;
use super::{Id, Value};
use crate::FcnError;

impl Machine<'_, '_> {
    /// Runs opcodes up to the end of the pickle.
    pub(super) fn run(&mut self) -> Result<Id, FcnError> {
        loop {
            match self.byte()? {
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
            // NONE, BINFLOAT, NEWTRUE, NEWFALSE
            b'N' => self.push(Value::Blank),
            b'G' => {
                self.array::<8>()?;
                self.push(Value::Blank)
            }
            0x88 => self.push(Value::Bool(true)),
            0x89 => self.push(Value::Bool(false)),
            // BININT, BININT1, BININT2, LONG1
            b'J' => {
                let value = i32::from_le_bytes(self.array()?);
                self.push(Value::Int(value.into()))
            }
            b'K' => {
                let value = self.byte()?;
                self.push(Value::Int(value.into()))
            }
            b'M' => {
                let value = u16::from_le_bytes(self.array()?);
                self.push(Value::Int(value.into()))
            }
            0x8a => self.long(),
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
            // SHORT_BINSTRING, BINSTRING, SHORT_BINBYTES, BINBYTES
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
            // EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3, TUPLE
            b')' => self.push(Value::Tuple(Vec::new())),
            0x85..=0x87 => {
                let mut items = Vec::with_capacity(3);
                for _ in 0x84..opcode {
                    items.insert(0, self.pop()?);
                }
                self.push(Value::Tuple(items))
            }
            b't' => {
                let items = self.pop_to_mark()?;
                self.push(Value::Tuple(items))
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
                self.push(Value::Global(globals::find(&module, &name)?))
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let global = match (self.value(module), self.value(name)) {
                    (Value::Text(module), Value::Text(name)) => globals::find(module, name)?,
                    _ => return Err(self.wrong("a name that isn't text")),
                };
                self.push(Value::Global(global))
            }
            // REDUCE, NEWOBJ, BUILD, BINPERSID
            b'R' | 0x81 => self.reduce(),
            b'b' => {
                // State of an OrderedDict (`_metadata`), a parameter or a blank: not needed.
                self.pop()?;
                match self.top()? {
                    Value::Dict(_) | Value::Tensor { .. } | Value::Blank => Ok(()),
                    _ => Err(self.wrong("it sets the state of what has none")),
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
        self.push(Value::Int(i64::from_le_bytes(word)))
    }

    /// "Calls" a global, which makes one of this crate's own values.
    fn reduce(&mut self) -> Result<(), FcnError> {
        let (arguments, callee) = (self.pop()?, self.pop()?);
        let (Value::Global(global), Value::Tuple(arguments)) =
            (self.value(callee), self.value(arguments))
        else {
            return Err(self.wrong("it calls what isn't a function, or without arguments"));
        };
        let value = match (global, arguments.as_slice()) {
            (Global::OrderedDict, []) => Value::Dict(Vec::new()),
            // Python 2 lists the items: OrderedDict([[key, value], …]).
            (Global::OrderedDict, [items]) => {
                let pair = |&item: &Id| match self.value(item) {
                    Value::List(pair) | Value::Tuple(pair) => match *pair.as_slice() {
                        [key, value] => Some((key, value)),
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
                let (Value::Storage { .. }, &Value::Int(offset)) =
                    (self.value(storage), self.value(offset))
                else {
                    return Err(self.wrong("a tensor without a storage"));
                };
                let offset = u64::try_from(offset).map_err(|_| self.wrong("an offset below 0"))?;
                Value::Tensor {
                    storage,
                    offset,
                    size,
                    stride,
                }
            }
            (Global::RebuildParameter, &[tensor, ..]) => match self.value(tensor) {
                Value::Tensor { .. } => return self.push_id(tensor),
                _ => return Err(self.wrong("a parameter without a tensor")),
            },
            (Global::Size, &[sizes]) => return self.push_id(sizes),
            (Global::Blank, _) => Value::Blank,
            _ => return Err(self.wrong("it calls something in a way that makes no sense")),
        };
        self.push(value)
    }

    /// `("storage", type, key, location, numel[, view])`, PyTorch's persistent id.
    fn storage(&mut self) -> Result<(), FcnError> {
        let id = self.pop()?;
        let fields = match self.value(id) {
            Value::Tuple(fields) => fields.as_slice(),
            _ => &[],
        };
        let (kind, class, key, elements, view) = match *fields {
            // No view; the location is text, which isn't one either.
            [kind, class, key, location, elements] => (kind, class, key, elements, location),
            [kind, class, key, _, elements, view] => (kind, class, key, elements, view),
            _ => return Err(self.wrong("a persistent id that isn't a storage's")),
        };
        let named = matches!(self.value(kind), Value::Text(kind) if **kind == *"storage");
        let (Value::Global(Global::Storage(element_type)), &Value::Int(elements), true) =
            (self.value(class), self.value(elements), named)
        else {
            return Err(self.wrong("a persistent id that isn't a storage's"));
        };
        let element_type = *element_type;
        let elements = u64::try_from(elements).map_err(|_| self.wrong("a size below 0"))?;
        self.push(Value::Storage {
            element_type,
            key,
            elements,
            view,
        })
    }
}
