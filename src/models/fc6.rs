//! fc6 as a 7×7 convolution without padding, in slices of its output channels.
//!
//! Long, Shelhamer & Darrell (CVPR 2015) cast VGG16's first fully connected layer into a convolution.
//! At full width its kernel is 411 MB, more than the 128 MiB that every WebGPU adapter binds at once;
//! slices of output channels are independent of each other, so each becomes a convolution of its own.

use burn::module::{Module, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};

use super::fresh::Fresh;
use super::layers::bias_of;
use crate::FcnError;
use crate::kernels::{self, Activation, conv_weight, conv2d_valid};
use crate::upsample::reference::FC6_KERNEL;
use crate::weights::Weights;

/// What every WebGPU adapter binds at once, in bytes (`maxStorageBufferBindingSize`'s default).
pub const WEBGPU_BINDING: u64 = 128 << 20;

/// Output channels in a slice whose weights take at most `max_binding` bytes; at least one, and a
/// multiple of 8 where there are as many: the GPU kernel does up to 8 at once.
fn slice_channels(inputs: usize, max_binding: u64) -> usize {
    let most = usize::try_from(max_binding / channel_bytes(inputs)).unwrap_or(usize::MAX);
    if most < 8 {
        most.max(1)
    } else {
        most - most % 8
    }
}

fn channel_bytes(inputs: usize) -> u64 {
    4 * (inputs * FC6_KERNEL * FC6_KERNEL) as u64
}

/// How many numbers the largest slice's weights are.
pub(super) fn largest_slice(inputs: usize, outputs: usize, max_binding: u64) -> usize {
    let channels = outputs.min(slice_channels(inputs, max_binding));
    channels * inputs * FC6_KERNEL * FC6_KERNEL
}

/// A 7×7 convolution and its ReLU.
#[derive(Module, Debug)]
pub struct Fc6 {
    slices: Vec<Conv2d>,
}

impl Fc6 {
    /// With random weights, none of whose buffers is larger than `max_binding`
    /// bytes as long as one output channel fits.
    pub fn init(inputs: usize, outputs: usize, max_binding: u64, device: &Device) -> Self {
        let most = slice_channels(inputs, max_binding);
        let slices = (0..outputs).step_by(most).map(|first| {
            let channels = most.min(outputs - first);
            Conv2dConfig::new([inputs, channels], [FC6_KERNEL; 2]).fresh(device)
        });
        Self {
            slices: slices.collect(),
        }
    }

    /// Channels of the map that it takes.
    pub(super) fn inputs(&self) -> usize {
        let first = self.slices.first();
        first.map_or(0, |slice| {
            let [_, inputs, _, _] = slice.weight.lazy_shape().dims();
            inputs
        })
    }

    /// Number of slices.
    pub fn slices(&self) -> usize {
        self.slices.len()
    }

    /// Replaces the weights by those of a file, `name.weight` and `name.bias`. A classifier stores
    /// the kernel as a matrix, `[out, in·7·7]`: the same numbers in the same order.
    ///
    /// # Errors
    /// As [`Weights::take`].
    pub(super) fn load(
        &mut self,
        name: &str,
        as_matrix: bool,
        weights: &mut Weights,
        device: &Device,
    ) -> Result<(), FcnError> {
        let shapes = self.slices.iter().map(|s| s.weight.lazy_shape().dims());
        let shapes: Vec<[usize; 4]> = shapes.collect();
        let outputs = shapes.iter().map(|[channels, ..]| channels).sum();
        let inputs = shapes.first().map_or(0, |[_, inputs, ..]| *inputs);
        let kernel = [outputs, inputs, FC6_KERNEL, FC6_KERNEL];
        let matrix = [outputs, inputs * FC6_KERNEL * FC6_KERNEL];
        let shape: &[usize] = if as_matrix { &matrix } else { &kernel };
        let weight = format!("{name}.weight");
        let bias: Tensor<1> = weights.take(&format!("{name}.bias"), [outputs], device)?;
        let mut first = 0;
        for (slice, own) in self.slices.iter_mut().zip(shapes) {
            let [channels, ..] = own;
            // A slice at a time: as a whole the paper's fc6 takes 411 MB, and copies of that.
            let values = weights.read_rows(&weight, shape, first..first + channels)?;
            slice.weight = Param::from_tensor(conv_weight(values, own, device));
            let bias = bias.clone().narrow(0, first, channels);
            slice.bias = Some(Param::from_tensor(bias));
            first += channels;
        }
        weights.ignore(&weight);
        Ok(())
    }

    /// # Shapes
    /// - `x` `[n, in, h, w]`, h and w at least 7
    /// - result `[n, out, h − 6, w − 6]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let slices = self.slices.iter().map(|layer| {
            let weight = layer.weight.val();
            conv2d_valid(x.clone(), weight, bias_of(layer), Activation::Relu)
        });
        let mut slices: Vec<Tensor<4>> = slices.collect();
        match slices.len() {
            1 => slices.remove(0),
            _ => Tensor::cat(slices, 1), // [n, out, h − 6, w − 6]
        }
    }

    /// The same layer as the classifier has it: the kernel as a matrix, times the flattened map.
    ///
    /// # Shapes
    /// - `x` `[n, in, 7, 7]`
    /// - result `[n, out]`
    pub(super) fn forward_flat(&self, x: Tensor<4>) -> Tensor<2> {
        let flat: Tensor<2> = x.flatten(1, 3); // [n, in·49]
        let slices = self.slices.iter().map(|layer| linear(layer, flat.clone()));
        relu(Tensor::cat(slices.collect(), 1)) // [n, out]
    }
}

/// A convolution's numbers as a fully connected layer: weights `[out, in, k, k]` as a matrix
/// `[out, in·k·k]`.
///
/// # Shapes
/// `x` `[n, in·k·k]` to `[n, out]`
pub(super) fn linear(layer: &Conv2d, x: Tensor<2>) -> Tensor<2> {
    kernels::linear(x, layer.weight.val(), bias_of(layer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::cpu;

    #[test]
    fn slices_are_as_few_as_the_binding_allows() {
        // The paper's fc6: 512 · 49 · 4 bytes a channel, 4096 channels.
        assert_eq!(slice_channels(512, WEBGPU_BINDING), 1336);
        assert_eq!(largest_slice(512, 4096, WEBGPU_BINDING), 1336 * 512 * 49);
        assert_eq!(largest_slice(512, 4096, u64::MAX), 4096 * 512 * 49);
        let slices = |binding| Fc6::init(2, 5, binding, &cpu()).slices();
        assert_eq!([u64::MAX, 4 * 2 * 49 * 2, 1].map(slices), [1, 3, 5]);
    }
}
