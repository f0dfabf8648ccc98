"""The curves of two runs in one file, for the page's figure: www/lib/training-log/runs.js reads it and describes it.

Of each validation only what the figure draws is kept: losses, and both scores of the finest head.
"""

import json
from pathlib import Path

from .errors import TrainingError

KEPT = ("step", "train_loss", "val_loss")
SCORES = ("pixel_accuracy", "miou")


def reduced(curves: list[dict]) -> list[dict]:
    """The points of a curves.json, without what the figure doesn't draw."""
    return [{key: row.get(key) for key in KEPT} | finest(row) for row in curves]


def finest(row: dict) -> dict:
    """Both scores of the finest head, which stands last; nothing for a row without one."""
    heads = [value for value in row.values() if isinstance(value, dict) and all(score in value for score in SCORES)]
    return {score: heads[-1][score] for score in SCORES} if heads else {}


def write(runs: list[tuple[str, str, Path]], out: Path, until: int | None = None) -> str:
    """Writes the file, with the validations up to a step where one is given; returns what to tell."""
    if len(runs) != 2:
        raise TrainingError(f"--run was given {len(runs)} times; the figure compares two runs.")
    found = []
    for en, ko, folder in runs:
        file = folder / "curves.json"
        if not file.is_file():
            raise TrainingError(f"{file}: there is no such file. Give the folder of a run that has validated.")
        points = [point for point in reduced(json.loads(file.read_text(encoding="utf-8"))) if until is None or point["step"] <= until]
        if len(points) < 2:
            raise TrainingError(f"{file}: fewer than two validations make no curve.")
        found.append({"name": {"en": en, "ko": ko}, "points": points})
    out.parent.mkdir(parents=True, exist_ok=True)
    rows = ",\n".join(
        f'  {{"name": {json.dumps(run["name"], ensure_ascii=False)}, "points": [\n    '
        + ",\n    ".join(json.dumps(point) for point in run["points"]) + "\n  ]}" for run in found)
    out.write_text(f'{{"runs": [\n{rows}\n]}}\n', encoding="utf-8")
    return f"{out}: " + ", ".join(f"{run['name']['en']}: {len(run['points'])} validations" for run in found)
