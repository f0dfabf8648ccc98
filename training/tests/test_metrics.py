import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, confusion_matrix, jaccard_score

from fcn_training.metrics import confusion, foreground_iou, scores


@pytest.fixture
def pair():
    rng = np.random.default_rng(2)
    truth = rng.choice([0, 1, 2, 3, 254, 255], (40, 30)).astype(np.uint8)
    prediction = np.where(rng.random(truth.shape) < 0.6, np.minimum(truth, 3), rng.integers(0, 4, truth.shape))
    return truth, prediction.astype(np.uint8)


def test_confusion_and_metrics_equal_scikit_learns(pair):
    truth, prediction = pair
    known = truth < 254
    t, p = truth[known], prediction[known]
    matrix = confusion(truth, prediction, 4)
    result = scores(matrix)
    assert (matrix[:4] == confusion_matrix(t, p)).all()
    assert result.pixel_accuracy == pytest.approx(accuracy_score(t, p))
    assert result.mean_accuracy == pytest.approx(balanced_accuracy_score(t, p))
    assert result.iou == pytest.approx(jaccard_score(t, p, average=None).tolist())
    assert result.miou == pytest.approx(jaccard_score(t, p, average="macro"))
    assert result.fw_iou == pytest.approx(jaccard_score(t, p, average="weighted"))


def test_numbers_by_hand():
    # class 0: 3 pixels, 2 right, 1 seen as 1; class 1: 1 pixel, right; class 2: absent in both
    result = scores(np.array([[2, 1, 0], [0, 1, 0], [0, 0, 0], [9, 9, 9]]))
    assert result.pixel_accuracy == 3 / 4
    assert result.mean_accuracy == pytest.approx((2 / 3 + 1) / 2)
    assert result.iou == [pytest.approx(2 / 3), pytest.approx(1 / 2), None]
    assert result.miou == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert result.fw_iou == pytest.approx((3 * 2 / 3 + 1 * 1 / 2) / 4)


def test_a_class_that_is_only_predicted_counts_as_zero():
    assert scores(np.array([[3, 1], [0, 0], [0, 0]])).iou == [0.75, 0.0]


def test_foreground_counts_what_is_found_in_something_else(pair):
    truth, prediction = pair
    matrix = confusion(truth, prediction, 4)
    t, p = np.isin(truth, (1, 2)), np.isin(prediction, (1, 2))
    kept = truth != 255
    expected = (t & p & kept).sum() / ((t | p) & kept).sum()
    assert foreground_iou(matrix, np.array([False, True, True, False])) == pytest.approx(expected)
