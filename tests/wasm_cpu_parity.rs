//! The nets on the CPU inside wasm (with SIMD), in a browser, against PyTorch.
#![cfg(target_arch = "wasm32")]

mod common;

use common::nets::{self, CLASSIFIERS, EFFICIENTNET, MOBILENETS, REFERENCE, RESNETS};
use common::{NETS, assert_equals_pytorch};
use fcn_lab::device::cpu;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn scores_equal_pytorchs_on_the_cpu_in_wasm() {
    for net in &NETS {
        assert_equals_pytorch(net, &cpu()).await;
    }
}

#[wasm_bindgen_test]
async fn the_other_nets_equal_pytorch_on_the_cpu_in_wasm() {
    for net in REFERENCE
        .iter()
        .chain(&RESNETS)
        .chain(&MOBILENETS)
        .chain(&CLASSIFIERS)
        .chain([&EFFICIENTNET])
    {
        nets::assert_equals_pytorch(net, &cpu()).await;
    }
}
