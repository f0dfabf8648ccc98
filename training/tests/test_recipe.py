from pathlib import Path

import pytest

from fcn_training import recipe as recipes
from fcn_training.__main__ import main
from fcn_training.errors import TrainingError

SHIPPED = sorted((Path(__file__).parents[1] / "recipes").glob("*.toml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_the_shipped_recipes_are_valid(path):
    recipe = recipes.load(path)
    assert recipe.classes >= 2
    assert recipe.name == path.stem


@pytest.mark.parametrize(("old", "new", "message"), [
    ("width = 2", "widht = 2", "widht"),
    ("width = 2", 'width = "two"', "width.*int"),
    ("width = 2", "width = true", "width.*int"),
    ("fc6_kernel = 3", "fc6_kernel = 2", "odd"),
    ("crop = 32", "crop = 33", "multiple of 32"),
    ("scale = [0.5, 1.0]", "scale = [0.5]", "2 values"),
    ("#ff0000", "red", "square.*'red'"),
    ('"blue square"]', '"red square"]', "twice"),
    ('architecture = "fcn-vgg16"', 'architecture = "fcn-vgg19"', "fcn-vgg19"),
    ('partial = ["square"]', 'partial = ["cube"]', "paste"),
    ("paste = 0.5", "class_weight = { cube = 2.0 }", "class_weight"),
    ('architecture = "fcn-vgg16"', 'architecture = "fcn-efficientnet-lite"', "lite0, lite1, lite2"),
    ("fc_channels = 8", "drop_path = 1.0", "drop_path"),
    ("other_weight = 0.5", "boundary_weight = 0.0", "boundary_weight"),
    ("[data]\n", "[data]\ntake = { full = 0 }\n", "data.take"),
    ("[data]\n", '[data]\nmay_be = { full = ["cube"] }\n', "may_be"),
    ("[data]\n", '[validation]\ncoarse = { cube = "other" }\n[data]\n', "validation.coarse"),
    ('name = "shapes"', "", '"name" is missing'),
    ('name = "shapes"', "name = ", "TOML"),
])
def test_a_bad_setting_is_refused_and_named(recipe_path, old, new, message):
    text = recipe_path.read_text(encoding="utf-8")
    assert old in text
    recipe_path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TrainingError, match=message):
        recipes.load(recipe_path)


def test_a_recipe_may_extend_another(recipe_path):
    path = recipe_path.parent / "wide.toml"
    path.write_text('name = "wide"\nextends = "shapes.toml"\n[net]\nwidth = 6\n', encoding="utf-8")
    wide = recipes.load(path)
    assert (wide.name, wide.net.width, wide.net.fc_channels) == ("wide", 6, 4096)  # the whole table is replaced
    assert wide.data == recipes.load(recipe_path).data


def test_the_models_name_is_its_recipes_own_and_no_part_of_the_net(recipe_path):
    before = recipes.load(recipe_path)
    recipe_path.write_text('model = "cut-outs"\n' + recipe_path.read_text(encoding="utf-8"), encoding="utf-8")
    path = recipe_path.parent / "wide.toml"
    path.write_text('name = "wide"\nextends = "shapes.toml"\n', encoding="utf-8")
    after = recipes.load(recipe_path)
    assert (before.model, after.model, recipes.load(path).model) == ("", "cut-outs", "")
    assert after.fingerprint() == before.fingerprint()  # a run that was begun before can be exported


def test_the_command_line_prints_the_error_and_fails(recipe_path, capsys):
    recipe_path.with_name("data").joinpath("splits/train.txt").unlink()
    assert main(["train", str(recipe_path), "--run", str(recipe_path.parent / "run")]) == 1
    assert "train.txt" in capsys.readouterr().err
