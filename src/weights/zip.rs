//! Where the entries of a zip archive are, as far as `torch.save` writes such archives: stored
//! without compression, found through the directory at the end.
//!
//! Format: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3 (zip64). What is compressed or
//! encrypted is refused, so that nothing can grow: an entry is a part of the file. Checksums aren't
//! compared, since that would read every tensor twice.
//!
//! The `zip` crate (9.0.4) was looked at first: it keeps some hundred bytes for each entry of a
//! directory that may fill the whole file, and most of it (inflate, checksums, paths, dates) would
//! make the wasm larger for nothing.

use std::collections::HashMap;

use super::pickle::short;
use super::source::Source;
use crate::FcnError;

/// The longest directory that is read, in bytes; an entry takes about 80.
pub const MAX_DIRECTORY: u64 = 2 << 20;
/// The most entries; PyTorch writes one a storage and a few more.
pub const MAX_ENTRIES: usize = 1 << 15;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END64: &[u8] = b"PK\x06\x06";
const LOCATOR64: &[u8] = b"PK\x06\x07";
/// Bytes of the fixed part of each record.
const LOCAL_BYTES: usize = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: usize = 22;
const END64_BYTES: usize = 56;
const LOCATOR64_BYTES: usize = 20;
/// A comment after the end record has up to 65,535 bytes.
const MAX_COMMENT: usize = 65_535;
/// The most end records that are tried where bytes follow them.
const MAX_ENDS: usize = 8;

/// The directory of an archive.
pub(super) struct Archive<'s> {
    source: &'s dyn Source,
    entries: HashMap<String, Entry>,
    /// Where the directory begins; entries end before it. Bytes.
    end: u64,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Where its local header is, in bytes.
    header: u64,
    bytes: u64,
    stored: bool,
}

fn wrong(what: &str) -> FcnError {
    reason(what).told("weights.damaged", [("part", "zip".to_string())])
}

fn reason(what: &str) -> FcnError {
    FcnError::weights(format!("its zip archive: {what}"))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..)?.first_chunk::<2>()?;
    Some(u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*bytes))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk::<8>()?;
    Some(u64::from_le_bytes(*bytes))
}

/// What the end record says of the directory: entries, bytes, offset.
struct Directory {
    entries: u64,
    bytes: u64,
    offset: u64,
}

impl<'s> Archive<'s> {
    /// Reads the directory.
    ///
    /// # Errors
    /// [`FcnError::WeightsInvalid`].
    pub(super) fn open(source: &'s dyn Source) -> Result<Self, FcnError> {
        let directory = find_directory(source)?;
        let fits = directory.offset.checked_add(directory.bytes);
        if fits.is_none_or(|end| end > source.len()) {
            return Err(wrong("its directory isn't in the file"));
        }
        if directory.bytes > MAX_DIRECTORY || directory.entries > MAX_ENTRIES as u64 {
            let what = format!(
                "{} entries in a directory of {} bytes; up to {MAX_ENTRIES} and {MAX_DIRECTORY} are read",
                directory.entries, directory.bytes
            );
            return Err(reason(&what).told("weights.large", []));
        }
        // Holds: at most MAX_DIRECTORY.
        let mut bytes = vec![0; usize::try_from(directory.bytes).unwrap_or(0)];
        source.read_at(directory.offset, &mut bytes)?;

        let mut entries = HashMap::new();
        let mut rest = bytes.as_slice();
        for _ in 0..directory.entries {
            let (name, entry, behind) =
                parse_entry(rest).ok_or_else(|| wrong("its directory is damaged"))?;
            if entries.insert(name, entry).is_some() {
                return Err(wrong("two entries have one name"));
            }
            rest = behind;
        }
        Ok(Self {
            source,
            entries,
            end: directory.offset,
        })
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Offset and length in bytes of what an entry holds; `None` when there is no such entry.
    ///
    /// # Errors
    /// [`FcnError::WeightsInvalid`].
    pub(super) fn find(&self, name: &str) -> Result<Option<(u64, u64)>, FcnError> {
        let Some(entry) = self.entries.get(name) else {
            return Ok(None);
        };
        if !entry.stored {
            let what = format!(
                "{name:?} is compressed or encrypted, as torch.save never writes it: somebody packed it again. \
                     Load it in Python and save it again: torch.save(torch.load(path), path)"
            );
            return Err(reason(&what).told("weights.repacked", [("name", short(name))]));
        }
        if !has(self.source, entry.header, LOCAL_BYTES) {
            return Err(wrong(&format!("{name:?} isn't in the file")));
        }
        let mut header = [0; LOCAL_BYTES];
        self.source.read_at(entry.header, &mut header)?;
        // PyTorch aligns storages with an extra field that only the local header has.
        let lengths = (u16_at(&header, 26), u16_at(&header, 28));
        let (true, (Some(name_bytes), Some(extra_bytes))) = (header.starts_with(LOCAL), lengths)
        else {
            return Err(wrong(&format!("{name:?} isn't where the directory says")));
        };
        let start = entry.header.saturating_add(LOCAL_BYTES as u64);
        let start = start.saturating_add(name_bytes.into());
        let start = start.saturating_add(extra_bytes.into());
        let end = start.checked_add(entry.bytes);
        if end.is_none_or(|end| end > self.end) {
            return Err(wrong(&format!("{name:?} isn't in the file")));
        }
        Ok(Some((start, entry.bytes)))
    }
}

/// Whether so many bytes from an offset on are in a file: with its end there, what they lack isn't cut off.
fn has(source: &dyn Source, offset: u64, count: usize) -> bool {
    let end = offset.checked_add(count as u64);
    end.is_some_and(|end| end <= source.len())
}

/// Looks for the end record, from the file's end backwards.
fn find_directory(source: &dyn Source) -> Result<Directory, FcnError> {
    let length = source.len().min((END_BYTES + MAX_COMMENT) as u64);
    let mut tail = vec![0; usize::try_from(length).unwrap_or(0)];
    let start = source.len().saturating_sub(length);
    source.read_at(start, &mut tail)?;
    // How many bytes follow the record and its comment.
    let behind = |at: usize| {
        let record = tail.get(at..).filter(|record| record.starts_with(END))?;
        let comment = usize::from(u16_at(record, 20)?);
        record.len().checked_sub(END_BYTES)?.checked_sub(comment)
    };
    let places = || (0..=tail.len().saturating_sub(END_BYTES)).rev();
    if let Some(at) = places().find(|&at| behind(at) == Some(0)) {
        return read_directory(source, &tail, at);
    }
    // Bytes that some other program has added, as Python and torch.load take them.
    let added = places().filter(|&at| behind(at).is_some()).take(MAX_ENDS);
    let mut known = added.filter_map(|at| {
        let directory = read_directory(source, &tail, at).ok()?;
        let end = directory.offset.checked_add(directory.bytes)?;
        let is_before = end <= start.saturating_add(at as u64);
        let mut mark = [0; CENTRAL.len()];
        let is_read = has(source, directory.offset, mark.len())
            && source.read_at(directory.offset, &mut mark).is_ok();
        (is_before && is_read && mark == CENTRAL).then_some(directory)
    });
    known.next().ok_or_else(|| {
        let reason = "its zip archive has no end: the file was cut short, as a download that isn't finished; \
                      download it again";
        FcnError::weights(reason).told("weights.cut", [])
    })
}

/// What the end record at `at` in the file's last bytes says, or the longer one of zip64 before it.
fn read_directory(source: &dyn Source, tail: &[u8], at: usize) -> Result<Directory, FcnError> {
    let record = tail.get(at..).unwrap_or(&[]);
    let short = Directory {
        entries: u16_at(record, 10).unwrap_or(0).into(),
        bytes: u32_at(record, 12).unwrap_or(0).into(),
        offset: u32_at(record, 16).unwrap_or(0).into(),
    };

    // zip64: a locator right in front, which knows where the longer record is.
    let locator = at
        .checked_sub(LOCATOR64_BYTES)
        .and_then(|from| tail.get(from..at))
        .filter(|bytes| bytes.starts_with(LOCATOR64));
    let Some(offset) = locator.and_then(|bytes| u64_at(bytes, 8)) else {
        return Ok(short);
    };
    let mut record = [0; END64_BYTES];
    if has(source, offset, END64_BYTES) {
        source.read_at(offset, &mut record)?;
    }
    if !record.starts_with(END64) {
        return Err(wrong("its zip64 end isn't where its locator says"));
    }
    Ok(Directory {
        entries: u64_at(&record, 32).unwrap_or(0),
        bytes: u64_at(&record, 40).unwrap_or(0),
        offset: u64_at(&record, 48).unwrap_or(0),
    })
}

/// The first entry of a directory, and what is behind it.
fn parse_entry(bytes: &[u8]) -> Option<(String, Entry, &[u8])> {
    let fixed = bytes.get(..CENTRAL_BYTES)?;
    if !fixed.starts_with(CENTRAL) {
        return None;
    }
    let (flags, method) = (u16_at(fixed, 8)?, u16_at(fixed, 10)?);
    let (packed, unpacked) = (u32_at(fixed, 20)?, u32_at(fixed, 24)?);
    let [name, extra, comment] = [28, 30, 32].map(|at| u16_at(fixed, at).map(usize::from));
    let (name, rest) = bytes.get(CENTRAL_BYTES..)?.split_at_checked(name?)?;
    let (mut extra, rest) = rest.split_at_checked(extra?)?;
    let behind = rest.get(comment?..)?;

    // Numbers that don't fit 32 bits are all ones, and are in the zip64 field, in this order.
    let mut numbers = [unpacked, packed, u32_at(fixed, 42)?].map(u64::from);
    if numbers.contains(&u64::from(u32::MAX)) {
        while let (Some(id), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
            let (mut field, others) = extra.get(4..)?.split_at_checked(length.into())?;
            if id == 1 {
                for number in numbers.iter_mut().filter(|n| **n == u64::from(u32::MAX)) {
                    *number = u64_at(field, 0)?;
                    field = field.get(8..)?;
                }
                break;
            }
            extra = others;
        }
    }
    let [unpacked, packed, header] = numbers;
    let encrypted = flags & 1 != 0;
    let entry = Entry {
        header,
        bytes: unpacked,
        stored: method == 0 && !encrypted && packed == unpacked,
    };
    Some((String::from_utf8_lossy(name).into_owned(), entry, behind))
}
