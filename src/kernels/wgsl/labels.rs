//! From scores to a mask: the winner of each pixel, and labels at a larger size.

use super::{Kernel, module};

/// A pixel whose scores aren't all numbers has this label: no class has it.
pub const NO_LABEL: u8 = 255;

/// The two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Labels {
    /// `scores` `[height, padded, channels]` to `winners` `[rows, columns]`, i32. A thread does a pixel.
    Winners,
    /// Scores interpolated between pixels, and the largest of them: to `labels`, bytes, of the rows
    /// from `first` on of a mask of `width`×`height`; `count` pixels in all. A thread does four.
    ///
    /// Pixel x of `width` lies at (x + ½) · columns / width − ½ of the scores' columns. That is
    /// computed as a fraction of whole numbers, so the longer sides' product must be below 2²⁹.
    Enlarged,
}

impl Kernel for Labels {
    fn wgsl(self) -> String {
        match self {
            // A number's exponent isn't all ones. Comparing wouldn't do: shaders may be compiled as
            // if there were no NaN. The first of equal scores wins, as in `mask`.
            Self::Winners => module(
                &[("scores", "f32"), ("winners", "i32")],
                &["channels", "padded", "columns", "rows"],
                &format!(
                    "  let line = thread / columns;
  if (line >= rows) {{ return; }}
  let first = (line * padded + thread - line * columns) * channels;
  var top = scores[first];
  var winner = 0;
  var finite = true;
  for (var c = 0; c < channels; c++) {{
    let score = scores[first + c];
    finite = finite && (bitcast<u32>(score) & 0x7f800000u) != 0x7f800000u;
    if (score > top) {{
      top = score;
      winner = c;
    }}
  }}
  winners[thread] = select({NO_LABEL}, winner, finite);
"
                ),
            ),
            // Where the four neighbours have one winner, that is the pixel's too: a weighted mean
            // keeps the order.
            Self::Enlarged => module(
                &[
                    ("scores", "f32"),
                    ("winners", "i32"),
                    ("labels", "u32"),
                ],
                &[
                    "channels", "padded", "columns", "rows", "width", "height", "first", "count",
                ],
                &format!(
                    "  if (4 * thread >= count) {{ return; }}
  var four = 0u;
  for (var i = 0; i < 4; i++) {{
    let at = min(4 * thread + i, count - 1);
    let line = at / width;
    let column = at - line * width;
    // In half columns and rows of the mask.
    let across = clamp((2 * column + 1) * columns - width, 0, 2 * width * (columns - 1));
    let down = clamp((2 * (first + line) + 1) * rows - height, 0, 2 * height * (rows - 1));
    let left = across / (2 * width);
    let right = min(left + 1, columns - 1);
    let above = down / (2 * height);
    let below = min(above + 1, rows - 1);
    var winner = winners[above * columns + left];
    let others = vec3<i32>(
      winners[above * columns + right],
      winners[below * columns + left],
      winners[below * columns + right],
    );
    if (max(winner, max(others.x, max(others.y, others.z))) == {NO_LABEL}) {{
      winner = {NO_LABEL};
    }} else if (any(others != vec3<i32>(winner))) {{
      let x = f32(across - left * 2 * width) / f32(2 * width);
      let y = f32(down - above * 2 * height) / f32(2 * height);
      let top_left = (above * padded + left) * channels;
      let top_right = (above * padded + right) * channels;
      let bottom_left = (below * padded + left) * channels;
      let bottom_right = (below * padded + right) * channels;
      var best = 0.0;
      for (var c = 0; c < channels; c++) {{
        let upper = scores[top_left + c] + (scores[top_right + c] - scores[top_left + c]) * x;
        let lower = scores[bottom_left + c] + (scores[bottom_right + c] - scores[bottom_left + c]) * x;
        let score = upper + (lower - upper) * y;
        if (c == 0 || score > best) {{
          best = score;
          winner = c;
        }}
      }}
    }}
    four |= u32(winner) << u32(8 * i);
  }}
  labels[thread] = four;
"
                ),
            ),
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::tests::assert_valid;
    use super::*;

    #[test]
    fn the_texts_are_valid() {
        for step in [Labels::Winners, Labels::Enlarged] {
            assert_valid(step);
        }
    }
}
