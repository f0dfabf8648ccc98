//! 3×3 convolutions one after another and the max pool behind them, a strip of rows at a time.
//!
//! ```text
//! x [in, rows] ── conv ─→ strip [c, kept rows] ── conv ─→ strip [c, rows] ── pool ─→ y [c, rows / 2]
//! ```
//!
//! The maps between are several times as large as the CPU's cache, and as the map that comes out. Of each there
//! are never more than a few rows: those that the next convolution still sees, in places that later rows are
//! written to again. Each number is computed as by its layer alone, so the result is the same to the last bit.

use std::ops::Range;

use super::pool::pool_row;
use super::sizes::{Layer, TILE};
use super::winograd::Conv;
use crate::kernels::Activation;

/// Rows that a convolution sees of the tiles above and below, in tiles.
const HALO: usize = 1;

/// A convolution: its sizes, and weights, biases and what follows.
pub type Step<'a> = (Layer, (&'a [f32], &'a [f32], Activation));

/// A convolution at work, and its result's strip.
struct Stage<'a> {
    conv: Conv<'a>,
    /// `[outputs, kept, width]`
    strip: Vec<f32>,
    /// Rows, whole tiles.
    kept: usize,
    /// Rows of tiles that are computed.
    done: usize,
    /// Where they end.
    end: usize,
}

/// The rows of a picture's result that come of some rows of the last convolution's tiles.
///
/// # Shapes
/// `x` `[inputs, height, width]`, `y` `[outputs, h, w]` of `pooled_size` h and w: half of height and width, rounded
/// either way
pub fn compute(
    steps: &[Step],
    rows: Range<usize>,
    x: &[f32],
    pooled_size: [usize; 2],
    y: &mut [f32],
) {
    let Some((last, _)) = steps.last().filter(|_| !rows.is_empty()) else {
        return;
    };
    let [down, _] = last.tiles();
    let strip = last.block().rows;
    // Each convolution is ahead of the next one by what that sees below.
    let behind = |step: usize| HALO * (steps.len() - 1 - step);
    let mut stages = Vec::with_capacity(steps.len());
    for (step, &(layer, taps)) in steps.iter().enumerate() {
        let (begin, end) = (
            rows.start.saturating_sub(behind(step)),
            rows.end + behind(step),
        );
        let tiles = if behind(step) == 0 {
            strip
        } else {
            strip + 2 * HALO
        };
        let kept = TILE * tiles;
        stages.push(Stage {
            conv: Conv::new(layer, taps),
            strip: vec![0.0; layer.outputs * kept * layer.width],
            kept,
            done: begin,
            end: end.min(down),
        });
    }
    let mut larger = vec![0.0; last.width];
    // The first one begins that much higher than the last, and must be as much lower before the last can end.
    let delay = 2 * behind(0);
    for so_far in (rows.start + strip..rows.end + delay + strip).step_by(strip) {
        let mut before: (&[f32], usize) = (x, last.height);
        let mut fresh = 0..0;
        for (step, stage) in stages.iter_mut().enumerate() {
            let to = (so_far + behind(step)).saturating_sub(delay);
            fresh = stage.done..to.clamp(stage.done, stage.end);
            let after = (&mut stage.strip[..], stage.kept);
            stage.conv.compute(fresh.clone(), before, after);
            stage.done = fresh.end;
            before = (&stage.strip, stage.kept);
        }
        pool(*last, fresh, before, (pooled_size, &mut *y), &mut larger);
    }
}

/// The result's rows of some rows of tiles.
fn pool(
    layer: Layer,
    tiles: Range<usize>,
    (strip, kept): (&[f32], usize),
    ([height, width], y): ([usize; 2], &mut [f32]),
    larger: &mut [f32],
) {
    let maps = strip.chunks_exact(kept * layer.width);
    for (map, y) in maps.zip(y.chunks_exact_mut(height * width)) {
        for tile in tiles.clone() {
            let rows = TILE.min(layer.height - TILE * tile);
            let begin = TILE * tile % kept * layer.width;
            let map = map.get(begin..begin + rows * layer.width).unwrap_or(&[]);
            let y = y.chunks_exact_mut(width).skip(TILE / 2 * tile);
            for (pair, y) in map.chunks(2 * layer.width).zip(y) {
                pool_row(pair, larger, y);
            }
        }
    }
}
