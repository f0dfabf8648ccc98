//! The normalisation of `wgsl::normalise`.

use burn::cubecl::bytes::Bytes;
use burn::cubecl::client::Client;
use burn::cubecl::server::Handle;

use super::launch::launch;
use super::pages;
use crate::kernels::Normalisation;
use crate::kernels::wgsl::normalise::Normalise;

/// `pixels` `[rows, columns, 3]` to `[h, w, 3]`.
pub fn normalise(client: &Client, pixels: Vec<f32>, how: &Normalisation) -> Handle {
    let Normalisation {
        size: [rows, columns],
        padded: [height, width],
        order,
        mean,
        std,
        pad,
    } = *how;
    let bytes = |values: usize| values * size_of::<f32>();
    let seen = pages::empty(client, bytes(pixels.len()));
    client.write(&seen, Bytes::from_elems(pixels));
    let y = pages::empty(client, bytes(height * width * 3));
    let bits = |values: [f32; 3]| values.map(|value| value.to_bits() as usize);
    let sizes: Vec<usize> = [[rows, columns, height, width].as_slice(), &order]
        .into_iter()
        .chain(
            [mean, std, pad]
                .map(bits)
                .iter()
                .map(|bits| bits.as_slice()),
        )
        .flatten()
        .copied()
        .collect();
    launch(client, Normalise, height * width, &[&seen, &y], &sizes);
    y
}
