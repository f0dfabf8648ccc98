//! Passes by several workers together: `kernels::cpu::team` with JavaScript's shared memory.

use std::rc::Rc;

use js_sys::{Float32Array, Function, Uint32Array};
use wasm_bindgen::prelude::*;

use super::{Photo, js_error};
use crate::image;
use crate::kernels::cpu::team::{Parts, Team, join};

/// Makes this worker member `rank` of `size` that run the same passes at the same time.
///
/// `exchange(map, piece, cuts)` is called in the middle of a layer and must not return before the
/// other members' parts of the map are there, nor keep it: of every `piece` numbers, member r has
/// those from `cuts[r]` to `cuts[r + 1]`. Where it can't bring them, the pass's result is none.
#[wasm_bindgen(js_name = joinTeam)]
pub fn join_team(
    rank: usize,
    size: usize,
    #[wasm_bindgen(
        unchecked_param_type = "(map: Float32Array<ArrayBuffer>, piece: number, cuts: Uint32Array) => void"
    )]
    exchange: Function,
) {
    let exchange = move |map: &mut [f32], parts: &Parts| {
        let cuts: Vec<u32> = parts.cuts.iter().map(|&cut| cut as u32).collect();
        let (piece, cuts) = ((parts.piece as u32).into(), Uint32Array::from(&cuts[..]));
        // SAFETY: nothing is allocated before the call, and it doesn't keep the view.
        let map = unsafe { Float32Array::view_mut_raw(map.as_mut_ptr(), map.len()) };
        // It fails for reasons of its own, and knows them.
        let _ = exchange.call3(&JsValue::NULL, &map, &piece, &cuts);
    };
    let exchange = Rc::new(exchange);
    join(Some(Team {
        rank,
        size,
        exchange,
    }));
}

/// Makes this worker run passes alone again.
#[wasm_bindgen(js_name = leaveTeam)]
pub fn leave_team() {
    join(None);
}

#[wasm_bindgen]
impl Photo {
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
