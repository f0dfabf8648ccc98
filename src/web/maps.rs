//! The border of [`crate::passes::maps`] and [`crate::passes::layer`].

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::device_of;
use super::error::js_error;
use super::net::Net;
use super::observer::Stages;
use super::photo::Photo;
use crate::FcnError;
use crate::passes::layer::{self, Transposed};
use crate::passes::maps;

/// What one stage of a pass computed.
#[wasm_bindgen]
pub struct FeatureMap(maps::FeatureMap);

#[wasm_bindgen]
impl FeatureMap {
    /// The stage's name.
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> String {
        self.0.name.clone()
    }

    /// `[channels, height, width]`.
    #[wasm_bindgen(getter)]
    pub fn shape(&self) -> Vec<u32> {
        self.0.shape.iter().map(|&size| size as u32).collect()
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
    /// `[in, out, kernel rows, kernel columns, stride (2), padding (2)]`.
    #[wasm_bindgen(getter)]
    pub fn settings(&self) -> Vec<u32> {
        let layer = &self.0;
        let all = layer
            .shape
            .iter()
            .chain(&layer.stride)
            .chain(&layer.padding);
        all.map(|&size| size as u32).collect()
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

/// The nets' transposed convolution of one map on `"webgpu"` or `"cpu"`. `settings`: input, kernel,
/// stride, padding, output padding, dilation, each rows and columns.
#[wasm_bindgen(js_name = convTranspose2d)]
pub async fn conv_transpose2d(
    backend: String,
    settings: Vec<u32>,
    values: Vec<f32>,
    weights: Vec<f32>,
) -> Result<Vec<f32>, JsValue> {
    let run = async {
        let device = device_of(&backend)?;
        layer::transposed(&layer_of(&settings)?, &values, &weights, &device).await
    };
    run.await.map_err(js_error)
}

fn layer_of(settings: &[u32]) -> Result<Transposed, FcnError> {
    let pairs: Vec<[usize; 2]> = settings
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| pair.map(|size| size as usize))
        .collect();
    match pairs.as_slice() {
        &[input, kernel, stride, padding, output_padding, dilation] => Ok(Transposed {
            input,
            kernel,
            stride,
            padding,
            output_padding,
            dilation,
        }),
        _ => Err(FcnError::InvalidInput {
            reason: "six pairs of settings are needed".into(),
        }),
    }
}
