//! Nets of the published width on the CPU against PyTorch, on weights that both sides make.
//!
//! The other fixtures are nets of few channels, where a sum has few terms; these have fc6's 25,088,
//! torchvision's 16 bottlenecks, and fc6 in the slices that WebGPU needs. `tests/reference/make_full.py`
//! draws the same weights in the same order as [`Weights::noise`] is asked for them.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use burn::tensor::{Tensor, TensorData};
use common::{Fixture, TOLERANCE};
use fcn_lab::FcnError;
use fcn_lab::device::cpu;
use fcn_lab::device::read;
use fcn_lab::manifest::Manifest;
use fcn_lab::models::observer::{Recorder, Unobserved, run_now};
use fcn_lab::models::{Model, build};
use fcn_lab::weights::{Noise, Weights};
use serde_json::{Value, json};

/// As in make_full.py.
const WEIGHTS_SEED: u32 = 20_261_125;
const INPUT_SEED: u32 = 20_261_126;
const CLASSES: usize = 21;
const HEIGHT: usize = 97;
const WIDTH: usize = 65;
/// Scores are stored for every 8th row and column.
const SPARSE: [usize; 2] = [1, 8];
/// Inner maps, for every 16th channel and every 4th row and column.
const SPARSE_MAP: [usize; 2] = [16, 4];

fn net(architecture: &str, mut config: Value) -> Model {
    config["classes"] = CLASSES.into();
    let class =
        |id: usize| json!({"id": id, "name": format!("class {id}"), "color": format!("#{id:06x}")});
    let manifest = json!({
        "format": 1,
        "architecture": architecture,
        "config": config,
        "classes": (0..CLASSES).map(class).collect::<Vec<_>>(),
        "input": {
            "order": "RGB", "mean": [0, 0, 0], "std": [1, 1, 1], "pad_color": [0, 0, 0],
            "pad_multiple": 1, "long_side": 512, "max_long_side": 1024,
        },
        "files": [],
    });
    let manifest = Manifest::parse(manifest.to_string().as_bytes()).expect("a valid manifest");
    build(manifest, Weights::noise(WEIGHTS_SEED), &cpu()).expect("a net")
}

/// The largest |Δ| between a map and what is stored of PyTorch's, over PyTorch's largest magnitude.
fn compare(cases: &Fixture, key: &str, [channel_step, step]: [usize; 2], map: Tensor<4>) -> f32 {
    let largest = cases.f32(&format!("{key}.max")).1[0];
    let (shape, expected) = cases.f32(key);
    let [n, channels, h, w] = map.dims();
    let size = [channels.div_ceil(channel_step), h.div_ceil(step)];
    let [rows, columns] = [size[1], w.div_ceil(step)];
    assert_eq!((n, &shape[..]), (1, &[size[0], rows, columns][..]), "{key}");
    let values = run_now(read(map)).expect("the CPU never waits");
    let mut worst = 0.0f32;
    for (i, want) in expected.iter().enumerate() {
        let (c, y, x) = (i / (rows * columns), i / columns % rows, i % columns);
        let got = values[(c * channel_step * h + y * step) * w + x * step];
        let difference = (want - got).abs() / largest;
        assert!(
            difference <= TOLERANCE,
            "{key}[{c}, {y}, {x}]: {got}, PyTorch has {want} ({difference:e} of {largest})"
        );
        worst = worst.max(difference);
    }
    worst
}

fn assert_equals_pytorch(architecture: &str, config: Value, inner: &[&str]) {
    const CASES: &[u8] = include_bytes!("reference/fixtures/full-width.cases.safetensors");
    let cases = Fixture::parse(CASES);
    let model = net(architecture, config);
    let values = Noise::new(INPUT_SEED).values(3 * HEIGHT * WIDTH, 1.7);
    let x = Tensor::from_data(TensorData::new(values, [1, 3, HEIGHT, WIDTH]), &cpu());
    let wanted: Vec<String> = inner.iter().map(|name| name.to_string()).collect();
    let mut recorder = Recorder {
        inner: &mut Unobserved,
        wanted: &wanted,
        kept: Vec::new(),
    };
    let pass = model
        .net
        .forward_observed(x, &model.net.variants, &mut recorder);
    let heads: Result<Vec<Tensor<4>>, FcnError> = run_now(pass);
    assert_eq!(recorder.kept.len(), inner.len());
    for (name, map) in recorder.kept {
        // torchvision numbers its stages.
        let name = name.strip_prefix("backbone.").unwrap_or(name);
        let key = format!("{architecture}.map.{name}");
        let worst = compare(&cases, &key, SPARSE_MAP, map);
        println!("{key}: largest difference {worst:e}");
    }
    for (head, variant) in heads.expect("scores").into_iter().zip(&model.net.variants) {
        let key = format!("{architecture}.{}", variant.name());
        let worst = compare(&cases, &key, SPARSE, head);
        println!("{key}: largest difference {worst:e}");
    }
}

#[test]
fn the_reference_fcn_at_full_width_equals_pytorchs() {
    let variants = ["fcn32s", "fcn16s", "fcn8s"];
    let config = json!({"width": 64, "fc_channels": 4096, "pooling": "ceil", "variants": variants});
    assert_equals_pytorch("fcn-reference", config, &["pool3", "fc7"]);
}

#[test]
fn torchvisions_fcn_at_full_width_equals_pytorchs() {
    let config = json!({"width": 64, "blocks": [3, 4, 6, 3], "variants": ["out", "aux"]});
    assert_equals_pytorch("fcn-resnet50", config, &["layer2", "layer4"]);
}

#[test]
fn torchvisions_nets_on_resnet101_at_full_width_equal_pytorchs() {
    let blocks = [3, 4, 23, 3];
    let mut config = json!({"width": 64, "blocks": blocks, "variants": ["out", "aux"]});
    assert_equals_pytorch("fcn-resnet101", config.clone(), &["layer2", "layer4"]);
    config["aspp_channels"] = 256.into();
    assert_equals_pytorch("deeplabv3-resnet101", config, &["layer2", "layer4"]);
}

#[test]
fn torchvisions_nets_on_mobilenet_at_full_width_equal_pytorchs() {
    let stages = ["backbone.4", "backbone.16"];
    let config = json!({"width": 1.0, "inter_channels": 128, "variants": ["out"]});
    assert_equals_pytorch("lraspp-mobilenet-v3-large", config, &stages);
    let config = json!({"width": 1.0, "aspp_channels": 256, "variants": ["out", "aux"]});
    assert_equals_pytorch("deeplabv3-mobilenet-v3-large", config, &stages);
}

#[test]
fn torchvisions_deeplab_at_full_width_equals_pytorchs() {
    let config = json!({
        "width": 64, "blocks": [3, 4, 6, 3], "aspp_channels": 256, "variants": ["out", "aux"],
    });
    assert_equals_pytorch("deeplabv3-resnet50", config, &["layer2", "layer4"]);
}
