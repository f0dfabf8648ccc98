//! The plain Burn forms of the kernels: short, slow on a GPU, and the standard of what is right.

use burn::tensor::Tensor;
use burn::tensor::activation::relu;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;

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

fn activate(y: Tensor<4>, activation: Activation) -> Tensor<4> {
    match activation {
        Activation::None => y,
        Activation::Relu => relu(y),
    }
}
