//! Class names in a file as people have them.

use serde_json::Value;

use super::literal::list_in;
use super::program::KEYS;
use super::text::{Entry, id_of, names_in_text, ordered, trimmed};
use crate::FcnError;

/// The longest list of class names that is read, in bytes.
pub const MAX_LIST: usize = 1 << 20;

/// The longest name, in characters.
const MAX_NAME: usize = 200;

/// The classes' names in a file as people have them, as [`names_in`] reads its text. UTF-8 or UTF-16.
///
/// # Errors
/// [`FcnError::NamesInvalid`].
pub fn read_names(bytes: &[u8]) -> Result<Vec<String>, FcnError> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest)?,
        // Without the mark every second byte of what is ASCII is 0.
        [1..=255, 0, ..] => utf16(bytes, u16::from_le_bytes)?,
        [0, 1..=255, ..] => utf16(bytes, u16::from_be_bytes)?,
        rest => utf8(rest)?,
    };
    names_in(&text)?.ok_or_else(|| FcnError::names("it is a model.json").told("names.none", []))
}

/// The classes' names in a text: JSON (a list, names by id as Hugging Face's `id2label`, ids by name, COCO's
/// categories), a name a line, numbered or in a table, with colours or without, or a list as Python and YAML write it.
/// `None` for a `model.json`.
///
/// # Errors
/// [`FcnError::NamesInvalid`].
pub fn names_in(text: &str) -> Result<Option<Vec<String>>, FcnError> {
    let text = trimmed(text);
    if is_no_list(text) {
        let reason = "it is a web page, a pointer to a file, or no text at all";
        return Err(FcnError::names(reason).told("names.none", []));
    }
    let names = match text.starts_with(['[', '{']) {
        true => names_in_json(text)?,
        false if text.len() > MAX_LIST => return Err(too_long()),
        false => Some(names_in_text(text)),
    };
    let Some(names) = names else {
        return Ok(None);
    };
    let names: Vec<String> = names.iter().map(|name| name.trim().to_string()).collect();
    if names.iter().any(|name| name.chars().count() > MAX_NAME) {
        let reason = format!("a name is longer than {MAX_NAME} characters");
        let most = ("most", MAX_NAME.to_string());
        return Err(FcnError::names(reason).told("names.long", [most]));
    }
    match names.is_empty() || names.iter().any(String::is_empty) {
        true => {
            let reason = "it must name each class, in the order of the ids";
            Err(FcnError::names(reason).told("names", []))
        }
        false => Ok(Some(names)),
    }
}

fn too_long() -> FcnError {
    FcnError::names("it is too long for one").told("names.none", [])
}

fn utf8(bytes: &[u8]) -> Result<String, FcnError> {
    let reason = "it is not UTF-8 text (CP949, perhaps): save it as UTF-8";
    let text = String::from_utf8(bytes.to_vec());
    text.map_err(|_| FcnError::names(reason).told("names.letters", []))
}

fn utf16(bytes: &[u8], order: impl Fn([u8; 2]) -> u16) -> Result<String, FcnError> {
    let (units, rest) = bytes.as_chunks::<2>();
    let text = char::decode_utf16(units.iter().map(|&unit| order(unit)));
    let text = text.collect::<Result<String, _>>().ok();
    let text = text.filter(|_| rest.is_empty());
    let reason = "it is not sound UTF-16 text: save it as UTF-8";
    text.ok_or_else(|| FcnError::names(reason).told("names.letters", []))
}

/// A page, a pointer of Git LFS, or what has letters that no text has.
fn is_no_list(text: &str) -> bool {
    let beginning: String = text.chars().take(40).collect();
    let beginning = beginning.to_ascii_lowercase();
    let pages = [
        "<!", "<?", "<html", "<head", "<meta", "<script", "<title", "<body",
    ];
    pages.iter().any(|page| beginning.starts_with(page))
        || beginning.starts_with("version https://git-lfs")
        || text
            .chars()
            .any(|letter| matches!(letter, '\0'..='\u{8}' | '\u{e}'..='\u{1f}'))
}

/// `None` for a `model.json`.
fn names_in_json(text: &str) -> Result<Option<Vec<String>>, FcnError> {
    let json: Value = match serde_json::from_str(text) {
        Ok(json) => json,
        Err(_) if text.len() > MAX_LIST => return Err(too_long()),
        Err(error) => {
            let names = list_in(text, true);
            if names.is_empty() {
                let reason = ("reason", error.to_string());
                let told = FcnError::names(format!("it is not JSON ({error})"));
                return Err(told.told("names.syntax", [reason]));
            }
            return Ok(Some(names));
        }
    };
    let is = |key: &str, kind: fn(&Value) -> bool| json.get(key).is_some_and(kind);
    let is_laid_out = is("format", Value::is_number) || is("config", Value::is_object);
    if is("architecture", Value::is_string) && is_laid_out {
        return Ok(None);
    }
    if text.len() > MAX_LIST {
        return Err(too_long());
    }
    let names = names_of(&json, 0).ok_or_else(|| {
        let reason = "it is neither a model.json nor a list of class names: [\"…\", \"…\"], or \
                      {\"id2label\": {\"0\": \"…\"}}";
        FcnError::names(reason).told("names.json", [])
    });
    names.map(Some)
}

/// Keys within keys; deeper are no names.
const DEEPEST: usize = 4;

/// `None` where it names no classes; what should be a name and is none is empty.
fn names_of(json: &Value, depth: usize) -> Option<Vec<String>> {
    match json {
        Value::Array(all) if all.iter().all(Value::is_object) => Some(of_records(all)),
        Value::Array(all) => Some(all.iter().map(text_of).collect()),
        Value::Object(all) => {
            let mut keyed = KEYS.iter().filter_map(|key| all.get(*key));
            if let Some(found) = keyed.find(|value| value.is_object() || value.is_array()) {
                return (depth < DEEPEST).then(|| names_of(found, depth + 1))?;
            }
            let by_name = all.get("label2id").and_then(Value::as_object);
            let by_name = by_name.unwrap_or(all);
            let names = in_order(all).or_else(|| by_ids(by_name));
            names.filter(|names| !names.is_empty())
        }
        _ => None,
    }
}

/// What it says, if it is a text.
fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

/// As COCO's categories and CVAT's labels.
fn of_records(records: &[Value]) -> Vec<String> {
    let first = |record: &Value, keys: &[&str], is_it: fn(&Value) -> bool| {
        let mut all = keys.iter().filter_map(|key| record.get(*key));
        all.find(|value| is_it(value)).cloned()
    };
    let entries = records.iter().map(|record| {
        let id = first(record, &["id", "index", "trainId"], Value::is_number);
        let name = first(
            record,
            &["name", "label", "title", "class"],
            Value::is_string,
        );
        Entry {
            id: id.as_ref().and_then(whole),
            name: name.as_ref().map(text_of).unwrap_or_default(),
        }
    });
    ordered(entries.collect())
}

/// Names under 0, 1, 2 …; ImageNet's are pairs, `["n01440764", "tench"]`.
fn in_order(by_id: &serde_json::Map<String, Value>) -> Option<Vec<String>> {
    let names = (0..by_id.len()).map(|id| {
        let name = match by_id.get(&id.to_string())? {
            Value::Array(pair) if pair.len() == 2 => pair.last()?,
            name => name,
        };
        Some(name.as_str()?.to_string())
    });
    names.collect()
}

/// Names whose ids are 0, 1, 2 …
fn by_ids(by_name: &serde_json::Map<String, Value>) -> Option<Vec<String>> {
    let mut names = vec![None; by_name.len()];
    for (name, id) in by_name {
        let id = match id {
            Value::String(id) => id_of(id)?,
            id => whole(id)?,
        };
        let place = names.get_mut(usize::try_from(id).ok()?)?;
        if place.replace(name.clone()).is_some() {
            return None;
        }
    }
    names.into_iter().collect()
}

/// A number without a fraction, also one written with `.0`.
fn whole(value: &Value) -> Option<i64> {
    let number = value.as_f64().filter(|number| number.fract() == 0.0);
    value.as_i64().or(number.map(|number| number as i64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lists_of_names_are_read_as_people_have_them() {
        let korean = ["배경", "사람", "차"];
        let utf16 = |order: fn(u16) -> [u8; 2], mark: [u8; 2]| {
            let units = "배경\r\n사람\r\n차\r\n\r\n".encode_utf16();
            let bytes: Vec<u8> = units.flat_map(order).collect();
            [&mark[..], &bytes].concat()
        };
        for bytes in [
            "배경\r\n사람\r\n차".as_bytes().to_vec(),
            "\u{feff}배경\n사람\n차\n\n".as_bytes().to_vec(),
            utf16(u16::to_le_bytes, [0xff, 0xfe]),
            utf16(u16::to_be_bytes, [0xfe, 0xff]),
            r#"["배경", "사람", "차"]"#.as_bytes().to_vec(),
            r#"{"배경": 0, "차": 2, "사람": 1}"#.as_bytes().to_vec(),
            r#"{"id2label": {"1": "사람", "0": "배경", "2": "차"}}"#
                .as_bytes()
                .to_vec(),
            "# label:color_rgb:parts:actions\n배경:0,0,0::\n사람:128,0,0::\n차:0,0,128::\n"
                .as_bytes()
                .to_vec(),
        ] {
            assert_eq!(read_names(&bytes).expect("read"), korean, "{bytes:?}");
        }
        let unmarked = utf16(u16::to_le_bytes, [0; 2]);
        assert!(read_names(&unmarked).is_err(), "two zeros are no mark");
        let ascii: Vec<u8> = "cat\ndog"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(read_names(&ascii).expect("read"), ["cat", "dog"]);
        let cp949 = b"\xb9\xe8\xb0\xe6\r\n\xbb\xe7\xb6\xf7";
        assert!(
            read_names(cp949)
                .expect_err("CP949")
                .to_string()
                .contains("save it as UTF-8")
        );
        for bad in [
            &b""[..],
            b"\xff\xfe0",
            b"[1]",
            b"{\"a\": 1}",
            b"[",
            b"{\"id2label\": {\"1\": \"a\"}}",
        ] {
            assert!(read_names(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_is_no_list_is_told_from_a_model_json_by_its_kind() {
        for manifest in [
            r#"{"format": 1, "architecture": "fcn-vgg16"}"#,
            r#"{"architecture": "fcn-vgg16", "config": {"classes": 2}, "classes": ["a", "b"]}"#,
        ] {
            assert_eq!(names_in(manifest), Ok(None), "{manifest}");
            assert!(read_names(manifest.as_bytes()).is_err(), "{manifest}");
        }
        let long = format!("cat\n{}", "n".repeat(MAX_NAME + 1));
        let longer = "cat\n".repeat(MAX_LIST / 4 + 1);
        let long_json = format!("[{}\"cat\"]", "\"cat\",".repeat(MAX_LIST / 6));
        let long_literal = format!("[{}'cat']", "'cat',".repeat(MAX_LIST / 6));
        for (text, kind) in [
            (r#"{"lr": 0.1}"#, "names.json"),
            (r#"{"id2label": {"1": "a"}}"#, "names.json"),
            (r#"["a", 5]"#, "names"),
            (r#"[{"id": 0, "name": "a"}, {"id": 1}]"#, "names"),
            (r#"["a""#, "names.syntax"),
            ("{}", "names.json"),
            (r#"{"label2id": {}}"#, "names.json"),
            (r#"{"a": 0, "b": 0}"#, "names.json"),
            (r#"{"a": 0, "b": 0.5}"#, "names.json"),
            ("\n\n", "names"),
            ("<!doctype html><title>a</title>", "names.none"),
            (
                "version https://git-lfs.github.com/spec/v1\noid sha256:0",
                "names.none",
            ),
            ("PK\u{3}\u{4}", "names.none"),
            (&long, "names.long"),
            (&longer, "names.none"),
            (&long_json, "names.none"),
            (&long_literal, "names.none"),
        ] {
            let error = names_in(text).expect_err(kind);
            assert!(error.facts().contains(&("kind", kind.into())), "{error}");
            assert_eq!(error.code(), "manifest_invalid");
        }
    }

    proptest! {
        /// Whatever the text, an answer comes: nothing is cut within a letter, and nothing is read past its end.
        #[test]
        fn any_text_is_read_or_refused(text in "([-\\[\\](){}<>=:;,.#\"'\\\\|\t\n ]|[0-9]|name|names|item|id|가|é|𝕏|n0){0,60}") {
            match names_in(&text) {
                Ok(names) => prop_assert!(names.is_none_or(|names| !names.is_empty())),
                Err(error) => prop_assert_eq!(error.code(), "manifest_invalid"),
            }
        }
    }

    #[test]
    fn every_kind_of_the_shared_cases_is_read_or_refused() {
        let cases: Vec<Value> =
            serde_json::from_str(include_str!("../../tests/reference/class-names.json"))
                .expect("JSON");
        assert!(cases.len() > 40);
        for case in cases {
            let (what, text) = (&case["what"], case["text"].as_str().expect("text"));
            let names = serde_json::from_value::<Option<Vec<String>>>(case["names"].clone());
            let got = read_names(text.as_bytes());
            assert_eq!(got.ok(), names.expect("names"), "{what}");
        }
    }
}
