//! One layer by itself: the kernels of a net's upsampling layers, and one map through one transposed
//! convolution.
//!
//! The figure `<fcn-upsample>` holds its own sums against these numbers.

use burn::tensor::{Device, Tensor, TensorData};
use serde::Deserialize;

use crate::FcnError;
use crate::device::read;
use crate::kernels::{TransposedOptions, conv_transpose2d};
use crate::models::Model;
use crate::upsample::conv_transpose_size;

/// The most numbers that a result of [`transposed`] may have: 4096×4096.
const MAX_VALUES: usize = 1 << 24;

/// A transposed convolution of a net, as numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct UpsamplingLayer {
    /// Channels in, channels out, kernel rows, kernel columns.
    pub shape: [usize; 4],
    /// Rows, columns; so for the next.
    pub stride: [usize; 2],
    /// Pixels trimmed from each side.
    pub padding: [usize; 2],
    /// Row-major, PyTorch's layout `[in, out, k, k]`.
    pub weights: Vec<f32>,
}

/// The upsampling layer of that name; see [`Layers::upsampling_layer`](crate::models::Layers::upsampling_layer).
///
/// # Errors
/// [`FcnError::InvalidInput`] for a layer that this model hasn't got; [`FcnError::Gpu`].
pub async fn upsampling_layer(model: &Model, name: &str) -> Result<UpsamplingLayer, FcnError> {
    let Some(layer) = model.net.layers.upsampling_layer(name) else {
        return Err(FcnError::invalid(format!(
            "this model has no upsampling layer \"{name}\""
        )));
    };
    let weight = layer.weight.val(); // [in, out / groups, k, k]
    let [inputs, outputs, rows, columns] = weight.dims();
    let weights = read(weight).await?;
    Ok(UpsamplingLayer {
        shape: [inputs, outputs * layer.groups, rows, columns],
        stride: layer.stride,
        padding: layer.padding,
        weights: ungrouped(weights, layer.groups, rows * columns),
    })
}

/// The kernels of a layer that works in groups of one channel each, with the zeros between channels
/// written out: `[c, 1, k, k]` to `[c, c, k, k]`. A layer without groups stays.
fn ungrouped(weights: Vec<f32>, groups: usize, area: usize) -> Vec<f32> {
    if groups == 1 || area == 0 {
        return weights;
    }
    let mut full = vec![0.0; groups * weights.len()];
    let rows = full.chunks_exact_mut(groups * area).enumerate();
    for ((channel, row), kernel) in rows.zip(weights.chunks_exact(area)) {
        let own = row.chunks_exact_mut(area).nth(channel);
        if let Some(own) = own {
            own.copy_from_slice(kernel);
        }
    }
    full
}

/// Settings of a transposed convolution of one map: rows, columns, in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transposed {
    /// Size of the input map.
    pub input: [usize; 2],
    /// Size of the kernel.
    pub kernel: [usize; 2],
    /// Cells between neighbouring stamps.
    pub stride: [usize; 2],
    /// Cells trimmed from each side.
    pub padding: [usize; 2],
    /// Rows added below, columns added to the right.
    pub output_padding: [usize; 2],
    /// Cells from one kernel cell to the next.
    pub dilation: [usize; 2],
}

impl Transposed {
    /// Rows and columns of the result.
    ///
    /// # Errors
    /// [`FcnError::InvalidInput`] where there is no result, or one of more than 2²⁴ numbers.
    pub fn output(&self) -> Result<[usize; 2], FcnError> {
        let length = |axis: usize| -> Option<usize> {
            let at = |pair: [usize; 2]| pair.get(axis).copied().filter(|&n| n <= MAX_VALUES);
            conv_transpose_size(
                at(self.input)?,
                at(self.kernel)?,
                at(self.stride)?,
                at(self.padding)?,
                at(self.output_padding)?,
                at(self.dilation)?,
            )
        };
        match (length(0), length(1)) {
            (Some(rows), Some(columns)) if rows.saturating_mul(columns) <= MAX_VALUES => {
                Ok([rows, columns])
            }
            _ => Err(FcnError::invalid(format!(
                "a transposed convolution that gives no map, or one too large: {self:?}"
            ))),
        }
    }
}

/// The most kernel taps, in a row, that meet at a pixel on a GPU: the shader has a line for each. FCN's
/// layers have two.
const MAX_TAPS: usize = 64;

impl Transposed {
    /// Refuses what the GPU's kernel isn't made for: very many taps at a pixel, or threads.
    fn check_kernel(&self, [height, width]: [usize; 2]) -> Result<(), FcnError> {
        let ([_, columns], [_, across], [_, apart]) = (self.kernel, self.stride, self.dilation);
        let [_, left] = self.padding;
        let wide = columns.saturating_sub(1).saturating_mul(apart) + 1;
        let threads = height.saturating_mul(across.min(width.saturating_add(left)));
        if wide.div_ceil(across) > MAX_TAPS || threads > 4 * MAX_VALUES {
            return Err(FcnError::invalid(format!(
                "a transposed convolution that is too large for the GPU: {self:?}"
            )));
        }
        Ok(())
    }
}

/// A transposed convolution of one map with one kernel, without bias, as the nets on that device
/// compute it.
///
/// # Shapes
/// `values` `[rows, columns]` of the input, `weights` of the kernel, result
/// [`Transposed::output`]; all row-major.
///
/// # Errors
/// [`FcnError::InvalidInput`] for lengths that don't fit, and as [`Transposed::output`];
/// [`FcnError::Gpu`].
pub async fn transposed(
    layer: &Transposed,
    values: &[f32],
    weights: &[f32],
    device: &Device,
) -> Result<Vec<f32>, FcnError> {
    let output = layer.output()?;
    if crate::device::is_gpu(device) {
        layer.check_kernel(output)?;
    }
    let map = |numbers: &[f32], [rows, columns]: [usize; 2]| {
        if rows.checked_mul(columns) != Some(numbers.len()) {
            return Err(FcnError::invalid(format!(
                "{} numbers for a map of {rows}×{columns}",
                numbers.len()
            )));
        }
        let data = TensorData::new(numbers.to_vec(), [1, 1, rows, columns]);
        Ok(Tensor::<4>::from_data(data, device))
    };
    let input = map(values, layer.input)?;
    map(weights, layer.kernel)?;
    // A dilated kernel is a larger one, with zeros between its cells.
    let (kernel, weights) = dilate(weights, layer.kernel, layer.dilation)?;
    let kernel = map(&weights, kernel)?; // [in, out, rows, columns]
    let options = TransposedOptions {
        stride: layer.stride,
        padding: layer.padding,
        output_padding: layer.output_padding,
        per_channel: false,
    };
    read(conv_transpose2d(input, kernel, options)).await
}

/// A kernel with `dilation − 1` zeros between its cells: its size and numbers, row-major.
///
/// # Errors
/// [`FcnError::InvalidInput`] for more than 2²⁴ numbers.
fn dilate(
    weights: &[f32],
    [rows, columns]: [usize; 2],
    [down, across]: [usize; 2],
) -> Result<([usize; 2], Vec<f32>), FcnError> {
    let length = |cells: usize, apart: usize| {
        let last = cells.checked_sub(1)?.checked_mul(apart)?;
        last.checked_add(1).filter(|&length| length <= MAX_VALUES)
    };
    let (Some(height), Some(width)) = (length(rows, down), length(columns, across)) else {
        return Err(FcnError::invalid("a kernel too large with its dilation"));
    };
    if height.saturating_mul(width) > MAX_VALUES {
        return Err(FcnError::invalid("a kernel too large with its dilation"));
    }
    let mut wide = vec![0.0; height * width];
    for (row, line) in weights.chunks(columns).enumerate() {
        let cells = wide.iter_mut().skip(row * down * width).step_by(across);
        for (cell, &weight) in cells.zip(line) {
            *cell = weight;
        }
    }
    Ok(([height, width], wide))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_with_very_many_taps_is_not_for_the_gpu() {
        let layer = |kernel, stride| Transposed {
            input: [1, 1],
            kernel,
            stride,
            padding: [0, 0],
            output_padding: [0, 0],
            dilation: [1, 1],
        };
        let refused = |layer: Transposed| {
            let output = layer.output().expect("a result");
            layer.check_kernel(output).map_err(|e| e.code())
        };
        assert_eq!(refused(layer([64, 64], [32, 32])), Ok(()));
        assert_eq!(refused(layer([4096, 1], [1, 1 << 20])), Ok(()));
        assert_eq!(refused(layer([1, 256], [1, 1])), Err("invalid_input"));
    }

    #[test]
    fn a_dilated_kernel_has_zeros_between_its_cells() {
        let wide =
            |rows, columns, dilation| dilate(&[1.0, 2.0, 3.0, 4.0], [rows, columns], dilation);
        let (size, values) = wide(2, 2, [1, 3]).expect("small");
        assert_eq!(size, [2, 4]);
        assert_eq!(values, [1.0, 0.0, 0.0, 2.0, 3.0, 0.0, 0.0, 4.0]);
        let (size, values) = wide(4, 1, [2, 9]).expect("small");
        assert_eq!(size, [7, 1]);
        assert_eq!(values, [1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 4.0]);
        let refused = wide(2, 2, [5000, 5000]).map(|_| ()).map_err(|e| e.code());
        assert_eq!(refused, Err("invalid_input"));
    }

    #[test]
    fn a_layer_without_a_result_is_refused_before_burn_sees_it() {
        let layer = Transposed {
            input: [3, 3],
            kernel: [3, 3],
            stride: [2, 2],
            padding: [0, 0],
            output_padding: [0, 0],
            dilation: [1, 1],
        };
        assert_eq!(layer.output(), Ok([7, 7]));
        let refused = |layer: Transposed| layer.output().map_err(|e| e.code());
        let invalid = Err("invalid_input");
        assert_eq!(
            refused(Transposed {
                stride: [0, 1],
                ..layer
            }),
            invalid
        );
        assert_eq!(
            refused(Transposed {
                padding: [4, 0],
                ..layer
            }),
            invalid
        );
        assert_eq!(
            refused(Transposed {
                output_padding: [0, 2],
                ..layer
            }),
            invalid
        );
        assert_eq!(
            refused(Transposed {
                stride: [usize::MAX, 1],
                ..layer
            }),
            invalid
        );
        assert_eq!(
            refused(Transposed {
                stride: [4096, 4096],
                ..layer
            }),
            invalid
        );
    }
}
