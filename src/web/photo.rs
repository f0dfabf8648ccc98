//! The border of [`crate::image`].

use wasm_bindgen::prelude::*;

use super::error::js_error;
use super::plain::{Size, plain};
use crate::FcnError;
use crate::image;

/// The size to work at for a photo and a long side, in pixels.
#[wasm_bindgen(js_name = workingSize, unchecked_return_type = "Size")]
pub fn working_size(width: usize, height: usize, long_side: usize) -> Result<JsValue, JsValue> {
    let (width, height) = image::working_size(width, height, long_side);
    plain(&Size { width, height })
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

    /// The working size, in pixels.
    #[wasm_bindgen(unchecked_return_type = "Size")]
    pub fn size(&self) -> Result<JsValue, JsValue> {
        let (width, height) = self.0.working_size();
        plain(&Size { width, height })
    }

    /// A copy of the photo at its working size, `[height, width, 3]`, RGB, 0–255.
    pub fn pixels(&self) -> Result<Vec<f32>, JsValue> {
        self.0.pixels().map(<[f32]>::to_vec).map_err(js_error)
    }

    /// Copies what [`pixels`](Self::pixels) gives into memory of the page's, which must have as many numbers.
    #[wasm_bindgen(js_name = copyTo)]
    pub fn copy_to(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array<ArrayBufferLike>")]
        to: &js_sys::Float32Array,
    ) -> Result<(), JsValue> {
        let pixels = self.0.pixels().map_err(js_error)?;
        if to.length() as usize != pixels.len() {
            return Err(js_error(FcnError::invalid(format!(
                "there is room for {} numbers, not for {}",
                to.length(),
                pixels.len()
            ))));
        }
        to.copy_from(pixels);
        Ok(())
    }

    /// A copy with a rectangle of middle grey, in pixels of the working size; with sides of 0 the photo itself.
    pub fn covered(
        &self,
        left: usize,
        top: usize,
        width: usize,
        height: usize,
    ) -> Result<Photo, JsValue> {
        let photo = self.0.covered([left, top], [width, height]);
        photo.map(Photo).map_err(js_error)
    }

    /// The photo whose `pixels` these are.
    #[wasm_bindgen(js_name = ofPixels)]
    pub fn of_pixels(width: usize, height: usize, pixels: Vec<f32>) -> Result<Photo, JsValue> {
        let photo = image::Photo::of_pixels(width, height, pixels);
        photo.map(Photo).map_err(js_error)
    }
}
