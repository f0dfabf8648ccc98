//! `fcn measure TRUTHS PREDICTIONS`: how well label maps agree with their truths, of a file or a folder each.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use fcn_lab::labels::read_names;
use fcn_lab::manifest::Manifest;
use fcn_lab::metrics::{Confusion, IGNORE};
use unicode_normalization::UnicodeNormalization;

use self::labels::{Colors, as_second, by_color, mark, read};
use self::report::{Picture, Scores, as_csv, as_json, told};
use super::arguments::{Arguments, Failure};
use super::files::{find, shown};
use super::report::say;

mod labels;
mod report;

/// As many as a confusion matrix takes; those that don't occur have no IoU and change no mean.
const CLASSES: usize = 255;

/// Prints the metrics of all pictures together, and of each; what can't be compared is told, and counts for nothing.
///
/// # Errors
/// For folders without a pair, or where no pair can be compared; of two files for what is wrong with them.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let [truths, predictions] = arguments.files("truths and predictions")?;
    let (pairs, alone) = pairs(Path::new(truths), Path::new(predictions))?;
    let names = names(arguments)?;
    let unlabelled = unlabelled(arguments)?;
    let void = arguments.option("void");
    // A value says it all; else the truths are read once more for this.
    let is_two = void.is_none_or(|void| void == "none") && are_two(&pairs);
    if is_two && void.is_none() {
        return Err(Failure::usage(
            "the truths have only 0 and 255: say what 255 means, --void 255 (not labelled) or --void none (the second class)",
        ));
    }
    let mut pooled = Confusion::new(CLASSES)?;
    let mut pictures = Vec::with_capacity(pairs.len());
    let mut first = None;
    for (name, truth, prediction) in pairs {
        let counted = count(
            &truth,
            &prediction,
            unlabelled,
            is_two,
            &mut first,
            &mut pooled,
        );
        let outcome = counted.map_err(|failure| failure.message);
        pictures.push(Picture { name, outcome });
    }
    match pictures.as_slice() {
        [
            Picture {
                name,
                outcome: Err(message),
            },
        ] => return Err(Failure::new(format!("{name}: {message}"))),
        all if all.iter().all(|picture| picture.outcome.is_err()) => {
            return Err(Failure::new(told(&pooled, &pictures, &names, &alone)));
        }
        _ => {}
    }
    if let Some(path) = arguments.option("json") {
        let text = serde_json::to_string_pretty(&as_json(&pooled, &pictures, &names));
        write(path, &text.map_err(Failure::new)?)?;
    }
    if let Some(path) = arguments.option("csv") {
        write(path, &as_csv(&pictures))?;
    }
    say(&told(&pooled, &pictures, &names, &alone))
}

/// Counts a pair, also among all. `first`: the first truth in colours, by which those of other pictures are numbered.
fn count(
    truth: &Path,
    prediction: &Path,
    unlabelled: Option<u8>,
    is_two: bool,
    first: &mut Option<Colors>,
    pooled: &mut Confusion,
) -> Result<Scores, Failure> {
    let (mut truth, mut prediction) = (read(truth)?, read(prediction)?);
    if truth.size != prediction.size {
        let ((w, h), (x, y)) = (truth.size, prediction.size);
        return Err(Failure::new(format!(
            "the truth has {w}×{h} pixels, the prediction {x}×{y}; nothing is resized here"
        )));
    }
    let is_other = match first {
        Some(first) => by_color(first, &mut truth)?,
        None => false,
    };
    let colors = Colors::of(&truth);
    let is_matched = match &colors {
        Some(colors) => by_color(colors, &mut prediction)?,
        None => false,
    };
    if first.is_none() {
        *first = colors;
    }
    as_second(&truth.values, &mut prediction.values);
    mark(
        &mut truth.values,
        &mut prediction.values,
        unlabelled,
        is_two,
    )?;
    let mut matrix = Confusion::new(CLASSES)?;
    matrix.add(&truth.values, &prediction.values)?;
    pooled.add(&truth.values, &prediction.values)?;
    let left = truth
        .values
        .iter()
        .filter(|value| **value == IGNORE)
        .count();
    Ok(Scores::of(&matrix, left as u64, is_matched || is_other))
}

/// Whether the truths have only 0 and 255, and 255 at all. What can't be read is told later.
fn are_two(pairs: &[Pair]) -> bool {
    let mut has_void = false;
    for (_, truth, _) in pairs {
        let Ok(labels) = read(truth) else { continue };
        if !labels
            .values
            .iter()
            .all(|value| [0, IGNORE].contains(value))
        {
            return false;
        }
        has_void |= labels.values.contains(&IGNORE);
    }
    has_void
}

fn write(path: &str, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| Failure::new(format!("{path}: {error}")))
}

/// The value of a truth that is left out; `None`: none is.
fn unlabelled(arguments: &Arguments) -> Result<Option<u8>, Failure> {
    match arguments.option("void") {
        None => Ok(Some(IGNORE)),
        Some("none") => Ok(None),
        Some(text) => text
            .parse()
            .map(Some)
            .map_err(|_| Failure::usage("--void is a value from 0 to 255, or none")),
    }
}

/// Class names: a line each, or those of a model.
fn names(arguments: &Arguments) -> Result<Vec<String>, Failure> {
    let Some(path) = arguments.option("classes") else {
        return Ok(Vec::new());
    };
    let path = Path::new(path);
    let path = match path.is_dir() {
        true => path.join("model.json"),
        false => path.to_path_buf(),
    };
    let failed = |error: &dyn Display| Failure::new(format!("{}: {error}", path.display()));
    let bytes = fs::read(&path).map_err(|error| failed(&error))?;
    // A list may be JSON, too; what is neither is told of as what its name says.
    let is_model = path.file_name().is_some_and(|name| name == "model.json");
    match read_names(&bytes) {
        Ok(names) if !is_model => Ok(names),
        read => match Manifest::parse(&bytes) {
            Ok(model) => Ok(model.classes.into_iter().map(|class| class.name).collect()),
            Err(error) if is_model => Err(failed(&error)),
            Err(_) => read.map_err(|error| failed(&error)),
        },
    }
}

/// A picture's name, its truth and its prediction.
type Pair = (String, PathBuf, PathBuf);

/// Two files, or the PNGs of two folders that are named alike, and what has no partner.
fn pairs(truths: &Path, predictions: &Path) -> Result<(Vec<Pair>, Vec<String>), Failure> {
    if truths.is_file() && predictions.is_file() {
        let name = shown(Path::new(truths.file_stem().unwrap_or_default()));
        return Ok((vec![(name, truths.into(), predictions.into())], Vec::new()));
    }
    for path in [truths, predictions] {
        let ending = path.extension().unwrap_or_default();
        if path.is_file() && ending.eq_ignore_ascii_case("zip") {
            return Err(Failure::new(format!(
                "{}: unpack it, and give the folder",
                path.display()
            )));
        }
    }
    if (truths.is_file() && predictions.is_dir()) || (truths.is_dir() && predictions.is_file()) {
        return Err(Failure::new(
            "two files or two folders are compared, not one with the other",
        ));
    }
    let mut alone = Vec::new();
    let all = files(truths, predictions, &mut alone)?;
    let mut others = files(predictions, truths, &mut alone)?;
    let mut pairs = Vec::new();
    for (name, truth) in all {
        match others.remove(&name) {
            Some(prediction) => pairs.push((name, truth, prediction)),
            None => alone.push(format!("{name} has no prediction")),
        }
    }
    alone.extend(others.keys().map(|name| format!("{name} has no truth")));
    let hint = "pairs are PNGs that are named alike, folders within included";
    match (pairs.is_empty(), alone.split_first()) {
        (false, _) => Ok((pairs, alone)),
        (true, None) => Err(Failure::new(format!(
            "there are no PNGs in these folders; {hint}"
        ))),
        (true, Some((first, []))) => Err(Failure::new(format!("{first}; {hint}"))),
        (true, Some((first, rest))) => Err(Failure::new(format!(
            "{first}, and {} more; {hint}",
            rest.len()
        ))),
    }
}

/// The PNGs of a folder and of those within by name, without the ending; not those of the other folder, should it be
/// within.
fn files(
    folder: &Path,
    other: &Path,
    unread: &mut Vec<String>,
) -> Result<BTreeMap<String, PathBuf>, Failure> {
    let (own, other) = (fs::canonicalize(folder).ok(), fs::canonicalize(other).ok());
    let mut met: BTreeSet<PathBuf> = other.into_iter().collect();
    if let Some(own) = own {
        met.remove(&own);
    }
    let found = find(folder, &["png"], &mut met)?;
    unread.extend(found.unread);
    let mut named = BTreeMap::new();
    for png in found.files {
        // macOS parts letters and their marks, Hangul too.
        let name: String = shown(&png.with_extension("")).nfc().collect();
        match named.entry(name) {
            Entry::Vacant(place) => {
                place.insert(folder.join(png));
            }
            Entry::Occupied(first) => unread.push(format!(
                "{}: named as {}, which counts",
                folder.join(&png).display(),
                first.get().display()
            )),
        }
    }
    Ok(named)
}
