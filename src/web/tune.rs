//! The border of [`crate::kernels::tune`]: which tiles the kernels take, and what is faster.

use wasm_bindgen::prelude::*;

use super::error::js_error;
use super::opened_gpu;
use crate::device::read;
use crate::kernels::tune::convolve;
use crate::kernels::wgsl::{Registers, set_registers};

/// Says how much a thread of the kernels may keep in registers from now on: on a software adapter
/// many numbers, on a GPU few, unless a comparison said otherwise.
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
    let gpu = opened_gpu().map_err(js_error)?;
    let map = read(convolve(choice(many), count, &gpu)).await;
    Ok(map.map_err(js_error)?.iter().sum())
}
