//! Archives and headers made to do harm, values that aren't numbers, and files too large to hold.

use fcn_lab::weights::{MAX_HEADER, MAX_PICKLE, Weights};

use super::allocator::peak_of;
use super::files::{self, Entry, legacy, safetensors, state_dict, stored, tensor, text, zip};
use super::{Endless, endless, refused, refused_because};

#[test]
fn headers_that_lie_are_refused() {
    let good = r#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
    assert!(Weights::parse(&safetensors(good, &[0; 8])).is_ok());
    let with = |from: &str, to: &str| safetensors(&good.replace(from, to), &[0; 8]);
    for (what, file) in [
        ("shorter than said", safetensors(good, &[0; 7])),
        ("longer than said", safetensors(good, &[0; 9])),
        ("an offset out of the file", with("[0,8]", "[8,16]")),
        ("an end before its beginning", with("[0,8]", "[8,0]")),
        ("a gap", with("[0,8]", "[4,12]")),
        ("a range that isn't the shape's", with("[2]", "[3]")),
        (
            "a shape that overflows",
            with("[2]", "[4294967296,4294967296,2]"),
        ),
        ("4 GB of shape", with("[2]", "[1073741824]")),
        ("nine dimensions", with("[2]", "[2,1,1,1,1,1,1,1,1]")),
        ("a type that isn't", with("F32", "F33")),
        ("not JSON", safetensors("{ \"w\": ", &[0; 8])),
        (
            "nesting",
            safetensors(&format!("{{\"w\":{}", "[".repeat(500_000)), &[]),
        ),
        (
            "a number without end",
            with("[2]", &format!("[{}]", "9".repeat(100_000))),
        ),
    ] {
        refused(what, &file[..]);
    }
    let tensor = |from, to| format!(r#"{{"dtype":"U8","shape":[8],"data_offsets":[{from},{to}]}}"#);
    let two = format!(r#"{{"a":{},"b":{}}}"#, tensor(0, 8), tensor(4, 12));
    refused("overlapping tensors", &safetensors(&two, &[0; 12])[..]);
    for length in [MAX_HEADER + 1, 1 << 32, 1 << 39] {
        let head = [&length.to_le_bytes()[..], b"{"].concat();
        refused(&format!("a header of {length} bytes"), endless(head, b' '));
    }
    // As much as a header of full length can make.
    let many: Vec<String> = (0..100_000).map(|i| format!("\"{i:x}\":\"\"")).collect();
    let header = format!("{{\"__metadata__\":{{{}}},\"w\":1}}", many.join(","));
    refused("a crowd of metadata", &safetensors(&header, &[])[..]);
    let zeros = vec!["0"; 500_000].join(",");
    refused("a long shape", &with("[2]", &format!("[{zeros}]"))[..]);
}

#[test]
fn archives_that_lie_are_refused() {
    let body = state_dict("w", &tensor("0", 4, 0, &[4], &[1]));
    let pickle = files::pickle(&body);
    let data = [0u8; 16];
    let good = || vec![stored("a/data.pkl", &pickle), stored("a/data/0", &data)];
    assert!(Weights::parse(&zip(&good(), None)).is_ok());
    let with = |index: usize, change: &dyn Fn(&mut Entry)| {
        let mut entries = good();
        change(&mut entries[index]);
        zip(&entries, None)
    };
    let huge: Vec<u8> = pickle.repeat(1 + MAX_PICKLE as usize / pickle.len());
    for (what, file) in [
        ("a compressed pickle", with(0, &|e| e.method = 8)),
        ("a compressed storage", with(1, &|e| e.method = 8)),
        (
            "a storage of 4 GB",
            with(1, &|e| e.claims = u32::MAX as u64 - 1),
        ),
        ("a storage of 16 EB", with(1, &|e| e.claims = u64::MAX)),
        (
            "a storage behind the end",
            with(1, &|e| e.at = Some(u32::MAX - 1)),
        ),
        ("a storage that is elsewhere", with(1, &|e| e.at = Some(3))),
        (
            "a storage without a header of its own",
            with(1, &|e| e.at = Some(1)),
        ),
        ("a pickle of 4 GB", with(0, &|e| e.claims = 1 << 32)),
        (
            "a pickle too long",
            zip(&[stored("a/data.pkl", &huge)], None),
        ),
        (
            "a storage too short",
            zip(
                &[
                    stored("a/data.pkl", &pickle),
                    stored("a/data/0", &data[1..]),
                ],
                None,
            ),
        ),
        ("no storage", zip(&[stored("a/data.pkl", &pickle)], None)),
        ("no pickle", zip(&[stored("a/data/0", &data)], None)),
        (
            "two of one name",
            zip(
                &[stored("a/data.pkl", &pickle), stored("a/data.pkl", &pickle)],
                None,
            ),
        ),
        ("more entries than there are", zip(&good(), Some(3))),
        ("65,535 entries", zip(&good(), Some(u16::MAX))),
        ("no entries", zip(&[], None)),
        (
            "big-endian",
            zip(
                &[
                    stored("a/byteorder", b"big"),
                    stored("a/data.pkl", &pickle),
                    stored("a/data/0", &data),
                ],
                None,
            ),
        ),
    ] {
        refused(what, &file[..]);
    }
    let two = [&b"}"[..], &text("v"), &tensor("0", 4, 0, &[4], &[1]), b"s"].concat();
    let two = [&two[..], &text("w"), &tensor("1", 4, 0, &[4], &[1]), b"s"].concat();
    let two = files::pickle(&two);
    let at = 30 + 10 + two.len() as u32;
    let mut entries = vec![stored("a/data.pkl", &two), stored("a/data/0", &data)];
    entries.push(Entry {
        at: Some(at),
        ..stored("a/data/1", &data)
    });
    refused_because("two storages in one place", &zip(&entries, None), "overlap");

    // The file has its end: what lies beyond it was not cut off.
    entries.pop();
    entries.push(Entry {
        at: Some(u32::MAX - 1),
        ..stored("a/data/1", &data)
    });
    let error = Weights::parse(&zip(&entries, None)).map(|_| ());
    let facts = error.expect_err("an entry beyond the file").facts();
    assert!(
        facts.contains(&("kind", "weights.damaged".to_string())),
        "{facts:?}"
    );

    // A directory that fills the file, and one that claims to.
    let names: Vec<String> = (0..40_000).map(|i| format!("a/{i}")).collect();
    let crowd: Vec<Entry> = names.iter().map(|name| stored(name, b"")).collect();
    refused("a crowd of entries", &zip(&crowd, None)[..]);
    let mut end = zip(&good(), None);
    let from = end.len() - 22;
    let mut tail = end.split_off(from);
    tail[12..16].copy_from_slice(&0xfff0_0000u32.to_le_bytes());
    let source = Endless {
        head: b"PK\x03\x04".to_vec(),
        filler: 0,
        len: 1 << 40,
        tail,
    };
    refused("a directory of 4 GB", source);
    let mut zip64 = vec![0; 76 + 22];
    zip64[..4].copy_from_slice(b"PK\x06\x06");
    zip64[32..40].copy_from_slice(&u64::MAX.to_le_bytes());
    zip64[40..48].copy_from_slice(&u64::MAX.to_le_bytes());
    zip64[56..60].copy_from_slice(b"PK\x06\x07");
    zip64[64..72].copy_from_slice(&((1u64 << 40) - 98).to_le_bytes());
    zip64[76..80].copy_from_slice(b"PK\x05\x06");
    let source = Endless {
        head: b"PK\x03\x04".to_vec(),
        filler: 0,
        len: 1 << 40,
        tail: zip64,
    };
    refused("a zip64 directory of 16 EB", source);
}

#[test]
fn values_that_are_not_finite_are_refused_when_taken() {
    let nan = f32::NAN.to_le_bytes();
    let data = [&4u64.to_le_bytes()[..], &nan.repeat(4)].concat();
    let body = state_dict("w", &tensor("0", 4, 0, &[4], &[1]));
    let file = legacy(&body, &[b"]", &text("0")[..], b"a"].concat(), &data);
    // Found when the tensor is read: looking for them earlier would read every file twice.
    let mut weights = Weights::parse(&file).expect("a list of tensors");
    let error = weights.take_values("w", &[4]).map_err(|e| e.code());
    assert_eq!(error, Err("not_finite"));

    for (dtype, value) in [
        ("F16", &[0x00, 0x7c][..]),
        ("BF16", &[0x80, 0xff]),
        ("F64", &1e300f64.to_le_bytes()),
    ] {
        let length = value.len();
        let header =
            format!(r#"{{"w":{{"dtype":"{dtype}","shape":[1],"data_offsets":[0,{length}]}}}}"#);
        let file = safetensors(&header, value);
        let mut weights = Weights::parse(&file).expect("a list of tensors");
        let error = weights.take_values("w", &[1]).map_err(|e| e.code());
        assert_eq!(error, Err("not_finite"), "{dtype}");
    }
}

#[test]
fn a_large_file_is_read_a_tensor_at_a_time() {
    // 512 MiB of f32 in 64 tensors, of which nothing is in memory until it is taken.
    let entry = |i: u64| {
        let from = i << 23;
        format!(
            r#""w{i}":{{"dtype":"F32","shape":[2097152],"data_offsets":[{from},{}]}}"#,
            from + (1 << 23)
        )
    };
    let entries: Vec<String> = (0..64).map(entry).collect();
    let head = safetensors(&format!("{{{}}}", entries.join(",")), &[]);
    let len = head.len() as u64 + (64 << 23);
    let source = Endless {
        head,
        filler: 0,
        len,
        tail: Vec::new(),
    };
    let (peak, result) = peak_of(|| {
        let mut weights = Weights::open(source)?;
        weights.take_values("w5", &[2_097_152])?;
        weights
            .take_values("w63", &[2_097_152])
            .map(|values| values.len())
    });
    assert_eq!(result, Ok(2_097_152));
    // One tensor (8 MiB), one chunk (256 KiB), the list.
    assert!(peak < 9 << 20, "{peak}");
}
