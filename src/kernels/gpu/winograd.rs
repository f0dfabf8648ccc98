//! 3×3 convolutions by Winograd's F(4×4, 3×3); the method is described in `wgsl::winograd`.
//!
//! Tiles are done in strips, so that v and m stay small beside the maps, and output channels in
//! slices, so that u, four times as large as the weights, can be bound.

use burn::cubecl::client::Client;
use burn::cubecl::server::Handle;

use super::launch::launch;
use super::matmul::Product;
use crate::kernels::Activation;
use crate::kernels::wgsl::winograd::{POINTS, TILE, Transform};

/// v and m together may be this large whatever the maps' size, bytes.
const SCRATCH: usize = 2 << 20;

/// u may be this large, bytes, where the adapter binds so much.
const WEIGHTS: usize = 64 << 20;

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

    /// How many output channels are done at a time, a multiple of four; `limit` is the largest
    /// buffer, bytes.
    fn slice(self, limit: usize) -> usize {
        let channel = POINTS * self.channels_in * size_of::<f32>();
        (WEIGHTS.min(limit) / channel / 4 * 4).clamp(4, self.channels_out)
    }

    /// How many tiles are done at a time: v and m take no more than an eighth of the two maps, or
    /// [`SCRATCH`], rounded up to 64 tiles, and neither more than `limit`, bytes.
    fn strip(self, limit: usize) -> usize {
        let channels = self.channels_in + self.channels_out;
        let maps = self.batch * self.height * self.width * channels * size_of::<f32>();
        let tile = POINTS * channels * size_of::<f32>();
        // Whole blocks of rows of the products' largest tile.
        let strip = ((maps / 8).max(SCRATCH) / tile).max(1).next_multiple_of(64);
        let channels = self.channels_in.max(self.channels_out);
        strip.min((limit / (POINTS * channels * size_of::<f32>())).max(1))
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
    let floats = |count: usize| client.empty(count * size_of::<f32>());
    let y = floats(batch * height * width * channels_out);
    let (across, down) = layer.tiles();
    let tiles = batch * across * down;
    let limit = client.properties().memory.max_page_size;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let (slice, strip) = (layer.slice(limit), layer.strip(limit).min(tiles));
    let u = floats(POINTS * channels_in * slice);
    let v = floats(POINTS * channels_in * strip);
    let m = floats(POINTS * slice * strip);
    let [groups_in, all] = [channels_in / 4, channels_out / 4];
    let relu = usize::from(activation == Activation::Relu);
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
            product.launch(client, [&v, &u, &m], None);
            let sizes = [groups].into_iter().chain(place);
            let sizes: Vec<usize> = sizes.chain([all, first_group, relu]).collect();
            let output = [&m, bias, &y];
            launch(client, Transform::Output, count * groups, &output, &sizes);
        }
    }
    y
}
