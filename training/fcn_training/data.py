"""A folder of photos and masks, read into memory.

    FOLDER/classes.json           {"classes": [{"id", "name", ...}], "ignore": 255,
                                   "something_else": 254, "annotated_by_source": {source: [ids]}}
    FOLDER/splits/train.txt       one photo a line, SOURCE/NAME; likewise val.txt, test.txt
    FOLDER/images/SOURCE/NAME.jpg RGB (or .png)
    FOLDER/masks/SOURCE/NAME.png  8 bit, one value a pixel: a class id, 254 or 255

254 says "something else": any class that this photo's source does not annotate. 255 says nothing. Masks are merged to
the recipe's shipped classes while reading. Everything that is wrong with a file is an error that names it.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, UnidentifiedImageError

from .errors import TrainingError
from .recipe import Data, Mend, Recipe

IGNORE = 255
SOMETHING_ELSE = 254


@dataclass(frozen=True)
class Photo:
    key: str
    """SOURCE/NAME, as in the split."""
    source: str
    image: np.ndarray
    """u8 [h, w, 3], RGB."""
    mask: np.ndarray
    """u8 [h, w], shipped class ids, 254, 255."""


@dataclass(frozen=True)
class ClassMap:
    """From the data's classes to the shipped ones."""

    lookup: np.ndarray
    """u8 [256]; values that are in no class file map to BAD."""
    annotated: dict[str, np.ndarray]
    """bool [classes] for each source that uses 254: the classes it annotates. None of them: its 254 says nothing and is
    read as 255."""
    classes: int

    BAD = 253

    def unannotated(self, source: str) -> np.ndarray:
        """bool [classes]: what 254 may be in this source. A merged class counts as annotated as soon as one of its
        parts is: the pixels of 254 in a photo of a cat hold no other animal."""
        if source not in self.annotated:
            return np.ones(self.classes, dtype=bool)
        return ~self.annotated[source]


def class_map(data: Data) -> ClassMap:
    """Reads classes.json and merges as the recipe says. Every class of the data must have a place."""
    path = data.folder / "classes.json"
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        ids = {entry["name"]: int(entry["id"]) for entry in table["classes"]}
    except FileNotFoundError:
        raise TrainingError(f"{path}: the file is missing; it names the classes of the masks.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{path}: it does not have the form that data.py describes ({error!r}).") from None
    lookup = np.full(256, ClassMap.BAD, dtype=np.uint8)
    lookup[SOMETHING_ELSE], lookup[IGNORE] = SOMETHING_ELSE, IGNORE
    for shipped, entry in enumerate(data.classes):
        for name in entry.includes:
            if name not in ids:
                raise TrainingError(f"{path}: class {entry.name} includes \"{name}\", which is not among {', '.join(ids)}.")
            lookup[ids[name]] = shipped
    left_over = [name for name, i in ids.items() if lookup[i] == ClassMap.BAD]
    if left_over:
        raise TrainingError(f"{path}: no shipped class includes {', '.join(left_over)}; add each to one in the recipe.")
    annotated = {}
    for source, listed in table.get("annotated_by_source", {}).items():
        flags = np.zeros(len(data.classes), dtype=bool)
        flags[lookup[listed]] = True
        annotated[source] = flags
    for source, names in data.may_be.items():
        flags = annotated.get(source, np.ones(len(data.classes), dtype=bool))
        annotated[source] = flags & ~np.isin([c.name for c in data.classes], names)
    return ClassMap(lookup, annotated, len(data.classes))


def read_split(folder: Path, split: str) -> list[str]:
    """The photo keys of a split, in order."""
    path = folder / "splits" / f"{split}.txt"
    try:
        keys = path.read_text(encoding="utf-8").split()
    except FileNotFoundError:
        raise TrainingError(f"{path}: the split file is missing; it lists one SOURCE/NAME a line.") from None
    if not keys:
        raise TrainingError(f"{path}: the split is empty; it must list at least one SOURCE/NAME.")
    for key in keys:
        if "/" not in key or ".." in key or key.startswith("/"):
            raise TrainingError(f"{path}: \"{key}\" is not of the form SOURCE/NAME.")
    if len(set(keys)) != len(keys):
        raise TrainingError(f"{path}: a photo is listed twice.")
    return keys


def read_image(folder: Path, key: str) -> np.ndarray:
    """u8 [h, w, 3], RGB."""
    path = next((p for p in (folder / "images" / f"{key}{ext}" for ext in (".jpg", ".png")) if p.exists()), None)
    if path is None:
        raise TrainingError(f"{folder / 'images' / key}.jpg (or .png): the photo is missing, but a split lists it.")
    return load_photo(path)


def load_photo(path: Path) -> np.ndarray:
    """u8 [h, w, 3], RGB."""
    try:
        with Image.open(path) as image:
            image = image.convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise TrainingError(f"{path}: the photo cannot be read ({error}); save it again or take it out.") from None
    return np.asarray(image)


def shrink(image: np.ndarray, long_side: int, resample: Image.Resampling) -> np.ndarray:
    """Scaled down to a long side of at most `long_side` pixels; never enlarged."""
    ratio = long_side / max(image.shape[:2])
    if ratio >= 1:
        return image
    h, w = (max(1, round(side * ratio)) for side in image.shape[:2])
    return np.asarray(Image.fromarray(image).resize((w, h), resample))


def read_mask(folder: Path, key: str, mapping: ClassMap, ignore: tuple[int, ...] = (),
              doubt: tuple[int, ...] = ()) -> np.ndarray:
    """u8 [h, w] of shipped classes, 254 and 255. `ignore`: the data's ids that become 255, `doubt`: 254."""
    path = folder / "masks" / f"{key}.png"
    if not path.exists():
        raise TrainingError(f"{path}: the mask is missing, but a split lists the photo.")
    try:
        with Image.open(path) as image:
            if image.mode not in ("L", "P"):
                raise TrainingError(f"{path}: the mask is a {image.mode} image; it must have one 8-bit value a pixel.")
            raw = np.asarray(image)
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise TrainingError(f"{path}: the mask cannot be read ({error}).") from None
    merged = mapping.lookup[raw]
    if (merged == ClassMap.BAD).any():
        unknown = sorted(set(raw[merged == ClassMap.BAD].tolist()))
        raise TrainingError(f"{path}: the mask has the value(s) {unknown}, which classes.json does not name.")
    if ignore:
        merged[np.isin(raw, ignore)] = IGNORE
    if doubt:
        merged[np.isin(raw, doubt)] = SOMETHING_ELSE
    return merged


def ignore_ring(mask: np.ndarray, factor: float) -> np.ndarray:
    """Sets 254 to 255 within factor x sqrt(labelled area) pixels (8 or more) of a labelled pixel.

    Polygons drawn a little inside the outline, or around an animal's head only, would else teach that the rest of the
    animal is something else. Distances are measured on a grid of 4 pixels, which is exact enough for a margin.
    """
    labelled = mask < SOMETHING_ELSE
    if not labelled.any():
        return mask
    radius = max(8.0, factor * float(np.sqrt(labelled.sum())))
    step, r = 4, radius / 4
    small = Image.fromarray((labelled[::step, ::step] * 255).astype(np.uint8))
    near = Image.new("L", small.size)
    draw = ImageDraw.Draw(near)
    for y, x in zip(*np.nonzero(_edge(np.asarray(small) > 0))):
        draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
    near = np.kron(np.asarray(near) > 0, np.ones((step, step), dtype=bool))[: mask.shape[0], : mask.shape[1]]
    return np.where(near & (mask == SOMETHING_ELSE), np.uint8(IGNORE), mask)


def _edge(inside: np.ndarray) -> np.ndarray:
    """The pixels of `inside` with a neighbour outside (or at the border of the picture)."""
    p = np.pad(inside, 1)
    return inside & ~(p[:-2, 1:-1] & p[2:, 1:-1] & p[1:-1, :-2] & p[1:-1, 2:])


def spaced(keys: list[str], count: int) -> list[str]:
    """`count` of the keys, evenly spaced; all if there are no more."""
    return [keys[i * len(keys) // count] for i in range(count)] if count < len(keys) else keys


def choose(keys: list[str], most: dict[str, int]) -> list[str]:
    """At most so many keys of each source that `most` names, all of the others, in order."""
    kept = set()
    for source in {key.split("/")[0] for key in keys}:
        own = [key for key in keys if key.split("/")[0] == source]
        kept.update(spaced(own, most.get(source, len(own))))
    return [key for key in keys if key in kept]


def load_split(data: Data, split: str, long_side: int, limit: int | None = None,
               most: dict[str, int] | None = None) -> list[Photo]:
    """The photos of a split, masks merged and mended: in training at most `data.take` of a source, with `most` only the
    sources that it names and at most so many of each."""
    mapping = class_map(data)
    table = json.loads((data.folder / "classes.json").read_text(encoding="utf-8"))
    ids = {entry["name"]: entry["id"] for entry in table["classes"]}
    mends: dict[str, Mend] = {mend.source: mend for mend in data.mend}
    for mend in data.mend:
        for name in (*mend.ignore, *mend.doubt):
            if name not in ids:
                raise TrainingError(f"data.mend for {mend.source}: \"{name}\" is not a class of the data.")
    photos = []
    keys = read_split(data.folder, split)
    if split == "train":
        keys = choose(keys, data.take)
    if most is not None:
        keys = choose([key for key in keys if key.split("/")[0] in most], most)
    for key in keys[:limit]:
        source = key.split("/")[0]
        image = read_image(data.folder, key)
        mend = mends.get(source)
        mask = read_mask(data.folder, key, mapping, *(tuple(ids[n] for n in listed) for listed in (
            (mend.ignore, mend.doubt) if mend else ())))
        if mask.shape != image.shape[:2]:
            (h, w), (mh, mw) = image.shape[:2], mask.shape
            raise TrainingError(f"{data.folder / 'masks' / key}.png: the mask is {mw}x{mh} pixels, its photo {w}x{h}; "
                                "they must be the same size.")
        if source in mapping.annotated and not mapping.annotated[source].any():
            mask = np.where(mask == SOMETHING_ELSE, np.uint8(IGNORE), mask)
        if (mask == SOMETHING_ELSE).any() and not mapping.unannotated(source).any():
            raise TrainingError(f"{data.folder / 'masks' / key}.png: the mask has 254 (\"something else\"), but classes.json says "
                                f"that {source} annotates every class; use 255, or correct annotated_by_source.")
        image = shrink(image, long_side, Image.Resampling.BILINEAR)
        mask = shrink(mask, long_side, Image.Resampling.NEAREST)
        if mend and mend.ring:
            mask = ignore_ring(mask, mend.ring)
        photos.append(Photo(key, source, image, mask))
    return photos


def validation_photos(recipe: Recipe) -> list[Photo]:
    """The photos that the best checkpoint is chosen on."""
    chosen = dict.fromkeys(recipe.validation.sources, recipe.validation.each)
    return load_split(recipe.data, "val", recipe.long_side, most=chosen or None)


def load_extra(data: Data, long_side: int) -> list[Photo]:
    """Training photos of the recipe's extra folder, all of one class. Their own masks are not read."""
    if data.extra is None:
        return []
    shipped = [c.name for c in data.classes].index(data.extra_class)
    photos = []
    for key in read_split(data.extra, "train"):
        image = shrink(read_image(data.extra, key), long_side, Image.Resampling.BILINEAR)
        photos.append(Photo(key, key.split("/")[0], image, np.full(image.shape[:2], shipped, dtype=np.uint8)))
    return photos
