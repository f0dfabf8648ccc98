//! `model.json`: what a model folder says about itself.
//!
//! Only what the engine needs is read here; titles, metrics, data and licence are for the page and
//! pass through untouched. Unknown fields are allowed, so that the format can grow.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::FcnError;
use crate::error::field;
use crate::labels::{BACKGROUND, Class, check_classes, voc_color};

/// The format number that this build reads.
pub const FORMAT: u32 = 1;

/// A parsed and checked manifest.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// The architecture's name.
    pub architecture: String,
    /// The net's settings.
    pub config: NetSettings,
    /// Names and colours, in channel order.
    pub classes: Vec<Class>,
    /// How a photo becomes the net's input.
    pub input: InputSettings,
    /// The weights; one safetensors file for now.
    pub files: Vec<FileEntry>,
}

/// Settings of a net: what every architecture has, and its own, which it reads itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NetSettings {
    /// Number of classes, of which one output stands for two.
    pub classes: usize,
    /// Whether the weights have one output only.
    #[serde(skip)]
    pub is_one_output: bool,
    /// The heads that the weights hold, by name.
    pub variants: Vec<String>,
    /// The rest of `config`.
    #[serde(flatten)]
    pub own: serde_json::Map<String, Value>,
}

impl NetSettings {
    /// One of an architecture's own settings; an `Option` where it may be missing.
    ///
    /// # Errors
    /// [`FcnError::ManifestInvalid`] for a field that is missing or of another type.
    pub fn own<T: DeserializeOwned>(&self, name: &str) -> Result<T, FcnError> {
        let value = self.own.get(name).unwrap_or(&Value::Null);
        T::deserialize(value).map_err(|error| {
            let facts = [
                field(format!("config.{name}")),
                ("reason", error.to_string()),
            ];
            FcnError::manifest(format!("\"config.{name}\": {error}")).told("manifest.type", facts)
        })
    }

    /// One of an architecture's own settings, a number of 1 to `most`.
    ///
    /// # Errors
    /// As [`own`](Self::own), and for another number.
    pub fn number(&self, name: &str, most: usize) -> Result<usize, FcnError> {
        let value = self.own(name)?;
        within(&format!("config.{name}"), value, 1, most)?;
        Ok(value)
    }
}

/// Makes sure that a number of the manifest is between two others, both included.
///
/// # Errors
/// [`FcnError::ManifestInvalid`].
pub fn within(name: &str, value: usize, low: usize, high: usize) -> Result<(), FcnError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    let reason = format!("\"{name}\" is {value}, it must be {low} to {high}");
    let [value, low, high] = [value, low, high].map(|number| number.to_string());
    let facts = [field(name), ("got", value), ("low", low), ("high", high)];
    Err(FcnError::manifest(reason).told("manifest.range", facts))
}

/// Normalisation and size policy.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct InputSettings {
    /// `"RGB"` or `"BGR"`: the order of the net's three input channels.
    pub order: String,
    /// Mean of each input channel, in the net's order, for values scaled to 0–1.
    pub mean: [f32; 3],
    /// Standard deviation of each input channel, likewise.
    pub std: [f32; 3],
    /// The padding's colour in RGB, 0–255.
    pub pad_color: [u8; 3],
    /// Width and height are padded, right and bottom, to a multiple of this many pixels; not a classifier's.
    pub pad_multiple: usize,
    /// The long side, in pixels, that larger photos are scaled down to.
    pub long_side: usize,
    /// The largest long side that a person may ask for.
    pub max_long_side: usize,
}

/// One file of the model folder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FileEntry {
    /// Path relative to the manifest.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256, 64 hexadecimal digits.
    pub sha256: String,
}

impl Manifest {
    /// Parses a manifest, and checks all but the architecture's own settings.
    ///
    /// # Errors
    /// [`FcnError::ManifestInvalid`] with the field at fault.
    pub fn parse(bytes: &[u8]) -> Result<Self, FcnError> {
        let mut manifest: Self = serde_json::from_slice(bytes).map_err(|error| {
            let kind = match error.is_data() {
                true => "manifest.fields",
                false => "manifest.json",
            };
            FcnError::manifest(error.to_string()).told(kind, [("reason", error.to_string())])
        })?;
        manifest.name_both_classes();
        manifest.check()?;
        Ok(manifest)
    }

    /// One output means two classes: background where its score is 0 or less, the class where it is more. The
    /// manifest may list both, or the one alone.
    fn name_both_classes(&mut self) {
        if self.config.classes != 1 {
            return;
        }
        self.config.classes = 2;
        self.config.is_one_output = true;
        if let [one] = self.classes.as_mut_slice()
            && one.id == 0
        {
            one.id = 1;
            // Black is the background's.
            if one.color == voc_color(0) {
                one.color = voc_color(1);
            }
            let background = Class {
                id: 0,
                name: BACKGROUND.0.to_string(),
                color: voc_color(0),
            };
            self.classes.insert(0, background);
        }
    }

    fn check(&self) -> Result<(), FcnError> {
        if self.format != FORMAT {
            let reason = format!("\"format\" is {}, this build reads {FORMAT}", self.format);
            let facts = [("got", self.format.to_string())];
            return Err(FcnError::manifest(reason).told("manifest.format", facts));
        }
        if self.config.variants.is_empty() {
            let error = FcnError::manifest("\"config.variants\" is empty");
            return Err(error.told("manifest.list", [field("config.variants")]));
        }
        check_classes(&self.classes, self.config.classes)?;

        let input = &self.input;
        if input.order != "RGB" && input.order != "BGR" {
            let reason = format!(
                "\"input.order\" is \"{}\", it must be RGB or BGR",
                input.order
            );
            let facts = [
                field("input.order"),
                ("got", input.order.clone()),
                ("options", "RGB, BGR".to_string()),
            ];
            return Err(FcnError::manifest(reason).told("manifest.options", facts));
        }
        // JSON has no NaN, but 1e999 parses as infinity.
        let finite = |values: &[f32; 3]| values.iter().all(|v| v.is_finite());
        if !finite(&input.mean) || !finite(&input.std) || input.std.iter().any(|&s| s <= 0.0) {
            let reason = "\"input.mean\" and \"input.std\" must be finite, std above 0";
            return Err(FcnError::manifest(reason).told("manifest.normalisation", []));
        }
        within("input.long_side", input.long_side, 32, 4096)?;
        within(
            "input.max_long_side",
            input.max_long_side,
            input.long_side,
            4096,
        )?;
        within("input.pad_multiple", input.pad_multiple, 1, 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &[u8] = include_bytes!("../www/models/everyday/model.json");

    fn with(change: impl Fn(&mut serde_json::Value)) -> Result<Manifest, FcnError> {
        let mut json: serde_json::Value = serde_json::from_slice(SHIPPED).expect("valid JSON");
        change(&mut json);
        Manifest::parse(json.to_string().as_bytes())
    }

    #[test]
    fn the_shipped_manifest_is_valid() {
        let manifest = Manifest::parse(SHIPPED).expect("valid");
        assert_eq!(manifest.classes.len(), manifest.config.classes);
    }

    #[test]
    fn each_bad_field_is_refused_and_named() {
        let cases: [(&str, serde_json::Value, &str); 7] = [
            ("/format", 2.into(), "format"),
            ("/config/classes", 3.into(), "classes"),
            ("/config/variants", serde_json::json!([]), "variants"),
            ("/classes/1/id", 7.into(), "id 7"),
            ("/classes/1/color", "red".into(), "red"),
            ("/input/std/0", 0.into(), "std"),
            ("/input/pad_multiple", 33.into(), "pad_multiple"),
        ];
        for (pointer, value, named) in cases {
            let error = with(|json| *json.pointer_mut(pointer).expect("there") = value.clone())
                .expect_err(pointer);
            assert_eq!(error.code(), "manifest_invalid");
            assert!(error.to_string().contains(named), "{error}");
            assert!(
                error.facts().iter().any(|(name, _)| *name == "kind"),
                "{error}"
            );
        }
    }

    #[test]
    fn one_output_is_two_classes_listed_alone_or_together() {
        let json = |count: usize| {
            with(|json| {
                json["config"]["classes"] = 1.into();
                let classes = json["classes"].as_array_mut().expect("a list");
                classes.truncate(count);
            })
        };
        let alone = json(1).expect("valid");
        assert!(alone.config.is_one_output);
        assert_eq!(alone.config.classes, 2);
        let named: Vec<_> = alone
            .classes
            .iter()
            .map(|c| (c.id, c.name.as_str()))
            .collect();
        assert_eq!(named.len(), 2);
        assert_eq!(named[0], (0, "background"));
        assert_ne!(alone.classes[0].color, alone.classes[1].color);
        assert_eq!(json(2).expect("valid").classes.len(), 2);
        assert!(json(3).is_err());
    }

    #[test]
    fn not_json_is_refused() {
        for bytes in [
            &b""[..],
            b"<!doctype html>",
            b"{\"format\": 1",
            b"[]",
            b"\xff\xfe",
        ] {
            assert_eq!(
                Manifest::parse(bytes).map_err(|e| e.code()),
                Err("manifest_invalid")
            );
        }
    }
}
