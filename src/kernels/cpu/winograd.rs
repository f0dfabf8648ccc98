//! 3×3 convolutions by Winograd's F(4×4, 3×3) on slices; the method is described in
//! `wgsl::winograd`.
//!
//! ```text
//! weights [out, in, 3, 3] ── Gᵀ ─→ u [out / 4, 36, in, 4] ─┐
//! map, tiles of 6×6 ──────── Bᵀ ─→ v [36, in, tiles] ──────┴ products ─→ m [36, out, tiles] ─ Aᵀ ─→ 4×4
//! ```
//!
//! Tiles are computed in blocks, so that v and m stay in the CPU's cache. Of a map of one block it is u that
//! doesn't fit: then u and m are made of four outputs at a time, u just before it is used. Neighbouring tiles are
//! neighbours in memory. Tiles and outputs are padded to whole groups, and what the padding gives is not
//! read. Four outputs of eight tiles fit the sixteen SIMD registers together with their factors.

use std::ops::Range;

use super::lanes::{LANES, Lanes};
use super::sizes::{Block, Layer, OUTPUTS, POINTS, TILE, TILES};
use super::transforms;
use crate::kernels::Activation;

/// Floats after each of 36 planes: at a distance of a power of two all would compete for the same
/// few lines of the cache.
const GAP: usize = 16;

/// [`GAP`] in the weights' planes, fours of outputs.
const WEIGHTS_GAP: usize = GAP / OUTPUTS;

/// Convolution of stride 1 and padding 1; no size is 0. Of the result only some rows of tiles are
/// computed.
///
/// # Shapes
/// Row-major: `x` `[batch, inputs, height, width]`, `weight` `[outputs, inputs, 3, 3]`, `bias`
/// `[outputs]`, `y` `[batch, outputs, height, width]`.
pub fn conv3x3(
    layer: Layer,
    rows: Range<usize>,
    x: &[f32],
    (weight, bias, activation): (&[f32], &[f32], Activation),
    y: &mut [f32],
) {
    let mut blocks = layer.blocks(rows.clone());
    if let (1, Some(block), None) = (layer.batch, blocks.next(), blocks.next()) {
        one_block(layer, block, x, (weight, bias, activation), y);
        return;
    }
    let mut conv = Conv::new(layer, (weight, bias, activation));
    let pixels = layer.height * layer.width;
    let pictures = x.chunks_exact(layer.inputs * pixels);
    for (x, y) in pictures.zip(y.chunks_exact_mut(layer.outputs * pixels)) {
        conv.compute(rows.clone(), (x, layer.height), (y, layer.height));
    }
}

/// A convolution of pictures, some rows of tiles at a time.
pub struct Conv<'a> {
    layer: Layer,
    bias: &'a [f32],
    activation: Activation,
    u: Vec<[f32; OUTPUTS]>,
    v: Planes,
    m: Planes,
    lines: Vec<[Lanes; TILE]>,
    column: Vec<[f32; TILES]>,
}

impl<'a> Conv<'a> {
    /// With `[outputs, inputs, 3, 3]` weights and `[outputs]` biases.
    pub fn new(layer: Layer, (weight, bias, activation): (&[f32], &'a [f32], Activation)) -> Self {
        let most = layer.block().tiles();
        Self {
            layer,
            bias,
            activation,
            u: transformed_weights(layer, weight),
            v: Planes::new(layer.inputs, most),
            m: Planes::new(layer.padded_outputs(), most),
            lines: Vec::new(),
            column: Vec::with_capacity(layer.inputs),
        }
    }

    /// Some rows of tiles of a picture. Maps are `[channels, kept, width]`: of a map's rows so many are kept, row r
    /// in place r modulo `kept`; a whole map keeps its height.
    pub fn compute(
        &mut self,
        rows: Range<usize>,
        (x, kept): (&[f32], usize),
        (y, kept_after): (&mut [f32], usize),
    ) {
        let layer = self.layer;
        let Self { v, m, .. } = self;
        for block in layer.blocks(rows) {
            v.tiles = block.tiles();
            m.tiles = block.tiles();
            for (channel, map) in x.chunks_exact(kept * layer.width).enumerate() {
                read_lines(layer, block, (map, kept), &mut self.lines);
                transform_input(block, &self.lines, v, channel);
            }
            multiply(layer, &self.u, v, m, &mut self.column);
            let maps = y.chunks_exact_mut(kept_after * layer.width);
            for (channel, (map, &plus)) in maps.zip(self.bias).enumerate() {
                let after = (plus, self.activation);
                transform_output(layer, block, m, channel, after, (map, kept_after));
            }
        }
    }
}

/// The same for a picture of which one block is computed.
fn one_block(
    layer: Layer,
    block: Block,
    x: &[f32],
    (weight, bias, activation): (&[f32], &[f32], Activation),
    y: &mut [f32],
) {
    let pixels = layer.height * layer.width;
    let mut v = Planes::new(layer.inputs, block.tiles());
    let mut lines = Vec::new();
    for (channel, map) in x.chunks_exact(pixels).enumerate() {
        read_lines(layer, block, (map, layer.height), &mut lines);
        transform_input(block, &lines, &mut v, channel);
    }
    // The factors of eight tiles lie together, as they are read for each four outputs.
    let groups = v.tiles / TILES;
    let mut columns = Vec::with_capacity(POINTS * groups * layer.inputs);
    for plane in v.values.chunks_exact(v.plane) {
        let (plane, _) = plane.as_chunks::<TILES>();
        for group in 0..groups {
            let places = plane.iter().skip(group).step_by(groups);
            columns.extend(places.take(layer.inputs));
        }
    }
    let plane = layer.inputs + WEIGHTS_GAP;
    let mut u = vec![[0.0; OUTPUTS]; POINTS * plane];
    let mut m = Planes::new(OUTPUTS, v.tiles);
    let fours = weight.chunks(OUTPUTS * layer.inputs * 9);
    let fours = fours.zip(bias.chunks(OUTPUTS));
    for ((kernels, bias), maps) in fours.zip(y.chunks_mut(OUTPUTS * pixels)) {
        transform_kernels(layer, kernels, &mut u);
        let columns = columns.chunks_exact(groups * layer.inputs);
        let points = u.chunks_exact(plane).zip(columns);
        for ((u, columns), m) in points.zip(m.values.chunks_exact_mut(m.plane)) {
            let (m, _) = m.as_chunks_mut::<TILES>();
            for (group, column) in columns.chunks_exact(layer.inputs).enumerate() {
                let places = m.iter_mut().skip(group).step_by(groups);
                for (sum, place) in sums(u, column).iter().zip(places) {
                    *place = *sum;
                }
            }
        }
        let maps = maps.chunks_exact_mut(pixels).zip(bias);
        for (channel, (map, &plus)) in maps.enumerate() {
            let map = (map, layer.height);
            transform_output(layer, block, &m, channel, (plus, activation), map);
        }
    }
}

/// 36 planes of channels × tiles.
struct Planes {
    values: Vec<f32>,
    plane: usize,
    tiles: usize,
}

impl Planes {
    fn new(channels: usize, tiles: usize) -> Self {
        let plane = channels * tiles + GAP;
        let values = vec![0.0; POINTS * plane];
        Self {
            values,
            plane,
            tiles,
        }
    }
}

/// The weights' transforms, `[outputs / 4, 36, inputs + gap, 4]`; outputs beyond the last are 0.
fn transformed_weights(layer: Layer, weight: &[f32]) -> Vec<[f32; OUTPUTS]> {
    let plane = layer.inputs + WEIGHTS_GAP;
    let groups = layer.padded_outputs() / OUTPUTS;
    let mut u = vec![[0.0; OUTPUTS]; POINTS * groups * plane];
    let kernels = weight.chunks(OUTPUTS * layer.inputs * 9);
    for (kernels, u) in kernels.zip(u.chunks_exact_mut(POINTS * plane)) {
        transform_kernels(layer, kernels, u);
    }
    u
}

/// Those of up to four outputs, `[36, inputs + gap, 4]`.
fn transform_kernels(layer: Layer, kernels: &[f32], u: &mut [[f32; OUTPUTS]]) {
    for input in 0..layer.inputs {
        let mut taps = [[0.0; OUTPUTS]; 9];
        for (output, kernels) in kernels.chunks_exact(layer.inputs * 9).enumerate() {
            let kernel = kernels.get(input * 9..).unwrap_or(&[]);
            for (tap, value) in taps.iter_mut().zip(kernel) {
                if let Some(tap) = tap.get_mut(output) {
                    *tap = *value;
                }
            }
        }
        let [a, b, c, d, e, f, g, h, i] = &taps;
        let points = transforms::weights(&[
            [Lanes::load(a), Lanes::load(b), Lanes::load(c)],
            [Lanes::load(d), Lanes::load(e), Lanes::load(f)],
            [Lanes::load(g), Lanes::load(h), Lanes::load(i)],
        ]);
        let plane = layer.inputs + WEIGHTS_GAP;
        let places = u.iter_mut().skip(input).step_by(plane);
        for (place, point) in places.zip(points.as_flattened()) {
            point.store(place);
        }
    }
}

/// The lines of pixels that a block's tiles lie on, fours of tiles by the pixel's place in its
/// tile: `[4 · rows + 2, columns / 4 + 1]` of four places. Beyond the map they are 0.
fn read_lines(
    layer: Layer,
    block: Block,
    (map, kept): (&[f32], usize),
    lines: &mut Vec<[Lanes; TILE]>,
) {
    let fours = block.columns.div_ceil(LANES) + 1;
    lines.clear();
    let first = TILE * block.left;
    for line in 0..TILE * block.rows + 2 {
        let row = (TILE * block.top + line).checked_sub(1);
        let row = row.filter(|&row| row < layer.height);
        let place = row.map(|row| row % kept * layer.width);
        let pixels = place.and_then(|place| map.get(place..place + layer.width));
        let pixels = pixels.unwrap_or(&[]);
        for four in 0..fours {
            // A line begins one pixel left of its first tile.
            let begin = first + four * LANES * TILE;
            let whole = begin.checked_sub(1).and_then(|begin| pixels.get(begin..));
            let mut padded = [0.0; LANES * TILE];
            let values = whole.and_then(<[f32]>::first_chunk).unwrap_or_else(|| {
                let (skip, begin) = (1_usize.saturating_sub(begin), begin.saturating_sub(1));
                let pixels = pixels.get(begin..).unwrap_or(&[]);
                for (place, pixel) in padded.iter_mut().skip(skip).zip(pixels) {
                    *place = *pixel;
                }
                &padded
            });
            if let ([a, b, c, d], _) = values.as_chunks() {
                let tiles = [
                    Lanes::load(a),
                    Lanes::load(b),
                    Lanes::load(c),
                    Lanes::load(d),
                ];
                lines.push(Lanes::transposed(tiles));
            }
        }
    }
}

/// A channel of `v` from its map's lines.
fn transform_input(block: Block, lines: &[[Lanes; TILE]], v: &mut Planes, channel: usize) {
    let fours = block.columns.div_ceil(LANES) + 1;
    let zero = [Lanes::default(); TILE];
    // Down first: four places' columns, not six.
    let down = |row: usize, four: usize| {
        let line = |line: usize| {
            lines
                .get((row * TILE + line) * fours + four)
                .unwrap_or(&zero)
        };
        transforms::input_down([line(0), line(1), line(2), line(3), line(4), line(5)])
    };
    for row in 0..block.rows {
        let mut next = down(row, 0);
        for four in 0..fours - 1 {
            let current = next;
            next = down(row, four + 1);
            let begin = channel * v.tiles + row * block.columns + four * LANES;
            let mut planes = v.values.chunks_exact_mut(v.plane);
            for (&[x0, x1, x2, x3], [x4, x5, ..]) in current.iter().zip(&next) {
                let across = [x0, x1, x2, x3, x0.shifted(*x4), x1.shifted(*x5)];
                let points = transforms::input_line(across);
                for (point, plane) in points.iter().zip(planes.by_ref()) {
                    let place = plane.get_mut(begin..);
                    if let Some(place) = place.and_then(<[f32]>::first_chunk_mut) {
                        point.store(place);
                    }
                }
            }
        }
    }
}

/// m = u · v at each of the 36 points.
fn multiply(
    layer: Layer,
    u: &[[f32; OUTPUTS]],
    v: &Planes,
    m: &mut Planes,
    column: &mut Vec<[f32; TILES]>,
) {
    let plane = layer.inputs + WEIGHTS_GAP;
    let planes = v.values.chunks_exact(v.plane);
    let planes = planes.zip(m.values.chunks_exact_mut(m.plane));
    let groups = m.tiles / TILES;
    for (point, (v, m)) in planes.enumerate() {
        let (v, _) = v.as_chunks::<TILES>();
        let (m, _) = m.as_chunks_mut::<TILES>();
        for group in 0..groups {
            column.clear();
            column.extend(v.iter().skip(group).step_by(groups).take(layer.inputs));
            let mut places = m.iter_mut().skip(group).step_by(groups);
            for u in u.chunks_exact(plane).skip(point).step_by(POINTS) {
                for (sum, place) in sums(u, column).iter().zip(places.by_ref()) {
                    *place = *sum;
                }
            }
        }
    }
}

/// Four outputs of eight tiles: the sums over all k of `u[k] · v[k]`.
#[inline]
pub fn sums(u: &[[f32; OUTPUTS]], v: &[[f32; TILES]]) -> [[f32; TILES]; OUTPUTS] {
    let mut sums = [[0.0; TILES]; OUTPUTS];
    for (u, v) in u.iter().zip(v) {
        for (sums, u) in sums.iter_mut().zip(u) {
            for (sum, v) in sums.iter_mut().zip(v) {
                *sum += u * v;
            }
        }
    }
    sums
}

/// A block of a channel's map from `m`.
fn transform_output(
    layer: Layer,
    block: Block,
    m: &Planes,
    channel: usize,
    (plus, activation): (f32, Activation),
    (map, kept): (&mut [f32], usize),
) {
    let plus = Lanes::splat(plus);
    let pixels = TILE * LANES;
    let left = TILE * block.left;
    let right = (left + TILE * block.columns).min(layer.width);
    for row in 0..block.rows {
        let top = TILE * (block.top + row);
        for four in 0..block.columns.div_ceil(LANES) {
            let begin = channel * m.tiles + row * block.columns + four * LANES;
            let mut points = [[Lanes::default(); 6]; 6];
            let planes = m.values.chunks_exact(m.plane);
            for (point, plane) in points.as_flattened_mut().iter_mut().zip(planes) {
                let place = plane.get(begin..).and_then(<[f32]>::first_chunk);
                *point = Lanes::load(place.unwrap_or(&[0.0; LANES]));
            }
            let tiles = transforms::output(&points);
            let from = left + four * pixels;
            let to = right.min(from + pixels);
            for (line, &[a, b, c, d]) in (top..layer.height).zip(&tiles) {
                let places = [a + plus, b + plus, c + plus, d + plus];
                let [a, b, c, d] = Lanes::transposed(places);
                let values = [a, b, c, d].map(|place| place.activated(activation));
                let begin = line % kept * layer.width;
                let to = map.get_mut(begin + from..begin + to).unwrap_or(&mut []);
                let (whole, rest) = to.as_chunks_mut();
                for (to, value) in whole.iter_mut().zip(&values) {
                    value.store(to);
                }
                if let Some(value) = values.get(whole.len()) {
                    let mut last = [0.0; LANES];
                    value.store(&mut last);
                    for (to, value) in rest.iter_mut().zip(last) {
                        *to = value;
                    }
                }
            }
        }
    }
}
