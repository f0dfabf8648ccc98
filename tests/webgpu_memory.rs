//! Memory on WebGPU: what passes share, and what is given back.
#![cfg(target_arch = "wasm32")]

mod common;

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use burn::tensor::{Device, Tensor};
use common::gpu::gpu;
use common::noise;
use fcn_lab::device::cpu;
use fcn_lab::image::Photo;
use fcn_lab::kernels::tidy;
use fcn_lab::manifest::Manifest;
use fcn_lab::models::observer::{Answer, Observer, Unobserved};
use fcn_lab::models::{self, Model, Variant};
use fcn_lab::passes::maps::maps;
use fcn_lab::passes::segment;
use fcn_lab::passes::selfcheck::relative_difference;
use fcn_lab::weights::{Noise, Weights};
use js_sys::{Function, global};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Counts the bytes of buffers that shaders read and write, from now on: `live` and their `peak`.
const COUNT: &str = "
    if (globalThis.counted) return
    const counted = globalThis.counted = { live: 0, peak: 0 }
    const { createBuffer } = GPUDevice.prototype
    const { destroy } = GPUBuffer.prototype
    const isMap = buffer => (buffer.usage & GPUBufferUsage.STORAGE) !== 0
    const known = new Set()
    GPUDevice.prototype.createBuffer = function (descriptor) {
        const buffer = createBuffer.call(this, descriptor)
        // The small ones hold a launch's few numbers, and CubeCL keeps them.
        if (isMap(buffer) && buffer.size > 32768) {
            known.add(buffer)
            counted.live += buffer.size
            counted.peak = Math.max(counted.peak, counted.live)
        }
        return buffer
    }
    GPUBuffer.prototype.destroy = function () {
        if (known.delete(this)) counted.live -= this.size
        return destroy.call(this)
    }
";

fn run(script: &str) -> JsValue {
    let function = Function::new_no_args(script);
    function.call0(&global()).expect("a script")
}

fn bytes(of: &str) -> usize {
    let number = run(&format!("return globalThis.counted.{of}"));
    number.as_f64().expect("a number") as usize
}

fn model(width: usize, device: &Device) -> Model {
    let manifest = format!(
        r##"{{"format": 1, "name": "noise", "architecture": "fcn-vgg16",
        "config": {{"classes": 3, "width": {width}, "fc6_kernel": 1, "fc_channels": 32,
            "variants": ["fcn32s", "fcn16s", "fcn8s"]}},
        "classes": [{{"id": 0, "name": "a", "color": "#000000"}}, {{"id": 1, "name": "b", "color": "#ff0000"}},
            {{"id": 2, "name": "c", "color": "#00ff00"}}],
        "input": {{"long_side": 224, "max_long_side": 1024, "pad_multiple": 32, "mean": [0.485, 0.456, 0.406],
            "std": [0.229, 0.224, 0.225], "order": "RGB", "pad_color": [124, 116, 104]}},
        "files": [{{"path": "weights.safetensors", "bytes": 8, "sha256": "{}"}}]}}"##,
        "0".repeat(64)
    );
    let manifest = Manifest::parse(manifest.as_bytes()).expect("a manifest");
    models::build(manifest, Weights::noise(7), device).expect("a model")
}

fn photo(width: usize, height: usize) -> Photo {
    let mut photo = Photo::new(width, height, width, height).expect("a size");
    let values = noise(3, width * height * 4);
    let rgba: Vec<u8> = values
        .iter()
        .map(|value| (value.abs() * 127.0) as u8 | 128)
        .collect();
    photo.push_rows(&rgba).expect("rows");
    photo
}

async fn scores(model: &Model, size: [usize; 2], variants: &[Variant]) -> Vec<Vec<f32>> {
    let [width, height] = size;
    let mut observer = Unobserved;
    let pass = segment::scores(model, photo(width, height), variants, &mut observer);
    let heads = pass.await.expect("scores");
    heads.iter().map(|head| head.data().to_vec()).collect()
}

const EIGHT: [Variant; 1] = [Variant::Fcn8s];

#[wasm_bindgen_test]
async fn a_pass_needs_little_more_than_its_weights_and_two_maps() {
    run(COUNT);
    let gpu = gpu().await;
    let model = model(16, &gpu);
    tidy(&gpu);
    run("globalThis.counted.peak = globalThis.counted.live");
    let before = bytes("live");
    scores(&model, [320, 256], &EIGHT).await;
    let maps = 2 * 320 * 256 * 16 * 4;
    let needed = bytes("peak") - before;
    assert!(needed >= maps, "{needed} bytes: something isn't counted");
    assert!(
        needed < maps + 2 * maps / 5,
        "{needed} bytes for maps of {maps}"
    );
    let peak = bytes("peak");
    scores(&model, [320, 256], &EIGHT).await;
    assert_eq!(bytes("peak"), peak, "a second pass takes nothing more");
}

#[wasm_bindgen_test]
async fn what_is_gone_is_given_back() {
    run(COUNT);
    let gpu = gpu().await;
    tidy(&gpu);
    let before = bytes("live");
    for size in [[224, 224], [96, 160], [224, 224]] {
        let model = model(16, &gpu);
        scores(&model, size, &EIGHT).await;
        assert!(bytes("live") > before + (2 << 20));
        drop(model);
        tidy(&gpu);
        // What CubeCL keeps for itself, as photos' pixels on their way.
        assert!(
            bytes("live") < before + (1 << 20),
            "{} of {before}",
            bytes("live")
        );
    }
}

#[wasm_bindgen_test]
async fn passes_of_any_order_of_sizes_and_nets_equal_the_cpus() {
    let gpu = gpu().await;
    let nets = [8, 12].map(|width| (model(width, &gpu), model(width, &cpu())));
    let variants = [Variant::Fcn32s, Variant::Fcn16s, Variant::Fcn8s];
    let mut sizes = Noise::new(11).values(24, 1.0).into_iter();
    for round in 0..8 {
        let mut side = || 1 + (sizes.next().unwrap_or(0.0).abs() * 150.0) as usize;
        let (size, net) = ([side(), side()], &nets[round % 2]);
        let got = scores(&net.0, size, &variants).await;
        let expected = scores(&net.1, size, &variants).await;
        for (got, expected) in got.iter().zip(&expected) {
            let difference = relative_difference(expected, got);
            assert!(difference <= 1e-4, "{size:?}: {difference:e}");
        }
    }
}

#[wasm_bindgen_test]
async fn maps_that_were_looked_at_leave_nothing() {
    run(COUNT);
    let gpu = gpu().await;
    let model = model(16, &gpu);
    tidy(&gpu);
    let (before, [width, height]) = (bytes("live"), [320, 256]);
    run("globalThis.counted.peak = globalThis.counted.live");
    let names = [
        "conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_3", "upscore8",
    ];
    let names = names.map(String::from);
    let mut observer = Unobserved;
    let kept = maps(&model, photo(width, height), &names, &mut observer).await;
    assert_eq!(kept.expect("maps").len(), names.len());
    let (peak, after) = (bytes("peak"), bytes("live"));
    assert!(peak > before + (16 << 20), "{peak} after {before}");
    // CubeCL's own buffers, for what is read back, are left to the browser.
    assert!(
        after < before + (peak - before) / 2,
        "{after} of {peak}, {before} before"
    );
}

/// Lets others run after every stage.
struct Polite;

impl Observer for Polite {
    fn stage<'a>(&'a mut self, _: &'static str, _: &'a Tensor<4>) -> Answer<'a> {
        let mut asked = false;
        Box::pin(poll_fn(move |context| {
            if std::mem::replace(&mut asked, true) {
                return Poll::Ready(Ok(()));
            }
            context.waker().wake_by_ref();
            Poll::Pending
        }))
    }
}

/// Awaits two futures at once.
async fn both<T>(one: impl Future<Output = T>, other: impl Future<Output = T>) -> [T; 2] {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let (mut first, mut second) = (None, None);
    poll_fn(|context| {
        for (future, result) in [
            (one.as_mut() as Pin<&mut dyn Future<Output = T>>, &mut first),
            (other.as_mut(), &mut second),
        ] {
            if result.is_none()
                && let Poll::Ready(value) = future.poll(context)
            {
                *result = Some(value);
            }
        }
        match (first.take(), second.take()) {
            (Some(first), Some(second)) => Poll::Ready([first, second]),
            (one, other) => {
                (first, second) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}

#[wasm_bindgen_test]
async fn of_two_nets_one_goes_and_the_other_stays_right_to_the_bit() {
    run(COUNT);
    let gpu = gpu().await;
    let kept = model(16, &gpu);
    let size = [224, 160];
    let expected = scores(&kept, size, &EIGHT).await;
    tidy(&gpu);
    let before = bytes("live");
    let other = model(24, &gpu);
    let others = scores(&other, [96, 128], &EIGHT).await;
    assert_eq!(scores(&kept, size, &EIGHT).await, expected);
    assert_eq!(scores(&other, [96, 128], &EIGHT).await, others);
    tidy(&gpu);
    let weights = other.net.weight_bytes();
    assert!(bytes("live") >= before + weights / 2, "its weights count");
    drop(other);
    assert_eq!(scores(&kept, size, &EIGHT).await, expected);
    tidy(&gpu);
    // What CubeCL keeps for itself, as photos' pixels on their way.
    let after = bytes("live");
    assert!(after < before + (1 << 20), "{after} of {before}");
}

#[wasm_bindgen_test]
async fn two_nets_at_work_at_once_compute_what_each_does_alone() {
    let gpu = gpu().await;
    let nets = [8, 12].map(|width| model(width, &gpu));
    let sizes = [[160, 96], [224, 64]];
    let alone = [
        scores(&nets[0], sizes[0], &EIGHT).await,
        scores(&nets[1], sizes[1], &EIGHT).await,
    ];
    let pass = async |net: &Model, [width, height]: [usize; 2]| {
        let mut observer = Polite;
        let heads = segment::scores(net, photo(width, height), &EIGHT, &mut observer).await;
        let heads = heads.expect("scores");
        heads
            .iter()
            .map(|head| head.data().to_vec())
            .collect::<Vec<_>>()
    };
    let together = both(pass(&nets[0], sizes[0]), pass(&nets[1], sizes[1])).await;
    assert_eq!(together, alone);
}
