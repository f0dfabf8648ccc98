"""The commands for a vgg16-classifier: train, evaluate, export and card."""

import argparse
import json
from typing import Any

import torch
from safetensors.torch import load_file

from . import __version__, checkpoint
from .augment import PAD_COLOR
from .classifier import VggClassifier, read_classifier
from .classify import ClassifierTrainer, build_classifier
from .data import class_map, load_split
from .errors import TrainingError
from .export import FORMAT, WEIGHTS, words, write_manifest, write_tensors
from .classify_evaluate import measure
from .recipe import Recipe

LONG_SIDES = (448, 512)
"""At which the map is measured, beside the photos' own size."""


def run(recipe: Recipe, options: argparse.Namespace) -> None:
    known = {"train": train, "evaluate": evaluate, "export": export, "card": card}
    if options.command not in known:
        raise TrainingError(f"{options.command} is for nets that make masks; of a vgg16-classifier there are {', '.join(known)}.")
    known[options.command](recipe, options)


def train(recipe: Recipe, options: argparse.Namespace) -> None:
    autocast = {"auto": None, "f32": False, "bf16": True}[options.precision]
    ClassifierTrainer(recipe, options.run, autocast, lambda text: print(text, flush=True)).fit()


def trained(recipe: Recipe, options: argparse.Namespace) -> tuple[VggClassifier, dict[str, Any]]:
    weights = getattr(options, "weights", None)
    if weights is not None:
        return read_classifier(load_file(weights)), {}
    state = checkpoint.load(options.run / "best.pt", recipe.fingerprint())
    net = build_classifier(recipe)
    net.load_state_dict(state["net"])
    return net.eval(), state


def measured(recipe: Recipe, net: VggClassifier, split: str) -> dict[str, Any]:
    photos = load_split(recipe.data, split, recipe.long_side)
    return measure(net.to(memory_format=torch.channels_last), recipe, class_map(recipe.data), photos, LONG_SIDES)


def evaluate(recipe: Recipe, options: argparse.Namespace) -> None:
    """Prints the metrics of a split and writes them into the run's folder."""
    net, state = trained(recipe, options)
    found = measured(recipe, net, options.split)
    say(options.split, found)
    options.run.mkdir(parents=True, exist_ok=True)
    report = {"step": state.get("step")} | found
    (options.run / f"{options.split}.json").write_text(json.dumps(report, indent=1), encoding="utf-8")


def say(split: str, found: dict[str, Any]) -> None:
    score = found["score"]
    print(f"{split}: {found['crops']} crops of {found['photos']} photos, accuracy {score['accuracy']:.4f}")
    for name, value in score["class_accuracy"].items():
        shown = "absent" if value is None else f"{value:.4f}"
        print(f"  {name:12s} {shown}  {score['class_crops'][name]} crops of {score['class_photos'][name]} photos")
    for size, entry in found["map"].items():
        print(f"  map, long side {size}: {entry}")


def export(recipe: Recipe, options: argparse.Namespace) -> None:
    """Writes the run's net as a model folder, measured as exported (f16)."""
    net, state = trained(recipe, options)
    file = write_tensors(net.state_dict(), options.out / WEIGHTS)
    stored = read_classifier(load_file(options.out / WEIGHTS))
    card = words(recipe)
    long_side, max_long_side, note = (card.pop(key) for key in ("long_side", "max_long_side", "metrics_note"))
    metrics = {split: measured(recipe, stored, split) for split in ("val", "test")}
    mean, std = net.normalised_input
    manifest = {
        "format": FORMAT,
        "name": card.pop("name"),
        "title": card.pop("title"),
        "description": card.pop("description"),
        "architecture": recipe.net.architecture,
        "config": {"width": net.width, "fc_channels": net.fc_channels, "batch_norm": False, "classes": net.classes,
                   "variants": ["score"]},
        "classes": card.pop("classes"),
        "input": {"order": "RGB", "mean": list(mean), "std": list(std), "pad_multiple": 32, "pad_color": list(PAD_COLOR),
                  "long_side": long_side, "max_long_side": max_long_side},
        "files": [file],
        "metrics": {"note": note, **metrics},
        "curves": state.get("curves", []),
        **card,
        **known_failures(recipe),
        "seed": recipe.schedule.seed,
        "recipe": recipe.as_json() | {"fcn_training": __version__, "torch": torch.__version__.split("+")[0],
                                      "step": state.get("step"), "minutes": round(state.get("minutes", 0.0), 1)},
    }
    write_manifest(manifest, options.out)
    for split, found in metrics.items():
        say(split, found)
    print(f"{options.out}: {file['bytes']} bytes")


def card(recipe: Recipe, options: argparse.Namespace) -> None:
    """Brings the words of an exported folder up to the recipe's."""
    manifest = json.loads((options.model / "model.json").read_text(encoding="utf-8"))
    texts = words(recipe)
    if [c["name"] for c in texts["classes"]] != [c["name"] for c in manifest["classes"]]:
        raise TrainingError(f"{options.model}: the recipe's classes are not those of the model.")
    manifest["input"] |= {key: texts.pop(key) for key in ("long_side", "max_long_side")}
    manifest["metrics"]["note"] = texts.pop("metrics_note")
    manifest.pop("knownFailures", None)
    write_manifest(manifest | texts | known_failures(recipe), options.model)
    print(f"{options.model}: {manifest['title']['en']}")


def known_failures(recipe: Recipe) -> dict[str, Any]:
    """In words; there is no mask to be shown beside a photo."""
    listed = [{k: v for k, v in entry.items() if k != "photo"} for entry in recipe.card.get("knownFailures", [])]
    return {"knownFailures": listed} if listed else {}
