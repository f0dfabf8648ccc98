//! The border of [`crate::passes::maps`] and [`crate::passes::layer`].

use js_sys::Function;
use serde_json::json;
use wasm_bindgen::prelude::*;

use super::device_of;
use super::error::js_error;
use super::net::Net;
use super::observer::Stages;
use super::photo::Photo;
use super::plain::{from_plain, plain};
use crate::passes::layer;
use crate::passes::maps;

/// What one stage of a pass computed.
#[wasm_bindgen]
pub struct FeatureMap(pub(super) maps::FeatureMap);

#[wasm_bindgen]
impl FeatureMap {
    /// The stage's name.
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> String {
        self.0.name.clone()
    }

    /// Channels.
    #[wasm_bindgen(getter)]
    pub fn channels(&self) -> usize {
        self.0.shape[0]
    }

    /// Cells; so is the next.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> usize {
        self.0.shape[1]
    }

    #[wasm_bindgen(getter)]
    pub fn width(&self) -> usize {
        self.0.shape[2]
    }

    /// A copy of the values, `[channels, height, width]`.
    pub fn data(&self) -> Vec<f32> {
        self.0.values.clone()
    }
}

/// A transposed convolution of the net.
#[wasm_bindgen]
pub struct UpsamplingLayer(layer::UpsamplingLayer);

#[wasm_bindgen]
impl UpsamplingLayer {
    /// All but the kernels.
    #[wasm_bindgen(unchecked_return_type = "UpsamplingSettings")]
    pub fn settings(&self) -> Result<JsValue, JsValue> {
        let layer = &self.0;
        let [inputs, outputs, rows, columns] = layer.shape;
        plain(&json!({
            "inputs": inputs, "outputs": outputs, "kernel": [rows, columns],
            "stride": layer.stride, "padding": layer.padding,
        }))
    }

    /// A copy of the kernels, `[in, out, rows, columns]`.
    pub fn data(&self) -> Vec<f32> {
        self.0.weights.clone()
    }
}

#[wasm_bindgen]
impl Net {
    /// The maps of the stages named, of a photo's pass; `syncEvery` and `onStage` as for `run`.
    pub async fn maps(
        &self,
        photo: Photo,
        names: Vec<String>,
        #[wasm_bindgen(js_name = syncEvery)] sync_every: f64,
        #[wasm_bindgen(
            js_name = onStage,
            unchecked_param_type = "(index: number, name: string) => Promise<boolean> | boolean"
        )]
        on_stage: Function,
    ) -> Result<Vec<FeatureMap>, JsValue> {
        let model = self.0.clone();
        let mut observer = Stages::new(sync_every, on_stage);
        let maps = maps::maps(&model, photo.0, &names, &mut observer)
            .await
            .map_err(js_error)?;
        Ok(maps.into_iter().map(FeatureMap).collect())
    }

    /// Names of the stages that `maps` reports for these names, in order.
    #[wasm_bindgen(js_name = mapStages)]
    pub fn map_stages(&self, names: Vec<String>) -> Result<Vec<String>, JsValue> {
        let heads = maps::heads(&self.0, &names).map_err(js_error)?;
        let stages = self.0.net.stages(&heads);
        Ok(stages.into_iter().map(String::from).collect())
    }

    /// The upsampling layer of that name.
    #[wasm_bindgen(js_name = upsamplingLayer)]
    pub async fn upsampling_layer(&self, name: String) -> Result<UpsamplingLayer, JsValue> {
        let model = self.0.clone();
        let found = layer::upsampling_layer(&model, &name).await;
        found.map(UpsamplingLayer).map_err(js_error)
    }
}

/// The nets' transposed convolution of one map on `"webgpu"` or `"cpu"`.
#[wasm_bindgen(js_name = convTranspose2d)]
pub async fn conv_transpose2d(
    backend: String,
    #[wasm_bindgen(unchecked_param_type = "Transposed")] layer: JsValue,
    values: Vec<f32>,
    weights: Vec<f32>,
) -> Result<Vec<f32>, JsValue> {
    let run = async {
        let device = device_of(&backend)?;
        layer::transposed(&from_plain(&layer)?, &values, &weights, &device).await
    };
    run.await.map_err(js_error)
}
