//! A pass on paper: the size of every stage's map, from a net's settings alone.
//!
//! Each architecture walks its layers once here, as its forward pass does with tensors;
//! `tests/shapes.rs` holds the one to the other.

use serde::Serialize;

use crate::FcnError;
use crate::upsample::{Rounding, conv_size, conv_transpose_size, pool2_size};

/// A stage of a pass and its map's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Shape {
    /// As a pass reports it; `input` for what goes in.
    pub stage: &'static str,
    /// Channels.
    pub channels: usize,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
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
}

impl Map {
    /// Reports it as a stage, unless it is [`INNER`].
    pub fn stage(self, stage: &'static str, walk: &mut Walk) -> Self {
        let ([rows, columns], channels) = (self.size, self.channels);
        if stage != INNER {
            walk.stages.push(Shape {
                stage,
                channels,
                rows,
                columns,
            });
        }
        self
    }
}

/// How a layer looks at its map, the same down and across.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Side of the kernel.
    pub kernel: usize,
    /// Pixels from one position to the next.
    pub stride: usize,
    /// Pixels of zeros on each side.
    pub padding: usize,
    /// Pixels between the kernel's taps.
    pub dilation: usize,
}

impl Window {
    /// Stride 1 without padding.
    pub fn valid(kernel: usize) -> Self {
        Self {
            kernel,
            stride: 1,
            padding: 0,
            dilation: 1,
        }
    }

    /// An odd kernel, padded so that stride 1 keeps the size.
    pub fn same(kernel: usize, stride: usize, dilation: usize) -> Self {
        Self {
            kernel,
            stride,
            padding: dilation * (kernel - 1) / 2,
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
}

impl Walk {
    /// Takes note of a buffer.
    pub fn hold(&mut self, numbers: impl IntoIterator<Item = usize>) {
        self.largest = self.largest.max(product(numbers));
    }

    /// A map of that size; what becomes of another one by a crop, by padding or by resizing.
    pub fn map(&mut self, stage: &'static str, channels: usize, size: [usize; 2]) -> Map {
        let [rows, columns] = size;
        self.hold([channels, rows, columns]);
        let [first, second] = self.maps;
        let numbers = product([channels, rows, columns]);
        self.maps = [first.max(numbers), second.max(numbers.min(first))];
        Map { channels, size }.stage(stage, self)
    }

    fn layer(
        &mut self,
        stage: &'static str,
        x: Map,
        channels: usize,
        length: impl Fn(usize) -> Option<usize>,
    ) -> Result<Map, FcnError> {
        match x.size.map(length) {
            [Some(rows), Some(columns)] => Ok(self.map(stage, channels, [rows, columns])),
            _ => Err(FcnError::invalid("nothing is left of the map")),
        }
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
        self.slide(stage, x, channels, window)
    }

    /// The map that a pool makes, or a convolution whose weights lie in several buffers.
    ///
    /// # Errors
    /// As [`conv`](Self::conv).
    pub fn slide(
        &mut self,
        stage: &'static str,
        x: Map,
        channels: usize,
        window: Window,
    ) -> Result<Map, FcnError> {
        let Window {
            kernel,
            stride,
            padding,
            dilation,
        } = window;
        let length = |side| conv_size(side, kernel, stride, padding, dilation);
        self.layer(stage, x, channels, length)
    }

    /// A 2×2 max pool of stride 2.
    ///
    /// # Errors
    /// As [`conv`](Self::conv).
    pub fn pool(
        &mut self,
        stage: &'static str,
        x: Map,
        rounding: Rounding,
    ) -> Result<Map, FcnError> {
        self.layer(stage, x, x.channels, |side| pool2_size(side, rounding))
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
        self.layer(stage, x, x.channels, length)
    }
}
