//! Weights out of PyTorch's files, as `tests/reference/make_checkpoints.py` saved them.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod around;
#[path = "../common/mod.rs"]
mod common;
#[path = "../hostile/files.rs"]
#[allow(dead_code, reason = "the hostile suite uses the rest")]
mod files;
mod made;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fcn_lab::device::cpu;
use fcn_lab::manifest::Manifest;
use fcn_lab::models::fcn::{FcnConfig, VARIANTS};
use fcn_lab::models::{self, Blueprint, Layers, recognise, recognise_as};
use fcn_lab::weights::{ElementType, FileSource, Format, Said, Weights, WeightsFile, sha256_hex};
use made::Pickler;

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
