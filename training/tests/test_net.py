import importlib.util
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from fcn_training.errors import TrainingError
from fcn_training.net import KERNELS, FcnVgg16, calibrate, chain, fold, folded_net, warm_start
from fcn_training.upsample import mixing_weight, upsample

REFERENCE = Path(__file__).parents[2] / "tests" / "reference" / "fcn.py"


def trained_looking_net() -> FcnVgg16:
    """Batch norm with statistics, gains and shifts as after training: nothing is 0 or 1."""
    net = FcnVgg16(3, width=2, fc6_kernel=3, fc_channels=8)
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.5)
            layer.running_var.uniform_(0.3, 2)
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.normal_(layer.bias, 0, 0.3)
    for layer in (net.score_fr, net.score_pool4, net.score_pool3):
        nn.init.normal_(layer.weight)
        nn.init.normal_(layer.bias)
    return net.eval()


@torch.no_grad()
def test_folding_batch_norm_keeps_the_function():
    net = trained_looking_net()
    x = torch.randn(2, 3, 64, 96)
    folded = folded_net(fold(net))(x)
    for head, (scores, stride) in net(x).items():
        assert folded[head][1] == stride
        assert scores.std() > 0.01
        torch.testing.assert_close(folded[head][0], scores, atol=1e-4, rtol=1e-4)


@torch.no_grad()
@pytest.mark.skipif(not REFERENCE.exists(), reason="the repository's reference net is not beside this folder")
def test_exported_tensors_are_the_reference_nets():
    spec = importlib.util.spec_from_file_location("reference_fcn", REFERENCE)
    reference = importlib.util.module_from_spec(spec)
    sys.modules["reference_fcn"] = reference
    spec.loader.exec_module(reference)
    net = trained_looking_net()
    other = reference.Fcn(reference.Config(width=2, fc6_kernel=3, fc_channels=8, classes=3, per_class_upsampling=True)).eval()
    other.load_state_dict(fold(net))  # strict: the same names and shapes
    x = torch.randn(1, 3, 64, 64)
    maps = other.backbone(x)
    for head, (scores, stride) in net(x).items():
        torch.testing.assert_close(upsample(scores, stride), other.head(head, maps), atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_a_warm_start_keeps_the_old_models_function(tmp_path):
    old = trained_looking_net()
    save_file(fold(old), tmp_path / "old.safetensors")
    net = FcnVgg16(3, 2, 3, 8, dropout=0.0)
    warm_start(net, tmp_path / "old.safetensors", torch.eye(3))
    batches = [torch.randn(4, 3, 64, 64) for _ in range(2)]
    calibrate(net, batches)
    x = torch.randn(1, 3, 64, 64)
    for head, (scores, _) in net.eval()(x).items():
        torch.testing.assert_close(scores, old(x)[head][0], atol=1e-3, rtol=1e-3)
    # In training mode the batch's own statistics are used; on the calibration data they are close to the stored ones.
    train = net.train()(torch.cat(batches))["fcn8s"][0]
    torch.testing.assert_close(train, old(torch.cat(batches))["fcn8s"][0], atol=0.02, rtol=0.02)


def test_merged_classes_start_from_the_mean_of_their_parts(tmp_path):
    old = trained_looking_net()
    save_file(fold(old), tmp_path / "old.safetensors")
    net = FcnVgg16(2, 2, 3, 8)
    warm_start(net, tmp_path / "old.safetensors", torch.tensor([[1.0, 0, 1], [0, 1, 0]]))
    torch.testing.assert_close(net.score_fr.weight[0], (old.score_fr.weight[0] + old.score_fr.weight[2]) / 2)
    torch.testing.assert_close(net.score_fr.bias[1], old.score_fr.bias[1])


def test_a_new_class_starts_at_random_beside_old_ones(tmp_path):
    old = trained_looking_net()
    save_file(fold(old), tmp_path / "old.safetensors")
    net = FcnVgg16(2, 2, 3, 8)
    before = net.score_fr.weight[1].clone()
    warm_start(net, tmp_path / "old.safetensors", torch.tensor([[1.0, 0, 0], [0, 0, 0]]))
    torch.testing.assert_close(net.score_fr.weight[0], old.score_fr.weight[0])
    assert torch.equal(net.score_fr.weight[1], before)


def test_a_warm_start_of_another_width_is_refused(tmp_path):
    save_file(fold(trained_looking_net()), tmp_path / "old.safetensors")
    with pytest.raises(TrainingError, match="does not fit"):
        warm_start(FcnVgg16(3, 4, 3, 8), tmp_path / "old.safetensors", torch.eye(3))


def test_of_a_wider_model_the_channels_that_matter_are_taken(tmp_path):
    old = trained_looking_net()
    tensors = fold(old)
    # Every second channel of every layer is made and read with weights of next to nothing.
    names = chain()
    for name in names[:-1]:
        tensors[f"{name}.weight"][1::2] *= 1e-6
        tensors[f"{name}.bias"][1::2] *= 1e-6
    for name in [*names[1:], "score_pool3", "score_pool4"]:
        tensors[f"{name}.weight"][:, 1::2] *= 1e-6
    save_file(tensors, tmp_path / "wide.safetensors")
    net = FcnVgg16(3, 1, 3, 4, dropout=0.0)
    warm_start(net, tmp_path / "wide.safetensors", torch.eye(3))
    calibrate(net, [torch.randn(4, 3, 64, 64)])
    x = torch.randn(1, 3, 64, 64)
    for head, (scores, _) in net.eval()(x).items():
        torch.testing.assert_close(scores, folded_net(tensors)(x)[head][0], atol=1e-3, rtol=1e-3)


def test_a_warm_start_from_another_net_is_refused(tmp_path):
    save_file({"layer.weight": torch.ones(2, 2)}, tmp_path / "other.safetensors")
    with pytest.raises(TrainingError, match="lacks the tensor"):
        warm_start(FcnVgg16(3, 2, 3, 8), tmp_path / "other.safetensors", torch.eye(3))


def test_upsampling_written_out_for_every_pair_of_classes_is_read_too():
    net = trained_looking_net()
    tensors = fold(net)
    for name, kernel in KERNELS.items():
        tensors[f"{name}.weight"] = mixing_weight(3, kernel).float()
    x = torch.randn(1, 3, 64, 64)
    torch.testing.assert_close(folded_net(tensors)(x)["fcn8s"][0], folded_net(fold(net))(x)["fcn8s"][0])


def test_weights_with_trained_upsampling_are_not_silently_taken_as_bilinear():
    tensors = fold(trained_looking_net())
    tensors["upscore8.weight"][1, 0, 3, 3] += 0.1
    with pytest.raises(TrainingError, match="upscore8"):
        folded_net(tensors)
