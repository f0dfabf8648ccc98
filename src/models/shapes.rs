//! A pass on paper: of every stage its map's size, what it costs, and where its cells look, from a net's
//! settings alone.
//!
//! Each architecture walks its layers once here, as its forward pass does with tensors;
//! `tests/shapes.rs` holds the one to the other.

use serde::Serialize;

use super::receptive::Receptive;
use crate::FcnError;
use crate::upsample::{Rounding, conv_size, conv_transpose_size, pool2_size};

/// A stage of a pass: its map's size, what it costs, and where its cells look.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Shape {
    /// As a pass reports it; `input` for what goes in.
    pub stage: &'static str,
    /// Channels.
    pub channels: usize,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Numbers in the weights and biases of its layers, a batch norm folded in.
    pub parameters: u64,
    /// Multiply-and-adds of its convolutions, as the textbook counts them: padding too; pools, sums and
    /// resizing count nothing.
    pub macs: u64,
    /// Where its cells look, down.
    pub receptive: Receptive,
    /// The same across: another only where a map was resized to a size that isn't its own times a factor.
    pub across: Receptive,
    /// The one layer that makes it of another stage's map; `None` where several do.
    pub layer: Option<Layer>,
}

/// A layer that makes one stage's map of another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Layer {
    /// The stage whose map goes in.
    pub input: &'static str,
    /// What it does with that map.
    pub kind: Kind,
    /// How it looks at that map; of a transposed convolution: how its kernel is laid on the map that comes out.
    pub window: Window,
    /// Of a sum: the stage of the other map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added: Option<&'static str>,
    /// Of a crop: the row and the column that it begins with.
    #[serde(skip_serializing_if = "is_zero")]
    pub offset: usize,
}

impl Layer {
    /// That takes its map cell by cell.
    fn of_cells(input: &'static str, kind: Kind) -> Self {
        Self {
            input,
            kind,
            window: Window::valid(1),
            added: None,
            offset: 0,
        }
    }
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// What a layer does with its map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A convolution, perhaps with a ReLU.
    Conv,
    /// A max pool.
    Pool,
    /// A transposed convolution.
    Transposed,
    /// The sum of two maps.
    Sum,
    /// A part of the map, from a cell on.
    Crop,
    /// Bilinear resizing, with pixels as squares.
    Resized,
}

/// Instead of a stage's name: of a map that isn't reported.
pub const INNER: &str = "";

/// A map on its way through a net.
#[derive(Debug, Clone, Copy)]
pub struct Map {
    /// Channels.
    pub channels: usize,
    /// Rows and columns.
    pub size: [usize; 2],
    /// Where its cells look, down and across.
    pub receptive: [Receptive; 2],
    /// The stage that it was reported as, or [`INNER`].
    stage: &'static str,
    layer: Option<Layer>,
}

impl Map {
    /// Reports it as a stage, unless it is [`INNER`].
    pub fn stage(self, stage: &'static str, walk: &mut Walk) -> Self {
        let ([rows, columns], channels) = (self.size, self.channels);
        let [receptive, across] = self.receptive;
        if stage != INNER {
            walk.stages.push(Shape {
                stage,
                channels,
                rows,
                columns,
                parameters: std::mem::take(&mut walk.parameters),
                macs: std::mem::take(&mut walk.macs),
                receptive,
                across,
                layer: self.layer,
            });
        }
        Self { stage, ..self }
    }

    /// The sum of two maps of one size, reported as a stage.
    pub fn plus(self, other: Self, stage: &'static str, walk: &mut Walk) -> Self {
        let ([down, across], [other_down, other_across]) = (self.receptive, other.receptive);
        let layer = Layer {
            added: Some(other.stage),
            ..Layer::of_cells(self.stage, Kind::Sum)
        };
        let sum = Self {
            receptive: [down.with(other_down), across.with(other_across)],
            layer: (self.stage != INNER && other.stage != INNER).then_some(layer),
            ..self
        };
        sum.stage(stage, walk)
    }

    /// The layer, unless its map isn't reported.
    fn reported(self, layer: Layer) -> Option<Layer> {
        (self.stage != INNER).then_some(layer)
    }

    /// The same map, each channel times a factor that the whole map's mean gives.
    pub fn scaled(self) -> Self {
        Self {
            layer: None,
            ..self.of_everything()
        }
    }

    /// The same map, of which each cell sees all of the input.
    pub fn of_everything(mut self) -> Self {
        self.receptive = self.receptive.map(|along| Receptive {
            size: None,
            ..along
        });
        self
    }

    fn cells(self) -> u64 {
        product(self.size)
    }
}

/// How a layer looks at its map, the same down and across.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Window {
    /// Side of the kernel.
    pub kernel: usize,
    /// Pixels from one position to the next.
    pub stride: usize,
    /// Pixels of zeros before the map, above as on the left, and after it.
    pub padding: [usize; 2],
    /// Pixels between the kernel's taps.
    pub dilation: usize,
}

impl Window {
    /// Stride 1 without padding.
    pub fn valid(kernel: usize) -> Self {
        Self {
            kernel,
            stride: 1,
            padding: [0; 2],
            dilation: 1,
        }
    }

    /// An odd kernel, padded so that stride 1 keeps the size.
    pub fn same(kernel: usize, stride: usize, dilation: usize) -> Self {
        Self {
            kernel,
            stride,
            padding: [dilation * (kernel - 1) / 2; 2],
            dilation,
        }
    }
}

/// In u64: such products overflow wasm's 32-bit usize.
fn product(numbers: impl IntoIterator<Item = usize>) -> u64 {
    let numbers = numbers.into_iter().map(|size| size as u64);
    numbers.fold(1, u64::saturating_mul)
}

/// The stages of a pass, as far as it has come.
#[derive(Debug, Default)]
pub struct Walk {
    /// The input and every stage, in order.
    pub stages: Vec<Shape>,
    /// Numbers in the largest buffer: a map's, or a layer's weights.
    pub largest: u64,
    /// Numbers in the two largest maps, whether they are reported or not.
    pub maps: [u64; 2],
    /// Of the layers since the latest stage.
    parameters: u64,
    macs: u64,
}

impl Walk {
    /// Takes note of a buffer.
    pub fn hold(&mut self, numbers: impl IntoIterator<Item = usize>) {
        self.largest = self.largest.max(product(numbers));
    }

    /// What goes in.
    pub fn input(&mut self, channels: usize, size: [usize; 2]) -> Map {
        let input = Map {
            channels,
            size,
            receptive: [Receptive::PIXEL; 2],
            stage: INNER,
            layer: None,
        };
        self.map("input", input)
    }

    /// Takes note of a map.
    fn map(&mut self, stage: &'static str, map: Map) -> Map {
        let [rows, columns] = map.size;
        self.hold([map.channels, rows, columns]);
        let [first, second] = self.maps;
        let numbers = product([map.channels, rows, columns]);
        self.maps = [first.max(numbers), second.max(numbers.min(first))];
        map.stage(stage, self)
    }

    /// The map with so many cells of zeros on each side.
    pub fn pad(&mut self, x: Map, cells: usize) -> Map {
        let padded = Map {
            size: x.size.map(|side| side + 2 * cells),
            receptive: x.receptive.map(|along| along.at_cell(-(cells as f64))),
            layer: None,
            ..x
        };
        self.map(INNER, padded)
    }

    /// Caffe's crop: from a cell on, as much as is asked for.
    pub fn crop(&mut self, stage: &'static str, x: Map, offset: usize, size: [usize; 2]) -> Map {
        let cropped = Map {
            size,
            receptive: x.receptive.map(|along| along.at_cell(offset as f64)),
            layer: x.reported(Layer {
                offset,
                ..Layer::of_cells(x.stage, Kind::Crop)
            }),
            ..x
        };
        self.map(stage, cropped)
    }

    /// The map bilinearly resized, with pixels as squares.
    pub fn resize(&mut self, stage: &'static str, x: Map, size: [usize; 2]) -> Map {
        let ([rows, columns], [down, across]) = (x.size, x.receptive);
        let factor = |from: usize, to: usize| to as f64 / from.max(1) as f64;
        let resized = Map {
            size,
            receptive: [
                down.resized(factor(rows, size[0])),
                across.resized(factor(columns, size[1])),
            ],
            layer: x.reported(Layer::of_cells(x.stage, Kind::Resized)),
            ..x
        };
        self.map(stage, resized)
    }

    /// The mean of each channel, which sees everything.
    pub fn mean(&mut self, x: Map) -> Map {
        let mean = Map {
            size: [1; 2],
            layer: None,
            ..x.of_everything()
        };
        self.map(INNER, mean)
    }

    /// The channels of several maps, the first of them among them, side by side.
    pub fn stack(&mut self, x: Map, channels: usize) -> Map {
        let all = Map {
            channels,
            layer: None,
            ..x
        };
        self.map(INNER, all)
    }

    /// The map that a window makes, sliding; not yet taken note of.
    fn slid(
        x: Map,
        channels: usize,
        (kind, window): (Kind, Window),
        length: impl Fn(usize) -> Option<usize>,
    ) -> Result<Map, FcnError> {
        let [Some(rows), Some(columns)] = x.size.map(length) else {
            return Err(FcnError::invalid("nothing is left of the map"));
        };
        let layer = Layer {
            window,
            ..Layer::of_cells(x.stage, kind)
        };
        let map = Map {
            channels,
            size: [rows, columns],
            receptive: x.receptive.map(|along| along.slid(window)),
            stage: INNER,
            layer: x.reported(layer),
        };
        Ok(map)
    }

    /// A convolution to so many channels.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] where nothing is left of the map; so for the others.
    pub fn conv(
        &mut self,
        stage: &'static str,
        x: Map,
        channels: usize,
        window: Window,
    ) -> Result<Map, FcnError> {
        self.hold([channels, x.channels, window.kernel, window.kernel]);
        self.conv_in_slices(stage, x, channels, window)
    }

    /// A convolution whose weights lie in several buffers.
    ///
    /// # Errors
    /// As [`conv`](Self::conv).
    pub fn conv_in_slices(
        &mut self,
        stage: &'static str,
        x: Map,
        channels: usize,
        window: Window,
    ) -> Result<Map, FcnError> {
        self.convolve(stage, x, channels, x.channels, window)
    }

    /// A convolution of each channel by itself.
    ///
    /// # Errors
    /// As [`conv`](Self::conv).
    pub fn depthwise(
        &mut self,
        stage: &'static str,
        x: Map,
        window: Window,
    ) -> Result<Map, FcnError> {
        self.hold([x.channels, window.kernel, window.kernel]);
        let map = self.convolve(stage, x, x.channels, 1, window)?;
        Ok(Map { layer: None, ..map })
    }

    /// Each channel of the result is made of `mixed` channels.
    fn convolve(
        &mut self,
        stage: &'static str,
        x: Map,
        channels: usize,
        mixed: usize,
        window: Window,
    ) -> Result<Map, FcnError> {
        let Window {
            kernel,
            stride,
            padding: [before, after],
            dilation,
        } = window;
        let length = |side| conv_size(side + before + after, kernel, stride, 0, dilation);
        let map = Self::slid(x, channels, (Kind::Conv, window), length)?;
        let taps = product([channels, mixed, kernel, kernel]);
        self.count(taps + channels as u64, taps.saturating_mul(map.cells()));
        Ok(self.map(stage, map))
    }

    fn count(&mut self, parameters: u64, macs: u64) {
        self.parameters = self.parameters.saturating_add(parameters);
        self.macs = self.macs.saturating_add(macs);
    }

    /// A max pool.
    ///
    /// # Errors
    /// As [`conv`](Self::conv).
    pub fn pool(&mut self, stage: &'static str, x: Map, window: Window) -> Result<Map, FcnError> {
        let Window {
            kernel,
            stride,
            padding: [before, after],
            dilation,
        } = window;
        let length = |side| conv_size(side + before + after, kernel, stride, 0, dilation);
        let map = Self::slid(x, x.channels, (Kind::Pool, window), length)?;
        Ok(self.map(stage, map))
    }

    /// A 2×2 max pool of stride 2.
    ///
    /// # Errors
    /// As [`conv`](Self::conv).
    pub fn pool2(
        &mut self,
        stage: &'static str,
        x: Map,
        rounding: Rounding,
    ) -> Result<Map, FcnError> {
        let window = Window {
            stride: 2,
            ..Window::valid(2)
        };
        let length = |side| pool2_size(side, rounding);
        let map = Self::slid(x, x.channels, (Kind::Pool, window), length)?;
        Ok(self.map(stage, map))
    }

    /// FCN's upsampling by `factor`: a transposed convolution that keeps the channels, whose kernel is
    /// twice as wide as its stride. Each channel of the result is made of `mixed` channels.
    ///
    /// # Errors
    /// As [`conv`](Self::conv).
    pub fn upsample(
        &mut self,
        stage: &'static str,
        x: Map,
        mixed: usize,
        [factor, padding]: [usize; 2],
    ) -> Result<Map, FcnError> {
        let kernel = 2 * factor;
        self.hold([x.channels, mixed, kernel, kernel]);
        let length = |side| conv_transpose_size(side, kernel, factor, padding, 0, 1);
        let [Some(rows), Some(columns)] = x.size.map(length) else {
            return Err(FcnError::invalid("nothing is left of the map"));
        };
        let taps = product([x.channels, mixed, kernel, kernel]);
        self.count(taps, taps.saturating_mul(x.cells()));
        let map = Map {
            size: [rows, columns],
            receptive: x
                .receptive
                .map(|along| along.enlarged([kernel, factor, padding])),
            layer: x.reported(Layer {
                window: Window {
                    kernel,
                    stride: factor,
                    padding: [padding; 2],
                    dilation: 1,
                },
                ..Layer::of_cells(x.stage, Kind::Transposed)
            }),
            ..x
        };
        Ok(self.map(stage, map))
    }
}
