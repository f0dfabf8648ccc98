//! A net that a file may be of, as its architecture describes it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Names and shapes of a file's tensors.
pub type TensorShapes<'f> = BTreeMap<&'f str, &'f [usize]>;

/// Sizes read off a file are cut to this, so that products of four of them don't overflow 32 bits
/// where one is large; no net has more channels.
const MAX_SIZE: usize = 1 << 16;

/// Mean and deviation of ImageNet's photos, RGB, 0–1: what torchvision's nets and this project's
/// were trained with.
pub(super) const IMAGENET: ([f64; 3], [f64; 3]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

/// A net that a file may be of.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The name in manifests.
    pub architecture: &'static str,
    /// One line for people.
    pub title: String,
    /// Number of classes, background included.
    pub classes: usize,
    /// Whether its scores become a mask; a classifier's become labels.
    pub makes_masks: bool,
    /// The heads; the last one is shown first.
    pub variants: Vec<&'static str>,
    /// The architecture's own settings, as a manifest's `config` has them.
    pub settings: Value,
    /// How a photo becomes the net's input, as a manifest's `input` has it.
    pub input: Value,
    /// The settings for people: what, and how much.
    pub about: Vec<(&'static str, String)>,
    /// What the tensors can't tell, and what is assumed.
    pub notes: Vec<&'static str>,
    /// The tensors that the file must have.
    pub expected: Expected,
    /// What the names of the tensors that the net doesn't use begin with.
    pub unused: Option<&'static str>,
}

/// Names and shapes of the tensors that a net must have.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expected(pub Vec<(String, Vec<usize>)>);

impl Expected {
    fn add(&mut self, name: &str, part: &str, shape: &[usize]) {
        self.0.push((format!("{name}.{part}"), shape.to_vec()));
    }

    /// A weight without a bias.
    pub fn weight(&mut self, name: &str, shape: &[usize]) {
        self.add(name, "weight", shape);
    }

    /// A convolution `[out, in, k, k]` or a fully connected layer `[out, in]`, with a bias.
    pub fn layer(&mut self, name: &str, shape: &[usize]) {
        self.weight(name, shape);
        self.add(name, "bias", shape.get(..1).unwrap_or_default());
    }

    /// A batch norm.
    pub fn batch_norm(&mut self, name: &str, channels: usize) {
        for part in ["weight", "bias", "running_mean", "running_var"] {
            self.add(name, part, &[channels]);
        }
    }

    /// A convolution without bias and its batch norm, under two names.
    pub fn conv_norm(&mut self, [conv, norm]: [&str; 2], shape: [usize; 4]) {
        let [out, ..] = shape;
        self.weight(conv, &shape);
        self.batch_norm(norm, out);
    }
}

/// A size of a tensor, or what it usually is.
pub fn axis_size(shapes: &TensorShapes, name: &str, axis: usize, usual: usize) -> usize {
    let size = shapes.get(name).and_then(|shape| shape.get(axis));
    size.map_or(usual, |&size| size.min(MAX_SIZE))
}

/// A manifest's `input` for photos normalised as ImageNet's.
pub fn imagenet_input(pad_multiple: usize, long_side: usize) -> Value {
    let (mean, std) = IMAGENET;
    json!({
        "order": "RGB", "mean": mean, "std": std, "pad_color": [124, 116, 104],
        "pad_multiple": pad_multiple, "long_side": long_side, "max_long_side": 1024,
    })
}
