//! Recognition of torchvision's, the PyTorch port's and this project's nets, and of what is near.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::weights::{ElementType, TensorInfo, TensorSet, WeightsFile, recognise_among};

type Tensors = BTreeMap<String, TensorInfo>;

/// Names and shapes of torchvision's models, by torchvision.
fn torchvision(model: &str) -> Tensors {
    let json = include_str!("../../../tests/reference/fixtures/checkpoints/keys.json");
    let all: BTreeMap<String, BTreeMap<String, Vec<usize>>> =
        serde_json::from_str(json).expect("valid JSON");
    tensors(all[model].clone())
}

fn tensors(shapes: impl IntoIterator<Item = (String, Vec<usize>)>) -> Tensors {
    let info = |(name, shape)| (name, TensorInfo::dense(ElementType::F32, shape, 0));
    shapes.into_iter().map(info).collect()
}

/// The PyTorch port's nets, as FCN.md lists their keys.
fn port(classes: usize, heads: &[(&str, usize)], skips: &[(&str, usize)]) -> Tensors {
    let mut shapes: Vec<(String, Vec<usize>)> = Vec::new();
    let mut conv = |name: &str, out: usize, input: usize, kernel: usize| {
        shapes.push((format!("{name}.weight"), vec![out, input, kernel, kernel]));
        shapes.push((format!("{name}.bias"), vec![out]));
    };
    let mut input = 3;
    for (name, out) in [
        ("conv1_1", 64),
        ("conv1_2", 64),
        ("conv2_1", 128),
        ("conv2_2", 128),
        ("conv3_1", 256),
        ("conv3_2", 256),
        ("conv3_3", 256),
        ("conv4_1", 512),
        ("conv4_2", 512),
        ("conv4_3", 512),
        ("conv5_1", 512),
        ("conv5_2", 512),
        ("conv5_3", 512),
    ] {
        conv(name, out, input, 3);
        input = out;
    }
    conv("fc6", 4096, 512, 7);
    conv("fc7", 4096, 4096, 1);
    conv("score_fr", classes, 4096, 1);
    for &(name, channels) in skips {
        conv(name, classes, channels, 1);
    }
    for &(name, kernel) in heads {
        let shape = vec![classes, classes, kernel, kernel];
        shapes.push((format!("{name}.weight"), shape));
    }
    tensors(shapes)
}

const POOL4: (&str, usize) = ("score_pool4", 512);
const POOL3: (&str, usize) = ("score_pool3", 256);

fn fcn8s(classes: usize) -> Tensors {
    let heads = [("upscore2", 4), ("upscore_pool4", 4), ("upscore8", 16)];
    port(classes, &heads, &[POOL4, POOL3])
}

fn recognise_tensors(tensors: &Tensors) -> Result<Recognised, FcnError> {
    recognise_among(tensors, candidates)
}

fn refused(tensors: &Tensors) -> String {
    let error = recognise_tensors(tensors).expect_err("refused");
    assert_eq!(error.code(), "weights_unrecognised");
    let text = error.to_string();
    assert!(text.len() < 2000, "{} characters", text.len());
    text
}

#[test]
fn an_auxiliary_head_that_was_not_fine_tuned_is_left_out() {
    let mut shapes = torchvision("fcn_resnet50");
    for (name, info) in &mut shapes {
        if name.starts_with("classifier.4.") {
            info.shape[0] = 5;
        }
    }
    let found = recognise_tensors(&shapes).expect("recognised");
    assert_eq!(found.classes, 5);
    assert_eq!(found.variants, ["out"]);
    assert_eq!(found.notes.len(), 1);
    assert!(
        found
            .tensors()
            .all(|(name, _)| !name.starts_with("aux_classifier."))
    );
    assert!(found.tensors().count() > 200);
}

/// torchvision's own sizes.
fn classifier(batch_norm: bool) -> Value {
    json!({"width": 64, "fc_channels": 4096, "batch_norm": batch_norm})
}

#[test]
fn classifiers_are_recognised_at_any_width() {
    let files: [(&[u8], &str, bool); 5] = [
        (
            include_bytes!("../../../tests/reference/fixtures/tiny-vgg11.safetensors"),
            "vgg11-classifier",
            false,
        ),
        (
            include_bytes!("../../../tests/reference/fixtures/tiny-vgg13-bn.safetensors"),
            "vgg13-classifier",
            true,
        ),
        (
            include_bytes!("../../../tests/reference/fixtures/tiny-vgg16.safetensors"),
            "vgg16-classifier",
            false,
        ),
        (
            include_bytes!("../../../tests/reference/fixtures/tiny-vgg16-bn.safetensors"),
            "vgg16-classifier",
            true,
        ),
        (
            include_bytes!("../../../tests/reference/fixtures/tiny-vgg19.safetensors"),
            "vgg19-classifier",
            false,
        ),
    ];
    for (file, architecture, batch_norm) in files {
        let found = recognise(&Weights::parse(file).expect("parsed")).expect("recognised");
        assert_eq!(found.architecture, architecture);
        let settings = json!({"width": 2, "fc_channels": 12, "batch_norm": batch_norm});
        assert_eq!((found.classes, &found.settings), (5, &settings));
        assert!(found.title.contains("width 2"), "{}", found.title);
        let manifest = found.manifest("mine", None, None).expect("a manifest");
        let json: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
        assert_eq!(json["config"]["fc_channels"], 12);
        assert_eq!(json["config"]["batch_norm"], batch_norm);
    }
}

#[test]
fn torchvisions_nets_are_recognised() {
    const LRASPP: &str = "lraspp-mobilenet-v3-large";
    const MOBILE: &str = "deeplabv3-mobilenet-v3-large";
    let lraspp = json!({"width": 1.0, "inter_channels": 128});
    let mobile = json!({"width": 1.0, "aspp_channels": 256});
    let fcn = json!({"width": 64, "blocks": [3, 4, 6, 3]});
    let fcn101 = json!({"width": 64, "blocks": [3, 4, 23, 3]});
    let deeplab = json!({"width": 64, "blocks": [3, 4, 6, 3], "aspp_channels": 256});
    let deeplab101 = json!({"width": 64, "blocks": [3, 4, 23, 3], "aspp_channels": 256});
    let (out, aux) = (&["out"][..], &["aux", "out"][..]);
    let cases = [
        ("fcn_resnet50", "fcn-resnet50", 21, aux, &fcn),
        ("fcn_resnet50 without aux", "fcn-resnet50", 21, out, &fcn),
        ("fcn_resnet101", "fcn-resnet101", 21, aux, &fcn101),
        (
            "fcn_resnet101 without aux",
            "fcn-resnet101",
            21,
            out,
            &fcn101,
        ),
        (
            "deeplabv3_resnet101",
            "deeplabv3-resnet101",
            21,
            aux,
            &deeplab101,
        ),
        (
            "deeplabv3_resnet50",
            "deeplabv3-resnet50",
            21,
            aux,
            &deeplab,
        ),
        (
            "deeplabv3_resnet50 with 5 classes",
            "deeplabv3-resnet50",
            5,
            out,
            &deeplab,
        ),
        ("lraspp_mobilenet_v3_large", LRASPP, 21, out, &lraspp),
        (
            "lraspp_mobilenet_v3_large with 5 classes",
            LRASPP,
            5,
            out,
            &lraspp,
        ),
        ("deeplabv3_mobilenet_v3_large", MOBILE, 21, aux, &mobile),
        (
            "deeplabv3_mobilenet_v3_large without aux",
            MOBILE,
            21,
            out,
            &mobile,
        ),
    ];
    let (plain, norm) = (classifier(false), classifier(true));
    let score = &["score"][..];
    let classifiers = [
        ("vgg11", "vgg11-classifier", 1000, score, &plain),
        ("vgg11_bn", "vgg11-classifier", 1000, score, &norm),
        ("vgg13", "vgg13-classifier", 1000, score, &plain),
        ("vgg13_bn", "vgg13-classifier", 1000, score, &norm),
        ("vgg16", "vgg16-classifier", 1000, score, &plain),
        ("vgg16_bn", "vgg16-classifier", 10, score, &norm),
        ("vgg19", "vgg19-classifier", 1000, score, &plain),
        ("vgg19_bn", "vgg19-classifier", 10, score, &norm),
    ];
    for (model, architecture, classes, variants, settings) in cases.into_iter().chain(classifiers) {
        let found = recognise_tensors(&torchvision(model)).expect(model);
        assert_eq!(found.architecture, architecture, "{model}");
        let name = model.split(' ').next().expect("a name");
        assert_eq!(found.title, format!("torchvision's {name}"));
        assert_eq!(found.classes, classes, "{model}");
        assert_eq!(found.variants, variants, "{model}");
        assert_eq!(&found.settings, settings, "{model}");
        // What the net takes is what torchvision has, without the counters.
        let all = torchvision(model);
        let floats = all
            .keys()
            .filter(|name| !name.ends_with("num_batches_tracked"))
            .count();
        assert_eq!(found.tensors().count(), floats);
    }
}

#[test]
fn the_papers_nets_are_recognised_with_any_number_of_classes() {
    let upscore16 = [("upscore2", 4), ("upscore16", 32)];
    for classes in [2, 21, 60] {
        let cases = [
            (port(classes, &[("upscore", 64)], &[]), "fcn32s"),
            (port(classes, &upscore16, &[POOL4]), "fcn16s"),
            (fcn8s(classes), "fcn8s"),
        ];
        for (tensors, variant) in cases {
            let found = recognise_tensors(&tensors).expect(variant);
            assert_eq!(found.architecture, "fcn-reference");
            assert_eq!(found.variants, [variant]);
            assert_eq!(found.classes, classes);
            let about = |about: &str| {
                found
                    .assumptions(false)
                    .into_iter()
                    .find(|a| a.about == about)
            };
            // For FCN-32s, too: nothing in a file tells how its photos were prepared.
            let input = about("input").expect("said");
            assert_eq!(input.value, "caffe");
            assert!(
                input.text.contains("BGR")
                    && input.text.contains("104.00699, 116.66877, 122.67892")
            );
            assert_eq!(about("form").is_some(), variant != "fcn32s");
            let skips = about("skips").map(|skips| skips.value);
            assert_eq!(skips.as_deref(), (variant == "fcn8s").then_some("stages"));
        }
    }
}

#[test]
fn this_projects_nets_are_recognised_at_any_width() {
    for (file, config, heads) in [
        (
            &include_bytes!("../../../tests/reference/fixtures/tiny-fc1.safetensors")[..],
            (4, 1, 16, 3),
            3,
        ),
        (
            include_bytes!("../../../tests/reference/fixtures/tiny-fc3.safetensors"),
            (3, 3, 10, 3),
            3,
        ),
        (
            include_bytes!("../../../tests/reference/fixtures/tiny-fc7.safetensors"),
            (2, 7, 8, 21),
            1,
        ),
        (
            include_bytes!("../../../www/models/everyday-vgg/weights.safetensors"),
            (24, 3, 384, 14),
            3,
        ),
    ] {
        let found = recognise(&Weights::parse(file).expect("parsed")).expect("recognised");
        assert_eq!(found.architecture, "fcn-vgg16");
        assert_eq!(found.variants.len(), heads);
        let [width, fc6_kernel, fc_channels] =
            ["width", "fc6_kernel", "fc_channels"].map(|name| found.settings[name].as_u64());
        let found = (width, fc6_kernel, fc_channels, found.classes);
        let (width, fc6_kernel, fc_channels, classes) = config;
        let [width, fc6_kernel, fc_channels] = [width, fc6_kernel, fc_channels].map(Some);
        assert_eq!(found, (width, fc6_kernel, fc_channels, classes));
    }
}

#[test]
fn the_shipped_net_is_recognised_as_one_on_efficientnet_lite2() {
    let file = include_bytes!("../../../www/models/everyday/weights.safetensors");
    let found = recognise(&Weights::parse(file).expect("parsed")).expect("recognised");
    assert_eq!(found.architecture, "fcn-efficientnet-lite");
    assert_eq!(found.variants, ["fcn32s", "fcn16s", "fcn8s"]);
    let settings = json!({
        "width": 1.1, "depth": 1.2, "fc6_kernel": 3, "fc_channels": 256,
        "per_class_upsampling": true,
    });
    assert_eq!((found.classes, &found.settings), (14, &settings));
    assert!(
        found.title.contains("EfficientNet-Lite2"),
        "{}",
        found.title
    );
}

#[test]
fn wrappers_prefixes_are_looked_through() {
    let wrap = |name: &str| format!("module._orig_mod.model.{name}");
    let wrapped = torchvision("vgg16").into_iter();
    let wrapped: Tensors = wrapped.map(|(name, info)| (wrap(&name), info)).collect();
    let found = recognise_tensors(&wrapped).expect("recognised");
    assert_eq!(found.architecture, "vgg16-classifier");
    let mut names = found.tensors();
    assert!(names.all(|(name, _)| wrapped.contains_key(&wrap(name))));
}

#[test]
fn what_is_near_a_family_says_what_it_would_take() {
    let mut lacking = fcn8s(21);
    lacking.remove("score_pool3.bias");
    assert!(refused(&lacking).contains("it lacks score_pool3.bias 21"));

    let mut misshapen = torchvision("fcn_resnet50");
    let shape = vec![64, 3, 3, 3];
    let info = TensorInfo::dense(ElementType::F32, shape, 0);
    misshapen.insert("backbone.conv1.weight".into(), info);
    let text = refused(&misshapen);
    assert!(text.contains("fcn_resnet50"), "{text}");
    assert!(text.contains("is 64×3×3×3 instead of 64×3×7×7"), "{text}");

    let mut training = fcn8s(21);
    let norm = TensorInfo::dense(ElementType::F32, vec![64], 0);
    training.insert("conv1_1_bn.weight".into(), norm);
    assert!(refused(&training).contains("fcn_training export"));

    // ResNet-152 has 36 blocks in layer3.
    let mut deeper = torchvision("fcn_resnet101");
    let norm = TensorInfo::dense(ElementType::F32, vec![256], 0);
    deeper.insert("backbone.layer3.23.bn1.bias".into(), norm);
    let text = refused(&deeper);
    assert!(text.contains("fcn_resnet101"), "{text}");
    assert!(
        text.contains("no place for backbone.layer3.23.bn1.bias"),
        "{text}"
    );
    // What only the deeper net has isn't held against the shallower one.
    let mut deep = torchvision("fcn_resnet101");
    deep.remove("backbone.layer3.10.bn1.bias");
    let text = refused(&deep);
    assert!(text.contains("fcn_resnet101"), "{text}");
    assert!(
        text.contains("it lacks backbone.layer3.10.bn1.bias"),
        "{text}"
    );
    let mut deepest = torchvision("vgg19");
    deepest.remove("features.34.bias");
    let text = refused(&deepest);
    assert!(text.contains("vgg19"), "{text}");
    assert!(text.contains("it lacks features.34.bias"), "{text}");
}

#[test]
fn a_refusal_gives_its_facts_by_name() {
    let facts = |tensors: &Tensors| -> BTreeMap<&str, String> {
        let error = recognise_tensors(tensors).expect_err("refused");
        error.facts().iter().cloned().collect()
    };
    let mut lacking = fcn8s(21);
    lacking.remove("score_pool3.bias");
    let info = TensorInfo::dense(ElementType::F32, vec![64, 3, 5, 5], 0);
    lacking.insert("conv1_1.weight".into(), info.clone());
    lacking.insert("extra".into(), info);
    let found = facts(&lacking);
    let tensors = lacking.len();
    assert_eq!(found["tensors"], tensors.to_string());
    assert_eq!(found["foundMore"], (tensors - 6).to_string());
    assert!(found["found"].starts_with("conv1_1.bias 64, conv1_1.weight 64×3×5×5, "));
    assert_eq!(found["architecture"], "fcn-reference");
    assert_eq!(found["missing"], "score_pool3.bias 21");
    assert_eq!(found["shapeName"], "conv1_1.weight");
    assert_eq!(found["shapeGot"], "64×3×5×5");
    assert_eq!(found["shapeExpected"], "64×3×3×3");
    assert_eq!(found["shapes"], "1");
    assert_eq!(found["unexpected"], "extra 64×3×5×5");
    assert!(!found.contains_key("missingMore") && !found.contains_key("unfolded"));

    let found = facts(&torchvision("resnet18"));
    assert!(!found.contains_key("architecture"), "{found:?}");
}

#[test]
fn what_is_near_nothing_lists_what_it_holds_and_no_more() {
    let text = refused(&renamed(torchvision("resnet18"), |name| {
        format!("r_{name}")
    }));
    assert!(text.contains("r_bn1.bias 64"), "{text}");
    assert!(!text.contains("Nearest"), "{text}");
    assert!(refused(&Tensors::new()).contains("0 tensors"));
    let long = (0..5000).map(|i| (format!("{i}\n{}", "x".repeat(5000)), vec![usize::MAX; 8]));
    assert!(!refused(&tensors(long)).contains('\n'));
}

#[test]
fn sizes_out_of_all_proportion_are_refused_and_overflow_nothing() {
    for name in [
        "conv1_1.weight",
        "fc6.weight",
        "score_fr.weight",
        "classifier.6.weight",
    ] {
        for size in [0, usize::MAX] {
            let shape = vec![size; 4];
            refused(&tensors([(name.to_string(), shape)]));
        }
    }
}

#[test]
fn a_manifest_has_the_familys_preprocessing_and_the_classes_names() {
    let file = WeightsFile {
        path: "weights.safetensors".into(),
        bytes: 8,
        sha256: "0".repeat(64),
    };
    let json = |found: &Recognised, names: Option<&[String]>| -> serde_json::Value {
        let text = found
            .manifest("mine", names, Some(&file))
            .expect("a manifest");
        serde_json::from_str(&text).expect("JSON")
    };
    let paper = json(&recognise_tensors(&fcn8s(21)).expect("recognised"), None);
    assert_eq!(paper["input"]["order"], "BGR");
    let mean = paper["input"]["mean"][0].as_f64().expect("a number");
    assert!((mean * 255.0 - 104.00699).abs() < 1e-9);
    assert_eq!(paper["classes"][15]["name"], "person");
    assert_eq!(paper["classes"][15]["color"], "#c08080");

    let deeplab = recognise_tensors(&torchvision("deeplabv3_resnet50 with 5 classes"));
    let deeplab = deeplab.expect("recognised");
    let plain = json(&deeplab, None);
    assert_eq!(plain["input"]["order"], "RGB");
    assert_eq!(plain["input"]["mean"][2], 0.406);
    assert_eq!(plain["classes"][4]["name"], "class 4");
    let names: Vec<String> = ["sky", "sea", "sand", "stone", "ship"]
        .map(String::from)
        .into();
    assert_eq!(json(&deeplab, Some(&names))["classes"][4]["name"], "ship");
    assert!(
        deeplab
            .manifest("mine", Some(&names[1..]), Some(&file))
            .is_err()
    );
}

#[test]
fn a_classifier_may_have_imagenets_thousand_classes_and_a_mask_may_not() {
    let vgg = recognise_tensors(&torchvision("vgg16")).expect("recognised");
    let text = vgg.manifest("mine", None, None).expect("a manifest");
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json["classes"][281]["names"]["ko"], "클래스 281");
    assert_eq!(json["classes"][999]["id"], 999);
    assert_eq!(json["classes"][257]["color"], json["classes"][1]["color"]);
    let names: Vec<String> = (0..1000).map(|id| format!("name {id}")).collect();
    let named = vgg
        .manifest("mine", Some(&names), None)
        .expect("a manifest");
    assert!(named.contains("name 999"));
    assert!(vgg.manifest("mine", Some(&names[1..]), None).is_err());

    let with_classes = |name: &str, head: &str, classes: usize| {
        let mut tensors = torchvision(name);
        for (tensor, info) in &mut tensors {
            if tensor.starts_with(head) {
                info.shape[0] = classes;
            }
        }
        recognise_tensors(&tensors).expect("recognised")
    };
    let more = with_classes("vgg16", "classifier.6.", 1001);
    assert!(more.manifest("mine", None, None).is_err());
    let dense = with_classes("fcn_resnet50 without aux", "classifier.4.", 257);
    let error = dense
        .manifest("mine", None, None)
        .expect_err("a byte a pixel");
    assert!(error.to_string().contains("256"), "{error}");
}

#[test]
fn a_classifier_of_21_classes_is_not_taken_for_vocs() {
    let mut tensors = torchvision("vgg16");
    for (name, info) in &mut tensors {
        if name.starts_with("classifier.6.") {
            info.shape[0] = 21;
        }
    }
    let found = recognise_tensors(&tensors).expect("recognised");
    let text = found.manifest("mine", None, None).expect("a manifest");
    assert!(!text.contains("aeroplane"));
}

fn said(said: Said) -> impl Fn(&Tensors) -> Result<Recognised, FcnError> {
    move |tensors| {
        let name = String::new();
        let set = TensorSet {
            name,
            tensors: tensors.clone(),
        };
        recognise_in(&[set], &said, candidates)
    }
}

#[test]
fn what_is_assumed_can_be_said_otherwise() {
    let input = Some("imagenet".to_string());
    let imagenet = said(Said {
        input,
        ..Said::default()
    });
    let found = imagenet(&port(21, &[("upscore", 64)], &[])).expect("recognised");
    let text = found.manifest("mine", None, None).expect("a manifest");
    let json: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        (&json["input"]["order"], &json["input"]["mean"][0]),
        (&json!("RGB"), &json!(0.485))
    );
    assert_eq!(json["input"]["long_side"], 500);

    let skips = Some("atonce".to_string());
    let found = said(Said {
        skips,
        ..Said::default()
    })(&fcn8s(21))
    .expect("recognised");
    assert_eq!(found.variants, ["fcn8s-atonce"]);
    let form = Some("lecture".to_string());
    let found = said(Said {
        form,
        ..Said::default()
    })(&fcn8s(21))
    .expect("recognised");
    assert_eq!(
        (found.architecture, &found.variants[..]),
        ("fcn-vgg16", &["fcn8s"][..])
    );

    for wrong in [
        Said {
            input: Some("sepia".into()),
            ..Said::default()
        },
        Said {
            skips: Some("atonce".into()),
            ..Said::default()
        },
        Said {
            form: Some("lecture".into()),
            ..Said::default()
        },
        Said {
            set: Some("ema".into()),
            ..Said::default()
        },
    ] {
        let error = said(wrong.clone())(&torchvision("fcn_resnet50")).expect_err("refused");
        assert_eq!(error.code(), "invalid_input", "{wrong:?}");
    }
}

#[test]
fn a_files_name_may_hint_at_what_its_tensors_cannot_tell() {
    let found = recognise_tensors(&fcn8s(21)).expect("recognised");
    let hint = |found: &crate::weights::Recognised, file| found.hint(file).map(|hint| hint.value);
    let atonce = Some("atonce".to_string());
    assert_eq!(hint(&found, "fcn8s-atonce_from_caffe.pth"), atonce);
    assert_eq!(hint(&found, "FCN8s_at_once.pth"), atonce);
    // Caffe's photos are what is assumed of it.
    assert_eq!(hint(&found, "fcn8s_from_caffe.pth"), None);
    let found = recognise_tensors(&torchvision("fcn_resnet50")).expect("recognised");
    assert_eq!(hint(&found, "atonce.pth"), None);
    let found = recognise_tensors(&tiny_classifier()).expect("recognised");
    for file in ["vgg16-00b39a1b.pth", "vgg16_from_caffe.pth"] {
        assert_eq!(hint(&found, file), Some("caffe".to_string()), "{file}");
    }
    assert_eq!(hint(&found, "vgg16-397923af.pth"), None);
}

/// A tiny classifier's tensors, five classes.
fn tiny_classifier() -> Tensors {
    let file = include_bytes!("../../../tests/reference/fixtures/tiny-vgg16.safetensors");
    Weights::parse(file).expect("parsed").tensors().clone()
}

fn renamed(tensors: Tensors, name: impl Fn(&str) -> String) -> Tensors {
    let tensors = tensors.into_iter();
    tensors.map(|(old, info)| (name(&old), info)).collect()
}

#[test]
fn wrappers_in_the_middle_of_names_are_looked_through() {
    let parts = |tensors: Tensors, from: &'static str, to: &'static str| {
        renamed(tensors, move |name| name.replacen(from, to, 1))
    };
    let vgg = parts(tiny_classifier(), "features.", "features.module.");
    let resnet = || torchvision("fcn_resnet50 without aux");
    for (tensors, architecture) in [
        (vgg.clone(), "vgg16-classifier"),
        (
            renamed(vgg, |name| format!("cnn.{name}")),
            "vgg16-classifier",
        ),
        (
            parts(
                parts(resnet(), "backbone.", "backbone.module."),
                "classifier.",
                "classifier.module.",
            ),
            "fcn-resnet50",
        ),
        (
            parts(resnet(), "backbone.", "backbone._orig_mod."),
            "fcn-resnet50",
        ),
        (
            renamed(resnet(), |name| format!("anything_at_all.{name}")),
            "fcn-resnet50",
        ),
        (
            parts(resnet(), "backbone.", "backbone.body."),
            "fcn-resnet50",
        ),
        (
            renamed(fcn8s(3), |name| {
                let part = if name.starts_with("conv") {
                    "encoder"
                } else {
                    "decoder"
                };
                format!("model.{part}.{name}")
            }),
            "fcn-reference",
        ),
    ] {
        let found = recognise_tensors(&tensors).expect(architecture);
        assert_eq!(found.architecture, architecture);
        assert_eq!(
            found.place(),
            if tensors.keys().all(|n| n.starts_with("anything")) {
                "anything_at_all"
            } else {
                "."
            }
        );
    }
    let mut twice = tiny_classifier();
    let info = twice["features.0.weight"].clone();
    twice.insert("features.module.0.weight".into(), info);
    let error = recognise_tensors(&twice).expect_err("two with one name");
    assert_eq!(error.code(), "weights_invalid");
    for name in ["\"features.0.weight\"", "\"features.module.0.weight\""] {
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn older_and_convolutional_classifiers_are_torchvisions() {
    let shape = |tensors: &mut Tensors, name: &str, shape: &[usize]| {
        tensors.insert(
            name.into(),
            TensorInfo::dense(ElementType::F32, shape.to_vec(), 0),
        );
    };
    let older = renamed(tiny_classifier(), |name| {
        let name = name.replacen("classifier.0.", "classifier.1.", 1);
        name.replacen("classifier.3.", "classifier.4.", 1)
    });
    let mut convolutional = tiny_classifier();
    shape(&mut convolutional, "classifier.0.weight", &[12, 16, 7, 7]);
    shape(&mut convolutional, "classifier.3.weight", &[12, 12, 1, 1]);
    shape(&mut convolutional, "classifier.6.weight", &[5, 12, 1, 1]);
    let usual = recognise_tensors(&tiny_classifier()).expect("recognised");
    for tensors in [older, convolutional] {
        let found = recognise_tensors(&tensors).expect("recognised");
        assert_eq!(found.settings, usual.settings);
        assert!(found.tensors().eq(usual.tensors()));
    }
    let mut small = tiny_classifier();
    small.retain(|name, _| name.starts_with("features."));
    shape(&mut small, "classifier.weight", &[10, 512]);
    shape(&mut small, "classifier.bias", &[10]);
    let text = refused(&small);
    assert!(
        text.contains("one linear layer of 512 inputs: made for 32×32 pictures"),
        "{text}"
    );
    // Three of them, after the 16 channels that five pools leave.
    let mut small = tiny_classifier();
    shape(&mut small, "classifier.0.weight", &[12, 16]);
    let text = refused(&small);
    assert!(text.contains("made for 32×32 pictures"), "{text}");
}

#[test]
fn vggs_with_a_replaced_head_or_with_timms_names_are_read() {
    let usual = recognise_tensors(&tiny_classifier()).expect("recognised");
    let replaced = renamed(tiny_classifier(), |name| {
        name.replacen("classifier.6.", "classifier.6.1.", 1)
    });
    let mut timm = renamed(tiny_classifier(), |name| {
        let name = name.replacen("classifier.0.", "pre_logits.fc1.", 1);
        let name = name.replacen("classifier.3.", "pre_logits.fc2.", 1);
        name.replacen("classifier.6.", "head.fc.", 1)
    });
    for (name, sizes) in [
        ("pre_logits.fc1.weight", &[12, 16, 7, 7][..]),
        ("pre_logits.fc2.weight", &[12, 12, 1, 1]),
    ] {
        let info = TensorInfo::dense(ElementType::F32, sizes.to_vec(), 0);
        timm.insert(name.into(), info);
    }
    for tensors in [replaced, timm] {
        let found = recognise_tensors(&tensors).expect("recognised");
        assert_eq!(found.settings, usual.settings);
        assert!(found.tensors().eq(usual.tensors()));
    }
    // Two layers in its place are another net.
    let mut two = tiny_classifier();
    two.retain(|name, _| !name.starts_with("classifier.6."));
    for (name, sizes) in [("0", [8, 12]), ("3", [5, 8])] {
        let info = TensorInfo::dense(ElementType::F32, sizes.to_vec(), 0);
        two.insert(format!("classifier.6.{name}.weight"), info);
    }
    assert!(recognise_tensors(&two).is_err());
}

#[test]
fn parts_of_nets_other_classifiers_and_layers_in_two_parts_are_called_what_they_are() {
    let of = |names: &[&str]| -> Tensors {
        let info = |_: &&str| TensorInfo::dense(ElementType::F32, vec![8, 8, 3, 3], 0);
        let all = names.iter();
        all.map(|name| (name.to_string(), info(name))).collect()
    };
    let mut backbone = tiny_classifier();
    backbone.retain(|name, _| name.starts_with("features."));
    for (tensors, said) in [
        (backbone, "VGG's convolutions alone"),
        (
            of(&["conv1.weight", "layer4.0.conv1.weight", "fc.weight"]),
            "another family (ResNet)",
        ),
        (torchvision("resnet18"), "another family (ResNet)"),
        (
            of(&["conv1.weight", "layer4.0.conv1.weight"]),
            "ResNet's convolutions alone",
        ),
        (
            of(&["backbone.conv1.weight", "backbone.layer4.0.conv1.weight"]),
            "ResNet's convolutions alone",
        ),
        (
            of(&[
                "features.0.weight",
                "features.3.weight",
                "features.6.weight",
                "features.10.weight",
                "classifier.6.weight",
            ]),
            "AlexNet",
        ),
        (
            of(&["features.0.0.weight", "classifier.1.weight"]),
            "MobileNet, EfficientNet",
        ),
        (
            of(&["conv1_1.weight_orig", "conv1_1.weight_mask"]),
            "prune.remove",
        ),
        (
            of(&["conv1_1.weight_g", "conv1_1.weight_v"]),
            "remove_weight_norm",
        ),
    ] {
        let text = refused(&tensors);
        assert!(
            text.contains(said) && !text.contains("lacks"),
            "{said}: {text}"
        );
    }
    // What lacks a layer is still a net that lacks a layer, and what has a head of its own no backbone.
    let mut torn = torchvision("fcn_resnet50 without aux");
    torn.remove("classifier.4.weight");
    assert!(refused(&torn).contains("lacks classifier.4.weight"));
    // The convolutions of a VGG16 with batch norm.
    let numbers = [0, 3, 7, 10, 14, 17, 20, 24, 27, 30, 34, 37, 40];
    let with_norm = numbers.map(|number| format!("features.{number}.weight"));
    let with_norm: Vec<&str> = with_norm.iter().map(String::as_str).collect();
    for names in [
        [&with_norm[..], &["classifier.6.weight"]].concat(),
        vec![
            "backbone.conv1.weight",
            "backbone.layer4.0.conv1.weight",
            "decoder.0.weight",
        ],
        vec!["features.0.weight", "deconv1.weight"],
        vec!["conv1_1.weight_g"],
    ] {
        let text = refused(&of(&names));
        let called = ["alone", "another family", "Call"];
        assert!(
            !called.iter().any(|word| text.contains(word)),
            "{names:?}: {text}"
        );
    }
    let spectral = refused(&of(&["conv1_1.weight_orig", "conv1_1.weight_u"]));
    assert!(spectral.contains("remove_spectral_norm"), "{spectral}");
}

#[test]
fn what_stands_beside_the_net_in_its_dictionary_is_left_out_and_named() {
    let mut tensors = renamed(torchvision("fcn_resnet50"), |name| format!("model.{name}"));
    let copies = renamed(torchvision("fcn_resnet50"), |name| {
        format!("model_ema.module.{name}")
    });
    tensors.extend(copies);
    for name in ["criterion.weight", "train_iou.confmat", "n_averaged"] {
        let info = TensorInfo::dense(ElementType::F32, vec![21], 0);
        tensors.insert(name.into(), info);
    }
    let found = recognise_tensors(&tensors).expect("recognised");
    assert_eq!(found.place(), ".");
    let all = found.assumptions(false);
    let about = |about: &str| all.iter().find(|a| a.about == about).expect(about);
    assert_eq!(about("set").options, [".", "model_ema"]);
    assert!(
        about("aside").text.contains("criterion.weight"),
        "{}",
        about("aside").text
    );
    let set = Some("model_ema".to_string());
    let ema = said(Said {
        set,
        ..Said::default()
    })(&tensors)
    .expect("recognised");
    assert_eq!(ema.place(), "model_ema");

    // What a net has no place for is no small matter where its name says nothing.
    tensors.insert(
        "model.refine.weight".into(),
        TensorInfo::dense(ElementType::F32, vec![21], 0),
    );
    tensors.retain(|name, _| !name.starts_with("model_ema"));
    assert!(refused(&tensors).contains("no place for refine.weight"));
}

#[test]
fn of_several_nets_the_plain_one_is_taken_then_the_first_and_parts_are_joined() {
    let set = |name: &str, tensors: Tensors| TensorSet {
        name: name.into(),
        tensors,
    };
    let net = || torchvision("fcn_resnet50 without aux");
    let pick = |sets: &[TensorSet]| {
        let found = recognise_in(sets, &Said::default(), candidates);
        found.map(|found| (found.place().to_string(), found.assumptions(true)))
    };
    let (place, _) = pick(&[
        set("ema/shadow", net()),
        set("net", net()),
        set("best", net()),
    ])
    .expect("a net");
    assert_eq!(place, "net");
    let (place, assumed) =
        pick(&[set("optim", Tensors::new()), set("state_dict_ema", net())]).expect("a net");
    assert_eq!(place, "state_dict_ema");
    assert!(
        assumed
            .iter()
            .any(|a| a.about == "beside" && a.text.contains("optim"))
    );

    let part = |start: &'static str| -> Tensors {
        let all = net().into_iter();
        let part =
            all.filter_map(|(name, info)| Some((name.strip_prefix(start)?.to_string(), info)));
        part.collect()
    };
    // With their keys the names are whole.
    let (place, _) = pick(&[
        set("parts/backbone", part("backbone.")),
        set("parts/classifier", part("classifier.")),
    ])
    .expect("a net");
    assert_eq!(place, "parts");
    // And without, where the net's own are.
    let half = |is_first: bool| {
        let mut half = fcn8s(2);
        half.retain(|name, _| name.starts_with("conv") == is_first);
        half
    };
    let (place, _) = pick(&[set("one", half(true)), set("other", half(false))]).expect("a net");
    assert_eq!(place, ".");
    let collide = [
        set("one", half(true)),
        set("other", fcn8s(2).into_iter().take(30).collect()),
    ];
    assert!(pick(&collide).is_err());
}

#[test]
fn other_peoples_layouts_are_named() {
    let shape = |name: &str, shape: &[usize]| (name.to_string(), shape.to_vec());
    let meetps = || {
        let blocks = [(1, 2), (2, 2), (3, 3), (4, 3), (5, 3)].into_iter();
        let convs = blocks.flat_map(|(block, count)| {
            (0..count).map(move |i| {
                (
                    format!("conv_block{block}.{}.weight", 2 * i),
                    vec![8, 8, 3, 3],
                )
            })
        });
        convs.chain([
            shape("classifier.0.weight", &[4096, 512, 7, 7]),
            shape("classifier.3.weight", &[4096, 4096, 1, 1]),
            shape("classifier.6.weight", &[21, 4096, 1, 1]),
            shape("score_pool4.weight", &[21, 512, 1, 1]),
            shape("score_pool3.weight", &[21, 256, 1, 1]),
        ])
    };
    let text = refused(&tensors(meetps()));
    assert!(
        text.contains("meetps/pytorch-semseg") && !text.contains("lacks"),
        "{text}"
    );
    let cut = meetps().map(|(name, shape)| (name.get(7..).unwrap_or_default().to_string(), shape));
    let text = refused(&tensors(cut));
    assert!(
        text.contains("names whose first seven letters were cut off"),
        "{text}"
    );

    let mut mm: Tensors = torchvision("fcn_resnet50 without aux");
    mm.retain(|name, _| name.starts_with("backbone.layer"));
    for (name, sizes) in [
        ("backbone.stem.0.weight", &[32, 3, 3, 3][..]),
        ("decode_head.convs.0.conv.weight", &[512, 2048, 3, 3]),
        ("decode_head.conv_seg.weight", &[21, 512, 1, 1]),
        ("auxiliary_head.conv_seg.weight", &[21, 256, 1, 1]),
    ] {
        mm.extend(tensors([shape(name, sizes)]));
    }
    let text = refused(&mm);
    assert!(
        text.contains("MMSegmentation") && !text.contains("Nearest"),
        "{text}"
    );
    let text = refused(&tensors([
        shape("pretrained.0.weight", &[64, 3, 3, 3]),
        shape("head.block.0.weight", &[9, 9, 3, 3]),
    ]));
    assert!(text.contains("Tramac"), "{text}");
    let cut = renamed(torchvision("fcn_resnet50"), |name| {
        name.get(7..).unwrap_or_default().into()
    });
    assert!(refused(&cut).contains("first seven letters"));
}

#[test]
fn one_output_is_two_classes() {
    let mut tensors = torchvision("deeplabv3_resnet50 with 5 classes");
    for (name, info) in &mut tensors {
        if name.starts_with("classifier.4.") {
            info.shape[0] = 1;
        }
    }
    let found = recognise_tensors(&tensors).expect("recognised");
    assert_eq!((found.classes, found.labels()), (1, 2));
    let json = |names: Option<&[String]>| -> Value {
        let text = found.manifest("mine", names, None).expect("a manifest");
        crate::manifest::Manifest::parse(text.as_bytes()).expect("valid");
        serde_json::from_str(&text).expect("JSON")
    };
    let plain = json(None);
    assert_eq!(plain["config"]["classes"], 1);
    assert_eq!(plain["classes"][0]["name"], "background");
    assert_eq!(plain["classes"][1]["name"], "class 1");
    let names = ["wall".to_string(), "crack".to_string()];
    assert_eq!(json(Some(&names))["classes"][0]["name"], "wall");
    assert_eq!(json(Some(&names[1..]))["classes"][1]["name"], "crack");
    let all = found.assumptions(false);
    assert!(
        all.iter()
            .any(|a| a.about == "outputs" && a.text.contains("sigmoid"))
    );
}

#[test]
fn a_list_without_background_is_told_so() {
    let found = recognise_tensors(&fcn8s(21)).expect("recognised");
    let names: Vec<String> = crate::labels::VOC[1..]
        .iter()
        .map(|(name, _)| (*name).into())
        .collect();
    let error = found
        .manifest("mine", Some(&names), None)
        .expect_err("one short");
    assert!(
        error
            .to_string()
            .contains("20 class names for a net of 21 classes: is background missing?")
    );
}
