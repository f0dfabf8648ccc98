//! The border of [`crate::passes::heatmap`]: a classifier's scores of a photo's windows.

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::error::js_error;
use super::net::Net;
use super::observer::Stages;
use super::photo::Photo;
use super::plain::{Size, plain};
use crate::passes::heatmap;

/// The size to work at for a photo's heat map, in pixels.
#[wasm_bindgen(js_name = heatmapSize, unchecked_return_type = "Size")]
pub fn heatmap_size(width: usize, height: usize, long_side: usize) -> Result<JsValue, JsValue> {
    let (width, height) = heatmap::working_size(width, height, long_side);
    plain(&Size { width, height })
}

/// Scores of a photo's windows.
#[wasm_bindgen]
pub struct Heatmap(heatmap::Heatmap);

#[wasm_bindgen]
impl Heatmap {
    /// Cells.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> usize {
        self.0.width
    }

    /// Cells.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> usize {
        self.0.height
    }

    /// A copy of the scores, `[height, width, classes]`.
    pub fn scores(&self) -> Vec<f32> {
        self.0.scores.clone()
    }

    /// A copy of the one window's scores by the fully connected layers, `[classes]`; `undefined`
    /// where there are more windows.
    pub fn linear(&self) -> Option<Vec<f32>> {
        self.0.linear.clone()
    }
}

#[wasm_bindgen]
impl Net {
    /// A classifier's scores of a photo's windows; `syncEvery` and `onStage` as for `run`.
    pub async fn heatmap(
        &self,
        photo: Photo,
        #[wasm_bindgen(js_name = syncEvery)] sync_every: f64,
        #[wasm_bindgen(
            js_name = onStage,
            unchecked_param_type = "(index: number, name: string) => Promise<boolean> | boolean"
        )]
        on_stage: Function,
    ) -> Result<Heatmap, JsValue> {
        let model = self.0.clone();
        let mut observer = Stages::new(sync_every, on_stage);
        let map = heatmap::heatmap(&model, photo.0, &mut observer).await;
        map.map(Heatmap).map_err(js_error)
    }
}
