//! The plain Burn forms of the kernels: short, slow on a GPU, and the standard of what is right.

use burn::tensor::Tensor;
use burn::tensor::activation::relu;
use burn::tensor::module::{conv_transpose2d as burn_conv_transpose2d, conv2d};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};

use super::Activation;

/// The plain form of [`conv2d_same`](super::conv2d_same).
///
/// # Shapes
/// - `x` `[n, in, h, w]`, `weight` `[out, in, k, k]`, `bias` `[out]`
/// - result `[n, out, h, w]`
pub fn conv2d_same(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    activation: Activation,
) -> Tensor<4> {
    conv2d_atrous(x, weight, bias, 1, activation)
}

/// The plain form of [`conv2d_valid`](super::conv2d_valid).
///
/// # Shapes
/// - `x` `[n, in, h, w]`, `weight` `[out, in, k, k]`, `bias` `[out]`
/// - result `[n, out, h − k + 1, w − k + 1]`
pub fn conv2d_valid(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    activation: Activation,
) -> Tensor<4> {
    let options = ConvOptions::new([1, 1], [0, 0], [1, 1], 1);
    activate(conv2d(x, weight, Some(bias), options), activation)
}

/// The plain form of [`conv2d_atrous`](super::conv2d_atrous).
///
/// # Shapes
/// - `x` `[n, in, h, w]`, `weight` `[out, in, k, k]`, `bias` `[out]`
/// - result `[n, out, h, w]`
pub fn conv2d_atrous(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    dilation: usize,
    activation: Activation,
) -> Tensor<4> {
    let [_, _, kernel, _] = weight.dims();
    let padding = dilation * (kernel - 1) / 2;
    let options = ConvOptions::new([1, 1], [padding; 2], [dilation; 2], 1);
    activate(conv2d(x, weight, Some(bias), options), activation)
}

/// The plain form of [`conv_transpose2d`](super::conv_transpose2d).
///
/// # Shapes
/// - `x` `[n, in, h, w]`, `weight` `[in, out, k, k]`, or `[in, 1, k, k]` with `per_channel`
/// - result `[n, out, h', w']` with `h' = (h − 1)·stride − 2·padding + k`
pub fn conv_transpose2d(
    x: Tensor<4>,
    weight: Tensor<4>,
    stride: usize,
    padding: usize,
    per_channel: bool,
) -> Tensor<4> {
    let [_, channels, _, _] = x.dims();
    let groups = if per_channel { channels } else { 1 };
    let options = ConvTransposeOptions::new([stride; 2], [padding; 2], [0; 2], [1; 2], groups);
    burn_conv_transpose2d(x, weight, None, options)
}

fn activate(y: Tensor<4>, activation: Activation) -> Tensor<4> {
    match activation {
        Activation::None => y,
        Activation::Relu => relu(y),
    }
}
