//! The depthwise convolution of `wgsl::depthwise`.

use burn::cubecl::client::Client;
use burn::cubecl::server::Handle;

use super::launch::launch;
use super::pages;
use crate::kernels::wgsl::depthwise::Tile;
use crate::kernels::{Activation, Window};

/// A depthwise convolution, as it lies in memory.
#[derive(Debug, Clone, Copy)]
pub struct Layer {
    /// Pictures.
    pub batch: usize,
    /// Channels.
    pub channels: usize,
    /// Rows and columns of the input.
    pub input: [usize; 2],
    /// How the kernel goes over it.
    pub window: Window,
    /// What follows.
    pub activation: Activation,
}

impl Layer {
    /// Rows and columns of the result.
    pub fn output(self) -> [usize; 2] {
        self.input.map(|size| self.window.over(size))
    }
}

/// `[n, rows, columns, c]` to `[n, h, w, c]`, with `weight` `[k, k, c]` and `bias` `[c]`.
pub fn conv(client: &Client, layer: Layer, [x, weight, bias]: [&Handle; 3]) -> Handle {
    let Layer {
        batch,
        channels,
        input: [rows, columns],
        window,
        activation,
    } = layer;
    let [height, width] = layer.output();
    let bytes = batch * height * width * channels * size_of::<f32>();
    let y = pages::empty(client, bytes);
    let tile = Tile::choose(window, channels, activation);
    let vectors = channels / tile.lanes;
    let threads = width.div_ceil(Tile::PIXELS) * height * batch * vectors;
    let [before, _] = window.padding;
    let sizes = [vectors, rows, columns, height, width, batch, before];
    launch(client, tile, threads, &[x, weight, bias, &y], &sizes);
    y
}
