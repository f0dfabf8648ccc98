//! Weight files: reading tensors by name, checked against what an architecture asks for.
//!
//! Safetensors files and the files of `torch.save` are read, from anything that gives bytes at an offset
//! ([`Source`]). First the tensors are listed, which is cheap; then they are read one at a time. Files
//! come from strangers: a bad one ends in an error, never in a panic, and memory is bounded by the limits
//! that each reader states or by the tensor being read, which was checked to be in the file.

mod dictionaries;
mod digest;
mod file;
mod foreign;
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
pub use file::{Format, MAX_TENSORS, TensorSet, Weights};
pub use noise::Noise;
pub use pickle::{MAX_PICKLE, MAX_VALUES};
pub use recognise::{
    Assumption, Candidate, Expected, Recognised, Said, TensorShapes, WeightsFile, axis_size,
    imagenet_input, recognise_among, recognise_in,
};
pub use safetensors::MAX_HEADER;
#[cfg(not(target_arch = "wasm32"))]
pub use source::FileSource;
pub use source::Source;
#[cfg(target_arch = "wasm32")]
pub(crate) use source::past_the_end;
pub use tensor::{ElementType, MAX_RANK, TensorInfo};
pub use writer::{Precision, write_safetensors};
pub use zip::{MAX_DIRECTORY, MAX_ENTRIES};
