//! Our own kernels for the CPU: 3×3 convolutions by Winograd's method, in SIMD, convolutions of other strides that
//! see few numbers, blocks of convolutions and a pool, inverted bottlenecks, transposed convolutions of wide strides,
//! and the max pool.

mod block;
mod bottleneck;
mod depthwise;
mod lanes;
mod numbers;
mod pointwise;
mod pool;
mod sizes;
mod stamps;
mod strided;
pub mod team;
mod transforms;
mod transposed;
mod winograd;

use std::ops::Range;
use std::sync::OnceLock;

use burn::tensor::{Tensor, TensorData};

use super::{Activation, Bottleneck, Squeeze, Taps, Window};
use crate::upsample::{Rounding, pool2_size};
pub use bottleneck::Weights as BottleneckWeights;
use numbers::Numbers;
use sizes::{Layer, TILE};
use team::Parts;
pub use transposed::conv_transpose2d;

/// With fewer input channels the transforms take longer than they save.
const FEWEST_INPUTS: usize = 3;

/// With fewer output channels they do too.
const FEWEST_OUTPUTS: usize = 8;

/// On fewer tiles of 4×4 pixels the transform of the weights takes longer than it saves. Natively the
/// limit is higher: Flex's matrix products use wider registers than ours.
const FEWEST_TILES: usize = if cfg!(target_arch = "wasm32") { 9 } else { 64 };

/// Whether [`conv3x3`] can compute such a convolution that keeps the size, and is the faster form.
///
/// # Shapes
/// `x` is `[n, in, h, w]`, `weight` `[out, in, k, k]`
pub fn is_faster(x: [usize; 4], weight: [usize; 4]) -> bool {
    let ([_, _, height, width], [outputs, inputs, rows, columns]) = (x, weight);
    [rows, columns] == [3, 3]
        && inputs >= FEWEST_INPUTS
        && outputs >= FEWEST_OUTPUTS
        && height.div_ceil(TILE) * width.div_ceil(TILE) >= FEWEST_TILES
}

/// 3×3 convolution of stride 1 and padding 1, for tensors on the CPU; no size is 0. It differs
/// from the plain form by 10⁻⁵ of the largest value at most.
///
/// # Shapes
/// - `x` `[n, in, h, w]`, `weight` `[out, in, 3, 3]`, `bias` `[out]`
/// - result `[n, out, h, w]`
pub fn conv3x3(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    activation: Activation,
) -> Tensor<4> {
    let device = x.device();
    let [batch, inputs, height, width] = x.dims();
    let [outputs, ..] = weight.dims();
    let layer = Layer {
        batch,
        inputs,
        outputs,
        height,
        width,
    };
    let (x, weight, bias) = (Numbers::of(x), Numbers::of(weight), Numbers::of(bias));
    let y = shared(
        layer,
        x.floats(),
        (weight.floats(), bias.floats(), activation),
    );
    Tensor::from_data(TensorData::new(y, [batch, outputs, height, width]), &device)
}

/// [`winograd::conv3x3`], by all of a team where there is one.
fn shared(
    layer: Layer,
    x: &[f32],
    (weight, bias, activation): (&[f32], &[f32], Activation),
) -> Vec<f32> {
    let Layer {
        batch,
        inputs,
        outputs,
        height,
        width,
    } = layer;
    let pixels = height * width;
    let mut y = vec![0.0; batch * outputs * pixels];
    let [down, across] = layer.tiles();
    let Some(team) = team::team_for(layer.work()) else {
        winograd::conv3x3(layer, 0..down, x, (weight, bias, activation), &mut y);
        return y;
    };
    // Members that have rows transform all weights, members that have outputs all of the map.
    if batch > 1 || down * across >= outputs {
        let rows = team.cuts(down, 1);
        let mine = team.mine(&rows);
        winograd::conv3x3(layer, mine, x, (weight, bias, activation), &mut y);
        let cut = |row: usize| (row * sizes::TILE).min(height) * width;
        let parts = Parts {
            piece: pixels,
            cuts: rows.into_iter().map(cut).collect(),
        };
        (team.exchange)(&mut y, &parts);
        return y;
    }
    let channels = team.cuts(outputs, sizes::OUTPUTS);
    let mine = team.mine(&channels);
    let part = Layer {
        outputs: mine.len(),
        ..layer
    };
    let weights = mine.start * inputs * 9..mine.end * inputs * 9;
    let weight = weight.get(weights).unwrap_or(&[]);
    let bias = bias.get(mine.clone()).unwrap_or(&[]);
    if let Some(y) = y.get_mut(mine.start * pixels..mine.end * pixels)
        && !mine.is_empty()
    {
        winograd::conv3x3(part, 0..down, x, (weight, bias, activation), y);
    }
    let parts = Parts {
        piece: outputs * pixels,
        cuts: channels
            .into_iter()
            .map(|channel| channel * pixels)
            .collect(),
    };
    (team.exchange)(&mut y, &parts);
    y
}

/// The most multiplications in a block. Larger ones run layer by layer, so that progress is shown and a stop is
/// heard in between.
const MOST_IN_A_BLOCK: u64 = 1 << 33;

/// The most floats that a block's transformed weights have: each strip reads all of them.
const MOST_WEIGHTS: usize = 3 << 17;

/// The fewest rows of tiles in a block for each member of a team and convolution: the rows that two members both
/// need are computed by both.
const FEWEST_ROWS: usize = 2;

/// A block's convolutions.
fn block_layers([batch, _, height, width]: [usize; 4], layers: &[Taps]) -> Vec<Layer> {
    let layers = layers.iter().map(|layer| {
        let [outputs, inputs, ..] = layer.weight.dims();
        Layer {
            batch,
            inputs,
            outputs,
            height,
            width,
        }
    });
    layers.collect()
}

/// The team for a block.
fn block_team(layers: &[Layer]) -> Option<team::Team> {
    let work = layers.iter().map(|layer| layer.work());
    team::team_for(work.fold(0, usize::saturating_add))
}

/// Whether [`conv_block`] is the faster form of such convolutions and a pool. Shapes as there.
pub fn is_block_faster(x: [usize; 4], layers: &[Taps]) -> bool {
    let is_each_faster = layers.iter().all(|layer| is_faster(x, layer.weight.dims()));
    let layers = block_layers(x, layers);
    let [_, _, height, _] = x;
    let members = block_team(&layers).map_or(1, |team| team.size);
    let weights = layers.iter().map(|layer| layer.inputs * layer.outputs);
    let work = layers.iter().map(|layer| layer.multiplications());
    is_each_faster
        && !layers.is_empty()
        && height.div_ceil(TILE) >= FEWEST_ROWS * layers.len() * members
        && weights.sum::<usize>() * sizes::POINTS <= MOST_WEIGHTS
        && work.sum::<u64>() <= MOST_IN_A_BLOCK
}

/// 3×3 convolutions that keep the size, one after another, and a 2×2 max pool, for tensors on the CPU; there is at
/// least one, and no size is 0. The same to the last bit as [`conv3x3`] and [`max_pool`].
///
/// # Shapes
/// - `x` `[n, c, h, w]`
/// - result `[n, out, h / 2, w / 2]`, rounded; `out` is of the last convolution
pub fn conv_block(
    x: Tensor<4>,
    layers: Vec<Taps>,
    activation: Activation,
    rounding: Rounding,
) -> Tensor<4> {
    let device = x.device();
    let [batch, inputs, height, width] = x.dims();
    let sizes = block_layers(x.dims(), &layers);
    let channels = sizes.last().map_or(inputs, |last| last.outputs);
    let taps = layers
        .into_iter()
        .map(|Taps { weight, bias }| (Numbers::of(weight), Numbers::of(bias)));
    let taps: Vec<_> = taps.collect();
    let taps = taps
        .iter()
        .map(|(weight, bias)| (weight.floats(), bias.floats(), activation));
    let steps: Vec<_> = sizes.iter().copied().zip(taps).collect();
    let pooled = [height, width].map(|size| pool2_size(size, rounding).unwrap_or(0));
    let [rows, columns] = pooled;
    let mut y = vec![0.0; batch * channels * rows * columns];
    let down = height.div_ceil(TILE);
    let team = block_team(&sizes).map(|team| (team.cuts(down, 1), team));
    let mine = match &team {
        Some((cuts, team)) => team.mine(cuts),
        None => 0..down,
    };
    let x = Numbers::of(x);
    let pictures = x.floats().chunks_exact(inputs * height * width);
    for (x, y) in pictures.zip(y.chunks_exact_mut((channels * rows * columns).max(1))) {
        block::compute(&steps, mine.clone(), x, pooled, y);
    }
    if let Some((cuts, team)) = team {
        let cut = |row: usize| (row * TILE / 2).min(rows) * columns;
        let parts = Parts {
            piece: rows * columns,
            cuts: cuts.into_iter().map(cut).collect(),
        };
        (team.exchange)(&mut y, &parts);
    }
    Tensor::from_data(
        TensorData::new(y, [batch, channels, rows, columns]),
        &device,
    )
}

/// An inverted bottleneck, for tensors on the CPU; shapes as [`bottleneck`](super::bottleneck). Its weights are in
/// `arranged` afterwards, and are read there if they were before.
pub fn bottleneck(
    x: Tensor<4>,
    layers: Bottleneck,
    arranged: &OnceLock<BottleneckWeights>,
) -> Tensor<4> {
    let Bottleneck {
        expand,
        depthwise,
        squeeze,
        project,
        window,
        activation,
        adds,
    } = layers;
    let [batch, inputs, rows, columns] = x.dims();
    let [outputs, wide, ..] = project.weight.dims();
    let f32s = |Taps { weight, bias }: Taps| [Numbers::of(weight), Numbers::of(bias)];
    let layer = bottleneck::Layer {
        inputs,
        wide,
        outputs,
        depthwise: depthwise::Layer::new(window, [rows, columns]),
        activation,
        adds,
    };
    let work = batch.saturating_mul(layer.work(expand.is_some()));
    let weights = arranged.get_or_init(|| {
        let (expand, depthwise, project) = (expand.map(f32s), f32s(depthwise), f32s(project));
        let [depthwise, project] = [both(&depthwise), both(&project)];
        bottleneck::Weights::new(layer, expand.as_ref().map(both), depthwise, project)
    });
    let [height, width] = layer.depthwise.output;
    let squeeze = squeeze.map(|Squeeze { squeeze, excite }| [f32s(squeeze), f32s(excite)]);
    by_rows(x, [outputs, height, width], work, |mine, x, y| {
        let Some([squeeze, excite]) = &squeeze else {
            bottleneck::compute(layer, mine, x, weights, y);
            return;
        };
        let gate = bottleneck::Gate {
            squeeze: both(squeeze),
            excite: both(excite),
        };
        let (mut after, own) = bottleneck::widened(layer, mine.clone(), x, weights);
        let sums = of_all_rows((own, layer.padded()), mine.clone(), height, work);
        gate.apply(layer, &sums, &mut after);
        bottleneck::project_rows(layer, mine.start, &after, weights, (x, y));
    })
}

/// The numbers of all `height` rows, `row` of each, where `own` are of some of them: the others come from the rest
/// of the team.
fn of_all_rows(
    (own, row): (Vec<f32>, usize),
    mine: Range<usize>,
    height: usize,
    work: usize,
) -> Vec<f32> {
    let Some(team) = team::team_for(work) else {
        return own;
    };
    let mut all = vec![0.0; height * row];
    if let Some(place) = all.get_mut(mine.start * row..mine.end * row) {
        place.copy_from_slice(&own);
    }
    let parts = Parts {
        piece: height * row,
        cuts: team
            .cuts(height, 1)
            .into_iter()
            .map(|cut| cut * row)
            .collect(),
    };
    (team.exchange)(&mut all, &parts);
    all
}

/// Numbers that a place may see for [`conv2d_strided`]: with more, the product of matrices is what takes time.
const MOST_TAPS: usize = 256;

/// Whether [`conv2d_strided`] is the faster form: of the first layers of nets, whose maps are large.
///
/// # Shapes
/// `weight` `[out, in, k, k]`
pub fn is_strided_faster([_, inputs, rows, columns]: [usize; 4]) -> bool {
    inputs * rows * columns <= MOST_TAPS
}

/// Convolution of any stride and padding, for tensors on the CPU; neither side of the result is 0. Shapes as
/// [`conv2d_strided`](super::conv2d_strided).
pub fn conv2d_strided(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    let [batch, inputs, rows, columns] = x.dims();
    let [outputs, ..] = weight.dims();
    let (weight, bias) = (Numbers::of(weight), Numbers::of(bias));
    let output = [rows, columns].map(|size| window.over(size));
    let layer = strided::Layer {
        inputs,
        window,
        input: [rows, columns],
        output,
    };
    let taps = layer.taps();
    let weights = pointwise::Weights::new([weight.floats(), bias.floats()], taps, taps);
    let [height, width] = output;
    // In wasm's 32 bits a large photo is too much.
    let work = [outputs, height, width, taps]
        .into_iter()
        .fold(batch, usize::saturating_mul);
    by_rows(x, [outputs, height, width], work, |mine, x, y| {
        strided::compute(layer, mine, x, (&weights, activation), y);
    })
}

/// A layer whose output's rows are computed apart, picture by picture, by all of a team where there is one.
/// `compute` fills the rows that it is given of a picture's output.
///
/// # Shapes
/// - `x` `[n, in, h, w]`, `output` `[out, height, width]`
/// - result `[n, out, height, width]`
fn by_rows(
    x: Tensor<4>,
    [outputs, height, width]: [usize; 3],
    work: usize,
    compute: impl Fn(Range<usize>, &[f32], &mut [f32]),
) -> Tensor<4> {
    let device = x.device();
    let [batch, inputs, rows, columns] = x.dims();
    let x = Numbers::of(x);
    let pixels = height * width;
    let mut y = vec![0.0; batch * outputs * pixels];
    let team = team::team_for(work).map(|team| (team.cuts(height, 1), team));
    let mine = match &team {
        Some((cuts, team)) => team.mine(cuts),
        None => 0..height,
    };
    let pictures = x.floats().chunks_exact((inputs * rows * columns).max(1));
    for (x, y) in pictures.zip(y.chunks_exact_mut((outputs * pixels).max(1))) {
        compute(mine.clone(), x, y);
    }
    if let Some((cuts, team)) = team {
        let parts = Parts {
            piece: pixels,
            cuts: cuts.into_iter().map(|row| row * width).collect(),
        };
        (team.exchange)(&mut y, &parts);
    }
    Tensor::from_data(TensorData::new(y, [batch, outputs, height, width]), &device)
}

/// 2×2 max pool of stride 2, for tensors on the CPU; neither side of the result is 0.
///
/// # Shapes
/// - `x` `[n, c, h, w]`
/// - result `[n, c, h / 2, w / 2]`, rounded
pub fn max_pool(x: Tensor<4>, rounding: Rounding) -> Tensor<4> {
    let device = x.device();
    let [batch, channels, rows, columns] = x.dims();
    let halved = |size: usize| pool2_size(size, rounding).unwrap_or(0);
    let [height, width] = [rows, columns].map(halved);
    let layer = pool::Layer {
        planes: batch * channels,
        input: [rows, columns],
        output: [height, width],
    };
    let y = pool::max_pool(layer, Numbers::of(x).floats());
    Tensor::from_data(
        TensorData::new(y, [batch, channels, height, width]),
        &device,
    )
}

/// Weights and biases.
fn both([weight, bias]: &[Numbers; 2]) -> [&[f32]; 2] {
    [weight.floats(), bias.floats()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::cpu;
    use crate::kernels::plain;
    use crate::passes::selfcheck::relative_difference;
    use burn::tensor::Distribution;
    use proptest::prelude::*;

    const ACTIVATIONS: [Activation; 6] = Activation::ALL;

    fn random<const D: usize>(shape: [usize; D]) -> Tensor<D> {
        Tensor::random(shape, Distribution::Uniform(-1.0, 1.0), &cpu())
    }

    fn values(tensor: Tensor<4>) -> Vec<f32> {
        tensor.into_data().try_to_vec().expect("f32")
    }

    /// The plain form's result, and ours.
    fn compared(
        x: Tensor<4>,
        [outputs, inputs]: [usize; 2],
        activation: Activation,
    ) -> [Tensor<4>; 2] {
        let (weight, bias) = (random([outputs, inputs, 3, 3]), random([outputs]));
        let expected = plain::conv2d_same(x.clone(), weight.clone(), bias.clone(), activation);
        let got = conv3x3(x, weight, bias, activation);
        assert_eq!(expected.dims(), got.dims());
        [expected, got]
    }

    fn assert_equal(x: [usize; 4], outputs: usize) {
        let [_, inputs, ..] = x;
        // A map of zeros has no largest value to compare with, ReLU6 cuts it off, and one of a few sums that cancel has
        // next to none.
        let mut top = 1.0_f32;
        for activation in ACTIVATIONS {
            let [expected, got] = compared(random(x), [outputs, inputs], activation).map(values);
            top = expected.iter().fold(top, |top, value| top.max(value.abs()));
            let worst = difference(&expected, &got, top);
            assert!(
                worst < 1e-5,
                "{x:?} to {outputs}, {activation:?}: {worst:e}"
            );
        }
    }

    #[test]
    fn large_maps_in_several_blocks_equal_the_plain_form() {
        // Rows of blocks; then blocks beside each other too, the last ones cut.
        for (x, outputs) in [
            ([1, 16, 57, 66], 16),
            ([1, 64, 30, 37], 20),
            ([2, 8, 9, 1701], 8),
            ([1, 130, 13, 235], 66),
            ([1, 512, 5, 459], 3),
        ] {
            assert_equal(x, outputs);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn any_shape_equals_the_plain_form(
            batch in 1_usize..4,
            inputs in 1_usize..20,
            outputs in 1_usize..20,
            height in 1_usize..24,
            width in 1_usize..40,
        ) {
            assert_equal([batch, inputs, height, width], outputs);
        }

        #[test]
        fn what_is_not_finite_stays_so(
            at in 0_usize..3 * 11 * 14,
            value in prop::sample::select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY]),
        ) {
            let shape = [1, 3, 11, 14];
            let mut x = values(random(shape));
            x[at] = value;
            for activation in ACTIVATIONS {
                let x = Tensor::from_data(TensorData::new(x.clone(), shape), &cpu());
                let [expected, got] = compared(x, [5, 3], activation).map(values);
                for (expected, got) in expected.iter().zip(&got) {
                    prop_assert!(expected.is_finite() || !got.is_finite());
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn a_block_is_the_same_as_its_layers(
            batch in 1_usize..3,
            channels in prop::collection::vec(1_usize..20, 2..=6),
            height in 2_usize..60,
            width in 2_usize..40,
            wide: bool,
            ceil: bool,
            activation in prop::sample::select(ACTIVATIONS.to_vec()),
        ) {
            // Wide maps make strips of one row of tiles.
            let width = if wide { 12 * width } else { width };
            let rounding = if ceil { Rounding::Ceil } else { Rounding::Floor };
            let layers: Vec<_> = channels
                .windows(2)
                .map(|pair| taps([pair[1], pair[0], 3, 3]))
                .collect();
            let x = random([batch, channels[0], height, width]);
            let mut apart = x.clone();
            for Taps { weight, bias } in layers.clone() {
                apart = conv3x3(apart, weight, bias, activation);
            }
            let apart = max_pool(apart, rounding);
            let together = conv_block(x.clone(), layers.clone(), activation, rounding);
            prop_assert_eq!(apart.dims(), together.dims());
            let bits = |tensor| values(tensor).into_iter().map(f32::to_bits).collect::<Vec<_>>();
            prop_assert!(bits(apart) == bits(together));
        }
    }

    proptest! {
        #[test]
        fn max_pool_equals_its_plain_form(
            shape in [1_usize..3, 1_usize..6, 1_usize..20, 1_usize..20],
            ceil: bool,
            at: prop::sample::Index,
            value in prop::sample::select(vec![0.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY]),
        ) {
            let rounding = if ceil { Rounding::Ceil } else { Rounding::Floor };
            let [batch, channels, rows, columns] = shape;
            prop_assume!(ceil || rows > 1 && columns > 1);
            let mut x = values(random(shape));
            let at = at.index(x.len());
            x[at] = value;
            let x = Tensor::<4>::from_data(TensorData::new(x, shape), &cpu());
            let expected = plain::max_pool(x.clone(), rounding);
            // As a view, too.
            let seen = x.clone().permute([0, 1, 3, 2]).permute([0, 1, 3, 2]);
            for x in [x, seen] {
                let got = max_pool(x, rounding);
                prop_assert_eq!(got.dims(), expected.dims());
                let (got, expected) = (values(got), values(expected.clone()));
                prop_assert_eq!(got.len(), expected.len());
                for (got, expected) in got.iter().zip(&expected) {
                    let equal = got == expected || got.is_nan() && expected.is_nan();
                    prop_assert!(equal, "{got} for {expected} of {batch}×{channels}");
                }
            }
        }
    }

    /// The largest difference, in parts of the largest value or of `at_least`: a map of one value may be next to
    /// nothing, as a sum of products that cancel, and is then no measure of how exactly they were added. Infinite where
    /// a number is not finite.
    pub(super) fn difference(expected: &[f32], got: &[f32], at_least: f32) -> f32 {
        let largest = expected
            .iter()
            .fold(at_least, |most, value| most.max(value.abs()));
        let far = expected.iter().zip(got).map(|(a, b)| (a - b).abs());
        match expected.iter().chain(got).all(|value| value.is_finite()) {
            true => far.fold(0.0, f32::max) / largest,
            false => f32::INFINITY,
        }
    }

    fn assert_near(expected: Tensor<4>, got: Tensor<4>, at_least: f32, case: &str) {
        assert_eq!(expected.dims(), got.dims(), "{case}");
        let [expected, got] = [expected, got].map(values);
        let worst = difference(&expected, &got, at_least);
        assert!(worst < 1e-5, "{case}: {worst:e}");
    }

    fn taps(shape: [usize; 4]) -> Taps {
        Taps {
            weight: random(shape),
            bias: random([shape[0]]),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn a_bottleneck_equals_its_layers(
            batch in 1_usize..3,
            inputs in 1_usize..14,
            factor in 1_usize..7,
            outputs in 1_usize..14,
            [rows, columns] in [1_usize..40, 1_usize..50],
            kernel in prop::sample::select(vec![1_usize, 3, 5]),
            (stride, dilation) in (1_usize..4, 1_usize..4),
            padding in [0.0..1.0, 0.0..1.0],
            activation in prop::sample::select(ACTIVATIONS.to_vec()),
            few in prop::option::of(1_usize..6),
            wide_strips: bool,
        ) {
            // Many channels make strips of one row.
            let factor = if wide_strips { factor } else { 40 * factor };
            let span = (kernel - 1) * dilation + 1;
            let [before, after] = padding.map(|share| (share * span as f64) as usize);
            prop_assume!(rows.min(columns) + before + after >= span);
            let wide = inputs * factor;
            let window = Window { kernel, stride, padding: [before, after], dilation };
            let adds = stride == 1 && inputs == outputs && before + after + 1 == window.span();
            let layers = Bottleneck {
                expand: (factor > 1).then(|| taps([wide, inputs, 1, 1])),
                depthwise: taps([wide, 1, kernel, kernel]),
                project: taps([outputs, wide, 1, 1]),
                squeeze: few.map(|few| Squeeze {
                    squeeze: taps([few, wide, 1, 1]),
                    excite: taps([wide, few, 1, 1]),
                }),
                window,
                activation,
                adds,
            };
            let x = random([batch, inputs, rows, columns]);
            let mut y = x.clone();
            if let Some(Taps { weight, bias }) = layers.expand.clone() {
                y = plain::conv2d_same(y, weight, bias, activation);
            }
            let Taps { weight, bias } = layers.depthwise.clone();
            y = plain::conv2d_depthwise(y, weight, bias, window, activation);
            if let Some(layers) = layers.squeeze.clone() {
                y = crate::kernels::squeeze_and_excite(y, layers);
            }
            let Taps { weight, bias } = layers.project.clone();
            // Products of either sign, as many as there are wide channels, add up to about their number's root.
            let largest = values(y.clone()).iter().fold(1.0_f32, |most, value| most.max(value.abs()));
            let at_least = largest * (wide as f32).sqrt();
            y = plain::conv2d_same(y, weight, bias, Activation::None);
            if adds {
                y = y + x.clone();
            }
            let case = format!("{inputs}–{wide}–{outputs} {rows}×{columns} {window:?}");
            let arranged = OnceLock::new();
            let first = bottleneck(x.clone(), layers.clone(), &arranged);
            let again = bottleneck(x.clone(), layers.clone(), &arranged);
            prop_assert_eq!(values(first.clone()), values(again), "{}", case);
            assert_near(y.clone(), first, at_least, &case);
            assert_near(y, crate::kernels::layer_by_layer(x, layers), at_least, &case);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn any_stride_and_padding_equal_the_plain_form(
            batch in 1_usize..3,
            inputs in 1_usize..6,
            outputs in 1_usize..20,
            [rows, columns] in [1_usize..40, 1_usize..50],
            kernel in 1_usize..8,
            (stride, dilation) in (1_usize..4, 1_usize..4),
            padding in [0.0..1.0, 0.0..1.0],
            activation in prop::sample::select(ACTIVATIONS.to_vec()),
        ) {
            let span = (kernel - 1) * dilation + 1;
            let [before, after] = padding.map(|share| (share * span as f64) as usize);
            prop_assume!(rows.min(columns) + before + after >= span);
            let window = Window { kernel, stride, padding: [before, after], dilation };
            let x = random([batch, inputs, rows, columns]);
            let (weight, bias) = (random([outputs, inputs, kernel, kernel]), random([outputs]));
            let expected =
                plain::conv2d_strided(x.clone(), weight.clone(), bias.clone(), window, activation);
            let got = conv2d_strided(x, weight, bias, window, activation);
            let case = format!("{inputs}–{outputs} {rows}×{columns} {window:?}");
            assert_near(expected, got, 1.0, &case);
        }
    }

    #[test]
    fn a_map_that_is_a_view_is_read_as_it_looks() {
        let x = random([1, 9, 21, 4]).permute([0, 3, 1, 2]).narrow(2, 1, 7);
        let [expected, got] = compared(x, [8, 4], Activation::None).map(values);
        assert!(relative_difference(&expected, &got) < 1e-5);
    }

    #[test]
    fn small_maps_and_few_channels_stay_with_the_plain_form() {
        assert!(is_faster([1, 3, 224, 224], [16, 3, 3, 3]));
        assert!(is_faster([1, 64, 56, 56], [64, 64, 3, 3]));
        assert!(!is_faster([1, 512, 7, 7], [512, 512, 3, 3]));
        assert!(!is_faster([1, 1, 224, 224], [16, 1, 3, 3]));
        assert!(!is_faster([1, 64, 56, 56], [2, 64, 3, 3]));
        assert!(!is_faster([1, 64, 56, 56], [64, 64, 1, 1]));
    }

    #[test]
    fn large_blocks_many_weights_and_low_maps_stay_layer_by_layer() {
        let block = |x, sizes: &[[usize; 2]]| {
            let layers = sizes.iter().map(|&[outputs, inputs]| Taps {
                weight: Tensor::zeros([outputs, inputs, 3, 3], &cpu()),
                bias: Tensor::zeros([outputs], &cpu()),
            });
            is_block_faster(x, &layers.collect::<Vec<_>>())
        };
        assert!(block([1, 3, 384, 384], &[[64, 3], [64, 64]]));
        assert!(!block([1, 3, 512, 512], &[[64, 3], [64, 64]]));
        assert!(!block([1, 64, 192, 192], &[[128, 64]; 2]));
        assert!(!block([1, 64, 12, 900], &[[32, 64], [32, 32]]));
        assert!(!block([1, 64, 192, 192], &[[64, 64], [4, 64]]));
        assert!(!block([1, 64, 192, 192], &[]));
    }
}
