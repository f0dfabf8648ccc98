//! Products of matrices, many at a time: 1×1 convolutions, and the middle of Winograd's.

use std::fmt::{Result, Write};

use super::{ACTIVATE, Kernel, Registers, WORKGROUP, module};

/// What the text is generated for: a thread computes `rows` × 4 · `vectors` values in registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tile {
    /// Rows of the result that a thread computes.
    pub rows: usize,
    /// Vectors of four columns that a thread computes.
    pub vectors: usize,
}

impl Tile {
    /// The tile by rule: the largest for which there is work for many threads.
    pub fn choose(batch: usize, rows: usize, columns: usize, registers: Registers) -> Self {
        let tile = |rows, vectors| Self { rows, vectors };
        let threads =
            |tile: Self| batch * rows.div_ceil(tile.rows) * (columns / 4).div_ceil(tile.vectors);
        let large = match registers {
            Registers::Many => tile(16, 4),
            Registers::Few => tile(8, 2),
        };
        let small = match registers {
            Registers::Many => tile(8, 2),
            Registers::Few => tile(4, 1),
        };
        // A large tile over a narrow matrix would mostly compute what is thrown away.
        let narrow = columns < 4 * large.vectors || rows < large.rows / 2;
        if narrow || threads(large) < 4 * WORKGROUP {
            small
        } else {
            large
        }
    }

    fn body(self, out: &mut String) -> Result {
        let Self { rows, vectors } = self;
        write!(
            out,
            "  let blocks = (rows + {last_row}) / {rows};
  let lines = (columns + {last_vector}) / {vectors};
  if (thread >= blocks * lines * batches) {{ return; }}
  let rest = thread / blocks;
  let batch = rest / lines;
  // A thread's rows are `blocks` apart: its neighbours read the neighbouring ones.
  let row = thread - rest * blocks;
  let column = (rest - batch * lines) * {vectors};
  var w = batch * inner * 4 * columns;
",
            last_row = rows - 1,
            last_vector = vectors - 1,
        )?;
        for r in 0..rows {
            writeln!(
                out,
                "  let row{r} = min(row + {r} * blocks, rows - 1);
  var from{r} = batch * left_batch + row{r} * left_row;"
            )?;
        }
        for v in 0..vectors {
            writeln!(
                out,
                "  let column{v} = min(column + {v}, columns - 1);
  var bias{v} = vec4<f32>(0.0);
  if (biased != 0) {{ bias{v} = bias[column{v}]; }}"
            )?;
            for r in 0..rows {
                writeln!(out, "  var sum{r}_{v} = bias{v};")?;
            }
        }
        writeln!(out, "  for (var k = 0; k < inner; k++) {{")?;
        for r in 0..rows {
            writeln!(out, "    let in{r} = left[from{r}];")?;
        }
        // Unrolled, so that sums stay in registers for a while.
        for lane in ["x", "y", "z", "w"] {
            writeln!(out, "    {{")?;
            self.add(out, lane)?;
            writeln!(out, "    }}")?;
        }
        for r in 0..rows {
            writeln!(out, "    from{r} += left_inner;")?;
        }
        writeln!(
            out,
            "  }}
  let to = batch * result_batch;"
        )?;
        for v in 0..vectors {
            writeln!(
                out,
                "  if (column + {v} < columns) {{
    let to{v} = to + column{v} * result_column;"
            )?;
            for r in 0..rows {
                writeln!(
                    out,
                    "    if (row + {r} * blocks < rows) {{
      var value = sum{r}_{v};
      {ACTIVATE}
      result[to{v} + row{r} * result_row] = value;
    }}"
                )?;
            }
            writeln!(out, "  }}")?;
        }
        Ok(())
    }

    /// Adds the products of one k.
    fn add(self, out: &mut String, lane: &str) -> Result {
        for v in 0..self.vectors {
            writeln!(out, "      let w{v} = right[w + column{v}];")?;
        }
        for r in 0..self.rows {
            for v in 0..self.vectors {
                writeln!(
                    out,
                    "      sum{r}_{v} = fma(vec4<f32>(in{r}.{lane}), w{v}, sum{r}_{v});"
                )?;
            }
        }
        writeln!(out, "      w += columns;")
    }
}

impl Kernel for Tile {
    fn wgsl(self) -> String {
        let mut body = String::with_capacity(32_768);
        // Writing to a String cannot fail.
        let _ = self.body(&mut body);
        let vec4 = "vec4<f32>";
        module(
            &[
                ("left", vec4),
                ("right", vec4),
                ("bias", vec4),
                ("result", vec4),
            ],
            &[
                "inner",
                "columns",
                "rows",
                "batches",
                "left_batch",
                "left_row",
                "left_inner",
                "result_batch",
                "result_row",
                "result_column",
                "biased",
                "activation",
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
        for registers in [Registers::Few, Registers::Many] {
            for (rows, columns) in [(5, 4), (5000, 64)] {
                assert_valid(Tile::choose(1, rows, columns, registers));
            }
        }
    }

    #[test]
    fn a_large_tile_needs_work_for_many_threads() {
        let rows =
            |batch, rows, columns, registers| Tile::choose(batch, rows, columns, registers).rows;
        assert_eq!(rows(36, 3136, 16, Registers::Many), 16);
        assert_eq!(rows(1, 49, 256, Registers::Many), 8);
        assert_eq!(rows(36, 3136, 16, Registers::Few), 8);
        assert_eq!(rows(1, 49, 256, Registers::Few), 4);
    }
}
