//! `fcn segment MODEL PHOTO --out MASK.png`: the engine's path from a photo to a mask, on the CPU.

use std::path::Path;
use std::time::Instant;

use fcn_lab::image::{Photo, working_size};
use fcn_lab::models::observer::Unobserved;
use fcn_lab::passes::segment::scores_now;

use super::arguments::{Arguments, Failure};
use super::report::{line, say};
use super::{model, picture};

/// Writes the mask and prints how much of the photo each class has.
///
/// # Errors
/// Everything that can be wrong with the model, the photo, the options or the folder.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let [model, photo] = arguments.files("a model and a photo")?;
    let out = Path::new(arguments.required("out")?);
    if out
        .extension()
        .is_none_or(|ending| !ending.eq_ignore_ascii_case("png"))
    {
        return Err(Failure::usage(
            "--out must be named .png: the mask is a PNG",
        ));
    }
    let (width, height, pixels) = picture::read_photo(Path::new(photo))?;
    let model = model::load(Path::new(model), arguments)?;

    let settings = &model.manifest.input;
    let long_side = match arguments.option("long-side") {
        None => settings.long_side,
        Some(text) => {
            let pixels = text.parse().ok();
            let most = settings.max_long_side;
            let pixels = pixels.filter(|pixels| (1..=most).contains(pixels));
            pixels.ok_or_else(|| {
                Failure::usage(format!(
                    "--long-side is a number of pixels from 1 to {most}"
                ))
            })?
        }
    };
    // Manifests list heads from coarse to fine.
    let finest = model.manifest.config.variants.last().map(String::as_str);
    let variant = arguments.option("variant").or(finest).unwrap_or("");
    let head = model.variant(variant)?;

    let start = Instant::now();
    let (work_width, work_height) = working_size(width, height, long_side);
    let mut photo = Photo::new(width, height, work_width, work_height)?;
    photo.push_rows(&pixels)?;
    drop(pixels);
    let heads = scores_now(&model, photo, &[head], &mut Unobserved)?;
    let scores = heads
        .first()
        .ok_or_else(|| Failure::new("the net gave no scores"))?;
    let labels = scores.labels(width, height, 0, height)?;
    let seconds = start.elapsed().as_secs_f64();
    picture::write_mask(out, (width, height), &labels, &model.manifest.classes)?;

    let mut report = String::new();
    line!(report, "{}: {width}×{height} pixels", out.display());
    line!(
        report,
        "{variant} at {work_width}×{work_height} pixels, {seconds:.2} s"
    );
    let mut areas = [0usize; 256];
    for &label in &labels {
        if let Some(area) = areas.get_mut(usize::from(label)) {
            *area += 1;
        }
    }
    for (class, area) in model.manifest.classes.iter().zip(areas) {
        if area > 0 {
            let share = 100.0 * area as f64 / labels.len().max(1) as f64;
            line!(report, "{share:6.2} %  {}", class.name);
        }
    }
    say(&report)
}
