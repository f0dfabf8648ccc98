//! `fcn measure TRUTHS PREDICTIONS`: how well label maps agree with their truths, of a file or a folder each.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use fcn_lab::image::MAX_PIXELS;
use fcn_lab::metrics::{Confusion, IGNORE};
use serde_json::{Value, json};

use super::arguments::{Arguments, Failure};
use super::report::{line, say};

/// As many as a confusion matrix takes; those that don't occur have no IoU and change no mean.
const CLASSES: usize = 255;
/// Pictures that are named as the worst.
const WORST: usize = 5;

/// A label map.
struct Labels {
    size: (u32, u32),
    values: Vec<u8>,
}

/// What came of one picture.
struct Picture {
    name: String,
    outcome: Result<Scores, String>,
}

/// The metrics of a picture, without its matrix: of many pictures all of them would be much.
struct Scores {
    pixel_accuracy: Option<f64>,
    mean_accuracy: Option<f64>,
    mean_iou: Option<f64>,
    frequency_weighted_iou: Option<f64>,
    /// By class, as far as classes occur.
    iou: Vec<Option<f64>>,
    left: u64,
}

impl Scores {
    fn of(matrix: &Confusion, left: u64) -> Self {
        let last = occurring(matrix).last().map_or(0, |(class, _)| class + 1);
        Self {
            pixel_accuracy: matrix.pixel_accuracy(),
            mean_accuracy: matrix.mean_accuracy(),
            mean_iou: matrix.mean_iou(),
            frequency_weighted_iou: matrix.frequency_weighted_iou(),
            iou: matrix.iou().into_iter().take(last).collect(),
            left,
        }
    }

    fn json(&self) -> Value {
        json!({
            "pixelAccuracy": self.pixel_accuracy, "meanAccuracy": self.mean_accuracy, "meanIoU": self.mean_iou,
            "frequencyWeightedIoU": self.frequency_weighted_iou, "iou": self.iou, "void": self.left,
        })
    }
}

/// Prints the metrics of all pictures together, and of each; what can't be compared is told, and counts for nothing.
///
/// # Errors
/// For folders without a pair, or where no pair can be compared; of two files for what is wrong with them.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let [truths, predictions] = arguments.files("truths and predictions")?;
    let (pairs, alone) = pairs(Path::new(truths), Path::new(predictions))?;
    let names = names(arguments)?;
    let unlabelled = unlabelled(arguments)?;
    let is_two = are_two(&pairs);
    if is_two && arguments.option("void").is_none() {
        return Err(Failure::usage(
            "the truths have only 0 and 255: say what 255 means, --void 255 (not labelled) or --void none (the second class)",
        ));
    }
    let mut pooled = Confusion::new(CLASSES)?;
    let mut pictures = Vec::with_capacity(pairs.len());
    for (name, truth, prediction) in pairs {
        let counted = count(&truth, &prediction, unlabelled, is_two, &mut pooled);
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

/// Counts a pair, also among all.
fn count(
    truth: &Path,
    prediction: &Path,
    unlabelled: Option<u8>,
    is_two: bool,
    pooled: &mut Confusion,
) -> Result<Scores, Failure> {
    let (mut truth, mut prediction) = (read(truth)?, read(prediction)?);
    if truth.size != prediction.size {
        let ((w, h), (x, y)) = (truth.size, prediction.size);
        return Err(Failure::new(format!(
            "the truth has {w}×{h} pixels, the prediction {x}×{y}; nothing is resized here"
        )));
    }
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
    Ok(Scores::of(&matrix, left as u64))
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

/// Class names, a line each.
fn names(arguments: &Arguments) -> Result<Vec<String>, Failure> {
    let Some(path) = arguments.option("classes") else {
        return Ok(Vec::new());
    };
    let text = fs::read_to_string(path);
    let text = text.map_err(|error| Failure::new(format!("{path}: {error}")))?;
    Ok(text.lines().map(|line| line.trim().to_string()).collect())
}

/// A picture's name, its truth and its prediction.
type Pair = (String, PathBuf, PathBuf);

/// Two files, or the PNGs of two folders that are named alike, and what has no partner.
fn pairs(truths: &Path, predictions: &Path) -> Result<(Vec<Pair>, Vec<String>), Failure> {
    if truths.is_file() && predictions.is_file() {
        let pair = (name_of(truths), truths.into(), predictions.into());
        return Ok((vec![pair], Vec::new()));
    }
    let (truths, mut others) = (files(truths)?, files(predictions)?);
    let mut pairs = Vec::new();
    let mut alone = Vec::new();
    for (name, truth) in truths {
        match others.remove(&name) {
            Some(prediction) => pairs.push((name, truth, prediction)),
            None => alone.push(format!("{name} has no prediction")),
        }
    }
    alone.extend(others.keys().map(|name| format!("{name} has no truth")));
    match (pairs.is_empty(), alone.split_first()) {
        (false, _) => Ok((pairs, alone)),
        (true, None) => Err(Failure::new("there are no PNGs in these folders")),
        (true, Some((first, []))) => Err(Failure::new(first)),
        (true, Some((first, rest))) => {
            Err(Failure::new(format!("{first}, and {} more", rest.len())))
        }
    }
}

/// The PNGs of a folder by name, without the ending.
fn files(folder: &Path) -> Result<BTreeMap<String, PathBuf>, Failure> {
    let shown = folder.display();
    let failed = |error: std::io::Error| Failure::new(format!("{shown}: {error}"));
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let is_png = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
        if is_png && path.is_file() {
            found.insert(name_of(&path), path);
        }
    }
    Ok(found)
}

fn name_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// The values of an indexed or a grey PNG.
fn read(path: &Path) -> Result<Labels, Failure> {
    let shown = path.display();
    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("{shown}: {error}"));
    let file = File::open(path).map_err(|error| failed(&error))?;
    let mut decoder = png::Decoder::new(BufReader::new(file));
    decoder.set_transformations(png::Transformations::IDENTITY);
    let mut reader = decoder.read_info().map_err(|error| failed(&error))?;
    let info = reader.info();
    let (width, height) = (info.width, info.height);
    let (color, depth) = (info.color_type, info.bit_depth as u8);
    if u64::from(width) * u64::from(height) > MAX_PIXELS as u64 {
        return Err(failed(&format!("{width}×{height} pixels are too many")));
    }
    if !matches!(color, png::ColorType::Indexed | png::ColorType::Grayscale) {
        return Err(failed(
            &"holds colours; a label map is an indexed or a grey PNG whose values are the class ids",
        ));
    }
    let size = reader.output_buffer_size();
    let mut bytes = vec![0; size.ok_or_else(|| failed(&"too large"))?];
    let frame = reader.next_frame(&mut bytes);
    let stride = frame.map_err(|error| failed(&error))?.line_size;
    let rows = bytes.chunks_exact(stride.max(1));
    let mut values = Vec::with_capacity(width as usize * height as usize);
    for row in rows {
        match depth {
            16 => {
                for pair in row.as_chunks::<2>().0 {
                    let value = u8::try_from(u16::from_be_bytes(*pair));
                    values.push(value.map_err(|_| failed(&"has values above 255"))?);
                }
            }
            8 => values.extend_from_slice(row),
            bits => {
                let each = 8 / bits;
                let unpacked = row.iter().flat_map(|byte| {
                    (0..each).map(move |at| (byte >> (8 - bits * (at + 1))) & ((1 << bits) - 1))
                });
                values.extend(unpacked.take(width as usize));
            }
        }
    }
    Ok(Labels {
        size: (width, height),
        values,
    })
}

/// Makes what is left out 255, as the matrix has it; where nothing is and there are only 0 and 255, 255 is class 1.
fn mark(
    truth: &mut [u8],
    prediction: &mut [u8],
    unlabelled: Option<u8>,
    is_two: bool,
) -> Result<(), Failure> {
    if unlabelled == Some(IGNORE) {
        return Ok(());
    }
    if unlabelled.is_none() && is_two {
        for value in truth.iter_mut().chain(prediction) {
            if *value == IGNORE {
                *value = 1;
            }
        }
        return Ok(());
    }
    if truth.contains(&IGNORE) {
        return Err(Failure::new(
            "the truth has the value 255, which is no class",
        ));
    }
    for value in truth {
        if Some(*value) == unlabelled {
            *value = IGNORE;
        }
    }
    Ok(())
}

fn name<'a>(names: &'a [String], class: usize) -> std::borrow::Cow<'a, str> {
    match names.get(class) {
        Some(name) => name.into(),
        None => format!("class {class}").into(),
    }
}

/// The classes that occur, with their IoU.
fn occurring(matrix: &Confusion) -> Vec<(usize, f64)> {
    let iou = matrix.iou();
    let known = iou.iter().enumerate();
    known
        .filter_map(|(class, iou)| Some((class, (*iou)?)))
        .collect()
}

/// The pictures that were compared, with their metrics.
fn compared(pictures: &[Picture]) -> impl Iterator<Item = (&str, &Scores)> {
    let each = pictures.iter();
    each.filter_map(|Picture { name, outcome }| Some((name.as_str(), outcome.as_ref().ok()?)))
}

/// The mean of the pictures' own mIoU.
fn per_picture(pictures: &[Picture]) -> Option<f64> {
    let each = compared(pictures).filter_map(|(_, scores)| scores.mean_iou);
    let (sum, count) = each.fold((0.0, 0u32), |(sum, count), iou| (sum + iou, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

fn share(value: Option<f64>) -> String {
    value.map_or("–".to_string(), |value| format!("{value:.4}"))
}

fn told(pooled: &Confusion, pictures: &[Picture], names: &[String], alone: &[String]) -> String {
    let mut report = String::new();
    let counted: u64 = pooled.counts().iter().sum();
    let left: u64 = compared(pictures).map(|(_, scores)| scores.left).sum();
    let classes = occurring(pooled);
    let count = compared(pictures).count();
    line!(
        report,
        "pictures:               {count}, {counted} pixels counted, {left} left out"
    );
    line!(
        report,
        "pixel accuracy:         {}",
        share(pooled.pixel_accuracy())
    );
    line!(
        report,
        "mean accuracy:          {}",
        share(pooled.mean_accuracy())
    );
    line!(
        report,
        "mIoU:                   {}, over the {} classes that occur",
        share(pooled.mean_iou()),
        classes.len()
    );
    line!(
        report,
        "frequency-weighted IoU: {}",
        share(pooled.frequency_weighted_iou())
    );
    line!(
        report,
        "mIoU, picture by picture: {}",
        share(per_picture(pictures))
    );
    line!(report);
    line!(report, "   IoU        truth   prediction  class");
    let (truth, predicted) = (pooled.truth(), pooled.predicted());
    for (class, iou) in classes {
        let (truth, predicted) = (truth.get(class), predicted.get(class));
        let (truth, predicted) = (truth.copied().unwrap_or(0), predicted.copied().unwrap_or(0));
        line!(
            report,
            "{iou:.4} {truth:12} {predicted:12}  {}",
            name(names, class)
        );
    }
    if count > 1 {
        let mut worst: Vec<_> = compared(pictures)
            .filter_map(|(name, scores)| Some((scores.mean_iou?, name)))
            .collect();
        worst.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
        line!(report);
        line!(report, "the worst, by mIoU");
        for (iou, name) in worst.iter().take(WORST) {
            line!(report, "{iou:.4}  {name}");
        }
    }
    let failed = pictures.iter().filter_map(|Picture { name, outcome }| {
        Some(format!("{name}: {}", outcome.as_ref().err()?))
    });
    let not_counted: Vec<String> = failed.chain(alone.iter().cloned()).collect();
    if !not_counted.is_empty() {
        line!(report);
        line!(report, "not compared, and counted for nothing");
        for each in not_counted {
            line!(report, "  {each}");
        }
    }
    report
}

fn as_csv(pictures: &[Picture]) -> String {
    let mut text = "picture,pixelAccuracy,meanAccuracy,meanIoU,frequencyWeightedIoU,void,problem\n"
        .to_string();
    for Picture { name, outcome } in pictures {
        let mut cells = vec![cell(name)];
        match outcome {
            Ok(scores) => {
                let numbers = [
                    scores.pixel_accuracy,
                    scores.mean_accuracy,
                    scores.mean_iou,
                    scores.frequency_weighted_iou,
                ];
                cells.extend(
                    numbers.map(|value| value.map_or(String::new(), |value| value.to_string())),
                );
                cells.extend([scores.left.to_string(), String::new()]);
            }
            Err(message) => {
                cells.extend([const { String::new() }; 5]);
                cells.push(cell(message));
            }
        }
        line!(text, "{}", cells.join(","));
    }
    text
}

/// A spreadsheet shall not take it for a formula.
fn cell(text: &str) -> String {
    let plain = match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_string(),
    };
    match plain.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", plain.replace('"', "\"\"")),
        false => plain,
    }
}

fn as_json(pooled: &Confusion, pictures: &[Picture], names: &[String]) -> Value {
    let left = compared(pictures).map(|(_, scores)| scores.left).sum();
    let all = Scores::of(pooled, left);
    let last = all.iou.len();
    let rows = pooled.counts().chunks_exact(pooled.classes()).take(last);
    let confusion: Vec<u64> = rows
        .flat_map(|row| row.iter().take(last).copied())
        .collect();
    let each: Vec<Value> = pictures
        .iter()
        .map(|Picture { name, outcome }| match outcome {
            Ok(scores) => json!({ "name": name, "metrics": scores.json(), "problem": null }),
            Err(message) => json!({ "name": name, "metrics": null, "problem": message }),
        })
        .collect();
    json!({
        "classes": names, "pooled": { "metrics": all.json(), "confusion": confusion },
        "meanIoUPerPicture": per_picture(pictures), "pictures": each,
    })
}
