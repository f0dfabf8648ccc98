//! The border of [`crate::image`].

use wasm_bindgen::prelude::*;

use super::error::js_error;
use crate::image;

/// `[width, height]` to work at for a photo and a long side, in pixels.
#[wasm_bindgen(js_name = workingSize)]
pub fn working_size(width: usize, height: usize, long_side: usize) -> Vec<u32> {
    let (width, height) = image::working_size(width, height, long_side);
    vec![width as u32, height as u32]
}

/// A photo on its way to the working size.
#[wasm_bindgen]
pub struct Photo(pub(super) image::Photo);

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

    /// As the constructor, for a working size that may be larger than the photo.
    pub fn stretched(
        width: usize,
        height: usize,
        work_width: usize,
        work_height: usize,
    ) -> Result<Photo, JsValue> {
        let photo = image::Photo::stretched(width, height, work_width, work_height);
        photo.map(Photo).map_err(js_error)
    }

    /// Width and height of the photo at its working size, pixels.
    pub fn size(&self) -> Vec<u32> {
        let (width, height) = self.0.working_size();
        vec![width as u32, height as u32]
    }

    /// A copy of the photo at its working size, `[height, width, 3]`, RGB, 0–255.
    pub fn pixels(&self) -> Result<Vec<f32>, JsValue> {
        self.0.pixels().map(<[f32]>::to_vec).map_err(js_error)
    }

    /// What had these `pixels`.
    #[wasm_bindgen(js_name = ofPixels)]
    pub fn of_pixels(width: usize, height: usize, pixels: Vec<f32>) -> Result<Photo, JsValue> {
        let photo = image::Photo::of_pixels(width, height, pixels);
        photo.map(Photo).map_err(js_error)
    }
}
