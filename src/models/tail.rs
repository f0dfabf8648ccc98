//! The tail of a net: what lies between its score maps and a pixel's scores.
//!
//! From `score_fr`, `score_pool4` and `score_pool3` on there are only transposed convolutions (in
//! torchvision's nets: bilinear resizing), sums and crops (Long, Shelhamer & Darrell, CVPR 2015). So the tail is linear:
//! it can be run again with the skips scaled, and a pixel's score is exactly a sum over cells of the score
//! maps, each times a weight that is the transpose of the tail applied to a one at that pixel.
//! [`Tail::run`] is the pass's own arithmetic; [`Tail::impulse`] is the transpose, in f64.

use std::collections::BTreeMap;

use burn::nn::conv::{Conv2d, ConvTranspose2d};
use burn::tensor::Tensor;

use super::layers::{conv_any, resize, upsample};
use crate::FcnError;
use crate::device::read;
use crate::kernels::Activation;
use crate::upsample::conv_transpose_size;

/// A convolution of the net, with what is done to its input and its sums.
#[derive(Debug)]
pub struct Convolution<'a> {
    /// The layer.
    pub layer: &'a Conv2d,
    /// What its input is multiplied by first; 1 but for the at-once FCN-8s.
    pub scale: f32,
    /// What its sums go through.
    pub activation: Activation,
}

impl<'a> Convolution<'a> {
    /// Of a layer without more.
    pub(super) fn plain(layer: &'a Conv2d) -> Self {
        Self {
            layer,
            scale: 1.0,
            activation: Activation::None,
        }
    }

    /// Of a layer with its ReLU.
    pub(super) fn relu(layer: &'a Conv2d) -> Self {
        Self {
            activation: Activation::Relu,
            ..Self::plain(layer)
        }
    }

    /// What it makes of a map; of a 1×1 convolution, or another that keeps the size.
    ///
    /// # Shapes
    /// `[1, in, h, w]` to `[1, out, h, w]`
    pub fn run(&self, x: Tensor<4>) -> Tensor<4> {
        let x = match self.scale {
            1.0 => x,
            scale => x * scale,
        };
        conv_any(self.layer, x, self.activation)
    }
}

/// A head's tail.
#[derive(Debug)]
pub struct Tail<'a> {
    /// The stage of the coarsest scores.
    pub scores: &'static str,
    /// What is done with them, in order; none for a classifier, whose scores are of windows.
    pub steps: Vec<Step<'a>>,
}

/// A step of a tail: the map is enlarged, then a skip is added.
#[derive(Debug)]
pub struct Step<'a> {
    /// The stage of the enlarged map.
    pub stage: &'static str,
    /// How it is enlarged.
    pub enlarge: Enlarge<'a>,
    /// The scores of a finer map.
    pub skip: Option<Skipped>,
}

/// How a map is enlarged.
#[derive(Debug, Clone, Copy)]
pub enum Enlarge<'a> {
    /// By a transposed convolution without bias.
    Transposed(&'a ConvTranspose2d),
    /// By one, and what is before that row and column is cropped away, as is what lies beyond the photo.
    Cropped(&'a ConvTranspose2d, usize),
    /// To the size of the skip that is added, or of the input where there is none; bilinearly, PyTorch's
    /// `align_corners=False`.
    Resized,
}

/// The scores of a finer map that are added.
#[derive(Debug, Clone, Copy)]
pub struct Skipped {
    /// Their stage.
    pub stage: &'static str,
    /// The pool that they are of.
    pub pool: &'static str,
    /// The row and column at which they begin to be used.
    pub crop: usize,
    /// The stage of the sum.
    pub sum: &'static str,
}

/// A cell of a score map: row, column.
pub type Cell = [usize; 2];

/// For each cell, what a score of each class in it counts for one score of one pixel.
pub type Weights = BTreeMap<Cell, Vec<f64>>;

impl Tail<'_> {
    /// The stages of the score maps, coarse to fine.
    pub fn stages(&self) -> Vec<&'static str> {
        let skips = self.steps.iter().filter_map(|step| step.skip);
        let skips = skips.map(|skip| skip.stage);
        std::iter::once(self.scores).chain(skips).collect()
    }

    /// The stage of the scores that it ends with.
    pub fn end(&self) -> &'static str {
        let ends = |step: &Step| step.skip.map_or(step.stage, |skip| skip.sum);
        self.steps.last().map_or(self.scores, ends)
    }

    /// The scores of every pixel, with each skip multiplied by its gain; gains of 1 give the pass's own
    /// scores, bit for bit.
    ///
    /// # Shapes
    /// - `maps` those of [`stages`](Self::stages), `[1, classes, …]`; `gains` one for each but the first
    /// - `size` rows and columns of the input, which the result `[1, classes, h, w]` has
    ///
    /// The result is the last of the maps, each of which is named as its stage; a scaled skip is not the
    /// stage's map, but what is added.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another number of maps or gains.
    pub fn run(
        &self,
        maps: Vec<Tensor<4>>,
        gains: &[f32],
        size: [usize; 2],
    ) -> Result<Vec<(&'static str, Tensor<4>)>, FcnError> {
        let mut maps = maps.into_iter();
        let mut gains = gains.iter();
        let lacking = || FcnError::invalid("a tail without one of its maps or gains");
        let mut x = maps.next().ok_or_else(lacking)?;
        let mut seen = vec![(self.scores, x.clone())];
        for step in &self.steps {
            let skip = match step.skip {
                Some(skip) => Some((skip, maps.next().zip(gains.next()).ok_or_else(lacking)?)),
                None => None,
            };
            x = match (step.enlarge, &skip) {
                (Enlarge::Transposed(layer), _) => upsample(layer, x),
                (Enlarge::Cropped(layer, offset), _) => crop(upsample(layer, x), offset, size),
                (Enlarge::Resized, Some((_, (map, _)))) => {
                    let [_, _, rows, columns] = map.dims();
                    resize(x, [rows, columns])
                }
                (Enlarge::Resized, None) => resize(x, size),
            };
            if let Some((skip, (map, gain))) = skip {
                let [_, _, rows, columns] = x.dims();
                let map = crop(map, skip.crop, [rows, columns]);
                let map = match *gain {
                    1.0 => map,
                    gain => map * gain,
                };
                seen.extend([(step.stage, x.clone()), (skip.stage, map.clone())]);
                x = x + map;
                seen.push((skip.sum, x.clone()));
            } else {
                seen.push((step.stage, x.clone()));
            }
        }
        Ok(seen)
    }

    /// What each cell of each score map counts for a pixel's score of a class.
    ///
    /// # Shapes
    /// - `maps` rows and columns of each of [`stages`](Self::stages), `size` those of the input
    /// - `pixel` row and column of the input
    /// - one of the result for each of [`stages`](Self::stages), in that order
    ///
    /// # Errors
    /// [`FcnError::Gpu`].
    pub async fn impulse(
        &self,
        maps: &[[usize; 2]],
        size: [usize; 2],
        classes: usize,
        (class, pixel): (usize, Cell),
    ) -> Result<Vec<Weights>, FcnError> {
        // The size that each step begins with.
        let mut maps = maps.iter().copied();
        let mut before = maps.next().unwrap_or(size);
        let mut sizes = vec![before];
        for step in &self.steps {
            let skip = step.skip.and_then(|_| maps.next());
            before = match step.enlarge {
                Enlarge::Transposed(layer) => before.map(|side| enlarged(side, layer)),
                Enlarge::Cropped(..) => size,
                Enlarge::Resized => skip.unwrap_or(size),
            };
            sizes.push(before);
        }
        let one = |id| if id == class { 1.0 } else { 0.0 };
        let mut now = Weights::from([(pixel, (0..classes).map(one).collect())]);
        let mut found = Vec::new();
        let after = sizes.iter().skip(1);
        let steps = self.steps.iter().zip(sizes.iter().zip(after));
        for (step, (before, after)) in steps.rev() {
            if let Some(skip) = step.skip {
                let moved = now.iter();
                let moved = moved.map(|(cell, of)| (cell.map(|at| at + skip.crop), of.clone()));
                found.push(moved.collect());
            }
            now = match step.enlarge {
                Enlarge::Transposed(layer) => transposed(layer, &now, *before, 0).await?,
                Enlarge::Cropped(layer, offset) => transposed(layer, &now, *before, offset).await?,
                Enlarge::Resized => resized(&now, *before, *after),
            };
        }
        found.push(now);
        found.reverse();
        Ok(found)
    }
}

/// From `offset` on, as much as is asked for; nothing happens where that is all.
fn crop(x: Tensor<4>, offset: usize, [h, w]: [usize; 2]) -> Tensor<4> {
    let [n, channels, rows, columns] = x.dims();
    if offset == 0 && [rows, columns] == [h, w] {
        return x;
    }
    x.slice([0..n, 0..channels, offset..offset + h, offset..offset + w])
}

fn enlarged(side: usize, layer: &ConvTranspose2d) -> usize {
    let ([kernel, _], [stride, _], [padding, _]) = (layer.kernel_size, layer.stride, layer.padding);
    conv_transpose_size(side, kernel, stride, padding, 0, 1).unwrap_or(0)
}

/// Adds to a cell's weights.
fn add(to: &mut Weights, cell: Cell, weights: impl IntoIterator<Item = (usize, f64)>, many: usize) {
    let sums = to.entry(cell).or_insert_with(|| vec![0.0; many]);
    for (class, weight) in weights {
        if let Some(sum) = sums.get_mut(class) {
            *sum += weight;
        }
    }
}

/// The transpose of a transposed convolution, cropped by `offset`: a convolution.
async fn transposed(
    layer: &ConvTranspose2d,
    after: &Weights,
    [rows, columns]: [usize; 2],
    offset: usize,
) -> Result<Weights, FcnError> {
    let kernel = layer.weight.val(); // [in, out / groups, k, k]
    let [inputs, outputs, side, _] = kernel.dims();
    let kernel = read(kernel).await?;
    let ([stride, _], [padding, _]) = (layer.stride, layer.padding);
    let mut before = Weights::new();
    for (&[row, column], weights) in after {
        for (i, down) in taps(row + offset + padding, stride, side, rows) {
            for (j, across) in taps(column + offset + padding, stride, side, columns) {
                let tap = |from: usize, to: usize| {
                    let at = ((from * outputs + to) * side + down) * side + across;
                    f64::from(kernel.get(at).copied().unwrap_or(0.0))
                };
                let sums = (0..inputs).map(|from| {
                    let sum = match layer.groups {
                        1 => (weights.iter().enumerate())
                            .map(|(to, weight)| weight * tap(from, to))
                            .sum(),
                        _ => weights
                            .get(from)
                            .map_or(0.0, |weight| weight * tap(from, 0)),
                    };
                    (from, sum)
                });
                add(&mut before, [i, j], sums, inputs);
            }
        }
    }
    Ok(before)
}

/// The cells whose stamps reach a position, each with the tap of the kernel that does; `position` counts
/// from the first stamp's first tap.
pub(crate) fn taps(
    position: usize,
    stride: usize,
    kernel: usize,
    cells: usize,
) -> impl Iterator<Item = (usize, usize)> {
    let first = (position + 1).saturating_sub(kernel).div_ceil(stride);
    let last = (position / stride + 1).min(cells);
    (first..last).map(move |cell| (cell, position - cell * stride))
}

/// The transpose of bilinear resizing.
fn resized(after: &Weights, before: [usize; 2], size: [usize; 2]) -> Weights {
    let mut weights = Weights::new();
    let ([rows, columns], [height, width]) = (before, size);
    for (&[row, column], of) in after {
        for (i, down) in neighbours(row, rows, height) {
            for (j, across) in neighbours(column, columns, width) {
                let share = of.iter().map(|weight| weight * down * across).enumerate();
                add(&mut weights, [i, j], share, of.len());
            }
        }
    }
    weights
}

/// The two cells that a position lies between, each with its weight.
pub(crate) fn neighbours(position: usize, cells: usize, size: usize) -> [(usize, f64); 2] {
    let at = (position as f64 + 0.5) * cells as f64 / size as f64 - 0.5;
    let at = at.clamp(0.0, cells.saturating_sub(1) as f64);
    let low = at as usize;
    let high = (low + 1).min(cells.saturating_sub(1));
    let part = at - low as f64;
    [(low, 1.0 - part), (high, part)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_that_reach_a_position_are_found_by_trying_all() {
        for (stride, kernel, cells) in [(2, 4, 5), (3, 2, 4), (8, 16, 3), (1, 3, 6)] {
            for position in 0_usize..stride * cells + kernel + 3 {
                let all = (0..cells).filter_map(|cell: usize| {
                    let tap = position.checked_sub(cell * stride)?;
                    (tap < kernel).then_some((cell, tap))
                });
                let found: Vec<_> = taps(position, stride, kernel, cells).collect();
                assert_eq!(
                    found,
                    all.collect::<Vec<_>>(),
                    "{stride} {kernel} {position}"
                );
            }
        }
    }
}
