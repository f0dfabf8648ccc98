//! The border of [`crate::models`], [`segment`] and [`selfcheck`]: a net, and the scores of its passes.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::device_of;
use super::error::js_error;
use super::observer::Stages;
use super::photo::Photo;
use super::plain::plain;
use crate::FcnError;
use crate::image::padded_size;
use crate::manifest::Manifest;
use crate::models::{self, Model, Variant};
use crate::passes::{segment, selfcheck};

/// A model on its device.
#[wasm_bindgen]
pub struct Net(pub(super) Rc<Model>);

#[wasm_bindgen]
impl Net {
    /// Loads a model from the bytes of its manifest and weights onto `"webgpu"` or `"cpu"`.
    #[wasm_bindgen(constructor)]
    pub fn new(manifest: &[u8], weights: &[u8], backend: &str) -> Result<Net, JsValue> {
        load(manifest, weights, backend).map_err(js_error)
    }

    /// The heads' names.
    #[wasm_bindgen(getter)]
    pub fn variants(&self) -> Vec<String> {
        self.0.manifest.config.variants.clone()
    }

    /// Names of the stages that a pass with these heads reports, in order.
    pub fn stages(&self, variants: Vec<String>) -> Result<Vec<String>, JsValue> {
        let variants = self.pick(&variants).map_err(js_error)?;
        let stages = self.0.net.stages(&variants);
        Ok(stages.into_iter().map(String::from).collect())
    }

    /// Bytes of the largest GPU buffer that a pass at this working size binds.
    #[wasm_bindgen(js_name = bytesNeeded)]
    pub fn bytes_needed(&self, width: usize, height: usize) -> f64 {
        segment::largest_buffer(&self.0, width, height) as f64
    }

    /// Runs a small input through the net on the GPU and on the CPU; resolves to the largest
    /// relative difference, to be held against `limits().checkTolerance`. `weights` as for `new`.
    pub async fn check(&self, weights: &[u8]) -> Result<f32, JsValue> {
        let model = self.0.clone();
        selfcheck::model_check(&model, weights)
            .await
            .map_err(js_error)
    }

    /// As `check`, against a twin that was loaded onto the CPU already.
    pub async fn compare(&self, twin: &Net) -> Result<f32, JsValue> {
        let (model, twin) = (self.0.clone(), twin.0.clone());
        selfcheck::twin_check(&model, &twin).await.map_err(js_error)
    }

    /// As `check`, for a net too large to load twice: with a narrow net of its architecture.
    #[wasm_bindgen(js_name = checkArchitecture)]
    pub async fn check_architecture(&self) -> Result<f32, JsValue> {
        let model = self.0.clone();
        let difference = selfcheck::architecture_check(&model.net, &model.device).await;
        difference.map_err(js_error)
    }

    /// Runs a photo through the net. `onStage(index, name)` may return a promise, which is awaited;
    /// `false` cancels. Stages are reported about `syncEvery` milliseconds before the GPU finishes them: 0
    /// waits for it after each stage, Infinity never. A wait costs about 3 ms. `everyMap`: each stage is computed by
    /// itself, as `open` does; threads that compute a pass together must agree on that.
    pub async fn run(
        &self,
        photo: Photo,
        variants: Vec<String>,
        #[wasm_bindgen(js_name = syncEvery)] sync_every: f64,
        #[wasm_bindgen(
            js_name = onStage,
            unchecked_param_type = "(index: number, name: string) => Promise<boolean> | boolean"
        )]
        on_stage: Function,
        #[wasm_bindgen(js_name = everyMap)] every_map: bool,
    ) -> Result<Vec<Scores>, JsValue> {
        let model = self.0.clone();
        let variants = self.pick(&variants).map_err(js_error)?;
        let mut observer = Stages::new(sync_every, on_stage).with_every_map(every_map);
        let heads = segment::heads(&model, photo.0, &variants, &mut observer)
            .await
            .map_err(js_error)?;
        let wrap = |(head, variant)| Scores { head, variant };
        Ok(heads.into_iter().zip(variants).map(wrap).collect())
    }

    /// The input and every stage of a pass with all heads over a photo of that many pixels, which is padded.
    #[wasm_bindgen(unchecked_return_type = "Stage[]")]
    pub fn shapes(&self, width: usize, height: usize) -> Result<JsValue, JsValue> {
        let net = &self.0.net;
        let multiple = self.0.pad_multiple();
        let (width, height) = padded_size(width, height, multiple);
        plain(&net.shapes(&net.variants, width, height).map_err(js_error)?)
    }
}

impl Net {
    fn pick(&self, names: &[String]) -> Result<Vec<Variant>, FcnError> {
        names.iter().map(|name| self.0.variant(name)).collect()
    }
}

fn load(manifest: &[u8], weights: &[u8], backend: &str) -> Result<Net, FcnError> {
    let device = device_of(backend)?;
    let manifest = Manifest::parse(manifest)?;
    Ok(Net(Rc::new(models::load(manifest, weights, &device)?)))
}

/// Class scores of one head at the working size; on a GPU if that computed them.
#[wasm_bindgen]
pub struct Scores {
    head: segment::Head,
    variant: Variant,
}

impl Scores {
    pub(super) fn new(head: segment::Head, variant: Variant) -> Self {
        Self { head, variant }
    }
}

#[wasm_bindgen]
impl Scores {
    /// Pixels.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> usize {
        self.head.dims().0
    }

    /// Pixels.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> usize {
        self.head.dims().1
    }

    /// Classes.
    #[wasm_bindgen(getter)]
    pub fn channels(&self) -> usize {
        self.head.dims().2
    }

    /// The head's name.
    #[wasm_bindgen(getter)]
    pub fn variant(&self) -> String {
        self.variant.name().into()
    }

    /// Whether labels are made on the GPU, where large strips are best.
    #[wasm_bindgen(getter, js_name = isOnGpu)]
    pub fn is_on_gpu(&self) -> bool {
        self.head.is_on_gpu()
    }

    /// A copy of the scores, `[height, width, channels]`.
    pub async fn data(&self) -> Result<Vec<f32>, JsValue> {
        let scores = self.head.read().await.map_err(js_error)?;
        Ok(scores.turned().into_owned())
    }

    /// The scores of one class, `[height, width]`, wherever they are.
    pub async fn channel(&self, class: usize) -> Result<Vec<f32>, JsValue> {
        self.head.channel(class).await.map_err(js_error)
    }

    /// Brings the scores to the CPU, where labels are made from then on: a software adapter is slow at
    /// large masks.
    pub async fn bring(&self) -> Result<(), JsValue> {
        self.head.read().await.map_err(js_error)?;
        Ok(())
    }

    /// Labels of a strip of rows of a mask of `width`×`height` pixels.
    pub async fn labels(
        &self,
        width: usize,
        height: usize,
        first_row: usize,
        rows: usize,
    ) -> Result<Vec<u8>, JsValue> {
        let labels = self.head.labels(width, height, first_row, rows);
        labels.await.map_err(js_error)
    }
}
