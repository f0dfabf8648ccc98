//! A layer for timing: which tiles are faster on an adapter is found by running both.

use burn::tensor::{Device, Tensor, TensorData};

use super::wgsl::{Registers, registers, set_registers};
use super::{Activation, conv_weight, conv2d_same};

/// Channels and side of the layer: those of the middle of a VGG16.
const CHANNELS: usize = 64;
const SIDE: usize = 56;

/// Launches `count` convolutions, one after another, with these registers; [`registers`] are afterwards what
/// they were before.
///
/// # Shapes
/// result `[1, 64, 56, 56]`
pub fn convolve(with: Registers, count: u32, device: &Device) -> Tensor<4> {
    let before = registers();
    set_registers(with);
    let shape = [CHANNELS, CHANNELS, 3, 3];
    // He's bound: numbers keep their size however many layers follow.
    let bound = (6.0 / (9 * CHANNELS) as f32).sqrt();
    let weight = conv_weight(numbers(shape.iter().product(), bound), shape, device);
    let bias = TensorData::new(numbers(CHANNELS, 0.1), [CHANNELS]);
    let bias = Tensor::<1>::from_data(bias, device);
    let map = [1, CHANNELS, SIDE, SIDE];
    let values = TensorData::new(numbers(map.iter().product(), 1.0), map);
    let mut x = Tensor::<4>::from_data(values, device);
    for _ in 0..count {
        x = conv2d_same(x, weight.clone(), bias.clone(), Activation::Relu);
    }
    set_registers(before);
    x
}

/// Numbers in ±`bound`, as if at random.
fn numbers(count: usize, bound: f32) -> Vec<f32> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state as i32 as f32 / i32::MAX as f32) * bound
    };
    (0..count).map(|_| next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_size_through_many_layers() {
        let map = convolve(Registers::Few, 16, &crate::device::cpu());
        let values = map.into_data().try_to_vec::<f32>().expect("f32");
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        assert!((0.01..100.0).contains(&mean), "{mean}");
    }
}
