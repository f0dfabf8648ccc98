"""Bilinear upsampling by a transposed convolution, in a form that costs next to nothing.

FCN enlarges its scores with ConvTranspose2d(k = 2s, stride s, padding s/2) whose kernel is bilinear (surgery.py's
upsample_filt) and the same for every class. Such a kernel is an outer product, so the layer is two matrix products,
rows x scores x columns, and any subset of the output's pixels can be had for the price of that subset: training reads
the scores on a grid instead of at every pixel.

The kernels stay bilinear for the whole training, as the paper keeps its last layer: a first run that trained them drew
a fine comb along edges (k = 16 has 64 phases of 4 taps for each pair of classes, far more than edges to learn from).
"""

from functools import lru_cache

import torch
from torch import Tensor


def bilinear_profile(k: int) -> Tensor:
    """One row of the k x k bilinear kernel, f64 [k]; the kernel is its outer product with itself.

    As upsample_filt in the authors' surgery.py: factor f = (k + 1) // 2, peak at f - 1 (odd k) or f - 0.5 (even k).
    """
    factor = (k + 1) // 2
    center = factor - 1 if k % 2 == 1 else factor - 0.5
    return 1 - (torch.arange(k, dtype=torch.float64) - center).abs() / factor


def bilinear_weight(classes: int, k: int) -> Tensor:
    """f64 [classes, 1, k, k]: the weight of a transposed convolution with groups = classes, each class for itself."""
    profile = bilinear_profile(k)
    return torch.outer(profile, profile).expand(classes, 1, k, k)


def mixing_weight(classes: int, k: int) -> Tensor:
    """f64 [classes, classes, k, k]: the same layer without groups, as other programs write it."""
    return torch.eye(classes, dtype=torch.float64)[:, :, None, None] * bilinear_weight(classes, k)


@lru_cache(maxsize=256)
def _matrix(size: int, stride: int, start: int, step: int) -> Tensor:
    """f32 [outputs, size]: output pixels start, start + step, ... of the size*stride that a row of `size` becomes."""
    kernel = bilinear_profile(2 * stride)
    matrix = torch.zeros(size * stride + stride, size, dtype=torch.float64)
    for i in range(size):
        matrix[i * stride : i * stride + 2 * stride, i] = kernel
    matrix = matrix[stride // 2 : stride // 2 + size * stride]  # the padding trims s/2 at both ends
    return matrix[start::step].float().contiguous()


def upsample(scores: Tensor, stride: int, start: tuple[int, int] = (0, 0), step: int = 1) -> Tensor:
    """Equals ConvTranspose2d(k=2*stride, stride, padding=stride/2) with the bilinear weight, at [start::step].

    Shapes: scores [n, c, h, w] -> [n, c, ceil((h*stride - start)/step), likewise w]. Stride 1 only subsamples.
    """
    if stride == 1:
        return scores[:, :, start[0] :: step, start[1] :: step]
    h, w = scores.shape[-2:]
    rows = _matrix(h, stride, start[0], step).to(scores.device, scores.dtype)
    columns = _matrix(w, stride, start[1], step).to(scores.device, scores.dtype)
    return rows @ scores @ columns.T
