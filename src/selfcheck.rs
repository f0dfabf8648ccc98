//! Small passes run on the GPU and on the CPU, and compared.
//!
//! Burn in wasm skips a shader that fails WebGPU's validation without an error, and the result is
//! garbage. So before any photo a small known net runs on both, and after loading a model that
//! model does; unless the numbers agree, the GPU isn't used. The known net has every kind of layer
//! of the real ones and is shaped so that it needs the same shaders: checking also compiles what
//! the first photo will want. `tests/webgpu_kernels.rs` covers the shapes that are left out here.

use burn::tensor::{Device, Tensor, TensorData};

use crate::FcnError;
use crate::manifest::Manifest;
use crate::models::fcn::{FcnConfig, VARIANTS};
use crate::models::observer::{Unobserved, run_now};
use crate::models::{self, Model, Net, Variant};
use crate::weights::Weights;

/// The largest |Δ| that passes, relative to the largest |score|: f32 sums of a few thousand
/// products in another order differ by about 1e-6, a wrong kernel by about 1.
pub const TOLERANCE: f32 = 1e-4;

/// Models whose file is larger aren't loaded a second time for the CPU. Bytes.
const MAX_CHECKED_FILE: usize = 32 << 20;

/// Numbers in −1…1 that are the same everywhere (a 32-bit linear congruential generator).
struct Noise(u32);

impl Noise {
    fn values(&mut self, count: usize, scale: f32) -> Vec<f32> {
        let mut next = || {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((self.0 >> 8) as f32 / (1 << 23) as f32 - 1.0) * scale
        };
        (0..count).map(|_| next()).collect()
    }
}

/// The known net: tensors by name with He-scaled noise, so that activations stay of order one.
fn known_weights(config: &FcnConfig) -> Result<Vec<u8>, FcnError> {
    use safetensors::{Dtype, tensor::TensorView};
    let (w, fc, c, k6) = (
        config.width,
        config.fc_channels,
        config.classes,
        config.fc6_kernel,
    );
    let blocks = [
        ("conv1_1", 3, w),
        ("conv1_2", w, w),
        ("conv2_1", w, 2 * w),
        ("conv2_2", 2 * w, 2 * w),
        ("conv3_1", 2 * w, 4 * w),
        ("conv3_2", 4 * w, 4 * w),
        ("conv3_3", 4 * w, 4 * w),
        ("conv4_1", 4 * w, 8 * w),
        ("conv4_2", 8 * w, 8 * w),
        ("conv4_3", 8 * w, 8 * w),
        ("conv5_1", 8 * w, 8 * w),
        ("conv5_2", 8 * w, 8 * w),
        ("conv5_3", 8 * w, 8 * w),
    ];
    let heads = [
        ("fc6", 8 * w, fc, k6),
        ("fc7", fc, fc, 1),
        ("score_fr", fc, c, 1),
        ("score_pool4", 8 * w, c, 1),
        ("score_pool3", 4 * w, c, 1),
    ];
    let ups = [
        ("upscore32", 64),
        ("upscore2", 4),
        ("upscore16", 32),
        ("upscore_pool4", 4),
        ("upscore8", 16),
    ];
    let mut noise = Noise(20_150_607);
    let mut tensors: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
    let mut add = |name: String, shape: Vec<usize>, scale: f32| {
        let values = noise.values(shape.iter().product(), scale);
        let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        tensors.push((name, shape, bytes));
    };
    let convs = blocks
        .into_iter()
        .map(|(name, i, o)| (name, i, o, 3))
        .chain(heads);
    for (name, inputs, outputs, k) in convs {
        // A uniform value in ±s has variance s²/3; He wants 2 / fan-in.
        let scale = (6.0 / (inputs * k * k) as f32).sqrt();
        add(format!("{name}.weight"), vec![outputs, inputs, k, k], scale);
        add(format!("{name}.bias"), vec![outputs], 0.1);
    }
    for (name, k) in ups {
        add(format!("{name}.weight"), vec![c, c, k, k], 0.5);
    }
    let views = tensors
        .iter()
        .map(|(name, shape, bytes)| Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>();
    views
        .and_then(|views| safetensors::serialize(views, None))
        .map_err(|error| FcnError::invalid(error.to_string()))
}

/// A known input of a size that the net takes.
fn known_input(net: &Net, device: &Device) -> Tensor<4> {
    let (width, height) = net.check_size();
    let values = Noise(14_114_038).values(3 * width * height, 1.7);
    Tensor::from_data(TensorData::new(values, [1, 3, height, width]), device)
}

/// All heads' scores of the known input, one after another.
async fn scores(net: &Net, variants: &[Variant], device: &Device) -> Result<Vec<f32>, FcnError> {
    let mut observer = Unobserved;
    let pass = net.forward_observed(known_input(net, device), variants, &mut observer);
    let mut values = Vec::new();
    for head in run_now(pass)? {
        values.extend(read(head).await?);
    }
    Ok(values)
}

/// Reads a tensor back to the CPU, row-major.
///
/// # Errors
/// [`FcnError::Gpu`].
pub async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, FcnError> {
    let gpu = |reason: String| FcnError::Gpu { reason };
    let data = tensor
        .into_data_async()
        .await
        .map_err(|e| gpu(format!("{e:?}")))?;
    let values = data.as_slice::<f32>().map_err(|e| gpu(format!("{e:?}")))?;
    Ok(values.to_vec())
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
    let file = known_weights(&config)?;
    let mut results = Vec::new();
    for device in [&crate::device::cpu(), device] {
        let net = config.load(Weights::parse(&file)?, device)?;
        let net = Net::FcnVgg16(config.clone(), Box::new(net));
        results.push(scores(&net, &VARIANTS, device).await?);
    }
    let [expected, got] = results.as_slice() else {
        return Ok(f32::INFINITY);
    };
    Ok(relative_difference(expected, got))
}

/// Runs a loaded model and its twin on the CPU on a small input, all heads; the result is as
/// [`self_check`]'s. 0 for a model that is on the CPU, or too large to load twice.
///
/// `weights` is the file that `model` was loaded from.
///
/// # Errors
/// As [`models::load`], and what the pass or the reading reports.
pub async fn model_check(model: &Model, weights: &[u8]) -> Result<f32, FcnError> {
    if !crate::device::is_gpu(&model.device) || weights.len() > MAX_CHECKED_FILE {
        return Ok(0.0);
    }
    let manifest: Manifest = model.manifest.clone();
    let twin = models::load(manifest, weights, &crate::device::cpu())?;
    let variants = &model.variants;
    let expected = scores(&twin.net, variants, &twin.device).await?;
    let got = scores(&model.net, variants, &model.device).await?;
    Ok(relative_difference(&expected, &got))
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
