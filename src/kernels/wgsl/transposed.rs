//! Transposed convolution by phases, each value gathered by one thread, without atomics.
//!
//! Where a pixel of the result lies between two stamps' corners, `(o + padding) mod stride`, is its
//! phase, and all pixels of a phase see the same taps of the kernel, at most ⌈kernel / stride⌉
//! a dimension: 2×2 with FCN's kernels, which are twice the stride wide. So each phase is a small
//! convolution of the input, and the phases interleaved are the result.

use std::fmt::{Result, Write};

use super::{Kernel, Registers, module};

/// What the text is generated for: a thread computes `pixels` pixels of one row and phase in
/// `channels` channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tile {
    /// The most taps that meet at a pixel: rows and columns.
    pub taps: [usize; 2],
    /// The kernel is whole strides wide, so no tap of any phase lies beside it.
    pub even: bool,
    /// Pixels of a row and phase, so a stride apart, that a thread computes.
    pub pixels: usize,
    /// Channels that a thread computes.
    pub channels: usize,
    /// Each channel is enlarged by itself.
    pub per_channel: bool,
}

impl Tile {
    /// The tile by rule, whatever the map's size: few shapes, so few pipelines.
    pub fn choose(
        kernel: [usize; 2],
        stride: [usize; 2],
        channels: usize,
        per_channel: bool,
        registers: Registers,
    ) -> Self {
        // As many blocks of channels as blocks of eight would be, and all of one size.
        let blocks = channels.div_ceil(8);
        Self {
            taps: [kernel[0].div_ceil(stride[0]), kernel[1].div_ceil(stride[1])],
            even: kernel[1].is_multiple_of(stride[1]),
            pixels: match registers {
                Registers::Many if per_channel => 8,
                Registers::Many => 16,
                Registers::Few => 4,
            },
            channels: channels.div_ceil(blocks),
            per_channel,
        }
    }

    fn body(self, out: &mut String) -> Result {
        let Self {
            taps: [taps_down, taps],
            pixels,
            channels,
            per_channel,
            ..
        } = self;
        // A thread's neighbours have the other phases of its place: what they write is side by
        // side, and so are the weights that they read.
        write!(
            out,
            "  if (thread >= phases * blocks * height * lines * batches) {{ return; }}
  var rest = thread / phases;
  let phase = thread - rest * phases;
  let block = rest % blocks;
  rest = rest / blocks;
  let row = rest % height;
  rest = rest / height;
  let picture = rest / lines;
  let channel = (rest - picture * lines) * {channels};
  let place = block * {pixels};
  let corner = (row + padding_y) / stride_y;
  let above = row + padding_y - corner * stride_y;
  let area = kernel_y * kernel_x;
"
        )?;
        for c in 0..channels {
            writeln!(
                out,
                "  let channel{c} = min(channel + {c}, channels_out - 1);"
            )?;
            for p in 0..pixels {
                writeln!(out, "  var sum{p}_{c} = 0.0;")?;
            }
        }
        for t in 0..taps {
            // In a kernel of uneven width the last tap lies beyond it in some phases.
            writeln!(
                out,
                "  let right{t} = min(phase + {t} * stride_x, kernel_x - 1);
  let meets{t} = phase + {t} * stride_x < kernel_x;"
            )?;
        }
        for j in 0..self.sources() {
            // Beyond the map there is nothing: read some pixel, and discard it.
            writeln!(
                out,
                "  let x{j} = place + {j} - {};
  let inside{j} = x{j} >= 0 && x{j} < columns;
  let at{j} = clamp(x{j}, 0, columns - 1) * channels_in;",
                taps - 1,
            )?;
        }
        write!(
            out,
            "  for (var t = 0; t < {taps_down}; t++) {{
    let source = corner - t;
    let down = above + t * stride_y;
    if (source < 0 || source >= rows || down >= kernel_y) {{ continue; }}
    let start = (picture * rows + source) * columns * channels_in;
"
        )?;
        if per_channel {
            for c in 0..channels {
                writeln!(out, "    {{")?;
                self.inputs(out, &format!("channel{c}"))?;
                self.add(out, c, &format!("channel{c}"))?;
                writeln!(out, "    }}")?;
            }
        } else {
            writeln!(out, "    for (var i = 0; i < channels_in; i++) {{")?;
            self.inputs(out, "i")?;
            for c in 0..channels {
                writeln!(out, "      {{")?;
                self.add(out, c, &format!("(i * channels_out + channel{c})"))?;
                writeln!(out, "      }}")?;
            }
            writeln!(out, "    }}")?;
        }
        writeln!(out, "  }}")?;
        for p in 0..pixels {
            writeln!(
                out,
                "  {{
    let column = (place + {p}) * stride_x + phase - padding_x;
    if (column >= 0 && column < width) {{
      let to = ((picture * height + row) * width + column) * channels_out;"
            )?;
            for c in 0..channels {
                writeln!(
                    out,
                    "      if (channel + {c} < channels_out) {{ y[to + channel + {c}] = sum{p}_{c}; }}"
                )?;
            }
            writeln!(out, "    }}\n  }}")?;
        }
        Ok(())
    }

    fn taps_across(self) -> usize {
        let [_, across] = self.taps;
        across
    }

    /// Input pixels of a row that the thread's pixels see.
    fn sources(self) -> usize {
        self.pixels + self.taps_across() - 1
    }

    /// Reads them in one input channel.
    fn inputs(self, out: &mut String, channel: &str) -> Result {
        for j in 0..self.sources() {
            writeln!(
                out,
                "      let in{j} = select(0.0, x[start + at{j} + {channel}], inside{j});"
            )?;
        }
        Ok(())
    }

    /// Reads the taps of one kernel in this phase and row, and adds what they stamp.
    fn add(self, out: &mut String, c: usize, kernel: &str) -> Result {
        writeln!(
            out,
            "        let taps{c} = {kernel} * area + down * kernel_x;"
        )?;
        let taps = self.taps_across();
        for t in 0..taps {
            let weight = format!("weight[taps{c} + right{t}]");
            let weight = match self.even {
                true => weight,
                false => format!("select(0.0, {weight}, meets{t})"),
            };
            writeln!(out, "        let w{t} = {weight};")?;
        }
        for p in 0..self.pixels {
            let mut sum = format!("sum{p}_{c}");
            for t in 0..taps {
                let j = p + taps - 1 - t;
                sum = format!("fma(in{j}, w{t}, {sum})");
            }
            writeln!(out, "        sum{p}_{c} = {sum};")?;
        }
        Ok(())
    }
}

impl Kernel for Tile {
    fn wgsl(self) -> String {
        let mut body = String::with_capacity(32_768);
        // Writing to a String cannot fail.
        let _ = self.body(&mut body);
        module(
            &[("x", "f32"), ("weight", "f32"), ("y", "f32")],
            &[
                "channels_in",
                "channels_out",
                "rows",
                "columns",
                "height",
                "width",
                "batches",
                "blocks",
                "lines",
                "kernel_y",
                "kernel_x",
                "stride_y",
                "stride_x",
                "padding_y",
                "padding_x",
                "phases",
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
    fn the_text_is_valid_for_every_shape() {
        for registers in [Registers::Few, Registers::Many] {
            for (kernel, stride) in [(1, 1), (2, 3), (3, 2), (4, 2), (16, 8), (64, 32)] {
                for channels in [1, 2, 10, 21] {
                    for per_channel in [false, true] {
                        assert_valid(Tile::choose(
                            [kernel, 3],
                            [stride, 2],
                            channels,
                            per_channel,
                            registers,
                        ));
                        assert_valid(Tile::choose(
                            [3, kernel],
                            [2, stride],
                            channels,
                            per_channel,
                            registers,
                        ));
                    }
                }
            }
        }
    }
}
