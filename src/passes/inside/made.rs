//! One cell of a stage, as its layer made it: the window, the kernel, the sum.

use serde::Serialize;

use super::{Opened, no_stage};
use crate::FcnError;
use crate::device::read;
use crate::kernels::Activation;
use crate::models::shapes::{Kind, Layer, Shape, Window};
use crate::models::tail::{Cell, neighbours, taps as stamps};

/// How one cell of a stage came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// What is said of it in plain numbers.
    pub facts: MadeFacts,
    /// What the window held, zeros where it reaches beyond the map: `[channels, k, k]`; where there are
    /// places instead of a window, what they hold: `[channels, places]`.
    pub window: Vec<f32>,
    /// The kernel, laid out likewise; empty for a pool.
    pub kernel: Vec<f32>,
}

/// Where one of the values lies that a cell is a sum of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The stage of its map.
    pub stage: &'static str,
    /// From the top.
    pub row: usize,
    /// From the left.
    pub column: usize,
    /// Row and column of the kernel's number that falls on the cell, from 0; zeros where there is no kernel.
    pub tap: Cell,
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
    /// Row and column of the window's first cell in the input's map; beyond it where padding is. Of the first
    /// place where there are places.
    pub from: [isize; 2],
    /// Of what has no window that slides over the map: where the values lie, one of each channel. Of a
    /// transposed convolution: the cells whose stamps reach the cell.
    pub places: Vec<Place>,
    /// The bias; 0 where there is none.
    pub bias: f64,
    /// What the input was multiplied by first.
    pub scale: f64,
    /// The sum of products and bias, in f64, or the largest of the window.
    pub sum: f64,
    /// What follows: `none`, `relu`, `relu6`, `hardswish`, `hardsigmoid` or `sigmoid`.
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
        let map = self.map(stage).await?;
        let value = map.slice([0..1, channel..channel + 1, row..row + 1, column..column + 1]);
        let value = f64::from(read(value).await?.first().copied().unwrap_or(f32::NAN));
        match layer.kind {
            Kind::Conv | Kind::Pool => {
                self.slid((stage, layer), channel, [row, column], value)
                    .await
            }
            _ => {
                self.gathered(&shape, layer, (channel, [row, column]), value)
                    .await
            }
        }
    }

    /// By a window that slides over the map.
    async fn slid(
        &self,
        (stage, layer): (&str, Layer),
        channel: usize,
        [row, column]: Cell,
        value: f64,
    ) -> Result<Made, FcnError> {
        let Window {
            kernel: side,
            stride,
            padding: [before, _],
            dilation,
        } = layer.window;
        let from = [row, column].map(|at| (at * stride) as isize - before as isize);
        let (first, channels, kernel, bias, scale, activation) = match layer.kind {
            Kind::Pool => (channel, 1, Vec::new(), 0.0, 1.0, Activation::None),
            _ => {
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
            _ => {
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
            places: Vec::new(),
            bias: f64::from(bias),
            scale: f64::from(scale),
            sum,
            activation: match activation {
                Activation::None => "none",
                Activation::Relu => "relu",
                Activation::Relu6 => "relu6",
                Activation::HardSwish => "hardswish",
                Activation::HardSigmoid => "hardsigmoid",
                Activation::Sigmoid => "sigmoid",
            },
            value,
        };
        Ok(Made {
            facts,
            window,
            kernel,
        })
    }

    /// As a sum over places: the cells that stamp it, the two cells of a sum, the one that a crop keeps, or
    /// the four that resizing blends.
    async fn gathered(
        &self,
        shape: &Shape,
        layer: Layer,
        (channel, cell): (usize, Cell),
        value: f64,
    ) -> Result<Made, FcnError> {
        let input = *self.shape(layer.input)?;
        let size = [input.rows, input.columns];
        let own = |[row, column]: Cell, stage| Place {
            stage,
            row,
            column,
            tap: [0; 2],
        };
        let mut channels = channel..channel + 1;
        let (places, kernel) = match layer.kind {
            Kind::Transposed => {
                let found = self.model.net.layers.upsampling_layer(shape.stage);
                let found = found.ok_or_else(|| not_one_layer(shape.stage))?;
                let places = stamping(layer, cell, size);
                let weight = found.weight.val(); // [in, out / groups, k, k]
                let [inputs, outputs, _, _] = weight.dims();
                let mut to = 0;
                if found.groups == 1 {
                    channels = 0..inputs;
                    to = channel;
                }
                let side = layer.window.kernel;
                let own = [channels.clone(), to..outputs.min(to + 1), 0..side, 0..side];
                let own = read(weight.slice(own)).await?; // [channels, k, k]
                let taps = own.chunks_exact(side * side).flat_map(|kernel| {
                    let at = |place: &Place| kernel.get(place.tap[0] * side + place.tap[1]);
                    places
                        .iter()
                        .map(move |place| at(place).copied().unwrap_or(0.0))
                });
                let taps = taps.collect();
                (places, taps)
            }
            Kind::Sum => {
                let added = layer.added.ok_or_else(|| not_one_layer(shape.stage))?;
                (vec![own(cell, layer.input), own(cell, added)], vec![1.0; 2])
            }
            Kind::Resized => {
                let ([row, column], [rows, columns]) = (cell, size);
                let down = neighbours(row, rows, shape.rows);
                let across = neighbours(column, columns, shape.columns);
                let all = down.iter().flat_map(|&(row, high)| {
                    across.map(|(column, wide)| {
                        (own([row, column], layer.input), (high * wide) as f32)
                    })
                });
                all.filter(|(_, weight)| *weight != 0.0).unzip()
            }
            _ => {
                let kept = cell.map(|at| at + layer.offset);
                (vec![own(kept, layer.input)], vec![1.0])
            }
        };
        let mut window = Vec::with_capacity(channels.len() * places.len());
        for place in &places {
            let (row, column) = (place.row, place.column);
            let cell = [row..row + 1, column..column + 1];
            let around = self.around(place.stage, cell).await?;
            window.push(
                channels
                    .clone()
                    .map(|of| around.at(of, row, column))
                    .collect::<Vec<_>>(),
            );
        }
        // From places of channels to channels of places.
        let window: Vec<f32> = (0..channels.len())
            .flat_map(|of| window.iter().filter_map(move |place| place.get(of)))
            .copied()
            .collect();
        let products = window.iter().zip(&kernel);
        let products = products.map(|(x, w)| f64::from(*x) * f64::from(*w));
        let from = places
            .first()
            .map_or([0; 2], |place| [place.row as isize, place.column as isize]);
        let facts = MadeFacts {
            kind: layer.kind,
            input: layer.input,
            size,
            channels: channels.len(),
            window: layer.window,
            from,
            bias: 0.0,
            scale: 1.0,
            sum: products.sum(),
            activation: "none",
            value,
            places,
        };
        Ok(Made {
            facts,
            window,
            kernel,
        })
    }
}

/// The cells whose stamps reach a cell of what a transposed convolution makes.
fn stamping(layer: Layer, [row, column]: Cell, [rows, columns]: Cell) -> Vec<Place> {
    let Window {
        kernel,
        stride,
        padding: [before, _],
        ..
    } = layer.window;
    let along = |at: usize, cells: usize| stamps(at + before, stride, kernel, cells);
    let down: Vec<_> = along(row, rows).collect();
    let places = down.into_iter().flat_map(|(row, i)| {
        along(column, columns).map(move |(column, j)| Place {
            stage: layer.input,
            row,
            column,
            tap: [i, j],
        })
    });
    places.collect()
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
