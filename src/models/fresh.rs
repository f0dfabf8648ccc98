//! Layers before anything is loaded into them.
//!
//! Burn's own `init` offers orthogonal matrices among other beginnings, and with them brings a QR
//! decomposition and all of CubeCL's matrix products into the browser's download.

use burn::module::{Param, ParamId};
use burn::nn::conv::{Conv2d, Conv2dConfig, ConvTranspose2d, ConvTranspose2dConfig};
use burn::tensor::{Device, Tensor, TensorData};

use crate::weights::Noise;

/// A layer's settings.
pub(super) trait Fresh {
    /// What they describe.
    type Layer;

    /// A layer with random parameters, uniform in ±1/√fan-in as PyTorch's and Burn's are. They
    /// are made when they are first read: mostly a file's weights replace them before that.
    fn fresh(&self, device: &Device) -> Self::Layer;
}

fn parameter<const D: usize>(
    shape: [usize; D],
    fan_in: usize,
    device: &Device,
) -> Param<Tensor<D>> {
    let id = ParamId::new();
    // Parameters have ids of their own, so numbers of their own.
    let seed = id.val() as u32;
    let make = move |device: &Device, _: bool| {
        let bound = 1.0 / (fan_in.max(1) as f32).sqrt();
        let values = Noise::new(seed).values(shape.iter().product(), bound);
        Tensor::from_data(TensorData::new(values, shape), device)
    };
    Param::uninitialized(id, make, device.clone(), false, shape.into())
}

impl Fresh for Conv2dConfig {
    type Layer = Conv2d;

    fn fresh(&self, device: &Device) -> Conv2d {
        let ([inputs, outputs], [rows, columns]) = (self.channels, self.kernel_size);
        let inputs = inputs / self.groups;
        let fan_in = inputs * rows * columns;
        Conv2d {
            weight: parameter([outputs, inputs, rows, columns], fan_in, device),
            bias: self.bias.then(|| parameter([outputs], fan_in, device)),
            stride: self.stride,
            kernel_size: self.kernel_size,
            dilation: self.dilation,
            groups: self.groups,
            padding: self.padding.clone(),
        }
    }
}

impl Fresh for ConvTranspose2dConfig {
    type Layer = ConvTranspose2d;

    fn fresh(&self, device: &Device) -> ConvTranspose2d {
        let ([inputs, outputs], [rows, columns]) = (self.channels, self.kernel_size);
        let fan_in = outputs / self.groups * rows * columns;
        let shape = [inputs, outputs / self.groups, rows, columns];
        ConvTranspose2d {
            weight: parameter(shape, fan_in, device),
            bias: self.bias.then(|| parameter([outputs], fan_in, device)),
            stride: self.stride,
            kernel_size: self.kernel_size,
            dilation: self.dilation,
            groups: self.groups,
            padding: self.padding,
            padding_out: self.padding_out,
            channels: self.channels,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::cpu;

    #[test]
    fn parameters_are_random_and_within_their_bound() {
        let config = Conv2dConfig::new([4, 50], [5, 5]);
        let [a, b] = [0, 1].map(|_| {
            let data = config.fresh(&cpu()).weight.val().into_data();
            data.as_slice::<f32>().expect("f32").to_vec()
        });
        assert_eq!(a.len(), 50 * 4 * 25);
        assert!(a.iter().all(|value| value.abs() <= 0.1));
        assert!(a.iter().any(|value| value.abs() > 0.09));
        assert_ne!(a, b);
        let bias = config.fresh(&cpu()).bias.expect("a bias").val();
        assert_eq!(bias.dims(), [50]);
        let up = ConvTranspose2dConfig::new([6, 6], [4, 4]).with_groups(6);
        assert_eq!(up.fresh(&cpu()).weight.val().dims(), [6, 1, 4, 4]);
    }
}
