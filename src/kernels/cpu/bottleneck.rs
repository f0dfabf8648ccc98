//! Inverted bottlenecks on slices, a strip of rows at a time.
//!
//! ```text
//! x [in, rows] ── expand ─→ [wide / 16, strip, 16] ── depthwise ─→ [strip, wide] ── project ─→ y [out, strip]
//! ```
//!
//! The wide maps are several times as large as the map that goes in and the one that comes out. Of them
//! there is never more than a strip, which stays in the CPU's cache; it lies channel last, so that a pixel's
//! channels fill the SIMD registers however small the map is, the first in groups of channels, so that what a
//! kernel sees of a row lies together. The rows that two strips both see are kept from
//! one to the next. Where squeeze and excitation comes before `project`, its factors are of the whole map: then
//! all of the second wide map is kept.

use std::ops::Range;

use super::depthwise::{self, CHANNELS, Groups};
use super::pointwise::{self, Place, activated, expand, project};
use crate::kernels::Activation;

/// Floats of the wide maps' strips: what a CPU's second cache holds with the weights beside it.
const STRIP: usize = 1 << 16;

/// An inverted bottleneck's sizes.
#[derive(Debug, Clone, Copy)]
pub struct Layer {
    /// Channels of the input.
    pub inputs: usize,
    /// Channels between.
    pub wide: usize,
    /// Channels of the result.
    pub outputs: usize,
    /// The convolution in the middle.
    pub depthwise: depthwise::Layer,
    /// What follows the first two convolutions.
    pub activation: Activation,
    /// Whether the input is added to the result.
    pub adds: bool,
}

impl Layer {
    /// Its multiplications, with a 1×1 convolution at the beginning or without.
    pub fn work(self, expands: bool) -> usize {
        let area = |[rows, columns]: [usize; 2]| rows.saturating_mul(columns);
        let depthwise::Layer {
            window,
            input,
            output,
        } = self.depthwise;
        let before = if expands { self.inputs } else { 0 };
        let after = window.kernel * window.kernel + self.outputs;
        // In wasm's 32 bits a large photo is too much.
        let pixels = area(input).saturating_mul(before);
        let pixels = pixels.saturating_add(area(output).saturating_mul(after));
        self.wide.saturating_mul(pixels)
    }

    /// Groups of channels between.
    fn groups(self) -> usize {
        self.wide.div_ceil(CHANNELS)
    }

    /// Channels between, whole groups of them.
    pub fn padded(self) -> usize {
        self.groups() * CHANNELS
    }

    /// Rows of the result in a strip.
    fn strip(self) -> usize {
        let depthwise::Layer {
            window,
            input: [_, columns],
            output: [_, width],
        } = self.depthwise;
        let row = self.padded() * (window.stride * columns + width);
        (STRIP / row.max(1)).max(1)
    }
}

/// An inverted bottleneck's weights.
#[derive(Debug)]
pub struct Weights {
    expand: Option<pointwise::Weights>,
    depthwise: depthwise::Weights,
    project: pointwise::Weights,
}

impl Weights {
    /// Of weights and biases.
    pub fn new(
        layer: Layer,
        expand: Option<[&[f32]; 2]>,
        depthwise: [&[f32]; 2],
        project: [&[f32]; 2],
    ) -> Self {
        let inputs = layer.inputs;
        Self {
            expand: expand.map(|both| pointwise::Weights::new(both, inputs, inputs)),
            depthwise: depthwise::Weights::new(depthwise),
            project: pointwise::Weights::new(project, layer.wide, layer.padded()),
        }
    }
}

/// Some rows of a picture's result.
///
/// # Shapes
/// `x` `[inputs, rows, columns]`, `y` `[outputs, height, width]`
pub fn compute(layer: Layer, rows: Range<usize>, x: &[f32], weights: &Weights, y: &mut [f32]) {
    strips(layer, rows, x, weights, |strip, after| {
        project_rows(layer, strip.start, after, weights, (x, &mut *y));
    });
}

/// Some rows of the wide map behind the depthwise convolution, `[rows, width, channels]`, and the sum of each of
/// them, `[rows, channels]`; channels are whole groups.
pub fn widened(
    layer: Layer,
    rows: Range<usize>,
    x: &[f32],
    weights: &Weights,
) -> (Vec<f32>, Vec<f32>) {
    let (wide, [_, width]) = (layer.padded(), layer.depthwise.output);
    let mut all = Vec::with_capacity(rows.len() * width * wide);
    let mut sums = vec![0.0; rows.len() * wide];
    strips(layer, rows, x, weights, |_, after| {
        all.extend_from_slice(after)
    });
    let lines = all.chunks_exact((width * wide).max(1));
    for (line, sums) in lines.zip(sums.chunks_exact_mut(wide.max(1))) {
        for pixel in line.chunks_exact(wide.max(1)) {
            for (sum, value) in sums.iter_mut().zip(pixel) {
                *sum += value;
            }
        }
    }
    (all, sums)
}

/// Rows of the result from `first` on, of the wide map's.
///
/// # Shapes
/// `after` `[rows, width, channels]`, `x` `[inputs, rows, columns]`, `y` `[outputs, height, width]`
pub fn project_rows(
    layer: Layer,
    first: usize,
    after: &[f32],
    weights: &Weights,
    (x, y): (&[f32], &mut [f32]),
) {
    let [rows, width] = layer.depthwise.output;
    let to = Place {
        plane: rows * width,
        begin: first * width,
    };
    let around = layer.adds.then_some(x);
    project(&weights.project, after, (y, to), (around, Activation::None));
}

/// The wide map behind the depthwise convolution, a strip of rows after the other: `[rows, width, channels]`.
fn strips(
    layer: Layer,
    rows: Range<usize>,
    x: &[f32],
    weights: &Weights,
    mut then: impl FnMut(Range<usize>, &[f32]),
) {
    let middle = layer.depthwise;
    let ([height, columns], [_, width]) = (middle.input, middle.output);
    let strip = layer.strip();
    let all = rows.clone().step_by(strip);
    let strips = all.map(|first| first..rows.end.min(first + strip));
    // The wide map's rows that a strip sees, and the result of the convolution over them.
    let most = strips.clone().map(|strip| middle.sees(strip).len()).max();
    let before_plane = most.unwrap_or(0) * columns;
    let mut before = vec![[0.0; CHANNELS]; layer.groups() * before_plane];
    let mut after = Vec::new();
    let mut held = 0..0;
    for strip in strips {
        let sees = middle.sees(strip.clone());
        let kept = sees.start.max(held.start)..held.end.max(sees.start);
        if !kept.is_empty() {
            let from = (kept.start - held.start) * columns;
            for group in before.chunks_exact_mut(before_plane.max(1)) {
                group.copy_within(from..from + kept.len() * columns, 0);
            }
        }
        let missing = kept.len() * columns..sees.len() * columns;
        let from = Place {
            plane: height * columns,
            begin: kept.end * columns,
        };
        let places = Groups {
            values: &mut before[..],
            plane: before_plane,
        };
        match &weights.expand {
            Some(weights) => expand((weights, layer.activation), (x, from), places, missing),
            None => channels_last((x, from), places, missing),
        }
        held = sees;

        let seen = Groups {
            values: &before[..],
            plane: before_plane,
        };
        after.resize(strip.len() * width * layer.groups(), [0.0; CHANNELS]);
        depthwise::convolve(
            middle,
            strip.clone(),
            (&weights.depthwise, layer.activation),
            (seen, held.start),
            &mut after,
        );
        then(strip, after.as_flattened());
    }
}

/// The weights of squeeze and excitation's two layers: `[few, wide]`, `[wide, few]`.
#[derive(Debug, Clone, Copy)]
pub struct Gate<'a> {
    /// With a ReLU.
    pub squeeze: [&'a [f32]; 2],
    /// With a hard sigmoid.
    pub excite: [&'a [f32]; 2],
}

impl Gate<'_> {
    /// Multiplies each channel of the wide map by its factor.
    ///
    /// # Shapes
    /// `sums` `[rows, channels]`, of the whole map; `after` `[pixels, channels]`
    pub fn apply(self, layer: Layer, sums: &[f32], after: &mut [f32]) {
        let (wide, [rows, width]) = (layer.padded().max(1), layer.depthwise.output);
        let mut means = vec![0.0; wide];
        for row in sums.chunks_exact(wide) {
            for (mean, sum) in means.iter_mut().zip(row) {
                *mean += sum;
            }
        }
        let pixels = (rows * width) as f32;
        means.iter_mut().for_each(|mean| *mean /= pixels);
        means.truncate(layer.wide);
        let few = dense(self.squeeze, &means, Activation::Relu);
        let factors = dense(self.excite, &few, Activation::HardSigmoid);
        for pixel in after.chunks_exact_mut(wide) {
            for (value, factor) in pixel.iter_mut().zip(&factors) {
                *value *= factor;
            }
        }
    }
}

/// A fully connected layer.
fn dense([weight, bias]: [&[f32]; 2], x: &[f32], activation: Activation) -> Vec<f32> {
    let rows = weight.chunks_exact(x.len().max(1)).zip(bias);
    let sums = rows.map(|(row, bias)| {
        let products = row.iter().zip(x).map(|(weight, x)| weight * x);
        let [y] = activated([products.sum::<f32>() + bias], activation);
        y
    });
    sums.collect()
}

/// Pixels whose channels stay in the first cache while they are put side by side.
const PIXELS: usize = 32;

/// From channel first, `x` from `from` on, to channel last: places `pixels` of each group of `y`.
///
/// # Shapes
/// `x` `[c, plane]`, `y` `[c / 16, plane, 16]`
#[inline(never)]
fn channels_last(
    (x, from): (&[f32], Place),
    y: Groups<&mut [[f32; CHANNELS]]>,
    pixels: Range<usize>,
) {
    let (plane, begin) = (from.plane.max(1), from.begin);
    let groups = y.values.chunks_mut(y.plane.max(1));
    for (maps, group) in x.chunks(CHANNELS * plane).zip(groups) {
        let places = group.get_mut(pixels.clone()).unwrap_or(&mut []);
        for (at, places) in places.chunks_mut(PIXELS).enumerate() {
            for (channel, map) in maps.chunks_exact(plane).enumerate() {
                let seen = map.get(begin + at * PIXELS..).unwrap_or(&[]);
                for (place, number) in places.iter_mut().zip(seen) {
                    if let Some(place) = place.get_mut(channel) {
                        *place = *number;
                    }
                }
            }
        }
    }
}
