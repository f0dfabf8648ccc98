"""Writes fixtures/metrics.json: what scikit-learn says of random label maps.

    python tests/reference/make_metrics.py

Each case: `classes`, `truth` and `prediction` (255 in the truth: not labelled), and the scores of
the labelled pixels: accuracy_score, balanced_accuracy_score (mean accuracy), jaccard_score per
class (null where a class occurs in neither), macro (mIoU, over those that occur) and weighted by
support (frequency-weighted IoU), confusion_matrix. Label maps that are not random but made of
blocks are there so that scores are not all the same.
"""

import json
import warnings
from pathlib import Path

import numpy as np
from sklearn.metrics import accuracy_score, balanced_accuracy_score, confusion_matrix, jaccard_score

OUT = Path(__file__).parent / "fixtures" / "metrics.json"


def case(name: str, classes: int, truth: np.ndarray, prediction: np.ndarray) -> dict:
    kept = truth != 255
    t, p = truth[kept], prediction[kept]
    present = sorted(set(t.tolist()) | set(p.tolist()))
    each = jaccard_score(t, p, labels=range(classes), average=None, zero_division=0)
    return {
        "name": name,
        "classes": classes,
        "truth": truth.tolist(),
        "prediction": prediction.tolist(),
        "confusion": confusion_matrix(t, p, labels=range(classes)).ravel().tolist(),
        "pixel_accuracy": accuracy_score(t, p),
        "mean_accuracy": balanced_accuracy_score(t, p),
        "iou": [float(v) if i in present else None for i, v in enumerate(each)],
        "mean_iou": jaccard_score(t, p, labels=present, average="macro", zero_division=0),
        "frequency_weighted_iou": jaccard_score(t, p, labels=range(classes), average="weighted", zero_division=0),
    }


def main() -> None:
    rng = np.random.default_rng(20261124)
    cases = []
    for name, classes, used, noise in [
        ("voc", 21, 21, 0.3), ("rare", 21, 4, 0.2), ("two", 2, 2, 0.05), ("wrong", 5, 5, 1.0), ("right", 3, 3, 0.0), ("one", 1, 1, 0.0),
    ]:
        truth = np.repeat(rng.integers(0, used, 40), 8).astype(np.uint8)
        prediction = truth.copy()
        hit = rng.random(truth.size) < noise
        prediction[hit] = rng.integers(0, classes, hit.sum())
        truth[rng.random(truth.size) < 0.1] = 255
        cases.append(case(name, classes, truth, prediction))
    with OUT.open("w") as file:
        json.dump({"cases": cases}, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    # balanced_accuracy_score warns of classes that are only predicted; it leaves them out, as wanted.
    warnings.filterwarnings("ignore", message="y_pred contains classes not in y_true")
    main()
