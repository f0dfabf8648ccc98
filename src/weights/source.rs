//! Where the bytes of a weights file come from: memory, a file, and (in the browser) a `Blob`.
//!
//! A checkpoint may be larger than a browser tab's memory, so nothing here reads a whole file: the
//! readers ask for the pieces that they need, by offset.

use crate::FcnError;

/// Bytes that can be read at any offset.
pub trait Source {
    /// The length in bytes.
    fn len(&self) -> u64;

    /// Whether there are no bytes at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `buf` with the bytes from `offset` (bytes from the beginning) on.
    ///
    /// # Errors
    /// [`FcnError::WeightsInvalid`] when the source ends before `buf` is full, or can't be read.
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), FcnError>;
}

impl Source for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), FcnError> {
        let bytes = usize::try_from(offset)
            .ok()
            .and_then(|start| self.get(start..)?.get(..buf.len()))
            .ok_or_else(|| past_the_end(offset, buf.len(), Source::len(self)))?;
        buf.copy_from_slice(bytes);
        Ok(())
    }
}

impl<S: Source + ?Sized> Source for &S {
    fn len(&self) -> u64 {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), FcnError> {
        (**self).read_at(offset, buf)
    }
}

impl<S: Source + ?Sized> Source for Box<S> {
    fn len(&self) -> u64 {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), FcnError> {
        (**self).read_at(offset, buf)
    }
}

/// A file on disk.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Debug)]
pub struct FileSource {
    file: std::fs::File,
    len: u64,
}

#[cfg(not(target_arch = "wasm32"))]
impl FileSource {
    /// Opens a file for reading.
    ///
    /// # Errors
    /// [`FcnError::WeightsInvalid`] with the system's reason.
    pub fn open(path: impl AsRef<std::path::Path>) -> Result<Self, FcnError> {
        let path = path.as_ref();
        let failed = |error: std::io::Error| {
            FcnError::weights(format!("{} cannot be opened: {error}", path.display()))
                .told("weights.gone", [])
        };
        let file = std::fs::File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        if !about.is_file() {
            let reason = format!("{} is not a file", path.display());
            return Err(FcnError::weights(reason).told("weights.gone", []));
        }
        let len = about.len();
        Ok(Self { file, len })
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Source for FileSource {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), FcnError> {
        use std::io::{Read, Seek, SeekFrom};
        // `Read` and `Seek` are there for `&File` too: the position is the system's, not ours.
        let mut file = &self.file;
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(buf))
            .map_err(|error| {
                let count = buf.len();
                FcnError::weights(format!("cannot read {count} bytes at {offset}: {error}"))
                    .told("weights.gone", [])
            })
    }
}

/// The error of a read that the source is too short for.
pub(crate) fn past_the_end(offset: u64, count: usize, len: u64) -> FcnError {
    let reason =
        format!("it ends after {len} bytes, where {count} bytes at {offset} were expected");
    FcnError::weights(reason).told("weights.cut", [])
}

/// A part of a source, held in memory: what makes many small reads cheap.
pub(super) struct Window<'s> {
    source: &'s dyn Source,
    /// Nothing at or after this offset is read.
    end: u64,
    /// Bytes that one read fetches.
    capacity: usize,
    /// The offset of `bytes` in the source.
    start: u64,
    bytes: Vec<u8>,
}

impl<'s> Window<'s> {
    /// Looks at `source` up to `end` (or its own end), `capacity` bytes at a time.
    pub(super) fn new(source: &'s dyn Source, end: u64, capacity: usize) -> Self {
        Self {
            source,
            end: end.min(source.len()),
            capacity,
            start: 0,
            bytes: Vec::new(),
        }
    }

    /// Bytes between `offset` and the end.
    pub(super) fn left(&self, offset: u64) -> u64 {
        self.end.saturating_sub(offset)
    }

    /// The `count` bytes at `offset`. No more is allocated than the source has left.
    ///
    /// # Errors
    /// As [`Source::read_at`].
    pub(super) fn get(&mut self, offset: u64, count: usize) -> Result<&[u8], FcnError> {
        if !self.holds(offset, count) {
            let left = self.left(offset);
            if (count as u64) > left {
                return Err(past_the_end(offset, count, self.end));
            }
            let wanted = (self.capacity.max(count) as u64).min(left);
            // Holds, since `wanted` is at most the larger of two usizes.
            self.bytes
                .resize(usize::try_from(wanted).unwrap_or(count), 0);
            self.start = offset;
            if let Err(error) = self.source.read_at(offset, &mut self.bytes) {
                self.bytes.clear();
                return Err(error);
            }
        }
        let from = usize::try_from(offset.saturating_sub(self.start)).unwrap_or(usize::MAX);
        self.bytes
            .get(from..)
            .and_then(|bytes| bytes.get(..count))
            .ok_or_else(|| past_the_end(offset, count, self.end))
    }

    fn holds(&self, offset: u64, count: usize) -> bool {
        let held = self.start.saturating_add(self.bytes.len() as u64);
        offset >= self.start && offset.saturating_add(count as u64) <= held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_past_the_end_is_an_error() {
        let bytes = [1u8, 2, 3, 4];
        let mut two = [0; 2];
        assert_eq!(bytes.read_at(2, &mut two), Ok(()));
        assert_eq!(two, [3, 4]);
        for offset in [3, 4, 5, u64::MAX] {
            assert!(bytes.read_at(offset, &mut two).is_err(), "{offset}");
        }
    }

    #[test]
    fn a_window_gives_the_bytes_of_its_source_and_stops_at_its_end() {
        let bytes: Vec<u8> = (0..100).collect();
        let source: &[u8] = &bytes;
        let mut window = Window::new(&source, 90, 16);
        for (offset, count) in [(0, 4), (4, 12), (10, 30), (2, 1), (89, 1), (80, 10)] {
            let expected = &bytes[offset..offset + count];
            assert_eq!(window.get(offset as u64, count), Ok(expected));
        }
        for (offset, count) in [(89, 2), (90, 1), (u64::MAX, 1), (0, 91)] {
            assert!(window.get(offset, count).is_err(), "{offset} {count}");
        }
    }
}
