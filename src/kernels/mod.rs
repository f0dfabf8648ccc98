//! Our own GPU kernels, each beside the plain Burn form that it must equal.
//!
//! On the CPU the plain form is what runs, and on the GPU after [`set_plain_kernels`].

#[cfg(feature = "webgpu")]
pub mod gpu;
pub mod plain;
pub mod recast;
pub mod wgsl;

use std::sync::atomic::{AtomicBool, Ordering};

use burn::tensor::{Device, Tensor, TensorData};

static PLAIN: AtomicBool = AtomicBool::new(false);

/// Makes every kernel of this crate run as its plain Burn form, on the GPU too: for measuring what
/// our kernels gain, and for finding out whether a wrong result is their fault. To be said before
/// weights are loaded, which lie in memory as the kernels read them.
pub fn set_plain_kernels(plain: bool) {
    PLAIN.store(plain, Ordering::Relaxed);
}

/// Whether our kernels run on that device, and not their plain forms.
fn ours(device: &Device) -> bool {
    crate::device::is_gpu(device) && !PLAIN.load(Ordering::Relaxed)
}

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
    if ours(&x.device()) {
        return gpu::conv2d_same(x, weight, bias, activation);
    }
    plain::conv2d_same(x, weight, bias, activation)
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
    if ours(&x.device()) {
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
    if ours(&x.device()) {
        return recast::conv2d_atrous(x, weight, bias, dilation, activation);
    }
    plain::conv2d_atrous(x, weight, bias, dilation, activation)
}

/// Transposed convolution without bias: a square kernel `k` no smaller than 1, `padding < k`.
///
/// # Shapes
/// - `x` `[n, in, h, w]`, `weight` `[in, out, k, k]`; with `per_channel` `[in, 1, k, k]`, each
///   channel by itself
/// - result `[n, out, h', w']` with `h' = (h − 1)·stride − 2·padding + k`
pub fn conv_transpose2d(
    x: Tensor<4>,
    weight: Tensor<4>,
    stride: usize,
    padding: usize,
    per_channel: bool,
) -> Tensor<4> {
    #[cfg(feature = "webgpu")]
    if ours(&x.device()) {
        return gpu::conv_transpose2d(x, weight, stride, padding, per_channel);
    }
    plain::conv_transpose2d(x, weight, stride, padding, per_channel)
}

/// A convolution's weights on `device`, laid out in memory as the device's kernel reads them.
///
/// # Shapes
/// `values` is row-major `[out, in, k, k]`, and so is the result to whoever indexes it. For our
/// GPU kernels the memory behind it is `[in, k, k, out]`, so that [`conv2d_same`] copies nothing.
pub fn conv_weight(values: Vec<f32>, shape: [usize; 4], device: &Device) -> Tensor<4> {
    let on = |values, shape: [usize; 4]| Tensor::from_data(TensorData::new(values, shape), device);
    if !ours(device) {
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
