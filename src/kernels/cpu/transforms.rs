//! Winograd's transforms of four tiles at a time, as `wgsl::winograd` describes them.

use std::f32::consts::{FRAC_1_SQRT_2 as A, SQRT_2 as B};

use super::lanes::Lanes;

/// G: rows p⁰, p¹, p² over the product of p's distances from the other points.
#[inline(always)]
fn weights_line([w0, w1, w2]: [Lanes; 3]) -> [Lanes; 6] {
    let even = (w0 + w2 * 0.5) * (-2.0 / 3.0);
    let odd = w1 * (A * 2.0 / 3.0);
    let far_even = (w0 * 0.5 + w2) * (1.0 / 3.0);
    let far_odd = w1 * (B / 6.0);
    [
        w0,
        even - odd,
        even + odd,
        far_even + far_odd,
        far_even - far_odd,
        w2,
    ]
}

/// Bᵀ
#[inline(always)]
pub fn input_line([x0, x1, x2, x3, x4, x5]: [Lanes; 6]) -> [Lanes; 6] {
    let even = x4 - x2 * 2.0;
    let odd = (x3 - x1 * 2.0) * A;
    let far_even = x4 - x2 * 0.5;
    let far_odd = (x3 - x1 * 0.5) * B;
    [
        x0 - x2 * 2.5 + x4,
        even + odd,
        even - odd,
        far_even + far_odd,
        far_even - far_odd,
        x1 - x3 * 2.5 + x5,
    ]
}

/// Aᵀ: rows p⁰ … p³
#[inline(always)]
fn output_line([m0, m1, m2, m3, m4, m5]: [Lanes; 6]) -> [Lanes; 4] {
    let sum = m1 + m2;
    let difference = (m1 - m2) * A;
    let far_sum = m3 + m4;
    let far_difference = (m3 - m4) * B;
    [
        m0 + sum + far_sum,
        difference + far_difference,
        sum * 0.5 + far_sum * 2.0,
        difference * 0.5 + far_difference * 2.0 + m5,
    ]
}

/// Kernels to the 36 points.
#[inline(always)]
pub fn weights(taps: &[[Lanes; 3]; 3]) -> [[Lanes; 6]; 6] {
    both_ways(taps, weights_line)
}

/// The 36 points, by their number, to tiles of the result.
#[inline(always)]
#[allow(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "the types state the lengths"
)]
pub fn output(point: impl Fn(usize) -> Lanes) -> [[Lanes; 4]; 4] {
    let mut half = [[Lanes::default(); 6]; 4];
    for column in 0..6 {
        let mut from = [Lanes::default(); 6];
        for row in 0..6 {
            from[row] = point(6 * row + column);
        }
        let to = output_line(from);
        for row in 0..4 {
            half[row][column] = to[row];
        }
    }
    let mut result = [[Lanes::default(); 4]; 4];
    for row in 0..4 {
        result[row] = output_line(half[row]);
    }
    result
}

/// Six lines to six points, each place on the lines by itself.
#[inline(always)]
pub fn input_down<const N: usize>(lines: [&[Lanes; N]; 6]) -> [[Lanes; N]; 6] {
    down(lines, input_line)
}

// Loops over arrays' lengths: what the library has for arrays (`map`, `from_fn`) stays a call.
#[inline(always)]
#[allow(clippy::indexing_slicing, reason = "the types state the lengths")]
fn down<const N: usize, const FROM: usize, const TO: usize>(
    rows: [&[Lanes; N]; FROM],
    line: impl Fn([Lanes; FROM]) -> [Lanes; TO],
) -> [[Lanes; N]; TO] {
    let mut result = [[Lanes::default(); N]; TO];
    for column in 0..N {
        let mut from = [Lanes::default(); FROM];
        for row in 0..FROM {
            from[row] = rows[row][column];
        }
        let to = line(from);
        for row in 0..TO {
            result[row][column] = to[row];
        }
    }
    result
}

#[inline(always)]
#[allow(clippy::indexing_slicing, reason = "the types state the lengths")]
fn both_ways<const FROM: usize, const TO: usize>(
    grid: &[[Lanes; FROM]; FROM],
    line: impl Fn([Lanes; FROM]) -> [Lanes; TO],
) -> [[Lanes; TO]; TO] {
    let half = down(grid.each_ref(), &line);
    let mut result = [[Lanes::default(); TO]; TO];
    for row in 0..TO {
        result[row] = line(half[row]);
    }
    result
}
