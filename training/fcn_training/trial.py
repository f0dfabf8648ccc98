"""The weights of the project's first trial on EfficientNet-Lite0, as a checkpoint of this package.

    e.*                  names of the PyPI package efficientnet-lite-pytorch, batch norm not folded
    fc6, fc7, s32, s16, s8   the heads, each .weight and .bias

The trial's net is `fcn-efficientnet-lite` on lite0 with fc6 3x3 and 256 channels; only names differ, and that it
enlarged its scores with `interpolate`, which dims no border.

Weights under this package's own names, as `training/weights` has them, are read as they are.
"""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

from .efficientnet_fcn import FcnEfficientNetLite
from .errors import TrainingError

HEADS = {"fc6": "fc6", "fc7": "fc7", "score_fr": "s32", "score_pool4": "s16", "score_pool3": "s8"}


@torch.no_grad()
def load_trial(net: nn.Module, path: Path) -> None:
    """Fills `net` with the trial's weights. Raises TrainingError if they are missing or do not fit."""
    if not path.exists():
        raise TrainingError(f"{path}: there is no such weights file.")
    if not isinstance(net, FcnEfficientNetLite):
        raise TrainingError("the trial's weights are for the architecture fcn-efficientnet-lite only.")
    tensors = {k: v.float() for k, v in load_file(path).items()}
    if "conv_stem.weight" in tensors:
        try:
            net.load_state_dict(tensors)
        except RuntimeError as error:
            raise TrainingError(f"{path}: its tensors do not fit the recipe's net ({error}).") from None
        return
    net.load_backbone({k.removeprefix("e."): v for k, v in tensors.items() if k.startswith("e.")})
    for ours, theirs in HEADS.items():
        for part, target in net.get_submodule(ours).named_parameters():
            value = tensors.get(f"{theirs}.{part}")
            if value is None or value.shape != target.shape:
                raise TrainingError(f"{path}: its tensor {theirs}.{part} is missing or does not fit the recipe's net.")
            target.copy_(value)
