//! Finding a model on disk: a folder, a manifest, or bare weights.

use std::fs;
use std::path::{Path, PathBuf};

use fcn_lab::device::cpu;
use fcn_lab::labels::{MAX_LIST, read_names};
use fcn_lab::manifest::Manifest;
use fcn_lab::models::{self, Model, recognise_as};
use fcn_lab::weights::{FileSource, Recognised, Said, Weights};

use super::arguments::{Arguments, Failure};
use super::report::complain;

/// The name of a manifest in its folder.
pub const MANIFEST: &str = "model.json";
/// The name of the weights that this program writes.
pub const WEIGHTS: &str = "weights.safetensors";

/// What a net in several files (shards), as Hugging Face saves large ones, takes.
const JOIN: &str = "the net's weights lie in several files (shards); join them in Python: put all parts' tensors, read \
    with safetensors.torch.load_file or torch.load, into one dictionary, and open what torch.save writes of it";

/// How the names of weights files end.
const ENDINGS: [&str; 6] = ["safetensors", "pth", "pt", "bin", "ckpt", "tar"];

/// What was recognised, and its weights under the names that the net takes.
pub struct Checkpoint {
    pub recognised: Recognised,
    pub weights: Weights<'static>,
}

impl Checkpoint {
    /// Opens a weights file of a net that this build has.
    ///
    /// # Errors
    /// As [`recognise_as`].
    pub fn open(path: &Path, arguments: &Arguments) -> Result<Self, Failure> {
        let mut weights = Weights::open(FileSource::open(path)?)?;
        let recognised = recognise_as(&weights, &said(arguments));
        let recognised = recognised.map_err(|error| match is_shard(path) {
            true => Failure::new(format!(
                "{} is one of several parts: {JOIN}",
                path.display()
            )),
            false => error.into(),
        })?;
        recognised.fit(&mut weights);
        Ok(Self {
            recognised,
            weights,
        })
    }
}

/// The options by which a person says what a weights file's tensors can't tell.
pub const SAID: [&str; 4] = ["set", "input", "form", "skips"];

/// What the options say.
pub fn said(arguments: &Arguments) -> Said {
    let [set, input, form, skips] = SAID.map(|name| arguments.option(name).map(String::from));
    Said {
        set,
        input,
        form,
        skips,
    }
}

/// A manifest says it all.
///
/// # Errors
/// For an option that says what only weights alone leave open.
pub fn refuse_said(arguments: &Arguments) -> Result<(), Failure> {
    let said = SAID
        .iter()
        .find(|option| arguments.option(option).is_some());
    said.map_or(Ok(()), |option| {
        Err(Failure::usage(format!(
            "a model folder's model.json says it; --{option} is for weights"
        )))
    })
}

/// What is assumed of a weights file, a line each, with the options that say otherwise.
pub fn assumed(recognised: &Recognised, path: &Path, names: bool) -> Vec<String> {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let all = recognised.assumptions(names).into_iter().map(|one| {
        let options = match one.options.as_slice() {
            [] => String::new(),
            options => format!(" (--{} {})", one.about, options.join("|")),
        };
        format!("{}{options}", one.text)
    });
    let hint = recognised
        .hint(&file)
        .map(|hint| match hint.value.as_str() {
            "atonce" => format!("{} (--skips atonce)", hint.text),
            way => format!("{} (--input {way})", hint.text),
        });
    all.chain(hint).collect()
}

/// The class names of `--classes`, as [`read_names`] reads them.
///
/// # Errors
/// For a file that can't be read or isn't a list of names.
pub fn class_names(arguments: &Arguments) -> Result<Option<Vec<String>>, Failure> {
    let Some(path) = arguments.option("classes") else {
        return Ok(None);
    };
    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("{path}: {error}"));
    let about = fs::metadata(path).map_err(|error| failed(&error))?;
    if about.len() > MAX_LIST as u64 {
        return Err(failed(&"too long for a list of class names"));
    }
    let bytes = fs::read(path).map_err(|error| failed(&error))?;
    let names = read_names(&bytes).map_err(|error| failed(&error))?;
    Ok(Some(names))
}

/// The name of a model that has none: its file's, without the ending; `.pth.tar` is one.
pub fn name_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    let stem = stem.to_string_lossy();
    let stem = stem.strip_suffix(".pth").unwrap_or(&stem);
    if stem.is_empty() {
        "model".to_string()
    } else {
        stem.to_string()
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

/// Whether a file is called as one of several parts: `model-00001-of-00002.safetensors`.
fn is_shard(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut parts = stem.rsplit('-');
    let is_number = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    };
    is_number(parts.next()) && parts.next() == Some("of") && is_number(parts.next())
}

/// What is said of a folder without a manifest: which weights are in it.
fn without_manifest(folder: &Path) -> Failure {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    let is_weights = |path: &&PathBuf| {
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        ENDINGS.contains(&ending.to_lowercase().as_str())
    };
    let shown = folder.display();
    let mut weights: Vec<&PathBuf> = files.iter().filter(is_weights).collect();
    weights.sort_by_key(|path| is_shard(path));
    Failure::new(match weights.as_slice() {
        [] => format!("{shown} has no {MANIFEST}, and no weights either: is it another folder?"),
        [first, ..] if is_shard(first) => {
            format!("{shown} has no {MANIFEST}, and {JOIN}")
        }
        [first, ..] => format!(
            "{shown} has no {MANIFEST}; open the weights in it by themselves: {}",
            first.display()
        ),
    })
}

/// What is said of a JSON file that is no manifest but one that Hugging Face puts beside weights.
fn of_hugging_face(path: &Path, json: &[u8]) -> Option<Failure> {
    let json: serde_json::Value = serde_json::from_slice(json).ok()?;
    if json.get("format").is_some() {
        return None;
    }
    let has = |names: &[&str]| names.iter().any(|name| json.get(name).is_some());
    let shown = path.display();
    if has(&["weight_map"]) {
        return Some(Failure::new(format!(
            "{shown} is a list of weights files, no {MANIFEST}: {JOIN}"
        )));
    }
    let is_config = has(&[
        "model_type",
        "architectures",
        "transformers_version",
        "architecture",
    ]);
    is_config.then(|| {
        Failure::new(format!(
            "{shown} is another program's configuration (Hugging Face's), no {MANIFEST}; open the weights beside it \
             by themselves, such as model.safetensors"
        ))
    })
}

/// What a model folder's manifest says, and where its weights are; `None` for a path that is
/// neither a folder nor a manifest.
///
/// # Errors
/// When the manifest can't be read, is invalid, or lists no weights.
pub fn read_manifest(path: &Path) -> Result<Option<(Manifest, PathBuf)>, Failure> {
    let is_manifest = path.extension().is_some_and(|ending| ending == "json");
    let manifest = match path {
        folder if folder.is_dir() => match folder.join(MANIFEST) {
            manifest if manifest.exists() => manifest,
            _ => return Err(without_manifest(folder)),
        },
        path if is_manifest => PathBuf::from(path),
        _ => return Ok(None),
    };
    let folder = manifest.parent().unwrap_or(Path::new("."));
    let json = read(&manifest)?;
    let parsed = Manifest::parse(&json).map_err(|error| {
        let known = of_hugging_face(&manifest, &json);
        known.unwrap_or_else(|| error.into())
    })?;
    let file = parsed.files.first();
    let file = file.ok_or_else(|| Failure::new("the manifest lists no weights"))?;
    let weights = folder.join(&file.path);
    Ok(Some((parsed, weights)))
}

/// Loads a model folder, its manifest, or bare weights, onto the CPU.
///
/// # Errors
/// Everything that can be wrong with the files.
pub fn load(path: &Path, arguments: &Arguments) -> Result<Model, Failure> {
    let Some((manifest, weights)) = read_manifest(path)? else {
        return load_checkpoint(path, arguments);
    };
    if arguments.option("classes").is_some() {
        return Err(Failure::usage(
            "a model folder has class names; --classes is for weights",
        ));
    }
    if let Some(option) = SAID
        .iter()
        .find(|option| arguments.option(option).is_some())
    {
        return Err(Failure::usage(format!(
            "a model folder's model.json says it; --{option} is for weights"
        )));
    }
    let weights = read(&weights)?;
    Ok(models::load(manifest, &weights, &cpu())?)
}

/// Bare weights, read from the file one tensor at a time.
fn load_checkpoint(path: &Path, arguments: &Arguments) -> Result<Model, Failure> {
    let Checkpoint {
        recognised,
        weights,
    } = Checkpoint::open(path, arguments)?;
    let names = class_names(arguments)?;
    for line in assumed(&recognised, path, names.is_some()) {
        complain(&format!("assumed: {line}\n"));
    }
    let manifest = recognised.manifest(&name_of(path), names.as_deref(), None)?;
    let manifest = Manifest::parse(manifest.as_bytes())?;
    Ok(models::build(manifest, weights, &cpu())?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn what_hugging_face_saves_is_named() {
        let folder = std::env::temp_dir().join(format!("fcn-hugging-{}", std::process::id()));
        let refused = |name: &str| match read_manifest(&folder.join(name)) {
            Err(failure) => failure.message,
            Ok(_) => panic!("{name} was read"),
        };
        fs::create_dir_all(&folder).expect("a folder");
        assert!(refused("").contains("no weights either"));
        for (name, text) in [
            ("config.json", "{\"model_type\": \"segformer\"}"),
            ("model.safetensors.index.json", "{\"weight_map\": {}}"),
            ("model-00001-of-00002.safetensors", ""),
        ] {
            fs::write(folder.join(name), text).expect("a file");
        }
        assert!(refused("").contains("join them in Python"));
        assert!(refused("config.json").contains("model.safetensors"));
        assert!(refused("model.safetensors.index.json").contains("several files"));
        fs::write(folder.join("model.safetensors"), "").expect("a file");
        fs::remove_file(folder.join("model-00001-of-00002.safetensors")).expect("removed");
        let said = refused("");
        fs::remove_dir_all(&folder).expect("removed");
        assert!(
            said.contains("open the weights in it") && said.ends_with("model.safetensors"),
            "{said}"
        );
        assert!(is_shard(Path::new("a/model-00001-of-00002.safetensors")));
        assert!(!is_shard(Path::new("a/model-of-2.safetensors")));
    }
}
