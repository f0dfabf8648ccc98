//! Where a tensor lies in a file, and how its elements become f32 values.
//!
//! PyTorch saves views as they are: a size, a stride for each dimension (in elements) and an offset
//! into a storage (`torch.Tensor.stride`, PyTorch's "Tensor Views" page). A checkpoint of
//! channels-last or transposed weights therefore isn't row-major in the file, one saved through
//! `expand()` uses an element many times (stride 0), and a slice may lie thinly in a large storage. All
//! are read as `Tensor.clone()` would give them.

use std::ops::Range;

use half::{bf16, f16};

use super::pickle::short;
use super::source::{Source, Window};
use crate::FcnError;

/// The most dimensions that are read; a convolution has four.
pub const MAX_RANK: usize = 8;
/// The most elements of a view that uses an element twice, and the most that it may span: such a tensor may be
/// larger than its file. FCN-32s' kernel of 21 classes has 1.8 million.
const MAX_REPEATING: u64 = 1 << 22;
/// Bytes fetched from a source at a time.
const CHUNK: usize = 1 << 18;

/// The element type of a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ElementType {
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U8,
    Bool,
    /// One that safetensors has and nothing here needs.
    Other,
}

impl ElementType {
    /// Bytes an element.
    pub(super) fn bytes(self) -> u64 {
        match self {
            Self::F64 | Self::I64 => 8,
            Self::F32 | Self::I32 => 4,
            Self::F16 | Self::BF16 | Self::I16 => 2,
            Self::I8 | Self::U8 | Self::Bool | Self::Other => 1,
        }
    }

    /// The name as in safetensors.
    pub fn name(self) -> &'static str {
        match self {
            Self::F64 => "F64",
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::BF16 => "BF16",
            Self::I64 => "I64",
            Self::I32 => "I32",
            Self::I16 => "I16",
            Self::I8 => "I8",
            Self::U8 => "U8",
            Self::Bool => "BOOL",
            Self::Other => "another type",
        }
    }

    /// Whether elements of this type can be read as weights.
    pub fn is_float(self) -> bool {
        matches!(self, Self::F64 | Self::F32 | Self::F16 | Self::BF16)
    }
}

/// A tensor of a file: what it is and where its elements are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorInfo {
    /// The element type in the file.
    pub element_type: ElementType,
    /// Sizes, as PyTorch orders them.
    pub shape: Vec<usize>,
    /// The file's offset of the first element, in bytes.
    start: u64,
    lies: Lies,
}

/// How a tensor's elements lie from its first one on.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Lies {
    /// Row-major, without gaps.
    Dense,
    /// Each dimension's size and how many elements to skip for a step in it; no element is used twice.
    Apart(Vec<(usize, u64)>),
    /// Likewise, but elements are used several times.
    Repeating(Vec<(usize, u64)>),
}

/// A run of elements of one type in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Storage {
    pub(super) element_type: ElementType,
    /// The file's offset in bytes.
    pub(super) start: u64,
    /// How many elements there are; they were checked to lie within the file.
    pub(super) elements: u64,
}

impl TensorInfo {
    /// A row-major tensor at `start` (bytes), whose extent has been checked.
    pub(crate) fn dense(element_type: ElementType, shape: Vec<usize>, start: u64) -> Self {
        Self {
            element_type,
            shape,
            start,
            lies: Lies::Dense,
        }
    }

    /// A view into a storage.
    ///
    /// # Errors
    /// What is wrong with it, when it leaves the storage, or is larger than what may use an element twice.
    pub(super) fn view(
        storage: Storage,
        offset: u64,
        shape: &[u64],
        strides: &[u64],
    ) -> Result<Self, String> {
        if shape.len() > MAX_RANK || shape.len() != strides.len() {
            return Err(format!(
                "{} sizes and {} strides; up to {MAX_RANK} of each are read",
                shape.len(),
                strides.len()
            ));
        }
        let too_large = || format!("the shape {shape:?} is too large");
        let sizes = shape
            .iter()
            .map(|&size| usize::try_from(size).ok())
            .collect::<Option<Vec<_>>>()
            .ok_or_else(too_large)?;
        let count = shape
            .iter()
            .try_fold(1u64, |count, &size| count.checked_mul(size))
            .ok_or_else(too_large)?;

        // From the fastest dimension to the slowest: where each step clears all that the faster ones
        // reach, no element is used twice, and a walk in that order only ever goes forward.
        let mut steps: Vec<(u64, u64)> = strides
            .iter()
            .zip(shape)
            .filter(|&(_, &size)| size > 1)
            .map(|(&stride, &size)| (stride, size))
            .collect();
        steps.sort_unstable();
        let mut last = 0u64; // the furthest element, from the offset on
        let mut repeats = false;
        for (stride, size) in steps {
            repeats |= stride <= last;
            last = (size - 1)
                .checked_mul(stride)
                .and_then(|reach| last.checked_add(reach))
                .ok_or_else(too_large)?;
        }
        let span = if count == 0 {
            0
        } else {
            last.saturating_add(1)
        };
        if offset
            .checked_add(span)
            .is_none_or(|end| end > storage.elements)
        {
            return Err(format!(
                "{span} elements from {offset} on leave a storage of {}",
                storage.elements
            ));
        }
        let start = offset
            .checked_mul(storage.element_type.bytes())
            .and_then(|bytes| bytes.checked_add(storage.start))
            .ok_or_else(too_large)?;
        let dims = || sizes.iter().copied().zip(strides.iter().copied()).collect();
        let lies = if count == 0 || is_row_major(shape, strides) {
            Lies::Dense
        } else if !repeats {
            Lies::Apart(dims())
        } else if count.max(span) <= MAX_REPEATING {
            Lies::Repeating(dims())
        } else {
            return Err(format!(
                "it uses elements twice, and {count} of them over {span}; up to {MAX_REPEATING} are read"
            ));
        };
        Ok(Self {
            element_type: storage.element_type,
            lies,
            shape: sizes,
            start,
        })
    }

    /// The same elements, in row-major order, as a matrix with this tensor's rows.
    pub(crate) fn as_matrix(&self) -> Self {
        let mut matrix = self.clone();
        if let [rows, rest @ ..] = self.shape.as_slice() {
            let columns = rest.iter().fold(1usize, |n, &size| n.saturating_mul(size));
            matrix.shape = vec![*rows, columns];
        }
        matrix
    }

    /// The number of elements; `None` where that overflows.
    pub fn count(&self) -> Option<usize> {
        self.shape
            .iter()
            .try_fold(1usize, |count, &size| count.checked_mul(size))
    }

    /// The part of a tensor that has these indices of the first dimension; `None` where there are
    /// fewer.
    pub(super) fn rows(&self, rows: Range<usize>) -> Option<Self> {
        let (&all, rest) = self.shape.split_first()?;
        let count = rows
            .end
            .checked_sub(rows.start)
            .filter(|_| rows.end <= all)?;
        let dims = match &self.lies {
            Lies::Dense => None,
            Lies::Apart(dims) | Lies::Repeating(dims) => Some(dims),
        };
        let stride = match dims {
            Some(dims) => dims.first()?.1,
            None => rest
                .iter()
                .try_fold(1u64, |n, &size| n.checked_mul(size as u64))?,
        };
        let skipped = (rows.start as u64).checked_mul(stride)?;
        let skipped = skipped.checked_mul(self.element_type.bytes())?;
        let mut part = self.clone();
        *part.shape.first_mut()? = count;
        if let Lies::Apart(dims) | Lies::Repeating(dims) = &mut part.lies {
            dims.first_mut()?.0 = count;
        }
        part.start = part.start.checked_add(skipped)?;
        Some(part)
    }

    /// All elements as f32, row-major. Allocates four bytes an element.
    ///
    /// # Errors
    /// [`FcnError::WeightsInvalid`] for elements that aren't floating-point numbers, when the
    /// source can't be read, or when memory is short.
    pub(super) fn read(&self, name: &str, source: &dyn Source) -> Result<Vec<f32>, FcnError> {
        if !self.element_type.is_float() {
            let got = self.element_type.name();
            let shown = match self.element_type {
                ElementType::Other => "of another type (float8, complex, quantised or sparse)",
                _ => got,
            };
            let reason = format!(
                "\"{name}\" is {shown}; f64, f32, f16 and bf16 are read: save the net in one of them (model.float()), \
                 a quantised one dequantised, a sparse one dense (to_dense())"
            );
            let facts = [("tensor", short(name)), ("got", got.to_string())];
            return Err(FcnError::weights(reason).told("weights.elements", facts));
        }
        let count = self.count().unwrap_or(usize::MAX);
        let mut values = Vec::new();
        values.try_reserve_exact(count).map_err(|_| {
            FcnError::weights(format!("\"{name}\": no memory for {count} values"))
                .told("weights.memory", [("tensor", short(name))])
        })?;
        match &self.lies {
            Lies::Dense => self.read_dense(count, source, &mut values)?,
            Lies::Apart(dims) => {
                values.resize(count, 0.0);
                self.read_apart(dims, source, &mut values)?;
            }
            Lies::Repeating(dims) => self.read_repeating(dims, count, source, &mut values)?,
        }
        Ok(values)
    }

    /// Reads all that is spanned, and takes each element from there.
    fn read_repeating(
        &self,
        dims: &[(usize, u64)],
        count: usize,
        source: &dyn Source,
        values: &mut Vec<f32>,
    ) -> Result<(), FcnError> {
        if dims.iter().any(|&(size, _)| size == 0) {
            return Ok(());
        }
        // At most MAX_REPEATING, as was checked.
        let reach = dims
            .iter()
            .map(|&(size, stride)| (size - 1) as u64 * stride);
        let span = usize::try_from(reach.sum::<u64>()).unwrap_or(0) + 1;
        let mut spanned = Vec::with_capacity(span);
        self.read_dense(span, source, &mut spanned)?;
        let mut index = vec![0; dims.len()];
        for _ in 0..count {
            let steps = index.iter().zip(dims);
            let at: u64 = steps.map(|(&i, &(_, stride))| i as u64 * stride).sum();
            let value = usize::try_from(at).ok().and_then(|at| spanned.get(at));
            values.push(value.copied().unwrap_or(f32::NAN));
            // Row-major: the last dimension is the fastest.
            for (i, &(size, _)) in index.iter_mut().zip(dims).rev() {
                *i += 1;
                if *i < size {
                    break;
                }
                *i = 0;
            }
        }
        Ok(())
    }

    fn read_dense(
        &self,
        count: usize,
        source: &dyn Source,
        values: &mut Vec<f32>,
    ) -> Result<(), FcnError> {
        let width = self.element_type.bytes();
        let mut left = count as u64;
        let mut offset = self.start;
        let mut chunk = Vec::new();
        while left > 0 {
            let elements = left.min(CHUNK as u64 / width);
            let bytes = elements * width; // at most CHUNK
            chunk.resize(usize::try_from(bytes).unwrap_or(CHUNK), 0);
            source.read_at(offset, &mut chunk)?;
            decode(self.element_type, &chunk, values);
            left -= elements;
            offset = offset.saturating_add(bytes);
        }
        Ok(())
    }

    /// Walks the elements in the file's order and puts each where row-major order wants it.
    fn read_apart(
        &self,
        dims: &[(usize, u64)],
        source: &dyn Source,
        values: &mut [f32],
    ) -> Result<(), FcnError> {
        let width = self.element_type.bytes();
        let mut axes: Vec<Axis> = Vec::with_capacity(MAX_RANK);
        let mut step = 1usize;
        for &(size, stride) in dims.iter().rev() {
            if size > 1 {
                axes.push(Axis {
                    stride,
                    size,
                    step,
                    index: 0,
                });
            }
            step = step.saturating_mul(size);
        }
        axes.sort_unstable_by_key(|axis| axis.stride); // fastest first

        let mut window = Window::new(source, source.len(), CHUNK);
        let mut one = Vec::with_capacity(1);
        let (mut element, mut place) = (0u64, 0usize);
        for _ in 0..values.len() {
            let offset = element.saturating_mul(width).saturating_add(self.start);
            one.clear();
            // `width` is at most 8.
            decode(
                self.element_type,
                window.get(offset, width as usize)?,
                &mut one,
            );
            if let (Some(value), Some(slot)) = (one.first(), values.get_mut(place)) {
                *slot = *value;
            }
            for axis in &mut axes {
                axis.index += 1;
                if axis.index < axis.size {
                    element = element.saturating_add(axis.stride);
                    place = place.saturating_add(axis.step);
                    break;
                }
                let back = axis.size - 1;
                element = element.saturating_sub((back as u64).saturating_mul(axis.stride));
                place = place.saturating_sub(back.saturating_mul(axis.step));
                axis.index = 0;
            }
        }
        Ok(())
    }
}

/// A dimension of a view on the way from the file's order to row-major order.
struct Axis {
    /// Elements to skip in the file.
    stride: u64,
    size: usize,
    /// Elements to skip in row-major order.
    step: usize,
    index: usize,
}

fn is_row_major(shape: &[u64], strides: &[u64]) -> bool {
    let mut step = 1u64;
    for (&size, &stride) in shape.iter().zip(strides).rev() {
        if size > 1 && stride != step {
            return false;
        }
        step = step.saturating_mul(size);
    }
    true
}

/// Appends little-endian elements; those that aren't floating-point numbers are left out.
fn decode(element_type: ElementType, bytes: &[u8], values: &mut Vec<f32>) {
    let halves = bytes.as_chunks::<2>().0.iter();
    match element_type {
        ElementType::F64 => {
            let words = bytes.as_chunks::<8>().0.iter();
            values.extend(words.map(|&word| f64::from_le_bytes(word) as f32));
        }
        ElementType::F32 => {
            let words = bytes.as_chunks::<4>().0.iter();
            values.extend(words.map(|&word| f32::from_le_bytes(word)));
        }
        ElementType::F16 => values.extend(halves.map(|&h| f16::from_le_bytes(h).to_f32())),
        ElementType::BF16 => values.extend(halves.map(|&h| bf16::from_le_bytes(h).to_f32())),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn storage(elements: u64) -> Storage {
        Storage {
            element_type: ElementType::F32,
            start: 0,
            elements,
        }
    }

    fn numbers(count: usize) -> Vec<u8> {
        (0..count).flat_map(|v| (v as f32).to_le_bytes()).collect()
    }

    #[test]
    fn a_view_is_read_as_pytorch_indexes_it() {
        let bytes = numbers(120);
        let source: &[u8] = &bytes;
        // Permutations, gaps, offsets, sizes of one: element [i, j, k] is at offset + i·s0 + …
        let cases: [(u64, [u64; 3], [u64; 3]); 11] = [
            // expand(), in each place; a window that slides; a thin slice.
            (3, [2, 3, 4], [0, 4, 1]),
            (3, [2, 3, 4], [4, 0, 1]),
            (3, [2, 3, 4], [0, 0, 0]),
            (1, [4, 3, 2], [1, 1, 1]),
            (2, [2, 1, 4], [60, 7, 19]),
            (0, [2, 3, 4], [12, 4, 1]),
            (5, [4, 3, 2], [1, 4, 12]),
            (1, [3, 2, 4], [4, 12, 1]),
            (0, [2, 3, 4], [60, 2, 7]),
            (7, [1, 5, 3], [0, 3, 1]),
            (0, [3, 1, 5], [20, 99, 2]),
        ];
        for (offset, shape, strides) in cases {
            let info = TensorInfo::view(storage(120), offset, &shape, &strides).expect("a view");
            let mut expected = Vec::new();
            for i in 0..shape[0] {
                for j in 0..shape[1] {
                    for k in 0..shape[2] {
                        let at = offset + i * strides[0] + j * strides[1] + k * strides[2];
                        expected.push(at as f32);
                    }
                }
            }
            assert_eq!(
                info.read("t", &source),
                Ok(expected),
                "{shape:?} {strides:?}"
            );
        }
    }

    #[test]
    fn views_that_lie_are_refused() {
        let cases: [(u64, &[u64], &[u64], &str); 7] = [
            (0, &[3, 4], &[4, 1], "leave"),
            (1, &[11], &[1], "leave"),
            (u64::MAX, &[1], &[1], "leave"),
            (0, &[1 << 40, 1 << 40], &[1, 1], "too large"),
            (0, &[2, 2], &[u64::MAX, 1], "too large"),
            (0, &[2], &[1, 1], "sizes"),
            (0, &[1; 9], &[1; 9], "sizes"),
        ];
        for (offset, shape, strides, said) in cases {
            let error = TensorInfo::view(storage(11), offset, shape, strides);
            let error = error.expect_err("refused");
            assert!(error.contains(said), "{shape:?} {strides:?}: {error}");
        }
        // What uses an element twice may be larger than its file, but not without end.
        for (shape, strides) in [([1u64 << 23, 1], [0u64, 0]), ([2, 1 << 30], [1, 0])] {
            let error = TensorInfo::view(storage(11), 0, &shape, &strides);
            assert!(error.expect_err("refused").contains("twice"));
        }
        let far = TensorInfo::view(storage(1 << 30), 0, &[2, 2, 2], &[0, 1 << 25, 1]);
        assert!(far.expect_err("refused").contains("twice"));
    }

    #[test]
    fn parts_and_matrices_of_views_are_those_of_their_clones() {
        let bytes = numbers(60);
        let source: &[u8] = &bytes;
        for strides in [[12, 4, 1], [1, 4, 12], [0, 1, 4], [4, 0, 1]] {
            let shape = [3, 2, 4];
            let info = TensorInfo::view(storage(60), 2, &shape, &strides).expect("a view");
            let whole = info.read("t", &source).expect("values");
            let part = info.rows(1..3).expect("rows");
            assert_eq!(part.read("t", &source).as_deref(), Ok(&whole[8..]));
            let matrix = info.as_matrix();
            assert_eq!(matrix.shape, [3, 8]);
            assert_eq!(matrix.read("t", &source).as_ref(), Ok(&whole));
            let part = matrix.rows(0..1).expect("a row");
            assert_eq!(part.read("t", &source).as_deref(), Ok(&whole[..8]));
        }
    }

    #[test]
    fn empty_tensors_and_scalars_are_read() {
        let bytes = numbers(4);
        let source: &[u8] = &bytes;
        let read = |shape: &[u64], strides: &[u64], offset| {
            let info = TensorInfo::view(storage(4), offset, shape, strides).expect("a view");
            info.read("t", &source).expect("values")
        };
        assert_eq!(read(&[], &[], 3), [3.0]);
        assert_eq!(read(&[0, 3], &[3, 1], 0), [0.0f32; 0]);
    }
}
