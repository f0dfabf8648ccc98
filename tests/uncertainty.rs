//! Passes with dropout, natively on the CPU; on WebGPU: `webgpu_uncertainty.rs`.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::nets::{CLASSIFIERS, RESNETS};
use common::uncertainty::{
    assert_nothing_dropped_is_the_plain_pass, assert_passes_are_pytorchs,
    assert_passes_can_be_given_up, opened,
};
use common::{NETS, photo};
use fcn_lab::FcnError;
use fcn_lab::device::cpu;
use fcn_lab::models::Variant;
use fcn_lab::models::observer::{Unobserved, run_now};
use fcn_lab::passes::inside::{MAX_PASSES, Undecided, check_uncertainty, open_keeping};
use std::rc::Rc;

/// Runs what never waits on the CPU.
fn now(check: impl Future<Output = ()>) {
    let done: Result<(), FcnError> = run_now(async {
        check.await;
        Ok(())
    });
    done.expect("no waiting");
}

const HOW: Undecided = Undecided {
    variant: Variant::Fcn8s,
    passes: 3,
    seed: 1,
    p: 0.5,
};

#[test]
fn passes_with_the_same_masks_are_pytorchs() {
    now(assert_passes_are_pytorchs(&cpu()));
}

#[test]
fn with_nothing_dropped_all_passes_are_the_plain_one() {
    now(assert_nothing_dropped_is_the_plain_pass(&cpu()));
}

#[test]
fn each_pass_is_told_of_and_may_be_the_last() {
    now(assert_passes_can_be_given_up(&cpu()));
}

#[test]
fn a_pass_that_keeps_little_gives_the_same() {
    now(async {
        let (model, kept) = opened(&NETS[0], &cpu()).await;
        let expected = kept.uncertainty(&HOW, &mut Unobserved).await;
        let (shape, rgb) = NETS[0].cases().u8("33x65.image");
        let few = open_keeping(&model, photo(&shape, &rgb), &mut Unobserved, 0).await;
        let few = few.expect("a pass");
        assert_eq!(few.uncertainty(&HOW, &mut Unobserved).await, expected);
    });
}

#[test]
fn nets_without_fc6_and_fc7_and_what_makes_no_sense_are_refused() {
    let code = |error: FcnError| error.code();
    for net in RESNETS.iter().chain(&CLASSIFIERS) {
        let model = net.load(&cpu());
        let variant = model.net.variants[0];
        let refused = check_uncertainty(&model, &Undecided { variant, ..HOW });
        let error = refused.expect_err("no dropout");
        assert_eq!(error.code(), "no_dropout", "{}", net.name);
        assert!(error.to_string().contains("fc6 and fc7"), "{error}");
    }
    let model = Rc::new(NETS[0].load(&cpu()));
    assert!(check_uncertainty(&model, &HOW).is_ok());
    for passes in [0, MAX_PASSES + 1] {
        let refused = check_uncertainty(&model, &Undecided { passes, ..HOW });
        assert_eq!(refused.map(|_| ()).map_err(code), Err("invalid_input"));
    }
    for p in [-0.5, 1.0, f64::NAN] {
        let refused = check_uncertainty(&model, &Undecided { p, ..HOW });
        assert_eq!(refused.map(|_| ()).map_err(code), Err("invalid_input"));
    }
    let variant = Variant::Out;
    let refused = check_uncertainty(&model, &Undecided { variant, ..HOW });
    assert_eq!(refused.map(|_| ()).map_err(code), Err("unknown_variant"));
}
