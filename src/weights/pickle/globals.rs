//! What a pickle may name, and what becomes of it. Nothing named is ever run: each name on the list
//! stands for a piece of data that this crate makes itself.
//!
//! The list holds what `torch.save` writes for state dicts (`torch/_utils.py`,
//! `torch/_weights_only_unpickler.py`), and what training scripts put next to them.

use crate::FcnError;
use crate::weights::tensor::ElementType;

/// A name from the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::weights) enum Global {
    /// A dictionary.
    OrderedDict,
    /// A view into a storage: `(storage, offset, size, stride, …)`.
    RebuildTensor,
    /// `(tensor, …)`: the tensor.
    RebuildParameter,
    /// A tuple of sizes.
    Size,
    /// The type of a storage's elements.
    Storage(ElementType),
    /// Harmless and of no use: a step count, options of the training script. Stays a blank.
    Blank,
}

/// Modules and names, as Python 2 and Python 3 write them.
const GLOBALS: &[(&str, &str, Global)] = &[
    ("collections", "OrderedDict", Global::OrderedDict),
    ("torch._utils", "_rebuild_tensor", Global::RebuildTensor),
    ("torch._utils", "_rebuild_tensor_v2", Global::RebuildTensor),
    (
        "torch._utils",
        "_rebuild_parameter",
        Global::RebuildParameter,
    ),
    (
        "torch._utils",
        "_rebuild_parameter_with_state",
        Global::RebuildParameter,
    ),
    // PyTorch before 0.4, as torchvision's first files: the tensor, and then its state.
    ("torch.nn.parameter", "Parameter", Global::RebuildParameter),
    ("torch", "Size", Global::Size),
    ("torch", "DoubleStorage", Global::Storage(ElementType::F64)),
    ("torch", "FloatStorage", Global::Storage(ElementType::F32)),
    ("torch", "HalfStorage", Global::Storage(ElementType::F16)),
    (
        "torch",
        "BFloat16Storage",
        Global::Storage(ElementType::BF16),
    ),
    ("torch", "LongStorage", Global::Storage(ElementType::I64)),
    ("torch", "IntStorage", Global::Storage(ElementType::I32)),
    ("torch", "ShortStorage", Global::Storage(ElementType::I16)),
    ("torch", "CharStorage", Global::Storage(ElementType::I8)),
    ("torch", "ByteStorage", Global::Storage(ElementType::U8)),
    ("torch", "BoolStorage", Global::Storage(ElementType::Bool)),
    // A training script's command line, as torchvision's references save it.
    ("argparse", "Namespace", Global::Blank),
    // A score that NumPy computed: (dtype, bytes).
    ("numpy.core.multiarray", "scalar", Global::Blank),
    ("numpy._core.multiarray", "scalar", Global::Blank),
    ("numpy", "dtype", Global::Blank),
    ("_codecs", "encode", Global::Blank),
    // Containers in an optimiser's or a scheduler's state.
    ("collections", "defaultdict", Global::Blank),
    ("collections", "Counter", Global::Blank),
    ("builtins", "set", Global::Blank),
    ("__builtin__", "set", Global::Blank),
    ("builtins", "dict", Global::Blank),
    ("__builtin__", "dict", Global::Blank),
    ("torch", "device", Global::Blank),
];

/// Looks a name up.
///
/// # Errors
/// [`FcnError::WeightsInvalid`] for a name that isn't on the list.
pub(super) fn find(module: &str, name: &str) -> Result<Global, FcnError> {
    let listed = GLOBALS.iter().find(|&&(m, n, _)| m == module && n == name);
    listed.map(|&(_, _, global)| global).ok_or_else(|| {
        let short = |text: &str| -> String { text.chars().take(48).collect() };
        FcnError::weights(format!(
            "its pickle names {:?}, and a weights file has no need of that. If a whole model was \
             saved, save model.state_dict() instead",
            format!("{}.{}", short(module), short(name))
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_code_is_not_on_the_list() {
        for (module, name) in [
            ("os", "system"),
            ("posix", "system"),
            ("builtins", "eval"),
            ("builtins", "getattr"),
            ("subprocess", "Popen"),
            ("torch", "load"),
            ("torch.FloatStorage", ""),
            ("", ""),
        ] {
            let error = find(module, name).expect_err("refused");
            assert_eq!(error.code(), "weights_invalid");
        }
    }

    #[test]
    fn an_error_shows_no_more_than_a_line() {
        let error = find(&"x".repeat(5000), "a\nb").expect_err("refused");
        assert!(error.to_string().len() < 300, "{error}");
        assert!(!error.to_string().contains('\n'));
    }
}
