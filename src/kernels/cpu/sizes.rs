//! The sizes of a convolution by Winograd's method, and its division into blocks of tiles.

use std::ops::Range;

use super::lanes::LANES;

/// Side of a tile of the result.
pub const TILE: usize = 4;

/// Products: a tile of the input has a side of 6.
pub const POINTS: usize = 36;

/// Outputs that the products do at a time.
pub const OUTPUTS: usize = 4;

/// Tiles that the products do at a time.
pub const TILES: usize = 8;

/// The most tiles in a block, whole groups: with fewer the weights would be read too often, with more the transforms of
/// few channels would leave the cache. 7 × 7 of them are a map of 28 × 28 pixels, an eighth of 224.
pub const MOST_TILES: usize = 7 * TILES;

/// A convolution's sizes.
#[derive(Debug, Clone, Copy)]
pub struct Layer {
    /// Pictures.
    pub batch: usize,
    /// Channels of the input.
    pub inputs: usize,
    /// Channels of the result.
    pub outputs: usize,
    /// Pixels.
    pub height: usize,
    /// Pixels.
    pub width: usize,
}

/// A rectangle of a picture's tiles.
#[derive(Debug, Clone, Copy)]
pub struct Block {
    /// Its first row.
    pub top: usize,
    /// Its first column.
    pub left: usize,
    /// Tiles down.
    pub rows: usize,
    /// Tiles across.
    pub columns: usize,
}

impl Block {
    /// Groups of eight tiles; a row's last four may reach beyond it.
    pub fn groups(self) -> usize {
        let last = self.columns.next_multiple_of(LANES);
        ((self.rows - 1) * self.columns + last).div_ceil(TILES)
    }
}

impl Layer {
    /// Its multiplications without Winograd's method.
    pub fn multiplications(self) -> u64 {
        let sizes = [self.inputs, self.outputs, self.height, self.width, 9];
        let sizes = sizes.into_iter().map(|size| size as u64);
        sizes.fold(self.batch as u64, u64::saturating_mul)
    }

    /// The same; in wasm's 32 bits a large photo is too much.
    pub fn work(self) -> usize {
        usize::try_from(self.multiplications()).unwrap_or(usize::MAX)
    }

    /// Groups of four outputs.
    pub fn fours(self) -> usize {
        self.outputs.div_ceil(OUTPUTS)
    }

    /// Rows and columns of tiles in a picture.
    pub fn tiles(self) -> [usize; 2] {
        [self.height.div_ceil(TILE), self.width.div_ceil(TILE)]
    }

    /// The largest block, at the picture's top left.
    pub fn block(self) -> Block {
        let [down, across] = self.tiles();
        // Of a wide map's rows equal parts.
        let columns = across.div_ceil(across.div_ceil(MOST_TILES));
        let columns = columns.next_multiple_of(TILES).min(across);
        let rest = MOST_TILES - columns.next_multiple_of(LANES);
        let rows = (rest / columns + 1).min(down);
        let [top, left] = [0, 0];
        Block {
            top,
            left,
            rows,
            columns,
        }
    }

    /// The blocks of some of a picture's rows of tiles.
    pub fn blocks(self, Range { start, end }: Range<usize>) -> impl Iterator<Item = Block> {
        let [_, across] = self.tiles();
        let Block { rows, columns, .. } = self.block();
        (start..end).step_by(rows).flat_map(move |top| {
            (0..across).step_by(columns).map(move |left| Block {
                top,
                left,
                rows: rows.min(end - top),
                columns: columns.min(across - left),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_room_for_their_tiles_and_make_up_the_map() {
        for width in 1..2500 {
            let layer = Layer {
                batch: 1,
                inputs: 1,
                outputs: 1,
                height: 1 + width % 61,
                width,
            };
            let [down, across] = layer.tiles();
            let mut seen = 0;
            for block in layer.blocks(0..down) {
                assert!(block.groups() * TILES <= MOST_TILES, "{block:?}");
                seen += block.rows * block.columns;
            }
            assert_eq!(seen, down * across, "{width}");
        }
    }
}
