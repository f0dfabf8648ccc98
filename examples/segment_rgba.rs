//! Segments a raw RGBA picture on the CPU, natively; what the browser's masks are compared with.
//!
//! ```text
//! cargo run --release --example segment_rgba -- MODEL.json IN.rgba WIDTH HEIGHT VARIANT OUT.labels
//! ```
//! `IN.rgba`: 8 bits a channel, straight alpha, row-major. `OUT.labels`: one class id a pixel.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use fcn_lab::image::{Photo, working_size};
use fcn_lab::manifest::Manifest;
use fcn_lab::models::{self, observer::Unobserved};
use fcn_lab::passes::segment::scores_now;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [model, rgba, width, height, variant, out] = arguments.as_slice() else {
        return Err("MODEL.json IN.rgba WIDTH HEIGHT VARIANT OUT.labels".into());
    };
    let (width, height): (usize, usize) = (width.parse()?, height.parse()?);

    let manifest = Manifest::parse(&fs::read(model)?)?;
    let file = manifest.files.first().ok_or("the manifest lists no file")?;
    let folder = Path::new(model).parent().unwrap_or(Path::new("."));
    let weights = fs::read(folder.join(&file.path))?;
    let model = models::load(manifest, &weights, &fcn_lab::device::cpu())?;

    let (w, h) = working_size(width, height, model.manifest.input.long_side);
    let mut photo = Photo::new(width, height, w, h)?;
    photo.push_rows(&fs::read(rgba)?)?;
    let variant = model.variant(variant)?;
    let heads = scores_now(&model, photo, &[variant], &mut Unobserved)?;
    let scores = heads.first().ok_or("no scores")?;
    fs::write(out, scores.labels(width, height, 0, height)?)?;
    Ok(())
}
