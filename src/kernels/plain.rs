//! The plain Burn forms of the kernels: short, and the standard of what is right.
//!
//! Where there is WebGPU they are for tensors on the CPU only: Burn's kernels for a GPU would make
//! the wasm half as large again, and nothing but these functions would use them. With the
//! feature `burn-kernels` they are there, slow, for measuring.

use burn::nn::pool::MaxPool2dConfig;
#[cfg(any(not(feature = "webgpu"), feature = "burn-kernels"))]
use burn::tensor::module::{conv_transpose2d as burn_conv_transpose2d, conv2d};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions, PadMode};
use burn::tensor::{Device, Tensor, TensorData};
#[cfg(all(feature = "webgpu", not(feature = "burn-kernels")))]
use on_cpu::{conv_transpose2d as burn_conv_transpose2d, conv2d, matmul};

use super::{Activation, Normalisation, TransposedOptions, Window, activate};
use crate::upsample::Rounding;

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

/// The plain form of [`conv2d_strided`](super::conv2d_strided).
///
/// # Shapes
/// - `x` `[n, in, h, w]`, `weight` `[out, in, k, k]`, `bias` `[out]`
/// - result `[n, out, h', w']`, as [`Window::over`] says
pub fn conv2d_strided(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    grouped(x, weight, bias, window, 1, activation)
}

/// The plain form of [`conv2d_depthwise`](super::conv2d_depthwise).
///
/// # Shapes
/// - `x` `[n, c, h, w]`, `weight` `[c, 1, k, k]`, `bias` `[c]`
/// - result `[n, c, h', w']`, as [`Window::over`] says
pub fn conv2d_depthwise(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    let [_, channels, _, _] = x.dims();
    grouped(x, weight, bias, window, channels, activation)
}

fn grouped(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    Window {
        stride,
        padding,
        dilation,
        ..
    }: Window,
    groups: usize,
    activation: Activation,
) -> Tensor<4> {
    let [before, after] = padding;
    // Burn pads by the same on both sides; what is more at the end is put there beforehand.
    let even = before.min(after);
    let rest = (before - even, after - even);
    let x = match rest {
        (0, 0) => x,
        _ => x.pad([rest, rest], PadMode::Constant(0.0)),
    };
    let options = ConvOptions::new([stride; 2], [even; 2], [dilation; 2], groups);
    activate(conv2d(x, weight, Some(bias), options), activation)
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

/// The plain form of [`linear`](super::linear).
///
/// # Shapes
/// - `x` `[n, in·k·k]`, `weight` `[out, in, k, k]`, `bias` `[out]`
/// - result `[n, out]`
pub fn linear(x: Tensor<2>, weight: Tensor<4>, bias: Tensor<1>) -> Tensor<2> {
    let matrix: Tensor<2> = weight.flatten(1, 3); // [out, in·k·k]
    let sums = matmul(matrix, x.transpose()); // [out, n]
    sums.transpose() + bias.unsqueeze() // [n, out]
}

/// The plain form of [`normalise`](super::normalise).
///
/// # Shapes
/// - `pixels` `[rows, columns, 3]`, row-major
/// - result `[1, 3, h, w]`
pub fn normalise(pixels: &[f32], how: &Normalisation, device: &Device) -> Tensor<4> {
    let ([_, columns], [height, width]) = (how.size, how.padded);
    let mut planes = Vec::with_capacity(3 * height * width);
    let statistics = how.order.into_iter().zip(how.mean).zip(how.std);
    for (channel, (((source, mean), std), pad)) in statistics.zip(how.pad).enumerate() {
        for row in pixels.chunks_exact(columns * 3) {
            let begin = planes.len();
            planes.extend(row.iter().skip(source).step_by(3));
            // In a loop of its own, since one after another they are divided four at a time.
            for value in planes.iter_mut().skip(begin) {
                *value = (*value / 255.0 - mean) / std;
            }
            planes.extend(std::iter::repeat_n(pad, width - columns));
        }
        planes.resize((channel + 1) * height * width, pad);
    }
    Tensor::from_data(TensorData::new(planes, [1, 3, height, width]), device)
}

/// The plain form of [`max_pool`](super::max_pool).
///
/// # Shapes
/// - `x` `[n, c, h, w]`
/// - result `[n, c, h / 2, w / 2]`, rounded
pub fn max_pool(x: Tensor<4>, rounding: Rounding) -> Tensor<4> {
    let pool = MaxPool2dConfig::new([2, 2])
        .with_strides([2, 2])
        .with_ceil_mode(rounding == Rounding::Ceil);
    pool.init().forward(x)
}

/// The plain form of [`conv_transpose2d`](super::conv_transpose2d).
///
/// # Shapes
/// - `x` `[n, in, h, w]`, `weight` `[in, out, k, k']`; with `per_channel` `[in, 1, k, k']`
/// - result `[n, out, h', w']`
pub fn conv_transpose2d(x: Tensor<4>, weight: Tensor<4>, options: TransposedOptions) -> Tensor<4> {
    let [_, channels, _, _] = x.dims();
    let groups = if options.per_channel { channels } else { 1 };
    let TransposedOptions {
        stride,
        padding,
        output_padding,
        ..
    } = options;
    let options = ConvTransposeOptions::new(stride, padding, output_padding, [1; 2], groups);
    burn_conv_transpose2d(x, weight, None, options)
}

#[cfg(any(not(feature = "webgpu"), feature = "burn-kernels"))]
fn matmul(left: Tensor<2>, right: Tensor<2>) -> Tensor<2> {
    left.matmul(right)
}

/// Burn's convolutions and products of matrices, of Flex alone.
#[cfg(all(feature = "webgpu", not(feature = "burn-kernels")))]
mod on_cpu {
    use burn::backend::ops::{FloatTensorOps, ModuleOps};
    use burn::tensor::Tensor;
    use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};
    use burn_flex::{Flex, FlexTensor};

    pub fn conv2d(
        x: Tensor<4>,
        weight: Tensor<4>,
        bias: Option<Tensor<1>>,
        options: ConvOptions<2>,
    ) -> Tensor<4> {
        let bias = bias.map(primitive);
        let y = Flex::conv2d(primitive(x), primitive(weight), bias, options);
        Tensor::from_primitive::<Flex>(y)
    }

    pub fn conv_transpose2d(
        x: Tensor<4>,
        weight: Tensor<4>,
        bias: Option<Tensor<1>>,
        options: ConvTransposeOptions<2>,
    ) -> Tensor<4> {
        let bias = bias.map(primitive);
        let y = Flex::conv_transpose2d(primitive(x), primitive(weight), bias, options);
        Tensor::from_primitive::<Flex>(y)
    }

    pub fn matmul(left: Tensor<2>, right: Tensor<2>) -> Tensor<2> {
        Tensor::from_primitive::<Flex>(Flex::float_matmul(primitive(left), primitive(right)))
    }

    #[allow(clippy::expect_used, reason = "every GPU tensor goes to the GPU forms")]
    fn primitive<const D: usize>(x: Tensor<D>) -> FlexTensor {
        x.try_into_primitive::<Flex>().expect("a tensor on the CPU")
    }
}
