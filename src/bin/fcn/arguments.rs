//! The command line: which files, which options.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;

use lexopt::Arg::{Long, Short, Value};

/// What ends the program: a message, and whether the usage helps.
#[derive(Debug)]
pub struct Failure {
    pub message: String,
    pub is_usage: bool,
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

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::usage(error)
    }
}

/// What stands behind the command's name.
#[derive(Debug, Default, PartialEq)]
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
    pub fn parse(
        mut words: lexopt::Parser,
        options: &[&str],
        switches: &[&str],
    ) -> Result<Self, Failure> {
        let text = |word: OsString| word.to_string_lossy().into_owned();
        let mut arguments = Self::default();
        while let Some(word) = words.next()? {
            let name = match word {
                Value(file) => {
                    arguments.files.push(text(file));
                    continue;
                }
                Long(name) => name.to_string(),
                Short(letter) => {
                    return Err(Failure::usage(format!("unknown option -{letter}")));
                }
            };
            let value = if switches.contains(&name.as_str()) {
                String::new()
            } else if options.contains(&name.as_str()) {
                let value = words.value();
                text(value.map_err(|_| Failure::usage(format!("--{name} needs a value")))?)
            } else {
                return Err(Failure::usage(format!("unknown option --{name}")));
            };
            if arguments.options.insert(name.clone(), value).is_some() {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, String> {
        let words = lexopt::Parser::from_args(line.split_whitespace());
        Arguments::parse(words, &["out"], &["f32"]).map_err(|failure| failure.message)
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
            ("-f", "unknown option -f"),
            ("--f32=1", "--f32"),
        ] {
            let error = parse(line).err().unwrap_or_default();
            assert!(error.contains(said), "{line}: {error}");
        }
    }
}
