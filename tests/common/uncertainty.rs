//! Passes with dropout, held to PyTorch's with the same masks, on any device.

use std::future::ready;
use std::rc::Rc;

use burn::tensor::{Device, Tensor};
use fcn_lab::FcnError;
use fcn_lab::models::Model;
use fcn_lab::models::observer::{Answer, Observer, Unobserved};
use fcn_lab::passes::inside::{Opened, Undecided, open};
use serde::Deserialize;

use super::nets::{EFFICIENTNET, REFERENCE};
use super::{Fixture, NETS, Net, photo};

/// Largest |Δ| of a probability, its spread or an entropy. Scores agree within 10⁻⁴ of the largest
/// (`TOLERANCE`), by far the most within 10⁻⁶, which of scores of order 10 is 10⁻⁵; the softmax's slope is
/// at most 1/4, an entropy's a few times that. A wrong mask changes these by tenths.
const CLOSE: f32 = 1e-4;

#[derive(Deserialize)]
struct Facts {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    net: String,
    variant: String,
    passes: u32,
    seed: u32,
    p: f64,
}

fn fixture() -> Fixture {
    Fixture::parse(include_bytes!(
        "../reference/fixtures/dropout.cases.safetensors"
    ))
}

/// A net with the fixture's picture opened.
pub async fn opened(net: &Net, device: &Device) -> (Rc<Model>, Opened) {
    let model = Rc::new(net.load(device));
    let (shape, rgb) = fixture().u8("image");
    let pass = open(&model, photo(&shape, &rgb), &mut Unobserved).await;
    (model, pass.expect("a pass"))
}

/// Mean, spread and entropy are PyTorch's; labels are where they are not a matter of rounding.
pub async fn assert_passes_are_pytorchs(device: &Device) {
    let json = include_bytes!("../reference/fixtures/dropout.json");
    let facts: Facts = serde_json::from_slice(json).expect("facts");
    assert_eq!(facts.cases.len(), 4);
    for case in facts.cases {
        let net = [&NETS[0], &EFFICIENTNET, &REFERENCE[0]];
        let net = net.into_iter().find(|net| net.name == case.net);
        let (model, pass) = opened(net.expect("a net"), device).await;
        let how = Undecided {
            variant: model.variant(&case.variant).expect("a head"),
            passes: case.passes,
            seed: case.seed,
            p: case.p,
        };
        let found = pass.uncertainty(&how, &mut Unobserved).await;
        let found = found.expect("an uncertainty");
        let key = format!("{}.{}", case.net, case.variant);
        let expected = |what: &str| fixture().f32(&format!("{key}.{what}"));
        assert_eq!(expected("mean").0, [found.height, found.width]);
        let (_, labels) = fixture().u8(&format!("{key}.labels"));
        let (_, margin) = expected("margin");
        let is_clear = |pixel: &usize| margin[*pixel] > 2.0 * CLOSE;
        let clear: Vec<usize> = (0..labels.len()).filter(is_clear).collect();
        assert!(
            clear.len() * 100 > labels.len() * 99,
            "{key} is a matter of rounding"
        );
        for (what, got) in [
            ("mean", &found.mean),
            ("spread", &found.spread),
            ("entropy", &found.entropy),
        ] {
            let (_, want) = expected(what);
            for &pixel in &clear {
                let difference = (got[pixel] - want[pixel]).abs();
                assert!(
                    difference <= CLOSE,
                    "{key}.{what}[{pixel}]: {}, PyTorch has {}",
                    got[pixel],
                    want[pixel]
                );
            }
        }
        for &pixel in &clear {
            assert_eq!(found.labels[pixel], labels[pixel], "{key}[{pixel}]");
        }
        // Another seed drops other channels.
        let other = Undecided {
            seed: how.seed + 1,
            ..how
        };
        let other = pass.uncertainty(&other, &mut Unobserved).await;
        assert_ne!(other.expect("an uncertainty").mean, found.mean, "{key}");
        let again = pass.uncertainty(&how, &mut Unobserved).await;
        assert_eq!(again.expect("an uncertainty"), found, "{key}");
    }
}

/// With nothing dropped all passes are the net's own: its probabilities to the last bit, and no spread at all.
pub async fn assert_nothing_dropped_is_the_plain_pass(device: &Device) {
    for net in [&NETS[0], &EFFICIENTNET, &REFERENCE[0], &REFERENCE[2]] {
        let (model, pass) = opened(net, device).await;
        for &variant in &model.net.variants {
            let how = Undecided {
                variant,
                passes: 5,
                seed: 1,
                p: 0.0,
            };
            let found = pass.uncertainty(&how, &mut Unobserved).await;
            let found = found.expect("an uncertainty");
            let name = format!("{} {}", net.name, variant.name());
            assert!(found.spread.iter().all(|spread| *spread == 0.0), "{name}");
            let plain = pass.tail(variant, [1.0, 1.0]).await.expect("scores");
            let scores = plain.read().await.expect("read");
            let (_, _, classes) = scores.dims();
            let pixels = scores.data().chunks_exact(classes);
            for (pixel, scores) in pixels.enumerate() {
                let most = scores.iter().copied().fold(f32::MIN, f32::max);
                let parts = scores.iter().map(|score| (score - most).exp());
                let largest = 1.0 / parts.sum::<f32>();
                assert_eq!(found.mean[pixel], largest, "{name} {pixel}");
                let label = usize::from(found.labels[pixel]);
                assert_eq!(scores[label], most, "{name} {pixel}");
            }
        }
    }
}

/// Ends after so many passes.
struct Few(u32, u32);

impl Observer for Few {
    fn stage<'a>(&'a mut self, _: &'static str, _: &'a Tensor<4>) -> Answer<'a> {
        self.1 += 1;
        let ends = self.1 == self.0;
        Box::pin(ready(match ends {
            true => Err(FcnError::Aborted),
            false => Ok(()),
        }))
    }
}

/// Each pass is told of, and may be the last.
pub async fn assert_passes_can_be_given_up(device: &Device) {
    let (model, pass) = opened(&NETS[0], device).await;
    let how = Undecided {
        variant: model.net.variants[0],
        passes: 6,
        seed: 1,
        p: 0.5,
    };
    let mut all = Few(99, 0);
    pass.uncertainty(&how, &mut all)
        .await
        .expect("an uncertainty");
    assert_eq!(all.1, 6);
    let mut few = Few(2, 0);
    let given_up = pass.uncertainty(&how, &mut few).await;
    assert_eq!(given_up.map_err(|error| error.code()), Err("aborted"));
    assert_eq!(few.1, 2);
}
