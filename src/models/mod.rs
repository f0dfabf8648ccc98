//! The nets. `registry.rs` lists the architectures, one row each: a new one is a file here, its row, and
//! a fixture in `tests/reference`.

pub mod deeplabv3;
pub mod deeplabv3_mobilenet;
pub mod dropout;
pub mod efficientnet_lite;
pub mod fc6;
pub mod fcn;
pub mod fcn_efficientnet_lite;
pub mod fcn_reference;
pub mod fcn_resnet;
mod fresh;
mod layers;
pub mod lraspp_mobilenet;
pub mod mobilenet_v3;
mod net;
pub mod observer;
pub mod receptive;
pub mod registry;
pub mod resnet;
pub mod shapes;
pub mod tail;
pub mod variant;
pub mod vgg;
pub mod vgg_classifier;

use burn::tensor::Device;

use crate::manifest::Manifest;
use crate::weights::{Weights, check_file};
use crate::{FcnError, kernels};
pub use net::{Blueprint, Net};
pub use registry::{Layers, recognise, recognise_as};
pub use variant::Variant;

/// A net on its device, with what its manifest says of it.
#[derive(Debug)]
pub struct Model {
    /// The manifest it was loaded from.
    pub manifest: Manifest,
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
        Variant::among(&self.net.variants, name)
    }

    /// What a photo's sides are padded to a multiple of.
    pub fn pad_multiple(&self) -> usize {
        self.net.pad_multiple(&self.manifest.input)
    }

    /// Prepares the device's memory for a pass with these heads over an input of `width`×`height`
    /// pixels. A pass without it needs more of it, and gets the same.
    pub fn reserve(&self, variants: &[Variant], width: usize, height: usize) {
        // What the net can't take, the pass will say.
        let maps = self.net.largest_maps(variants, width, height);
        kernels::reserve(&self.device, self.net.weight_bytes(), maps);
    }
}

/// Builds the net that a manifest describes and fills it from a weights file.
///
/// # Errors
/// As [`Blueprint::read`], and everything that can be wrong with the file.
pub fn load(manifest: Manifest, bytes: &[u8], device: &Device) -> Result<Model, FcnError> {
    // What can be told without the weights comes first.
    let blueprint = Blueprint::read(&manifest)?;
    let [file] = manifest.files.as_slice() else {
        let error = FcnError::manifest("\"files\" must list one weights file");
        return Err(error.told("manifest.files", []));
    };
    check_file(bytes, file.bytes, &file.sha256)?;
    fill(manifest, blueprint, Weights::parse(bytes)?, device)
}

/// [`load`] from weights that are read where they lie, one tensor at a time, and of which a manifest
/// was made ([`crate::weights::Recognised::manifest`]).
///
/// # Errors
/// As [`load`], but for the file's length and checksum.
pub fn build(manifest: Manifest, weights: Weights, device: &Device) -> Result<Model, FcnError> {
    let blueprint = Blueprint::read(&manifest)?;
    fill(manifest, blueprint, weights, device)
}

fn fill(
    manifest: Manifest,
    blueprint: Blueprint,
    weights: Weights,
    device: &Device,
) -> Result<Model, FcnError> {
    let weights = match manifest.config.is_one_output {
        true => weights.with_background(),
        false => weights,
    };
    Ok(Model {
        manifest,
        net: blueprint.load(weights, device)?,
        device: device.clone(),
    })
}
