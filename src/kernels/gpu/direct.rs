//! The direct convolution of `wgsl::direct`: any channels and any odd kernel.

use burn::cubecl::client::Client;
use burn::cubecl::server::Handle;

use super::launch::launch;
use super::pages;
use super::winograd::Layer;
use crate::kernels::wgsl::direct::Tile;
use crate::kernels::{Activation, Window};

/// `[n, rows, columns, in]` to `[n, h, w, out]`, with `weight` `[in, k, k, out]` and `bias` `[out]`.
pub fn conv(
    client: &Client,
    layer: Layer,
    window: Window,
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
    let [height, width] = [rows, columns].map(|size| window.over(size));
    let y = pages::empty(
        client,
        batch * height * width * channels_out * size_of::<f32>(),
    );
    let tile = Tile::choose(window, [channels_in, channels_out], width, activation);
    let tiles = width.div_ceil(tile.pixels) * height * batch;
    let sizes = [
        channels_in,
        channels_out,
        rows,
        columns,
        height,
        width,
        batch,
        window.padding[0],
    ];
    let threads = tiles * (channels_out / tile.channels());
    launch(client, tile, threads, &[x, weight, bias, &y], &sizes);
    y
}
