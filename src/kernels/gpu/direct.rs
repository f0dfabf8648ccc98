//! The direct convolution of `wgsl::direct`: any channels and any odd kernel.

use burn::cubecl::client::Client;
use burn::cubecl::server::Handle;

use super::launch::launch;
use super::strided_size;
use super::winograd::Layer;
use crate::kernels::Activation;
use crate::kernels::wgsl::direct::Tile;

/// `[n, rows, columns, in]` to `[n, h, w, out]`, with `weight` `[in, k, k, out]` and `bias` `[out]`.
pub fn conv(
    client: &Client,
    layer: Layer,
    [kernel, stride]: [usize; 2],
    [x, weight, bias]: [&Handle; 3],
    activation: Activation,
) -> Handle {
    let Layer {
        batch,
        channels_in,
        channels_out,
        height: rows,
        width: columns,
    } = layer;
    let [height, width] = [rows, columns].map(|size| strided_size(size, stride));
    let y = client.empty(batch * height * width * channels_out * size_of::<f32>());
    let shape = [kernel, stride];
    let tile = Tile::choose(shape, [channels_in, channels_out], width, activation);
    let tiles = width.div_ceil(tile.pixels) * height * batch;
    let sizes = [
        channels_in,
        channels_out,
        rows,
        columns,
        height,
        width,
        batch,
    ];
    let threads = tiles * (channels_out / tile.channels());
    launch(client, tile, threads, &[x, weight, bias, &y], &sizes);
    y
}
