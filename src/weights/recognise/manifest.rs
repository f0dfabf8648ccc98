//! A `model.json` for a checkpoint that came without one: how photos are prepared follows from the
//! family, names and colours from the number of classes.

use serde_json::{Value, json};

use super::{Config, Recognised};
use crate::FcnError;
use crate::labels::{MAX_CLASSES, MAX_CLASSIFIER_CLASSES, VOC, voc_color};

/// Mean and deviation of ImageNet's photos, RGB, 0–1: what torchvision's nets and this project's
/// were trained with.
const IMAGENET: ([f64; 3], [f64; 3]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
/// The Caffe nets' mean, BGR, 0–255 (`voc_layers.py` in fcn.berkeleyvision.org); no deviation.
const CAFFE_BGR: [f64; 3] = [104.00699, 116.66877, 122.67892];

/// The weights file that a manifest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightsFile {
    /// Relative to the manifest.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// 64 hexadecimal digits.
    pub sha256: String,
}

impl Recognised {
    /// The manifest, as JSON text. `names` are the classes' names in channel order; without them
    /// 21 classes of a net that makes masks are PASCAL VOC's and others are numbered. Colours are
    /// VOC's. Without `file` no
    /// weights are listed: they stay where they were found.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another number of names than classes, or for more classes
    /// than a mask can hold, or a classifier may have.
    pub fn manifest(
        &self,
        name: &str,
        names: Option<&[String]>,
        file: Option<&WeightsFile>,
    ) -> Result<String, FcnError> {
        let count = names.map_or(self.classes, <[String]>::len);
        if count != self.classes {
            return Err(FcnError::invalid(format!(
                "{count} class names for a net of {} classes",
                self.classes
            )));
        }
        let (most, what) = match self.config {
            Config::Classifier { .. } => (MAX_CLASSIFIER_CLASSES, "a classifier may have"),
            _ => (MAX_CLASSES, "a mask holds"),
        };
        if self.classes > most {
            return Err(FcnError::invalid(format!(
                "{} classes; {what} up to {most}",
                self.classes
            )));
        }
        // 256 colours differ; a classifier of more classes has them again.
        let classes: Vec<Value> = (0..=u8::MAX)
            .cycle()
            .zip(0..self.classes)
            .map(|(color, id)| self.class(id, &voc_color(color), names))
            .collect();
        let files: Vec<Value> = file
            .iter()
            .map(|file| json!({"path": file.path, "bytes": file.bytes, "sha256": file.sha256}))
            .collect();
        let manifest = json!({
            "format": 1,
            "name": name,
            "title": {"en": name, "ko": name},
            "description": {"en": self.title, "ko": self.title},
            "architecture": self.architecture,
            "config": self.settings(),
            "classes": classes,
            "input": self.input(),
            "files": files,
        });
        serde_json::to_string_pretty(&manifest).map_err(|e| FcnError::invalid(e.to_string()))
    }

    fn class(&self, id: usize, color: &str, names: Option<&[String]>) -> Value {
        if let Some(name) = names.and_then(|names| names.get(id)) {
            return json!({"id": id, "name": name, "color": color});
        }
        let is_voc = self.classes == VOC.len() && !matches!(self.config, Config::Classifier { .. });
        let voc = VOC.get(id).filter(|_| is_voc);
        match voc {
            Some((en, ko)) => {
                json!({"id": id, "name": en, "names": {"en": en, "ko": ko}, "color": color})
            }
            None => {
                let (en, ko) = (format!("class {id}"), format!("클래스 {id}"));
                json!({"id": id, "name": en, "names": {"en": en, "ko": ko}, "color": color})
            }
        }
    }

    /// The manifest's `config`.
    pub fn settings(&self) -> Value {
        let classes = self.classes;
        match &self.config {
            Config::Fcn {
                width,
                fc_channels,
                variants,
                ..
            } if self.architecture == "fcn-reference" => json!({
                "width": width,
                "fc_channels": fc_channels,
                "classes": classes,
                "pooling": "ceil",
                "variants": variants,
            }),
            Config::Fcn {
                width,
                fc6_kernel,
                fc_channels,
                variants,
                per_class_upsampling,
            } => json!({
                "width": width,
                "fc6_kernel": fc6_kernel,
                "fc_channels": fc_channels,
                "classes": classes,
                "variants": variants,
                "per_class_upsampling": per_class_upsampling,
            }),
            // The last head is the one that is shown first.
            Config::ResNet { aux } => json!({
                "width": 64,
                "blocks": [3, 4, 6, 3],
                "aspp_channels": 256,
                "classes": classes,
                "variants": if *aux { &["aux", "out"][..] } else { &["out"][..] },
            }),
            Config::Classifier {
                width,
                fc_channels,
                batch_norm,
            } => json!({
                "width": width,
                "fc_channels": fc_channels,
                "batch_norm": batch_norm,
                "classes": classes,
                "variants": ["score"],
            }),
        }
    }

    /// How a photo becomes the net's input. Values are for photos scaled to 0–1.
    fn input(&self) -> Value {
        let (mean, std) = IMAGENET;
        let input = |pad_multiple: usize, long_side: usize| {
            json!({
                "order": "RGB", "mean": mean, "std": std, "pad_color": [124, 116, 104],
                "pad_multiple": pad_multiple, "long_side": long_side, "max_long_side": 1024,
            })
        };
        match self.architecture {
            // Native size, BGR, 0–255 minus the mean; VOC's photos have 500 pixels. The net pads
            // by itself.
            "fcn-reference" => json!({
                "order": "BGR",
                "mean": CAFFE_BGR.map(|mean| mean / 255.0),
                "std": CAFFE_BGR.map(|_| 1.0 / 255.0),
                "pad_color": [123, 117, 104],
                "pad_multiple": 1, "long_side": 500, "max_long_side": 1024,
            }),
            // torchvision scales the short side to 520; in a 4:3 photo the long one has 693.
            "fcn-resnet50" | "deeplabv3-resnet50" => input(1, 693),
            // Trained at 224; larger photos give a map of windows, of which none is to see padding.
            "vgg16-classifier" => input(1, 512),
            // As this project's nets are trained.
            _ => input(32, 512),
        }
    }
}
