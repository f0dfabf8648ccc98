import sys

import numpy as np
import pytest

from fcn_training import agree as module
from fcn_training.__main__ import main
from fcn_training.errors import TrainingError
from fcn_training.train import Trainer

PROGRAM = """#!{python}
import sys
model, source, width, height, head, target = sys.argv[1:]
pixels = open(source, "rb").read()
assert len(pixels) == 4 * int(width) * int(height) and pixels[3::4] == b"\\xff" * (len(pixels) // 4)
{body}
"""


@pytest.fixture
def model(recipe, recipe_path, tmp_path):
    Trainer(recipe, tmp_path / "run", autocast=False, say=lambda _: None).fit()
    assert main(["export", str(recipe_path), "--run", str(tmp_path / "run"), "--out", str(tmp_path / "model")]) == 0
    return tmp_path / "model"


def program(tmp_path, body):
    path = tmp_path / "segment"
    path.write_text(PROGRAM.format(python=sys.executable, body=body))
    path.chmod(0o755)
    return path


def test_masks_that_differ_are_counted_and_fail(model, recipe, recipe_path, tmp_path, capsys):
    zeros = program(tmp_path, 'open(target, "wb").write(bytes(int(width) * int(height)))')
    found = module.agree(recipe, model, zeros, "val", "fcn8s")
    assert found.photos > 0 and 0 <= found.same < found.pixels
    assert found.worst[0] and found.worst[1] <= found.share
    command = ["agree", str(recipe_path), "--run", str(tmp_path / "run"), "--model", str(model), "--program", str(zeros)]
    assert main(command) == 1
    assert "agree on less than 99.9%" in capsys.readouterr().err


def test_equal_masks_agree_wholly(model, recipe, tmp_path, monkeypatch):
    def same(program, folder, image, head, scratch):
        from safetensors.torch import load_file

        net = module.folded_net(load_file(folder / module.WEIGHTS))
        return module.probabilities(net, image, head=head).argmax(dim=0).numpy().astype(np.uint8)

    monkeypatch.setattr(module, "engine_labels", same)
    found = module.agree(recipe, model, tmp_path, "val", "fcn16s")
    assert found.same == found.pixels > 0


def test_a_program_that_fails_or_is_missing_is_named(model, recipe, tmp_path):
    with pytest.raises(TrainingError, match="nothing/here: cannot be run"):
        module.agree(recipe, model, tmp_path / "nothing" / "here", "val", "fcn8s")
    broken = program(tmp_path, 'sys.exit("no such head")')
    with pytest.raises(TrainingError, match="no such head"):
        module.agree(recipe, model, broken, "val", "fcn8s")
