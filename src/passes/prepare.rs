//! From a photo to a net's input: what every pass begins with.

use burn::tensor::Tensor;

use crate::FcnError;
use crate::image::{Photo, padded_size};
use crate::manifest::InputSettings;
use crate::models::{Model, Variant};

/// Reserves the device's memory for a pass with these heads, and turns the photo into its input.
///
/// # Shapes
/// `[1, 3, h, w]`: the photo's working size rounded up to [`Model::pad_multiple`].
///
/// # Errors
/// [`FcnError::InvalidInput`] for an unfinished photo.
pub fn prepare(model: &Model, photo: Photo, variants: &[Variant]) -> Result<Tensor<4>, FcnError> {
    let pad_multiple = model.pad_multiple();
    let settings = InputSettings {
        pad_multiple,
        ..model.manifest.input.clone()
    };
    let (width, height) = photo.working_size();
    let (width, height) = padded_size(width, height, pad_multiple);
    model.reserve(variants, width, height);
    photo.into_input(&settings, &model.device) // [1, 3, h, w]
}
