//! The command line: which command, which files, which options.

use std::collections::BTreeMap;
use std::env;
use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use super::{convert, inspect, segment};

const USAGE: &str = "\
usage: fcn inspect MODEL [--size WIDTHxHEIGHT]
       fcn convert FILE --out FOLDER [--name NAME] [--classes NAMES.txt] [--f32]
       fcn segment MODEL PHOTO --out MASK.png [--variant NAME] [--long-side PIXELS]
                                [--classes NAMES.txt]

inspect   says which net a weights file is of, and lists its maps and its tensors
convert   writes the file as a model folder: weights.safetensors in f16, and model.json
segment   segments a photo (PNG or JPEG); the mask is a PNG with the classes' colours

FILE      weights: .safetensors, or .pth/.pt as torch.save writes them
MODEL     a model folder, its model.json, or FILE
NAMES     a class name a line, in channel order
--size    the photo whose maps are listed; the model's long side, or 224x224, if not given
--f32     keeps 32 bits a weight
--variant the head, such as fcn8s; the finest that the model has if not given
--long-side  the photo is made smaller until its long side has so many pixels
";

/// What ends the program: a message, and whether the usage helps.
#[derive(Debug)]
pub struct Failure {
    message: String,
    is_usage: bool,
}

impl Failure {
    /// Something went wrong.
    pub fn new(message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            is_usage: false,
        }
    }

    /// The command line makes no sense.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self {
            is_usage: true,
            ..Self::new(message)
        }
    }
}

impl From<fcn_lab::FcnError> for Failure {
    fn from(error: fcn_lab::FcnError) -> Self {
        Self::new(error)
    }
}

/// What stands behind the command's name.
#[derive(Debug, PartialEq)]
pub struct Arguments {
    /// Without `--`.
    pub files: Vec<String>,
    /// `--name value`; the value is empty for a switch.
    options: BTreeMap<String, String>,
}

impl Arguments {
    /// Sorts words into files, options that take a value, and switches.
    ///
    /// # Errors
    /// For an unknown option, one without its value, or one given twice.
    fn parse(words: &[String], options: &[&str], switches: &[&str]) -> Result<Self, Failure> {
        let mut arguments = Self {
            files: Vec::new(),
            options: BTreeMap::new(),
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let Some(name) = word.strip_prefix("--") else {
                arguments.files.push(word.clone());
                continue;
            };
            let value = if switches.contains(&name) {
                String::new()
            } else if options.contains(&name) {
                let value = words.next().cloned();
                value.ok_or_else(|| Failure::usage(format!("--{name} needs a value")))?
            } else {
                return Err(Failure::usage(format!("unknown option --{name}")));
            };
            if arguments.options.insert(name.to_string(), value).is_some() {
                return Err(Failure::usage(format!("--{name} is given twice")));
            }
        }
        Ok(arguments)
    }

    /// The value of an option.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name).map(String::as_str)
    }

    /// The value of an option that must be given.
    ///
    /// # Errors
    /// When it isn't.
    pub fn required(&self, name: &str) -> Result<&str, Failure> {
        let value = self.option(name);
        value.ok_or_else(|| Failure::usage(format!("--{name} is missing")))
    }

    /// Exactly `N` files.
    ///
    /// # Errors
    /// For another number of files.
    pub fn files<const N: usize>(&self, what: &str) -> Result<&[String; N], Failure> {
        let files = self.files.as_slice().try_into();
        files.map_err(|_| Failure::usage(format!("{what} expected, {} given", self.files.len())))
    }
}

/// Appends a formatted line to a report.
macro_rules! line {
    ($report:ident) => { $report.push('\n') };
    ($report:ident, $($text:tt)*) => {{
        $report.push_str(&format!($($text)*));
        $report.push('\n');
    }};
}
pub(crate) use line;

/// Prints a report. A reader that has seen enough, such as `head`, is no failure.
///
/// # Errors
/// When standard output can't be written.
pub fn say(report: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(report.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(error)),
        _ => Ok(()),
    }
}

/// Prints to standard error, as well as it can be done.
pub fn complain(message: &str) {
    // Where there is nobody to tell, there is nothing left to do.
    let _ = write!(io::stderr(), "fcn: {message}");
}

/// Runs the command that the command line asks for.
pub fn main() -> ExitCode {
    let words: Vec<String> = env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let usage = if failure.is_usage {
                format!("\n{USAGE}")
            } else {
                String::new()
            };
            complain(&format!("{}\n{usage}", failure.message));
            if failure.is_usage {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

fn run(words: &[String]) -> Result<(), Failure> {
    let (command, rest) = words
        .split_first()
        .ok_or_else(|| Failure::usage("no command"))?;
    if rest.iter().any(|word| word == "--help" || word == "-h") {
        return say(USAGE);
    }
    match command.as_str() {
        "inspect" => inspect::run(&Arguments::parse(rest, &["size"], &[])?),
        "convert" => {
            let options = ["out", "name", "classes"];
            convert::run(&Arguments::parse(rest, &options, &["f32"])?)
        }
        "segment" => {
            let options = ["out", "variant", "long-side", "classes"];
            segment::run(&Arguments::parse(rest, &options, &[])?)
        }
        "help" | "--help" | "-h" => say(USAGE),
        "--version" | "-V" => say(concat!("fcn ", env!("CARGO_PKG_VERSION"), "\n")),
        other => Err(Failure::usage(format!("unknown command \"{other}\""))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, String> {
        let words: Vec<String> = line.split_whitespace().map(String::from).collect();
        Arguments::parse(&words, &["out"], &["f32"]).map_err(|failure| failure.message)
    }

    #[test]
    fn options_may_stand_anywhere() {
        let arguments = parse("a --out b c --f32").ok();
        let arguments = arguments.as_ref();
        assert_eq!(arguments.map(|a| a.files.len()), Some(2));
        assert_eq!(arguments.and_then(|a| a.option("out")), Some("b"));
        assert_eq!(arguments.and_then(|a| a.option("f32")), Some(""));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for (line, said) in [
            ("--uot b", "unknown option --uot"),
            ("a --out", "needs a value"),
            ("--f32 --f32", "twice"),
        ] {
            let error = parse(line).err().unwrap_or_default();
            assert!(error.contains(said), "{line}: {error}");
        }
    }
}
