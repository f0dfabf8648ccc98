import json

import pytest
import torch
from safetensors.torch import load_file

from fcn_training import calibrate
from fcn_training.__main__ import main
from fcn_training.data import load_split
from fcn_training.errors import TrainingError
from fcn_training.evaluate import probabilities
from fcn_training.nets import folded_net
from fcn_training.train import Trainer


def drawn(t, n=40000):
    """Scores, and labels that softmax(scores / t) really has the probabilities of."""
    scores = torch.randn(n, 4) * 3
    return scores, torch.multinomial((scores / t).softmax(dim=1), 1)[:, 0]


@pytest.mark.parametrize("t", [0.6, 1.0, 2.5])
def test_the_temperature_of_made_up_scores_is_found(t):
    scores, labels = drawn(t)
    assert calibrate.fit(scores, labels) == pytest.approx(t, rel=0.03)


def test_the_error_is_small_at_the_right_temperature_only():
    scores, labels = drawn(2.0)
    wrong, right = calibrate.Reliability(), calibrate.Reliability()
    wrong.add(scores, labels)
    right.add(scores / 2, labels)
    assert right.error < 0.02 < 0.1 < wrong.error
    bins = right.as_json()["bins"]
    assert sum(b["pixels"] for b in bins) == 40000 and len(bins) == calibrate.BINS
    assert bins[0] == {"pixels": 0}  # the highest of four is a quarter or more
    assert all(abs(b["probability"] - b["right"]) < 0.05 for b in bins if b["pixels"] > 1000)


def test_a_run_is_calibrated_and_exported_with_the_same_masks(recipe, recipe_path, tmp_path):
    run = tmp_path / "run"
    Trainer(recipe, run, autocast=False, say=lambda _: None).fit()
    command = [str(recipe_path), "--run", str(run)]
    assert main(["export", *command, "--out", str(tmp_path / "plain"), "--each", "1"]) == 0
    assert main(["calibrate", *command]) == 0
    assert main(["export", *command, "--out", str(tmp_path / "cooled")]) == 0
    manifest = json.loads((tmp_path / "cooled" / "model.json").read_text())
    t = manifest["calibration"]["temperature"]
    assert t == pytest.approx(json.loads((run / "calibration.json").read_text())["temperature"], abs=1e-4)
    assert set(manifest["calibration"]) == {"temperature", "val", "test"}
    assert set(manifest["calibration"]["val"]) == {"fcn32s", "fcn16s", "fcn8s"}
    fewer = json.loads((tmp_path / "plain" / "model.json").read_text())
    assert "calibration" not in fewer and fewer["metrics"]["test"]["photos"] == 2
    plain, cooled = (folded_net(load_file(tmp_path / name / "weights.safetensors")) for name in ("plain", "cooled"))
    for photo in load_split(recipe.data, "test", 96):
        for head in plain.heads:
            p, q = (probabilities(net, photo.image, head=head) for net in (plain, cooled))
            torch.testing.assert_close(q, (p.log() / t).softmax(dim=0), atol=5e-3, rtol=0)
    (run / "calibration.json").write_text(json.dumps({"temperature": t, "step": 1}))
    assert main(["export", *command, "--out", str(tmp_path / "stale")]) == 1


def test_a_damaged_calibration_is_refused(tmp_path):
    (tmp_path / "c.json").write_text("{")
    with pytest.raises(TrainingError, match="c.json"):
        calibrate.load(tmp_path / "c.json", 3)
    assert calibrate.load(tmp_path / "none.json", 3) is None
