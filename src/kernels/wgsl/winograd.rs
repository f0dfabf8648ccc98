//! 3×3 convolutions by Winograd's F(4×4, 3×3): 36 multiplications for 16 outputs, not 144.
//!
//! Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks" (arXiv 1509.09308), with
//! the points 0, ±√½, ±√2 and ∞ instead of theirs (0, ±1, ±2, ∞). The transforms' numbers then
//! are at most 2.5 in size instead of 5 (and 2√2 instead of 8 in the last), and sums over 128
//! channels of ReLU maps differ from f64's by 2·10⁻⁶ of the largest value instead of 1.2·10⁻⁵; the
//! direct sum differs by 1.1·10⁻⁶.
//!
//! The weights are transformed in each pass: kept, they would take four times the memory of the
//! weights, and save 10 of 260 ms in a slim net's pass at 224², nothing to speak of at 512².
//!
//! ```text
//! weights [in, 3, 3, out] ─ Gᵀ ─→ u [36, in, out] ─┐
//! map, tiles of 6×6 ─────── Bᵀ ─→ v [36, in, tiles] ┴ 36 products ─→ m [36, out, tiles] ─ Aᵀ ─→ 4×4
//! ```

use std::fmt::{Result, Write};

use super::{ACTIVATE, Kernel, module};

/// Side of a tile of the result.
pub const TILE: usize = 4;

/// Products: a tile of the input has a side of 6.
pub const POINTS: usize = 36;

/// The transforms around the products. A thread does four channels of one tile (of one input
/// channel, of the weights).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transform {
    /// Sizes: input channels; output channels / 4, of these how many there are in all, and where the
    /// first is.
    Weights,
    /// Sizes: those of `PLACES`.
    Input,
    /// Sizes: those of `PLACES`; output channels / 4 in all, where the first is, and whether a ReLU
    /// follows.
    Output,
}

/// Which tile a thread has, and where it is.
const PLACE: &str = "  let group = thread / count;
  if (group >= groups_of_four) { return; }
  let t = thread - group * count;
  let tile = first + t;
  let picture = tile / (across * down);
  let line = tile / across - picture * down;
  let top = line * 4;
  let left = (tile - (picture * down + line) * across) * 4;
";

/// The sizes that say so.
const PLACES: [&str; 7] = [
    "groups_of_four",
    "height",
    "width",
    "across",
    "down",
    "first",
    "count",
];

const CONSTANTS: &str = "  let a = 0.70710678118654752;
  let b = 1.41421356237309505;
";

impl Transform {
    /// One-dimensional transform of the values named `from(0)` … into lets `to0` … .
    fn line(self, out: &mut String, from: impl Fn(usize) -> String, to: &str) -> Result {
        let [f0, f1, f2, f3, f4, f5] = [0, 1, 2, 3, 4, 5].map(from);
        match self {
            // G: rows p⁰, p¹, p² over the product of p's distances from the other points.
            Self::Weights => write!(
                out,
                "  let {to}0 = {f0};
  let {to}e = -({f0} + 0.5 * {f2}) * (2.0 / 3.0);
  let {to}o = {f1} * (a * 2.0 / 3.0);
  let {to}1 = {to}e - {to}o;
  let {to}2 = {to}e + {to}o;
  let {to}f = (0.5 * {f0} + {f2}) * (1.0 / 3.0);
  let {to}p = {f1} * (b / 6.0);
  let {to}3 = {to}f + {to}p;
  let {to}4 = {to}f - {to}p;
  let {to}5 = {f2};
"
            ),
            // Bᵀ
            Self::Input => write!(
                out,
                "  let {to}0 = {f0} - 2.5 * {f2} + {f4};
  let {to}e = {f4} - 2.0 * {f2};
  let {to}o = a * ({f3} - 2.0 * {f1});
  let {to}1 = {to}e + {to}o;
  let {to}2 = {to}e - {to}o;
  let {to}f = {f4} - 0.5 * {f2};
  let {to}p = b * ({f3} - 0.5 * {f1});
  let {to}3 = {to}f + {to}p;
  let {to}4 = {to}f - {to}p;
  let {to}5 = {f1} - 2.5 * {f3} + {f5};
"
            ),
            // Aᵀ: rows p⁰ … p³
            Self::Output => write!(
                out,
                "  let {to}s = {f1} + {f2};
  let {to}d = a * ({f1} - {f2});
  let {to}t = {f3} + {f4};
  let {to}g = b * ({f3} - {f4});
  let {to}0 = {f0} + {to}s + {to}t;
  let {to}1 = {to}d + {to}g;
  let {to}2 = 0.5 * {to}s + 2.0 * {to}t;
  let {to}3 = 0.5 * {to}d + 2.0 * {to}g + {f5};
"
            ),
        }
    }

    fn body(self, out: &mut String) -> Result {
        match self {
            Self::Weights => self.weights(out),
            Self::Input => self.input(out),
            Self::Output => self.output(out),
        }
    }

    fn weights(self, out: &mut String) -> Result {
        write!(
            out,
            "  let channel = thread / columns;
  if (channel >= channels) {{ return; }}
  let column = thread - channel * columns;
{CONSTANTS}"
        )?;
        for i in 0..3 {
            for j in 0..3 {
                let tap = i * 3 + j;
                writeln!(
                    out,
                    "  let w{i}_{j} = weight[(channel * 9 + {tap}) * all + first + column];"
                )?;
            }
            self.line(out, |j| format!("w{i}_{j}"), &format!("r{i}_"))?;
        }
        for j in 0..6 {
            self.line(out, |i| format!("r{i}_{j}"), &format!("u{j}_"))?;
            for i in 0..6 {
                let point = i * 6 + j;
                writeln!(
                    out,
                    "  u[({point} * channels + channel) * columns + column] = u{j}_{i};"
                )?;
            }
        }
        Ok(())
    }

    fn input(self, out: &mut String) -> Result {
        write!(out, "{PLACE}{CONSTANTS}")?;
        for j in 0..6 {
            // Beyond the map the padding is zero: read some pixel, and discard it.
            writeln!(
                out,
                "  let x{j} = left + {j} - 1;
  let across{j} = x{j} >= 0 && x{j} < width;
  let at{j} = clamp(x{j}, 0, width - 1) * groups_of_four + group;"
            )?;
        }
        for i in 0..6 {
            writeln!(
                out,
                "  let y{i} = top + {i} - 1;
  let down{i} = y{i} >= 0 && y{i} < height;
  let from{i} = (picture * height + clamp(y{i}, 0, height - 1)) * width * groups_of_four;"
            )?;
            for j in 0..6 {
                writeln!(
                    out,
                    "  let d{i}_{j} = select(vec4<f32>(0.0), x[from{i} + at{j}], down{i} && across{j});"
                )?;
            }
            self.line(out, |j| format!("d{i}_{j}"), &format!("r{i}_"))?;
        }
        for j in 0..6 {
            self.line(out, |i| format!("r{i}_{j}"), &format!("v{j}_"))?;
            for i in 0..6 {
                let point = i * 6 + j;
                writeln!(
                    out,
                    "  v[({point} * groups_of_four + group) * count + t] = v{j}_{i};"
                )?;
            }
        }
        Ok(())
    }

    fn output(self, out: &mut String) -> Result {
        writeln!(
            out,
            "{PLACE}{CONSTANTS}  let plus = bias[first_group + group];"
        )?;
        for i in 0..6 {
            for j in 0..6 {
                let point = i * 6 + j;
                writeln!(
                    out,
                    "  let d{i}_{j} = m[({point} * groups_of_four + group) * count + t];"
                )?;
            }
            self.line(out, |j| format!("d{i}_{j}"), &format!("r{i}_"))?;
        }
        for j in 0..TILE {
            self.line(out, |i| format!("r{i}_{j}"), &format!("y{j}_"))?;
            for i in 0..TILE {
                writeln!(
                    out,
                    "  if (top + {i} < height && left + {j} < width) {{
      var value = y{j}_{i} + plus;
      {ACTIVATE}
      y[((picture * height + top + {i}) * width + left + {j}) * all + first_group + group] = value;
  }}"
                )?;
            }
        }
        Ok(())
    }
}

impl Kernel for Transform {
    fn wgsl(self) -> String {
        let mut body = String::with_capacity(16_384);
        // Writing to a String cannot fail.
        let _ = self.body(&mut body);
        let vec4 = "vec4<f32>";
        match self {
            Self::Weights => module(
                &[("weight", vec4), ("u", vec4)],
                &["channels", "columns", "all", "first"],
                &body,
            ),
            Self::Input => module(&[("x", vec4), ("v", vec4)], &PLACES, &body),
            Self::Output => {
                let sizes: Vec<&str> = PLACES
                    .into_iter()
                    .chain(["all", "first_group", "activation"])
                    .collect();
                module(&[("m", vec4), ("bias", vec4), ("y", vec4)], &sizes, &body)
            }
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::tests::assert_valid;
    use super::*;

    #[test]
    fn the_texts_are_valid() {
        for transform in [Transform::Weights, Transform::Input, Transform::Output] {
            assert_valid(transform);
        }
    }
}
