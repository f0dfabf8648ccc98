//! Depthwise convolutions on slices, channel last, in groups of sixteen channels: four channels of four places at a
//! time in registers where all taps see the map, else sixteen of one place. Taps that would see padding are left out.

use std::ops::Range;

use super::lanes::{LANES, Lanes};
use super::pointwise::{activated, filled};
use crate::kernels::{Activation, Window};

/// Channels at a time.
pub const CHANNELS: usize = 16;

/// Places side by side.
const PLACES: usize = 4;

/// A depthwise convolution's sizes.
#[derive(Debug, Clone, Copy)]
pub struct Layer {
    /// How the kernel goes over the map.
    pub window: Window,
    /// Rows and columns of the input.
    pub input: [usize; 2],
    /// Rows and columns of the result.
    pub output: [usize; 2],
}

impl Layer {
    /// For an input of so many rows and columns.
    pub fn new(window: Window, input: [usize; 2]) -> Self {
        Self {
            window,
            input,
            output: input.map(|size| window.over(size)),
        }
    }

    /// The rows of the input that some rows of the result see.
    pub fn sees(self, rows: Range<usize>) -> Range<usize> {
        let ([height, _], [before, _]) = (self.input, self.window.padding);
        // With its taps apart, a row may see from further above than the row before it.
        let first = (rows.start * self.window.stride).saturating_sub(before);
        match rows.is_empty() {
            true => 0..0,
            false => first.min(height)..self.end(rows.end - 1).min(height),
        }
    }

    /// One more than the last row of the input, or of the padding after it, that a row of the result sees.
    fn end(self, row: usize) -> usize {
        let [before, _] = self.window.padding;
        (row * self.window.stride + self.window.span()).saturating_sub(before)
    }

    /// The taps of the kernel that see no padding from a row (or column) of the result on a side of `size`
    /// pixels, and the first pixel that they see.
    fn taps(self, row: usize, size: usize) -> (Range<usize>, usize) {
        let Window {
            kernel,
            stride,
            padding: [before, _],
            dilation,
        } = self.window;
        let first = row * stride;
        let start = before.saturating_sub(first).div_ceil(dilation);
        let end = (size + before).saturating_sub(first).div_ceil(dilation);
        let end = kernel.min(end).max(start);
        (start..end, (first + start * dilation - before).min(size))
    }
}

/// Weights as [`convolve`] reads them.
#[derive(Debug)]
pub struct Weights {
    /// `[channels / 16, k, k, 16]`; what is beyond the last channel is 0.
    taps: Vec<[f32; CHANNELS]>,
    /// `[channels / 16, 16]`.
    bias: Vec<[f32; CHANNELS]>,
}

impl Weights {
    /// # Shapes
    /// `weight` `[channels, k, k]`, `bias` `[channels]`
    pub fn new([weight, bias]: [&[f32]; 2]) -> Self {
        let taps = weight.len() / bias.len().max(1);
        let kernels = weight.chunks(CHANNELS * taps.max(1));
        let of = |kernels: &[f32], tap: usize| {
            let values = kernels.iter().skip(tap).step_by(taps);
            filled(values)
        };
        let every = |kernels| (0..taps).map(move |tap| of(kernels, tap));
        Self {
            taps: kernels.flat_map(every).collect(),
            bias: bias.chunks(CHANNELS).map(filled).collect(),
        }
    }
}

/// A map channel last, in groups of sixteen channels: `[channels / 16, plane, 16]`, of which each group's first pixels
/// are used, row by row.
#[derive(Debug, Clone, Copy)]
pub struct Groups<M> {
    /// The numbers. Of channels beyond the last nothing becomes anything: their weights are 0.
    pub values: M,
    /// Pixels from one group to the next.
    pub plane: usize,
}

impl<'a> Groups<&'a [[f32; CHANNELS]]> {
    /// Each group's pixels.
    pub fn iter(self) -> impl Iterator<Item = &'a [[f32; CHANNELS]]> + Clone {
        self.values.chunks(self.plane.max(1))
    }
}

/// Some rows of the result.
///
/// # Shapes
/// - `x` `[rows, columns]` of each group, whose first row is row `first` of the map
/// - `y` `[rows, width, channels / 16, 16]`
#[inline(never)]
pub fn convolve(
    layer: Layer,
    rows: Range<usize>,
    weights: (&Weights, Activation),
    x: (Groups<&[[f32; CHANNELS]]>, usize),
    y: &mut [[f32; CHANNELS]],
) {
    let window = layer.window;
    match (window.kernel, window.stride, window.dilation) {
        (3, 1, 1) => convolve_as::<3, 1, 6>(layer, rows, weights, x, y),
        (3, 2, 1) => convolve_as::<3, 2, 9>(layer, rows, weights, x, y),
        (5, 1, 1) => convolve_as::<5, 1, 8>(layer, rows, weights, x, y),
        (5, 2, 1) => convolve_as::<5, 2, 11>(layer, rows, weights, x, y),
        _ => convolve_as::<0, 0, 0>(layer, rows, weights, x, y),
    }
}

/// The same for a kernel of `K`×`K` taps and a stride of `S`, of which [`PLACES`] places see `SEEN` columns; all 0 for
/// any other.
#[inline(always)]
fn convolve_as<const K: usize, const S: usize, const SEEN: usize>(
    layer: Layer,
    rows: Range<usize>,
    (weights, activation): (&Weights, Activation),
    (x, first): (Groups<&[[f32; CHANNELS]]>, usize),
    y: &mut [[f32; CHANNELS]],
) {
    let ([height, columns], [_, width]) = (layer.input, layer.output);
    let Window {
        kernel, dilation, ..
    } = layer.window;
    let kernels = weights.taps.chunks_exact((kernel * kernel).max(1));
    let groups = weights.bias.len();
    // Rows may see nothing but padding: then there are no pixels, but places there are.
    let maps = x.iter().chain(std::iter::repeat(&[][..]));
    let kernels = kernels.zip(&weights.bias).zip(maps);
    for (group, ((taps, bias), x)) in kernels.enumerate() {
        let mut places = y.iter_mut().skip(group).step_by(groups.max(1));
        for row in rows.clone() {
            let (down, top) = layer.taps(row, height);
            // The taps of each row of the kernel, and the row of the map that it sees.
            let lines = down.zip((top..).step_by(dilation)).map(|(tap_row, line)| {
                let taps = taps.get(tap_row * kernel..).unwrap_or(&[]);
                let line = x.get((line - first) * columns..).unwrap_or(&[]);
                (taps, line.get(..columns).unwrap_or(&[]))
            });
            let mut column = 0;
            while column < width {
                let (across, left) = layer.taps(column, columns);
                // Places side by side that see whole rows of the kernel read its taps, and most pixels, together.
                let last = column + PLACES - 1;
                let are_whole = K > 0
                    && last < width
                    && [&across, &layer.taps(last, columns).0].map(|taps| taps.len()) == [K; 2];
                if are_whole {
                    let sums = side_by_side::<K, S, SEEN>(lines.clone(), left, bias);
                    for (sums, place) in sums.into_iter().zip(places.by_ref()) {
                        *place = activated(sums, activation);
                    }
                    column += PLACES;
                    continue;
                }
                let mut sums = *bias;
                for (taps, line) in lines.clone() {
                    let taps = taps.get(across.clone()).unwrap_or(&[]);
                    let seen = line.get(left..).unwrap_or(&[]).iter();
                    for (tap, pixel) in taps.iter().zip(seen.step_by(dilation)) {
                        add(&mut sums, tap, pixel);
                    }
                }
                if let Some(place) = places.next() {
                    *place = activated(sums, activation);
                }
                column += 1;
            }
        }
    }
}

/// Places side by side, four channels at a time, so that what they see together stays in registers. `lines`: the taps of
/// each row of the kernel, and the row of the map, which they see from `left` on.
#[inline(always)]
fn side_by_side<'a, const K: usize, const S: usize, const SEEN: usize>(
    lines: impl Iterator<Item = (&'a [[f32; CHANNELS]], &'a [[f32; CHANNELS]])>,
    left: usize,
    bias: &[f32; CHANNELS],
) -> [[f32; CHANNELS]; PLACES] {
    let mut results = [[0.0; CHANNELS]; PLACES];
    let mut seen = [(&[[0.0; CHANNELS]; K], &[[0.0; CHANNELS]; SEEN]); K];
    let mut count = 0;
    for (place, (taps, line)) in seen.iter_mut().zip(lines) {
        let line = line.get(left..).and_then(<[_]>::first_chunk);
        if let (Some(taps), Some(line)) = (taps.first_chunk(), line) {
            *place = (taps, line);
            count += 1;
        }
    }
    let seen = seen.get(..count).unwrap_or(&[]);
    for four in 0..CHANNELS / LANES {
        let of = |channels: &[f32; CHANNELS]| {
            let lanes = channels.as_chunks().0.get(four);
            lanes.map(Lanes::load).unwrap_or_default()
        };
        let mut sums = [of(bias); PLACES];
        for (taps, line) in seen {
            let line = line.each_ref().map(of);
            for (at, tap) in taps.iter().enumerate() {
                let tap = of(tap);
                for (sum, pixel) in sums.iter_mut().zip(line.iter().skip(at).step_by(S)) {
                    *sum = *sum + tap * *pixel;
                }
            }
        }
        for (result, sum) in results.iter_mut().zip(sums) {
            if let Some(place) = result.as_chunks_mut().0.get_mut(four) {
                sum.store(place);
            }
        }
    }
    results
}

/// Adds a tap's part.
#[inline(always)]
fn add(sums: &mut [f32; CHANNELS], tap: &[f32; CHANNELS], pixel: &[f32; CHANNELS]) {
    for (sum, (tap, pixel)) in sums.iter_mut().zip(tap.iter().zip(pixel)) {
        *sum += tap * pixel;
    }
}
