//! The nets on the CPU against PyTorch: three heads, odd and non-square sizes, f32 and f16.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use burn::tensor::Tensor;
use common::{
    Fixture, NETS, TOLERANCE, assert_equals_pytorch, assert_per_class_equals_mixing, photo,
    relative,
};
use fcn_lab::FcnError;
use fcn_lab::device::cpu;
use fcn_lab::image::Photo;
use fcn_lab::mask::Scores;
use fcn_lab::models::Layers;
use fcn_lab::models::fcn::{FcnConfig, VARIANTS, Variant};
use fcn_lab::models::observer::{Answer, Observer, go_on, run_now};
use fcn_lab::passes::segment::scores_now;
use fcn_lab::upsample::{bilinear_profile, conv_transpose_size};

#[test]
fn scores_equal_pytorchs_on_the_cpu() {
    for net in &NETS {
        let pass = async {
            assert_equals_pytorch(net, &cpu()).await;
            Ok(())
        };
        run_now(pass).expect("the CPU never waits");
    }
}

#[test]
fn classes_enlarged_one_by_one_are_what_kernels_without_mixing_make() {
    let pass = async {
        assert_per_class_equals_mixing(&cpu()).await;
        Ok(())
    };
    run_now(pass).expect("the CPU never waits");
}

/// Keeps the maps of chosen stages.
#[derive(Default)]
struct Keep {
    wanted: Vec<&'static str>,
    seen: Vec<&'static str>,
    maps: Vec<(&'static str, Vec<usize>, Vec<f32>)>,
    stop_at: Option<&'static str>,
}

impl Observer for Keep {
    fn stage<'a>(&'a mut self, name: &'static str, map: &'a Tensor<4>) -> Answer<'a> {
        self.seen.push(name);
        if self.wanted.contains(&name) {
            let data = map.to_data();
            let values = data.as_slice::<f32>().expect("f32").to_vec();
            self.maps.push((name, map.dims().to_vec(), values));
        }
        if self.stop_at == Some(name) {
            return Box::pin(async { Err(FcnError::Aborted) });
        }
        go_on()
    }
}

#[test]
fn inner_maps_equal_pytorchs() {
    let net = &NETS[0];
    let cases = net.cases();
    let (shape, rgb) = cases.u8("33x65.image");
    let mut keep = Keep {
        wanted: vec!["pool3", "pool4", "score_fr"],
        ..Keep::default()
    };
    scores_now(
        &net.load(&cpu()),
        photo(&shape, &rgb),
        &[Variant::Fcn8s],
        &mut keep,
    )
    .expect("scores");
    assert_eq!(keep.maps.len(), 3);
    for (name, dims, values) in &keep.maps {
        let (shape, expected) = cases.f32(&format!("33x65.{name}"));
        assert_eq!(dims[1..], shape);
        assert!(relative(&expected, values) <= TOLERANCE, "{name}");
    }
}

#[test]
fn a_pass_reports_the_stages_it_announces() {
    let net = &NETS[0];
    let model = net.load(&cpu());
    let (shape, rgb) = net.cases().u8("32x32.image");
    for variants in [
        &[Variant::Fcn32s][..],
        &[Variant::Fcn16s],
        &[Variant::Fcn8s],
        &VARIANTS,
    ] {
        let mut keep = Keep::default();
        scores_now(&model, photo(&shape, &rgb), variants, &mut keep).expect("scores");
        assert_eq!(keep.seen, model.net.stages(variants), "{variants:?}");
    }
    assert!(!model.net.stages(&[Variant::Fcn32s]).contains(&"fuse_pool4"));
    assert!(!model.net.stages(&[Variant::Fcn8s]).contains(&"upscore16"));
}

#[test]
fn an_observer_can_stop_a_pass() {
    let net = &NETS[0];
    let (shape, rgb) = net.cases().u8("32x32.image");
    let mut keep = Keep {
        stop_at: Some("conv2_1"),
        ..Keep::default()
    };
    let result = scores_now(
        &net.load(&cpu()),
        photo(&shape, &rgb),
        &[Variant::Fcn8s],
        &mut keep,
    );
    assert_eq!(result, Err(FcnError::Aborted));
    assert_eq!(keep.seen.last(), Some(&"conv2_1"));
}

#[test]
fn a_head_that_the_checkpoint_lacks_is_an_error() {
    let net = &NETS[3]; // FCN-8s only
    let model = net.load(&cpu());
    assert_eq!(
        model.variant("fcn32s").map_err(|e| e.code()),
        Err("unknown_variant")
    );
    let (shape, rgb) = net.cases().u8("32x32.image");
    let result = scores_now(
        &model,
        photo(&shape, &rgb),
        &[Variant::Fcn32s],
        &mut Keep::default(),
    );
    assert_eq!(result.map_err(|e| e.code()), Err("unknown_variant"));
}

#[test]
fn an_input_that_pools_cannot_halve_is_an_error() {
    let net = FcnConfig::new(2)
        .with_width(1)
        .with_fc_channels(2)
        .init(&cpu());
    for shape in [[1, 3, 33, 32], [1, 3, 32, 0], [1, 4, 32, 32]] {
        let x = Tensor::zeros(shape, &cpu());
        let result = net.forward(x, Variant::Fcn8s).map(|y| y.dims());
        assert_eq!(
            result.map_err(|e| e.code()),
            Err("invalid_input"),
            "{shape:?}"
        );
    }
}

#[test]
fn a_batch_keeps_its_pictures_apart() {
    let net = NETS[0].load(&cpu()).net;
    let one = common::noise_tensor(1, [1, 3, 64, 32], &cpu());
    let two = common::noise_tensor(2, [1, 3, 64, 32], &cpu());
    let both = Tensor::cat(vec![one.clone(), two.clone()], 0);
    for variant in VARIANTS {
        let forward = |x| net.forward(x, variant).expect("scores");
        let apart = Tensor::cat(vec![forward(one.clone()), forward(two.clone())], 0);
        let together = forward(both.clone());
        assert_eq!(together.dims(), [2, 3, 64, 32]);
        let [apart, together] = [apart, together].map(|t| t.into_data());
        let values =
            |data: &burn::tensor::TensorData| data.as_slice::<f32>().expect("f32").to_vec();
        assert!(relative(&values(&apart), &values(&together)) <= 1e-6);
    }
}

#[test]
fn photos_shrink_as_pytorchs_antialiased_bilinear() {
    let cases = Fixture::parse(include_bytes!(
        "reference/fixtures/resize.cases.safetensors"
    ));
    let names: Vec<String> = cases
        .names()
        .into_iter()
        .filter(|n| n.ends_with(".rgba"))
        .collect();
    assert!(names.len() >= 5);
    for name in names {
        let ([height, width], rgba) = two(cases.u8(&name));
        let name = name.trim_end_matches(".rgba");
        let (shape, expected) = cases.f32(&format!("{name}.rgb"));
        let (work_height, work_width) = (shape[1], shape[2]);
        let mut photo = Photo::new(width, height, work_width, work_height).expect("a valid size");
        photo.push_rows(&rgba).expect("whole rows");
        let got = photo.pixels().expect("all rows");
        for y in 0..work_height {
            for x in 0..work_width {
                for c in 0..3 {
                    let want = expected[(c * work_height + y) * work_width + x];
                    let got = got[(y * work_width + x) * 3 + c];
                    // A thousandth of one of 255 steps.
                    assert!(
                        (want - got).abs() < 1e-3,
                        "{name} {y} {x} {c}: {got} {want}"
                    );
                }
            }
        }
    }
}

fn two((shape, values): (Vec<usize>, Vec<u8>)) -> ([usize; 2], Vec<u8>) {
    ([shape[0], shape[1]], values)
}

#[test]
fn enlarged_labels_equal_pytorchs() {
    let cases = Fixture::parse(include_bytes!(
        "reference/fixtures/labels.cases.safetensors"
    ));
    let names: Vec<String> = cases
        .names()
        .into_iter()
        .filter(|n| n.ends_with(".scores"))
        .collect();
    assert!(names.len() >= 3);
    for name in names {
        let (shape, planes) = cases.f32(&name);
        let name = name.trim_end_matches(".scores");
        let (channels, height, width) = (shape[0], shape[1], shape[2]);
        let plane = height * width;
        let data = (0..plane * channels)
            .map(|i| planes[i % channels * plane + i / channels])
            .collect();
        let scores = Scores::new(width, height, channels, data).expect("valid scores");
        let ([out_height, out_width], expected) = two(cases.u8(&format!("{name}.labels")));
        let (_, margin) = cases.f32(&format!("{name}.margin"));
        let labels = scores
            .labels(out_width, out_height, 0, out_height)
            .expect("labels");
        for (i, (got, want)) in labels.iter().zip(&expected).enumerate() {
            // Below this margin rounding decides, and either label is right.
            assert!(
                got == want || margin[i] < 1e-5,
                "{name} at {i}: {got}, PyTorch has {want}"
            );
        }
    }
}

#[test]
fn sizes_and_kernels_equal_pytorchs() {
    let text = include_str!("reference/fixtures/upsampling.json");
    let json: serde_json::Value = serde_json::from_str(text).expect("valid JSON");
    let number = |row: &serde_json::Value, key: &str| row[key].as_u64().expect(key) as usize;

    let rows = json["output_sizes"].as_array().expect("a list");
    assert!(rows.len() > 20);
    for row in rows {
        let [input, kernel, stride, padding, output_padding, dilation] = [
            "in",
            "kernel",
            "stride",
            "padding",
            "output_padding",
            "dilation",
        ]
        .map(|k| number(row, k));
        let got = conv_transpose_size(input, kernel, stride, padding, output_padding, dilation);
        assert_eq!(got, row["out"].as_u64().map(|n| n as usize), "{row}");
    }

    let kernels = json["bilinear_rows"].as_object().expect("an object");
    assert!(kernels.len() > 8);
    for (kernel, row) in kernels {
        let expected: Vec<f32> = serde_json::from_value(row.clone()).expect("numbers");
        let got = bilinear_profile(kernel.parse().expect("a size"));
        assert!(relative(&expected, &got) < 1e-6, "kernel {kernel}");
    }
}
