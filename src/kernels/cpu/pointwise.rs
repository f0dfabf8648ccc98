//! 1×1 convolutions on slices: a product of matrices, eight pixels of four outputs at a time.

use super::depthwise::activate;
use super::sizes::{OUTPUTS, TILES};
use super::winograd::sums;
use crate::kernels::Activation;

/// Pixels at a time.
const PIXELS: usize = TILES;

/// Weights as the product reads them.
#[derive(Debug)]
pub struct Weights<'a> {
    /// `[outputs / 4, inputs, 4]`; outputs beyond the last are 0.
    fours: Vec<[f32; OUTPUTS]>,
    bias: &'a [f32],
    inputs: usize,
}

impl<'a> Weights<'a> {
    /// # Shapes
    /// `weight` `[outputs, inputs]`, `bias` `[outputs]`
    pub fn new(weight: &[f32], bias: &'a [f32], inputs: usize) -> Self {
        let mut fours = Vec::with_capacity(bias.len().div_ceil(OUTPUTS) * inputs);
        for rows in weight.chunks(OUTPUTS * inputs.max(1)) {
            let from = fours.len();
            fours.resize(from + inputs, [0.0; OUTPUTS]);
            let (_, places) = fours.split_at_mut(from);
            for (output, row) in rows.chunks_exact(inputs.max(1)).enumerate() {
                for (place, value) in places.iter_mut().zip(row) {
                    if let Some(place) = place.get_mut(output) {
                        *place = *value;
                    }
                }
            }
        }
        Self {
            fours,
            bias,
            inputs,
        }
    }
}

/// Some pixels of a map: `count` from `begin` on in each channel, `plane` numbers after those of the
/// channel before.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Numbers from one channel to the next.
    pub plane: usize,
    /// The first pixel.
    pub begin: usize,
}

/// `to` becomes what the weights make of as many pixels `from` x.
pub fn conv1x1(
    weights: &Weights,
    count: usize,
    (x, from): (&[f32], Place),
    (y, to): (&mut [f32], Place),
    activation: Activation,
) {
    let mut column = Vec::with_capacity(weights.inputs);
    for first in (0..count).step_by(PIXELS) {
        let pixels = PIXELS.min(count - first);
        column.clear();
        let begin = from.begin + first;
        let maps = x.chunks(from.plane.max(1)).take(weights.inputs);
        column.extend(maps.map(|map| {
            let seen = map.get(begin..begin + pixels).unwrap_or(&[]);
            seen.first_chunk().copied().unwrap_or_else(|| {
                let mut padded = [0.0; PIXELS];
                for (place, pixel) in padded.iter_mut().zip(seen) {
                    *place = *pixel;
                }
                padded
            })
        }));
        let mut maps = y.chunks_mut(to.plane.max(1)).zip(weights.bias);
        let begin = to.begin + first;
        for four in weights.fours.chunks_exact(weights.inputs.max(1)) {
            for (mut sums, (map, bias)) in sums(four, &column).into_iter().zip(maps.by_ref()) {
                sums.iter_mut().for_each(|sum| *sum += bias);
                activate(&mut sums, activation);
                if let Some(place) = map.get_mut(begin..begin + pixels) {
                    for (place, sum) in place.iter_mut().zip(sums) {
                        *place = sum;
                    }
                }
            }
        }
    }
}
