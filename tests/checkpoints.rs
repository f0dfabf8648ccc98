//! Weights out of PyTorch's files, as `tests/reference/make_checkpoints.py` saved them.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use fcn_lab::device::cpu;
use fcn_lab::manifest::Manifest;
use fcn_lab::models::fcn::{FcnConfig, VARIANTS};
use fcn_lab::models::{self, Blueprint, Layers, recognise};
use fcn_lab::weights::{ElementType, FileSource, Format, Weights, WeightsFile, sha256_hex};

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
    let cases: [(&[u8], &str); 6] = [
        (b"", "neither"),
        (b"<!doctype html>", "neither"),
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
