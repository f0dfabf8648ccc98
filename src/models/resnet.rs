//! ResNet-50 as a backbone of nets that label every pixel: output stride 8, by dilation.
//!
//! He, Zhang, Ren & Sun, "Deep Residual Learning for Image Recognition", CVPR 2016 (arXiv
//! 1512.03385); the last two stages keep their size and spread their taps instead (Yu & Koltun,
//! "Multi-Scale Context Aggregation by Dilated Convolutions", ICLR 2016, arXiv 1511.07122). Agrees
//! with torchvision's `resnet50(replace_stride_with_dilation=[False, True, True])`, whose names the
//! tensors have. Batch norms are folded into the convolutions before them as they are loaded.

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
use crate::FcnError;
use crate::kernels::Activation::{None as Linear, Relu};
use crate::weights::Weights;

/// A bottleneck ends with this many times the channels of its 3×3 convolution.
const EXPANSION: usize = 4;

/// The stages that [`ResNet::forward_observed`] reports, in order.
pub const STAGES: [&str; 6] = ["conv1", "maxpool", "layer1", "layer2", "layer3", "layer4"];

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
    /// Channels of layer3.
    pub fn layer3_channels(&self) -> usize {
        4 * EXPANSION * self.width
    }

    /// Channels of layer4.
    pub fn layer4_channels(&self) -> usize {
        8 * EXPANSION * self.width
    }

    /// A backbone with random weights.
    pub fn init(&self, device: &Device) -> ResNet {
        let w = self.width;
        let [one, two, three, four] = self.blocks;
        // Where the original halves the size, the dilation doubles instead, from the block after.
        let stage = |inputs: usize, planes: usize, blocks, stride, [first, rest]: [usize; 2]| {
            let block = |i| {
                let out = EXPANSION * planes;
                let (from, stride, dilation) = match i {
                    0 => (inputs, stride, first),
                    _ => (out, 1, rest),
                };
                let changes = stride != 1 || from != out;
                Bottleneck {
                    conv1: conv_layer([from, planes], 1, 1, 1, device),
                    conv2: conv_layer([planes, planes], 3, stride, dilation, device),
                    conv3: conv_layer([planes, out], 1, 1, 1, device),
                    downsample: changes.then(|| conv_layer([from, out], 1, stride, 1, device)),
                }
            };
            (0..blocks).map(block).collect()
        };
        ResNet {
            conv1: conv_layer([3, w], 7, 2, 1, device),
            maxpool: MaxPool2dConfig::new([3, 3])
                .with_strides([2, 2])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .init(),
            layer1: stage(w, w, one, 1, [1, 1]),
            layer2: stage(EXPANSION * w, 2 * w, two, 2, [1, 1]),
            layer3: stage(2 * EXPANSION * w, 4 * w, three, 1, [1, 2]),
            layer4: stage(4 * EXPANSION * w, 8 * w, four, 1, [2, 4]),
        }
    }

    /// Floats of the largest map or kernel of a pass over `width`×`height` pixels.
    pub(super) fn largest(&self, width: usize, height: usize) -> u64 {
        let at = |stride: usize| width.div_ceil(stride) as u64 * height.div_ceil(stride) as u64;
        let w = self.width as u64;
        let maps = (3 * at(1)).max(w * at(2)).max(4 * w * at(4));
        let layer4 = 32 * w * at(8);
        let conv2 = (8 * w).pow(2) * 9; // of layer4
        maps.max(layer4).max(conv2)
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
    pub async fn forward_observed<O: Observer>(
        &self,
        x: Tensor<4>,
        observer: &mut O,
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
