//! Convolutions of any stride and padding on slices: what each place sees side by side, a row of the result at a
//! time (im2col), then a product of matrices.

use std::ops::Range;

use super::pointwise::{Place, Weights, project};
use crate::kernels::{Activation, Window};

/// A convolution's sizes.
#[derive(Debug, Clone, Copy)]
pub struct Layer {
    /// Channels of the input.
    pub inputs: usize,
    /// How the kernel goes over the map.
    pub window: Window,
    /// Rows and columns of the input.
    pub input: [usize; 2],
    /// Rows and columns of the result.
    pub output: [usize; 2],
}

impl Layer {
    /// Numbers that a place sees.
    pub fn taps(self) -> usize {
        self.inputs * self.window.kernel * self.window.kernel
    }
}

/// Some rows of a picture's result.
///
/// # Shapes
/// `x` `[inputs, rows, columns]`, `weights` of [`Layer::taps`] inputs, `y` `[outputs, height, width]`
pub fn compute(
    layer: Layer,
    rows: Range<usize>,
    x: &[f32],
    (weights, activation): (&Weights, Activation),
    y: &mut [f32],
) {
    let [height, width] = layer.output;
    let mut seen = vec![0.0; width * layer.taps()];
    for row in rows {
        gather(layer, row, x, &mut seen);
        let to = Place {
            plane: height * width,
            begin: row * width,
        };
        project(weights, &seen, (y, to), (None, activation));
    }
}

/// What a row of the result sees: `[width, inputs, k, k]`.
#[inline(never)]
fn gather(layer: Layer, row: usize, x: &[f32], seen: &mut [f32]) {
    let Window {
        kernel,
        stride,
        padding: [before, _],
        dilation,
    } = layer.window;
    let [height, columns] = layer.input;
    let taps = layer.taps().max(1);
    let planes = x.chunks_exact((height * columns).max(1));
    for (channel, plane) in planes.enumerate() {
        for down in 0..kernel {
            let line = (row * stride + down * dilation).checked_sub(before);
            let line = line.and_then(|line| plane.chunks_exact(columns.max(1)).nth(line));
            let at = (channel * kernel + down) * kernel;
            for (column, place) in seen.chunks_exact_mut(taps).enumerate() {
                let place = place.get_mut(at..at + kernel).unwrap_or(&mut []);
                let first = column * stride;
                // Where all of it lies on the map, as it does but at the sides.
                let whole = first.checked_sub(before).filter(|_| dilation == 1);
                let whole = whole.and_then(|first| line?.get(first..first + kernel));
                if let Some(whole) = whole {
                    for (place, number) in place.iter_mut().zip(whole) {
                        *place = *number;
                    }
                    continue;
                }
                for (across, place) in place.iter_mut().enumerate() {
                    let at = (first + across * dilation).checked_sub(before);
                    let number = at.and_then(|at| line?.get(at));
                    *place = number.copied().unwrap_or(0.0);
                }
            }
        }
    }
}
