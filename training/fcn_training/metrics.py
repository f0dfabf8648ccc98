"""Segmentation metrics, as the FCN authors' score.py: rows are truth, columns are prediction, 255 is left out.

pixel accuracy = sum n_ii / sum t_i; mean accuracy = mean n_ii / t_i; IoU_i = n_ii / (t_i + sum_j n_ji - n_ii);
mIoU = mean over the classes that occur in truth or prediction; frequency-weighted IoU = sum t_i IoU_i / sum t_i.
"""

from dataclasses import dataclass

import numpy as np

from .data import SOMETHING_ELSE


def confusion(truth: np.ndarray, prediction: np.ndarray, classes: int) -> np.ndarray:
    """i64 [classes + 1, classes]; the last row counts what was predicted where the truth is 254.

    Shapes: both u8 [h, w]; predictions are below `classes`.
    """
    rows = truth.ravel().astype(np.int64)
    counted = (rows < classes) | (rows == SOMETHING_ELSE)
    rows = np.minimum(rows[counted], classes)
    cells = rows * classes + prediction.ravel()[counted]
    return np.bincount(cells, minlength=(classes + 1) * classes).reshape(classes + 1, classes)


@dataclass(frozen=True)
class Scores:
    pixel_accuracy: float
    mean_accuracy: float
    miou: float
    fw_iou: float
    iou: list[float | None]
    """None for a class that occurs neither in truth nor in prediction."""


def scores(matrix: np.ndarray) -> Scores:
    """Metrics of a confusion matrix; a row for 254 is left out. Zeros if nothing is labelled."""
    n = matrix[: matrix.shape[1]].astype(np.float64)
    hit, truth, predicted = np.diag(n), n.sum(axis=1), n.sum(axis=0)
    union = truth + predicted - hit
    iou = [float(h / u) if u > 0 else None for h, u in zip(hit, union)]
    if truth.sum() == 0:
        return Scores(0.0, 0.0, 0.0, 0.0, iou)
    there = truth > 0
    return Scores(
        pixel_accuracy=float(hit.sum() / truth.sum()),
        mean_accuracy=float((hit[there] / truth[there]).mean()),
        miou=float(np.mean([v for v in iou if v is not None])),
        fw_iou=float(sum(t * v for t, v in zip(truth, iou) if v is not None) / truth.sum()),
        iou=iou,
    )


def foreground_iou(matrix: np.ndarray, annotated: np.ndarray) -> float | None:
    """IoU of a source's annotated classes taken together, where 254 counts as "none of them".

    The plain metrics leave 254 out, so they do not see a person found in a wall; this does. None if there is nothing.
    """
    classes = matrix.shape[1]
    inside = np.append(annotated, False)
    hit = matrix[inside][:, annotated].sum()
    union = matrix[inside].sum() + matrix[:, annotated].sum() - hit
    assert matrix.shape[0] == classes + 1
    return float(hit / union) if union > 0 else None


def share_right(matrix: np.ndarray, annotated: np.ndarray | None) -> float | None:
    """Share of one photo's judged pixels that are right. A pixel of 254 is right if what was predicted is a class that
    its source does not annotate; None annotated (or no such list): 254 is not judged. None if nothing is judged."""
    classes = matrix.shape[1]
    right, judged = np.trace(matrix[:classes]), matrix[:classes].sum()
    if annotated is not None and annotated.any():
        right, judged = right + matrix[classes][~annotated].sum(), judged + matrix[classes].sum()
    return float(right / judged) if judged > 0 else None


def counted_iou(matrices: dict[str, np.ndarray], annotated: dict[str, np.ndarray]) -> list[float | None]:
    """IoU of each class over sources, where a class found in the 254 of a source that annotates it counts as found
    wrongly. None for a class that is in no truth."""
    total = np.sum(list(matrices.values()), axis=0)
    classes = total.shape[1]
    false = sum((m[classes] * annotated[s] for s, m in matrices.items() if s in annotated), np.zeros(classes))
    n = total[:classes]
    hit, truth = np.diag(n), n.sum(axis=1)
    union = truth + n.sum(axis=0) - hit + false
    return [float(h / u) if t > 0 else None for h, t, u in zip(hit, truth, union)]
