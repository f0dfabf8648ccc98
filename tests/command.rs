//! The command `fcn`, run as a person runs it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod common;

use std::fs;
use std::path::Path;

use common::command::{fcn, fixture, path, read_mask, scratch, write_labels, write_photo};
use fcn_lab::device::cpu;
use fcn_lab::image::Photo;
use fcn_lab::manifest::Manifest;
use fcn_lab::models::{self, Variant, observer::Unobserved};
use fcn_lab::passes::segment::scores_now;

#[test]
fn inspect_says_what_a_checkpoint_is_and_lists_it() {
    let (code, out, err) = fcn(&["inspect", &fixture("checkpoints/tiny-fc3.pth")]);
    assert_eq!(code, 0, "{err}");
    for line in [
        "PyTorch (zip)",
        "fcn-vgg16",
        "fcn32s, fcn16s, fcn8s",
        "classes:      3",
    ] {
        assert!(out.contains(line), "{line}: {out}");
    }
    let row = out
        .lines()
        .find(|line| line.starts_with("module.conv5_3.weight"));
    assert!(row.expect("a row").ends_with("24×24×3×3"), "{out}");
}

#[test]
fn a_trainings_checkpoint_is_found_and_what_is_assumed_of_it_can_be_said() {
    let best = fixture("checkpoints/layouts/model_best.pth.tar");
    let (code, out, err) = fcn(&["inspect", &best]);
    assert_eq!(code, 0, "{err}");
    for line in [
        "under model_state_dict",
        "under optim_state_dict",
        "assumed:      what else the file holds is left out: optim_state_dict",
        "assumed:      photos are prepared as RGB, 0–1",
        "(--input caffe|imagenet|",
    ] {
        assert!(out.contains(line), "{line}: {out}");
    }
    let ema = fixture("checkpoints/layouts/ema.pth");
    let (_, out, _) = fcn(&[
        "inspect",
        &ema,
        "--set",
        "ema_state_dict",
        "--input",
        "caffe",
    ]);
    assert!(
        out.contains("the one at \"ema_state_dict\", an average, is taken"),
        "{out}"
    );
    assert!(out.contains("BGR, 0–255, minus 104.00699"), "{out}");
    let (code, _, err) = fcn(&["inspect", &ema, "--set", "other"]);
    assert_eq!(code, 1);
    assert!(
        err.contains("state_dict, ema_state_dict") || err.contains("ema_state_dict, state_dict"),
        "{err}"
    );

    let folder = scratch("a-trainings-checkpoint");
    let out = path(&folder, "model");
    let names = path(&folder, "names.txt");
    fs::write(&names, "\u{feff}floor\r\ncat\r\nsky\r\n\r\n").expect("written");
    let (code, said, err) = fcn(&[
        "convert",
        &best,
        "--out",
        &out,
        "--classes",
        &names,
        "--input",
        "half",
    ]);
    assert_eq!(code, 0, "{err}");
    assert!(
        said.contains("assumed: photos are prepared as RGB, scaled to −1…1"),
        "{said}"
    );
    let manifest = fs::read(Path::new(&out).join("model.json")).expect("the manifest");
    let json: serde_json::Value = serde_json::from_slice(&manifest).expect("JSON");
    assert_eq!(
        (&json["name"], &json["classes"][0]["name"]),
        (&"model_best".into(), &"floor".into())
    );
    assert_eq!(json["input"]["mean"][0], 0.5);
    let (code, _, err) = fcn(&["inspect", &out, "--input", "half"]);
    assert_eq!(code, 2, "{err}");
}

/// The rows of the table of maps, without its heading.
fn map_rows(out: &str) -> Vec<Vec<&str>> {
    let lines = out.lines().skip_while(|line| !line.starts_with("stage "));
    let rows = lines.skip(1).take_while(|line| !line.is_empty());
    rows.map(|line| line.split_whitespace().collect()).collect()
}

#[test]
fn inspect_lists_the_maps_of_a_photo_of_the_size_asked_for() {
    let checkpoint = fixture("checkpoints/tiny-fc3.pth");
    let (code, out, err) = fcn(&["inspect", &checkpoint, "--size", "65x33"]);
    assert_eq!(code, 0, "{err}");
    let rows = map_rows(&out);
    assert_eq!(rows[0], ["input", "3", "64", "96"]); // padded to multiples of 32
    assert!(rows.contains(&vec!["conv3_2", "12", "16", "24"]), "{out}");
    assert_eq!(rows.last(), Some(&vec!["upscore8", "3", "64", "96"]));

    let (_, out, _) = fcn(&["inspect", &checkpoint]);
    assert_eq!(map_rows(&out)[0], ["input", "3", "224", "224"]);
    // A model has a size of its own; the authors' net pads for itself.
    let model = fixture("tiny-reference.model.json");
    let (code, out, err) = fcn(&["inspect", &model]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(map_rows(&out)[0], ["input", "3", "512", "512"]);
    let (_, out, _) = fcn(&["inspect", &model, "--size", "224x224"]);
    let rows = map_rows(&out);
    for row in [
        ["conv1_1", "3", "422", "422"],
        ["upscore", "3", "288", "288"],
    ] {
        assert!(rows.contains(&row.to_vec()), "{out}");
    }
    // Where the manifest has photos padded, the maps are those of the padded photo.
    let folder = scratch("inspect");
    let weights = fixture("tiny-reference.safetensors");
    fs::copy(weights, folder.join("tiny-reference.safetensors")).expect("copied");
    let text = fs::read_to_string(&model).expect("read");
    let padded = text.replace("\"pad_multiple\": 1,", "\"pad_multiple\": 16,");
    assert_ne!(padded, text);
    fs::write(folder.join("model.json"), padded).expect("written");
    let folder = folder.to_string_lossy();
    let (_, out, err) = fcn(&["inspect", &folder, "--size", "65x33"]);
    assert_eq!(map_rows(&out)[0], ["input", "3", "48", "80"], "{err}");
}

#[test]
fn the_authors_crops_begin_at_the_same_cell_for_every_size() {
    let model = fixture("tiny-reference.model.json");
    // Before pool1, after each pool, score_fr, and the three heads' maps before their crops.
    let stages = [
        "conv1_2",
        "pool1",
        "pool2",
        "pool3",
        "pool4",
        "pool5",
        "score_fr",
        "upscore",
        "upscore16",
        "upscore8",
    ];
    let along = |side: usize| match side {
        1 => [199, 100, 50, 25, 13, 7, 1, 64, 80, 88],
        375 => [573, 287, 144, 72, 36, 18, 12, 416, 432, 440],
        500 => [698, 349, 175, 88, 44, 22, 16, 544, 560, 568],
        1024 => [1222, 611, 306, 153, 77, 39, 33, 1088, 1104, 1112],
        _ => [2246, 1123, 562, 281, 141, 71, 65, 2112, 2128, 2136],
    };
    for (width, height) in [(500, 500), (500, 375), (2048, 1024), (1, 1)] {
        let size = format!("{width}x{height}");
        let (code, out, err) = fcn(&["inspect", &model, "--size", &size]);
        assert_eq!(code, 0, "{size}: {err}");
        let rows = map_rows(&out);
        let sizes = along(height).into_iter().zip(along(width));
        for (stage, (tall, wide)) in stages.iter().zip(sizes) {
            let row = rows.iter().find(|row| row[0] == *stage).expect(stage);
            assert_eq!(
                row[2..],
                [tall.to_string(), wide.to_string()],
                "{size} {stage}"
            );
        }
        for crop in [
            "upscorec 19",
            "upscore16c 27",
            "upscore8c 31",
            "they aren't centred",
        ] {
            assert!(out.contains(crop), "{size} {crop}: {out}");
        }
    }
    // A net without crops says nothing of them.
    let (_, out, _) = fcn(&["inspect", &fixture("checkpoints/tiny-fc3.pth")]);
    assert!(!out.contains("crops begin"), "{out}");
}

#[test]
fn a_size_that_cannot_be_is_refused() {
    let checkpoint = fixture("checkpoints/tiny-fc3.pth");
    for (size, expected) in [("65", 2), ("axb", 2), ("-1x5", 2), ("0x5", 1)] {
        let (code, _, err) = fcn(&["inspect", &checkpoint, "--size", size]);
        assert_eq!(code, expected, "{size}: {err}");
    }
    let huge = format!("{}x5", usize::MAX);
    let (code, out, err) = fcn(&["inspect", &checkpoint, "--size", &huge]);
    assert_eq!(code, 1, "{out}{err}");
    // 50 pixels leave FCN-32s short where pools round down; the tensors are listed all the same.
    let floor = fixture("tiny-reference-floor.model.json");
    let (code, out, err) = fcn(&["inspect", &floor, "--size", "50x60"]);
    assert_eq!(code, 1);
    assert!(err.contains("upscore has"), "{err}");
    assert!(out.contains("score_fr.weight") && map_rows(&out).is_empty());
}

#[test]
fn inspect_lists_what_it_does_not_recognise_and_fails() {
    let (code, out, err) = fcn(&["inspect", &fixture("checkpoints/training.pth")]);
    assert_eq!(code, 1);
    assert!(out.contains("conv.weight"), "{out}");
    assert!(err.contains("conv.weight 2×3×3×3"), "{err}");
}

#[test]
fn hostile_files_end_in_a_message() {
    for name in [
        "evil.pth",
        "evil.legacy.pth",
        "bomb.pth",
        "whole-model.pth",
        "keys.json",
    ] {
        let file = fixture(&format!("checkpoints/{name}"));
        for command in [
            &["inspect", &file][..],
            &[
                "convert",
                &file,
                "--out",
                &path(&scratch("hostile"), "model"),
            ],
        ] {
            let (code, out, err) = fcn(command);
            assert_eq!(code, 1, "{name}: {out}{err}");
            // JSON is taken for a manifest where one may be given.
            let said = match (name, command[0]) {
                ("keys.json", "inspect") => "fcn: the model manifest is not valid",
                _ => "fcn: the weights file",
            };
            assert!(err.starts_with(said), "{name}: {err}");
        }
    }
}

#[test]
fn help_and_version_are_told_wherever_they_are_asked_for() {
    for words in [
        &["--help"][..],
        &["segment", "--help"],
        &["inspect", "a.pth", "-h"],
    ] {
        let (code, out, _) = fcn(words);
        assert_eq!(code, 0, "{words:?}");
        assert!(out.starts_with("usage: fcn inspect"), "{words:?}: {out}");
    }
    let (code, out, _) = fcn(&["--version"]);
    assert_eq!(
        (code, out.trim()),
        (0, concat!("fcn ", env!("CARGO_PKG_VERSION")))
    );
}

#[test]
fn a_mask_is_written_as_png_or_not_at_all() {
    let (code, _, err) = fcn(&["segment", "model", "photo.png", "--out", "mask.jpg"]);
    assert_eq!(code, 2);
    assert!(err.contains(".png"), "{err}");
}

#[test]
fn a_converted_checkpoint_is_a_model_folder() {
    let folder = scratch("convert");
    let names = path(&folder, "names.txt");
    fs::write(&names, "floor\n\n cat \nsky\n").expect("written");
    let out = path(&folder, "model");
    let file = fixture("checkpoints/tiny-fc3.pth");
    let convert = [
        "convert",
        &file,
        "--out",
        &out,
        "--classes",
        &names,
        "--name",
        "cats",
    ];
    let (code, _, err) = fcn(&convert);
    assert_eq!(code, 0, "{err}");

    let manifest = fs::read(folder.join("model/model.json")).expect("a manifest");
    let manifest = Manifest::parse(&manifest).expect("valid");
    let classes: Vec<&str> = manifest.classes.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(classes, ["floor", "cat", "sky"]);
    let weights = fs::read(folder.join("model/weights.safetensors")).expect("weights");
    let model = models::load(manifest, &weights, &cpu()).expect("loaded");

    // The fixture is stored in f16 already, so that nothing is rounded.
    let net = common::NETS
        .iter()
        .find(|net| net.name == "tiny-fc3")
        .expect("there");
    let x = burn::tensor::Tensor::<4>::ones([1, 3, 32, 32], &cpu());
    let scores = |net: &models::Net| {
        let scores = net.forward(x.clone(), Variant::Fcn8s).expect("scores");
        scores.into_data().as_slice::<f32>().expect("f32").to_vec()
    };
    assert_eq!(scores(&model.net), scores(&net.load(&cpu()).net));

    let (code, _, err) = fcn(&convert);
    assert_eq!(code, 1);
    assert!(err.contains("is there already"), "{err}");
    // Names that do not fit are told before anything is written.
    let other = path(&folder, "other");
    let file = fixture("checkpoints/tiny-fc3.pth");
    fs::write(&names, "one\ntwo\n").expect("written");
    let (code, _, err) = fcn(&["convert", &file, "--out", &other, "--classes", &names]);
    assert_eq!(code, 1);
    assert!(err.contains("2 class names"), "{err}");
    assert!(!Path::new(&other).exists());
}

#[test]
fn a_mask_is_what_the_engine_computes() {
    let folder = scratch("segment");
    let photo = path(&folder, "photo.png");
    let rgba = write_photo(&photo);
    let mask = path(&folder, "mask.png");
    let checkpoint = fixture("checkpoints/tiny-fc3.pth");
    let command = [
        "segment",
        &checkpoint,
        &photo,
        "--out",
        &mask,
        "--variant",
        "fcn16s",
    ];
    let (code, out, err) = fcn(&command);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("47×33 pixels") && out.contains("fcn16s"),
        "{out}"
    );

    let net = common::NETS
        .iter()
        .find(|net| net.name == "tiny-fc3")
        .expect("there");
    let model = net.load(&cpu());
    let mut input = Photo::new(47, 33, 47, 33).expect("a size");
    input.push_rows(&rgba).expect("rows");
    let heads = scores_now(&model, input, &[Variant::Fcn16s], &mut Unobserved);
    let labels = heads.expect("scores")[0]
        .labels(47, 33, 0, 33)
        .expect("labels");
    assert!(
        labels.iter().any(|&label| label != labels[0]),
        "one class only"
    );
    let (width, height, palette, values) = read_mask(&mask);
    assert_eq!((width, height), (47, 33));
    assert_eq!(palette, [0, 0, 0, 128, 0, 0, 0, 128, 0]);
    assert_eq!(values, labels);

    // A model folder, found by its manifest, at the head that is the finest.
    let model = path(&folder, "model");
    let (code, _, err) = fcn(&["convert", &checkpoint, "--out", &model]);
    assert_eq!(code, 0, "{err}");
    for model in [model.clone(), format!("{model}/model.json")] {
        let (code, out, err) = fcn(&["segment", &model, &photo, "--out", &mask]);
        assert_eq!(code, 0, "{err}");
        assert!(out.contains("fcn8s"), "{out}");
    }
}

#[test]
fn a_photo_on_its_side_is_turned_as_a_viewer_would() {
    let folder = scratch("turned");
    let photo = path(&folder, "photo.jpg");
    write_photo(&photo);
    // An Exif segment behind the JPEG's start: orientation 6, a quarter turn.
    let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut bytes = fs::read(&photo).expect("read");
    bytes.splice(2..2, exif.iter().copied());
    fs::write(&photo, bytes).expect("written");
    let mask = path(&folder, "mask.png");
    let checkpoint = fixture("checkpoints/tiny-fc3.pth");
    let (code, _, err) = fcn(&["segment", &checkpoint, &photo, "--out", &mask]);
    assert_eq!(code, 0, "{err}");
    let (width, height, ..) = read_mask(&mask);
    assert_eq!((width, height), (33, 47));
}

#[test]
fn what_cannot_be_segmented_says_why() {
    let folder = scratch("refused");
    let photo = path(&folder, "photo.png");
    write_photo(&photo);
    let mask = path(&folder, "mask.png");
    let checkpoint = fixture("checkpoints/tiny-fc3.pth");
    let text = path(&folder, "text.png");
    fs::write(&text, "not a photo").expect("written");
    // A PNG's first bytes, with a header that claims 60,000×60,000 pixels.
    let huge = path(&folder, "huge.png");
    let mut bytes = fs::read(&photo).expect("read");
    bytes[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let checksum = png_checksum(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
    fs::write(&huge, bytes).expect("written");
    let cases: [(&[&str], i32, &str); 7] = [
        (&[&checkpoint, &text, "--out", &mask], 1, "text.png"),
        (&[&checkpoint, &huge, "--out", &mask], 1, "60000×60000"),
        (
            &[&checkpoint, "nowhere.png", "--out", &mask],
            1,
            "nowhere.png",
        ),
        (&["nowhere.pth", &photo, "--out", &mask], 1, "nowhere.pth"),
        (
            &[&checkpoint, &photo, "--out", &mask, "--variant", "fcn4s"],
            1,
            "fcn4s",
        ),
        (&[&checkpoint, &photo], 2, "--out is missing"),
        (
            &[&checkpoint, &photo, "--out", &mask, "--long-side", "many"],
            2,
            "--long-side",
        ),
    ];
    for (arguments, expected, said) in cases {
        let (code, _, err) = fcn(&[&["segment"], arguments].concat());
        assert_eq!(code, expected, "{err}");
        assert!(err.contains(said), "{err}");
        assert!(!Path::new(&mask).exists());
    }
}

#[test]
fn a_jpeg_that_is_cut_short_is_no_photo() {
    let folder = scratch("cut");
    let (photo, mask) = (path(&folder, "photo.jpg"), path(&folder, "mask.png"));
    let checkpoint = fixture("checkpoints/tiny-fc3.pth");
    let whole = fs::read("www/samples/flower.jpg").expect("read");
    let segment = |bytes: &[u8]| {
        fs::write(&photo, bytes).expect("written");
        fcn(&[
            "segment",
            &checkpoint,
            &photo,
            "--out",
            &mask,
            "--long-side",
            "64",
        ])
    };
    for share in [2, 5, 9] {
        let (code, _, errors) = segment(&whole[..whole.len() * share / 10]);
        assert_eq!(code, 1);
        assert!(errors.contains("cut short"), "{errors}");
        assert!(!Path::new(&mask).exists());
    }
    // Bytes after the picture, and a missing mark at its end, are none of a photo's pixels.
    let cut = &whole[..whole.len() - 2];
    for bytes in [[&whole[..], b"more"].concat(), cut.to_vec(), whole.clone()] {
        let (code, _, errors) = segment(&bytes);
        assert_eq!(code, 0, "{errors}");
    }
}

/// CRC-32 as PNG's chunks end with (ISO 3309).
fn png_checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            let low = crc & 1;
            (crc >> 1) ^ (0xedb8_8320 * low)
        })
    })
}

#[test]
fn a_command_that_makes_no_sense_shows_the_usage() {
    for arguments in [
        &[][..],
        &["fly"],
        &["inspect"],
        &["inspect", "a", "b"],
        &["inspect", "--fast"],
    ] {
        let (code, _, err) = fcn(arguments);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("usage: fcn"), "{err}");
    }
    let (code, out, _) = fcn(&["help"]);
    assert_eq!(code, 0);
    assert!(out.contains("usage: fcn"));
}

#[test]
fn label_maps_are_measured_by_pairs_and_all_together() {
    use png::{BitDepth, ColorType};
    let folder = scratch("measure");
    let (truths, predictions) = (path(&folder, "truth"), path(&folder, "guess"));
    for each in [&truths, &predictions] {
        fs::create_dir(each).expect("a folder");
    }
    let file = |folder: &str, name: &str| path(Path::new(folder), name);
    // Five pixels a row: packed rows end within a byte.
    write_labels(
        &file(&truths, "a.png"),
        5,
        &[0, 0, 1, 1, 3, 3, 0, 1, 1, 3],
        ColorType::Indexed,
        BitDepth::Two,
    );
    write_labels(
        &file(&predictions, "a.png"),
        5,
        &[0, 0, 1, 1, 3, 3, 0, 1, 1, 0],
        ColorType::Grayscale,
        BitDepth::Eight,
    );
    write_labels(
        &file(&truths, "b.PNG"),
        2,
        &[0, 255, 2, 2],
        ColorType::Grayscale,
        BitDepth::Sixteen,
    );
    write_labels(
        &file(&predictions, "b.PNG"),
        2,
        &[0, 9, 2, 0],
        ColorType::Indexed,
        BitDepth::Eight,
    );
    let (json, csv) = (path(&folder, "out.json"), path(&folder, "out.csv"));
    let names = path(&folder, "names.txt");
    fs::write(&names, "road\nsky\ncar\n").expect("written");
    let (code, out, errors) = fcn(&[
        "measure",
        &truths,
        &predictions,
        "--json",
        &json,
        "--csv",
        &csv,
        "--classes",
        &names,
    ]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(out.contains("2, 13 pixels counted, 1 left out"), "{out}");
    assert!(out.contains("over the 4 classes that occur"), "{out}");
    assert!(out.contains("road") && out.contains("class 3"), "{out}");
    // The names may be a model's, by its folder or its model.json.
    for model in ["www/models/everyday", "www/models/everyday/model.json"] {
        let (code, out, _) = fcn(&["measure", &truths, &predictions, "--classes", model]);
        assert_eq!(code, 0);
        assert!(out.contains("animal") && !out.contains("class 2"), "{out}");
    }
    // Or a list of any kind.
    let utf16 = "road\r\nsky\r\ncar\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes);
    for list in [
        [0xff, 0xfe].into_iter().chain(utf16).collect::<Vec<u8>>(),
        br#"{"id2label": {"0": "road", "1": "sky", "2": "car"}}"#.to_vec(),
        b"road:1,2,3::\nsky:4,5,6::\ncar:7,8,9::\n".to_vec(),
    ] {
        fs::write(&names, list).expect("written");
        let (code, out, _) = fcn(&["measure", &truths, &predictions, "--classes", &names]);
        assert_eq!(code, 0);
        assert!(out.contains("car") && !out.contains("class 2"), "{out}");
    }

    let mut pooled = fcn_lab::metrics::Confusion::new(4).expect("four classes");
    pooled
        .add(
            &[0, 0, 1, 1, 3, 3, 0, 1, 1, 3],
            &[0, 0, 1, 1, 3, 3, 0, 1, 1, 0],
        )
        .expect("counted");
    let first = pooled.mean_iou().expect("a mean");
    let mut second = fcn_lab::metrics::Confusion::new(4).expect("four classes");
    second.add(&[0, 255, 2, 2], &[0, 0, 2, 0]).expect("counted");
    pooled.add(&[0, 255, 2, 2], &[0, 0, 2, 0]).expect("counted");
    let told: serde_json::Value =
        serde_json::from_slice(&fs::read(&json).expect("written")).expect("JSON");
    assert_eq!(
        told["pooled"]["metrics"]["meanIoU"].as_f64(),
        pooled.mean_iou()
    );
    assert_eq!(
        told["pooled"]["metrics"]["pixelAccuracy"].as_f64(),
        pooled.pixel_accuracy()
    );
    assert_eq!(told["pooled"]["metrics"]["void"], 1);
    let counts: Vec<u64> =
        serde_json::from_value(told["pooled"]["confusion"].clone()).expect("counts");
    assert_eq!(counts, pooled.counts());
    assert_eq!(
        told["pictures"][0]["metrics"]["meanIoU"].as_f64(),
        Some(first)
    );
    let mean = (first + second.mean_iou().expect("a mean")) / 2.0;
    assert_eq!(told["meanIoUPerPicture"].as_f64(), Some(mean));
    let csv = fs::read_to_string(csv).expect("written");
    assert_eq!(csv.lines().count(), 3);
    assert!(csv.contains("a,0.9,"), "{csv}");

    // One picture, by two files.
    let (code, out, _) = fcn(&[
        "measure",
        &file(&truths, "a.png"),
        &file(&predictions, "a.png"),
    ]);
    assert_eq!(code, 0);
    assert!(out.contains("pixel accuracy:         0.9000"), "{out}");
}

#[test]
fn counts_stay_exact_and_in_their_class() {
    use png::{BitDepth, ColorType};
    let folder = scratch("measure-exact");
    let grey = |name: &str, width: u32, values: &[u8]| {
        let at = path(&folder, name);
        write_labels(&at, width, values, ColorType::Grayscale, BitDepth::Eight);
        at
    };
    let pooled = |truth: &str, guess: &str| {
        let json = path(&folder, "out.json");
        let (code, _, errors) = fcn(&["measure", truth, guess, "--json", &json]);
        assert_eq!(code, 0, "{errors}");
        let told: serde_json::Value =
            serde_json::from_slice(&fs::read(&json).expect("written")).expect("JSON");
        told["pooled"].clone()
    };
    // One more than a float of 32 bits can count.
    let zeros = grey("zeros.png", 673, &vec![0; 16_777_217]);
    assert_eq!(
        pooled(&zeros, &zeros)["confusion"],
        serde_json::json!([16_777_217])
    );
    // 20 rows of 21 and 20 more are more than a byte holds, and 254 rows of 255 more still.
    for last in [20u8, 254] {
        let truth = grey("truth.png", 3, &[last, last, 255]);
        let guess = grey("guess.png", 3, &[last, 0, 3]);
        let told = pooled(&truth, &guess);
        let (metrics, last) = (&told["metrics"], usize::from(last));
        assert_eq!(metrics["iou"][last], 0.5);
        assert_eq!(metrics["iou"][0], 0.0);
        assert_eq!(metrics["pixelAccuracy"], 0.5);
        assert_eq!(metrics["void"], 1);
        assert_eq!(told["confusion"][last * (last + 1) + last], 1);
        assert_eq!(told["confusion"][last * (last + 1)], 1);
    }
}

#[test]
fn label_maps_that_do_not_fit_are_named() {
    use png::{BitDepth, ColorType};
    let folder = scratch("measure-not");
    let file = |name: &str| path(&folder, name);
    let grey = |name: &str, width: u32, values: &[u8]| {
        write_labels(
            &file(name),
            width,
            values,
            ColorType::Grayscale,
            BitDepth::Eight,
        );
    };
    grey("two.png", 2, &[0, 255]);
    grey("guess.png", 2, &[255, 255]);
    grey("small.png", 1, &[0]);
    grey("zero.png", 2, &[0, 1]);
    write_photo(&file("photo.png"));
    fs::write(file("text.png"), "hello").expect("written");
    for (truth, guess, options, said) in [
        ("two.png", "guess.png", &[][..], "say what 255 means"),
        (
            "two.png",
            "guess.png",
            &["--void", "255"],
            "pixel 0 of the prediction is 255",
        ),
        (
            "two.png",
            "small.png",
            &["--void", "none"],
            "nothing is resized",
        ),
        ("photo.png", "photo.png", &[], "holds colours"),
        ("text.png", "two.png", &[], "text.png"),
        ("no.png", "two.png", &[], "no.png"),
        (
            "two.png",
            "zero.png",
            &["--void", "1000"],
            "--void is a value",
        ),
        (
            "two.png",
            "zero.png",
            &["--void", "7"],
            "255, which is no class",
        ),
    ] {
        let (truth, guess) = (file(truth), file(guess));
        let mut words = vec!["measure", truth.as_str(), guess.as_str()];
        words.extend(options);
        let (code, _, errors) = fcn(&words);
        assert_ne!(code, 0, "{words:?}");
        assert!(errors.contains(said), "{words:?}: {errors}");
    }
    let (_, out, _) = fcn(&[
        "measure",
        &file("two.png"),
        &file("guess.png"),
        "--void",
        "none",
    ]);
    assert!(out.contains("pixel accuracy:         0.5000"), "{out}");
    let (_, out, _) = fcn(&[
        "measure",
        &file("zero.png"),
        &file("zero.png"),
        "--void",
        "0",
    ]);
    assert!(out.contains("1 pixels counted, 1 left out"), "{out}");
    // Background alone looks perfect where the object is left out.
    assert!(out.contains("all that is counted is class 1"), "{out}");
    let (_, out, _) = fcn(&["measure", &file("zero.png"), &file("zero.png")]);
    assert!(!out.contains("all that is counted"), "{out}");
    fs::create_dir(file("truths")).expect("a folder");
    fs::create_dir(file("guesses")).expect("a folder");
    grey("truths/a.png", 1, &[0]);
    let folders = [file("truths"), file("guesses")];
    let words = ["measure", folders[0].as_str(), folders[1].as_str()];
    let (_, _, errors) = fcn(&words);
    assert!(errors.contains("a has no prediction"), "{errors}");
    // Of folders, what doesn't fit is told and counts for nothing.
    for name in ["b", "c"] {
        grey(&format!("truths/{name}.png"), 2, &[0, 1]);
    }
    grey("guesses/b.png", 2, &[0, 0]);
    grey("guesses/c.png", 1, &[0]);
    let (code, out, _) = fcn(&words);
    assert_eq!(code, 0);
    assert!(out.contains("1, 2 pixels counted"), "{out}");
    assert!(
        out.contains("c: the truth has 2×1 pixels, the prediction 1×1"),
        "{out}"
    );
    assert!(out.contains("a has no prediction"), "{out}");
}
