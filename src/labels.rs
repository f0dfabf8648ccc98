//! The classes of a model: names and colours.

use serde::Deserialize;

use crate::FcnError;
use crate::error::field;

/// The most classes a net may have: label maps hold one byte a pixel.
pub const MAX_CLASSES: usize = 256;

/// The most classes of a classifier, whose scores become no label map: ImageNet's.
pub const MAX_CLASSIFIER_CLASSES: usize = 1000;

/// One class, as the manifest lists it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Class {
    /// The value in the label map, and the channel of the scores.
    pub id: usize,
    /// The English name; other languages are in the manifest's `names`, which the page reads.
    pub name: String,
    /// `#rrggbb`, sRGB.
    pub color: String,
}

/// What is no class of its own, in English and Korean.
pub const BACKGROUND: (&str, &str) = ("background", "배경");

/// PASCAL VOC's classes in channel order, in English (as VOC's devkit spells them) and Korean.
pub const VOC: [(&str, &str); 21] = [
    BACKGROUND,
    ("aeroplane", "비행기"),
    ("bicycle", "자전거"),
    ("bird", "새"),
    ("boat", "배"),
    ("bottle", "병"),
    ("bus", "버스"),
    ("car", "자동차"),
    ("cat", "고양이"),
    ("chair", "의자"),
    ("cow", "소"),
    ("diningtable", "식탁"),
    ("dog", "개"),
    ("horse", "말"),
    ("motorbike", "오토바이"),
    ("person", "사람"),
    ("pottedplant", "화분"),
    ("sheep", "양"),
    ("sofa", "소파"),
    ("train", "기차"),
    ("tvmonitor", "모니터"),
];

/// VOC's colour for a class, `#rrggbb`, by the devkit's `VOClabelcolormap`: the id's bits, lowest
/// first, go to red, green, blue in turn, from the highest bit of each down. All 256 differ.
pub fn voc_color(id: u8) -> String {
    let channel = |first: u32| {
        let bits = [0, 3, 6].map(|step| id.checked_shr(first + step).unwrap_or(0) & 1);
        let [high, middle, low] = bits;
        high << 7 | middle << 6 | low << 5
    };
    format!("#{:02x}{:02x}{:02x}", channel(0), channel(1), channel(2))
}

/// Checks that ids run 0, 1, 2 … in order and that colours are `#rrggbb`.
///
/// # Errors
/// [`FcnError::ManifestInvalid`].
pub fn check_classes(classes: &[Class], count: usize) -> Result<(), FcnError> {
    if classes.len() != count {
        let reason = format!(
            "\"classes\" lists {} classes, \"config.classes\" says {count}",
            classes.len()
        );
        let facts = [
            ("given", classes.len().to_string()),
            ("wanted", count.to_string()),
        ];
        return Err(FcnError::manifest(reason).told("manifest.classes", facts));
    }
    for (index, class) in classes.iter().enumerate() {
        if class.id != index {
            let reason = format!(
                "class \"{}\" has id {}, its place in the list is {index}",
                class.name, class.id
            );
            let facts = [
                field(format!("classes[{index}].id")),
                ("got", class.id.to_string()),
            ];
            return Err(FcnError::manifest(reason).told("manifest.id", facts));
        }
        parse_color(&class.color).ok_or_else(|| {
            let reason = format!(
                "class \"{}\" has color \"{}\", not #rrggbb",
                class.name, class.color
            );
            let facts = [
                field(format!("classes[{index}].color")),
                ("got", format!("{:?}", class.color)),
            ];
            FcnError::manifest(reason).told("manifest.color", facts)
        })?;
    }
    Ok(())
}

/// `#rrggbb` as three values 0–255.
pub fn parse_color(color: &str) -> Option<[u8; 3]> {
    let digits = color.strip_prefix('#')?;
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let [_, r, g, b] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some([r, g, b])
}

/// The classes' names in a file as people have them: a name a line, or JSON (a list, names by id as Hugging Face's
/// `id2label`, or ids by name), or the label map of an annotation tool (`name:r,g,b::`). Text is UTF-8, or UTF-16 with its mark.
///
/// # Errors
/// What is wrong with it.
pub fn read_names(bytes: &[u8]) -> Result<Vec<String>, String> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest)?,
        rest => utf8(rest)?,
    };
    let text = text.trim();
    let names = match text.starts_with(['[', '{']) {
        true => names_in_json(text)?,
        false => names_in_lines(text),
    };
    match names.is_empty() {
        true => Err("it names no class".to_string()),
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

fn names_in_lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<&str> = lines.collect();
    // A label map has a colour after the first colon, and a comment at its head.
    let entries = lines.iter().filter(|line| !line.starts_with('#'));
    let colored = |line: &&&str| {
        let color = line.split(':').nth(1).unwrap_or("");
        color
            .split(',')
            .filter(|part| part.trim().parse::<u8>().is_ok())
            .count()
            == 3
    };
    if entries.clone().count() > 0 && entries.clone().all(|line| colored(&line)) {
        let name = |line: &&str| line.split(':').next().unwrap_or("").trim().to_string();
        return entries.map(name).collect();
    }
    lines.into_iter().map(str::to_string).collect()
}

fn names_in_json(text: &str) -> Result<Vec<String>, String> {
    let wrong = || "it must name each class, in the order of the ids".to_string();
    let json: serde_json::Value =
        serde_json::from_str(text).map_err(|error| format!("it is not JSON ({error})"))?;
    let by_id = json.get("id2label").unwrap_or(&json);
    let names = match by_id {
        serde_json::Value::Array(names) => names.iter().map(|name| name.as_str()).collect(),
        serde_json::Value::Object(names) => {
            let ids = 0..names.len();
            let by_id = ids.clone().map(|id| names.get(&id.to_string())?.as_str());
            let by_name = |id: usize| {
                let mut all = names.iter();
                let found = all.find(|(_, value)| value.as_u64() == Some(id as u64));
                found.map(|(name, _)| name.as_str())
            };
            let by_id: Option<Vec<&str>> = by_id.collect();
            by_id.or_else(|| ids.map(by_name).collect())
        }
        _ => None::<Vec<&str>>,
    };
    let names = names.ok_or_else(wrong)?;
    Ok(names
        .into_iter()
        .map(|name| name.trim().to_string())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vocs_colours_are_the_devkits() {
        // The devkit's table for background, aeroplane, person and tvmonitor, and its border.
        let cases = [
            (0, "#000000"),
            (1, "#800000"),
            (15, "#c08080"),
            (20, "#004080"),
            (255, "#e0e0c0"),
        ];
        for (id, color) in cases {
            assert_eq!(voc_color(id), color);
        }
        let all: std::collections::BTreeSet<_> = (0..=255).map(voc_color).collect();
        assert_eq!(all.len(), 256);
    }

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
        // A colon or a # alone doesn't make a label map.
        assert_eq!(read_names(b"a: b\n#c").expect("read"), ["a: b", "#c"]);
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

    #[test]
    fn colours_are_six_hexadecimal_digits() {
        assert_eq!(parse_color("#0a80FF"), Some([10, 128, 255]));
        for bad in ["0a80ff", "#fff", "#12345g", "#+12345", ""] {
            assert_eq!(parse_color(bad), None, "{bad}");
        }
    }
}
