//! Sound files with random damage, the same in every run: nothing may panic, take long or take
//! memory. `FCN_FUZZ_SECONDS` sets how long each corpus is worked on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use std::{env, fs};

use fcn_lab::weights::{Weights, recognise};

use super::allocator::peak_of;
use super::{MEMORY, TIME};

/// What is run where nobody asks for more.
const SECONDS: u64 = 2;

/// Knuth's MMIX generator; the high bits are used.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, end: usize) -> usize {
        self.next() as usize % end.max(1)
    }
}

/// Numbers that break arithmetic.
const EDGES: [u64; 8] = [
    0,
    1,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    u64::MAX,
];

fn damage(file: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    for _ in 0..=random.below(4) {
        let at = random.below(file.len());
        let some = random.below(16).min(file.len() - at);
        match random.below(8) {
            0 => file[at] ^= 1 << random.below(8),
            1 => file[at] = random.next() as u8,
            2 => {
                file.drain(at..at + some);
            }
            3 => {
                let piece = file[at..at + some].repeat(1 + random.below(50));
                file.splice(at..at, piece);
            }
            4 => {
                let from = random.below(other.len());
                let piece = other[from..].iter().take(random.below(64)).copied();
                file.splice(at..at + some, piece.collect::<Vec<_>>());
            }
            5 => {
                let edge = EDGES[random.below(EDGES.len())].to_le_bytes();
                let width = [1, 2, 4, 8][random.below(4)];
                for (to, from) in file[at..].iter_mut().zip(&edge[..width]) {
                    *to = *from;
                }
            }
            6 => {
                // A digit in a header, or a small number in a pickle.
                if let Some(byte) = file[at..].iter_mut().find(|byte| byte.is_ascii_digit()) {
                    *byte = b'0' + random.below(10) as u8;
                }
            }
            _ => file.truncate(at.max(file.len() / 2)),
        }
        if file.is_empty() {
            file.push(0);
        }
    }
}

/// Everything that is done with a file somebody chose.
fn use_up(file: &[u8]) {
    let Ok(mut weights) = Weights::open(file) else {
        return;
    };
    let _ = recognise(&weights).map(|found| found.fit(&mut weights));
    for (name, info) in weights.tensors().clone() {
        if let Ok(values) = weights.take_values(&name, &info.shape) {
            assert_eq!(Some(values.len()), info.count());
            assert!(values.iter().all(|value| value.is_finite()));
        }
    }
    assert_eq!(weights.finish(), Ok(()));
}

fn fuzz(names: &[&str]) {
    let seconds = env::var("FCN_FUZZ_SECONDS").ok();
    let seconds = seconds.map_or(SECONDS, |text| text.parse().expect("a number of seconds"));
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reference/fixtures/checkpoints");
    let read = |name: &&str| fs::read(folder.join(name)).expect(name);
    let corpus: Vec<Vec<u8>> = names.iter().map(read).collect();
    let start = Instant::now();
    let mut seed = 0;
    let mut readable = 0u64;
    while start.elapsed() < Duration::from_secs(seconds) {
        seed += 1;
        let mut random = Random(seed);
        random.next();
        let mut file = corpus[random.below(corpus.len())].clone();
        let other = &corpus[random.below(corpus.len())];
        damage(&mut file, other, &mut random);
        let begun = Instant::now();
        let (peak, result) = peak_of(|| catch_unwind(AssertUnwindSafe(|| use_up(&file))));
        let time = begun.elapsed();
        assert!(result.is_ok(), "seed {seed} of {names:?} panics");
        // One tensor is in memory at a time: at most a half for each two bytes of the file.
        let allowed = MEMORY + 2 * file.len();
        assert!(
            peak <= allowed,
            "seed {seed} of {names:?} took {peak} bytes"
        );
        assert!(time <= TIME, "seed {seed} of {names:?} took {time:?}");
        readable += u64::from(Weights::open(&file[..]).is_ok());
    }
    println!("{names:?}: {seed} files, {readable} of them readable");
    // Damage that nothing survives would only ever test the first check.
    assert!(readable * 100 > seed, "{readable} of {seed} were readable");
}

#[test]
fn damaged_zip_checkpoints_never_panic() {
    fuzz(&[
        "views.pth",
        "views.protocol4.pth",
        "training.pth",
        "evil.pth",
        "bomb.pth",
    ]);
}

#[test]
fn damaged_legacy_checkpoints_never_panic() {
    fuzz(&[
        "views.legacy.pth",
        "training.legacy.pth",
        "python2.pth",
        "evil.legacy.pth",
    ]);
}

#[test]
fn damaged_safetensors_never_panic() {
    fuzz(&[
        "views.expected.safetensors",
        "training.expected.safetensors",
    ]);
}
