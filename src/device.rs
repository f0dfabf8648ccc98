//! The only file that knows back ends: WebGPU through `burn-wgpu`, and the CPU through Flex.

use burn::tensor::Device;

#[cfg(feature = "webgpu")]
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

/// The CPU. Always there.
pub fn cpu() -> Device {
    Device::flex()
}

/// Opens the GPU. Call once a process (a worker, in a browser): the runtime it registers cannot be
/// configured again.
///
/// # Errors
/// [`FcnError::NoWebGpu`] when there is no adapter, or it gives no device.
#[cfg(feature = "webgpu")]
pub async fn open_webgpu() -> Result<Device, FcnError> {
    Device::wgpu_options()
        .init_async()
        .await
        .map_err(|error| FcnError::NoWebGpu {
            reason: error.to_string(),
        })
}

/// Whether tensors of this device live on a GPU.
pub fn is_gpu(device: &Device) -> bool {
    *device != cpu()
}
