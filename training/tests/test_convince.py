import dataclasses

import numpy as np
import pytest

from fcn_training.convince import convinced, merged
from fcn_training.evaluate import Evaluation
from fcn_training.metrics import confusion, counted_iou, share_right
from fcn_training.recipe import Validation

ONE = np.array([False, True, False])
"""A source that annotates class 1 of three."""


def test_a_photos_share_counts_254_by_what_its_source_annotates():
    truth = np.array([[0, 1, 1, 254, 254, 254, 255, 255]], dtype=np.uint8)
    found = np.array([[0, 1, 2, 0, 2, 1, 1, 1]], dtype=np.uint8)
    counts = confusion(truth, found, 3)
    assert share_right(counts, ONE) == pytest.approx(4 / 6)  # 0, 1, and 254 found as 0 and as 2
    assert share_right(counts, None) == pytest.approx(2 / 3)  # 254 says nothing
    assert share_right(counts, np.zeros(3, dtype=bool)) == pytest.approx(2 / 3)
    assert share_right(confusion(np.full((2, 2), 255, np.uint8), np.zeros((2, 2), np.uint8), 3), ONE) is None


def test_a_class_found_in_another_sources_254_counts_as_found_wrongly():
    full = np.array([[5, 0, 0], [0, 8, 2], [0, 0, 0], [0, 0, 0]])
    partial = np.array([[0, 0, 0], [0, 4, 0], [0, 0, 0], [3, 6, 9]])
    iou = counted_iou({"full": full, "partial": partial}, {"partial": ONE})
    assert iou[0] == 1.0
    assert iou[1] == pytest.approx(12 / (14 + 6))
    assert iou[2] is None  # in no truth
    assert counted_iou({"full": full, "partial": partial}, {})[1] == pytest.approx(12 / 14)


def test_merged_classes_keep_their_pixels():
    matrix = np.arange(12).reshape(4, 3)
    assert merged(matrix, np.array([0, 1, 0])).tolist() == [
        [0 + 2 + 6 + 8, 1 + 7, 0], [3 + 5, 4, 0], [0, 0, 0], [9 + 11, 10, 0]]


def test_the_share_of_photos_and_the_coarse_figures(recipe):
    matrices = {"full": np.array([[6, 0, 2], [0, 8, 0], [4, 0, 4], [0, 0, 0]]),
                "partial": np.array([[0, 0, 0], [0, 4, 0], [0, 0, 0], [8, 2, 0]]),
                "aside": np.array([[0, 9, 0], [9, 0, 0], [0, 0, 0], [0, 0, 0]])}
    names = [c.name for c in recipe.data.classes]
    result = Evaluation({"fcn32s": {}, "fcn8s": matrices}, 0.0, 5, names, {"partial": ONE},
                        {"full": [0.9, 0.7, 0.86], "partial": [0.85], "aside": [0.0]})
    recipe = dataclasses.replace(recipe, validation=Validation(("full", "partial"), coarse={"grass": "other"}))
    found = convinced(result, recipe)
    assert found["share"] == 0.75 and found["photos"] == 4
    assert found["per_source"]["full"]["share"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["per_source"]["aside"]["share"] == 0
    assert found["iou"] == {"other": 0.5, "square": round(12 / 14, 4), "grass": 0.4}
    assert found["coarse_miou"] == pytest.approx((1 + 12 / 14) / 2, abs=1e-4)
