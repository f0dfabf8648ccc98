//! torchvision's nets on WebGPU, in a browser, against PyTorch.
#![cfg(target_arch = "wasm32")]

mod common;

use common::gpu::gpu;
use common::nets::{CLASSIFIERS, MOBILENETS, RESNETS, assert_equals_pytorch, picture};
use common::{photo, relative};
use fcn_lab::models::observer::Unobserved;
use fcn_lab::passes::heatmap::heatmap;
use fcn_lab::passes::selfcheck::{TOLERANCE, architecture_check, model_check};
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn fcn_resnet50_equals_pytorch_on_webgpu() {
    assert_equals_pytorch(&RESNETS[0], &gpu().await).await;
}

#[wasm_bindgen_test]
async fn deeplabv3_equals_pytorch_on_webgpu() {
    assert_equals_pytorch(&RESNETS[1], &gpu().await).await;
}

#[wasm_bindgen_test]
async fn the_deeper_resnets_equal_pytorch_on_webgpu() {
    for net in &RESNETS[2..] {
        assert_equals_pytorch(net, &gpu().await).await;
    }
}

#[wasm_bindgen_test]
async fn mobilenets_equal_pytorch_on_webgpu() {
    for net in &MOBILENETS {
        assert_equals_pytorch(net, &gpu().await).await;
    }
}

#[wasm_bindgen_test]
async fn a_convolutional_classifier_equals_pytorch_on_webgpu() {
    for net in &CLASSIFIERS {
        assert_equals_pytorch(net, &gpu().await).await;
    }
}

#[wasm_bindgen_test]
async fn a_heat_map_and_the_fully_connected_layers_equal_the_cpus_on_webgpu() {
    let gpu = gpu().await;
    for net in &CLASSIFIERS {
        for (h, w) in [(224, 224), (300, 265)] {
            let mut maps = Vec::new();
            for device in [&fcn_lab::device::cpu(), &gpu] {
                let photo = photo(&[h, w, 3], &picture(h, w));
                let map = heatmap(&net.load(device), photo, &mut Unobserved).await;
                maps.push(map.expect("a map"));
            }
            let (cpu, gpu) = (&maps[0], &maps[1]);
            assert!(
                relative(&cpu.scores, &gpu.scores) <= TOLERANCE,
                "{}",
                net.name
            );
            assert_eq!(gpu.linear.is_some(), h == 224);
            if let (Some(cpu), Some(gpu)) = (&cpu.linear, &gpu.linear) {
                assert!(relative(cpu, gpu) <= TOLERANCE, "{}", net.name);
            }
        }
    }
}

#[wasm_bindgen_test]
async fn these_nets_are_checked_against_the_cpu_when_loaded() {
    let gpu = gpu().await;
    for net in RESNETS.iter().chain(&MOBILENETS).chain(&CLASSIFIERS) {
        let worst = model_check(&net.load(&gpu), net.weights()).await;
        assert!(worst.expect("a result") <= TOLERANCE, "{}", net.name);
        // What a file too large to load twice gets.
        let model = net.load(&gpu);
        let worst = architecture_check(&model.net, &gpu).await;
        let worst = worst.expect("a result");
        assert!(worst > 0.0 && worst <= TOLERANCE, "{}: {worst}", net.name);
    }
}
