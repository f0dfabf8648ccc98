"""The curves of two runs in one file."""

import json

import pytest

from fcn_training.__main__ import main
from fcn_training.runs import reduced

ROW = {
    "step": 60, "minutes": 3.05, "train_loss": 1.15, "val_loss": 0.43,
    "fcn32s": {"pixel_accuracy": 0.78, "miou": 0.52}, "fcn8s": {"pixel_accuracy": 0.85, "miou": 0.62},
    "iou": {"background": 0.85}, "convince": {"share": 0.7, "miou": 0.65},
}


def test_of_a_validation_the_finest_head_is_kept():
    assert reduced([ROW, {"step": 120, "val_loss": 0.4}]) == [
        {"step": 60, "train_loss": 1.15, "val_loss": 0.43, "pixel_accuracy": 0.85, "miou": 0.62},
        {"step": 120, "train_loss": None, "val_loss": 0.4},
    ]


def test_two_runs_are_written_with_both_names(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "curves.json").write_text(json.dumps([ROW, ROW | {"step": 120}]))
    runs = [["--run", name, f"가 {name}", str(tmp_path / name)] for name in ("a", "b")]
    out = tmp_path / "data" / "runs.json"
    assert main(["runs", *runs[0], *runs[1], "--out", str(out)]) == 0
    written = json.loads(out.read_text(encoding="utf-8"))
    assert [run["name"] for run in written["runs"]] == [{"en": "a", "ko": "가 a"}, {"en": "b", "ko": "가 b"}]
    assert written["runs"][0]["points"] == reduced([ROW, ROW | {"step": 120}])


def test_validations_after_a_step_are_left_out_if_wanted(tmp_path):
    (tmp_path / "curves.json").write_text(json.dumps([ROW | {"step": step} for step in (60, 120, 180)]))
    run = ["--run", "a", "가", str(tmp_path)]
    out = tmp_path / "runs.json"
    assert main(["runs", *run, *run, "--out", str(out), "--until", "120"]) == 0
    assert [point["step"] for point in json.loads(out.read_text(encoding="utf-8"))["runs"][0]["points"]] == [60, 120]


@pytest.mark.parametrize("count", [1, 3])
def test_anything_but_two_runs_is_refused(tmp_path, capsys, count):
    run = ["--run", "a", "가", str(tmp_path)]
    assert main(["runs", *run * count, "--out", str(tmp_path / "out.json")]) == 1
    assert f"given {count} times" in capsys.readouterr().err


def test_a_run_without_curves_is_named(tmp_path, capsys):
    run = ["--run", "a", "가", str(tmp_path / "none")]
    assert main(["runs", *run, *run, "--out", str(tmp_path / "out.json")]) == 1
    assert "none/curves.json" in capsys.readouterr().err
