//! Transposed convolution by phases; the method is described in `wgsl::transposed`.

use burn::cubecl::client::Client;
use burn::cubecl::server::Handle;

use super::launch::launch;
use super::pages;
use crate::kernels::wgsl::registers;
use crate::kernels::wgsl::transposed::Tile;

/// A transposed convolution, as it lies in memory.
#[derive(Debug, Clone, Copy)]
pub struct Layer {
    /// Pictures.
    pub batch: usize,
    /// Channels of the input.
    pub channels_in: usize,
    /// Channels of the result.
    pub channels_out: usize,
    /// Rows and columns of the input.
    pub input: [usize; 2],
    /// Rows and columns of the result.
    pub output: [usize; 2],
    /// Rows and columns of the kernel.
    pub kernel: [usize; 2],
    /// How far apart the stamps are, down and across.
    pub stride: [usize; 2],
    /// How much is cut off at the top and at the left.
    pub padding: [usize; 2],
    /// Each channel by itself: the weights are `[channels, 1, k, k]`.
    pub per_channel: bool,
}

/// `[n, h, w, in]` to `[n, h', w', out]`, with `weight` `[in, out, k, k]`, or `[out, 1, k, k]`.
pub fn conv_transpose(client: &Client, layer: Layer, [x, weight]: [&Handle; 2]) -> Handle {
    let Layer {
        batch,
        channels_in,
        channels_out,
        input: [rows, columns],
        output: [height, width],
        kernel: [kernel_y, kernel_x],
        stride: [stride_y, stride_x],
        padding: [padding_y, padding_x],
        per_channel,
    } = layer;
    let y = pages::empty(
        client,
        batch * height * width * channels_out * size_of::<f32>(),
    );
    // Pixels of a row in each phase: the last stamp's corner may lie beyond the input.
    let places = (width - 1 + padding_x) / stride_x + 1;
    // Of a stride wider than the result only some phases have a pixel.
    let phases = stride_x.min(width + padding_x);
    let tile = Tile::choose(
        layer.kernel,
        layer.stride,
        channels_out,
        per_channel,
        registers(),
    );
    let blocks = places.div_ceil(tile.pixels);
    let lines = channels_out.div_ceil(tile.channels);
    let sizes = [
        channels_in,
        channels_out,
        rows,
        columns,
        height,
        width,
        batch,
        blocks,
        lines,
        kernel_y,
        kernel_x,
        stride_y,
        stride_x,
        padding_y,
        padding_x,
        phases,
    ];
    let threads = phases * blocks * height * lines * batch;
    launch(client, tile, threads, &[x, weight, &y], &sizes);
    y
}
