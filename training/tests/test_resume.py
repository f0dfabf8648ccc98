import dataclasses
import os
import signal

import pytest
import torch
from safetensors.torch import load_file, save_file

from fcn_training import checkpoint
from fcn_training.augment import SOFT_STRIDE
from fcn_training.data import load_split
from fcn_training.efficientnet_fcn import FcnEfficientNetLite
from fcn_training.errors import TrainingError
from fcn_training.evaluate import probabilities
from fcn_training.export import export_model
from fcn_training.nets import build_net, folded_net
from fcn_training.recipe import Net, Validation
from fcn_training.train import Trainer, learning_rate, stage_at
from test_efficientnet_fcn import as_the_trial_names_it


def quiet(_: str) -> None:
    pass


def same(a, b, where="state"):
    """Everything equal, bit by bit."""
    if isinstance(a, torch.Tensor):
        assert torch.equal(a, b), where
    elif isinstance(a, dict):
        assert a.keys() == b.keys(), where
        for k in a:
            same(a[k], b[k], f"{where}.{k}")
    elif isinstance(a, (list, tuple)):
        assert len(a) == len(b), where
        for i, (x, y) in enumerate(zip(a, b)):
            same(x, y, f"{where}[{i}]")
    else:
        assert a == b, where


def final_state(run, recipe):
    state = checkpoint.load(run / "last.pt", recipe.fingerprint())
    state.pop("minutes")
    for row in state["curves"]:
        row.pop("minutes")
    return state


def test_a_resumed_run_ends_as_an_uninterrupted_one(recipe, tmp_path):
    Trainer(recipe, tmp_path / "whole", autocast=False, say=quiet).fit()
    for stop in (2, 5, None):  # before and after a validation, in both stages
        Trainer(recipe, tmp_path / "parts", autocast=False, say=quiet).fit(stop_at=stop)
    whole, parts = final_state(tmp_path / "whole", recipe), final_state(tmp_path / "parts", recipe)
    assert whole["step"] == 6 and len(whole["curves"]) == 2
    same(whole, parts)


def lite(recipe, monkeypatch):
    """The recipe for a net on EfficientNet-Lite0 that begins at random, with all that draws random numbers."""
    monkeypatch.setattr(FcnEfficientNetLite, "load_imagenet", lambda self: None)
    return dataclasses.replace(
        recipe,
        net=Net("fcn-efficientnet-lite", backbone="lite0", fc6_kernel=3, fc_channels=8, dropout=0.2, drop_path=0.3),
        loss=dataclasses.replace(recipe.loss, boundary_weight=2.0, marginal_weight=0.5),
        schedule=dataclasses.replace(recipe.schedule, cooldown=3),
        validation=Validation(("full", "partial"), each=2))


def test_a_net_on_efficientnet_resumes_in_the_same_way(recipe, tmp_path, monkeypatch):
    recipe = lite(recipe, monkeypatch)
    Trainer(recipe, tmp_path / "whole", autocast=False, say=quiet).fit()
    for stop in (2, None):
        Trainer(recipe, tmp_path / "parts", autocast=False, say=quiet).fit(stop_at=stop)
    whole, parts = final_state(tmp_path / "whole", recipe), final_state(tmp_path / "parts", recipe)
    same(whole, parts)
    found = [row["convince"] for row in whole["curves"]]
    assert found[0]["photos"] == 4 and whole["best"] == max((f["share"] + f["miou"]) / 2 for f in found)


def test_a_net_on_efficientnet_may_begin_with_the_trials_weights(recipe, tmp_path, monkeypatch):
    recipe = lite(recipe, monkeypatch)
    path = tmp_path / "trial.safetensors"
    recipe = dataclasses.replace(recipe, net=dataclasses.replace(recipe.net, warm_start=path))
    old = build_net(recipe)
    save_file(as_the_trial_names_it(old), path)
    net = Trainer(recipe, tmp_path / "run", autocast=False, say=quiet).net
    assert all(torch.equal(v, net.state_dict()[k]) for k, v in old.state_dict().items())


def test_a_net_on_efficientnet_is_exported_as_it_is(recipe, tmp_path, monkeypatch):
    recipe = lite(recipe, monkeypatch)
    Trainer(recipe, tmp_path / "run", autocast=False, say=quiet).fit(stop_at=3)
    net = build_net(recipe)
    net.load_state_dict(checkpoint.load(tmp_path / "run" / "best.pt", recipe.fingerprint())["net"])
    manifest = export_model(recipe, net.eval(), {}, tmp_path / "model")
    assert manifest["architecture"] == "fcn-efficientnet-lite"
    assert manifest["config"] == {"width": 1.0, "depth": 1.0, "fc6_kernel": 3, "fc_channels": 8, "classes": 3,
                                  "variants": ["fcn32s", "fcn16s", "fcn8s"], "per_class_upsampling": True}
    assert manifest["input"]["mean"] == [127 / 255] * 3 and manifest["input"]["std"] == [128 / 255] * 3
    assert manifest["metrics"]["test"]["convince"]["photos"] == 6
    stored = folded_net(load_file(tmp_path / "model" / "weights.safetensors"))
    for photo in load_split(recipe.data, "test", 96):
        expected = probabilities(net, photo.image)
        torch.testing.assert_close(probabilities(stored, photo.image), expected, atol=5e-3, rtol=0)


def test_another_seed_ends_elsewhere(recipe, tmp_path):
    """The test above could not fail if training were not random at all."""
    other = dataclasses.replace(recipe, schedule=dataclasses.replace(recipe.schedule, seed=6))
    for r, name in ((recipe, "a"), (other, "b")):
        Trainer(r, tmp_path / name, autocast=False, say=quiet).fit(stop_at=2)
    a, b = final_state(tmp_path / "a", recipe), final_state(tmp_path / "b", other)
    assert not torch.equal(a["net"]["conv1_1.weight"], b["net"]["conv1_1.weight"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_with_a_checkpoint(recipe, tmp_path, number):
    trainer = Trainer(recipe, tmp_path / "run", autocast=False, say=quiet)
    step = trainer.train_step

    def step_with_signal():
        os.kill(os.getpid(), number)
        return step()

    trainer.train_step = step_with_signal
    trainer.fit()
    assert final_state(tmp_path / "run", recipe)["step"] == 1
    assert signal.getsignal(number) != trainer._stop


def test_a_failed_save_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "last.pt"
    checkpoint.save(path, {"fingerprint": "f", "step": 1})

    def broken(state, file):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(torch, "save", broken)
    with pytest.raises(OSError):
        checkpoint.save(path, {"fingerprint": "f", "step": 2})
    monkeypatch.undo()
    assert checkpoint.load(path, "f")["step"] == 1


def test_a_damaged_or_foreign_checkpoint_is_refused(tmp_path):
    path = tmp_path / "last.pt"
    checkpoint.save(path, {"fingerprint": "f"})
    with pytest.raises(TrainingError, match="another net or class list"):
        checkpoint.load(path, "g")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(TrainingError, match="cannot be read"):
        checkpoint.load(path, "f")


def test_training_learns_the_shapes(recipe, tmp_path):
    stage = dataclasses.replace(recipe.schedule.stages[0], steps=80, batch=8)
    easy = dataclasses.replace(
        recipe,
        net=dataclasses.replace(recipe.net, width=4, dropout=0.0),
        augment=dataclasses.replace(recipe.augment, colour=0.0, paste=0.0),
        schedule=dataclasses.replace(recipe.schedule, lr=1e-2, stages=(stage,)),
    )
    trainer = Trainer(easy, tmp_path / "run", autocast=False, say=quiet)
    losses = [trainer.train_step() for _ in range(stage.steps)]
    assert sum(losses[-10:]) < 0.8 * sum(losses[:10])  # 0.4 to 0.6, by seed


def test_a_teacher_is_used_and_needed(recipe, tmp_path):
    path = tmp_path / "soft.safetensors"
    taught = dataclasses.replace(recipe, loss=dataclasses.replace(recipe.loss, teacher="t"))
    with pytest.raises(TrainingError, match="are missing"):
        Trainer(taught, tmp_path / "run", soft_labels=path, say=quiet)
    cells = {}
    for photo in load_split(recipe.data, "train", recipe.long_side):
        h, w = (-(-side // SOFT_STRIDE) for side in photo.mask.shape)
        cells[photo.key] = torch.full((h, w, 3), 85, dtype=torch.uint8)
    save_file(cells, path)
    trainer = Trainer(taught, tmp_path / "run", autocast=False, soft_labels=path, say=quiet)
    trainer.train_step()
    assert trainer.last_soft > 0


def test_the_rate_rises_then_falls_and_stages_follow_each_other(recipe):
    schedule = recipe.schedule
    rates = [learning_rate(schedule, s) for s in range(6)]
    assert rates[0] == schedule.lr / 2 and rates[1] == rates[2] == schedule.lr
    assert all(a > b for a, b in zip(rates[2:], rates[3:]))
    flat = dataclasses.replace(schedule, cooldown=2)
    assert [learning_rate(flat, s) / schedule.lr for s in range(7)] == [0.5, 1, 1, 1, 1, 0.5, 0]
    assert [stage_at(schedule, s).crop for s in range(7)] == [32, 32, 32, 32, 64, 64, 64]
