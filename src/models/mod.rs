//! The nets, and the registry of architectures by the names that manifests use.
//!
//! A new architecture is a file here, an arm in [`load`] and a fixture in `tests/reference`.

pub mod fcn;
mod layers;
pub mod observer;
pub mod vgg16;

use burn::tensor::Device;

use crate::FcnError;
use crate::manifest::Manifest;
use crate::weights::{Weights, check_file};
use fcn::{Fcn, FcnConfig, Variant};

/// The architectures that this build can run.
pub const ARCHITECTURES: [&str; 1] = ["fcn-vgg16"];

/// A net on its device, with what its manifest says of it.
#[derive(Debug)]
pub struct Model {
    /// The manifest it was loaded from.
    pub manifest: Manifest,
    /// The architecture's settings.
    pub config: FcnConfig,
    /// The net.
    pub net: Fcn,
    /// Where it lives.
    pub device: Device,
}

impl Model {
    /// The head of that name, if the manifest lists it.
    ///
    /// # Errors
    /// [`FcnError::UnknownVariant`].
    pub fn variant(&self, name: &str) -> Result<Variant, FcnError> {
        let known = &self.manifest.config.variants;
        if known.iter().any(|listed| listed == name) {
            return Variant::from_name(name);
        }
        Err(FcnError::UnknownVariant {
            name: name.to_string(),
            known: known.clone(),
        })
    }
}

/// Builds the net that a manifest describes and fills it from a weights file.
///
/// # Errors
/// [`FcnError::UnknownArchitecture`], [`FcnError::UnknownVariant`] for a listed head that the
/// architecture hasn't got, and everything that can be wrong with the file.
pub fn load(manifest: Manifest, bytes: &[u8], device: &Device) -> Result<Model, FcnError> {
    match manifest.architecture.as_str() {
        "fcn-vgg16" => load_fcn(manifest, bytes, device),
        other => Err(FcnError::UnknownArchitecture {
            name: other.to_string(),
            known: ARCHITECTURES.map(str::to_string).to_vec(),
        }),
    }
}

fn load_fcn(manifest: Manifest, bytes: &[u8], device: &Device) -> Result<Model, FcnError> {
    let variants = manifest.config.variants.iter();
    let variants = variants
        .map(|name| Variant::from_name(name))
        .collect::<Result<_, _>>()?;
    for file in &manifest.files {
        check_file(bytes, file.bytes, &file.sha256)?;
    }
    let settings = &manifest.config;
    let config = FcnConfig::new(settings.classes)
        .with_width(settings.width)
        .with_fc6_kernel(settings.fc6_kernel)
        .with_fc_channels(settings.fc_channels)
        .with_variants(variants)
        .with_per_class_upsampling(settings.per_class_upsampling);
    let net = config.load(Weights::parse(bytes)?, device)?;
    Ok(Model {
        manifest,
        config,
        net,
        device: device.clone(),
    })
}
