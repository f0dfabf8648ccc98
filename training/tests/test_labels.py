"""One label for a crop, crops balanced by it, and what is measured of a map."""

import dataclasses

import numpy as np
import pytest
import torch

from fcn_training import recipe as recipes
from fcn_training.data import Photo, class_map, load_split
from fcn_training.errors import TrainingError
from fcn_training.labels import CropSampler, Labeller, centre_weight
from fcn_training.classify_evaluate import map_counts, measured_crops
from fcn_training.recipe import Labels, Stage

STAGE = Stage(1, 224, 6, (3.0, 6.0))


@pytest.fixture
def labelled(recipe) -> recipes.Recipe:
    """The shapes' recipe as a classifier's: `other` is no label."""
    net = dataclasses.replace(recipe.net, architecture="vgg16-classifier", fc6_kernel=7)
    schedule = dataclasses.replace(recipe.schedule, stages=(STAGE,))
    return dataclasses.replace(recipe, net=net, schedule=schedule, labels=Labels(without=("other",), measured=3, crops=8))


def test_the_weight_is_a_gaussian_around_the_middle():
    weight = centre_weight(224, 0.2)
    assert weight.sum() == pytest.approx(1)
    assert np.unravel_index(weight.argmax(), weight.shape) in [(111, 111), (111, 112), (112, 111), (112, 112)]
    np.testing.assert_allclose(weight, weight[::-1, ::-1])
    deviation = np.sqrt((weight.sum(axis=1) * (np.arange(224) - 111.5) ** 2).sum())
    assert deviation == pytest.approx(0.2 * 224, rel=0.1)  # the tails are cut off


def test_the_centre_decides_and_half_of_the_weight_is_needed(labelled):
    labeller = Labeller(labelled)
    mask = np.full((224, 224), 2, dtype=np.uint8)
    mask[72:152, 72:152] = 1
    assert (mask == 1).mean() < 0.13
    assert labeller.label(mask) == 1  # grass: 39 % of the weight are the square's
    mask[50:174, 50:174] = 1
    assert (mask == 1).mean() < 0.31
    assert labeller.label(mask) == 0  # a third of the pixels, but 68 % of the weight
    assert labeller.majority(mask) == 1


@pytest.mark.parametrize("value", [0, 254])
def test_something_else_takes_from_the_share_and_is_no_label(labelled, value):
    labeller = Labeller(labelled)
    mask = np.full((224, 224), value, dtype=np.uint8)
    assert labeller.label(mask) is None
    assert labeller.majority(mask) is None
    mask[:105] = 2
    assert labeller.label(mask) is None
    mask[:119] = 2
    assert labeller.label(mask) == 1


def test_unlabelled_pixels_count_for_nothing_while_they_are_the_lesser_half(labelled):
    labeller = Labeller(labelled)
    mask = np.full((224, 224), 255, dtype=np.uint8)
    assert labeller.majority(mask) is None
    mask[:105] = 2
    assert labeller.label(mask) is None
    mask[:119] = 2
    assert labeller.label(mask) == 1


def test_crops_are_as_the_rule_says_and_follow_from_the_seed(labelled):
    mapping, photos = class_map(labelled.data), load_split(labelled.data, "train", 96)
    one, same, other = (CropSampler(labelled, mapping, photos, seed).batch(STAGE, 8) for seed in (1, 1, 2))
    assert one.images.shape == (8, 3, 224, 224) and one.images.dtype == torch.float32
    assert torch.equal(one.images, same.images) and torch.equal(one.labels, same.labels)
    assert not torch.equal(one.images, other.images)
    assert set(one.labels.tolist()) == {0, 1}  # square and grass


def test_a_class_that_never_fills_a_crop_is_named(labelled):
    strict = dataclasses.replace(labelled, labels=dataclasses.replace(labelled.labels, least=1.0))
    photos = [p for p in load_split(labelled.data, "train", 96) if p.source == "full"]
    with pytest.raises(TrainingError, match="square.*labels.least"):
        CropSampler(strict, class_map(labelled.data), photos, 1).draw(0, (0.5, 0.6))


def test_every_class_of_a_split_is_measured_as_often(labelled):
    crops = measured_crops(labelled, class_map(labelled.data), load_split(labelled.data, "val", 96))
    assert crops.labels == [0, 0, 0, 1, 1, 1]
    assert all(1 <= len(keys) <= 3 for keys in crops.photos)


class Leftmost(torch.nn.Module):
    """Finds a square in the first column of windows and grass in the others."""

    normalised_input = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))

    def forward_map(self, x):
        scores = torch.zeros(1, 2, x.shape[2] // 32 - 6, x.shape[3] // 32 - 6)
        scores[:, 0, :, 0], scores[:, 1, :, 1:] = 1, 1
        return scores


def test_a_map_is_judged_window_by_window(labelled):
    mask = np.full((224, 300), 2, dtype=np.uint8)
    mask[:, :100] = 1
    mask[112, 112] = 0
    photo = Photo("a/b", "a", np.zeros((224, 300, 3), dtype=np.uint8), mask)
    small = Photo("a/c", "a", np.zeros((150, 400, 3), dtype=np.uint8), np.zeros((150, 400), dtype=np.uint8))
    counts = map_counts(Leftmost(), labelled, [photo, small]).as_json()
    # Padded to 320: four windows. In the first the middle pixel is `other`, and grass has more pixels.
    assert counts == {"majority": {"accuracy": 0.75, "cells": 4}, "label": {"accuracy": 0.75, "cells": 4},
                      "centre": {"accuracy": 1.0, "cells": 3}, "photos": 1, "too_small": 1}
    assert map_counts(Leftmost(), labelled, [photo], 448).as_json()["centre"]["cells"] == 5 * 8  # 448x335
