//! safetensors files (f32, f16, bf16), read tensor by tensor and checked.
//!
//! Format: an 8-byte little-endian header length, a JSON header, the raw tensors. The `safetensors`
//! crate checks offsets, overlaps and lengths; this file checks names, shapes and values.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};
use half::{bf16, f16};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use super::Noise;
use crate::FcnError;

/// The tensors of one file that no layer has taken yet.
///
/// Layers [`take`](Self::take) theirs by name; [`finish`](Self::finish) then makes sure that
/// nothing is left over. So a file fits its architecture exactly or isn't loaded at all.
pub struct Weights<'a> {
    tensors: BTreeMap<String, TensorView<'a>>,
    /// Makes up whatever is asked for, instead of a file.
    noise: Option<Noise>,
}

impl<'a> Weights<'a> {
    /// Parses a safetensors file. Nothing is copied yet.
    ///
    /// # Errors
    /// [`FcnError::WeightsInvalid`] when the header lies about the file.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, FcnError> {
        let file = SafeTensors::deserialize(bytes).map_err(|error| FcnError::WeightsInvalid {
            reason: error.to_string(),
        })?;
        Ok(Self {
            tensors: file.tensors().into_iter().collect(),
            noise: None,
        })
    }

    /// No file: every tensor that is asked for exists, and holds noise that is the same everywhere.
    pub fn noise(seed: u32) -> Self {
        Self {
            tensors: BTreeMap::new(),
            noise: Some(Noise::new(seed)),
        }
    }

    /// Takes the tensor `name` as f32, on `device`, if it has exactly this shape and is finite.
    ///
    /// # Errors
    /// [`FcnError::MissingTensor`], [`FcnError::ShapeMismatch`], [`FcnError::NotFinite`], or
    /// [`FcnError::WeightsInvalid`] for an element type other than f32, f16 and bf16.
    pub fn take<const D: usize>(
        &mut self,
        name: &str,
        shape: [usize; D],
        device: &Device,
    ) -> Result<Tensor<D>, FcnError> {
        let values = self.take_values(name, &shape)?;
        Ok(Tensor::from_data(TensorData::new(values, shape), device))
    }

    /// Takes the tensor `name` as a row-major f32 buffer. Errors as [`take`](Self::take).
    pub fn take_values(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, FcnError> {
        if let Some(noise) = &mut self.noise {
            return Ok(noise.tensor(name, shape));
        }
        let name = name.to_string();
        let view = self
            .tensors
            .remove(&name)
            .ok_or_else(|| FcnError::MissingTensor {
                name: name.clone(),
                expected: shape.to_vec(),
            })?;
        if view.shape() != shape {
            return Err(FcnError::ShapeMismatch {
                name,
                expected: shape.to_vec(),
                got: view.shape().to_vec(),
            });
        }
        let values = to_f32(view.dtype(), view.data()).ok_or_else(|| FcnError::WeightsInvalid {
            reason: format!(
                "\"{name}\" is {:?}; f32, f16 and bf16 are read",
                view.dtype()
            ),
        })?;
        if !values.iter().all(|value| value.is_finite()) {
            return Err(FcnError::NotFinite { name });
        }
        Ok(values)
    }

    /// Drops the tensor `name`, of whatever type, if it is there: for what inference has no use for.
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

fn to_f32(dtype: Dtype, bytes: &[u8]) -> Option<Vec<f32>> {
    let halves = || bytes.as_chunks::<2>().0.iter();
    match dtype {
        Dtype::F32 => {
            let words = bytes.as_chunks::<4>().0.iter();
            Some(words.map(|&word| f32::from_le_bytes(word)).collect())
        }
        Dtype::F16 => Some(halves().map(|&h| f16::from_le_bytes(h).to_f32()).collect()),
        Dtype::BF16 => Some(halves().map(|&h| bf16::from_le_bytes(h).to_f32()).collect()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(dtype: Dtype, shape: &[usize], data: &[u8]) -> Vec<u8> {
        let view = TensorView::new(dtype, shape.to_vec(), data).expect("a valid view");
        safetensors::serialize([("conv.weight", view)], None).expect("a valid file")
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
