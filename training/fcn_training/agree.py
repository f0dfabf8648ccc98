"""Holds the engine's masks against PyTorch's: the check that an exported model is the model that was trained.

The engine's are made by the native program of this repository, built with
`cargo build --release --no-default-features --example segment_rgba`.
"""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.torch import load_file

from .data import load_split
from .errors import TrainingError
from .evaluate import probabilities
from .export import WEIGHTS
from .nets import folded_net
from .recipe import Recipe

NEEDED = 0.999
"""Share of pixels that must agree; the rest are ties, decided by float32's rounding."""


@dataclass(frozen=True)
class Agreement:
    photos: int
    pixels: int
    same: int
    worst: tuple[str, float]
    """The photo that agrees least, and its share."""

    @property
    def share(self) -> float:
        return self.same / self.pixels


def engine_labels(program: Path, model: Path, image: np.ndarray, head: str, folder: Path) -> np.ndarray:
    """u8 [h, w]: the mask that the engine computes of u8 [h, w, 3]. Raises TrainingError if the program fails."""
    h, w = image.shape[:2]
    source, target = folder / "photo.rgba", folder / "mask.labels"
    source.write_bytes(np.dstack([image, np.full((h, w, 1), 255, np.uint8)]).tobytes())
    command = [program, model / "model.json", source, str(w), str(h), head, target]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise TrainingError(f"{program}: cannot be run ({error}). Build it first; see agree.py.") from error
    if done.returncode:
        raise TrainingError(f"{program}: {done.stderr.strip()}")
    return np.frombuffer(target.read_bytes(), dtype=np.uint8).reshape(h, w)


def agree(recipe: Recipe, model: Path, program: Path, split: str, head: str) -> Agreement:
    """Compares the two on every photo of a split, at its own size, with the exported weights."""
    net = folded_net(load_file(model / WEIGHTS))
    pixels = same = 0
    worst = ("", 1.0)
    photos = load_split(recipe.data, split, recipe.long_side)
    with tempfile.TemporaryDirectory() as folder:
        for photo in photos:
            expected = probabilities(net, photo.image, head=head).argmax(dim=0).numpy()
            got = engine_labels(program, model, photo.image, head, Path(folder))
            equal = int((expected == got).sum())
            pixels, same = pixels + got.size, same + equal
            worst = min(worst, (photo.key, equal / got.size), key=lambda entry: entry[1])
    return Agreement(len(photos), pixels, same, worst)
