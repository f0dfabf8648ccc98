//! Inverted bottlenecks on slices, a strip of rows at a time.
//!
//! ```text
//! x [in, rows] ── expand ─→ [wide, strip] ── depthwise ─→ [wide, strip] ── project ─→ y [out, strip]
//! ```
//!
//! The wide maps are several times as large as the map that goes in and the one that comes out. Of them
//! there is never more than a strip, which stays in the CPU's cache. The rows that two strips both see are
//! kept from one to the next.

use std::ops::Range;

use super::depthwise;
use super::pointwise::{self, Place, conv1x1};
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
    /// Whether the input is added to the result.
    pub adds: bool,
}

impl Layer {
    /// Its multiplications.
    pub fn work(self) -> usize {
        let area = |[rows, columns]: [usize; 2]| rows * columns;
        let depthwise::Layer {
            window,
            input,
            output,
            ..
        } = self.depthwise;
        let after = window.kernel * window.kernel + self.outputs;
        self.wide * (area(input) * self.inputs + area(output) * after)
    }

    /// Rows of the result in a strip.
    fn strip(self) -> usize {
        let depthwise::Layer {
            window,
            input: [_, columns],
            output: [_, width],
            ..
        } = self.depthwise;
        let row = self.wide * (window.stride * columns + width);
        (STRIP / row.max(1)).max(1)
    }
}

/// An inverted bottleneck's weights.
#[derive(Debug)]
pub struct Weights<'a> {
    expand: Option<pointwise::Weights<'a>>,
    depthwise: [&'a [f32]; 2],
    project: pointwise::Weights<'a>,
}

impl<'a> Weights<'a> {
    /// Of weights and biases.
    pub fn new(
        layer: Layer,
        expand: Option<[&'a [f32]; 2]>,
        depthwise: [&'a [f32]; 2],
        [weight, bias]: [&'a [f32]; 2],
    ) -> Self {
        let of = |[weight, bias]: [&[f32]; 2]| (weight.len(), bias.len());
        debug_assert_eq!(of(depthwise).1, layer.wide);
        Self {
            expand: expand
                .map(|[weight, bias]| pointwise::Weights::new(weight, bias, layer.inputs)),
            depthwise,
            project: pointwise::Weights::new(weight, bias, layer.wide),
        }
    }
}

/// The wide map's rows that a strip sees.
struct Wide {
    values: Vec<f32>,
    /// Numbers from one channel to the next.
    plane: usize,
    rows: Range<usize>,
}

impl Wide {
    /// Goes on to other rows, of `columns` each, and keeps those that it has already. Returns the
    /// rows that are missing.
    fn move_to(&mut self, rows: Range<usize>, columns: usize) -> Range<usize> {
        let kept = rows.start.max(self.rows.start)..self.rows.end.max(rows.start);
        if !kept.is_empty() {
            let from = (kept.start - self.rows.start) * columns;
            for plane in self.values.chunks_exact_mut(self.plane.max(1)) {
                plane.copy_within(from..from + kept.len() * columns, 0);
            }
        }
        let missing = kept.end.min(rows.end)..rows.end;
        self.rows = rows;
        missing
    }
}

/// Some rows of a picture's result.
///
/// # Shapes
/// `x` `[inputs, rows, columns]`, `y` `[outputs, height, width]`
pub fn compute(layer: Layer, rows: Range<usize>, x: &[f32], weights: &Weights, y: &mut [f32]) {
    let middle = layer.depthwise;
    let ([input_rows, columns], [height, width]) = (middle.input, middle.output);
    let strip = layer.strip().min(rows.len());
    let most = middle.window.stride * strip + middle.window.kernel;
    let mut wide = Wide {
        values: Vec::new(),
        plane: most.min(input_rows) * columns,
        rows: 0..0,
    };
    if weights.expand.is_some() {
        wide.values.resize(layer.wide * wide.plane, 0.0);
    }
    let mut between = vec![0.0; layer.wide * strip * width];
    for first in rows.clone().step_by(strip.max(1)) {
        let strip = first..rows.end.min(first + strip);
        let sees = middle.sees(strip.clone());
        if let Some(expand) = &weights.expand {
            let missing = wide.move_to(sees.clone(), columns);
            let from = Place {
                plane: input_rows * columns,
                begin: missing.start * columns,
            };
            let to = Place {
                plane: wide.plane,
                begin: (missing.start - sees.start) * columns,
            };
            let count = missing.len() * columns;
            let activation = Activation::Relu6;
            conv1x1(expand, count, (x, from), (&mut wide.values, to), activation);
        }
        let (maps, plane, begin) = match weights.expand {
            Some(_) => (&wide.values[..], wide.plane, sees.start),
            None => (x, input_rows * columns, 0),
        };
        let mut padded = middle.padded(strip.clone());
        let [kernels, biases] = weights.depthwise;
        let side = middle.window.kernel;
        let kernels = kernels.chunks_exact((side * side).max(1)).zip(biases);
        let pixels = strip.len() * width;
        let places = between.chunks_exact_mut(pixels.max(1));
        for ((map, place), (kernel, &bias)) in
            maps.chunks_exact(plane.max(1)).zip(places).zip(kernels)
        {
            padded.read(map, begin);
            padded.convolve(kernel, bias, place);
        }
        let from = Place {
            plane: pixels,
            begin: 0,
        };
        let to = Place {
            plane: height * width,
            begin: strip.start * width,
        };
        let activation = Activation::None;
        conv1x1(
            &weights.project,
            pixels,
            (&between, from),
            (y, to),
            activation,
        );
        if layer.adds {
            let seen = to.begin..to.begin + pixels;
            let maps = x.chunks_exact(to.plane.max(1));
            for (sums, values) in y.chunks_exact_mut(to.plane.max(1)).zip(maps) {
                let sums = sums.get_mut(seen.clone()).unwrap_or(&mut []);
                let values = values.get(seen.clone()).unwrap_or(&[]);
                for (sum, value) in sums.iter_mut().zip(values) {
                    *sum += value;
                }
            }
        }
    }
}
