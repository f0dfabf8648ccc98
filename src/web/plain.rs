//! Plain JavaScript objects: data that crosses by value and needs no freeing.

use js_sys::JSON;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use super::error::js_error;
use crate::FcnError;

/// The objects that cross; sizes are in pixels, or in cells where it says so.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export interface Size { width: number, height: number }
/** How a layer looks at its map: cells, down as across; `padding` before the map and after it. */
export interface Window { kernel: number, stride: number, padding: [number, number], dilation: number }
/** Where cells look along one axis; see `models::receptive`. */
export interface Receptive { size: number | null, jump: number, start: number }
/** A stage of a pass: its map's size in cells, what it costs, where its cells look in pixels of the input. */
export interface Stage {
  stage: string, channels: number, rows: number, columns: number
  parameters: number, macs: number
  receptive: Receptive, across: Receptive
  layer: { input: string, kind: Kind, window: Window, added?: string, offset?: number } | null
}
/** What one layer does with a map; see `models::shapes`. */
export type Kind = 'conv' | 'pool' | 'transposed' | 'sum' | 'crop' | 'resized'
/** A pixel's score, split; see `passes::inside`. */
export interface Autopsy {
  stage: string, score: number, sum: number, bias: number
  parts: {
    name: string, stage: string, share: number
    cells: { row: number, column: number, share: number }[]
    input: string, bias: number, channels: number[]
  }[]
}
/** How a cell came about; see `passes::inside`. */
export interface MadeFacts {
  kind: Kind, input: string, size: [number, number], channels: number, window: Window, from: [number, number]
  places: { stage: string, row: number, column: number, tap: [number, number] }[]
  bias: number, scale: number, sum: number, value: number
  activation: 'none' | 'relu' | 'relu6' | 'hardswish' | 'hardsigmoid' | 'sigmoid'
}
/** A transposed convolution of a net; each pair is rows, columns. */
export interface UpsamplingSettings {
  inputs: number, outputs: number
  kernel: [number, number], stride: [number, number], padding: [number, number]
}
/** A transposed convolution of one map; each pair is rows, columns, in cells. */
export interface Transposed {
  input: [number, number], kernel: [number, number], stride: [number, number]
  padding: [number, number], outputPadding: [number, number], dilation: [number, number]
}
/** What a person says of a checkpoint; see `weights::recognise::assumed`. What is left out is assumed. */
export interface Said { set?: string, input?: string, form?: string, skips?: string }
/** What is assumed of a checkpoint, what it could be, and an English sentence; see there. */
export interface Assumption {
  about: string, value: string, options: string[], facts: Record<string, string>, text: string
}
export interface Limits {
  /** The largest difference, relative to the largest score, that passes a check. */
  checkTolerance: number
  /** Weights up to this size are checked against a twin of the net on the CPU; bytes. */
  twinBytes: number
  /** Side of a heat map's window, and pixels from one to the next. */
  window: number, windowStride: number
}
"#;

/// A value as a plain object.
pub(super) fn plain(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let json = serde_json::to_string(value);
    let json = json.map_err(|error| js_error(FcnError::invalid(error.to_string())))?;
    JSON::parse(&json)
}

/// A plain object as a value.
pub(super) fn from_plain<T: DeserializeOwned>(object: &JsValue) -> Result<T, FcnError> {
    let json = JSON::stringify(object)
        .ok()
        .and_then(|json| json.as_string());
    let value = serde_json::from_str(&json.unwrap_or_default());
    value.map_err(|error| FcnError::invalid(error.to_string()))
}

/// A width and a height, in pixels.
#[derive(Serialize)]
pub(super) struct Size {
    pub(super) width: usize,
    pub(super) height: usize,
}
