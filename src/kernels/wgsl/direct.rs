//! The WGSL text of the direct convolution, unrolled for one tile shape. Channel-last.
//!
//! A thread computes a tile of `pixels` neighbouring pixels of one row × `vectors · lanes_out`
//! neighbouring output channels in registers. For every group of input channels and kernel row it
//! reads `(pixels − 1)·stride + k` input pixels once and uses each for up to `k` output pixels × all its
//! channels, where a thread for each value would read two numbers for every multiplication. Sizes
//! are read from a buffer, so that one pipeline serves all layers of a tile shape.

use std::fmt::{Result, Write};

use super::{Kernel, activated, component, module, vector};
use crate::kernels::{Activation, Window};

/// What the text is generated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tile {
    /// Side of the kernel, odd.
    pub kernel: usize,
    /// How many input pixels lie from one output pixel to the next.
    pub stride: usize,
    /// How many lie from one tap to the next.
    pub dilation: usize,
    /// Pixels of a row that a thread computes.
    pub pixels: usize,
    /// Vectors of output channels that a thread computes.
    pub vectors: usize,
    /// Input channels in a vector: 4, or 1 when their number isn't a multiple of four.
    pub lanes_in: usize,
    /// Output channels in a vector, likewise.
    pub lanes_out: usize,
    /// What follows.
    pub activation: Activation,
}

impl Tile {
    /// The tile for a layer, by rule: few shapes, so few pipelines to compile.
    pub fn choose(
        window: Window,
        [channels_in, channels_out]: [usize; 2],
        width: usize,
        activation: Activation,
    ) -> Self {
        let lanes = |channels: usize| if channels.is_multiple_of(4) { 4 } else { 1 };
        Self {
            kernel: window.kernel,
            stride: window.stride,
            dilation: window.dilation,
            pixels: if width >= 8 && window.stride == 1 {
                8
            } else {
                4
            },
            vectors: if channels_out.is_multiple_of(8) { 2 } else { 1 },
            lanes_in: lanes(channels_in),
            lanes_out: lanes(channels_out),
            activation,
        }
    }

    /// Output channels that a thread computes.
    pub fn channels(self) -> usize {
        self.vectors * self.lanes_out
    }

    /// The input pixel of a row that a tap of one of the thread's pixels sees.
    fn source(self, pixel: usize, tap: usize) -> usize {
        pixel * self.stride + tap * self.dilation
    }

    /// The input pixels of a row that the thread's pixels see.
    fn sources(self) -> impl Iterator<Item = usize> {
        let all = 0..=self.source(self.pixels - 1, self.kernel - 1);
        all.filter(move |&i| {
            let pixels = 0..self.pixels;
            let mut seen =
                pixels.flat_map(move |p| (0..self.kernel).map(move |tap| self.source(p, tap)));
            seen.any(|source| source == i)
        })
    }

    fn head(self, out: &mut String) -> Result {
        let Self {
            pixels,
            vectors,
            lanes_in,
            lanes_out,
            ..
        } = self;
        write!(
            out,
            "  let groups_in = channels_in / {lanes_in};
  let groups_out = channels_out / {lanes_out};
  let tiles = (width + {last}) / {pixels};
  let group = thread / (tiles * height * batches);
  let v = group * {vectors};
  if (v >= groups_out) {{ return; }}
  let tile = thread - group * tiles * height * batches;
  let line_of_tiles = tile / tiles;
  let picture = line_of_tiles / height;
  let row = line_of_tiles - picture * height;
  let column = (tile - line_of_tiles * tiles) * {pixels};
",
            last = pixels - 1,
        )?;
        for i in 0..vectors {
            writeln!(out, "  let bias{i} = bias[v + {i}];")?;
            for p in 0..pixels {
                writeln!(out, "  var sum{p}_{i} = bias{i};")?;
            }
        }
        Ok(())
    }

    /// The loop over kernel rows and groups of input channels.
    fn accumulate(self, out: &mut String) -> Result {
        let Self {
            kernel,
            stride,
            dilation,
            pixels,
            vectors,
            lanes_in,
            lanes_out,
            ..
        } = self;
        write!(
            out,
            "  for (var ky = 0; ky < {kernel}; ky++) {{
    let source = row * {stride} + ky * {dilation} - padding;
    if (source < 0 || source >= rows) {{ continue; }}
    let line = (picture * rows + source) * columns;
"
        )?;
        for i in self.sources() {
            // Beyond the row's ends the padding is zero: read some pixel, and discard it.
            writeln!(
                out,
                "    let at{i} = column * {stride} + {i} - padding;
    let inside{i} = at{i} >= 0 && at{i} < columns;
    let from{i} = (line + clamp(at{i}, 0, columns - 1)) * groups_in;"
            )?;
        }
        write!(
            out,
            "    for (var g = 0; g < groups_in; g++) {{
      var w = ((g * {lanes_in}) * {kernel} + ky) * {kernel} * groups_out + v;
"
        )?;
        for i in self.sources() {
            let zero = format!("{}(0.0)", vector(lanes_in));
            writeln!(
                out,
                "      let in{i} = select({zero}, x[from{i} + g], inside{i});"
            )?;
        }
        // Weights are [in, k, k, out]: the next input channel is k·k·groups_out further on.
        for lane in 0..lanes_in {
            for kx in 0..kernel {
                writeln!(out, "      {{")?;
                for i in 0..vectors {
                    let offset = format!("w + {kx} * groups_out + {i}");
                    writeln!(out, "        let w{i} = weight[{offset}];")?;
                }
                for p in 0..pixels {
                    let value = format!("in{}{}", self.source(p, kx), component(lanes_in, lane));
                    let value = format!("{}({value})", vector(lanes_out));
                    for i in 0..vectors {
                        writeln!(out, "        sum{p}_{i} = fma({value}, w{i}, sum{p}_{i});")?;
                    }
                }
                writeln!(out, "      }}")?;
            }
            writeln!(out, "      w += {} * groups_out;", kernel * kernel)?;
        }
        writeln!(out, "    }}\n  }}")
    }

    fn store(self, out: &mut String) -> Result {
        writeln!(
            out,
            "  let o = ((picture * height + row) * width + column) * groups_out + v;"
        )?;
        for p in 0..self.pixels {
            writeln!(out, "  if (column + {p} < width) {{")?;
            for i in 0..self.vectors {
                let result = activated(&format!("sum{p}_{i}"), self.lanes_out, self.activation);
                writeln!(out, "    y[o + {p} * groups_out + {i}] = {result};")?;
            }
            writeln!(out, "  }}")?;
        }
        Ok(())
    }
}

impl Kernel for Tile {
    /// Bindings: 0 input `[n, h, w, in]`, 1 weights `[in, k, k, out]`, 2 bias `[out]`, 3 output
    /// `[n, h, w, out]`.
    fn wgsl(self) -> String {
        let mut body = String::with_capacity(16_384);
        // Writing to a String cannot fail.
        let _ = self.head(&mut body);
        let _ = self.accumulate(&mut body);
        let _ = self.store(&mut body);
        let (of_in, of_out) = (vector(self.lanes_in), vector(self.lanes_out));
        module(
            &[
                ("x", of_in),
                ("weight", of_out),
                ("bias", of_out),
                ("y", of_out),
            ],
            &[
                "channels_in",
                "channels_out",
                "rows",
                "columns",
                "height",
                "width",
                "batches",
                "padding",
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
    fn a_tile_divides_its_channels() {
        for channels in 1..200 {
            for width in [1, 7, 8, 512] {
                let window = Window::centred(3, 1);
                let tile = Tile::choose(window, [channels; 2], width, Activation::Relu);
                assert_eq!(channels % tile.channels(), 0, "{channels} channels out");
                assert_eq!(channels % tile.lanes_in, 0, "{channels} channels in");
            }
        }
    }

    #[test]
    fn the_text_is_valid_for_every_tile() {
        for activation in Activation::ALL {
            for kernel in [1, 3, 7] {
                for channels in [[1, 1], [3, 64], [64, 21], [8, 8]] {
                    for width in [4, 100] {
                        for (stride, dilation) in [(1, 1), (2, 1), (1, 2), (2, 3)] {
                            let window = Window::atrous(kernel, stride, dilation);
                            assert_valid(Tile::choose(window, channels, width, activation));
                        }
                    }
                }
            }
        }
    }
}
