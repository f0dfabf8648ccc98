//! The wasm border: the only `wasm_bindgen` code, called by the engine's workers (`www/engine`). It turns
//! [`FcnError`] into JavaScript errors, bytes into slices and data into plain objects; nothing else
//! lives here. A class (`Net`, `Photo`, `Scores` …) holds wasm's memory: whoever makes an instance frees it.
//!
//! # Errors
//! A function that returns a `Result` throws an `Error` (or rejects with one) whose `code` is that of the
//! [`FcnError`]; the function of the same name outside of `web` documents which.

mod checkpoint;
mod error;
mod heatmap;
mod inside;
mod maps;
mod metrics;
mod net;
mod observer;
mod photo;
mod plain;
mod team;
mod tune;

use std::cell::RefCell;

use burn::tensor::Device;
use serde_json::json;
use wasm_bindgen::prelude::*;

use crate::device::Backend;
use crate::passes::{heatmap as windows, selfcheck};
use crate::{FcnError, device};
use error::js_error;

thread_local! {
    /// The GPU that `openGpu` opened; Burn opens it once a worker.
    static GPU: RefCell<Option<Device>> = const { RefCell::new(None) };
}

/// Makes panics readable in the console. Call once.
#[wasm_bindgen]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// Opens WebGPU. Call at most once a worker.
#[wasm_bindgen(js_name = openGpu)]
pub async fn open_gpu() -> Result<(), JsValue> {
    let gpu = device::open_webgpu().await.map_err(js_error)?;
    GPU.with(|slot| slot.replace(Some(gpu)));
    Ok(())
}

/// Makes nets that are loaded from now on run on Burn's own kernels instead of this crate's: slower
/// on a GPU. For measuring, and for finding out whether a wrong result is the kernels' fault.
#[cfg(feature = "burn-kernels")]
#[wasm_bindgen(js_name = setPlainKernels)]
pub fn use_plain_kernels(plain: bool) {
    crate::kernels::set_plain_kernels(plain);
}

fn opened_gpu() -> Result<Device, FcnError> {
    let opened = GPU.with(|slot| slot.borrow().clone());
    opened.ok_or_else(|| FcnError::NoWebGpu {
        reason: "it has not been opened".into(),
    })
}

/// Runs a small known net on the GPU and on the CPU; resolves to the largest relative difference.
#[wasm_bindgen(js_name = selfCheck)]
pub async fn self_check() -> Result<f32, JsValue> {
    let gpu = opened_gpu().map_err(js_error)?;
    selfcheck::self_check(&gpu).await.map_err(js_error)
}

/// Limits that Rust sets and JavaScript needs.
#[wasm_bindgen(unchecked_return_type = "Limits")]
pub fn limits() -> Result<JsValue, JsValue> {
    plain::plain(&json!({
        "checkTolerance": selfcheck::TOLERANCE,
        "twinBytes": selfcheck::TWIN_BYTES,
        "window": windows::WINDOW,
        "windowStride": windows::STRIDE,
    }))
}

/// The opened device of a back end, `"webgpu"` or `"cpu"`.
fn device_of(backend: &str) -> Result<Device, FcnError> {
    match Backend::from_name(backend) {
        Some(Backend::WebGpu) => opened_gpu(),
        Some(Backend::Cpu) => Ok(device::cpu()),
        None => Err(FcnError::invalid(format!("unknown back end \"{backend}\""))),
    }
}
