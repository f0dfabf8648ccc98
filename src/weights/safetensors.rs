//! The header of a safetensors file: which tensors there are, and where.
//!
//! Format: an 8-byte little-endian header length, a JSON header, the raw tensors. The `safetensors`
//! crate's `Metadata` checks the header (offsets without gaps or overlaps, lengths that equal shape
//! × type); this file reads no more than the header and checks it against the file's length.

use std::collections::BTreeMap;

use safetensors::Dtype;
use safetensors::tensor::Metadata;

use super::pickle::short;
use super::source::Source;
use super::tensor::{ElementType, MAX_RANK, TensorInfo};
use crate::FcnError;

/// The longest header that is read, in bytes. A tensor takes about 100, and parsing takes about
/// ten times the header's length in memory.
pub const MAX_HEADER: u64 = 1 << 20;

/// What is said of a file without its end.
const CUT: &str = "the file was cut short, as a download that isn't finished; download it again";

/// Bytes of the length in front of the header.
const LENGTH: u64 = 8;

/// Whether a file that begins so, and has `len` bytes, is one of these.
pub(super) fn is_safetensors(head: &[u8], len: u64) -> bool {
    let length = head
        .first_chunk::<8>()
        .map(|&bytes| u64::from_le_bytes(bytes));
    // A file that ends within its header is one of these, too.
    length.is_some_and(|length| length < len.max(MAX_HEADER)) && head.get(8) == Some(&b'{')
}

/// Finds the tensors of a file.
///
/// # Errors
/// [`FcnError::WeightsInvalid`] when the header lies about the file.
pub(super) fn index(source: &dyn Source) -> Result<BTreeMap<String, TensorInfo>, FcnError> {
    let mut length = [0; LENGTH as usize];
    source.read_at(0, &mut length)?;
    let length = u64::from_le_bytes(length);
    let body = source.len().saturating_sub(LENGTH);
    if length > body || length > MAX_HEADER {
        if length > body && length <= MAX_HEADER {
            let reason = format!(
                "a header of {length} bytes in a file of {}: {CUT}",
                source.len()
            );
            return Err(FcnError::weights(reason).told("weights.cut", []));
        }
        let reason = format!(
            "a header of {length} bytes in a file of {}; up to {MAX_HEADER} are read",
            source.len()
        );
        return Err(FcnError::weights(reason).told("weights.large", []));
    }
    // Holds: at most MAX_HEADER.
    let mut header = vec![0; usize::try_from(length).unwrap_or(0)];
    source.read_at(LENGTH, &mut header)?;
    let metadata: Metadata =
        serde_json::from_slice(&header).map_err(|error| lying(format!("its header: {error}")))?;
    let data = body.saturating_sub(length);
    if metadata.data_len() as u64 != data {
        let listed = metadata.data_len() as u64;
        let reason = format!("its header lists {listed} bytes of tensors, {data} are there");
        return Err(match listed > data {
            true => FcnError::weights(format!("{reason}: {CUT}")).told("weights.cut", []),
            false => lying(reason),
        });
    }
    let start = LENGTH.saturating_add(length);
    let mut tensors = BTreeMap::new();
    for (name, info) in metadata.tensors() {
        if info.shape.len() > MAX_RANK {
            let reason = format!("\"{name}\" has more than {MAX_RANK} dimensions");
            return Err(FcnError::weights(reason).told("weights.shape", [("tensor", short(&name))]));
        }
        let offset = start.saturating_add(info.data_offsets.0 as u64);
        let tensor = TensorInfo::dense(element_type(info.dtype), info.shape.clone(), offset);
        tensors.insert(name, tensor);
    }
    Ok(tensors)
}

/// The error of a header that contradicts itself or the file.
fn lying(reason: String) -> FcnError {
    FcnError::weights(reason).told("weights.damaged", [("part", "header".to_string())])
}

fn element_type(dtype: Dtype) -> ElementType {
    match dtype {
        Dtype::F64 => ElementType::F64,
        Dtype::F32 => ElementType::F32,
        Dtype::F16 => ElementType::F16,
        Dtype::BF16 => ElementType::BF16,
        Dtype::I64 => ElementType::I64,
        Dtype::I32 => ElementType::I32,
        Dtype::I16 => ElementType::I16,
        Dtype::I8 => ElementType::I8,
        Dtype::U8 => ElementType::U8,
        Dtype::BOOL => ElementType::Bool,
        _ => ElementType::Other,
    }
}
