import dataclasses

import numpy as np
import torch

from fcn_training.augment import PAD_COLOR, Crop, colour_batch, cut, paste
from fcn_training.data import Photo, class_map, load_extra, load_split
from fcn_training.sampler import Sampler


def two_halves(h=64, w=96):
    """Left half black and class 0, right half white and class 1, with soft labels that say the same."""
    mask = np.zeros((h, w), dtype=np.uint8)
    mask[:, w // 2 :] = 1
    image = np.repeat(mask[:, :, None] * 255, 3, axis=2).astype(np.uint8)
    soft = np.zeros((h // 4, w // 4, 2), dtype=np.uint8)
    soft[:, : w // 8, 0] = soft[:, w // 8 :, 1] = 255
    return Photo("a/b", "a", image, mask), soft


def test_photo_mask_and_soft_labels_stay_aligned():
    photo, soft = two_halves()
    rng = np.random.default_rng(0)
    for _ in range(40):
        crop = cut(photo, soft, (rng.uniform(0, 64), rng.uniform(0, 96)), rng.uniform(20, 150), rng.uniform(0.8, 1.2), 64,
                   bool(rng.random() < 0.5))
        inside = crop.mask < 2
        agrees = (crop.image[:, :, 0] > 127) == (crop.mask == 1)
        assert agrees[inside].mean() > 0.98
        fine = np.kron(crop.soft.argmax(axis=2), np.ones((4, 4))).astype(np.uint8)
        assert (fine == crop.mask)[inside].mean() > 0.9
        given = np.kron(crop.soft.sum(axis=2) > 127, np.ones((4, 4))) > 0
        assert (given == inside).all()


def test_beyond_the_photo_there_is_no_label():
    photo, _ = two_halves()
    crop = cut(photo, None, (32, 48), 192, 1.0, 64, False)
    assert crop.mask[0, 0] == 255 and tuple(crop.image[0, 0]) == PAD_COLOR
    assert crop.mask[32, 20] == 0 and crop.mask[32, 44] == 1


def test_pasting_brings_photo_label_and_soft_label():
    scene = Crop(np.zeros((64, 64, 3), np.uint8), np.zeros((64, 64), np.uint8),
                 np.full((16, 16, 2), (255, 0), dtype=np.uint8))
    photo, _ = two_halves()
    for seed in range(20):
        result = paste(scene, photo, np.array([False, True]), np.random.default_rng(seed))
        pasted = result.mask == 1
        assert pasted.any()
        assert (result.image[pasted] > 120).all() and (result.image[~pasted] <= 135).all()
        cells = pasted.reshape(16, 4, 16, 4).mean(axis=(1, 3))
        assert np.abs(result.soft[:, :, 1] / 255 - cells).max() < 0.02
    assert (scene.mask == 0).all()


def test_colour_changes_keep_range_and_follow_strength_and_generator():
    images = torch.rand(4, 3, 16, 16)
    assert torch.equal(colour_batch(images, 0.0, np.random.default_rng(0)), images)
    a, b, c = (colour_batch(images, 1.0, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert torch.equal(a, b) and not torch.equal(a, c)
    assert a.min() >= 0 and a.max() <= 1 and (a - images).abs().mean() > 0.01


def test_rare_classes_are_drawn_often(recipe):
    photos = load_split(recipe.data, "train", 96)
    for photo in photos:  # class 1 remains in one photo only
        if photo.key != "full/train0":
            photo.mask.flags.writeable = True
            photo.mask[photo.mask == 1] = 255
    sampler = Sampler(recipe, class_map(recipe.data), photos, None, 0)
    drawn = [photos[sampler._draw()[0]].key for _ in range(600)]
    # class-balanced draws are half of all, a third of them for this class: 1/6, and 1/24 from the other half
    assert 0.14 < drawn.count("full/train0") / 600 < 0.35


def test_a_class_of_weight_zero_is_not_drawn_for_itself(recipe):
    photos = load_split(recipe.data, "train", 96)
    augment = dataclasses.replace(recipe.augment, class_balanced=1.0, class_weight={"other": 0.0, "grass": 0.0})
    sampler = Sampler(dataclasses.replace(recipe, augment=augment), class_map(recipe.data), photos, None, 0)
    for _ in range(50):
        index, (y, x) = sampler._draw()
        assert photos[index].mask[int(y), int(x)] == 1


def test_extra_photos_are_all_of_one_class(recipe_path):
    text = recipe_path.read_text(encoding="utf-8").replace("[data]\n", '[data]\nextra = "data"\nextra_class = "grass"\n')
    recipe_path.write_text(text, encoding="utf-8")
    from fcn_training import recipe as recipes

    extra = load_extra(recipes.load(recipe_path).data, 40)
    assert len(extra) == 12
    assert all((p.mask == 2).all() and max(p.mask.shape) == 40 for p in extra)


def test_cutouts_are_drawn_by_class_from_the_sources_that_have_them(recipe):
    photos = load_split(recipe.data, "train", 96)
    data = dataclasses.replace(recipe.data, paste={"partial": ("square",), "full": ("grass",)})
    sampler = Sampler(dataclasses.replace(recipe, data=data), class_map(recipe.data), photos, None, 0)
    assert [c for c, _, _ in sampler.cutouts] == [1, 2]
    for (_, indices, chances), source in zip(sampler.cutouts, ("partial", "full")):
        assert len(indices) and {photos[i].source for i in indices} == {source}
        assert abs(chances.sum() - 1) < 1e-9
