//! From a label to a heat map: what a classifier says of each 224×224 window of a photo.
//!
//! Long, Shelhamer & Darrell (CVPR 2015), section 3.1 and figure 2. A photo of 224×224 pixels has one
//! window, and its scores are the classifier's own. On a larger photo, cell (row, column) belongs to the
//! window that begins at (32·row, 32·column). It differs a little from the classifier's scores of that
//! crop: around a crop the convolutions see zeros, here they see the photo, up to 90 pixels beyond the
//! window (the receptive field of fc6 is 404 pixels wide).

use super::prepare::prepare;
use crate::FcnError;
use crate::device::read;
use crate::image::{self, Photo};
use crate::models::observer::{Observer, Recorder};
use crate::models::{Model, Variant, vgg_classifier};

/// Side of a window, in pixels.
pub const WINDOW: usize = vgg_classifier::LEAST_SIDE;
/// From one window to the next, in pixels.
pub const STRIDE: usize = vgg_classifier::STRIDE;

/// Scores of a photo's windows.
#[derive(Debug, Clone, PartialEq)]
pub struct Heatmap {
    /// Cells: columns.
    pub width: usize,
    /// Cells: rows.
    pub height: usize,
    /// Scores of a cell.
    pub classes: usize,
    /// `[height, width, classes]`, before any softmax.
    pub scores: Vec<f32>,
    /// `[classes]`: the window's scores by the fully connected layers, where there is only one window.
    pub linear: Option<Vec<f32>>,
}

/// The size to work at: scaled to a long side of at most `long_side` pixels in the photo's aspect, and
/// stretched to 224 pixels along a side that would be shorter. With a `long_side` of up to 224 that is
/// 224×224 for any photo: the whole of it, squeezed, not cropped.
pub fn working_size(width: usize, height: usize, long_side: usize) -> (usize, usize) {
    let (width, height) = image::working_size(width, height, long_side);
    (width.max(WINDOW), height.max(WINDOW))
}

/// The windows of a photo worked on at [`working_size`]. All of them lie within the photo: nothing is
/// padded, so up to 31 pixels at the right and at the bottom belong to no window.
///
/// # Shapes
/// A photo of w×h pixels has `[h/32 − 6, w/32 − 6]` windows, rounded down.
///
/// # Errors
/// [`FcnError::InvalidInput`] for a net that is no classifier, an unfinished photo or one of less than
/// 224×224 pixels; [`FcnError::NotFinite`], [`FcnError::Gpu`], or the observer's.
pub async fn heatmap(
    model: &Model,
    photo: Photo,
    observer: &mut dyn Observer,
) -> Result<Heatmap, FcnError> {
    let net = &model.net;
    if net.is_dense() {
        return Err(FcnError::invalid(
            "only a classifier gives a label to a window; this net scores every pixel",
        ));
    }
    let input = prepare(model, photo, &[Variant::Score])?; // [1, 3, h, w]
    let wanted = ["pool5".to_string()];
    let mut recorder = Recorder {
        inner: observer,
        wanted: &wanted,
        kept: Vec::new(),
    };
    let heads = net.forward_observed(input, &[Variant::Score], &mut recorder);
    let head = heads.await?.into_iter().next();
    let head = head.ok_or_else(|| FcnError::invalid("a pass without a head"))?;
    let [_, classes, height, width] = head.dims();
    let scores = finite(read(head.permute([0, 2, 3, 1])).await?)?; // [1, height, width, classes]
    let pool5 = recorder.kept.into_iter().next();
    let linear = match pool5 {
        Some((_, pool5)) if width == 1 && height == 1 => {
            Some(finite(read(net.layers.linear_head(pool5)?).await?)?)
        }
        _ => None,
    };
    Ok(Heatmap {
        width,
        height,
        classes,
        scores,
        linear,
    })
}

/// Scores that aren't numbers would look like a result.
fn finite(scores: Vec<f32>) -> Result<Vec<f32>, FcnError> {
    if scores.iter().all(|score| score.is_finite()) {
        return Ok(scores);
    }
    Err(FcnError::NotFinite {
        name: "score".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_always_fits_the_working_size() {
        assert_eq!(working_size(640, 427, 512), (512, 342));
        // Up to 224 the whole photo is squeezed into the one window.
        for size in [(640, 427), (427, 640), (4000, 30), (1, 1), (224, 224)] {
            assert_eq!(working_size(size.0, size.1, 224), (224, 224));
        }
        assert_eq!(working_size(640, 427, 320), (320, 224));
        assert_eq!(working_size(100, 50, 512), (224, 224));
        assert_eq!(working_size(4000, 30, 1024), (1024, 224));
    }
}
