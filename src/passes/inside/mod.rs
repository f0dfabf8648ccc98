//! A photo's pass, opened: its maps stay on the device, so that questions about them cost no second pass.
//!
//! The tail with its skips scaled, a pixel's score split into the cells and channels that made it, the maps
//! of a stage as a sheet, one output cell of a layer with all its products, passes with dropout. That a pixel's score is a sum
//! over cells is what [`crate::models::tail`] says; one step further back each cell of a score map is a bias
//! and a sum over channels, since score layers are 1×1 convolutions.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use burn::tensor::Tensor;

use super::maps::{FeatureMap, heads};
use super::prepare::prepare;
use super::segment::Head;
use crate::FcnError;
use crate::device::read;
use crate::image::{Photo, padded_size};
use crate::kernels::flush;
use crate::models::observer::{Answer, Observer, Unobserved};
use crate::models::shapes::Shape;
use crate::models::tail::Tail;
use crate::models::{Model, Variant};

mod autopsy;
mod made;
mod sheet;
mod uncertainty;

pub use autopsy::{Autopsy, CellShare, Part};
pub use made::{Made, MadeFacts, Place};
pub use sheet::{MAX_SIDE, Sheet};
pub use uncertainty::{MAX_PASSES, Uncertainty, Undecided, check_uncertainty};

/// The most bytes of maps that are kept; of a larger pass only what its tails need, and the rest is computed
/// again when it is asked for.
const KEPT_BYTES: u64 = 192 << 20;

/// A photo's pass.
#[derive(Debug)]
pub struct Opened {
    model: Rc<Model>,
    /// `[1, 3, h, w]`, normalised and padded.
    input: Tensor<4>,
    /// The working size: width, height.
    size: (usize, usize),
    shapes: Vec<Shape>,
    kept: Vec<(&'static str, Tensor<4>)>,
    /// Is told of the stages of a pass that has to be run again.
    watch: Watch,
    /// Of what isn't kept, the two maps that were asked for last: a stage's and its input's.
    recent: RefCell<Vec<(String, Tensor<4>)>>,
    /// The maps of the tail that was run last, the scores at the end.
    tail: RefCell<Vec<(&'static str, Tensor<4>)>>,
    /// The scores that were split last.
    scores: RefCell<Option<(Variant, Tensor<4>)>>,
}

/// Keeps what it may while another observer watches.
struct Keeper<'a> {
    inner: &'a mut dyn Observer,
    keeps: &'a dyn Fn(&str) -> bool,
    kept: Vec<(&'static str, Tensor<4>)>,
}

impl Observer for Keeper<'_> {
    fn stage<'a>(&'a mut self, name: &'static str, map: &'a Tensor<4>) -> Answer<'a> {
        if (self.keeps)(name) {
            self.kept.push((name, map.clone()));
        }
        self.inner.stage(name, map)
    }
}

/// An observer, unless it is at work.
#[derive(Default)]
struct Watch(RefCell<Option<Box<dyn Observer>>>);

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

/// Ends a pass once it has come to a stage.
struct Until<'a> {
    stage: &'a str,
    inner: &'a mut dyn Observer,
    found: Option<Tensor<4>>,
}

impl Observer for Until<'_> {
    fn stage<'a>(&'a mut self, name: &'static str, map: &'a Tensor<4>) -> Answer<'a> {
        let is_it = name == self.stage;
        if is_it {
            self.found = Some(map.clone());
        }
        let told = self.inner.stage(name, map);
        Box::pin(async move {
            told.await?;
            if is_it {
                Err(FcnError::Aborted)
            } else {
                Ok(())
            }
        })
    }
}

/// Runs a photo through a model, with all its heads, and keeps its maps.
///
/// # Errors
/// [`FcnError::InvalidInput`] for an unfinished photo, [`FcnError::NotFinite`] for scores that aren't
/// numbers, [`FcnError::Gpu`], or the observer's.
pub async fn open(
    model: &Rc<Model>,
    photo: Photo,
    observer: &mut dyn Observer,
) -> Result<Opened, FcnError> {
    open_keeping(model, photo, observer, KEPT_BYTES).await
}

/// [`open`], keeping all maps only where they have at most `most` bytes together.
///
/// # Errors
/// As [`open`].
pub async fn open_keeping(
    model: &Rc<Model>,
    photo: Photo,
    observer: &mut dyn Observer,
    most: u64,
) -> Result<Opened, FcnError> {
    let (width, height) = photo.working_size();
    let net = &model.net;
    let padded = padded_size(width, height, model.pad_multiple());
    let shapes = net.shapes(&net.variants, padded.0, padded.1)?;
    let input = prepare(model, photo, &net.variants)?; // [1, 3, h, w]
    let scored = scored(model);
    let mut needed = with_inputs(&scored, &shapes);
    // Where passes with dropout begin.
    needed.extend(net.layers.dropped().first());
    let bytes = shapes.iter().map(|shape| {
        let sides = [shape.channels, shape.rows, shape.columns];
        sides
            .iter()
            .fold(4, |bytes: u64, &side| bytes.saturating_mul(side as u64))
    });
    let keeps_all = bytes.fold(0, u64::saturating_add) <= most;
    let mut keeper = Keeper {
        inner: observer,
        keeps: &|stage| keeps_all || needed.contains(&stage),
        kept: Vec::new(),
    };
    let pass = net.forward_observed(input.clone(), &net.variants, &mut keeper);
    pass.await?;
    let kept = keeper.kept;
    flush(&model.device)?;
    // A number that isn't finite spreads to all scores that see it, and the score maps are small.
    for (name, map) in kept.iter().filter(|(name, _)| scored.contains(name)) {
        check(name, &read(map.clone()).await?)?;
    }
    Ok(Opened {
        model: model.clone(),
        input,
        size: (width, height),
        shapes,
        kept,
        watch: Watch::default(),
        recent: RefCell::new(Vec::new()),
        tail: RefCell::new(Vec::new()),
        scores: RefCell::new(None),
    })
}

/// The stages that the tails of all heads begin with.
fn scored(model: &Model) -> Vec<&'static str> {
    let net = &model.net;
    let tails = net
        .variants
        .iter()
        .filter_map(|&variant| net.layers.tail(variant));
    tails.flat_map(|tail| tail.stages()).collect()
}

/// The same stages, and those that were scored for them.
fn with_inputs(stages: &[&'static str], shapes: &[Shape]) -> Vec<&'static str> {
    let layers = shapes.iter().filter(|shape| stages.contains(&shape.stage));
    let inputs = layers
        .filter_map(|shape| shape.layer)
        .map(|layer| layer.input);
    stages.iter().copied().chain(inputs).collect()
}

/// # Errors
/// [`FcnError::NotFinite`].
fn check(stage: &str, values: &[f32]) -> Result<(), FcnError> {
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(()),
        false => Err(FcnError::NotFinite { name: stage.into() }),
    }
}

fn no_stage(name: &str) -> FcnError {
    FcnError::invalid(format!(
        "there is no stage \"{name}\" with such a channel or cell"
    ))
}

impl Opened {
    /// The stages of its pass, with the input.
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// Width and height that the photo was scaled to.
    pub fn working_size(&self) -> (usize, usize) {
        self.size
    }

    /// From now on this observer is told of each stage, and may end the pass, where a map that wasn't kept has to be
    /// computed again.
    pub fn watch(&self, observer: Box<dyn Observer>) {
        self.watch.0.replace(Some(observer));
    }

    fn shape(&self, stage: &str) -> Result<&Shape, FcnError> {
        let found = self.shapes.iter().find(|shape| shape.stage == stage);
        found.ok_or_else(|| no_stage(stage))
    }

    /// A stage's map, `[1, channels, rows, columns]`.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for a stage that this model hasn't got.
    async fn map(&self, stage: &str) -> Result<Tensor<4>, FcnError> {
        if stage == "input" {
            return Ok(self.input.clone());
        }
        if let Some((_, map)) = self.kept.iter().find(|(name, _)| *name == stage) {
            return Ok(map.clone());
        }
        let recent = self.recent.borrow().clone();
        if let Some((_, map)) = recent.iter().find(|(name, _)| name == stage) {
            return Ok(map.clone());
        }
        let variants = heads(&self.model, &[stage.to_string()])?;
        let watch = self.watch.0.take();
        let mut watch = watch.unwrap_or_else(|| Box::new(Unobserved));
        let mut until = Until {
            stage,
            inner: &mut *watch,
            found: None,
        };
        let net = &self.model.net;
        let pass = net
            .forward_observed(self.input.clone(), &variants, &mut until)
            .await;
        let found = until.found;
        self.watch.0.replace(Some(watch));
        match (found, pass) {
            (Some(map), _) => {
                let mut recent = self.recent.borrow_mut();
                recent.truncate(1);
                recent.insert(0, (stage.to_string(), map.clone()));
                Ok(map)
            }
            (None, Err(error)) => Err(error),
            (None, Ok(_)) => Err(no_stage(stage)),
        }
    }

    fn tail_of(&self, variant: Variant) -> Result<Tail<'_>, FcnError> {
        let tail = self.model.net.layers.tail(variant);
        tail.ok_or_else(|| FcnError::UnknownVariant {
            name: variant.name().to_string(),
            known: Vec::new(),
        })
    }

    async fn run(
        &self,
        variant: Variant,
        gains: &[f32],
    ) -> Result<Vec<(&'static str, Tensor<4>)>, FcnError> {
        let tail = self.tail_of(variant)?;
        let mut maps = Vec::new();
        for stage in tail.stages() {
            maps.push(self.map(stage).await?);
        }
        let [_, _, h, w] = self.input.dims();
        tail.run(maps, gains, [h, w])
    }

    /// The scores of a head with its skips, pool4's first, multiplied by their gains: the backbone isn't run
    /// again. Gains of 1 give the pass's own scores.
    ///
    /// # Errors
    /// [`FcnError::UnknownVariant`]; [`FcnError::InvalidInput`] for gains that aren't numbers, or a
    /// classifier; [`FcnError::Gpu`].
    pub async fn tail(&self, variant: Variant, gains: [f32; 2]) -> Result<Head, FcnError> {
        if !self.model.net.is_dense() {
            return Err(FcnError::invalid(
                "a classifier has no tail: it scores windows",
            ));
        }
        if !gains.iter().all(|gain| gain.is_finite()) {
            return Err(FcnError::invalid("a skip's gain must be a number"));
        }
        let maps = self.run(variant, &gains).await?;
        let scores = last(&maps)?;
        *self.tail.borrow_mut() = maps;
        let (width, height) = self.size;
        let head = Head::new(scores, width, height).await?;
        flush(&self.model.device)?;
        Ok(head)
    }

    /// The maps of the tail that [`tail`](Self::tail) ran last, of one class: coarse to fine, scores at the
    /// end. What is named as a skip's stage is what was added, scaled.
    ///
    /// # Shapes
    /// each `[1, rows, columns]`
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for a class that there isn't; [`FcnError::Gpu`].
    pub async fn tail_maps(&self, class: usize) -> Result<Vec<FeatureMap>, FcnError> {
        let seen = self.tail.borrow().clone();
        let mut maps = Vec::with_capacity(seen.len());
        for (stage, map) in seen {
            maps.push(channel_of(stage, map, class).await?);
        }
        Ok(maps)
    }

    /// All that a stage computed, or the input.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for a stage that there isn't; [`FcnError::Gpu`].
    pub async fn values(&self, stage: &str) -> Result<FeatureMap, FcnError> {
        let Shape {
            channels,
            rows,
            columns,
            ..
        } = *self.shape(stage)?;
        Ok(FeatureMap {
            name: stage.into(),
            shape: [channels, rows, columns],
            values: read(self.map(stage).await?).await?,
        })
    }

    /// One channel of a stage.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] for a stage or a channel that there isn't; [`FcnError::Gpu`].
    pub async fn channel(&self, stage: &str, channel: usize) -> Result<FeatureMap, FcnError> {
        self.shape(stage)?;
        channel_of(stage, self.map(stage).await?, channel).await
    }
}

/// One channel of a map.
async fn channel_of(stage: &str, map: Tensor<4>, channel: usize) -> Result<FeatureMap, FcnError> {
    let [_, channels, rows, columns] = map.dims();
    if channel >= channels {
        return Err(no_stage(stage));
    }
    Ok(FeatureMap {
        name: stage.into(),
        shape: [1, rows, columns],
        values: read(map.slice([0..1, channel..channel + 1, 0..rows, 0..columns])).await?,
    })
}

/// The scores that a tail ends with.
fn last(maps: &[(&'static str, Tensor<4>)]) -> Result<Tensor<4>, FcnError> {
    let scores = maps.last().map(|(_, scores)| scores.clone());
    scores.ok_or_else(|| FcnError::invalid("a tail without scores"))
}
