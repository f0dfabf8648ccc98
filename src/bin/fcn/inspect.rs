//! `fcn inspect FILE`: what a weights file is, and what is in it.

use std::path::Path;

use fcn_lab::labels::VOC;
use fcn_lab::models::ARCHITECTURES;
use fcn_lab::weights::{Config, FileSource, Format, Recognised, Source, Weights, recognise};

use super::arguments::{Arguments, Failure, line, say};

/// Prints the format, the net and a table of the tensors. Reads no values.
///
/// # Errors
/// For a file that can't be read, and, after the table, for a net that isn't recognised.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let [path] = arguments.files("one weights file")?;
    let source = FileSource::open(Path::new(path))?;
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
    let recognised = recognise(&weights);
    if let Ok(recognised) = &recognised {
        describe(recognised, &mut report);
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
    recognised.map(|_| ()).map_err(Failure::from)
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
        Config::Classifier { batch_norm } => {
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
