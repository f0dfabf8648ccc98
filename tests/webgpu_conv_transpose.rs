//! Burn's transposed convolution in a browser, on WebGPU and on the CPU, against PyTorch's, with
//! output padding, dilation and settings that differ by dimension.
#![cfg(target_arch = "wasm32")]

mod common;

use common::conv_transpose::assert_equals_pytorch;
use common::gpu::gpu;
use fcn_lab::device::cpu;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn transposed_convolution_equals_pytorchs_on_webgpu() {
    assert_equals_pytorch(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn transposed_convolution_equals_pytorchs_on_the_cpu() {
    assert_equals_pytorch(&cpu()).await;
}
