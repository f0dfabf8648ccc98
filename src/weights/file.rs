//! A weights file, read tensor by tensor and checked.
//!
//! The format's reader ([`super::safetensors`], [`super::pytorch`]) lists the tensors; this file
//! checks names, shapes and values as layers take them.

use std::collections::BTreeMap;
use std::ops::Range;

use burn::tensor::{Device, Tensor, TensorData};

use super::foreign::{self, HEAD};
use super::noise::Noise;
use super::pickle::short;
use super::source::Source;
use super::tensor::TensorInfo;
use super::{pytorch, safetensors};
use crate::FcnError;
use crate::kernels::parameter;

/// The most tensors that a file may have; ResNet-101 with an optimiser's state has 2,000.
pub const MAX_TENSORS: usize = 8192;

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// safetensors.
    Safetensors,
    /// `torch.save` since PyTorch 1.6: a zip archive.
    PyTorchZip,
    /// `torch.save` before PyTorch 1.6: one pickle after another, then the storages.
    PyTorchLegacy,
}

impl Format {
    /// Tells the format by the file's first bytes; names play no part.
    ///
    /// # Errors
    /// [`FcnError::WeightsInvalid`] for anything else.
    fn of(source: &dyn Source) -> Result<Self, FcnError> {
        let mut head = vec![0; usize::try_from(source.len().min(HEAD)).unwrap_or(0)];
        source.read_at(0, &mut head)?;
        if safetensors::is_safetensors(&head, source.len()) {
            return Ok(Self::Safetensors);
        }
        if head.starts_with(b"PK\x03\x04") {
            return Ok(Self::PyTorchZip);
        }
        // The first thing in a pickle is its protocol.
        if head.first() == Some(&0x80) {
            return Ok(Self::PyTorchLegacy);
        }
        Err(foreign::named(&head, source))
    }
}

/// One of the state dictionaries of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorSet {
    /// The keys that lead there, joined by `/`; empty where the file itself is the dictionary.
    pub name: String,
    /// By name, in alphabetical order; none of an optimiser's.
    pub tensors: BTreeMap<String, TensorInfo>,
}

/// The tensors of one file that no layer has taken yet.
///
/// Layers [`take`](Self::take) theirs by name; [`finish`](Self::finish) then makes sure that
/// nothing is left over. So a file fits its architecture exactly or isn't loaded at all. Only the
/// list of tensors is in memory, and the one that is being taken.
pub struct Weights<'a> {
    source: Box<dyn Source + 'a>,
    format: Format,
    /// All that the file holds.
    sets: Vec<TensorSet>,
    /// Those that are taken from: of one of the sets.
    tensors: BTreeMap<String, TensorInfo>,
    /// Whether the file's net has one output, and two are asked for.
    is_one_output: bool,
    /// Makes up whatever is asked for, instead of a file.
    noise: Option<Noise>,
}

impl<'a> Weights<'a> {
    /// Lists the tensors of a file in memory, of any [`Format`]. Nothing is copied yet.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn parse(bytes: &'a [u8]) -> Result<Self, FcnError> {
        Self::open(bytes)
    }

    /// Lists the tensors of a file, of any [`Format`].
    ///
    /// # Errors
    /// [`FcnError::WeightsInvalid`] for other formats, when the file is damaged or lies about
    /// itself, and when a pickle asks for anything but tensors.
    pub fn open(source: impl Source + 'a) -> Result<Self, FcnError> {
        let format = Format::of(&source)?;
        let sets = match format {
            Format::Safetensors => vec![TensorSet {
                name: String::new(),
                tensors: safetensors::index(&source)?,
            }],
            Format::PyTorchZip => pytorch::index_zip(&source)?,
            Format::PyTorchLegacy => pytorch::index_legacy(&source)?,
        };
        let count: usize = sets.iter().map(|set| set.tensors.len()).sum();
        if count > MAX_TENSORS {
            let reason = format!("it has {count} tensors, up to {MAX_TENSORS} are read");
            return Err(FcnError::weights(reason).told("weights.large", []));
        }
        // The largest; the first of several.
        let largest = sets.iter().rev().max_by_key(|set| set.tensors.len());
        Ok(Self {
            source: Box::new(source),
            format,
            tensors: largest.map(|set| set.tensors.clone()).unwrap_or_default(),
            sets,
            is_one_output: false,
            noise: None,
        })
    }

    /// No file: every tensor that is asked for exists, and holds noise that is the same everywhere.
    pub fn noise(seed: u32) -> Self {
        Self {
            source: Box::new(&[][..]),
            format: Format::Safetensors,
            sets: Vec::new(),
            tensors: BTreeMap::new(),
            is_one_output: false,
            noise: Some(Noise::new(seed)),
        }
    }

    /// The file's format.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The file's state dictionaries, in its order.
    pub fn sets(&self) -> &[TensorSet] {
        &self.sets
    }

    /// Takes tensors from these from now on, whichever set of the file they are of.
    pub(super) fn choose(&mut self, tensors: BTreeMap<String, TensorInfo>) {
        self.tensors = tensors;
    }

    /// The file's net has one output, which stands for two classes: background, and the one. Wherever two
    /// are asked for and one is there, the other is 0, and comes first: its score is 0 everywhere, so that the
    /// one wins where its own is above 0, and softmax gives it the sigmoid of that.
    pub fn with_background(mut self) -> Self {
        self.is_one_output = true;
        self
    }

    /// The tensors that haven't been taken, by name, in alphabetical order: of the largest set, until a net was
    /// recognised and fitted.
    pub fn tensors(&self) -> &BTreeMap<String, TensorInfo> {
        &self.tensors
    }

    /// Renames tensors, and drops those for which `name` returns `None`.
    ///
    /// # Errors
    /// [`FcnError::WeightsInvalid`] when two end up with one name.
    pub fn rename(&mut self, name: impl Fn(&str) -> Option<String>) -> Result<(), FcnError> {
        let mut renamed = BTreeMap::new();
        for (old, info) in std::mem::take(&mut self.tensors) {
            let Some(new) = name(&old) else { continue };
            if renamed.insert(new.clone(), info).is_some() {
                let error = FcnError::weights(format!("it has two tensors \"{new}\""));
                return Err(error.told("weights.twice", [("tensor", short(&new))]));
            }
        }
        self.tensors = renamed;
        Ok(())
    }

    /// Takes the tensor `name` as f32, on `device`, if it has exactly this shape and is finite.
    ///
    /// # Errors
    /// [`FcnError::MissingTensor`], [`FcnError::ShapeMismatch`], [`FcnError::NotFinite`], or
    /// [`FcnError::WeightsInvalid`] for an element type other than f64, f32, f16 and bf16.
    pub fn take<const D: usize>(
        &mut self,
        name: &str,
        shape: [usize; D],
        device: &Device,
    ) -> Result<Tensor<D>, FcnError> {
        let values = self.take_values(name, &shape)?;
        Ok(parameter(TensorData::new(values, shape), device))
    }

    /// Takes the tensor `name` as a row-major f32 buffer. Errors as [`take`](Self::take).
    pub fn take_values(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, FcnError> {
        let rows = shape.first().copied().unwrap_or(0);
        let values = match shape {
            [] => self.read(name, shape, None),
            _ => self.read(name, shape, Some(0..rows)),
        };
        self.ignore(name);
        values
    }

    /// Reads these indices of the first dimension of the tensor `name`, which stays in the file: for
    /// tensors too large to be in memory as a whole. After the last part, drop it with
    /// [`ignore`](Self::ignore). Errors as [`take`](Self::take).
    pub fn read_rows(
        &mut self,
        name: &str,
        shape: &[usize],
        rows: Range<usize>,
    ) -> Result<Vec<f32>, FcnError> {
        self.read(name, shape, Some(rows))
    }

    fn read(
        &mut self,
        name: &str,
        shape: &[usize],
        rows: Option<Range<usize>>,
    ) -> Result<Vec<f32>, FcnError> {
        if let Some(noise) = &mut self.noise {
            let mut part = shape.to_vec();
            if let (Some(first), Some(rows)) = (part.first_mut(), &rows) {
                *first = rows.len();
            }
            return Ok(noise.tensor(name, &part));
        }
        let missing = || FcnError::MissingTensor {
            name: name.to_string(),
            expected: shape.to_vec(),
        };
        let info = self.tensors.get(name).ok_or_else(missing)?;
        if info.shape != shape {
            if let (true, Some(places)) = (self.is_one_output, places_of_one(&info.shape, shape)) {
                let one = self.read_part(name, info, None)?;
                let count = shape.iter().product();
                let mut values = vec![0.0; count];
                for (value, place) in one.into_iter().zip(places) {
                    if let Some(slot) = values.get_mut(place) {
                        *slot = value;
                    }
                }
                return Ok(values);
            }
            return Err(FcnError::ShapeMismatch {
                name: name.to_string(),
                expected: shape.to_vec(),
                got: info.shape.clone(),
            });
        }
        self.read_part(name, info, rows)
    }

    fn read_part(
        &self,
        name: &str,
        info: &TensorInfo,
        rows: Option<Range<usize>>,
    ) -> Result<Vec<f32>, FcnError> {
        let missing = || FcnError::MissingTensor {
            name: name.to_string(),
            expected: info.shape.clone(),
        };
        let part = match rows {
            Some(rows) => info.rows(rows).ok_or_else(missing)?,
            None => info.clone(),
        };
        let values = part.read(name, &self.source)?;
        if !values.iter().all(|value| value.is_finite()) {
            return Err(FcnError::NotFinite {
                name: name.to_string(),
            });
        }
        Ok(values)
    }

    /// Drops the tensor `name`, of any type, if it is there: for what inference doesn't use.
    pub fn ignore(&mut self, name: &str) {
        self.tensors.remove(name);
    }

    /// Makes sure that every tensor was taken.
    ///
    /// # Errors
    /// [`FcnError::UnexpectedTensor`] with the first name left over, in alphabetical order.
    pub fn finish(self) -> Result<(), FcnError> {
        match self.tensors.into_keys().next() {
            Some(name) => Err(FcnError::UnexpectedTensor { name }),
            None => Ok(()),
        }
    }
}

/// Where the elements of a tensor for one class lie in the one for two, row-major; `None` where the shapes
/// differ in more than that.
fn places_of_one(one: &[usize], two: &[usize]) -> Option<Vec<usize>> {
    let is_pair = |(&one, &two): (&usize, &usize)| one == two || (one == 1 && two == 2);
    let mut pairs = one.iter().zip(two);
    // Classes are the first dimension, and of a kernel that mixes them the second.
    let fits = one.len() == two.len()
        && pairs.clone().all(is_pair)
        && pairs.all(|(&one, &two)| one == two || two == 2)
        && one.iter().zip(two).skip(2).all(|(one, two)| one == two);
    if !fits {
        return None;
    }
    let count = two
        .iter()
        .try_fold(1usize, |n, &size| n.checked_mul(size))?;
    let inner: usize = two.get(2..).unwrap_or_default().iter().product();
    let columns = two.get(1).copied().unwrap_or(1);
    let is_of_one = |place: &usize| {
        let (row, column) = (
            place / (inner * columns).max(1),
            place / inner.max(1) % columns.max(1),
        );
        let is = |axis: usize, index: usize| one.get(axis) == two.get(axis) || index == 1;
        is(0, row) && is(1, column)
    };
    Some((0..count).filter(is_of_one).collect())
}

#[cfg(test)]
mod tests {
    use ::safetensors::{Dtype, serialize, tensor::TensorView};
    use half::{bf16, f16};

    use super::*;

    fn file(dtype: Dtype, shape: &[usize], data: &[u8]) -> Vec<u8> {
        let view = TensorView::new(dtype, shape.to_vec(), data).expect("a valid view");
        serialize([("conv.weight", view)], None).expect("a valid file")
    }

    #[test]
    fn half_precision_becomes_the_same_numbers() {
        let data: Vec<u8> = [1.5f32, -0.25]
            .iter()
            .flat_map(|&v| f16::from_f32(v).to_le_bytes())
            .collect();
        let bytes = file(Dtype::F16, &[2], &data);
        let mut weights = Weights::parse(&bytes).expect("parsed");
        assert_eq!(
            weights.take_values("conv.weight", &[2]),
            Ok(vec![1.5, -0.25])
        );
        assert_eq!(weights.finish(), Ok(()));

        let data: Vec<u8> = [1.5f32, -0.25]
            .iter()
            .flat_map(|&v| bf16::from_f32(v).to_le_bytes())
            .collect();
        let bytes = file(Dtype::BF16, &[2], &data);
        let mut weights = Weights::parse(&bytes).expect("parsed");
        assert_eq!(
            weights.take_values("conv.weight", &[2]),
            Ok(vec![1.5, -0.25])
        );
    }

    #[test]
    fn one_output_becomes_two_whose_first_is_zero() {
        let values = |count: usize| (1..=count).flat_map(|v| (v as f32).to_le_bytes());
        let take = |from: &[usize], to: &[usize]| {
            let data: Vec<u8> = values(from.iter().product()).collect();
            let bytes = file(Dtype::F32, from, &data);
            let weights = Weights::parse(&bytes).expect("parsed");
            weights.with_background().take_values("conv.weight", to)
        };
        assert_eq!(take(&[1], &[2]), Ok(vec![0.0, 1.0]));
        assert_eq!(take(&[1, 3], &[2, 3]), Ok(vec![0., 0., 0., 1., 2., 3.]));
        // A kernel for each class by itself, and one that mixes them.
        let alone = take(&[1, 1, 1, 2], &[2, 1, 1, 2]);
        assert_eq!(alone, Ok(vec![0., 0., 1., 2.]));
        let mixed = take(&[1, 1, 1, 2], &[2, 2, 1, 2]);
        assert_eq!(mixed, Ok(vec![0., 0., 0., 0., 0., 0., 1., 2.]));
        for (from, to) in [(&[2][..], &[3][..]), (&[1, 3], &[2, 4]), (&[1], &[2, 1])] {
            let error = take(from, to).map_err(|e| e.code());
            assert_eq!(error, Err("shape_mismatch"), "{from:?} {to:?}");
        }
    }

    #[test]
    fn each_misfit_is_named() {
        let bytes = file(Dtype::F32, &[2], &[0; 8]);
        let open = || Weights::parse(&bytes).expect("parsed");
        assert_eq!(
            open().take_values("conv.bias", &[2]),
            Err(FcnError::MissingTensor {
                name: "conv.bias".into(),
                expected: vec![2]
            })
        );
        assert_eq!(
            open().take_values("conv.weight", &[1, 2]),
            Err(FcnError::ShapeMismatch {
                name: "conv.weight".into(),
                expected: vec![1, 2],
                got: vec![2]
            })
        );
        assert_eq!(
            open().finish(),
            Err(FcnError::UnexpectedTensor {
                name: "conv.weight".into()
            })
        );
    }

    #[test]
    fn nan_and_unknown_types_are_refused() {
        let nan: Vec<u8> = [f32::NAN, 0.0]
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect();
        let bytes = file(Dtype::F32, &[2], &nan);
        let mut weights = Weights::parse(&bytes).expect("parsed");
        let error = weights
            .take_values("conv.weight", &[2])
            .map_err(|e| e.code());
        assert_eq!(error, Err("not_finite"));

        let bytes = file(Dtype::I32, &[2], &[0; 8]);
        let mut weights = Weights::parse(&bytes).expect("parsed");
        let error = weights
            .take_values("conv.weight", &[2])
            .map_err(|e| e.code());
        assert_eq!(error, Err("weights_invalid"));
    }

    proptest::proptest! {
        #[test]
        fn hostile_bytes_never_panic(bytes in proptest::collection::vec(0u8..=255, 0..200)) {
            let _ = Weights::parse(&bytes).map(Weights::finish);
        }

        #[test]
        fn hostile_headers_never_panic(
            dtype in "F32|F16|BF16|I64|U8|F8|", shape in proptest::collection::vec(0u64..=u64::MAX, 0..4),
            from in 0u64..40, to in 0u64..40, extra in "[ -~]{0,12}", data in 0usize..40,
        ) {
            // A well-formed length and JSON, so that offsets and shapes are what lies.
            let header = format!(
                r#"{{"conv.weight":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{from},{to}]}}{extra}}}"#
            );
            let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
            bytes.extend(header.bytes());
            bytes.extend(vec![0u8; data]);
            if let Ok(mut weights) = Weights::parse(&bytes) {
                let _ = weights.take_values("conv.weight", &[2]);
                let _ = weights.finish();
            }
        }

        #[test]
        fn a_file_cut_anywhere_is_refused(keep in 0usize..72) {
            let bytes = file(Dtype::F32, &[4], &[1; 16]);
            proptest::prop_assume!(keep < bytes.len());
            proptest::prop_assert!(Weights::parse(&bytes[..keep]).is_err());
        }
    }
}
