//! Inner maps and upsampling layers of a net, natively on the CPU; in a browser:
//! `tests/browser/upsample-photo.spec.js`.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::{NETS, TOLERANCE, photo, relative};
use fcn_lab::device::cpu;
use fcn_lab::models::observer::{Unobserved, run_now};
use fcn_lab::passes::layer::{Transposed, transposed, upsampling_layer};
use fcn_lab::passes::maps::{FeatureMap, maps};

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| name.to_string()).collect()
}

fn maps_of(wanted: &[&str]) -> Vec<FeatureMap> {
    let net = &NETS[0];
    let (shape, rgb) = net.cases().u8("33x65.image");
    let model = net.load(&cpu());
    let (wanted, mut observer) = (names(wanted), Unobserved);
    run_now(maps(&model, photo(&shape, &rgb), &wanted, &mut observer)).expect("maps")
}

#[test]
fn maps_come_in_the_order_of_the_pass_at_their_strides() {
    let found = maps_of(&["upscore8", "score_fr", "fuse_pool3", "pool3"]);
    let sizes: Vec<(&str, usize, usize)> = found
        .iter()
        .map(|map| (map.name.as_str(), map.shape[1], map.shape[2]))
        .collect();
    // 33×65 pixels are padded to 64×96.
    let expected = [
        ("pool3", 8, 12),
        ("score_fr", 2, 3),
        ("fuse_pool3", 8, 12),
        ("upscore8", 64, 96),
    ];
    assert_eq!(sizes, expected);
    for map in &found {
        assert_eq!(map.values.len(), map.shape.iter().product::<usize>());
    }
}

#[test]
fn a_layers_own_kernels_over_its_input_make_its_output() {
    let model = NETS[0].load(&cpu());
    for (name, input) in [
        ("upscore32", "score_fr"),
        ("upscore2", "score_fr"),
        ("upscore16", "fuse_pool4"),
        ("upscore_pool4", "fuse_pool4"),
        ("upscore8", "fuse_pool3"),
    ] {
        let found = maps_of(&[input, name]);
        let [small, large] = found.as_slice() else {
            panic!("two maps");
        };
        let layer = run_now(upsampling_layer(&model, name)).expect("a layer");
        let [inputs, outputs, rows, columns] = layer.shape;
        assert_eq!([inputs, outputs], [small.shape[0], large.shape[0]]);
        let settings = Transposed {
            input: [small.shape[1], small.shape[2]],
            kernel: [rows, columns],
            stride: layer.stride,
            padding: layer.padding,
            output_padding: [0, 0],
            dilation: [1, 1],
        };
        let (cells, taps) = (small.shape[1] * small.shape[2], rows * columns);
        let pixels = large.shape[1] * large.shape[2];
        for to in 0..outputs {
            let mut sum = vec![0.0; pixels];
            for from in 0..inputs {
                let values = &small.values[from * cells..][..cells];
                let kernel = &layer.weights[(from * outputs + to) * taps..][..taps];
                let part = run_now(transposed(&settings, values, kernel, &cpu())).expect("a map");
                for (all, one) in sum.iter_mut().zip(part) {
                    *all += one;
                }
            }
            let expected = &large.values[to * pixels..][..pixels];
            assert!(relative(expected, &sum) <= TOLERANCE, "{name}, class {to}");
        }
    }
}

#[test]
fn what_a_model_has_not_got_is_said() {
    let model = NETS[3].load(&cpu()); // FCN-8s only
    let (shape, rgb) = NETS[3].cases().u8("32x32.image");
    let stage = |name: &str| {
        let (wanted, mut observer) = (names(&[name]), Unobserved);
        run_now(maps(&model, photo(&shape, &rgb), &wanted, &mut observer))
            .map(|maps| maps.len())
            .map_err(|e| e.to_string())
    };
    assert_eq!(stage("fuse_pool3"), Ok(1));
    let missing = stage("upscore32").expect_err("no such head");
    assert!(
        missing.contains("\"upscore32\"") && missing.contains("upscore8"),
        "{missing}"
    );
    let layer = run_now(upsampling_layer(&model, "upscore16"));
    assert_eq!(layer.map_err(|e| e.code()), Err("invalid_input"));
}

#[test]
fn numbers_that_do_not_fill_a_map_are_refused() {
    let settings = Transposed {
        input: [2, 2],
        kernel: [1, 1],
        stride: [1, 1],
        padding: [0, 0],
        output_padding: [0, 0],
        dilation: [1, 1],
    };
    let run = |values: &[f32], weights: &[f32]| {
        run_now(transposed(&settings, values, weights, &cpu())).map_err(|e| e.code())
    };
    assert_eq!(
        run(&[1.0, 2.0, 3.0, 4.0], &[2.0]),
        Ok(vec![2.0, 4.0, 6.0, 8.0])
    );
    assert_eq!(run(&[1.0, 2.0, 3.0], &[2.0]), Err("invalid_input"));
    assert_eq!(run(&[1.0, 2.0, 3.0, 4.0], &[]), Err("invalid_input"));
}
