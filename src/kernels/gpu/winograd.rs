//! 3×3 convolutions by Winograd's F(4×4, 3×3); the method is described in `wgsl::winograd`.
//!
//! Tiles are done in strips, so that v and m stay small beside the maps, and output channels in
//! slices, so that u, four times as large as the weights, can be bound.

use burn::cubecl::client::Client;
use burn::cubecl::server::Handle;

use super::launch::launch;
use super::matmul::Product;
use super::pages;
use crate::kernels::Activation;
use crate::kernels::wgsl::activation_number;
use crate::kernels::wgsl::winograd::{POINTS, TILE, Transform};

/// Tiles are done in multiples of this, where memory allows: whole blocks of the products' rows.
const STRIP: usize = 64;

/// A convolution that keeps the size, as it lies in memory.
#[derive(Debug, Clone, Copy)]
pub struct Layer {
    /// Pictures.
    pub batch: usize,
    /// Channels of the input; a multiple of four.
    pub channels_in: usize,
    /// Channels of the result; a multiple of four.
    pub channels_out: usize,
    /// Pixels.
    pub height: usize,
    /// Pixels.
    pub width: usize,
}

impl Layer {
    /// Tiles across, and down.
    fn tiles(self) -> (usize, usize) {
        (self.width.div_ceil(TILE), self.height.div_ceil(TILE))
    }

    /// How many output channels, a multiple of four, and how many tiles are done at a time, so that
    /// u takes at most half of `memory`, bytes, and with v and m all of it, or as little as possible.
    fn portions(self, memory: usize) -> (usize, usize) {
        let channel = POINTS * self.channels_in * size_of::<f32>();
        let most = (memory / 2 / channel / 4 * 4).max(4);
        let slices = self.channels_out.div_ceil(most);
        let slice = self.channels_out.div_ceil(slices).next_multiple_of(4);
        let tile = POINTS * (self.channels_in + slice) * size_of::<f32>();
        let strip = (memory.saturating_sub(channel * slice) / tile).max(1);
        let whole = if strip > STRIP { STRIP } else { 1 };
        let (across, down) = self.tiles();
        (
            slice,
            (strip / whole * whole).min(self.batch * across * down),
        )
    }
}

/// `[n, h, w, in]` to `[n, h, w, out]`, with `weight` `[in, 3, 3, out]` and `bias` `[out]`.
pub fn conv3x3(
    client: &Client,
    layer: Layer,
    [x, weight, bias]: [&Handle; 3],
    activation: Activation,
) -> Handle {
    let Layer {
        batch,
        channels_in,
        channels_out,
        height,
        width,
    } = layer;
    let floats = |count: usize| count * size_of::<f32>();
    let maps = batch * height * width;
    let y = pages::empty(client, floats(maps * channels_out));
    let (across, down) = layer.tiles();
    let tiles = batch * across * down;
    let limit = client.properties().memory.max_page_size;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let memory = pages::most_scratch(floats(maps * (channels_in + channels_out))).min(limit);
    let (slice, strip) = layer.portions(memory);
    let counts = [channels_in * slice, channels_in * strip, slice * strip];
    // Each binding needs a place of its own, also one that isn't read.
    let [u, v, m, unread] = pages::scratch(
        client,
        [
            floats(POINTS * counts[0]),
            floats(POINTS * counts[1]),
            floats(POINTS * counts[2]),
            floats(4),
        ],
    );
    let [groups_in, all] = [channels_in / 4, channels_out / 4];
    let activation = activation_number(activation);
    for first_group in (0..all).step_by(slice / 4) {
        let groups = (slice / 4).min(all - first_group);
        let sizes = [channels_in, groups, all, first_group];
        let threads = channels_in * groups;
        launch(client, Transform::Weights, threads, &[weight, &u], &sizes);
        for first in (0..tiles).step_by(strip) {
            let count = strip.min(tiles - first);
            let place = [height, width, across, down, first, count];
            let sizes: Vec<usize> = [groups_in].into_iter().chain(place).collect();
            let threads = count * groups_in;
            launch(client, Transform::Input, threads, &[x, &v], &sizes);
            let product = Product {
                batch: POINTS,
                rows: count,
                inner: channels_in,
                columns: 4 * groups,
                left: [groups_in * count, 1, count],
                result: [groups * count, 1, count],
                activation: Activation::None,
            };
            product.launch(client, [&v, &u, &unread, &m], false);
            let sizes = [groups].into_iter().chain(place);
            let sizes: Vec<usize> = sizes.chain([all, first_group, activation]).collect();
            let output = [&m, bias, &y];
            launch(client, Transform::Output, count * groups, &output, &sizes);
        }
    }
    y
}
