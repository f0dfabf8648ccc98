//! Our own kernels, each beside the plain Burn form that it must equal.
//!
//! On the CPU the plain form is what runs, but for 3×3 convolutions.

pub mod cpu;
#[cfg(feature = "webgpu")]
pub mod gpu;
pub mod plain;
pub mod recast;
pub mod wgsl;

use burn::tensor::{Device, Tensor, TensorData};

use crate::upsample::conv_transpose_size;

/// What follows a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activation {
    /// Nothing.
    None,
    /// max(0, x).
    Relu,
}

/// Convolution of stride 1 that keeps the size: an odd square kernel `k`, padding `(k − 1) / 2`.
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
    #[cfg(feature = "webgpu")]
    if crate::device::is_gpu(&x.device()) {
        return gpu::conv2d(x, weight, bias, 1, activation);
    }
    if cpu::is_faster(x.dims(), weight.dims()) {
        return cpu::conv3x3(x, weight, bias, activation);
    }
    plain::conv2d_same(x, weight, bias, activation)
}

/// Convolution that computes every `stride`-th pixel of [`conv2d_same`]'s result, from the first on.
///
/// # Shapes
/// - `x` `[n, in, h, w]`, `weight` `[out, in, k, k]`, `bias` `[out]`
/// - result `[n, out, ⌈h / stride⌉, ⌈w / stride⌉]`
pub fn conv2d_strided(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    stride: usize,
    activation: Activation,
) -> Tensor<4> {
    #[cfg(feature = "webgpu")]
    if crate::device::is_gpu(&x.device()) {
        return gpu::conv2d(x, weight, bias, stride, activation);
    }
    plain::conv2d_strided(x, weight, bias, stride, activation)
}

/// Convolution of stride 1 without padding: an odd square kernel `k`, no larger than the map.
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
    if crate::device::is_gpu(&x.device()) {
        return recast::conv2d_valid(x, weight, bias, activation);
    }
    plain::conv2d_valid(x, weight, bias, activation)
}

/// Atrous convolution of stride 1 that keeps the size: an odd square kernel `k` whose taps are
/// `dilation` pixels apart, padding `dilation · (k − 1) / 2`.
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
    if crate::device::is_gpu(&x.device()) {
        return recast::conv2d_atrous(x, weight, bias, dilation, activation);
    }
    plain::conv2d_atrous(x, weight, bias, dilation, activation)
}

/// A fully connected layer whose weights are a convolution's, `[out, in, k, k]` instead of
/// `[out, in·k·k]`: the same numbers in the same order.
///
/// # Shapes
/// - `x` `[n, in·k·k]`, `weight` `[out, in, k, k]`, `bias` `[out]`
/// - result `[n, out]`
pub fn linear(x: Tensor<2>, weight: Tensor<4>, bias: Tensor<1>) -> Tensor<2> {
    #[cfg(feature = "webgpu")]
    if crate::device::is_gpu(&x.device()) {
        return gpu::linear(x, weight, bias);
    }
    plain::linear(x, weight, bias)
}

/// How a transposed convolution stamps; each pair is down and across.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransposedOptions {
    /// Pixels from one stamp to the next.
    pub stride: [usize; 2],
    /// Pixels that are cut off on each side.
    pub padding: [usize; 2],
    /// Pixels that are kept, or added, below and at the right.
    pub output_padding: [usize; 2],
    /// Each channel is enlarged by itself.
    pub per_channel: bool,
}

impl TransposedOptions {
    /// Rows and columns of the result, of an input and a kernel of so many; 0 where there is none.
    pub fn output(&self, input: [usize; 2], kernel: [usize; 2]) -> [usize; 2] {
        let ([down, across], [rows, columns]) = (self.stride, input);
        let ([top, left], [more_rows, more_columns]) = (self.padding, self.output_padding);
        let [kernel_rows, kernel_columns] = kernel;
        let height = conv_transpose_size(rows, kernel_rows, down, top, more_rows, 1);
        let width = conv_transpose_size(columns, kernel_columns, across, left, more_columns, 1);
        [height.unwrap_or(0), width.unwrap_or(0)]
    }
}

/// Transposed convolution without bias.
///
/// # Shapes
/// - `x` `[n, in, h, w]`, `weight` `[in, out, k, k']`; with `per_channel` `[in, 1, k, k']`
/// - result `[n, out, h', w']`, as [`TransposedOptions::output`] says; neither may be 0
pub fn conv_transpose2d(x: Tensor<4>, weight: Tensor<4>, options: TransposedOptions) -> Tensor<4> {
    #[cfg(feature = "webgpu")]
    if crate::device::is_gpu(&x.device()) {
        return gpu::conv_transpose2d(x, weight, options);
    }
    plain::conv_transpose2d(x, weight, options)
}

/// A convolution's weights on `device`, laid out in memory as the device's kernel reads them.
///
/// # Shapes
/// `values` is row-major `[out, in, k, k]`, and so is the result to whoever indexes it. On a GPU
/// the memory behind it is `[in, k, k, out]`, so that [`conv2d_same`] copies nothing.
pub fn conv_weight(values: Vec<f32>, shape: [usize; 4], device: &Device) -> Tensor<4> {
    let on = |values, shape: [usize; 4]| Tensor::from_data(TensorData::new(values, shape), device);
    if !crate::device::is_gpu(device) {
        return on(values, shape);
    }
    let [out, inputs, rows, columns] = shape;
    let taps = inputs * rows * columns;
    // Collecting would grow the buffer by doubling, and weights may be large.
    let mut transposed = Vec::with_capacity(values.len());
    for tap in 0..taps {
        transposed.extend(values.iter().skip(tap).step_by(taps));
    }
    drop(values);
    on(transposed, [inputs, rows, columns, out]).permute([3, 0, 1, 2]) // [out, in, k, k]
}
