//! torchvision's nets on the CPU against PyTorch: FCN and DeepLabV3 on ResNet, LR-ASPP and DeepLabV3 on
//! MobileNetV3, VGG as a fully
//! convolutional classifier.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::nets::{CLASSIFIERS, MOBILENETS, RESNETS, assert_equals_pytorch, labelled, picture};
use common::{Fixture as Cases, Net as Fixture, photo, relative};
use fcn_lab::FcnError;
use fcn_lab::device::cpu;
use fcn_lab::manifest::Manifest;
use fcn_lab::models::observer::{Unobserved, run_now};
use fcn_lab::models::{Variant, load};
use fcn_lab::passes::layer::upsampling_layer;
use fcn_lab::passes::maps::maps;

fn assert_all_equal(nets: &[Fixture]) {
    for net in nets {
        let pass = async { Ok(assert_equals_pytorch(net, &cpu()).await) };
        let worst = run_now(pass).expect("the CPU never waits");
        println!("{}: largest difference {worst:e}", net.name);
    }
}

#[test]
fn resnet_scores_and_inner_maps_equal_torchvisions() {
    assert_all_equal(&RESNETS);
}

#[test]
fn mobilenet_scores_and_inner_maps_equal_torchvisions() {
    assert_all_equal(&MOBILENETS);
}

#[test]
fn a_convolutional_classifier_equals_the_classifier_window_by_window() {
    assert_all_equal(&CLASSIFIERS);
}

#[test]
fn any_size_gets_a_mask() {
    for net in RESNETS.iter().chain(&MOBILENETS) {
        for (h, w) in [(1, 1), (7, 50), (33, 8)] {
            assert_eq!(labelled(net, &cpu(), h, w), Ok(h * w), "{}", net.name);
        }
    }
}

#[test]
fn what_a_net_has_not_got_is_said() {
    let model = RESNETS[0].load(&cpu());
    let code = |error: FcnError| error.code();
    assert_eq!(model.variant("fcn8s").map_err(code), Err("unknown_variant"));
    let x = common::noise_tensor::<4>(1, [1, 3, 16, 16], &cpu());
    let head = model.net.forward(x.clone(), Variant::Score);
    assert_eq!(head.map(|y| y.dims()).map_err(code), Err("unknown_variant"));
    let layer = run_now(upsampling_layer(&model, "upscore8"));
    assert_eq!(layer.map_err(code), Err("invalid_input"));
    // A classifier makes no mask, and photos must have room for one window.
    let classifier = &CLASSIFIERS[0];
    assert_eq!(labelled(classifier, &cpu(), 224, 224), Err("invalid_input"));
    let small = common::noise_tensor::<4>(1, [1, 3, 223, 224], &cpu());
    let scores = classifier.load(&cpu()).net.forward(small, Variant::Score);
    assert_eq!(scores.map(|y| y.dims()).map_err(code), Err("invalid_input"));
}

#[test]
fn a_classifiers_map_is_handed_out() {
    let net = &CLASSIFIERS[0];
    let input = photo(&[300, 225, 3], &picture(300, 225));
    let wanted = ["score".to_string()];
    let found = run_now(maps(&net.load(&cpu()), input, &wanted, &mut Unobserved)).expect("maps");
    assert_eq!(found[0].shape, [5, 3, 1]);
    let (shape, expected) = net.cases().f32("300x225.score");
    assert_eq!(shape, [5, 3, 1]);
    assert!(relative(&expected, &found[0].values) <= common::TOLERANCE);
}

/// `enlarged` of make_shipped.py: four times the size, RGB `[h, w, 3]`.
fn enlarged(small: &[u8], h: usize, w: usize) -> Vec<u8> {
    let at = |y: usize, x: usize, c: usize| {
        usize::from(small[(y.min(h - 1) * w + x.min(w - 1)) * 3 + c])
    };
    let mut rgb = Vec::with_capacity(16 * small.len());
    for i in 0..16 * h * w * 3 {
        let (y, x, c) = (i / (12 * w), i / 3 % (4 * w), i % 3);
        let row = |y| at(y, x / 4, c) * (4 - x % 4) + at(y, x / 4 + 1, c) * (x % 4);
        let sum = row(y / 4) * (4 - y % 4) + row(y / 4 + 1) * (y % 4);
        rgb.push((sum / 16) as u8);
    }
    rgb
}

#[test]
fn the_shipped_classifier_scores_a_photo_as_pytorch_does() {
    let manifest = include_bytes!("../www/models/everyday-labels/model.json");
    let weights = include_bytes!("../www/models/everyday-labels/weights.safetensors");
    let manifest = Manifest::parse(manifest).expect("a valid manifest");
    let person = manifest.classes.iter().position(|c| c.name == "person");
    let model = load(manifest, weights, &cpu()).expect("matching weights");
    let cases = Cases::parse(include_bytes!(
        "reference/fixtures/everyday-labels.cases.safetensors"
    ));
    let (shape, small) = cases.u8("image");
    let (w, whole) = (4 * shape[1], enlarged(&small, shape[0], shape[1]));
    for (height, width) in [(224, 224), (256, 288)] {
        let part: Vec<u8> = (0..height)
            .flat_map(|y| &whole[y * w * 3..][..width * 3])
            .copied()
            .collect();
        let input = photo(&[height, width, 3], &part);
        let wanted = ["score".to_string()];
        let found = run_now(maps(&model, input, &wanted, &mut Unobserved)).expect("maps");
        let (shape, expected) = cases.f32(&format!("{height}x{width}.score"));
        assert_eq!(found[0].shape[..], shape);
        let difference = relative(&expected, &found[0].values);
        assert!(
            difference <= common::TOLERANCE,
            "{height}x{width}: {difference:e}"
        );
        // The first window's highest score.
        let cells = shape[1] * shape[2];
        let first: Vec<f32> = found[0].values.iter().step_by(cells).copied().collect();
        let best = (0..first.len()).max_by(|&a, &b| first[a].total_cmp(&first[b]));
        assert_eq!(best, person, "{height}x{width}");
    }
}

#[test]
fn every_architecture_has_a_narrow_net_with_known_weights_that_says_something() {
    let all = common::nets::REFERENCE.iter();
    for net in all.chain(&RESNETS).chain(&MOBILENETS).chain(&CLASSIFIERS) {
        let model = net.load(&cpu());
        let narrowed = model.net.narrowed();
        let known = |seed| {
            let weights = fcn_lab::weights::Weights::noise(seed);
            let known = narrowed.load(weights, &cpu()).expect("a net");
            let [h, w] = known.check_size();
            let x = common::noise_tensor::<4>(1, [1, 3, h, w], &cpu());
            let scores = known.forward(x, model.net.variants[0]).expect("scores");
            scores.into_data().as_slice::<f32>().expect("f32").to_vec()
        };
        let (one, other) = (known(1), known(2));
        assert!(relative(&one, &known(1)) == 0.0, "{}", net.name);
        let difference = relative(&one, &other);
        let fair = difference.is_finite() && difference > 0.1;
        assert!(fair, "{}: {difference}", net.name);
        let largest = one.iter().fold(0.0f32, |most, v| most.max(v.abs()));
        assert!((0.01..1e4).contains(&largest), "{}: {largest}", net.name);
    }
}

#[test]
fn a_batch_norm_without_a_root_is_refused() {
    use fcn_lab::models::fcn_resnet::FcnResNetConfig;
    use fcn_lab::models::resnet::ResNetConfig;
    use fcn_lab::weights::Weights;
    use safetensors::SafeTensors;
    let file = SafeTensors::deserialize(RESNETS[0].weights()).expect("a file");
    let name = "backbone.layer2.0.bn2.running_var";
    let minus_one = vec![0xbc; 2 * 4]; // −1.18 in f16, four channels
    let tensors = file.tensors().into_iter().map(|(key, view)| {
        let bytes = match key == name {
            true => minus_one.as_slice(),
            false => view.data(),
        };
        let view = safetensors::tensor::TensorView::new(view.dtype(), view.shape().to_vec(), bytes);
        (key, view.expect("the same shape"))
    });
    let bytes = safetensors::serialize(tensors, None).expect("a file");
    let config = FcnResNetConfig::new(3)
        .with_backbone(ResNetConfig::new().with_width(2).with_blocks([1, 2, 3, 2]))
        .with_aux(true);
    let load = |bytes| config.load(Weights::parse(bytes).expect("a file"), &cpu());
    assert!(load(RESNETS[0].weights()).is_ok());
    let error = load(&bytes).map(|_| ()).expect_err("no root");
    let expected = FcnError::NotFinite {
        name: "backbone.layer2.0.bn2".into(),
    };
    assert_eq!(error, expected);
}
