//! What is done with a model: a photo's mask, a classifier's heat map, a net's inner maps, one layer by
//! itself, and the check that a device computes what the CPU does.

pub mod heatmap;
pub mod layer;
pub mod maps;
mod prepare;
pub mod segment;
pub mod selfcheck;
