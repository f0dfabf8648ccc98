//! The families of checkpoints: for each, the tensors that it must have, with sizes read off the
//! file where a family leaves them open.
//!
//! Names and shapes: the FCN authors' nets in the PyTorch port wkentaro/pytorch-fcn
//! (`torchfcn/models`), torchvision's `models/segmentation` and `models/vgg.py`, and this crate's
//! own nets.

use std::collections::BTreeMap;

use super::Config;

/// Names and shapes of a file.
pub(super) type Shapes<'f> = BTreeMap<&'f str, &'f [usize]>;
/// Names and shapes that a net must have.
pub(super) type Expected = Vec<(String, Vec<usize>)>;

/// Channels of VGG16's first block in the paper.
const VGG_WIDTH: usize = 64;
/// Channels of VGG16's fully connected layers.
const VGG_FC: usize = 4096;
/// Side of fc6's kernel in the paper, and of the map that VGG16's classifier flattens.
const VGG_FC6: usize = 7;
/// Sizes read off a file are cut to this, so that products of four of them don't overflow 32 bits
/// where one is large; no net has more channels.
const MAX_SIZE: usize = 1 << 16;

/// A net that a file may be of.
pub(super) struct Candidate {
    /// The name in manifests.
    pub(super) architecture: &'static str,
    /// For people.
    pub(super) title: String,
    pub(super) classes: usize,
    pub(super) config: Config,
    pub(super) expected: Expected,
    /// What the file can't tell.
    pub(super) notes: Vec<&'static str>,
}

/// The nets that a file may be of; where two have the same tensors, the likelier one is first.
pub(super) fn candidates(shapes: &Shapes) -> Vec<Candidate> {
    let mut all = Vec::new();
    all.extend(fcn_reference(shapes));
    all.push(fcn_vgg16(shapes));
    all.push(resnet(shapes, Head::Fcn));
    all.push(resnet(shapes, Head::DeepLabV3));
    all.push(vgg16(shapes));
    all
}

/// A size of a tensor, or what it usually is.
fn size(shapes: &Shapes, name: &str, axis: usize, usual: usize) -> usize {
    let size = shapes.get(name).and_then(|shape| shape.get(axis));
    size.map_or(usual, |&size| size.min(MAX_SIZE))
}

fn conv(expected: &mut Expected, name: &str, shape: [usize; 4]) {
    let [out, ..] = shape;
    expected.push((format!("{name}.weight"), shape.to_vec()));
    expected.push((format!("{name}.bias"), vec![out]));
}

fn linear(expected: &mut Expected, name: &str, shape: [usize; 2]) {
    let [out, _] = shape;
    expected.push((format!("{name}.weight"), shape.to_vec()));
    expected.push((format!("{name}.bias"), vec![out]));
}

fn batch_norm(expected: &mut Expected, name: &str, channels: usize) {
    for part in ["weight", "bias", "running_mean", "running_var"] {
        expected.push((format!("{name}.{part}"), vec![channels]));
    }
}

/// A convolution without bias and its batch norm, under two names.
fn conv_norm(expected: &mut Expected, conv: &str, norm: &str, shape: [usize; 4]) {
    let [out, ..] = shape;
    expected.push((format!("{conv}.weight"), shape.to_vec()));
    batch_norm(expected, norm, out);
}

/// Output and input channels of VGG16's thirteen convolutions, block by block.
fn vgg_blocks(width: usize) -> Vec<Vec<[usize; 2]>> {
    let mut input = 3;
    let blocks = [(1, 2), (2, 2), (4, 3), (8, 3), (8, 3)];
    blocks
        .map(|(factor, depth)| {
            let output = factor * width;
            let first = [output, input];
            input = output;
            let rest = std::iter::repeat_n([output, output], depth - 1);
            std::iter::once(first).chain(rest).collect()
        })
        .to_vec()
}

/// What the two kinds of FCN share: `conv1_1` … `score_fr`.
fn fcn_trunk(width: usize, kernel: usize, fc: usize, classes: usize) -> Expected {
    let mut expected = Vec::new();
    for (block, convs) in vgg_blocks(width).into_iter().enumerate() {
        for (index, [output, input]) in convs.into_iter().enumerate() {
            let name = format!("conv{}_{}", block + 1, index + 1);
            conv(&mut expected, &name, [output, input, 3, 3]);
        }
    }
    conv(&mut expected, "fc6", [fc, 8 * width, kernel, kernel]);
    conv(&mut expected, "fc7", [fc, fc, 1, 1]);
    conv(&mut expected, "score_fr", [classes, fc, 1, 1]);
    expected
}

/// The skip connections that a head needs, and its last layer.
/// `mixed` is how many classes a kernel's outputs are made of.
fn fcn_heads(
    expected: &mut Expected,
    width: usize,
    [classes, mixed]: [usize; 2],
    layers: &[(&str, usize)],
) {
    let has = |name: &str| layers.iter().any(|&(layer, _)| layer == name);
    if has("upscore2") {
        conv(expected, "score_pool4", [classes, 8 * width, 1, 1]);
    }
    if has("upscore_pool4") {
        conv(expected, "score_pool3", [classes, 4 * width, 1, 1]);
    }
    for &(layer, kernel) in layers {
        let shape = vec![classes, mixed, kernel, kernel];
        expected.push((format!("{layer}.weight"), shape));
    }
}

/// The paper's nets: padding 100, crops, one head a file, always at full width.
fn fcn_reference(shapes: &Shapes) -> Option<Candidate> {
    let has = |name: &str| shapes.contains_key(name);
    let classes = size(shapes, "score_fr.weight", 0, 21);
    // Only FCN-32s has a name of its own. The others differ from this crate's nets in arithmetic,
    // not in tensors; a file with one head at the paper's sizes is taken for the paper's.
    let paper = size(shapes, "conv1_1.weight", 0, 0) == VGG_WIDTH
        && size(shapes, "fc6.weight", 2, 0) == VGG_FC6
        && size(shapes, "fc6.weight", 0, 0) == VGG_FC;
    let heads = (has("upscore16.weight"), has("upscore8.weight"));
    let (variant, title, layers): (_, _, &[(&str, usize)]) = match heads {
        _ if has("upscore.weight") => ("fcn32s", "FCN-32s", &[("upscore", 64)]),
        _ if !paper || has("upscore32.weight") => return None,
        (true, false) => ("fcn16s", "FCN-16s", &[("upscore2", 4), ("upscore16", 32)]),
        (false, true) => (
            "fcn8s",
            "FCN-8s",
            &[("upscore2", 4), ("upscore_pool4", 4), ("upscore8", 16)],
        ),
        _ => return None,
    };
    let mut notes = Vec::new();
    if variant != "fcn32s" {
        notes.push(
            "the paper's form (padding 100, crops) and the lecture's have the same tensors at \
             these sizes; the paper's is assumed",
        );
    }
    if variant == "fcn8s" {
        notes.push(
            "whether it was trained in stages or at once can't be told from the tensors, but at \
             once scales pool4 and pool3; in stages is assumed",
        );
    }
    let mut expected = fcn_trunk(VGG_WIDTH, VGG_FC6, VGG_FC, classes);
    fcn_heads(&mut expected, VGG_WIDTH, [classes; 2], layers);
    Some(Candidate {
        architecture: "fcn-reference",
        title: format!("{title} of the paper, as wkentaro/pytorch-fcn saves it"),
        classes,
        config: Config::Fcn {
            width: VGG_WIDTH,
            fc6_kernel: VGG_FC6,
            fc_channels: VGG_FC,
            variants: vec![variant],
            per_class_upsampling: false,
        },
        expected,
        notes,
    })
}

/// This crate's nets, of any width and with any of the three heads.
fn fcn_vgg16(shapes: &Shapes) -> Candidate {
    let has = |name: &str| shapes.contains_key(name);
    let width = size(shapes, "conv1_1.weight", 0, VGG_WIDTH);
    let fc6_kernel = size(shapes, "fc6.weight", 2, 1);
    let fc_channels = size(shapes, "fc6.weight", 0, VGG_FC);
    let classes = size(shapes, "score_fr.weight", 0, 21);
    let mut variants = Vec::new();
    let mut layers = Vec::new();
    if has("upscore32.weight") {
        variants.push("fcn32s");
        layers.push(("upscore32", 64));
    }
    if has("upscore16.weight") {
        variants.push("fcn16s");
        layers.extend([("upscore2", 4), ("upscore16", 32)]);
    }
    if has("upscore8.weight") || variants.is_empty() {
        variants.push("fcn8s");
        layers.extend([("upscore2", 4), ("upscore_pool4", 4), ("upscore8", 16)]);
    }
    layers.sort_unstable();
    layers.dedup();
    let mut expected = fcn_trunk(width, fc6_kernel, fc_channels, classes);
    // One kernel for each class, or for each pair of classes.
    let per_class = layers
        .first()
        .is_some_and(|(layer, _)| size(shapes, &format!("{layer}.weight"), 1, classes) == 1)
        && classes > 1;
    let mixed = if per_class { 1 } else { classes };
    fcn_heads(&mut expected, width, [classes, mixed], &layers);
    Candidate {
        architecture: "fcn-vgg16",
        title: format!("FCN of this project, width {width}"),
        classes,
        config: Config::Fcn {
            width,
            fc6_kernel,
            fc_channels,
            variants,
            per_class_upsampling: per_class,
        },
        expected,
        notes: Vec::new(),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Head {
    Fcn,
    DeepLabV3,
}

/// torchvision's segmentation nets over ResNet-50.
fn resnet(shapes: &Shapes, head: Head) -> Candidate {
    let classes = size(shapes, "classifier.4.weight", 0, 21);
    let mut names = shapes.keys();
    let aux = names.any(|name| name.starts_with("aux_classifier."));
    let aux_classes = size(shapes, "aux_classifier.4.weight", 0, classes);
    let mut expected = Vec::new();
    resnet50(&mut expected);
    let simple_head = |expected: &mut Expected, name: &str, input: usize, classes: usize| {
        let (hidden, inner) = (input / 4, format!("{name}.0"));
        let norm = format!("{name}.1");
        conv_norm(expected, &inner, &norm, [hidden, input, 3, 3]);
        conv(expected, &format!("{name}.4"), [classes, hidden, 1, 1]);
    };
    match head {
        Head::Fcn => simple_head(&mut expected, "classifier", 2048, classes),
        Head::DeepLabV3 => deeplab_head(&mut expected, classes),
    }
    if aux {
        simple_head(&mut expected, "aux_classifier", 1024, aux_classes);
    }
    // Who fine-tunes often replaces the head that counts, and lets the other one be.
    let is_stale = aux && aux_classes != classes;
    let mut notes = Vec::new();
    if is_stale {
        notes.push("the auxiliary head has another number of classes and is left out");
    }
    let (architecture, title) = match head {
        Head::Fcn => ("fcn-resnet50", "torchvision's fcn_resnet50"),
        Head::DeepLabV3 => ("deeplabv3-resnet50", "torchvision's deeplabv3_resnet50"),
    };
    Candidate {
        architecture,
        title: title.to_string(),
        classes,
        config: Config::ResNet {
            aux: aux && !is_stale,
        },
        expected,
        notes,
    }
}

fn resnet50(expected: &mut Expected) {
    conv_norm(expected, "backbone.conv1", "backbone.bn1", [64, 3, 7, 7]);
    let mut input = 64;
    for (layer, (depth, width)) in [(3, 64), (4, 128), (6, 256), (3, 512)].iter().enumerate() {
        for block in 0..*depth {
            let name = format!("backbone.layer{}.{block}", layer + 1);
            let (width, output) = (*width, 4 * width);
            let shapes = [
                [width, input, 1, 1],
                [width, width, 3, 3],
                [output, width, 1, 1],
            ];
            for (index, shape) in shapes.into_iter().enumerate() {
                let [conv, norm] = ["conv", "bn"].map(|part| format!("{name}.{part}{}", index + 1));
                conv_norm(expected, &conv, &norm, shape);
            }
            if block == 0 {
                let [conv, norm] = [0, 1].map(|part| format!("{name}.downsample.{part}"));
                conv_norm(expected, &conv, &norm, [output, input, 1, 1]);
            }
            input = output;
        }
    }
}

/// Atrous spatial pyramid pooling: 1×1, three 3×3, the image's mean; then one of all five.
fn deeplab_head(expected: &mut Expected, classes: usize) {
    let aspp = |part: &str| format!("classifier.0.{part}");
    let mut add = |conv: &str, norm: &str, shape| conv_norm(expected, conv, norm, shape);
    add(&aspp("convs.0.0"), &aspp("convs.0.1"), [256, 2048, 1, 1]);
    for branch in 1..=3 {
        let [conv, norm] = [0, 1].map(|part| aspp(&format!("convs.{branch}.{part}")));
        add(&conv, &norm, [256, 2048, 3, 3]);
    }
    add(&aspp("convs.4.1"), &aspp("convs.4.2"), [256, 2048, 1, 1]);
    add(&aspp("project.0"), &aspp("project.1"), [256, 5 * 256, 1, 1]);
    add("classifier.1", "classifier.2", [256, 256, 3, 3]);
    conv(expected, "classifier.4", [classes, 256, 1, 1]);
}

/// torchvision's classifier, with or without batch norm, or one of the same form with other numbers of
/// channels; `features.N` counts ReLUs and pools too.
fn vgg16(shapes: &Shapes) -> Candidate {
    let batch_norm = shapes.contains_key("features.1.weight");
    let width = size(shapes, "features.0.weight", 0, VGG_WIDTH);
    let fc_channels = size(shapes, "classifier.0.weight", 0, VGG_FC);
    let classes = size(shapes, "classifier.6.weight", 0, 1000);
    let mut expected = Vec::new();
    let mut place = 0;
    for convs in vgg_blocks(width) {
        for [output, input] in convs {
            conv(
                &mut expected,
                &format!("features.{place}"),
                [output, input, 3, 3],
            );
            if batch_norm {
                self::batch_norm(&mut expected, &format!("features.{}", place + 1), output);
            }
            place += if batch_norm { 3 } else { 2 };
        }
        place += 1;
    }
    let flat = 8 * width * VGG_FC6 * VGG_FC6;
    linear(&mut expected, "classifier.0", [fc_channels, flat]);
    linear(&mut expected, "classifier.3", [fc_channels, fc_channels]);
    linear(&mut expected, "classifier.6", [classes, fc_channels]);
    let name = match batch_norm {
        true => "vgg16_bn",
        false => "vgg16",
    };
    let title = match (width, fc_channels) {
        (VGG_WIDTH, VGG_FC) => format!("torchvision's {name}"),
        _ => format!("classifier as torchvision's {name}, width {width}"),
    };
    Candidate {
        architecture: "vgg16-classifier",
        title,
        classes,
        config: Config::Classifier {
            width,
            fc_channels,
            batch_norm,
        },
        expected,
        notes: Vec::new(),
    }
}
