//! The architectures by the names that manifests use, one row each.
//!
//! | architecture | `config`, besides `classes` and `variants` | heads | tensors' names |
//! |---|---|---|---|
//! | `fcn-reference` | `width`, `fc_channels`, `pooling` (`"ceil"`, `"floor"`) | FCN's | the PyTorch port's |
//! | `fcn-vgg16` | `width`, `fc6_kernel`, `fc_channels`, `per_class_upsampling` (optional) | FCN's | the FCN authors' |
//! | `fcn-efficientnet-lite` | `width` and `depth` (factors on Lite0's channels and blocks, more than 0, at most 2), `fc6_kernel`, `fc_channels`, `per_class_upsampling` (optional) | FCN's | this project's |
//! | `fcn-resnet50`, `fcn-resnet101` | `width`, `blocks` (four numbers) | `out`, `aux` | torchvision's |
//! | `deeplabv3-resnet50`, `deeplabv3-resnet101` | `width`, `blocks`, `aspp_channels` | `out`, `aux` | torchvision's |
//! | `lraspp-mobilenet-v3-large` | `width` (a factor on MobileNetV3-Large's channels, as above), `inter_channels` | `out` | torchvision's |
//! | `deeplabv3-mobilenet-v3-large` | `width`, `aspp_channels` | `out`, `aux` | torchvision's |
//! | `vgg11-classifier`, `vgg13-classifier`, `vgg16-classifier`, `vgg19-classifier` | `width`, `fc_channels`, `batch_norm` | `score` | torchvision's |
//!
//! FCN's heads are `fcn32s`, `fcn16s`, `fcn8s` and, of `fcn-reference` alone, `fcn8s-atonce`.

use std::fmt::Debug;

use burn::module::Module;
use burn::nn::conv::ConvTranspose2d;
use burn::tensor::{Device, Tensor};

use super::observer::{Heads, Observer, Unobserved, run_now};
use super::resnet::Depth;
use super::shapes::{Map, Walk};
use super::tail::{Convolution, Tail};
use super::variant::Variant;
use super::{
    deeplabv3, deeplabv3_mobilenet, fcn, fcn_efficientnet_lite, fcn_reference, fcn_resnet,
    lraspp_mobilenet, vgg, vgg_classifier,
};
use crate::FcnError;
use crate::labels::{MAX_CLASSES, MAX_CLASSIFIER_CLASSES};
use crate::manifest::NetSettings;
use crate::weights::{Candidate, Recognised, Said, TensorShapes, Weights, recognise_in};

/// What reads and checks a manifest's settings for a net with these heads.
pub type Read = fn(&NetSettings, &[Variant]) -> Result<Box<dyn Settings>, FcnError>;

/// All that the rest of the crate asks of an architecture.
#[derive(Debug)]
pub struct Architecture {
    /// The name in manifests.
    pub name: &'static str,
    /// The heads that it can have.
    pub variants: &'static [Variant],
    /// What a head's scores are of.
    pub gives: Gives,
    /// Width and height of the input must be multiples of this.
    pub multiple: usize,
    /// Reads its settings.
    pub read: Read,
    /// The net of this architecture that a weights file could be of, with sizes read off its tensors;
    /// `None` where that is out of the question.
    pub candidate: fn(&TensorShapes) -> Option<Candidate>,
}

/// What a head's scores are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// Every pixel of the input: they become a mask.
    Masks,
    /// Windows of the input: they become labels.
    Labels,
}

impl Gives {
    /// The most classes that such a net may have.
    pub fn most_classes(self) -> usize {
        match self {
            Self::Masks => MAX_CLASSES,
            Self::Labels => MAX_CLASSIFIER_CLASSES,
        }
    }
}

/// An architecture's settings of one net: what can be told, and made, without weights.
pub trait Settings: Debug {
    /// The same with few channels, classes and blocks.
    fn narrowed(&self) -> Box<dyn Settings>;

    /// Makes sure that a pass with these heads takes an input of so many rows and columns.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`].
    fn check_input(&self, _variants: &[Variant], _size: [usize; 2]) -> Result<(), FcnError> {
        Ok(())
    }

    /// Walks a pass with these heads; the stages are those that the pass reports.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] where nothing is left of a map.
    fn walk(&self, variants: &[Variant], input: Map, walk: &mut Walk) -> Result<(), FcnError>;

    /// Rows and columns of a small input that the net takes: wide enough to fill the GPU kernel's
    /// tiles after five pools, as low as the net allows.
    fn check_size(&self) -> [usize; 2] {
        [32, 256]
    }

    /// The net, from a file that must hold exactly this architecture's tensors.
    ///
    /// # Errors
    /// As [`Weights::take`] and [`Weights::finish`].
    fn load(&self, weights: Weights, device: &Device) -> Result<Box<dyn Layers>, FcnError>;
}

/// A net's layers on their device.
pub trait Layers: Debug + Parameters {
    /// The scores of several heads over one pass of the backbone, in the order of `variants`.
    ///
    /// # Shapes
    /// - `x` `[n, 3, h, w]`, of a size that the architecture takes
    /// - each result `[n, classes, h, w]`; a classifier's is smaller
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another shape, [`FcnError::UnknownVariant`] for a head that
    /// this net hasn't got; else the observer's.
    fn forward_observed<'a>(
        &'a self,
        x: Tensor<4>,
        variants: &'a [Variant],
        observer: &'a mut dyn Observer,
    ) -> Heads<'a>;

    /// One head's scores, without watching.
    ///
    /// # Errors
    /// As [`forward_observed`](Self::forward_observed).
    fn forward(&self, x: Tensor<4>, variant: Variant) -> Result<Tensor<4>, FcnError> {
        let heads = run_now(self.forward_observed(x, &[variant], &mut Unobserved))?;
        let head = heads.into_iter().next();
        head.ok_or_else(|| FcnError::invalid("a pass without a head"))
    }

    /// The transposed convolution of that name; `None` where this net hasn't got it.
    fn upsampling_layer(&self, _name: &str) -> Option<&ConvTranspose2d> {
        None
    }

    /// A head's tail, from its score maps to the pixels; `None` for a head that this net hasn't got.
    fn tail(&self, variant: Variant) -> Option<Tail<'_>>;

    /// The convolution that makes the stage's map of the stage before ([`Shape::layer`]); `None` where it
    /// can't be shown as one.
    ///
    /// [`Shape::layer`]: super::shapes::Shape::layer
    fn convolution(&self, stage: &str) -> Option<Convolution<'_>>;

    /// The stages whose channels training drops out, in order: each is what the next one's convolution takes,
    /// and the last one's what the coarsest scores are made of. None where this net has no such layers.
    fn dropped(&self) -> &'static [&'static str] {
        &[]
    }

    /// A classifier's scores of one window by its fully connected layers.
    ///
    /// # Shapes
    /// - `pool5` `[n, channels, 7, 7]`
    /// - result `[n, classes]`, before any softmax
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another shape, and for a net that is no classifier.
    fn linear_head(&self, _pool5: Tensor<4>) -> Result<Tensor<2>, FcnError> {
        Err(FcnError::invalid("only a classifier has such a head"))
    }
}

/// What every module of Burn's can tell, as part of a trait object.
pub trait Parameters {
    /// How many numbers the weights are.
    fn parameters(&self) -> usize;
}

impl<M: Module> Parameters for M {
    fn parameters(&self) -> usize {
        self.num_params()
    }
}

/// The architectures. A file whose tensors fit two of them is taken for the first.
pub static ARCHITECTURES: [Architecture; 13] = [
    Architecture {
        name: "fcn-reference",
        variants: &fcn_reference::VARIANTS,
        gives: Gives::Masks,
        multiple: 1,
        read: fcn_reference::read,
        candidate: fcn_reference::candidate,
    },
    Architecture {
        name: "fcn-vgg16",
        variants: &fcn::VARIANTS,
        gives: Gives::Masks,
        multiple: fcn::STRIDE,
        read: fcn::read,
        candidate: fcn::candidate,
    },
    Architecture {
        name: "fcn-efficientnet-lite",
        variants: &fcn_efficientnet_lite::VARIANTS,
        gives: Gives::Masks,
        multiple: fcn_efficientnet_lite::STRIDE,
        read: fcn_efficientnet_lite::read,
        candidate: fcn_efficientnet_lite::candidate,
    },
    Architecture {
        name: "fcn-resnet50",
        variants: &fcn_resnet::VARIANTS,
        gives: Gives::Masks,
        multiple: 1,
        read: fcn_resnet::read,
        candidate: |shapes| fcn_resnet::candidate(shapes, Depth::ResNet50),
    },
    Architecture {
        name: "fcn-resnet101",
        variants: &fcn_resnet::VARIANTS,
        gives: Gives::Masks,
        multiple: 1,
        read: fcn_resnet::read,
        candidate: |shapes| fcn_resnet::candidate(shapes, Depth::ResNet101),
    },
    Architecture {
        name: "deeplabv3-resnet50",
        variants: &fcn_resnet::VARIANTS,
        gives: Gives::Masks,
        multiple: 1,
        read: deeplabv3::read,
        candidate: |shapes| deeplabv3::candidate(shapes, Depth::ResNet50),
    },
    Architecture {
        name: "deeplabv3-resnet101",
        variants: &fcn_resnet::VARIANTS,
        gives: Gives::Masks,
        multiple: 1,
        read: deeplabv3::read,
        candidate: |shapes| deeplabv3::candidate(shapes, Depth::ResNet101),
    },
    Architecture {
        name: "lraspp-mobilenet-v3-large",
        variants: &lraspp_mobilenet::VARIANTS,
        gives: Gives::Masks,
        multiple: 1,
        read: lraspp_mobilenet::read,
        candidate: lraspp_mobilenet::candidate,
    },
    Architecture {
        name: "deeplabv3-mobilenet-v3-large",
        variants: &fcn_resnet::VARIANTS,
        gives: Gives::Masks,
        multiple: 1,
        read: deeplabv3_mobilenet::read,
        candidate: deeplabv3_mobilenet::candidate,
    },
    Architecture {
        name: "vgg11-classifier",
        variants: &vgg_classifier::VARIANTS,
        gives: Gives::Labels,
        multiple: 1,
        read: |config, _| vgg_classifier::read(config, vgg::VGG11),
        candidate: |shapes| vgg_classifier::candidate(shapes, vgg::VGG11),
    },
    Architecture {
        name: "vgg13-classifier",
        variants: &vgg_classifier::VARIANTS,
        gives: Gives::Labels,
        multiple: 1,
        read: |config, _| vgg_classifier::read(config, vgg::VGG13),
        candidate: |shapes| vgg_classifier::candidate(shapes, vgg::VGG13),
    },
    Architecture {
        name: "vgg16-classifier",
        variants: &vgg_classifier::VARIANTS,
        gives: Gives::Labels,
        multiple: 1,
        read: |config, _| vgg_classifier::read(config, vgg::VGG16),
        candidate: |shapes| vgg_classifier::candidate(shapes, vgg::VGG16),
    },
    Architecture {
        name: "vgg19-classifier",
        variants: &vgg_classifier::VARIANTS,
        gives: Gives::Labels,
        multiple: 1,
        read: |config, _| vgg_classifier::read(config, vgg::VGG19),
        candidate: |shapes| vgg_classifier::candidate(shapes, vgg::VGG19),
    },
];

/// The architecture of that name.
///
/// # Errors
/// [`FcnError::UnknownArchitecture`].
pub fn architecture(name: &str) -> Result<&'static Architecture, FcnError> {
    let all = ARCHITECTURES.iter();
    let found = all.clone().find(|architecture| architecture.name == name);
    found.ok_or_else(|| FcnError::UnknownArchitecture {
        name: name.to_string(),
        known: all.map(|known| known.name.to_string()).collect(),
    })
}

/// Tells which net the tensors of a file are of. Reads no values.
///
/// # Errors
/// [`FcnError::WeightsUnrecognised`] with some of what is there and, for the net that comes nearest,
/// what it would take.
pub fn recognise(weights: &Weights) -> Result<Recognised, FcnError> {
    recognise_as(weights, &Said::default())
}

/// [`recognise`], with a person's word for what the tensors can't tell.
///
/// # Errors
/// As there; [`FcnError::InvalidInput`] for a word that makes no sense.
pub fn recognise_as(weights: &Weights, said: &Said) -> Result<Recognised, FcnError> {
    recognise_in(weights.sets(), said, candidates)
}

fn candidates(shapes: &TensorShapes) -> Vec<Candidate> {
    let all = ARCHITECTURES.iter();
    all.filter_map(|row| (row.candidate)(shapes)).collect()
}

#[cfg(test)]
mod tests;
