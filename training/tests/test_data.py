import dataclasses
import json

import numpy as np
import pytest
from PIL import Image

from fcn_training import recipe as recipes
from fcn_training.data import class_map, ignore_ring, load_split, validation_photos
from fcn_training.errors import TrainingError
from fcn_training.recipe import Validation


def test_classes_are_merged_and_unlabelled_values_kept(recipe, data_folder):
    raw = np.asarray(Image.open(data_folder / "masks/full/train0.png"))
    photo = next(p for p in load_split(recipe.data, "train", 96) if p.key == "full/train0")
    assert photo.source == "full"
    expected = {0: 0, 1: 1, 2: 1, 3: 2, 255: 255}
    assert (photo.mask == np.vectorize(expected.get)(raw)).all()


def test_a_merged_class_is_annotated_if_a_part_is(recipe):
    mapping = class_map(recipe.data)
    assert mapping.unannotated("partial").tolist() == [True, False, True]
    assert mapping.unannotated("full").tolist() == [True, True, True]


def with_setting(recipe_path, text):
    before = recipe_path.read_text(encoding="utf-8")
    recipe_path.write_text(before.replace("[data]\n", f"[data]\n{text}\n"), encoding="utf-8")
    return recipes.load(recipe_path)


def test_254_may_be_a_class_that_is_annotated_in_part_only(recipe_path):
    recipe = with_setting(recipe_path, 'may_be = { partial = ["square"], full = ["grass"] }')
    mapping = class_map(recipe.data)
    assert mapping.unannotated("partial").tolist() == [True, True, True]
    assert mapping.unannotated("full").tolist() == [False, False, True]


def test_a_source_that_annotates_nothing_has_no_254(recipe, data_folder):
    table = json.loads((data_folder / "classes.json").read_text())
    (data_folder / "classes.json").write_text(json.dumps(table | {"annotated_by_source": {"partial": []}}))
    raw = np.asarray(Image.open(data_folder / "masks/partial/train0.png"))
    photo = next(p for p in load_split(recipe.data, "train", 96) if p.key == "partial/train0")
    assert (raw == 254).any() and (photo.mask[raw == 254] == 255).all() and (photo.mask[raw < 254] < 254).all()


def test_some_photos_of_a_source_are_taken_in_training_only(recipe_path):
    recipe = with_setting(recipe_path, "take = { full = 2 }")
    keys = [p.key for p in load_split(recipe.data, "train", 96)]
    assert [k for k in keys if k.startswith("full")] == ["full/train0", "full/train3"]
    assert sum(k.startswith("partial") for k in keys) == 6
    assert len(load_split(recipe.data, "val", 96)) == 6


def test_validation_photos_are_some_of_each_source_named(recipe):
    assert len(validation_photos(recipe)) == 6
    recipe = dataclasses.replace(recipe, validation=Validation(("partial",), each=2))
    assert [p.key for p in validation_photos(recipe)] == ["partial/val0", "partial/val1"]


def test_doubtful_pixels_of_one_source_become_254(recipe_path):
    recipe = with_setting(recipe_path, 'may_be = { full = ["other", "grass"] }')
    recipe_path.write_text(recipe_path.read_text() + '\n[[data.mend]]\nsource = "full"\ndoubt = ["grass"]\n')
    for photo in load_split(recipes.load(recipe_path).data, "train", 96):
        assert (photo.mask == 254).any()
        assert not (photo.mask == 2).any()


def test_large_photos_and_their_masks_shrink_together(recipe):
    for photo in load_split(recipe.data, "train", 40):
        assert max(photo.mask.shape) == 40
        assert photo.image.shape == (*photo.mask.shape, 3)


def test_mending_ignores_a_class_of_one_source_only(recipe_path):
    text = recipe_path.read_text(encoding="utf-8")
    recipe_path.write_text(text + '\n[[data.mend]]\nsource = "full"\nignore = ["grass"]\n', encoding="utf-8")
    for photo in load_split(recipes.load(recipe_path).data, "train", 96):
        assert (photo.mask == 2).any() == (photo.source == "other")


def test_the_ring_ignores_something_else_near_an_object_only():
    mask = np.full((80, 80), 254, dtype=np.uint8)
    mask[30:50, 30:50] = 1  # the square root of its area is 20 pixels
    ringed = ignore_ring(mask, 0.75)  # radius 15
    assert (ringed[30:50, 30:50] == 1).all()
    assert ringed[40, 60] == 255 and ringed[40, 22] == 255  # 11 and 8 pixels away
    assert ringed[40, 75] == 254 and ringed[5, 40] == 254  # 26 and 25 pixels away


def swap(folder, path, text):
    (folder / path).write_text(text)


BAD = {
    "mask of another size": (lambda f: Image.new("L", (7, 9)).save(f / "masks/full/train1.png"), "train1.png.*7x9"),
    "unknown value": (lambda f: Image.fromarray(np.full_like(np.asarray(Image.open(f / "masks/full/train1.png")), 77)).save(
        f / "masks/full/train1.png"), r"train1.png.*\[77\]"),
    "colour mask": (lambda f: Image.new("RGB", (7, 9)).save(f / "masks/full/train1.png"), "train1.png.*RGB"),
    "unreadable photo": (lambda f: swap(f, "images/full/train1.jpg", "not a photo"), "train1.jpg.*cannot be read"),
    "cut-off photo": (lambda f: (f / "images/full/train1.jpg").write_bytes((f / "images/full/train1.jpg").read_bytes()[:300]),
                      "train1.jpg.*cannot be read"),
    "unreadable mask": (lambda f: swap(f, "masks/full/train1.png", "no"), "train1.png.*cannot be read"),
    "missing photo": (lambda f: (f / "images/full/train1.jpg").unlink(), "full/train1.*missing"),
    "missing mask": (lambda f: (f / "masks/full/train1.png").unlink(), "train1.png.*missing"),
    "empty split": (lambda f: swap(f, "splits/train.txt", "\n"), "train.txt.*empty"),
    "missing split": (lambda f: (f / "splits/train.txt").unlink(), "train.txt.*missing"),
    "photo listed twice": (lambda f: swap(f, "splits/train.txt", "full/train1\nfull/train1\n"), "train.txt.*twice"),
    "path out of the folder": (lambda f: swap(f, "splits/train.txt", "../secret\n"), "train.txt.*SOURCE/NAME"),
    "missing classes": (lambda f: (f / "classes.json").unlink(), "classes.json.*missing"),
    "classes of another form": (lambda f: swap(f, "classes.json", "[1]"), "classes.json.*form"),
    "class without a place": (lambda f: swap(f, "classes.json", json.dumps({"classes": [
        {"id": i, "name": n} for i, n in enumerate(["background", "red square", "blue square", "grass", "moon"])]})),
        "classes.json.*moon"),
    "nothing else to be": (lambda f: swap(f, "classes.json", (f / "classes.json").read_text().replace("[1, 2]", "[0, 1, 3]")),
                           "partial/train0.*annotates every class"),
    "included class unknown": (lambda f: swap(f, "classes.json", json.dumps({"classes": [{"id": 0, "name": "background"}]})),
                               "red square"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_data_is_an_error_that_names_the_file(recipe, data_folder, name):
    load_split(recipe.data, "train", 96)  # good before
    spoil, message = BAD[name]
    spoil(data_folder)
    with pytest.raises(TrainingError, match=message):
        load_split(recipe.data, "train", 96)
