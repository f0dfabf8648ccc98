//! The max pool of `wgsl::pool`.

use burn::cubecl::client::Client;
use burn::cubecl::server::Handle;

use super::launch::launch;
use super::pages;
use crate::kernels::wgsl::pool::MaxPool;

/// A pool, as it lies in memory.
#[derive(Debug, Clone, Copy)]
pub struct Layer {
    /// Pictures.
    pub batch: usize,
    /// Channels.
    pub channels: usize,
    /// Rows and columns of the input.
    pub input: [usize; 2],
    /// Rows and columns of the result: half as many, rounded either way.
    pub output: [usize; 2],
}

/// `[n, rows, columns, channels]` to `[n, h, w, channels]`.
pub fn max_pool(client: &Client, layer: Layer, x: &Handle) -> Handle {
    let Layer {
        batch,
        channels,
        input: [rows, columns],
        output: [height, width],
    } = layer;
    let lanes = if channels.is_multiple_of(4) { 4 } else { 1 };
    let threads = batch * height * width * channels / lanes;
    let y = pages::empty(client, threads * lanes * size_of::<f32>());
    let sizes = [channels / lanes, rows, columns, height, width, batch];
    launch(client, MaxPool { lanes }, threads, &[x, &y], &sizes);
    y
}
