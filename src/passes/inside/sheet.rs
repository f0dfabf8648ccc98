//! The channels of a stage, made small: a contact sheet.

use super::{Opened, check};
use crate::FcnError;
use crate::device::read;

/// How many numbers are read from the device at a time.
const READ_VALUES: usize = 1 << 22;
/// The most columns and rows of a channel in a [`Sheet`].
pub const MAX_SIDE: usize = 256;

/// A stage's channels, made small.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Channels, rows and columns of the small maps.
    pub shape: [usize; 3],
    /// Means over blocks of cells, `[channels, rows, columns]`.
    pub values: Vec<f32>,
    /// For each channel its least, its mean and its largest value, over all cells of the whole map.
    pub range: Vec<[f32; 3]>,
}

impl Opened {
    /// A stage's channels, each made so small that neither side has more than `side` cells.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for a stage that there isn't, or a side of 0 or more than
    /// [`MAX_SIDE`]; [`FcnError::NotFinite`], [`FcnError::Gpu`].
    pub async fn sheet(&self, stage: &str, side: usize) -> Result<Sheet, FcnError> {
        if !(1..=MAX_SIDE).contains(&side) {
            return Err(FcnError::invalid(format!(
                "a sheet's side is {side}, not 1 to {MAX_SIDE}"
            )));
        }
        let map = self.map(stage).await?;
        let [_, channels, rows, columns] = map.dims();
        // A block of cells becomes one.
        let block = rows.max(columns).div_ceil(side).max(1);
        let small = [rows.div_ceil(block), columns.div_ceil(block)];
        let [height, width] = small;
        let mut values = Vec::with_capacity(channels * height * width);
        let mut range = Vec::with_capacity(channels);
        // Some channels at a time: as a whole the map may be as large as everything else together.
        let area = (rows * columns).max(1);
        let many = (READ_VALUES / area).max(1);
        for first in (0..channels).step_by(many) {
            let last = channels.min(first + many);
            let some = read(map.clone().slice([0..1, first..last, 0..rows, 0..columns])).await?;
            check(stage, &some)?;
            for one in some.chunks_exact(area) {
                values.extend(shrunk(one, [rows, columns], block));
                range.push(range_of(one));
            }
        }
        Ok(Sheet {
            shape: [channels, height, width],
            values,
            range,
        })
    }
}

/// Means over blocks of `block`×`block` cells.
fn shrunk(values: &[f32], [rows, columns]: [usize; 2], block: usize) -> Vec<f32> {
    let (height, width) = (rows.div_ceil(block), columns.div_ceil(block));
    let mut sums = vec![(0.0f64, 0u32); height * width];
    for (row, line) in values.chunks_exact(columns.max(1)).enumerate() {
        let first = row / block * width;
        for (column, value) in line.iter().enumerate() {
            if let Some((sum, many)) = sums.get_mut(first + column / block) {
                *sum += f64::from(*value);
                *many += 1;
            }
        }
    }
    sums.iter()
        .map(|(sum, many)| (sum / f64::from((*many).max(1))) as f32)
        .collect()
}

/// Least, mean and largest value.
fn range_of(values: &[f32]) -> [f32; 3] {
    let least = values.iter().copied().fold(f32::INFINITY, f32::min);
    let largest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = values.iter().map(|value| f64::from(*value)).sum();
    [least, (sum / values.len().max(1) as f64) as f32, largest]
}
