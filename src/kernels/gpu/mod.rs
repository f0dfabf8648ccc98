//! The GPU forms of the kernels, launched on Burn's tensors.
//!
//! | convolution | kernel |
//! |---|---|
//! | 3×3, channels multiples of four | `winograd` |
//! | 1×1, channels multiples of four | `matmul` |
//! | any other | `direct` |
//! | transposed, of any stride | `transposed` |
//!
//! Maps lie in memory channel last, and stay so from layer to layer: a tensor of Burn's is a view
//! of them. `tests/webgpu_kernels.rs` holds each to its plain form.

mod direct;
mod launch;
mod matmul;
mod transposed;
mod winograd;

use burn::tensor::Tensor;
use burn_wgpu::{CubeBackend, CubeTensor, into_contiguous};

use super::{Activation, plain};
use crate::upsample::conv_transpose_size;
use matmul::Product;
use winograd::Layer;

/// The GPU form of [`conv2d_same`](super::conv2d_same); shapes as there.
pub fn conv2d_same(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    activation: Activation,
) -> Tensor<4> {
    let [batch, channels_in, height, width] = x.dims();
    let [channels_out, _, kernel, _] = weight.dims();
    let fallback = (x.clone(), weight.clone(), bias.clone());
    let primitives = (
        channels_last(x),
        // A view back onto the memory that `conv_weight` filled; no copy.
        weight
            .permute([1, 2, 3, 0])
            .try_into_primitive::<CubeBackend>(),
        bias.try_into_primitive::<CubeBackend>(),
    );
    let (Some(x), Ok(weight), Ok(bias)) = primitives else {
        let (x, weight, bias) = fallback;
        return plain::conv2d_same(x, weight, bias, activation);
    };
    drop(fallback);
    let [weight, bias] = [weight, bias].map(into_contiguous);

    let layer = Layer {
        batch,
        channels_in,
        channels_out,
        height,
        width,
    };
    let client = &x.client;
    let inputs = [&x.handle, &weight.handle, &bias.handle];
    let vectors = channels_in.is_multiple_of(4) && channels_out.is_multiple_of(4);
    let y = match kernel {
        3 if vectors => winograd::conv3x3(client, layer, inputs, activation),
        1 if vectors => {
            let pixels = batch * height * width;
            let y = client.empty(pixels * channels_out * size_of::<f32>());
            let product = Product {
                batch: 1,
                rows: pixels,
                inner: channels_in,
                columns: channels_out,
                left: [0, channels_in / 4, 1],
                result: [0, channels_out / 4, 1],
                activation,
            };
            let matrices = [&x.handle, &weight.handle, &y];
            product.launch(client, matrices, Some(&bias.handle));
            y
        }
        _ => direct::conv(client, layer, kernel, inputs, activation),
    };
    let y = CubeTensor::new_contiguous(
        x.client.clone(),
        x.device,
        [batch, height, width, channels_out].into(),
        y,
        x.dtype,
    );
    channels_first(y)
}

/// The GPU form of [`conv_transpose2d`](super::conv_transpose2d); shapes as there.
pub fn conv_transpose2d(
    x: Tensor<4>,
    weight: Tensor<4>,
    stride: usize,
    padding: usize,
    per_channel: bool,
) -> Tensor<4> {
    let [batch, channels_in, rows, columns] = x.dims();
    let [_, outputs, kernel, _] = weight.dims();
    let size = |input| conv_transpose_size(input, kernel, stride, padding, 0, 1);
    let fallback = (x.clone(), weight.clone());
    let primitives = (
        channels_last(x),
        weight.try_into_primitive::<CubeBackend>(),
        size(rows),
        size(columns),
    );
    let (Some(x), Ok(weight), Some(height), Some(width)) = primitives else {
        let (x, weight) = fallback;
        return plain::conv_transpose2d(x, weight, stride, padding, per_channel);
    };
    drop(fallback);
    let weight = into_contiguous(weight);
    let layer = transposed::Layer {
        batch,
        channels_in,
        channels_out: if per_channel { channels_in } else { outputs },
        input: [rows, columns],
        output: [height, width],
        kernel,
        stride,
        padding,
        per_channel,
    };
    let y = transposed::conv_transpose(&x.client, layer, [&x.handle, &weight.handle]);
    let y = CubeTensor::new_contiguous(
        x.client.clone(),
        x.device,
        [batch, height, width, layer.channels_out].into(),
        y,
        x.dtype,
    );
    channels_first(y)
}

/// A map channel last and without gaps: mostly no copy, as the kernels and Burn's pools leave it.
fn channels_last(x: Tensor<4>) -> Option<CubeTensor> {
    let x = x.permute([0, 2, 3, 1]).try_into_primitive::<CubeBackend>();
    x.ok().map(into_contiguous)
}

/// `[n, h, w, c]` seen as `[n, c, h, w]`.
fn channels_first(y: CubeTensor) -> Tensor<4> {
    Tensor::<4>::from_primitive::<CubeBackend>(y).permute([0, 3, 1, 2])
}
