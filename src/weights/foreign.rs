//! What a file is that holds no weights as they are read here, and what to do about it: told by its bytes.
//!
//! Signatures: the formats' specifications; for Git LFS pointers its `docs/spec.md`. Each has a `kind`, by
//! which other languages find a sentence of their own.

use super::source::Source;
use crate::FcnError;

/// Bytes looked at to tell what a file is: tar's mark is the furthest, at 257; a page's title comes later.
pub(super) const HEAD: u64 = 1024;
/// LevelDB's magic number, with which the index of TensorFlow's checkpoints ends.
const TABLE_END: &[u8] = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb";
/// What a Git LFS pointer begins with.
const LFS: &str = "version https://git-lfs.github.com/spec/";

/// Bytes at an offset, the kind of file that has them there, and what to do.
const SIGNATURES: &[(usize, &[u8], &str, &str)] = &[
    (
        0,
        b"\x89HDF",
        "weights.hdf5",
        "it is an HDF5 file, as Keras and Caffe write; safetensors and PyTorch's files are read",
    ),
    (
        257,
        b"ustar",
        "weights.tar",
        "it is a tar archive: unpack it first. If torch.save wrote it (before PyTorch 0.1.10), load it there and save it again",
    ),
    (
        4,
        b"TFL3",
        "weights.tensorflow",
        "it is a TensorFlow Lite model; safetensors and PyTorch's files are read",
    ),
    (
        0,
        b"GGUF",
        "weights.other",
        "it is a GGUF file; safetensors and PyTorch's files are read",
    ),
    (
        0,
        b"MATLAB 5.0",
        "weights.matlab",
        "it is a MATLAB file, as MatConvNet's models are; safetensors and PyTorch's files are read",
    ),
    (
        0,
        b"\x93NUMPY",
        "weights.numpy",
        "it is a NumPy array; save the tensors with safetensors or torch.save",
    ),
    (
        0,
        b"\x1f\x8b",
        "weights.packed",
        "it is packed (gzip): unpack it first",
    ),
    (
        0,
        b"BZh",
        "weights.packed",
        "it is packed (bzip2): unpack it first",
    ),
    (
        0,
        b"\xfd7zXZ\0",
        "weights.packed",
        "it is packed (xz): unpack it first",
    ),
    (
        0,
        b"(\xb5/\xfd",
        "weights.packed",
        "it is packed (zstd): unpack it first",
    ),
    (
        0,
        b"7z\xbc\xaf\x27\x1c",
        "weights.packed",
        "it is packed (7z): unpack it first",
    ),
    (
        0,
        b"Rar!\x1a\x07",
        "weights.packed",
        "it is packed (RAR): unpack it first",
    ),
    (
        0,
        b"\x89PNG",
        "weights.picture",
        "it is a picture (PNG), not a weights file",
    ),
    (
        0,
        b"\xff\xd8\xff",
        "weights.picture",
        "it is a picture (JPEG), not a weights file",
    ),
];

/// What to do with another framework's model.
const ELSEWHERE: &str = "safetensors and PyTorch's files are read";

/// The error for a file that begins with `head` and is of no format that is read.
pub(super) fn named(head: &[u8], source: &dyn Source) -> FcnError {
    let known = SIGNATURES.iter().find(|(at, mark, ..)| {
        let rest = head.get(*at..);
        rest.is_some_and(|rest| rest.starts_with(mark))
    });
    if let Some(&(_, _, kind, reason)) = known {
        return FcnError::weights(reason).told(kind, []);
    }
    if head.is_empty() {
        let reason = "it is empty (0 bytes); download it again";
        return FcnError::weights(reason).told("weights.empty", []);
    }
    if let Some(text) = text(head) {
        return of_text(text.trim_start_matches('\u{feff}').trim_start());
    }
    if let Some(error) = protobuf(head) {
        return error;
    }
    let mut end = [0; 8];
    let ends = source.len().checked_sub(8);
    if ends.is_some_and(|at| source.read_at(at, &mut end).is_ok()) && end == *TABLE_END {
        return tensorflow("the index of a TensorFlow checkpoint");
    }
    if head.iter().all(|&byte| byte == 0) {
        let reason = "it begins with nothing but zeros, as a download that was never filled; download it again";
        return FcnError::weights(reason).told("weights.cut", []);
    }
    let reason = "it is neither a safetensors file nor one that torch.save wrote";
    FcnError::weights(reason).told("weights.unknown", [])
}

/// The error for a pointer of Git LFS, or a web page, where a file of another length should be; `None` for anything else.
pub(super) fn placeholder(bytes: &[u8]) -> Option<FcnError> {
    let head = bytes.get(..HEAD as usize).unwrap_or(bytes);
    let text = text(head)?.trim_start_matches('\u{feff}').trim_start();
    (text.starts_with(LFS) || text.starts_with('<')).then(|| of_text(text))
}

/// The beginning of a text, whose last character may be cut in two.
fn text(head: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && head.len() as u64 == HEAD => {
            std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let is_control = |c: char| c.is_control() && !c.is_whitespace();
    (!text.contains(is_control)).then_some(text)
}

fn of_text(text: &str) -> FcnError {
    if text.starts_with(LFS) {
        let size = text.lines().find_map(|line| line.strip_prefix("size "));
        let size: Option<u64> = size.and_then(|size| size.trim().parse().ok());
        let (size, shown) = match size {
            Some(size) => (size.to_string(), grouped(size)),
            None => ("?".to_string(), "?".to_string()),
        };
        let reason = format!(
            "it is a Git LFS pointer, not the file itself, which has {shown} bytes: get it with `git lfs pull`, or \
             download it from the repository's page"
        );
        return FcnError::weights(reason).told("weights.lfs", [("size", size)]);
    }
    if text.starts_with('<') {
        let lower = text.to_ascii_lowercase();
        let title = lower.find("<title>").and_then(|from| {
            let from = from + "<title>".len();
            let to = lower.get(from..)?.find("</title>")?;
            text.get(from..from + to)
        });
        let title: String = title.unwrap_or("").trim().chars().take(80).collect();
        let called = match title.as_str() {
            "" => String::new(),
            title => format!(" ({title:?})"),
        };
        let reason = format!(
            "it is a web page{called}, not the file: download it again, and look at what the site says first"
        );
        return FcnError::weights(reason).told("weights.page", [("title", title)]);
    }
    let reason =
        "it is a text, not a weights file; download it again, or choose the file beside it";
    FcnError::weights(reason).told("weights.text", [])
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let length = digits.len();
    let mark = |(i, digit): (usize, char)| {
        let is_apart = i > 0 && (length - i).is_multiple_of(3);
        is_apart.then_some(',').into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(mark).collect()
}

/// The formats that are Protocol Buffers: told by the first fields.
fn protobuf(head: &[u8]) -> Option<FcnError> {
    match *head {
        // saved_model_schema_version = 1, meta_graphs
        [0x08, 0x01, 0x12, ..] => Some(tensorflow("a TensorFlow SavedModel")),
        // ir_version (3 and up), then any field of a ModelProto
        [
            0x08,
            3..=63,
            0x12 | 0x1a | 0x22 | 0x28 | 0x32 | 0x3a | 0x42,
            ..,
        ] => {
            let reason = format!(
                "it is an ONNX model; {ELSEWHERE}: save the net's state_dict() where it was exported"
            );
            Some(FcnError::weights(reason).told("weights.onnx", []))
        }
        // A list of nodes or a name: TensorFlow's graphs and Caffe's nets.
        [0x0a, ..] => {
            let has = |word: &[u8]| head.windows(word.len()).any(|window| window == word);
            match [&b"Placeholder"[..], b"Const", b"dtype"]
                .into_iter()
                .any(has)
            {
                true => Some(tensorflow("a TensorFlow graph")),
                false => {
                    let reason = format!(
                        "it looks like a Caffe model; {ELSEWHERE}: look for a port to PyTorch"
                    );
                    Some(FcnError::weights(reason).told("weights.caffe", []))
                }
            }
        }
        _ => None,
    }
}

fn tensorflow(what: &str) -> FcnError {
    let reason = format!("it is {what}; {ELSEWHERE}");
    FcnError::weights(reason).told("weights.tensorflow", [])
}

/// A pickle without PyTorch's magic number.
pub(super) fn pickle() -> FcnError {
    let reason =
        "a pickle, but not one that torch.save wrote; save model.state_dict() with torch.save";
    FcnError::weights(reason).told("weights.pickle", [])
}

/// What `torch.jit.save` wrote.
pub(super) fn torch_script() -> FcnError {
    let reason = "it is a TorchScript archive, a program with its weights: load it with torch.jit.load and save \
                  model.state_dict() with torch.save";
    FcnError::weights(reason).told("weights.torchscript", [])
}

/// A zip archive that torch.save didn't write, with these files.
pub(super) fn archive(names: &[&str]) -> FcnError {
    let ends = |ending: &str| names.iter().any(|name| name.ends_with(ending));
    if ends(".weights.h5") {
        let reason = format!("it is a Keras model; {ELSEWHERE}");
        return FcnError::weights(reason).told("weights.hdf5", []);
    }
    if ends("saved_model.pb") {
        return tensorflow("a TensorFlow SavedModel, packed");
    }
    if !names.is_empty() && names.iter().all(|name| name.ends_with(".npy")) {
        let reason =
            "it is an archive of NumPy arrays; save the tensors with safetensors or torch.save";
        return FcnError::weights(reason).told("weights.numpy", []);
    }
    let files = names.iter().filter(|name| !name.ends_with('/'));
    // Directories of archives have no order that is kept here.
    let mut files: Vec<&str> = files
        .map(|name| name.rsplit('/').next().unwrap_or(name))
        .collect();
    files.sort_unstable();
    let shown = files.iter().take(3).map(|name| {
        let safe = name
            .chars()
            .take(48)
            .map(|c| if c.is_control() { '?' } else { c });
        safe.collect::<String>()
    });
    let shown = shown.collect::<Vec<_>>().join(", ");
    let holds = match shown.as_str() {
        "" => "nothing".to_string(),
        shown => shown.to_string(),
    };
    let reason = format!(
        "it is a zip archive without data.pkl, which torch.save would write; it holds {holds}. Unpack the zip \
         first, and open the weights file in it"
    );
    FcnError::weights(reason).told("weights.zip", [("files", holds)])
}
