//! Names of tensors made so that a net is looked for in as many ways as there are.

use fcn_lab::models;
use fcn_lab::weights::{MAX_TENSORS, Weights};

use crate::TIME;
use crate::files::{pickle, stored, tensor, text, zip};
use crate::stopwatch::Stopwatch;

/// Dictionaries beside each other whose names share many beginnings and hold as many words as fit.
fn crowd() -> Vec<u8> {
    const SETS: usize = 6;
    const EACH: usize = MAX_TENSORS / SETS;
    let words = "aBcDeFg_hIjK.".repeat(30);
    let one = tensor("0", 1, 0, &[], &[]);
    let sets = (0..SETS).map(|set| {
        let names = (0..EACH).map(|i| {
            let name = format!("b{}.c{}.d.{words}{set}x{i}", i % 2, i % 8);
            [&text(&name)[..], &one, b"s"].concat()
        });
        let names: Vec<u8> = names.flatten().collect();
        [&text(&format!("k{set}"))[..], b"}", &names, b"s"].concat()
    });
    let root: Vec<u8> = sets.flatten().collect();
    let pickled = pickle(&[b"}", &root[..]].concat());
    zip(
        &[stored("a/data.pkl", &pickled), stored("a/data/0", &[0; 4])],
        None,
    )
}

#[test]
fn a_crowd_of_long_names_is_searched_soon() {
    let file = crowd();
    let start = Stopwatch::start();
    let weights = Weights::open(file.as_slice()).expect("a file like any other");
    let error = models::recognise(&weights).expect_err("no net");
    let time = start.elapsed();
    println!(
        "{} KiB: {:.0} ms: {error}",
        file.len() >> 10,
        time.as_secs_f64() * 1e3
    );
    assert_eq!(error.code(), "weights_unrecognised");
    assert!(time <= TIME, "took {time:?}");
}
