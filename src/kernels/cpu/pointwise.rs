//! 1×1 convolutions on slices, between maps channel first, `[c, pixels]`, and channel last, `[pixels, c]` or in groups
//! of sixteen channels `[c / 16, pixels, 16]`: products of matrices, four pixels of eight outputs at a time.

use std::ops::Range;

use super::depthwise::{CHANNELS, Groups};
use super::lanes::{LANES, Lanes};
use super::winograd::sums;
use crate::kernels::Activation;

/// Outputs at a time.
const OUTPUTS: usize = 8;

/// Pixels at a time.
const PIXELS: usize = 4;

/// Pixels for which a tile of weights is read once; they stay in the first cache.
const BLOCK: usize = 8 * PIXELS;

/// Weights as the products read them.
#[derive(Debug)]
pub struct Weights {
    /// `[outputs / 8, inputs, 8]`; what is beyond the last output or input is 0.
    tiles: Vec<[f32; OUTPUTS]>,
    /// `[outputs / 8, 8]`.
    bias: Vec<[f32; OUTPUTS]>,
    /// Inputs of a tile.
    inputs: usize,
}

impl Weights {
    /// `padded` is how many inputs a pixel has in memory, `inputs` or more.
    ///
    /// # Shapes
    /// `weight` `[outputs, inputs]`, `bias` `[outputs]`
    pub fn new([weight, bias]: [&[f32]; 2], inputs: usize, padded: usize) -> Self {
        let count = bias.len().div_ceil(OUTPUTS);
        let mut tiles = vec![[0.0; OUTPUTS]; count * padded];
        let rows = weight.chunks(OUTPUTS * inputs.max(1));
        for (rows, tile) in rows.zip(tiles.chunks_exact_mut(padded.max(1))) {
            fill(rows, inputs, tile);
        }
        Self {
            tiles,
            bias: bias.chunks(OUTPUTS).map(filled).collect(),
            inputs: padded,
        }
    }
}

/// Puts the weights of up to eight outputs side by side, four inputs of four outputs at a time: of a layer whose weights
/// aren't kept so, this is done anew in each pass.
///
/// # Shapes
/// `rows` `[outputs, inputs]`, `tile` `[inputs or more, 8]`
#[inline(never)]
fn fill(rows: &[f32], inputs: usize, tile: &mut [[f32; OUTPUTS]]) {
    let row = |output: usize| {
        let row = rows.get(output * inputs..(output + 1) * inputs);
        row.unwrap_or(&[])
    };
    for half in 0..OUTPUTS / LANES {
        let rows: [&[f32]; LANES] = std::array::from_fn(|output| row(half * LANES + output));
        for (at, places) in tile.chunks_mut(LANES).enumerate() {
            let four = rows.map(|row| {
                let rest = row.get(at * LANES..).unwrap_or(&[]);
                match rest.first_chunk() {
                    Some(four) => Lanes::load(four),
                    None => Lanes::load(&filled(rest)),
                }
            });
            for (place, lanes) in places.iter_mut().zip(Lanes::transposed(four)) {
                if let Some(place) = place.as_chunks_mut().0.get_mut(half) {
                    lanes.store(place);
                }
            }
        }
    }
}

/// Pixels of a map channel first: from `begin` on in each channel, which are `plane` numbers long.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Numbers from one channel to the next.
    pub plane: usize,
    /// The first pixel.
    pub begin: usize,
}

/// From channel first, `x` from `from` on, to channel last: places `pixels` of each group of `y`.
///
/// # Shapes
/// `x` `[inputs, plane]`, `y` `[channels / 16, plane, 16]`
#[inline(never)]
pub fn expand(
    (weights, activation): (&Weights, Activation),
    (x, from): (&[f32], Place),
    y: Groups<&mut [[f32; CHANNELS]]>,
    pixels: Range<usize>,
) {
    let count = pixels.len();
    let mut panels = Vec::with_capacity(weights.inputs * BLOCK / PIXELS);
    for first in (0..count).step_by(BLOCK) {
        let block = first..count.min(first + BLOCK);
        panels.clear();
        for pixel in block.clone().step_by(PIXELS) {
            let begin = from.begin + pixel;
            let pixels = PIXELS.min(count - pixel);
            let maps = x.chunks(from.plane.max(1)).take(weights.inputs);
            panels.extend(maps.map(|map| {
                let seen = map.get(begin..begin + pixels).unwrap_or(&[]);
                seen.first_chunk().copied().unwrap_or_else(|| filled(seen))
            }));
        }
        let tiles = weights.tiles.chunks_exact(weights.inputs.max(1));
        let mut tiles = tiles.zip(&weights.bias);
        for group in y.values.chunks_mut(y.plane.max(1)) {
            let places = group.get_mut(pixels.start + block.start..pixels.start + block.end);
            let places = places.unwrap_or(&mut []);
            for half in 0..CHANNELS / OUTPUTS {
                let Some((tile, bias)) = tiles.next() else {
                    break;
                };
                let panels = panels.chunks_exact(weights.inputs.max(1));
                for (panel, places) in panels.zip(places.chunks_mut(PIXELS)) {
                    for (mut sums, place) in sums(panel, tile).into_iter().zip(places) {
                        for (sum, bias) in sums.iter_mut().zip(bias) {
                            *sum += bias;
                        }
                        if let Some(place) = place.as_chunks_mut().0.get_mut(half) {
                            *place = activated(sums, activation);
                        }
                    }
                }
            }
        }
    }
}

/// Numbers side by side; what is beyond the last is 0.
pub fn filled<'a, const N: usize>(numbers: impl IntoIterator<Item = &'a f32>) -> [f32; N] {
    let mut all = [0.0; N];
    for (place, number) in all.iter_mut().zip(numbers) {
        *place = *number;
    }
    all
}

/// From channel last to channel first. `adds` is what is added, laid out as `y`, after which there is no activation.
///
/// # Shapes
/// - `x` `[pixels, inputs]`, `y` `[outputs, plane]`
#[inline(never)]
pub fn project(
    weights: &Weights,
    x: &[f32],
    (y, to): (&mut [f32], Place),
    (adds, activation): (Option<&[f32]>, Activation),
) {
    let inputs = weights.inputs.max(1);
    for (block, x) in x.chunks(inputs * BLOCK).enumerate() {
        let mut maps = y.chunks_exact_mut(to.plane.max(1));
        let mut around = adds.map(|x| x.chunks_exact(to.plane.max(1)));
        let tiles = weights.tiles.chunks_exact(inputs);
        for (tile, bias) in tiles.zip(&weights.bias) {
            // The results of the block, an output's side by side.
            let mut results = [[0.0; BLOCK]; OUTPUTS];
            for (at, pixels) in x.chunks(inputs * PIXELS).enumerate() {
                let sums = rows(pixels, inputs, tile);
                let halves = results.as_chunks_mut::<LANES>().0;
                for (half, results) in halves.iter_mut().enumerate() {
                    let four = sums.map(|sums| {
                        let four = sums.as_chunks::<LANES>().0.get(half);
                        four.map(Lanes::load).unwrap_or_default()
                    });
                    for (result, four) in results.iter_mut().zip(Lanes::transposed(four)) {
                        if let Some(place) = result.as_chunks_mut().0.get_mut(at) {
                            four.store(place);
                        }
                    }
                }
            }
            let begin = to.begin + block * BLOCK;
            let seen = begin..begin + x.len() / inputs;
            for ((result, bias), map) in results.iter().zip(bias).zip(maps.by_ref()) {
                let around = around.as_mut().and_then(Iterator::next);
                let around = around.and_then(|map| map.get(seen.clone()));
                let place = map.get_mut(seen.clone()).unwrap_or(&mut []);
                match around {
                    Some(around) => {
                        for ((place, sum), x) in place.iter_mut().zip(result).zip(around) {
                            *place = sum + bias + x;
                        }
                    }
                    None => {
                        let sums = activated(result.map(|sum| sum + bias), activation);
                        for (place, sum) in place.iter_mut().zip(sums) {
                            *place = sum;
                        }
                    }
                }
            }
        }
    }
}

/// Eight outputs of up to four pixels that lie one after another.
#[inline(never)]
fn rows(pixels: &[f32], inputs: usize, tile: &[[f32; OUTPUTS]]) -> [[f32; OUTPUTS]; PIXELS] {
    let row = |pixel: usize| {
        let row = pixels.get(pixel * inputs..(pixel + 1) * inputs);
        row.or(pixels.get(..inputs)).unwrap_or(&[])
    };
    let (a, b, c, d) = (row(0), row(1), row(2), row(3));
    let mut sums = [[0.0; OUTPUTS]; PIXELS];
    for ((((tile, a), b), c), d) in tile.iter().zip(a).zip(b).zip(c).zip(d) {
        for (sums, x) in sums.iter_mut().zip([a, b, c, d]) {
            for (sum, weight) in sums.iter_mut().zip(tile) {
                *sum += x * weight;
            }
        }
    }
    sums
}

/// What follows a convolution, for some sums at once: what it is is decided once for them, and done to four at a time.
#[inline(always)]
pub fn activated<const N: usize>(mut sums: [f32; N], activation: Activation) -> [f32; N] {
    match activation {
        Activation::None => {}
        Activation::Relu => each(&mut sums, Lanes::relu),
        Activation::Relu6 => each(&mut sums, Lanes::relu6),
        Activation::HardSwish => each(&mut sums, Lanes::hard_swish),
        Activation::HardSigmoid => each(&mut sums, Lanes::hard_sigmoid),
        Activation::Sigmoid => each(&mut sums, Lanes::sigmoid),
    }
    sums
}

#[inline(always)]
fn each<const N: usize>(sums: &mut [f32; N], then: impl Fn(Lanes) -> Lanes) {
    let (fours, rest) = sums.as_chunks_mut();
    for four in fours {
        then(Lanes::load(four)).store(four);
    }
    if !rest.is_empty() {
        let mut four = filled(&*rest);
        then(Lanes::load(&four)).store(&mut four);
        for (place, number) in rest.iter_mut().zip(four) {
            *place = number;
        }
    }
}
