"""A trained student as a model folder for the engine: weights.safetensors (f16, batch norm folded) and model.json.

The manifest's fields are those that src/manifest.rs reads; metrics, curves, data, recipe and the rest are the model
card's, and pass through the engine untouched.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from . import __version__
from .augment import PAD_COLOR
from .calibrate import cool, reliability
from .convince import convinced
from .data import class_map, load_photo, load_split, read_split, shrink
from .errors import TrainingError
from .evaluate import Evaluation, evaluate, probabilities
from .nets import fold, folded_net
from .recipe import Recipe

FORMAT = 1
WEIGHTS = "weights.safetensors"
CALIBRATION = "calibration.json"
"""In a run's folder: what `calibrate` found."""
PICTURE_WIDTH = 720  # pixels, of a failure's picture: photo and mask


def write_weights(net: nn.Module, path: Path) -> dict[str, Any]:
    """Writes the folded tensors as f16; returns the manifest's entry for the file.

    Raises TrainingError if a value does not fit f16.
    """
    return write_tensors(fold(net), path)


def write_tensors(values: dict[str, Tensor], path: Path) -> dict[str, Any]:
    """As `write_weights`, of tensors."""
    tensors: dict[str, Tensor] = {}
    for name, value in values.items():
        half = value.half().cpu().contiguous()
        if not bool(half.isfinite().all()):
            raise TrainingError(f"{name} has values beyond float16's range (65504); train on, or with more weight decay.")
        tensors[name] = half
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path)
    path.chmod(0o644)  # safetensors writes for the owner only, which a web server may not be
    blob = path.read_bytes()
    return {"path": path.name, "bytes": len(blob), "sha256": hashlib.sha256(blob).hexdigest()}


def metrics_entry(result: Evaluation) -> dict[str, Any]:
    """A split's metrics by head, and the finest head's confusion matrix (rows truth, columns prediction, pixels)."""
    entry = {head: {k: v for k, v in s.items() if k != "per_source"} for head, s in result.summary().items()}
    finest = result.summary()[result.finest]
    entry[result.finest]["per_source"] = finest["per_source"]
    entry[result.finest]["confusion"] = result.matrix(result.finest)[: len(result.classes)].tolist()
    entry["photos"] = result.photos
    return entry


def export_model(recipe: Recipe, net: nn.Module, state: dict[str, Any], out: Path,
                 temperature: float | None = None, each: int | None = None) -> dict[str, Any]:
    """Writes the folder and returns the manifest. The metrics are those of the stored f16 weights, read back; the
    scores are divided by `temperature` if there is one, see calibrate.py. With `each`, only so many photos of each
    source are measured."""
    fold(net)  # an error if it is not for the engine
    with torch.no_grad():  # every head begins with score_fr, and upsampling keeps a constant
        for i, c in enumerate(recipe.data.classes):
            net.score_fr.bias[i] += recipe.score_offset.get(c.name, 0.0)
    if temperature is not None:
        cool(net, temperature)
    file = write_weights(net, out / WEIGHTS)
    stored = folded_net(load_file(out / WEIGHTS)).to(memory_format=torch.channels_last)
    mapping = class_map(recipe.data)
    metrics: dict[str, Any] = {}
    calibration: dict[str, Any] = {"temperature": None if temperature is None else round(temperature, 4)}
    for split in ("val", "test"):
        most = None if each is None else {key.split("/")[0]: each for key in read_split(recipe.data.folder, split)}
        photos = load_split(recipe.data, split, recipe.long_side, most=most)
        result = evaluate(stored, photos, recipe, mapping)
        metrics[split] = metrics_entry(result)
        if recipe.validation.sources:
            metrics[split]["convince"] = convinced(result, recipe)
        if temperature is not None:
            calibration[split] = reliability(stored, photos)
    card = words(recipe)
    long_side, max_long_side = card.pop("long_side"), card.pop("max_long_side")
    note = with_shares(card.pop("metrics_note"), metrics)
    mean, std = net.normalised_input
    manifest = {
        "format": FORMAT,
        "name": card.pop("name"),
        "title": card.pop("title"),
        "description": card.pop("description"),
        "architecture": net.architecture,
        "config": net.config(),
        "classes": card.pop("classes"),
        "input": {"order": "RGB", "mean": list(mean), "std": list(std), "pad_multiple": 32, "pad_color": list(PAD_COLOR),
                  "long_side": long_side, "max_long_side": max_long_side},
        "files": [file],
        "metrics": {"note": note, **metrics},
        **({} if temperature is None else {"calibration": calibration}),
        "curves": state.get("curves", []),
        **card,
        **failures(recipe, stored, out),
        "seed": recipe.schedule.seed,
        "recipe": recipe.as_json() | {"fcn_training": __version__, "torch": torch.__version__.split("+")[0],
                                      "step": state.get("step"), "minutes": round(state.get("minutes", 0.0), 1)},
    }
    write_manifest(manifest, out)
    return manifest


def write_manifest(manifest: dict[str, Any], out: Path) -> None:
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (out / "model.json").write_text(text, encoding="utf-8")


def words(recipe: Recipe) -> dict[str, Any]:
    """What a recipe says to people, by the manifest's fields; `knownFailures` apart, see `failures`."""
    name = recipe.model or recipe.name
    card = {"title": {"en": name, "ko": name}, "description": {}, "metrics_note": {}, "long_side": 512,
            "max_long_side": 1024} | {key: value for key, value in recipe.card.items() if key != "knownFailures"}
    card["name"] = name
    card["classes"] = [{"id": i, "name": c.name, "names": c.names or {"en": c.name}, "color": c.color, "includes": list(c.includes)}
                       for i, c in enumerate(recipe.shipped.values())]
    return card


def with_shares(note: dict[str, str], metrics: dict[str, Any]) -> dict[str, str]:
    """The note with `{SOURCE}` replaced by the share of that source's test photos that convince, in percent.

    Raises TrainingError for a source that was not measured.
    """
    if "{" not in "".join(note.values()):
        return note
    measured = metrics["test"].get("convince", {}).get("per_source", {})
    shares = {source: round(100 * figures["share"]) for source, figures in measured.items()}
    try:
        return {language: text.format(**shares) for language, text in note.items()}
    except (KeyError, IndexError, ValueError) as error:
        raise TrainingError(f"card.metrics_note: {{...}} must name a source that was measured ({error}).") from None


def failures(recipe: Recipe, net: nn.Module, out: Path) -> dict[str, Any]:
    """The known failures. Where the recipe names a `photo`, it is written beside the weights, with this net's mask beside it.

    Raises TrainingError for a photo that cannot be read.
    """
    known = []
    for i, entry in enumerate(recipe.card.get("knownFailures", []), start=1):
        entry = dict(entry)
        photo = entry.pop("photo", None)
        if photo is not None:
            entry["picture"] = f"failure-{i}.jpg"
            before_and_after(recipe, net, Path(photo)).save(out / entry["picture"], quality=82)
        known.append(entry)
    return {"knownFailures": known} if known else {}


def before_and_after(recipe: Recipe, net: nn.Module, path: Path) -> Image.Image:
    """A photo as the page shows it by default, and the finest head's mask over it, side by side."""
    image = shrink(load_photo(path), words(recipe)["long_side"], Image.Resampling.BILINEAR)
    labels = probabilities(net, image).argmax(dim=0).cpu().numpy()
    palette = np.array([[int(c.color[i : i + 2], 16) for i in (1, 3, 5)] for c in recipe.data.classes], dtype=np.float32)
    mask = (image * 0.4 + palette[labels] * 0.6).astype(np.uint8)
    height, width, _ = image.shape
    seam = np.full((height, max(2, width // 64), 3), 255, dtype=np.uint8)
    both = Image.fromarray(np.concatenate([image, seam, mask], axis=1))
    return both.resize((PICTURE_WIDTH, round(PICTURE_WIDTH * both.height / both.width)), Image.Resampling.LANCZOS)


def rewrite_words(recipe: Recipe, folder: Path) -> dict[str, Any]:
    """Brings an exported folder's texts and pictures up to the recipe's, without measuring again.

    Raises TrainingError if the recipe's classes are not the folder's.
    """
    manifest = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    card = words(recipe)
    if [c["name"] for c in card["classes"]] != [c["name"] for c in manifest["classes"]]:
        raise TrainingError(f"{folder}: the recipe's classes are not those of the model.")
    manifest["input"] |= {key: card.pop(key) for key in ("long_side", "max_long_side")}
    manifest["metrics"]["note"] = with_shares(card.pop("metrics_note"), manifest["metrics"])
    net = folded_net(load_file(folder / WEIGHTS)).to(memory_format=torch.channels_last)
    known = failures(recipe, net, folder)
    shown = {entry.get("picture") for entry in known.get("knownFailures", [])}
    for picture in folder.glob("failure-*.jpg"):
        if picture.name not in shown:
            picture.unlink()
    manifest.pop("knownFailures", None)
    manifest |= card | known
    write_manifest(manifest, folder)
    return manifest
