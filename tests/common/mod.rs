//! What the tests share: fixtures written by PyTorch, and how close numbers must be.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use burn::tensor::{Device, Tensor, TensorData};
#[cfg(not(target_arch = "wasm32"))]
pub mod command;
pub mod conv_transpose;
#[cfg(target_arch = "wasm32")]
pub mod gpu;
pub mod inside;
pub mod metrics;
pub mod nets;
pub mod uncertainty;

use fcn_lab::image::Photo;
use fcn_lab::manifest::Manifest;
use fcn_lab::models::{self, Model};
use fcn_lab::{mask::Scores, passes::segment};
use safetensors::{Dtype, SafeTensors};

/// Largest |Δ| allowed, relative to the largest |score|. f32 sums of up to 2,000 products in
/// another order than PyTorch's differ by a few 1e-6; a wrong weight or tap by far more.
pub const TOLERANCE: f32 = 1e-4;

/// A fixture net: manifest, weights and cases.
pub struct Net {
    pub name: &'static str,
    manifest: &'static [u8],
    weights: &'static [u8],
    cases: &'static [u8],
}

macro_rules! net {
    ($name:literal) => {
        Net {
            name: $name,
            manifest: include_bytes!(concat!("../reference/fixtures/", $name, ".model.json")),
            weights: include_bytes!(concat!("../reference/fixtures/", $name, ".safetensors")),
            cases: include_bytes!(concat!(
                "../reference/fixtures/",
                $name,
                ".cases.safetensors"
            )),
        }
    };
}

pub const NETS: [Net; 4] = [
    net!("tiny-fc1"),
    net!("tiny-fc1-f16"),
    net!("tiny-fc3"),
    net!("tiny-fc7"),
];

/// A safetensors fixture file.
pub struct Fixture(SafeTensors<'static>);

impl Fixture {
    pub fn parse(bytes: &'static [u8]) -> Self {
        Self(SafeTensors::deserialize(bytes).expect("a valid fixture"))
    }

    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.0.names().into_iter().map(str::to_string).collect();
        names.sort();
        names
    }

    pub fn f32(&self, name: &str) -> (Vec<usize>, Vec<f32>) {
        let view = self.0.tensor(name).expect(name);
        assert_eq!(view.dtype(), Dtype::F32, "{name}");
        let words = view.data().as_chunks::<4>().0.iter();
        (
            view.shape().to_vec(),
            words.map(|&w| f32::from_le_bytes(w)).collect(),
        )
    }

    pub fn u8(&self, name: &str) -> (Vec<usize>, Vec<u8>) {
        let view = self.0.tensor(name).expect(name);
        assert_eq!(view.dtype(), Dtype::U8, "{name}");
        (view.shape().to_vec(), view.data().to_vec())
    }
}

impl Net {
    pub fn load(&self, device: &Device) -> Model {
        let manifest = Manifest::parse(self.manifest).expect("a valid manifest");
        models::load(manifest, self.weights, device).expect("matching weights")
    }

    pub fn manifest(&self) -> &'static [u8] {
        self.manifest
    }

    pub fn weights(&self) -> &'static [u8] {
        self.weights
    }

    pub fn cases(&self) -> Fixture {
        Fixture::parse(self.cases)
    }
}

/// An RGB fixture image as a photo at its own size.
pub fn photo(shape: &[usize], rgb: &[u8]) -> Photo {
    let (height, width) = (shape[0], shape[1]);
    let rgba: Vec<u8> = rgb
        .chunks(3)
        .flat_map(|p| [p[0], p[1], p[2], 255])
        .collect();
    let mut photo = Photo::new(width, height, width, height).expect("a valid size");
    photo.push_rows(&rgba).expect("whole rows");
    photo
}

/// Compares every case of a net, for every head it has, with PyTorch's numbers.
pub async fn assert_equals_pytorch(net: &Net, device: &Device) {
    let model = net.load(device);
    let cases = net.cases();
    let variants = model.net.variants.clone();
    let images: Vec<String> = cases
        .names()
        .into_iter()
        .filter(|n| n.ends_with(".image"))
        .collect();
    assert!(
        !images.is_empty() && !variants.is_empty(),
        "{} has no cases",
        net.name
    );
    for image in images {
        let (shape, rgb) = cases.u8(&image);
        let size = image.trim_end_matches(".image");
        let observer = &mut fcn_lab::models::observer::Unobserved;
        let all = segment::scores(&model, photo(&shape, &rgb), &variants, observer)
            .await
            .expect("scores");
        assert_eq!(all.len(), variants.len());
        for (scores, variant) in all.iter().zip(&variants) {
            // One head alone must give what it gives in company.
            let one = [*variant];
            let alone = segment::scores(&model, photo(&shape, &rgb), &one, observer)
                .await
                .expect("scores");
            assert_eq!(alone[0].data(), scores.data(), "{size} {variant:?} alone");
            compare(
                &cases,
                &format!("{size}.{}", variant.name()),
                scores,
                net.name,
            );
        }
    }
}

fn compare(cases: &Fixture, name: &str, scores: &Scores, net: &str) {
    let largest = cases.f32(&format!("{name}.max")).1[0];
    assert!(largest > 0.0);
    let full = cases.names().iter().any(|n| n == name);
    let (step, key) = if full {
        (1, name.to_string())
    } else {
        (5, format!("{name}.every5"))
    };
    let (shape, expected) = cases.f32(&key);
    let (width, height, channels) = scores.dims();
    assert_eq!(
        shape,
        [channels, height.div_ceil(step), width.div_ceil(step)],
        "{net} {key}"
    );
    let (rows, columns) = (shape[1], shape[2]);
    let at = |c: usize, y: usize, x: usize| expected[(c * rows + y) * columns + x];
    for y in 0..rows {
        for x in 0..columns {
            let start = (y * step * width + x * step) * channels;
            let got = &scores.data()[start..start + channels];
            let mut want: Vec<(f32, usize)> = (0..channels).map(|c| (at(c, y, x), c)).collect();
            for (&(want, c), got) in want.iter().zip(got) {
                let difference = (want - got).abs() / largest;
                assert!(
                    difference <= TOLERANCE,
                    "{net} {key}[{c}, {y}, {x}]: {got}, PyTorch has {want} ({difference:e} of {largest})"
                );
            }
            want.sort_by(|a, b| b.0.total_cmp(&a.0));
            if channels > 1 && want[0].0 - want[1].0 > 2.0 * TOLERANCE * largest {
                let label = (0..channels).max_by(|&a, &b| got[a].total_cmp(&got[b]));
                assert_eq!(label, Some(want[0].1), "label of {net} {key}[{y}, {x}]");
            }
        }
    }
}

/// The largest |Δ| over the largest |expected|.
pub fn relative(expected: &[f32], got: &[f32]) -> f32 {
    fcn_lab::passes::selfcheck::relative_difference(expected, got)
}

/// Numbers in −1…1, the same everywhere.
pub fn noise(seed: u32, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// A noise tensor on a device.
pub fn noise_tensor<const D: usize>(seed: u32, shape: [usize; D], device: &Device) -> Tensor<D> {
    let values = noise(seed, shape.iter().product());
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// A net whose classes are enlarged one by one must give what the same kernels give with the zeros
/// between classes written out.
pub async fn assert_per_class_equals_mixing(device: &Device) {
    let net = &NETS[0];
    let stored = SafeTensors::deserialize(net.weights).expect("a valid fixture");
    let classes = 3;
    let mut own = Vec::new();
    let mut written_out = Vec::new();
    for (name, view) in stored.tensors() {
        let (shape, data) = (view.shape().to_vec(), view.data().to_vec());
        if !name.starts_with("upscore") {
            own.push((name.clone(), shape.clone(), data.clone()));
            written_out.push((name, shape, data));
            continue;
        }
        // Kernels of a class for itself: the diagonal of [in, out, k, k].
        let kernel = data.len() / (classes * classes);
        let diagonal = |pair: usize| pair.is_multiple_of(classes + 1);
        let pairs = data.chunks(kernel).enumerate();
        let kernels: Vec<u8> = pairs
            .clone()
            .filter(|(pair, _)| diagonal(*pair))
            .flat_map(|(_, bytes)| bytes.to_vec())
            .collect();
        let zeroed: Vec<u8> = pairs
            .flat_map(|(pair, bytes)| match diagonal(pair) {
                true => bytes.to_vec(),
                false => vec![0; kernel],
            })
            .collect();
        own.push((name.clone(), vec![classes, 1, shape[2], shape[3]], kernels));
        written_out.push((name, shape, zeroed));
    }
    let load = |tensors: &[(String, Vec<usize>, Vec<u8>)], per_class: bool| {
        let views = tensors.iter().map(|(name, shape, data)| {
            let view = safetensors::tensor::TensorView::new(Dtype::F32, shape.clone(), data);
            (name.clone(), view.expect("a view"))
        });
        let bytes = safetensors::serialize(views, None).expect("a file");
        let mut manifest = Manifest::parse(net.manifest).expect("a valid manifest");
        let own = &mut manifest.config.own;
        own.insert("per_class_upsampling".into(), per_class.into());
        manifest.files[0].bytes = bytes.len() as u64;
        manifest.files[0].sha256 = fcn_lab::weights::sha256_hex(&bytes);
        models::load(manifest, &bytes, device).expect("matching weights")
    };
    let (own, written_out) = (load(&own, true), load(&written_out, false));
    let (shape, rgb) = net.cases().u8("33x65.image");
    for variant in fcn_lab::models::fcn::VARIANTS {
        let observer = &mut fcn_lab::models::observer::Unobserved;
        let mut scores = Vec::new();
        for model in [&own, &written_out] {
            let one = segment::scores(model, photo(&shape, &rgb), &[variant], observer).await;
            scores.push(one.expect("scores").remove(0));
        }
        let difference = relative(scores[1].data(), scores[0].data());
        assert!(difference <= 1e-6, "{variant:?}: {difference:e}");
    }
    // What leaves the crate has the zeros written out, so that a figure needn't know.
    for name in ["upscore2", "upscore32"] {
        let layers = [
            fcn_lab::passes::layer::upsampling_layer(&own, name).await,
            fcn_lab::passes::layer::upsampling_layer(&written_out, name).await,
        ];
        let [Ok(own), Ok(written_out)] = layers else {
            panic!("{name} of both nets");
        };
        assert_eq!(own, written_out);
    }
}
