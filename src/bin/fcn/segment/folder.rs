//! `fcn segment MODEL FOLDER --out FOLDER`: the mask of every photo, one photo at a time. Begun again, it goes on where
//! it was interrupted.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::super::arguments::{Arguments, Failure};
use super::super::files::{find, shown, write_whole};
use super::super::picture::read_photo;
use super::super::report::{complain, say};
use super::Segmenter;
use super::place::{Masks, check_place, claim};
use super::record::Record;

/// The endings of photos.
const PHOTOS: [&str; 3] = ["png", "jpg", "jpeg"];

/// Writes the masks that aren't there yet, with a line for each, and says how many there are then.
///
/// # Errors
/// For folders that don't go together and a model that can't be loaded, before anything is computed; after everything
/// else is done, when a photo has no mask.
pub fn run(model: &Path, photos: &Path, out: &Path, arguments: &Arguments) -> Result<(), Failure> {
    let mut met = BTreeSet::new();
    let found = find(photos, &PHOTOS, &mut met)?;
    let total = found.files.len();
    let mut masks = Masks::new();
    for photo in found.files {
        let of = masks.entry(photo.with_extension("png")).or_default();
        of.push(photo);
    }
    if masks.is_empty() {
        let photos = photos.display();
        return Err(Failure::new(format!(
            "{photos}: there are no photos (PNG or JPEG) in this folder"
        )));
    }
    check_place(out, &masks, &met)?;
    let segmenter = Segmenter::open(model, arguments)?;
    let now = Record::of(&segmenter, model)?;
    let is_again = arguments.option("again").is_some();
    let record = claim(out, &masks, now, is_again, &mut met)?;

    let (head, side) = (segmenter.head.name(), segmenter.long_side);
    say(&format!(
        "photos: {total}, {head}, long side {side}; skipped, hidden or of another ending: {}\n",
        found.skipped
    ))?;
    for folder in &found.unread {
        complain(&format!("{folder}\n"));
    }
    let (mut at, mut done, mut there, mut failed) = (0, 0, 0, 0);
    for (mask, of) in &masks {
        at += of.len();
        match of.as_slice() {
            [photo] => match segment(&segmenter, &record, (photos, photo), (out, mask)) {
                Ok(None) => there += 1,
                Ok(Some(what)) => {
                    done += 1;
                    say(&format!("[{at}/{total}] {}: {what}\n", shown(photo)))?;
                }
                Err(Failure { message, .. }) => {
                    failed += 1;
                    complain(&format!("[{at}/{total}] {message}\n"));
                }
            },
            several => {
                failed += several.len();
                let names: Vec<String> = several.iter().map(|photo| shown(photo)).collect();
                let names = names.join(" and ");
                complain(&format!(
                    "[{at}/{total}] {names} would have the same mask, {}; rename all but one\n",
                    shown(mask)
                ));
            }
        }
    }
    say(&format!(
        "{done} done, {there} already there, {failed} failed\n"
    ))?;
    match (failed, found.unread.len()) {
        (0, 0) => Ok(()),
        (0, folders) => Err(Failure::new(format!("folders not read: {folders}"))),
        (failed, _) => Err(Failure::new(format!(
            "photos without a mask of their own: {failed} of {total}"
        ))),
    }
}

/// Writes a photo's mask and says what came of it; `None` where the mask is there already. Each path is a folder and a
/// path within.
fn segment(
    segmenter: &Segmenter,
    record: &Record,
    (photos, photo): (&Path, &Path),
    (out, mask): (&Path, &Path),
) -> Result<Option<String>, Failure> {
    let path = out.join(mask);
    if path.is_file() {
        if !record.others.contains(&shown(mask)) {
            return Ok(None);
        }
        return Err(Failure::new(format!(
            "{}: {} was there before the masks; move it away, or compute all masks anew with --again",
            shown(photo),
            path.display()
        )));
    }
    let photo = photos.join(photo);
    let named = |Failure { message, .. }| Failure::new(format!("{}: {message}", photo.display()));
    let made = segmenter.segment(read_photo(&photo)?).map_err(named)?;
    if let Some(folder) = path.parent() {
        let ready = fs::create_dir_all(folder);
        ready.map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    }
    write_whole(&path, |part| segmenter.write(&made, part)).map_err(named)?;
    let (width, height) = made.size;
    Ok(Some(format!("{width}×{height}, {:.2} s", made.seconds)))
}
