//! A photo's pass, opened, on WebGPU and on the CPU in a browser; natively: `inside.rs`.
#![cfg(target_arch = "wasm32")]

mod common;

use common::NETS;
use common::gpu::gpu;
use common::inside::{
    assert_cells_are_made_so, assert_scores_are_sums, assert_tails_are_the_passes,
};
use common::nets::{CLASSIFIERS, EFFICIENTNET, MOBILENETS, REFERENCE, RESNETS};
use fcn_lab::device::cpu;
use fcn_lab::models::shapes::Kind;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn tails_with_all_of_every_skip_are_the_passes_own() {
    let gpu = gpu().await;
    for net in [
        &NETS[0],
        &NETS[2],
        &REFERENCE[0],
        &EFFICIENTNET,
        &RESNETS[0],
        &MOBILENETS[0],
    ] {
        assert_tails_are_the_passes(net, &gpu).await;
    }
    assert_tails_are_the_passes(&NETS[0], &cpu()).await;
}

#[wasm_bindgen_test]
async fn a_score_is_the_sum_of_its_cells_and_of_its_channels() {
    let gpu = gpu().await;
    for net in [
        &NETS[0],
        &REFERENCE[2],
        &EFFICIENTNET,
        &RESNETS[1],
        &MOBILENETS[0],
        &CLASSIFIERS[0],
    ] {
        assert_scores_are_sums(net, &gpu).await;
    }
    assert_scores_are_sums(&EFFICIENTNET, &cpu()).await;
}

#[wasm_bindgen_test]
async fn a_cell_is_what_its_window_and_kernel_make() {
    let gpu = gpu().await;
    for net in [&NETS[0], &EFFICIENTNET, &MOBILENETS[0]] {
        assert_cells_are_made_so(net, &gpu, &[Kind::Conv]).await;
    }
    for net in [&NETS[0], &EFFICIENTNET] {
        assert_cells_are_made_so(net, &gpu, &[Kind::Transposed, Kind::Sum]).await;
    }
    assert_cells_are_made_so(&REFERENCE[0], &gpu, &[Kind::Crop]).await;
    assert_cells_are_made_so(&RESNETS[0], &gpu, &[Kind::Resized]).await;
}
