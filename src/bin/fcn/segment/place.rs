//! Where the masks of a folder of photos may go, and which of those that are there may stay.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::super::arguments::Failure;
use super::super::files::{find, shown};
use super::super::report::complain;
use super::record::{RECORD, REMEDY, Record};

/// Masks by name, each with its photos: more than one where they differ in their endings alone. All paths are relative.
pub type Masks = BTreeMap<PathBuf, Vec<PathBuf>>;

/// Makes sure that masks go to no folder that photos are read from: one could take a photo's place, and each would be
/// taken for a photo the next time. `met`: those folders, canonical.
///
/// # Errors
/// When they would, or `out` is a file.
pub fn check_place(out: &Path, masks: &Masks, met: &BTreeSet<PathBuf>) -> Result<(), Failure> {
    if out.exists() && !out.is_dir() {
        let out = out.display();
        return Err(Failure::new(format!(
            "{out} is a file; the masks of a folder of photos go to a folder"
        )));
    }
    let within = masks.keys().filter_map(|mask| mask.parent());
    let within: BTreeSet<&Path> = within.chain([Path::new("")]).collect();
    for within in within {
        let folder: PathBuf = out.iter().chain(within).collect();
        // A folder that isn't there yet will be where the nearest above it is.
        let nearest = folder.ancestors().find_map(|above| {
            let is_here = above.as_os_str().is_empty();
            fs::canonicalize(if is_here { Path::new(".") } else { above }).ok()
        });
        if nearest.is_some_and(|nearest| met.contains(&nearest)) {
            return Err(Failure::new(format!(
                "{}: masks would lie among the photos; choose a folder outside theirs",
                folder.display()
            )));
        }
    }
    Ok(())
}

/// Makes a folder one of masks as they are made `now`, and gives its record: it has one that says so, or it has no PNGs
/// yet, or its masks are deleted since all are to be made again. Folders that were `met` aren't looked into.
///
/// # Errors
/// When the folder has PNGs that were made otherwise, or can't be read or written.
pub fn claim(
    out: &Path,
    masks: &Masks,
    now: Record,
    is_again: bool,
    met: &mut BTreeSet<PathBuf>,
) -> Result<Record, Failure> {
    let old = match Record::read(out) {
        // What can't be read says nothing.
        Err(_) if is_again => None,
        old => old?,
    };
    let (alike, difference) = match old {
        Some(old) => match old.difference(&now) {
            None => (Some(old), None),
            difference => (None, difference),
        },
        None => (None, None),
    };
    if is_again {
        return anew(out, masks, now, alike, met);
    }
    if let Some(mut record) = alike {
        let count = record.others.len();
        record.others.retain(|name| out.join(name).is_file());
        if record.others.len() < count {
            record.write(out)?;
        }
        return Ok(record);
    }
    let shown_out = out.display();
    if let Some(difference) = difference {
        return Err(Failure::new(format!(
            "{shown_out} has masks made with {difference}; {REMEDY}"
        )));
    }
    if let Some(first) = pngs(out, met)?.first() {
        let first = shown(first);
        return Err(Failure::new(format!(
            "{shown_out} has PNGs, such as {first}, but no {RECORD} that says how they were made; {REMEDY}"
        )));
    }
    now.write(out)?;
    Ok(now)
}

/// Deletes the masks that will be made, all of them now: if this is interrupted, none is taken for one made anew.
/// `alike`: the record, if the old masks were made as they will be.
fn anew(
    out: &Path,
    masks: &Masks,
    mut now: Record,
    alike: Option<Record>,
    met: &mut BTreeSet<PathBuf>,
) -> Result<Record, Failure> {
    for path in masks.keys().map(|mask| out.join(mask)) {
        if path.is_file() {
            let deleted = fs::remove_file(&path);
            deleted.map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
        }
    }
    // Masks made alike, of photos that are gone, are as good as ever.
    let is_other = |name: &String| alike.as_ref().is_none_or(|old| old.others.contains(name));
    let others = pngs(out, met)?;
    let others = others.iter().map(|png| shown(png));
    now.others = others.filter(is_other).collect();
    if let Some(first) = now.others.first() {
        let count = now.others.len();
        complain(&format!(
            "note: PNGs that belong to no photo stay as they are: {first}, {count} in all\n"
        ));
    }
    now.write(out)?;
    Ok(now)
}

/// The PNGs of a folder, made if it is missing, and of those within.
fn pngs(out: &Path, met: &mut BTreeSet<PathBuf>) -> Result<Vec<PathBuf>, Failure> {
    let made = fs::create_dir_all(out);
    made.map_err(|error| Failure::new(format!("{}: {error}", out.display())))?;
    Ok(find(out, &["png"], met)?.files)
}
