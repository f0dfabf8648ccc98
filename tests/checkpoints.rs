//! Weights out of PyTorch's files, as `tests/reference/make_checkpoints.py` saved them.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod common;
#[path = "hostile/files.rs"]
#[allow(dead_code, reason = "the hostile suite uses the rest")]
mod files;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fcn_lab::device::cpu;
use fcn_lab::manifest::Manifest;
use fcn_lab::models::fcn::{FcnConfig, VARIANTS};
use fcn_lab::models::{self, Blueprint, Layers, recognise, recognise_as};
use fcn_lab::weights::{ElementType, FileSource, Format, Said, Weights, WeightsFile, sha256_hex};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/reference/fixtures/checkpoints")
        .join(name)
}

fn open(name: &str) -> Weights<'static> {
    let file = FileSource::open(path(name)).expect(name);
    Weights::open(file).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every floating-point tensor of `name` must equal the file that holds what PyTorch says.
fn assert_equal(name: &str, expected: &str) {
    let mut got = open(name);
    let mut want = open(expected);
    for (tensor, info) in want.tensors().clone() {
        let expected = want.take_values(&tensor, &info.shape).expect("expected");
        let values = got.take_values(&tensor, &info.shape);
        assert_eq!(values, Ok(expected), "{name}: {tensor}");
    }
    let left = got.tensors().iter();
    let left: Vec<_> = left
        .filter(|(_, info)| info.element_type.is_float())
        .collect();
    assert!(left.is_empty(), "{name}: {left:?}");
}

#[test]
fn views_types_and_nesting_are_read_as_pytorch_means_them() {
    for name in ["views.pth", "views.legacy.pth", "views.protocol4.pth"] {
        assert_equal(name, "views.expected.safetensors");
        let weights = open(name);
        let tracked = &weights.tensors()["module.num_batches_tracked"];
        assert_eq!(tracked.element_type, ElementType::I64);
        assert_eq!(tracked.shape, [0usize; 0]);
        let legacy = name.contains("legacy");
        let format = [Format::PyTorchZip, Format::PyTorchLegacy][usize::from(legacy)];
        assert_eq!(weights.format(), format);
    }
}

#[test]
fn weights_are_found_among_what_a_training_script_saves() {
    for name in ["training.pth", "training.legacy.pth"] {
        assert_equal(name, "training.expected.safetensors");
    }
}

#[test]
fn files_of_python_2_are_read() {
    let mut weights = open("python2.pth");
    let weight = weights.take_values("conv.weight", &[2, 3]);
    assert_eq!(weight, Ok(vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]));
    assert_eq!(weights.take_values("conv.bias", &[2]), Ok(vec![0.5, -1.0]));
    assert_eq!(weights.finish(), Ok(()));
}

#[test]
fn whole_numbers_are_not_weights() {
    let mut weights = open("views.pth");
    let error = weights
        .take_values("module.bytes", &[2])
        .expect_err("refused");
    assert!(error.to_string().contains("U8"), "{error}");
}

#[test]
fn a_net_loads_from_a_pytorch_file_as_from_safetensors() {
    let net = common::NETS
        .iter()
        .find(|net| net.name == "tiny-fc3")
        .expect("there");
    let expected = net.load(&cpu());
    let mut weights = open("tiny-fc3.pth");
    weights
        .rename(|name| name.strip_prefix("module.").map(str::to_string))
        .expect("renamed");
    let config = FcnConfig::new(3)
        .with_width(3)
        .with_fc6_kernel(3)
        .with_fc_channels(10);
    let loaded = config.load(weights, &cpu()).expect("loaded");
    let x = burn::tensor::Tensor::<4>::ones([1, 3, 64, 32], &cpu());
    for variant in VARIANTS {
        let values = |scores: Result<burn::tensor::Tensor<4>, fcn_lab::FcnError>| {
            let data = scores.expect("scores").into_data();
            data.as_slice::<f32>().expect("f32").to_vec()
        };
        assert_eq!(
            values(loaded.forward(x.clone(), variant)),
            values(expected.net.forward(x.clone(), variant))
        );
    }
}

/// What a manifest says of its net, as the net reads it.
fn settings(manifest: &Manifest) -> String {
    format!("{:?}", Blueprint::read(manifest).expect("valid"))
}

#[test]
fn the_shipped_weights_are_known_without_their_model_json() {
    for (name, architecture) in [
        ("everyday", "fcn-efficientnet-lite"),
        ("everyday-vgg", "fcn-vgg16"),
    ] {
        known_without_model_json(name, architecture);
    }
}

fn known_without_model_json(name: &str, architecture: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/models");
    let folder = folder.join(name);
    let bytes = fs::read(folder.join("weights.safetensors")).expect("the weights");
    let found = recognise(&Weights::parse(&bytes).expect("parsed")).expect("recognised");
    assert_eq!(found.architecture, architecture);
    let file = WeightsFile {
        path: "weights.safetensors".into(),
        bytes: bytes.len() as u64,
        sha256: sha256_hex(&bytes),
    };
    let written = found
        .manifest("mine", None, Some(&file))
        .expect("a manifest");
    let written = Manifest::parse(written.as_bytes()).expect("a valid manifest");
    let shipped = fs::read(folder.join("model.json")).expect("the manifest");
    let shipped = Manifest::parse(&shipped).expect("valid");
    assert_eq!(settings(&written), settings(&shipped));
    models::load(written, &bytes, &cpu()).expect("loaded");
}

#[test]
fn a_recognised_net_loads_by_the_manifest_made_for_it() {
    for net in common::NETS {
        let weights = Weights::parse(net.weights()).expect("parsed");
        let found = recognise(&weights).expect("recognised");
        let file = WeightsFile {
            path: "weights.safetensors".into(),
            bytes: net.weights().len() as u64,
            sha256: sha256_hex(net.weights()),
        };
        let text = found
            .manifest("tiny", None, Some(&file))
            .expect("a manifest");
        let manifest = Manifest::parse(text.as_bytes()).expect("valid");
        let known = net.load(&cpu()).manifest;
        assert_eq!(settings(&manifest), settings(&known), "{}", net.name);
        assert_eq!(manifest.input.mean, known.input.mean, "{}", net.name);
        let model = fcn_lab::models::load(manifest, net.weights(), &cpu());
        assert!(model.is_ok(), "{}: {:?}", net.name, model.err());
    }
}

#[test]
fn a_tensor_read_in_parts_is_the_same_tensor() {
    for name in [
        "views.pth",
        "views.legacy.pth",
        "views.expected.safetensors",
    ] {
        let mut weights = open(name);
        let mut parts = 0;
        for (tensor, info) in weights.tensors().clone() {
            let Some(&rows) = info.shape.first() else {
                continue;
            };
            if !info.element_type.is_float() {
                continue;
            }
            let middle = rows / 2;
            let mut read = |range| weights.read_rows(&tensor, &info.shape, range);
            let joined = [read(0..middle), read(middle..rows)].map(|part| part.expect("a part"));
            assert!(read(0..rows + 1).is_err() && read(rows + 1..rows + 2).is_err());
            let whole = weights.take_values(&tensor, &info.shape);
            assert_eq!(Ok(joined.concat()), whole, "{name}: {tensor}");
            parts += 1;
        }
        assert!(parts > 3, "{name}");
    }
}

/// What `tests/reference/make_layouts.py` says of a file.
#[derive(serde::Deserialize)]
struct Layout {
    net: String,
    place: String,
}

fn layouts() -> serde_json::Map<String, serde_json::Value> {
    let json = fs::read_to_string(path("layouts/layouts.json")).expect("the list");
    serde_json::from_str(&json).expect("JSON")
}

/// All that a net or a file of tensors holds, by name.
fn numbers(mut weights: Weights) -> BTreeMap<String, Vec<f32>> {
    let mut all = BTreeMap::new();
    for (name, info) in weights.tensors().clone() {
        let values = weights.take_values(&name, &info.shape).expect("values");
        all.insert(name, values);
    }
    all
}

#[test]
fn nets_are_found_in_checkpoints_as_people_save_them() {
    let mut count = 0;
    for (file, layout) in layouts() {
        if file.starts_with("views2") {
            continue;
        }
        let layout: Layout = serde_json::from_value(layout).expect("a layout");
        let expected = numbers(open(&format!("layouts/{}.safetensors", layout.net)));
        let mut weights = open(&format!("layouts/{file}"));
        if layout.net == "small" {
            // Of no net, but the tensors are there, whatever stands beside them.
            assert_eq!(weights.sets().len(), 1, "{file}");
            assert_eq!(weights.sets()[0].name, layout.place, "{file}");
        } else {
            let found = recognise(&weights).unwrap_or_else(|error| panic!("{file}: {error}"));
            assert_eq!(found.place(), layout.place, "{file}");
            found.fit(&mut weights);
        }
        assert_eq!(numbers(weights), expected, "{file}");
        count += 1;
    }
    assert!(count > 25, "{count} files");
}

#[test]
fn views_of_every_kind_are_read_as_their_clones() {
    let expected = layouts().remove("views2").expect("numbers");
    for file in ["layouts/views2.pth", "layouts/views2.legacy.pth"] {
        let mut weights = open(file);
        for (name, info) in weights.tensors().clone() {
            let shape: Vec<usize> =
                serde_json::from_value(expected["shapes"][&name].clone()).expect("a shape");
            let values: Vec<f32> =
                serde_json::from_value(expected["numbers"][&name].clone()).expect("numbers");
            assert_eq!(info.shape, shape, "{file}: {name}");
            assert_eq!(
                weights.take_values(&name, &shape),
                Ok(values),
                "{file}: {name}"
            );
        }
    }
}

#[test]
fn the_other_net_of_a_file_can_be_chosen() {
    for (file, other) in [("ema.pth", "ema_state_dict"), ("student.pt", "teacher")] {
        let mut weights = open(&format!("layouts/{file}"));
        let set = Some(other.to_string());
        let found = recognise_as(
            &weights,
            &Said {
                set,
                ..Said::default()
            },
        )
        .expect(file);
        assert_eq!(found.place(), other);
        found.fit(&mut weights);
        assert_ne!(
            numbers(weights),
            numbers(open("layouts/net.safetensors")),
            "{file}"
        );
        let plain = recognise(&open(&format!("layouts/{file}"))).expect(file);
        let said = plain
            .assumptions(true)
            .into_iter()
            .find(|a| a.about == "set")
            .expect("said");
        assert_eq!(said.options.len(), 2);
        assert!(said.text.contains(other), "{}", said.text);
    }
}

#[test]
fn classifiers_of_older_torchvisions_give_the_same_scores() {
    let scores = |file: &str| {
        let mut weights = open(&format!("layouts/{file}"));
        let found = recognise(&weights).expect(file);
        found.fit(&mut weights);
        let manifest = found.manifest("vgg", None, None).expect("a manifest");
        let manifest = Manifest::parse(manifest.as_bytes()).expect("valid");
        let model = models::build(manifest, weights, &cpu()).expect("built");
        let values: Vec<f32> = (0..3 * 224 * 224)
            .map(|i| ((i * 7919) % 255) as f32 / 255.0)
            .collect();
        let data = burn::tensor::TensorData::new(values, [1, 3, 224, 224]);
        let x = burn::tensor::Tensor::<4>::from_data(data, &cpu());
        let scores = model
            .net
            .forward(x, models::Variant::Score)
            .expect("scores")
            .into_data();
        scores.as_slice::<f32>().expect("f32").to_vec()
    };
    let usual = scores("vgg.safetensors");
    for file in [
        "vgg-2016.pth",
        "vgg-convolutional.pth",
        "imagenet-example.pth.tar",
    ] {
        assert_eq!(scores(file), usual, "{file}");
    }
}

#[test]
fn one_output_means_background_and_the_class_and_its_probability_is_the_sigmoid() {
    // Each net cut to its first class, and the whole one beside it.
    for (name, is_bare) in [
        ("tiny-deeplabv3", false),
        ("tiny-fc1", false),
        ("tiny-fc1", true),
    ] {
        let net = common::nets::RESNETS
            .iter()
            .chain(&common::NETS)
            .find(|net| net.name == name)
            .expect(name);
        let file = cut_to_one_class(net.weights());
        let whole = net.load(&cpu());
        let manifest = if is_bare {
            let weights = Weights::parse(&file).expect("parsed");
            recognise(&weights)
                .expect("recognised")
                .manifest("one", None, None)
                .expect("a manifest")
        } else {
            let mut json: serde_json::Value = serde_json::from_slice(net.manifest()).expect("JSON");
            json["config"]["classes"] = 1.into();
            json["classes"].as_array_mut().expect("a list").truncate(1);
            json.to_string()
        };
        let manifest = Manifest::parse(manifest.as_bytes()).expect("valid");
        assert_eq!(manifest.classes.len(), 2);
        let one =
            models::build(manifest, Weights::parse(&file).expect("parsed"), &cpu()).expect("built");
        let values: Vec<f32> = (0..3 * 64 * 96)
            .map(|i| ((i * 7919) % 511) as f32 / 255.0 - 1.0)
            .collect();
        let data = burn::tensor::TensorData::new(values, [1, 3, 64, 96]);
        let x = burn::tensor::Tensor::<4>::from_data(data, &cpu());
        for &variant in &one.net.variants {
            let run = |model: &models::Model| {
                let scores = model.net.forward(x.clone(), variant).expect("scores");
                let [_, classes, h, w] = scores.dims();
                let values = scores.into_data().as_slice::<f32>().expect("f32").to_vec();
                (classes, h * w, values)
            };
            let (classes, pixels, scores) = run(&one);
            assert_eq!(classes, 2);
            let (background, class) = scores.split_at(pixels);
            assert!(background.iter().all(|&score| score == 0.0));
            // Upsampling that mixes classes has lost the others: only its signs can be held to a rule.
            if name == "tiny-deeplabv3" {
                let (_, _, all) = run(&whole);
                let most = all.iter().fold(0f32, |most, score| most.max(score.abs()));
                // Sums of the same products, perhaps in another order.
                let near = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-5 * most;
                assert!(class.iter().zip(&all[..pixels]).all(near), "{variant:?}");
            }
            let interleaved = background.iter().zip(class).flat_map(|(&b, &c)| [b, c]);
            let scores =
                fcn_lab::mask::Scores::new(96, 64, 2, interleaved.collect()).expect("scores");
            let labels = scores.labels(96, 64, 0, 64).expect("labels");
            let expected: Vec<u8> = class.iter().map(|&score| u8::from(score > 0.0)).collect();
            assert_eq!(labels, expected);
            assert!(
                labels.contains(&0) && labels.contains(&1),
                "{name} {variant:?}"
            );
        }
    }
}

/// The first class of a net's score layers and of its upsampling alone.
fn cut_to_one_class(file: &[u8]) -> Vec<u8> {
    let mut weights = Weights::parse(file).expect("parsed");
    let mut tensors = Vec::new();
    for (name, info) in weights.tensors().clone() {
        if !info.element_type.is_float() {
            continue;
        }
        let values = weights.take_values(&name, &info.shape).expect("values");
        let is_score = ["score_", "classifier.4.", "upscore"]
            .iter()
            .any(|part| name.contains(part));
        let mut shape = info.shape.clone();
        let mut kept = values.clone();
        if is_score {
            let row = values.len() / shape[0];
            shape[0] = 1;
            kept.truncate(row);
            if name.starts_with("upscore") {
                kept.truncate(row / shape[1]);
                shape[1] = 1;
            }
        }
        let bytes: Vec<u8> = kept.iter().flat_map(|value| value.to_le_bytes()).collect();
        tensors.push((name, shape, bytes));
    }
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view =
            safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape.clone(), bytes);
        (name.as_str(), view.expect("a view"))
    });
    safetensors::serialize(views, None).expect("a file")
}

#[test]
fn what_is_no_checkpoint_of_this_kind_is_named() {
    for (file, said) in [
        ("torchscript.pt", "TorchScript"),
        ("packed.zip", "fcn8s.pth. Unpack the zip first"),
    ] {
        let bytes = fs::read(path(&format!("layouts/{file}"))).expect(file);
        let error = Weights::parse(&bytes).map(|_| ()).expect_err(file);
        assert_eq!(error.code(), "weights_invalid");
        assert!(error.to_string().contains(said), "{file}: {error}");
        assert!(
            error.facts().iter().any(|(name, _)| *name == "kind"),
            "{file}"
        );
    }
    let error = recognise(&open("layouts/collision.pth")).expect_err("two with one name");
    assert!(
        error.to_string().contains("features.module.0.weight"),
        "{error}"
    );
}

/// `layouts/beside-path.pth` with `object`, opcodes of one value, in place of the path beside its two tensors.
fn beside(object: &[u8]) -> Vec<u8> {
    let bytes = fs::read(path("layouts/beside-path.pth")).expect("a file");
    let at = bytes
        .windows(9)
        .position(|w| w == b"cpathlib\n")
        .expect("a path");
    // From there to the end of its REDUCE.
    let reduced = at
        + bytes[at..]
            .iter()
            .position(|&byte| byte == b'R')
            .expect("a call")
        + 1;
    let start = bytes
        .windows(2)
        .position(|w| w == b"\x80\x02")
        .expect("a pickle");
    let end = bytes[reduced..].windows(2).position(|w| w == b"u.");
    let end = reduced + end.expect("its end") + 2;
    let pickle = [&bytes[start..at], object, &bytes[reduced..end]].concat();
    let data = [0u8; 64];
    let entries = [
        files::stored("a/data.pkl", &pickle),
        files::stored("a/data/0", &data),
        files::stored("a/data/1", &data),
    ];
    files::zip(&entries, None)
}

#[test]
fn a_long_history_beside_the_weights_costs_no_memory() {
    // 30 MB of text and of numbers in lists.
    let text = [b"X", &(1u32 << 20).to_le_bytes()[..], &[b'a'; 1 << 20]].concat();
    let float = [&b"G"[..], &1f64.to_be_bytes()].concat();
    let int = b"J\0\0\0\x01";
    let texts = [&b"]("[..], &text.repeat(16), b"e"].concat();
    let numbers = [
        &b"]"[..],
        &[&b"("[..], &float.repeat(1000), &int.repeat(1000), b"e"]
            .concat()
            .repeat(1000),
    ]
    .concat();
    let history = [&b"]("[..], &texts, &numbers, b"e"].concat();
    assert!(history.len() > 29 << 20);
    let file = beside(&history);
    let weights = Weights::parse(&file).expect("opened");
    assert_eq!(weights.tensors().len(), 2);
}

/// Opcodes as Python's pickler writes them, which remembers each thing that it writes.
struct Pickler {
    bytes: Vec<u8>,
    remembered: u32,
}

impl Pickler {
    fn put(&mut self, bytes: &[u8]) -> u32 {
        self.bytes.extend(bytes);
        self.bytes.push(b'r');
        self.bytes.extend(self.remembered.to_le_bytes());
        self.remembered += 1;
        self.remembered - 1
    }

    fn text(&mut self, text: &str) -> u32 {
        let length = (text.len() as u32).to_le_bytes();
        self.put(&[b"X", &length[..], text.as_bytes()].concat())
    }

    fn get(&mut self, key: u32) {
        self.bytes.push(b'j');
        self.bytes.extend(key.to_le_bytes());
    }

    fn float(&mut self, value: f64) {
        self.bytes.push(b'G');
        self.bytes.extend(value.to_be_bytes());
    }

    fn int(&mut self, value: i32) {
        self.bytes.push(b'J');
        self.bytes.extend(value.to_le_bytes());
    }

    /// A list of `count` things.
    fn list(count: i32, mut one: impl FnMut(&mut Self, i32)) -> Vec<u8> {
        let (bytes, remembered) = (Vec::new(), 500);
        let mut pickler = Self { bytes, remembered };
        pickler.put(b"]");
        for from in (0..count).step_by(1000) {
            pickler.bytes.push(b'(');
            for i in from..count.min(from + 1000) {
                one(&mut pickler, i);
            }
            pickler.bytes.push(b'e');
        }
        pickler.bytes
    }
}

#[test]
fn a_training_log_of_records_beside_the_weights_does_not_keep_them_from_opening() {
    // An entry for each iteration: {"iter": …, "lr": …, "loss": …, "name": "…"}.
    let mut keys = Vec::new();
    let records = Pickler::list(160_000, |pickler, i| {
        pickler.put(b"}");
        pickler.bytes.push(b'(');
        for (place, key) in ["iter", "lr", "loss", "name"].into_iter().enumerate() {
            match keys.get(place) {
                Some(&known) => pickler.get(known),
                None => keys.push(pickler.text(key)),
            }
            match key {
                "iter" => pickler.int(i),
                "name" => drop(pickler.text(&format!("batch {i}"))),
                _ => pickler.float(0.5),
            }
        }
        pickler.bytes.push(b'u');
    });
    // A pair for each: (iteration, loss).
    let pairs = Pickler::list(300_000, |pickler, i| {
        pickler.int(i);
        pickler.float(0.5);
        pickler.put(b"\x86");
    });
    // A numpy.float64 for each, as protocol 2 has it.
    let mut shared = Vec::new();
    let scores = Pickler::list(200_000, |pickler, _| {
        let share =
            |pickler: &mut Pickler, shared: &mut Vec<u32>, at: usize, bytes: &[u8]| match shared
                .get(at)
            {
                Some(&known) => pickler.get(known),
                None => shared.push(pickler.put(bytes)),
            };
        share(pickler, &mut shared, 0, b"cnumpy.core.multiarray\nscalar\n");
        share(pickler, &mut shared, 1, b"cnumpy\ndtype\n");
        share(pickler, &mut shared, 2, b"c_codecs\nencode\n");
        pickler.text("\u{0}\u{0}\u{e0}?");
        share(pickler, &mut shared, 3, b"X\x06\0\0\0latin1");
        for opcodes in [&b"\x86"[..], b"R", b"\x86", b"R"] {
            pickler.put(opcodes);
        }
    });
    for (what, log) in [("records", records), ("pairs", pairs), ("scores", scores)] {
        let file = beside(&log);
        let weights = Weights::parse(&file);
        let weights = weights.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(weights.tensors().len(), 2, "{what}");
    }
}

#[test]
fn what_only_looks_like_an_annotation_is_refused() {
    let text = |text: &str| {
        [
            b"X",
            &(text.len() as u32).to_le_bytes()[..],
            text.as_bytes(),
        ]
        .concat()
    };
    // typing.Optional[str] and type(None), as annotations have them.
    let optional = b"coperator\ngetitem\nctyping\nOptional\nc__builtin__\nstr\n\x86R".to_vec();
    let none = b"c__builtin__\ntype\nN\x85R".to_vec();
    // An item that a factory makes: os.system("cmd").
    let factory = [
        &b"coperator\ngetitem\nccollections\ndefaultdict\ncfunctools\npartial\ncos\nsystem\n"[..],
        &text("cmd"),
        b"\x86R\x85RK\0\x86R",
    ]
    .concat();
    // A class whose state is set by os.system.
    let class = [
        &b"c__builtin__\ntype\n"[..],
        &text("X"),
        b")}",
        &text("__setstate__"),
        b"cos\nsystem\ns\x87R)\x81",
        &text("cmd"),
        b"b",
    ]
    .concat();
    let of_acting = b"coperator\ngetitem\nctypes\nFunctionType\nK\0\x86R".to_vec();
    for (object, is_read) in [
        (optional, true),
        (none, true),
        (factory, false),
        (class, false),
        (of_acting, false),
    ] {
        let file = beside(&object);
        let shown = String::from_utf8_lossy(&object);
        assert_eq!(Weights::parse(&file).is_ok(), is_read, "{shown}");
    }
}

#[test]
fn names_by_the_hundred_thousand_are_refused() {
    // A name of 400 letters for each three opcodes.
    let mut long = None;
    let names = Pickler::list(200_000, |pickler, _| {
        let long = *long.get_or_insert_with(|| pickler.text(&"x".repeat(200)));
        pickler.get(long);
        pickler.get(long);
        pickler.bytes.push(0x93);
    });
    let error = Weights::parse(&beside(&names))
        .map(|_| ())
        .expect_err("too many");
    assert!(error.to_string().contains("names too much"), "{error}");
}

#[test]
fn what_is_not_a_state_dict_says_what_it_is() {
    let cases = [
        ("evil.pth", "system"),
        ("evil.legacy.pth", "system"),
        ("whole-model.pth", "model.state_dict()"),
        ("plain.pickle", "torch.save"),
        ("bomb.pth", "compressed"),
    ];
    for (name, said) in cases {
        let bytes = fs::read(path(name)).expect(name);
        let error = Weights::parse(&bytes).map(|_| ()).expect_err(name);
        assert_eq!(error.code(), "weights_invalid", "{name}");
        assert!(error.to_string().contains(said), "{name}: {error}");
    }
}

#[test]
fn other_formats_are_named() {
    let mut tar = vec![0; 600];
    tar[257..262].copy_from_slice(b"ustar");
    let page = b"<!DOCTYPE html><html><head><title>Google Drive - Virus scan warning</title>";
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0d71\nsize 19332096\n";
    let mut table = vec![1; 60];
    table[52..].copy_from_slice(b"\x57\xfb\x80\x8b\x24\x75\x47\xdb");
    let cases: [(&[u8], &str); 18] = [
        (b"", "empty"),
        (
            b"  \n<!doctype html>",
            "web page, not the file: download it again",
        ),
        (page, "web page (\"Google Drive - Virus scan warning\")"),
        (
            pointer,
            "Git LFS pointer, not the file itself, which has 19,332,096 bytes: get it with `git lfs pull`",
        ),
        (b"{\"message\": \"Not found\"}", "a text"),
        (
            "\u{feff}<?xml version=\"1.0\"?><Error>".as_bytes(),
            "web page",
        ),
        (b"\x08\x07\x12\x07pytorch\x1a\x03", "ONNX"),
        (b"\x08\x01\x12\xff\x01\xfe", "TensorFlow"),
        (&table, "TensorFlow"),
        (b"\x1f\x8b\x08\0\xff", "gzip"),
        (b"MATLAB 5.0 MAT-file\xff", "MATLAB"),
        (b"\x93NUMPY\x01", "NumPy"),
        (b"\0\0\0\0\0\0\0\0\0", "zeros"),
        (b"\x01\x02\xfe\xff", "neither"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (&tar, "tar"),
        (b"PK\x03\x04", "cut short"),
        (b"\x80\x02}.", "torch.save"),
    ];
    for (bytes, said) in cases {
        let error = Weights::parse(bytes).map(|_| ()).expect_err("refused");
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    for name in [
        "views.pth",
        "views.legacy.pth",
        "views.expected.safetensors",
    ] {
        let bytes = fs::read(path(name)).expect(name);
        for keep in 0..bytes.len() {
            let cut = Weights::parse(&bytes[..keep]).map(|_| ());
            assert_eq!(
                cut.map_err(|e| e.code()),
                Err("weights_invalid"),
                "{name} {keep}"
            );
        }
    }
}

/// A value of a checkpoint, as [`saved`] writes it.
enum Node {
    /// A tensor of zeros.
    Tensor(Vec<i64>),
    Dict(Vec<(String, Node)>),
    List(Vec<Node>),
    /// Opcodes of one value.
    Raw(Vec<u8>),
}

impl Node {
    /// Opcodes; each tensor has a storage of its own, whose length is put into `storages`.
    fn pickled(&self, storages: &mut Vec<i64>) -> Vec<u8> {
        match self {
            Self::Tensor(shape) => {
                let count: i64 = shape.iter().product();
                let mut strides = vec![1; shape.len()];
                for axis in (1..shape.len()).rev() {
                    strides[axis - 1] = strides[axis] * shape[axis];
                }
                storages.push(count);
                let key = (storages.len() - 1).to_string();
                files::tensor(&key, count, 0, shape, &strides)
            }
            Self::Dict(items) => {
                let items = items.iter();
                let items = items.map(|(key, value)| {
                    [files::text(key), value.pickled(storages), b"s".to_vec()].concat()
                });
                [b"}".to_vec(), items.collect::<Vec<_>>().concat()].concat()
            }
            Self::List(items) => {
                let items = items.iter();
                let items = items.map(|value| [value.pickled(storages), b"a".to_vec()].concat());
                [b"]".to_vec(), items.collect::<Vec<_>>().concat()].concat()
            }
            Self::Raw(bytes) => bytes.clone(),
        }
    }
}

/// A file as `torch.save` writes it since 1.6.
fn saved(root: &Node) -> Vec<u8> {
    let mut storages = Vec::new();
    let pickle = files::pickle(&root.pickled(&mut storages));
    let named = storages.iter().enumerate();
    let named = named.map(|(i, &count)| (format!("a/data/{i}"), vec![0; 4 * count as usize]));
    let named: Vec<_> = named.collect();
    let mut entries = vec![files::stored("a/data.pkl", &pickle)];
    entries.extend(named.iter().map(|(name, data)| files::stored(name, data)));
    files::zip(&entries, None)
}

fn dict<const N: usize>(items: [(&str, Node); N]) -> Node {
    Node::Dict(items.map(|(key, value)| (key.to_string(), value)).into())
}

/// The tensors of a fixture's net whose names `wanted` takes, under names that begin so.
fn part_of(fixture: &str, beginning: &str, wanted: impl Fn(&str) -> bool) -> Vec<(String, Node)> {
    let weights = open(&format!("layouts/{fixture}.safetensors"));
    let all = weights.tensors().iter();
    let all = all.filter(|(name, _)| wanted(name));
    all.map(|(name, info)| {
        let shape = info.shape.iter().map(|&size| size as i64);
        (format!("{beginning}{name}"), Node::Tensor(shape.collect()))
    })
    .collect()
}

fn net(beginning: &str) -> Vec<(String, Node)> {
    part_of("net", beginning, |_| true)
}

/// Where the net of a file is, and what is said to be left out.
fn recognised(what: &str, root: &Node) -> (String, String) {
    let file = saved(root);
    let weights = Weights::parse(&file).unwrap_or_else(|error| panic!("{what}: {error}"));
    let found = recognise(&weights).unwrap_or_else(|error| panic!("{what}: {error}"));
    let all = found.assumptions(true).into_iter();
    let left = all.filter(|one| ["aside", "beside"].contains(&one.about));
    let left: Vec<String> = left.map(|one| one.text).collect();
    (found.place().to_string(), left.join("; "))
}

fn refusal(what: &str, root: &Node) -> String {
    let file = saved(root);
    let weights = Weights::parse(&file).unwrap_or_else(|error| panic!("{what}: {error}"));
    recognise(&weights).map(|_| ()).expect_err(what).to_string()
}

/// As [`Pickler::list`], of texts.
fn texts(count: i32, text: impl Fn(i32) -> String) -> Node {
    Node::Raw(Pickler::list(count, |pickler, i| {
        pickler.text(&text(i));
    }))
}

#[test]
fn a_name_that_python_could_not_decode_is_a_blank() {
    // os.fsdecode('/한국.jpg'.encode('cp949')), as pickle writes it.
    let name = b"/\xed\xb3\x87\xed\xb3\x91\xed\xb2\xb1\xed\xb2\xb9.jpg";
    let text = [b"X", &(name.len() as u32).to_le_bytes()[..], name].concat();
    let files = Node::List(vec![Node::Raw(text)]);
    let root = dict([("files", files), ("model", Node::Dict(net("")))]);
    assert_eq!(recognised("cp949", &root).0, "model");
}

#[test]
fn a_log_before_the_weights_does_not_hide_them() {
    let tensor = || Node::Tensor(Vec::new());
    let many =
        |count: usize, one: &dyn Fn() -> Node| Node::List((0..count).map(|_| one()).collect());
    let states = (0..80).map(|i| {
        let state = dict([
            ("exp_avg", Node::Tensor(vec![4, 3, 3, 3])),
            ("step", tensor()),
        ]);
        (i.to_string(), state)
    });
    let mut keys = Vec::new();
    let records = Pickler::list(40_000, |pickler, i| {
        pickler.put(b"}");
        for key in ["iter", "name"] {
            match keys.len() {
                2 => pickler.get(keys[usize::from(key == "name")]),
                _ => keys.push(pickler.text(key)),
            }
            match key {
                "iter" => pickler.int(i),
                _ => drop(pickler.text(&format!("batch {i}"))),
            }
            pickler.bytes.push(b's');
        }
    });
    let lists = Pickler::list(200_000, |pickler, i| {
        pickler.put(b"]");
        pickler.bytes.push(b'(');
        (0..4).for_each(|_| pickler.int(i));
        pickler.bytes.push(b'e');
    });
    let dates = Pickler::list(100_000, |pickler, _| {
        pickler.bytes.extend(b"cdatetime\ndatetime\nC\x01a\x85R");
    });
    let long = |i: i32| format!("/data/{}{i:06}.jpg", "x".repeat(130));
    // (path, class), as torchvision's ImageFolder has them.
    let samples = Pickler::list(50_000, |pickler, i| {
        pickler.text(&long(i));
        pickler.int(i % 10);
        pickler.put(b"\x86");
    });
    // [{path: class}, …]
    let labels = Pickler::list(50_000, |pickler, i| {
        pickler.put(b"}");
        pickler.text(&long(i));
        pickler.int(i % 10);
        pickler.bytes.push(b's');
    });
    let records_by_path = (0..50_000).map(|i| (long(i), Node::Raw(b"}".to_vec())));
    let records_by_path = Node::Dict(records_by_path.collect());
    let paths = Pickler::list(50_000, |pickler, i| {
        pickler.bytes.extend(b"cpathlib\nPosixPath\n");
        pickler.text("/data");
        pickler.text(&long(i));
        pickler.bytes.extend(b"\x86R");
    });
    for (what, log) in [
        ("losses", many(64, &|| dict([("loss", tensor())]))),
        (
            "losses by phase",
            many(40, &|| {
                let loss = || dict([("loss", tensor())]);
                dict([("train", loss()), ("val", loss())])
            }),
        ),
        (
            "fastai's optimiser",
            dict([(
                "state",
                many(80, &|| dict([("grad_avg", Node::Tensor(vec![4, 3, 3, 3]))])),
            )]),
        ),
        ("an optimiser's state", Node::Dict(states.collect())),
        (
            "predictions",
            many(100, &|| {
                dict([
                    ("boxes", Node::Tensor(vec![5, 4])),
                    ("labels", Node::Tensor(vec![5])),
                ])
            }),
        ),
        ("files", texts(70_000, |i| format!("{i:06}.jpg"))),
        ("records", Node::Raw(records)),
        ("dates", Node::Raw(dates)),
        ("lists", Node::Raw(lists)),
        ("long paths", texts(50_000, long)),
        ("more long paths", texts(150_000, long)),
        ("samples", Node::Raw(samples)),
        ("path objects", Node::Raw(paths)),
        ("labels by path", Node::Raw(labels)),
        ("records by path", records_by_path),
    ] {
        let root = dict([("log", log), ("model", Node::Dict(net("")))]);
        let (place, left) = recognised(what, &root);
        assert_eq!(place, "model", "{what}");
        assert!(left.len() < 300, "{what}: {left}");
    }
}

#[test]
fn names_of_tensors_in_a_log_may_be_the_keys_themselves() {
    // {"names": list(net), "files": […], "model": net}: the pickle has each of these texts once.
    let long = |i: i32| format!("/data/{}{i:06}.jpg", "x".repeat(130));
    let mut key = None;
    let files = Pickler::list(50_000, |pickler, i| {
        match i {
            0 => key = Some(pickler.text("conv.weight")),
            _ => drop(pickler.text(&long(i))),
        };
    });
    let key = key.expect("a key").to_le_bytes();
    let tensor = files::tensor("0", 4, 0, &[4], &[1]);
    let model = [b"}j", &key[..], &tensor, b"s"].concat();
    let parts = [
        b"}".to_vec(),
        files::text("files"),
        files,
        b"s".to_vec(),
        files::text("model"),
        model,
        b"s".to_vec(),
    ];
    let (pickle, data) = (files::pickle(&parts.concat()), [0; 16]);
    let entries = [
        files::stored("a/data.pkl", &pickle),
        files::stored("a/data/0", &data),
    ];
    let file = files::zip(&entries, None);
    let weights = Weights::parse(&file).expect("opened");
    assert!(weights.tensors().contains_key("conv.weight"));
}

#[test]
fn small_tensors_beside_the_layers_are_left_out_and_named() {
    for (name, shape) in [
        ("class_weights", vec![3]),
        ("ce.weight", vec![3]),
        ("temperature", vec![1]),
        ("log_vars", vec![2]),
        ("mean", vec![1, 3, 1, 1]),
        ("normalize.std", vec![1, 3, 1, 1]),
        ("awl.params", vec![2]),
    ] {
        for wrapper in ["", "module."] {
            let mut tensors = net(wrapper);
            tensors.push((format!("{wrapper}{name}"), Node::Tensor(shape.clone())));
            let (place, left) = recognised(name, &Node::Dict(tensors));
            assert_eq!(place, ".", "{name}");
            assert!(left.contains(name), "{name}: {left}");
        }
    }
    // What looks like a part of the net is none of these.
    for (name, shape) in [
        ("bn.weight", vec![3]),
        ("bn.running_mean", vec![3]),
        ("prelu.weight", vec![1]),
        ("bias", vec![3]),
        ("refine.weight", vec![3, 3, 1, 1]),
        ("position", vec![64]),
        ("pool4_scale", vec![1]),
        ("gate.scale", vec![3]),
        ("alpha", vec![]),
        ("score_fr.scale", vec![1]),
    ] {
        let mut tensors = net("");
        tensors.push((name.to_string(), Node::Tensor(shape)));
        let said = refusal(name, &Node::Dict(tensors));
        assert!(said.contains(&format!("no place for {name}")), "{said}");
    }
}

#[test]
fn the_plain_net_that_makes_masks_is_taken() {
    let net = || Node::Dict(net(""));
    for average in [
        "modelEMA", "emaModel", "netEma", "EmaNet", "EMAModel", "polyak",
    ] {
        let root = dict([(average, net()), ("model", net())]);
        assert_eq!(recognised(average, &root).0, "model");
    }
    let classifier = Node::Dict(part_of("vgg", "", |_| true));
    let root = dict([("pretrained", classifier), ("model", net())]);
    assert_eq!(recognised("a classifier", &root).0, "model");
}

#[test]
fn a_net_under_two_names_opens_by_either() {
    let both = || {
        let mut both = net("model.");
        both.extend(net("net._orig_mod."));
        both
    };
    assert_eq!(recognised("two names", &Node::Dict(both())).0, "model");
    let file = saved(&Node::Dict(both()));
    let weights = Weights::parse(&file).expect("opened");
    let said = Said {
        set: Some("net".to_string()),
        ..Said::default()
    };
    assert_eq!(recognise_as(&weights, &said).expect("said").place(), "net");
    // Neither copy is whole.
    let mut parts = part_of("net", "model.", |name| name != "fc6.weight");
    parts.extend(part_of("net", "net.", |name| !name.starts_with("conv1_1")));
    assert!(refusal("parts", &Node::Dict(parts)).contains("two tensors with one name"));
}

#[test]
fn parts_of_a_net_are_joined_whatever_lies_beside_them() {
    let encoder = || Node::Dict(part_of("net", "", |name| name.starts_with("conv")));
    let decoder = || Node::Dict(part_of("net", "", |name| !name.starts_with("conv")));
    let stats = dict([
        ("mean", Node::Tensor(vec![3])),
        ("std", Node::Tensor(vec![3])),
    ]);
    let root = dict([
        ("encoder", encoder()),
        ("decoder", decoder()),
        ("stats", stats),
    ]);
    let (place, left) = recognised("stats", &root);
    assert_eq!(place, ".");
    assert!(left.contains("stats"), "{left}");
    // Of two heads nothing says which one is the net's.
    let root = dict([
        ("encoder", encoder()),
        ("decoder", decoder()),
        ("aux_decoder", decoder()),
    ]);
    refusal("two heads", &root);
    let half = refusal("half", &encoder());
    assert!(half.contains("join them first"), "{half}");
    let within = |part: Node| {
        dict([
            ("state_dict", part),
            ("epoch", Node::Raw(b"K\x03".to_vec())),
        ])
    };
    let root = dict([
        ("encoder", within(encoder())),
        ("decoder", within(decoder())),
    ]);
    assert_eq!(recognised("state dicts", &root).0, "state_dict");
}

#[test]
fn a_backbone_beside_other_weights_is_not_all_that_there_is() {
    let resnet = || {
        let names = ["conv1", "layer1.0.conv1", "layer4.0.conv1"].into_iter();
        let names = names.map(|name| (format!("{name}.weight"), Node::Tensor(vec![4, 4, 3, 3])));
        Node::Dict(names.collect())
    };
    let alone = refusal("alone", &dict([("backbone", resnet())]));
    assert!(alone.contains("convolutions alone"), "{alone}");
    let other = dict([("conv.weight", Node::Tensor(vec![9, 9, 3, 3]))]);
    let beside = refusal("beside", &dict([("backbone", resnet()), ("other", other)]));
    assert!(!beside.contains("convolutions alone"), "{beside}");
}

#[test]
fn modules_and_other_storages_in_old_files_are_blanks() {
    let weights = || files::tensor("0", 4, 0, &[4], &[1]);
    let keys = |names: &[&str]| {
        let names = names
            .iter()
            .map(|name| [files::text(name), b"a".to_vec()].concat());
        [b"]".to_vec(), names.collect::<Vec<_>>().concat()].concat()
    };
    let four = [&4u64.to_le_bytes()[..], &[0; 16]].concat();
    // ("module", class, file, source), by which the class of a module is saved.
    let module = [
        &b"("[..],
        &files::text("module"),
        b"c__main__\nNet\n",
        &files::text("net.py"),
        &files::text("class Net: …"),
        b"tQ)\x81}",
        &files::text("_backend"),
        b"ctorch.nn.backends.thnn\n_get_thnn_function_backend\n)Rsb",
    ]
    .concat();
    let with = |beside: &[u8]| {
        let (one, two) = (files::text("net"), files::text("w"));
        [&b"}"[..], &one, beside, b"s", &two, &weights(), b"s"].concat()
    };
    let file = files::legacy(&with(&module), &keys(&["0"]), &four);
    assert_eq!(Weights::parse(&file).expect("opened").tensors().len(), 1);
    let whole = files::legacy(&module, b"]", &[]);
    let error = Weights::parse(&whole)
        .map(|_| ())
        .expect_err("a whole model");
    assert!(error.to_string().contains("a whole model"), "{error}");
    // A class that is a function is refused as it is elsewhere.
    let called = [
        &b"("[..],
        &files::text("module"),
        b"cos\nsystem\n",
        &files::text("a"),
        &files::text("b"),
        b"tQ)R",
    ];
    let error = Weights::parse(&files::legacy(&called.concat(), b"]", &[])).map(|_| ());
    assert!(
        error
            .expect_err("refused")
            .to_string()
            .contains("os.system")
    );

    for (class, width) in [
        ("torch\nComplexFloatStorage", 8),
        ("torch\nQInt8Storage", 1),
        ("torch.storage\nUntypedStorage", 1),
    ] {
        let other = [
            &b"("[..],
            &files::text("storage"),
            format!("c{class}\n").as_bytes(),
            &files::text("1"),
            &files::text("cpu"),
            b"K\x04tQ",
        ]
        .concat();
        let data = [&4u64.to_le_bytes()[..], &vec![1; 4 * width]].concat();
        let file = files::legacy(
            &with(&other),
            &keys(&["1", "0"]),
            &[data, four.clone()].concat(),
        );
        let mut weights = Weights::parse(&file).unwrap_or_else(|error| panic!("{class}: {error}"));
        assert_eq!(weights.take_values("w", &[4]), Ok(vec![0.0; 4]), "{class}");
    }
}

#[test]
fn bytes_behind_an_archive_do_not_matter() {
    let sound = fs::read(path("views.pth")).expect("a file");
    for (what, added) in [
        ("a line's end", b"\n".to_vec()),
        ("zeros", vec![0; 512]),
        ("much", vec![b'x'; 60_000]),
    ] {
        let file = [&sound[..], &added].concat();
        let weights = Weights::parse(&file).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(&weights.tensors().len(), &open("views.pth").tensors().len());
    }
    // The end of an archive within the archive isn't that of the file.
    let outer = files::zip(
        &[
            files::stored("fcn.pth", &sound),
            files::stored("b", &[0; 99]),
        ],
        None,
    );
    let cut = &outer[..outer.len() - 150];
    let error = Weights::parse(cut)
        .map(|_| ())
        .expect_err("cut")
        .to_string();
    assert!(error.contains("cut short"), "{error}");
}

#[test]
fn a_file_that_was_cut_or_packed_again_says_what_to_do() {
    let bytes = fs::read(path("views.expected.safetensors")).expect("a file");
    for keep in [20, 100, bytes.len() - 1] {
        let error = Weights::parse(&bytes[..keep]).map(|_| ());
        let error = error.expect_err("cut").to_string();
        assert!(
            error.contains("cut short") && error.contains("download it again"),
            "{keep}: {error}"
        );
    }
    let bytes = fs::read(path("bomb.pth")).expect("a file");
    let error = Weights::parse(&bytes)
        .map(|_| ())
        .expect_err("packed")
        .to_string();
    assert!(error.contains("save it again: torch.save("), "{error}");
}

#[test]
fn weights_of_another_kind_say_what_to_do() {
    let array = Node::Raw(b"cnumpy.core.multiarray\n_reconstruct\n)R".to_vec());
    let file = saved(&dict([("conv.weight", array)]));
    let error = Weights::parse(&file)
        .map(|_| ())
        .expect_err("arrays")
        .to_string();
    assert!(error.contains("torch.from_numpy"), "{error}");
    // A sparse tensor, whose size is known.
    let sparse = [
        &b"ctorch._utils\n_rebuild_sparse_tensor\nN("[..],
        &files::tensor("9", 4, 0, &[4], &[1]),
        &files::tensor("9", 4, 0, &[4], &[1]),
        b"K\x05K\x03\x86\x88t\x86R",
    ]
    .concat();
    let file = saved(&dict([("conv.weight", Node::Raw(sparse))]));
    let mut weights = Weights::parse(&file).expect("listed");
    assert_eq!(weights.tensors()["conv.weight"].shape, [5, 3]);
    let error = weights
        .take_values("conv.weight", &[5, 3])
        .expect_err("sparse");
    let said = error.to_string();
    assert!(
        said.contains("sparse") && said.contains("to_dense()"),
        "{said}"
    );
    let mut normed = net("");
    normed.retain(|(name, _)| name != "fc6.weight");
    for (name, shape) in [("original", vec![2, 8, 1, 1]), ("0._u", vec![2])] {
        normed.push((
            format!("fc6.parametrizations.weight.{name}"),
            Node::Tensor(shape),
        ));
    }
    let said = refusal("spectral", &Node::Dict(normed));
    assert!(said.contains("remove_parametrizations"), "{said}");
}
