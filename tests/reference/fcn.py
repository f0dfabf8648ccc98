"""FCN-32s, FCN-16s and FCN-8s over one VGG16-shaped backbone, in PyTorch: the numbers the Rust nets must reproduce.

Paper: Long, Shelhamer & Darrell, "Fully Convolutional Networks for Semantic Segmentation", CVPR 2015,
in the variant with "same" padding: no padding of 100, no crop offsets, pools that round down.
Layer names are those of the authors' Caffe nets, so that checkpoints can be exchanged.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

BLOCK_DEPTHS = (2, 2, 3, 3, 3)
BLOCK_WIDTHS = (1, 2, 4, 8, 8)  # times the width of the first block; 64 is VGG16
STRIDE = 32  # five pools: the input must be a multiple of this

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
PAD_COLOR = (124, 116, 104)  # RGB 0-255, the mean colour: about zero after normalisation

# name: (kernel, stride, padding) of the transposed convolutions each variant needs
UPSAMPLING = {
    "upscore32": (64, 32, 16),
    "upscore2": (4, 2, 1),
    "upscore16": (32, 16, 8),
    "upscore_pool4": (4, 2, 1),
    "upscore8": (16, 8, 4),
}
NEEDED = {
    "fcn32s": ("upscore32",),
    "fcn16s": ("upscore2", "score_pool4", "upscore16"),
    "fcn8s": ("upscore2", "score_pool4", "upscore_pool4", "score_pool3", "upscore8"),
}


@dataclass(frozen=True)
class Config:
    width: int
    fc6_kernel: int
    fc_channels: int
    classes: int
    variants: tuple[str, ...] = ("fcn32s", "fcn16s", "fcn8s")
    per_class_upsampling: bool = False


class Fcn(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.config = config
        channels = 3
        for block, (depth, factor) in enumerate(zip(BLOCK_DEPTHS, BLOCK_WIDTHS), start=1):
            for i in range(1, depth + 1):
                out = config.width * factor
                self.add_module(f"conv{block}_{i}", nn.Conv2d(channels, out, 3, padding=1))
                channels = out
        k, fc, classes = config.fc6_kernel, config.fc_channels, config.classes
        self.fc6 = nn.Conv2d(channels, fc, k, padding=(k - 1) // 2)
        self.fc7 = nn.Conv2d(fc, fc, 1)
        self.score_fr = nn.Conv2d(fc, classes, 1)
        needed = {name for variant in config.variants for name in NEEDED[variant]}
        if "score_pool4" in needed:
            self.score_pool4 = nn.Conv2d(config.width * BLOCK_WIDTHS[3], classes, 1)
        if "score_pool3" in needed:
            self.score_pool3 = nn.Conv2d(config.width * BLOCK_WIDTHS[2], classes, 1)
        groups = classes if config.per_class_upsampling else 1
        for name, (k, s, p) in UPSAMPLING.items():
            if name in needed:
                self.add_module(name, nn.ConvTranspose2d(classes, classes, k, s, p, bias=False, groups=groups))

    def backbone(self, x: Tensor) -> dict[str, Tensor]:
        """Normalised [1, 3, H, W], H and W multiples of 32 -> the maps that the heads share."""
        maps = {}
        for block, depth in enumerate(BLOCK_DEPTHS, start=1):
            for i in range(1, depth + 1):
                x = F.relu(self.get_submodule(f"conv{block}_{i}")(x))
            x = maps[f"pool{block}"] = F.max_pool2d(x, 2, 2)
        maps["score_fr"] = self.score_fr(F.relu(self.fc7(F.relu(self.fc6(x)))))
        return maps

    def head(self, variant: str, maps: dict[str, Tensor]) -> Tensor:
        """Maps of `backbone` -> scores [1, classes, H, W]."""
        if variant == "fcn32s":
            return self.upscore32(maps["score_fr"])
        fused = self.upscore2(maps["score_fr"]) + self.score_pool4(maps["pool4"])
        if variant == "fcn16s":
            return self.upscore16(fused)
        fused = self.upscore_pool4(fused) + self.score_pool3(maps["pool3"])
        return self.upscore8(fused)


def prepare(image: Tensor, dtype: torch.dtype = torch.float64) -> Tensor:
    """RGB u8 [H, W, 3] -> [1, 3, H', W'], padded right and bottom with PAD_COLOR, then normalised."""
    h, w, _ = image.shape
    padded = torch.empty(-(-h // STRIDE) * STRIDE, -(-w // STRIDE) * STRIDE, 3, dtype=dtype)
    padded[:] = torch.tensor(PAD_COLOR, dtype=dtype)
    padded[:h, :w] = image.to(dtype)
    x = (padded / 255 - torch.tensor(MEAN, dtype=dtype)) / torch.tensor(STD, dtype=dtype)
    return x.permute(2, 0, 1).unsqueeze(0)


@torch.no_grad()
def scores(net: Fcn, image: Tensor) -> dict[str, Tensor]:
    """RGB u8 [H, W, 3] -> every variant's scores [classes, H, W], and the shared maps (uncropped) by name."""
    h, w, _ = image.shape
    maps = net.backbone(prepare(image, net.conv1_1.weight.dtype))
    result = {name: m[0] for name, m in maps.items()}
    for variant in net.config.variants:
        result[variant] = net.head(variant, maps)[0, :, :h, :w]
    return result


def bilinear_profile(k: int) -> Tensor:
    """One row of the k x k bilinear kernel, f64 [k]; the kernel is its outer product with itself.

    As upsample_filt in the authors' surgery.py: factor f = (k + 1) // 2, peak at f - 1 (odd k) or f - 0.5 (even k).
    """
    factor = (k + 1) // 2
    center = factor - 1 if k % 2 == 1 else factor - 0.5
    return 1 - (torch.arange(k, dtype=torch.float64) - center).abs() / factor


def bilinear_weight(classes: int, k: int) -> Tensor:
    """Weight [classes, classes, k, k] that enlarges every class map for itself."""
    profile = bilinear_profile(k)
    return torch.eye(classes, dtype=torch.float64)[:, :, None, None] * torch.outer(profile, profile)
