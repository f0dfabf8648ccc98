//! `model.json`: what a model folder says about itself.
//!
//! Only what the engine needs is read here; titles, metrics, data and licence are for the page and
//! pass through untouched. Unknown fields are allowed, so that the format can grow.

mod settings;

use serde::Deserialize;

use crate::FcnError;
use crate::labels::{Class, check_classes};
pub use settings::{
    DeepLabV3Settings, FcnReferenceSettings, FcnVgg16Settings, NetSettings, ResNetSettings,
    Settings, VggClassifierSettings,
};

/// The format number that this build reads.
pub const FORMAT: u32 = 1;

/// A parsed and checked manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// The architecture's name in the registry (`models::ARCHITECTURES`).
    pub architecture: String,
    /// The architecture's settings.
    pub config: NetSettings,
    /// Names and colours, in channel order.
    pub classes: Vec<Class>,
    /// How a photo becomes the net's input.
    pub input: InputSettings,
    /// The weights; one safetensors file for now.
    pub files: Vec<FileEntry>,
}

/// The same before it is known which architecture's settings `config` holds.
#[derive(Deserialize)]
struct Unread {
    format: u32,
    architecture: String,
    config: serde_json::Value,
    classes: Vec<Class>,
    input: InputSettings,
    files: Vec<FileEntry>,
}

/// Makes sure that a number of the manifest is between two others, both included.
fn within(name: &str, value: usize, low: usize, high: usize) -> Result<(), FcnError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(FcnError::manifest(format!(
        "\"{name}\" is {value}, it must be {low} to {high}"
    )))
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
    /// Width and height are padded, right and bottom, to a multiple of this many pixels.
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
    /// Parses and checks a manifest.
    ///
    /// # Errors
    /// [`FcnError::ManifestInvalid`] with the field at fault. Whether the architecture exists is
    /// for [`crate::models::load`] to say.
    pub fn parse(bytes: &[u8]) -> Result<Self, FcnError> {
        let read: Unread =
            serde_json::from_slice(bytes).map_err(|error| FcnError::manifest(error.to_string()))?;
        if read.format != FORMAT {
            return Err(FcnError::manifest(format!(
                "\"format\" is {}, this build reads {FORMAT}",
                read.format
            )));
        }
        let manifest = Self {
            format: read.format,
            config: NetSettings::read(&read.architecture, &read.config)?,
            architecture: read.architecture,
            classes: read.classes,
            input: read.input,
            files: read.files,
        };
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), FcnError> {
        check_classes(&self.classes, self.config.classes)?;

        let input = &self.input;
        if input.order != "RGB" && input.order != "BGR" {
            return Err(FcnError::manifest(format!(
                "\"input.order\" is \"{}\", it must be RGB or BGR",
                input.order
            )));
        }
        // JSON has no NaN, but 1e999 parses as infinity.
        let finite = |values: &[f32; 3]| values.iter().all(|v| v.is_finite());
        if !finite(&input.mean) || !finite(&input.std) || input.std.iter().any(|&s| s <= 0.0) {
            return Err(FcnError::manifest(
                "\"input.mean\" and \"input.std\" must be finite, std above 0",
            ));
        }
        within("input.long_side", input.long_side, 32, 4096)?;
        within(
            "input.max_long_side",
            input.max_long_side,
            input.long_side,
            4096,
        )?;
        self.config.net.check_pad_multiple(input.pad_multiple)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &[u8] = include_bytes!("../../www/models/everyday/model.json");

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
        let cases: [(&str, serde_json::Value, &str); 8] = [
            ("/format", 2.into(), "format"),
            ("/config/width", 0.into(), "width"),
            ("/config/fc6_kernel", 4.into(), "fc6_kernel"),
            ("/config/classes", 3.into(), "classes"),
            ("/classes/1/id", 7.into(), "id 7"),
            ("/classes/1/color", "red".into(), "red"),
            ("/input/std/0", 0.into(), "std"),
            ("/input/pad_multiple", 16.into(), "pad_multiple"),
        ];
        for (pointer, value, named) in cases {
            let error = with(|json| *json.pointer_mut(pointer).expect("there") = value.clone())
                .expect_err(pointer);
            assert_eq!(error.code(), "manifest_invalid");
            assert!(error.to_string().contains(named), "{error}");
        }
    }

    /// The shipped manifest as another architecture's.
    fn of(architecture: &str, config: serde_json::Value) -> Result<Manifest, FcnError> {
        with(|json| {
            let common = json["config"].clone();
            json["architecture"] = architecture.into();
            json["config"] = config.clone();
            json["config"]["classes"] = common["classes"].clone();
            json["input"]["pad_multiple"] = 1.into();
        })
    }

    #[test]
    fn each_architecture_has_its_own_settings() {
        use serde_json::json;
        let reference = json!({
            "width": 64, "fc_channels": 4096, "pooling": "floor", "variants": ["fcn8s"],
        });
        let manifest = of("fcn-reference", reference.clone()).expect("valid");
        let expected = FcnReferenceSettings {
            width: 64,
            fc_channels: 4096,
            pooling: crate::upsample::Rounding::Floor,
        };
        assert_eq!(manifest.config.net, Settings::FcnReference(expected));

        let mut bad = reference.clone();
        bad["pooling"] = "up".into();
        let error = of("fcn-reference", bad).expect_err("no such pooling");
        assert!(error.to_string().contains("ceil"), "{error}");
        // The lecture's net keeps its own checks.
        let error = of("fcn-vgg16", reference).expect_err("another's settings");
        assert!(error.to_string().contains("fc6_kernel"), "{error}");
        let resnet = json!({"width": 64, "blocks": [3, 4, 6, 3], "variants": ["out"]});
        let manifest = of("fcn-resnet50", resnet.clone()).expect("valid");
        assert!(matches!(manifest.config.net, Settings::FcnResNet50(_)));
        for (pointer, value) in [("/blocks", json!([3, 4, 6])), ("/blocks/2", json!(0))] {
            let mut bad = resnet.clone();
            *bad.pointer_mut(pointer).expect("there") = value;
            assert!(of("fcn-resnet50", bad).is_err(), "{pointer}");
        }
        let error = of("deeplabv3-resnet50", resnet).expect_err("a setting is missing");
        assert!(error.to_string().contains("aspp_channels"), "{error}");
        // Whose name means nothing here is for `models::load` to refuse.
        let unknown = of("unheard-of", json!({"variants": ["x"]})).expect("valid so far");
        assert_eq!(unknown.config.net, Settings::Unknown);
    }

    #[test]
    fn a_classifier_may_have_a_thousand_classes_and_a_net_for_masks_256() {
        let with_classes = |architecture: &str, count: usize| {
            with(|json| {
                let class = |id| serde_json::json!({"id": id, "name": "a", "color": "#000000"});
                json["classes"] = (0..count).map(class).collect();
                json["config"]["classes"] = count.into();
                json["config"]["batch_norm"] = false.into();
                json["architecture"] = architecture.into();
            })
        };
        let count = |manifest: Manifest| manifest.classes.len();
        assert_eq!(with_classes("vgg16-classifier", 1000).map(count), Ok(1000));
        assert_eq!(with_classes("fcn-vgg16", 256).map(count), Ok(256));
        for (architecture, count) in [("vgg16-classifier", 1001), ("fcn-vgg16", 257)] {
            let error = with_classes(architecture, count).expect_err("too many");
            assert!(error.to_string().contains("config.classes"), "{error}");
        }
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
