//! The border of [`crate::metrics`].

use wasm_bindgen::prelude::*;

use super::error::js_error;
use crate::metrics;

/// A confusion matrix and the scores that follow from it.
#[wasm_bindgen]
pub struct Confusion(metrics::Confusion);

#[wasm_bindgen]
impl Confusion {
    /// An empty matrix of that many classes.
    #[wasm_bindgen(constructor)]
    pub fn new(classes: usize) -> Result<Confusion, JsValue> {
        metrics::Confusion::new(classes)
            .map(Confusion)
            .map_err(js_error)
    }

    /// Counts the pixels of one picture; a truth of 255 is left out.
    pub fn add(&mut self, truth: &[u8], prediction: &[u8]) -> Result<(), JsValue> {
        self.0.add(truth, prediction).map_err(js_error)
    }

    /// Pixels, row-major: truth, prediction.
    pub fn counts(&self) -> Vec<f64> {
        self.0.counts().iter().map(|&count| count as f64).collect()
    }

    /// 0–1; `undefined` where nothing is labelled, and so for the next.
    #[wasm_bindgen(getter, js_name = pixelAccuracy)]
    pub fn pixel_accuracy(&self) -> Option<f64> {
        self.0.pixel_accuracy()
    }

    /// 0–1.
    #[wasm_bindgen(getter, js_name = meanAccuracy)]
    pub fn mean_accuracy(&self) -> Option<f64> {
        self.0.mean_accuracy()
    }

    /// 0–1.
    #[wasm_bindgen(getter, js_name = meanIou)]
    pub fn mean_iou(&self) -> Option<f64> {
        self.0.mean_iou()
    }

    /// 0–1.
    #[wasm_bindgen(getter, js_name = frequencyWeightedIou)]
    pub fn frequency_weighted_iou(&self) -> Option<f64> {
        self.0.frequency_weighted_iou()
    }

    /// 0–1 by class; NaN for a class that occurs neither in the truth nor in the prediction.
    pub fn iou(&self) -> Vec<f64> {
        let each = self.0.iou().into_iter();
        each.map(|iou| iou.unwrap_or(f64::NAN)).collect()
    }
}
