//! What is done with a model: a photo's mask, a classifier's heat map, a net's inner maps and what can be
//! asked of them, one layer by itself, and the check that a device computes what the CPU does.

pub mod heatmap;
pub mod inside;
pub mod layer;
pub mod maps;
mod prepare;
pub mod segment;
pub mod selfcheck;
