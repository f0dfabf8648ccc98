//! Scores become a label map: interpolated to the photo's size, then the largest wins.
//!
//! Interpolating scores (bilinear, `align_corners=False`) before the argmax keeps edges smooth
//! where enlarging the label map would make blocks. Work is done in strips of rows, so that a mask
//! of 100 megapixels never needs 100 megapixels of scores.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::FcnError;

/// Class scores at the working size.
#[derive(Debug, Clone)]
pub struct Scores {
    width: usize,
    height: usize,
    channels: usize,
    numbers: Vec<f32>,
    layout: Layout,
    /// The numbers channel last, where they lie otherwise and somebody asked.
    turned: OnceLock<Vec<f32>>,
    /// The winning channel at each pixel.
    winners: Vec<u8>,
}

/// How scores lie in memory: numbers from one to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Layout {
    channel: usize,
    column: usize,
    row: usize,
}

/// Where an output position falls between two input positions.
#[derive(Debug, Clone, Copy)]
struct Tap {
    low: usize,
    high: usize,
    /// Weight of `high`, 0–1; `low` has the rest.
    fraction: f32,
}

/// Pixels whose channels are compared at a time.
const SIDE_BY_SIDE: usize = 16;

fn tap(position: usize, input: usize, output: usize) -> Tap {
    let source = (position as f64 + 0.5) * input as f64 / output as f64 - 0.5;
    let source = source.clamp(0.0, (input - 1) as f64);
    let low = source as usize;
    let fraction = (source - low as f64) as f32;
    // A position on a pixel has no other neighbour.
    let high = low + usize::from(fraction > 0.0);
    let high = high.min(input - 1);
    Tap {
        low,
        high,
        fraction,
    }
}

/// Where a strip of a mask of rows and columns ends.
///
/// # Errors
/// [`FcnError::InvalidInput`] when it isn't within the mask.
pub(crate) fn end_of_strip(
    [height, width]: [usize; 2],
    first_row: usize,
    rows: usize,
) -> Result<usize, FcnError> {
    let last = first_row.checked_add(rows).filter(|&last| last <= height);
    last.filter(|_| width > 0).ok_or_else(|| {
        FcnError::invalid(format!(
            "rows {first_row} + {rows} are not within a {width}×{height} mask"
        ))
    })
}

/// Whatever the layout.
impl PartialEq for Scores {
    fn eq(&self, other: &Self) -> bool {
        self.dims() == other.dims() && self.turned() == other.turned()
    }
}

impl Scores {
    /// Wraps scores `[height, width, channels]`.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for a wrong length, [`FcnError::NotFinite`] for NaN or infinity:
    /// a mask made from those would look like a result.
    pub fn new(
        width: usize,
        height: usize,
        channels: usize,
        data: Vec<f32>,
    ) -> Result<Self, FcnError> {
        let size = width * height * channels;
        if size == 0 || channels > crate::labels::MAX_CLASSES || data.len() != size {
            return Err(FcnError::invalid(format!(
                "{} scores are not {width}×{height}×{channels}",
                data.len()
            )));
        }
        if !data.chunks(1 << 10).all(are_finite) {
            return Err(FcnError::NotFinite {
                name: "scores".into(),
            });
        }
        let winners = data.chunks_exact(channels).map(argmax).collect();
        let layout = Layout {
            channel: 1,
            column: channels,
            row: width * channels,
        };
        Ok(Self {
            width,
            height,
            channels,
            numbers: data,
            layout,
            turned: OnceLock::new(),
            winners,
        })
    }

    /// As [`new`](Self::new), of maps that lie one after another, each of a padded picture; they stay as they are.
    ///
    /// # Shapes
    /// `planes` `[channels, height or more, padded]`, `padded` at least `width`
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub(crate) fn of_planes(
        [width, height, padded]: [usize; 3],
        channels: usize,
        planes: Vec<f32>,
    ) -> Result<Self, FcnError> {
        let plane = planes.len() / channels.max(1);
        let size = width * height * channels;
        if size == 0
            || channels > crate::labels::MAX_CLASSES
            || padded < width
            || !planes.len().is_multiple_of(channels)
            || plane < height * padded
        {
            return Err(FcnError::invalid(format!(
                "{} scores are not {channels} maps of {padded}×{height}",
                planes.len()
            )));
        }
        let mut winners = Vec::with_capacity(width * height);
        let mut finite = true;
        for y in 0..height {
            for begin in (0..width).step_by(SIDE_BY_SIDE) {
                let count = SIDE_BY_SIDE.min(width - begin);
                let begin = y * padded + begin;
                let mut best = [f32::NEG_INFINITY; SIDE_BY_SIDE];
                let mut winner = [0_u32; SIDE_BY_SIDE];
                for (plane, label) in planes.chunks_exact(plane).zip(0..) {
                    let row = plane.get(begin..begin + count).unwrap_or(&[]);
                    let mut few = [0.0; SIDE_BY_SIDE];
                    let seen = row.first_chunk().unwrap_or_else(|| {
                        few.iter_mut()
                            .zip(row)
                            .for_each(|(few, score)| *few = *score);
                        &few
                    });
                    finite &= are_finite(seen);
                    for ((&score, best), winner) in seen.iter().zip(&mut best).zip(&mut winner) {
                        let is_larger = score > *best;
                        *best = if is_larger { score } else { *best };
                        *winner = if is_larger { label } else { *winner };
                    }
                }
                winners.extend(winner.iter().take(count).map(|&label| label as u8));
            }
        }
        if !finite {
            return Err(FcnError::NotFinite {
                name: "scores".into(),
            });
        }
        let layout = Layout {
            channel: plane,
            column: 1,
            row: padded,
        };
        Ok(Self {
            width,
            height,
            channels,
            numbers: planes,
            layout,
            turned: OnceLock::new(),
            winners,
        })
    }

    /// Width, height (pixels) and number of channels.
    pub fn dims(&self) -> (usize, usize, usize) {
        (self.width, self.height, self.channels)
    }

    /// The scores, `[height, width, channels]`.
    pub fn data(&self) -> &[f32] {
        match self.layout.channel {
            1 => &self.numbers,
            _ => self.turned.get_or_init(|| self.turned().into_owned()),
        }
    }

    /// As [`data`](Self::data), but scores that lie otherwise, as a CPU leaves them, are put into that order anew each
    /// time.
    pub(crate) fn turned(&self) -> Cow<'_, [f32]> {
        if self.layout.channel == 1 {
            return Cow::Borrowed(&self.numbers);
        }
        let mut data = vec![0.0; self.winners.len() * self.channels];
        for (y, line) in data
            .chunks_exact_mut(self.width * self.channels)
            .enumerate()
        {
            for channel in 0..self.channels {
                let begin = y * self.layout.row + channel * self.layout.channel;
                let scores = self.numbers.get(begin..).unwrap_or(&[]);
                let places = line.iter_mut().skip(channel).step_by(self.channels);
                for (place, score) in places.zip(scores) {
                    *place = *score;
                }
            }
        }
        Cow::Owned(data)
    }

    /// One class's scores, `[height, width]`; 0 of a class that there isn't.
    pub fn channel(&self, class: usize) -> Vec<f32> {
        if class >= self.channels {
            return vec![0.0; self.winners.len()];
        }
        let rows = (0..self.height).flat_map(|y| (0..self.width).map(move |x| (x, y)));
        rows.map(|(x, y)| self.score(class, x, y)).collect()
    }

    fn score(&self, channel: usize, x: usize, y: usize) -> f32 {
        let Layout {
            channel: plane,
            column,
            row,
        } = self.layout;
        let at = channel * plane + y * row + x * column;
        self.numbers.get(at).copied().unwrap_or(0.0)
    }

    fn winner(&self, x: usize, y: usize) -> u8 {
        self.winners.get(y * self.width + x).copied().unwrap_or(0)
    }

    /// Writes the interpolated scores of one output pixel into `out`.
    fn interpolate(&self, column: Tap, row: Tap, out: &mut [f32]) {
        for (channel, out) in out.iter_mut().enumerate() {
            let line = |y: usize| {
                let low = self.score(channel, column.low, y);
                let high = self.score(channel, column.high, y);
                low + (high - low) * column.fraction
            };
            let (upper, lower) = (line(row.low), line(row.high));
            *out = upper + (lower - upper) * row.fraction;
        }
    }

    /// Labels of `rows` rows, from `first_row` on, of a mask of `width`×`height` pixels.
    ///
    /// Where the four neighbours of a pixel have one winner, that is the pixel's too: a weighted
    /// mean keeps the order. Only the rest is interpolated, which is a few per cent of a photo.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] when the strip isn't within the mask.
    pub fn labels(
        &self,
        width: usize,
        height: usize,
        first_row: usize,
        rows: usize,
    ) -> Result<Vec<u8>, FcnError> {
        let last = end_of_strip([height, width], first_row, rows)?;
        let columns: Vec<Tap> = (0..width).map(|x| tap(x, self.width, width)).collect();
        let mut scores = vec![0.0; self.channels];
        let mut labels = Vec::with_capacity(width * rows);
        for y in first_row..last {
            let row = tap(y, self.height, height);
            for &column in &columns {
                let winner = self.winner(column.low, row.low);
                let others = [
                    (column.high, row.low),
                    (column.low, row.high),
                    (column.high, row.high),
                ];
                if others.iter().all(|&(x, y)| self.winner(x, y) == winner) {
                    labels.push(winner);
                    continue;
                }
                self.interpolate(column, row, &mut scores);
                labels.push(argmax(&scores));
            }
        }
        Ok(labels)
    }
}

/// Whether none of some numbers is NaN or infinite; without a way out between them, several at a time.
fn are_finite(numbers: &[f32]) -> bool {
    numbers
        .iter()
        .fold(true, |all, number| all & number.is_finite())
}

/// The index of the largest value; the first of equals, as in PyTorch and NumPy.
fn argmax(scores: &[f32]) -> u8 {
    let mut best = (0u8, f32::NEG_INFINITY);
    for (channel, &score) in (0u8..=255).zip(scores) {
        if score > best.1 {
            best = (channel, score);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn labels_at_the_working_size_are_the_argmax() {
        let scores = Scores::new(2, 1, 3, vec![0.0, 2.0, 1.0, 5.0, 5.0, -1.0]).expect("valid");
        assert_eq!(scores.labels(2, 1, 0, 1), Ok(vec![1, 0]));
    }

    #[test]
    fn edges_are_interpolated_not_blocky() {
        // Two pixels whose scores cross a quarter of the way: so does the enlarged edge.
        let scores = Scores::new(2, 1, 2, vec![1.0, 0.0, 0.0, 3.0]).expect("valid");
        let labels = scores.labels(16, 1, 0, 1).expect("a strip");
        assert_eq!(labels, [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    }

    #[test]
    fn nan_never_becomes_a_mask() {
        let error = Scores::new(1, 1, 2, vec![f32::NAN, 0.0]).map_err(|e| e.code());
        assert_eq!(error, Err("not_finite"));
    }

    #[test]
    fn maps_that_are_no_scores_are_refused() {
        let of = |shape, channels, planes: &[f32]| {
            Scores::of_planes(shape, channels, planes.to_vec()).map_err(|error| error.code())
        };
        assert!(of([2, 1, 2], 2, &[0.0; 4]).is_ok());
        assert_eq!(of([2, 1, 2], 3, &[0.0; 4]), Err("invalid_input"));
        assert_eq!(of([2, 1, 1], 2, &[0.0; 4]), Err("invalid_input"));
        assert_eq!(of([0, 1, 2], 2, &[0.0; 4]), Err("invalid_input"));
        assert_eq!(of([2, 1, 2], 0, &[]), Err("invalid_input"));
        assert_eq!(of([2, 1, 2], 2, &[0.0; 5]), Err("invalid_input"));
        assert_eq!(
            of([2, 1, 2], 2, &[0.0, 1.0, f32::NAN, 0.0]),
            Err("not_finite")
        );
        assert_eq!(
            of([2, 1, 2], 2, &[0.0, f32::NEG_INFINITY, 0.0, 1.0]),
            Err("not_finite")
        );
    }

    #[test]
    fn strips_outside_the_mask_are_refused() {
        let scores = Scores::new(1, 1, 1, vec![0.0]).expect("valid");
        assert!(scores.labels(4, 4, 3, 2).is_err());
        assert!(scores.labels(0, 4, 0, 1).is_err());
        assert!(scores.labels(4, 4, usize::MAX, 2).is_err());
    }

    proptest! {
        #[test]
        fn maps_side_by_side_are_the_same_scores(
            [width, height] in [1usize..40, 1usize..5], channels in 1usize..23,
            [right, below] in [0usize..9, 0usize..3], seed: u32,
        ) {
            let mut state = seed;
            let padded = width + right;
            let plane = padded * (height + below);
            // Few distinct values, so that ties are common; what is padded would win.
            let planes: Vec<f32> = (0..channels * plane).map(|at| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let is_padding = at % padded >= width || at % plane >= height * padded;
                if is_padding { f32::INFINITY } else { f32::from((state >> 29) as u8) - 3.5 }
            }).collect();
            let pixels = (0..height * width).map(|at| at / width * padded + at % width);
            let data = pixels.flat_map(|at| (0..channels).map(move |c| c * plane + at)).map(|at| planes[at]);
            let expected = Scores::new(width, height, channels, data.collect());
            let got = Scores::of_planes([width, height, padded], channels, planes);
            prop_assert_eq!(&got, &expected);
            let (got, expected) = (got.expect("scores"), expected.expect("scores"));
            prop_assert_eq!(&got.winners, &expected.winners);
            for class in [channels - 1, channels] {
                prop_assert_eq!(got.channel(class), expected.channel(class));
            }
            prop_assert!(got.channel(channels).iter().all(|&score| score == 0.0));
            let enlarged = [&got, &expected].map(|scores| scores.labels(3 * width, height + 7, 0, height + 7));
            prop_assert_eq!(&enlarged[0], &enlarged[1]);
        }

        #[test]
        fn the_short_cut_changes_no_label(
            width in 1usize..12, height in 1usize..12, channels in 1usize..6,
            out in (1usize..40, 1usize..40), seed: u32,
        ) {
            let mut state = seed;
            // Few distinct values, so that ties are common.
            let data: Vec<f32> = (0..width * height * channels).map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                f32::from((state >> 29) as u8)
            }).collect();
            let scores = Scores::new(width, height, channels, data).expect("valid");
            let fast = scores.labels(out.0, out.1, 0, out.1).expect("a strip");
            for (i, fast) in fast.into_iter().enumerate() {
                let (column, row) = (tap(i % out.0, width, out.0), tap(i / out.0, height, out.1));
                let mut interpolated = vec![0.0; channels];
                scores.interpolate(column, row, &mut interpolated);
                let plain = argmax(&interpolated);
                // Among equal scores rounding may pick either.
                let difference = interpolated[usize::from(fast)] - interpolated[usize::from(plain)];
                prop_assert!(difference.abs() <= 1e-5);
            }
        }

        #[test]
        fn strips_make_up_the_whole(height in 1usize..30, strip in 1usize..30, seed: u32) {
            let data = (0..24).map(|i| ((seed >> (i % 24)) & 7) as f32).collect();
            let scores = Scores::new(4, 3, 2, data).expect("valid");
            let whole = scores.labels(9, height, 0, height).expect("whole");
            let strips: Vec<u8> = (0..height).step_by(strip).flat_map(|y| {
                scores.labels(9, height, y, strip.min(height - y)).expect("a strip")
            }).collect();
            prop_assert_eq!(strips, whole);
        }
    }
}
