//! The border of [`crate::passes::inside`]: a photo's pass, opened.

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::error::js_error;
use super::maps::FeatureMap;
use super::net::{Net, Scores};
use super::observer::Stages;
use super::photo::Photo;
use super::plain::plain;
use crate::FcnError;
use crate::passes::inside;

/// A photo's pass, whose maps are still on the device.
#[wasm_bindgen]
pub struct Opened {
    opened: inside::Opened,
    net: Net,
}

/// A stage's channels, made small.
#[wasm_bindgen]
pub struct Sheet(inside::Sheet);

#[wasm_bindgen]
impl Sheet {
    /// Channels; rows and columns of the small maps.
    pub fn shape(&self) -> Vec<usize> {
        self.0.shape.to_vec()
    }

    /// A copy of the values, `[channels, rows, columns]`.
    pub fn data(&self) -> Vec<f32> {
        self.0.values.clone()
    }

    /// For each channel its least, its mean and its largest value, `[channels, 3]`.
    pub fn range(&self) -> Vec<f32> {
        self.0.range.concat()
    }
}

/// How one cell of a stage came about.
#[wasm_bindgen]
pub struct Made(inside::Made);

#[wasm_bindgen]
impl Made {
    /// All but the numbers of window and kernel.
    #[wasm_bindgen(unchecked_return_type = "MadeFacts")]
    pub fn facts(&self) -> Result<JsValue, JsValue> {
        plain(&self.0.facts)
    }

    /// A copy of what the window held, `[channels, k, k]`.
    pub fn window(&self) -> Vec<f32> {
        self.0.window.clone()
    }

    /// A copy of the kernel, laid out likewise; empty for a pool.
    pub fn kernel(&self) -> Vec<f32> {
        self.0.kernel.clone()
    }
}

/// What passes with dropout say together, at the working size.
#[wasm_bindgen]
pub struct Uncertainty(inside::Uncertainty);

#[wasm_bindgen]
impl Uncertainty {
    /// Pixels.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> usize {
        self.0.width
    }

    /// Pixels.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> usize {
        self.0.height
    }

    /// A copy of the classes of the largest mean probability, `[height, width]`, as are the next.
    pub fn labels(&self) -> Vec<u8> {
        self.0.labels.clone()
    }

    /// That probability, 0–1.
    pub fn mean(&self) -> Vec<f32> {
        self.0.mean.clone()
    }

    /// Its standard deviation over the passes, 0–0.5.
    pub fn spread(&self) -> Vec<f32> {
        self.0.spread.clone()
    }

    /// Entropy of all classes' mean probabilities, in nats.
    pub fn entropy(&self) -> Vec<f32> {
        self.0.entropy.clone()
    }
}

impl Net {
    fn undecided(
        &self,
        variant: &str,
        passes: u32,
        seed: u32,
        p: f64,
    ) -> Result<inside::Undecided, FcnError> {
        Ok(inside::Undecided {
            variant: self.0.variant(variant)?,
            passes,
            seed,
            p,
        })
    }
}

#[wasm_bindgen]
impl Net {
    /// Refuses what `Opened.uncertainty` would refuse, before a photo is opened.
    #[wasm_bindgen(js_name = checkUncertainty)]
    pub fn check_uncertainty(
        &self,
        variant: String,
        passes: u32,
        seed: u32,
        p: f64,
    ) -> Result<(), JsValue> {
        let how = self.undecided(&variant, passes, seed, p);
        let checked = how.and_then(|how| inside::check_uncertainty(&self.0, &how));
        checked.map(|_| ()).map_err(js_error)
    }

    /// Runs a photo through the net, with all heads, and keeps its maps; `syncEvery` and `onStage` as for `run`.
    pub async fn open(
        &self,
        photo: Photo,
        #[wasm_bindgen(js_name = syncEvery)] sync_every: f64,
        #[wasm_bindgen(
            js_name = onStage,
            unchecked_param_type = "(index: number, name: string) => Promise<boolean> | boolean"
        )]
        on_stage: Function,
    ) -> Result<Opened, JsValue> {
        let net = Net(self.0.clone());
        let mut observer = Stages::new(sync_every, on_stage);
        let opened = inside::open(&net.0, photo.0, &mut observer).await;
        let opened = opened.map_err(js_error)?;
        Ok(Opened { opened, net })
    }
}

#[wasm_bindgen]
impl Opened {
    /// The input and every stage of the pass.
    #[wasm_bindgen(unchecked_return_type = "Stage[]")]
    pub fn shapes(&self) -> Result<JsValue, JsValue> {
        plain(&self.opened.shapes())
    }

    /// `syncEvery` and `onStage` as for `run`, of the passes that have to be run again for maps that weren't kept; the index
    /// counts the stages of all of them.
    pub fn watch(
        &self,
        #[wasm_bindgen(js_name = syncEvery)] sync_every: f64,
        #[wasm_bindgen(
            js_name = onStage,
            unchecked_param_type = "(index: number, name: string) => Promise<boolean> | boolean"
        )]
        on_stage: Function,
    ) {
        let observer = Stages::new(sync_every, on_stage);
        self.opened.watch(Box::new(observer));
    }

    /// A head's scores with its skips, pool4 and pool3, multiplied.
    pub async fn tail(&self, variant: String, pool4: f32, pool3: f32) -> Result<Scores, JsValue> {
        let variant = self.net.0.variant(&variant).map_err(js_error)?;
        let head = self.opened.tail(variant, [pool4, pool3]).await;
        Ok(Scores::new(head.map_err(js_error)?, variant))
    }

    /// The maps of the tail that was run last, of one class.
    #[wasm_bindgen(js_name = tailMaps)]
    pub async fn tail_maps(&self, class: usize) -> Result<Vec<FeatureMap>, JsValue> {
        let maps = self.opened.tail_maps(class).await.map_err(js_error)?;
        Ok(maps.into_iter().map(FeatureMap).collect())
    }

    /// So many passes with dropout; after each `onPass(index, stage)`, which may return a promise, and `false`
    /// cancels.
    pub async fn uncertainty(
        &self,
        variant: String,
        passes: u32,
        seed: u32,
        p: f64,
        #[wasm_bindgen(
            js_name = onPass,
            unchecked_param_type = "(index: number, stage: string) => Promise<boolean> | boolean"
        )]
        on_pass: Function,
    ) -> Result<Uncertainty, JsValue> {
        let how = self.net.undecided(&variant, passes, seed, p);
        let how = how.map_err(js_error)?;
        // Each pass is read back, so the GPU is never ahead.
        let mut observer = Stages::new(f64::INFINITY, on_pass);
        let found = self.opened.uncertainty(&how, &mut observer).await;
        found.map(Uncertainty).map_err(js_error)
    }

    /// A pixel's score of a class, split; `x`, `y` in pixels of the working size.
    #[wasm_bindgen(unchecked_return_type = "Promise<Autopsy>")]
    pub async fn autopsy(
        &self,
        variant: String,
        class: usize,
        x: usize,
        y: usize,
    ) -> Result<JsValue, JsValue> {
        let variant = self.net.0.variant(&variant).map_err(js_error)?;
        let autopsy = self.opened.autopsy(variant, class, [x, y]).await;
        plain(&autopsy.map_err(js_error)?)
    }

    /// A stage's channels, none of them larger than `side`.
    pub async fn sheet(&self, stage: String, side: usize) -> Result<Sheet, JsValue> {
        let sheet = self.opened.sheet(&stage, side).await;
        sheet.map(Sheet).map_err(js_error)
    }

    /// All channels of a stage, or the input.
    pub async fn values(&self, stage: String) -> Result<FeatureMap, JsValue> {
        let map = self.opened.values(&stage).await;
        map.map(FeatureMap).map_err(js_error)
    }

    /// One channel of a stage.
    pub async fn channel(&self, stage: String, channel: usize) -> Result<FeatureMap, JsValue> {
        let map = self.opened.channel(&stage, channel).await;
        map.map(FeatureMap).map_err(js_error)
    }

    /// How one cell of a stage came about.
    pub async fn made(
        &self,
        stage: String,
        channel: usize,
        row: usize,
        column: usize,
    ) -> Result<Made, JsValue> {
        let made = self.opened.made(&stage, channel, [row, column]).await;
        made.map(Made).map_err(js_error)
    }
}
