//! The convolutional part of VGG: 3×3 convolutions in five blocks.
//!
//! Simonyan & Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition",
//! ICLR 2015 (arXiv 1409.1556), configurations A, B, D and E: VGG11, 13, 16 and 19. Agrees with
//! torchvision's `features` at width 64, under the names that the FCN authors' nets use.

use std::ops::Range;

use burn::config::Config;
use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::{Device, Tensor};

use super::fresh::Fresh;
use super::layers::{load_conv, taps};
use super::observer::Observer;
use super::shapes::{Map, Walk, Window};
use super::tail::Convolution;
use crate::FcnError;
use crate::kernels::{Activation, Taps, conv_block, conv2d_same, is_one_block, max_pool};
use crate::upsample::Rounding;
use crate::weights::Weights;

/// Convolutions of each block.
pub type Depths = [usize; 5];

/// Configuration A.
pub const VGG11: Depths = [1, 1, 2, 2, 2];
/// Configuration B.
pub const VGG13: Depths = [2, 2, 2, 2, 2];
/// Configuration D, which FCN is built on.
pub const VGG16: Depths = [2, 2, 3, 3, 3];
/// Configuration E.
pub const VGG19: Depths = [2, 2, 4, 4, 4];

/// Settings of a [`Vgg`].
#[derive(Config, Debug)]
pub struct VggConfig {
    /// Channels of the first block; the others have 2, 4, 8 and 8 times as many. 64 is the paper's.
    #[config(default = 64)]
    pub width: usize,
    /// Convolutions of each block, 1 to 4.
    #[config(default = "VGG16")]
    pub depths: Depths,
    /// How pools round; the FCN authors' nets round up.
    #[config(default = "Rounding::Floor")]
    pub pooling: Rounding,
}

/// VGG without its fully connected layers. Every convolution is 3×3 with padding 1 and is
/// followed by a ReLU; every block ends in a 2×2 max pool of stride 2.
#[derive(Module, Debug)]
pub struct Vgg {
    blocks: Vec<Vec<Conv2d>>,
    /// Whether pools round up.
    ceil: bool,
}

/// What a block multiplies the first block's channels by, the names of its convolutions, and its pool: the
/// stages that [`Vgg::forward_observed`] reports, in order.
const BLOCKS: [(usize, [&str; 4], &str); 5] = [
    (1, ["conv1_1", "conv1_2", "conv1_3", "conv1_4"], "pool1"),
    (2, ["conv2_1", "conv2_2", "conv2_3", "conv2_4"], "pool2"),
    (4, ["conv3_1", "conv3_2", "conv3_3", "conv3_4"], "pool3"),
    (8, ["conv4_1", "conv4_2", "conv4_3", "conv4_4"], "pool4"),
    (8, ["conv5_1", "conv5_2", "conv5_3", "conv5_4"], "pool5"),
];

/// Channels of the first block in the paper.
pub(super) const WIDTH: usize = 64;
/// Channels of the paper's fully connected layers.
pub(super) const FC_CHANNELS: usize = 4096;

/// The convolutions of a net, block by block: name, channels out, channels in.
pub(super) fn channels(
    width: usize,
    depths: Depths,
) -> impl Iterator<Item = Vec<(&'static str, usize, usize)>> {
    let mut from = 3;
    let blocks = BLOCKS.into_iter().zip(depths);
    blocks.map(move |((factor, names, _), depth)| {
        let to = factor * width;
        let block = names.into_iter().take(depth);
        let block = block.map(|name| (name, to, std::mem::replace(&mut from, to)));
        block.collect()
    })
}

impl VggConfig {
    /// Channels after the last pool.
    pub fn out_channels(&self) -> usize {
        8 * self.width
    }

    /// Walks the backbone; the maps are pool3, pool4 and pool5.
    ///
    /// # Errors
    /// As [`Walk::conv`].
    pub(super) fn walk(&self, mut x: Map, walk: &mut Walk) -> Result<[Map; 3], FcnError> {
        let mut pools = [x; 3];
        let blocks = channels(self.width, self.depths);
        for (block, (.., pool)) in blocks.zip(BLOCKS) {
            for (name, to, _) in block {
                x = walk.conv(name, x, to, Window::same(3, 1, 1))?;
            }
            x = walk.pool2(pool, x, self.pooling)?;
            let [_, pool4, pool5] = pools;
            pools = [pool4, pool5, x];
        }
        Ok(pools)
    }

    /// A backbone with random weights.
    pub fn init(&self, device: &Device) -> Vgg {
        let conv = |(_, to, from)| {
            Conv2dConfig::new([from, to], [3, 3])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .fresh(device)
        };
        let blocks = channels(self.width, self.depths);
        Vgg {
            blocks: blocks
                .map(|block| block.into_iter().map(conv).collect())
                .collect(),
            ceil: self.pooling == Rounding::Ceil,
        }
    }
}

impl Vgg {
    /// The convolution of that name.
    pub(super) fn convolution(&self, name: &str) -> Option<Convolution<'_>> {
        let all = self.blocks.iter().zip(BLOCKS);
        let mut all = all.flat_map(|(block, (_, names, _))| block.iter().zip(names));
        let (layer, _) = all.find(|(_, known)| *known == name)?;
        Some(Convolution::relu(layer))
    }

    /// The convolutions with their names, in order.
    pub(super) fn convolutions(&mut self) -> impl Iterator<Item = (&'static str, &mut Conv2d)> {
        let all = self.blocks.iter_mut().zip(BLOCKS);
        all.flat_map(|(block, (_, names, _))| names.into_iter().zip(block))
    }

    fn pooling(&self) -> Rounding {
        if self.ceil {
            Rounding::Ceil
        } else {
            Rounding::Floor
        }
    }

    /// Replaces the weights by those of a file, `conv1_1.weight` … `conv5_3.bias`.
    ///
    /// # Errors
    /// As [`Weights::take`].
    pub fn load(mut self, weights: &mut Weights, device: &Device) -> Result<Self, FcnError> {
        for (name, layer) in self.convolutions() {
            load_conv(layer, name, weights, device)?;
        }
        Ok(self)
    }

    /// # Shapes
    /// - `x` `[n, 3, h, w]`
    /// - pool3 `[n, 4·width, h/8, w/8]`, pool4 `[n, 8·width, h/16, w/16]`,
    ///   pool5 `[n, 8·width, h/32, w/32]`, rounded at every pool as its config says
    ///
    /// # Errors
    /// Only the observer's.
    pub async fn forward_observed(
        &self,
        x: Tensor<4>,
        observer: &mut dyn Observer,
    ) -> Result<[Tensor<4>; 3], FcnError> {
        // What no later layer reads must be gone: the large maps of the first blocks above all.
        let pool3 = self.through(0..3, x, observer).await?; // [n, 4·width, h/8, w/8]
        let pool4 = self.through(3..4, pool3.clone(), observer).await?; // [n, 8·width, h/16, w/16]
        let pool5 = self.through(4..5, pool4.clone(), observer).await?; // [n, 8·width, h/32, w/32]
        Ok([pool3, pool4, pool5])
    }

    /// Some of its blocks.
    ///
    /// # Shapes
    /// `[n, c, h, w]` to `[n, factor·width, h/2ⁱ, w/2ⁱ]` after i blocks
    async fn through(
        &self,
        blocks: Range<usize>,
        mut x: Tensor<4>,
        observer: &mut dyn Observer,
    ) -> Result<Tensor<4>, FcnError> {
        let all = self.blocks.iter().zip(BLOCKS);
        for (block, (_, names, pool)) in all.skip(blocks.start).take(blocks.len()) {
            let layers: Vec<_> = block.iter().map(taps).collect();
            if !observer.needs_every_map() && is_one_block(&x, &layers) {
                x = conv_block(x, layers, Activation::Relu, self.pooling());
                for name in names.into_iter().take(block.len()) {
                    observer.passed(name).await?;
                }
            } else {
                for (Taps { weight, bias }, name) in layers.into_iter().zip(names) {
                    x = conv2d_same(x, weight, bias, Activation::Relu);
                    observer.stage(name, &x).await?;
                }
                x = max_pool(x, self.pooling());
            }
            observer.stage(pool, &x).await?;
        }
        Ok(x)
    }
}
