//! The border of the kernels' tile choice: which adapter it is, and what is faster on it.

use burn::tensor::{Tensor, TensorData};
use wasm_bindgen::prelude::*;

use super::{js_error, opened_gpu};
use crate::FcnError;
use crate::device::read;
use crate::kernels::wgsl::{Registers, registers, set_registers};
use crate::kernels::{Activation, conv_weight, conv2d_same};
use crate::weights::Noise;

/// Channels and side of the layer that tiles are compared by: the middle of a VGG16.
const CHANNELS: usize = 64;
const SIDE: usize = 56;

/// Says how much a thread of the kernels may keep in registers from now on: on a software adapter
/// many numbers, on a graphics processor few, unless a comparison said otherwise.
#[wasm_bindgen(js_name = setManyRegisters)]
pub fn set_many_registers(many: bool) {
    set_registers(choice(many));
}

fn choice(many: bool) -> Registers {
    match many {
        true => Registers::Many,
        false => Registers::Few,
    }
}

/// Runs `count` convolutions with that choice, and waits for the GPU; what `setManyRegisters` said
/// stays. Resolves to the sum of the last map's numbers, so that a choice that computes something
/// else is found. The time is for the caller to take; the first round's is the compiling's.
#[wasm_bindgen(js_name = tuneRound)]
pub async fn tune_round(many: bool, count: u32) -> Result<f32, JsValue> {
    let before = registers();
    set_registers(choice(many));
    let y = convolve(count);
    set_registers(before);
    let y = y.map_err(js_error)?;
    let map = read(y).await.map_err(js_error)?;
    Ok(map.iter().sum())
}

fn convolve(count: u32) -> Result<Tensor<4>, FcnError> {
    let device = opened_gpu()?;
    let mut noise = Noise::new(1);
    let shape = [CHANNELS, CHANNELS, 3, 3];
    // He's bound: numbers keep their size however many layers follow.
    let bound = (6.0 / (9 * CHANNELS) as f32).sqrt();
    let weight = conv_weight(noise.values(shape.iter().product(), bound), shape, &device);
    let values = TensorData::new(noise.values(CHANNELS, 0.1), [CHANNELS]);
    let bias = Tensor::<1>::from_data(values, &device);
    let map = [1, CHANNELS, SIDE, SIDE];
    let values = TensorData::new(noise.values(map.iter().product(), 1.0), map);
    let mut x = Tensor::<4>::from_data(values, &device);
    for _ in 0..count {
        x = conv2d_same(x, weight.clone(), bias.clone(), Activation::Relu);
    }
    Ok(x)
}
