//! Depthwise convolutions on slices, a channel's rows at a time.
//!
//! A row's pixels are put apart by where they lie between two places of the kernel, so that a tap sees
//! neighbours in memory at any stride: with stride 2 all even ones, then all odd ones.

use std::ops::Range;

use crate::kernels::{Activation, Window};

/// A depthwise convolution's sizes.
#[derive(Debug, Clone, Copy)]
pub struct Layer {
    /// How the kernel goes over the map.
    pub window: Window,
    /// Rows and columns of the input.
    pub input: [usize; 2],
    /// Rows and columns of the result.
    pub output: [usize; 2],
    /// What follows.
    pub activation: Activation,
}

impl Layer {
    /// For an input of so many rows and columns.
    pub fn new(window: Window, input: [usize; 2], activation: Activation) -> Self {
        Self {
            window,
            input,
            output: input.map(|size| window.over(size)),
            activation,
        }
    }

    /// The rows of the input that some rows of the result see; those that are padding are left out.
    pub fn sees(self, rows: Range<usize>) -> Range<usize> {
        let Window {
            kernel,
            stride,
            padding: [before, _],
        } = self.window;
        let [height, _] = self.input;
        if rows.is_empty() {
            return 0..0;
        }
        let first = (rows.start * stride).saturating_sub(before);
        let end = (rows.end - 1) * stride + kernel;
        first.min(height)..end.saturating_sub(before).min(height)
    }

    /// Room for what some rows of the result see of a channel.
    pub fn padded(self, rows: Range<usize>) -> Padded {
        let Window { kernel, stride, .. } = self.window;
        let [_, width] = self.output;
        let part = width + (kernel - 1) / stride;
        let count = rows.len().saturating_sub(1) * stride + kernel;
        Padded {
            layer: self,
            values: vec![0.0; count * stride * part],
            part,
            rows,
        }
    }
}

/// The rows of a channel that some rows of the result see, with padding.
#[derive(Debug)]
pub struct Padded {
    layer: Layer,
    /// `[rows, stride, part]`; padding is 0 and stays so.
    values: Vec<f32>,
    /// Pixels of a row that lie alike between two places of the kernel.
    part: usize,
    /// Of the result.
    rows: Range<usize>,
}

impl Padded {
    /// Takes a channel's pixels, whole rows of which the first is row `first` of the map.
    pub fn read(&mut self, map: &[f32], first: usize) {
        let Window {
            stride,
            padding: [before, _],
            ..
        } = self.layer.window;
        let [_, columns] = self.layer.input;
        let sees = self.layer.sees(self.rows.clone());
        // Where row 0 of the map would lie among the padded rows, below or above the first.
        let top = self.rows.start * stride;
        let seen = sees.start.saturating_sub(first)..sees.end.saturating_sub(first);
        let map = map.get(seen.start * columns..seen.end * columns);
        let rows = map.unwrap_or(&[]).chunks_exact(columns.max(1));
        let places = self.values.chunks_exact_mut(stride * self.part);
        for (row, place) in rows.zip(places.skip(sees.start + before - top)) {
            for (phase, place) in place.chunks_exact_mut(self.part).enumerate() {
                // The padded column `phase + i · stride` is the map's column less `before`.
                let skip = before.saturating_sub(phase).div_ceil(stride);
                let begin = phase + skip * stride - before;
                let pixels = row.get(begin..).unwrap_or(&[]);
                let places = place.iter_mut().skip(skip);
                match stride {
                    1 => places
                        .zip(pixels)
                        .for_each(|(place, pixel)| *place = *pixel),
                    _ => places
                        .zip(pixels.iter().step_by(stride))
                        .for_each(|(place, pixel)| *place = *pixel),
                }
            }
        }
    }

    /// The rows of the result.
    ///
    /// # Shapes
    /// `kernel` `[k, k]`, `y` `[rows, width]`
    pub fn convolve(&self, kernel: &[f32], bias: f32, y: &mut [f32]) {
        let Window {
            kernel: side,
            stride,
            ..
        } = self.layer.window;
        let [_, width] = self.layer.output;
        let whole = stride * self.part;
        for (row, sums) in y.chunks_exact_mut(width.max(1)).enumerate() {
            sums.fill(bias);
            let lines = self.values.chunks_exact(whole).skip(row * stride);
            for (line, taps) in lines.zip(kernel.chunks_exact(side)) {
                for (column, tap) in taps.iter().enumerate() {
                    let begin = column % stride * self.part + column / stride;
                    let seen = line.get(begin..begin + width).unwrap_or(&[]);
                    for (sum, pixel) in sums.iter_mut().zip(seen) {
                        *sum += tap * pixel;
                    }
                }
            }
            activate(sums, self.layer.activation);
        }
    }
}

/// What follows a convolution; NaN stays.
pub fn activate(values: &mut [f32], activation: Activation) {
    // In this form each is one instruction in wasm.
    let relu = |x: f32| if x < 0.0 { 0.0 } else { x };
    match activation {
        Activation::None => {}
        Activation::Relu => values.iter_mut().for_each(|value| *value = relu(*value)),
        Activation::Relu6 => values.iter_mut().for_each(|value| {
            let x = relu(*value);
            *value = if x > 6.0 { 6.0 } else { x };
        }),
    }
}
