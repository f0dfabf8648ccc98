//! Masks made on WebGPU against those that the CPU makes of the same scores.
#![cfg(target_arch = "wasm32")]

mod common;

use burn::tensor::{Device, Tensor, TensorData};
use common::gpu::gpu;
use common::noise;
use fcn_lab::mask::Scores;
use fcn_lab::passes::segment::Head;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Scores `[1, channels, rows, columns]`, of few distinct values or of many.
fn score_map(
    seed: u32,
    [channels, rows, columns]: [usize; 3],
    steps: f32,
    device: &Device,
) -> Tensor<4> {
    let values = noise(seed, channels * rows * columns);
    let values: Vec<f32> = values
        .iter()
        .map(|value| (value * steps).round() / steps)
        .collect();
    Tensor::from_data(
        TensorData::new(values, [1, channels, rows, columns]),
        device,
    )
}

/// The bilinear scores of one pixel of a mask of `size` (width, height), `align_corners=False`.
fn interpolated(scores: &Scores, size: [usize; 2], at: [usize; 2]) -> Vec<f32> {
    let (width, height, channels) = scores.dims();
    let tap = |axis: usize, input: usize| {
        let source = (at[axis] as f64 + 0.5) * input as f64 / size[axis] as f64 - 0.5;
        let source = source.clamp(0.0, (input - 1) as f64);
        let low = source as usize;
        (low, (low + 1).min(input - 1), (source - low as f64) as f32)
    };
    let ((left, right, across), (top, bottom, down)) = (tap(0, width), tap(1, height));
    let score = |x: usize, y: usize, c: usize| scores.data()[(y * width + x) * channels + c];
    let mix = |a: f32, b: f32, share: f32| a + (b - a) * share;
    let one = |c| {
        let row = |y| mix(score(left, y, c), score(right, y, c), across);
        mix(row(top), row(bottom), down)
    };
    (0..channels).map(one).collect()
}

#[wasm_bindgen_test]
async fn labels_equal_the_cpus_wherever_scores_differ() {
    let gpu = gpu().await;
    // channels, rows and columns with padding; width and height without; width and height of the mask
    let cases = [
        ([2, 1, 1], [1, 1], [1, 1]),
        ([1, 3, 2], [2, 3], [7, 9]),
        ([10, 32, 32], [31, 17], [31, 17]),
        ([3, 64, 96], [70, 50], [140, 100]),
        ([21, 32, 64], [64, 32], [301, 77]),
        ([5, 32, 32], [9, 30], [3, 5]),
        ([255, 4, 6], [5, 4], [11, 13]),
    ];
    for (seed, (shape, [width, height], [mask_width, mask_height])) in (0..).zip(cases) {
        for steps in [2.0, 1e4] {
            let scores = score_map(seed, shape, steps, &gpu);
            let head = Head::new(scores, width, height).await.expect("a head");
            assert!(head.is_on_gpu());
            // In strips of unequal heights.
            let mut labels = Vec::new();
            let mut row = 0;
            while row < mask_height {
                let rows = (mask_height - row).min(1 + row % 5);
                let strip = head.labels(mask_width, mask_height, row, rows).await;
                labels.extend(strip.expect("labels"));
                row += rows;
            }
            let read: &Scores = head.read().await.expect("scores");
            assert_eq!(
                (read.dims(), head.dims()),
                ((width, height, shape[0]), head.dims())
            );
            let expected = read
                .labels(mask_width, mask_height, 0, mask_height)
                .expect("labels");
            assert!(!head.is_on_gpu(), "what is read is used");
            let again = head.labels(mask_width, mask_height, 0, mask_height).await;
            assert_eq!(again.as_ref(), Ok(&expected));
            assert_eq!(labels.len(), expected.len());
            for (at, (&got, &expected)) in labels.iter().zip(&expected).enumerate() {
                if got == expected {
                    continue;
                }
                // Where rounding may decide, either is right.
                let (x, y) = (at % mask_width, at / mask_width);
                let all = interpolated(read, [mask_width, mask_height], [x, y]);
                let difference = all[usize::from(got)] - all[usize::from(expected)];
                assert!(
                    difference.abs() <= 1e-5,
                    "{shape:?} at {x}, {y}: {got} for {expected}"
                );
            }
        }
    }
}

#[wasm_bindgen_test]
async fn scores_that_are_no_numbers_never_become_a_mask() {
    let gpu = gpu().await;
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for at in [0, 17, 3 * 20 - 1] {
            let mut values = noise(5, 3 * 20);
            values[at] = value;
            let scores = Tensor::from_data(TensorData::new(values, [1, 3, 4, 5]), &gpu);
            let head = Head::new(scores, 5, 4).await.expect("a head");
            let error = head.labels(13, 9, 0, 9).await.map_err(|error| error.code());
            assert_eq!(error, Err("not_finite"), "{value} at {at}");
            let error = head.read().await.map(|_| ()).map_err(|error| error.code());
            assert_eq!(error, Err("not_finite"));
        }
    }
}

#[wasm_bindgen_test]
async fn padding_that_is_no_number_does_no_harm() {
    let mut values = vec![0.5; 2 * 3 * 4];
    values[3] = f32::NAN;
    let scores = Tensor::from_data(TensorData::new(values, [1, 2, 3, 4]), &gpu().await);
    let head = Head::new(scores, 3, 3).await.expect("a head");
    assert_eq!(head.labels(3, 3, 0, 3).await, Ok(vec![0; 9]));
}

#[wasm_bindgen_test]
async fn strips_outside_the_mask_and_more_classes_than_labels_are_known() {
    let gpu = gpu().await;
    let head = Head::new(score_map(1, [2, 4, 4], 1e4, &gpu), 4, 4).await;
    let head = head.expect("a head");
    for (first, rows) in [(3, 6), (9, 0), (usize::MAX, 2)] {
        let error = head
            .labels(8, 8, first, rows)
            .await
            .map_err(|error| error.code());
        assert_eq!(error, Err("invalid_input"), "{first} + {rows}");
    }
    assert_eq!(head.labels(8, 8, 8, 0).await, Ok(Vec::new()));
    // 256 classes leave no label for "none": those are the CPU's.
    let head = Head::new(score_map(2, [256, 2, 2], 1e4, &gpu), 2, 2).await;
    let head = head.expect("a head");
    assert!(!head.is_on_gpu());
    assert_eq!(
        head.labels(2, 2, 0, 2).await.map(|labels| labels.len()),
        Ok(4)
    );
}
