import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from fcn_training import checkpoint
from fcn_training import recipe as recipes
from fcn_training.__main__ import main
from fcn_training.data import load_split
from fcn_training.evaluate import probabilities
from fcn_training.export import export_model, write_weights
from fcn_training.errors import TrainingError
from fcn_training.net import FcnVgg16, folded_net
from fcn_training.nets import build_net
from fcn_training.train import Trainer

SHIPPED = Path(__file__).parents[2] / "www" / "models" / "everyday-vgg" / "model.json"


@pytest.fixture
def exported(recipe, recipe_path, tmp_path):
    """The best net of a short run, and the folder that it was exported to."""
    Trainer(recipe, tmp_path / "run", autocast=False, say=lambda _: None).fit()
    assert main(["export", str(recipe_path), "--run", str(tmp_path / "run"), "--out", str(tmp_path / "model")]) == 0
    net = build_net(recipe)
    net.load_state_dict(checkpoint.load(tmp_path / "run" / "best.pt", recipe.fingerprint())["net"])
    return net.eval(), tmp_path / "model"


def keys(value):
    return {k: keys(v) for k, v in value.items()} if isinstance(value, dict) else None


def test_an_exported_model_reads_back_as_the_same_net(exported, recipe):
    net, folder = exported
    tensors = load_file(folder / "weights.safetensors")
    assert all(t.dtype == torch.float16 for t in tensors.values())
    stored = folded_net(tensors)
    for photo in load_split(recipe.data, "test", 96):
        for head in net.heads:
            # f16 keeps 11 bits: weights are off by up to 1/2048 each
            torch.testing.assert_close(probabilities(stored, photo.image, head=head), probabilities(net, photo.image, head=head),
                                       atol=5e-3, rtol=0)


def test_the_manifest_says_what_the_files_hold(exported, recipe):
    _, folder = exported
    manifest = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    blob = (folder / "weights.safetensors").read_bytes()
    assert manifest["files"] == [{"path": "weights.safetensors", "bytes": len(blob), "sha256": hashlib.sha256(blob).hexdigest()}]
    assert manifest["config"] == {"width": 2, "fc6_kernel": 3, "fc_channels": 8, "classes": 3,
                                  "variants": ["fcn32s", "fcn16s", "fcn8s"], "per_class_upsampling": True}
    assert [c["name"] for c in manifest["classes"]] == ["other", "square", "grass"]
    assert manifest["classes"][1]["includes"] == ["red square", "blue square"]
    assert manifest["seed"] == 5
    assert [row["step"] for row in manifest["curves"]] == [3, 6]
    test = manifest["metrics"]["test"]
    labelled = sum(int((p.mask < 254).sum()) for p in load_split(recipe.data, "test", 96))
    matrix = np.array(test["fcn8s"]["confusion"])
    assert matrix.shape == (3, 3) and matrix.sum() == labelled
    assert test["fcn8s"]["pixel_accuracy"] == pytest.approx(np.trace(matrix) / labelled, abs=1e-4)


@pytest.mark.skipif(not SHIPPED.exists(), reason="the repository's models are not beside this folder")
def test_the_manifest_has_every_field_that_the_engine_reads(exported):
    _, folder = exported
    ours, shipped = (json.loads(p.read_text(encoding="utf-8")) for p in (folder / "model.json", SHIPPED))
    for field in ("format", "name", "title", "architecture", "config", "classes", "input", "files", "metrics"):
        assert field in ours
    for field in ("config", "input"):
        assert keys(ours[field]) == keys(shipped[field])
    # The long side is the recipe's.
    assert ours["input"] | {"long_side": 0} == shipped["input"] | {"long_side": 0}
    assert set(shipped["classes"][0]) <= set(ours["classes"][0])
    assert set(shipped["files"][0]) == set(ours["files"][0])


def test_the_other_commands_run_on_a_trained_net(exported, recipe_path, tmp_path, capsys):
    run = str(tmp_path / "run")
    assert main(["evaluate", str(recipe_path), "--run", run, "--split", "val", "--flip"]) == 0
    assert "mIoU" in capsys.readouterr().out
    some = ["--sources", "full", "--each", "2", "--precision", "bf16"]
    assert main(["evaluate", str(recipe_path), "--run", run, *some]) == 0
    assert "convince" in (out := capsys.readouterr().out) and "of 2 photos" in out
    weights = str(tmp_path / "model" / "weights.safetensors")
    assert main(["evaluate", str(recipe_path), "--run", run, "--weights", weights]) == 0
    assert json.loads((tmp_path / "run" / "test.json").read_text())["heads"]["fcn8s"]["miou"] >= 0
    assert main(["soft-labels", str(recipe_path), "--run", run, "--out", str(tmp_path / "soft.safetensors")]) == 0
    cells = load_file(tmp_path / "soft.safetensors")
    photo = load_split(recipes.load(recipe_path).data, "train", 96)[0]
    assert cells[photo.key].shape == (-(-photo.mask.shape[0] // 4), -(-photo.mask.shape[1] // 4), 3)
    assert (cells[photo.key].int().sum(dim=2) - 255).abs().max() <= 2  # each of three is rounded
    of_one = ["soft-labels", str(recipe_path), "--run", run, "--out", str(tmp_path / "one.safetensors"), "--sources"]
    assert main([*of_one, "full"]) == 0
    assert {key.split("/")[0] for key in load_file(tmp_path / "one.safetensors")} == {"full"} != {k.split("/")[0] for k in cells}
    assert main([*of_one, "nowhere"]) == 1 and "nowhere" in capsys.readouterr().err
    picture = next((tmp_path / "data" / "images" / "full").glob("*.jpg"))
    assert main(["overlay", str(recipe_path), "--run", run, "--out", str(tmp_path / "o.png"), str(picture)]) == 0
    assert Image.open(tmp_path / "o.png").size[0] == 4 * 96  # the photo and three heads


def test_a_score_offset_shifts_its_class_in_every_head(exported, recipe, tmp_path):
    net, folder = exported
    shifted = dataclasses.replace(recipe, score_offset={"grass": -0.5})
    export_model(shifted, net, {}, tmp_path / "shifted")
    before, after = (folded_net(load_file(f / "weights.safetensors")) for f in (folder, tmp_path / "shifted"))
    x = torch.randn(1, 3, 192, 192)
    with torch.no_grad():
        for head, (scores, stride) in after(x).items():
            margin = {32: 0, 16: 1, 8: 3}[stride]  # there, zero padding has dimmed what was upsampled
            shift = (scores - before(x)[head][0])[0, :, margin : 192 // stride - margin, margin : 192 // stride - margin]
            expected = torch.tensor([0, 0, -0.5])[:, None, None].expand_as(shift)
            torch.testing.assert_close(shift, expected, atol=2e-3, rtol=0)


def test_values_beyond_float16_are_refused(tmp_path):
    net = FcnVgg16(2, 1, 1, 2)
    torch.nn.init.constant_(net.score_fr.bias, 1e6)
    with pytest.raises(TrainingError, match="score_fr.bias.*float16"):
        write_weights(net, tmp_path / "w.safetensors")
