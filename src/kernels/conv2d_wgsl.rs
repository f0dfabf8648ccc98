//! The WGSL text of the direct convolution, unrolled for one tile shape. Channel-last.
//!
//! A thread computes a tile of `pixels` neighbouring pixels of one row × `vectors · lanes_out`
//! neighbouring output channels in registers. For every group of input channels and kernel row it
//! reads `pixels + k − 1` input pixels once and uses each for up to `k` output pixels × all its
//! channels, where a thread for each value would read two numbers for every multiplication. Sizes
//! are read from a buffer, so that one pipeline serves all layers of a tile shape.

use std::fmt::{Result, Write};

use super::Activation;

/// Threads of a workgroup; they share their output channels and so their weights.
pub const WORKGROUP: u32 = 64;

/// What the text is generated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tile {
    /// Side of the kernel, odd.
    pub kernel: usize,
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
        kernel: usize,
        channels_in: usize,
        channels_out: usize,
        width: usize,
        activation: Activation,
    ) -> Self {
        let lanes = |channels: usize| if channels.is_multiple_of(4) { 4 } else { 1 };
        Self {
            kernel,
            pixels: if width >= 8 { 8 } else { 4 },
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

    /// The WGSL module; entry point `main`.
    ///
    /// Bindings: 0 input `[n, h, w, in]`, 1 weights `[in, k, k, out]`, 2 bias `[out]`, 3 output
    /// `[n, h, w, out]`, 4 sizes `[in, out, h, w]` (u32). Workgroups: x over tiles of pixels, y
    /// over groups of [`channels`](Self::channels) output channels, z over the batch.
    pub fn wgsl(self) -> String {
        let mut text = String::with_capacity(16_384);
        // Writing to a String cannot fail.
        let _ = self.head(&mut text);
        let _ = self.accumulate(&mut text);
        let _ = self.store(&mut text);
        text
    }

    fn head(self, out: &mut String) -> Result {
        let Self {
            pixels,
            vectors,
            lanes_in,
            lanes_out,
            ..
        } = self;
        let (vector_in, vector_out) = (vector(lanes_in), vector(lanes_out));
        // All read_write: Burn may keep two tensors in one buffer, and WebGPU lets one dispatch
        // use a buffer either for reading or for writing.
        write!(
            out,
            "@group(0) @binding(0) var<storage, read_write> x: array<{vector_in}>;
@group(0) @binding(1) var<storage, read_write> weight: array<{vector_out}>;
@group(0) @binding(2) var<storage, read_write> bias: array<{vector_out}>;
@group(0) @binding(3) var<storage, read_write> y: array<{vector_out}>;
@group(0) @binding(4) var<storage, read_write> size: array<u32>;

@compute @workgroup_size({WORKGROUP}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {{
  let groups_in = i32(size[0]) / {lanes_in};
  let groups_out = i32(size[1]) / {lanes_out};
  let height = i32(size[2]);
  let width = i32(size[3]);
  let tiles = (width + {last}) / {pixels};
  let row = i32(id.x) / tiles;
  if (row >= height) {{ return; }}
  let column = (i32(id.x) - row * tiles) * {pixels};
  let v = i32(id.y) * {vectors};
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
            pixels,
            vectors,
            lanes_in,
            lanes_out,
            ..
        } = self;
        let reach = (kernel - 1) / 2;
        write!(
            out,
            "  for (var ky = 0; ky < {kernel}; ky++) {{
    let source = row + ky - {reach};
    if (source < 0 || source >= height) {{ continue; }}
    let line = (i32(id.z) * height + source) * width;
"
        )?;
        for i in 0..pixels + kernel - 1 {
            // Beyond the row's ends the padding is zero: read some pixel, and discard it.
            writeln!(
                out,
                "    let at{i} = column + {i} - {reach};
    let inside{i} = at{i} >= 0 && at{i} < width;
    var from{i} = (line + clamp(at{i}, 0, width - 1)) * groups_in;"
            )?;
        }
        write!(
            out,
            "    for (var g = 0; g < groups_in; g++) {{
      var w = ((g * {lanes_in}) * {kernel} + ky) * {kernel} * groups_out + v;
"
        )?;
        for i in 0..pixels + kernel - 1 {
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
                    let value = format!("in{}{}", p + kx, component(lanes_in, lane));
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
        let zero = format!("{}(0.0)", vector(self.lanes_out));
        writeln!(
            out,
            "  let o = ((i32(id.z) * height + row) * width + column) * groups_out + v;"
        )?;
        for p in 0..self.pixels {
            writeln!(out, "  if (column + {p} < width) {{")?;
            for i in 0..self.vectors {
                let sum = format!("sum{p}_{i}");
                let result = match self.activation {
                    Activation::None => sum,
                    Activation::Relu => format!("max({sum}, {zero})"),
                };
                writeln!(out, "    y[o + {p} * groups_out + {i}] = {result};")?;
            }
            writeln!(out, "  }}")?;
        }
        writeln!(out, "}}")
    }
}

/// The WGSL type of so many lanes.
fn vector(lanes: usize) -> &'static str {
    if lanes == 4 { "vec4<f32>" } else { "f32" }
}

/// How one lane of a value is named.
fn component(lanes: usize, lane: usize) -> &'static str {
    match (lanes, lane) {
        (4, 0) => ".x",
        (4, 1) => ".y",
        (4, 2) => ".z",
        (4, _) => ".w",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_divides_its_channels() {
        for channels in 1..200 {
            for width in [1, 7, 8, 512] {
                let tile = Tile::choose(3, channels, channels, width, Activation::Relu);
                assert_eq!(channels % tile.channels(), 0, "{channels} channels out");
                assert_eq!(channels % tile.lanes_in, 0, "{channels} channels in");
            }
        }
    }

    #[test]
    fn every_binding_and_size_is_in_the_text() {
        let text = Tile::choose(3, 3, 24, 512, Activation::Relu).wgsl();
        for part in [
            "@binding(4)",
            "array<f32>",
            "array<vec4<f32>>",
            "in9",
            "sum7_1",
            "max(",
        ] {
            assert!(text.contains(part), "{part}");
        }
    }
}
