//! Filling layers from a weights file, and running them on the kernels of this crate.

use burn::module::Param;
use burn::nn::conv::{Conv2d, ConvTranspose2d};
use burn::tensor::module::interpolate;
use burn::tensor::ops::{InterpolateMode, InterpolateOptions};
use burn::tensor::{Device, Tensor, TensorData};

use crate::FcnError;
use crate::kernels::{
    Activation, Taps, TransposedOptions, Window, conv_transpose2d, conv_weight, conv2d_atrous,
    conv2d_same, conv2d_strided, parameter,
};
use crate::upsample::bilinear_weights;
use crate::weights::Weights;

/// The shape of a parameter, without making it: random numbers are made only when they are first read,
/// and the sizes of a manifest must be checked against the file before memory is spent on them.
fn shape_of<const D: usize>(parameter: &Param<Tensor<D>>) -> [usize; D] {
    parameter.lazy_shape().dims()
}

/// Fills `layer` from `name.weight` and `name.bias`.
///
/// # Errors
/// As [`Weights::take`].
pub(super) fn load_conv(
    layer: &mut Conv2d,
    name: &str,
    weights: &mut Weights,
    device: &Device,
) -> Result<(), FcnError> {
    let shape = shape_of(&layer.weight);
    let values = weights.take_values(&format!("{name}.weight"), &shape)?;
    layer.weight = Param::from_tensor(conv_weight(values, shape, device));
    if let Some(bias) = &mut layer.bias {
        let value = weights.take(&format!("{name}.bias"), shape_of(bias), device)?;
        *bias = Param::from_tensor(value);
    }
    Ok(())
}

/// Fills `layer`, whose bias is 0, from `name.weight`.
///
/// # Errors
/// As [`Weights::take`].
pub(super) fn load_unbiased(
    layer: &mut Conv2d,
    name: &str,
    weights: &mut Weights,
    device: &Device,
) -> Result<(), FcnError> {
    let shape = shape_of(&layer.weight);
    let [outputs, ..] = shape;
    let values = weights.take_values(&format!("{name}.weight"), &shape)?;
    layer.weight = Param::from_tensor(conv_weight(values, shape, device));
    let zeros = TensorData::zeros::<f32, _>([outputs]);
    layer.bias = Some(Param::from_tensor(parameter(zeros, device)));
    Ok(())
}

/// Fills `layer`, a 1×1 convolution, from the matrix `name.weight`, `[out, in]`, and `name.bias`: a
/// fully connected layer does to one position what a 1×1 convolution does to each.
///
/// # Errors
/// As [`Weights::take`].
pub(super) fn load_linear(
    layer: &mut Conv2d,
    name: &str,
    weights: &mut Weights,
    device: &Device,
) -> Result<(), FcnError> {
    let shape = shape_of(&layer.weight);
    let [outputs, inputs, ..] = shape;
    let values = weights.take_values(&format!("{name}.weight"), &[outputs, inputs])?;
    layer.weight = Param::from_tensor(conv_weight(values, shape, device));
    let bias = weights.take(&format!("{name}.bias"), [outputs], device)?;
    layer.bias = Some(Param::from_tensor(bias));
    Ok(())
}

/// Fills `layer` from `name.weight`, `[in, out / groups, k, k]`. FCN's upsampling has no bias.
///
/// # Errors
/// As [`Weights::take`].
pub(super) fn load_conv_transpose(
    layer: &mut ConvTranspose2d,
    name: &str,
    weights: &mut Weights,
    device: &Device,
) -> Result<(), FcnError> {
    let shape = shape_of(&layer.weight);
    let value = weights.take(&format!("{name}.weight"), shape, device)?;
    layer.weight = Param::from_tensor(value);
    Ok(())
}

/// Makes `layer` upsample bilinearly, class by class, as the paper starts training.
pub(super) fn make_bilinear(layer: &mut ConvTranspose2d, device: &Device) {
    let [classes, outputs, kernel, _] = shape_of(&layer.weight);
    let weights = match layer.groups {
        1 => bilinear_weights(classes, kernel),
        _ => bilinear_weights(1, kernel).repeat(classes),
    };
    let weights = TensorData::new(weights, [classes, outputs, kernel, kernel]);
    layer.weight = Param::from_tensor(parameter(weights, device));
}

/// Added to a variance before its root: PyTorch's default, and torchvision's.
const BATCH_NORM_EPSILON: f64 = 1e-5;

/// Fills `layer` from `conv.weight` (and `conv.bias`, if `conv_bias`) and the batch norm after it.
///
/// # Errors
/// As [`load_conv_norm`].
pub(super) fn load_conv_bn(
    layer: &mut Conv2d,
    [conv, norm]: [String; 2],
    conv_bias: bool,
    weights: &mut Weights,
    device: &Device,
) -> Result<(), FcnError> {
    let bias = conv_bias.then(|| format!("{conv}.bias"));
    load_folded(
        layer,
        [conv, norm],
        (bias, BATCH_NORM_EPSILON),
        weights,
        device,
    )
}

/// The same of a convolution without bias and a batch norm that adds another number to its variances.
///
/// # Errors
/// As [`Weights::take`]; [`FcnError::NotFinite`].
pub(super) fn load_conv_norm(
    layer: &mut Conv2d,
    names: [String; 2],
    epsilon: f64,
    weights: &mut Weights,
    device: &Device,
) -> Result<(), FcnError> {
    load_folded(layer, names, (None, epsilon), weights, device)
}

/// Fills `layer`, which has a bias, from `conv.weight`, a bias if that has a name, and the
/// batch norm after it, which is folded in: with the running statistics μ and σ², a batch norm of
/// γ and β multiplies a channel by γ / √(σ² + ε) and adds β − μ·γ / √(σ² + ε).
///
/// That is computed in f64 and rounded to f32 once, so each weight is off by at most 2⁻²⁴ of
/// itself, and the layer's sums by no more than what rounding their products once costs.
///
/// # Errors
/// As [`Weights::take`]; [`FcnError::NotFinite`] where a variance has no root or the quotient no
/// f32.
fn load_folded(
    layer: &mut Conv2d,
    [conv, norm]: [String; 2],
    (bias, epsilon): (Option<String>, f64),
    weights: &mut Weights,
    device: &Device,
) -> Result<(), FcnError> {
    let shape = shape_of(&layer.weight);
    let [outputs, ..] = shape;
    let mut values = weights.take_values(&format!("{conv}.weight"), &shape)?;
    let mut channel = |name: String| weights.take_values(&name, &[outputs]);
    let bias = match bias {
        Some(name) => channel(name)?,
        None => vec![0.0; outputs],
    };
    let gamma = channel(format!("{norm}.weight"))?;
    let beta = channel(format!("{norm}.bias"))?;
    let mean = channel(format!("{norm}.running_mean"))?;
    let variance = channel(format!("{norm}.running_var"))?;
    // The number of batches in training, which inference doesn't use.
    weights.ignore(&format!("{norm}.num_batches_tracked"));

    let mut biases = Vec::with_capacity(outputs);
    let taps = (values.len() / outputs.max(1)).max(1);
    let statistics = bias.iter().zip(&gamma).zip(&beta).zip(&mean).zip(&variance);
    for (kernel, ((((&bias, &gamma), &beta), &mean), &variance)) in
        values.chunks_exact_mut(taps).zip(statistics)
    {
        let factor = f64::from(gamma) / (f64::from(variance) + epsilon).sqrt();
        for weight in kernel.iter_mut() {
            *weight = (f64::from(*weight) * factor) as f32;
        }
        let bias = f64::from(beta) + (f64::from(bias) - f64::from(mean)) * factor;
        biases.push(bias as f32);
    }
    if !values.iter().chain(&biases).all(|value| value.is_finite()) {
        return Err(FcnError::NotFinite { name: norm });
    }
    layer.weight = Param::from_tensor(conv_weight(values, shape, device));
    let biases = TensorData::new(biases, [outputs]);
    layer.bias = Some(Param::from_tensor(parameter(biases, device)));
    Ok(())
}

/// Any convolution of this crate's nets: size-keeping, atrous, or with a stride.
///
/// # Shapes
/// `[n, in, h, w]` to `[n, out, ⌈h / stride⌉, ⌈w / stride⌉]`
pub(super) fn conv_any(layer: &Conv2d, x: Tensor<4>, activation: Activation) -> Tensor<4> {
    let ([stride, _], [dilation, _]) = (layer.stride, layer.dilation);
    let (weight, bias) = (layer.weight.val(), bias_of(layer));
    match (stride, dilation) {
        (1, 1) => conv2d_same(x, weight, bias, activation),
        (1, _) => conv2d_atrous(x, weight, bias, dilation, activation),
        _ => {
            let [kernel, _] = layer.kernel_size;
            conv2d_strided(x, weight, bias, Window::centred(kernel, stride), activation)
        }
    }
}

/// A size-keeping convolution and its ReLU: `[n, in, h, w]` to `[n, out, h, w]`.
pub(super) fn conv_relu(layer: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    run(layer, x, Activation::Relu)
}

/// A size-keeping convolution: `[n, in, h, w]` to `[n, out, h, w]`.
pub(super) fn conv(layer: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    run(layer, x, Activation::None)
}

/// FCN's upsampling, a transposed convolution without bias:
/// `[n, classes, h, w]` to `[n, classes, h', w']`.
pub(super) fn upsample(layer: &ConvTranspose2d, x: Tensor<4>) -> Tensor<4> {
    let options = TransposedOptions {
        stride: layer.stride,
        padding: layer.padding,
        output_padding: layer.padding_out,
        per_channel: layer.groups > 1,
    };
    conv_transpose2d(x, layer.weight.val(), options)
}

/// Bilinear resizing, PyTorch's `align_corners=False`: `[n, c, h, w]` to `[n, c, height, width]`.
pub(super) fn resize(x: Tensor<4>, size: [usize; 2]) -> Tensor<4> {
    let options = InterpolateOptions::new(InterpolateMode::Bilinear).with_align_corners(false);
    interpolate(x, options.with_output_size(size))
}

fn run(layer: &Conv2d, x: Tensor<4>, activation: Activation) -> Tensor<4> {
    conv2d_same(x, layer.weight.val(), bias_of(layer), activation)
}

/// A layer's numbers.
pub(super) fn taps(layer: &Conv2d) -> Taps {
    Taps {
        weight: layer.weight.val(),
        bias: bias_of(layer),
    }
}

/// A layer's bias, zeros where it has none.
pub(super) fn bias_of(layer: &Conv2d) -> Tensor<1> {
    match &layer.bias {
        Some(bias) => bias.val(),
        None => {
            let weight = layer.weight.val();
            let [channels, ..] = weight.dims();
            Tensor::zeros([channels], &weight.device())
        }
    }
}
