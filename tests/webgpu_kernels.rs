//! Our kernels on WebGPU against their plain Burn forms on the CPU: every tile shape, for graphics
//! processors and for software adapters, odd sizes, one channel, channels that are no multiple of
//! four, batches.
#![cfg(target_arch = "wasm32")]

mod common;

use burn::tensor::Tensor;
use common::gpu::gpu;
use common::{noise, noise_tensor, relative};
use fcn_lab::device::cpu;
use fcn_lab::device::read;
use fcn_lab::kernels::wgsl::{Registers, set_registers};
use fcn_lab::kernels::{
    Activation, Normalisation, TransposedOptions, Window, conv_transpose2d, conv_weight,
    conv2d_atrous, conv2d_depthwise, conv2d_same, conv2d_strided, conv2d_valid, max_pool,
    normalise, plain,
};
use fcn_lab::upsample::Rounding;
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
        for activation in Activation::ALL {
            compare(seed * 10, case, activation).await;
        }
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

/// Channels that are multiples of four, where 3×3 is done by Winograd's method and 1×1 as a product
/// of matrices.
#[wasm_bindgen_test]
async fn winograd_and_matrix_products_equal_the_plain_form() {
    // n, in, out, h, w, k
    let cases = [
        [1, 4, 4, 1, 1, 3],
        [1, 4, 8, 3, 5, 3],
        [2, 8, 4, 7, 9, 3],
        [1, 12, 20, 4, 4, 3],
        [3, 16, 16, 13, 6, 3],
        [1, 64, 48, 14, 15, 3],
        // Several strips, the last of them a part.
        [1, 128, 132, 50, 47, 3],
        [2, 16, 16, 130, 120, 3],
        [1, 256, 128, 14, 14, 3],
        // Several slices of output channels.
        [1, 2048, 240, 5, 4, 3],
        [1, 4, 4, 1, 1, 1],
        [2, 8, 12, 5, 3, 1],
        [1, 64, 64, 40, 41, 1],
        [1, 128, 256, 7, 7, 1],
        [1, 192, 24, 3, 5, 1],
    ];
    for registers in [Registers::Few, Registers::Many] {
        set_registers(registers);
        for (seed, case) in (3000..).step_by(10).zip(cases) {
            compare(seed, case, Activation::Relu).await;
            compare(seed, case, Activation::None).await;
        }
    }
    set_registers(Registers::Few);
}

#[wasm_bindgen_test]
async fn transposed_convolution_equals_its_plain_form() {
    let (gpu, cpu) = (gpu().await, cpu());
    // n, in, out, h, w, kernel, stride, padding; out 0: each channel by itself
    let cases = [
        [1, 1, 1, 1, 1, 1, 1, 0],
        [1, 2, 3, 3, 4, 3, 2, 1],
        [2, 3, 5, 4, 1, 4, 2, 1],
        [1, 21, 21, 5, 7, 4, 2, 1],
        [1, 21, 21, 9, 3, 16, 8, 4],
        [1, 10, 0, 7, 5, 16, 8, 4],
        [2, 9, 0, 2, 3, 64, 32, 16],
        [1, 6, 7, 3, 3, 32, 16, 8],
        [1, 8, 4, 6, 5, 4, 2, 0],
        // More stride than kernel, and kernels that are no multiple of the stride.
        [1, 3, 2, 4, 5, 2, 3, 0],
        [1, 4, 9, 5, 4, 5, 3, 2],
        [1, 2, 0, 6, 3, 7, 2, 3],
        [1, 3, 17, 2, 2, 3, 1, 1],
        [1, 5, 1, 20, 19, 5, 2, 0],
    ];
    for registers in [Registers::Few, Registers::Many] {
        set_registers(registers);
        for (seed, [n, i, o, h, w, k, stride, padding]) in (4000..).step_by(3).zip(cases) {
            let per_channel = o == 0;
            let shape = [i, o.max(1), k, k];
            let enlarge = |device| {
                let x = noise_tensor(seed, [n, i, h, w], device);
                let weight = noise_tensor(seed + 1, shape, device);
                (x, weight)
            };
            let (x, weight) = enlarge(&cpu);
            let options = TransposedOptions {
                stride: [stride; 2],
                padding: [padding; 2],
                output_padding: [0; 2],
                per_channel,
            };
            let expected = plain::conv_transpose2d(x, weight, options);
            let (x, weight) = enlarge(&gpu);
            let got = conv_transpose2d(x, weight, options);
            assert_eq!(got.dims(), expected.dims());
            let expected = read(expected).await.expect("read");
            let difference = relative(&expected, &read(got).await.expect("read"));
            let case = format!("[n {n}, {shape:?}, {h}×{w}, s {stride}, p {padding}]");
            assert!(
                difference <= TOLERANCE,
                "{registers:?} {case}: {difference:e}"
            );
        }
    }
}

#[wasm_bindgen_test]
async fn strided_convolution_equals_its_plain_form() {
    let (gpu, cpu) = (gpu().await, cpu());
    // n, in, out, h, w, kernel, stride, dilation
    for (seed, [n, i, o, h, w, k, stride, dilation]) in (5000..).step_by(3).zip([
        [1, 3, 8, 15, 16, 7, 2, 1],
        [2, 4, 5, 9, 8, 3, 2, 1],
        [1, 8, 16, 11, 40, 1, 2, 1],
        [1, 5, 4, 7, 31, 3, 3, 1],
        [1, 4, 8, 1, 1, 3, 2, 1],
        [1, 4, 8, 9, 20, 3, 1, 2],
        [1, 3, 5, 13, 11, 3, 2, 3],
    ]) {
        let shape = [o, i, k, k];
        let window = Window::atrous(k, stride, dilation);
        let values = noise(seed, shape.iter().product());
        let arguments = |device| {
            let x = noise_tensor(seed + 1, [n, i, h, w], device);
            let weight = conv_weight(values.clone(), shape, device);
            (x, weight, noise_tensor(seed + 2, [o], device))
        };
        let (x, weight, bias) = arguments(&cpu);
        let expected = plain::conv2d_strided(x, weight, bias, window, Activation::Relu);
        let (x, weight, bias) = arguments(&gpu);
        let got = conv2d_strided(x, weight, bias, window, Activation::Relu);
        assert_eq!(got.dims(), expected.dims());
        let expected = read(expected).await.expect("read");
        let difference = relative(&expected, &read(got).await.expect("read"));
        assert!(
            difference <= TOLERANCE,
            "[{n}, {i}, {h}, {w}] k {k} s {stride}: {difference:e}"
        );
    }
}

#[wasm_bindgen_test]
async fn depthwise_convolution_equals_its_plain_form() {
    let (gpu, cpu) = (gpu().await, cpu());
    // n, channels, h, w, kernel, stride, dilation, padding before and after
    for (seed, [n, c, h, w, kernel, stride, dilation, before, after]) in (7000..).step_by(3).zip([
        [1, 8, 15, 16, 3, 1, 1, 1, 1],
        [2, 4, 9, 8, 3, 2, 1, 0, 1],
        [1, 12, 14, 33, 5, 2, 1, 1, 2],
        [1, 5, 7, 31, 5, 1, 1, 2, 2],
        [1, 4, 1, 1, 3, 1, 1, 1, 1],
        [3, 3, 12, 5, 4, 3, 1, 0, 3],
        [1, 8, 11, 14, 5, 1, 2, 4, 4],
        [2, 3, 9, 17, 3, 2, 3, 3, 1],
    ]) {
        let window = Window {
            kernel,
            stride,
            padding: [before, after],
            dilation,
        };
        let shape = [c, 1, kernel, kernel];
        let values = noise(seed, shape.iter().product());
        for activation in Activation::ALL {
            let arguments = |device| {
                let x = noise_tensor(seed + 1, [n, c, h, w], device) * 8.0;
                let weight = conv_weight(values.clone(), shape, device);
                (x, weight, noise_tensor(seed + 2, [c], device))
            };
            let (x, weight, bias) = arguments(&cpu);
            let expected = plain::conv2d_depthwise(x, weight, bias, window, activation);
            let (x, weight, bias) = arguments(&gpu);
            let got = conv2d_depthwise(x, weight, bias, window, activation);
            assert_eq!(got.dims(), expected.dims());
            let expected = read(expected).await.expect("read");
            let difference = relative(&expected, &read(got).await.expect("read"));
            let case = format!("[{n}, {c}, {h}, {w}] {window:?} {activation:?}");
            assert!(difference <= TOLERANCE, "{case}: {difference:e}");
        }
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

#[wasm_bindgen_test]
async fn max_pool_equals_its_plain_form() {
    let (gpu, cpu) = (gpu().await, cpu());
    for (seed, shape) in (6000..).zip([
        [1, 1, 2, 2],
        [1, 1, 3, 1],
        [2, 4, 5, 7],
        [1, 12, 8, 6],
        [3, 5, 9, 4],
        [1, 64, 33, 50],
    ]) {
        for rounding in [Rounding::Floor, Rounding::Ceil] {
            let sides = shape.iter().skip(2);
            if rounding == Rounding::Floor && sides.clone().any(|&side| side < 2) {
                continue;
            }
            let expected = plain::max_pool(noise_tensor(seed, shape, &cpu), rounding);
            let got = max_pool(noise_tensor(seed, shape, &gpu), rounding);
            assert_eq!(got.dims(), expected.dims());
            let expected = read(expected).await.expect("read");
            // Nothing is computed, so nothing may differ.
            let got = read(got).await.expect("read");
            assert_eq!(got, expected, "{shape:?} {rounding:?}");
        }
    }
}

#[wasm_bindgen_test]
async fn normalisation_equals_its_plain_form() {
    let (gpu, cpu) = (gpu().await, cpu());
    for (seed, size, padded) in [
        (7000, [1, 1], [1, 1]),
        (7001, [1, 1], [3, 5]),
        (7002, [37, 70], [64, 96]),
        (7003, [50, 33], [50, 40]),
    ] {
        let how = Normalisation {
            size,
            padded,
            order: [2, 1, 0],
            mean: [0.485, 0.456, 0.0],
            std: [0.229, 1.0 / 255.0, 0.225],
            pad: [-1.5, 0.25, 0.0],
        };
        let pixels: Vec<f32> = noise(seed, size.iter().product::<usize>() * 3)
            .iter()
            .map(|value| value.abs() * 150.0)
            .collect();
        let expected = plain::normalise(&pixels, &how, &cpu);
        let got = normalise(pixels, &how, &gpu);
        assert_eq!(got.dims(), expected.dims());
        let expected = read(expected).await.expect("read");
        let difference = relative(&expected, &read(got).await.expect("read"));
        // A GPU's quotients may be off by 2.5 units in the last place.
        assert!(difference <= 1e-6, "{size:?} to {padded:?}: {difference:e}");
    }
}
