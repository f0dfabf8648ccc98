//! Launches the direct convolution of `conv2d_wgsl` on Burn tensors.
//!
//! Must equal [`plain::conv2d_same`](super::plain::conv2d_same); `tests/webgpu_kernels.rs` holds
//! them together.

use burn::cubecl::prelude::{CubeCount, CubeDim, KernelId};
use burn::cubecl::server::KernelArguments;
use burn::tensor::Tensor;
use burn_wgpu::{
    CubeBackend, CubeTensor, KernelSource, SourceKernel, SourceTemplate, into_contiguous,
};

use super::conv2d_wgsl::{Tile, WORKGROUP};
use super::{Activation, plain};

struct Conv2dKernel(Tile);

impl KernelSource for Conv2dKernel {
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

/// The GPU form of [`conv2d_same`](super::conv2d_same); shapes as there.
pub fn conv2d_same(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    activation: Activation,
) -> Tensor<4> {
    let [batch, channels_in, height, width] = x.dims();
    let [channels_out, _, kernel, _] = weight.dims();
    let fallback = (x.clone(), weight.clone(), bias.clone());
    let primitives = (
        // Channel last, as Burn's pools and transposed convolutions leave it: mostly no copy.
        x.permute([0, 2, 3, 1]).try_into_primitive::<CubeBackend>(),
        // A view back onto the memory that `conv_weight` filled; no copy.
        weight
            .permute([1, 2, 3, 0])
            .try_into_primitive::<CubeBackend>(),
        bias.try_into_primitive::<CubeBackend>(),
    );
    let (Ok(x), Ok(weight), Ok(bias)) = primitives else {
        let (x, weight, bias) = fallback;
        return plain::conv2d_same(x, weight, bias, activation);
    };
    drop(fallback);
    let [x, weight, bias] = [x, weight, bias].map(into_contiguous);

    let tile = Tile::choose(kernel, channels_in, channels_out, width, activation);
    let client = x.client.clone();
    let shape = [batch, height, width, channels_out];
    let y = client.empty(shape.iter().product::<usize>() * size_of::<f32>());
    let sizes: Vec<u8> = [channels_in, channels_out, height, width]
        .into_iter()
        .flat_map(|size| (size as u32).to_le_bytes())
        .collect();
    let sizes = client.create_from_slice(&sizes);

    let tiles = width.div_ceil(tile.pixels) * height;
    let count = CubeCount::Static(
        (tiles as u32).div_ceil(WORKGROUP),
        (channels_out / tile.channels()) as u32,
        batch as u32,
    );
    let arguments = KernelArguments::new().with_buffers(vec![
        x.handle.binding(),
        weight.handle.binding(),
        bias.handle.binding(),
        y.clone().binding(),
        sizes.binding(),
    ]);
    let kernel = SourceKernel::new(Conv2dKernel(tile), CubeDim::new_1d(WORKGROUP));
    client.launch(Box::new(kernel), count, arguments);

    let y = CubeTensor::new_contiguous(client, x.device, shape.into(), y, x.dtype);
    Tensor::<4>::from_primitive::<CubeBackend>(y).permute([0, 3, 1, 2]) // [n, out, h, w]
}
