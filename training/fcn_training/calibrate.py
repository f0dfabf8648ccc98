"""Probabilities that are right as often as they say: one temperature, fitted on the validation split.

A net trained with cross entropy is often surer than it is right (Guo et al., "On Calibration of Modern Neural
Networks", ICML 2017). Dividing all scores by one temperature T leaves every mask as it is and makes the probabilities
fit. T is folded into the score layers at export: score_fr, score_pool4 and score_pool3 divided by T, and since all that
follows is linear, all three heads' scores are divided by it. So the engine needs to know nothing, and figures that add
up scores still do. One T for each head would need the upsampling kernels to carry the difference; it is fitted for the
finest head, which the page shows, and the others are measured with it.
"""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .data import SOMETHING_ELSE, Photo
from .errors import TrainingError
from .evaluate import normalise, prepare
from .upsample import upsample

STEP = 4
"""Every 4th pixel of every 4th row is read: neighbours say the same."""
BINS = 10
SCORE_LAYERS = ("score_fr", "score_pool4", "score_pool3")


@torch.no_grad()
def judged(net: nn.Module, photos: list[Photo], autocast: bool = False) -> Iterator[dict[str, tuple[Tensor, Tensor]]]:
    """Of each photo, for each head, scores f32 [pixels, classes] and labels i64 [pixels] of labelled pixels."""
    net.eval()
    device = next(net.parameters()).device
    for photo in photos:
        labels = torch.from_numpy(photo.mask[STEP // 2 :: STEP, STEP // 2 :: STEP].astype(np.int64))
        h, w = labels.shape
        with torch.autocast(device.type, torch.bfloat16, enabled=autocast):
            heads = net(normalise(prepare(photo.image).to(device), net))
        known = labels < SOMETHING_ELSE
        yield {head: (upsample(s.float().cpu(), stride, (STEP // 2, STEP // 2), STEP)[0, :, :h, :w].permute(1, 2, 0)[known],
                      labels[known]) for head, (s, stride) in heads.items()}


def fit(scores: Tensor, labels: Tensor) -> float:
    """The T that minimises the mean of -log softmax(scores / T) at the labels; the mean has one minimum in 1/T."""
    picked = scores.gather(1, labels[:, None])[:, 0]

    def loss(inverse: float) -> float:
        return float((torch.logsumexp(scores * inverse, dim=1) - picked * inverse).double().mean())

    low, high = math.log(0.1), math.log(10.0)
    golden = (math.sqrt(5) - 1) / 2
    a, b = high - golden * (high - low), low + golden * (high - low)
    at_a, at_b = loss(math.exp(a)), loss(math.exp(b))
    while high - low > 1e-3:
        if at_a < at_b:
            high, b, at_b = b, a, at_a
            a = high - golden * (high - low)
            at_a = loss(math.exp(a))
        else:
            low, a, at_a = a, b, at_b
            b = low + golden * (high - low)
            at_b = loss(math.exp(b))
    return math.exp(-(low + high) / 2)


class Reliability:
    """Counts pixels by the probability of their class, in BINS equal bins."""

    def __init__(self) -> None:
        self.pixels, self.right, self.sure = np.zeros(BINS), np.zeros(BINS), np.zeros(BINS)

    def add(self, scores: Tensor, labels: Tensor) -> None:
        """Shapes: [pixels, classes], [pixels]."""
        p, found = scores.softmax(dim=1).max(dim=1)
        bins = (p * BINS).long().clamp(max=BINS - 1).numpy()
        self.pixels += np.bincount(bins, minlength=BINS)
        self.right += np.bincount(bins, (found == labels).numpy(), minlength=BINS)
        self.sure += np.bincount(bins, p.double().numpy(), minlength=BINS)

    @property
    def error(self) -> float:
        """ECE: the mean distance of probability and share right, weighted by pixels."""
        return float(np.abs(self.right - self.sure).sum() / max(1.0, self.pixels.sum()))

    def as_json(self) -> dict[str, Any]:
        """Bins without pixels have no figures."""
        return {"ece": round(self.error, 4), "bins": [
            {"pixels": int(n), "probability": round(s / n, 4), "right": round(r / n, 4)} if n else {"pixels": 0}
            for n, s, r in zip(self.pixels, self.sure, self.right)]}


def reliability(net: nn.Module, photos: list[Photo], autocast: bool = False) -> dict[str, dict[str, Any]]:
    """Head -> ECE and bins over the photos' labelled pixels."""
    counts = {head: Reliability() for head in net.heads}
    for heads in judged(net, photos, autocast):
        for head, (scores, labels) in heads.items():
            counts[head].add(scores, labels)
    return {head: c.as_json() for head, c in counts.items()}


def temperature(net: nn.Module, photos: list[Photo], autocast: bool = False) -> float:
    """The finest head's. Raises TrainingError if no pixel is labelled."""
    parts = [heads[net.heads[-1]] for heads in judged(net, photos, autocast)]
    scores, labels = (torch.cat(p) for p in zip(*parts))
    if not len(labels):
        raise TrainingError("no pixel of the validation photos is labelled: there is nothing to calibrate on.")
    return fit(scores, labels)


@torch.no_grad()
def cool(net: nn.Module, t: float) -> None:
    """Divides the scores of all heads by `t`, in the score layers."""
    for name in SCORE_LAYERS:
        for parameter in net.get_submodule(name).parameters():
            parameter.div_(t)


def save(path: Path, t: float, step: int | None) -> None:
    path.write_text(json.dumps({"temperature": t, "step": step}) + "\n", encoding="utf-8")


def load(path: Path, step: int | None) -> float | None:
    """The temperature that `calibrate` wrote; None if it wrote none. TrainingError if it is of another checkpoint."""
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        t, of = float(found["temperature"]), found["step"]
    except (ValueError, KeyError, TypeError):
        raise TrainingError(f"{path}: it cannot be read; run `calibrate` again.") from None
    if of != step:
        raise TrainingError(f"{path}: it is of step {of}, the best checkpoint of step {step}; run `calibrate` again.")
    return t
