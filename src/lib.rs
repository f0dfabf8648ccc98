//! Fully Convolutional Networks for semantic segmentation, in Burn, for the browser.
//!
//! A photo goes in ([`image::Photo`]), a net runs on WebGPU or on the CPU ([`models`]), class
//! scores come out and become a label map of the photo's own size ([`mask::Scores`]). The nets are
//! those of Long, Shelhamer & Darrell (CVPR 2015), as lectures teach them and as the authors' Caffe
//! nets compute them, also on EfficientNet-Lite; torchvision's segmentation nets and VGG classifiers stand
//! beside them. [`upsample`] holds the arithmetic of transposed convolutions.
//!
//! ```
//! use fcn_lab::device;
//! use fcn_lab::models::{Layers, Variant, fcn::FcnConfig};
//!
//! let net = FcnConfig::new(21).with_width(4).with_fc_channels(16).init(&device::cpu());
//! let x = burn::tensor::Tensor::<4>::zeros([1, 3, 64, 96], &device::cpu());
//! let scores = net.forward(x, Variant::Fcn8s)?;
//! assert_eq!(scores.dims(), [1, 21, 64, 96]);
//! # Ok::<(), fcn_lab::FcnError>(())
//! ```

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

pub mod device;
mod error;
pub mod image;
pub mod kernels;
pub mod labels;
pub mod manifest;
pub mod mask;
pub mod metrics;
pub mod models;
pub mod passes;
pub mod upsample;
pub mod weights;

#[cfg(target_arch = "wasm32")]
pub mod web;

pub use error::{Facts, FcnError};
