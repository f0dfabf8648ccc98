//! Small passes run on the GPU and on the CPU, and compared.
//!
//! In wasm, Burn skips a shader that fails WebGPU's validation without an error, and the result is
//! garbage. So a small known net runs on both before any photo, and every model after it was loaded;
//! unless the numbers agree, the GPU isn't used. The known net has every kind of layer of the lecture's
//! net, and a model's own check covers the shapes of its layers. Checking also compiles the shaders that
//! the first photo needs. `tests/webgpu_kernels.rs` covers the other shapes.

use burn::tensor::{Device, Tensor, TensorData};

use crate::FcnError;
use crate::device::read;
use crate::kernels::tidy;
use crate::manifest::Manifest;
use crate::models::fcn::{FcnConfig, VARIANTS};
use crate::models::observer::{Unobserved, run_now};
use crate::models::{self, Blueprint, Model, Net};
use crate::weights::{Noise, Weights};

/// The largest |Δ| that passes, relative to the largest |score|: f32 sums of a few thousand
/// products in another order differ by about 1e-6, a wrong kernel by about 1.
pub const TOLERANCE: f32 = 1e-4;

/// Models whose file is larger aren't loaded a second time for the CPU; a narrow net of their
/// architecture is compared instead. Bytes.
pub const TWIN_BYTES: usize = 32 << 20;

/// Seeds of the known weights and the known input.
const WEIGHTS_SEED: u32 = 20_150_607;
const INPUT_SEED: u32 = 14_114_038;

/// A known input of a size that the net takes.
fn known_input(net: &Net, device: &Device) -> Tensor<4> {
    let [height, width] = net.check_size();
    let values = Noise::new(INPUT_SEED).values(3 * width * height, 1.7);
    Tensor::from_data(TensorData::new(values, [1, 3, height, width]), device)
}

/// All heads' scores of the known input, one after another.
async fn scores(net: &Net, device: &Device) -> Result<Vec<f32>, FcnError> {
    let mut observer = Unobserved;
    let pass = net.forward_observed(known_input(net, device), &net.variants, &mut observer);
    let mut values = Vec::new();
    for head in run_now(pass)? {
        values.extend(read(head).await?);
    }
    Ok(values)
}

/// Runs the known net on `device` and on the CPU.
///
/// Returns the largest |Δ| relative to the largest |score|; infinite if anything isn't finite.
/// [`TOLERANCE`] is what passes.
///
/// # Errors
/// What the pass or the reading reports.
pub async fn self_check(device: &Device) -> Result<f32, FcnError> {
    let config = FcnConfig::new(8)
        .with_width(8)
        .with_fc6_kernel(3)
        .with_fc_channels(16);
    known_check(&Blueprint::new("fcn-vgg16", config, &VARIANTS)?, device).await
}

/// Runs a net with known weights on `device` and on the CPU.
async fn known_check(known: &Blueprint, device: &Device) -> Result<f32, FcnError> {
    let mut results = Vec::new();
    for device in [&crate::device::cpu(), device] {
        let net = known.load(Weights::noise(WEIGHTS_SEED), device)?;
        results.push(scores(&net, device).await?);
    }
    // The next pass has other sizes.
    tidy(device);
    let [expected, got] = results.as_slice() else {
        return Ok(f32::INFINITY);
    };
    Ok(relative_difference(expected, got))
}

/// Runs a loaded model and its twin on the CPU on a small input, all heads; the result is as
/// [`self_check`]'s. 0 for a model that is on the CPU. A model too large to load twice is not run itself:
/// a narrow net of its architecture with known weights is, which finds a kernel that doesn't work, though
/// not in every shape.
///
/// `weights` is the file that `model` was loaded from.
///
/// # Errors
/// As [`models::load`], and what the pass or the reading reports.
pub async fn model_check(model: &Model, weights: &[u8]) -> Result<f32, FcnError> {
    let cpu = crate::device::cpu();
    if !crate::device::is_gpu(&model.device) {
        return Ok(0.0);
    }
    if weights.len() > TWIN_BYTES {
        return architecture_check(&model.net, &model.device).await;
    }
    let manifest: Manifest = model.manifest.clone();
    let twin = models::load(manifest, weights, &cpu)?;
    twin_check(model, &twin).await
}

/// Runs a loaded model and its twin, the same net on another device, on a small input, all heads;
/// the result is as [`self_check`]'s.
///
/// # Errors
/// What a pass or the reading reports.
pub async fn twin_check(model: &Model, twin: &Model) -> Result<f32, FcnError> {
    let expected = scores(&twin.net, &twin.device).await?;
    let got = scores(&model.net, &model.device).await?;
    tidy(&model.device);
    Ok(relative_difference(&expected, &got))
}

/// Runs a narrow net of a net's architecture, with known weights, on `device` and on the CPU;
/// the result is as [`self_check`]'s.
///
/// # Errors
/// As [`Blueprint::load`], and what the pass or the reading reports.
pub async fn architecture_check(net: &Net, device: &Device) -> Result<f32, FcnError> {
    known_check(&net.narrowed(), device).await
}

/// The largest |Δ| over the largest |expected|; infinite for other lengths or non-finite values.
pub fn relative_difference(expected: &[f32], got: &[f32]) -> f32 {
    let finite = |values: &[f32]| values.iter().all(|v| v.is_finite());
    if expected.len() != got.len() || !finite(expected) || !finite(got) {
        return f32::INFINITY;
    }
    let largest = expected.iter().fold(0.0f32, |most, v| most.max(v.abs()));
    let pairs = expected.iter().zip(got);
    let difference = pairs.fold(0.0f32, |most, (a, b)| most.max((a - b).abs()));
    if difference == 0.0 {
        0.0
    } else {
        difference / largest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_agrees_with_itself() {
        let worst = run_now(self_check(&crate::device::cpu()));
        assert_eq!(worst, Ok(0.0));
    }

    #[test]
    fn a_difference_is_relative_and_nan_is_infinite() {
        assert_eq!(relative_difference(&[2.0, -4.0], &[2.0, -3.0]), 0.25);
        assert_eq!(relative_difference(&[1.0], &[f32::NAN]), f32::INFINITY);
        assert_eq!(relative_difference(&[1.0], &[1.0, 1.0]), f32::INFINITY);
        assert_eq!(relative_difference(&[0.0], &[1.0]), f32::INFINITY);
    }
}
