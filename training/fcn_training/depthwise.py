"""Depthwise convolution whose gradients are quick in bf16 on a processor.

oneDNN computes depthwise convolutions in bf16 quickly forwards, but not all gradients: stride 2's and the 5x5 weights'
take 10 to 30 times as long as in f32. So stride 2 is computed in f32, and the gradient of 5x5 weights as what it also
is, a convolution: of each channel of each photo by that channel's incoming gradient, as if that were the kernel.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def depthwise(x: Tensor, weight: Tensor, bias: Tensor, stride: int, padding: int) -> Tensor:
    """F.conv2d with groups = channels; weight [channels, 1, k, k]."""
    channels = weight.shape[0]
    if not (x.device.type == "cpu" and torch.is_autocast_enabled("cpu") and torch.is_grad_enabled()):
        return F.conv2d(x, weight, bias, stride, padding, groups=channels)
    if stride == 1 and weight.shape[-1] == 5:
        return _Depthwise.apply(x.bfloat16(), weight.bfloat16(), bias.bfloat16(), padding)
    if stride == 1:
        return F.conv2d(x, weight, bias, stride, padding, groups=channels)
    with torch.autocast("cpu", enabled=False):
        return F.conv2d(x.float(), weight.float(), bias.float(), stride, padding, groups=channels).bfloat16()


class _Depthwise(torch.autograd.Function):
    """Stride 1; all tensors in one type."""

    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor, bias: Tensor, padding: int) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.padding = padding
        return F.conv2d(x, weight, bias, 1, padding, groups=weight.shape[0])

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor | None, Tensor, Tensor, None]:
        x, weight = ctx.saved_tensors
        n, channels, h, w = grad.shape
        padding, k = ctx.padding, weight.shape[-1]
        grad = grad.contiguous(memory_format=torch.channels_last)
        grad_x = None
        if ctx.needs_input_grad[0]:
            grad_x = F.conv2d(grad, weight.flip(2, 3), None, 1, k - 1 - padding, groups=channels)
        planes = x.contiguous().view(1, n * channels, *x.shape[-2:])
        kernels = grad.contiguous().view(n * channels, 1, h, w)
        grad_weight = F.conv2d(planes, kernels, None, 1, padding, groups=n * channels)
        grad_weight = grad_weight.view(n, channels, k, k).sum(dim=0, dtype=torch.float32)[:, None].to(weight.dtype)
        return grad_x, grad_weight, grad.sum((0, 2, 3), dtype=torch.float32).to(grad.dtype), None
