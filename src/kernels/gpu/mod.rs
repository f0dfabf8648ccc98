//! The GPU forms of the kernels, launched on Burn's tensors.
//!
//! | convolution | kernel |
//! |---|---|
//! | 3×3, channels multiples of four | `winograd` |
//! | 1×1, channels multiples of four | `matmul` |
//! | depthwise, of any stride and padding | `depthwise` |
//! | any other, of any stride and padding | `direct` |
//! | transposed, of any stride | `transposed` |
//!
//! Beside them stands the max pool, `pool`.
//!
//! Maps lie in memory channel last, and stay so from layer to layer: a tensor of Burn's is a view
//! of them. `tests/webgpu_kernels.rs` holds each to its plain form.

mod depthwise;
mod direct;
mod labels;
mod launch;
mod matmul;
mod normalise;
pub mod pages;
mod pool;
mod transposed;
mod winograd;

use burn::tensor::{Device, Tensor};
use burn_wgpu::{CubeBackend, CubeTensor, into_contiguous};

use super::{Activation, Normalisation, TransposedOptions, Window};
use crate::FcnError;
use crate::upsample::{Rounding, pool2_size};
pub use labels::ScoreMap;
use matmul::Product;
use winograd::Layer;

/// The GPU form of [`reserve`](super::reserve).
pub fn reserve(device: &Device, plan: pages::Plan) {
    pages::reserve(&some_tensor(device).client, plan);
}

/// Gives back the memory of what is gone.
pub fn tidy(device: &Device) {
    pages::tidy(&some_tensor(device).client);
}

/// The GPU form of [`flush`](super::flush).
pub fn flush(device: &Device) -> Result<(), FcnError> {
    let flushed = some_tensor(device).client.flush();
    flushed.map_err(|error| FcnError::Gpu {
        reason: format!("{error:?}"),
    })
}

/// A way to CubeCL's client of a device of Burn's.
fn some_tensor(device: &Device) -> CubeTensor {
    primitive(Tensor::<1>::empty([1], device))
}

/// The GPU form of [`normalise`](super::normalise); shapes as there.
pub fn normalise(pixels: Vec<f32>, how: &Normalisation, device: &Device) -> Tensor<4> {
    let some = some_tensor(device);
    let y = normalise::normalise(&some.client, pixels, how);
    let [height, width] = how.padded;
    let shape = [1, height, width, 3].into();
    let y = CubeTensor::new_contiguous(some.client.clone(), some.device, shape, y, some.dtype);
    channels_first(y)
}

/// Makes a tensor's memory go with it.
pub fn own<const D: usize>(tensor: &Tensor<D>) {
    let tensor = primitive(tensor.clone());
    pages::own(&tensor.client, &tensor.handle);
}

/// The GPU form of [`conv2d_same`](super::conv2d_same), [`conv2d_strided`](super::conv2d_strided)
/// and [`conv2d_valid`](super::conv2d_valid); shapes as there.
pub fn conv2d(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    let [batch, channels_in, height, width] = x.dims();
    let [channels_out, ..] = weight.dims();
    let x = channels_last(x);
    // A view back onto the memory that `conv_weight` filled; no copy.
    let weight = primitive(weight.permute([1, 2, 3, 0]));
    let [weight, bias] = [weight, primitive(bias)].map(into_contiguous);

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
    let is_dense = window.stride == 1 && window.dilation == 1;
    let y = match (window.kernel, window.padding) {
        (3, [1, 1]) if vectors && is_dense => winograd::conv3x3(client, layer, inputs, activation),
        (1, [0, 0]) if vectors && is_dense => {
            let pixels = batch * height * width;
            let y = pages::empty(client, pixels * channels_out * size_of::<f32>());
            let product = Product {
                batch: 1,
                rows: pixels,
                inner: channels_in,
                columns: channels_out,
                left: [0, channels_in / 4, 1],
                result: [0, channels_out / 4, 1],
                activation,
            };
            let matrices = [&x.handle, &weight.handle, &bias.handle, &y];
            product.launch(client, matrices, true);
            y
        }
        _ => direct::conv(client, layer, window, inputs, activation),
    };
    let y = CubeTensor::new_contiguous(
        x.client.clone(),
        x.device,
        [batch, window.over(height), window.over(width), channels_out].into(),
        y,
        x.dtype,
    );
    channels_first(y)
}

/// The GPU form of [`conv2d_depthwise`](super::conv2d_depthwise); shapes as there.
pub fn conv2d_depthwise(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    let [batch, channels, rows, columns] = x.dims();
    let x = channels_last(x);
    // A view back onto the memory that `conv_weight` filled; no copy.
    let weight = primitive(weight.permute([1, 2, 3, 0]));
    let [weight, bias] = [weight, primitive(bias)].map(into_contiguous);
    let layer = depthwise::Layer {
        batch,
        channels,
        input: [rows, columns],
        window,
        activation,
    };
    let y = depthwise::conv(&x.client, layer, [&x.handle, &weight.handle, &bias.handle]);
    let [height, width] = layer.output();
    let shape = [batch, height, width, channels].into();
    let y = CubeTensor::new_contiguous(x.client.clone(), x.device, shape, y, x.dtype);
    channels_first(y)
}

/// The GPU form of [`linear`](super::linear), as the convolution of one pixel; shapes as there.
pub fn linear(x: Tensor<2>, weight: Tensor<4>, bias: Tensor<1>) -> Tensor<2> {
    let [batch, channels_in] = x.dims();
    let [channels_out, ..] = weight.dims();
    let layer = Layer {
        batch,
        channels_in,
        channels_out,
        height: 1,
        width: 1,
    };
    let weight = primitive(weight.permute([1, 2, 3, 0]));
    let [x, weight, bias] = [primitive(x), weight, primitive(bias)].map(into_contiguous);
    let inputs = [&x.handle, &weight.handle, &bias.handle];
    let point = Window::valid(1);
    let y = direct::conv(&x.client, layer, point, inputs, Activation::None);
    let shape = [batch, channels_out].into();
    let y = CubeTensor::new_contiguous(x.client.clone(), x.device, shape, y, x.dtype);
    Tensor::from_primitive::<CubeBackend>(y)
}

/// The GPU form of [`conv_transpose2d`](super::conv_transpose2d); shapes as there.
pub fn conv_transpose2d(x: Tensor<4>, weight: Tensor<4>, options: TransposedOptions) -> Tensor<4> {
    let [batch, channels_in, rows, columns] = x.dims();
    let [_, outputs, kernel_y, kernel_x] = weight.dims();
    let kernel = [kernel_y, kernel_x];
    let [height, width] = options.output([rows, columns], kernel);
    let (x, weight) = (channels_last(x), into_contiguous(primitive(weight)));
    let per_channel = options.per_channel;
    let layer = transposed::Layer {
        batch,
        channels_in,
        channels_out: if per_channel { channels_in } else { outputs },
        input: [rows, columns],
        output: [height, width],
        kernel,
        stride: options.stride,
        padding: options.padding,
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

/// The GPU form of [`max_pool`](super::max_pool); shapes as there.
pub fn max_pool(x: Tensor<4>, rounding: Rounding) -> Tensor<4> {
    let [batch, channels, rows, columns] = x.dims();
    let halved = |size: usize| pool2_size(size, rounding).unwrap_or(0);
    let x = channels_last(x);
    let [height, width] = [rows, columns].map(halved);
    let layer = pool::Layer {
        batch,
        channels,
        input: [rows, columns],
        output: [height, width],
    };
    let y = pool::max_pool(&x.client, layer, &x.handle);
    let shape = [batch, height, width, channels].into();
    let y = CubeTensor::new_contiguous(x.client.clone(), x.device, shape, y, x.dtype);
    channels_first(y)
}

/// A map channel last and without gaps: mostly no copy, as the kernels and Burn's pools leave it.
fn channels_last(x: Tensor<4>) -> CubeTensor {
    into_contiguous(primitive(x.permute([0, 2, 3, 1])))
}

/// The tensor as CubeCL has it.
#[allow(
    clippy::expect_used,
    reason = "a device that isn't the CPU's is CubeCL's: the crate opens no others"
)]
fn primitive<const D: usize>(x: Tensor<D>) -> CubeTensor {
    x.try_into_primitive::<CubeBackend>()
        .expect("a tensor on the GPU")
}

/// `[n, h, w, c]` seen as `[n, c, h, w]`.
fn channels_first(y: CubeTensor) -> Tensor<4> {
    Tensor::<4>::from_primitive::<CubeBackend>(y).permute([0, 3, 1, 2])
}
