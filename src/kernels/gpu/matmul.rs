//! Products of matrices, many at a time.

use burn::cubecl::client::Client;
use burn::cubecl::server::Handle;

use super::launch::launch;
use crate::kernels::Activation;
use crate::kernels::wgsl::matmul::Tile;
use crate::kernels::wgsl::{activation_number, registers};

/// `result[b][m][n] = bias[n] + Σₖ left[b][m][k] · right[b][k][n]`, and its activation, all of it in
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
    /// Launches it on left, right, bias and result. Where `adds_bias` says no, the bias is zero and
    /// any other buffer stands in for it.
    pub fn launch(self, client: &Client, buffers: [&Handle; 4], adds_bias: bool) {
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
            usize::from(adds_bias),
            activation_number(self.activation),
        ];
        launch(client, tile, blocks * lines * self.batch, &buffers, &sizes);
    }
}
