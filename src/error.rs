//! Everything that can go wrong, as one enum.
//!
//! Each variant says what was expected and what was got; [`FcnError::code`] is stable and is what
//! JavaScript, translations and tests match on. The texts are for people and may change.

use std::fmt;

/// The error type of this crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FcnError {
    /// `model.json` isn't JSON, or a field is missing or out of range.
    ManifestInvalid { reason: String },
    /// The manifest names an architecture that this build doesn't have.
    UnknownArchitecture { name: String, known: Vec<String> },
    /// A head that the loaded net doesn't have.
    UnknownVariant { name: String, known: Vec<String> },
    /// The weights file is shorter or longer than the manifest says, in bytes.
    WeightsSizeMismatch { expected: u64, got: u64 },
    /// The weights file isn't the one the manifest describes (SHA-256, hexadecimal).
    HashMismatch { expected: String, got: String },
    /// The weights file isn't a readable safetensors or PyTorch file.
    WeightsInvalid { reason: String },
    /// The same, where it is known what the file is instead. `facts`: what the reason says, for other
    /// languages; see [`FcnError::facts`].
    WeightsForeign {
        reason: String,
        facts: Vec<(&'static str, String)>,
    },
    /// A readable weights file whose tensors fit no architecture. `facts`: what the reason says,
    /// for other languages; see [`FcnError::facts`].
    WeightsUnrecognised {
        reason: String,
        facts: Vec<(&'static str, String)>,
    },
    /// The architecture needs a tensor that the file hasn't got.
    MissingTensor { name: String, expected: Vec<usize> },
    /// The file has a tensor that the architecture doesn't know.
    UnexpectedTensor { name: String },
    /// A tensor of another shape than the architecture's.
    ShapeMismatch {
        name: String,
        expected: Vec<usize>,
        got: Vec<usize>,
    },
    /// NaN or infinity, in a weight tensor or in the scores.
    NotFinite { name: String },
    /// Passes with dropout were asked of a net that has no such layers.
    NoDropout { architecture: &'static str },
    /// An image size, buffer length or other argument that doesn't fit.
    InvalidInput { reason: String },
    /// No WebGPU adapter or device could be had.
    NoWebGpu { reason: String },
    /// The GPU refused or lost work.
    Gpu { reason: String },
    /// The caller asked to stop.
    Aborted,
}

impl FcnError {
    /// A stable, machine-readable name of the error's kind.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ManifestInvalid { .. } => "manifest_invalid",
            Self::UnknownArchitecture { .. } => "unknown_architecture",
            Self::UnknownVariant { .. } => "unknown_variant",
            Self::WeightsSizeMismatch { .. } => "weights_size_mismatch",
            Self::HashMismatch { .. } => "hash_mismatch",
            Self::WeightsInvalid { .. } | Self::WeightsForeign { .. } => "weights_invalid",
            Self::WeightsUnrecognised { .. } => "weights_unrecognised",
            Self::MissingTensor { .. } => "missing_tensor",
            Self::UnexpectedTensor { .. } => "unexpected_tensor",
            Self::ShapeMismatch { .. } => "shape_mismatch",
            Self::NotFinite { .. } => "not_finite",
            Self::NoDropout { .. } => "no_dropout",
            Self::InvalidInput { .. } => "invalid_input",
            Self::NoWebGpu { .. } => "no_webgpu",
            Self::Gpu { .. } => "gpu_error",
            Self::Aborted => "aborted",
        }
    }

    /// What is known of the failure, by name, where the sentence alone would leave a translation
    /// nothing to say. Of unrecognised weights: `tensors` (a number), `found`, and of the nearest
    /// `architecture` `missing`, `unexpected` (each a list of names and shapes, with how many more
    /// there are in `foundMore` …), `shapeName`, `shapeGot`, `shapeExpected`, `shapes` (a number). `kind`, of
    /// either, names a sentence of its own, which the other facts fill.
    pub fn facts(&self) -> &[(&'static str, String)] {
        match self {
            Self::WeightsUnrecognised { facts, .. } | Self::WeightsForeign { facts, .. } => facts,
            _ => &[],
        }
    }

    /// Shorthand for [`FcnError::InvalidInput`].
    pub(crate) fn invalid(reason: impl Into<String>) -> Self {
        Self::InvalidInput {
            reason: reason.into(),
        }
    }

    /// Shorthand for [`FcnError::WeightsInvalid`].
    pub(crate) fn weights(reason: impl Into<String>) -> Self {
        Self::WeightsInvalid {
            reason: reason.into(),
        }
    }

    /// Shorthand for [`FcnError::WeightsForeign`].
    pub(crate) fn foreign(
        kind: &'static str,
        reason: impl Into<String>,
        mut facts: Vec<(&'static str, String)>,
    ) -> Self {
        facts.push(("kind", kind.to_string()));
        Self::WeightsForeign {
            reason: reason.into(),
            facts,
        }
    }

    /// Shorthand for [`FcnError::ManifestInvalid`].
    pub(crate) fn manifest(reason: impl Into<String>) -> Self {
        Self::ManifestInvalid {
            reason: reason.into(),
        }
    }
}

impl fmt::Display for FcnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ManifestInvalid { reason } => {
                write!(f, "the model manifest is not valid: {reason}")
            }
            Self::UnknownArchitecture { name, known } => {
                write!(
                    f,
                    "unknown architecture \"{name}\"; known are {}",
                    known.join(", ")
                )
            }
            Self::UnknownVariant { name, known } => {
                write!(
                    f,
                    "unknown variant \"{name}\"; this model has {}",
                    known.join(", ")
                )
            }
            Self::WeightsSizeMismatch { expected, got } => {
                write!(
                    f,
                    "the weights file has {got} bytes, the manifest says {expected}"
                )
            }
            Self::HashMismatch { expected, got } => {
                write!(
                    f,
                    "the weights file's SHA-256 is {got}, the manifest says {expected}"
                )
            }
            Self::WeightsInvalid { reason } | Self::WeightsForeign { reason, .. } => {
                write!(f, "the weights file cannot be read: {reason}")
            }
            Self::WeightsUnrecognised { reason, .. } => {
                write!(f, "the weights fit no net that is known here: {reason}")
            }
            Self::MissingTensor { name, expected } => {
                write!(f, "the weights file lacks \"{name}\" {expected:?}")
            }
            Self::UnexpectedTensor { name } => {
                write!(
                    f,
                    "the weights file has \"{name}\", which this architecture does not"
                )
            }
            Self::ShapeMismatch {
                name,
                expected,
                got,
            } => {
                write!(
                    f,
                    "\"{name}\" has shape {got:?}, the architecture needs {expected:?}"
                )
            }
            Self::NotFinite { name } => write!(f, "\"{name}\" holds NaN or infinity"),
            Self::NoDropout { architecture } => {
                write!(
                    f,
                    "\"{architecture}\" has no fc6 and fc7 over the scores of a mask, whose channels would be \
                     dropped out; FCNs on VGG16 and EfficientNet-Lite have"
                )
            }
            Self::InvalidInput { reason } => f.write_str(reason),
            Self::NoWebGpu { reason } => write!(f, "WebGPU is not available: {reason}"),
            Self::Gpu { reason } => write!(f, "the GPU reported an error: {reason}"),
            Self::Aborted => f.write_str("stopped on request"),
        }
    }
}

impl std::error::Error for FcnError {}
