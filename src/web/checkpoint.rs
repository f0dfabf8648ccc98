//! Weights without a `model.json`, from any program, read where they lie.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Uint8Array};
use wasm_bindgen::prelude::*;

use super::device_of;
use super::error::js_error;
use super::net::Net;
use super::plain::{from_plain, plain};
use crate::FcnError;
use crate::labels::names_in;
use crate::manifest::Manifest;
use crate::models::{self, recognise_as};
use crate::weights::{Recognised, Said, Source, Weights, past_the_end};

/// The most that is read at once, in bytes: JavaScript and wasm each hold a copy.
const PIECE: usize = 4 << 20;
/// A small read fetches so many bytes, and later ones are served from them.
const AHEAD: usize = 64 << 10;

/// A file that JavaScript reads for wasm, synchronously.
struct JsFile {
    length: u64,
    /// `(offset, length) => Uint8Array`, may throw.
    read: Function,
    /// The latest small piece and where it lies.
    ahead: RefCell<(u64, Vec<u8>)>,
}

impl JsFile {
    fn piece(&self, offset: u64, buf: &mut [u8]) -> Result<(), FcnError> {
        let (from, length) = ((offset as f64).into(), (buf.len() as f64).into());
        let piece = self.read.call2(&JsValue::NULL, &from, &length);
        let piece = piece.ok().and_then(|value| value.dyn_into().ok());
        match piece {
            Some::<Uint8Array>(piece) if piece.length() as usize == buf.len() => {
                piece.copy_to(buf);
                Ok(())
            }
            _ => {
                let error = FcnError::weights("the file can't be read any more, or has changed");
                Err(error.told("weights.gone", []))
            }
        }
    }
}

impl Source for JsFile {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), FcnError> {
        let end = offset.checked_add(buf.len() as u64);
        if end.is_none_or(|end| end > self.length) {
            return Err(past_the_end(offset, buf.len(), self.length));
        }
        if buf.len() >= AHEAD {
            let mut at = offset;
            for piece in buf.chunks_mut(PIECE) {
                self.piece(at, piece)?;
                at += piece.len() as u64;
            }
            return Ok(());
        }
        let mut ahead = self.ahead.borrow_mut();
        let (start, bytes) = &mut *ahead;
        let held = |start: u64, bytes: &[u8]| {
            let from = usize::try_from(offset.checked_sub(start)?).ok()?;
            bytes.get(from..from.checked_add(buf.len())?).map(|_| from)
        };
        let from = match held(*start, bytes) {
            Some(from) => from,
            None => {
                let length = (self.length - offset).min(AHEAD as u64);
                // Holds: at most AHEAD.
                bytes.resize(length as usize, 0);
                *start = offset;
                if let Err(error) = self.piece(offset, bytes) {
                    bytes.clear();
                    return Err(error);
                }
                0
            }
        };
        let found = bytes.get(from..from + buf.len()).unwrap_or_default();
        if found.len() == buf.len() {
            buf.copy_from_slice(found);
        }
        Ok(())
    }
}

/// A weights file whose net has been recognised by its tensors.
#[wasm_bindgen]
pub struct Checkpoint {
    weights: Weights<'static>,
    found: Recognised,
}

#[wasm_bindgen]
impl Checkpoint {
    /// Opens a file of `length` bytes and finds out which net it is of. Nothing but the list of its
    /// tensors is read. `said`: what a person says of it, a [`Said`].
    #[wasm_bindgen(constructor)]
    pub fn new(
        length: f64,
        #[wasm_bindgen(unchecked_param_type = "(offset: number, length: number) => Uint8Array")]
        read: Function,
        #[wasm_bindgen(unchecked_param_type = "Said")] said: JsValue,
    ) -> Result<Checkpoint, JsValue> {
        let file = JsFile {
            length: length as u64,
            read,
            ahead: RefCell::default(),
        };
        let said: Said = from_plain(&said).map_err(js_error)?;
        let mut weights = Weights::open(file).map_err(js_error)?;
        let found = recognise_as(&weights, &said).map_err(js_error)?;
        found.fit(&mut weights);
        Ok(Self { weights, found })
    }

    /// What the tensors can't tell, what is assumed and what it could be, and what else there is to say.
    /// `names`: whether the classes' names are given; `file`: the file's name, which may hint at something.
    #[wasm_bindgen(unchecked_return_type = "Assumption[]")]
    pub fn assumptions(&self, names: bool, file: &str) -> Result<JsValue, JsValue> {
        let mut all = self.found.assumptions(names);
        all.extend(self.found.hint(file));
        plain(&all)
    }

    /// How many classes a label can be.
    #[wasm_bindgen(getter)]
    pub fn labels(&self) -> usize {
        self.found.labels()
    }

    /// A `model.json` for it, UTF-8, that lists no files. `names`: of the classes, in order.
    pub fn manifest(&self, name: &str, names: Option<Vec<String>>) -> Result<Vec<u8>, JsValue> {
        let text = self.found.manifest(name, names.as_deref(), None);
        text.map(String::into_bytes).map_err(js_error)
    }

    /// Reads the tensors, one at a time, into a net on `"webgpu"` or `"cpu"`.
    pub fn build(self, manifest: &[u8], backend: &str) -> Result<Net, JsValue> {
        build(self.weights, manifest, backend).map_err(js_error)
    }
}

/// The classes' names in a text, in the order of the ids; `undefined` for a `model.json`. `labels::names_in` says which
/// texts are read.
#[wasm_bindgen(js_name = classNames)]
pub fn class_names(text: &str) -> Result<Option<Vec<String>>, JsValue> {
    names_in(text).map_err(js_error)
}

fn build(weights: Weights, manifest: &[u8], backend: &str) -> Result<Net, FcnError> {
    let device = device_of(backend)?;
    let manifest = Manifest::parse(manifest)?;
    Ok(Net(Rc::new(models::build(manifest, weights, &device)?)))
}
