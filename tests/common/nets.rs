//! Nets other than the lecture's, held to PyTorch's numbers: scores of every head, inner maps.

use burn::tensor::{Device, Tensor};
use fcn_lab::device::read;
use fcn_lab::models::Variant;
use fcn_lab::models::observer::{Answer, Observer, go_on};

use super::{Fixture, Net, TOLERANCE, photo};

/// A net beside its `.cases` and `.model.json`, on the weights of that or another fixture.
macro_rules! net {
    ($name:literal) => {
        net!($name, $name)
    };
    ($name:literal, $weights:literal) => {
        Net {
            name: $name,
            manifest: include_bytes!(concat!("../reference/fixtures/", $name, ".model.json")),
            weights: include_bytes!(concat!("../reference/fixtures/", $weights, ".safetensors")),
            cases: include_bytes!(concat!(
                "../reference/fixtures/",
                $name,
                ".cases.safetensors"
            )),
        }
    };
}

/// The FCN authors' nets: pools that round up, the same weights with pools that round down, the
/// at-once FCN-8s.
pub const REFERENCE: [Net; 3] = [
    net!("tiny-reference"),
    net!("tiny-reference-floor", "tiny-reference"),
    net!("tiny-reference-atonce"),
];

/// This project's FCN on EfficientNet-Lite.
pub const EFFICIENTNET: Net = net!("tiny-efficientnet-lite");

/// torchvision's FCN and DeepLabV3 on a dilated ResNet.
pub const RESNETS: [Net; 4] = [
    net!("tiny-fcn-resnet50"),
    net!("tiny-deeplabv3"),
    net!("tiny-fcn-resnet101"),
    net!("tiny-deeplabv3-resnet101"),
];

/// torchvision's LR-ASPP and DeepLabV3 on a dilated MobileNetV3-Large.
pub const MOBILENETS: [Net; 2] = [
    net!("tiny-lraspp-mobilenet"),
    net!("tiny-deeplabv3-mobilenet"),
];

/// torchvision's VGG classifiers, without and with batch norm.
pub const CLASSIFIERS: [Net; 5] = [
    net!("tiny-vgg16"),
    net!("tiny-vgg16-bn"),
    net!("tiny-vgg11"),
    net!("tiny-vgg13-bn"),
    net!("tiny-vgg19"),
];

/// The picture that `picture` in make_nets.py makes: RGB, `[h, w, 3]`.
pub fn picture(h: usize, w: usize) -> Vec<u8> {
    let noise = |n: usize| {
        let n = (n as u32).wrapping_mul(2_654_435_761);
        let n = (n ^ (n >> 15)).wrapping_mul(2_246_822_519);
        ((n ^ (n >> 13)) >> 8) & 0xff
    };
    let mut rgb = Vec::with_capacity(h * w * 3);
    for y in 0..h {
        for x in 0..w {
            for c in 0..3 {
                let block = noise(y / 9 * 4096 + x / 9 * 4 + c);
                let fine = noise((1 << 28) + y * 16384 + x * 4 + c);
                rgb.push(((3 * block + fine) / 4) as u8);
            }
        }
    }
    rgb
}

/// Keeps every stage's map, in order.
#[derive(Default)]
struct All(Vec<(&'static str, Tensor<4>)>);

impl Observer for All {
    fn stage<'a>(&'a mut self, name: &'static str, map: &'a Tensor<4>) -> Answer<'a> {
        self.0.push((name, map.clone()));
        go_on()
    }
}

/// Compares every case of a net with PyTorch's numbers, and its stages with those it announces.
/// Returns the largest |Δ| relative to the largest |value| of its map, over the heads' scores.
pub async fn assert_equals_pytorch(net: &Net, device: &Device) -> f32 {
    let model = net.load(device);
    let cases = net.cases();
    let (mut worst, mut sizes, mut maps) = (0.0f32, 0, 0);
    let names = cases.names();
    let first = model.net.variants.first().expect("a head").name();
    for size in names
        .iter()
        .filter_map(|n| n.strip_suffix(&format!(".{first}.max")))
    {
        sizes += 1;
        let (h, w) = size.split_once('x').expect("HxW");
        let (h, w): (usize, usize) = (h.parse().expect("h"), w.parse().expect("w"));
        let input = photo(&[h, w, 3], &picture(h, w))
            .into_input(&model.manifest.input, device)
            .expect("an input");
        let mut all = All::default();
        let heads = model
            .net
            .forward_observed(input.clone(), &model.net.variants, &mut all)
            .await
            .expect("scores");
        let seen: Vec<&str> = all.0.iter().map(|(name, _)| *name).collect();
        assert_eq!(seen, model.net.stages(&model.net.variants), "{}", net.name);
        for (head, variant) in heads.into_iter().zip(&model.net.variants) {
            let key = format!("{size}.{}", variant.name());
            worst = worst.max(compare(net, &cases, &key, head.clone()).await);
            // One head alone must give what it gives in company.
            let alone = model.net.forward(input.clone(), *variant).expect("scores");
            let [alone, head] = [alone, head].map(read);
            assert_eq!(alone.await, head.await, "{} {key} alone", net.name);
        }
        for (name, map) in all.0 {
            let key = format!("{size}.map.{name}");
            if names.contains(&format!("{key}.max")) {
                maps += 1;
                compare(net, &cases, &key, map).await;
            }
        }
    }
    let expected = names.iter().filter(|n| n.contains(".map.")).count() / 2;
    assert_eq!(maps, expected, "{}: each inner map is compared", net.name);
    assert!(sizes > 0, "{} has no cases", net.name);
    worst
}

/// The largest |Δ| between a map and the fixture's, over the fixture's largest magnitude.
async fn compare(net: &Net, cases: &Fixture, key: &str, map: Tensor<4>) -> f32 {
    let largest = cases.f32(&format!("{key}.max")).1[0];
    assert!(largest > 0.0, "{key}");
    let sparse = format!("{key}.every5");
    let (step, (shape, expected)) = match cases.names().contains(&sparse) {
        true => (5, cases.f32(&sparse)),
        false => (1, cases.f32(key)),
    };
    let [n, channels, h, w] = map.dims();
    let (rows, columns) = (h.div_ceil(step), w.div_ceil(step));
    assert_eq!(
        (n, &shape[..]),
        (1, &[channels, rows, columns][..]),
        "{} {key}",
        net.name
    );
    let values = read(map).await.expect("read");
    let mut worst = 0.0f32;
    for (i, want) in expected.iter().enumerate() {
        let (c, y, x) = (i / (rows * columns), i / columns % rows, i % columns);
        let got = values[(c * h + y * step) * w + x * step];
        let difference = (want - got).abs() / largest;
        assert!(
            difference <= TOLERANCE,
            "{} {key}[{c}, {y}, {x}]: {got}, PyTorch has {want} ({difference:e} of {largest})",
            net.name
        );
        worst = worst.max(difference);
    }
    worst
}

/// What a model's scores say of a picture: the label map's length, or the error's code.
pub fn labelled(net: &Net, device: &Device, h: usize, w: usize) -> Result<usize, &'static str> {
    let model = net.load(device);
    let heads: Vec<Variant> = model.net.variants.clone();
    let picture = photo(&[h, w, 3], &picture(h, w));
    let observer = &mut fcn_lab::models::observer::Unobserved;
    let scores = fcn_lab::passes::segment::scores_now(&model, picture, &heads, observer);
    let scores = scores.map_err(|e| e.code())?;
    let labels = scores[0].labels(w, h, 0, h).map_err(|e| e.code())?;
    Ok(labels.len())
}
