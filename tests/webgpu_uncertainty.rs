//! Passes with dropout, on WebGPU and on the CPU in a browser; natively: `uncertainty.rs`.
#![cfg(target_arch = "wasm32")]

mod common;

use common::gpu::gpu;
use common::uncertainty::{
    assert_nothing_dropped_is_the_plain_pass, assert_passes_are_pytorchs,
    assert_passes_can_be_given_up,
};
use fcn_lab::device::cpu;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn passes_with_the_same_masks_are_pytorchs() {
    assert_passes_are_pytorchs(&gpu().await).await;
    assert_passes_are_pytorchs(&cpu()).await;
}

#[wasm_bindgen_test]
async fn with_nothing_dropped_all_passes_are_the_plain_one() {
    assert_nothing_dropped_is_the_plain_pass(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn each_pass_is_told_of_and_may_be_the_last() {
    assert_passes_can_be_given_up(&gpu().await).await;
}
