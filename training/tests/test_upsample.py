import pytest
import torch
from torch.nn import functional as F

from fcn_training.upsample import bilinear_profile, mixing_weight, upsample


@pytest.mark.parametrize(("k", "row"), [(4, [0.25, 0.75, 0.75, 0.25]), (3, [0.5, 1.0, 0.5]), (2, [0.5, 0.5]), (1, [1.0])])
def test_rows_of_the_kernel_are_those_of_surgery_py(k, row):
    # k = 2 in surgery.py: factor 1, centre 0.5 -> 1 - 0.5 = 0.5 on both taps
    assert bilinear_profile(k).tolist() == row


@pytest.mark.parametrize("stride", [2, 4, 8, 16, 32])
def test_matrix_form_equals_the_transposed_convolution(stride):
    scores = torch.randn(2, 3, 4, 5)
    layer = F.conv_transpose2d(scores, mixing_weight(3, 2 * stride).float(), stride=stride, padding=stride // 2)
    assert layer.shape[-2:] == (4 * stride, 5 * stride)
    torch.testing.assert_close(upsample(scores, stride), layer, atol=1e-5, rtol=1e-5)


def test_a_grid_is_the_same_pixels_of_the_whole():
    scores = torch.randn(1, 2, 3, 4)
    whole = upsample(scores, 8)
    torch.testing.assert_close(upsample(scores, 8, (1, 3), 4), whole[:, :, 1::4, 3::4])
    torch.testing.assert_close(upsample(whole, 1, (1, 0), 2), whole[:, :, 1::2, 0::2])
