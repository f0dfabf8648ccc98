//! 3×3 convolutions by Winograd's F(4×4, 3×3) on slices; the method is described in
//! `wgsl::winograd`.
//!
//! ```text
//! weights [out, in, 3, 3] ── Gᵀ ─→ u [36, out / 4, in, 4] ─┐
//! map, tiles of 6×6 ──────── Bᵀ ─→ v [in, 36, tiles] ──────┴ products ─→ m [out / 4, 36, 4, tiles] ─ Aᵀ ─→ 4×4
//! ```
//!
//! Tiles are computed in blocks, so that of few channels v and m stay in the CPU's cache. Of a map of one block it
//! is u that would leave it: then u and m are made of four outputs at a time, u just before it is used. Neighbouring
//! tiles are neighbours in memory, at places that the compiler knows: a block has room for the same number of tiles
//! in every layer. Tiles and outputs are padded to whole groups, and what the padding gives is not
//! read. Four outputs of eight tiles fit the sixteen SIMD registers together with their factors.

use std::ops::Range;

use super::lanes::{LANES, Lanes};
use super::sizes::{Block, Layer, MOST_TILES, OUTPUTS, POINTS, TILE, TILES};
use super::transforms;
use crate::kernels::Activation;

/// Fours left free behind each point's weights: at a distance of a power of two all would compete for the same few
/// lines of the cache.
const WEIGHTS_GAP: usize = 4;

/// A point of a block's tiles. The last places are not used: they keep the points of four channels an odd number of
/// lines of the cache apart.
type Places = [f32; MOST_TILES + LANES];

/// A channel of v.
type Transformed = [Places; POINTS];

/// Four channels of m.
type Products = [[Places; OUTPUTS]; POINTS];

/// What v and m are before anything is in them.
static NOTHING: Transformed = [[0.0; MOST_TILES + LANES]; POINTS];
static NO_PRODUCTS: Products = [[[0.0; MOST_TILES + LANES]; OUTPUTS]; POINTS];

/// Weights of four outputs.
type Weights = [f32; OUTPUTS];

/// Eight tiles' factors.
type Factors = [f32; TILES];

/// The same number, which the compiler then knows to leave room for four places: it checks none of 36 points.
fn first_place(tile: usize) -> usize {
    tile.min(MOST_TILES)
}

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
    u: Vec<Weights>,
    v: Vec<Transformed>,
    m: Vec<Products>,
    lines: Vec<[Lanes; TILE]>,
    column: Vec<Factors>,
}

impl<'a> Conv<'a> {
    /// With `[outputs, inputs, 3, 3]` weights and `[outputs]` biases.
    pub fn new(layer: Layer, (weight, bias, activation): (&[f32], &'a [f32], Activation)) -> Self {
        Self {
            layer,
            bias,
            activation,
            u: transformed_weights(layer, weight),
            v: vec![NOTHING; layer.inputs],
            m: vec![NO_PRODUCTS; layer.fours()],
            lines: Vec::new(),
            column: Vec::with_capacity(layer.inputs),
        }
    }

    /// Some rows of tiles of a picture. Maps are `[channels, kept, width]`: of a map's rows so many are kept, row r
    /// in place r modulo `kept`; a whole map keeps its height.
    pub fn compute(
        &mut self,
        rows: Range<usize>,
        x: (&[f32], usize),
        (y, kept): (&mut [f32], usize),
    ) {
        let layer = self.layer;
        for block in layer.blocks(rows) {
            transform_map(layer, block, x, &mut self.v, &mut self.lines);
            multiply(
                layer,
                block,
                &self.u,
                &self.v,
                (&mut self.m, &mut self.column),
            );
            let maps = y.chunks_mut(OUTPUTS * kept * layer.width);
            let fours = maps.zip(self.bias.chunks(OUTPUTS)).zip(&self.m);
            for ((maps, bias), m) in fours {
                transform_products(layer, block, m, (bias, self.activation), (maps, kept));
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
    let mut v = vec![NOTHING; layer.inputs];
    transform_map(layer, block, (x, layer.height), &mut v, &mut Vec::new());
    // The factors of eight tiles lie together, as they are read for each four outputs.
    let groups = block.groups();
    let mut columns = Vec::with_capacity(POINTS * groups * layer.inputs);
    for (point, group) in (0..POINTS).flat_map(|point| (0..groups).map(move |group| (point, group)))
    {
        columns.extend(factors(&v, point, group));
    }
    let plane = fours_per_point(layer, OUTPUTS);
    let mut u = vec![[0.0; OUTPUTS]; POINTS * plane];
    let mut m = Box::new(NO_PRODUCTS);
    let pixels = layer.height * layer.width;
    let fours = weight.chunks(OUTPUTS * layer.inputs * 9);
    let fours = fours.zip(bias.chunks(OUTPUTS));
    for ((kernels, bias), maps) in fours.zip(y.chunks_mut(OUTPUTS * pixels)) {
        transform_kernels(layer, kernels, u.chunks_exact_mut(plane));
        let columns = columns.chunks_exact(groups * layer.inputs);
        let points = u.chunks_exact(plane).zip(columns);
        for ((u, columns), m) in points.zip(&mut *m) {
            for (group, column) in columns.chunks_exact(layer.inputs).enumerate() {
                put(m, group, &sums(u, column));
            }
        }
        transform_products(layer, block, &m, (bias, activation), (maps, layer.height));
    }
}

/// The weights' transforms, `[36, outputs / 4, inputs, 4]` with a gap after each of 36; outputs beyond the last are 0.
fn transformed_weights(layer: Layer, weight: &[f32]) -> Vec<Weights> {
    let plane = fours_per_point(layer, layer.outputs);
    let mut u = vec![[0.0; OUTPUTS]; POINTS * plane];
    let kernels = weight.chunks(OUTPUTS * layer.inputs * 9);
    for (four, kernels) in kernels.enumerate() {
        let u = u.get_mut(four * layer.inputs..).unwrap_or(&mut []);
        transform_kernels(layer, kernels, u.chunks_mut(plane));
    }
    u
}

/// The fours of weights from one point to the next, of so many outputs.
fn fours_per_point(layer: Layer, outputs: usize) -> usize {
    outputs.div_ceil(OUTPUTS) * layer.inputs + WEIGHTS_GAP
}

/// Those of up to four outputs, `[inputs, 4]` at the beginning of each of 36.
fn transform_kernels<'a>(
    layer: Layer,
    kernels: &[f32],
    u: impl Iterator<Item = &'a mut [Weights]>,
) {
    let mut places: Vec<_> = u.collect();
    let kernels = |output: usize| {
        let begin = output * layer.inputs * 9;
        let (kernels, _) = kernels.get(begin..).unwrap_or(&[]).as_chunks::<9>();
        kernels
    };
    let [a, b, c, d] = [kernels(0), kernels(1), kernels(2), kernels(3)];
    for input in 0..layer.inputs {
        let kernel = |kernels: &'_ [[f32; 9]]| *kernels.get(input).unwrap_or(&[0.0; 9]);
        let points = transforms::weights(&taps([kernel(a), kernel(b), kernel(c), kernel(d)]));
        for (places, point) in places.iter_mut().zip(points.as_flattened()) {
            if let Some(place) = places.get_mut(input) {
                point.store(place);
            }
        }
    }
}

/// Four kernels tap by tap.
#[inline(always)]
fn taps([a, b, c, d]: [[f32; 9]; OUTPUTS]) -> [[Lanes; 3]; 3] {
    let first = |[p, q, r, s, ..]: [f32; 9]| Lanes::load(&[p, q, r, s]);
    let next = |[.., p, q, r, s, _]: [f32; 9]| Lanes::load(&[p, q, r, s]);
    let [k0, k1, k2, k3] = Lanes::transposed([first(a), first(b), first(c), first(d)]);
    let [k4, k5, k6, k7] = Lanes::transposed([next(a), next(b), next(c), next(d)]);
    let [[.., a], [.., b], [.., c], [.., d]] = [a, b, c, d];
    [
        [k0, k1, k2],
        [k3, k4, k5],
        [k6, k7, Lanes::load(&[a, b, c, d])],
    ]
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
    let first = TILE * block.left;
    lines.clear();
    let mut push = |[a, b, c, d]: &[[f32; LANES]; TILE]| {
        let tiles = [a, b, c, d].map(Lanes::load);
        lines.push(Lanes::transposed(tiles));
    };
    for line in 0..TILE * block.rows + 2 {
        let row = (TILE * block.top + line).checked_sub(1);
        let row = row.filter(|&row| row < layer.height);
        let place = row.map(|row| row % kept * layer.width);
        let pixels = place.and_then(|place| map.get(place..place + layer.width));
        let pixels = pixels.unwrap_or(&[]);
        // A line begins one pixel left of its first tile, which may be beyond the map.
        let mut left = fours;
        let mut padded = [[0.0; LANES]; TILE];
        let begin = first.checked_sub(1).unwrap_or_else(|| {
            let places = padded.as_flattened_mut().iter_mut().skip(1);
            for (place, pixel) in places.zip(pixels) {
                *place = *pixel;
            }
            push(&padded);
            padded = Default::default();
            left -= 1;
            LANES * TILE - 1
        });
        let (whole, _) = pixels.get(begin..).unwrap_or(&[]).as_chunks::<LANES>();
        let (whole, _) = whole.as_chunks::<TILE>();
        let whole = whole.get(..left).unwrap_or(whole);
        whole.iter().for_each(&mut push);
        left -= whole.len();
        if left > 0 {
            let rest = pixels.get(begin + LANES * TILE * whole.len()..);
            let places = padded.as_flattened_mut().iter_mut();
            for (place, pixel) in places.zip(rest.unwrap_or(&[])) {
                *place = *pixel;
            }
            push(&padded);
            for _ in 1..left {
                push(&Default::default());
            }
        }
    }
}

/// `v` of a block, from `[inputs, kept, width]`.
fn transform_map(
    layer: Layer,
    block: Block,
    (x, kept): (&[f32], usize),
    v: &mut [Transformed],
    lines: &mut Vec<[Lanes; TILE]>,
) {
    for (map, v) in x.chunks_exact(kept * layer.width).zip(v) {
        read_lines(layer, block, (map, kept), lines);
        transform_input(block, lines, v);
    }
}

/// A channel of `v` from its map's lines.
fn transform_input(block: Block, lines: &[[Lanes; TILE]], v: &mut Transformed) {
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
            let begin = first_place(row * block.columns + four * LANES);
            let (lines, _) = v.as_chunks_mut::<6>();
            for ((&[x0, x1, x2, x3], [x4, x5, ..]), planes) in current.iter().zip(&next).zip(lines)
            {
                let across = [x0, x1, x2, x3, x0.shifted(*x4), x1.shifted(*x5)];
                let points = transforms::input_line(across);
                for (point, plane) in points.iter().zip(planes) {
                    let place = plane.get_mut(begin..);
                    if let Some(place) = place.and_then(<[f32]>::first_chunk_mut) {
                        point.store(place);
                    }
                }
            }
        }
    }
}

/// Eight tiles' factors at a point, input by input.
fn factors(v: &[Transformed], point: usize, group: usize) -> impl Iterator<Item = &Factors> {
    v.iter().map(move |channel| {
        let groups = channel.get(point).map(|places| places.as_chunks().0);
        let factors = groups.and_then(|groups| groups.get(group));
        factors.unwrap_or(&[0.0; TILES])
    })
}

/// m = u · v at each of the 36 points.
fn multiply(
    layer: Layer,
    block: Block,
    u: &[Weights],
    v: &[Transformed],
    (m, column): (&mut [Products], &mut Vec<Factors>),
) {
    let points = u.chunks_exact(fours_per_point(layer, layer.outputs));
    for (point, u) in points.enumerate() {
        for group in 0..block.groups() {
            column.clear();
            column.extend(factors(v, point, group));
            for (u, m) in u.chunks_exact(layer.inputs).zip(&mut *m) {
                if let Some(m) = m.get_mut(point) {
                    put(m, group, &sums(u, column));
                }
            }
        }
    }
}

/// Four outputs of eight tiles into their places.
fn put(m: &mut [Places; OUTPUTS], group: usize, sums: &[[f32; TILES]; OUTPUTS]) {
    for (sum, m) in sums.iter().zip(m) {
        let (groups, _) = m.as_chunks_mut();
        if let Some(place) = groups.get_mut(group) {
            *place = *sum;
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

/// A block of up to four channels' maps, `[4, kept, width]`, from their products.
fn transform_products(
    layer: Layer,
    block: Block,
    m: &Products,
    (bias, activation): (&[f32], Activation),
    (maps, kept): (&mut [f32], usize),
) {
    let maps = maps.chunks_exact_mut(kept * layer.width).zip(bias);
    for ((map, &plus), channel) in maps.zip(0..OUTPUTS) {
        let (plus, map) = (Lanes::splat(plus), (map, kept));
        // So that the commonest is no choice in the loops.
        match activation {
            Activation::Relu => {
                transform_output(layer, block, (m, channel), |x| (x + plus).relu(), map);
            }
            _ => {
                let after = |x: Lanes| (x + plus).activated(activation);
                transform_output(layer, block, (m, channel), after, map);
            }
        }
    }
}

/// A channel's map.
#[inline(always)]
fn transform_output(
    layer: Layer,
    block: Block,
    (m, channel): (&Products, usize),
    after: impl Fn(Lanes) -> Lanes,
    (map, kept): (&mut [f32], usize),
) {
    let pixels = TILE * LANES;
    let left = TILE * block.left;
    let right = (left + TILE * block.columns).min(layer.width);
    for row in 0..block.rows {
        let top = TILE * (block.top + row);
        for four in 0..block.columns.div_ceil(LANES) {
            let begin = first_place(row * block.columns + four * LANES);
            let place = |point: usize| {
                let place = m.get(point)?.get(channel)?.get(begin..)?;
                place.first_chunk().map(Lanes::load)
            };
            let tiles = transforms::output(|point| place(point).unwrap_or_default());
            let from = left + four * pixels;
            let to = right.min(from + pixels);
            for (line, &places) in (top..layer.height).zip(&tiles) {
                let [a, b, c, d] = Lanes::transposed(places.map(&after));
                let begin = line % kept * layer.width;
                let to = map.get_mut(begin + from..begin + to).unwrap_or(&mut []);
                if let Some(to) = to.first_chunk_mut::<{ TILE * LANES }>() {
                    let (places, _) = to.as_chunks_mut();
                    for (to, value) in places.iter_mut().zip([a, b, c, d]) {
                        value.store(to);
                    }
                    continue;
                }
                let mut all = [0.0; TILE * LANES];
                let (places, _) = all.as_chunks_mut();
                for (to, value) in places.iter_mut().zip([a, b, c, d]) {
                    value.store(to);
                }
                for (to, value) in to.iter_mut().zip(all) {
                    *to = value;
                }
            }
        }
    }
}
