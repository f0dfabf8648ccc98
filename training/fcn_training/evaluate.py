"""Runs a net over a split and counts: confusion matrices by head and source."""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .augment import PAD_COLOR
from .data import SOMETHING_ELSE, ClassMap, Photo
from .metrics import confusion, foreground_iou, scores, share_right
from .recipe import Recipe
from .upsample import upsample

STRIDE = 32


def normalise(images: Tensor, net: nn.Module) -> Tensor:
    """f32 [n, 3, h, w] in 0-1 to the net's input."""
    mean, std = (torch.tensor(v, device=images.device)[:, None, None] for v in net.normalised_input)
    return ((images - mean) / std).contiguous(memory_format=torch.channels_last)


def prepare(image: np.ndarray) -> Tensor:
    """u8 [h, w, 3] -> f32 [1, 3, h', w'] in 0-1, padded right and bottom to a multiple of 32 with the mean colour."""
    h, w = image.shape[:2]
    padded = np.empty((-(-h // STRIDE) * STRIDE, -(-w // STRIDE) * STRIDE, 3), dtype=np.uint8)
    padded[:] = PAD_COLOR
    padded[:h, :w] = image
    return torch.from_numpy(padded).permute(2, 0, 1)[None].float() / 255


@dataclass
class Evaluation:
    """Counts of one pass over a split."""

    matrices: dict[str, dict[str, np.ndarray]]
    """head -> source -> i64 [classes + 1, classes]"""
    loss: float
    """Mean cross entropy of the finest head over labelled pixels."""
    photos: int
    classes: list[str]
    annotated: dict[str, np.ndarray] = field(default_factory=dict)
    shares: dict[str, list[float]] = field(default_factory=dict)
    """source -> for each photo the share of its judged pixels that the finest head has right, see convince.py"""

    def matrix(self, head: str) -> np.ndarray:
        return np.sum(list(self.matrices[head].values()), axis=0)

    @property
    def finest(self) -> str:
        return list(self.matrices)[-1]

    def summary(self) -> dict[str, Any]:
        """Plain numbers, rounded to 4 digits, for logs and model.json."""
        result: dict[str, Any] = {}
        for head, sources in self.matrices.items():
            entry = asdict(scores(self.matrix(head)))
            entry["iou"] = dict(zip(self.classes, entry["iou"]))
            entry["per_source"] = {
                s: {"pixel_accuracy": scores(m).pixel_accuracy, "miou": scores(m).miou}
                | ({"foreground_iou": foreground_iou(m, self.annotated[s])} if s in self.annotated else {})
                for s, m in sources.items()
            }
            result[head] = _rounded(entry)
        return result


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    return round(value, 4) if isinstance(value, float) else value


@torch.no_grad()
def probabilities(net: nn.Module, image: np.ndarray, sides: tuple[float, ...] = (1.0,), flip: bool = False,
                  head: str | None = None, autocast: bool = False) -> Tensor:
    """Mean class probabilities f32 [classes, h, w] of one head (default: the finest) over scales and, with `flip`, the
    mirrored photo."""
    h, w = image.shape[:2]
    device = next(net.parameters()).device
    full = torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float()
    total = torch.zeros(net.classes, h, w, device=device)
    for side in sides:
        size = (max(STRIDE, round(h * side)), max(STRIDE, round(w * side)))
        resized = full if side == 1.0 else F.interpolate(full, size=size, mode="bilinear", align_corners=False, antialias=True)
        array = resized[0].permute(1, 2, 0).round().clamp(0, 255).to(torch.uint8).numpy()
        for mirrored in (False, True) if flip else (False,):
            x = normalise(prepare(array[:, ::-1] if mirrored else array).to(device), net)
            with torch.autocast(device.type, torch.bfloat16, enabled=autocast):
                scores_, stride = net(x)[head or net.heads[-1]]
            p = upsample(scores_.float(), stride)[:, :, : array.shape[0], : array.shape[1]].softmax(dim=1)
            p = p.flip(3) if mirrored else p
            total += F.interpolate(p, size=(h, w), mode="bilinear", align_corners=False)[0] if side != 1.0 else p[0]
    return total / (len(sides) * (2 if flip else 1))


@torch.no_grad()
def evaluate(net: nn.Module, photos: list[Photo], recipe: Recipe, mapping: ClassMap, flip: bool = False,
             sides: tuple[float, ...] = (1.0,), autocast: bool = False) -> Evaluation:
    """All heads over `photos`. The net is put into evaluation mode."""
    net.eval()
    device = next(net.parameters()).device
    matrices: dict[str, dict[str, np.ndarray]] = {head: {} for head in net.heads}
    loss, pixels = 0.0, 0
    shares: dict[str, list[float]] = {}
    for photo in photos:
        h, w = photo.mask.shape
        if flip or sides != (1.0,):
            result = {head: probabilities(net, photo.image, sides, flip, head, autocast) for head in net.heads}
        else:
            with torch.autocast(device.type, torch.bfloat16, enabled=autocast):
                heads = net(normalise(prepare(photo.image).to(device), net))
            result = {k: upsample(v.float(), s)[0, :, :h, :w] for k, (v, s) in heads.items()}
        for head, values in result.items():
            labels = values.argmax(dim=0).to(torch.uint8).cpu().numpy()
            counts = confusion(photo.mask, labels, recipe.classes)
            matrices[head][photo.source] = matrices[head].get(photo.source, 0) + counts
        share = share_right(counts, mapping.annotated.get(photo.source))  # of the last head, the finest
        if share is not None:
            shares.setdefault(photo.source, []).append(share)
        target = torch.from_numpy(photo.mask.astype(np.int64)).to(device)
        target[target >= SOMETHING_ELSE] = -100
        if bool((target >= 0).any()):
            values = result[net.heads[-1]]
            logp = values.clamp(min=1e-8).log() if flip or sides != (1.0,) else F.log_softmax(values, dim=0)
            loss += F.nll_loss(logp[None], target[None], ignore_index=-100, reduction="sum").item()
            pixels += int((target >= 0).sum())
    names = [c.name for c in recipe.data.classes]
    return Evaluation(matrices, loss / max(1, pixels), len(photos), names, mapping.annotated, shares)
