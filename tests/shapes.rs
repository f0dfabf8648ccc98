//! Worked-out map sizes against the maps of real passes.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use burn::tensor::Tensor;
use common::nets::{CLASSIFIERS, EFFICIENTNET, REFERENCE, RESNETS};
use common::{NETS, Net};
use fcn_lab::FcnError;
use fcn_lab::device::cpu;
use fcn_lab::models::observer::{Answer, Observer, go_on, run_now};
use fcn_lab::models::shapes::Shape;

/// Keeps every stage's channels, rows and columns.
#[derive(Default)]
struct Sizes(Vec<(&'static str, [usize; 3])>);

impl Observer for Sizes {
    fn stage<'a>(&'a mut self, name: &'static str, map: &'a Tensor<4>) -> Answer<'a> {
        let [_, channels, rows, columns] = map.dims();
        self.0.push((name, [channels, rows, columns]));
        go_on()
    }
}

/// Compares a net's stages at one size; returns whether it takes that size.
fn agrees(net: &Net, width: usize, height: usize) -> bool {
    let model = net.load(&cpu());
    let found = model.net.shapes(&model.net.variants, width, height);
    // The lecture's net gets its photo padded.
    let multiple = model.manifest.input.pad_multiple;
    let [w, h] = [width, height].map(|side| side.next_multiple_of(multiple));
    let x = Tensor::zeros([1, 3, h, w], &cpu());
    let mut seen = Sizes(vec![("input", [3, h, w])]);
    let pass = run_now(
        model
            .net
            .forward_observed(x, &model.net.variants, &mut seen),
    );
    let found = found.map(|rows| {
        let row = |s: Shape| (s.stage, [s.channels, s.rows, s.columns]);
        rows.into_iter().map(row).collect::<Vec<_>>()
    });
    let expected = pass.map(|_| seen.0);
    let code = |error: FcnError| error.code();
    let (found, expected) = (found.map_err(code), expected.map_err(code));
    assert_eq!(found, expected, "{} {width}×{height}", net.name);
    found.is_ok()
}

#[test]
fn worked_out_sizes_are_those_of_the_pass() {
    for net in NETS
        .iter()
        .chain(&RESNETS)
        .chain(&REFERENCE)
        .chain([&EFFICIENTNET])
    {
        let took = [(64, 96), (33, 65), (131, 70), (17, 230), (1, 1)]
            .map(|(width, height)| agrees(net, width, height));
        assert!(took.contains(&true), "{}", net.name);
    }
    for net in &CLASSIFIERS {
        assert!(agrees(net, 224, 260) && agrees(net, 300, 225));
        assert!(!agrees(net, 223, 300));
    }
}

#[test]
fn sizes_beyond_reason_are_refused() {
    let model = NETS[0].load(&cpu());
    for (width, height) in [(0, 5), (5, 0), (usize::MAX, 1)] {
        let error = model.net.shapes(&model.net.variants, width, height);
        assert_eq!(error.map_err(|e| e.code()), Err("invalid_input"));
    }
}
