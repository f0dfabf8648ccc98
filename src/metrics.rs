//! How well a label map agrees with the truth: confusion matrix, pixel and mean accuracy, IoU.
//!
//! Long, Shelhamer & Darrell, CVPR 2015, section 5; agrees with the authors' `score.py` and with
//! scikit-learn's `accuracy_score`, `balanced_accuracy_score` and `jaccard_score` (see
//! `tests/reference/make_metrics.py`). n_ij are the pixels of class i that were labelled j,
//! t_i = Σ_j n_ij the pixels of class i.

use crate::FcnError;
use crate::labels::MAX_CLASSES;

/// The value in a truth map that means "not labelled": such pixels don't count.
pub const IGNORE: u8 = 255;

/// A confusion matrix: rows are the truth, columns the prediction. Counts pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    classes: usize,
    /// Row-major `[classes, classes]`.
    counts: Vec<u64>,
}

impl Confusion {
    /// An empty matrix.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for no class, or more than 255 (255 means "not labelled").
    pub fn new(classes: usize) -> Result<Self, FcnError> {
        if classes == 0 || classes >= MAX_CLASSES {
            return Err(FcnError::invalid(format!(
                "a confusion matrix needs 1 to {} classes, not {classes}",
                MAX_CLASSES - 1
            )));
        }
        Ok(Self {
            classes,
            counts: vec![0; classes * classes],
        })
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The counts, row-major `[classes, classes]`.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Counts the pixels of one picture; where the truth is [`IGNORE`] they are left out.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for maps of different lengths, or a value that is no class, with
    /// its place; nothing is counted then.
    pub fn add(&mut self, truth: &[u8], prediction: &[u8]) -> Result<(), FcnError> {
        if truth.len() != prediction.len() {
            return Err(FcnError::invalid(format!(
                "the truth has {} pixels, the prediction {}",
                truth.len(),
                prediction.len()
            )));
        }
        let mut fresh = vec![0u64; self.counts.len()];
        for (at, (&row, &column)) in truth.iter().zip(prediction).enumerate() {
            if row == IGNORE {
                continue;
            }
            let (row, column) = (usize::from(row), usize::from(column));
            if row >= self.classes || column >= self.classes {
                let (whose, value) = match row >= self.classes {
                    true => ("truth", row),
                    false => ("prediction", column),
                };
                return Err(FcnError::invalid(format!(
                    "pixel {at} of the {whose} is {value}; there are {} classes",
                    self.classes
                )));
            }
            if let Some(count) = fresh.get_mut(row * self.classes + column) {
                *count += 1;
            }
        }
        for (count, more) in self.counts.iter_mut().zip(fresh) {
            *count += more;
        }
        Ok(())
    }

    fn rows(&self) -> impl Iterator<Item = &[u64]> {
        self.counts.chunks_exact(self.classes)
    }

    /// n_ii, by class.
    fn hits(&self) -> Vec<u64> {
        let diagonal = self.counts.iter().step_by(self.classes + 1);
        diagonal.copied().collect()
    }

    /// t_i: pixels of each class in the truth.
    pub fn truth(&self) -> Vec<u64> {
        self.rows().map(|row| row.iter().sum()).collect()
    }

    /// Pixels that were labelled as each class.
    pub fn predicted(&self) -> Vec<u64> {
        let mut sums = vec![0; self.classes];
        for row in self.rows() {
            for (sum, count) in sums.iter_mut().zip(row) {
                *sum += count;
            }
        }
        sums
    }

    /// Σ n_ii / Σ t_i; `None` where nothing is labelled.
    pub fn pixel_accuracy(&self) -> Option<f64> {
        ratio(self.hits().iter().sum(), self.counts.iter().sum())
    }

    /// The mean of n_ii / t_i over the classes that occur in the truth; `None` where none does.
    pub fn mean_accuracy(&self) -> Option<f64> {
        let truth = self.truth();
        let each = self.hits().into_iter().zip(truth);
        mean(each.filter_map(|(hit, all)| ratio(hit, all)))
    }

    /// n_ii / (t_i + Σ_j n_ji − n_ii) by class; `None` for a class that occurs neither in the truth
    /// nor in the prediction.
    pub fn iou(&self) -> Vec<Option<f64>> {
        let sides = self.truth().into_iter().zip(self.predicted());
        let each = self.hits().into_iter().zip(sides);
        each.map(|(hit, (truth, predicted))| ratio(hit, truth + predicted - hit))
            .collect()
    }

    /// The mean of [`Self::iou`] over the classes that occur; `None` where none does.
    pub fn mean_iou(&self) -> Option<f64> {
        mean(self.iou().into_iter().flatten())
    }

    /// Σ t_i · IoU_i / Σ t_i; `None` where nothing is labelled.
    pub fn frequency_weighted_iou(&self) -> Option<f64> {
        let truth = self.truth();
        let all: u64 = truth.iter().sum();
        let each = truth.into_iter().zip(self.iou());
        let sum: f64 = each.filter_map(|(t, iou)| Some(t as f64 * iou?)).sum();
        (all > 0).then(|| sum / all as f64)
    }
}

fn ratio(part: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| part as f64 / all as f64)
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninety_percent_of_the_pixels_can_be_less_than_half_of_the_classes() {
        // 95 pixels of road, all found; 5 of person, all called road.
        let truth: Vec<u8> = [vec![0; 95], vec![1; 5]].concat();
        let mut matrix = Confusion::new(2).expect("two classes");
        matrix.add(&truth, &[0; 100]).expect("counted");
        assert_eq!(matrix.pixel_accuracy(), Some(0.95));
        assert_eq!(matrix.mean_accuracy(), Some(0.5));
        assert_eq!(matrix.iou(), [Some(0.95), Some(0.0)]);
        assert_eq!(matrix.mean_iou(), Some(0.475));
        assert_eq!(matrix.frequency_weighted_iou(), Some(0.9025));
    }

    #[test]
    fn a_class_absent_from_both_is_left_out_and_one_only_predicted_counts_as_zero() {
        let mut matrix = Confusion::new(4).expect("four classes");
        matrix
            .add(&[0, 0, 2, IGNORE], &[0, 1, 2, 3])
            .expect("counted");
        assert_eq!(matrix.iou(), [Some(0.5), Some(0.0), Some(1.0), None]);
        assert_eq!(matrix.mean_iou(), Some(0.5));
        assert_eq!(matrix.mean_accuracy(), Some(0.75));
    }

    #[test]
    fn nothing_labelled_has_no_score() {
        let mut matrix = Confusion::new(2).expect("two classes");
        matrix
            .add(&[IGNORE; 3], &[0, 1, 7])
            .expect("nothing to count");
        assert_eq!(matrix.pixel_accuracy(), None);
        assert_eq!(matrix.mean_accuracy(), None);
        assert_eq!(matrix.mean_iou(), None);
        assert_eq!(matrix.frequency_weighted_iou(), None);
    }

    #[test]
    fn a_value_that_is_no_class_is_an_error_and_counts_nothing() {
        let mut matrix = Confusion::new(2).expect("two classes");
        let error = matrix.add(&[0, 1, 2], &[0, 0, 0]).expect_err("no class 2");
        assert!(error.to_string().contains("pixel 2 of the truth is 2"));
        let error = matrix.add(&[0, 1], &[0, 9]).expect_err("no class 9");
        assert!(error.to_string().contains("pixel 1 of the prediction is 9"));
        assert!(matrix.add(&[0], &[0, 0]).is_err());
        assert_eq!(matrix.counts(), [0; 4]);
        assert!(Confusion::new(0).is_err());
        assert!(Confusion::new(256).is_err());
        assert!(Confusion::new(255).is_ok());
    }

    proptest::proptest! {
        #[test]
        fn pictures_counted_one_by_one_are_one_large_picture(
            pixels in proptest::collection::vec((0u8..6, 0u8..5), 0..300), cut in 0usize..300,
        ) {
            let unlabelled = |t: u8| if t == 5 { IGNORE } else { t };
            let truth: Vec<u8> = pixels.iter().map(|&(t, _)| unlabelled(t)).collect();
            let guess: Vec<u8> = pixels.iter().map(|&(_, p)| p).collect();
            let cut = cut.min(truth.len());
            let mut whole = Confusion::new(5).expect("five classes");
            whole.add(&truth, &guess).expect("counted");
            let mut parts = Confusion::new(5).expect("five classes");
            parts.add(&truth[..cut], &guess[..cut]).expect("counted");
            parts.add(&truth[cut..], &guess[cut..]).expect("counted");
            proptest::prop_assert_eq!(&whole, &parts);
            let (Some(pixel), Some(mean), Some(weighted)) =
                (whole.pixel_accuracy(), whole.mean_iou(), whole.frequency_weighted_iou())
            else {
                return Ok(());
            };
            for score in [pixel, mean, weighted] {
                proptest::prop_assert!((0.0..=1.0).contains(&score));
            }
            // A union is never smaller than the truth, so no IoU exceeds its class's accuracy.
            proptest::prop_assert!(weighted <= pixel + 1e-12);
        }
    }
}
