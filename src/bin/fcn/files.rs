//! The files of a folder and of the folders within it; and files that are written whole or not at all.

use std::collections::BTreeSet;
use std::fs::{self, DirEntry, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::arguments::Failure;

/// The name of a file that isn't whole yet. Hidden, and no picture by its ending; the next one written in its folder
/// takes its place.
const PART: &str = ".fcn-segment.part";

/// What is in a folder and in the folders within it.
#[derive(Default)]
pub struct Found {
    /// Relative to the folder, by name.
    pub files: Vec<PathBuf>,
    /// How many entries were passed over: hidden, of another ending, or a link to a folder met before.
    pub skipped: usize,
    /// Folders within that can't be read, and why.
    pub unread: Vec<String>,
}

/// The files of these endings, in either case. Links are followed, but no folder is entered that is among `met`, and
/// each that is entered is put there: links in a circle end.
///
/// # Errors
/// When the folder can't be read.
pub fn find(
    folder: &Path,
    endings: &[&str],
    met: &mut BTreeSet<PathBuf>,
) -> Result<Found, Failure> {
    let mut found = Found::default();
    let (mut plain, mut links) = (vec![PathBuf::new()], Vec::new());
    // Links come last, so that a folder with a path of its own is found by it.
    while let Some(within) = plain.pop().or_else(|| links.pop()) {
        let path: PathBuf = folder.iter().chain(&within).collect();
        let entries = match enter(&path, met) {
            Ok(Some(entries)) => entries,
            Ok(None) => {
                found.skipped += 1;
                continue;
            }
            Err(error) => {
                let message = format!("{}: {error}", path.display());
                if within.as_os_str().is_empty() {
                    return Err(Failure::new(message));
                }
                found.unread.push(message);
                continue;
            }
        };
        for entry in entries {
            let name = entry.file_name();
            let relative = within.join(&name);
            let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            // A link that leads nowhere counts as a file: whoever reads it says why it can't be read.
            let about = fs::metadata(entry.path()).ok();
            let is_hidden = name.as_encoded_bytes().starts_with(b".");
            if is_hidden {
                found.skipped += 1;
            } else if about.as_ref().is_some_and(fs::Metadata::is_dir) {
                if is_link { &mut links } else { &mut plain }.push(relative);
            } else if about.is_none_or(|about| about.is_file()) && ends(&relative, endings) {
                found.files.push(relative);
            } else {
                found.skipped += 1;
            }
        }
    }
    found.files.sort();
    Ok(found)
}

/// A folder's entries by name; `None` for one that was met before.
fn enter(folder: &Path, met: &mut BTreeSet<PathBuf>) -> io::Result<Option<Vec<DirEntry>>> {
    if !met.insert(fs::canonicalize(folder)?) {
        return Ok(None);
    }
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<DirEntry>>>()?;
    entries.sort_by_key(DirEntry::file_name);
    Ok(Some(entries))
}

fn ends(path: &Path, endings: &[&str]) -> bool {
    let is = |ending: &std::ffi::OsStr| endings.iter().any(|one| ending.eq_ignore_ascii_case(one));
    path.extension().is_some_and(is)
}

/// A relative path as text, the same on every system.
pub fn shown(path: &Path) -> String {
    let parts = path.iter().map(|part| part.to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

/// Has a file written under another name in its folder, and gives it its own once it is whole and on the disk.
///
/// # Errors
/// As `write`, and when the file can't be renamed.
pub fn write_whole(
    path: &Path,
    write: impl FnOnce(&Path) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let part = path.with_file_name(PART);
    let written = write(&part).and_then(|()| {
        let file = OpenOptions::new().write(true).open(&part);
        let renamed = file
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&part, path));
        renamed.map_err(|error| Failure::new(format!("{}: {error}", path.display())))
    });
    if written.is_err() {
        // What is half written is of no use; if it can't be removed, the error says enough.
        let _ = fs::remove_file(&part);
    }
    written
}
