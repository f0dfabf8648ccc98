"""FCN-32s, FCN-16s, FCN-8s and the at-once FCN-8s as the authors' Caffe nets compute them, in PyTorch's own layers.

Paper: Long, Shelhamer & Darrell, "Fully Convolutional Networks for Semantic Segmentation", CVPR 2015. Written from the
authors' voc-fcn32s, voc-fcn16s, voc-fcn8s and voc-fcn8s-atonce nets: conv1_1 pads by 100, pools round up, fc6 is 7x7 without
padding, transposed convolutions have neither padding nor bias, and what they make is cropped. Parameter names are those of
the usual PyTorch port. With pooling="floor" the pools round down, as a plain port's do.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fcn import BLOCK_DEPTHS, BLOCK_WIDTHS

MEAN_BGR = (104.00699, 116.66877, 122.67892)  # of 0-255
PAD = 100
SCALE_POOL4, SCALE_POOL3 = 0.01, 0.0001  # at once only
# name: (kernel, stride)
UPSAMPLING = {"upscore": (64, 32), "upscore2": (4, 2), "upscore16": (32, 16), "upscore_pool4": (4, 2), "upscore8": (16, 8)}
NEEDED = {
    "fcn32s": ("upscore",),
    "fcn16s": ("upscore2", "score_pool4", "upscore16"),
    "fcn8s": ("upscore2", "score_pool4", "upscore_pool4", "score_pool3", "upscore8"),
}
NEEDED["fcn8s-atonce"] = NEEDED["fcn8s"]


@dataclass(frozen=True)
class ReferenceConfig:
    width: int
    fc_channels: int
    classes: int
    pooling: str = "ceil"
    variants: tuple[str, ...] = ("fcn32s", "fcn16s", "fcn8s")


class FcnReference(nn.Module):
    def __init__(self, config: ReferenceConfig):
        super().__init__()
        self.config = config
        channels = 3
        for block, (depth, factor) in enumerate(zip(BLOCK_DEPTHS, BLOCK_WIDTHS), start=1):
            for i in range(1, depth + 1):
                out = config.width * factor
                padding = PAD if (block, i) == (1, 1) else 1
                self.add_module(f"conv{block}_{i}", nn.Conv2d(channels, out, 3, padding=padding))
                channels = out
        self.pool = nn.MaxPool2d(2, 2, ceil_mode=config.pooling == "ceil")
        self.fc6 = nn.Conv2d(channels, config.fc_channels, 7)
        self.fc7 = nn.Conv2d(config.fc_channels, config.fc_channels, 1)
        self.score_fr = nn.Conv2d(config.fc_channels, config.classes, 1)
        needed = {name for variant in config.variants for name in NEEDED[variant]}
        for name, factor in (("score_pool4", BLOCK_WIDTHS[3]), ("score_pool3", BLOCK_WIDTHS[2])):
            if name in needed:
                self.add_module(name, nn.Conv2d(config.width * factor, config.classes, 1))
        for name, (k, s) in UPSAMPLING.items():
            if name in needed:
                self.add_module(name, nn.ConvTranspose2d(config.classes, config.classes, k, s, bias=False))

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """[1, 3, H, W] -> every map by its name in the Caffe nets; a final c: cropped. The heads' scores by variant."""
        maps = {}
        size = x
        for block, depth in enumerate(BLOCK_DEPTHS, start=1):
            for i in range(1, depth + 1):
                x = F.relu(self.get_submodule(f"conv{block}_{i}")(x))
            x = maps[f"pool{block}"] = self.pool(x)
        x = maps["fc6"] = F.relu(self.fc6(x))
        x = maps["fc7"] = F.relu(self.fc7(x))
        score_fr = maps["score_fr"] = self.score_fr(x)
        variants = self.config.variants
        at_once = "fcn8s-atonce" in variants
        if "fcn32s" in variants:
            maps["upscore"] = self.upscore(score_fr)
            maps["upscorec"] = maps["fcn32s"] = crop(maps["upscore"], size, 19)
        if {"fcn16s", "fcn8s", "fcn8s-atonce"} & {*variants}:
            upscore2 = maps["upscore2"] = self.upscore2(score_fr)
            maps["score_pool4"] = self.score_pool4(maps["pool4"] * (SCALE_POOL4 if at_once else 1))
            maps["score_pool4c"] = crop(maps["score_pool4"], upscore2, 5)
            fused = maps["fuse_pool4"] = upscore2 + maps["score_pool4c"]
        if "fcn16s" in variants:
            maps["upscore16"] = self.upscore16(fused)
            maps["upscore16c"] = maps["fcn16s"] = crop(maps["upscore16"], size, 27)
        if {"fcn8s", "fcn8s-atonce"} & {*variants}:
            upscore_pool4 = maps["upscore_pool4"] = self.upscore_pool4(fused)
            maps["score_pool3"] = self.score_pool3(maps["pool3"] * (SCALE_POOL3 if at_once else 1))
            maps["score_pool3c"] = crop(maps["score_pool3"], upscore_pool4, 9)
            fused = maps["fuse_pool3"] = upscore_pool4 + maps["score_pool3c"]
            maps["upscore8"] = self.upscore8(fused)
            maps["upscore8c"] = maps["fcn8s-atonce" if at_once else "fcn8s"] = crop(maps["upscore8"], size, 31)
        return maps


def crop(x: Tensor, like: Tensor, offset: int) -> Tensor:
    """Caffe's Crop: from `offset` on, as much as `like` has; an error where x ends before that."""
    h, w = like.shape[-2:]
    if x.shape[-2] < offset + h or x.shape[-1] < offset + w:
        raise ValueError(f"{tuple(x.shape)} does not reach {offset} + {(h, w)}")
    return x[..., offset:offset + h, offset:offset + w]


def prepare(image: Tensor) -> Tensor:
    """RGB u8 [H, W, 3] -> f64 [1, 3, H, W]: BGR, 0-255, minus the mean."""
    bgr = image.double().flip(-1) - torch.tensor(MEAN_BGR, dtype=torch.float64)
    return bgr.permute(2, 0, 1).unsqueeze(0)
