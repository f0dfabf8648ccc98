//! A mask from scores that stay on the GPU, by the kernels of `wgsl::labels`: only labels are read
//! back, a byte a pixel.

use burn::cubecl::server::Handle;
use burn::tensor::Tensor;
use burn_wgpu::CubeTensor;

use super::launch::launch;
use super::{channels_last, pages};
use crate::FcnError;
use crate::kernels::ours;
use crate::kernels::wgsl::labels::{Labels, NO_LABEL};

/// Scores on the GPU, and which class wins at each pixel.
#[derive(Debug)]
pub struct ScoreMap {
    /// `[1, h, w, channels]`; rows and columns beyond `size` are padding.
    scores: CubeTensor,
    winners: Handle,
    /// Rows and columns.
    size: [usize; 2],
    channels: usize,
    /// Columns with the padding.
    padded: usize,
}

impl ScoreMap {
    /// Whether labels of these scores can be made here: on our GPU, of no more classes than bytes
    /// tell from no class.
    ///
    /// # Shapes
    /// `scores` `[1, channels, h, w]`
    pub fn takes(scores: &Tensor<4>) -> bool {
        let [_, channels, _, _] = scores.dims();
        ours(&scores.device()) && channels <= usize::from(NO_LABEL)
    }

    /// Takes the first rows and columns, `size`, of one picture's scores.
    ///
    /// # Shapes
    /// `scores` `[1, channels, h, w]`
    pub fn new(scores: Tensor<4>, size: [usize; 2]) -> Self {
        let [_, channels, _, padded] = scores.dims();
        let scores = channels_last(scores);
        let [rows, columns] = size;
        let winners = pages::empty(&scores.client, rows * columns * size_of::<i32>());
        let buffers = [&scores.handle, &winners];
        let sizes = [channels, padded, columns, rows];
        launch(
            &scores.client,
            Labels::Winners,
            rows * columns,
            &buffers,
            &sizes,
        );
        Self {
            scores,
            winners,
            size,
            channels,
            padded,
        }
    }

    /// Whether the kernel's arithmetic holds for a mask of so many rows and columns.
    pub fn enlarges_to(&self, mask: [usize; 2]) -> bool {
        let products = self.size.iter().zip(mask);
        products
            .into_iter()
            .all(|(&from, to)| from.saturating_mul(to) < 1 << 29)
    }

    /// Labels of `rows` rows, from `first` on, of a mask of `height` rows and `width` columns.
    ///
    /// # Errors
    /// [`FcnError::NotFinite`] for scores that aren't numbers, [`FcnError::Gpu`].
    pub async fn labels(
        &self,
        [height, width]: [usize; 2],
        first: usize,
        rows: usize,
    ) -> Result<Vec<u8>, FcnError> {
        let client = &self.scores.client;
        let count = rows * width;
        let words = count.div_ceil(4);
        let labels = pages::empty(client, words * size_of::<u32>());
        let buffers = [&self.scores.handle, &self.winners, &labels];
        let [score_rows, score_columns] = self.size;
        let sizes = [
            self.channels,
            self.padded,
            score_columns,
            score_rows,
            width,
            height,
            first,
            count,
        ];
        launch(client, Labels::Enlarged, words, &buffers, &sizes);
        let read = client.read_async(vec![labels]).await;
        let gpu = |reason| FcnError::Gpu { reason };
        let read = read.map_err(|error| gpu(format!("{error:?}")))?;
        let bytes = read.first().and_then(|bytes| bytes.get(..count));
        let labels = bytes.ok_or_else(|| gpu("labels did not come back whole".to_string()))?;
        if labels.contains(&NO_LABEL) {
            return Err(FcnError::NotFinite {
                name: "scores".into(),
            });
        }
        Ok(labels.to_vec())
    }
}
