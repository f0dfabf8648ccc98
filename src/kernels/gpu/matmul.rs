//! Products of matrices, many at a time.

use burn::cubecl::client::Client;
use burn::cubecl::server::Handle;

use super::launch::launch;
use crate::kernels::Activation;
use crate::kernels::wgsl::matmul::Tile;
use crate::kernels::wgsl::registers;

/// `result[b][m][n] = bias[n] + Σₖ left[b][m][k] · right[b][k][n]`, or 0 if that is less, all of it in
/// vectors of four: over k in `left`, over n in `right`, `bias` and `result`.
///
/// Strides are in vectors.
#[derive(Debug, Clone, Copy)]
pub struct Product {
    /// Number of products, b.
    pub batch: usize,
    /// Rows, m.
    pub rows: usize,
    /// What is summed over, k; a multiple of four.
    pub inner: usize,
    /// Columns, n; a multiple of four.
    pub columns: usize,
    /// How far a product, a row and four k are from the next, in `left`.
    pub left: [usize; 3],
    /// How far a product, a row and four columns are from the next, in `result`.
    pub result: [usize; 3],
    /// What follows.
    pub activation: Activation,
}

impl Product {
    /// Launches it. Without `bias`, that is zero.
    pub fn launch(
        self,
        client: &Client,
        [left, right, result]: [&Handle; 3],
        bias: Option<&Handle>,
    ) {
        let tile = Tile::choose(self.batch, self.rows, self.columns, registers());
        let blocks = self.rows.div_ceil(tile.rows);
        let lines = (self.columns / 4).div_ceil(tile.vectors);
        let [left_batch, left_row, left_inner] = self.left;
        let [result_batch, result_row, result_column] = self.result;
        let sizes = [
            self.inner / 4,
            self.columns / 4,
            self.rows,
            self.batch,
            left_batch,
            left_row,
            left_inner,
            result_batch,
            result_row,
            result_column,
            usize::from(bias.is_some()),
            usize::from(self.activation == Activation::Relu),
        ];
        // Each binding needs a buffer of its own, also one that isn't read.
        let unread;
        let some = match bias {
            Some(bias) => bias,
            None => {
                unread = client.empty(4 * size_of::<f32>());
                &unread
            }
        };
        let buffers = [left, right, some, result];
        launch(client, tile, blocks * lines * self.batch, &buffers, &sizes);
    }
}
