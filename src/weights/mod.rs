//! Weight files: reading tensors by name, checked against what an architecture asks for.

mod digest;
mod noise;
mod safetensors;

pub use digest::{check_file, sha256_hex};
pub use noise::Noise;
pub use safetensors::Weights;
