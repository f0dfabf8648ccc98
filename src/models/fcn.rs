//! The lecture's Fully Convolutional Network: one VGG16 backbone, three heads.
//!
//! Long, Shelhamer & Darrell, "Fully Convolutional Networks for Semantic Segmentation", CVPR 2015
//! (arXiv 1411.4038), in the form that lectures teach: size-keeping convolutions, floor pooling, an
//! fc6 that keeps the size, transposed convolutions with padding instead of crops. Agrees with the
//! PyTorch definition in `tests/reference/fcn.py`. The paper's own arithmetic (padding
//! 100, 7×7 fc6 without padding, crops) is another architecture.
//!
//! One checkpoint holds the heads (all three, or those its manifest lists), and a pass runs only
//! what its heads need:
//!
//! ```text
//! score_fr ─ upscore32 ──────────────────────────────────────────── FCN-32s
//!    └ upscore2 + score_pool4 ─ upscore16 ───────────────────────── FCN-16s
//!                    └ upscore_pool4 + score_pool3 ─ upscore8 ───── FCN-8s
//! ```

use burn::config::Config;
use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig, ConvTranspose2d, ConvTranspose2dConfig};
use burn::tensor::{Device, Tensor};

use super::fresh::Fresh;
use super::layers::{conv, conv_relu, load_conv, load_conv_transpose, make_bilinear, upsample};
use super::observer::{Observer, Unobserved, run_now};
pub use super::variant::Variant;
use super::vgg16::{self, Vgg16, Vgg16Config};
use crate::FcnError;
use crate::weights::Weights;
use Variant::{Fcn8s, Fcn16s, Fcn32s};

/// Width and height of the input must be multiples of this: five pools halve five times.
pub const STRIDE: usize = 32;

/// The heads that this architecture has, coarse to fine.
pub const VARIANTS: [Variant; 3] = [Fcn32s, Fcn16s, Fcn8s];

/// Settings of an [`Fcn`].
#[derive(Config, Debug)]
pub struct FcnConfig {
    /// Number of classes, background included.
    pub classes: usize,
    /// Channels of the first block; 64 in the paper.
    #[config(default = 64)]
    pub width: usize,
    /// Side of fc6's kernel, odd; 1 in the lecture. The size is kept by padding.
    #[config(default = 1)]
    pub fc6_kernel: usize,
    /// Channels of fc6 and fc7.
    #[config(default = 4096)]
    pub fc_channels: usize,
    /// The heads to have.
    #[config(default = "VARIANTS.to_vec()")]
    pub variants: Vec<Variant>,
    /// Each class is enlarged by itself, as bilinear upsampling does; the paper's layers could mix
    /// classes. A factor of `classes` less to store and to compute.
    #[config(default = false)]
    pub per_class_upsampling: bool,
}

/// VGG16 backbone, fully connected layers as convolutions, heads 32s, 16s and 8s.
///
/// Dropout (0.5 after fc6 and fc7) acts in training only and is left out.
#[derive(Module, Debug)]
pub struct Fcn {
    backbone: Vgg16,
    fc6: Conv2d,
    fc7: Conv2d,
    score_fr: Conv2d,
    /// FCN-32s.
    upscore32: Option<ConvTranspose2d>,
    /// FCN-16s and FCN-8s.
    pool4: Option<Skip>,
    /// FCN-16s.
    upscore16: Option<ConvTranspose2d>,
    /// FCN-8s.
    pool3: Option<Skip>,
    /// FCN-8s.
    upscore8: Option<ConvTranspose2d>,
}

/// A skip connection: coarse scores enlarged twice, plus the scores of a finer pool.
#[derive(Module, Debug)]
pub struct Skip {
    /// `upscore2` or `upscore_pool4`: k4 s2, p1 here and p0 in the reference nets.
    pub(super) upscore: ConvTranspose2d,
    /// `score_pool4` or `score_pool3`: 1×1.
    pub(super) score: Conv2d,
}

impl FcnConfig {
    /// A net with random convolutions and bilinear upsampling, as the paper starts training.
    pub fn init(&self, device: &Device) -> Fcn {
        let mut net = self.layers(device);
        for layer in net.upsampling() {
            make_bilinear(layer, device);
        }
        net
    }

    /// The layers, whose parameters don't exist before somebody reads them.
    fn layers(&self, device: &Device) -> Fcn {
        let backbone = Vgg16Config::new().with_width(self.width);
        let pool5 = backbone.out_channels();
        let padding = (self.fc6_kernel - 1) / 2;
        let padding = PaddingConfig2d::Explicit(padding, padding, padding, padding);
        let pointwise = |from, to| Conv2dConfig::new([from, to], [1, 1]).fresh(device);
        // The stride is the factor; the kernel is twice as wide, so that stamps overlap evenly,
        // and half a stride of padding makes the result exactly `factor` times as large.
        let groups = if self.per_class_upsampling {
            self.classes
        } else {
            1
        };
        let up = |factor: usize| {
            let kernel = 2 * factor;
            ConvTranspose2dConfig::new([self.classes; 2], [kernel; 2])
                .with_stride([factor; 2])
                .with_padding([factor / 2; 2])
                .with_groups(groups)
                .with_bias(false)
                .fresh(device)
        };
        let wants = |variant| self.variants.contains(&variant);
        let skip = |channels| Skip {
            upscore: up(2), // k4 s2 p1
            score: pointwise(channels, self.classes),
        };
        Fcn {
            backbone: backbone.init(device),
            fc6: Conv2dConfig::new([pool5, self.fc_channels], [self.fc6_kernel; 2])
                .with_padding(padding)
                .fresh(device),
            fc7: pointwise(self.fc_channels, self.fc_channels),
            score_fr: pointwise(self.fc_channels, self.classes),
            upscore32: wants(Fcn32s).then(|| up(32)), // k64 s32 p16
            pool4: (wants(Fcn16s) || wants(Fcn8s)).then(|| skip(8 * self.width)),
            upscore16: wants(Fcn16s).then(|| up(16)), // k32 s16 p8
            pool3: wants(Fcn8s).then(|| skip(4 * self.width)),
            upscore8: wants(Fcn8s).then(|| up(8)), // k16 s8 p4
        }
    }

    /// A net with the weights of a file, which must hold exactly this architecture's tensors.
    ///
    /// # Errors
    /// As [`Weights::take`] and [`Weights::finish`].
    pub fn load(&self, mut weights: Weights, device: &Device) -> Result<Fcn, FcnError> {
        let mut net = self.layers(device);
        net.backbone = net.backbone.load(&mut weights, device)?;
        load_conv(&mut net.fc6, "fc6", &mut weights, device)?;
        load_conv(&mut net.fc7, "fc7", &mut weights, device)?;
        load_conv(&mut net.score_fr, "score_fr", &mut weights, device)?;
        let skips = [
            ("upscore2", "score_pool4", &mut net.pool4),
            ("upscore_pool4", "score_pool3", &mut net.pool3),
        ];
        for (upscore, score, skip) in skips {
            if let Some(skip) = skip {
                load_conv_transpose(&mut skip.upscore, upscore, &mut weights, device)?;
                load_conv(&mut skip.score, score, &mut weights, device)?;
            }
        }
        let last = [
            ("upscore32", &mut net.upscore32),
            ("upscore16", &mut net.upscore16),
            ("upscore8", &mut net.upscore8),
        ];
        for (name, layer) in last {
            if let Some(layer) = layer {
                load_conv_transpose(layer, name, &mut weights, device)?;
            }
        }
        weights.finish()?;
        Ok(net)
    }

    /// Bytes of the largest single buffer that a pass over an input of `width`×`height` pixels
    /// (multiples of [`STRIDE`]) binds: a map at full size or some layer's weights.
    pub fn largest_buffer(&self, width: usize, height: usize) -> u64 {
        let [w, h, base] = [width as u64, height as u64, self.width as u64];
        let [fc, k6] = [self.fc_channels as u64, self.fc6_kernel as u64];
        let classes = self.classes as u64;
        let maps = w * h * base.max(classes).max(3);
        let conv5 = (8 * base).pow(2) * 9;
        let (fc6, fc7) = (8 * base * fc * k6 * k6, fc * fc);
        let mixed = if self.per_class_upsampling {
            1
        } else {
            classes
        };
        let upscore32 = classes * mixed * 64 * 64;
        4 * maps.max(conv5).max(fc6).max(fc7).max(upscore32)
    }
}

/// The stages that a pass with these heads reports, in order.
pub fn stages(variants: &[Variant]) -> Vec<&'static str> {
    let wants = |variant| variants.contains(&variant);
    let mut names = vgg16::STAGES.to_vec();
    names.extend(["fc6", "fc7", "score_fr"]);
    if wants(Fcn32s) {
        names.push("upscore32");
    }
    if wants(Fcn16s) || wants(Fcn8s) {
        names.extend(["upscore2", "fuse_pool4"]);
    }
    if wants(Fcn16s) {
        names.push("upscore16");
    }
    if wants(Fcn8s) {
        names.extend(["upscore_pool4", "fuse_pool3", "upscore8"]);
    }
    names
}

impl Fcn {
    /// The transposed convolutions that this net has.
    fn upsampling(&mut self) -> impl Iterator<Item = &mut ConvTranspose2d> {
        let skips = [&mut self.pool4, &mut self.pool3].into_iter().flatten();
        let last = [&mut self.upscore32, &mut self.upscore16, &mut self.upscore8];
        skips
            .map(|skip| &mut skip.upscore)
            .chain(last.into_iter().flatten())
    }

    /// The transposed convolution of that name: `upscore2`, `upscore_pool4`, `upscore32`,
    /// `upscore16` or `upscore8`; `None` where this net hasn't got it.
    pub fn upsampling_layer(&self, name: &str) -> Option<&ConvTranspose2d> {
        match name {
            "upscore2" => self.pool4.as_ref().map(|skip| &skip.upscore),
            "upscore_pool4" => self.pool3.as_ref().map(|skip| &skip.upscore),
            "upscore32" => self.upscore32.as_ref(),
            "upscore16" => self.upscore16.as_ref(),
            "upscore8" => self.upscore8.as_ref(),
            _ => None,
        }
    }

    /// One head's scores, without watching.
    ///
    /// # Shapes
    /// - `x` `[n, 3, h, w]`, h and w multiples of 32
    /// - result `[n, classes, h, w]`
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another shape.
    pub fn forward(&self, x: Tensor<4>, variant: Variant) -> Result<Tensor<4>, FcnError> {
        let heads = run_now(self.forward_observed(x, &[variant], &mut Unobserved))?;
        let head = heads.into_iter().next();
        head.ok_or_else(|| FcnError::invalid("a pass without a head"))
    }

    /// The scores of several heads over one pass of the backbone, in the order of `variants`.
    ///
    /// # Shapes
    /// - `x` `[n, 3, h, w]`, h and w multiples of 32
    /// - each result `[n, classes, h, w]`
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another shape; else the observer's.
    pub async fn forward_observed<O: Observer>(
        &self,
        x: Tensor<4>,
        variants: &[Variant],
        observer: &mut O,
    ) -> Result<Vec<Tensor<4>>, FcnError> {
        let [n, channels, h, w] = x.dims();
        if n == 0 || channels != 3 || h == 0 || w == 0 || h % STRIDE != 0 || w % STRIDE != 0 {
            return Err(FcnError::invalid(format!(
                "the input is {:?}, not [n, 3, h, w] with h and w multiples of {STRIDE}",
                x.dims()
            )));
        }
        Variant::check_all(variants, &VARIANTS)?;
        let wants = |variant| variants.contains(&variant);
        let pools = self.backbone.forward_observed(x, observer).await?;

        let x = conv_relu(&self.fc6, pools.pool5); // [n, fc, h/32, w/32]
        observer.stage("fc6", &x).await?;
        let x = conv_relu(&self.fc7, x);
        observer.stage("fc7", &x).await?;
        let score_fr = conv(&self.score_fr, x); // [n, classes, h/32, w/32]
        observer.stage("score_fr", &score_fr).await?;

        let (mut fcn32s, mut fcn16s, mut fcn8s) = (None, None, None);
        if wants(Fcn32s) {
            let upscore32 = head(&self.upscore32, Fcn32s)?;
            let scores = upsample(upscore32, score_fr.clone()); // [n, classes, h, w]
            observer.stage("upscore32", &scores).await?;
            fcn32s = Some(scores);
        }
        if wants(Fcn16s) || wants(Fcn8s) {
            let skip = head(&self.pool4, Fcn16s)?;
            let upscore2 = upsample(&skip.upscore, score_fr); // [n, classes, h/16, w/16]
            observer.stage("upscore2", &upscore2).await?;
            let fuse_pool4 = upscore2 + conv(&skip.score, pools.pool4);
            observer.stage("fuse_pool4", &fuse_pool4).await?;
            if wants(Fcn16s) {
                let upscore16 = head(&self.upscore16, Fcn16s)?;
                let scores = upsample(upscore16, fuse_pool4.clone()); // [n, classes, h, w]
                observer.stage("upscore16", &scores).await?;
                fcn16s = Some(scores);
            }
            if wants(Fcn8s) {
                let skip = head(&self.pool3, Fcn8s)?;
                let upscore_pool4 = upsample(&skip.upscore, fuse_pool4); // [n, classes, h/8, w/8]
                observer.stage("upscore_pool4", &upscore_pool4).await?;
                let fuse_pool3 = upscore_pool4 + conv(&skip.score, pools.pool3);
                observer.stage("fuse_pool3", &fuse_pool3).await?;
                let upscore8 = head(&self.upscore8, Fcn8s)?;
                let scores = upsample(upscore8, fuse_pool3); // [n, classes, h, w]
                observer.stage("upscore8", &scores).await?;
                fcn8s = Some(scores);
            }
        }

        let scores = |variant: &Variant| match variant {
            Fcn32s => fcn32s.clone(),
            Fcn16s => fcn16s.clone(),
            Fcn8s => fcn8s.clone(),
            _ => None,
        };
        Ok(variants.iter().filter_map(scores).collect())
    }
}

/// The layer of a head, or the error that says this net hasn't got the head.
pub(super) fn head<T>(layer: &Option<T>, variant: Variant) -> Result<&T, FcnError> {
    layer.as_ref().ok_or_else(|| FcnError::UnknownVariant {
        name: variant.name().to_string(),
        known: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::cpu;
    use crate::upsample::bilinear_weights;

    #[test]
    fn a_fresh_net_upsamples_bilinearly() {
        let config = FcnConfig::new(3).with_width(1).with_fc_channels(2);
        let mut net = config.init(&cpu());
        let mut kernels = Vec::new();
        for layer in net.upsampling() {
            let [inputs, outputs, kernel, _] = layer.weight.dims();
            assert_eq!([inputs, outputs], [3, 3]);
            let data = layer.weight.val().into_data();
            let values = data.as_slice::<f32>().expect("f32");
            assert_eq!(values, bilinear_weights(3, kernel), "kernel {kernel}");
            assert_eq!(layer.stride, [kernel / 2; 2]);
            kernels.push(kernel);
        }
        kernels.sort_unstable();
        assert_eq!(kernels, [4, 4, 16, 32, 64]);
    }

    #[test]
    fn classes_enlarged_one_by_one_begin_bilinear_too() {
        let config = FcnConfig::new(3)
            .with_width(1)
            .with_fc_channels(2)
            .with_per_class_upsampling(true);
        let mut net = config.init(&cpu());
        for layer in net.upsampling() {
            let [inputs, outputs, kernel, _] = layer.weight.dims();
            assert_eq!([inputs, outputs], [3, 1]);
            let data = layer.weight.val().into_data();
            let values = data.as_slice::<f32>().expect("f32");
            assert_eq!(values, bilinear_weights(1, kernel).repeat(3));
        }
    }

    #[test]
    fn the_largest_buffer_is_found_wherever_it_is() {
        let net = |width, k6, fc, classes| {
            FcnConfig::new(classes)
                .with_width(width)
                .with_fc6_kernel(k6)
                .with_fc_channels(fc)
        };
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        // The paper's net: fc6 is 411 MB (392 MiB).
        assert_eq!(mib(net(64, 7, 4096, 21).largest_buffer(224, 224)), 392.0);
        assert_eq!(mib(net(64, 1, 8192, 21).largest_buffer(224, 224)), 256.0); // fc7
        assert_eq!(mib(net(24, 3, 384, 16).largest_buffer(1024, 1024)), 96.0); // conv1
        assert_eq!(mib(net(8, 1, 16, 64).largest_buffer(512, 512)), 64.0); // scores
        assert_eq!(mib(net(8, 1, 16, 128).largest_buffer(32, 32)), 256.0); // upscore32
        assert_eq!(mib(net(128, 1, 16, 2).largest_buffer(32, 32)), 36.0); // conv5
    }

    #[test]
    fn a_file_too_small_for_its_manifest_is_refused_before_anything_is_made() {
        use safetensors::{Dtype, tensor::TensorView};
        let view = TensorView::new(Dtype::F32, vec![1], &[0; 4]).expect("a view");
        let bytes = safetensors::serialize([("conv1_1.weight", view)], None).expect("a file");
        let weights = Weights::parse(&bytes).expect("parsed");
        // fc7 alone would take 268 MB, upscore32 another gigabyte.
        let config = FcnConfig::new(256).with_width(128).with_fc_channels(8192);
        let error = config
            .load(weights, &cpu())
            .map(|_| ())
            .map_err(|e| e.code());
        assert_eq!(error, Err("shape_mismatch"));
    }
}
