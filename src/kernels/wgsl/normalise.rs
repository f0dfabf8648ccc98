//! A photo's pixels become a net's input: normalised, padded right and bottom, channel last. A thread
//! makes one pixel.

use super::{Kernel, module};

/// `pixels` `[rows, columns, 3]`, 0–255, to `y` `[height, width, 3]`.
///
/// For each channel of the result the sizes tell which of the pixels' it is made of and, as the bits
/// of an f32, the mean that is taken from it, the standard deviation that divides that, and what the
/// padding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Normalise;

impl Kernel for Normalise {
    fn wgsl(self) -> String {
        let mut body = String::from(
            "  let line = thread / width;
  if (line >= height) { return; }
  let column = thread - line * width;
  let inside = line < rows && column < columns;
  let first = 3 * (min(line, rows - 1) * columns + min(column, columns - 1));
",
        );
        for channel in 0..3 {
            body += &format!(
                "  let seen{channel} = (pixels[first + source{channel}] / 255.0 \
                 - bitcast<f32>(mean{channel})) / bitcast<f32>(std{channel});
  y[3 * thread + {channel}] = select(bitcast<f32>(pad{channel}), seen{channel}, inside);
"
            );
        }
        let sizes = [
            "rows", "columns", "height", "width", "source0", "source1", "source2", "mean0",
            "mean1", "mean2", "std0", "std1", "std2", "pad0", "pad1", "pad2",
        ];
        module(&[("pixels", "f32"), ("y", "f32")], &sizes, &body)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::tests::assert_valid;
    use super::*;

    #[test]
    fn the_text_is_valid() {
        assert_valid(Normalise);
    }
}
