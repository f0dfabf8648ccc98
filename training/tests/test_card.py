"""The words and pictures of an exported folder, brought up to a recipe."""

import json

import numpy as np
import pytest
from PIL import Image

from fcn_training import recipe as recipes
from fcn_training.__main__ import main
from fcn_training.errors import TrainingError
from fcn_training.export import rewrite_words, write_weights
from fcn_training.net import folded_net
from fcn_training.nets import build_net
from safetensors.torch import load_file

FAILURES = """
[[card.knownFailures]]
en = "Circles come out as squares."

[[card.knownFailures]]
en = "Grass at night is other."
photo = "night.png"
credit = "me"
"""


@pytest.fixture
def folder(recipe, recipe_path, tmp_path):
    """An exported folder with hardly a manifest, and a photo beside the recipe."""
    out = tmp_path / "model"
    write_weights(build_net(recipe), out / "weights.safetensors")
    classes = [{"name": c.name, "color": "#000000"} for c in recipe.data.classes]
    manifest = {"classes": classes, "input": {"long_side": 7, "order": "RGB"}, "metrics": {"test": 5}, "knownFailures": ["old"], "seed": 5}
    (out / "model.json").write_text(json.dumps(manifest))
    (out / "failure-9.jpg").write_bytes(b"of a failure that is gone")
    Image.fromarray(np.full((40, 60, 3), 20, dtype=np.uint8)).save(recipe_path.parent / "night.png")
    recipe_path.write_text(recipe_path.read_text() + FAILURES)
    return out


def test_words_and_pictures_are_renewed_and_figures_kept(folder, recipe_path):
    assert main(["card", str(recipe_path), "--model", str(folder)]) == 0
    manifest = json.loads((folder / "model.json").read_text())
    assert (manifest["metrics"]["test"], manifest["seed"], manifest["input"]["order"]) == (5, 5, "RGB")
    assert manifest["input"]["long_side"] == 512
    assert [c["color"] for c in manifest["classes"]] != ["#000000"] * 3
    assert manifest["knownFailures"] == [
        {"en": "Circles come out as squares."}, {"en": "Grass at night is other.", "credit": "me", "picture": "failure-2.jpg"}]
    assert [p.name for p in folder.glob("failure-*")] == ["failure-2.jpg"]


def test_a_failures_picture_is_the_photo_beside_its_mask(folder, recipe_path):
    recipe = recipes.load(recipe_path)
    rewrite_words(recipe, folder)
    with Image.open(folder / "failure-2.jpg") as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(float)
    h, w, _ = pixels.shape
    assert abs(w / h - 2 * 60 / 40) < 0.2
    assert np.abs(pixels[:, : w // 3] - 20).mean() < 3
    net = folded_net(load_file(folder / "weights.safetensors"))
    assert net.classes == 3
    palette = np.array([[int(c.color[i : i + 2], 16) for i in (1, 3, 5)] for c in recipe.data.classes])
    nearest = np.abs(pixels[h // 2, -w // 4] - (0.4 * 20 + 0.6 * palette)).max(axis=1).min()
    assert nearest < 12  # JPEG


def test_another_recipes_classes_are_refused(folder, recipe_path):
    manifest = json.loads((folder / "model.json").read_text())
    manifest["classes"][0]["name"] = "something else"
    (folder / "model.json").write_text(json.dumps(manifest))
    with pytest.raises(TrainingError, match="classes"):
        rewrite_words(recipes.load(recipe_path), folder)


def test_a_missing_photo_is_named(folder, recipe_path):
    (recipe_path.parent / "night.png").unlink()
    with pytest.raises(TrainingError, match="night.png"):
        rewrite_words(recipes.load(recipe_path), folder)


def test_a_model_may_have_another_name_than_its_recipe(folder, recipe_path):
    assert rewrite_words(recipes.load(recipe_path), folder)["name"] == "shapes"
    recipe_path.write_text('model = "cut-outs"\n' + recipe_path.read_text())
    manifest = rewrite_words(recipes.load(recipe_path), folder)
    assert (manifest["name"], manifest["title"]["en"]) == ("cut-outs", "cut-outs")


def test_the_note_gives_the_shares_that_were_measured(folder, recipe_path):
    manifest = json.loads((folder / "model.json").read_text())
    manifest["metrics"]["test"] = {"convince": {"per_source": {"full": {"share": 0.748}}}}
    (folder / "model.json").write_text(json.dumps(manifest))
    words = recipe_path.read_text()
    recipe_path.write_text(words + '[card.metrics_note]\nen = "Rooms {full} %, {{so}}."\n')
    assert rewrite_words(recipes.load(recipe_path), folder)["metrics"]["note"] == {"en": "Rooms 75 %, {so}."}
    recipe_path.write_text(words + '[card.metrics_note]\nen = "Rooms {empty} %."\n')
    with pytest.raises(TrainingError, match="metrics_note.*empty"):
        rewrite_words(recipes.load(recipe_path), folder)
