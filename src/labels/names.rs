//! Class names in a file as people have them. `www/lib/class-names.js` reads the same for the page, and CP949 besides.

use serde_json::Value;

use super::literal::list_in;
use super::program::KEYS;
use super::text::{Entry, names_in_text, ordered};

/// The longest name, in characters.
const MAX_NAME: usize = 200;

/// The classes' names in a file as people have them: JSON (a list, names by id as Hugging Face's `id2label`, ids by
/// name, COCO's categories), or a text: a name a line, numbered or in a table, with colours or without, or a list as
/// Python and YAML write it. UTF-8 or UTF-16.
///
/// # Errors
/// What is wrong with it.
pub fn read_names(bytes: &[u8]) -> Result<Vec<String>, String> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest)?,
        // Without the mark every second byte of what is ASCII is 0.
        [1..=255, 0, ..] => utf16(bytes, u16::from_le_bytes)?,
        [0, 1..=255, ..] => utf16(bytes, u16::from_be_bytes)?,
        rest => utf8(rest)?,
    };
    let text = text.trim();
    if is_no_list(text) {
        return Err("it is a web page, a pointer to a file, or no text at all".to_string());
    }
    let names = match text.starts_with(['[', '{']) {
        true => names_in_json(text)?,
        false => names_in_text(text),
    };
    let names: Vec<String> = names.iter().map(|name| name.trim().to_string()).collect();
    if names.iter().any(|name| name.chars().count() > MAX_NAME) {
        return Err(format!("a name is longer than {MAX_NAME} characters"));
    }
    match names.is_empty() || names.iter().any(String::is_empty) {
        true => Err("it must name each class, in the order of the ids".to_string()),
        false => Ok(names),
    }
}

fn utf8(bytes: &[u8]) -> Result<String, String> {
    let text = String::from_utf8(bytes.to_vec());
    text.map_err(|_| "it is not UTF-8 text (CP949, perhaps): save it as UTF-8".to_string())
}

fn utf16(bytes: &[u8], order: impl Fn([u8; 2]) -> u16) -> Result<String, String> {
    let (units, rest) = bytes.as_chunks::<2>();
    let text = char::decode_utf16(units.iter().map(|&unit| order(unit)));
    let text = text.collect::<Result<String, _>>().ok();
    let text = text.filter(|_| rest.is_empty());
    text.ok_or_else(|| "it is not sound UTF-16 text: save it as UTF-8".to_string())
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

fn names_in_json(text: &str) -> Result<Vec<String>, String> {
    match serde_json::from_str(text) {
        Ok(json) => names_of(&json, 0)
            .ok_or_else(|| "it must name each class, in the order of the ids".to_string()),
        Err(error) => match list_in(text, true) {
            names if names.is_empty() => Err(format!("it is not JSON ({error})")),
            names => Ok(names),
        },
    }
}

/// Keys within keys; deeper are no names.
const DEEPEST: usize = 4;

/// `None` where it names no classes.
fn names_of(json: &Value, depth: usize) -> Option<Vec<String>> {
    match json {
        Value::Array(all) if !all.is_empty() && all.iter().all(Value::is_object) => of_records(all),
        Value::Array(all) => all.iter().map(|name| Some(name.as_str()?.into())).collect(),
        Value::Object(all) => {
            let mut keyed = KEYS.iter().filter_map(|key| all.get(*key));
            if let Some(found) = keyed.find(|value| value.is_object() || value.is_array()) {
                return (depth < DEEPEST).then(|| names_of(found, depth + 1))?;
            }
            let by_name = all.get("label2id").and_then(Value::as_object);
            in_order(all).or_else(|| by_ids(by_name.unwrap_or(all)))
        }
        _ => None,
    }
}

/// As COCO's categories and CVAT's labels.
fn of_records(records: &[Value]) -> Option<Vec<String>> {
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
        Some(Entry {
            id: id.and_then(|id| id.as_i64().or(id.as_f64().map(|id| id as i64))),
            name: name?.as_str()?.to_string(),
        })
    });
    Some(ordered(entries.collect::<Option<_>>()?))
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
    let names = (0..by_name.len()).map(|id| {
        let mut all = by_name.iter();
        let is_it = |value: &Value| {
            let text = value.as_str().and_then(|text| text.parse().ok());
            value.as_u64().or(text) == Some(id as u64)
        };
        let found = all.find(|(_, value)| is_it(value));
        found.map(|(name, _)| name.clone())
    });
    names.collect()
}

#[cfg(test)]
mod tests {
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

    /// The page's reader is held to the same file.
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
