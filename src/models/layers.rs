//! Filling layers from a weights file, and running them on the kernels of this crate.

use burn::module::Param;
use burn::nn::conv::{Conv2d, ConvTranspose2d};
use burn::tensor::{Device, Tensor, TensorData};

use crate::FcnError;
use crate::kernels::{Activation, conv_weight, conv2d_same};
use crate::upsample::bilinear_weights;
use crate::weights::Weights;

/// The shape of a parameter, without making it: fresh layers hold random numbers only once somebody
/// reads them, and a file's size has to be checked before its manifest's sizes are believed.
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
    layer.weight = Param::from_tensor(Tensor::from_data(weights, device));
}

/// A size-keeping convolution and its ReLU: `[n, in, h, w]` to `[n, out, h, w]`.
pub(super) fn conv_relu(layer: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    run(layer, x, Activation::Relu)
}

/// A size-keeping convolution: `[n, in, h, w]` to `[n, out, h, w]`.
pub(super) fn conv(layer: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    run(layer, x, Activation::None)
}

fn run(layer: &Conv2d, x: Tensor<4>, activation: Activation) -> Tensor<4> {
    conv2d_same(x, layer.weight.val(), bias_of(layer), activation)
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
