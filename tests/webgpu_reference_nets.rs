//! The FCN authors' nets, and FCN on EfficientNet-Lite, on WebGPU, in a browser, against PyTorch.
#![cfg(target_arch = "wasm32")]

mod common;

use common::gpu::gpu;
use common::nets::{EFFICIENTNET, REFERENCE, assert_equals_pytorch};
use fcn_lab::passes::selfcheck::{TOLERANCE, model_check};
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn the_authors_nets_equal_pytorch_on_webgpu() {
    assert_equals_pytorch(&REFERENCE[0], &gpu().await).await;
}

#[wasm_bindgen_test]
async fn pools_that_round_down_equal_pytorch_on_webgpu() {
    assert_equals_pytorch(&REFERENCE[1], &gpu().await).await;
}

#[wasm_bindgen_test]
async fn the_at_once_net_equals_pytorch_on_webgpu() {
    assert_equals_pytorch(&REFERENCE[2], &gpu().await).await;
}

#[wasm_bindgen_test]
async fn efficientnet_lite_equals_pytorch_on_webgpu() {
    assert_equals_pytorch(&EFFICIENTNET, &gpu().await).await;
}

#[wasm_bindgen_test]
async fn these_nets_are_checked_against_the_cpu_when_loaded() {
    let gpu = gpu().await;
    for net in REFERENCE.iter().chain([&EFFICIENTNET]) {
        let worst = model_check(&net.load(&gpu), net.weights()).await;
        assert!(worst.expect("a result") <= TOLERANCE, "{}", net.name);
    }
}
