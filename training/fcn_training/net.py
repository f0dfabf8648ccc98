"""The student: FCN-32s, 16s and 8s over one VGG16-shaped backbone, as the engine's `fcn-vgg16`.

Long, Shelhamer & Darrell, CVPR 2015 (arXiv 1411.4038), with size-keeping padding and pools that round down. Layer names
are those of the authors' Caffe nets. During training every 3x3 convolution, fc6 and fc7 are followed by batch norm;
`fold` merges it into the convolutions, after which the net is exactly the engine's.
"""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from .errors import TrainingError
from .upsample import bilinear_weight, mixing_weight, upsample

BLOCK_DEPTHS = (2, 2, 3, 3, 3)
BLOCK_WIDTHS = (1, 2, 4, 8, 8)  # times the width of the first block; 64 is VGG16
HEADS = ("fcn32s", "fcn16s", "fcn8s")
KERNELS = {"upscore32": 64, "upscore2": 4, "upscore16": 32, "upscore_pool4": 4, "upscore8": 16}
"""Sides of the transposed convolutions' kernels; the stride is half of it, the padding a quarter."""


def upscore_tensors(classes: int) -> dict[str, Tensor]:
    """The transposed convolutions' weights as the engine reads them, f32, bilinear."""
    return {f"{name}.weight": bilinear_weight(classes, kernel).float().contiguous() for name, kernel in KERNELS.items()}


def without_upscore(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """An exported net's other tensors, f32. Raises KeyError for a missing one, TrainingError if one is not bilinear."""
    classes = tensors["score_fr.weight"].shape[0]
    for name, kernel in KERNELS.items():
        weight = tensors[f"{name}.weight"].double()
        bilinear = bilinear_weight if weight.shape[1] == 1 else mixing_weight
        if (weight - bilinear(classes, kernel)).abs().max() > 1e-3:
            raise TrainingError(f"{name} is not bilinear: these weights were trained by another program. They can warm "
                                "start a training, but not be evaluated here.")
    return {k: v.float() for k, v in tensors.items() if k.split(".")[0] not in KERNELS}


class FcnVgg16(nn.Module):
    """Scores of three heads, each at its own stride (32, 16, 8); `upsample` brings them to pixels."""

    heads = HEADS
    architecture = "fcn-vgg16"
    normalised_input = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))

    def __init__(self, classes: int, width: int, fc6_kernel: int, fc_channels: int, dropout: float = 0.5,
                 batch_norm: bool = True):
        super().__init__()
        self.classes, self.width, self.fc6_kernel, self.fc_channels = classes, width, fc6_kernel, fc_channels
        self.batch_norm = batch_norm
        channels = 3
        for block, (depth, factor) in enumerate(zip(BLOCK_DEPTHS, BLOCK_WIDTHS), start=1):
            for i in range(1, depth + 1):
                self._add(f"conv{block}_{i}", channels, width * factor, 3)
                channels = width * factor
        self._add("fc6", channels, fc_channels, fc6_kernel)
        self._add("fc7", fc_channels, fc_channels, 1)
        self.dropout = nn.Dropout2d(dropout)
        self.score_fr = nn.Conv2d(fc_channels, classes, 1)
        self.score_pool4 = nn.Conv2d(width * BLOCK_WIDTHS[3], classes, 1)
        self.score_pool3 = nn.Conv2d(width * BLOCK_WIDTHS[2], classes, 1)
        for layer in (self.score_fr, self.score_pool4, self.score_pool3):
            nn.init.normal_(layer.weight, std=0.01)
            nn.init.zeros_(layer.bias)

    def _add(self, name: str, inputs: int, outputs: int, kernel: int) -> None:
        conv = nn.Conv2d(inputs, outputs, kernel, padding=(kernel - 1) // 2)
        nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
        nn.init.zeros_(conv.bias)
        self.add_module(name, conv)
        if self.batch_norm:
            self.add_module(f"{name}_bn", nn.BatchNorm2d(outputs))

    def _conv_relu(self, name: str, x: Tensor) -> Tensor:
        x = self.get_submodule(name)(x)
        if self.batch_norm:
            x = self.get_submodule(f"{name}_bn")(x)
        return F.relu(x, inplace=True)

    def forward(self, x: Tensor) -> dict[str, tuple[Tensor, int]]:
        """Normalised [n, 3, h, w], h and w multiples of 32 -> head: (scores [n, classes, h/s, w/s], s)."""
        pools = []
        for block, depth in enumerate(BLOCK_DEPTHS, start=1):
            for i in range(1, depth + 1):
                x = self._conv_relu(f"conv{block}_{i}", x)
            x = F.max_pool2d(x, 2, 2)
            pools.append(x)
        x = self.dropout(self._conv_relu("fc6", x))
        x = self.dropout(self._conv_relu("fc7", x))
        score_fr = self.score_fr(x).float()  # [n, classes, h/32, w/32]
        fuse_pool4 = upsample(score_fr, 2) + self.score_pool4(pools[3]).float()
        fuse_pool3 = upsample(fuse_pool4, 2) + self.score_pool3(pools[2]).float()
        return {"fcn32s": (score_fr, 32), "fcn16s": (fuse_pool4, 16), "fcn8s": (fuse_pool3, 8)}

    def backbone_parameters(self) -> list[nn.Parameter]:
        """Parameters that came pre-trained and want a smaller rate: none."""
        return []

    def config(self) -> dict[str, object]:
        """The manifest's."""
        return {"width": self.width, "fc6_kernel": self.fc6_kernel, "fc_channels": self.fc_channels,
                "classes": self.classes, "variants": list(HEADS), "per_class_upsampling": True}


def fold(net: FcnVgg16) -> dict[str, Tensor]:
    """The engine's tensors, f32: batch norm merged into the convolutions, bilinear upsampling written out.

    With y = gamma (conv(x) - mean) / sqrt(var + eps) + beta, the folded convolution has weight w * g and bias
    (b - mean) * g + beta, where g = gamma / sqrt(var + eps).
    """
    tensors: dict[str, Tensor] = {}
    for name, layer in net.named_children():
        if not isinstance(layer, nn.Conv2d):
            continue
        weight, bias = layer.weight.detach().double(), layer.bias.detach().double()
        bn = getattr(net, f"{name}_bn", None)
        if bn is not None:
            gain = bn.weight.detach().double() / (bn.running_var.double() + bn.eps).sqrt()
            weight = weight * gain[:, None, None, None]
            bias = (bias - bn.running_mean.double()) * gain + bn.bias.detach().double()
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = weight.float().contiguous(), bias.float()
    return tensors | upscore_tensors(net.classes)


def folded_net(tensors: dict[str, Tensor]) -> FcnVgg16:
    """The net of exported tensors, sizes read off their shapes, in evaluation mode.

    Only bilinear upsampling can be represented; TrainingError for others.
    """
    try:
        classes, fc_channels = tensors["score_fr.weight"].shape[:2]
        net = FcnVgg16(classes, tensors["conv1_1.weight"].shape[0], tensors["fc6.weight"].shape[-1], fc_channels,
                       batch_norm=False)
        net.load_state_dict(without_upscore(tensors))
    except KeyError as error:
        raise TrainingError(f"the weights lack the tensor {error}; they are not an exported fcn-vgg16.") from None
    return net.eval()


def chain() -> list[str]:
    """The convolutions from the photo to score_fr, each reading what the one before wrote."""
    blocks = [f"conv{block}_{i}" for block, depth in enumerate(BLOCK_DEPTHS, start=1) for i in range(1, depth + 1)]
    return [*blocks, "fc6", "fc7", "score_fr"]


def narrow(tensors: dict[str, Tensor], net: FcnVgg16) -> dict[str, Tensor]:
    """A wider model's convolutions cut down to `net`'s channels; those that fit already stay.

    Of each layer the channels stay that matter most: the sum of absolute weights that make a channel times the sum of
    those that read it (after Li et al., "Pruning Filters for Efficient ConvNets", ICLR 2017, who take the first sum only).
    """
    tensors = dict(tensors)
    names = chain()
    readers = {name: [after] for name, after in zip(names, names[1:])}
    readers["conv3_3"].append("score_pool3")
    readers["conv4_3"].append("score_pool4")
    for name, after in readers.items():
        wanted = net.get_submodule(name).out_channels
        weight = tensors[f"{name}.weight"]
        if wanted >= weight.shape[0]:
            continue
        read = sum(tensors[f"{reader}.weight"].abs().sum(dim=(0, 2, 3)) for reader in after)
        keep = (weight.abs().sum(dim=(1, 2, 3)) * read).topk(wanted).indices.sort().values
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = weight[keep], tensors[f"{name}.bias"][keep]
        for reader in after:
            tensors[f"{reader}.weight"] = tensors[f"{reader}.weight"][:, keep]
    return tensors


def warm_start(net: FcnVgg16, weights: Path, merge: Tensor) -> None:
    """Begins with an exported model's convolutions; batch norm starts as the identity until `calibrate` runs.

    Of a wider model the channels that matter most are taken.

    `merge` [classes, old classes] is 1 where an old class becomes a new one: a merged class starts from the mean of its
    parts' score weights, a class without parts from the random ones it has.
    """
    if not weights.exists():
        raise TrainingError(f"{weights}: the warm start's weights are missing; take net.warm_start out to begin anew.")
    try:
        tensors = narrow({k: v.float() for k, v in load_file(weights).items()}, net)
    except (KeyError, IndexError) as error:
        raise TrainingError(f"{weights}: it lacks the tensor {error} or has it in another form; it is not an exported "
                            "fcn-vgg16 with all heads.") from None
    parts = merge.sum(dim=1)
    mean = merge / parts.clamp(min=1)[:, None]
    state = net.state_dict()
    for name, value in tensors.items():
        layer = name.split(".")[0]
        if layer in KERNELS:
            continue
        if layer.startswith("score") and value.shape[0] == merge.shape[1]:
            start = torch.tensordot(mean, value, dims=1)
            value = torch.where((parts > 0).reshape(-1, *[1] * (value.ndim - 1)), start, state[name])
        if name not in state or state[name].shape != value.shape:
            raise TrainingError(f"{weights}: its tensor {name} {list(value.shape)} does not fit the recipe's net.")
        state[name] = value
    net.load_state_dict(state)


@torch.no_grad()
def calibrate(net: FcnVgg16, batches: list[Tensor]) -> None:
    """Gives each batch norm the statistics of its input over `batches`, and the gain and shift that undo them.

    The net's function is kept, and training mode (batch statistics) starts close to it. Layers are done one after the
    other along the forward pass; since the function is kept, one pass over all of them is enough.
    """
    sums: dict[str, list[Tensor]] = {}
    hooks = [
        layer.register_forward_pre_hook(
            lambda _, args, key=name: sums.setdefault(key, []).append(
                torch.stack([args[0].double().mean((0, 2, 3)), args[0].double().square().mean((0, 2, 3))])))
        for name, layer in net.named_children() if isinstance(layer, nn.BatchNorm2d)
    ]
    was_training = net.training
    net.eval()
    for layer in net.children():
        if isinstance(layer, nn.BatchNorm2d):
            layer.reset_running_stats()
            layer.weight.fill_((1 + layer.eps) ** 0.5)  # exactly the identity with mean 0, variance 1
            layer.bias.zero_()
    for batch in batches:
        net(batch)
    for hook in hooks:
        hook.remove()
    for name, layer in net.named_children():
        if isinstance(layer, nn.BatchNorm2d):
            mean, square = torch.stack(sums[name]).mean(dim=0)
            variance = (square - mean.square()).clamp(min=1e-8)
            layer.running_mean.copy_(mean)
            layer.running_var.copy_(variance)
            layer.weight.copy_((variance + layer.eps).sqrt())
            layer.bias.copy_(mean)
    net.train(was_training)
