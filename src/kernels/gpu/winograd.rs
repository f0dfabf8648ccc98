//! 3×3 convolutions by Winograd's F(4×4, 3×3); the method is described in `wgsl::winograd`.
//!
//! Tiles are done in strips, so that v and m stay small beside the maps.

use burn::cubecl::client::Client;
use burn::cubecl::server::Handle;

use super::launch::launch;
use super::matmul::Product;
use crate::kernels::Activation;
use crate::kernels::wgsl::winograd::{POINTS, TILE, Transform};

/// v and m together may be this large whatever the maps' size, bytes.
const SCRATCH: usize = 2 << 20;

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

    /// How many tiles are done at a time: v and m take no more than an eighth of the two maps, or
    /// [`SCRATCH`].
    fn strip(self) -> usize {
        let channels = self.channels_in + self.channels_out;
        let maps = self.batch * self.height * self.width * channels * size_of::<f32>();
        let tile = POINTS * channels * size_of::<f32>();
        // Whole blocks of rows of the products' largest tile.
        ((maps / 8).max(SCRATCH) / tile).next_multiple_of(64)
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
    let u = floats(POINTS * channels_in * channels_out);
    let [groups_in, groups_out] = [channels_in / 4, channels_out / 4];
    let sizes = [channels_in, groups_out];
    let threads = channels_in * groups_out;
    launch(client, Transform::Weights, threads, &[weight, &u], &sizes);

    let (across, down) = layer.tiles();
    let tiles = batch * across * down;
    let strip = layer.strip().min(tiles);
    let v = floats(POINTS * channels_in * strip);
    let m = floats(POINTS * channels_out * strip);
    for first in (0..tiles).step_by(strip) {
        let count = strip.min(tiles - first);
        let sizes = |groups| [groups, height, width, across, down, first, count];
        let input = [x, &v];
        launch(
            client,
            Transform::Input,
            count * groups_in,
            &input,
            &sizes(groups_in),
        );
        let product = Product {
            batch: POINTS,
            rows: count,
            inner: channels_in,
            columns: channels_out,
            left: [groups_in * count, 1, count],
            result: [groups_out * count, 1, count],
            activation: Activation::None,
        };
        product.launch(client, [&v, &u, &m], None);
        let relu = usize::from(activation == Activation::Relu);
        let sizes: Vec<usize> = sizes(groups_out).into_iter().chain([relu]).collect();
        let output = [&m, bias, &y];
        launch(
            client,
            Transform::Output,
            count * groups_out,
            &output,
            &sizes,
        );
    }
    y
}
