"""Draws the training batches: balanced over sources and over classes, with cut-outs pasted in.

A batch is a function of the photos, the settings and the generator's state only. The state goes into the checkpoint, so
a resumed run draws what the uninterrupted one would have drawn.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .augment import colour_batch, cut, paste
from .data import ClassMap, Photo
from .recipe import Recipe, Stage

ENOUGH = 0.004
"""A photo counts as showing a class from this share of its pixels on."""


@dataclass
class Batch:
    images: Tensor
    """f32 [n, 3, c, c], RGB 0-1 after colour changes; not normalised yet"""
    masks: Tensor
    """u8 [n, c, c]"""
    unannotated: Tensor
    """bool [n, classes]: what 254 may be in each crop"""
    soft: Tensor | None
    """f32 [n, classes, c/4, c/4]"""


class Sampler:
    def __init__(self, recipe: Recipe, mapping: ClassMap, photos: list[Photo], soft: dict[str, np.ndarray] | None,
                 seed: int):
        self.recipe, self.mapping, self.photos, self.soft = recipe, mapping, photos, soft
        self.rng = np.random.default_rng(seed)
        sources = sorted({p.source for p in photos})
        self.by_source = [np.array([i for i, p in enumerate(photos) if p.source == s]) for s in sources]
        weights = np.array([recipe.data.source_weight.get(s, 1.0) for s in sources])
        self.source_chance = weights / weights.sum()
        counts = np.stack([np.bincount(p.mask.ravel(), minlength=256)[: recipe.classes] for p in photos])
        sizes = np.array([p.mask.size for p in photos])[:, None]
        shown = counts >= ENOUGH * sizes
        self.by_class = [np.nonzero(shown[:, c])[0] for c in range(recipe.classes)]
        self.present = [c for c in range(recipe.classes) if len(self.by_class[c])]
        drawn = np.array([recipe.augment.class_weight.get(recipe.data.classes[c].name, 1.0) for c in self.present])
        self.draw_chance = drawn / drawn.sum()
        # A photo that is drawn for a class is drawn by the class's source weights, too.
        source_of = {s: w for s, w in zip(sources, self.source_chance * len(sources))}

        def chances(indices: np.ndarray) -> np.ndarray:
            chance = np.array([source_of[photos[i].source] / np.sqrt(len(self.by_source[sources.index(photos[i].source)]))
                               for i in indices])
            return chance / chance.sum() if len(chance) else chance

        self.class_chance = [chances(indices) for indices in self.by_class]
        # (class, photos that it is cut out of, their chances): the class is drawn first, so that no source's people
        # drown the rest.
        self.cutouts: list[tuple[int, np.ndarray, np.ndarray]] = []
        for c, entry in enumerate(recipe.data.classes):
            given = [i for i in self.by_class[c] if entry.name in recipe.data.paste.get(photos[i].source, ())]
            if given:
                self.cutouts.append((c, np.array(given), chances(np.array(given))))

    def batch(self, stage: Stage) -> Batch:
        rng, crops, allowed = self.rng, [], []
        for _ in range(stage.batch):
            index, center = self._draw()
            photo = self.photos[index]
            h, w = photo.mask.shape
            if center is None:
                center = (rng.uniform(0, h), rng.uniform(0, w))
            scale = np.exp(rng.uniform(np.log(stage.scale[0]), np.log(stage.scale[1])))
            aspect = np.exp(rng.normal(0, 0.1))
            soft = self.soft.get(photo.key) if self.soft is not None else None
            crop = cut(photo, soft, center, stage.crop / scale, aspect, stage.crop, bool(rng.random() < 0.5))
            if photo.source in self.recipe.data.paste_into and self.cutouts and rng.random() < self.recipe.augment.paste:
                c, given, chance = self.cutouts[rng.integers(len(self.cutouts))]
                crop = paste(crop, self.photos[rng.choice(given, p=chance)], np.arange(self.recipe.classes) == c, rng)
            crops.append(crop)
            allowed.append(self.mapping.unannotated(photo.source))
        images = torch.from_numpy(np.stack([c.image for c in crops])).permute(0, 3, 1, 2).contiguous().float() / 255
        soft_batch = None
        if self.soft is not None:
            cells = (c.soft if c.soft is not None else np.zeros((stage.crop // 4, stage.crop // 4, self.recipe.classes), np.uint8)
                     for c in crops)
            soft_batch = torch.from_numpy(np.stack(list(cells))).permute(0, 3, 1, 2).contiguous().float() / 255
        return Batch(
            colour_batch(images, self.recipe.augment.colour, rng),
            torch.from_numpy(np.stack([c.mask for c in crops])),
            torch.from_numpy(np.stack(allowed)),
            soft_batch,
        )

    def _draw(self) -> tuple[int, tuple[float, float] | None]:
        """A photo's index, and where its crop is to be centred (None: anywhere)."""
        rng = self.rng
        if rng.random() >= self.recipe.augment.class_balanced:
            source = rng.choice(len(self.by_source), p=self.source_chance)
            return int(rng.choice(self.by_source[source])), None
        return self.point_of(self.present[rng.choice(len(self.present), p=self.draw_chance)])

    def point_of(self, c: int) -> tuple[int, tuple[float, float]]:
        """A photo's index, and one of its pixels (y, x) of class `c`, which must be present."""
        rng = self.rng
        index = int(rng.choice(self.by_class[c], p=self.class_chance[c]))
        flat = np.flatnonzero(self.photos[index].mask == c)
        y, x = divmod(int(flat[rng.integers(len(flat))]), self.photos[index].mask.shape[1])
        return index, (float(y), float(x))
