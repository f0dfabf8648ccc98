//! The classes of a model: names and colours.

mod literal;
mod names;
mod program;
mod table;
mod text;

pub use names::{MAX_LIST, names_in, read_names};

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
    fn colours_are_six_hexadecimal_digits() {
        assert_eq!(parse_color("#0a80FF"), Some([10, 128, 255]));
        for bad in ["0a80ff", "#fff", "#12345g", "#+12345", ""] {
            assert_eq!(parse_color(bad), None, "{bad}");
        }
    }
}
