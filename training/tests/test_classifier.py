"""The classifier: its layers are torchvision's, its surgery changes nothing, and what is trained is what is exported."""

import hashlib
import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from fcn_training import recipe as recipes
from fcn_training.__main__ import main
from fcn_training.classifier import VggClassifier, from_fcn, read_classifier
from fcn_training.classify import ClassifierTrainer
from fcn_training.errors import TrainingError
from fcn_training.net import FcnVgg16, fold

CLASSIFIER = """
name = "labels"
extends = "shapes.toml"

[net]
architecture = "vgg16-classifier"
width = 2
fc6_kernel = 7
fc_channels = 8
warm_start = "fcn.safetensors"
warm_start_model = "fcn.json"

[schedule]
seed = 5
lr = 1e-2
backbone_lr = 0.5
warmup = 1
ema = 0.5
validate_every = 4
stages = [
    { steps = 4, crop = 224, batch = 4, scale = [3.0, 6.0] },
    { steps = 2, crop = 224, batch = 2, scale = [3.0, 6.0] },
]

[labels]
without = ["other"]
crops = 40
tune_from = "conv5_2"
measured = 2
"""


@pytest.fixture
def path(recipe_path):
    """A classifier's recipe beside the shapes', with weights to begin with."""
    path = recipe_path.parent / "labels.toml"
    path.write_text(CLASSIFIER, encoding="utf-8")
    torch.manual_seed(3)
    save_file(fold(FcnVgg16(3, 2, 3, 8)), recipe_path.parent / "fcn.safetensors")
    return path


def test_layers_are_where_torchvision_has_them():
    net = VggClassifier(9, 4, 16)
    names = [f"{part}.{i}" for part, places in (("features", [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]), ("classifier", [0, 3, 6]))
             for i in places]
    assert list(net.state_dict()) == [f"{name}.{kind}" for name in names for kind in ("weight", "bias")]
    assert net.classifier[0].weight.shape == (16, 32 * 49)


def test_as_convolutions_the_layers_give_the_same_scores():
    net = VggClassifier(3, 2, 8).eval()
    x = torch.randn(2, 3, 224, 224)
    with torch.no_grad():
        torch.testing.assert_close(net.forward_map(x)[:, :, 0, 0], net(x))
        assert net.forward_map(torch.randn(1, 3, 256, 320)).shape == (1, 3, 2, 4)


def test_the_warm_starts_convolutions_are_taken_over():
    fcn, net = FcnVgg16(3, 2, 3, 8).eval(), VggClassifier(2, 2, 8).eval()
    from_fcn(net, fold(fcn))
    x = photo = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        for block, depth in enumerate((2, 2, 3, 3, 3), start=1):
            for i in range(1, depth + 1):
                x = fcn._conv_relu(f"conv{block}_{i}", x)
            x = torch.nn.functional.max_pool2d(x, 2)
        torch.testing.assert_close(net.features(photo), x)
    with pytest.raises(TrainingError, match="width"):
        from_fcn(VggClassifier(2, 4, 8), fold(fcn))


def test_a_run_repeats_and_trains_what_it_should(path, tmp_path):
    recipe = recipes.load(path)
    runs = []
    for name in ("one", "two"):
        trainer = ClassifierTrainer(recipe, tmp_path / name, autocast=False, say=lambda _: None)
        before = {k: v.clone() for k, v in trainer.net.state_dict().items()}
        trainer.fit()
        runs.append(trainer.net.state_dict())
    assert all(torch.equal(runs[0][k], runs[1][k]) for k in before)
    changed = {k for k in before if not torch.equal(before[k], runs[0][k]) and k.endswith("weight")}
    assert changed == {"features.26.weight", "features.28.weight", *(f"classifier.{i}.weight" for i in (0, 3, 6))}
    assert [row["step"] for row in json.loads(json.dumps(trainer.curves))] == [4, 6]


def test_what_is_exported_is_what_was_trained(path, tmp_path, capsys):
    run, out = tmp_path / "run", tmp_path / "model"
    assert main(["train", str(path), "--run", str(run), "--precision", "f32"]) == 0
    assert main(["export", str(path), "--run", str(run), "--out", str(out)]) == 0
    manifest, blob = json.loads((out / "model.json").read_text()), (out / "weights.safetensors").read_bytes()
    assert manifest["files"] == [{"path": "weights.safetensors", "bytes": len(blob), "sha256": hashlib.sha256(blob).hexdigest()}]
    assert manifest["architecture"] == "vgg16-classifier"
    assert manifest["config"] == {"width": 2, "fc_channels": 8, "batch_norm": False, "classes": 2, "variants": ["score"]}
    assert [(c["id"], c["name"]) for c in manifest["classes"]] == [(0, "square"), (1, "grass")]
    for split in ("val", "test"):
        found = manifest["metrics"][split]
        assert np.array(found["score"]["confusion"]).sum(axis=1).tolist() == [2, 2] and found["crops"] == 4
        assert set(found["map"]) == {"own size", "448", "512"}
        assert found["map"]["512"]["centre"]["cells"] > 0 and found["map"]["own size"] == {"photos": 0, "too_small": 6}
    stored = read_classifier(load_file(out / "weights.safetensors"))
    state = torch.load(run / "best.pt", weights_only=True)["net"]
    assert all(torch.equal(v, state[k].half().float()) for k, v in stored.state_dict().items())

    path.write_text(path.read_text() + '\n[card.title]\nen = "Labels"\nko = "이름표"\n\n[[card.knownFailures]]\nen = "All."\n')
    assert main(["card", str(path), "--model", str(out)]) == 0
    renewed = json.loads((out / "model.json").read_text())
    assert (renewed["title"]["ko"], renewed["knownFailures"]) == ("이름표", [{"en": "All."}])
    assert renewed["metrics"]["test"] == manifest["metrics"]["test"]
    assert main(["evaluate", str(path), "--run", str(run), "--weights", str(out / "weights.safetensors"), "--split", "val"]) == 0
    assert json.loads((run / "val.json").read_text())["score"] == manifest["metrics"]["val"]["score"]
    capsys.readouterr()
    assert main(["overlay", str(path), "--run", str(run), "--out", "x.png", "y.jpg"]) == 1
    assert "masks" in capsys.readouterr().err


@pytest.mark.parametrize(("old", "new", "message"), [
    ("fc6_kernel = 7", "fc6_kernel = 3", "fc6_kernel.*7"),
    ("crop = 224", "crop = 192", "224"),
    ('without = ["other"]', 'without = ["cube"]', "labels.without"),
    ('architecture = "vgg16-classifier"', 'architecture = "fcn-vgg16"', "labels.without"),
    ('tune_from = "conv5_2"', 'tune_from = "conv6_1"', "conv6_1.*conv5_3"),
    ('"fcn.safetensors"', '"gone.safetensors"', "gone.safetensors"),
])
def test_a_bad_setting_is_refused_and_named(path, tmp_path, old, new, message):
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TrainingError, match=message):
        ClassifierTrainer(recipes.load(path), tmp_path / "run", autocast=False, say=lambda _: None)
