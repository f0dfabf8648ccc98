"""From masks to labels: one class for a crop of 224x224 pixels, and crops that are balanced by it.

A crop's label is the class with most of its labelled pixels, where pixels near the centre weigh more (a Gaussian), if it
has at least the recipe's share of them. 254 and the classes of `labels.without` count as something else, so they take
from that share; 255 counts for nothing, and of a crop half of the weight must be labelled.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .augment import colour_batch, cut
from .classifier import SIDE
from .data import IGNORE, ClassMap, Photo
from .errors import TrainingError
from .recipe import Recipe, Stage
from .sampler import Sampler

ENOUGH_LABELLED = 0.5
TRIES = 1000
"""Crops that are looked at for one of a class, before the class is given up."""


def centre_weight(side: int, sigma: float) -> np.ndarray:
    """f64 [side, side], sum 1: a Gaussian around the middle, `sigma` in sides."""
    along = np.exp(-0.5 * (((np.arange(side) + 0.5) / side - 0.5) / sigma) ** 2)
    weight = along[:, None] * along[None, :]
    return weight / weight.sum()


class Labeller:
    """Labels windows by the recipe's rule."""

    def __init__(self, recipe: Recipe):
        self.least = recipe.labels.least
        self.weight = centre_weight(SIDE, recipe.labels.sigma).ravel()
        self.channel = {value: i for i, value in enumerate(recipe.shipped)}
        """From a mask's value to the model's channel."""
        self.values = list(recipe.shipped)

    def label(self, mask: np.ndarray) -> int | None:
        """The channel of u8 [224, 224], or None where the rule gives none."""
        counts = np.bincount(mask.ravel(), weights=self.weight, minlength=256)
        labelled = 1 - counts[IGNORE]
        best = int(np.argmax(counts[self.values]))
        enough = labelled >= ENOUGH_LABELLED and counts[self.values[best]] >= self.least * labelled
        return best if enough else None

    def majority(self, mask: np.ndarray) -> int | None:
        """The channel of the class with most labelled pixels, all weighing the same; None if that is something else."""
        counts = np.bincount(mask.ravel(), minlength=256)[:IGNORE]
        return self.channel.get(int(counts.argmax())) if counts.any() else None


@dataclass
class Crops:
    images: Tensor
    """f32 [n, 3, 224, 224], RGB 0-1; not normalised yet"""
    labels: Tensor
    """i64 [n]"""


class CropSampler:
    """Draws labelled crops, every class as often. A function of the photos, the recipe and the seed."""

    def __init__(self, recipe: Recipe, mapping: ClassMap, photos: list[Photo], seed: int):
        self.recipe, self.photos = recipe, photos
        self.labeller = Labeller(recipe)
        self.sampler = Sampler(recipe, mapping, photos, None, seed)
        self.present = [self.labeller.channel[c] for c in self.sampler.present if c in self.labeller.channel]

    def draw(self, channel: int, scale: tuple[float, float]) -> tuple[np.ndarray, str]:
        """An image u8 [224, 224, 3] that the rule labels with `channel`, and its photo's key."""
        rng, value = self.sampler.rng, self.labeller.values[channel]
        for _ in range(TRIES):
            index, center = self.sampler.point_of(value)
            factor = np.exp(rng.uniform(np.log(scale[0]), np.log(scale[1])))
            aspect = np.exp(rng.normal(0, 0.1))
            crop = cut(self.photos[index], None, center, SIDE / factor, aspect, SIDE, bool(rng.random() < 0.5))
            if self.labeller.label(crop.mask) == channel:
                return crop.image, self.photos[index].key
        name = self.recipe.data.classes[value].name
        raise TrainingError(f"{TRIES} crops around pixels of {name} and none is labelled {name}; put it into labels.without, or "
                            "lower labels.least or a stage's scale.")

    def batch(self, stage: Stage, count: int | None = None) -> Crops:
        """Crops of classes drawn evenly, with the recipe's colour changes."""
        channels = self.sampler.rng.choice(self.present, count or stage.batch)
        images = as_tensor([self.draw(int(c), stage.scale)[0] for c in channels])
        return Crops(colour_batch(images, self.recipe.augment.colour, self.sampler.rng), torch.from_numpy(channels).long())


def as_tensor(images: list[np.ndarray]) -> Tensor:
    """u8 [h, w, 3] each -> f32 [n, 3, h, w] in 0-1."""
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).contiguous().float() / 255
