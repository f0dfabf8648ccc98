//! FCN on a dilated ResNet, torchvision's `fcn_resnet50` and `fcn_resnet101`: no skips, no transposed
//! convolutions.
//!
//! After Long, Shelhamer & Darrell (CVPR 2015) in name: a head of two convolutions gives scores at
//! 1/8 of the size, and they are resized bilinearly. Agrees with torchvision's
//! `models.segmentation`, whose names the tensors have; dropout is left out.

use burn::config::Config;
use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor};
use serde_json::{Value, json};

use super::layers::{conv, conv_relu, load_conv, load_conv_bn, resize};
use super::observer::{Heads, Observer};
use super::registry::{Layers, Settings};
use super::resnet::{Depth, Features, ResNet, ResNetConfig, conv_layer};
use super::shapes::{Map, Walk, Window};
use super::tail::{Convolution, Enlarge, Step, Tail};
use super::variant::Variant;
use crate::FcnError;
use crate::manifest::NetSettings;
use crate::weights::{Candidate, Expected, TensorShapes, Weights, axis_size, imagenet_input};

/// The heads that ResNet nets have.
pub const VARIANTS: [Variant; 2] = [Variant::Out, Variant::Aux];

/// Settings of an [`FcnResNet`].
#[derive(Config, Debug)]
pub struct FcnResNetConfig {
    /// Number of classes, background included.
    pub classes: usize,
    /// The backbone.
    #[config(default = "ResNetConfig::new()")]
    pub backbone: ResNetConfig,
    /// Whether to have the auxiliary head.
    #[config(default = false)]
    pub aux: bool,
}

/// torchvision's `FCNHead`: a 3×3 convolution to a quarter of the channels, and a 1×1 to the classes.
#[derive(Module, Debug)]
pub struct FcnHead {
    conv: Conv2d,
    score: Conv2d,
}

/// The stage of the map that FCN's last layer scores, by its place in torchvision's head: a ReLU.
const INNER_STAGE: &str = "classifier.2";
/// The same of the auxiliary head.
const AUX_INNER: &str = "aux_classifier.2";

/// A dilated ResNet and its heads.
#[derive(Module, Debug)]
pub struct FcnResNet {
    backbone: ResNet,
    classifier: FcnHead,
    aux_classifier: Option<FcnHead>,
}

impl FcnHead {
    /// With Burn's default (random) weights.
    pub(super) fn init(inputs: usize, classes: usize, device: &Device) -> Self {
        let inner = inputs / 4;
        Self {
            conv: conv_layer([inputs, inner], 3, 1, 1, device),
            score: conv_layer([inner, classes], 1, 1, 1, device),
        }
    }

    /// From `name.0`, its batch norm `name.1`, and `name.4`; 2 and 3 are ReLU and dropout.
    pub(super) fn load(
        &mut self,
        name: &str,
        weights: &mut Weights,
        device: &Device,
    ) -> Result<(), FcnError> {
        let names = [0, 1].map(|i| format!("{name}.{i}"));
        load_conv_bn(&mut self.conv, names, false, weights, device)?;
        load_conv(&mut self.score, &format!("{name}.4"), weights, device)
    }

    /// The same on paper.
    ///
    /// # Errors
    /// As [`Walk::conv`].
    pub(super) fn walk(inner: &'static str, x: Map, walk: &mut Walk) -> Result<Map, FcnError> {
        walk.conv(inner, x, x.channels / 4, Window::same(3, 1, 1))
    }

    /// Its tensors in torchvision's checkpoints.
    pub(super) fn expect(expected: &mut Expected, name: &str, inputs: usize, classes: usize) {
        let inner = inputs / 4;
        let [conv, norm, score] = [0, 1, 4].map(|i| format!("{name}.{i}"));
        expected.conv_norm([&conv, &norm], [inner, inputs, 3, 3]);
        expected.layer(&score, &[classes, inner, 1, 1]);
    }

    /// # Shapes
    /// `[n, in, h, w]` to `[n, in / 4, h, w]`; `score` is for the caller
    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        conv_relu(&self.conv, x)
    }

    /// See [`Layers::convolution`]; of the auxiliary head.
    pub(super) fn convolution(&self, stage: &str) -> Option<Convolution<'_>> {
        match stage {
            "aux_classifier" => Some(Convolution::plain(&self.score)),
            AUX_INNER => Some(Convolution::relu(&self.conv)),
            _ => None,
        }
    }
}

impl FcnResNetConfig {
    /// A net with Burn's default (random) weights.
    pub fn init(&self, device: &Device) -> FcnResNet {
        let head = |inputs| FcnHead::init(inputs, self.classes, device);
        FcnResNet {
            backbone: self.backbone.init(device),
            classifier: head(self.backbone.layer4_channels()),
            aux_classifier: self.aux.then(|| head(self.backbone.layer3_channels())),
        }
    }

    /// A net with the weights of a file, which must hold exactly this architecture's tensors.
    ///
    /// # Errors
    /// As [`Weights::take`] and [`Weights::finish`].
    pub fn load(&self, mut weights: Weights, device: &Device) -> Result<FcnResNet, FcnError> {
        let mut net = self.init(device);
        net.backbone.load("backbone", &mut weights, device)?;
        net.classifier.load("classifier", &mut weights, device)?;
        if let Some(head) = &mut net.aux_classifier {
            head.load("aux_classifier", &mut weights, device)?;
        }
        weights.finish()?;
        Ok(net)
    }
}

/// See [`Architecture::read`](super::registry::Architecture::read).
pub(super) fn read(
    config: &NetSettings,
    variants: &[Variant],
) -> Result<Box<dyn Settings>, FcnError> {
    Ok(Box::new(FcnResNetConfig {
        classes: config.classes,
        backbone: ResNetConfig::read(config)?,
        aux: variants.contains(&Variant::Aux),
    }))
}

impl Settings for FcnResNetConfig {
    fn narrowed(&self) -> Box<dyn Settings> {
        Box::new(Self {
            classes: self.classes.min(8),
            backbone: self.backbone.narrowed(),
            ..self.clone()
        })
    }

    fn walk(&self, variants: &[Variant], input: Map, walk: &mut Walk) -> Result<(), FcnError> {
        let [layer3, layer4] = self.backbone.walk(input, walk)?;
        walk_heads(walk, input, layer3, variants, self.classes, |walk| {
            FcnHead::walk(INNER_STAGE, layer4, walk)
        })
    }

    fn load(&self, weights: Weights, device: &Device) -> Result<Box<dyn Layers>, FcnError> {
        Ok(Box::new(FcnResNetConfig::load(self, weights, device)?))
    }
}

/// Walks the heads of one of torchvision's nets; `out` walks the one that counts, `below` is what the auxiliary
/// one takes.
pub(super) fn walk_heads(
    walk: &mut Walk,
    input: Map,
    below: Map,
    variants: &[Variant],
    classes: usize,
    out: impl Fn(&mut Walk) -> Result<Map, FcnError>,
) -> Result<(), FcnError> {
    let score = |walk: &mut Walk, [small, large]: [&'static str; 2], x: Map| {
        let scores = walk.conv(small, x, classes, Window::valid(1))?;
        walk.resize(large, scores, input.size);
        Ok(())
    };
    if variants.contains(&Variant::Out) {
        let x = out(walk)?;
        score(walk, ["classifier", "out"], x)?;
    }
    if variants.contains(&Variant::Aux) {
        let x = FcnHead::walk(AUX_INNER, below, walk)?;
        score(walk, ["aux_classifier", "aux"], x)?;
    }
    Ok(())
}

impl Layers for FcnResNet {
    /// The scores of several heads over one pass of the backbone, in the order of `variants`.
    ///
    /// # Shapes
    /// - `x` `[n, 3, h, w]`, any h and w
    /// - each result `[n, classes, h, w]`
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
            let aux = self.aux_classifier.as_ref();
            check_heads(variants, aux)?;
            let Features { layer3, layer4 } = self.backbone.forward_observed(x, observer).await?;
            let maps = [layer3, layer4];
            let out = |layer4| self.classifier.forward(layer4);
            let last = (INNER_STAGE, &self.classifier.score);
            score(maps, [h, w], variants, (out, last), aux, observer).await
        })
    }

    fn tail(&self, variant: Variant) -> Option<Tail<'_>> {
        tail(variant, self.aux_classifier.as_ref())
    }

    fn convolution(&self, stage: &str) -> Option<Convolution<'_>> {
        match stage {
            "conv1" => Some(self.backbone.stem()),
            "classifier" => Some(Convolution::plain(&self.classifier.score)),
            INNER_STAGE => Some(Convolution::relu(&self.classifier.conv)),
            _ => self.aux_classifier.as_ref()?.convolution(stage),
        }
    }
}

/// See [`Architecture::candidate`](super::registry::Architecture::candidate).
pub(super) fn candidate(shapes: &TensorShapes, depth: Depth) -> Option<Candidate> {
    let head = |expected: &mut Expected, classes| {
        FcnHead::expect(expected, "classifier", CHANNELS, classes);
    };
    let names = match depth {
        Depth::ResNet50 => ["fcn-resnet50", "torchvision's fcn_resnet50"],
        Depth::ResNet101 => ["fcn-resnet101", "torchvision's fcn_resnet101"],
    };
    let ResNetConfig { width, blocks } = depth.config();
    let settings = json!({"width": width, "blocks": blocks});
    torchvision(shapes, depth, (names, settings), head)
}

/// Channels of ResNet's last stage.
const CHANNELS: usize = 2048;

/// A net of torchvision's over ResNet, with `head` for a classifier; `None` where the file's is of another depth.
pub(super) fn torchvision(
    shapes: &TensorShapes,
    depth: Depth,
    (names, settings): ([&'static str; 2], Value),
    head: impl Fn(&mut Expected, usize),
) -> Option<Candidate> {
    if depth != Depth::of(shapes) {
        return None;
    }
    let mut backbone = Expected::default();
    depth.config().expect(&mut backbone);
    let below = (backbone, CHANNELS / 2);
    Some(with_heads(shapes, below, (names, settings), head))
}

/// A net of torchvision's with `head` for a classifier, and an auxiliary one on `inputs` channels where the file
/// has it.
pub(super) fn with_heads(
    shapes: &TensorShapes,
    (mut expected, inputs): (Expected, usize),
    ([architecture, title], settings): ([&'static str; 2], Value),
    head: impl Fn(&mut Expected, usize),
) -> Candidate {
    let classes = axis_size(shapes, "classifier.4.weight", 0, 21);
    let aux = shapes.keys().any(|name| name.starts_with(AUX));
    let aux_classes = axis_size(shapes, "aux_classifier.4.weight", 0, classes);
    head(&mut expected, classes);
    if aux {
        FcnHead::expect(&mut expected, "aux_classifier", inputs, aux_classes);
    }
    // Fine-tuning often replaces the main head and leaves the auxiliary one as it was.
    let is_stale = aux && aux_classes != classes;
    let mut notes = Vec::new();
    if is_stale {
        notes.push("the auxiliary head has another number of classes and is left out");
    }
    // The last head is the one that is shown first.
    let (variants, heads) = match aux && !is_stale {
        true => (vec!["aux", "out"], "out, aux"),
        false => (vec!["out"], "out"),
    };
    Candidate {
        architecture,
        title: title.to_string(),
        classes,
        makes_masks: true,
        variants,
        settings,
        // torchvision scales the short side to 520; in a 4:3 photo the long one has 693.
        input: imagenet_input(1, 693),
        about: vec![("heads", heads.to_string())],
        notes,
        expected,
        unused: is_stale.then_some(AUX),
    }
}

/// What the tensors of the auxiliary head begin with.
const AUX: &str = "aux_classifier.";

/// Makes sure that a net has these heads, before its backbone runs.
pub(super) fn check_heads(variants: &[Variant], aux: Option<&FcnHead>) -> Result<(), FcnError> {
    let known = match aux {
        Some(_) => &VARIANTS[..],
        None => &[Variant::Out],
    };
    Variant::check_all(variants, known)
}

/// See [`Layers::tail`]: the scores are resized, and that is all.
pub(super) fn tail<'a>(variant: Variant, aux: Option<&FcnHead>) -> Option<Tail<'a>> {
    let (scores, stage) = match variant {
        Variant::Out => ("classifier", "out"),
        Variant::Aux if aux.is_some() => ("aux_classifier", "aux"),
        _ => return None,
    };
    let resized = Step {
        stage,
        enlarge: Enlarge::Resized,
        skip: None,
    };
    Some(Tail {
        scores,
        steps: vec![resized],
    })
}

/// The heads of one of torchvision's nets, each resized to the photo. `out` makes the map that the last layer
/// scores, whose stage and which layer it is stand beside it.
///
/// # Shapes
/// - the maps, what the auxiliary head takes and what `out` takes, are of 1/8 or 1/16 of the photo's size
/// - each result `[n, classes, h, w]`
pub(super) async fn score(
    [below, last_map]: [Tensor<4>; 2],
    size: [usize; 2],
    variants: &[Variant],
    (out, (inner, last)): (impl Fn(Tensor<4>) -> Tensor<4>, (&'static str, &Conv2d)),
    aux: Option<&FcnHead>,
    observer: &mut dyn Observer,
) -> Result<Vec<Tensor<4>>, FcnError> {
    let (mut main, mut auxiliary) = (None, None);
    if variants.contains(&Variant::Out) {
        let x = out(last_map);
        observer.stage(inner, &x).await?;
        let scores = conv(last, x);
        observer.stage("classifier", &scores).await?;
        let scores = resize(scores, size); // [n, classes, h, w]
        observer.stage("out", &scores).await?;
        main = Some(scores);
    }
    if let (true, Some(head)) = (variants.contains(&Variant::Aux), aux) {
        let x = head.forward(below); // [n, below / 4, h/8, w/8]
        observer.stage(AUX_INNER, &x).await?;
        let scores = conv(&head.score, x); // [n, classes, h/8, w/8]
        observer.stage("aux_classifier", &scores).await?;
        let scores = resize(scores, size); // [n, classes, h, w]
        observer.stage("aux", &scores).await?;
        auxiliary = Some(scores);
    }
    let pick = |variant: &Variant| match variant {
        Variant::Aux => auxiliary.clone(),
        _ => main.clone(),
    };
    Ok(variants.iter().filter_map(pick).collect())
}
