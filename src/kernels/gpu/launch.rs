//! Launching WGSL text on Burn's buffers.

use burn::cubecl::client::Client;
use burn::cubecl::prelude::{CubeCount, CubeDim, KernelId};
use burn::cubecl::server::{Handle, KernelArguments, MetadataBindingInfo};
use burn_wgpu::{KernelSource, SourceKernel, SourceTemplate};

use crate::kernels::wgsl::{Kernel, WORKGROUP};

/// The most workgroups along one dimension that every adapter allows.
const MAX_GROUPS: usize = 65_535;

struct Source<K>(K);

impl<K: Kernel> KernelSource for Source<K> {
    fn source(&self) -> SourceTemplate {
        SourceTemplate::new(self.0.wgsl())
    }

    fn id(&self) -> KernelId {
        KernelId::new::<Self>().info(self.0)
    }

    fn lang(&self) -> &'static str {
        "wgsl"
    }
}

/// Runs `kernel` in `threads` threads, in as many workgroups as they need.
///
/// `buffers` are bindings 0, 1 …; the last is a uniform of `sizes`, so that one pipeline serves all
/// layers. They are counted in elements.
pub fn launch<K: Kernel>(
    client: &Client,
    kernel: K,
    threads: usize,
    buffers: &[&Handle],
    sizes: &[usize],
) {
    let groups = threads.div_ceil(WORKGROUP);
    let rows = groups.div_ceil(MAX_GROUPS).max(1);
    let count = CubeCount::Static(groups.div_ceil(rows) as u32, rows as u32, 1);
    // Two 32-bit numbers in each word, padded to whole vec4s.
    let vec4 = |four: &[usize]| {
        let at = |i| u64::from(four.get(i).copied().unwrap_or(0) as u32);
        [at(0) | at(1) << 32, at(2) | at(3) << 32]
    };
    let words: Vec<u64> = sizes.chunks(4).flat_map(vec4).collect();
    let buffers = buffers.iter().map(|&handle| handle.clone().binding());
    let arguments = KernelArguments::new()
        .with_buffers(buffers.collect())
        .with_info(MetadataBindingInfo::custom(words));
    let dim = CubeDim::new_1d(WORKGROUP as u32);
    client.launch(
        Box::new(SourceKernel::new(Source(kernel), dim)),
        count,
        arguments,
    );
}
