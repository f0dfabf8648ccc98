//! Lite R-ASPP on a dilated MobileNetV3-Large, torchvision's `lraspp_mobilenet_v3_large`.
//!
//! Howard et al., "Searching for MobileNetV3", ICCV 2019 (arXiv 1905.02244), section 6.4: the last map's
//! channels are weighed by what its mean says, scored, and added to the scores of a finer map. Agrees with
//! torchvision, whose names the tensors have. It enlarges the map and scores it then; here it is scored first.
//! Both are linear, a bilinear enlargement's weights sum to one, and there are fewer classes than channels.

use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor};
use serde_json::json;

use super::layers::{conv, conv_any, conv_relu, load_conv, load_conv_bn, load_unbiased, resize};
use super::mobilenet_v3::{LOW_STAGE, MobileNetV3, MobileNetV3Config};
use super::observer::{Heads, Observer};
use super::registry::{Layers, Settings};
use super::resnet::conv_layer;
use super::shapes::{INNER, Map, Walk, Window};
use super::tail::{Convolution, Enlarge, Skipped, Step, Tail};
use super::variant::Variant;
use crate::FcnError;
use crate::kernels::{Activation, mean, scale};
use crate::manifest::NetSettings;
use crate::weights::{Candidate, Expected, TensorShapes, Weights, axis_size, imagenet_input};

/// The head that this architecture has.
pub const VARIANTS: [Variant; 1] = [Variant::Out];

/// Channels in the middle of torchvision's head.
const INTER_CHANNELS: usize = 128;

// The head's stages, in order; torchvision's names where it has them.
/// The last map with fewer channels.
const CBR: &str = "classifier.cbr";
/// The same, weighed by its mean.
const SCALED: &str = "classifier.scaled";
/// Its scores.
const HIGH: &str = "classifier.high";
/// These at the size of the finer map's: what torchvision's `high_classifier` gives.
const HIGH_RESIZED: &str = "classifier.high_resized";
/// The finer map's scores.
const LOW: &str = "classifier.low_classifier";
/// The sum of both.
const SUM: &str = "classifier";
/// The sum at the photo's size.
const OUT: &str = "out";

/// Settings of an [`LrasppMobileNet`].
#[derive(Debug, Clone)]
pub struct LrasppMobileNetConfig {
    /// Number of classes, background included.
    pub classes: usize,
    /// The backbone.
    pub backbone: MobileNetV3Config,
    /// Channels in the middle of the head.
    pub inter_channels: usize,
}

/// A dilated MobileNetV3-Large and its head.
#[derive(Module, Debug)]
pub struct LrasppMobileNet {
    backbone: MobileNetV3,
    /// `classifier.cbr`: 1×1 with a ReLU.
    cbr: Conv2d,
    /// `classifier.scale.1`: 1×1 on the mean of the whole map, with a sigmoid.
    scale: Conv2d,
    /// `classifier.low_classifier`: 1×1 on the finer map.
    low: Conv2d,
    /// `classifier.high_classifier`: 1×1.
    high: Conv2d,
}

/// See [`Architecture::read`](super::registry::Architecture::read).
pub(super) fn read(config: &NetSettings, _: &[Variant]) -> Result<Box<dyn Settings>, FcnError> {
    Ok(Box::new(LrasppMobileNetConfig {
        classes: config.classes,
        backbone: MobileNetV3Config::read(config)?,
        inter_channels: config.number("inter_channels", 1024)?,
    }))
}

impl LrasppMobileNetConfig {
    /// A net with the weights of a file, which must hold exactly this architecture's tensors.
    ///
    /// # Errors
    /// As [`Weights::take`] and [`Weights::finish`].
    pub fn load(&self, mut weights: Weights, device: &Device) -> Result<LrasppMobileNet, FcnError> {
        let [low, last] = self.backbone.channels();
        let (inter, classes) = (self.inter_channels, self.classes);
        let pointwise = |from, to| conv_layer([from, to], 1, 1, 1, device);
        let mut net = LrasppMobileNet {
            backbone: self.backbone.init(device),
            cbr: pointwise(last, inter),
            scale: pointwise(last, inter),
            low: pointwise(low, classes),
            high: pointwise(inter, classes),
        };
        net.backbone.load(&mut weights, device)?;
        let names = [0, 1].map(|part| format!("{CBR}.{part}"));
        load_conv_bn(&mut net.cbr, names, false, &mut weights, device)?;
        load_unbiased(&mut net.scale, "classifier.scale.1", &mut weights, device)?;
        load_conv(&mut net.low, LOW, &mut weights, device)?;
        load_conv(
            &mut net.high,
            "classifier.high_classifier",
            &mut weights,
            device,
        )?;
        weights.finish()?;
        Ok(net)
    }
}

impl Settings for LrasppMobileNetConfig {
    fn narrowed(&self) -> Box<dyn Settings> {
        Box::new(Self {
            classes: self.classes.min(8),
            backbone: self.backbone.narrowed(),
            inter_channels: self.inter_channels.min(16),
        })
    }

    fn walk(&self, _: &[Variant], input: Map, walk: &mut Walk) -> Result<(), FcnError> {
        let [low, last] = self.backbone.walk(input, walk)?;
        let x = walk.conv(CBR, last, self.inter_channels, Window::valid(1))?;
        let mean = walk.mean(last);
        walk.conv(INNER, mean, self.inter_channels, Window::valid(1))?;
        let x = x.scaled().stage(SCALED, walk);
        let high = walk.conv(HIGH, x, self.classes, Window::valid(1))?;
        let high = walk.resize(HIGH_RESIZED, high, low.size);
        let low = walk.conv(LOW, low, self.classes, Window::valid(1))?;
        let sum = high.plus(low, SUM, walk);
        walk.resize(OUT, sum, input.size);
        Ok(())
    }

    fn load(&self, weights: Weights, device: &Device) -> Result<Box<dyn Layers>, FcnError> {
        Ok(Box::new(LrasppMobileNetConfig::load(
            self, weights, device,
        )?))
    }
}

impl Layers for LrasppMobileNet {
    /// The scores.
    ///
    /// # Shapes
    /// - `x` `[n, 3, h, w]`, any h and w
    /// - the one result `[n, classes, h, w]`
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another shape, [`FcnError::UnknownVariant`]; else the
    /// observer's.
    fn forward_observed<'a>(
        &'a self,
        x: Tensor<4>,
        variants: &'a [Variant],
        observer: &'a mut dyn Observer,
    ) -> Heads<'a> {
        Box::pin(async move {
            let [_, _, h, w] = x.dims();
            Variant::check_all(variants, &VARIANTS)?;
            let [low, last] = self.backbone.forward_observed(x, observer).await?;
            let x = conv_relu(&self.cbr, last.clone()); // [n, inter, h/16, w/16]
            observer.stage(CBR, &x).await?;
            let factors = conv_any(&self.scale, mean(last), Activation::Sigmoid); // [n, inter, 1, 1]
            let x = scale(x, factors);
            observer.stage(SCALED, &x).await?;
            let high = conv(&self.high, x); // [n, classes, h/16, w/16]
            observer.stage(HIGH, &high).await?;
            let [_, _, rows, columns] = low.dims();
            let high = resize(high, [rows, columns]); // [n, classes, h/8, w/8]
            observer.stage(HIGH_RESIZED, &high).await?;
            let low = conv(&self.low, low); // [n, classes, h/8, w/8]
            observer.stage(LOW, &low).await?;
            let sum = high + low;
            observer.stage(SUM, &sum).await?;
            let scores = resize(sum, [h, w]); // [n, classes, h, w]
            observer.stage(OUT, &scores).await?;
            Ok(variants.iter().map(|_| scores.clone()).collect())
        })
    }

    fn tail(&self, variant: Variant) -> Option<Tail<'_>> {
        let low = Skipped {
            stage: LOW,
            pool: LOW_STAGE,
            crop: 0,
            sum: SUM,
        };
        let step = |stage, skip| Step {
            stage,
            enlarge: Enlarge::Resized,
            skip,
        };
        (variant == Variant::Out).then(|| Tail {
            scores: HIGH,
            steps: vec![step(HIGH_RESIZED, Some(low)), step(OUT, None)],
        })
    }

    fn convolution(&self, stage: &str) -> Option<Convolution<'_>> {
        match stage {
            CBR => Some(Convolution::relu(&self.cbr)),
            HIGH => Some(Convolution::plain(&self.high)),
            LOW => Some(Convolution::plain(&self.low)),
            _ => self.backbone.convolution(stage),
        }
    }
}

/// See [`Architecture::candidate`](super::registry::Architecture::candidate).
pub(super) fn candidate(shapes: &TensorShapes) -> Option<Candidate> {
    let config = MobileNetV3Config::LARGE;
    let [low, last] = config.channels();
    let classes = axis_size(shapes, "classifier.low_classifier.weight", 0, 21);
    let inter = INTER_CHANNELS;
    let mut expected = Expected::default();
    config.expect(&mut expected);
    let names = ["classifier.cbr.0", "classifier.cbr.1"];
    expected.conv_norm(names, [inter, last, 1, 1]);
    expected.weight("classifier.scale.1", &[inter, last, 1, 1]);
    expected.layer(LOW, &[classes, low, 1, 1]);
    expected.layer("classifier.high_classifier", &[classes, inter, 1, 1]);
    Some(Candidate {
        architecture: "lraspp-mobilenet-v3-large",
        title: "torchvision's lraspp_mobilenet_v3_large".to_string(),
        classes,
        makes_masks: true,
        variants: vec!["out"],
        settings: json!({"width": config.width, "inter_channels": inter}),
        // torchvision scales the short side to 520; in a 4:3 photo the long one has 693.
        input: imagenet_input(1, 693),
        about: vec![("heads", "out".to_string())],
        notes: Vec::new(),
        expected,
        unused: None,
    })
}
