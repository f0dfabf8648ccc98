//! Worked-out map sizes against the maps of real passes.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use burn::tensor::{Distribution, Tensor, TensorData};
use common::nets::{CLASSIFIERS, EFFICIENTNET, MOBILENETS, REFERENCE, RESNETS};
use common::{NETS, Net};
use fcn_lab::FcnError;
use fcn_lab::device::cpu;
use fcn_lab::models::fcn_reference::FcnReferenceConfig;
use fcn_lab::models::observer::{Answer, Observer, go_on, run_now};
use fcn_lab::models::receptive::Receptive;
use fcn_lab::models::shapes::Shape;
use fcn_lab::models::{Blueprint, Model, Variant, build};
use fcn_lab::weights::Weights;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

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
        .chain(&MOBILENETS)
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

/// Needs no maps, and keeps the stages' names.
#[derive(Default)]
struct Names {
    all: Vec<&'static str>,
    without_map: usize,
}

impl Observer for Names {
    fn stage<'a>(&'a mut self, name: &'static str, _: &'a Tensor<4>) -> Answer<'a> {
        self.all.push(name);
        go_on()
    }

    fn passed(&mut self, name: &'static str) -> Answer<'_> {
        self.without_map += 1;
        self.all.push(name);
        go_on()
    }

    fn needs_every_map(&self) -> bool {
        false
    }
}

#[test]
fn a_pass_without_its_maps_has_the_same_stages_and_scores() {
    for (net, blocks) in NETS
        .iter()
        .map(|net| (net, true))
        .chain([(&EFFICIENTNET, false)])
    {
        let Model { net: model, .. } = net.load(&cpu());
        let x = Tensor::<4>::random([1, 3, 192, 160], Distribution::Uniform(-2.0, 2.0), &cpu());
        let pass = |observer: &mut dyn Observer| {
            let heads = run_now(model.forward_observed(x.clone(), &model.variants, observer));
            let values = heads
                .expect("a pass")
                .into_iter()
                .map(|head| head.into_data());
            values
                .map(|values| values.try_to_vec::<f32>().expect("f32"))
                .collect::<Vec<_>>()
        };
        let (mut names, mut sizes) = (Names::default(), Sizes::default());
        assert!(pass(&mut names) == pass(&mut sizes), "{}", net.name);
        assert_eq!(names.all, model.stages(&model.variants), "{}", net.name);
        assert_eq!(names.without_map > 0, blocks, "{}", net.name);
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

/// A fixture's net that adds up whatever goes in, so that a map is positive where something positive was
/// seen, and not elsewhere.
///
/// At the edge of what is seen one row of a kernel counts; the weights make of 1 a little more than 1 there, and the
/// biases take that little away. So the edge stays near 1 through all layers, while Winograd's transforms, which
/// leave rounding errors of a hundredth beyond it, end in the ReLU.
fn adding(net: &Net) -> Model {
    let file = SafeTensors::deserialize(net.weights()).expect("a file");
    let tensors = file.tensors().into_iter().map(|(name, view)| {
        let shape = view.shape().to_vec();
        let many: usize = shape.iter().product();
        let has_relu = !name.contains("score") && !name.contains("classifier.4");
        let has_relu = has_relu && !name.contains("classifier.6");
        let value = |i: usize| match &shape[..] {
            // The column in the middle.
            [_, inputs, _, columns] if i % columns == columns / 2 => 1.1 / *inputs as f32,
            [_, _, _, _] => 0.0,
            // A classifier's fc6 is 7×7.
            [_, inputs] if name == "classifier.0.weight" => match i % 7 {
                3 => 49.0 * 1.1 / *inputs as f32,
                _ => 0.0,
            },
            [_, inputs] => 1.1 / *inputs as f32,
            // Of a batch norm.
            _ if name.ends_with("running_var") || name.ends_with(".weight") => 1.0,
            _ if name.ends_with(".bias") && has_relu => -0.05,
            _ => 0.0,
        };
        let bytes = (0..many).flat_map(|i| value(i).to_le_bytes());
        let bytes: Vec<u8> = bytes.collect();
        (name, shape, bytes)
    });
    let tensors: Vec<_> = tensors.collect();
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes);
        (name.as_str(), view.expect("a view"))
    });
    let bytes = safetensors::serialize(views, None).expect("a file");
    let weights = Weights::parse(&bytes).expect("parsed");
    build(net.load(&cpu()).manifest, weights, &cpu()).expect("a net")
}

/// Which rows of every stage see something in a row of the input.
struct Rows(Vec<(&'static str, Vec<bool>)>);

impl Observer for Rows {
    fn stage<'a>(&'a mut self, name: &'static str, map: &'a Tensor<4>) -> Answer<'a> {
        let [_, channels, rows, columns] = map.dims();
        let values = map.clone().into_data();
        let values = values.as_slice::<f32>().expect("f32");
        let sees = |row: usize| {
            let lines = values
                .chunks(columns)
                .skip(row)
                .step_by(rows)
                .take(channels);
            lines.flatten().any(|value| *value > 0.0)
        };
        self.0.push((name, (0..rows).map(sees).collect()));
        go_on()
    }
}

/// Pokes one row of the input after the other, and holds what each stage sees of it to what is worked out.
fn sees_what_is_worked_out(net: &Net, height: usize) {
    let model = adding(net);
    let variants = &model.net.variants;
    let width = model.net.check_size()[0].max(32);
    let shapes = model.net.shapes(variants, width, height).expect("shapes");
    // The farthest above and below the middle of a cell that a row was seen.
    let mut farthest = vec![[0.0f64; 2]; shapes.len()];
    let middle = height / 2;
    for row in middle - 33..middle + 33 {
        let mut pixels = vec![0.0f32; 3 * height * width];
        for line in pixels.chunks_mut(width).skip(row).step_by(height) {
            line.fill(1.0);
        }
        let x = Tensor::from_data(TensorData::new(pixels, [1, 3, height, width]), &cpu());
        let mut seen = Rows(Vec::new());
        run_now(model.net.forward_observed(x, variants, &mut seen)).expect("a pass");
        for (i, (stage, sees)) in (1..).zip(seen.0) {
            let shape = shapes[i];
            assert_eq!(stage, shape.stage);
            let Receptive { size, jump, start } = shape.receptive;
            let name = format!("{} {stage}, row {row}", net.name);
            for (cell, sees) in sees.into_iter().enumerate() {
                let away = row as f64 - (start + cell as f64 * jump);
                let within = size.is_none_or(|size| away.abs() <= (size - 1.0) / 2.0 + 1e-6);
                assert!(within || !sees, "{name}: cell {cell} sees it, {away} away");
                // Where every cell sees all around it, none of it is left out.
                let is_dense = jump >= 1.0 && !stage.contains("up") && !stage.contains("fuse");
                if size.is_none() || (within && is_dense && !stage.ends_with("out")) {
                    let is_resized = ["out", "aux"].contains(&stage);
                    assert!(sees || is_resized, "{name}: cell {cell} doesn't see it");
                }
                if sees {
                    let [above, below] = farthest[i];
                    farthest[i] = [above.min(away), below.max(away)];
                }
            }
        }
    }
    for (shape, [above, below]) in shapes.iter().zip(farthest).skip(1) {
        let Some(size) = shape.receptive.size else {
            continue;
        };
        let reach = (size - 1.0) / 2.0;
        let name = format!("{} {}", net.name, shape.stage);
        assert!(
            size < height as f64 - 80.0,
            "{name}: {size} is too large to be poked"
        );
        let found = below.max(-above);
        assert!(
            (found - reach).abs() < 1e-6,
            "{name}: sees {found} away, not {reach}"
        );
    }
}

#[test]
fn cells_see_what_is_worked_out_and_no_more() {
    for net in [
        &NETS[0],
        &NETS[3],
        &REFERENCE[0],
        &REFERENCE[1],
        &CLASSIFIERS[0],
        &CLASSIFIERS[1],
    ] {
        sees_what_is_worked_out(net, 704);
    }
    for net in RESNETS.iter().chain([&EFFICIENTNET]) {
        sees_what_is_worked_out(net, 1216);
    }
}

/// Squeeze and excitation weighs each channel by what the whole map's means say.
#[test]
fn behind_squeeze_and_excitation_a_cell_sees_all() {
    let model = MOBILENETS[0].load(&cpu());
    let [height, width] = [33, 400];
    let maps = |pixel: f32| {
        let mut pixels = vec![0.5f32; 3 * height * width];
        if let Some(first) = pixels.first_mut() {
            *first = pixel;
        }
        let x = Tensor::from_data(TensorData::new(pixels, [1, 3, height, width]), &cpu());
        let mut kept = Kept(Vec::new());
        run_now(
            model
                .net
                .forward_observed(x, &model.net.variants, &mut kept),
        )
        .expect("a pass");
        kept.0
    };
    let shapes = model.net.shapes(&model.net.variants, width, height);
    let shapes = shapes.expect("shapes");
    for ((stage, one), (_, other)) in maps(0.5).into_iter().zip(maps(50.0)) {
        let shape = shapes.iter().find(|shape| shape.stage == stage);
        let shape = shape.expect("a stage");
        // The column furthest from the pixel.
        let far = |map: &[f32]| {
            map.iter()
                .skip(shape.columns - 1)
                .step_by(shape.columns)
                .copied()
                .collect::<Vec<_>>()
        };
        let sees_all = shape.receptive.size.is_none();
        assert_eq!(far(&one) != far(&other), sees_all, "{stage}");
        let is_early = ["backbone.0", "backbone.1", "backbone.2", "backbone.3"].contains(&stage);
        assert_eq!(sees_all, !is_early, "{stage}");
    }
}

/// Keeps every stage's values.
struct Kept(Vec<(&'static str, Vec<f32>)>);

impl Observer for Kept {
    fn stage<'a>(&'a mut self, name: &'static str, map: &'a Tensor<4>) -> Answer<'a> {
        let values = map.clone().into_data();
        self.0
            .push((name, values.as_slice::<f32>().expect("f32").to_vec()));
        go_on()
    }
}

/// What is resized to the photo's size lies over it, along both axes and at any size.
#[test]
fn resized_cells_lie_on_their_own_pixels() {
    // A cell of the map before it is 8 pixels wide, or 16.
    let resnets = RESNETS.iter().map(|net| (net, 4.0));
    for (net, most) in resnets.chain(MOBILENETS.iter().map(|net| (net, 8.0))) {
        let model = net.load(&cpu());
        for (width, height) in [(261, 225), (225, 261), (257, 33), (64, 333)] {
            let shapes = model.net.shapes(&model.net.variants, width, height);
            let shapes = shapes.expect("shapes");
            let turned = model.net.shapes(&model.net.variants, height, width);
            for (shape, turned) in shapes.iter().zip(turned.expect("shapes")) {
                assert_eq!(
                    (shape.across, shape.receptive),
                    (turned.receptive, turned.across)
                );
            }
            let out = shapes.last().expect("a stage");
            assert_eq!((out.columns, out.rows), (width, height));
            for (along, cells) in [(out.receptive, height), (out.across, width)] {
                for cell in 0..cells {
                    let away = along.start + cell as f64 * along.jump - cell as f64;
                    assert!(
                        away.abs() <= most,
                        "{width}×{height}: {cell} lies {away} away"
                    );
                }
            }
        }
    }
}

#[test]
fn parameters_are_those_of_the_layers() {
    for net in NETS
        .iter()
        .chain(&RESNETS)
        .chain(&MOBILENETS)
        .chain(&REFERENCE)
        .chain(&CLASSIFIERS)
        .chain([&EFFICIENTNET])
    {
        let model = net.load(&cpu());
        let [h, w] = model.net.check_size();
        let shapes = model.net.shapes(&model.net.variants, w, h).expect("shapes");
        let sum: u64 = shapes.iter().map(|shape| shape.parameters).sum();
        assert_eq!(sum, model.net.weight_bytes() as u64 / 4, "{}", net.name);
    }
}

#[test]
fn the_papers_net_is_as_large_as_it_is_said_to_be() {
    let config = FcnReferenceConfig::new(21).with_variants(vec![Variant::Fcn32s]);
    let net = Blueprint::new("fcn-reference", config, &[Variant::Fcn32s]).expect("a net");
    let shapes = net.shapes(&[Variant::Fcn32s], 224, 224).expect("shapes");
    let of = |stage: &str| {
        shapes
            .iter()
            .find(|shape| shape.stage == stage)
            .expect(stage)
    };
    // conv1_2 at 422²: 64·64·9 products each; fc6: 512·4096·49 weights over 8² cells.
    assert_eq!(of("conv1_2").macs, 64 * 64 * 9 * 422 * 422);
    assert_eq!(of("fc6").parameters, 512 * 4096 * 49 + 4096);
    assert_eq!(of("fc6").macs, 512 * 4096 * 49 * 64);
    let parameters: u64 = shapes.iter().map(|shape| shape.parameters).sum();
    let macs: u64 = shapes.iter().map(|shape| shape.macs).sum();
    // 134.3 M of the classifier's 138.4 M, with 21 classes for 1000; upscore's 21·21·64·64 are 1.8 M.
    assert_eq!(parameters, 134_346_581 + 21 * 21 * 64 * 64);
    assert!((62e9..64e9).contains(&(macs as f64)), "{macs}");
    let sizes = [
        "pool1", "pool2", "pool3", "pool4", "conv5_3", "pool5", "fc6",
    ];
    let sizes = sizes.map(|stage| of(stage).receptive.size.expect("a size"));
    assert_eq!(sizes, [6.0, 16.0, 44.0, 100.0, 196.0, 212.0, 404.0]);
    // The crops fall out of where the cells lie.
    let starts = ["pool3", "pool4", "fc7", "upscore", "upscorec"];
    let starts = starts.map(|stage| of(stage).receptive.start);
    assert_eq!(starts, [-95.5, -91.5, 12.5, -19.0, 0.0]);
}
