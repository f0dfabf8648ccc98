//! From a photo to scores: the one path that every front end takes.

use burn::tensor::Tensor;

use crate::FcnError;
use crate::image::{Photo, padded_size};
use crate::mask::Scores;
use crate::models::observer::{Observer, run_now};
use crate::models::{Model, Variant};
use crate::selfcheck::read;

/// Runs a photo through a model: one pass of the backbone, any number of heads.
///
/// Returns scores at the photo's working size, in the order of `variants`.
///
/// # Errors
/// [`FcnError::InvalidInput`] for an unfinished photo or a net that doesn't score every pixel, [`FcnError::NotFinite`] for scores that
/// aren't numbers, [`FcnError::Gpu`], or the observer's.
pub async fn scores<O: Observer>(
    model: &Model,
    photo: Photo,
    variants: &[Variant],
    observer: &mut O,
) -> Result<Vec<Scores>, FcnError> {
    if !model.net.is_dense() {
        return Err(FcnError::invalid(
            "a classifier scores windows, not pixels; ask for its heat map",
        ));
    }
    let (width, height) = photo.working_size();
    let (padded_width, padded_height) =
        padded_size(width, height, model.manifest.input.pad_multiple);
    model.reserve(variants, padded_width, padded_height);
    let input = photo.into_input(&model.manifest.input, &model.device)?; // [1, 3, h', w']
    let heads = model
        .net
        .forward_observed(input, variants, observer)
        .await?;
    let mut results = Vec::with_capacity(heads.len());
    for head in heads {
        results.push(read_scores(head, width, height).await?);
    }
    Ok(results)
}

/// [`scores`] where nothing has to be waited for, as on the CPU.
///
/// # Errors
/// As [`scores`].
pub fn scores_now<O: Observer>(
    model: &Model,
    photo: Photo,
    variants: &[Variant],
    observer: &mut O,
) -> Result<Vec<Scores>, FcnError> {
    run_now(scores(model, photo, variants, observer))
}

/// Crops the padding away and puts the channels last.
///
/// # Shapes
/// `head` `[1, c, h', w']` to scores `[height, width, c]`
async fn read_scores(head: Tensor<4>, width: usize, height: usize) -> Result<Scores, FcnError> {
    let [_, channels, _, _] = head.dims();
    let cropped = head.slice([0..1, 0..channels, 0..height, 0..width]);
    let last = cropped.permute([0, 2, 3, 1]); // [1, height, width, c]
    Scores::new(width, height, channels, read(last).await?)
}

/// Bytes of the largest buffer that a pass at this working size binds at once.
pub fn largest_buffer(model: &Model, width: usize, height: usize) -> u64 {
    let multiple = model.manifest.input.pad_multiple;
    let (width, height) = padded_size(width, height, multiple);
    model.net.largest_buffer(width, height)
}
