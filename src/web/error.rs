//! [`FcnError`] as JavaScript's `Error`.

use js_sys::{Error, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::FcnError;

/// A JavaScript `Error` with the stable `code` of a [`FcnError`], and its facts as `details`.
pub(super) fn js_error(error: FcnError) -> JsValue {
    let object = Error::new(&error.to_string());
    let details = Object::new();
    // Setting a property of a fresh, extensible object cannot fail.
    let _ = Reflect::set(&object, &"code".into(), &error.code().into());
    for (name, value) in error.facts() {
        let _ = Reflect::set(&details, &name.into(), &value.as_str().into());
    }
    let _ = Reflect::set(&object, &"details".into(), &details);
    object.into()
}
