"""Trains a vgg16-classifier from labelled crops, in minutes; a run that is stopped begins anew.

The first stage keeps all convolutions: the features of `labels.crops` crops are computed once, and the fully connected
layers learn from them. The later stages draw new crops in every step and also train the convolutions from
`labels.tune_from` on. Each stage has its own warm-up and cosine.
"""

import dataclasses
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from . import checkpoint
from .classifier import VggClassifier, from_fcn
from .data import class_map, load_split
from .errors import TrainingError
from .evaluate import normalise
from .labels import CropSampler
from .classify_evaluate import accuracy, measured_crops
from .recipe import Recipe, Stage
from .train import PRINT_EVERY_S, Average, bf16_is_fast, learning_rate, make_optimiser

FEATURE_BATCH = 32


def build_classifier(recipe: Recipe) -> VggClassifier:
    """The recipe's net, before any training and without its warm start."""
    settings = recipe.net
    return VggClassifier(len(recipe.shipped), settings.width, settings.fc_channels, settings.dropout)


class ClassifierTrainer:
    def __init__(self, recipe: Recipe, run: Path, autocast: bool | None = None, say: Callable[[str], None] = print):
        self.recipe, self.run, self.say = recipe, run, say
        self.autocast = bf16_is_fast(torch.device("cpu")) if autocast is None else autocast
        torch.manual_seed(recipe.schedule.seed)
        mapping = class_map(recipe.data)
        photos = load_split(recipe.data, "train", recipe.long_side)
        validation = load_split(recipe.data, "val", recipe.long_side)
        self.sampler = CropSampler(recipe, mapping, photos, recipe.schedule.seed)
        self.validation = measured_crops(recipe, mapping, validation)
        self.net = build_classifier(recipe)
        if recipe.net.warm_start:
            if not recipe.net.warm_start.exists():
                raise TrainingError(f"{recipe.net.warm_start}: the warm start's weights are missing.")
            from_fcn(self.net, load_file(recipe.net.warm_start))
        self.net.to(memory_format=torch.channels_last)
        self.kept, self.tuned = self.net.split(recipe.labels.tune_from)
        self.step, self.curves, self.started = 0, [], time.monotonic()
        say(f"{len(photos)} photos to train on, {len(validation)} to validate; "
            f"{sum(p.numel() for p in self.net.parameters()) / 1e6:.2f} M parameters; {'bf16' if self.autocast else 'f32'}")

    def fit(self) -> None:
        first, *later = self.recipe.schedule.stages
        with torch.no_grad():
            features, labels = self._features(first)
        rng = self.sampler.sampler.rng

        def stored() -> tuple[Tensor, Tensor]:
            chosen = torch.from_numpy(rng.integers(len(labels), size=first.batch))
            return self.net.classifier(features[chosen].float()), labels[chosen]

        self._stage(first, self.net.classifier, stored)
        for stage in later:
            # Parameters of self.net itself: only what is trained gets averaged and saved anew.
            self._stage(stage, nn.ModuleList([self.tuned, self.net.classifier]), lambda: self._fresh(stage))

    def _features(self, stage: Stage) -> tuple[Tensor, Tensor]:
        """f16 [crops, 7 x 7 x channels], i64 [crops]"""
        count, said = self.recipe.labels.crops, time.monotonic()
        # One piece from the beginning: small pieces kept between large ones that are freed cost many times their size.
        features = torch.empty(count, self.net.classifier[0].in_features, dtype=torch.float16)
        labels = torch.empty(count, dtype=torch.int64)
        for start in range(0, count, FEATURE_BATCH):
            part = slice(start, min(start + FEATURE_BATCH, count))
            crops = self.sampler.batch(stage, part.stop - start)
            with torch.autocast("cpu", torch.bfloat16, enabled=self.autocast):
                features[part] = self.net.features(normalise(crops.images, self.net)).flatten(1).half()
            labels[part] = crops.labels
            if time.monotonic() - said > PRINT_EVERY_S:
                self.say(f"features of {part.stop} of {count} crops")
                said = time.monotonic()
        return features, labels

    def _fresh(self, stage: Stage) -> tuple[Tensor, Tensor]:
        crops = self.sampler.batch(stage)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.autocast):
            with torch.no_grad():
                x = self.kept(normalise(crops.images, self.net))
            return self.net.classifier(self.tuned(x).flatten(1)).float(), crops.labels

    def _stage(self, stage: Stage, trained: nn.Module, scores: Callable[[], tuple[Tensor, Tensor]]) -> None:
        schedule = dataclasses.replace(self.recipe.schedule, stages=(stage,))
        backbone = {id(p) for p in self.net.backbone_parameters()}
        trained.backbone_parameters = lambda: [p for p in trained.parameters() if id(p) in backbone]
        optimiser, average = make_optimiser(trained, schedule), Average(trained, schedule.ema)
        losses, said = [], time.monotonic()
        for step in range(stage.steps):
            for group in optimiser.param_groups:
                group["lr"] = learning_rate(schedule, step) * group["factor"]
            self.net.train()
            found, labels = scores()
            loss = F.cross_entropy(found, labels)
            if not math.isfinite(loss.item()):
                raise TrainingError(f"the loss is {loss.item()} at step {self.step}; lower schedule.lr and start again.")
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(trained.parameters(), 5.0)
            optimiser.step()
            average.update(trained)
            losses.append(loss.item())
            self.step += 1
            if time.monotonic() - said > PRINT_EVERY_S:
                self.say(f"step {self.step} loss {np.mean(losses[-100:]):.4f}")
                said = time.monotonic()
            if (step + 1) % schedule.validate_every == 0 or step + 1 == stage.steps:
                current = {k: v.clone() for k, v in trained.state_dict().items()}
                trained.load_state_dict(average.values)
                self._validate(float(np.mean(losses)))
                if step + 1 < stage.steps:  # the next stage goes on from the average
                    trained.load_state_dict(current)
                losses = []

    def _validate(self, train_loss: float) -> None:
        """Measures the net as it is, and saves it."""
        self.net.eval()
        matrix = self.validation.confusion(self.net, self.autocast)
        minutes = (time.monotonic() - self.started) / 60
        self.curves.append({"step": self.step, "minutes": round(minutes, 2), "train_loss": round(train_loss, 4),
                            "score": {"accuracy": round(accuracy(matrix), 4)}})
        recall = np.diag(matrix) / np.maximum(1, matrix.sum(axis=1))
        self.say(f"step {self.step} {minutes:.1f} min, loss {train_loss:.4f}, validation accuracy {accuracy(matrix):.4f} | "
                 + " ".join(f"{c.name} {r:.2f}" for c, r in zip(self.recipe.shipped.values(), recall)))
        state: dict[str, Any] = {"fingerprint": self.recipe.fingerprint(), "net": self.net.state_dict(), "step": self.step,
                                 "minutes": minutes, "curves": self.curves}
        checkpoint.save(self.run / "best.pt", state)
