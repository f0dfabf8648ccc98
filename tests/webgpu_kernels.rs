//! Our kernels on WebGPU against their plain Burn forms on the CPU: every tile shape, odd sizes,
//! one channel, channels that are no multiple of four, batches.
#![cfg(target_arch = "wasm32")]

mod common;

use burn::tensor::Tensor;
use common::gpu::gpu;
use common::{noise, noise_tensor, relative};
use fcn_lab::device::cpu;
use fcn_lab::kernels::{Activation, conv_weight, conv2d_atrous, conv2d_same, conv2d_valid, plain};
use fcn_lab::selfcheck::read;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// f32 sums of up to 2,000 products in another order.
const TOLERANCE: f32 = 1e-5;

async fn compare(seed: u32, [n, i, o, h, w, k]: [usize; 6], activation: Activation) {
    let (gpu, cpu) = (gpu().await, cpu());
    let shape = [o, i, k, k];
    let values = noise(seed, shape.iter().product());
    let expected = plain::conv2d_same(
        noise_tensor(seed + 1, [n, i, h, w], &cpu),
        conv_weight(values.clone(), shape, &cpu),
        noise_tensor(seed + 2, [o], &cpu),
        activation,
    );
    let got = conv2d_same(
        noise_tensor(seed + 1, [n, i, h, w], &gpu),
        conv_weight(values.clone(), shape, &gpu),
        noise_tensor(seed + 2, [o], &gpu),
        activation,
    );
    // Weights that weren't packed beforehand must do as well.
    let unpacked = conv2d_same(
        noise_tensor(seed + 1, [n, i, h, w], &gpu),
        Tensor::from_data(burn::tensor::TensorData::new(values, shape), &gpu),
        noise_tensor(seed + 2, [o], &gpu),
        activation,
    );
    assert_eq!(got.dims(), [n, o, h, w]);
    let expected = read(expected).await.expect("read");
    for got in [got, unpacked] {
        let difference = relative(&expected, &read(got).await.expect("read"));
        let case = format!("[n {n}, in {i}, out {o}, {h}×{w}, k {k}] {activation:?}");
        assert!(difference <= TOLERANCE, "{case}: {difference:e}");
    }
}

#[wasm_bindgen_test]
async fn convolution_equals_its_plain_form_at_the_edges() {
    // n, in, out, h, w, k
    let cases = [
        [1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1, 3],
        [1, 1, 8, 1, 9, 3],
        [1, 3, 5, 7, 3, 3],
        [1, 5, 4, 3, 8, 3],
        [2, 3, 8, 5, 17, 3],
        [3, 2, 12, 9, 4, 1],
        [1, 7, 6, 2, 31, 7],
        [1, 4, 16, 13, 8, 5],
        [2, 192, 24, 3, 5, 1],
    ];
    for (seed, case) in (0..).zip(cases) {
        compare(seed * 10, case, Activation::Relu).await;
        compare(seed * 10, case, Activation::None).await;
    }
}

#[wasm_bindgen_test]
async fn convolution_equals_its_plain_form_on_random_shapes() {
    for seed in 0..40 {
        let pick = |salt: u32, low: usize, high: usize| {
            let unit = noise(seed * 7 + salt, 8)[7] * 0.5 + 0.5;
            (low + (unit * (high - low + 1) as f32) as usize).min(high)
        };
        let case = [
            pick(1, 1, 3),
            pick(2, 1, 33),
            pick(3, 1, 33),
            pick(4, 1, 20),
            pick(5, 1, 40),
            [1, 3, 3, 5, 7][pick(6, 0, 4)],
        ];
        let relu = if seed % 2 == 0 {
            Activation::Relu
        } else {
            Activation::None
        };
        compare(1000 + seed * 3, case, relu).await;
    }
}

#[wasm_bindgen_test]
async fn recast_convolutions_equal_their_plain_forms() {
    let (gpu, cpu) = (gpu().await, cpu());
    // in, out, h, w, kernel, dilation; dilation 0: without padding
    for (seed, [i, o, h, w, k, d]) in (2000..).step_by(3).zip([
        [8, 6, 7, 7, 7, 0],
        [5, 8, 9, 12, 7, 0],
        [3, 4, 5, 8, 3, 0],
        [6, 8, 9, 11, 3, 2],
        [4, 5, 3, 17, 3, 4],
        [3, 8, 5, 40, 3, 36],
    ]) {
        let shape = [o, i, k, k];
        let values = noise(seed, shape.iter().product());
        let arguments = |device| {
            let x = noise_tensor(seed + 1, [1, i, h, w], device);
            let weight = conv_weight(values.clone(), shape, device);
            (x, weight, noise_tensor(seed + 2, [o], device))
        };
        let ((x, weight, bias), (gpu_x, gpu_weight, gpu_bias)) = (arguments(&cpu), arguments(&gpu));
        let relu = Activation::Relu;
        let (expected, got) = if d == 0 {
            (
                plain::conv2d_valid(x, weight, bias, relu),
                conv2d_valid(gpu_x, gpu_weight, gpu_bias, relu),
            )
        } else {
            (
                plain::conv2d_atrous(x, weight, bias, d, relu),
                conv2d_atrous(gpu_x, gpu_weight, gpu_bias, d, relu),
            )
        };
        assert_eq!(got.dims(), expected.dims());
        let expected = read(expected).await.expect("read");
        let difference = relative(&expected, &read(got).await.expect("read"));
        let case = format!("[in {i}, out {o}, {h}×{w}, k {k}, dilation {d}]");
        assert!(difference <= TOLERANCE, "{case}: {difference:e}");
    }
}
