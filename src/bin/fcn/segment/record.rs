//! `fcn-segment.json`: what the masks of a folder were made with, so that a later run adds only masks made alike.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use fcn_lab::weights::sha256_hex;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::arguments::Failure;
use super::super::files::write_whole;
use super::Segmenter;

/// The record's name in a folder of masks.
pub const RECORD: &str = "fcn-segment.json";
/// The format that this build writes and reads.
const FORMAT: u32 = 1;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    format: u32,
    /// The architecture's name.
    model: String,
    /// SHA-256 of the weights file.
    weights: String,
    /// SHA-256 of what else in the manifest changes a mask: the net's settings, how photos are prepared, colours.
    settings: String,
    variant: String,
    /// In pixels.
    long_side: usize,
    /// How many.
    classes: usize,
    /// PNGs that were in the folder before its masks and belonged to none of the photos.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub others: BTreeSet<String>,
}

impl Record {
    /// What masks are made with now.
    ///
    /// # Errors
    /// When bare weights can't be read.
    pub fn of(segmenter: &Segmenter, model: &Path) -> Result<Self, Failure> {
        let manifest = &segmenter.model.manifest;
        let weights = match manifest.files.first() {
            // Held to the file when it was loaded.
            Some(file) => file.sha256.to_ascii_lowercase(),
            None => digest(model)
                .map_err(|error| Failure::new(format!("{}: {error}", model.display())))?,
        };
        let (config, input) = (&manifest.config, &manifest.input);
        let colors: Vec<&str> = manifest.classes.iter().map(|c| c.color.as_str()).collect();
        let mut settings = json!({
            "config": config.own, "variants": config.variants, "order": input.order, "mean": input.mean,
            "std": input.std, "padColor": input.pad_color, "padMultiple": input.pad_multiple, "colors": colors,
        });
        if let (Some(set), Some(settings)) = (&segmenter.set, settings.as_object_mut()) {
            settings.insert("set".into(), json!(set));
        }
        Ok(Self {
            format: FORMAT,
            model: manifest.architecture.clone(),
            weights,
            settings: sha256_hex(settings.to_string().as_bytes()),
            variant: segmenter.head.name().to_string(),
            long_side: segmenter.long_side,
            classes: config.classes,
            others: BTreeSet::new(),
        })
    }

    /// The record of a folder, if it has one.
    ///
    /// # Errors
    /// For a record that can't be read, or not by this build.
    pub fn read(folder: &Path) -> Result<Option<Self>, Failure> {
        let path = folder.join(RECORD);
        let failed = |error: &dyn std::fmt::Display| {
            let shown = path.display();
            Failure::new(format!("{shown} can't be read: {error}; {REMEDY}"))
        };
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(&error)),
        };
        let record: Self = serde_json::from_slice(&text).map_err(|error| failed(&error))?;
        if record.format != FORMAT {
            let format = record.format;
            return Err(failed(&format!(
                "its format is {format}, this build reads {FORMAT}"
            )));
        }
        Ok(Some(record))
    }

    /// Writes the record of a folder.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn write(&self, folder: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self).map_err(Failure::new)?;
        write_whole(&folder.join(RECORD), |path: &Path| {
            let written = fs::write(path, text + "\n");
            written.map_err(|error| Failure::new(format!("{}: {error}", path.display())))
        })
    }

    /// How masks of this record are made otherwise than those of `now`; `None` if they aren't.
    pub fn difference(&self, now: &Self) -> Option<String> {
        let mut differences = Vec::new();
        if (&self.model, &self.weights) != (&now.model, &now.weights) {
            differences.push(format!("another model ({})", self.model));
        } else if self.settings != now.settings {
            differences.push("other settings in the model's manifest".to_string());
        }
        if self.variant != now.variant {
            differences.push(format!("--variant {}, not {}", self.variant, now.variant));
        }
        if self.long_side != now.long_side {
            let (then, now) = (self.long_side, now.long_side);
            differences.push(format!("--long-side {then}, not {now}"));
        }
        if self.classes != now.classes {
            differences.push(format!("{} classes, not {}", self.classes, now.classes));
        }
        (!differences.is_empty()).then(|| differences.join(", "))
    }
}

/// What a person can do about a folder whose masks are not known to be alike.
pub const REMEDY: &str = "choose another folder, or compute all masks anew with --again";

/// SHA-256 of a file that may be larger than memory.
fn digest(path: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    io::copy(&mut File::open(path)?, &mut digest)?;
    Ok(format!("{:x}", digest.finalize()))
}
