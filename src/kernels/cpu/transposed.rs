//! Transposed convolutions of tensors on the CPU: by our own kernel where strides are wide, else by
//! Flex, which multiplies matrices and then adds up in memory what overlaps.

use burn::tensor::{Tensor, TensorData};

use super::numbers::Numbers;
use super::stamps;
use super::team::{self, Parts};
use crate::kernels::{TransposedOptions, plain};

/// Transposed convolution, for tensors on the CPU, by all of a team where there is one, unless it is of a batch, or each
/// channel is enlarged by itself.
///
/// # Shapes
/// As [`kernels::conv_transpose2d`](crate::kernels::conv_transpose2d).
pub fn conv_transpose2d(x: Tensor<4>, weight: Tensor<4>, options: TransposedOptions) -> Tensor<4> {
    let [batch, inputs, rows, columns] = x.dims();
    let [_, outputs, kernel_y, kernel_x] = weight.dims();
    let taps = rows * columns * inputs * outputs * kernel_y * kernel_x;
    // A batch's parts would not lie together. To compute a channel by itself takes no longer than to copy it from
    // another member.
    let is_shared = batch == 1 && !options.per_channel;
    let Some(team) = team::team_for(taps).filter(|_| is_shared) else {
        return conv_transpose2d_alone(x, weight, options);
    };
    let [height, width] = options.output([rows, columns], [kernel_y, kernel_x]);
    let cuts = team.cuts(outputs, 1);
    let mine = team.mine(&cuts);
    let device = x.device();
    let mut y = vec![0.0; outputs * height * width];
    if !mine.is_empty() {
        let weight = weight.slice([0..inputs, mine.clone()]);
        let part = Numbers::of(conv_transpose2d_alone(x, weight, options));
        let place = y.get_mut(mine.start * height * width..mine.end * height * width);
        if let Some(place) = place {
            place.copy_from_slice(part.floats());
        }
    }
    let parts = Parts {
        piece: outputs * height * width,
        cuts: cuts.into_iter().map(|cut| cut * height * width).collect(),
    };
    (team.exchange)(&mut y, &parts);
    Tensor::from_data(TensorData::new(y, [1, outputs, height, width]), &device)
}

/// The same by one thread, in whichever form is faster.
fn conv_transpose2d_alone(
    x: Tensor<4>,
    weight: Tensor<4>,
    options: TransposedOptions,
) -> Tensor<4> {
    if gathers_faster(weight.dims(), options) {
        gathered(x, weight, options)
    } else {
        plain::conv_transpose2d(x, weight, options)
    }
}

/// Whether [`gathered`] can compute such a transposed convolution, and is the faster form. The answer
/// must not depend on the number of channels: each member of a team has some of them, and all members
/// must compute in the same way.
///
/// # Shapes
/// `weight` is `[in, out, k, k']`
fn gathers_faster([_, _, rows, columns]: [usize; 4], options: TransposedOptions) -> bool {
    let [down, across] = options.stride;
    // Smaller kernels leave gaps between stamps, which would be computed too.
    down > 0 && across > 0 && across % stamps::PIXELS == 0 && rows >= down && columns >= across
}

/// [`stamps::conv_transpose2d`] of tensors.
fn gathered(x: Tensor<4>, weight: Tensor<4>, options: TransposedOptions) -> Tensor<4> {
    let device = x.device();
    let [batch, channels, rows, columns] = x.dims();
    let [_, outputs, kernel_y, kernel_x] = weight.dims();
    let output = options.output([rows, columns], [kernel_y, kernel_x]);
    let [height, width] = output;
    let (groups, inputs) = if options.per_channel {
        (channels, 1)
    } else {
        (1, channels)
    };
    let layer = stamps::Layer {
        inputs,
        outputs,
        input: [rows, columns],
        kernel: [kernel_y, kernel_x],
        output,
        stride: options.stride,
        padding: options.padding,
    };
    let (x, weight) = (Numbers::of(x), Numbers::of(weight));
    let mut y = vec![0.0; batch * groups * outputs * height * width];
    let maps = x.floats().chunks_exact(inputs * rows * columns);
    let kernels = weight
        .floats()
        .chunks_exact(inputs * outputs * kernel_y * kernel_x);
    let places = y.chunks_exact_mut(outputs * height * width);
    for ((x, y), weight) in maps.zip(places).zip(kernels.cycle()) {
        stamps::conv_transpose2d(layer, x, weight, y);
    }
    Tensor::from_data(
        TensorData::new(y, [batch, groups * outputs, height, width]),
        &device,
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::difference;
    use super::*;
    use crate::device::cpu;
    use burn::tensor::Distribution;
    use proptest::prelude::*;

    fn random<const D: usize>(shape: [usize; D]) -> Tensor<D> {
        Tensor::random(shape, Distribution::Uniform(-1.0, 1.0), &cpu())
    }

    fn values(tensor: Tensor<4>) -> Vec<f32> {
        tensor.into_data().try_to_vec().expect("f32")
    }

    /// Sums of the same products in another order.
    fn assert_equal(x: Tensor<4>, weight: Tensor<4>, options: TransposedOptions) {
        let what = format!("{:?} by {:?}, {options:?}", x.dims(), weight.dims());
        assert!(gathers_faster(weight.dims(), options), "{what}");
        let expected = plain::conv_transpose2d(x.clone(), weight.clone(), options);
        let got = gathered(x, weight, options);
        assert_eq!(expected.dims(), got.dims(), "{what}");
        let (expected, got) = (values(expected), values(got));
        let worst = difference(&expected, &got, 1.0);
        assert!(worst < 1e-5, "{what}: {worst:e}");
    }

    #[test]
    fn the_nets_layers_equal_the_plain_form() {
        // FCN-8s', FCN-16s' and FCN-32s' last ones, with a pad of 100 and without.
        for (stride, kernel, padding, size) in [
            (8, 16, 4, [28, 28]),
            (8, 16, 0, [34, 41]),
            (16, 32, 8, [7, 9]),
            (32, 64, 16, [7, 5]),
        ] {
            for (inputs, outputs, per_channel) in [(21, 21, false), (5, 1, true)] {
                let options = TransposedOptions {
                    stride: [stride; 2],
                    padding: [padding; 2],
                    output_padding: [0, 0],
                    per_channel,
                };
                let x = random([1, inputs, size[0], size[1]]);
                assert_equal(x, random([inputs, outputs, kernel, kernel]), options);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn any_shape_equals_the_plain_form(
            [batch, inputs, outputs] in [1_usize..4, 1_usize..7, 1_usize..7],
            size in [1_usize..12, 1_usize..12],
            (down, across) in (1_usize..12, 1_usize..4),
            more in [0_usize..30, 0_usize..50],
            cut in [0.0..1.0, 0.0..1.0],
            added in [0.0..1.0, 0.0..1.0],
            per_channel: bool,
        ) {
            let stride = [down, across * stamps::PIXELS];
            let kernel = [stride[0] + more[0], stride[1] + more[1]];
            let part = |share: f64, of: usize| (share * of as f64) as usize;
            let options = TransposedOptions {
                stride,
                padding: [part(cut[0], kernel[0]), part(cut[1], kernel[1])],
                output_padding: [part(added[0], stride[0]), part(added[1], stride[1])],
                per_channel,
            };
            prop_assume!(options.output(size, kernel).iter().all(|&side| side > 0));
            let outputs = if per_channel { 1 } else { outputs };
            let x = random([batch, inputs, size[0], size[1]]);
            assert_equal(x, random([inputs, outputs, kernel[0], kernel[1]]), options);
        }

        #[test]
        fn what_is_not_finite_stays_so(
            at in 0_usize..2 * 5 * 6,
            value in prop::sample::select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY]),
        ) {
            let mut x = values(random([1, 2, 5, 6]));
            x[at] = value;
            let x = Tensor::<4>::from_data(TensorData::new(x, [1, 2, 5, 6]), &cpu());
            let options = TransposedOptions {
                stride: [3, 8],
                padding: [1, 3],
                output_padding: [0, 0],
                per_channel: false,
            };
            let weight = random([2, 3, 7, 19]);
            let expected = values(plain::conv_transpose2d(x.clone(), weight.clone(), options));
            let got = values(gathered(x, weight, options));
            for (expected, got) in expected.iter().zip(&got) {
                prop_assert!(expected.is_finite() || !got.is_finite());
            }
        }
    }

    #[test]
    fn a_map_that_is_a_view_is_read_as_it_looks() {
        let options = TransposedOptions {
            stride: [8, 8],
            padding: [4, 4],
            output_padding: [0, 0],
            per_channel: false,
        };
        let x = random([1, 9, 21, 4]).permute([0, 3, 1, 2]).narrow(2, 1, 7);
        let weight = random([3, 4, 16, 16]).swap_dims(0, 1);
        assert_equal(x, weight, options);
    }

    #[test]
    fn narrow_strides_and_stamps_with_gaps_stay_with_the_plain_form() {
        let options = |stride| TransposedOptions {
            stride,
            padding: [0, 0],
            output_padding: [0, 0],
            per_channel: false,
        };
        assert!(gathers_faster([21, 21, 16, 16], options([8, 8])));
        assert!(gathers_faster([21, 1, 64, 64], options([32, 32])));
        assert!(!gathers_faster([21, 21, 4, 4], options([2, 2])));
        assert!(!gathers_faster([21, 21, 24, 24], options([12, 12])));
        assert!(!gathers_faster([21, 21, 8, 7], options([8, 8])));
        assert!(!gathers_faster([21, 21, 7, 8], options([8, 8])));
    }
}
