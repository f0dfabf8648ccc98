//! `fcn inspect MODEL`: what a weights file is, what is in it, and how large its net's maps are.

use std::path::Path;

use fcn_lab::FcnError;
use fcn_lab::labels::VOC;
use fcn_lab::manifest::NetSettings;
use fcn_lab::models::shapes::shapes;
use fcn_lab::models::{ARCHITECTURES, Variant};
use fcn_lab::weights::{Config, FileSource, Format, Recognised, Source, Weights, recognise};

use super::arguments::{Arguments, Failure};
use super::model::read_manifest;
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
    let file = model.as_ref().map_or(Path::new(path), |(_, file)| file);
    let source = FileSource::open(file)?;
    let bytes = source.len();
    let weights = Weights::open(source)?;
    let format = match weights.format() {
        Format::Safetensors => "safetensors",
        Format::PyTorchZip => "PyTorch (zip)",
        Format::PyTorchLegacy => "PyTorch (before 1.6)",
    };
    let tensors = weights.tensors();
    let numbers = tensors.values().filter_map(|info| info.count());
    let numbers = numbers.fold(0usize, usize::saturating_add);
    let mut report = String::new();
    line!(report, "{path}");
    line!(report, "format:       {format}, {bytes} bytes");
    line!(report, "tensors:      {}, {numbers} numbers", tensors.len());
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
            let input = &manifest.input;
            Some((Ok(manifest.config), input.long_side, input.pad_multiple))
        }
        None => match recognise(&weights) {
            Ok(net) => {
                describe(&net, &mut report);
                let runs = ARCHITECTURES.contains(&net.architecture);
                runs.then(|| {
                    (
                        NetSettings::read(net.architecture, &net.settings()),
                        SIDE,
                        1,
                    )
                })
            }
            Err(error) => {
                failed = Some(error);
                None
            }
        },
    };
    if let Some((config, side, multiple)) = known {
        let (width, height) = asked.unwrap_or((side, side));
        // As the engine pads photos.
        let pad = |side: usize| side.checked_next_multiple_of(multiple).unwrap_or(side);
        let size = (pad(width), pad(height));
        match config.and_then(|config| list_shapes(&config, size, &mut report)) {
            Ok(()) => {}
            // Who hasn't asked for the maps still gets the rest.
            Err(error) if asked.is_none() => line!(report, "note:         no maps: {error}"),
            Err(error) => failed = Some(error),
        }
    }

    line!(report);
    let names = tensors.keys().map(|name| printable(name));
    let names: Vec<String> = names.collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or(0).min(60);
    for (name, info) in names.iter().zip(tensors.values()) {
        let sizes: Vec<String> = info.shape.iter().map(usize::to_string).collect();
        let element = info.element_type.name();
        line!(report, "{name:width$}  {element:5} {}", sizes.join("×"));
    }
    say(&report)?;
    match failed {
        None => Ok(()),
        Some(error) => Err(error.into()),
    }
}

/// `WIDTHxHEIGHT`, in pixels.
fn parse_size(text: &str) -> Result<(usize, usize), Failure> {
    let sides = text.split_once(['x', '×']);
    let sides = sides.and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    sides.ok_or_else(|| Failure::usage("--size is a width and a height in pixels, such as 320x240"))
}

/// A row for each stage of a pass with all heads.
fn list_shapes(
    config: &NetSettings,
    (width, height): (usize, usize),
    report: &mut String,
) -> Result<(), FcnError> {
    let variants = config.variants.iter().map(|name| Variant::from_name(name));
    let variants: Vec<Variant> = variants.collect::<Result<_, _>>()?;
    let rows = shapes(config, &variants, width, height)?;
    line!(report);
    line!(report, "maps of an input of {width}×{height} pixels");
    line!(report, "{:14}  channels    rows columns", "stage");
    for map in rows {
        line!(
            report,
            "{:14}  {:8} {:7} {:7}",
            map.stage,
            map.channels,
            map.rows,
            map.columns
        );
    }
    Ok(())
}

fn describe(recognised: &Recognised, report: &mut String) {
    let architecture = recognised.architecture;
    let runs = ARCHITECTURES.contains(&architecture);
    let runs = if runs {
        ""
    } else {
        " (this build can't run it)"
    };
    line!(report, "net:          {}", recognised.title);
    line!(report, "architecture: {architecture}{runs}");
    match &recognised.config {
        Config::Fcn {
            width,
            fc6_kernel,
            fc_channels,
            variants,
            ..
        } => {
            line!(
                report,
                "width:        {width}; fc6 {fc6_kernel}×{fc6_kernel}, {fc_channels} channels"
            );
            line!(report, "heads:        {}", variants.join(", "));
        }
        Config::ResNet { aux } => {
            line!(
                report,
                "heads:        out{}",
                if *aux { ", aux" } else { "" }
            );
        }
        Config::Classifier {
            width,
            fc_channels,
            batch_norm,
        } => {
            line!(
                report,
                "width:        {width}; fc6 7×7, {fc_channels} channels"
            );
            line!(
                report,
                "batch norm:   {}",
                if *batch_norm { "yes" } else { "no" }
            );
        }
    }
    let voc = if recognised.classes == VOC.len() {
        ", taken for PASCAL VOC's"
    } else {
        ""
    };
    line!(report, "classes:      {}{voc}", recognised.classes);
    for note in &recognised.notes {
        line!(report, "note:         {note}");
    }
}

/// A name from a file, without what would command a terminal.
fn printable(name: &str) -> String {
    let safe = |c: char| if c.is_control() { '?' } else { c };
    name.chars().take(200).map(safe).collect()
}
