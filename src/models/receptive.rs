//! Where the cells of a map look: receptive field, jump and start, through every kind of layer.
//!
//! Dumoulin & Visin, "A guide to convolution arithmetic for deep learning" (arXiv 1603.07285); Araujo,
//! Norris & Sim, "Computing Receptive Fields of Convolutional Neural Networks" (Distill, 2019).
//! `tests/shapes.rs` finds the same by poking inputs.

use serde::Serialize;

use super::shapes::Window;

/// Where the cells of a map look along one axis, in pixels of the input.
///
/// The middle of cell u lies at `start + u·jump`. A convolution of kernel k, stride t and padding p makes
/// the size larger by (k − 1)·jump, moves the start by jump·((k − 1)/2 − p), and multiplies the jump by t.
/// A transposed one is its mirror: it divides the jump by t first, and moves the start back.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Receptive {
    /// Side of the smallest square around the middle beyond which a cell sees nothing; `None`: it sees the
    /// whole input.
    pub size: Option<f64>,
    /// From the middle of a cell to its neighbour's.
    pub jump: f64,
    /// The middle of the first cell; 0 is the middle of the first pixel.
    pub start: f64,
}

impl Receptive {
    /// Of a pixel.
    pub(super) const PIXEL: Self = Self {
        size: Some(1.0),
        jump: 1.0,
        start: 0.0,
    };

    pub(super) fn slid(self, window: Window) -> Self {
        let [before, _] = window.padding;
        let reach = (window.dilation * (window.kernel - 1)) as f64;
        Self {
            size: self.size.map(|size| size + reach * self.jump),
            jump: self.jump * window.stride as f64,
            start: self.start + self.jump * (reach / 2.0 - before as f64),
        }
    }

    /// Through a transposed convolution.
    pub(super) fn enlarged(self, [kernel, factor, padding]: [usize; 3]) -> Self {
        let jump = self.jump / factor as f64;
        let reach = (kernel - 1) as f64;
        Self {
            size: self.size.map(|size| size + reach * jump),
            jump,
            start: self.start - jump * (reach / 2.0 - padding as f64),
        }
    }

    /// Bilinearly resized with pixels as squares (`align_corners=False`): of two cells, which lie less than
    /// one cell away.
    pub(super) fn resized(self, factor: f64) -> Self {
        Self {
            size: self
                .size
                .map(|size| size + 2.0 * self.jump * (1.0 - 0.5 / factor)),
            jump: self.jump / factor,
            start: self.start + self.jump * (0.5 / factor - 0.5),
        }
    }

    /// From the cell `offset` on.
    pub(super) fn at_cell(self, offset: f64) -> Self {
        Self {
            start: self.start + offset * self.jump,
            ..self
        }
    }

    /// Of a sum: the smallest square around the first map's middle that holds both.
    pub(super) fn with(self, other: Self) -> Self {
        let sizes = self.size.zip(other.size);
        let apart = 2.0 * (self.start - other.start).abs();
        Self {
            size: sizes.map(|(one, two)| one.max(two + apart)),
            ..self
        }
    }
}
