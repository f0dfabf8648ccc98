"""The losses: cross entropy, the marginal for 254, and the teacher's soft labels.

At a pixel with scores z and p = softmax(z):
- label y in 0..classes-1: -log p_y;
- 254, "something that this source does not annotate": -log sum_c w_c p_c over the unannotated classes c, where w is 1
  for class 0 and `other_weight` for the rest. With weights below 1 the sum prefers class 0: nothing else teaches what
  lies outside the named classes;
- 255: nothing.
A pixel counts once, one of 254 `marginal_weight` times, and one with another label within BOUNDARY pixels
`boundary_weight` times as much: edges are few pixels, and they are what the eye sees.
With a teacher, every pixel whose soft label q is given also has KL(q || p) = sum q log q - sum q log p. With `teacher_open`
only those have it that the masks leave open, at 254 with q brought to the classes that the source does not annotate.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from .data import IGNORE, SOMETHING_ELSE
from .recipe import Loss
from .sampler import Batch
from .upsample import upsample

GRID = {"fcn8s": 2, "teacher": 2}
"""Scores are read at every 2nd pixel for the fine heads, at every 4th for the coarse ones."""


BOUNDARY = 3
"""Many masks leave a ring of about 1 pixel open between two labels; this reaches across it."""


def near_boundary(labels: Tensor) -> Tensor:
    """bool [n, h, w]: the pixels of u8 [n, h, w] with two different labels (255 is none) within BOUNDARY pixels."""
    def reach(x: Tensor, pick: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
        for dim in (1, 2):
            found, size = x.clone(), x.shape[dim]
            for d in range(1, min(BOUNDARY + 1, size)):
                for to, start in ((0, d), (d, 0)):
                    part = found.narrow(dim, to, size - d)
                    part.copy_(pick(part, x.narrow(dim, start, size - d)))
            x = found
        return x

    # One more than the label, in 8 bits: 255 becomes 0, which is never the most, as it is never the least.
    most, least = reach(labels + 1, torch.maximum), reach(labels, torch.minimum)
    return (most > 0) & (most != least + 1)


def pixel_loss(scores: Tensor, labels: Tensor, unannotated: Tensor, other_weight: float,
               weights: Tensor | None = None) -> Tensor:
    """Mean of the labelled and marginal terms over the pixels that are not 255; 0 if there are none.

    Shapes: scores f32 [n, c, h, w], labels u8 [n, h, w], unannotated bool [n, c], weights f32 [n, h, w] (None: ones).
    """
    n, c = scores.shape[:2]
    logp = F.log_softmax(scores, dim=1)
    target = labels.long()
    known = target < c
    named = -logp.gather(1, target.clamp(max=c - 1)[:, None])[:, 0]
    log_weight = torch.full((c,), float(other_weight), device=scores.device).log()
    log_weight[0] = 0.0
    log_weight = torch.where(unannotated, log_weight, torch.tensor(-torch.inf, device=scores.device))  # [n, c]
    if weights is None:
        weights = torch.ones_like(named)
    total = (weights * torch.where(known, named, 0.0)).sum()
    marginal = target == SOMETHING_ELSE
    if marginal.any():
        if not bool(unannotated[marginal.flatten(1).any(1)].any(1).all()):
            raise ValueError("a crop has 254, but its source annotates every class")
        rows = marginal.flatten(1).any(1)
        part = -torch.logsumexp(logp[rows] + log_weight[rows][:, :, None, None], dim=1)
        total = total + (weights[rows] * torch.where(marginal[rows], part, 0.0)).sum()
    return total / (weights * (target != IGNORE)).sum().clamp(min=1)


def soft_loss(scores: Tensor, soft: Tensor, count: Tensor | None = None) -> Tensor:
    """Mean KL(soft || softmax(scores)) over the pixels where soft labels are given (their sum is above 1/2), or their sum
    over `count`.

    Shapes: both [n, c, h, w]. The soft labels are brought to a sum of 1.
    """
    mass = soft.sum(dim=1, keepdim=True)
    given = mass[:, 0] > 0.5
    q = soft / mass.clamp(min=1e-6)
    kl = (torch.special.xlogy(q, q) - q * F.log_softmax(scores, dim=1)).sum(dim=1)
    return torch.where(given, kl, 0.0).sum() / (given.sum() if count is None else count).clamp(min=1)


def open_cells(soft: Tensor, labels: Tensor, unannotated: Tensor) -> Tensor:
    """The soft labels where a mask says nothing certain: 0 at labelled pixels, all classes at 255, and at 254 those that
    the source does not annotate. Where the teacher gives these less than half, `soft_loss` counts nothing.

    Shapes: soft f32 [n, c, h, w], labels u8 [n, h, w], unannotated bool [n, c].
    """
    allowed = (labels == SOMETHING_ELSE)[:, None] & unannotated[:, :, None, None]
    return torch.where((labels == IGNORE)[:, None] | allowed, soft, 0.0)


@dataclass
class Parts:
    total: Tensor
    named: float
    """The labelled and marginal terms of the finest head."""
    soft: float
    """The KL of the finest head."""


def heads_loss(heads: dict[str, tuple[Tensor, int]], batch: Batch, settings: Loss, offset: tuple[int, int]) -> Parts:
    """The weighted sum over heads, each read on its grid, shifted by `offset` (0-3, 0-3) pixels.

    The offset changes from step to step, so that in the long run every pixel is read.
    """
    total, named, soft = torch.zeros((), device=batch.masks.device), torch.zeros(()), torch.zeros(())
    weights = torch.ones(batch.masks.shape, device=batch.masks.device)
    if settings.boundary_weight != 1:
        weights = torch.where(near_boundary(batch.masks), settings.boundary_weight, weights)
    if settings.marginal_weight != 1:
        weights = torch.where(batch.masks == SOMETHING_ELSE, weights * settings.marginal_weight, weights)
    for name, (scores, stride) in heads.items():
        step = GRID.get(name, 4)
        start = (offset[0] % step, offset[1] % step)
        weight = settings.head_weights.get(name, 1.0)
        fine = upsample(scores, stride, start, step)
        labels = batch.masks[:, start[0] :: step, start[1] :: step]
        named = pixel_loss(fine, labels, batch.unannotated, settings.other_weight,
                           weights[:, start[0] :: step, start[1] :: step])
        total = total + weight * named
        if batch.soft is not None:
            # The teacher's cells are 4 pixels wide: read them between cells where the grid is finer.
            cells = batch.soft
            if cells.shape[-2:] != fine.shape[-2:]:
                cells = F.interpolate(cells, size=fine.shape[-2:], mode="bilinear", align_corners=False)
            count = None
            if settings.teacher_open:
                # A few open pixels among labelled ones don't weigh more than others.
                count = (cells.sum(dim=1) > 0.5).sum()
                cells = open_cells(cells, labels, batch.unannotated)
            soft = soft_loss(fine, cells, count)
            total = total + weight * settings.teacher_weight * soft
    return Parts(total, named.item(), soft.item())
