//! JavaScript as a pass's observer.

use burn::tensor::Tensor;
use js_sys::{Date, Function, JsString, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::FcnError;
use crate::device::read;
use crate::models::observer::{Answer, Observer};

/// Tells JavaScript of each stage and waits for its answer.
pub(super) struct Stages {
    /// How much work the GPU is given before it is waited for, in milliseconds.
    sync_every: f64,
    every_map: bool,
    on_stage: Function,
    index: u32,
    /// When the GPU was last known to be done, and how many stages it has been given since.
    synced: f64,
    ahead: u32,
    /// How long a stage takes, in milliseconds: the latest ones count most.
    stage: f64,
}

impl Stages {
    pub(super) fn new(sync_every: f64, on_stage: Function) -> Self {
        Self {
            sync_every,
            every_map: false,
            on_stage,
            index: 0,
            synced: Date::now(),
            ahead: 0,
            stage: sync_every,
        }
    }

    /// The same, of a pass whose stages are computed one by one if `every_map`.
    pub(super) fn with_every_map(self, every_map: bool) -> Self {
        Self { every_map, ..self }
    }

    /// Waits for the GPU, unless that would be too often for how fast it is.
    async fn sync(&mut self, map: &Tensor<4>) -> Result<(), FcnError> {
        self.ahead += 1;
        if f64::from(self.ahead) * self.stage < self.sync_every {
            return Ok(());
        }
        // Reading one value back is how a browser waits for a GPU.
        read(map.clone().slice([0..1, 0..1, 0..1, 0..1])).await?;
        let now = Date::now();
        let latest = (now - self.synced) / f64::from(self.ahead);
        self.stage = latest.max(self.stage / 2.0).max(1.0);
        (self.synced, self.ahead) = (now, 0);
        Ok(())
    }
}

impl Stages {
    async fn tell(&mut self, name: &'static str, map: Option<&Tensor<4>>) -> Result<(), FcnError> {
        if let Some(map) = map
            && self.sync_every.is_finite()
        {
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

impl Observer for Stages {
    fn stage<'a>(&'a mut self, name: &'static str, map: &'a Tensor<4>) -> Answer<'a> {
        Box::pin(self.tell(name, Some(map)))
    }

    fn passed(&mut self, name: &'static str) -> Answer<'_> {
        Box::pin(self.tell(name, None))
    }

    fn needs_every_map(&self) -> bool {
        self.every_map
    }
}
