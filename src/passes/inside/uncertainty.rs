//! Where a net is unsure: many passes with dropout left on, their mean and their spread.
//!
//! Gal & Ghahramani, "Dropout as a Bayesian Approximation", ICML 2016 (arXiv 1506.02142): each pass drops
//! other channels, and where the passes disagree the net is unsure. Nothing before the first dropout
//! depends on the masks, so the backbone and fc6 run once, when the photo's pass is opened; each pass is fc7,
//! the scores and the tail. Agrees with PyTorch's numbers of `tests/reference/make_dropout.py`, which drops
//! the same channels.

use burn::tensor::{Tensor, TensorData};

use super::{Opened, last};
use crate::FcnError;
use crate::models::dropout::Dropout;
use crate::models::observer::Observer;
use crate::models::{Model, Variant};
use crate::passes::segment::read_scores;

/// The most passes.
pub const MAX_PASSES: u32 = 1000;

/// The most numbers, pixels times classes, of which two of each are held: 256 MiB.
const MAX_NUMBERS: usize = 1 << 25;

/// How the passes are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Undecided {
    /// The head.
    pub variant: Variant,
    /// How many passes, 1 to [`MAX_PASSES`].
    pub passes: u32,
    /// The same seed gives the same masks on every device.
    pub seed: u32,
    /// The probability that a channel is dropped, from 0 to below 1.
    pub p: f64,
}

/// What the passes say together, at the working size: each list is `[height, width]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncertainty {
    /// Pixels.
    pub width: usize,
    /// Pixels.
    pub height: usize,
    /// The class of the largest mean probability, the first of equals.
    pub labels: Vec<u8>,
    /// That class' mean probability over the passes, 0–1. Probabilities are the softmax of a pass's scores.
    pub mean: Vec<f32>,
    /// That class' standard deviation over the passes (the root of the mean squared distance from the mean),
    /// 0–0.5; with one pass, or nothing dropped, exactly 0.
    pub spread: Vec<f32>,
    /// Entropy of the mean probabilities of all classes, in nats: 0 to the logarithm of their number.
    pub entropy: Vec<f32>,
}

/// Makes sure that a net has what is dropped out.
///
/// # Errors
/// [`FcnError::NoDropout`] for a net without fc6 and fc7; [`FcnError::InvalidInput`] for a number of passes or
/// a probability that won't do; [`FcnError::UnknownVariant`].
pub fn check_uncertainty(model: &Model, how: &Undecided) -> Result<Dropout, FcnError> {
    let net = &model.net;
    if !net.is_dense() || net.layers.dropped().is_empty() {
        let architecture = net.architecture.name;
        return Err(FcnError::NoDropout { architecture });
    }
    if !(1..=MAX_PASSES).contains(&how.passes) {
        return Err(FcnError::invalid(format!(
            "the number of passes must be from 1 to {MAX_PASSES}, not {}",
            how.passes
        )));
    }
    model.variant(how.variant.name())?;
    Dropout::new(how.seed, how.p)
}

impl Opened {
    /// Passes with dropout, from the first layer that is dropped out on. After each the observer is told of
    /// its scores, and may end them.
    ///
    /// # Errors
    /// As [`check_uncertainty`]; [`FcnError::InvalidInput`] for a photo too large for its classes;
    /// [`FcnError::NotFinite`], [`FcnError::Gpu`], or the observer's.
    pub async fn uncertainty(
        &self,
        how: &Undecided,
        observer: &mut dyn Observer,
    ) -> Result<Uncertainty, FcnError> {
        let dropout = check_uncertainty(&self.model, how)?;
        let tail = self.tail_of(how.variant)?;
        let classes = self.shape(tail.scores)?.channels;
        let (width, height) = self.size;
        let numbers = width.saturating_mul(height).saturating_mul(classes);
        if numbers > MAX_NUMBERS {
            let reason = format!(
                "{classes} classes of {width}×{height} pixels are more than fits; choose a smaller size"
            );
            return Err(FcnError::invalid(reason).told("input.memory", []));
        }
        let dropped = self.model.net.layers.dropped();
        let Some(first) = dropped.first() else {
            return Err(FcnError::invalid("a net without what is dropped out"));
        };
        let start = self.map(first).await?; // [1, fc, h/32, w/32]
        let mut skips = Vec::new();
        for stage in tail.stages().into_iter().skip(1) {
            skips.push(self.map(stage).await?);
        }
        let gains = vec![1.0; skips.len()];
        let [_, _, h, w] = self.input.dims();
        let mut moments = Moments::new(numbers, classes);
        for pass in 0..how.passes {
            let mut x = start.clone();
            let next = dropped.iter().skip(1).chain([&tail.scores]);
            for (layer, stage) in (0..).zip(next) {
                x = self.drop_out(x, dropout, [pass, layer]);
                let convolution = self.model.net.layers.convolution(stage);
                let convolution = convolution.ok_or_else(|| super::no_stage(stage))?;
                x = convolution.run(x);
            }
            let maps = std::iter::once(x).chain(skips.iter().cloned());
            let scores = last(&tail.run(maps.collect(), &gains, [h, w])?)?;
            let read = read_scores(scores.clone(), width, height).await?;
            moments.add(&read.turned());
            observer.stage(tail.end(), &scores).await?;
        }
        Ok(moments.told(width, height))
    }

    /// Drops some of a map's channels.
    fn drop_out(&self, x: Tensor<4>, dropout: Dropout, [pass, layer]: [u32; 2]) -> Tensor<4> {
        let [_, channels, _, _] = x.dims();
        let units = u32::try_from(channels).unwrap_or(u32::MAX);
        let factors = dropout.factors(pass, layer, units);
        let factors = TensorData::new(factors, [1, channels, 1, 1]);
        x * Tensor::from_data(factors, &self.model.device)
    }
}

/// Mean and squared distances from it, of every class' probability at every pixel (Welford, 1962: each
/// value is added by itself, and equal ones give distances of exactly 0).
struct Moments {
    classes: usize,
    count: u32,
    /// `[height, width, classes]`, as are the next.
    mean: Vec<f32>,
    squares: Vec<f32>,
}

impl Moments {
    fn new(numbers: usize, classes: usize) -> Self {
        Self {
            classes,
            count: 0,
            mean: vec![0.0; numbers],
            squares: vec![0.0; numbers],
        }
    }

    /// Adds a pass, by its scores `[height, width, classes]`.
    fn add(&mut self, scores: &[f32]) {
        self.count += 1;
        let share = 1.0 / self.count as f32;
        let mut now = vec![0.0; self.classes];
        for ((scores, mean), squares) in scores
            .chunks_exact(self.classes)
            .zip(self.mean.chunks_exact_mut(self.classes))
            .zip(self.squares.chunks_exact_mut(self.classes))
        {
            softmax(scores, &mut now);
            for ((value, mean), squares) in now.iter().zip(mean).zip(squares) {
                let distance = value - *mean;
                *mean += distance * share;
                *squares += distance * (value - *mean);
            }
        }
    }

    fn told(self, width: usize, height: usize) -> Uncertainty {
        let pixels = width * height;
        let mut told = Uncertainty {
            width,
            height,
            labels: Vec::with_capacity(pixels),
            mean: Vec::with_capacity(pixels),
            spread: Vec::with_capacity(pixels),
            entropy: Vec::with_capacity(pixels),
        };
        let means = self.mean.chunks_exact(self.classes);
        for (means, squares) in means.zip(self.squares.chunks_exact(self.classes)) {
            let mut best = (0, 0.0, 0.0);
            for ((class, &mean), &squares) in (0u8..=255).zip(means).zip(squares) {
                if mean > best.1 {
                    best = (class, mean, squares);
                }
            }
            let (label, mean, squares) = best;
            let entropy = means.iter().filter(|mean| **mean > 0.0);
            let entropy: f32 = entropy.map(|mean| -mean * mean.ln()).sum();
            told.labels.push(label);
            told.mean.push(mean);
            told.spread
                .push((squares / self.count.max(1) as f32).max(0.0).sqrt());
            told.entropy.push(entropy.max(0.0));
        }
        told
    }
}

/// Scores as probabilities.
fn softmax(scores: &[f32], into: &mut [f32]) {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for (value, score) in into.iter_mut().zip(scores) {
        *value = (score - most).exp();
        sum += *value;
    }
    for value in into.iter_mut() {
        *value /= sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_the_mean_and_the_deviation_of_the_largest_means_class() {
        // Of one pixel: probabilities 1/4 and 3/4, then twice a half each.
        let passes = [[0.0, 3.0_f32.ln()], [1.0, 1.0], [0.0, 0.0]];
        let mut moments = Moments::new(2, 2);
        for scores in passes {
            moments.add(&scores);
        }
        let told = moments.told(1, 1);
        let values = [0.75, 0.5, 0.5];
        let mean = values.iter().sum::<f64>() / 3.0;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / 3.0;
        assert_eq!(told.labels, [1]);
        assert!((f64::from(told.mean[0]) - mean).abs() < 1e-6);
        assert!((f64::from(told.spread[0]) - variance.sqrt()).abs() < 1e-6);
        let entropy = -mean * mean.ln() - (1.0 - mean) * (1.0 - mean).ln();
        assert!((f64::from(told.entropy[0]) - entropy).abs() < 1e-6);
    }

    #[test]
    fn equal_passes_have_no_spread_at_all() {
        let mut moments = Moments::new(3, 3);
        for _ in 0..7 {
            moments.add(&[0.1, -2.3, 88.0]);
        }
        let told = moments.told(1, 1);
        assert_eq!(told.spread, [0.0]);
        assert_eq!(told.labels, [2]);
    }

    #[test]
    fn scores_of_any_size_become_probabilities() {
        let mut into = [0.0; 3];
        softmax(&[1e30, 1e30, -1e30], &mut into);
        assert_eq!(into, [0.5, 0.5, 0.0]);
    }
}
