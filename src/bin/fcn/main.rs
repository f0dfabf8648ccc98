//! `fcn`: looks into weights files, turns them into model folders, and segments photos, without a
//! browser. `cargo run --release --no-default-features --bin fcn -- help`

#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
// In the browser there is a page instead; `no_main` has to stand before the `cfg` that leaves nothing.
#![cfg_attr(target_arch = "wasm32", no_main)]
#![cfg(not(target_arch = "wasm32"))]

mod arguments;
mod convert;
mod files;
mod inspect;
mod measure;
mod model;
mod picture;
mod report;
mod segment;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use arguments::{Arguments, Failure};
use model::SAID;
use report::{complain, say};

const USAGE: &str = "\
usage: fcn inspect MODEL [--size WIDTHxHEIGHT] [SAID]
       fcn convert FILE --out FOLDER [--name NAME] [--classes NAMES.txt] [--f32] [SAID]
       fcn segment MODEL PHOTO --out MASK.png [--variant NAME] [--long-side PIXELS]
                                [--classes NAMES.txt] [SAID]
       fcn segment MODEL PHOTOS --out MASKS [the same options] [--again]
       fcn measure TRUTHS PREDICTIONS [--void VALUE] [--classes NAMES.txt|MODEL] [--json FILE] [--csv FILE]

inspect   says which net a weights file is of, and lists its maps and its tensors
convert   writes the file as a model folder: weights.safetensors in f16, and model.json
segment   segments a photo (PNG or JPEG); the mask is an indexed PNG, whose values are class ids shown in the
          classes' colours; or all photos of the folder PHOTOS, into the folder MASKS: a/x.jpg gives a/x.png. What is interrupted goes on when begun again
measure   says how well label maps agree with their truths: PNGs whose values are class ids, indexed or grey; a
          file each, or two folders with files named alike, such as MASKS

FILE      weights: .safetensors, or .pth/.pt as torch.save writes them
MODEL     a model folder, its model.json, or FILE
NAMES     a class name a line, in channel order; or JSON, a list or with id2label
SAID      of a FILE, what its tensors can't tell, instead of what is assumed; inspect says both:
          --set PLACE  --input NAME  --form paper|lecture  --skips stages|atonce
--out     the file or folder to write
--name    the model's name; the file's if not given
--size    the photo whose maps are listed; the model's long side, or 224x224, if not given
--f32     keeps 32 bits a weight
--variant the head, such as fcn8s; the finest that the model has if not given
--void    the value of a truth that is left out, or none; 255 if not given
--json, --csv  the figures, of all pictures together and of each (JSON), or of each (CSV)
--long-side  the photo is made smaller until its long side has so many pixels
--again   masks that are there already are made anew
";

/// Runs the command that the command line asks for.
fn main() -> ExitCode {
    let Err(failure) = run(env::args_os().skip(1).collect()) else {
        return ExitCode::SUCCESS;
    };
    let usage = match failure.is_usage {
        true => format!("\n{USAGE}"),
        false => String::new(),
    };
    complain(&format!("{}\n{usage}", failure.message));
    ExitCode::from(if failure.is_usage { 2 } else { 1 })
}

fn run(words: Vec<OsString>) -> Result<(), Failure> {
    let rest = words.get(1..).unwrap_or_default();
    if rest.iter().any(|word| word == "--help" || word == "-h") {
        return say(USAGE);
    }
    let command = words
        .first()
        .ok_or_else(|| Failure::usage("no command"))?
        .to_string_lossy();
    let rest = |options: &[&str], switches: &[&str]| {
        Arguments::parse(lexopt::Parser::from_args(rest), options, switches)
    };
    match command.as_ref() {
        "inspect" => inspect::run(&rest(&[&["size"], &SAID[..]].concat(), &[])?),
        "convert" => {
            let options = [&["out", "name", "classes"], &SAID[..]].concat();
            convert::run(&rest(&options, &["f32"])?)
        }
        "segment" => {
            let options = [&["out", "variant", "long-side", "classes"], &SAID[..]].concat();
            segment::run(&rest(&options, &["again"])?)
        }
        "measure" => measure::run(&rest(&["void", "classes", "json", "csv"], &[])?),
        "help" | "--help" | "-h" => say(USAGE),
        "--version" | "-V" => say(concat!("fcn ", env!("CARGO_PKG_VERSION"), "\n")),
        other => Err(Failure::usage(format!("unknown command \"{other}\""))),
    }
}
