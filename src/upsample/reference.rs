//! The size of every map in the FCN authors' own nets, and where their crops begin.
//!
//! Long, Shelhamer & Darrell, "Fully Convolutional Networks for Semantic Segmentation", CVPR 2015,
//! in the arithmetic of the authors' Caffe nets (`voc-fcn32s`, `voc-fcn16s`, `voc-fcn8s`): padding
//! 100 at `conv1_1`, a 7×7 fc6 without padding, transposed convolutions without padding, and crops.
//! Agrees with PyTorch's layers (`tests/reference/make_sizes.py`).
//!
//! # Where the crops come from
//! Every layer maps a position i of its output to the position s·i + (k − 1)/2 − p of its input,
//! the centre of its window; a transposed convolution maps the other way. Followed back to the
//! photo, in pixels:
//!
//! ```text
//! score_fr  i → 32·(i + 3) + 15.5 − 99 = 32·i + 12.5     five pools, fc6's 3, conv1_1's 1 − 100
//! pool4     i → 16·i + 7.5 − 99        = 16·i − 91.5
//! pool3     i →  8·i + 3.5 − 99        =  8·i − 95.5
//! ```
//! The k64 s32 layer puts position i at 32·i + 31.5: 19 further than where the photo has it. A k4 s2
//! layer puts i at 2·i + 1.5, so its u lies at 16·u − 11.5 in the photo, which is pool4's u + 5; the
//! k32 s16 layer puts u at 16·u + 15.5, 27 too far. Once more: v lies at 8·v − 23.5, pool3's v + 9,
//! and k16 s8 puts it at 8·v + 7.5, 31 too far.

use super::{Rounding, conv_size, conv_transpose_size, pool2_size};
use crate::FcnError;

/// Pixels of zeros around the photo at `conv1_1`: room for a 7×7 fc6 over even the smallest photo.
pub const PAD: usize = 100;
/// Side of fc6's kernel, which has no padding.
pub const FC6_KERNEL: usize = 7;
/// Where the photo begins in what `upscore` (FCN-32s) makes.
pub const CROP_UPSCORE: usize = 19;
/// Where what `upscore2` makes begins in `score_pool4`.
pub const CROP_POOL4: usize = 5;
/// Where the photo begins in what `upscore16` (FCN-16s) makes.
pub const CROP_UPSCORE16: usize = 27;
/// Where what `upscore_pool4` makes begins in `score_pool3`.
pub const CROP_POOL3: usize = 9;
/// Where the photo begins in what `upscore8` (FCN-8s) makes.
pub const CROP_UPSCORE8: usize = 31;

/// Lengths along one dimension, in pixels or cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReferenceSizes {
    /// The photo.
    pub input: usize,
    /// The convolutions of the first block: the photo, 200 of padding, minus a 3×3 window's 2.
    pub conv1: usize,
    /// After each pool.
    pub pools: [usize; 5],
    /// fc6, fc7 and `score_fr`.
    pub fc6: usize,
    /// `upscore`, before its crop to the photo's size; so for the others.
    pub upscore: usize,
    /// `upscore2`.
    pub upscore2: usize,
    /// `upscore16`.
    pub upscore16: usize,
    /// `upscore_pool4`.
    pub upscore_pool4: usize,
    /// `upscore8`.
    pub upscore8: usize,
}

impl ReferenceSizes {
    /// Makes sure that every crop of FCN-32s finds what it crops.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] naming the layer that is too short.
    pub fn check_32s(&self) -> Result<(), FcnError> {
        self.crop("upscore", self.upscore, CROP_UPSCORE, self.input)
    }

    /// [`check_32s`](Self::check_32s) for FCN-16s.
    ///
    /// # Errors
    /// As there.
    pub fn check_16s(&self) -> Result<(), FcnError> {
        self.crop_pool4()?;
        self.crop("upscore16", self.upscore16, CROP_UPSCORE16, self.input)
    }

    /// [`check_32s`](Self::check_32s) for FCN-8s, staged or at once.
    ///
    /// # Errors
    /// As there.
    pub fn check_8s(&self) -> Result<(), FcnError> {
        self.crop_pool4()?;
        let [_, _, pool3, _, _] = self.pools;
        self.crop("score_pool3", pool3, CROP_POOL3, self.upscore_pool4)?;
        self.crop("upscore8", self.upscore8, CROP_UPSCORE8, self.input)
    }

    fn crop_pool4(&self) -> Result<(), FcnError> {
        let [_, _, _, pool4, _] = self.pools;
        self.crop("score_pool4", pool4, CROP_POOL4, self.upscore2)
    }

    /// Makes sure that a crop of `length` from `offset` on ends within a layer's map.
    fn crop(&self, layer: &str, has: usize, offset: usize, length: usize) -> Result<(), FcnError> {
        let needs = offset + length;
        if has >= needs {
            return Ok(());
        }
        let reason = format!(
            "with pools that round down, this net doesn't cover a side of {} pixels: {layer} \
             has {has} of the {needs} that its crop needs; take another size, or the pools that \
             round up",
            self.input
        );
        Err(FcnError::invalid(reason).told("input.uncovered", [("side", self.input.to_string())]))
    }
}

/// The size of every map for an input of that many pixels, along one dimension.
///
/// # Errors
/// [`FcnError::InvalidInput`] for 0, for more than 2²⁴ pixels, and where fc6's window is larger than
/// `pool5`, as for photos below 26 pixels when pools round down. Whether the heads' crops cover the
/// photo is checked by `check_32s` and so on.
pub fn reference_sizes(input: usize, pooling: Rounding) -> Result<ReferenceSizes, FcnError> {
    // Above the limit the arithmetic could overflow in wasm, and no memory would suffice.
    if input == 0 || input > 1 << 24 {
        return Err(FcnError::invalid(format!(
            "a side of {input} pixels is not one that this net can take"
        )));
    }
    sizes(input, pooling).ok_or_else(|| {
        let reason = format!(
            "a side of {input} pixels is too small: pool5 has no room for fc6's {FC6_KERNEL}×{FC6_KERNEL} \
             window when pools round down"
        );
        FcnError::invalid(reason).told("input.uncovered", [("side", input.to_string())])
    })
}

fn sizes(input: usize, pooling: Rounding) -> Option<ReferenceSizes> {
    let conv1 = conv_size(input, 3, 1, PAD, 1)?;
    let mut pools = [0; 5];
    let mut size = conv1;
    for pool in &mut pools {
        size = pool2_size(size, pooling)?;
        *pool = size;
    }
    let fc6 = conv_size(size, FC6_KERNEL, 1, 0, 1)?;
    let up = |size, factor| conv_transpose_size(size, 2 * factor, factor, 0, 0, 1);
    let upscore2 = up(fc6, 2)?; // k4 s2
    let upscore_pool4 = up(upscore2, 2)?; // k4 s2
    Some(ReferenceSizes {
        input,
        conv1,
        pools,
        fc6,
        upscore: up(fc6, 32)?, // k64 s32
        upscore2,
        upscore16: up(upscore2, 16)?, // k32 s16
        upscore_pool4,
        upscore8: up(upscore_pool4, 8)?, // k16 s8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trace_of_224_is_the_papers_and_the_ports() {
        let ceil = reference_sizes(224, Rounding::Ceil).expect("sizes");
        assert_eq!((ceil.conv1, ceil.pools), (422, [211, 106, 53, 27, 14]));
        assert_eq!((ceil.fc6, ceil.upscore), (8, 288));
        assert_eq!((ceil.upscore2, ceil.upscore16), (18, 304));
        assert_eq!((ceil.upscore_pool4, ceil.upscore8), (38, 312));
        let floor = reference_sizes(224, Rounding::Floor).expect("sizes");
        assert_eq!((floor.conv1, floor.pools), (422, [211, 105, 52, 26, 13]));
        assert_eq!((floor.fc6, floor.upscore), (7, 256));
    }

    #[test]
    fn every_size_to_600_is_pytorchs() {
        let text = include_str!("../../tests/reference/fixtures/reference_sizes.json");
        let tables: serde_json::Value = serde_json::from_str(text).expect("valid JSON");
        let mut refused = 0;
        for (name, pooling) in [("ceil", Rounding::Ceil), ("floor", Rounding::Floor)] {
            let rows: Vec<Vec<usize>> =
                serde_json::from_value(tables[name].clone()).expect("a table");
            assert_eq!(rows.len(), 600);
            for row in rows {
                let Ok(s) = reference_sizes(row[0], pooling) else {
                    // PyTorch has no fc6 there either.
                    assert_eq!(row[7..], [0; 7], "{name} {}", row[0]);
                    refused += 1;
                    continue;
                };
                let [p1, p2, p3, p4, p5] = s.pools;
                let covers = usize::from(s.check_32s().is_ok())
                    + 2 * usize::from(s.check_16s().is_ok())
                    + 4 * usize::from(s.check_8s().is_ok());
                let got = [
                    s.input,
                    s.conv1,
                    p1,
                    p2,
                    p3,
                    p4,
                    p5,
                    s.fc6,
                    s.upscore,
                    s.upscore2,
                    s.upscore16,
                    s.upscore_pool4,
                    s.upscore8,
                    covers,
                ];
                assert_eq!(got[..], row[..], "{name} {}", row[0]);
            }
        }
        assert_eq!(refused, 25);
    }

    #[test]
    fn what_cannot_be_covered_is_refused_with_the_layer() {
        let floor = |size| reference_sizes(size, Rounding::Floor);
        let error = floor(25).expect_err("too small").to_string();
        assert!(error.contains("fc6") && error.contains("25"), "{error}");
        let sizes = floor(600).expect("sizes");
        let error = sizes.check_32s().expect_err("short").to_string();
        assert!(
            error.contains("upscore ") && error.contains("600"),
            "{error}"
        );
        assert_eq!(sizes.check_8s(), Ok(()));
        for size in [0, usize::MAX] {
            assert!(reference_sizes(size, Rounding::Ceil).is_err());
        }
    }

    proptest::proptest! {
        #[test]
        fn pools_that_round_up_cover_every_photo(input in 1usize..20_000) {
            let sizes = reference_sizes(input, Rounding::Ceil).expect("sizes");
            let checks = [sizes.check_32s(), sizes.check_16s(), sizes.check_8s()];
            proptest::prop_assert_eq!(checks, [Ok(()), Ok(()), Ok(())]);
        }
    }
}
