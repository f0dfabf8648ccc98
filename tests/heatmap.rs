//! A classifier over windows: the label is the map's only cell, and where a cell looks.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::nets::{CLASSIFIERS, RESNETS, picture};
use common::{TOLERANCE, photo, relative};
use fcn_lab::device::cpu;
use fcn_lab::models::Model;
use fcn_lab::models::observer::{Unobserved, run_now};
use fcn_lab::passes::heatmap::{Heatmap, STRIDE, WINDOW, heatmap};

fn windows(model: &Model, h: usize, w: usize, rgb: &[u8]) -> Heatmap {
    run_now(heatmap(model, photo(&[h, w, 3], rgb), &mut Unobserved)).expect("a map")
}

#[test]
fn the_label_is_the_only_cell_and_the_fully_connected_layers_agree() {
    for net in &CLASSIFIERS {
        let model = net.load(&cpu());
        let map = windows(&model, WINDOW, WINDOW, &picture(WINDOW, WINDOW));
        assert_eq!((map.width, map.height, map.classes), (1, 1, 5));
        // torchvision's own, its adaptive pool and dropout included.
        let (_, expected) = net.cases().f32("224x224.score");
        let linear = map.linear.expect("one window");
        assert!(
            relative(&expected, &map.scores) <= TOLERANCE,
            "{}",
            net.name
        );
        assert!(relative(&expected, &linear) <= TOLERANCE, "{}", net.name);
        assert!(relative(&map.scores, &linear) <= 1e-5, "{}", net.name);
        let flat = map.scores.iter().all(|score| *score == map.scores[0]);
        assert!(!flat, "{}: nothing could be told apart", net.name);
    }
}

#[test]
fn a_larger_photo_has_a_cell_for_each_whole_window() {
    let model = CLASSIFIERS[0].load(&cpu());
    for (h, w, rows, columns) in [(224, 255, 1, 1), (224, 256, 1, 2), (300, 351, 3, 4)] {
        let map = windows(&model, h, w, &picture(h, w));
        assert_eq!((map.height, map.width), (rows, columns), "{h}×{w}");
        assert_eq!(map.scores.len(), rows * columns * 5);
        assert_eq!(map.linear.is_some(), rows * columns == 1);
        // The last window ends within the photo, and one more wouldn't.
        for (cells, pixels) in [(rows, h), (columns, w)] {
            let end = STRIDE * (cells - 1) + WINDOW;
            assert!(end <= pixels && end + STRIDE > pixels);
        }
    }
}

#[test]
fn padding_of_the_manifest_makes_no_cells() {
    let mut model = CLASSIFIERS[0].load(&cpu());
    let picture = picture(233, 270);
    let plain = windows(&model, 233, 270, &picture);
    model.manifest.input.pad_multiple = 32;
    assert_eq!(windows(&model, 233, 270, &picture), plain);
    assert_eq!((plain.width, plain.height), (2, 1));
}

/// The receptive field of fc6 reaches 90 pixels beyond its window, and no further.
#[test]
fn a_cell_sees_its_window_and_90_pixels_around_it() {
    const AROUND: usize = 90;
    // Winograd's sums take in a tile's every pixel: those not seen cancel, but for rounding.
    const ROUNDING: f32 = 1e-5;
    let model = CLASSIFIERS[0].load(&cpu());
    let (h, w) = (224, 512);
    let original = picture(h, w);
    let plain = windows(&model, h, w, &original);
    let cells = plain.width;
    assert_eq!(cells, 10);
    let changed = |columns: std::ops::Range<usize>| -> Vec<bool> {
        let mut other = original.clone();
        for row in other.chunks_exact_mut(3 * w) {
            for value in &mut row[3 * columns.start..3 * columns.end] {
                *value = 255 - *value;
            }
        }
        let map = windows(&model, h, w, &other);
        let pairs = map.scores.chunks_exact(5).zip(plain.scores.chunks_exact(5));
        pairs.map(|(a, b)| relative(a, b) > ROUNDING).collect()
    };
    // Everything to the right of what the first cell sees, and to the left of what the last does.
    let right = changed(WINDOW + AROUND..w);
    assert!(
        !right[0] && right[1..].iter().all(|&seen| seen),
        "{right:?}"
    );
    let left = changed(0..STRIDE * (cells - 1) - AROUND);
    assert!(
        !left[cells - 1] && left[..cells - 1].iter().all(|&seen| seen),
        "{left:?}"
    );
    // Its own window's middle, which the last doesn't see.
    assert!(changed(96..128)[0]);
}

#[test]
fn only_a_classifier_has_a_heat_map_and_only_of_a_whole_window() {
    let refused = |model: &Model, h, w| {
        let photo = photo(&[h, w, 3], &picture(h, w));
        let map = run_now(heatmap(model, photo, &mut Unobserved));
        map.map_err(|error| error.code())
    };
    let invalid = Err("invalid_input");
    assert_eq!(refused(&RESNETS[0].load(&cpu()), 224, 224), invalid);
    assert_eq!(refused(&CLASSIFIERS[0].load(&cpu()), 223, 224), invalid);
}
