//! Our own kernels, each beside the plain Burn form that it must equal.
//!
//! On the CPU the plain form is what runs, but for 3×3 convolutions and blocks of them, convolutions of other strides
//! that see few numbers, inverted bottlenecks, transposed convolutions of wide strides, and pools.

pub mod cpu;
#[cfg(feature = "webgpu")]
pub mod gpu;
pub mod plain;
pub mod recast;
pub mod tune;
pub mod wgsl;

use std::sync::{Arc, OnceLock};

use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::{Device, Tensor, TensorData};

use crate::FcnError;
use crate::upsample::Rounding;

#[cfg(feature = "burn-kernels")]
static PLAIN: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// Makes every kernel of this crate run as its plain Burn form, on the GPU too: for measuring what
/// our kernels gain, and for finding out whether a wrong result is their fault. Call it before loading
/// weights: they are laid out in memory as the kernels read them.
#[cfg(feature = "burn-kernels")]
pub fn set_plain_kernels(plain: bool) {
    PLAIN.store(plain, std::sync::atomic::Ordering::Relaxed);
}

/// Whether our kernels run on that device, and not their plain forms.
fn ours(device: &Device) -> bool {
    !is_plain() && crate::device::is_gpu(device)
}

/// What `set_plain_kernels` said last.
#[cfg(feature = "burn-kernels")]
fn is_plain() -> bool {
    PLAIN.load(std::sync::atomic::Ordering::Relaxed)
}

#[cfg(not(feature = "burn-kernels"))]
fn is_plain() -> bool {
    false
}

/// Prepares the device's memory for a pass of a net with `weights` bytes of weights, whose two largest maps
/// have so many bytes.
pub fn reserve(device: &Device, weights: usize, maps: [usize; 2]) {
    #[cfg(feature = "webgpu")]
    if ours(device) {
        gpu::reserve(device, gpu::pages::Plan::new(weights, maps));
    }
    #[cfg(not(feature = "webgpu"))]
    let _ = (device, weights, maps);
}

/// How a photo becomes a net's input; `[f32; 3]` are by the input's channels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normalisation {
    /// Rows and columns of the photo.
    pub size: [usize; 2],
    /// Rows and columns of the input: the photo's, or more below and at the right.
    pub padded: [usize; 2],
    /// Which channel of the photo, 0 to 2, each of the input's is made of.
    pub order: [usize; 3],
    /// Is taken from what is divided by 255.
    pub mean: [f32; 3],
    /// Divides that.
    pub std: [f32; 3],
    /// What the padding is, normalised already.
    pub pad: [f32; 3],
}

/// Pixels, 0–255, normalised as nets want them.
///
/// # Shapes
/// - `pixels` `[rows, columns, 3]`, row-major
/// - result `[1, 3, h, w]`
pub fn normalise(pixels: Vec<f32>, how: &Normalisation, device: &Device) -> Tensor<4> {
    #[cfg(feature = "webgpu")]
    if ours(device) {
        return gpu::normalise(pixels, how, device);
    }
    plain::normalise(&pixels, how, device)
}

/// What follows a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activation {
    /// Nothing.
    None,
    /// max(0, x).
    Relu,
    /// min(max(0, x), 6).
    Relu6,
    /// x · min(max(0, x + 3), 6) / 6 (Howard et al., "Searching for MobileNetV3", ICCV 2019, arXiv 1905.02244).
    HardSwish,
    /// min(max(0, x + 3), 6) / 6.
    HardSigmoid,
    /// 1 / (1 + e⁻ˣ).
    Sigmoid,
}

impl Activation {
    /// Each of them.
    pub const ALL: [Self; 6] = [
        Self::None,
        Self::Relu,
        Self::Relu6,
        Self::HardSwish,
        Self::HardSigmoid,
        Self::Sigmoid,
    ];
}

/// What follows a convolution, by itself.
fn activate(y: Tensor<4>, activation: Activation) -> Tensor<4> {
    match activation {
        Activation::None => y,
        Activation::Relu => relu(y),
        Activation::Relu6 => y.clamp(0.0, 6.0),
        Activation::HardSwish => y.clone() * activate(y, Activation::HardSigmoid),
        Activation::HardSigmoid => (y + 3.0).clamp(0.0, 6.0) / 6.0,
        Activation::Sigmoid => sigmoid(y),
    }
}

/// How a convolution's kernel goes over a map, the same down and across.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Side of the kernel.
    pub kernel: usize,
    /// Pixels from one place to the next.
    pub stride: usize,
    /// Rows of zeros above and below the map, columns left and right.
    pub padding: [usize; 2],
    /// Pixels from one tap of the kernel to the next.
    pub dilation: usize,
}

impl Window {
    /// A kernel at each pixel, without padding.
    pub fn valid(kernel: usize) -> Self {
        Self {
            kernel,
            stride: 1,
            padding: [0; 2],
            dilation: 1,
        }
    }

    /// An odd kernel with half of it as padding on each side: at stride 1 the size is kept.
    pub fn centred(kernel: usize, stride: usize) -> Self {
        Self::atrous(kernel, stride, 1)
    }

    /// The same with its taps apart.
    pub fn atrous(kernel: usize, stride: usize, dilation: usize) -> Self {
        Self {
            kernel,
            stride,
            padding: [dilation * (kernel / 2); 2],
            dilation,
        }
    }

    /// Pixels from its first tap to its last.
    pub fn span(self) -> usize {
        self.kernel.saturating_sub(1) * self.dilation + 1
    }

    /// Its places along a side of that many pixels, padding included no fewer than it spans.
    pub fn over(self, size: usize) -> usize {
        let [before, after] = self.padding;
        (size + before + after).saturating_sub(self.span()) / self.stride + 1
    }
}

/// Convolution of stride 1 that keeps the size: an odd square kernel `k`, padding `(k − 1) / 2`.
///
/// # Shapes
/// - `x` `[n, in, h, w]`, `weight` `[out, in, k, k]`, `bias` `[out]`
/// - result `[n, out, h, w]`
pub fn conv2d_same(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    activation: Activation,
) -> Tensor<4> {
    #[cfg(feature = "webgpu")]
    if ours(&x.device()) {
        let [_, _, kernel, _] = weight.dims();
        return gpu::conv2d(x, weight, bias, Window::centred(kernel, 1), activation);
    }
    if !is_plain() && cpu::is_faster(x.dims(), weight.dims()) {
        return cpu::conv3x3(x, weight, bias, activation);
    }
    plain::conv2d_same(x, weight, bias, activation)
}

/// Convolution of any stride and padding.
///
/// # Shapes
/// - `x` `[n, in, h, w]`, `weight` `[out, in, k, k]`, `bias` `[out]`
/// - result `[n, out, h', w']`, as [`Window::over`] says
pub fn conv2d_strided(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    #[cfg(feature = "webgpu")]
    if ours(&x.device()) {
        return gpu::conv2d(x, weight, bias, window, activation);
    }
    if !is_plain() && cpu::is_strided_faster(weight.dims()) {
        return cpu::conv2d_strided(x, weight, bias, window, activation);
    }
    plain::conv2d_strided(x, weight, bias, window, activation)
}

/// Depthwise convolution: each channel has a kernel of its own and sees no other channel.
///
/// # Shapes
/// - `x` `[n, c, h, w]`, `weight` `[c, 1, k, k]`, `bias` `[c]`
/// - result `[n, c, h', w']`, as [`Window::over`] says
pub fn conv2d_depthwise(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    #[cfg(feature = "webgpu")]
    if ours(&x.device()) {
        return gpu::conv2d_depthwise(x, weight, bias, window, activation);
    }
    plain::conv2d_depthwise(x, weight, bias, window, activation)
}

/// A convolution's weights and biases.
#[derive(Debug, Clone)]
pub struct Taps {
    /// `[out, in, k, k]`; of a depthwise convolution `[c, 1, k, k]`.
    pub weight: Tensor<4>,
    /// `[out]`.
    pub bias: Tensor<1>,
}

/// Whether [`conv_block`] computes these layers together, without the maps between them, and is quick: else a pass
/// may as well run them one by one, and tell of each. Shapes as there.
pub fn is_one_block(x: &Tensor<4>, layers: &[Taps]) -> bool {
    !is_plain() && !crate::device::is_gpu(&x.device()) && cpu::is_block_faster(x.dims(), layers)
}

/// A block of VGG: 3×3 convolutions that keep the size, each with its activation, and a 2×2 max pool of stride 2. On
/// the CPU a few rows at a time, since the maps between are larger than its cache.
///
/// # Shapes
/// - `x` `[n, in, h, w]`, the layers' weights `[out, in, 3, 3]`
/// - result `[n, out, h / 2, w / 2]`, rounded; `out` is of the last layer
pub fn conv_block(
    mut x: Tensor<4>,
    layers: Vec<Taps>,
    activation: Activation,
    rounding: Rounding,
) -> Tensor<4> {
    if is_one_block(&x, &layers) {
        return cpu::conv_block(x, layers, activation, rounding);
    }
    for Taps { weight, bias } in layers {
        x = conv2d_same(x, weight, bias, activation);
    }
    max_pool(x, rounding)
}

/// The mean of each channel.
///
/// # Shapes
/// `[n, c, h, w]` to `[n, c, 1, 1]`
pub fn mean(x: Tensor<4>) -> Tensor<4> {
    x.mean_dim(3).mean_dim(2)
}

/// Each channel times its factor.
///
/// # Shapes
/// `x` `[n, c, h, w]`, `factors` `[n, c, 1, 1]`
pub fn scale(x: Tensor<4>, factors: Tensor<4>) -> Tensor<4> {
    x * factors
}

/// Squeeze and excitation: two layers make of the channels' means a factor for each channel.
///
/// Hu, Shen & Sun, "Squeeze-and-Excitation Networks", CVPR 2018 (arXiv 1709.01507), with MobileNetV3's hard
/// sigmoid.
#[derive(Debug, Clone)]
pub struct Squeeze {
    /// `[few, c, 1, 1]`, with a ReLU.
    pub squeeze: Taps,
    /// `[c, few, 1, 1]`, with a hard sigmoid.
    pub excite: Taps,
}

/// Runs squeeze and excitation.
///
/// # Shapes
/// `[n, c, h, w]` to the same
pub fn squeeze_and_excite(x: Tensor<4>, layers: Squeeze) -> Tensor<4> {
    let Squeeze { squeeze, excite } = layers;
    let few = conv2d_same(
        mean(x.clone()),
        squeeze.weight,
        squeeze.bias,
        Activation::Relu,
    ); // [n, few, 1, 1]
    let factors = conv2d_same(few, excite.weight, excite.bias, Activation::HardSigmoid); // [n, c, 1, 1]
    scale(x, factors)
}

/// An inverted bottleneck: a 1×1 convolution to more channels, a depthwise convolution, a 1×1 convolution
/// to few channels; an activation after the first two.
///
/// Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018 (arXiv 1801.04381).
#[derive(Debug, Clone)]
pub struct Bottleneck {
    /// `[wide, in, 1, 1]`; without it `wide` is `in`.
    pub expand: Option<Taps>,
    /// `[wide, 1, k, k]`.
    pub depthwise: Taps,
    /// What becomes of the depthwise convolution's result, in some nets.
    pub squeeze: Option<Squeeze>,
    /// `[out, wide, 1, 1]`.
    pub project: Taps,
    /// Of the depthwise convolution.
    pub window: Window,
    /// What follows the first two convolutions.
    pub activation: Activation,
    /// Whether the input is added to the result; both must have one shape.
    pub adds: bool,
}

/// Runs an inverted bottleneck. On the CPU a few rows at a time, since the map between its layers, the
/// largest of the net, then stays in the cache.
///
/// # Shapes
/// - `x` `[n, in, h, w]`
/// - result `[n, out, h', w']`, as [`Window::over`] says
pub fn bottleneck(x: Tensor<4>, layers: Bottleneck) -> Tensor<4> {
    bottleneck_again(x, layers, &Arranged::default())
}

/// A bottleneck's weights as the CPU's products read them: arranged in the net's first pass and kept for the next ones,
/// since to arrange them takes as long as some layers. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Arranged(Arc<OnceLock<cpu::BottleneckWeights>>);

/// [`bottleneck`], where `arranged` is of the same weights each time.
///
/// # Shapes
/// As [`bottleneck`].
pub fn bottleneck_again(x: Tensor<4>, layers: Bottleneck, arranged: &Arranged) -> Tensor<4> {
    if is_plain() || ours(&x.device()) {
        return layer_by_layer(x, layers);
    }
    cpu::bottleneck(x, layers, &arranged.0)
}

/// An inverted bottleneck layer by layer: the plain form, and the GPU's.
pub fn layer_by_layer(x: Tensor<4>, layers: Bottleneck) -> Tensor<4> {
    let Bottleneck {
        expand,
        depthwise,
        squeeze,
        project,
        window,
        activation,
        adds,
    } = layers;
    let around = adds.then(|| x.clone());
    let y = match expand {
        Some(Taps { weight, bias }) => conv2d_same(x, weight, bias, activation),
        None => x,
    };
    let Taps { weight, bias } = depthwise;
    let y = conv2d_depthwise(y, weight, bias, window, activation);
    let y = match squeeze {
        Some(layers) => squeeze_and_excite(y, layers),
        None => y,
    };
    let y = conv2d_same(y, project.weight, project.bias, Activation::None);
    match around {
        Some(x) => y + x,
        None => y,
    }
}

/// Convolution of stride 1 without padding: an odd square kernel `k`, no larger than the map.
///
/// # Shapes
/// - `x` `[n, in, h, w]`, `weight` `[out, in, k, k]`, `bias` `[out]`
/// - result `[n, out, h − k + 1, w − k + 1]`
pub fn conv2d_valid(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    activation: Activation,
) -> Tensor<4> {
    #[cfg(feature = "webgpu")]
    if ours(&x.device()) {
        let [_, _, kernel, _] = weight.dims();
        return gpu::conv2d(x, weight, bias, Window::valid(kernel), activation);
    }
    plain::conv2d_valid(x, weight, bias, activation)
}

/// Atrous convolution of stride 1 that keeps the size: an odd square kernel `k` whose taps are
/// `dilation` pixels apart, padding `dilation · (k − 1) / 2`.
///
/// # Shapes
/// - `x` `[n, in, h, w]`, `weight` `[out, in, k, k]`, `bias` `[out]`
/// - result `[n, out, h, w]`
pub fn conv2d_atrous(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    dilation: usize,
    activation: Activation,
) -> Tensor<4> {
    if ours(&x.device()) {
        return recast::conv2d_atrous(x, weight, bias, dilation, activation);
    }
    plain::conv2d_atrous(x, weight, bias, dilation, activation)
}

/// A fully connected layer whose weights are a convolution's, `[out, in, k, k]` instead of
/// `[out, in·k·k]`: the same numbers in the same order.
///
/// # Shapes
/// - `x` `[n, in·k·k]`, `weight` `[out, in, k, k]`, `bias` `[out]`
/// - result `[n, out]`
pub fn linear(x: Tensor<2>, weight: Tensor<4>, bias: Tensor<1>) -> Tensor<2> {
    #[cfg(feature = "webgpu")]
    if ours(&x.device()) {
        return gpu::linear(x, weight, bias);
    }
    plain::linear(x, weight, bias)
}

/// 2×2 max pool of stride 2. Where an odd side is rounded up, the last window ends with the map.
///
/// # Shapes
/// - `x` `[n, c, h, w]`; neither side of the result may be 0
/// - result `[n, c, h / 2, w / 2]`, rounded
pub fn max_pool(x: Tensor<4>, rounding: Rounding) -> Tensor<4> {
    #[cfg(feature = "webgpu")]
    if ours(&x.device()) {
        return gpu::max_pool(x, rounding);
    }
    if is_plain() {
        return plain::max_pool(x, rounding);
    }
    cpu::max_pool(x, rounding)
}

/// How a transposed convolution stamps; each pair is down and across.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransposedOptions {
    /// Pixels from one stamp to the next.
    pub stride: [usize; 2],
    /// Pixels that are cut off on each side.
    pub padding: [usize; 2],
    /// Pixels that are kept, or added, below and at the right.
    pub output_padding: [usize; 2],
    /// Each channel is enlarged by itself.
    pub per_channel: bool,
}

impl TransposedOptions {
    /// Rows and columns of the result, of an input and a kernel of so many; 0 where there is none.
    pub fn output(&self, input: [usize; 2], kernel: [usize; 2]) -> [usize; 2] {
        let length = |input: usize, kernel: usize, stride: usize, padding: usize, more: usize| {
            let whole = input.saturating_sub(1) * stride + kernel + more;
            whole.saturating_sub(2 * padding)
        };
        let ([rows, columns], [kernel_rows, kernel_columns]) = (input, kernel);
        let ([down, across], [top, left]) = (self.stride, self.padding);
        let [below, right] = self.output_padding;
        [
            length(rows, kernel_rows, down, top, below),
            length(columns, kernel_columns, across, left, right),
        ]
    }
}

/// Transposed convolution without bias.
///
/// # Shapes
/// - `x` `[n, in, h, w]`, `weight` `[in, out, k, k']`; with `per_channel` `[in, 1, k, k']`
/// - result `[n, out, h', w']`, as [`TransposedOptions::output`] says; neither may be 0
pub fn conv_transpose2d(x: Tensor<4>, weight: Tensor<4>, options: TransposedOptions) -> Tensor<4> {
    #[cfg(feature = "webgpu")]
    if ours(&x.device()) {
        return gpu::conv_transpose2d(x, weight, options);
    }
    if is_plain() {
        return plain::conv_transpose2d(x, weight, options);
    }
    cpu::conv_transpose2d(x, weight, options)
}

/// A tensor that stays on `device` from pass to pass, in memory of exactly its size. Otherwise the device
/// might put it into a larger buffer that happens to be free.
pub fn parameter<const D: usize>(data: TensorData, device: &Device) -> Tensor<D> {
    let tensor = device.memory_persistent_allocations(data, |data| Tensor::from_data(data, device));
    #[cfg(feature = "webgpu")]
    if crate::device::is_gpu(device) {
        gpu::own(&tensor);
    }
    tensor
}

/// Hands what was launched on `device` over to it, so that waiting for it waits for all of it.
///
/// # Errors
/// [`FcnError::Gpu`].
pub fn flush(device: &Device) -> Result<(), FcnError> {
    #[cfg(feature = "webgpu")]
    if crate::device::is_gpu(device) {
        return gpu::flush(device);
    }
    #[cfg(not(feature = "webgpu"))]
    let _ = device;
    Ok(())
}

/// Gives back the memory on `device` of passes and nets that are gone.
pub fn tidy(device: &Device) {
    #[cfg(feature = "webgpu")]
    if crate::device::is_gpu(device) {
        gpu::tidy(device);
    }
    #[cfg(not(feature = "webgpu"))]
    let _ = device;
}

/// A convolution's weights on `device`, laid out in memory as the device's kernel reads them.
///
/// # Shapes
/// `values` is row-major `[out, in, k, k]`, and the result is indexed so too. For our GPU kernels the
/// memory behind it is `[in, k, k, out]`, so that [`conv2d_same`] copies nothing.
pub fn conv_weight(values: Vec<f32>, shape: [usize; 4], device: &Device) -> Tensor<4> {
    let on = |values, shape| parameter(TensorData::new(values, shape), device);
    if !ours(device) {
        return on(values, shape);
    }
    let [out, inputs, rows, columns] = shape;
    let taps = inputs * rows * columns;
    // Collecting would grow the buffer by doubling, and weights may be large.
    let mut transposed = Vec::with_capacity(values.len());
    for tap in 0..taps {
        transposed.extend(values.iter().skip(tap).step_by(taps));
    }
    drop(values);
    on(transposed, [inputs, rows, columns, out]).permute([3, 0, 1, 2]) // [out, in, k, k]
}
