//! Dropout's masks, the same on every machine: a channel's fate is a hash of four whole numbers.
//!
//! Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 2014: in
//! training each activation is zeroed with probability p, and (in the inverted form, PyTorch's) the others
//! are divided by 1 − p, so that each activation's expectation is what it is in evaluation. This project's
//! training drops whole channels (`nn.Dropout2d`), as the PyTorch port of the paper's nets does; the paper's
//! Caffe nets drop single activations.
//!
//! A generator that counts (its n-th number needs no earlier one) gives a GPU's pass, a CPU's, PyTorch's
//! fixture (`tests/reference/make_dropout.py`) and the page (`www/lib/dropout.js`) the same masks.

use crate::FcnError;

/// 2³² over the golden ratio, so that small numbers don't begin as small hashes.
const GOLDEN: u32 = 0x9e37_79b9;

/// Every bit of the result depends on every bit of `x`: "lowbias32" of Wellons' hash-prospector.
fn mix(x: u32) -> u32 {
    let x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
    let x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

/// The number, 0 to 2³² − 1, that decides about a unit.
pub fn draw(seed: u32, pass: u32, layer: u32, unit: u32) -> u32 {
    let start = mix(seed.wrapping_add(GOLDEN));
    // What is mixed in differs from what it is mixed into, or seed 1 in pass 1 were seed 0 in pass 0.
    [pass, layer, unit].into_iter().fold(start, |hash, word| {
        mix(hash.wrapping_add(GOLDEN) ^ mix(word.wrapping_add(GOLDEN)))
    })
}

/// Which channels are dropped, in which pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout {
    seed: u32,
    p: f64,
}

impl Dropout {
    /// # Errors
    /// [`FcnError::InvalidInput`] for a probability that isn't from 0 to below 1: with 1 nothing is left.
    pub fn new(seed: u32, p: f64) -> Result<Self, FcnError> {
        match (0.0..1.0).contains(&p) {
            true => Ok(Self { seed, p }),
            false => Err(FcnError::invalid(format!(
                "the probability of dropping must be from 0 to below 1, not {p}"
            ))),
        }
    }

    /// What each of a layer's units is multiplied by in a pass: 0 where it is dropped, else 1 / (1 − p).
    pub fn factors(&self, pass: u32, layer: u32, units: u32) -> Vec<f32> {
        let below = self.p * 4_294_967_296.0;
        let kept = (1.0 / (1.0 - self.p)) as f32;
        let factor = |unit| match f64::from(draw(self.seed, pass, layer, unit)) < below {
            true => 0.0,
            false => kept,
        };
        (0..units).map(factor).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Fixture {
        masks: Vec<Row>,
    }

    #[derive(serde::Deserialize)]
    struct Row {
        seed: u32,
        pass: u32,
        layer: u32,
        p: f64,
        draws: Vec<u32>,
        kept: Vec<u8>,
    }

    #[test]
    fn masks_are_those_of_the_fixture() {
        let json = include_bytes!("../../tests/reference/fixtures/dropout.json");
        let fixture: Fixture = serde_json::from_slice(json).expect("rows");
        assert!(fixture.masks.len() >= 8);
        for row in fixture.masks {
            let units = row.draws.len() as u32;
            let draws = (0..units).map(|unit| draw(row.seed, row.pass, row.layer, unit));
            assert_eq!(draws.collect::<Vec<_>>(), row.draws);
            let factors = Dropout::new(row.seed, row.p).expect("a probability");
            let factors = factors.factors(row.pass, row.layer, units);
            let scale = (1.0 / (1.0 - row.p)) as f32;
            let expected = row.kept.iter().map(|kept| f32::from(*kept) * scale);
            assert_eq!(factors, expected.collect::<Vec<_>>());
        }
    }

    /// Of n draws the share below p has the deviation √(p(1 − p) / n): with 65,536, at most 0.002. Five of
    /// these are passed by chance once in 1.7 million times, and the draws never change.
    #[test]
    fn about_a_share_of_p_is_dropped_whatever_differs() {
        for p in [0.1, 0.5, 0.9] {
            let tolerance = 5.0 * (p * (1.0 - p) / 65536.0_f64).sqrt();
            let dropped = |factors: Vec<f32>| factors.iter().filter(|&&f| f == 0.0).count();
            let over_units = dropped(Dropout::new(7, p).expect("p").factors(3, 1, 65536));
            let of_seed = |seed| dropped(Dropout::new(seed, p).expect("p").factors(0, 0, 1));
            let of_pass = |pass| dropped(Dropout::new(7, p).expect("p").factors(pass, 0, 1));
            let over_seeds: usize = (0..65536).map(of_seed).sum();
            let over_passes: usize = (0..65536).map(of_pass).sum();
            for count in [over_units, over_seeds, over_passes] {
                let share = count as f64 / 65536.0;
                assert!((share - p).abs() < tolerance, "{share} of {p}");
            }
        }
    }

    /// Masks of two seeds, passes, layers and of neighbours agree as often as independent ones: half the time.
    #[test]
    fn masks_do_not_repeat_one_another() {
        let half = |seed, pass, layer| {
            let dropout = Dropout::new(seed, 0.5).expect("p");
            dropout.factors(pass, layer, 65536)
        };
        let first = half(1, 0, 0);
        let mut turned = first.clone();
        turned.rotate_left(1);
        let others = [[1, 1, 0], [1, 0, 1], [0, 1, 0], [0, 0, 0], [2, 1, 0]];
        let others = others.map(|[seed, pass, layer]| half(seed, pass, layer));
        let diagonal = half(0, 0, 0) == half(1, 1, 0) || half(2, 5, 1) == half(5, 2, 1);
        assert!(!diagonal, "two words cancel out");
        for other in others.into_iter().chain([turned]) {
            let same = first.iter().zip(&other).filter(|(a, b)| a == b).count();
            assert!((same as f64 / 65536.0 - 0.5).abs() < 0.01, "{same}");
        }
    }

    #[test]
    fn probabilities_that_leave_nothing_are_refused() {
        for p in [-0.1, 1.0, 2.0, f64::NAN, f64::INFINITY] {
            assert_eq!(
                Dropout::new(1, p).map_err(|e| e.code()),
                Err("invalid_input")
            );
        }
        assert_eq!(
            Dropout::new(1, 0.0).expect("p").factors(0, 0, 3),
            [1.0, 1.0, 1.0]
        );
    }
}
