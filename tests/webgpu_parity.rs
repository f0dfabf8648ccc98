//! The nets on WebGPU, in a browser, against PyTorch: three heads, odd and non-square sizes.
#![cfg(target_arch = "wasm32")]

mod common;

use common::gpu::gpu;
use common::{NETS, assert_equals_pytorch, assert_per_class_equals_mixing};
use fcn_lab::device::{cpu, is_gpu};
use fcn_lab::passes::selfcheck::{TOLERANCE, model_check, self_check};
use fcn_lab::weights::Weights;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn the_device_is_a_gpu() {
    assert!(is_gpu(&gpu().await));
    assert!(!is_gpu(&cpu()));
}

#[wasm_bindgen_test]
async fn the_self_check_passes_on_webgpu() {
    let worst = self_check(&gpu().await).await.expect("a result");
    assert!(worst > 0.0, "another device rounds differently somewhere");
    assert!(worst <= TOLERANCE, "{worst}");
}

#[wasm_bindgen_test]
async fn a_loaded_model_is_checked_and_a_wrong_one_is_found() {
    let gpu = gpu().await;
    for net in &NETS {
        let worst = model_check(&net.load(&gpu), net.weights()).await;
        assert!(worst.expect("a result") <= TOLERANCE, "{}", net.name);
    }
    // The same architecture with other weights on the GPU is what a broken kernel looks like.
    let mut other = NETS[0].load(&gpu);
    other.net = other.net.load(Weights::noise(1), &gpu).expect("a net");
    let worst = model_check(&other, NETS[0].weights()).await;
    assert!(worst.expect("a result") > 100.0 * TOLERANCE);
}

#[wasm_bindgen_test]
async fn the_lectures_net_equals_pytorch_on_webgpu() {
    assert_equals_pytorch(&NETS[0], &gpu().await).await;
}

#[wasm_bindgen_test]
async fn half_precision_weights_equal_pytorch_on_webgpu() {
    assert_equals_pytorch(&NETS[1], &gpu().await).await;
}

#[wasm_bindgen_test]
async fn odd_channel_counts_equal_pytorch_on_webgpu() {
    assert_equals_pytorch(&NETS[2], &gpu().await).await;
}

#[wasm_bindgen_test]
async fn a_7x7_fc6_and_21_classes_equal_pytorch_on_webgpu() {
    assert_equals_pytorch(&NETS[3], &gpu().await).await;
}

#[wasm_bindgen_test]
async fn classes_enlarged_one_by_one_are_what_kernels_without_mixing_make() {
    assert_per_class_equals_mixing(&gpu().await).await;
}
