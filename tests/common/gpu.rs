//! The GPU of a browser test. Without an adapter these tests fail; they are never skipped.

use std::cell::RefCell;

use burn::tensor::Device;

thread_local! {
    static GPU: RefCell<Option<Device>> = const { RefCell::new(None) };
}

/// The GPU, opened once a test file (each file is one worker).
pub async fn gpu() -> Device {
    if let Some(device) = GPU.with(|slot| slot.borrow().clone()) {
        return device;
    }
    console_error_panic_hook::set_once();
    let opened = fcn_lab::device::open_webgpu().await;
    let device = opened.expect("these tests need a browser with a WebGPU adapter");
    GPU.with(|slot| slot.replace(Some(device.clone())));
    device
}
