//! Weight files: reading tensors by name, checked against what an architecture asks for.

mod digest;
mod safetensors;

pub use digest::{check_file, sha256_hex};
pub use safetensors::Weights;
