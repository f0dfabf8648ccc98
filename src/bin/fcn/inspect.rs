//! `fcn inspect MODEL`: what a weights file is, what is in it, and how large its net's maps are.

use std::path::Path;

use fcn_lab::FcnError;
use fcn_lab::image::padded_size;
use fcn_lab::manifest::Manifest;
use fcn_lab::models::shapes::Kind;
use fcn_lab::models::{Blueprint, recognise_as};
use fcn_lab::weights::{FileSource, Format, Recognised, Source, TensorSet, Weights};

use super::arguments::{Arguments, Failure};
use super::model::{assumed, read_manifest, refuse_said, said};
use super::report::{line, say};

/// Sides of the photo that weights alone are described for, in pixels: ImageNet's.
const SIDE: usize = 224;

/// Prints the format, the net, the sizes of its maps and a table of the tensors. Reads no values.
///
/// # Errors
/// For a file that can't be read or a size that makes no sense, and, after the table, for a size
/// that the net can't take and for a net that isn't recognised.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let [path] = arguments.files("one model")?;
    let asked = arguments.option("size").map(parse_size).transpose()?;
    let model = read_manifest(Path::new(path))?;
    if model.is_some() {
        refuse_said(arguments)?;
    }
    let file = model.as_ref().map_or(Path::new(path), |(_, file)| file);
    let source = FileSource::open(file)?;
    let bytes = source.len();
    let weights = Weights::open(source)?;
    let format = match weights.format() {
        Format::Safetensors => "safetensors",
        Format::PyTorchZip => "PyTorch (zip)",
        Format::PyTorchLegacy => "PyTorch (before 1.6)",
    };
    let mut report = String::new();
    line!(report, "{path}");
    line!(report, "format:       {format}, {bytes} bytes");
    let all = weights.sets().iter().flat_map(|set| set.tensors.values());
    let numbers = all.clone().filter_map(|info| info.count());
    let numbers = numbers.fold(0usize, usize::saturating_add);
    line!(report, "tensors:      {}, {numbers} numbers", all.count());
    // A manifest's word stands; weights alone have to speak for themselves.
    let mut failed = None;
    let known = match model {
        Some((manifest, _)) => {
            let heads = printable(&manifest.config.variants.join(", "));
            line!(
                report,
                "architecture: {}",
                printable(&manifest.architecture)
            );
            line!(report, "heads:        {heads}");
            line!(report, "classes:      {}", manifest.config.classes);
            let side = manifest.input.long_side;
            Some((Ok(manifest), side))
        }
        None => match recognise_as(&weights, &said(arguments)) {
            Ok(net) => {
                describe(&net, Path::new(path), &mut report);
                let manifest = net.manifest("", None, None);
                let manifest = manifest.and_then(|text| Manifest::parse(text.as_bytes()));
                Some((manifest, SIDE))
            }
            Err(error) => {
                failed = Some(error);
                None
            }
        },
    };
    if let Some((manifest, side)) = known {
        let size = asked.unwrap_or((side, side));
        match manifest.and_then(|manifest| list_shapes(&manifest, size, &mut report)) {
            Ok(()) => {}
            // Without --size the maps are an extra: the rest is still of use.
            Err(error) if asked.is_none() => line!(report, "note:         no maps: {error}"),
            Err(error) => failed = Some(error),
        }
    }

    for set in weights.sets() {
        list_tensors(set, &mut report);
    }
    say(&report)?;
    match failed {
        None => Ok(()),
        Some(error) => Err(error.into()),
    }
}

/// A row for each tensor of a state dictionary, by its name in the file.
fn list_tensors(set: &TensorSet, report: &mut String) {
    line!(report);
    if !set.name.is_empty() {
        line!(report, "under {}", printable(&set.name));
    }
    if set.tensors.is_empty() {
        line!(report, "an optimiser's state");
    }
    let names: Vec<String> = set.tensors.keys().map(|name| printable(name)).collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or(0).min(60);
    for (name, info) in names.iter().zip(set.tensors.values()) {
        let sizes: Vec<String> = info.shape.iter().map(usize::to_string).collect();
        let element = info.element_type.name();
        line!(report, "{name:width$}  {element:5} {}", sizes.join("×"));
    }
}

/// `WIDTHxHEIGHT`, in pixels.
fn parse_size(text: &str) -> Result<(usize, usize), Failure> {
    let sides = text.split_once(['x', '×']);
    let sides = sides.and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    sides.ok_or_else(|| Failure::usage("--size is a width and a height in pixels, such as 320x240"))
}

/// A row for each stage of a pass with all heads, and where crops begin.
fn list_shapes(
    manifest: &Manifest,
    (width, height): (usize, usize),
    report: &mut String,
) -> Result<(), FcnError> {
    let net = Blueprint::read(manifest)?;
    // As the engine pads photos.
    let multiple = net.pad_multiple(&manifest.input);
    let (width, height) = padded_size(width, height, multiple);
    let rows = net.shapes(&net.variants, width, height)?;
    line!(report);
    line!(report, "maps of an input of {width}×{height} pixels");
    line!(report, "{:14}  channels    rows columns", "stage");
    for map in &rows {
        line!(
            report,
            "{:14}  {:8} {:7} {:7}",
            map.stage,
            map.channels,
            map.rows,
            map.columns
        );
    }
    let crops = rows.iter().filter_map(|map| Some((map.stage, map.layer?)));
    let crops = crops.filter(|(_, layer)| layer.kind == Kind::Crop);
    let crops: Vec<String> = crops
        .map(|(stage, layer)| format!("{stage} {}", layer.offset))
        .collect();
    if !crops.is_empty() {
        line!(report);
        line!(
            report,
            "crops begin at the same row and column for every size: {}; what is left over falls off at the end, \
             so they aren't centred",
            crops.join(", ")
        );
    }
    Ok(())
}

fn describe(recognised: &Recognised, path: &Path, report: &mut String) {
    line!(report, "net:          {}", recognised.title);
    line!(report, "architecture: {}", recognised.architecture);
    for (what, value) in &recognised.about {
        let what = format!("{what}:");
        line!(report, "{what:13} {value}");
    }
    line!(report, "classes:      {}", recognised.labels());
    for text in assumed(recognised, path, false) {
        line!(report, "assumed:      {}", printable(&text));
    }
}

/// A name from a file, without what would command a terminal.
fn printable(name: &str) -> String {
    let safe = |c: char| if c.is_control() { '?' } else { c };
    name.chars().take(400).map(safe).collect()
}
