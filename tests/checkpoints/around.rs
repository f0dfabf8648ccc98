//! What may stand before, beside and behind a net's weights: logs, parts, copies, other storages, bytes.

use std::fs;

use fcn_lab::models::{recognise, recognise_as};
use fcn_lab::weights::{Said, Weights};

use super::made::{Node, Pickler, dict, saved};
use super::{files, open, path};

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
