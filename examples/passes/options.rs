//! What to measure.

use std::path::PathBuf;
use std::{env, process};

use crate::Outcome;

/// Classes of every net here.
pub const CLASSES: usize = 21;

const USAGE: &str = "\
usage: passes [--backend gpu|cpu] [--models slim,half,full] [--sizes 224,512,1024]
              [--rounds N] [--layers] [--plain] [--json FILE]
  --sizes    for every model; otherwise 224, and 512 and 1024 for slim
  --layers   also how long each stage takes
  --plain    Burn's own kernels instead of this crate's";

/// A net, as `bench/net.mjs` has it.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub name: &'static str,
    pub width: usize,
    pub fc_channels: usize,
    /// Sides of the picture, pixels, unless others are asked for.
    sides: &'static [usize],
}

const SIZES: [Size; 3] = [
    Size {
        name: "slim",
        width: 16,
        fc_channels: 256,
        sides: &[224, 512, 1024],
    },
    Size {
        name: "half",
        width: 32,
        fc_channels: 512,
        sides: &[224],
    },
    Size {
        name: "full",
        width: 64,
        fc_channels: 4096,
        sides: &[224],
    },
];

#[derive(Debug)]
pub struct Options {
    pub gpu: bool,
    pub models: Vec<Size>,
    sides: Option<Vec<usize>>,
    pub rounds: usize,
    pub layers: bool,
    pub plain: bool,
    pub json: Option<PathBuf>,
}

impl Options {
    pub fn read() -> Outcome<Self> {
        let mut options = Self {
            gpu: cfg!(feature = "webgpu"),
            models: SIZES.to_vec(),
            sides: None,
            rounds: 30,
            layers: false,
            plain: false,
            json: None,
        };
        let mut arguments = env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} what?\n{USAGE}"));
            match argument.as_str() {
                "--backend" => {
                    options.gpu = match value()?.as_str() {
                        "gpu" => true,
                        "cpu" => false,
                        other => return Err(format!("--backend {other}: gpu or cpu").into()),
                    }
                }
                "--models" => {
                    options.models = value()?.split(',').map(model).collect::<Outcome<_>>()?
                }
                "--sizes" => {
                    options.sides = Some(value()?.split(',').map(side).collect::<Outcome<_>>()?)
                }
                "--rounds" => options.rounds = value()?.parse()?,
                "--layers" => options.layers = true,
                "--plain" => options.plain = true,
                "--json" => options.json = Some(value()?.into()),
                "-h" | "--help" => {
                    println!("{USAGE}");
                    process::exit(0);
                }
                _ => return Err(format!("{argument}: not understood\n{USAGE}").into()),
            }
        }
        Ok(options)
    }

    /// Sides of the picture that a net is measured at, pixels.
    pub fn sizes_of<'a>(&'a self, size: &'a Size) -> &'a [usize] {
        self.sides.as_deref().unwrap_or(size.sides)
    }
}

fn model(name: &str) -> Outcome<Size> {
    let found = SIZES.iter().find(|size| size.name == name);
    found
        .copied()
        .ok_or(format!("--models {name}: slim, half or full").into())
}

fn side(text: &str) -> Outcome<usize> {
    match text.parse() {
        Ok(side) if side > 0 && side % 32 == 0 => Ok(side),
        _ => Err(format!("--sizes {text}: not a multiple of 32 pixels").into()),
    }
}
