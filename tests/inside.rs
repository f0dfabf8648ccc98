//! A photo's pass, opened, natively on the CPU; on WebGPU: `webgpu_inside.rs`.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use std::cell::Cell;
use std::future::ready;
use std::rc::Rc;

use burn::tensor::Tensor;
use common::inside::{
    assert_cells_are_made_so, assert_scores_are_sums, assert_tails_are_the_passes, opened,
};
use common::nets::{CLASSIFIERS, EFFICIENTNET, MOBILENETS, REFERENCE, RESNETS, picture};
use common::{NETS, Net, photo};
use fcn_lab::FcnError;
use fcn_lab::device::cpu;
use fcn_lab::models::Variant;
use fcn_lab::models::observer::{Answer, Observer, Unobserved, run_now};
use fcn_lab::models::shapes::Kind;
use fcn_lab::passes::heatmap::heatmap;
use fcn_lab::passes::inside::{open, open_keeping};

fn dense() -> impl Iterator<Item = &'static Net> {
    let others = REFERENCE.iter().chain(&RESNETS).chain(&MOBILENETS);
    NETS.iter().chain(others).chain([&EFFICIENTNET])
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
    use Kind::{Conv, Crop, Pool, Resized, Sum, Transposed};
    let all: [(&[Net], &[Kind]); 5] = [
        (&NETS, &[Conv, Pool, Transposed, Sum]),
        (&REFERENCE, &[Conv, Pool, Transposed, Sum, Crop]),
        (&RESNETS, &[Conv, Pool, Resized]),
        (&[EFFICIENTNET], &[Conv, Transposed, Sum]),
        (&CLASSIFIERS, &[Conv, Pool]),
    ];
    for (nets, kinds) in all {
        for net in nets {
            now(assert_cells_are_made_so(net, &cpu(), kinds));
        }
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
fn all_values_of_a_stage_are_its_channels() {
    now(async {
        let (_, pass) = opened(&NETS[0], &cpu(), [33, 65]).await;
        for stage in ["input", "pool2", "upscore8"] {
            let all = pass.values(stage).await.expect("values");
            let [channels, rows, columns] = all.shape;
            assert_eq!(all.values.len(), channels * rows * columns);
            for (channel, values) in all.values.chunks_exact(rows * columns).enumerate() {
                let map = pass.channel(stage, channel).await.expect("a map");
                assert_eq!(map.values, values, "{stage} {channel}");
                assert_eq!(map.shape, [1, rows, columns]);
            }
        }
        let none = pass.values("pool9").await.map_err(|error| error.code());
        assert_eq!(none.map(|_| ()), Err("invalid_input"));
    });
}

/// Padding would make windows that hold little or nothing of the photo.
#[test]
fn a_classifier_is_opened_on_the_windows_of_its_heat_map() {
    now(async {
        let [h, w] = [225, 300];
        let mut model = CLASSIFIERS[0].load(&cpu());
        model.manifest.input.pad_multiple = 32;
        let model = Rc::new(model);
        let picture = || photo(&[h, w, 3], &picture(h, w));
        let map = heatmap(&model, picture(), &mut Unobserved).await;
        let map = map.expect("a heat map");
        let pass = open(&model, picture(), &mut Unobserved).await;
        let scores = pass.expect("a pass").values("score").await.expect("scores");
        assert_eq!((map.width, map.height), (3, 1));
        assert_eq!(scores.shape, [map.classes, map.height, map.width]);
        let cells = map.width * map.height;
        for (cell, of_cell) in map.scores.chunks_exact(map.classes).enumerate() {
            for (class, score) in of_cell.iter().enumerate() {
                assert_eq!(*score, scores.values[class * cells + cell]);
            }
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

/// Ends a pass after so many stages.
struct Few(Rc<Cell<usize>>);

impl Observer for Few {
    fn stage<'a>(&'a mut self, _: &'static str, _: &'a Tensor<4>) -> Answer<'a> {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        Box::pin(ready(match left {
            0 => Err(FcnError::Aborted),
            _ => Ok(()),
        }))
    }
}

#[test]
fn a_map_that_is_computed_again_can_be_watched_and_given_up() {
    now(async {
        let (model, kept) = opened(&NETS[0], &cpu(), [33, 65]).await;
        let picture = photo(&[33, 65, 3], &picture(33, 65));
        let few = open_keeping(&model, picture, &mut Unobserved, 0).await;
        let few = few.expect("a pass");
        let left = Rc::new(Cell::new(2));
        few.watch(Box::new(Few(left.clone())));
        let given_up = few.channel("pool2", 0).await;
        assert_eq!(given_up.map_err(|error| error.code()), Err("aborted"));
        assert_eq!(left.get(), 0);
        // It isn't told of what is there already, and the next question may be another's.
        left.set(99);
        let map = few.channel("pool2", 0).await.expect("a map");
        assert_eq!(map, kept.channel("pool2", 0).await.expect("a map"));
        let told = 99 - left.get();
        assert!(told > 3, "{told}");
        few.channel("pool2", 1).await.expect("a map");
        assert_eq!(99 - left.get(), told);
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
            ("upscore8", 0, [64, 0]),
        ] {
            let made = pass.made(stage, channel, cell).await;
            assert_eq!(made.map(|_| ()).map_err(code), invalid, "{stage}");
        }
        let (_, labels) = opened(&CLASSIFIERS[0], &cpu(), [225, 261]).await;
        let tail = labels.tail(Variant::Score, [1.0, 1.0]).await;
        assert_eq!(tail.map(|_| ()).map_err(code), invalid);
    });
}
