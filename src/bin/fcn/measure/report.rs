//! What a measurement says: as text, CSV and JSON.

use fcn_lab::metrics::Confusion;
use serde_json::{Value, json};

use super::super::report::line;

/// Pictures that are named as the worst.
const WORST: usize = 5;

/// What came of one picture.
pub struct Picture {
    pub name: String,
    pub outcome: Result<Scores, String>,
}

/// The metrics of a picture, without its matrix: of many pictures all of them would be much.
pub struct Scores {
    pixel_accuracy: Option<f64>,
    mean_accuracy: Option<f64>,
    mean_iou: Option<f64>,
    frequency_weighted_iou: Option<f64>,
    /// By class, as far as classes occur.
    iou: Vec<Option<f64>>,
    left: u64,
    /// Whether the prediction's values were told by its colours.
    is_by_color: bool,
}

impl Scores {
    pub fn of(matrix: &Confusion, left: u64, is_by_color: bool) -> Self {
        let last = occurring(matrix).last().map_or(0, |(class, _)| class + 1);
        Self {
            pixel_accuracy: matrix.pixel_accuracy(),
            mean_accuracy: matrix.mean_accuracy(),
            mean_iou: matrix.mean_iou(),
            frequency_weighted_iou: matrix.frequency_weighted_iou(),
            iou: matrix.iou().into_iter().take(last).collect(),
            left,
            is_by_color,
        }
    }

    fn json(&self) -> Value {
        json!({
            "pixelAccuracy": self.pixel_accuracy, "meanAccuracy": self.mean_accuracy, "meanIoU": self.mean_iou,
            "frequencyWeightedIoU": self.frequency_weighted_iou, "iou": self.iou, "void": self.left,
        })
    }
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

pub fn told(
    pooled: &Confusion,
    pictures: &[Picture],
    names: &[String],
    alone: &[String],
) -> String {
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
    let (truth, predicted) = (pooled.truth(), pooled.predicted());
    let mut in_truth = (0..pooled.classes()).filter(|&class| truth.get(class) > Some(&0));
    if let (true, Some(only), None) = (left > 0, in_truth.next(), in_truth.next()) {
        line!(
            report,
            "all that is counted is {}: these numbers don't tell whether anything else is found (see --void)",
            name(names, only)
        );
    }
    let by_color = compared(pictures).filter(|(_, scores)| scores.is_by_color);
    match by_color.count() {
        0 => {}
        by_color => line!(
            report,
            "of {by_color} the palettes have the same colours at other values: classes were matched by colour"
        ),
    }
    line!(report);
    line!(report, "   IoU        truth   prediction  class");
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

pub fn as_csv(pictures: &[Picture]) -> String {
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

pub fn as_json(pooled: &Confusion, pictures: &[Picture], names: &[String]) -> Value {
    let left = compared(pictures).map(|(_, scores)| scores.left).sum();
    let all = Scores::of(pooled, left, false);
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
