//! `fcn segment MODEL PHOTO --out MASK.png`: the engine's path from a photo to a mask, on the CPU. Of a folder:
//! `folder.rs`.

use std::path::Path;
use std::time::Instant;

use fcn_lab::image::{Photo, working_size};
use fcn_lab::models::observer::Unobserved;
use fcn_lab::models::{Model, Variant};
use fcn_lab::passes::segment::scores_now;

use super::arguments::{Arguments, Failure};
use super::report::{line, say};
use super::{model, picture};

mod folder;
mod place;
mod record;

/// Segments a photo, or every photo of a folder.
///
/// # Errors
/// Everything that can be wrong with the model, the photos, the options or the folder.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let [model, photos] = arguments.files("a model, and a photo or a folder of photos")?;
    let (model, photos) = (Path::new(model), Path::new(photos));
    let out = Path::new(arguments.required("out")?);
    match photos.is_dir() {
        true => folder::run(model, photos, out, arguments),
        false => one(model, photos, out, arguments),
    }
}

/// Writes a photo's mask and prints how much of the photo each class has.
fn one(model: &Path, photo: &Path, out: &Path, arguments: &Arguments) -> Result<(), Failure> {
    if out
        .extension()
        .is_none_or(|ending| !ending.eq_ignore_ascii_case("png"))
    {
        return Err(Failure::usage(
            "--out must be named .png: the mask is a PNG",
        ));
    }
    if arguments.option("again").is_some() {
        return Err(Failure::usage("--again is for a folder of photos"));
    }
    let photo = picture::read_photo(photo)?;
    let segmenter = Segmenter::open(model, arguments)?;
    let mask = segmenter.segment(photo)?;
    segmenter.write(&mask, out)?;

    let (width, height) = mask.size;
    let (work_width, work_height) = mask.work;
    let mut report = String::new();
    line!(report, "{}: {width}×{height} pixels", out.display());
    line!(
        report,
        "{} at {work_width}×{work_height} pixels, {:.2} s",
        segmenter.head.name(),
        mask.seconds
    );
    let mut areas = [0usize; 256];
    for &label in &mask.labels {
        if let Some(area) = areas.get_mut(usize::from(label)) {
            *area += 1;
        }
    }
    for (class, area) in segmenter.model.manifest.classes.iter().zip(areas) {
        if area > 0 {
            let share = 100.0 * area as f64 / mask.labels.len().max(1) as f64;
            line!(report, "{share:6.2} %  {}", class.name);
        }
    }
    say(&report)
}

/// A model, and how photos are segmented with it.
struct Segmenter {
    model: Model,
    head: Variant,
    /// The long side, in pixels, that larger photos are scaled down to.
    long_side: usize,
    /// Which of the file's nets was asked for.
    set: Option<String>,
}

/// A photo's label map.
struct Mask {
    /// Width and height of the photo and of its mask, in pixels.
    size: (usize, usize),
    /// Width and height that the net saw, before padding.
    work: (usize, usize),
    /// How long it took, without reading the photo.
    seconds: f64,
    labels: Vec<u8>,
}

impl Segmenter {
    /// Loads a model and reads the options that say how it is used.
    fn open(path: &Path, arguments: &Arguments) -> Result<Self, Failure> {
        let model = model::load(path, arguments)?;
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
        let head = model.variant(arguments.option("variant").or(finest).unwrap_or(""))?;
        Ok(Self {
            model,
            head,
            long_side,
            set: arguments.option("set").map(String::from),
        })
    }

    /// Segments a photo as [`picture::read_photo`] gives it.
    fn segment(&self, photo: (usize, usize, Vec<u8>)) -> Result<Mask, Failure> {
        let (width, height, pixels) = photo;
        let start = Instant::now();
        let work = working_size(width, height, self.long_side);
        let mut photo = Photo::new(width, height, work.0, work.1)?;
        photo.push_rows(&pixels)?;
        drop(pixels);
        let heads = scores_now(&self.model, photo, &[self.head], &mut Unobserved)?;
        let scores = heads
            .first()
            .ok_or_else(|| Failure::new("the net gave no scores"))?;
        Ok(Mask {
            size: (width, height),
            work,
            labels: scores.labels(width, height, 0, height)?,
            seconds: start.elapsed().as_secs_f64(),
        })
    }

    fn write(&self, mask: &Mask, path: &Path) -> Result<(), Failure> {
        picture::write_mask(path, mask.size, &mask.labels, &self.model.manifest.classes)
    }
}
