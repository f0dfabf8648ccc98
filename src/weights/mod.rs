//! Weight files: reading tensors by name, checked against what an architecture asks for.
//!
//! Read are safetensors files and what `torch.save` writes, from anything that bytes can be read
//! from at an offset ([`Source`]): a list of the tensors is made first, cheap and bounded, and then
//! one tensor at a time is read. Files come from strangers: whatever is in them ends in an error,
//! never in a panic, and what is allocated is bounded by the limits that each reader states or by
//! the tensor being read, which has been seen to be in the file.

mod digest;
mod file;
mod noise;
mod pickle;
mod pytorch;
mod recognise;
mod safetensors;
mod source;
mod tensor;
mod writer;
mod zip;

pub use digest::{check_file, sha256_hex};
pub use file::{Format, MAX_TENSORS, Weights};
pub use noise::Noise;
pub use pickle::{MAX_PICKLE, MAX_VALUES};
pub use recognise::{
    Candidate, Expected, Recognised, TensorShapes, WeightsFile, axis_size, imagenet_input,
    recognise_among,
};
pub use safetensors::MAX_HEADER;
#[cfg(not(target_arch = "wasm32"))]
pub use source::FileSource;
pub use source::Source;
pub use tensor::{ElementType, MAX_RANK, TensorInfo};
pub use writer::{Precision, write_safetensors};
pub use zip::{MAX_DIRECTORY, MAX_ENTRIES};
