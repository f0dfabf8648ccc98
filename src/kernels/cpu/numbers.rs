//! A tensor's numbers, read where they lie: a layer's weights are as long as a small net, and copying them in each pass
//! takes as long as some of its layers.

use burn::tensor::{DType, Tensor};
use burn_flex::{Flex, FlexTensor};

/// The numbers of a tensor on the CPU.
#[derive(Debug)]
pub struct Numbers(FlexTensor);

impl Numbers {
    /// Nothing is copied of a tensor of f32 whose numbers lie one after another.
    #[allow(clippy::expect_used, reason = "every GPU tensor goes to the GPU forms")]
    pub fn of<const D: usize>(x: Tensor<D>) -> Self {
        let tensor = x.try_into_primitive::<Flex>().expect("a tensor on the CPU");
        let tensor = match tensor.dtype() {
            DType::F32 => tensor,
            _ => FlexTensor::from_data(tensor.into_data().convert::<f32>()),
        };
        Self(match tensor.is_contiguous() {
            true => tensor,
            false => tensor.to_contiguous(),
        })
    }

    /// Row-major.
    #[allow(clippy::expect_used, reason = "they have just been made so")]
    pub fn floats(&self) -> &[f32] {
        self.0.as_slice().expect("f32, one after another")
    }
}
