//! Writes what was recognised as a safetensors file, a tensor at a time.
//!
//! Format: as in [`super::safetensors`]. Not the `safetensors` crate's `serialize`, which needs all
//! tensors in memory at once, or panics where reading one of them fails.

use std::io::Write;

use half::f16;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::digest::hex;
use super::recognise::Recognised;
use super::{Weights, WeightsFile};
use crate::FcnError;

/// How weights are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// 16 bits, half the size; 11 significant bits, up to 65,504.
    F16,
    /// 32 bits.
    F32,
}

/// Bytes converted at a time.
const CHUNK: usize = 1 << 16;

impl Precision {
    /// How a tensor of this shape is stored. Biases and batch norms' statistics stay in f32: they
    /// are few, and a variance may be too large or too small for f16.
    fn of(self, shape: &[usize]) -> Self {
        if shape.len() < 2 { Self::F32 } else { self }
    }

    fn name(self) -> &'static str {
        match self {
            Self::F16 => "F16",
            Self::F32 => "F32",
        }
    }

    fn bytes(self) -> u64 {
        match self {
            Self::F16 => 2,
            Self::F32 => 4,
        }
    }
}

/// Writes the tensors of `recognised`, which has been [fitted](Recognised::fit) to `weights`, and
/// tells what a manifest has to say of the file, under the name `path`.
///
/// # Errors
/// As [`Weights::take_values`] and [`Weights::finish`]; [`FcnError::InvalidInput`] for a value too
/// large for f16, or when `out` can't be written.
pub fn write_safetensors(
    mut weights: Weights,
    recognised: &Recognised,
    precision: Precision,
    path: &str,
    out: &mut impl Write,
) -> Result<WeightsFile, FcnError> {
    let mut tensors: Vec<(&str, &[usize])> = recognised.tensors().collect();
    // The wider type first, so that every tensor is aligned.
    tensors.sort_unstable_by_key(|&(name, shape)| (precision.of(shape) == Precision::F16, name));
    let mut header = Map::new();
    let mut end = 0u64;
    for &(name, shape) in &tensors {
        let stored = precision.of(shape);
        let count = shape.iter().map(|&size| size as u64);
        let bytes = count.fold(stored.bytes(), u64::saturating_mul);
        let from = end;
        end = end.saturating_add(bytes);
        let entry = json!({"dtype": stored.name(), "shape": shape, "data_offsets": [from, end]});
        header.insert(name.to_string(), entry);
    }
    let mut header = Value::Object(header).to_string();
    while !header.len().is_multiple_of(8) {
        header.push(' ');
    }

    let mut sink = Sink {
        out,
        digest: Sha256::new(),
        bytes: 0,
    };
    sink.write(&(header.len() as u64).to_le_bytes())?;
    sink.write(header.as_bytes())?;
    let mut buffer = Vec::with_capacity(CHUNK);
    for (name, shape) in tensors {
        let values = weights.take_values(name, shape)?;
        for chunk in values.chunks(CHUNK / 4) {
            buffer.clear();
            match precision.of(shape) {
                Precision::F32 => buffer.extend(chunk.iter().flat_map(|v| v.to_le_bytes())),
                Precision::F16 => {
                    let halves = chunk.iter().map(|&value| f16::from_f32(value));
                    if !halves.clone().all(f16::is_finite) {
                        let reason = format!("\"{name}\" has values too large for f16; use f32");
                        return Err(FcnError::invalid(reason));
                    }
                    buffer.extend(halves.flat_map(f16::to_le_bytes));
                }
            }
            sink.write(&buffer)?;
        }
    }
    weights.finish()?;
    sink.out.flush().map_err(cannot_write)?;
    Ok(WeightsFile {
        path: path.to_string(),
        bytes: sink.bytes,
        sha256: hex(&sink.digest.finalize()),
    })
}

fn cannot_write(error: std::io::Error) -> FcnError {
    FcnError::invalid(format!("the weights cannot be written: {error}"))
}

/// Counts and digests what passes through.
struct Sink<'o, W> {
    out: &'o mut W,
    digest: Sha256,
    bytes: u64,
}

impl<W: Write> Sink<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), FcnError> {
        self.digest.update(bytes);
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        self.out.write_all(bytes).map_err(cannot_write)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::recognise;
    use crate::weights::sha256_hex;

    const TINY: &[u8] = include_bytes!("../../tests/reference/fixtures/tiny-fc1.safetensors");

    fn written(precision: Precision) -> (Vec<u8>, WeightsFile) {
        let mut weights = Weights::parse(TINY).expect("parsed");
        let recognised = recognise(&weights).expect("recognised");
        recognised.fit(&mut weights);
        let mut out = Vec::new();
        let file = write_safetensors(weights, &recognised, precision, "w", &mut out);
        (out, file.expect("written"))
    }

    #[test]
    fn in_f32_every_value_is_kept() {
        let (bytes, file) = written(Precision::F32);
        assert_eq!(file.bytes, bytes.len() as u64);
        assert_eq!(file.sha256, sha256_hex(&bytes));
        let mut want = Weights::parse(TINY).expect("parsed");
        let mut got = Weights::parse(&bytes).expect("parsed");
        assert_eq!(got.tensors().len(), want.tensors().len());
        for (name, info) in want.tensors().clone() {
            let expected = want.take_values(&name, &info.shape);
            assert_eq!(got.take_values(&name, &info.shape), expected);
        }
    }

    #[test]
    fn in_f16_matrices_are_halved_and_biases_kept() {
        let (bytes, _) = written(Precision::F16);
        assert!(bytes.len() < TINY.len() * 6 / 10);
        let mut want = Weights::parse(TINY).expect("parsed");
        let mut got = Weights::parse(&bytes).expect("parsed");
        for (name, info) in want.tensors().clone() {
            let expected = want.take_values(&name, &info.shape).expect("there");
            let values = got.take_values(&name, &info.shape).expect("there");
            for (value, expected) in values.iter().zip(expected) {
                let rounded = f16::from_f32(expected).to_f32();
                let wanted = if info.shape.len() < 2 {
                    expected
                } else {
                    rounded
                };
                assert_eq!(*value, wanted, "{name}");
            }
        }
        // The `safetensors` crate agrees that the file is sound.
        safetensors::SafeTensors::deserialize(&bytes).expect("valid");
    }

    #[test]
    fn values_too_large_for_f16_are_an_error() {
        let weights = Weights::parse(TINY).expect("parsed");
        let recognised = recognise(&weights).expect("recognised");
        let (mut bytes, _) = written(Precision::F32);
        let end = bytes.len() - 4; // the last value of the last matrix
        bytes[end..].copy_from_slice(&1e6f32.to_le_bytes());
        let weights = Weights::parse(&bytes).expect("parsed");
        let out = &mut std::io::sink();
        let error = write_safetensors(weights, &recognised, Precision::F16, "w", out);
        assert_eq!(error.map_err(|e| e.code()), Err("invalid_input"));
    }
}
