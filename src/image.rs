//! A photo becomes a net's input: scaled down, composed over white, normalised, padded.
//!
//! Scaling is the antialiased triangle filter of Pillow's `Image.resize(BILINEAR)` and PyTorch's
//! `interpolate(mode="bilinear", antialias=True)`, computed in f32. It is done here and not by the
//! browser, so that one photo gives one mask in every browser and in native tests. Rows stream
//! through: a photo of 100 megapixels needs no more memory than its working copy.

use burn::tensor::{Device, Tensor};

use crate::FcnError;
use crate::kernels::{Normalisation, normalise};
use crate::manifest::InputSettings;

/// The most pixels a photo may have.
pub const MAX_PIXELS: usize = 100_000_000;
/// The longest side that a photo is stretched to, in pixels: the most that a manifest's `max_long_side` may be.
const MAX_STRETCHED: usize = 4096;
/// Middle grey: little of a photo is like it.
const GREY: f32 = 128.0;

/// The size to work at: the photo's, or smaller with the long side at most `long_side` pixels, in
/// the same aspect to the nearest pixel. Never enlarges; at least 1×1.
pub fn working_size(width: usize, height: usize, long_side: usize) -> (usize, usize) {
    let long = width.max(height);
    if long <= long_side {
        return (width, height);
    }
    // In u64: a side times a side overflows wasm's 32-bit usize.
    let (long, long_side) = (long as u64, long_side as u64);
    let scale = |side: usize| ((side as u64 * long_side * 2 + long) / (2 * long)).max(1) as usize;
    (scale(width), scale(height))
}

/// For each output position, the first input position that counts and the weights from there on.
fn triangle_filter(input: usize, output: usize) -> Vec<(usize, Vec<f32>)> {
    let scale = input as f64 / output as f64;
    // The filter widens when shrinking (antialiasing) and stays one pixel wide otherwise.
    let support = scale.max(1.0);
    (0..output)
        .map(|i| {
            let center = (i as f64 + 0.5) * scale;
            let first = (center - support + 0.5).max(0.0) as usize;
            let last = ((center + support + 0.5) as usize).min(input);
            let weights: Vec<f64> = (first..last)
                .map(|x| (1.0 - ((x as f64 + 0.5 - center) / support).abs()).max(0.0))
                .collect();
            let total: f64 = weights.iter().sum();
            (first, weights.iter().map(|w| (w / total) as f32).collect())
        })
        .collect()
}

/// A photo on its way to the working size: rows in, top to bottom, RGB at the working size out.
pub struct Photo {
    width: usize,
    height: usize,
    work_width: usize,
    work_height: usize,
    columns: Vec<(usize, Vec<f32>)>,
    rows: Vec<(usize, Vec<f32>)>,
    /// Rows of the photo seen so far.
    seen: usize,
    /// The first working row that still waits for photo rows.
    open: usize,
    /// One photo row, over white, and the same scaled horizontally; RGB, 0–255.
    flat: Vec<f32>,
    scaled: Vec<f32>,
    /// `[work_height, work_width, 3]`, RGB, 0–255.
    pixels: Vec<f32>,
}

impl Photo {
    /// Prepares for a photo of `width`×`height` pixels, to be worked on at another size.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for an empty photo, more than [`MAX_PIXELS`], or a working size
    /// that is empty or larger than the photo.
    pub fn new(
        width: usize,
        height: usize,
        work_width: usize,
        work_height: usize,
    ) -> Result<Self, FcnError> {
        Self::within(width, height, work_width, work_height, [width, height])
    }

    /// [`Photo::new`] at a working size that may be larger than the photo along either side, as
    /// Pillow's `resize` enlarges: a classifier's window has to be filled.
    ///
    /// # Errors
    /// As [`Photo::new`], but for a side that is longer than both 4096 pixels and the photo's.
    pub fn stretched(
        width: usize,
        height: usize,
        work_width: usize,
        work_height: usize,
    ) -> Result<Self, FcnError> {
        let most = [width, height].map(|side| side.max(MAX_STRETCHED));
        Self::within(width, height, work_width, work_height, most)
    }

    fn within(
        width: usize,
        height: usize,
        work_width: usize,
        work_height: usize,
        [most_width, most_height]: [usize; 2],
    ) -> Result<Self, FcnError> {
        if width == 0 || height == 0 || width.saturating_mul(height) > MAX_PIXELS {
            return Err(FcnError::invalid(format!(
                "a photo has 1 to {MAX_PIXELS} pixels, not {width}×{height}"
            )));
        }
        let fits =
            (1..=most_width).contains(&work_width) && (1..=most_height).contains(&work_height);
        if !fits {
            return Err(FcnError::invalid(format!(
                "cannot work on a {width}×{height} photo at {work_width}×{work_height}"
            )));
        }
        Ok(Self {
            width,
            height,
            work_width,
            work_height,
            columns: triangle_filter(width, work_width),
            rows: triangle_filter(height, work_height),
            seen: 0,
            open: 0,
            flat: vec![0.0; width * 3],
            scaled: vec![0.0; work_width * 3],
            pixels: vec![0.0; work_width * work_height * 3],
        })
    }

    /// A photo that is its own working copy: `pixels` `[height, width, 3]`, RGB, 0–255.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for another number of pixels, or one that no photo has.
    pub fn of_pixels(width: usize, height: usize, pixels: Vec<f32>) -> Result<Self, FcnError> {
        let photo = Self::new(width, height, width, height)?;
        if pixels.len() != width * height * 3 {
            return Err(FcnError::invalid(format!(
                "{} numbers are not {width}×{height} pixels",
                pixels.len()
            )));
        }
        Ok(Self {
            seen: height,
            pixels,
            ..photo
        })
    }

    /// Width and height of the working copy, in pixels.
    pub fn working_size(&self) -> (usize, usize) {
        (self.work_width, self.work_height)
    }

    /// Takes the next rows: RGBA, 8 bits a channel, sRGB, straight (not premultiplied) alpha.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for a partial row or more rows than the photo has.
    pub fn push_rows(&mut self, rgba: &[u8]) -> Result<(), FcnError> {
        let stride = self.width * 4;
        let count = rgba.len() / stride;
        if !rgba.len().is_multiple_of(stride) || self.seen + count > self.height {
            return Err(FcnError::invalid(format!(
                "{} bytes are not whole rows of a {}×{} RGBA photo after row {}",
                rgba.len(),
                self.width,
                self.height,
                self.seen
            )));
        }
        for row in rgba.chunks_exact(stride) {
            over_white(row, &mut self.flat);
            if self.work_width == self.width {
                self.scaled.copy_from_slice(&self.flat);
            } else {
                scale_row(&self.flat, &self.columns, &mut self.scaled);
            }
            self.add_row();
        }
        Ok(())
    }

    /// Adds the scaled row `seen` to every working row whose filter covers it.
    fn add_row(&mut self) {
        let y = self.seen;
        let working_rows = self.pixels.chunks_exact_mut(self.work_width * 3);
        let filters = self.rows.iter().enumerate();
        for ((i, (first, weights)), row) in filters.zip(working_rows).skip(self.open) {
            if y < *first {
                break;
            }
            let Some(&weight) = weights.get(y - first) else {
                self.open = i + 1;
                continue;
            };
            for (sum, value) in row.iter_mut().zip(&self.scaled) {
                *sum += weight * value;
            }
        }
        self.seen += 1;
    }

    /// The working copy, `[work_height, work_width, 3]`, RGB, 0–255.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] when rows are missing.
    pub fn pixels(&self) -> Result<&[f32], FcnError> {
        if self.seen == self.height {
            Ok(&self.pixels)
        } else {
            Err(FcnError::invalid(format!(
                "the photo has {} of its {} rows",
                self.seen, self.height
            )))
        }
    }

    /// A copy with a rectangle of middle grey at the left top pixel (`left`, `top`), of `width`×`height` pixels of the
    /// working size; what lies beyond the photo is cut off, and without a side it is the photo itself.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] when rows are missing.
    pub fn covered(
        &self,
        [left, top]: [usize; 2],
        [width, height]: [usize; 2],
    ) -> Result<Self, FcnError> {
        let mut pixels = self.pixels()?.to_vec();
        let rows = pixels.chunks_exact_mut(self.work_width * 3);
        for row in rows.skip(top).take(height) {
            let values = row.iter_mut().skip(left.saturating_mul(3));
            values
                .take(width.saturating_mul(3))
                .for_each(|value| *value = GREY);
        }
        Self::of_pixels(self.work_width, self.work_height, pixels)
    }

    /// The net's input: normalised, padded right and bottom to whole multiples.
    ///
    /// # Shapes
    /// `[1, 3, h, w]` with `h` and `w` the working size rounded up to `pad_multiple`.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] when rows are missing.
    pub fn into_input(
        self,
        settings: &InputSettings,
        device: &Device,
    ) -> Result<Tensor<4>, FcnError> {
        self.pixels()?;
        let (width, height) = self.working_size();
        let (padded_width, padded_height) = padded_size(width, height, settings.pad_multiple);
        let order = if settings.order == "BGR" {
            [2, 1, 0]
        } else {
            [0, 1, 2]
        };
        let (mean, std) = (settings.mean, settings.std);
        let mut pad = [0.0; 3];
        let statistics = order.into_iter().zip(mean).zip(std);
        for (pad, ((source, mean), std)) in pad.iter_mut().zip(statistics) {
            let color = settings.pad_color.get(source).copied().unwrap_or(0);
            *pad = (f32::from(color) / 255.0 - mean) / std;
        }
        let how = Normalisation {
            size: [height, width],
            padded: [padded_height, padded_width],
            order,
            mean,
            std,
            pad,
        };
        Ok(normalise(self.pixels, &how, device)) // [1, 3, h, w]
    }
}

/// Width and height rounded up to a multiple; a side for which that would be too large a number stays as it is.
pub fn padded_size(width: usize, height: usize, multiple: usize) -> (usize, usize) {
    let pad = |side: usize| side.checked_next_multiple_of(multiple).unwrap_or(side);
    (pad(width), pad(height))
}

/// Composes one RGBA row over white.
fn over_white(rgba: &[u8], rgb: &mut [f32]) {
    for (&[r, g, b, a], out) in rgba
        .as_chunks::<4>()
        .0
        .iter()
        .zip(rgb.as_chunks_mut::<3>().0)
    {
        let color = [r, g, b].map(f32::from);
        *out = if a == 255 {
            color
        } else {
            let alpha = f32::from(a) / 255.0;
            color.map(|c| 255.0 + (c - 255.0) * alpha)
        };
    }
}

/// Scales one RGB row horizontally.
fn scale_row(row: &[f32], columns: &[(usize, Vec<f32>)], out: &mut [f32]) {
    let (row, _) = row.as_chunks::<3>();
    for ((first, weights), out) in columns.iter().zip(out.as_chunks_mut::<3>().0) {
        let mut sum = [0.0f32; 3];
        for (pixel, weight) in row.iter().skip(*first).zip(weights) {
            for (s, v) in sum.iter_mut().zip(pixel) {
                *s += weight * v;
            }
        }
        *out = sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scaled(rgba: &[u8], size: (usize, usize), work: (usize, usize), rows: usize) -> Vec<f32> {
        let mut photo = Photo::new(size.0, size.1, work.0, work.1).expect("valid sizes");
        for strip in rgba.chunks(size.0 * 4 * rows) {
            photo.push_rows(strip).expect("whole rows");
        }
        photo.pixels().expect("all rows").to_vec()
    }

    #[test]
    fn a_photo_of_its_pixels_is_the_photo() {
        let rgba: Vec<u8> = (0..6 * 4 * 4).map(|i| (i * 37 % 256) as u8).collect();
        let mut photo = Photo::new(6, 4, 3, 2).expect("valid sizes");
        photo.push_rows(&rgba).expect("rows");
        let pixels = photo.pixels().expect("all rows").to_vec();
        let again = Photo::of_pixels(3, 2, pixels.clone()).expect("a photo");
        assert_eq!(again.pixels(), Ok(&pixels[..]));
        assert_eq!(again.working_size(), photo.working_size());
        for (width, height) in [(2, 2), (0, 6), (usize::MAX, 2)] {
            assert!(Photo::of_pixels(width, height, pixels.clone()).is_err());
        }
    }

    proptest! {
        #[test]
        fn a_covered_photo_is_the_photo_with_grey_pixels(
            (width, height) in (1usize..12, 1usize..12),
            [left, top] in [0usize..14, 0usize..14],
            sides in [0usize..14, 0usize..14],
        ) {
            let rgba: Vec<u8> = (0..width * height).flat_map(|i| [(i * 37 % 256) as u8, 3, 250, 255]).collect();
            let mut painted = rgba.clone();
            for (i, pixel) in painted.chunks_exact_mut(4).enumerate() {
                let inside = |at: usize, from: usize, side: usize| (from..from + side).contains(&at);
                if inside(i % width, left, sides[0]) && inside(i / width, top, sides[1]) {
                    pixel[..3].fill(128);
                }
            }
            let size = (width, height);
            let mut photo = Photo::new(width, height, width, height).expect("valid sizes");
            prop_assert!(photo.covered([0, 0], [1, 1]).is_err());
            photo.push_rows(&rgba).expect("rows");
            let covered = photo.covered([left, top], sides).expect("a photo");
            let expected = scaled(&painted, size, size, height);
            prop_assert_eq!(covered.pixels().expect("all rows"), &expected[..]);
        }
    }

    #[test]
    fn working_size_keeps_aspect_and_never_enlarges() {
        assert_eq!(working_size(4000, 3000, 512), (512, 384));
        assert_eq!(working_size(3000, 4000, 512), (384, 512));
        assert_eq!(working_size(512, 512, 512), (512, 512));
        assert_eq!(working_size(100, 50, 512), (100, 50));
        assert_eq!(working_size(100_000, 10, 512), (512, 1));
        assert_eq!(working_size(1, 1, 512), (1, 1));
    }

    #[test]
    fn transparent_is_white_and_half_is_half() {
        let rgba = [0, 0, 0, 0, 10, 20, 30, 255];
        assert_eq!(
            scaled(&rgba, (2, 1), (2, 1), 1),
            [255.0, 255.0, 255.0, 10.0, 20.0, 30.0]
        );
        let half = scaled(&[0, 100, 255, 51], (1, 1), (1, 1), 1);
        assert_eq!(half, [204.0, 224.0, 255.0]);
    }

    #[test]
    fn unfinished_and_overfull_photos_are_refused() {
        let mut photo = Photo::new(2, 2, 1, 1).expect("valid");
        assert!(photo.pixels().is_err());
        assert!(photo.push_rows(&[0; 7]).is_err());
        photo.push_rows(&[0; 16]).expect("two rows");
        assert!(photo.push_rows(&[0; 8]).is_err());
        assert!(photo.pixels().is_ok());
        assert!(Photo::new(0, 5, 0, 5).is_err());
        assert!(Photo::new(20_000, 10_000, 512, 256).is_err());
        assert!(Photo::new(5, 5, 6, 5).is_err());
    }

    #[test]
    fn a_stretched_photo_is_pillows() {
        // Image.new("L", (3, 1)) with 0, 90, 30, resized to 6×2 by BILINEAR, in floating point.
        let row = [0, 90, 30].map(|v| [v, v, v, 255]).concat();
        let mut photo = Photo::stretched(3, 1, 6, 2).expect("a valid size");
        photo.push_rows(&row).expect("one row");
        let pixels = photo.pixels().expect("all rows");
        let grey: Vec<f32> = pixels.iter().step_by(3).copied().collect();
        let line = [0.0, 22.5, 67.5, 75.0, 45.0, 30.0];
        assert_eq!(grey, [line, line].concat());
        assert!(Photo::stretched(3, 1, 0, 2).is_err());
        assert!(Photo::stretched(3, 1, 4096, 4097).is_err());
        assert!(Photo::stretched(5000, 1, 5000, 1).is_ok());
    }

    #[test]
    fn input_is_padded_with_the_pad_colour() {
        let settings = InputSettings {
            order: "BGR".into(),
            mean: [0.0, 0.0, 0.5],
            std: [1.0, 0.5, 1.0],
            pad_color: [255, 0, 51],
            pad_multiple: 32,
            long_side: 512,
            max_long_side: 512,
        };
        let mut photo = Photo::new(33, 1, 33, 1).expect("valid");
        photo
            .push_rows(&[51, 102, 255, 255].repeat(33))
            .expect("one row");
        let input = photo
            .into_input(&settings, &Device::flex())
            .expect("an input");
        assert_eq!(input.dims(), [1, 3, 32, 64]);
        let data = input.into_data();
        let values = data.as_slice::<f32>().expect("f32");
        let plane = |c: usize, x: usize| values.get(c * 32 * 64 + x).copied();
        assert_eq!(
            [plane(0, 0), plane(1, 0), plane(2, 0)],
            [Some(1.0), Some(0.8), Some(-0.3)]
        );
        assert_eq!(
            [plane(0, 33), plane(1, 64), plane(2, 63)],
            [Some(0.2), Some(0.0), Some(0.5)]
        );
    }

    proptest! {
        #[test]
        fn a_flat_photo_stays_flat(
            width in 1usize..60, height in 1usize..60, work in 1usize..60, color: [u8; 3],
        ) {
            let work = working_size(width, height, work);
            let [r, g, b] = color;
            let rgba = [r, g, b, 255].repeat(width * height);
            for pixel in scaled(&rgba, (width, height), work, 3).chunks(3) {
                for (got, want) in pixel.iter().zip(color) {
                    prop_assert!((got - f32::from(want)).abs() < 1e-3);
                }
            }
        }

        #[test]
        fn strips_of_any_height_give_the_same_photo(
            width in 1usize..40, height in 1usize..40, work in 1usize..40, strip in 1usize..40,
            seed: u32,
        ) {
            let work = working_size(width, height, work);
            let mut state = seed;
            let rgba: Vec<u8> = (0..width * height * 4).map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            }).collect();
            let whole = scaled(&rgba, (width, height), work, height);
            prop_assert_eq!(scaled(&rgba, (width, height), work, strip), whole);
        }
    }
}
