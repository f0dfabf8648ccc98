"""A small made-up data set: coloured shapes with masks that follow from them."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from fcn_training import recipe as recipes  # noqa: E402

COLORS = {0: (40, 40, 40), 1: (220, 40, 40), 2: (40, 60, 220), 3: (60, 200, 60)}

RECIPE = """
name = "shapes"
long_side = 96

[net]
architecture = "fcn-vgg16"
width = 2
fc6_kernel = 3
fc_channels = 8
dropout = 0.2

[schedule]
seed = 5
lr = 3e-3
warmup = 2
ema = 0.9
validate_every = 3
stages = [{ steps = 4, crop = 32, batch = 4, scale = [0.5, 1.0] }, { steps = 2, crop = 64, batch = 2 }]

[loss]
other_weight = 0.5

[augment]
paste = 0.5

[data]
folder = "data"
paste_into = ["full"]

[data.paste]
partial = ["square"]

[[data.classes]]
name = "other"
color = "#101010"
includes = ["background"]

[[data.classes]]
name = "square"
color = "#ff0000"
includes = ["red square", "blue square"]

[[data.classes]]
name = "grass"
color = "#00ff00"
names = { en = "grass", ko = "풀밭" }
includes = ["grass"]
"""


def make_photo(folder: Path, key: str, rng: np.random.Generator, partial: bool) -> None:
    h, w = int(rng.integers(50, 97)), int(rng.integers(50, 97))
    mask = np.zeros((h, w), dtype=np.uint8)
    mask[h // 2 :] = 3
    y, x = int(rng.integers(h // 2)), int(rng.integers(w // 2))
    mask[y : y + 24, x : x + 24] = 1 + int(rng.integers(2))
    image = np.array([COLORS[i] for i in range(4)], dtype=np.uint8)[mask]
    image = np.clip(image + rng.normal(0, 8, image.shape), 0, 255).astype(np.uint8)
    if partial:
        mask[(mask == 0) | (mask == 3)] = 254
    mask[0] = 255
    for kind, array, ending in (("images", image, "jpg"), ("masks", mask, "png")):
        path = folder / kind / f"{key}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(array).save(path)


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    folder, rng = tmp_path / "data", np.random.default_rng(0)
    names = ["background", "red square", "blue square", "grass"]
    table = {"classes": [{"id": i, "name": n} for i, n in enumerate(names)], "annotated_by_source": {"partial": [1, 2]}}
    (folder / "splits").mkdir(parents=True)
    (folder / "classes.json").write_text(json.dumps(table))
    for split, count in (("train", 6), ("val", 3), ("test", 3)):
        keys = [f"{source}/{split}{i}" for i in range(count) for source in ("full", "partial")]
        for key in keys:
            make_photo(folder, key, rng, key.startswith("partial"))
        (folder / "splits" / f"{split}.txt").write_text("\n".join(keys) + "\n")
    return folder


@pytest.fixture
def recipe_path(data_folder: Path) -> Path:
    path = data_folder.parent / "shapes.toml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


@pytest.fixture
def recipe(recipe_path: Path) -> recipes.Recipe:
    return recipes.load(recipe_path)


@pytest.fixture(autouse=True)
def one_thread():
    """Small tensors are slower on many threads, and sums are only repeatable with a fixed number of them."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
