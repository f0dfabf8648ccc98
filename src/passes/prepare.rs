//! From a photo to a net's input: what every pass begins with.

use burn::tensor::Tensor;

use crate::FcnError;
use crate::image::{Photo, padded_size};
use crate::manifest::InputSettings;
use crate::models::{Model, Variant};

/// Reserves the device's memory for a pass with these heads, and turns the photo into its input.
///
/// # Shapes
/// `[1, 3, h, w]`: the photo's working size rounded up to the manifest's `pad_multiple`.
///
/// # Errors
/// [`FcnError::InvalidInput`] for an unfinished photo.
pub fn prepare(model: &Model, photo: Photo, variants: &[Variant]) -> Result<Tensor<4>, FcnError> {
    prepare_as(model, photo, variants, &model.manifest.input)
}

/// [`prepare`] without padding, for windows that must lie within the photo.
///
/// # Errors
/// As there.
pub fn prepare_unpadded(
    model: &Model,
    photo: Photo,
    variants: &[Variant],
) -> Result<Tensor<4>, FcnError> {
    let settings = InputSettings {
        pad_multiple: 1,
        ..model.manifest.input.clone()
    };
    prepare_as(model, photo, variants, &settings)
}

fn prepare_as(
    model: &Model,
    photo: Photo,
    variants: &[Variant],
    settings: &InputSettings,
) -> Result<Tensor<4>, FcnError> {
    let (width, height) = photo.working_size();
    let (width, height) = padded_size(width, height, settings.pad_multiple);
    model.reserve(variants, width, height);
    photo.into_input(settings, &model.device) // [1, 3, h, w]
}
