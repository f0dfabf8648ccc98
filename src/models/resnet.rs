//! ResNet-50 and ResNet-101 as backbones of nets that label every pixel: output stride 8, by dilation.
//!
//! He, Zhang, Ren & Sun, "Deep Residual Learning for Image Recognition", CVPR 2016 (arXiv
//! 1512.03385); the last two stages keep their size and spread their taps instead (Yu & Koltun,
//! "Multi-Scale Context Aggregation by Dilated Convolutions", ICLR 2016, arXiv 1511.07122). Agrees
//! with torchvision's `resnet50` and `resnet101` with `replace_stride_with_dilation=[False, True, True]`,
//! whose names the tensors have. Batch norms are folded into the convolutions before them as they are loaded.

use burn::config::Config;
use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};

use super::fresh::Fresh;
use super::layers::{conv_any, load_conv_bn};
use super::observer::Observer;
use super::shapes::{INNER, Map, Walk, Window};
use super::tail::Convolution;
use crate::FcnError;
use crate::kernels::Activation::{None as Linear, Relu};
use crate::manifest::{NetSettings, within};
use crate::weights::{Expected, TensorShapes, Weights};

/// A bottleneck ends with this many times the channels of its 3×3 convolution.
const EXPANSION: usize = 4;

/// Those of the paper's nets that torchvision labels pixels with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    ResNet50,
    ResNet101,
}

impl Depth {
    /// Of a file's tensors: only layer3 is another. What is deeper still is nearer to ResNet-101.
    pub(super) fn of(shapes: &TensorShapes) -> Self {
        match shapes.contains_key("backbone.layer3.6.conv1.weight") {
            true => Self::ResNet101,
            false => Self::ResNet50,
        }
    }

    /// The backbone of full width.
    pub(super) fn config(self) -> ResNetConfig {
        let config = ResNetConfig::new();
        match self {
            Self::ResNet50 => config,
            Self::ResNet101 => config.with_blocks([3, 4, 23, 3]),
        }
    }
}

/// Settings of a [`ResNet`].
#[derive(Config, Debug)]
pub struct ResNetConfig {
    /// Channels of the first convolution, and of layer1's 3×3 ones; 64 in the paper.
    #[config(default = 64)]
    pub width: usize,
    /// Blocks in layer1 to layer4; those of ResNet-50 by default.
    #[config(default = "[3, 4, 6, 3]")]
    pub blocks: [usize; 4],
}

/// A stage of blocks.
struct Stage {
    name: &'static str,
    /// Channels of its 3×3 convolutions.
    planes: usize,
    blocks: usize,
    /// Of its first block.
    stride: usize,
    /// Of its first block, and of the rest.
    dilations: [usize; 2],
}

/// A block's convolutions.
struct Block {
    /// Channels in, of the 3×3 convolution, and out.
    channels: [usize; 3],
    stride: usize,
    dilation: usize,
}

impl Block {
    /// Whether the way around the convolutions needs one of its own.
    fn changes(&self) -> bool {
        let [from, _, to] = self.channels;
        self.stride != 1 || from != to
    }
}

impl Stage {
    /// Its blocks, for so many channels that go in.
    fn blocks(&self, inputs: usize) -> impl Iterator<Item = Block> {
        let &Self {
            planes,
            stride,
            dilations: [first, rest],
            ..
        } = self;
        let out = EXPANSION * planes;
        (0..self.blocks).map(move |i| match i {
            0 => Block {
                channels: [inputs, planes, out],
                stride,
                dilation: first,
            },
            _ => Block {
                channels: [out, planes, out],
                stride: 1,
                dilation: rest,
            },
        })
    }
}

/// 1×1, 3×3, 1×1 convolutions, each with its batch norm, and the way around them.
#[derive(Module, Debug)]
pub struct Bottleneck {
    conv1: Conv2d,
    conv2: Conv2d,
    conv3: Conv2d,
    /// Where channels or size change: 1×1.
    downsample: Option<Conv2d>,
}

/// The maps that a backbone hands to the heads.
#[derive(Debug, Clone)]
pub struct Features {
    /// 1/8 of the input's size, `16·width` channels.
    pub layer3: Tensor<4>,
    /// 1/8, `32·width` channels.
    pub layer4: Tensor<4>,
}

/// ResNet without its classifier.
#[derive(Module, Debug)]
pub struct ResNet {
    conv1: Conv2d,
    maxpool: MaxPool2d,
    layer1: Vec<Bottleneck>,
    layer2: Vec<Bottleneck>,
    layer3: Vec<Bottleneck>,
    layer4: Vec<Bottleneck>,
}

/// A convolution with the bias that its batch norm becomes, padded so that stride 1 keeps the size.
pub(super) fn conv_layer(
    channels: [usize; 2],
    kernel: usize,
    stride: usize,
    dilation: usize,
    device: &Device,
) -> Conv2d {
    let padding = dilation * (kernel - 1) / 2;
    Conv2dConfig::new(channels, [kernel; 2])
        .with_stride([stride; 2])
        .with_dilation([dilation; 2])
        .with_padding(PaddingConfig2d::Explicit(
            padding, padding, padding, padding,
        ))
        .fresh(device)
}

impl ResNetConfig {
    /// From a manifest's `config`.
    ///
    /// # Errors
    /// [`FcnError::ManifestInvalid`] with the field at fault.
    pub(super) fn read(config: &NetSettings) -> Result<Self, FcnError> {
        let blocks: [usize; 4] = config.own("blocks")?;
        // 36 is ResNet-152's most.
        let mut stages = blocks.iter();
        stages.try_for_each(|&blocks| within("config.blocks", blocks, 1, 36))?;
        Ok(Self {
            width: config.number("width", 128)?,
            blocks,
        })
    }

    /// Channels of layer3.
    pub fn layer3_channels(&self) -> usize {
        4 * EXPANSION * self.width
    }

    /// Channels of layer4.
    pub fn layer4_channels(&self) -> usize {
        8 * EXPANSION * self.width
    }

    /// Where the original halves the size, layer3 and layer4 double the dilation instead, from the block
    /// after.
    fn stages(&self) -> [Stage; 4] {
        let [one, two, three, four] = self.blocks;
        [
            ("layer1", 1, one, 1, [1, 1]),
            ("layer2", 2, two, 2, [1, 1]),
            ("layer3", 4, three, 1, [1, 2]),
            ("layer4", 8, four, 1, [2, 4]),
        ]
        .map(|(name, factor, blocks, stride, dilations)| Stage {
            name,
            planes: factor * self.width,
            blocks,
            stride,
            dilations,
        })
    }

    /// A backbone with random weights.
    pub fn init(&self, device: &Device) -> ResNet {
        let mut inputs = self.width;
        let [layer1, layer2, layer3, layer4] = self.stages().map(|stage| {
            let blocks = stage.blocks(inputs).map(|block| {
                let [from, planes, to] = block.channels;
                let (stride, dilation) = (block.stride, block.dilation);
                let around = || conv_layer([from, to], 1, stride, 1, device);
                Bottleneck {
                    conv1: conv_layer([from, planes], 1, 1, 1, device),
                    conv2: conv_layer([planes, planes], 3, stride, dilation, device),
                    conv3: conv_layer([planes, to], 1, 1, 1, device),
                    downsample: block.changes().then(around),
                }
            });
            let blocks = blocks.collect();
            inputs = EXPANSION * stage.planes;
            blocks
        });
        ResNet {
            conv1: conv_layer([3, self.width], 7, 2, 1, device),
            maxpool: MaxPool2dConfig::new([3, 3])
                .with_strides([2, 2])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .init(),
            layer1,
            layer2,
            layer3,
            layer4,
        }
    }

    /// The same with few channels and blocks.
    pub(super) fn narrowed(&self) -> Self {
        Self {
            width: self.width.min(8),
            // Two: the first of a stage is unlike the rest.
            blocks: self.blocks.map(|blocks| blocks.min(2)),
        }
    }

    /// Walks the backbone; the maps are layer3 and layer4.
    ///
    /// # Errors
    /// As [`Walk::conv`].
    pub(super) fn walk(&self, input: Map, walk: &mut Walk) -> Result<[Map; 2], FcnError> {
        let mut x = walk.conv("conv1", input, self.width, Window::same(7, 2, 1))?;
        x = walk.pool("maxpool", x, Window::same(3, 2, 1))?;
        let mut last = [x; 2];
        for stage in self.stages() {
            for block in stage.blocks(x.channels) {
                let [_, planes, to] = block.channels;
                let (stride, dilation) = (block.stride, block.dilation);
                let around = match block.changes() {
                    true => walk.conv(INNER, x, to, Window::same(1, stride, 1))?,
                    false => x,
                };
                let y = walk.conv(INNER, x, planes, Window::valid(1))?;
                let y = walk.conv(INNER, y, planes, Window::same(3, stride, dilation))?;
                let y = walk.conv(INNER, y, to, Window::valid(1))?;
                x = y.plus(around, INNER, walk);
            }
            x.stage(stage.name, walk);
            let [_, before] = last;
            last = [before, x];
        }
        Ok(last)
    }

    /// The tensors of torchvision's checkpoints, with the batch norms that are folded in here.
    pub(super) fn expect(&self, expected: &mut Expected) {
        let names = ["backbone.conv1", "backbone.bn1"];
        expected.conv_norm(names, [self.width, 3, 7, 7]);
        let mut inputs = self.width;
        for stage in self.stages() {
            for (i, block) in stage.blocks(inputs).enumerate() {
                let [from, planes, to] = block.channels;
                let name = |part: &str| format!("backbone.{}.{i}.{part}", stage.name);
                let mut add = |conv: &str, norm: &str, shape| {
                    expected.conv_norm([&name(conv), &name(norm)], shape);
                };
                add("conv1", "bn1", [planes, from, 1, 1]);
                add("conv2", "bn2", [planes, planes, 3, 3]);
                add("conv3", "bn3", [to, planes, 1, 1]);
                if block.changes() {
                    add("downsample.0", "downsample.1", [to, from, 1, 1]);
                }
            }
            inputs = EXPANSION * stage.planes;
        }
    }
}

impl Bottleneck {
    fn load(&mut self, name: &str, weights: &mut Weights, device: &Device) -> Result<(), FcnError> {
        let convolutions = [&mut self.conv1, &mut self.conv2, &mut self.conv3];
        for (i, layer) in (1..).zip(convolutions) {
            let names = [format!("{name}.conv{i}"), format!("{name}.bn{i}")];
            load_conv_bn(layer, names, false, weights, device)?;
        }
        if let Some(layer) = &mut self.downsample {
            let names = [0, 1].map(|i| format!("{name}.downsample.{i}"));
            load_conv_bn(layer, names, false, weights, device)?;
        }
        Ok(())
    }

    /// # Shapes
    /// - `x` `[n, in, h, w]`
    /// - result `[n, 4·planes, h, w]`, halved and rounded up where the stride is 2
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let y = conv_any(&self.conv1, x.clone(), Relu); // [n, planes, h, w]
        let y = conv_any(&self.conv2, y, Relu); // [n, planes, h / stride, w / stride]
        let y = conv_any(&self.conv3, y, Linear); // [n, 4·planes, h / stride, w / stride]
        let around = match &self.downsample {
            Some(layer) => conv_any(layer, x, Linear),
            None => x,
        };
        relu(y + around)
    }
}

impl ResNet {
    /// The first convolution.
    pub(super) fn stem(&self) -> Convolution<'_> {
        Convolution::relu(&self.conv1)
    }

    /// Replaces the weights by those of a file, `name.conv1.weight` and so on.
    ///
    /// # Errors
    /// As [`Weights::take`].
    pub fn load(
        &mut self,
        name: &str,
        weights: &mut Weights,
        device: &Device,
    ) -> Result<(), FcnError> {
        let names = ["conv1", "bn1"].map(|layer| format!("{name}.{layer}"));
        load_conv_bn(&mut self.conv1, names, false, weights, device)?;
        for (stage, blocks) in [
            ("layer1", &mut self.layer1),
            ("layer2", &mut self.layer2),
            ("layer3", &mut self.layer3),
            ("layer4", &mut self.layer4),
        ] {
            for (i, block) in blocks.iter_mut().enumerate() {
                block.load(&format!("{name}.{stage}.{i}"), weights, device)?;
            }
        }
        Ok(())
    }

    /// # Shapes
    /// - `x` `[n, 3, h, w]`, any h and w
    /// - layer3 `[n, 16·width, h/8, w/8]`, layer4 `[n, 32·width, h/8, w/8]`, rounded up
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another shape; else the observer's.
    pub async fn forward_observed(
        &self,
        x: Tensor<4>,
        observer: &mut dyn Observer,
    ) -> Result<Features, FcnError> {
        let [n, channels, h, w] = x.dims();
        if n == 0 || channels != 3 || h == 0 || w == 0 {
            return Err(FcnError::invalid(format!(
                "the input is {:?}, not [n, 3, h, w]",
                x.dims()
            )));
        }
        let through = |blocks: &[Bottleneck], x| blocks.iter().fold(x, |x, block| block.forward(x));
        let x = conv_any(&self.conv1, x, Relu); // [n, width, h/2, w/2]
        observer.stage("conv1", &x).await?;
        let x = self.maxpool.forward(x); // [n, width, h/4, w/4]
        observer.stage("maxpool", &x).await?;
        let x = through(&self.layer1, x); // [n, 4·width, h/4, w/4]
        observer.stage("layer1", &x).await?;
        let x = through(&self.layer2, x); // [n, 8·width, h/8, w/8]
        observer.stage("layer2", &x).await?;
        let layer3 = through(&self.layer3, x); // [n, 16·width, h/8, w/8]
        observer.stage("layer3", &layer3).await?;
        let layer4 = through(&self.layer4, layer3.clone()); // [n, 32·width, h/8, w/8]
        observer.stage("layer4", &layer4).await?;
        Ok(Features { layer3, layer4 })
    }
}
