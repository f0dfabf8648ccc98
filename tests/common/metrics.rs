//! The metrics against scikit-learn's, wherever they run.

use fcn_lab::metrics::Confusion;
use serde::Deserialize;

/// Sums of ratios in f64, in another order.
const TOLERANCE: f64 = 1e-12;

#[derive(Deserialize)]
struct Case {
    name: String,
    classes: usize,
    truth: Vec<u8>,
    prediction: Vec<u8>,
    confusion: Vec<u64>,
    pixel_accuracy: f64,
    mean_accuracy: f64,
    iou: Vec<Option<f64>>,
    mean_iou: f64,
    frequency_weighted_iou: f64,
}

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

fn assert_close(got: Option<f64>, expected: Option<f64>, what: &str) {
    match (got, expected) {
        (Some(got), Some(expected)) => {
            assert!(
                (got - expected).abs() <= TOLERANCE,
                "{what}: {got}, not {expected}"
            );
        }
        _ => assert_eq!(got, expected, "{what}"),
    }
}

/// Compares every case of the fixture.
pub fn assert_equals_scikit_learn() {
    let text = include_str!("../reference/fixtures/metrics.json");
    let Cases { cases } = serde_json::from_str(text).expect("a valid fixture");
    assert!(cases.len() > 4);
    for case in &cases {
        let name = &case.name;
        let mut matrix = Confusion::new(case.classes).expect(name);
        matrix.add(&case.truth, &case.prediction).expect(name);
        assert_eq!(matrix.counts(), case.confusion, "{name}");
        assert_close(matrix.pixel_accuracy(), Some(case.pixel_accuracy), name);
        assert_close(matrix.mean_accuracy(), Some(case.mean_accuracy), name);
        for (got, expected) in matrix.iou().into_iter().zip(&case.iou) {
            assert_close(got, *expected, name);
        }
        assert_close(matrix.mean_iou(), Some(case.mean_iou), name);
        let weighted = Some(case.frequency_weighted_iou);
        assert_close(matrix.frequency_weighted_iou(), weighted, name);
    }
}
