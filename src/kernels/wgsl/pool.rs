//! 2×2 max pool of stride 2, channel last. A thread makes one value, or four neighbouring channels.

use super::{Kernel, module, vector};

/// The pool of so many channels at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MaxPool {
    /// Channels of a thread: 4, or 1 where they are no multiple of that.
    pub lanes: usize,
}

impl Kernel for MaxPool {
    fn wgsl(self) -> String {
        let element = vector(self.lanes);
        module(
            &[("x", element), ("y", element)],
            &["vectors", "rows", "columns", "height", "width", "batch"],
            "  let vector = thread % vectors;
  let pixel = thread / vectors;
  let line = pixel / width;
  if (line >= height * batch) { return; }
  let picture = line / height;
  let top = 2 * (line - picture * height);
  let left = 2 * (pixel - line * width);
  // A window that reaches beyond the map, where sizes round up, ends with it.
  let above = (picture * rows + top) * columns;
  let below = (picture * rows + min(top + 1, rows - 1)) * columns;
  let right = min(left + 1, columns - 1);
  let upper = max(x[(above + left) * vectors + vector], x[(above + right) * vectors + vector]);
  let lower = max(x[(below + left) * vectors + vector], x[(below + right) * vectors + vector]);
  y[thread] = max(upper, lower);
",
        )
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::tests::assert_valid;
    use super::*;

    #[test]
    fn the_texts_are_valid() {
        for lanes in [1, 4] {
            assert_valid(MaxPool { lanes });
        }
    }
}
