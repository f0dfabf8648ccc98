//! 2×2 max pool of stride 2 on slices, a row of the result at a time.

/// A pool's sizes.
#[derive(Debug, Clone, Copy)]
pub struct Layer {
    /// Pictures times channels.
    pub planes: usize,
    /// Rows and columns of the input.
    pub input: [usize; 2],
    /// Rows and columns of the result: half as many, rounded either way.
    pub output: [usize; 2],
}

/// `[planes, rows, columns]` to `[planes, h, w]`. A window that reaches beyond the map, where sizes
/// round up, ends with it.
pub fn max_pool(layer: Layer, x: &[f32]) -> Vec<f32> {
    let ([rows, columns], [height, width]) = (layer.input, layer.output);
    let mut y = vec![0.0; layer.planes * height * width];
    let mut larger = vec![0.0; columns];
    let planes = x.chunks_exact(rows * columns);
    for (plane, y) in planes.zip(y.chunks_exact_mut((height * width).max(1))) {
        let pairs = plane.chunks(2 * columns);
        for (pair, y) in pairs.zip(y.chunks_exact_mut(width)) {
            pool_row(pair, &mut larger, y);
        }
    }
    y
}

/// A row of the result from two rows, or the last one, one after another; `larger` has a row's length and is
/// overwritten.
pub fn pool_row(pair: &[f32], larger: &mut [f32], y: &mut [f32]) {
    // The larger of two columns' pixels, a row's worth: first the columns, which are one after
    // another in memory, then the pairs, which aren't.
    let (upper, lower) = pair.split_at(larger.len());
    if lower.is_empty() {
        larger.copy_from_slice(upper);
    }
    for ((larger, &a), &b) in larger.iter_mut().zip(upper).zip(lower) {
        *larger = max(a, b);
    }
    let (pairs, last) = larger.as_chunks::<2>();
    for (y, &[a, b]) in y.iter_mut().zip(pairs) {
        *y = max(a, b);
    }
    if let (Some(y), [last]) = (y.get_mut(pairs.len()), last) {
        *y = *last;
    }
}

/// The larger; NaN if either is, as in PyTorch and Flex.
fn max(a: f32, b: f32) -> f32 {
    // In this form it is one instruction in wasm and, but for the NaN, natively.
    if a.is_nan() || a > b { a } else { b }
}
