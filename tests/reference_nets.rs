//! The FCN authors' nets, and FCN on EfficientNet-Lite, on the CPU against PyTorch: every head, every inner
//! map, before and after each crop; photos of any size; fc6 in slices.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use burn::tensor::Tensor;
use common::nets::{EFFICIENTNET, REFERENCE, assert_equals_pytorch, labelled};
use fcn_lab::device::cpu;
use fcn_lab::models::fcn_reference::FcnReferenceConfig;
use fcn_lab::models::observer::{Unobserved, run_now};
use fcn_lab::models::{Layers, Variant};
use fcn_lab::passes::layer::upsampling_layer;
use fcn_lab::passes::maps::maps;
use fcn_lab::weights::Weights;

#[test]
fn scores_and_inner_maps_equal_pytorchs() {
    for net in REFERENCE.iter().chain([&EFFICIENTNET]) {
        let pass = async { Ok(assert_equals_pytorch(net, &cpu()).await) };
        let worst = run_now(pass).expect("the CPU never waits");
        println!("{}: largest difference {worst:e}", net.name);
    }
}

#[test]
fn any_size_gets_a_mask_when_pools_round_up_and_an_error_or_a_mask_when_down() {
    let [ceil, floor, _] = &REFERENCE;
    for (h, w) in [(1, 1), (31, 17), (50, 64)] {
        assert_eq!(labelled(ceil, &cpu(), h, w), Ok(h * w));
        assert_eq!(labelled(&EFFICIENTNET, &cpu(), h, w), Ok(h * w));
        assert_eq!(labelled(floor, &cpu(), h, w), Err("invalid_input"));
    }
    assert_eq!(labelled(floor, &cpu(), 58, 64), Ok(58 * 64));
}

#[test]
fn slices_of_fc6_equal_the_whole() {
    let net = &REFERENCE[0];
    let config = FcnReferenceConfig::new(3)
        .with_width(3)
        .with_fc_channels(10);
    let load = |max_binding| {
        let config = config.clone().with_max_binding(max_binding);
        let weights = Weights::parse(net.weights()).expect("a file");
        config.load(weights, &cpu()).expect("matching weights")
    };
    let x = common::noise_tensor::<4>(3, [1, 3, 40, 33], &cpu());
    let scores = |net: &fcn_lab::models::fcn_reference::FcnReference| {
        let scores: Tensor<4> = net.forward(x.clone(), Variant::Fcn8s).expect("scores");
        scores.into_data().as_slice::<f32>().expect("f32").to_vec()
    };
    let whole = load(u64::MAX);
    assert_eq!(whole.fc6_slices(), 1);
    let channel = 4 * 24 * 49; // bytes
    for (max_binding, slices) in [(8 * channel, 2), (3 * channel + 5, 4), (1, 10)] {
        let sliced = load(max_binding);
        assert_eq!(sliced.fc6_slices(), slices);
        let difference = common::relative(&scores(&whole), &scores(&sliced));
        // The same sums, at most in another order.
        assert!(difference <= 1e-6, "{slices} slices: {difference:e}");
    }
}

#[test]
fn inner_maps_and_upsampling_layers_are_handed_out() {
    let net = &REFERENCE[0];
    let model = net.load(&cpu());
    let wanted = ["score_pool4c", "upscore8"].map(str::to_string);
    let picture = common::photo(&[33, 65, 3], &common::nets::picture(33, 65));
    let found = run_now(maps(&model, picture, &wanted, &mut Unobserved)).expect("maps");
    let shapes: Vec<_> = found.iter().map(|m| (m.name.as_str(), m.shape)).collect();
    // 33×65: fc6 makes 2×3, upscore2 6×8, upscore_pool4 14×18, upscore8 120×152.
    let expected = [("score_pool4c", [3, 6, 8]), ("upscore8", [3, 120, 152])];
    assert_eq!(shapes, expected);
    let layer = run_now(upsampling_layer(&model, "upscore")).expect("a layer");
    assert_eq!(
        (layer.shape, layer.stride, layer.padding),
        ([3, 3, 64, 64], [32; 2], [0; 2])
    );
    let missing = run_now(upsampling_layer(&model, "upscore32"));
    assert_eq!(missing.map_err(|e| e.code()), Err("invalid_input"));
    assert_eq!(model.net.architecture.name, "fcn-reference");
}
