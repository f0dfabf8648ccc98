//! What the program says: reports to standard output, complaints to standard error.

use std::io::{self, Write};

use super::arguments::Failure;

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

/// Prints to standard error.
pub fn complain(message: &str) {
    // If standard error can't be written, there is nowhere left to report it.
    let _ = write!(io::stderr(), "fcn: {message}");
}
