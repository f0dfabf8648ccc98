//! Passes by several workers together: `kernels::cpu::team` with JavaScript's shared memory.

use std::rc::Rc;

use js_sys::{Float32Array, Function, Uint32Array};
use wasm_bindgen::prelude::*;

use crate::kernels::cpu::team::{Parts, Team, join};

/// Makes this worker member `rank` of `size` that run the same passes at the same time.
///
/// `exchange(map, piece, cuts)` is called in the middle of a layer. It must return only when the other
/// members' parts of the map are there, and must not keep the map: of every `piece` numbers, member r has
/// those from `cuts[r]` to `cuts[r + 1]`. If it can't get them, the pass must be discarded.
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
        // JavaScript knows of its own failures.
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
