//! The convolutional part of VGG16: thirteen 3×3 convolutions in five blocks.
//!
//! Simonyan & Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition",
//! ICLR 2015 (arXiv 1409.1556), configuration D. Agrees with torchvision's `vgg16().features` at
//! width 64, under the names that the FCN authors' nets use.

use burn::config::Config;
use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::{Device, Tensor};

use super::fresh::Fresh;
use super::layers::{conv_relu, load_conv};
use super::observer::Observer;
use super::shapes::{Map, Walk, Window};
use super::tail::Convolution;
use crate::FcnError;
use crate::kernels::max_pool;
use crate::upsample::Rounding;
use crate::weights::Weights;

/// Settings of a [`Vgg16`].
#[derive(Config, Debug)]
pub struct Vgg16Config {
    /// Channels of the first block; the others have 2, 4, 8 and 8 times as many. 64 is the paper's.
    #[config(default = 64)]
    pub width: usize,
    /// How pools round; the FCN authors' nets round up.
    #[config(default = "Rounding::Floor")]
    pub pooling: Rounding,
}

/// VGG16 without its fully connected layers. Every convolution is 3×3 with padding 1 and is
/// followed by a ReLU; every block ends in a 2×2 max pool of stride 2.
#[derive(Module, Debug)]
pub struct Vgg16 {
    conv1_1: Conv2d,
    conv1_2: Conv2d,
    conv2_1: Conv2d,
    conv2_2: Conv2d,
    conv3_1: Conv2d,
    conv3_2: Conv2d,
    conv3_3: Conv2d,
    conv4_1: Conv2d,
    conv4_2: Conv2d,
    conv4_3: Conv2d,
    conv5_1: Conv2d,
    conv5_2: Conv2d,
    conv5_3: Conv2d,
    /// Whether pools round up.
    ceil: bool,
}

/// What a block multiplies the first block's channels by, its convolutions, and its pool: the stages
/// that [`Vgg16::forward_observed`] reports, in order.
const BLOCKS: [(usize, &[&str], &str); 5] = [
    (1, &["conv1_1", "conv1_2"], "pool1"),
    (2, &["conv2_1", "conv2_2"], "pool2"),
    (4, &["conv3_1", "conv3_2", "conv3_3"], "pool3"),
    (8, &["conv4_1", "conv4_2", "conv4_3"], "pool4"),
    (8, &["conv5_1", "conv5_2", "conv5_3"], "pool5"),
];

/// Channels of the first block in the paper.
pub(super) const WIDTH: usize = 64;
/// Channels of the paper's fully connected layers.
pub(super) const FC_CHANNELS: usize = 4096;

/// The convolutions of a net of that width, block by block: name, channels out, channels in.
pub(super) fn channels(width: usize) -> impl Iterator<Item = Vec<(&'static str, usize, usize)>> {
    let mut from = 3;
    BLOCKS.into_iter().map(move |(factor, names, _)| {
        let to = factor * width;
        let block = names
            .iter()
            .map(|name| (*name, to, std::mem::replace(&mut from, to)));
        block.collect()
    })
}

impl Vgg16Config {
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
        for (factor, convolutions, pool) in BLOCKS {
            for name in convolutions {
                x = walk.conv(name, x, factor * self.width, Window::same(3, 1, 1))?;
            }
            x = walk.pool2(pool, x, self.pooling)?;
            let [_, pool4, pool5] = pools;
            pools = [pool4, pool5, x];
        }
        Ok(pools)
    }

    /// A backbone with random weights.
    pub fn init(&self, device: &Device) -> Vgg16 {
        let w = self.width;
        let conv = |channels: [usize; 2]| {
            Conv2dConfig::new(channels, [3, 3])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .fresh(device)
        };
        Vgg16 {
            conv1_1: conv([3, w]),
            conv1_2: conv([w, w]),
            conv2_1: conv([w, 2 * w]),
            conv2_2: conv([2 * w, 2 * w]),
            conv3_1: conv([2 * w, 4 * w]),
            conv3_2: conv([4 * w, 4 * w]),
            conv3_3: conv([4 * w, 4 * w]),
            conv4_1: conv([4 * w, 8 * w]),
            conv4_2: conv([8 * w, 8 * w]),
            conv4_3: conv([8 * w, 8 * w]),
            conv5_1: conv([8 * w, 8 * w]),
            conv5_2: conv([8 * w, 8 * w]),
            conv5_3: conv([8 * w, 8 * w]),
            ceil: self.pooling == Rounding::Ceil,
        }
    }
}

impl Vgg16 {
    /// The convolution of that name.
    pub(super) fn convolution(&self, name: &str) -> Option<Convolution<'_>> {
        let layer = match name {
            "conv1_1" => &self.conv1_1,
            "conv1_2" => &self.conv1_2,
            "conv2_1" => &self.conv2_1,
            "conv2_2" => &self.conv2_2,
            "conv3_1" => &self.conv3_1,
            "conv3_2" => &self.conv3_2,
            "conv3_3" => &self.conv3_3,
            "conv4_1" => &self.conv4_1,
            "conv4_2" => &self.conv4_2,
            "conv4_3" => &self.conv4_3,
            "conv5_1" => &self.conv5_1,
            "conv5_2" => &self.conv5_2,
            "conv5_3" => &self.conv5_3,
            _ => return None,
        };
        Some(Convolution::relu(layer))
    }

    /// The convolutions with their names, in order.
    pub(super) fn convolutions(&mut self) -> [(&'static str, &mut Conv2d); 13] {
        [
            ("conv1_1", &mut self.conv1_1),
            ("conv1_2", &mut self.conv1_2),
            ("conv2_1", &mut self.conv2_1),
            ("conv2_2", &mut self.conv2_2),
            ("conv3_1", &mut self.conv3_1),
            ("conv3_2", &mut self.conv3_2),
            ("conv3_3", &mut self.conv3_3),
            ("conv4_1", &mut self.conv4_1),
            ("conv4_2", &mut self.conv4_2),
            ("conv4_3", &mut self.conv4_3),
            ("conv5_1", &mut self.conv5_1),
            ("conv5_2", &mut self.conv5_2),
            ("conv5_3", &mut self.conv5_3),
        ]
    }

    /// `[n, c, h, w]` to `[n, c, h/2, w/2]`, rounded as the config says.
    fn pool(&self, x: Tensor<4>) -> Tensor<4> {
        let rounding = if self.ceil {
            Rounding::Ceil
        } else {
            Rounding::Floor
        };
        max_pool(x, rounding)
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
        let x = conv_relu(&self.conv1_1, x);
        observer.stage("conv1_1", &x).await?;
        let x = conv_relu(&self.conv1_2, x);
        observer.stage("conv1_2", &x).await?;
        let x = self.pool(x); // [n, width, h/2, w/2]
        observer.stage("pool1", &x).await?;

        let x = conv_relu(&self.conv2_1, x);
        observer.stage("conv2_1", &x).await?;
        let x = conv_relu(&self.conv2_2, x);
        observer.stage("conv2_2", &x).await?;
        let x = self.pool(x); // [n, 2·width, h/4, w/4]
        observer.stage("pool2", &x).await?;

        let x = conv_relu(&self.conv3_1, x);
        observer.stage("conv3_1", &x).await?;
        let x = conv_relu(&self.conv3_2, x);
        observer.stage("conv3_2", &x).await?;
        let x = conv_relu(&self.conv3_3, x);
        observer.stage("conv3_3", &x).await?;
        let pool3 = self.pool(x); // [n, 4·width, h/8, w/8]
        observer.stage("pool3", &pool3).await?;

        let x = conv_relu(&self.conv4_1, pool3.clone());
        observer.stage("conv4_1", &x).await?;
        let x = conv_relu(&self.conv4_2, x);
        observer.stage("conv4_2", &x).await?;
        let x = conv_relu(&self.conv4_3, x);
        observer.stage("conv4_3", &x).await?;
        let pool4 = self.pool(x); // [n, 8·width, h/16, w/16]
        observer.stage("pool4", &pool4).await?;

        let x = conv_relu(&self.conv5_1, pool4.clone());
        observer.stage("conv5_1", &x).await?;
        let x = conv_relu(&self.conv5_2, x);
        observer.stage("conv5_2", &x).await?;
        let x = conv_relu(&self.conv5_3, x);
        observer.stage("conv5_3", &x).await?;
        let pool5 = self.pool(x); // [n, 8·width, h/32, w/32]
        observer.stage("pool5", &pool5).await?;

        Ok([pool3, pool4, pool5])
    }
}
