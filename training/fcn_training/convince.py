"""Does a mask convince? The measure that the best checkpoint is kept by.

A person who drops a photo judges that photo, not pooled pixels. A photo convinces if at least `validation.enough` of
what can be judged in it is right: labelled pixels, and pixels of 254 that must not get a class which their source
annotates.
"""

from typing import Any

import numpy as np

from .evaluate import Evaluation
from .metrics import counted_iou
from .recipe import Recipe


def merged(matrix: np.ndarray, into: np.ndarray) -> np.ndarray:
    """A confusion matrix [classes + 1, classes] after class c counts as into[c]; classes left empty stay as zeros."""
    classes = matrix.shape[1]
    one = np.zeros((classes, classes), dtype=matrix.dtype)
    one[np.arange(classes), into] = 1
    return np.vstack([one.T @ matrix[:classes] @ one, matrix[classes:] @ one])


def convinced(result: Evaluation, recipe: Recipe) -> dict[str, Any]:
    """The share of photos that convince, fine and coarse mIoU, IoU of each class; all of the finest head, over the
    sources of `validation.sources` (all, if it names none). `per_source` has every source."""
    counted = set(recipe.validation.sources or result.matrices[result.finest])
    matrices = {s: m for s, m in result.matrices[result.finest].items() if s in counted}
    names = result.classes
    iou = counted_iou(matrices, result.annotated)
    into = np.array([names.index(recipe.validation.coarse.get(name, name)) for name in names])
    coarse = {s: merged(m, into) for s, m in matrices.items()}
    # A merged class counts as annotated only if all its parts are: the rest may be what its 254 shows.
    annotated = {s: np.array([bool(flags[into == c].all()) and c in into for c in range(len(names))])
                 for s, flags in result.annotated.items()}
    everything = [share for s, listed in result.shares.items() if s in counted for share in listed]

    def mean(values: list[float | None]) -> float:
        known = [v for v in values if v is not None]
        return round(float(np.mean(known)), 4) if known else 0.0

    def enough(listed: list[float]) -> float:
        return round(float(np.mean([share >= recipe.validation.enough for share in listed])), 4) if listed else 0.0

    return {
        "share": enough(everything), "mean_right": mean(everything), "photos": len(everything),
        "miou": mean(iou), "coarse_miou": mean(counted_iou(coarse, annotated)),
        "iou": {name: None if v is None else round(v, 4) for name, v in zip(names, iou)},
        "per_source": {s: {"share": enough(listed), "mean_right": mean(listed), "photos": len(listed)}
                       for s, listed in sorted(result.shares.items())},
    }
