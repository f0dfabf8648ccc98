//! Burn's transposed convolution against PyTorch's: the figure `<fcn-upsample>` is held to the same
//! numbers (tests/js/transposed.test.js), so what it shows is what a layer computes.

use burn::tensor::module::{conv_transpose2d, conv2d};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};
use burn::tensor::{Device, Tensor, TensorData};
use fcn_lab::device::read;
use serde::Deserialize;

/// The numbers are integers of a few digits: f32 has them exactly, in any order.
const TOLERANCE: f32 = 1e-5;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    input: [usize; 2],
    kernel: [usize; 2],
    stride: [usize; 2],
    padding: [usize; 2],
    output_padding: [usize; 2],
    dilation: [usize; 2],
    values: Vec<f32>,
    weights: Vec<f32>,
    size: [usize; 2],
    output: Vec<f32>,
    convolved_size: [usize; 2],
    convolved: Vec<f32>,
}

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

fn map(values: &[f32], [h, w]: [usize; 2], device: &Device) -> Tensor<4> {
    Tensor::from_data(TensorData::new(values.to_vec(), [1, 1, h, w]), device)
}

async fn assert_close(got: Tensor<4>, [h, w]: [usize; 2], expected: &[f32], case: &str) {
    assert_eq!(got.dims(), [1, 1, h, w], "{case}");
    for (got, want) in read(got).await.expect("read").iter().zip(expected) {
        assert!(
            (got - want).abs() <= TOLERANCE,
            "{case}: {got}, PyTorch has {want}"
        );
    }
}

/// Compares every case of the fixture on a device, and the convolution of the same settings that
/// leads from the output's size back to the input's.
pub async fn assert_equals_pytorch(device: &Device) {
    let text = include_str!("../reference/fixtures/conv_transpose.json");
    let Cases { cases } = serde_json::from_str(text).expect("a valid fixture");
    assert!(cases.len() > 50);
    for case in &cases {
        let Case {
            stride,
            padding,
            output_padding,
            dilation,
            ..
        } = *case;
        let name = format!(
            "{:?} kernel {:?} stride {stride:?} padding {padding:?} \
             output_padding {output_padding:?} dilation {dilation:?}",
            case.input, case.kernel
        );
        let weight = map(&case.weights, case.kernel, device);
        let options = ConvTransposeOptions::new(stride, padding, output_padding, dilation, 1);
        let output = conv_transpose2d(
            map(&case.values, case.input, device),
            weight.clone(),
            None,
            options,
        );
        assert_close(output, case.size, &case.output, &name).await;

        let options = ConvOptions::new(stride, padding, dilation, 1);
        let convolved = conv2d(map(&case.output, case.size, device), weight, None, options);
        assert_close(
            convolved,
            case.convolved_size,
            &case.convolved,
            &format!("{name}, back"),
        )
        .await;
    }
}
