//! Convolutions that our kernels don't do by themselves, recast as ones that they do: several times
//! faster than Burn's direct convolution on a GPU, even where some of the work is thrown away.

use burn::tensor::Tensor;
use burn::tensor::ops::PadMode;

use super::{Activation, activate, conv2d_same};

/// An atrous convolution is a sum of 1×1 convolutions, one a tap, each shifted to its tap's place.
///
/// # Shapes
/// As [`conv2d_atrous`](super::conv2d_atrous).
pub fn conv2d_atrous(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    dilation: usize,
    activation: Activation,
) -> Tensor<4> {
    let [_, _, h, w] = x.dims();
    let [outputs, inputs, kernel, _] = weight.dims();
    let middle = kernel / 2;
    let tap = |row: usize, column: usize| {
        let window = [0..outputs, 0..inputs, row..row + 1, column..column + 1];
        weight.clone().slice(window) // [out, in, 1, 1]
    };
    let zeros = bias.zeros_like();
    let mut sum = conv2d_same(x.clone(), tap(middle, middle), bias, Activation::None);
    for row in 0..kernel {
        for column in 0..kernel {
            let down = Shift::of(row, middle, dilation, h);
            let right = Shift::of(column, middle, dilation, w);
            // The middle is done, and a tap that never meets the map adds nothing.
            let (Some(down), Some(right), true) = (down, right, (row, column) != (middle, middle))
            else {
                continue;
            };
            let y = conv2d_same(x.clone(), tap(row, column), zeros.clone(), Activation::None);
            let [n, channels, _, _] = y.dims();
            let part = y.slice([0..n, 0..channels, down.seen, right.seen]);
            sum = sum + part.pad([down.pad, right.pad], PadMode::Constant(0.0));
        }
    }
    activate(sum, activation)
}

/// Which part of a dimension a tap sees, and the zeros before and after that put it in its place.
struct Shift {
    seen: std::ops::Range<usize>,
    pad: (usize, usize),
}

impl Shift {
    /// `None` for a tap further from the middle than the dimension is long.
    fn of(tap: usize, middle: usize, dilation: usize, length: usize) -> Option<Self> {
        let far = tap.abs_diff(middle) * dilation;
        let rest = length.checked_sub(far).filter(|&rest| rest > 0)?;
        Some(if tap < middle {
            Self {
                seen: 0..rest,
                pad: (far, 0),
            }
        } else {
            Self {
                seen: far..length,
                pad: (0, far),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::cpu;
    use crate::kernels::plain;
    use crate::passes::selfcheck::relative_difference;
    use burn::tensor::{Distribution, Tensor, TensorData};

    fn random<const D: usize>(shape: [usize; D]) -> Tensor<D> {
        Tensor::random(shape, Distribution::Uniform(-1.0, 1.0), &cpu())
    }

    fn assert_equal(expected: Tensor<4>, got: Tensor<4>, case: &str) {
        assert_eq!(expected.dims(), got.dims(), "{case}");
        let values = |t: Tensor<4>| -> TensorData { t.into_data() };
        let (expected, got) = (values(expected), values(got));
        let (expected, got) = (expected.as_slice::<f32>(), got.as_slice::<f32>());
        let worst = relative_difference(expected.expect("f32"), got.expect("f32"));
        // f32 sums of a few hundred products in another order.
        assert!(worst < 1e-5, "{case}: {worst:e}");
    }

    #[test]
    fn an_atrous_convolution_equals_its_plain_form() {
        for (dilation, h, w) in [
            (1, 5, 4),
            (2, 1, 1),
            (2, 7, 9),
            (4, 9, 3),
            (12, 5, 40),
            (36, 37, 36),
        ] {
            let (x, weight, bias) = (random([2, 3, h, w]), random([4, 3, 3, 3]), random([4]));
            for activation in [Activation::None, Activation::Relu] {
                let arguments = (x.clone(), weight.clone(), bias.clone());
                let (x, weight, bias) = arguments.clone();
                let expected = plain::conv2d_atrous(x, weight, bias, dilation, activation);
                let (x, weight, bias) = arguments;
                let got = conv2d_atrous(x, weight, bias, dilation, activation);
                assert_equal(expected, got, &format!("atrous {dilation} {h}×{w}"));
            }
        }
    }
}
