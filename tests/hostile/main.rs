//! Weights files made to do harm: each must end in an error, soon, and without taking memory.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod allocator;
mod containers;
mod files;
mod fuzz;
mod names;
mod pickles;
mod stopwatch;

use std::time::Duration;

use fcn_lab::FcnError;
use fcn_lab::weights::{Source, Weights};

use allocator::peak_of;
use stopwatch::Stopwatch;

/// The most that listing a file's tensors may allocate, in bytes, whatever is in the file.
const MEMORY: usize = 48 << 20;
/// The longest that a refusal may compute; many times what is measured on a slow machine.
const TIME: Duration = Duration::from_secs(1);

/// Opens a file that must be refused, and gives the reason.
fn refused(what: &str, source: impl Source) -> String {
    let start = Stopwatch::start();
    let (peak, result) = peak_of(|| Weights::open(source).map(|_| ()));
    let time = start.elapsed();
    let error = result.map_err(|error| {
        assert_eq!(error.code(), "weights_invalid", "{what}: {error}");
        error.to_string()
    });
    let error = error.expect_err(what);
    println!(
        "{what}: {:.1} ms, {} KiB: {error}",
        time.as_secs_f64() * 1e3,
        peak >> 10
    );
    assert!(peak <= MEMORY, "{what} took {peak} bytes");
    assert!(time <= TIME, "{what} took {time:?}");
    assert!(
        error.len() < 1000,
        "{what}: an error of {} bytes",
        error.len()
    );
    error
}

fn refused_because(what: &str, file: &[u8], reason: &str) {
    let error = refused(what, file);
    assert!(error.contains(reason), "{what}: {error}");
}

/// A file that is longer than it could be in memory: some bytes, then one byte over and over.
struct Endless {
    head: Vec<u8>,
    filler: u8,
    len: u64,
    tail: Vec<u8>,
}

impl Source for Endless {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), FcnError> {
        let tail = self.len - self.tail.len() as u64;
        for (at, byte) in (offset..).zip(buf) {
            *byte = match self.head.get(at as usize) {
                Some(&byte) => byte,
                None if at < tail => self.filler,
                None => self.tail[(at - tail) as usize],
            };
        }
        Ok(())
    }
}

fn endless(head: Vec<u8>, filler: u8) -> Endless {
    Endless {
        head,
        filler,
        len: 1 << 40,
        tail: Vec::new(),
    }
}
