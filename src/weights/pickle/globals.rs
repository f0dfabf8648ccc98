//! What a pickle may name, and what becomes of it. Nothing named is ever run: each name on the list
//! stands for a piece of data that this crate makes itself, and every other name stands for a blank.
//!
//! A pickle can do three things with a name, and only the third is of concern:
//! - **mention** it (a type, a function kept among options): a blank;
//! - **build** an object of it without calling it (`NEWOBJ`, `copyreg._reconstructor`): a blank;
//! - **call** it (`REDUCE`). That is how the standard library's values are saved (paths, dates, arrays), and
//!   how a hostile pickle runs a command. Nothing would run here either way; a file that asks for `os.system`
//!   is refused all the same, so that nobody takes it for a sound one. A pickle doesn't tell a class from a
//!   function, so this is the rule: what is on [`GLOBALS`] or [`HARMLESS`] is a blank; what lies in one of the
//!   [`ACTING`] modules is refused; of the rest, a name in capitals as Python's classes have it (PEP 8) is
//!   taken for a class, and its object is a blank; any other is taken for a function, and refused.

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
    /// `(function, type, arguments, state)`: what the function makes of the arguments.
    RebuildFromType,
    /// A tensor of a kind that isn't read: sparse, quantised …
    RebuildOther,
    /// A tuple of sizes.
    Size,
    /// The type of a storage's elements.
    Storage(ElementType),
    /// `(object, name)`: how old protocols write a class within a class.
    Attribute,
    /// `(class, base, state)`: builds an object without calling its class.
    Reconstruct,
}

/// Modules and names that mean something here, as Python 2 and Python 3 write them.
const GLOBALS: &[(&str, Global)] = &[
    ("collections.OrderedDict", Global::OrderedDict),
    ("torch._utils._rebuild_tensor", Global::RebuildTensor),
    ("torch._utils._rebuild_tensor_v2", Global::RebuildTensor),
    ("torch._utils._rebuild_parameter", Global::RebuildParameter),
    (
        "torch._utils._rebuild_parameter_with_state",
        Global::RebuildParameter,
    ),
    // PyTorch before 0.4, as torchvision's first files: the tensor, and then its state.
    ("torch.nn.parameter.Parameter", Global::RebuildParameter),
    ("torch._tensor._rebuild_from_type", Global::RebuildFromType),
    (
        "torch._tensor._rebuild_from_type_v2",
        Global::RebuildFromType,
    ),
    ("torch.Size", Global::Size),
    ("torch.DoubleStorage", Global::Storage(ElementType::F64)),
    ("torch.FloatStorage", Global::Storage(ElementType::F32)),
    ("torch.HalfStorage", Global::Storage(ElementType::F16)),
    ("torch.BFloat16Storage", Global::Storage(ElementType::BF16)),
    ("torch.LongStorage", Global::Storage(ElementType::I64)),
    ("torch.IntStorage", Global::Storage(ElementType::I32)),
    ("torch.ShortStorage", Global::Storage(ElementType::I16)),
    ("torch.CharStorage", Global::Storage(ElementType::I8)),
    ("torch.ByteStorage", Global::Storage(ElementType::U8)),
    ("torch.BoolStorage", Global::Storage(ElementType::Bool)),
    ("builtins.getattr", Global::Attribute),
    ("__builtin__.getattr", Global::Attribute),
    ("copyreg._reconstructor", Global::Reconstruct),
    ("copy_reg._reconstructor", Global::Reconstruct),
    ("copyreg.__newobj__", Global::Reconstruct),
    ("copy_reg.__newobj__", Global::Reconstruct),
];

/// Whatever else makes a tensor.
const REBUILD: &str = "torch._utils._rebuild_";

/// What is called to save a harmless value, although its name is a function's or lies in an [`ACTING`] module.
const HARMLESS: &[&str] = &[
    // Python's own values and containers.
    "builtins.set",
    "builtins.frozenset",
    "builtins.dict",
    "builtins.list",
    "builtins.tuple",
    "builtins.int",
    "builtins.float",
    "builtins.complex",
    "builtins.bool",
    "builtins.str",
    "builtins.bytes",
    "builtins.bytearray",
    "builtins.range",
    "builtins.slice",
    "builtins.object",
    // As Python 3 calls them for Python 2, up to protocol 2, which is PyTorch's.
    "builtins.long",
    "builtins.unicode",
    "builtins.xrange",
    "collections.defaultdict",
    "collections.deque",
    "datetime.date",
    "datetime.datetime",
    "datetime.time",
    "datetime.timedelta",
    "datetime.timezone",
    "zoneinfo.ZoneInfo._unpickle",
    "time.struct_time",
    "array._array_reconstructor",
    "array.array",
    "itertools.count",
    "itertools.cycle",
    "itertools.repeat",
    "functools.partial",
    "operator.attrgetter",
    "operator.itemgetter",
    // `list[int]`.
    "types.GenericAlias",
    "types.SimpleNamespace",
    "signal.Signals",
    "platform.uname_result",
    "pytz._p",
    "pytz._UTC",
    "frozendict.frozendict",
    "re._compile",
    "logging.getLogger",
    "_codecs.encode",
    "io.BytesIO",
    "_io.BytesIO",
    "io.StringIO",
    "_io.StringIO",
    // A score, an array or a generator's state, by NumPy of any age; a table, by pandas.
    "numpy.dtype",
    "numpy.ndarray",
    "numpy.core.multiarray.scalar",
    "numpy.core.multiarray._reconstruct",
    "numpy.core.numeric._frombuffer",
    "numpy.ma.core._mareconstruct",
    "numpy.random._pickle.__randomstate_ctor",
    "numpy.random._pickle.__generator_ctor",
    "numpy.random._pickle.__bit_generator_ctor",
    "pandas.core.indexes.base._new_Index",
    "pandas.core.indexes.datetimes._new_DatetimeIndex",
    "pandas.core.indexes.period._new_PeriodIndex",
    "pandas.core.internals.blocks.new_block",
    "pandas._libs.internals._unpickle_block",
    "pandas._libs.tslibs.nattype._nat_unpickle",
    "pandas._libs.tslibs.timestamps._unpickle_timestamp",
    // Of PyTorch: where a tensor was, how it lay, a tensor saved within a pickle of its own.
    "torch.device",
    "torch.dtype",
    "torch.serialization._get_layout",
    "torch.storage._load_from_bytes",
    // What a module before PyTorch 1.0 has as its back end.
    "torch.nn.backends.thnn._get_thnn_function_backend",
];

/// Storages whose numbers aren't read, and bytes an element: where they lie in an old file, others follow.
const OTHER_STORAGES: &[(&str, u64)] = &[
    ("torch.ComplexDoubleStorage", 16),
    ("torch.ComplexFloatStorage", 8),
    ("torch.QInt32Storage", 4),
    ("torch.QInt8Storage", 1),
    ("torch.QUInt8Storage", 1),
    ("torch.QUInt4x2Storage", 1),
    ("torch.QUInt2x4Storage", 1),
    ("torch.storage.UntypedStorage", 1),
    ("torch.storage._UntypedStorage", 1),
];

/// Python's packages whose functions and classes act on the machine or run code. What is called in them is
/// refused unless it is [`HARMLESS`]; so is what is built of their classes. (Of Python's built-in names only
/// exceptions are in capitals.)
const ACTING: &[&str] = &[
    "_io",
    "io",
    "os",
    "nt",
    "posix",
    "pty",
    "sys",
    "subprocess",
    "_posixsubprocess",
    "commands",
    "popen2",
    "shutil",
    "tempfile",
    "fileinput",
    "socket",
    "socketserver",
    "ssl",
    "urllib",
    "urllib2",
    "http",
    "httplib",
    "ftplib",
    "smtplib",
    "telnetlib",
    "webbrowser",
    "requests",
    "asyncio",
    "concurrent",
    "multiprocessing",
    "threading",
    "_thread",
    "signal",
    "atexit",
    "gc",
    "ctypes",
    "_ctypes",
    "cffi",
    "code",
    "codeop",
    "types",
    "operator",
    "_operator",
    "functools",
    "imp",
    "importlib",
    "runpy",
    "pkgutil",
    "zipimport",
    "site",
    "pydoc",
    "inspect",
    "pdb",
    "bdb",
    "trace",
    "timeit",
    "profile",
    "cProfile",
    "pip",
    "setuptools",
    "distutils",
    "ensurepip",
    "venv",
    "pickle",
    "_pickle",
    "cPickle",
    "dill",
    "cloudpickle",
    "marshal",
    "shelve",
];

/// Calls whose results never become dictionaries or storages, and which a history may have by the hundred thousand:
/// what NumPy makes of a single value, and the bytes of it as protocol 2 writes them.
const PLAIN: &[&str] = &["numpy.core.multiarray.scalar", "_codecs.encode"];

/// What a name stands for, if that is more than a blank.
pub(super) fn find(path: &str) -> Option<Global> {
    let listed = GLOBALS.iter().find(|&&(known, _)| known == path);
    let other = || path.starts_with(REBUILD).then_some(Global::RebuildOther);
    listed.map(|&(_, global)| global).or_else(other)
}

/// Bytes an element of a storage whose numbers aren't read, if it is known.
pub(super) fn storage_width(path: &str) -> Option<u64> {
    let known = OTHER_STORAGES.iter().find(|&&(known, _)| known == path);
    known.map(|&(_, width)| width)
}

/// Makes sure that calling the name `path` would only have made a value.
///
/// # Errors
/// [`FcnError::WeightsInvalid`] for what may act, by its name.
pub(super) fn check_call(path: &str) -> Result<(), FcnError> {
    let is_harmless = HARMLESS.contains(&today(path).as_str());
    if is_harmless || (!acts(path) && is_class(path)) {
        return Ok(());
    }
    Err(refused(path, "calls"))
}

/// Python 2 calls its built-ins' module otherwise; NumPy 2 has moved its core.
fn today(path: &str) -> String {
    path.replacen("__builtin__.", "builtins.", 1)
        .replacen("numpy._core.", "numpy.core.", 1)
}

/// Whether calling the name `path` makes a value that nothing is done to afterwards.
pub(super) fn is_plain(path: &str) -> bool {
    PLAIN.contains(&today(path).as_str())
}

/// Whether the call only says of what kind something is: `type(None)`, and `Optional[str]`, which Python writes as an item
/// of a class's. Of an object that is built here an item may be whatever its class makes of it, and `type` with more
/// arguments makes a class: neither is.
pub(super) fn is_annotation(path: &str, of: Option<&str>, arguments: usize) -> bool {
    match today(path).as_str() {
        "builtins.type" => arguments <= 1,
        "operator.getitem" | "_operator.getitem" => of.is_some_and(|of| !acts(of)),
        _ => false,
    }
}

/// Makes sure that building an object of the class `path` would not have acted.
///
/// # Errors
/// As [`check_call`].
pub(super) fn check_build(path: &str) -> Result<(), FcnError> {
    match acts(path) {
        true => check_call(path),
        false => Ok(()),
    }
}

fn acts(path: &str) -> bool {
    let package = path.split('.').next().unwrap_or(path);
    ACTING.contains(&package)
}

/// Whether a name is written as Python's classes are: `Path`, `_Config`, `AMPState`; or is the function by which
/// Cython builds an object of one, `__pyx_unpickle_CLASS`.
fn is_class(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or(path);
    let name = name.strip_prefix("__pyx_unpickle_").unwrap_or(name);
    let first = name.trim_start_matches('_').chars().next();
    first.is_some_and(char::is_uppercase)
}

fn refused(path: &str, what: &str) -> FcnError {
    let reason = format!(
        "its pickle names {:?} and {what} it, and a weights file has no need of that. Nothing was run; if you \
         trust the file, load it in Python and save model.state_dict() by itself",
        short(path)
    );
    FcnError::weights(reason).told("weights.calls", [("name", short(path))])
}

/// The beginning of a name, fit to be shown.
pub(in crate::weights) fn short(path: &str) -> String {
    let shown = path.chars().take(96);
    shown
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_may_not_be_called() {
        for path in [
            "os.system",
            "posix.system",
            "nt.system",
            "builtins.eval",
            "builtins.exec",
            "builtins.__import__",
            "__builtin__.apply",
            "subprocess.Popen",
            "subprocess.check_output",
            "ctypes.CDLL",
            "types.FunctionType",
            "importlib.import_module",
            "torch.load",
            "torch.hub.load",
            "numpy.load",
            "anything.at_all",
            "builtins.type",
            "_operator.getitem",
            "code.interact",
            "code.InteractiveInterpreter.runcode",
            "inspect.types.CodeType",
            "os.path.Thing",
            "torch.FloatStorage.",
            "",
            ".",
        ] {
            let error = check_call(path).expect_err(path);
            assert_eq!(error.code(), "weights_invalid");
            assert!(find(path).is_none(), "{path}");
        }
        for path in ["subprocess.Popen", "types.CodeType"] {
            assert!(check_build(path).is_err(), "{path}");
        }
    }

    #[test]
    fn what_only_makes_a_value_may_be_called() {
        for path in [
            "pathlib.PosixPath",
            "pathlib._local.WindowsPath",
            "datetime.datetime",
            "collections.deque",
            "collections.Counter",
            "builtins.set",
            "__builtin__.set",
            "numpy.core.multiarray._reconstruct",
            "numpy._core.multiarray._reconstruct",
            "argparse.Namespace",
            "__main__.Config",
            "decimal.Decimal",
            "builtins.range",
            "__builtin__.xrange",
            "builtins.ValueError",
            "exceptions.ValueError",
            "numpy.random.bit_generator.__pyx_unpickle_SeedSequence",
            "signal.Signals",
            "pytz._p",
        ] {
            assert!(check_call(path).is_ok(), "{path}");
        }
        for path in ["omegaconf.listconfig.ListConfig", "__main__.config"] {
            assert!(check_build(path).is_ok(), "{path}");
        }
    }

    #[test]
    fn an_error_shows_no_more_than_a_line() {
        let error = check_call(&format!("{}a\nb", "x".repeat(5000))).expect_err("refused");
        assert!(error.to_string().len() < 400, "{error}");
        let error = check_call("a\nb").expect_err("refused");
        assert!(!error.to_string().contains('\n'));
    }
}
