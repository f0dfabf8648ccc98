//! Pickles made to do harm, and tensors that aren't where they say.

use fcn_lab::weights::{MAX_PICKLE, MAX_TENSORS, MAX_VALUES, Weights};

use super::allocator::peak_of;
use super::files::{self, legacy, state_dict, stored, tensor, text, zip};
use super::{endless, refused, refused_because};

#[test]
fn every_opcode_that_state_dicts_do_without_is_refused() {
    let known = b"(.01NGJKMXUTCB)t]ae}suqrhjcRbQ\x80\x81\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96";
    for opcode in (0..=255u8).filter(|opcode| !known.contains(opcode)) {
        let file = legacy(&[b'N', opcode, 0, 0, 0, 0], b"]", &[]);
        let said = format!("opcode 0x{opcode:02x}");
        refused_because(&said, &file, &said);
    }
}

#[test]
fn nothing_that_a_pickle_names_is_run() {
    for (what, body) in [
        ("os.system", &b"cos\nsystem\n(X\x02\x00\x00\x00lstR"[..]),
        ("eval", b"cbuiltins\neval\n(X\x01\x00\x00\x001tR"),
        (
            "a name put together",
            b"X\x02\x00\x00\x00osX\x06\x00\x00\x00system\x93",
        ),
        ("a class of torch", b"ctorch.nn.modules.conv\nConv2d\n)\x81"),
        ("torch.hub", b"ctorch.hub\nload\n)R"),
    ] {
        refused_because(what, &legacy(body, b"]", &[]), "names");
        let file = zip(&[stored("a/data.pkl", &files::pickle(body))], None);
        refused_because(what, &file, "names");
    }
    for name in [
        "posix system",
        "nt system",
        "subprocess Popen",
        "subprocess check_output",
        "builtins exec",
        "builtins open",
        "builtins getattr",
        "builtins __import__",
        "__builtin__ apply",
        "__builtin__ eval",
        "sys exit",
        "shutil rmtree",
        "socket socket",
        "runpy run_path",
        "importlib import_module",
        "ctypes CDLL",
        "types FunctionType",
        "types CodeType",
        "operator methodcaller",
        "functools reduce",
        "pickle loads",
        "marshal loads",
        "pty spawn",
        "webbrowser open",
        "urllib.request urlopen",
        "multiprocessing Process",
        "threading Thread",
        "timeit timeit",
        "code interact",
        "torch load",
        "torch.jit load",
        "numpy load",
        "pip main",
        "io FileIO",
        "trainer run",
        "__main__ main",
    ] {
        let (module, name) = name.split_once(' ').expect("two words");
        let global = format!("c{module}\n{name}\n").into_bytes();
        // Called at the top, within a checkpoint, and by an object's way of being rebuilt.
        let called = [&global[..], b")R"].concat();
        let deep = [&b"}"[..], &text("a"), &called, b"s"].concat();
        let by_type = [
            &b"ctorch._tensor\n_rebuild_from_type_v2\n("[..],
            &global,
            b"N)NtR",
        ];
        for body in [called, deep, by_type.concat()] {
            let said = refused(name, &legacy(&body, b"]", &[])[..]);
            assert!(
                said.contains("calls") && said.contains(&format!("{module}.{name}")),
                "{said}"
            );
        }
    }
    // An attribute of a module is called by a name put together.
    let attribute = [
        &b"cbuiltins\ngetattr\n(cos\npath\n"[..],
        &text("system"),
        b"tR)R",
    ]
    .concat();
    refused_because(
        "an attribute",
        &legacy(&attribute, b"]", &[]),
        "os.path.system",
    );
    let built = b"csubprocess\nPopen\n)\x81";
    refused_because(
        "a process built",
        &legacy(built, b"]", &[]),
        "subprocess.Popen",
    );
    for (what, body) in [
        ("calling a number", &b"K\x01)R"[..]),
        ("calling an object", b"c__main__\nA\n)R)R"),
        ("building of a number", b"K\x01)\x81"),
        (
            "a rebuilding without an end",
            b"ctorch._tensor\n_rebuild_from_type\nq\x00(h\x00N)NtR",
        ),
        ("adding to what isn't a set", b"](N\x90"),
        ("calling a storage", b"ctorch\nFloatStorage\n)R"),
        ("calling without a tuple", b"ccollections\nOrderedDict\n]R"),
        ("state of a list", b"]}b"),
        ("an id that isn't a storage's", b"X\x02\x00\x00\x00idQ"),
        (
            "a tensor without a storage",
            b"ctorch._utils\n_rebuild_tensor\n(K\x01K\x01))tR",
        ),
        (
            "a parameter without a tensor",
            b"ctorch._utils\n_rebuild_parameter\nK\x01\x85R",
        ),
        (
            "a dictionary of a number",
            b"ccollections\nOrderedDict\nK\x01\x85R",
        ),
        ("pairs that aren't", b"ccollections\nOrderedDict\n]]a\x85R"),
    ] {
        refused(what, &legacy(body, b"]", &[])[..]);
    }
}

#[test]
fn what_is_only_named_or_built_is_a_blank_and_takes_no_memory() {
    let tensor = tensor("0", 4, 0, &[4], &[1]);
    let keys = [b"]", &text("0")[..], b"a"].concat();
    let data = [&4u64.to_le_bytes()[..], &[0; 16]].concat();
    let long = [b"B", &(8u32 << 20).to_le_bytes()[..], &vec![0; 8 << 20]].concat();
    let float = [&b"G"[..], &0f64.to_be_bytes()].concat();
    let floats = [&b"("[..], &float.repeat(1000), b"e"].concat();
    for (what, beside) in [
        ("os.system, named", b"cos\nsystem\n".to_vec()),
        (
            "partial of os.system",
            b"cfunctools\npartial\n(cos\nsystem\ntR".to_vec(),
        ),
        (
            "an object of a trainer",
            b"c__main__\nTrainer\n)\x81}b".to_vec(),
        ),
        (
            "a class within a class",
            b"cbuiltins\ngetattr\n(c__main__\nA\nX\x01\0\0\0BtR)\x81".to_vec(),
        ),
        ("keyword arguments", b"c__main__\nA\n)}\x92".to_vec()),
        ("sets", b"\x8f(K\x01K\x02\x90(K\x01\x91\x86".to_vec()),
        (
            "64 MiB of bytes",
            [&b"]("[..], &long.repeat(8), b"e"].concat(),
        ),
        (
            "4 million numbers",
            [&b"]"[..], &floats.repeat(4000)].concat(),
        ),
    ] {
        let body = [
            &b"}"[..],
            &text("w"),
            &tensor,
            b"s",
            &text("x"),
            &beside,
            b"s",
        ]
        .concat();
        let file = legacy(&body, &keys, &data);
        let (peak, opened) =
            peak_of(|| Weights::parse(&file).map(|weights| weights.tensors().len()));
        assert_eq!(opened, Ok(1), "{what}");
        assert!(peak < 2 << 20, "{what} took {peak} bytes");
    }
}

#[test]
fn a_stack_that_runs_dry_or_over_is_refused() {
    for (what, body) in [
        ("nothing", &b""[..]),
        ("append to nothing", b"Na"),
        ("a mark of nothing", b"t"),
        ("taking what is under a mark", b"N(\x85"),
        ("an open mark", b"N("),
        ("two values", b"NN"),
        ("an empty memo", b"h\x00"),
        ("memo of nothing", b"q\x00"),
        ("a key alone", b"}(Nu"),
        ("append to a dictionary", b"}Na"),
        ("set an item of a list", b"]NNs"),
        ("protocol 9", b"\x80\x09"),
        ("text that isn't UTF-8", b"X\x01\x00\x00\x00\xff"),
        ("a name that isn't UTF-8", b"c\xff\nx\n"),
    ] {
        refused(what, &legacy(body, b"]", &[])[..]);
    }
}

#[test]
fn nesting_and_memos_without_end_cost_nothing() {
    let many = MAX_VALUES - 1000;
    let body = |parts: &[&[u8]]| legacy(&parts.concat(), b"]", &[]);
    // Each tuple holds the one before ten times.
    let laughs = [
        &b"(]q\x00"[..],
        &b"(h\x00h\x00h\x00h\x00h\x00h\x00h\x00h\x00h\x00h\x00tq\x00".repeat(60),
        b"t",
    ];
    let laughs = laughs.concat();
    let pairs: Vec<u8> = b"]NaNa".repeat(100);
    let shared = [b"](", &pairs[..], b"eq\x00"].concat();
    let put: Vec<u8> = (0..3_000_000u32)
        .flat_map(|i| [&b"r"[..], &i.to_le_bytes()].concat())
        .collect();
    let list_in_list: Vec<u8> = b"]".repeat(many / 2);
    let closing = b"a".repeat(many / 2 - 1);
    let cycle = [
        &b"}q\x00"[..],
        &text("state_dict"),
        b"h\x00s",
        &text("model"),
        b"h\x00s",
    ]
    .concat();
    let dummies: Vec<u8> = b"NN".repeat(many / 3);
    let keys = [
        "state_dict",
        "model_state_dict",
        "model_state",
        "model",
        "net",
        "weights",
    ];
    let selves: Vec<u8> = keys
        .iter()
        .flat_map(|key| [&text(key)[..], b"h\x00"].concat())
        .collect();
    // Texts of so many bytes, a thousand at a time.
    let log = |length: usize, batches: usize| {
        let texts = text(&"a".repeat(length)).repeat(1000);
        [b"(", &texts[..], b"e"].concat().repeat(batches)
    };
    let maze = [&b"}q\x00("[..], &dummies, &selves, b"u"].concat();
    for (what, file) in [
        ("tuples in tuples", body(&[b"N", &b"\x85".repeat(many)])),
        ("lists in lists", body(&[&list_in_list, &closing])),
        ("marks", body(&[&b"(".repeat(MAX_PICKLE as usize)])),
        ("values", body(&[&b"N".repeat(MAX_PICKLE as usize)])),
        ("empty dictionaries", body(&[&b"}NNs".repeat(many / 3)])),
        ("a billion laughs", body(&[&laughs])),
        (
            "a memo fetched without end",
            body(&[b"Nq\x00(", &b"h\x00".repeat(8 << 20)]),
        ),
        ("a memo filled without end", body(&[b"N", &put])),
        (
            "one list, used a lot",
            body(&[
                &shared,
                &b"ccollections\nOrderedDict\nh\x00\x85R".repeat(100_000),
            ]),
        ),
        ("a dictionary in itself", body(&[&cycle])),
        ("a maze of dictionaries", body(&[&maze])),
        ("a name without end", body(&[b"c", &b"a".repeat(1 << 20)])),
        (
            "a text of the whole pickle",
            body(&[&text(&"a".repeat(15 << 20))]),
        ),
        ("texts", body(&[&text("abcdefgh").repeat(1_000_000)])),
        ("texts in lists", body(&[b"]", &log(512, 240)])),
        ("short texts in lists", body(&[b"]", &log(40, 300)])),
        (
            "texts in lists beside many values",
            body(&[b"]]", &b"]a".repeat(200_000), b"a", &log(512, 190)]),
        ),
        (
            "small dictionaries with tensors",
            body(&[
                &text("a"),
                b"q\x000",
                &tensor("0", 4, 0, &[4], &[1]),
                b"q\x010]",
                &b"}h\x00h\x01sa".repeat(200_000),
            ]),
        ),
    ] {
        refused(what, &file[..]);
    }
    for (what, filler) in [
        ("a terabyte of marks", b'('),
        ("a terabyte of frames", 0x95),
    ] {
        refused(what, endless(legacy(b"", b"", &[])[..48].to_vec(), filler));
        refused(what, endless(b"\x80\x02".to_vec(), filler));
    }
}

#[test]
fn lengths_out_of_all_proportion_are_refused() {
    for (what, body) in [
        ("4 GB of text", &b"X\xff\xff\xff\xffabc"[..]),
        ("16 EB of text", b"\x8d\xff\xff\xff\xff\xff\xff\xff\xffabc"),
        ("4 GB of bytes", b"B\xff\xff\xff\xffabc"),
        ("a memo at 4 G", b"Nr\xff\xff\xff\xff"),
        ("a long number", b"\x8a\xff123"),
    ] {
        refused(what, &legacy(body, b"]", &[])[..]);
    }
    let four = |elements, offset, size: &[i64], stride: &[i64]| {
        let body = state_dict("w", &tensor("0", elements, offset, size, stride));
        let data = [&4u64.to_le_bytes()[..], &[0; 16]].concat();
        legacy(&body, &[b"]", &text("0")[..], b"a"].concat(), &data)
    };
    assert!(Weights::parse(&four(4, 0, &[2, 2], &[2, 1])).is_ok());
    for (what, file) in [
        ("a storage that claims more", four(5, 0, &[2], &[1])),
        ("a storage of 2^63 elements", four(i64::MAX, 0, &[2], &[1])),
        ("a storage of less than nothing", four(-1, 0, &[2], &[1])),
        ("an offset behind the end", four(4, 4, &[1], &[1])),
        ("an offset of 2^63", four(4, i64::MAX, &[1], &[1])),
        ("an offset before the beginning", four(4, -1, &[1], &[1])),
        ("more than there is", four(4, 0, &[5], &[1])),
        ("4 GB from 16 bytes", four(4, 0, &[1 << 30], &[0])),
        (
            "a shape that overflows",
            four(4, 0, &[1 << 62, 4, 4], &[1, 1, 1]),
        ),
        (
            "a stride that overflows",
            four(4, 0, &[2, 2], &[i64::MAX, 1]),
        ),
        ("a stride backwards", four(4, 3, &[2], &[-1])),
        ("a size below nothing", four(4, 0, &[-2], &[1])),
        ("more sizes than strides", four(4, 0, &[2, 2], &[1])),
        ("a hundred dimensions", four(4, 0, &[1; 100], &[1; 100])),
    ] {
        refused(what, &file[..]);
    }
    let body = state_dict("w", &tensor("0", 4, 0, &[4], &[1]));
    for (what, keys, data) in [
        ("no storages", &b"]"[..], Vec::new()),
        ("keys that aren't a list", b"N", Vec::new()),
        (
            "a key without a tensor",
            b"]X\x01\x00\x00\x001a",
            vec![0; 8],
        ),
        (
            "a storage of 2^64 elements",
            b"]X\x01\x00\x00\x000a",
            vec![0xff; 24],
        ),
        (
            "a storage cut short",
            b"]X\x01\x00\x00\x000a",
            vec![4, 0, 0, 0, 0, 0, 0, 0, 1],
        ),
        (
            "one key twice",
            b"](X\x01\x00\x00\x000X\x01\x00\x00\x000e",
            vec![0; 64],
        ),
    ] {
        refused(what, &legacy(&body, keys, &data)[..]);
    }
}

#[test]
fn a_crowd_of_tensors_is_refused() {
    let mut body = [
        &b"}("[..],
        &text("a"),
        &tensor("0", 4, 0, &[4], &[1]),
        b"q\x00",
    ]
    .concat();
    for i in 0..=MAX_TENSORS {
        body.extend([&text(&format!("w{i}"))[..], b"h\x00"].concat());
    }
    body.push(b'u');
    let data = [&4u64.to_le_bytes()[..], &[0; 16]].concat();
    let keys = [b"]", &text("0")[..], b"a"].concat();
    refused_because("tensors", &legacy(&body, &keys, &data), "more than");
}
