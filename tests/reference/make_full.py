"""Writes full-width.cases.safetensors: PyTorch's numbers for nets of the published width, whose weights are made, not stored.

The reference FCN is fcn_reference.py's, the others are torchvision's own modules, unchanged. Both sides draw the weights from
one generator, tensor by tensor in the order in which src/models takes them (src/weights/noise.rs); so no file of 500 MB is
needed. The weights are f32, as in Rust; everything else is computed in float64 and rounded to f32 at the end.

    python make_full.py [folder]
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torchvision.models import segmentation

from fcn_reference import FcnReference, ReferenceConfig

WEIGHTS_SEED, INPUT_SEED = 20261125, 20261126
CLASSES, HEIGHT, WIDTH = 21, 97, 65
SPARSE = 8  # scores: every 8th row and column
SPARSE_CHANNELS, SPARSE_MAP = 16, 4  # inner maps
BLOCK = 1 << 20  # numbers drawn at once


class Noise:
    """src/weights/noise.rs: the linear congruential generator s <- 1664525 s + 1013904223 modulo 2^32, a block at a time."""

    def __init__(self, seed: int):
        self.state = np.uint32(seed)
        # The state after j steps is factors[j - 1] * s + terms[j - 1]; the table doubles: j + n steps are n steps after j.
        self.factors, self.terms = np.array([1664525], np.uint32), np.array([1013904223], np.uint32)
        while self.factors.size < BLOCK:
            a, c = self.factors[-1], self.terms[-1]
            self.terms = np.concatenate([self.terms, self.factors * c + self.terms])
            self.factors = np.concatenate([self.factors, self.factors * a])

    def values(self, count: int, scale: np.float32) -> np.ndarray:
        out = np.empty(count, np.float32)
        for start in range(0, count, BLOCK):
            n = min(BLOCK, count - start)
            states = self.factors[:n] * self.state + self.terms[:n]
            self.state = states[-1]
            out[start:start + n] = ((states >> 8).astype(np.float32) / np.float32(1 << 23) - np.float32(1)) * scale
        return out

    def tensor(self, name: str, shape: torch.Size) -> np.ndarray:
        count, f32 = shape.numel(), np.float32
        if name.endswith("running_var") or (len(shape) == 1 and name.endswith("weight")):
            return self.values(count, f32(0.5)) + f32(1)
        if len(shape) == 1:
            return self.values(count, f32(0.1))
        if "upscore" in name:
            return self.values(count, f32(0.5))
        he = np.sqrt(f32(6) / f32(shape[1:].numel()))
        return self.values(count, f32(0.01) * he if ".fc2." in name else he)


@torch.no_grad()
def fill(net: nn.Module, names: Iterable[str]) -> None:
    noise, state = Noise(WEIGHTS_SEED), net.state_dict()
    for name in names:
        parameter = state.pop(name)
        parameter.copy_(torch.from_numpy(noise.tensor(name, parameter.shape)).reshape(parameter.shape))
    left = [name for name in state if not name.endswith("num_batches_tracked")]
    if left:
        raise ValueError(f"never filled: {left}")


def reference_order(net: FcnReference) -> list[str]:
    """fc6's bias comes before its weights, which Rust reads in slices; upsampling comes last, the skips' first."""
    names = [n for n in net.state_dict() if not n.startswith(("fc6", "upscore"))]
    fc7 = names.index("fc7.weight")
    ups = ("upscore2", "upscore_pool4", "upscore", "upscore16", "upscore8")
    return names[:fc7] + ["fc6.bias", "fc6.weight"] + names[fc7:] + [f"{up}.weight" for up in ups]


def torchvision_order(net: nn.Module) -> list[str]:
    return [name for name in net.state_dict() if not name.endswith("num_batches_tracked")]


def watch(net: nn.Module, names: tuple[str, ...], x: Tensor) -> dict[str, Tensor]:
    """The heads' scores, and the outputs of some of the backbone's stages."""
    maps = {}
    for name in names:
        net.backbone[name].register_forward_hook(lambda _m, _x, out, name=name: maps.__setitem__(name, out.clone()))
    return net(x) | maps


@torch.no_grad()
def cases(name: str, run: Callable[[Tensor], dict[str, Tensor]], heads: tuple[str, ...], inner: tuple[str, ...]) -> dict:
    values = Noise(INPUT_SEED).values(3 * HEIGHT * WIDTH, np.float32(1.7))
    maps = run(torch.from_numpy(values).reshape(1, 3, HEIGHT, WIDTH).double())
    kept = {}
    for key in heads + inner:
        x = maps[key][0]
        # A map that is nearly the same everywhere would hide a wrong place.
        print(name, key, tuple(x.shape), f"max {x.abs().max():.4g}, spread within a channel {x.std(dim=(1, 2)).mean():.3g}")
        sparse = x[:, ::SPARSE, ::SPARSE] if key in heads else x[::SPARSE_CHANNELS, ::SPARSE_MAP, ::SPARSE_MAP]
        key = f"{name}.{key}" if key in heads else f"{name}.map.{key}"
        kept |= {key: sparse.float().contiguous(), f"{key}.max": x.abs().max().float().reshape(1)}
    return kept


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "fixtures")
    kept = {}
    heads = ("fcn32s", "fcn16s", "fcn8s")
    net = FcnReference(ReferenceConfig(64, 4096, CLASSES, variants=heads)).eval()
    fill(net, reference_order(net))
    kept |= cases("fcn-reference", net.double(), heads, ("pool3", "fc7"))
    for name in ("fcn_resnet50", "deeplabv3_resnet50", "fcn_resnet101", "deeplabv3_resnet101", "lraspp_mobilenet_v3_large",
                 "deeplabv3_mobilenet_v3_large"):
        heads = ("out",) if name.startswith("lraspp") else ("out", "aux")
        aux = {"aux_loss": True} if "aux" in heads else {}
        net = segmentation.__dict__[name](weights=None, weights_backbone=None, num_classes=CLASSES, **aux).eval()
        fill(net, torchvision_order(net))
        net.double()
        inner = ("4", "16") if "mobilenet" in name else ("layer2", "layer4")
        kept |= cases(name.replace("_", "-"), lambda x, net=net, inner=inner: watch(net, inner, x), heads, inner)
    save_file(kept, folder / "full-width.cases.safetensors")
    print(f"torch {torch.__version__}, seeds {WEIGHTS_SEED} and {INPUT_SEED}")


if __name__ == "__main__":
    main()
