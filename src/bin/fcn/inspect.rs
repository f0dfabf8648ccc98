//! `fcn inspect FILE`: what a weights file is, and what is in it.

use std::path::Path;

use fcn_lab::labels::VOC;
use fcn_lab::models::ARCHITECTURES;
use fcn_lab::weights::{Config, FileSource, Format, Recognised, Source, Weights, recognise};

use super::arguments::{Arguments, Failure};

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
    println!("{path}");
    println!("format:       {format}, {bytes} bytes");
    println!("tensors:      {}, {numbers} numbers", tensors.len());
    let recognised = recognise(&weights);
    if let Ok(recognised) = &recognised {
        describe(recognised);
    }

    println!();
    let names = tensors.keys().map(|name| printable(name));
    let names: Vec<String> = names.collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or(0).min(60);
    for (name, info) in names.iter().zip(tensors.values()) {
        let sizes: Vec<String> = info.shape.iter().map(usize::to_string).collect();
        let element = info.element_type.name();
        println!("{name:width$}  {element:5} {}", sizes.join("×"));
    }
    recognised.map(|_| ()).map_err(Failure::from)
}

fn describe(recognised: &Recognised) {
    let architecture = recognised.architecture;
    let runs = ARCHITECTURES.contains(&architecture);
    let runs = if runs {
        ""
    } else {
        " (this build can't run it)"
    };
    println!("net:          {}", recognised.title);
    println!("architecture: {architecture}{runs}");
    match &recognised.config {
        Config::Fcn {
            width,
            fc6_kernel,
            fc_channels,
            variants,
            ..
        } => {
            println!(
                "width:        {width}; fc6 {fc6_kernel}×{fc6_kernel}, {fc_channels} channels"
            );
            println!("heads:        {}", variants.join(", "));
        }
        Config::ResNet { aux } => {
            println!("heads:        out{}", if *aux { ", aux" } else { "" });
        }
        Config::Classifier { batch_norm } => {
            println!("batch norm:   {}", if *batch_norm { "yes" } else { "no" });
        }
    }
    let voc = if recognised.classes == VOC.len() {
        ", taken for PASCAL VOC's"
    } else {
        ""
    };
    println!("classes:      {}{voc}", recognised.classes);
    for note in &recognised.notes {
        println!("note:         {note}");
    }
}

/// A name from a file, without what would command a terminal.
fn printable(name: &str) -> String {
    let safe = |c: char| if c.is_control() { '?' } else { c };
    name.chars().take(200).map(safe).collect()
}
