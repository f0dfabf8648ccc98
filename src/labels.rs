//! The classes of a model: names and colours.

use serde::Deserialize;

use crate::FcnError;

/// The most classes a net may have: label maps hold one byte a pixel.
pub const MAX_CLASSES: usize = 256;

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

/// Checks that ids run 0, 1, 2 … in order and that colours are `#rrggbb`.
///
/// # Errors
/// [`FcnError::ManifestInvalid`].
pub fn check_classes(classes: &[Class], count: usize) -> Result<(), FcnError> {
    if classes.len() != count {
        return Err(FcnError::manifest(format!(
            "\"classes\" lists {} classes, \"config.classes\" says {count}",
            classes.len()
        )));
    }
    for (index, class) in classes.iter().enumerate() {
        if class.id != index {
            return Err(FcnError::manifest(format!(
                "class \"{}\" has id {}, its place in the list is {index}",
                class.name, class.id
            )));
        }
        parse_color(&class.color).ok_or_else(|| {
            FcnError::manifest(format!(
                "class \"{}\" has color \"{}\", not #rrggbb",
                class.name, class.color
            ))
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
    fn colours_are_six_hexadecimal_digits() {
        assert_eq!(parse_color("#0a80FF"), Some([10, 128, 255]));
        for bad in ["0a80ff", "#fff", "#12345g", "#+12345", ""] {
            assert_eq!(parse_color(bad), None, "{bad}");
        }
    }
}
