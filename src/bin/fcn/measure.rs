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
    matrix: Confusion,
    left: u64,
}

/// Prints the metrics of all pictures together, and of each.
///
/// # Errors
/// For files that are no label maps, that have no partner, or that don't fit; each is named.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let [truths, predictions] = arguments.files("truths and predictions")?;
    let pairs = pairs(Path::new(truths), Path::new(predictions))?;
    let names = names(arguments)?;
    let unlabelled = unlabelled(arguments)?;
    let mut maps = Vec::with_capacity(pairs.len());
    for (name, truth, prediction) in pairs {
        let (truth, prediction) = (read(&truth)?, read(&prediction)?);
        if truth.size != prediction.size {
            let ((w, h), (x, y)) = (truth.size, prediction.size);
            return Err(Failure::new(format!(
                "{name}: the truth has {w}×{h} pixels, the prediction {x}×{y}; nothing is resized here"
            )));
        }
        maps.push((name, truth.values, prediction.values));
    }
    let mut all_truths = maps.iter().flat_map(|(_, truth, _)| truth.iter());
    let is_two = all_truths.clone().any(|value| *value == IGNORE)
        && all_truths.all(|value| [0, IGNORE].contains(value));
    if is_two && arguments.option("void").is_none() {
        return Err(Failure::usage(
            "the truths have only 0 and 255: say what 255 means, --void 255 (not labelled) or --void none (the second class)",
        ));
    }
    let mut pooled = Confusion::new(CLASSES)?;
    let mut pictures = Vec::with_capacity(maps.len());
    for (name, mut truth, mut prediction) in maps {
        let failed = |error: &dyn std::fmt::Display| Failure::new(format!("{name}: {error}"));
        mark(&mut truth, &mut prediction, unlabelled, is_two)
            .map_err(|error| failed(&error.message))?;
        let mut matrix = Confusion::new(CLASSES)?;
        matrix
            .add(&truth, &prediction)
            .map_err(|error| failed(&error))?;
        pooled.add(&truth, &prediction)?;
        let left = truth.iter().filter(|value| **value == IGNORE).count() as u64;
        pictures.push(Picture { name, matrix, left });
    }
    if let Some(path) = arguments.option("json") {
        let text = serde_json::to_string_pretty(&as_json(&pooled, &pictures, &names));
        write(path, &text.map_err(Failure::new)?)?;
    }
    if let Some(path) = arguments.option("csv") {
        write(path, &as_csv(&pictures))?;
    }
    say(&told(&pooled, &pictures, &names))
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

/// Truth and prediction of each picture, by its name: two files, or the PNGs of two folders that are named alike.
fn pairs(truths: &Path, predictions: &Path) -> Result<Vec<(String, PathBuf, PathBuf)>, Failure> {
    if truths.is_file() && predictions.is_file() {
        return Ok(vec![(name_of(truths), truths.into(), predictions.into())]);
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
    match alone.split_first() {
        None if pairs.is_empty() => Err(Failure::new("there are no PNGs in these folders")),
        None => Ok(pairs),
        Some((first, [])) => Err(Failure::new(first)),
        Some((first, rest)) => Err(Failure::new(format!("{first}, and {} more", rest.len()))),
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

/// The mean of the pictures' own mIoU.
fn per_picture(pictures: &[Picture]) -> Option<f64> {
    let each: Vec<f64> = pictures
        .iter()
        .filter_map(|picture| picture.matrix.mean_iou())
        .collect();
    (!each.is_empty()).then(|| each.iter().sum::<f64>() / each.len() as f64)
}

fn share(value: Option<f64>) -> String {
    value.map_or("–".to_string(), |value| format!("{value:.4}"))
}

fn told(pooled: &Confusion, pictures: &[Picture], names: &[String]) -> String {
    let mut report = String::new();
    let counted: u64 = pooled.counts().iter().sum();
    let left: u64 = pictures.iter().map(|picture| picture.left).sum();
    let classes = occurring(pooled);
    line!(
        report,
        "pictures:               {}, {counted} pixels counted, {left} left out",
        pictures.len()
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
        line!(
            report,
            "{iou:.4} {:12} {:12}  {}",
            truth.copied().unwrap_or(0),
            predicted.copied().unwrap_or(0),
            name(names, class)
        );
    }
    if pictures.len() > 1 {
        let mut worst: Vec<_> = pictures
            .iter()
            .filter_map(|picture| Some((picture.matrix.mean_iou()?, &picture.name)))
            .collect();
        worst.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
        line!(report);
        line!(report, "the worst, by mIoU");
        for (iou, name) in worst.iter().take(WORST) {
            line!(report, "{iou:.4}  {name}");
        }
    }
    report
}

fn as_csv(pictures: &[Picture]) -> String {
    let mut text =
        "picture,pixelAccuracy,meanAccuracy,meanIoU,frequencyWeightedIoU,void\n".to_string();
    for Picture { name, matrix, left } in pictures {
        let quoted = match name.contains([',', '"', '\n', '\r']) {
            true => format!("\"{}\"", name.replace('"', "\"\"")),
            false => name.clone(),
        };
        let numbers = [
            matrix.pixel_accuracy(),
            matrix.mean_accuracy(),
            matrix.mean_iou(),
            matrix.frequency_weighted_iou(),
        ];
        let numbers = numbers.map(|value| value.map_or(String::new(), |value| value.to_string()));
        line!(text, "{quoted},{},{left}", numbers.join(","));
    }
    text
}

fn as_json(pooled: &Confusion, pictures: &[Picture], names: &[String]) -> Value {
    let metrics = |matrix: &Confusion, left: u64| {
        let classes = occurring(matrix);
        let last = classes.last().map_or(0, |(class, _)| class + 1);
        let rows = matrix.counts().chunks_exact(matrix.classes()).take(last);
        let confusion: Vec<u64> = rows
            .flat_map(|row| row.iter().take(last).copied())
            .collect();
        let iou: Vec<Option<f64>> = matrix.iou().into_iter().take(last).collect();
        json!({
            "pixelAccuracy": matrix.pixel_accuracy(), "meanAccuracy": matrix.mean_accuracy(),
            "meanIoU": matrix.mean_iou(), "frequencyWeightedIoU": matrix.frequency_weighted_iou(),
            "iou": iou, "confusion": confusion, "void": left,
        })
    };
    let left = pictures.iter().map(|picture| picture.left).sum();
    let each: Vec<Value> = pictures
        .iter()
        .map(|Picture { name, matrix, left }| {
            json!({ "name": name, "metrics": metrics(matrix, *left) })
        })
        .collect();
    json!({
        "classes": names, "pooled": metrics(pooled, left), "meanIoUPerPicture": per_picture(pictures), "pictures": each,
    })
}
