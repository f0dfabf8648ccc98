"""How well a vgg16-classifier does: on single crops, and as a map of whole photos' windows."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .classifier import CELLS, SIDE, VggClassifier
from .data import ClassMap, Photo
from .evaluate import STRIDE, normalise, prepare
from .labels import CropSampler, Labeller, as_tensor
from .recipe import Recipe

BATCH = 32


def accuracy(matrix: np.ndarray) -> float:
    """Share of a confusion matrix's counts on its diagonal."""
    return float(np.trace(matrix) / max(1, matrix.sum()))


@dataclass
class MeasuredCrops:
    """Crops of one split, drawn without colour changes, `labels.measured` of each class that it has."""

    images: list[np.ndarray]
    labels: list[int]
    photos: list[set[str]]
    """Which photos each class's crops come from."""

    @torch.no_grad()
    def confusion(self, net: VggClassifier, autocast: bool = False) -> np.ndarray:
        """i64 [classes, classes]: rows truth, columns what scores highest."""
        matrix = np.zeros((net.classes, net.classes), dtype=np.int64)
        for start in range(0, len(self.labels), BATCH):
            x = normalise(as_tensor(self.images[start : start + BATCH]), net)
            with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
                found = net(x).argmax(dim=1).numpy()
            np.add.at(matrix, (self.labels[start : start + BATCH], found), 1)
        return matrix


def measured_crops(recipe: Recipe, mapping: ClassMap, photos: list[Photo]) -> MeasuredCrops:
    sampler = CropSampler(recipe, mapping, photos, recipe.schedule.seed)
    scale = recipe.schedule.stages[0].scale
    images, labels, keys = [], [], [set() for _ in recipe.shipped]
    for channel in sorted(sampler.present):
        for _ in range(recipe.labels.measured):
            image, key = sampler.draw(channel, scale)
            images.append(image)
            labels.append(channel)
            keys[channel].add(key)
    return MeasuredCrops(images, labels, keys)


@dataclass
class MapCounts:
    """Cells of photos' maps: how many could be judged by a measure, and how many were right."""

    right: dict[str, int] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)
    photos: int = 0
    small: int = 0
    """Photos too small for one window."""

    def add(self, measure: str, truth: int | None, found: int) -> None:
        if truth is not None:
            self.cells[measure] = self.cells.get(measure, 0) + 1
            self.right[measure] = self.right.get(measure, 0) + int(truth == found)

    def as_json(self) -> dict[str, Any]:
        shares = {m: {"accuracy": round(self.right[m] / n, 4), "cells": n} for m, n in self.cells.items()}
        return shares | {"photos": self.photos, "too_small": self.small}


def enlarge(photo: Photo, long_side: int) -> Photo:
    """At exactly this long side. The engine never enlarges; the data's photos are smaller than what people show it."""
    h, w = photo.mask.shape
    size = (max(1, round(w * long_side / max(h, w))), max(1, round(h * long_side / max(h, w))))
    image, mask = Image.fromarray(photo.image), Image.fromarray(photo.mask)
    return Photo(photo.key, photo.source, np.asarray(image.resize(size, Image.Resampling.BILINEAR)),
                 np.asarray(mask.resize(size, Image.Resampling.NEAREST)))


@torch.no_grad()
def score_map(net: VggClassifier, image: np.ndarray) -> Tensor | None:
    """f32 [classes, rows, columns] of a photo at its own size, padded as the engine does; None if it is too small."""
    x = prepare(image)
    return net.forward_map(normalise(x, net))[0] if min(x.shape[2:]) >= SIDE else None


def map_counts(net: VggClassifier, recipe: Recipe, photos: list[Photo], long_side: int | None = None) -> MapCounts:
    """Each cell's highest class against the pixel in the middle of its window (`centre`), the class with most pixels in
    the window (`majority`), and the label that training would have given the window (`label`). A cell counts where the
    truth is one of the model's classes. Windows may reach into the padding.
    """
    labeller, counts = Labeller(recipe), MapCounts()
    for photo in photos:
        photo = enlarge(photo, long_side) if long_side else photo
        scores = score_map(net, photo.image)
        if scores is None:
            counts.small += 1
            continue
        counts.photos += 1
        found = scores.argmax(dim=0).numpy()
        rows, columns = found.shape
        mask = np.full(((rows + CELLS - 1) * STRIDE, (columns + CELLS - 1) * STRIDE), 255, dtype=np.uint8)
        h, w = photo.mask.shape
        mask[:h, :w] = photo.mask
        for y, x in np.ndindex(rows, columns):
            window = mask[y * STRIDE : y * STRIDE + SIDE, x * STRIDE : x * STRIDE + SIDE]
            winner = int(found[y, x])
            counts.add("centre", labeller.channel.get(int(window[SIDE // 2, SIDE // 2])), winner)
            counts.add("majority", labeller.majority(window), winner)
            counts.add("label", labeller.label(window), winner)
    return counts


def measure(net: VggClassifier, recipe: Recipe, mapping: ClassMap, photos: list[Photo], long_sides: tuple[int, ...]) -> dict[str, Any]:
    """Everything, as model.json has it."""
    crops = measured_crops(recipe, mapping, photos)
    matrix = crops.confusion(net)
    names = [c.name for c in recipe.shipped.values()]
    totals = matrix.sum(axis=1)
    return {
        "score": {
            "accuracy": round(accuracy(matrix), 4),
            "class_accuracy": {n: round(float(matrix[i, i] / totals[i]), 4) if totals[i] else None for i, n in enumerate(names)},
            "class_crops": dict(zip(names, totals.tolist())),
            "class_photos": {n: len(keys) for n, keys in zip(names, crops.photos)},
            "confusion": matrix.tolist(),
        },
        "crops": int(totals.sum()),
        "map": {"own size": map_counts(net, recipe, photos).as_json()}
        | {str(side): map_counts(net, recipe, photos, side).as_json() for side in long_sides},
        "photos": len(photos),
    }
