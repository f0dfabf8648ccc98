//! A photo's pass, opened: what is asked of it is held to the pass itself, on any device.

use std::rc::Rc;

use burn::tensor::Device;
use fcn_lab::models::Model;
use fcn_lab::models::observer::Unobserved;
use fcn_lab::models::shapes::Kind;
use fcn_lab::passes::inside::{Opened, open};
use fcn_lab::passes::{maps, segment};

use super::nets::picture;
use super::{Net, noise, photo};

/// Height and width: odd, so that photos are padded, and large enough for a classifier.
pub const SIZE: [usize; 2] = [225, 261];

/// A net with a photo's pass.
pub async fn opened(net: &Net, device: &Device, [h, w]: [usize; 2]) -> (Rc<Model>, Opened) {
    let model = Rc::new(net.load(device));
    let picture = photo(&[h, w, 3], &picture(h, w));
    let pass = open(&model, picture, &mut Unobserved).await;
    let pass = pass.unwrap_or_else(|error| panic!("{}: {error}", net.name));
    (model, pass)
}

/// Whole numbers below `below`, the same for the same seed.
fn numbers(seed: u32, below: usize, count: usize) -> Vec<usize> {
    let noise = noise(seed, count);
    let index = |value: &f32| ((value.abs() * 1e6) as usize) % below;
    noise.iter().map(index).collect()
}

fn largest(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |most, value| most.max(value.abs()))
}

/// With all of every skip, the tail gives the pass's own scores to the last bit; with less, others.
pub async fn assert_tails_are_the_passes(net: &Net, device: &Device) {
    let [h, w] = SIZE;
    let (model, pass) = opened(net, device, SIZE).await;
    for &variant in &model.net.variants {
        let picture = photo(&[h, w, 3], &picture(h, w));
        let mut observer = Unobserved;
        let variants = [variant];
        let own = segment::scores(&model, picture, &variants, &mut observer);
        let own = own.await.expect("scores");
        let again = pass.tail(variant, [1.0, 1.0]).await.expect("scores");
        let name = format!("{} {}", net.name, variant.name());
        // Read by itself first: on a GPU the others stay there.
        let class = own[0].dims().2 - 1;
        let alone = again.channel(class).await.expect("a class");
        let all = own[0].data().iter().skip(class);
        let of_it: Vec<f32> = all.step_by(class + 1).copied().collect();
        assert_eq!(alone, of_it, "{name}");
        assert!(again.channel(class + 1).await.is_err());
        assert_eq!(
            again.read().await.expect("read").data(),
            own[0].data(),
            "{name}"
        );
        let names = pass.tail_maps(0).await.expect("maps");
        let names: Vec<_> = names.iter().map(|map| map.name.as_str()).collect();
        let stages = model.net.stages(&[variant]);
        assert!(names.iter().all(|name| stages.contains(name)), "{names:?}");
        assert_eq!(names.last(), stages.last());
        let skips = model
            .net
            .layers
            .tail(variant)
            .expect("a tail")
            .stages()
            .len()
            - 1;
        for (gains, skip) in [([0.0, 1.0], 0), ([1.0, 0.5], 1)] {
            let less = pass.tail(variant, gains).await.expect("scores");
            let differs = less.read().await.expect("read").data() != own[0].data();
            assert_eq!(differs, skip < skips, "{name} {gains:?}");
        }
    }
}

/// A pixel's score is the sum of its cells' shares, of its parts' channels and biases, and, with the skips
/// scaled, of the scaled parts: each within rounding of f32, at most 10⁻⁵ of the largest score.
pub async fn assert_scores_are_sums(net: &Net, device: &Device) {
    let [h, w] = SIZE;
    let (model, pass) = opened(net, device, SIZE).await;
    let classes = model.manifest.config.classes;
    let is_dense = model.net.is_dense();
    for (seed, &variant) in (1..).zip(&model.net.variants) {
        let stages = model.net.stages(&[variant]);
        let last = vec![stages.last().expect("a stage").to_string()];
        let picture = photo(&[h, w, 3], &picture(h, w));
        let all = maps::maps(&model, picture, &last, &mut Unobserved)
            .await
            .expect("maps");
        let (rows, columns) = (all[0].shape[1], all[0].shape[2]);
        let tolerance = 1e-5 * f64::from(largest(&all[0].values));
        let (gains, scaled) = match is_dense {
            true => {
                let gains = [0.25, 0.75];
                let scaled = pass.tail(variant, gains).await.expect("scores");
                (gains, scaled.read().await.expect("read").data().to_vec())
            }
            false => ([1.0; 2], Vec::new()),
        };
        let (xs, ys) = (numbers(seed, w, 12), numbers(seed + 50, h, 12));
        // The corners, where stamps are cut off, too.
        let pixels = xs.into_iter().zip(ys).chain([(0, 0), (w - 1, h - 1)]);
        for ((x, y), class) in pixels.zip(numbers(seed + 99, classes, 14)) {
            let found = pass.autopsy(variant, class, [x, y]).await.expect("shares");
            let name = format!("{} {} ({x}, {y}) class {class}", net.name, variant.name());
            let own = match is_dense {
                true => all[0].values[(class * rows + y) * columns + x],
                // 225×261 pixels have one row of windows and two columns, 32 pixels apart.
                false => {
                    assert_eq!((rows, columns), (1, 2));
                    let column = usize::from(x as f64 - 111.5 >= 16.0);
                    all[0].values[class * columns + column]
                }
            };
            assert_eq!(found.score, f64::from(own), "{name}");
            assert_eq!(Some(found.stage.as_str()), stages.last().copied(), "{name}");
            let close = |sum: f64, what: &str| {
                let difference = (sum - f64::from(own)).abs();
                assert!(
                    difference <= tolerance,
                    "{name}: {what} {sum}, the score is {own}"
                );
            };
            close(found.sum, "shares sum to");
            let mut deeper = found.bias;
            for part in &found.parts {
                let cells: f64 = part.cells.iter().map(|cell| cell.share).sum();
                close(found.sum - part.share + cells, "cells sum to");
                deeper += part.bias + part.channels.iter().sum::<f64>();
            }
            close(deeper, "biases and channels sum to");
            if is_dense {
                let gains = [1.0, gains[0], gains[1]].map(f64::from);
                let parts = found.parts.iter().zip(gains);
                let sum: f64 = parts.map(|(part, gain)| gain * part.share).sum();
                let score = f64::from(scaled[(y * w + x) * classes + class]);
                assert!(
                    (sum - score).abs() <= tolerance,
                    "{name}: {sum}, scaled {score}"
                );
            }
        }
    }
}

/// Cells of every stage that one layer makes are its sums over windows or places, or a window's largest value.
pub async fn assert_cells_are_made_so(net: &Net, device: &Device, needed: &[Kind]) {
    let (model, pass) = opened(net, device, SIZE).await;
    let mut seen = 0;
    let mut kinds = Vec::new();
    for (seed, shape) in (1..).zip(pass.shapes()) {
        let stage = shape.stage;
        let (Some(layer), convolution) = (shape.layer, model.net.layers.convolution(stage)) else {
            continue;
        };
        if layer.kind == Kind::Conv && convolution.is_none() {
            continue;
        }
        seen += 1;
        kinds.push(layer.kind);
        let map = pass
            .channel(stage, shape.channels - 1)
            .await
            .expect("a map");
        let tolerance = 1e-5 * f64::from(largest(&map.values)).max(1e-3);
        let rows = numbers(seed, shape.rows, 4)
            .into_iter()
            .chain([0, shape.rows - 1]);
        let columns = numbers(seed + 70, shape.columns, 4)
            .into_iter()
            .chain([0, shape.columns - 1]);
        for (row, column) in rows.zip(columns) {
            let made = pass
                .made(stage, shape.channels - 1, [row, column])
                .await
                .expect("made");
            let expected = match made.facts.activation {
                "relu" => made.facts.sum.max(0.0),
                "relu6" => made.facts.sum.clamp(0.0, 6.0),
                "hardswish" => made.facts.sum * (made.facts.sum + 3.0).clamp(0.0, 6.0) / 6.0,
                _ => made.facts.sum,
            };
            let value = f64::from(map.values[row * shape.columns + column]);
            let name = format!("{} {stage} ({row}, {column})", net.name);
            assert_eq!(made.facts.value, value, "{name}");
            let input = pass.shapes().iter().find(|each| each.stage == layer.input);
            assert_eq!(input.map(|of| [of.rows, of.columns]), Some(made.facts.size));
            assert!(
                (expected - value).abs() <= tolerance,
                "{name}: {expected}, not {value}"
            );
            // What is written out is that sum, and from where it says.
            if made.facts.places.is_empty() {
                continue;
            }
            let products = made.window.iter().zip(&made.kernel);
            let sum: f64 = products.map(|(x, w)| f64::from(x * w)).sum();
            assert!(
                (sum - value).abs() <= tolerance,
                "{name}: {sum}, not {value}"
            );
            let many = made.facts.places.len();
            assert_eq!(made.window.len(), many * made.facts.channels, "{name}");
            for (i, place) in made.facts.places.iter().enumerate() {
                let channel = match made.facts.channels {
                    1 => shape.channels - 1,
                    _ => 0,
                };
                let of = pass.channel(place.stage, channel).await.expect("a map");
                let value = of.values[place.row * of.shape[2] + place.column];
                assert_eq!(made.window[i], value, "{name} {place:?}");
            }
        }
    }
    assert!(seen >= 4, "{}: {seen} stages", net.name);
    for kind in needed {
        assert!(
            kinds.contains(kind),
            "{}: no {kind:?} in {kinds:?}",
            net.name
        );
    }
}
