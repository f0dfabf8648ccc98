//! One cell of a stage, as its layer made it: the window, the kernel, the sum.

use serde::Serialize;

use super::{Opened, no_stage};
use crate::FcnError;
use crate::device::read;
use crate::kernels::Activation;
use crate::models::shapes::{Kind, Window};
use crate::models::tail::Cell;

/// How one cell of a stage came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// What is said of it in plain numbers.
    pub facts: MadeFacts,
    /// What the window held, zeros where it reaches beyond the map: `[channels, k, k]`.
    pub window: Vec<f32>,
    /// The kernel, laid out likewise; empty for a pool.
    pub kernel: Vec<f32>,
}

/// See [`Made`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MadeFacts {
    /// The layer.
    pub kind: Kind,
    /// The stage whose map went in.
    pub input: &'static str,
    /// Rows and columns of that map.
    pub size: Cell,
    /// Channels in the window: all of the input's, or the pool's own.
    pub channels: usize,
    /// How the layer looks at the map.
    pub window: Window,
    /// Row and column of the window's first cell in the input's map; beyond it where padding is.
    pub from: [isize; 2],
    /// The bias; 0 for a pool.
    pub bias: f64,
    /// What the input was multiplied by first.
    pub scale: f64,
    /// The sum of products and bias, in f64, or the largest of the window.
    pub sum: f64,
    /// What follows: `none`, `relu` or `relu6`.
    pub activation: &'static str,
    /// The cell as the pass computed it.
    pub value: f64,
}

impl Opened {
    /// How a cell of a stage came about: the window of the map before it, and the kernel.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for a cell that there isn't, or a stage that isn't one layer's;
    /// [`FcnError::Gpu`].
    pub async fn made(
        &self,
        stage: &str,
        channel: usize,
        [row, column]: Cell,
    ) -> Result<Made, FcnError> {
        let shape = *self.shape(stage)?;
        if channel >= shape.channels || row >= shape.rows || column >= shape.columns {
            return Err(no_stage(stage));
        }
        let layer = shape.layer.ok_or_else(|| not_one_layer(stage))?;
        let Window {
            kernel: side,
            stride,
            padding: [before, _],
            dilation,
        } = layer.window;
        let map = self.map(stage).await?;
        let value = map.slice([0..1, channel..channel + 1, row..row + 1, column..column + 1]);
        let value = read(value).await?.first().copied().unwrap_or(f32::NAN);
        let from = [row, column].map(|at| (at * stride) as isize - before as isize);
        let (first, channels, kernel, bias, scale, activation) = match layer.kind {
            Kind::Pool => (channel, 1, Vec::new(), 0.0, 1.0, Activation::None),
            Kind::Conv => {
                let found = self.model.net.layers.convolution(stage);
                let found = found.ok_or_else(|| not_one_layer(stage))?;
                let kernel = found.layer.weight.val(); // [out, in, k, k]
                let [_, inputs, rows, columns] = kernel.dims();
                let own = kernel.slice([channel..channel + 1, 0..inputs, 0..rows, 0..columns]);
                let bias = match &found.layer.bias {
                    Some(bias) => read(bias.val()).await?.get(channel).copied(),
                    None => None,
                };
                let kernel = read(own).await?;
                (
                    0,
                    inputs,
                    kernel,
                    bias.unwrap_or(0.0),
                    found.scale,
                    found.activation,
                )
            }
        };
        let input = self.map(layer.input).await?;
        let [_, _, rows, columns] = input.dims();
        let (down, across) = (
            taps(from, 0, side, dilation, rows),
            taps(from, 1, side, dilation, columns),
        );
        let clipped = |taps: &[Option<usize>]| {
            let inside = taps.iter().flatten().copied();
            inside
                .clone()
                .min()
                .zip(inside.max())
                .map(|(low, high)| low..high + 1)
        };
        let mut window = vec![0.0; channels * side * side];
        let mut inside = vec![false; side * side];
        if let (Some(high), Some(wide)) = (clipped(&down), clipped(&across)) {
            let (top, left, width, area) =
                (high.start, wide.start, wide.len(), high.len() * wide.len());
            let values = read(input.slice([0..1, first..first + channels, high, wide])).await?;
            for (line, values) in window
                .chunks_exact_mut(side * side)
                .zip(values.chunks_exact(area))
            {
                for (i, cell) in line.iter_mut().enumerate() {
                    let at = down.get(i / side).zip(across.get(i % side));
                    if let Some((Some(row), Some(column))) = at {
                        let value = values.get((row - top) * width + column - left);
                        *cell = value.copied().unwrap_or(0.0);
                        if let Some(inside) = inside.get_mut(i) {
                            *inside = true;
                        }
                    }
                }
            }
        }
        let sum = match layer.kind {
            Kind::Pool => {
                let real = window.iter().zip(&inside).filter(|(_, inside)| **inside);
                real.map(|(value, _)| f64::from(*value))
                    .fold(f64::NEG_INFINITY, f64::max)
            }
            Kind::Conv => {
                let products = window.iter().zip(&kernel);
                let products = products.map(|(x, w)| f64::from(*x) * f64::from(*w));
                products.sum::<f64>() * f64::from(scale) + f64::from(bias)
            }
        };
        let facts = MadeFacts {
            kind: layer.kind,
            input: layer.input,
            size: [rows, columns],
            channels,
            window: layer.window,
            from,
            bias: f64::from(bias),
            scale: f64::from(scale),
            sum,
            activation: match activation {
                Activation::None => "none",
                Activation::Relu => "relu",
                Activation::Relu6 => "relu6",
            },
            value: f64::from(value),
        };
        Ok(Made {
            facts,
            window,
            kernel,
        })
    }
}

fn not_one_layer(stage: &str) -> FcnError {
    FcnError::invalid(format!(
        "\"{stage}\" is not made by one layer that can be shown"
    ))
}

/// Where the taps of a window lie along a side; `None` beyond the map.
fn taps(
    from: [isize; 2],
    axis: usize,
    kernel: usize,
    dilation: usize,
    size: usize,
) -> Vec<Option<usize>> {
    let from = from.get(axis).copied().unwrap_or(0);
    let at = (0..kernel).map(|tap| from + (tap * dilation) as isize);
    at.map(|at| usize::try_from(at).ok().filter(|at| *at < size))
        .collect()
}
