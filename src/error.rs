//! Everything that can go wrong, as one enum.
//!
//! Each variant says what was expected and what was got; [`FcnError::code`] is stable and is what
//! JavaScript, translations and tests match on. The texts are for people and may change.

use std::fmt;

/// What a reason says, by name: for other languages.
pub type Facts = Vec<(&'static str, String)>;

/// The fact of a manifest that says which field is at fault.
pub(crate) fn field(name: impl Into<String>) -> (&'static str, String) {
    ("field", name.into())
}

/// The error type of this crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FcnError {
    /// `model.json` isn't JSON, or a field is missing or out of range. `facts`: see [`FcnError::facts`].
    ManifestInvalid { reason: String, facts: Facts },
    /// A list of class names can't be read. `facts`: see [`FcnError::facts`].
    NamesInvalid { reason: String, facts: Facts },
    /// The manifest names an architecture that this build doesn't have.
    UnknownArchitecture { name: String, known: Vec<String> },
    /// A head that the loaded net doesn't have.
    UnknownVariant { name: String, known: Vec<String> },
    /// The weights file is shorter or longer than the manifest says, in bytes.
    WeightsSizeMismatch { expected: u64, got: u64 },
    /// The weights file isn't the one the manifest describes (SHA-256, hexadecimal).
    HashMismatch { expected: String, got: String },
    /// The weights file isn't a readable safetensors or PyTorch file. `facts`: see [`FcnError::facts`].
    WeightsInvalid { reason: String, facts: Facts },
    /// A readable weights file whose tensors fit no architecture. `facts`: see [`FcnError::facts`].
    WeightsUnrecognised { reason: String, facts: Facts },
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
    /// An image size, buffer length or other argument that doesn't fit. `facts`: see [`FcnError::facts`].
    InvalidInput { reason: String, facts: Facts },
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
            Self::ManifestInvalid { .. } | Self::NamesInvalid { .. } => "manifest_invalid",
            Self::UnknownArchitecture { .. } => "unknown_architecture",
            Self::UnknownVariant { .. } => "unknown_variant",
            Self::WeightsSizeMismatch { .. } => "weights_size_mismatch",
            Self::HashMismatch { .. } => "hash_mismatch",
            Self::WeightsInvalid { .. } => "weights_invalid",
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
    /// any, names a sentence of its own, which the other facts fill. Whatever a person's files can bring about has one;
    /// what only a program can ask for wrongly has none.
    pub fn facts(&self) -> Facts {
        match self {
            Self::ManifestInvalid { facts, .. }
            | Self::NamesInvalid { facts, .. }
            | Self::WeightsInvalid { facts, .. }
            | Self::WeightsUnrecognised { facts, .. }
            | Self::InvalidInput { facts, .. } => facts.clone(),
            Self::UnknownArchitecture { name, known } | Self::UnknownVariant { name, known } => {
                vec![("got", name.clone()), ("known", known.join(", "))]
            }
            Self::WeightsSizeMismatch { expected, got } => {
                vec![("expected", expected.to_string()), ("got", got.to_string())]
            }
            Self::HashMismatch { expected, got } => {
                vec![("expected", expected.clone()), ("got", got.clone())]
            }
            Self::MissingTensor { name, expected } => {
                vec![
                    ("tensor", name.clone()),
                    ("expected", format!("{expected:?}")),
                ]
            }
            Self::UnexpectedTensor { name } | Self::NotFinite { name } => {
                vec![("tensor", name.clone())]
            }
            Self::ShapeMismatch {
                name,
                expected,
                got,
            } => vec![
                ("tensor", name.clone()),
                ("expected", format!("{expected:?}")),
                ("got", format!("{got:?}")),
            ],
            Self::NoWebGpu { reason } | Self::Gpu { reason } => vec![("reason", reason.clone())],
            Self::NoDropout { .. } | Self::Aborted => Facts::new(),
        }
    }

    /// The same, with its kind and facts; nothing to an error that has none.
    pub(crate) fn told<const N: usize>(
        mut self,
        kind: &'static str,
        told: [(&'static str, String); N],
    ) -> Self {
        if let Self::ManifestInvalid { facts, .. }
        | Self::NamesInvalid { facts, .. }
        | Self::WeightsInvalid { facts, .. }
        | Self::InvalidInput { facts, .. } = &mut self
        {
            facts.extend(told);
            facts.push(("kind", kind.to_string()));
        }
        self
    }

    /// Shorthand for [`FcnError::InvalidInput`].
    pub(crate) fn invalid(reason: impl Into<String>) -> Self {
        Self::InvalidInput {
            reason: reason.into(),
            facts: Facts::new(),
        }
    }

    /// Shorthand for [`FcnError::WeightsInvalid`].
    pub(crate) fn weights(reason: impl Into<String>) -> Self {
        Self::WeightsInvalid {
            reason: reason.into(),
            facts: Facts::new(),
        }
    }

    /// Shorthand for [`FcnError::ManifestInvalid`].
    pub(crate) fn manifest(reason: impl Into<String>) -> Self {
        Self::ManifestInvalid {
            reason: reason.into(),
            facts: Facts::new(),
        }
    }

    /// Shorthand for [`FcnError::NamesInvalid`].
    pub(crate) fn names(reason: impl Into<String>) -> Self {
        Self::NamesInvalid {
            reason: reason.into(),
            facts: Facts::new(),
        }
    }
}

impl fmt::Display for FcnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ManifestInvalid { reason, .. } => {
                write!(f, "the model manifest is not valid: {reason}")
            }
            Self::NamesInvalid { reason, .. } => {
                write!(f, "the list of class names is not valid: {reason}")
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
            Self::WeightsInvalid { reason, .. } => {
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
            Self::InvalidInput { reason, .. } => f.write_str(reason),
            Self::NoWebGpu { reason } => write!(f, "WebGPU is not available: {reason}"),
            Self::Gpu { reason } => write!(f, "the GPU reported an error: {reason}"),
            Self::Aborted => f.write_str("stopped on request"),
        }
    }
}

impl std::error::Error for FcnError {}
