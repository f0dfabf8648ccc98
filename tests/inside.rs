//! A photo's pass, opened, natively on the CPU; on WebGPU: `webgpu_inside.rs`.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::inside::{
    assert_cells_are_made_so, assert_scores_are_sums, assert_tails_are_the_passes, opened,
};
use common::nets::{CLASSIFIERS, EFFICIENTNET, REFERENCE, RESNETS, picture};
use common::{NETS, Net, photo};
use fcn_lab::FcnError;
use fcn_lab::device::cpu;
use fcn_lab::models::Variant;
use fcn_lab::models::observer::{Unobserved, run_now};
use fcn_lab::passes::inside::open_keeping;

fn dense() -> impl Iterator<Item = &'static Net> {
    let others = REFERENCE.iter().chain(&RESNETS).chain([&EFFICIENTNET]);
    NETS.iter().chain(others)
}

/// Runs what never waits on the CPU.
fn now(check: impl Future<Output = ()>) {
    let done: Result<(), FcnError> = run_now(async {
        check.await;
        Ok(())
    });
    done.expect("no waiting");
}

#[test]
fn tails_with_all_of_every_skip_are_the_passes_own() {
    for net in dense() {
        now(assert_tails_are_the_passes(net, &cpu()));
    }
}

#[test]
fn a_score_is_the_sum_of_its_cells_and_of_its_channels() {
    for net in dense().chain(&CLASSIFIERS) {
        now(assert_scores_are_sums(net, &cpu()));
    }
}

#[test]
fn a_cell_is_what_its_window_and_kernel_make() {
    for net in dense().chain(&CLASSIFIERS) {
        now(assert_cells_are_made_so(net, &cpu()));
    }
}

#[test]
fn a_sheet_holds_means_over_blocks_of_the_stages_map() {
    now(async {
        let (_, pass) = opened(&NETS[0], &cpu(), [33, 65]).await;
        // 33×65 pixels are padded to 64×96; pool1 has 32×48 cells, and blocks of 3 make 11×16.
        let sheet = pass.sheet("pool1", 16).await.expect("a sheet");
        let [channels, rows, columns] = sheet.shape;
        assert_eq!([rows, columns], [11, 16]);
        for channel in 0..channels {
            let map = pass.channel("pool1", channel).await.expect("a map").values;
            let at = |row: usize, column: usize| f64::from(map[row * 48 + column]);
            for (row, column) in [(0, 0), (4, 9), (10, 15)] {
                let rows = 3 * row..(3 * row + 3).min(32);
                let cells = rows.flat_map(|r| (3 * column..3 * column + 3).map(move |c| at(r, c)));
                let cells: Vec<f64> = cells.collect();
                let mean = cells.iter().sum::<f64>() / cells.len() as f64;
                let found = f64::from(sheet.values[(channel * 11 + row) * 16 + column]);
                assert!(
                    (found - mean).abs() <= 1e-6 * mean.abs().max(1.0),
                    "{found} {mean}"
                );
            }
            let [least, mean, most] = sheet.range[channel];
            assert_eq!(least, map.iter().copied().fold(f32::MAX, f32::min));
            assert_eq!(most, map.iter().copied().fold(f32::MIN, f32::max));
            assert!(least <= mean && mean <= most);
        }
    });
}

#[test]
fn maps_that_were_not_kept_are_computed_again() {
    now(async {
        for net in [&NETS[0], &EFFICIENTNET] {
            let (model, kept) = opened(net, &cpu(), [33, 65]).await;
            let picture = photo(&[33, 65, 3], &picture(33, 65));
            let few = open_keeping(&model, picture, &mut Unobserved, 0).await;
            let few = few.expect("a pass");
            for shape in kept.shapes() {
                let stage = shape.stage;
                let expected = kept.channel(stage, 0).await.expect("a map");
                assert_eq!(
                    few.channel(stage, 0).await.expect("a map"),
                    expected,
                    "{stage}"
                );
                // Once more, from what was asked for last, and with the map before it.
                assert_eq!(
                    few.channel(stage, 0).await.expect("a map"),
                    expected,
                    "{stage}"
                );
                let made = kept.made(stage, 0, [0, 0]).await.ok();
                assert_eq!(few.made(stage, 0, [0, 0]).await.ok(), made, "{stage}");
            }
        }
    });
}

#[test]
fn what_there_isn_t_is_refused() {
    now(async {
        let (_, pass) = opened(&NETS[0], &cpu(), [33, 65]).await;
        let invalid = Err("invalid_input");
        let code = |error: FcnError| error.code();
        let fcn8s = Variant::Fcn8s;
        for (class, pixel) in [(0, [65, 0]), (0, [0, 33]), (999, [0, 0])] {
            let found = pass.autopsy(fcn8s, class, pixel).await;
            assert_eq!(
                found.map(|_| ()).map_err(code),
                invalid,
                "{class} {pixel:?}"
            );
        }
        let nan = pass.tail(fcn8s, [f32::NAN, 1.0]).await;
        assert_eq!(nan.map(|_| ()).map_err(code), invalid);
        let other = pass.tail(Variant::Out, [1.0, 1.0]).await;
        assert_eq!(other.map(|_| ()).map_err(code), Err("unknown_variant"));
        for (stage, side) in [("pool9", 8), ("pool1", 0), ("pool1", 257)] {
            let found = pass.sheet(stage, side).await;
            assert_eq!(found.map(|_| ()).map_err(code), invalid, "{stage} {side}");
        }
        assert_eq!(
            pass.channel("pool1", 999).await.map(|_| ()).map_err(code),
            invalid
        );
        for (stage, channel, cell) in [
            ("pool1", 0, [32, 0]),
            ("conv1_1", 99, [0, 0]),
            ("upscore8", 0, [0, 0]),
        ] {
            let made = pass.made(stage, channel, cell).await;
            assert_eq!(made.map(|_| ()).map_err(code), invalid, "{stage}");
        }
        let (_, labels) = opened(&CLASSIFIERS[0], &cpu(), [225, 261]).await;
        let tail = labels.tail(Variant::Score, [1.0, 1.0]).await;
        assert_eq!(tail.map(|_| ()).map_err(code), invalid);
    });
}
