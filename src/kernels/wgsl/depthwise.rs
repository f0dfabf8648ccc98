//! The WGSL text of the depthwise convolution. Channel-last.
//!
//! A thread computes a tile of `pixels` neighbouring pixels of one row × one vector of channels. For every
//! kernel row it reads the input pixels of the tile once and uses each for up to `k` of the tile's pixels.

use std::fmt::{Result, Write};

use super::{Kernel, activated, module, vector};
use crate::kernels::{Activation, Window};

/// What the text is generated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tile {
    /// Side of the kernel.
    pub kernel: usize,
    /// How many input pixels lie from one output pixel to the next.
    pub stride: usize,
    /// How many lie from one tap to the next.
    pub dilation: usize,
    /// Channels in a vector: 4, or 1 when their number isn't a multiple of four.
    pub lanes: usize,
    /// What follows.
    pub activation: Activation,
}

impl Tile {
    /// Pixels of a row that a thread computes.
    pub const PIXELS: usize = 4;

    /// For a layer of so many channels.
    pub fn choose(window: Window, channels: usize, activation: Activation) -> Self {
        Self {
            kernel: window.kernel,
            stride: window.stride,
            dilation: window.dilation,
            lanes: if channels.is_multiple_of(4) { 4 } else { 1 },
            activation,
        }
    }

    fn body(self, out: &mut String) -> Result {
        let Self {
            kernel,
            stride,
            dilation,
            lanes,
            activation,
        } = self;
        let pixels = Self::PIXELS;
        write!(
            out,
            "  let tiles = (width + {last}) / {pixels};
  let v = thread % vectors;
  let tile = thread / vectors;
  let line_of_tiles = tile / tiles;
  if (line_of_tiles >= height * batches) {{ return; }}
  let picture = line_of_tiles / height;
  let row = line_of_tiles - picture * height;
  let column = (tile - line_of_tiles * tiles) * {pixels};
",
            last = pixels - 1,
        )?;
        for p in 0..pixels {
            writeln!(out, "  var sum{p} = bias[v];")?;
        }
        write!(
            out,
            "  for (var ky = 0; ky < {kernel}; ky++) {{
    let source = row * {stride} + ky * {dilation} - padding;
    if (source < 0 || source >= rows) {{ continue; }}
    let line = (picture * rows + source) * columns;
"
        )?;
        for kx in 0..kernel {
            writeln!(
                out,
                "    let w{kx} = weight[(ky * {kernel} + {kx}) * vectors + v];"
            )?;
        }
        let zero = format!("{}(0.0)", vector(lanes));
        for i in 0..(pixels - 1) * stride + (kernel - 1) * dilation + 1 {
            // The taps that see it, and the pixel of the tile whose they are.
            let taps = (0..pixels).filter_map(|p| {
                let from = i.checked_sub(p * stride)?;
                let kx = from / dilation;
                (from % dilation == 0 && kx < kernel).then_some((p, kx))
            });
            let taps: Vec<_> = taps.collect();
            if taps.is_empty() {
                continue;
            }
            // Beyond the row's ends the padding is zero: read some pixel, and discard it.
            writeln!(
                out,
                "    let at{i} = column * {stride} + {i} - padding;
    let in{i} = select({zero}, x[(line + clamp(at{i}, 0, columns - 1)) * vectors + v], at{i} >= 0 && at{i} < columns);"
            )?;
            for (p, kx) in taps {
                writeln!(out, "    sum{p} = fma(in{i}, w{kx}, sum{p});")?;
            }
        }
        writeln!(
            out,
            "  }}\n  let o = ((picture * height + row) * width + column) * vectors + v;"
        )?;
        for p in 0..pixels {
            let result = activated(&format!("sum{p}"), lanes, activation);
            writeln!(
                out,
                "  if (column + {p} < width) {{ y[o + {p} * vectors] = {result}; }}"
            )?;
        }
        Ok(())
    }
}

impl Kernel for Tile {
    /// Bindings: 0 input `[n, h, w, c]`, 1 weights `[k, k, c]`, 2 bias `[c]`, 3 output `[n, h', w', c]`.
    fn wgsl(self) -> String {
        let mut body = String::with_capacity(8192);
        // Writing to a String cannot fail.
        let _ = self.body(&mut body);
        let element = vector(self.lanes);
        module(
            &[
                ("x", element),
                ("weight", element),
                ("bias", element),
                ("y", element),
            ],
            &[
                "vectors", "rows", "columns", "height", "width", "batches", "padding",
            ],
            &body,
        )
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::tests::assert_valid;
    use super::*;

    #[test]
    fn the_text_is_valid_for_every_tile() {
        for activation in Activation::ALL {
            for kernel in [1, 2, 3, 5] {
                for (stride, dilation) in [(1, 1), (2, 1), (3, 1), (1, 2), (2, 3)] {
                    for channels in [3, 8] {
                        let window = Window::atrous(kernel, stride, dilation);
                        assert_valid(Tile::choose(window, channels, activation));
                    }
                }
            }
        }
    }
}
