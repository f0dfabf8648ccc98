//! From a photo to scores: the one path that every front end takes.

use std::cell::OnceCell;

use burn::tensor::Tensor;

use super::prepare::prepare;
use crate::FcnError;
use crate::device::{is_gpu, read};
use crate::image::{Photo, padded_size};
use crate::kernels::flush;
#[cfg(feature = "webgpu")]
use crate::kernels::gpu::ScoreMap;
use crate::mask::Scores;
#[cfg(feature = "webgpu")]
use crate::mask::end_of_strip;
use crate::models::observer::{Observer, run_now};
use crate::models::{Model, Variant};

/// One head's scores of a photo, on the device that computed them until they are read.
#[derive(Debug)]
pub struct Head {
    width: usize,
    height: usize,
    channels: usize,
    /// The scores on the CPU, once they were read; at once where the net runs there.
    read: OnceCell<Scores>,
    #[cfg(feature = "webgpu")]
    on_gpu: Option<(ScoreMap, Tensor<4>)>,
}

impl Head {
    /// One picture's scores; what is padded isn't seen.
    ///
    /// # Shapes
    /// `scores` `[1, c, h', w']`
    ///
    /// # Errors
    /// On the CPU, [`FcnError::NotFinite`] for scores that aren't numbers; on a GPU
    /// [`labels`](Self::labels) reports that.
    pub async fn new(scores: Tensor<4>, width: usize, height: usize) -> Result<Self, FcnError> {
        let [_, channels, _, _] = scores.dims();
        let head = Self {
            width,
            height,
            channels,
            read: OnceCell::new(),
            #[cfg(feature = "webgpu")]
            on_gpu: ScoreMap::takes(&scores).then(|| {
                (
                    ScoreMap::new(scores.clone(), [height, width]),
                    scores.clone(),
                )
            }),
        };
        if !head.has_map() {
            head.keep(read_scores(scores, width, height).await?);
        }
        Ok(head)
    }

    #[cfg(feature = "webgpu")]
    fn has_map(&self) -> bool {
        self.on_gpu.is_some()
    }

    #[cfg(not(feature = "webgpu"))]
    fn has_map(&self) -> bool {
        false
    }

    fn keep(&self, scores: Scores) -> &Scores {
        self.read.get_or_init(|| scores)
    }

    /// Width, height (pixels) and number of channels.
    pub fn dims(&self) -> (usize, usize, usize) {
        (self.width, self.height, self.channels)
    }

    /// Whether labels are made on a GPU: until the scores are read.
    pub fn is_on_gpu(&self) -> bool {
        self.read.get().is_none()
    }

    /// Labels of `rows` rows, from `first_row` on, of a mask of `width`×`height` pixels.
    ///
    /// On a GPU they are made there; they differ from [`Scores::labels`] only where rounding decides.
    ///
    /// # Errors
    /// As [`Scores::labels`]; [`FcnError::NotFinite`], [`FcnError::Gpu`].
    pub async fn labels(
        &self,
        width: usize,
        height: usize,
        first_row: usize,
        rows: usize,
    ) -> Result<Vec<u8>, FcnError> {
        #[cfg(feature = "webgpu")]
        if let (None, Some((map, _))) = (self.read.get(), &self.on_gpu)
            && map.enlarges_to([height, width])
        {
            end_of_strip([height, width], first_row, rows)?;
            return map.labels([height, width], first_row, rows).await;
        }
        let scores = self.read().await?;
        scores.labels(width, height, first_row, rows)
    }

    /// The scores, on the CPU, where labels are made from now on.
    ///
    /// # Errors
    /// [`FcnError::NotFinite`], [`FcnError::Gpu`].
    pub async fn read(&self) -> Result<&Scores, FcnError> {
        if let Some(scores) = self.read.get() {
            return Ok(scores);
        }
        #[cfg(feature = "webgpu")]
        if let Some((_, scores)) = &self.on_gpu {
            let scores = read_scores(scores.clone(), self.width, self.height).await?;
            return Ok(self.keep(scores));
        }
        Err(FcnError::invalid("a head without scores"))
    }

    /// The scores of one class, without bringing the others to the CPU.
    ///
    /// # Shapes
    /// `[height, width]`
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for a class that there isn't; [`FcnError::NotFinite`], [`FcnError::Gpu`].
    pub async fn channel(&self, class: usize) -> Result<Vec<f32>, FcnError> {
        if class >= self.channels {
            return Err(FcnError::invalid(format!(
                "there is no class {class} among {}",
                self.channels
            )));
        }
        #[cfg(feature = "webgpu")]
        if let (None, Some((_, scores))) = (self.read.get(), &self.on_gpu) {
            let own = [0..1, class..class + 1, 0..self.height, 0..self.width];
            let values = read(scores.clone().slice(own)).await?;
            return Scores::new(self.width, self.height, 1, values).map(|scores| scores.channel(0));
        }
        Ok(self.read().await?.channel(class))
    }

    async fn into_read(self) -> Result<Scores, FcnError> {
        self.read().await?;
        let read = self.read.into_inner();
        read.ok_or_else(|| FcnError::invalid("a head without scores"))
    }
}

/// Runs a photo through a model: one pass of the backbone, any number of heads.
///
/// Returns scores at the photo's working size, in the order of `variants`.
///
/// # Errors
/// [`FcnError::InvalidInput`] for an unfinished photo or a net that doesn't score every pixel,
/// [`FcnError::NotFinite`] for scores that aren't numbers, where they are on the CPU,
/// [`FcnError::Gpu`], or the observer's.
pub async fn heads(
    model: &Model,
    photo: Photo,
    variants: &[Variant],
    observer: &mut dyn Observer,
) -> Result<Vec<Head>, FcnError> {
    if !model.net.is_dense() {
        return Err(FcnError::invalid(
            "a classifier scores windows, not pixels; ask for its heat map",
        ));
    }
    let (width, height) = photo.working_size();
    let input = prepare(model, photo, variants)?; // [1, 3, h', w']
    let pass = model.net.forward_observed(input, variants, observer);
    let mut heads = Vec::with_capacity(variants.len());
    for scores in pass.await? {
        heads.push(Head::new(scores, width, height).await?);
    }
    flush(&model.device)?;
    Ok(heads)
}

/// [`heads`], read back to the CPU.
///
/// # Errors
/// As [`heads`]; [`FcnError::NotFinite`] for scores that aren't numbers.
pub async fn scores(
    model: &Model,
    photo: Photo,
    variants: &[Variant],
    observer: &mut dyn Observer,
) -> Result<Vec<Scores>, FcnError> {
    let heads = heads(model, photo, variants, observer).await?;
    let mut results = Vec::with_capacity(heads.len());
    for head in heads {
        results.push(head.into_read().await?);
    }
    Ok(results)
}

/// [`scores`] where nothing has to be waited for, as on the CPU.
///
/// # Errors
/// As [`scores`].
pub fn scores_now(
    model: &Model,
    photo: Photo,
    variants: &[Variant],
    observer: &mut dyn Observer,
) -> Result<Vec<Scores>, FcnError> {
    run_now(scores(model, photo, variants, observer))
}

/// A head's scores without what is padded. A GPU's are put channel last and cropped, a CPU's stay as they lie.
///
/// # Shapes
/// `head` `[1, c, h', w']` to scores of `[height, width, c]`
///
/// # Errors
/// [`FcnError::NotFinite`], [`FcnError::Gpu`].
pub(super) async fn read_scores(
    head: Tensor<4>,
    width: usize,
    height: usize,
) -> Result<Scores, FcnError> {
    let [_, channels, _, padded] = head.dims();
    if !is_gpu(&head.device()) {
        let planes = read(head).await?;
        return Scores::of_planes([width, height, padded], channels, planes);
    }
    // Turned on the GPU: read back as they are they leave more there (tests/webgpu_memory.rs).
    let mut values = read(head.permute([0, 2, 3, 1])).await?; // [1, h', w', c]
    values.truncate(height * padded * channels);
    if padded != width {
        let rows = values.chunks_exact(padded * channels);
        let cropped = rows.flat_map(|row| row.iter().take(width * channels).copied());
        values = cropped.collect();
    }
    Scores::new(width, height, channels, values)
}

/// Bytes of the largest buffer that a pass at this working size binds at once.
pub fn largest_buffer(model: &Model, width: usize, height: usize) -> u64 {
    let (width, height) = padded_size(width, height, model.pad_multiple());
    model.net.largest_buffer(width, height)
}
