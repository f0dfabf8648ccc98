//! A `model.json` for a checkpoint that came without one: how photos are prepared follows from the
//! family, names and colours from the number of classes.

use serde_json::{Value, json};

use super::Recognised;
use crate::FcnError;
use crate::labels::{BACKGROUND, MAX_CLASSES, MAX_CLASSIFIER_CLASSES, VOC, voc_color};

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
    /// 21 classes of a net that makes masks are PASCAL VOC's and others are numbered. Of a net with one
    /// output there are two, background and the one, which may also be named alone. Colours are VOC's.
    /// Without `file` no weights are listed.
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
        let labels = self.labels();
        let alone = match names {
            Some([one]) if self.classes == 1 => Some([BACKGROUND.0.to_string(), one.clone()]),
            _ => None,
        };
        let names = alone.as_ref().map(|both| both.as_slice()).or(names);
        let count = names.map_or(labels, <[String]>::len);
        if count != labels {
            let is_one_short = count + 1 == labels;
            let hint = match is_one_short {
                true => ": is background missing?",
                false => "",
            };
            let reason = format!("{count} class names for a net of {labels} classes{hint}");
            let facts = [("given", count.to_string()), ("wanted", labels.to_string())];
            return Err(FcnError::invalid(reason).told("weights.names", facts));
        }
        let (most, what) = match self.makes_masks {
            true => (MAX_CLASSES, "a mask holds"),
            false => (MAX_CLASSIFIER_CLASSES, "a classifier may have"),
        };
        if self.classes > most {
            let reason = format!("{} classes; {what} up to {most}", self.classes);
            let facts = [
                ("count", self.classes.to_string()),
                ("most", most.to_string()),
            ];
            return Err(FcnError::invalid(reason).told("weights.many_classes", facts));
        }
        // 256 colours differ; a classifier of more classes has them again.
        let classes: Vec<Value> = (0..=u8::MAX)
            .cycle()
            .zip(0..labels)
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
            "config": self.config(),
            "classes": classes,
            "input": self.input,
            "files": files,
        });
        serde_json::to_string_pretty(&manifest).map_err(|e| FcnError::invalid(e.to_string()))
    }

    /// How many classes a label can be: one output stands for two.
    pub fn labels(&self) -> usize {
        self.classes.max(2)
    }

    fn class(&self, id: usize, color: &str, names: Option<&[String]>) -> Value {
        if let Some(name) = names.and_then(|names| names.get(id)) {
            return json!({"id": id, "name": name, "color": color});
        }
        let is_voc = self.classes == VOC.len() && self.makes_masks;
        let is_background = self.classes == 1 && id == 0;
        let voc = VOC.get(id).filter(|_| is_voc || is_background);
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
    fn config(&self) -> Value {
        let mut config = self.settings.clone();
        if let Value::Object(config) = &mut config {
            config.insert("classes".into(), self.classes.into());
            config.insert("variants".into(), self.variants.clone().into());
        }
        config
    }
}
