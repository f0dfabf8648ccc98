//! A pixel's score, split into the cells and channels that made it.

use std::ops::Range;

use serde::Serialize;

use super::{Opened, last, no_stage};
use crate::FcnError;
use crate::device::read;
use crate::models::Variant;
use crate::models::receptive::Receptive;
use crate::models::shapes::Shape;
use crate::models::tail::{Cell, Weights};

/// A pixel's score of a class, split.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Autopsy {
    /// The stage whose map the score is of: the pass's own scores.
    pub stage: String,
    /// As the pass computed it, which was in f32; an f64, since JSON would round an f32 to its shortest form.
    pub score: f64,
    /// The sum of all shares, in f64: the score but for rounding.
    pub sum: f64,
    /// What the tail itself adds: its layers have no bias.
    pub bias: f64,
    /// One for each score map, coarse to fine.
    pub parts: Vec<Part>,
}

/// What one score map gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// `score_fr`, or the pool that was scored.
    pub name: String,
    /// The stage of the score map.
    pub stage: String,
    /// The sum over its cells.
    pub share: f64,
    /// The cells that reach the pixel.
    pub cells: Vec<CellShare>,
    /// One step further back: the stage that was scored, ...
    pub input: String,
    /// ... what the score layer's bias gave, ...
    pub bias: f64,
    /// ... and what each of its channels gave; bias and channels sum to the share.
    pub channels: Vec<f64>,
}

/// What one cell of a score map gave.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CellShare {
    /// From the top.
    pub row: usize,
    /// From the left.
    pub column: usize,
    /// In units of the score.
    pub share: f64,
}

impl Opened {
    /// A pixel's score of a class as a sum of shares. Of a classifier: the score of the window whose middle is
    /// nearest to the pixel.
    ///
    /// `x` and `y` are pixels of the photo's working size, from the left and from the top.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for a pixel beyond the photo or a class that there isn't,
    /// [`FcnError::UnknownVariant`], [`FcnError::Gpu`].
    pub async fn autopsy(
        &self,
        variant: Variant,
        class: usize,
        [x, y]: [usize; 2],
    ) -> Result<Autopsy, FcnError> {
        let tail = self.tail_of(variant)?;
        let (width, height) = self.size;
        if x >= width || y >= height {
            return Err(FcnError::invalid(format!(
                "there is no pixel ({x}, {y}) in {width}×{height}"
            )));
        }
        let coarse = *self.shape(tail.scores)?;
        let classes = coarse.channels;
        if class >= classes {
            return Err(FcnError::invalid(format!(
                "there is no class {class} among {classes}"
            )));
        }
        let mut sizes = Vec::new();
        for stage in tail.stages() {
            let shape = self.shape(stage)?;
            sizes.push([shape.rows, shape.columns]);
        }
        let pixel = match tail.steps.is_empty() {
            false => [y, x],
            true => nearest(&coarse, [y, x]),
        };
        let [_, _, h, w] = self.input.dims();
        let impulse = tail
            .impulse(&sizes, [h, w], classes, (class, pixel))
            .await?;
        let mut parts = Vec::with_capacity(impulse.len());
        let pools = tail.steps.iter().filter_map(|step| step.skip);
        let names = std::iter::once(tail.scores).chain(pools.map(|skip| skip.pool));
        for ((name, stage), weights) in names.zip(tail.stages()).zip(&impulse) {
            parts.push(self.part([name, stage], weights).await?);
        }
        Ok(Autopsy {
            stage: tail.end().to_string(),
            score: f64::from(self.score(variant, class, pixel).await?),
            sum: parts.iter().map(|part| part.share).sum(),
            bias: 0.0,
            parts,
        })
    }

    /// One score of the pass.
    async fn score(
        &self,
        variant: Variant,
        class: usize,
        [row, column]: Cell,
    ) -> Result<f32, FcnError> {
        let known = self.scores.borrow().clone();
        let scores = match known {
            Some((of, scores)) if of == variant => scores,
            _ => {
                let skips = self.tail_of(variant)?.stages().len().saturating_sub(1);
                let scores = last(&self.run(variant, &vec![1.0; skips]).await?)?;
                *self.scores.borrow_mut() = Some((variant, scores.clone()));
                scores
            }
        };
        let one = scores.slice([0..1, class..class + 1, row..row + 1, column..column + 1]);
        let value = read(one).await?.first().copied();
        value.ok_or_else(|| FcnError::invalid("a pass without a score"))
    }

    /// What a score map gave, by its cells and one step further back.
    async fn part(&self, [name, stage]: [&str; 2], weights: &Weights) -> Result<Part, FcnError> {
        let rows = weights.keys().map(|[row, _]| *row);
        let columns = weights.keys().map(|[_, column]| *column);
        let (top, left) = (rows.clone().min(), columns.clone().min());
        let (top, left) = (top.unwrap_or(0), left.unwrap_or(0));
        let (bottom, right) = (rows.max().unwrap_or(0), columns.max().unwrap_or(0));
        let window = [top..bottom + 1, left..right + 1];
        let scores = self.around(stage, window.clone()).await?;
        let mut cells = Vec::with_capacity(weights.len());
        for (&[row, column], weights) in weights {
            let shares = weights
                .iter()
                .enumerate()
                .map(|(class, weight)| weight * f64::from(scores.at(class, row, column)));
            cells.push(CellShare {
                row,
                column,
                share: shares.sum(),
            });
        }
        let (input, bias, channels) = self.channels(stage, window, weights).await?;
        Ok(Part {
            name: name.to_string(),
            stage: stage.to_string(),
            share: cells.iter().map(|cell| cell.share).sum(),
            cells,
            input,
            bias,
            channels,
        })
    }

    /// What the bias and each channel of a score layer's input gave.
    async fn channels(
        &self,
        stage: &str,
        window: [Range<usize>; 2],
        weights: &Weights,
    ) -> Result<(String, f64, Vec<f64>), FcnError> {
        let input = self.shape(stage)?.layer.map(|layer| layer.input);
        let convolution = self.model.net.layers.convolution(stage);
        let (Some(input), Some(convolution)) = (input, convolution) else {
            return Err(no_stage(stage));
        };
        let maps = self.around(input, window).await?;
        let kernel = convolution.layer.weight.val(); // [classes, channels, 1, 1]
        let [_, channels, _, _] = kernel.dims();
        let kernel = read(kernel).await?;
        let biases = match &convolution.layer.bias {
            Some(bias) => read(bias.val()).await?,
            None => Vec::new(),
        };
        let scale = f64::from(convolution.scale);
        let mut bias = 0.0;
        let mut shares = vec![0.0; channels];
        for (&[row, column], weights) in weights {
            for ((weight, own), line) in weights
                .iter()
                .zip(biases.iter().copied().chain(std::iter::repeat(0.0)))
                .zip(kernel.chunks_exact(channels.max(1)))
            {
                if *weight == 0.0 {
                    continue;
                }
                bias += weight * f64::from(own);
                for (channel, (share, tap)) in shares.iter_mut().zip(line).enumerate() {
                    let value = scale * f64::from(maps.at(channel, row, column));
                    *share += weight * f64::from(*tap) * value;
                }
            }
        }
        Ok((input.to_string(), bias, shares))
    }

    /// Some rows and columns of a stage's map.
    pub(super) async fn around(
        &self,
        stage: &str,
        [rows, columns]: [Range<usize>; 2],
    ) -> Result<Around, FcnError> {
        let map = self.map(stage).await?;
        let [_, channels, _, _] = map.dims();
        let ([top, bottom], [left, right]) = ([rows.start, rows.end], [columns.start, columns.end]);
        let values = read(map.slice([0..1, 0..channels, top..bottom, left..right])).await?;
        Ok(Around {
            from: [top, left],
            size: [rows.len(), columns.len()],
            values,
        })
    }
}

/// Some rows and columns of a map.
pub(super) struct Around {
    from: Cell,
    size: Cell,
    /// `[channels, rows, columns]`.
    values: Vec<f32>,
}

impl Around {
    pub(super) fn at(&self, channel: usize, row: usize, column: usize) -> f32 {
        let ([top, left], [rows, columns]) = (self.from, self.size);
        let (row, column) = (row.wrapping_sub(top), column.wrapping_sub(left));
        let at = (channel * rows)
            .wrapping_add(row)
            .wrapping_mul(columns)
            .wrapping_add(column);
        self.values.get(at).copied().unwrap_or(0.0)
    }
}

/// The cell whose middle is nearest to a pixel.
fn nearest(shape: &Shape, pixel: Cell) -> Cell {
    let nearest = |at: usize, along: Receptive| {
        let cell = (at as f64 - along.start) / along.jump;
        cell.round().max(0.0) as usize
    };
    let [y, x] = pixel;
    let (row, column) = (nearest(y, shape.receptive), nearest(x, shape.across));
    [
        row.min(shape.rows.saturating_sub(1)),
        column.min(shape.columns.saturating_sub(1)),
    ]
}
