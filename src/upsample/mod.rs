//! Size arithmetic of convolution, pooling and transposed convolution, and bilinear kernels.
//!
//! Long, Shelhamer & Darrell, "Fully Convolutional Networks for Semantic Segmentation", CVPR 2015.
//! Agrees with `upsample_filt` in the authors' `surgery.py` and with PyTorch's output sizes.
//! [`mod@reference`] traces the authors' own nets.

pub mod reference;

use serde::{Deserialize, Serialize};

/// Output length of a convolution along one dimension, in pixels; `None` where there is none
/// (zero stride or kernel, or a kernel larger than the padded input).
///
/// `floor((input + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1`, as in PyTorch's `Conv2d`.
pub fn conv_size(
    input: usize,
    kernel: usize,
    stride: usize,
    padding: usize,
    dilation: usize,
) -> Option<usize> {
    if kernel == 0 || stride == 0 || dilation == 0 {
        return None;
    }
    let reach = dilation * (kernel - 1) + 1;
    let padded = input + 2 * padding;
    padded.checked_sub(reach).map(|room| room / stride + 1)
}

/// How a pooling layer rounds a size that its stride doesn't divide; `"floor"` or `"ceil"` in
/// manifests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rounding {
    /// PyTorch's default, and the lecture's nets.
    Floor,
    /// Caffe's, and so the reference nets' (PyTorch: `ceil_mode=True`).
    Ceil,
}

/// Output length of a 2×2 max pool of stride 2 along one dimension; `None` when nothing is left.
pub fn pool2_size(input: usize, rounding: Rounding) -> Option<usize> {
    let out = match rounding {
        Rounding::Floor => input / 2,
        Rounding::Ceil => input.div_ceil(2),
    };
    (out > 0).then_some(out)
}

/// Output length of a transposed convolution along one dimension, in pixels.
///
/// `(input − 1)·stride − 2·padding + dilation·(kernel − 1) + output_padding + 1`, valid for
/// `output_padding < max(stride, dilation)` and a positive result; `None` otherwise. The same as
/// PyTorch's `ConvTranspose2d`.
pub fn conv_transpose_size(
    input: usize,
    kernel: usize,
    stride: usize,
    padding: usize,
    output_padding: usize,
    dilation: usize,
) -> Option<usize> {
    if input == 0 || kernel == 0 || stride == 0 || dilation == 0 {
        return None;
    }
    if output_padding >= stride.max(dilation) {
        return None;
    }
    // Checked: in wasm, sizes that a page may ask for overflow.
    let reach = dilation.checked_mul(kernel - 1)?;
    let grown = (input - 1).checked_mul(stride)?.checked_add(reach)?;
    let grown = grown.checked_add(output_padding)?.checked_add(1)?;
    let trimmed = padding.checked_mul(2)?;
    grown.checked_sub(trimmed).filter(|&out| out > 0)
}

/// One axis of a bilinear kernel: `1 − |i − c| / f` with `f = (k + 1) / 2` (rounded down) and
/// `c = f − 1` for odd `k`, `f − 0.5` for even.
pub fn bilinear_profile(kernel: usize) -> Vec<f32> {
    let f = kernel.div_ceil(2) as f32;
    let c = if kernel % 2 == 1 { f - 1.0 } else { f - 0.5 };
    (0..kernel)
        .map(|i| 1.0 - (i as f32 - c).abs() / f)
        .collect()
}

/// The weights that make a transposed convolution upsample bilinearly, class by class.
///
/// # Shapes
/// `[classes, classes, kernel, kernel]`, PyTorch's layout (in, out, height, width), row-major; the
/// bilinear kernel on the class diagonal and zero elsewhere, as in `surgery.py`.
pub fn bilinear_weights(classes: usize, kernel: usize) -> Vec<f32> {
    let profile = bilinear_profile(kernel);
    let plane = kernel * kernel;
    let mut weights = vec![0.0; classes * classes * plane];
    for (class, block) in weights.chunks_exact_mut(classes * plane).enumerate() {
        let diagonal = block.iter_mut().skip(class * plane).take(plane);
        let values = profile
            .iter()
            .flat_map(|row| profile.iter().map(move |column| row * column));
        for (weight, value) in diagonal.zip(values) {
            *weight = value;
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lectures_heads_return_224_and_its_slip_208() {
        let up = |n, k, s, p| conv_transpose_size(n, k, s, p, 0, 1);
        assert_eq!(up(7, 64, 32, 16), Some(224)); // FCN-32s
        assert_eq!(up(7, 4, 2, 1), Some(14)); // upscore2
        assert_eq!(up(14, 32, 16, 8), Some(224)); // FCN-16s
        assert_eq!(up(28, 16, 8, 4), Some(224)); // FCN-8s
        assert_eq!(up(14, 16, 16, 8), Some(208)); // the slip in the notes
        assert_eq!(up(14, 16, 16, 0), Some(224)); // blocky, but the right size
    }

    #[test]
    fn reference_trace_of_224_is_the_papers() {
        let padded = conv_size(224, 3, 1, 100, 1);
        assert_eq!(padded, Some(422));
        let halve = |rounding| {
            let mut sizes = Vec::new();
            let mut size = padded;
            for _ in 0..5 {
                size = size.and_then(|s| pool2_size(s, rounding));
                sizes.push(size.unwrap_or(0));
            }
            sizes
        };
        assert_eq!(halve(Rounding::Ceil), [211, 106, 53, 27, 14]);
        assert_eq!(halve(Rounding::Floor), [211, 105, 52, 26, 13]);
        assert_eq!(conv_size(14, 7, 1, 0, 1), Some(8));
        assert_eq!(conv_transpose_size(8, 64, 32, 0, 0, 1), Some(288));
        assert_eq!(conv_transpose_size(7, 64, 32, 0, 0, 1), Some(256));
    }

    #[test]
    fn impossible_layers_have_no_size() {
        assert_eq!(conv_size(3, 7, 1, 1, 1), None);
        assert_eq!(conv_size(3, 3, 0, 1, 1), None);
        assert_eq!(conv_transpose_size(3, 3, 2, 0, 2, 1), None);
        assert_eq!(conv_transpose_size(1, 1, 1, 1, 0, 1), None);
        assert_eq!(conv_transpose_size(3, 1, usize::MAX, 0, 0, 1), None);
        assert_eq!(conv_transpose_size(1, 3, 1, 0, 0, usize::MAX), None);
        assert_eq!(conv_transpose_size(9, 3, 1, usize::MAX, 0, 1), None);
        assert_eq!(pool2_size(1, Rounding::Floor), None);
        assert_eq!(pool2_size(1, Rounding::Ceil), Some(1));
    }

    #[test]
    fn bilinear_kernels_are_surgery_pys() {
        assert_eq!(bilinear_profile(4), [0.25, 0.75, 0.75, 0.25]);
        assert_eq!(bilinear_profile(3), [0.5, 1.0, 0.5]);
        assert_eq!(bilinear_profile(1), [1.0]);
        let weights = bilinear_weights(2, 4);
        assert_eq!(weights.len(), 2 * 2 * 16);
        assert_eq!(weights[5], 0.75 * 0.75);
        assert!(weights[16..48].iter().all(|&w| w == 0.0));
        assert_eq!(weights[48..], weights[..16]);
    }

    proptest::proptest! {
        #[test]
        fn transposed_convolution_undoes_the_size_of_a_convolution(
            input in 1usize..400, kernel in 1usize..9, stride in 1usize..6, padding in 0usize..4,
            dilation in 1usize..4,
        ) {
            if let Some(small) = conv_size(input, kernel, stride, padding, dilation) {
                let lost = (input + 2 * padding - dilation * (kernel - 1) - 1) % stride;
                let back = conv_transpose_size(small, kernel, stride, padding, lost, dilation);
                proptest::prop_assert_eq!(back, Some(input));
            }
        }

        #[test]
        fn a_kernel_of_twice_the_stride_multiplies_the_size(n in 1usize..300, half in 1usize..17) {
            let stride = 2 * half;
            let out = conv_transpose_size(n, 2 * stride, stride, stride / 2, 0, 1);
            proptest::prop_assert_eq!(out, Some(n * stride));
        }
    }
}
