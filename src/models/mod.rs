//! The nets, and the registry of architectures by the names that manifests use.
//!
//! | architecture | `config`, besides `classes` and `variants` | heads | tensors' names |
//! |---|---|---|---|
//! | `fcn-vgg16` | `width`, `fc6_kernel`, `fc_channels` | `fcn32s`, `fcn16s`, `fcn8s` | the FCN authors' |
//! | `fcn-reference` | `width`, `fc_channels`, `pooling` (`"ceil"`, `"floor"`) | the same, `fcn8s-atonce` | the PyTorch port's |
//! | `fcn-resnet50` | `width`, `blocks` (four numbers) | `out`, `aux` | torchvision's |
//! | `deeplabv3-resnet50` | `width`, `blocks`, `aspp_channels` | `out`, `aux` | torchvision's |
//! | `vgg16-classifier` | `width`, `fc_channels`, `batch_norm` | `score` | torchvision's |
//!
//! A new architecture is a file here, an arm in [`Net`]'s methods and in [`shapes`], its settings in
//! [`crate::manifest::Settings`] and a fixture in `tests/reference`.

pub mod deeplabv3;
pub mod fc6;
pub mod fcn;
pub mod fcn_reference;
pub mod fcn_resnet50;
mod fresh;
mod layers;
mod net;
pub mod observer;
pub mod resnet;
pub mod shapes;
pub mod variant;
pub mod vgg16;
pub mod vgg_classifier;

use burn::tensor::Device;

use crate::manifest::Manifest;
use crate::weights::{Weights, check_file};
use crate::{FcnError, kernels};
pub use net::{ARCHITECTURES, Net};
pub use variant::Variant;

/// A net on its device, with what its manifest says of it.
#[derive(Debug)]
pub struct Model {
    /// The manifest it was loaded from.
    pub manifest: Manifest,
    /// The heads that its manifest lists.
    pub variants: Vec<Variant>,
    /// The net.
    pub net: Net,
    /// Where it lives.
    pub device: Device,
}

impl Model {
    /// The head of that name, if the manifest lists it.
    ///
    /// # Errors
    /// [`FcnError::UnknownVariant`].
    pub fn variant(&self, name: &str) -> Result<Variant, FcnError> {
        Variant::among(&self.variants, name)
    }

    /// Prepares the device's memory for a pass with these heads over an input of `width`×`height`
    /// pixels. A pass without it needs more of it, and gets the same.
    pub fn reserve(&self, variants: &[Variant], width: usize, height: usize) {
        let shapes = shapes::shapes(&self.manifest.config, variants, width, height);
        // What the net can't take, the pass will say.
        let shapes = shapes.unwrap_or_default();
        let maps = shapes.iter().map(|shape| {
            let values = [shape.channels, shape.rows, shape.columns];
            values.iter().product::<usize>() * size_of::<f32>()
        });
        kernels::reserve(&self.device, self.net.weight_bytes(), maps);
    }
}

/// Builds the net that a manifest describes and fills it from a weights file.
///
/// # Errors
/// [`FcnError::UnknownArchitecture`], [`FcnError::UnknownVariant`] for a listed head that the
/// architecture hasn't got, and everything that can be wrong with the file.
pub fn load(manifest: Manifest, bytes: &[u8], device: &Device) -> Result<Model, FcnError> {
    // What can be told without the weights comes first.
    check_variants(&manifest)?;
    let [file] = manifest.files.as_slice() else {
        return Err(FcnError::manifest("\"files\" must list one weights file"));
    };
    check_file(bytes, file.bytes, &file.sha256)?;
    build(manifest, Weights::parse(bytes)?, device)
}

/// The heads that a manifest lists.
fn check_variants(manifest: &Manifest) -> Result<Vec<Variant>, FcnError> {
    let known = Net::variants_of(manifest)?;
    let variants = manifest.config.variants.iter();
    variants.map(|name| Variant::among(known, name)).collect()
}

/// [`load`] from weights that are read where they lie, one tensor at a time, and of which a manifest
/// was made ([`crate::weights::Recognised::manifest`]).
///
/// # Errors
/// As [`load`], but for the file's length and checksum.
pub fn build(manifest: Manifest, weights: Weights, device: &Device) -> Result<Model, FcnError> {
    let variants = check_variants(&manifest)?;
    let net = Net::load(&manifest, &variants, weights, device)?;
    Ok(Model {
        manifest,
        variants,
        net,
        device: device.clone(),
    })
}
