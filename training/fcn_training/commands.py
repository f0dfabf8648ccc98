"""The commands besides `train`."""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

from . import calibrate as calibration
from . import checkpoint
from .agree import NEEDED
from .agree import agree as compare
from .augment import PAD_COLOR, SOFT_STRIDE
from .convince import convinced
from .data import class_map, load_split, shrink, validation_photos
from .errors import TrainingError
from .evaluate import evaluate as run_evaluation
from .evaluate import probabilities
from .export import CALIBRATION, export_model, rewrite_words
from .nets import build_net, folded_net
from .recipe import Recipe
from .train import bf16_is_fast
from .trial import load_trial


def trained_net(recipe: Recipe, options: argparse.Namespace) -> tuple[nn.Module, dict[str, Any]]:
    """The run's best averaged net in evaluation mode, and its checkpoint; or the exported weights that were named."""
    weights = getattr(options, "weights", None)
    if weights is not None:
        if not weights.exists():
            raise TrainingError(f"{weights}: there is no such weights file.")
        return folded_net(load_file(weights)).to(memory_format=torch.channels_last), {}
    state = checkpoint.load(options.run / "best.pt", recipe.fingerprint())
    net = build_net(recipe, pretrained=False)
    net.load_state_dict(state["net"])
    return net.to(options.device, memory_format=torch.channels_last).eval(), state


def evaluate(recipe: Recipe, options: argparse.Namespace) -> None:
    """Prints the metrics of a split and writes them, with confusion matrices, into the run's folder."""
    net, state = trained_net(recipe, options)
    mapping = class_map(recipe.data)
    photos = load_split(recipe.data, options.split, recipe.long_side, most=dict.fromkeys(options.sources, options.each)
                        if options.sources else None)
    autocast = options.precision == "bf16"
    result = run_evaluation(net, photos, recipe, mapping, options.flip, tuple(options.scales), autocast)
    summary = result.summary()
    print(f"{options.split}: {result.photos} photos, loss {result.loss:.4f}")
    for head, s in summary.items():
        print(f"{head}: pixel accuracy {s['pixel_accuracy']:.4f}, mean accuracy {s['mean_accuracy']:.4f}, "
              f"mIoU {s['miou']:.4f}, f.w. IoU {s['fw_iou']:.4f}")
    finest = result.finest
    for name, value in summary[finest]["iou"].items():
        print(f"  {name:12s} {'absent' if value is None else f'{value:.4f}'}")
    for source, s in summary[finest]["per_source"].items():
        print(f"  {source}: {s}")
    found = convinced(result, recipe)
    print(f"convince {found['share']:.4f} of {found['photos']} photos (mean {found['mean_right']:.4f} right), "
          f"mIoU {found['miou']:.4f}, coarse {found['coarse_miou']:.4f}")
    for source, s in found["per_source"].items():
        print(f"  {source}: {s}")
    name = f"{options.split}{'-flip' if options.flip else ''}{'' if options.scales == [1.0] else '-scales'}.json"
    report = {"step": state.get("step"), "loss": result.loss, "heads": summary, "convince": found,
              "confusion": {head: result.matrix(head).tolist() for head in net.heads}}
    options.run.mkdir(parents=True, exist_ok=True)
    (options.run / name).write_text(json.dumps(report, indent=1), encoding="utf-8")


def calibrate(recipe: Recipe, options: argparse.Namespace) -> None:
    """Fits the temperature that `export` will use, on the validation photos, and prints how well probabilities fit."""
    net, state = trained_net(recipe, options)
    photos = validation_photos(recipe)
    autocast = bf16_is_fast(torch.device("cpu"))
    before = calibration.reliability(net, photos, autocast)
    t = calibration.temperature(net, photos, autocast)
    calibration.cool(net, t)
    after = calibration.reliability(net, photos, autocast)
    calibration.save(options.run / CALIBRATION, t, state.get("step"))
    print(f"val, {len(photos)} photos: temperature {t:.3f}; ECE " +
          ", ".join(f"{head} {before[head]['ece']:.4f} -> {after[head]['ece']:.4f}" for head in net.heads))


def adopt(recipe: Recipe, options: argparse.Namespace) -> None:
    """Makes the trial's weights the best checkpoint of a run, at step 0, to evaluate, calibrate and export."""
    net = build_net(recipe, pretrained=False)
    load_trial(net, options.weights)
    checkpoint.save(options.run / "best.pt", {"fingerprint": recipe.fingerprint(), "net": net.state_dict(), "step": 0,
                                              "minutes": 0.0, "curves": []})
    print(f"{options.run / 'best.pt'}: {sum(p.numel() for p in net.parameters()) / 1e6:.2f} M parameters")


def soft_labels(recipe: Recipe, options: argparse.Namespace) -> None:
    """Writes the net's class probabilities for every training photo, or the named sources', u8, one cell for 4x4 pixels."""
    net, _ = trained_net(recipe, options)
    photos = load_split(recipe.data, "train", recipe.long_side, most=dict.fromkeys(options.sources, sys.maxsize)
                        if options.sources else None)
    if missing := set(options.sources) - {photo.source for photo in photos}:
        raise TrainingError(f"--sources: no training photo is of {', '.join(sorted(missing))}.")
    autocast = bf16_is_fast(torch.device(options.device))
    tensors, said = {}, time.monotonic()
    for i, photo in enumerate(photos):
        tensors[photo.key] = soft_cells(net, photo.image, autocast)
        if time.monotonic() - said > 20:
            print(f"{i + 1} of {len(photos)} photos labelled", flush=True)
            said = time.monotonic()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    temporary = options.out.with_suffix(".tmp")
    save_file(tensors, temporary)
    temporary.replace(options.out)
    print(f"{options.out}: soft labels of {len(tensors)} photos", flush=True)


def soft_cells(net: nn.Module, image: np.ndarray, autocast: bool = False) -> torch.Tensor:
    """u8 [ceil(h/4), ceil(w/4), classes], 255 = probability 1: the mean of the photo's and its mirror image's cells."""
    p = probabilities(net, image, flip=True, autocast=autocast)[None]
    cells = F.avg_pool2d(p, SOFT_STRIDE, ceil_mode=True, count_include_pad=False)[0]
    return (cells * 255).round().to(torch.uint8).permute(1, 2, 0).contiguous().cpu()


def overlay(recipe: Recipe, options: argparse.Namespace) -> None:
    """A sheet of photos and their masks, one row a photo: the photo, then each head's mask over it."""
    net, _ = trained_net(recipe, options)
    palette = np.array([[int(c.color[i : i + 2], 16) for i in (1, 3, 5)] for c in recipe.data.classes], dtype=np.float32)
    rows = []
    for path in options.photos:
        with Image.open(path) as opened:
            image = shrink(np.asarray(opened.convert("RGB")), recipe.long_side, Image.Resampling.BILINEAR)
        panels = [image]
        for head in net.heads:
            labels = probabilities(net, image, head=head).argmax(dim=0).cpu().numpy()
            panels.append((image * 0.35 + palette[labels] * 0.65).astype(np.uint8))
        row = np.full((recipe.long_side, recipe.long_side * len(panels), 3), PAD_COLOR, dtype=np.uint8)
        for i, panel in enumerate(panels):
            row[: panel.shape[0], i * recipe.long_side : i * recipe.long_side + panel.shape[1]] = panel
        rows.append(row[: image.shape[0]])
    options.out.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(rows)).save(options.out)
    print(f"{options.out}: {len(rows)} photos; classes: " + ", ".join(f"{c.name} {c.color}" for c in recipe.data.classes))


def export(recipe: Recipe, options: argparse.Namespace) -> None:
    """Writes the run's best net as a model folder, measured as exported (f16)."""
    net, state = trained_net(recipe, options)
    out: Path = options.out
    curves = options.run / "curves.json"
    if curves.exists():  # the whole run's, also after the best step
        state = state | {"curves": json.loads(curves.read_text(encoding="utf-8"))}
    t = calibration.load(options.run / CALIBRATION, state.get("step"))
    manifest = export_model(recipe, net, state, out, t, options.each)
    finest = manifest["metrics"]["test"]["fcn8s"]
    print(f"{out}: {manifest['files'][0]['bytes']} bytes; test: pixel accuracy {finest['pixel_accuracy']}, mIoU {finest['miou']}")


def card(recipe: Recipe, options: argparse.Namespace) -> None:
    """Brings the words and the pictures of an exported folder up to the recipe's."""
    manifest = rewrite_words(recipe, options.model)
    print(f"{options.model}: {manifest['title']['en']}; {len(manifest.get('knownFailures', []))} known failures")


def agree(recipe: Recipe, options: argparse.Namespace) -> None:
    """Prints on how many pixels engine and PyTorch agree; an error below what is needed."""
    found = compare(recipe, options.model, options.program, options.split, options.head)
    key, share = found.worst
    print(f"{options.split}, {options.head}: {found.photos} photos, {found.share:.5%} of {found.pixels} pixels agree; least {key}, {share:.4%}")
    if found.share < NEEDED:
        raise TrainingError(f"{options.model}: engine and PyTorch agree on less than {NEEDED:.1%} of the pixels.")
