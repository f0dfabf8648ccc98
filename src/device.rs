//! Opens the back ends, which beside it only [`crate::kernels`] names: WebGPU through `burn-wgpu`, and the CPU through Flex.

use burn::tensor::{Device, Tensor};

use crate::FcnError;

/// Where a net runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The GPU, through `burn-wgpu`.
    WebGpu,
    /// The CPU, through Burn's Flex.
    Cpu,
}

impl Backend {
    /// The name used in JavaScript: `"webgpu"` or `"cpu"`.
    pub fn name(self) -> &'static str {
        match self {
            Self::WebGpu => "webgpu",
            Self::Cpu => "cpu",
        }
    }

    /// The back end of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::WebGpu, Self::Cpu]
            .into_iter()
            .find(|backend| backend.name() == name)
    }
}

/// Runs the constructors that other crates registered, once. Natively the loader does that.
///
/// If a wasm module never calls its constructors, the linker takes it for a command that is entered
/// once, and makes every exported function call run all of them first: that cost 1 to 4 ms a call.
#[cfg(target_arch = "wasm32")]
fn run_constructors() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    unsafe extern "C" {
        fn __wasm_call_ctors();
    }
    // SAFETY: the linker makes this function for every module; it takes and returns nothing.
    ONCE.call_once(|| unsafe { __wasm_call_ctors() });
}

#[cfg(not(target_arch = "wasm32"))]
fn run_constructors() {}

/// The CPU. Always there.
pub fn cpu() -> Device {
    run_constructors();
    Device::flex()
}

/// Opens the GPU. Call once a process (a worker, in a browser): the runtime it registers cannot be
/// configured again.
///
/// # Errors
/// [`FcnError::NoWebGpu`] when there is no adapter, or it gives no device.
#[cfg(feature = "webgpu")]
pub async fn open_webgpu() -> Result<Device, FcnError> {
    run_constructors();
    Device::wgpu_options()
        .tasks_max(TASKS)
        .init_async()
        .await
        .map_err(|error| FcnError::NoWebGpu {
            reason: error.to_string(),
        })
}

/// How many dispatches are handed to the GPU together: enough for a whole pass of an ordinary photo.
#[cfg(feature = "webgpu")]
const TASKS: usize = 4096;

/// Whether tensors of this device live on a GPU.
pub fn is_gpu(device: &Device) -> bool {
    *device != cpu()
}

/// Reads a tensor back to the CPU, row-major.
///
/// # Errors
/// [`FcnError::Gpu`].
pub async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, FcnError> {
    let gpu = |reason: String| FcnError::Gpu { reason };
    let data = tensor
        .into_data_async()
        .await
        .map_err(|e| gpu(format!("{e:?}")))?;
    data.try_into_vec().map_err(|e| gpu(format!("{e:?}")))
}
