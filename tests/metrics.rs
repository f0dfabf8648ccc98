//! The metrics against scikit-learn's figures, natively and inside wasm.

mod common;

use common::metrics::assert_equals_scikit_learn;

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn metrics_are_scikit_learns() {
    assert_equals_scikit_learn();
}

#[cfg(target_arch = "wasm32")]
mod wasm {
    use super::*;
    use wasm_bindgen_test::*;

    wasm_bindgen_test_configure!(run_in_dedicated_worker);

    #[wasm_bindgen_test]
    fn metrics_are_scikit_learns_in_wasm() {
        assert_equals_scikit_learn();
    }
}
