"""FCN-32s, FCN-16s and FCN-8s over EfficientNet-Lite, in PyTorch: the numbers the Rust net must reproduce.

Backbone: Tan & Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", ICML 2019, in the Lite form,
without batch norms, as they are folded into the convolutions. Heads: those of fcn.py, on the last maps at 1/8, 1/16, 1/32.
"""

import math
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from fcn import UPSAMPLING, Fcn

STEM = 32
STAGES = (  # blocks, kernel, stride of the first, expansion, channels of Lite0
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320))


@dataclass(frozen=True)
class Config:
    width: float
    depth: float
    fc6_kernel: int
    fc_channels: int
    classes: int
    variants: tuple[str, ...] = ("fcn32s", "fcn16s", "fcn8s")


def round_channels(channels: float) -> int:
    """To a multiple of 8, and not more than a tenth down: `round_filters` of the authors' code."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


def same(x: Tensor, kernel: int, stride: int) -> Tensor:
    """TensorFlow's padding "same", written from its documentation for any size."""
    pads = []
    for size in (x.shape[3], x.shape[2]):
        total = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads)


class Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int):
        super().__init__()
        wide = inputs * expansion
        self.kernel, self.stride, self.adds = kernel, stride, stride == 1 and inputs == outputs
        if expansion > 1:
            self.expand = nn.Conv2d(inputs, wide, 1)
        self.depthwise = nn.Conv2d(wide, wide, kernel, stride, groups=wide)
        self.project = nn.Conv2d(wide, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu6(self.expand(x)) if hasattr(self, "expand") else x
        y = self.project(F.relu6(self.depthwise(same(y, self.kernel, self.stride))))
        return x + y if self.adds else y


class FcnEfficientNetLite(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.config = config
        self.conv_stem = nn.Conv2d(3, STEM, 3, 2)
        self.blocks = nn.ModuleList()
        channels, stride, widths = STEM, 2, {}
        for i, (count, kernel, first, expansion, lite0) in enumerate(STAGES):
            out = round_channels(lite0 * config.width)
            for j in range(count if i in (0, len(STAGES) - 1) else math.ceil(count * config.depth)):
                self.blocks.append(Block(channels, out, kernel, first if j == 0 else 1, expansion))
                channels, stride = out, stride * (first if j == 0 else 1)
                widths[stride] = channels
        k, fc, classes = config.fc6_kernel, config.fc_channels, config.classes
        self.fc6 = nn.Conv2d(channels, fc, k, padding=(k - 1) // 2)
        self.fc7 = nn.Conv2d(fc, fc, 1)
        self.score_fr = nn.Conv2d(fc, classes, 1)
        self.score_pool4 = nn.Conv2d(widths[16], classes, 1)
        self.score_pool3 = nn.Conv2d(widths[8], classes, 1)
        for name, (k, s, p) in UPSAMPLING.items():
            self.add_module(name, nn.ConvTranspose2d(classes, classes, k, s, p, bias=False))

    def backbone(self, x: Tensor) -> dict[str, Tensor]:
        """Normalised [1, 3, H, W], H and W multiples of 32 -> the maps in the order of the pass, and pool3 and pool4."""
        size = x.shape[-1]
        x = F.relu6(self.conv_stem(same(x, 3, 2)))
        maps = {"conv_stem": x}
        for i, block in enumerate(self.blocks):
            x = maps[f"blocks.{i}"] = block(x)
            if size // x.shape[-1] in (8, 16):
                maps["pool3" if size // x.shape[-1] == 8 else "pool4"] = x
        x = maps["fc6"] = F.relu(self.fc6(x))
        x = maps["fc7"] = F.relu(self.fc7(x))
        maps["score_fr"] = self.score_fr(x)
        return maps

    head = Fcn.head
