//! Transposed convolution on slices: every pixel of the result gathers the stamps that reach it.
//!
//! The first pixel that a stamp may reach is at a multiple of the stride. From there on, `stride`
//! pixels beside each other are reached by the same stamps, and read numbers beside each other of
//! each one's kernel. So eight numbers of a kernel row, times the inputs of a few neighbouring
//! stamps, give eight pixels of each of them, and nothing is added up in memory.
//!
//! ```text
//! weights [in, out, k, k'] ─→ [out, phase, eight, k], phase: the row's place in its stamp, ─┐
//! map, rows of stamps ──────→ [four stamps, k], k: (tap down, in, tap across) ──────────────┴ sums
//! ```

use super::winograd::sums;

/// Pixels beside each other that are summed at a time.
pub const PIXELS: usize = 8;

/// Stamps beside each other that are summed at a time.
const STAMPS: usize = 4;

/// A transposed convolution's sizes; each pair is down and across.
#[derive(Debug, Clone, Copy)]
pub struct Layer {
    /// Channels of the input.
    pub inputs: usize,
    /// Channels of the result.
    pub outputs: usize,
    /// Pixels.
    pub input: [usize; 2],
    /// Pixels.
    pub kernel: [usize; 2],
    /// Pixels.
    pub output: [usize; 2],
    /// Pixels from one stamp to the next; across they are whole eights.
    pub stride: [usize; 2],
    /// Pixels that are cut off above and at the left.
    pub padding: [usize; 2],
}

impl Layer {
    /// How many stamps reach a pixel, down and across.
    fn taps(&self) -> [usize; 2] {
        let ([rows, columns], [down, across]) = (self.kernel, self.stride);
        [rows.div_ceil(down), columns.div_ceil(across)]
    }

    /// Products of a pixel.
    fn products(&self) -> usize {
        let [down, across] = self.taps();
        down * self.inputs * across
    }

    /// The first stamp whose pixels aren't all cut off, and how many there are from it on. Those
    /// beyond the input are stamps of 0.
    fn stamps(&self, side: usize) -> (usize, usize) {
        let at = |of: [usize; 2]| of.get(side).copied().unwrap_or(1);
        let (stride, padding) = (at(self.stride), at(self.padding));
        let first = padding / stride;
        (first, (padding + at(self.output)).div_ceil(stride) - first)
    }
}

/// Transposed convolution of a picture; no size is 0.
///
/// # Shapes
/// Row-major: `x` `[inputs, h, w]`, `weight` `[inputs, outputs, k, k']`, `y` `[outputs, h', w']`.
pub fn conv_transpose2d(layer: Layer, x: &[f32], weight: &[f32], y: &mut [f32]) {
    let [height, width] = layer.output;
    let ([down, across], [top, left]) = (layer.stride, layer.padding);
    let ((first, stamps), (skipped, beside)) = (layer.stamps(0), layer.stamps(1));
    let products = layer.products();
    let eights = across / PIXELS;
    let kernels = gathered_weights(layer, weight);
    let mut seen = Vec::new();
    // A row of the result, and what is cut off it at both ends.
    let mut line = vec![0.0; beside.next_multiple_of(STAMPS) * across];
    for stamp in first..first + stamps {
        read_stamps(layer, x, stamp, &mut seen);
        let mut kernels = kernels.chunks_exact(eights * products);
        for map in y.chunks_exact_mut(height * width) {
            for (phase, kernel) in kernels.by_ref().take(down).enumerate() {
                let row = (stamp * down + phase).checked_sub(top);
                let Some(row) = row.and_then(|row| map.chunks_exact_mut(width).nth(row)) else {
                    continue;
                };
                for (eight, kernel) in kernel.chunks_exact(products).enumerate() {
                    let (places, _) = line.as_chunks_mut::<PIXELS>();
                    let mut places = places.iter_mut().skip(eight).step_by(eights);
                    for seen in seen.chunks_exact(products) {
                        for (sum, place) in sums(seen, kernel).iter().zip(places.by_ref()) {
                            *place = *sum;
                        }
                    }
                }
                let cut = left - skipped * across;
                if let Some(line) = line.get(cut..cut + width) {
                    row.copy_from_slice(line);
                }
            }
        }
    }
}

/// The weights in the order in which they are read: `[outputs, stride down, stride across / 8, taps
/// down, inputs, taps across]`, eights of pixels. Beyond the kernel they are 0.
fn gathered_weights(layer: Layer, weight: &[f32]) -> Vec<[f32; PIXELS]> {
    let ([rows, columns], [down, across]) = (layer.kernel, layer.stride);
    let [taps_down, taps_across] = layer.taps();
    let eights = across / PIXELS;
    let mut gathered = Vec::with_capacity(layer.outputs * down * eights * layer.products());
    for output in 0..layer.outputs {
        for (phase, eight) in (0..down).flat_map(|phase| (0..eights).map(move |at| (phase, at))) {
            for row in (0..taps_down).map(|tap| tap * down + phase) {
                for input in 0..layer.inputs {
                    let kernel = (input * layer.outputs + output) * rows;
                    let begin = (kernel + row) * columns;
                    let line = weight.get(begin..begin + columns);
                    let line = line.filter(|_| row < rows).unwrap_or(&[]);
                    gathered.extend((0..taps_across).map(|tap| {
                        let mut pixels = [0.0; PIXELS];
                        let from = line.get(tap * across + eight * PIXELS..);
                        for (pixel, value) in pixels.iter_mut().zip(from.unwrap_or(&[])) {
                            *pixel = *value;
                        }
                        pixels
                    }));
                }
            }
        }
    }
    gathered
}

/// What a row of stamps is made of: `[stamps / 4, taps down, inputs, taps across]`, fours of
/// stamps. Beyond the map it is 0.
fn read_stamps(layer: Layer, x: &[f32], stamp: usize, seen: &mut Vec<[f32; STAMPS]>) {
    let [height, width] = layer.input;
    let [taps_down, taps_across] = layer.taps();
    let (first, stamps) = layer.stamps(1);
    seen.clear();
    for begin in (first..first + stamps).step_by(STAMPS) {
        for tap in 0..taps_down {
            let row = stamp.checked_sub(tap).filter(|&row| row < height);
            for map in x.chunks_exact(height * width) {
                let line = row.and_then(|row| map.get(row * width..(row + 1) * width));
                let line = line.unwrap_or(&[]);
                seen.extend((0..taps_across).map(|tap| {
                    std::array::from_fn(|beside| {
                        let column = (begin + beside).checked_sub(tap);
                        column
                            .and_then(|at| line.get(at))
                            .copied()
                            .unwrap_or_default()
                    })
                }));
            }
        }
    }
}
