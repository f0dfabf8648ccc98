//! The wasm border: the only `wasm_bindgen` code. Turns [`FcnError`] into JavaScript errors and
//! bytes into slices; nothing else lives here. `www/engine/worker/worker.js` is its only caller.
//!
//! # Errors
//! Whatever returns a `Result` here throws (or rejects with) an `Error` whose `code` is that of the
//! [`FcnError`] which the function of the same name outside of `web` documents.

mod checkpoint;
mod heatmap;
mod maps;
mod metrics;
mod team;
mod tune;

use std::cell::RefCell;
use std::rc::Rc;

use burn::tensor::{Device, Tensor};
use js_sys::{Date, Error, Function, JsString, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::device::Backend;
use crate::manifest::Manifest;
use crate::models::observer::Observer;
use crate::models::{self, Model, Variant};
use crate::{FcnError, device, image, segment, selfcheck};

thread_local! {
    /// The GPU that `openGpu` opened; Burn opens it once a worker.
    static GPU: RefCell<Option<Device>> = const { RefCell::new(None) };
}

/// A JavaScript `Error` with the stable `code` of a [`FcnError`], and its facts as `details`.
fn js_error(error: FcnError) -> JsValue {
    let object = Error::new(&error.to_string());
    let details = Object::new();
    // Setting a property of a fresh, extensible object cannot fail.
    let _ = Reflect::set(&object, &"code".into(), &error.code().into());
    for (name, value) in error.facts() {
        let _ = Reflect::set(&details, &(*name).into(), &value.as_str().into());
    }
    let _ = Reflect::set(&object, &"details".into(), &details);
    object.into()
}

/// Makes panics readable in the console. Call once.
#[wasm_bindgen]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// Opens WebGPU. Call at most once a worker.
#[wasm_bindgen(js_name = openGpu)]
pub async fn open_gpu() -> Result<(), JsValue> {
    let gpu = device::open_webgpu().await.map_err(js_error)?;
    GPU.with(|slot| slot.replace(Some(gpu)));
    Ok(())
}

/// Makes nets that are loaded from now on run on Burn's own kernels instead of this crate's: slower
/// on a GPU. For measuring, and for finding out whether a wrong result is the kernels' fault.
#[cfg(feature = "burn-kernels")]
#[wasm_bindgen(js_name = setPlainKernels)]
pub fn use_plain_kernels(plain: bool) {
    crate::kernels::set_plain_kernels(plain);
}

fn opened_gpu() -> Result<Device, FcnError> {
    let opened = GPU.with(|slot| slot.borrow().clone());
    opened.ok_or_else(|| FcnError::NoWebGpu {
        reason: "it has not been opened".into(),
    })
}

/// Runs a small known net on the GPU and on the CPU; resolves to the largest relative difference.
#[wasm_bindgen(js_name = selfCheck)]
pub async fn self_check() -> Result<f32, JsValue> {
    let gpu = opened_gpu().map_err(js_error)?;
    selfcheck::self_check(&gpu).await.map_err(js_error)
}

/// The largest difference that passes the self-check.
#[wasm_bindgen(js_name = selfCheckTolerance)]
pub fn self_check_tolerance() -> f32 {
    selfcheck::TOLERANCE
}

/// `[width, height]` to work at for a photo and a long side, in pixels.
#[wasm_bindgen(js_name = workingSize)]
pub fn working_size(width: usize, height: usize, long_side: usize) -> Vec<u32> {
    let (width, height) = image::working_size(width, height, long_side);
    vec![width as u32, height as u32]
}

/// A photo on its way to the working size.
#[wasm_bindgen]
pub struct Photo(image::Photo);

#[wasm_bindgen]
impl Photo {
    /// For a photo of `width`×`height` pixels, worked on at `work_width`×`work_height`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        width: usize,
        height: usize,
        work_width: usize,
        work_height: usize,
    ) -> Result<Photo, JsValue> {
        let photo = image::Photo::new(width, height, work_width, work_height);
        photo.map(Photo).map_err(js_error)
    }

    /// Takes the next whole rows: RGBA, 8 bits, straight alpha.
    #[wasm_bindgen(js_name = pushRows)]
    pub fn push_rows(&mut self, rgba: &[u8]) -> Result<(), JsValue> {
        self.0.push_rows(rgba).map_err(js_error)
    }
}

/// Class scores of one head at the working size; on a GPU if that computed them.
#[wasm_bindgen]
pub struct Scores {
    head: segment::Head,
    variant: Variant,
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

    /// Whether labels are made on the GPU, in large strips best.
    #[wasm_bindgen(getter, js_name = isOnGpu)]
    pub fn is_on_gpu(&self) -> bool {
        self.head.is_on_gpu()
    }

    /// A copy of the scores, `[height, width, channels]`.
    pub async fn data(&self) -> Result<Vec<f32>, JsValue> {
        let scores = self.head.read().await.map_err(js_error)?;
        Ok(scores.data().to_vec())
    }

    /// Brings the scores to the CPU, where labels are made from then on: a GPU that is really a
    /// program on the CPU is slow at large masks.
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

/// A model on its device.
#[wasm_bindgen]
pub struct Net(Rc<Model>);

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
    /// relative difference, to be held against `selfCheckTolerance()`. `weights` as for `new`.
    pub async fn check(&self, weights: &[u8]) -> Result<f32, JsValue> {
        let model = self.0.clone();
        selfcheck::model_check(&model, weights)
            .await
            .map_err(js_error)
    }

    /// As `check`, against a twin on the CPU that is there already.
    pub async fn compare(&self, twin: &Net) -> Result<f32, JsValue> {
        let (model, twin) = (self.0.clone(), twin.0.clone());
        selfcheck::twin_check(&model, &twin).await.map_err(js_error)
    }

    /// As `check`, for a net too large to be there twice: with a narrow net of its architecture.
    #[wasm_bindgen(js_name = checkArchitecture)]
    pub async fn check_architecture(&self) -> Result<f32, JsValue> {
        let model = self.0.clone();
        selfcheck::architecture_check(&model.manifest, &model.variants, &model.device)
            .await
            .map_err(js_error)
    }

    /// Runs a photo through the net. `onStage(index, name)` may return a promise and is waited
    /// for; `false` cancels. The GPU is about `syncEvery` milliseconds of work behind what is
    /// reported: 0 waits for it after each stage, Infinity never. Waiting costs about 3.
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
    ) -> Result<Vec<Scores>, JsValue> {
        let model = self.0.clone();
        let variants = self.pick(&variants).map_err(js_error)?;
        let mut observer = Stages::new(sync_every, on_stage);
        let heads = segment::heads(&model, photo.0, &variants, &mut observer)
            .await
            .map_err(js_error)?;
        let wrap = |(head, variant)| Scores { head, variant };
        Ok(heads.into_iter().zip(variants).map(wrap).collect())
    }
}

impl Net {
    fn pick(&self, names: &[String]) -> Result<Vec<Variant>, FcnError> {
        names.iter().map(|name| self.0.variant(name)).collect()
    }
}

/// The opened device of a back end, `"webgpu"` or `"cpu"`.
fn device_of(backend: &str) -> Result<Device, FcnError> {
    match Backend::from_name(backend) {
        Some(Backend::WebGpu) => opened_gpu(),
        Some(Backend::Cpu) => Ok(device::cpu()),
        None => {
            let reason = format!("unknown back end \"{backend}\"");
            Err(FcnError::InvalidInput { reason })
        }
    }
}

fn load(manifest: &[u8], weights: &[u8], backend: &str) -> Result<Net, FcnError> {
    let device = device_of(backend)?;
    let manifest = Manifest::parse(manifest)?;
    Ok(Net(Rc::new(models::load(manifest, weights, &device)?)))
}

/// Tells JavaScript of each stage and waits for its answer.
struct Stages {
    /// How much work is handed to the GPU before it is waited for, milliseconds.
    sync_every: f64,
    on_stage: Function,
    index: u32,
    /// When the GPU was last known to be done, and how many stages it has been given since.
    synced: f64,
    ahead: u32,
    /// How long a stage takes, milliseconds, by the latest and, less and less, those before.
    stage: f64,
}

impl Stages {
    fn new(sync_every: f64, on_stage: Function) -> Self {
        Self {
            sync_every,
            on_stage,
            index: 0,
            synced: Date::now(),
            ahead: 0,
            stage: sync_every,
        }
    }

    /// Waits for the GPU, unless that would be too often for how fast it is.
    async fn sync(&mut self, map: &Tensor<4>) -> Result<(), FcnError> {
        self.ahead += 1;
        if f64::from(self.ahead) * self.stage < self.sync_every {
            return Ok(());
        }
        // Reading one value back is how a browser waits for a GPU.
        selfcheck::read(map.clone().slice([0..1, 0..1, 0..1, 0..1])).await?;
        let now = Date::now();
        let latest = (now - self.synced) / f64::from(self.ahead);
        self.stage = latest.max(self.stage / 2.0).max(1.0);
        (self.synced, self.ahead) = (now, 0);
        Ok(())
    }
}

impl Observer for Stages {
    async fn stage(&mut self, name: &'static str, map: &Tensor<4>) -> Result<(), FcnError> {
        if self.sync_every.is_finite() {
            self.sync(map).await?;
        }
        let (index, name) = (self.index.into(), JsString::from(name).into());
        self.index += 1;
        let answer = self.on_stage.call2(&JsValue::NULL, &index, &name);
        let answer = match answer {
            // Resolves plain values too.
            Ok(value) => JsFuture::from(Promise::resolve(&value)).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(value) if value != JsValue::FALSE => Ok(()),
            _ => Err(FcnError::Aborted),
        }
    }
}
