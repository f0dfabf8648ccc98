"""The training loop: any net of this package, any recipe.

A run folder holds last.pt (to resume from), best.pt (the averaged weights that did best on validation: by mIoU, or
with `[validation]` by the mean of mIoU and of the share that convinces) and curves.json. SIGINT and SIGTERM end a run after the step at hand, with a checkpoint; starting it again goes on.
"""

import json
import math
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from . import checkpoint
from .convince import convinced
from .data import ClassMap, Photo, class_map, load_extra, load_split, validation_photos
from .efficientnet_fcn import FcnEfficientNetLite
from .errors import TrainingError
from .evaluate import evaluate, normalise
from .loss import heads_loss
from .net import FcnVgg16, calibrate, warm_start
from .nets import build_net
from .recipe import Recipe, Schedule, Stage
from .sampler import Batch, Sampler
from .trial import load_trial

SAVE_EVERY_S = 120.0
PRINT_EVERY_S = 20.0


def learning_rate(schedule: Schedule, step: int) -> float:
    """Linear warm-up, then cosine to zero at the last step; or constant, and linear to zero in the cooldown."""
    total = sum(stage.steps for stage in schedule.stages)
    if step < schedule.warmup:
        return schedule.lr * (step + 1) / schedule.warmup
    if schedule.cooldown:
        return schedule.lr * min(1.0, max(0, total - step) / schedule.cooldown)
    progress = (step - schedule.warmup) / max(1, total - schedule.warmup)
    return schedule.lr * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))


def stage_at(schedule: Schedule, step: int) -> Stage:
    for stage in schedule.stages:
        if step < stage.steps:
            return stage
        step -= stage.steps
    return schedule.stages[-1]


def make_optimiser(net: nn.Module, schedule: Schedule) -> torch.optim.AdamW:
    """AdamW; batch norm and biases do not decay; the pre-trained part has its own rate (the group's `factor`)."""
    backbone = {id(p) for p in net.backbone_parameters()}
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for p in net.parameters():
        groups.setdefault((id(p) in backbone, p.ndim > 1), []).append(p)
    return torch.optim.AdamW(
        [{"params": ps, "factor": schedule.backbone_lr if old else 1.0,
          "weight_decay": schedule.weight_decay if decays else 0.0} for (old, decays), ps in groups.items()],
        lr=schedule.lr,
    )


class Average:
    """Exponential moving average of weights and batch-norm statistics."""

    def __init__(self, net: nn.Module, decay: float):
        self.decay, self.steps = decay, 0
        self.values = {k: v.detach().clone() for k, v in net.state_dict().items() if v.is_floating_point()}

    @torch.no_grad()
    def update(self, net: nn.Module) -> None:
        self.steps += 1
        state = net.state_dict()
        # Early on the average follows closely, or it would remember the beginning for too long.
        rate = 1 - min(self.decay, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(list(self.values.values()), [state[k] for k in self.values], rate)


class Trainer:
    def __init__(self, recipe: Recipe, run: Path, device: str = "cpu", autocast: bool | None = None,
                 soft_labels: Path | None = None, say: Callable[[str], None] = print):
        self.recipe, self.run, self.device, self.say = recipe, run, torch.device(device), say
        self.autocast = bf16_is_fast(self.device) if autocast is None else autocast
        torch.manual_seed(recipe.schedule.seed)
        self.mapping: ClassMap = class_map(recipe.data)
        photos = load_split(recipe.data, "train", recipe.long_side) + load_extra(recipe.data, recipe.long_side)
        self.validation: list[Photo] = validation_photos(recipe)
        soft = load_soft(recipe, soft_labels) if recipe.loss.teacher else None
        self.sampler = Sampler(recipe, self.mapping, photos, soft, recipe.schedule.seed)
        path = run / "last.pt"
        self.net = build_net(recipe, pretrained=not path.exists()).to(self.device, memory_format=torch.channels_last)
        self.step, self.minutes, self.best, self.curves = 0, 0.0, -1.0, []
        if not path.exists() and recipe.net.warm_start:
            self._warm_start()
        self.average = Average(self.net, recipe.schedule.ema)
        self.optimiser = make_optimiser(self.net, recipe.schedule)
        self.stopped = False
        self.losses: list[float] = []  # since the last validation
        self.last_soft = 0.0
        if path.exists():
            self._restore(checkpoint.load(path, recipe.fingerprint()))
        say(f"{len(photos)} photos to train on, {len(self.validation)} to validate; "
            f"{sum(p.numel() for p in self.net.parameters()) / 1e6:.2f} M parameters; step {self.step} of {self.total}; "
            f"{self.device}, {'bf16' if self.autocast else 'f32'}")

    @property
    def total(self) -> int:
        return sum(stage.steps for stage in self.recipe.schedule.stages)

    def _warm_start(self) -> None:
        settings = self.recipe.net
        if isinstance(self.net, FcnEfficientNetLite):
            load_trial(self.net, settings.warm_start)
            return
        if not isinstance(self.net, FcnVgg16):
            raise TrainingError(f"net.warm_start is not for the architecture {settings.architecture}.")
        manifest = json.loads(settings.warm_start_model.read_text(encoding="utf-8"))
        merge = torch.zeros(self.recipe.classes, len(manifest["classes"]))
        for old, entry in enumerate(manifest["classes"]):
            for new, c in enumerate(self.recipe.data.classes):
                if entry["name"] == c.name or entry["name"] in c.includes:
                    merge[new, old] = 1
        warm_start(self.net, settings.warm_start, merge)
        stage = Stage(1, 128, 32, (0.5, 1.5))
        calibrate(self.net, [normalise(self.sampler.batch(stage).images, self.net) for _ in range(4)])

    def train_step(self) -> float:
        """One batch; returns the finest head's loss (labels and marginal)."""
        schedule = self.recipe.schedule
        batch = self.sampler.batch(stage_at(schedule, self.step))
        offset = tuple(int(v) for v in self.sampler.rng.integers(4, size=2))
        if self.device.type != "cpu":
            batch = Batch(*(t.to(self.device) if isinstance(t, Tensor) else t for t in vars(batch).values()))
        rate = learning_rate(schedule, self.step)
        for group in self.optimiser.param_groups:
            group["lr"] = rate * group["factor"]
        self.net.train()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.autocast):
            heads = self.net(normalise(batch.images, self.net))
        parts = heads_loss(heads, batch, self.recipe.loss, offset)
        if not math.isfinite(parts.total.item()):
            raise TrainingError(f"the loss is {parts.total.item()} at step {self.step}; lower schedule.lr and start again "
                                "from the last checkpoint.")
        self.optimiser.zero_grad(set_to_none=True)
        parts.total.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimiser.step()
        self.average.update(self.net)
        self.step += 1
        self.losses.append(parts.named)
        self.last_soft = parts.soft
        return parts.named

    def fit(self, stop_at: int | None = None) -> None:
        """Trains to the end of the schedule (or to step `stop_at`), validating and saving on the way."""
        handlers = {s: signal.signal(s, self._stop) for s in (signal.SIGINT, signal.SIGTERM)}
        started, before = time.monotonic(), self.minutes
        saved = printed = started
        printed_step = self.step
        end = min(self.total, stop_at or self.total)
        try:
            while self.step < end and not self.stopped:
                self.train_step()
                now = time.monotonic()
                self.minutes = before + (now - started) / 60
                if now - printed > PRINT_EVERY_S:
                    pace = (self.step - printed_step) / (now - printed)
                    self.say(f"step {self.step}/{self.total} loss {np.mean(self.losses[-100:]):.4f} soft {self.last_soft:.4f} "
                             f"lr {self.optimiser.param_groups[-1]['lr']:.2e} {pace:.2f} steps/s, "
                             f"{(self.total - self.step) / max(pace, 1e-9) / 60:.0f} min left")
                    printed, printed_step = now, self.step
                if self.step % self.recipe.schedule.validate_every == 0 or self.step == self.total:
                    self._validate()
                    self.save()
                    saved = printed = time.monotonic()
                    printed_step = self.step
                elif now - saved > SAVE_EVERY_S:
                    self.save()
                    saved = time.monotonic()
        finally:
            for s, handler in handlers.items():
                signal.signal(s, handler)
        self.save()
        if self.stopped:
            self.say(f"stopped at step {self.step}; start again to go on from here")

    def _stop(self, *_: Any) -> None:
        self.stopped = True

    def averaged(self) -> nn.Module:
        """A copy of the net with the averaged weights."""
        copy = build_net(self.recipe, pretrained=False).to(self.device, memory_format=torch.channels_last)
        state = self.net.state_dict()
        copy.load_state_dict({k: self.average.values.get(k, v) for k, v in state.items()})
        return copy.eval()

    def _validate(self) -> None:
        # Evaluation draws no random numbers, and building the copy must not either.
        rng = torch.get_rng_state()
        net = self.averaged()
        torch.set_rng_state(rng)
        result = evaluate(net, self.validation, self.recipe, self.mapping, autocast=self.autocast)
        summary = result.summary()
        finest = result.finest
        self.curves.append({
            "step": self.step, "minutes": round(self.minutes, 2),
            "train_loss": round(float(np.mean(self.losses)), 4) if self.losses else None, "val_loss": round(result.loss, 4),
            **{head: {"pixel_accuracy": s["pixel_accuracy"], "miou": s["miou"]} for head, s in summary.items()},
            "iou": summary[finest]["iou"],
        })
        self.losses = []
        score = summary[finest]["miou"]
        if self.recipe.validation.sources:
            found = convinced(result, self.recipe)
            self.curves[-1] |= {"convince": found}
            score = (found["share"] + found["miou"]) / 2
            sources = " ".join(f"{s} {v['share']:.2f}" for s, v in found["per_source"].items())
            self.say(f"step {self.step} convince {found['share']:.3f} mIoU {found['miou']:.3f} "
                     f"coarse {found['coarse_miou']:.3f}; {sources}")
        self.say(f"step {self.step} validation: loss {result.loss:.4f} " + " ".join(
            f"{head} {s['pixel_accuracy']:.3f}/{s['miou']:.3f}" for head, s in summary.items()) +
            " | " + " ".join(f"{k} {v if v is None else round(v, 2)}" for k, v in summary[finest]["iou"].items()))
        self.run.mkdir(parents=True, exist_ok=True)
        (self.run / "curves.json").write_text(json.dumps(self.curves, indent=1), encoding="utf-8")
        if score > self.best:
            self.best = score
            checkpoint.save(self.run / "best.pt", {
                "fingerprint": self.recipe.fingerprint(), "net": net.state_dict(), "step": self.step,
                "minutes": self.minutes, "curves": self.curves})

    def save(self) -> None:
        checkpoint.save(self.run / "last.pt", {
            "fingerprint": self.recipe.fingerprint(), "step": self.step, "minutes": self.minutes, "best": self.best,
            "curves": self.curves, "losses": self.losses, "net": self.net.state_dict(), "average": self.average.values,
            "average_steps": self.average.steps, "optimiser": self.optimiser.state_dict(),
            "torch_rng": torch.get_rng_state(), "rng": self.sampler.rng.bit_generator.state})

    def _restore(self, state: dict[str, Any]) -> None:
        self.net.load_state_dict(state["net"])
        factors = [g["factor"] for g in self.optimiser.param_groups]
        self.optimiser.load_state_dict(state["optimiser"])
        for group, factor in zip(self.optimiser.param_groups, factors):
            group["factor"] = factor  # the recipe's, should it have changed
        for k, v in state["average"].items():
            self.average.values[k].copy_(v)
        self.average.steps = state["average_steps"]
        self.step, self.minutes, self.best = state["step"], state["minutes"], state["best"]
        self.curves = state["curves"]
        self.losses = state["losses"]
        torch.set_rng_state(state["torch_rng"])
        self.sampler.rng.bit_generator.state = state["rng"]


def bf16_is_fast(device: torch.device) -> bool:
    """Whether convolutions in bfloat16 pay on this device."""
    if device.type == "cpu":
        return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return device.type == "cuda" and torch.cuda.is_bf16_supported()


def load_soft(recipe: Recipe, path: Path | None) -> dict[str, np.ndarray]:
    """The teacher's soft labels: photo key -> u8 [ceil(h/4), ceil(w/4), classes]."""
    if path is None or not path.exists():
        raise TrainingError(f"{path or 'train'}: the soft labels of the teacher {recipe.loss.teacher} are missing; write them "
                            "with `soft-labels`, name the file with --soft-labels, or take loss.teacher out of the recipe.")
    soft = {k: v.numpy() for k, v in load_file(path).items()}
    for key, cells in soft.items():
        if cells.ndim != 3 or cells.shape[2] != recipe.classes:
            raise TrainingError(f"{path}: {key} has the shape {list(cells.shape)}, not [h/4, w/4, {recipe.classes}].")
    return soft
