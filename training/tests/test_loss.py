import math

import numpy as np
import pytest
import torch

from fcn_training.loss import BOUNDARY, GRID, heads_loss, near_boundary, open_cells, pixel_loss, soft_loss
from fcn_training.recipe import Loss
from fcn_training.sampler import Batch
from fcn_training.upsample import upsample


def by_hand(scores, labels, unannotated, other_weight):
    """The definition in loss.py, pixel by pixel in plain Python."""
    n, c, h, w = scores.shape
    total, pixels = 0.0, 0
    for i in range(n):
        for y in range(h):
            for x in range(w):
                label = int(labels[i, y, x])
                if label == 255:
                    continue
                z = [float(v) for v in scores[i, :, y, x]]
                p = [math.exp(v) / sum(math.exp(u) for u in z) for v in z]
                if label == 254:
                    weights = [1.0 if k == 0 else other_weight for k in range(c)]
                    total -= math.log(sum(weights[k] * p[k] for k in range(c) if unannotated[i, k]))
                else:
                    total -= math.log(p[label])
                pixels += 1
    return total / pixels


@pytest.mark.parametrize("other_weight", [0.5, 1.0])
def test_marginal_loss_equals_a_plain_loop(other_weight):
    rng = np.random.default_rng(1)
    scores = torch.from_numpy(rng.normal(0, 2, (3, 4, 5, 6))).float()
    labels = torch.from_numpy(rng.choice([0, 1, 2, 3, 254, 254, 255], (3, 5, 6)).astype(np.uint8))
    unannotated = torch.tensor([[True, False, True, True], [True, True, True, False], [True] * 4])
    got = pixel_loss(scores, labels, unannotated, other_weight)
    assert got.item() == pytest.approx(by_hand(scores, labels, unannotated, other_weight), rel=1e-5)


def test_weights_make_a_weighted_mean():
    scores, labels = torch.randn(1, 3, 1, 4), torch.tensor([[[0, 2, 254, 255]]], dtype=torch.uint8)
    allowed = torch.tensor([[True, False, True]])
    weights = torch.tensor([[[2.0, 1.0, 0.5, 9.0]]])
    one = [pixel_loss(scores[..., i : i + 1], labels[..., i : i + 1], allowed, 1.0).item() for i in range(3)]
    expected = (2 * one[0] + one[1] + 0.5 * one[2]) / 3.5
    assert pixel_loss(scores, labels, allowed, 1.0, weights).item() == pytest.approx(expected, rel=1e-5)


def test_near_a_boundary_are_the_pixels_within_reach_of_another_label():
    labels = torch.zeros(1, 1, 20, dtype=torch.uint8)
    labels[..., 10:] = 3
    labels[..., 9:11] = 255  # an open ring between the two
    expected = [10 - BOUNDARY < x < 9 + BOUNDARY for x in range(20)]
    assert near_boundary(labels)[0, 0].tolist() == expected
    labels[..., 10:] = 254
    assert near_boundary(labels).any()
    labels[..., 9:] = 255
    assert not near_boundary(labels).any()
    assert not near_boundary(torch.full((1, 5, 5), 255, dtype=torch.uint8)).any()


def test_boundary_and_marginal_weights_reach_the_loss():
    masks = torch.zeros(1, 16, 16, dtype=torch.uint8)
    masks[:, :, 8:] = 1
    masks[:, 8:] = 254
    batch = Batch(torch.zeros(0), masks, torch.tensor([[True, False]]), None)
    scores = torch.tensor([1.0, -1.0]).reshape(1, 2, 1, 1).expand(1, 2, 2, 2)
    weights = torch.where(near_boundary(masks), 3.0, 1.0) * torch.where(masks == 254, 0.25, 1.0)
    fine = upsample(scores, 8)
    expected = pixel_loss(fine[:, :, ::2, ::2], masks[:, ::2, ::2], batch.unannotated, 1.0, weights[:, ::2, ::2]).item()
    settings = Loss(boundary_weight=3.0, marginal_weight=0.25)
    assert heads_loss({"fcn8s": (scores, 8)}, batch, settings, (0, 0)).named == pytest.approx(expected, rel=1e-5)
    assert heads_loss({"fcn8s": (scores, 8)}, batch, Loss(), (0, 0)).named != pytest.approx(expected, rel=1e-2)


def test_nothing_labelled_gives_zero_and_a_finite_gradient():
    scores = torch.randn(1, 3, 2, 2, requires_grad=True)
    loss = pixel_loss(scores, torch.full((1, 2, 2), 255, dtype=torch.uint8), torch.ones(1, 3, dtype=torch.bool), 1.0)
    loss.backward()
    assert loss.item() == 0
    assert scores.grad.abs().max() == 0


def test_something_else_pushes_annotated_classes_down_only():
    scores = torch.zeros(1, 3, 1, 1, requires_grad=True)
    labels = torch.full((1, 1, 1), 254, dtype=torch.uint8)
    pixel_loss(scores, labels, torch.tensor([[True, False, True]]), 1.0).backward()
    gradient = scores.grad[0, :, 0, 0]
    assert gradient[1] > 0
    assert gradient[0] < 0 and gradient[2] < 0


def test_a_class_that_is_annotated_everywhere_is_never_something_else():
    # A finite gradient also when a crop without 254 has every class annotated (log of zero weights).
    scores = torch.randn(2, 2, 1, 1, requires_grad=True)
    labels = torch.tensor([[[254]], [[1]]], dtype=torch.uint8)
    pixel_loss(scores, labels, torch.tensor([[True, False], [False, False]]), 1.0).backward()
    assert scores.grad.isfinite().all()


def test_soft_loss_is_the_divergence_where_labels_are_given():
    scores = torch.randn(1, 3, 1, 2)
    soft = torch.tensor([[0.2, 0.0], [0.5, 0.0], [0.3, 0.0]]).reshape(1, 3, 1, 2)  # the second pixel has none
    p = scores[0, :, 0, 0].softmax(0).tolist()
    expected = sum(q * math.log(q / r) for q, r in zip((0.2, 0.5, 0.3), p))
    assert soft_loss(scores, soft).item() == pytest.approx(expected, rel=1e-5)


def test_open_cells_keep_what_the_mask_leaves_open():
    soft = torch.tensor([0.2, 0.5, 0.3]).reshape(1, 3, 1, 1).repeat(1, 1, 1, 3)
    labels = torch.tensor([[[1, 254, 255]]], dtype=torch.uint8)
    kept = open_cells(soft, labels, torch.tensor([[True, False, True]]))[0, :, 0].T
    torch.testing.assert_close(kept, torch.tensor([[0.0, 0.0, 0.0], [0.2, 0.0, 0.3], [0.2, 0.5, 0.3]]))


def test_an_open_teacher_says_nothing_about_labelled_pixels():
    scores = {"fcn8s": (torch.randn(1, 3, 1, 1), 8)}
    soft = torch.tensor([0.0, 0.0, 1.0]).reshape(1, 3, 1, 1).repeat(1, 1, 2, 2)
    parts = {}
    for value in (1, 255):
        batch = Batch(torch.zeros(1, 3, 8, 8), torch.full((1, 8, 8), value, dtype=torch.uint8), torch.ones(1, 3, dtype=torch.bool), soft)
        parts[value] = [heads_loss(scores, batch, Loss(teacher="t", teacher_open=only), (0, 0)).soft for only in (False, True)]
    assert parts[1][0] > 0 and parts[1][1] == 0
    assert parts[255][0] == parts[255][1] > 0


def test_a_few_open_pixels_weigh_no_more_than_others():
    scores = {"fcn8s": (torch.zeros(1, 3, 8, 8), 1)}
    soft = torch.tensor([0.0, 0.0, 1.0]).reshape(1, 3, 1, 1).repeat(1, 1, 2, 2)
    few = torch.ones(1, 8, 8, dtype=torch.uint8)
    few[:, 4:, 4:] = 255
    given = [heads_loss(scores, Batch(torch.zeros(1, 3, 8, 8), labels, torch.ones(1, 3, dtype=torch.bool), soft),
                        Loss(teacher="t", teacher_open=True), (0, 0)).soft
             for labels in (few, torch.full_like(few, 255))]
    assert given[0] == pytest.approx(given[1] / 4) and given[1] > 0


def test_an_open_teacher_keeps_to_what_a_source_does_not_annotate():
    scores = {"fcn8s": (torch.zeros(1, 3, 1, 1), 8)}
    labels = torch.full((1, 8, 8), 254, dtype=torch.uint8)
    found = []
    for kept in (0.6, 0.4):  # more and less than half of the teacher's mass
        soft = torch.tensor([kept, 1 - kept, 0.0]).reshape(1, 3, 1, 1).repeat(1, 1, 2, 2)
        batch = Batch(torch.zeros(1, 3, 8, 8), labels, torch.tensor([[True, False, True]]), soft)
        found.append(heads_loss(scores, batch, Loss(teacher="t", teacher_open=True), (0, 0)).soft)
    assert found == [pytest.approx(math.log(3)), 0]  # all on the first class against a third


def test_soft_loss_is_zero_for_the_teachers_own_scores():
    scores = torch.randn(2, 4, 3, 3)
    assert soft_loss(scores, scores.softmax(1)).item() == pytest.approx(0, abs=1e-6)


def test_every_pixel_is_read_by_some_offset():
    scores = torch.zeros(1, 2, 1, 1)
    step = GRID["fcn8s"]
    seen = torch.zeros(8, 8)
    for offset in ((a, b) for a in range(4) for b in range(4)):
        for y in range(8):
            for x in range(8):
                masks = torch.full((1, 8, 8), 255, dtype=torch.uint8)
                masks[0, y, x] = 1
                batch = Batch(torch.zeros(0), masks, torch.ones(1, 2, dtype=torch.bool), None)
                if heads_loss({"fcn8s": (scores, 8)}, batch, Loss(), offset).named > 0:
                    seen[y, x] += 1
    assert (seen == 16 / step**2).all()
