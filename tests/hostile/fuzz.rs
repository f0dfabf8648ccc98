//! Sound files with random damage, the same in every run: nothing may panic, take long or take
//! memory.
//!
//! `FCN_FUZZ_SECONDS` sets how long each parser is worked on (default 2; `.ci/run` says more), and
//! `FCN_FUZZ_SEED` with which seed to begin. A file that breaks something is written to
//! `target/tmp/fuzz/` and named with its seed; what ends the whole process (an endless loop, a
//! stack that overflows) leaves the seed in `target/tmp/fuzz/PARSER.seed`. `FCN_FUZZ_SECONDS=0`
//! repeats one seed. Once mended, the file belongs in `tests/hostile/found/PARSER/`: what lies
//! there is tried first in every run, as it is, and damaged further.

use std::cell::Cell;
use std::fs::File;
use std::io::{Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

use fcn_lab::FcnError;
use fcn_lab::models::recognise;
use fcn_lab::weights::Weights;

use super::allocator::peak_of;
use super::stopwatch::Stopwatch;
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
    if let Ok(found) = recognise(&weights) {
        assert!(!found.assumptions(false).is_empty());
        found.fit(&mut weights);
    }
    for (name, info) in weights.tensors().clone() {
        match weights.take_values(&name, &info.shape) {
            Ok(values) => {
                assert_eq!(Some(values.len()), info.count());
                assert!(values.iter().all(|value| value.is_finite()));
            }
            Err(FcnError::NotFinite { .. }) => {}
            Err(error) => assert_kind(&error),
        }
    }
    assert_eq!(weights.finish(), Ok(()));
}

/// Files that a parser reads, and its name in messages.
struct Corpus {
    parser: &'static str,
    files: Vec<Vec<u8>>,
}

impl Corpus {
    /// Fixtures, and what was found earlier.
    fn new(parser: &'static str, names: &[&str]) -> Self {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
        let fixtures = tests.join("reference/fixtures/checkpoints");
        let mut paths: Vec<PathBuf> = names.iter().map(|name| fixtures.join(name)).collect();
        if let Ok(found) = fs::read_dir(tests.join("hostile/found").join(parser)) {
            paths.extend(found.map(|entry| entry.expect("an entry").path()));
        }
        // In no order of the file system's: a seed means the same everywhere.
        paths[names.len()..].sort();
        let files = paths.iter().map(|path| fs::read(path).expect("a file"));
        Self {
            parser,
            files: files.collect(),
        }
    }

    /// The file that belongs to a seed: the corpus as it is, then damaged files.
    fn file(&self, seed: u64) -> Vec<u8> {
        if let Some(file) = self.files.get(seed as usize) {
            return file.clone();
        }
        let mut random = Random(seed);
        random.next();
        let mut file = self.files[random.below(self.files.len())].clone();
        let other = &self.files[random.below(self.files.len())];
        damage(&mut file, other, &mut random);
        file
    }

    /// What is wrong with how a file is worked on, if anything.
    fn fault(file: &[u8], work: &impl Fn(&[u8])) -> Option<String> {
        let begun = Stopwatch::start();
        let (peak, result) = peak_of(|| catch_unwind(AssertUnwindSafe(|| work(file))));
        let (panics, time) = (result.is_err(), begun.elapsed());
        // One tensor is in memory at a time: at most a half for each two bytes of the file.
        let allowed = MEMORY + 2 * file.len();
        match () {
            () if panics => Some("panics".into()),
            () if peak > allowed => Some(format!("takes {peak} bytes of memory")),
            () if time > TIME => Some(format!("takes {time:?}")),
            () => None,
        }
    }

    /// Works on file after file, and gives how many there were.
    ///
    /// # Errors
    /// What is wrong, and where the file lies that shows it.
    fn search(&self, from: u64, seconds: u64, work: impl Fn(&[u8])) -> Result<u64, String> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
        fs::create_dir_all(&folder).expect("a folder");
        let note = folder.join(format!("{}.seed", self.parser));
        let mut present = File::create(&note).expect("a file");
        let start = Instant::now();
        let mut seed = from;
        loop {
            // Should the process end here, this is what is left of it.
            present.rewind().expect("at the beginning");
            write!(present, "{seed:20}").expect("written");
            let file = self.file(seed);
            if let Some(fault) = Self::fault(&file, &work) {
                let kept = folder.join(format!("{}-{seed}.bin", self.parser));
                fs::write(&kept, &file).expect("written");
                return Err(format!(
                    "a {} file of {} bytes {fault}: it is {}, and seed {seed} \
                     (FCN_FUZZ_SEED={seed} FCN_FUZZ_SECONDS=0)",
                    self.parser,
                    file.len(),
                    kept.display()
                ));
            }
            seed += 1;
            if start.elapsed() >= Duration::from_secs(seconds) {
                break;
            }
        }
        fs::remove_file(note).expect("removed");
        Ok(seed - from)
    }
}

/// A number from the environment.
fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(text.parse().expect(variable))
}

/// Whatever is refused has a sentence in every language, which its kind names.
fn assert_kind(error: &FcnError) {
    let facts = error.facts();
    assert!(facts.iter().any(|(name, _)| *name == "kind"), "{error}");
}

fn fuzz(parser: &'static str, names: &[&str]) {
    let seconds = number("FCN_FUZZ_SECONDS").unwrap_or(SECONDS);
    let from = number("FCN_FUZZ_SEED").unwrap_or(0);
    let corpus = Corpus::new(parser, names);
    let readable = Cell::new(0);
    let searched = corpus.search(from, seconds, |file| {
        use_up(file);
        match Weights::open(file) {
            Ok(_) => readable.set(readable.get() + 1),
            Err(error) => assert_kind(&error),
        }
    });
    let (files, readable) = (
        searched.unwrap_or_else(|what| panic!("{what}")),
        readable.get(),
    );
    println!("{parser}: {files} files, {readable} of them readable");
    // Damage that nothing survives would only ever test the first check.
    assert!(
        seconds == 0 || readable * 100 > files,
        "{readable} of {files} were readable"
    );
}

#[test]
fn damaged_zip_checkpoints_never_panic() {
    fuzz(
        "zip",
        &[
            "views.pth",
            "views.protocol4.pth",
            "training.pth",
            "evil.pth",
            "bomb.pth",
            "layouts/model_best.pth.tar",
            "layouts/lightning.ckpt",
            "layouts/deep.pkl",
            "layouts/parts.bin",
            "layouts/student.pt",
            "layouts/swa.pt",
            "layouts/vgg-convolutional.pth",
            "layouts/views2.pth",
            "layouts/beside-array5.pth",
            "layouts/beside-own_class.pth",
            "layouts/beside-own_class4.pth",
            "layouts/beside-frozenset.pth",
            "layouts/beside-bytes.pth",
            "layouts/beside-when.pth",
        ],
    );
}

#[test]
fn damaged_legacy_checkpoints_never_panic() {
    fuzz(
        "legacy",
        &[
            "views.legacy.pth",
            "training.legacy.pth",
            "python2.pth",
            "evil.legacy.pth",
            "layouts/views2.legacy.pth",
        ],
    );
}

#[test]
fn damaged_safetensors_never_panic() {
    let names = [
        "views.expected.safetensors",
        "training.expected.safetensors",
    ];
    fuzz("safetensors", &names);
}

#[test]
fn a_defect_is_reported_with_a_file_that_shows_it() {
    let corpus = Corpus::new("planted", &["views.expected.safetensors"]);
    let sound = corpus.files[0].len();
    let planted = |file: &[u8]| assert!(file.len() <= sound, "a longer file");
    let report = corpus.search(0, 60, planted).expect_err("a finding");
    let after = |words: &str| {
        let rest = report.split(words).nth(1).expect(words);
        rest.split([',', ' ']).next().expect(words).to_owned()
    };
    let file = fs::read(after("it is ")).expect("the file");
    assert!(Corpus::fault(&file, &planted).is_some());
    let seed = after("seed ").parse().expect("a number");
    assert_eq!(corpus.file(seed), file);
    assert_eq!(corpus.search(seed, 0, planted), Err(report));
    let left = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz/planted.seed");
    let left = fs::read_to_string(left).expect("the seed");
    assert_eq!(left.trim().parse(), Ok(seed));
}
