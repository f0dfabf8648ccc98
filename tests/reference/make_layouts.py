"""Writes `fixtures/checkpoints/layouts`: tiny nets in checkpoints as people save them, each by PyTorch itself.

    python make_layouts.py [FOLDER]

`layouts.json` says of each file what has to come of it: `net`, the file whose numbers it holds, and `place`, where they are
in it. The cases are named after what is special about them.
"""

import collections
import datetime
import hashlib
import json
import pathlib
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

FIXTURES = Path(__file__).parent / "fixtures"
#: Convolutions of VGG16's five blocks.
BLOCKS = [2, 2, 3, 3, 3]


def drawn(shapes: dict[str, list[int]], seed: int) -> OrderedDict:
    """Numbers for tensors of these shapes: exact in 16 bits, so that they stay the same whatever holds them."""
    draw = torch.Generator().manual_seed(seed)
    return OrderedDict((name, torch.randint(-8, 9, shape, generator=draw) / 16) for name, shape in shapes.items())


def layer(name: str, *weight: int) -> dict[str, list[int]]:
    return {f"{name}.weight": list(weight), f"{name}.bias": [weight[0]]}


def fcn(seed: int) -> OrderedDict:
    """The lecture's FCN-8s of width 1, three classes, each enlarged by itself."""
    shapes, channels = {}, 3
    for block, depth in enumerate(BLOCKS, 1):
        for i in range(1, depth + 1):
            width = min(2 ** (block - 1), 8)
            shapes |= layer(f"conv{block}_{i}", width, channels, 3, 3)
            channels = width
    shapes |= layer("fc6", 2, 8, 1, 1) | layer("fc7", 2, 2, 1, 1)
    shapes |= layer("score_fr", 3, 2, 1, 1) | layer("score_pool4", 3, 8, 1, 1) | layer("score_pool3", 3, 4, 1, 1)
    kernels = {"upscore2": 4, "upscore_pool4": 4, "upscore8": 16}
    return drawn(shapes | {f"{name}.weight": [3, 1, k, k] for name, k in kernels.items()}, seed)


def classifier(seed: int) -> OrderedDict:
    """torchvision's VGG16 of width 1, five classes."""
    shapes, channels, at = {}, 3, 0
    for block, depth in enumerate(BLOCKS):
        for _ in range(depth):
            shapes |= layer(f"features.{at}", min(2 ** block, 8), channels, 3, 3)
            channels, at = min(2 ** block, 8), at + 2
        at += 1
    shapes |= layer("classifier.0", 3, 8 * 49) | layer("classifier.3", 3, 3) | layer("classifier.6", 5, 3)
    return drawn(shapes, seed)


class Trainer:
    """A class of the training script's own, and one within it."""

    class Options:
        def __init__(self) -> None:
            self.lr = 1e-3

    def __init__(self) -> None:
        self.options, self.epochs = Trainer.Options(), [1, 2]


class Config(dict):
    """A dictionary of somebody's own."""


def renamed(state: dict, name) -> OrderedDict:
    return OrderedDict((name(key), value) for key, value in state.items())


def beside() -> dict[str, tuple[object, int]]:
    """Harmless things that are saved beside weights, with the pickle protocol."""
    return {
        "path": (pathlib.PurePosixPath("runs/1"), 2), "array": (np.zeros((2, 3)), 2), "array5": (np.zeros((2, 3)), 5),
        "set": ({1, 2, 3}, 4), "frozenset": (frozenset("ab"), 4), "set2": ({1, 2}, 2),
        "when": (datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc), 2),
        "deque": (collections.deque([0.1]), 2), "dtype": (torch.float32, 2), "version": (torch.__version__, 2),
        "own_class": (Trainer(), 2), "own_class4": (Trainer(), 4), "random": (np.random.RandomState(1).get_state(), 2),
        "generator": (np.random.default_rng(1), 4), "bytes": (bytearray(40), 5), "complex": (1 + 2j, 2),
        "counter": (collections.Counter("aab"), 4), "scalars": ([np.float64(0.5)] * 3, 4),
        "range": (range(3), 2), "error": (ValueError("diverged"), 4), "sparse": ([torch.eye(3).to_sparse()], 2),
        "complex_numbers": ([torch.ones(2, dtype=torch.complex64)], 2), "float8": ([torch.ones(2).to(torch.float8_e4m3fn)], 2),
    }


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURES / "checkpoints" / "layouts"
    folder.mkdir(parents=True, exist_ok=True)
    net, other, vgg = fcn(1), fcn(2), classifier(3)
    small = OrderedDict([("conv.weight", torch.arange(6.0).reshape(2, 3)), ("conv.bias", torch.tensor([0.5, -1.0]))])
    for name, tensors in {"net": net, "vgg": vgg, "small": small}.items():
        save_file({key: value.half() for key, value in tensors.items()}, folder / f"{name}.safetensors")
    facts = {}

    def save(name: str, content: object, of: str = "net", place: str = "", **options) -> None:
        torch.save(content, folder / name, **options)
        facts[name] = {"net": of, "place": place}

    adam = {"state": {0: {"step": torch.tensor(1.0), "exp_avg": torch.zeros(3)}}, "param_groups": [{"lr": 0.1, "params": [0]}]}
    save("model_best.pth.tar", {
        "epoch": 3, "iteration": 100, "arch": "FCN8s", "optim_state_dict": adam, "model_state_dict": net,
        "best_mean_iu": np.float64(0.6),
    }, place="model_state_dict")
    save("deep.pkl", {"run": [{"result": Config(anything=net)}], "rng": torch.zeros(8, dtype=torch.uint8)},
         place="run/0/result/anything")
    save("lightning.ckpt", {
        "state_dict": renamed(net, "model.{}".format) | {"criterion.weight": torch.ones(3), "train_iou.confmat": torch.zeros(3, 3)},
        "optimizer_states": [adam], "loops": {}, "hyper_parameters": Config(lr=0.1),
    }, place="state_dict")
    save("ema.pth", {"ema_state_dict": renamed(other, "module.{}".format), "state_dict": renamed(net, "module.{}".format)},
         place="state_dict")
    save("student.pt", renamed(net, "student.{}".format) | renamed(other, "teacher.{}".format), place="student")
    save("swa.pt", {"n_averaged": torch.tensor(5)} | renamed(net, "module.{}".format), place=".")
    is_encoder = lambda name: name.startswith("conv")
    save("parts.bin", {
        "encoder": OrderedDict((k, v) for k, v in net.items() if is_encoder(k)),
        "decoder": OrderedDict((k, v) for k, v in net.items() if not is_encoder(k)), "epoch": 1,
    }, place=".")
    save("tuple.pth", (net, adam), place="0")

    for name, (thing, protocol) in beside().items():
        save(f"beside-{name}.pth", {"model_state_dict": small, "thing": thing, "same": thing}, "small", "model_state_dict",
             pickle_protocol=protocol)
    save("parameter.pth", OrderedDict((k, torch.nn.Parameter(v)) for k, v in net.items()), place=".")

    middle = lambda name: name.replace("features.", "features.module.")
    save("imagenet-example.pth.tar", {"epoch": 90, "arch": "vgg16", "state_dict": renamed(vgg, middle), "best_acc1": 71.6},
         "vgg", "state_dict")
    old = {"classifier.0": "classifier.1", "classifier.3": "classifier.4"}
    older = lambda name: next((name.replace(new, was) for new, was in old.items() if name.startswith(new)), name)
    save("vgg-2016.pth", renamed(vgg, older), "vgg", ".")
    conv = OrderedDict(vgg)
    fc, flat = vgg["classifier.0.weight"].shape
    conv["classifier.0.weight"] = vgg["classifier.0.weight"].reshape(fc, flat // 49, 7, 7).to(memory_format=torch.channels_last)
    for layer in ("classifier.3.weight", "classifier.6.weight"):
        conv[layer] = vgg[layer][:, :, None, None]
    save("vgg-convolutional.pth", conv, "vgg", ".")

    # As `expand()`, slices and shared storages leave them; what each is by `clone()` is in views2.expected.
    big = torch.arange(5_000.0)
    base = torch.arange(1200.0).reshape(3, 400)
    kernel = torch.tensor([[0.25, 0.75], [0.5, 1.0]])
    views = {
        "expanded": kernel[None, None].expand(3, 1, 2, 2), "zeros": torch.zeros(1).expand(3), "first": big[:3].view(1, 3),
        "thin": base[:, ::20], "thin2": base[::2, 7::40], "window": big.unfold(0, 4, 1)[:5], "transposed": base.t()[:4],
        "diagonal": torch.diagonal(base), "both": kernel[:, :1].expand(2, 3).t(),
    }
    save("views2.pth", views, "", ".")
    save("views2.legacy.pth", views, "", ".", _use_new_zipfile_serialization=False)
    numbers = {name: view.flatten().tolist() for name, view in views.items()}
    shapes = {name: list(view.shape) for name, view in views.items()}
    facts["views2"] = {"numbers": numbers, "shapes": shapes}

    # What must be refused, and named.
    torch.jit.save(torch.jit.script(torch.nn.Conv2d(1, 1, 1)), folder / "torchscript.pt")
    with zipfile.ZipFile(folder / "packed.zip", "w") as packed:
        packed.writestr(zipfile.ZipInfo("weights/fcn8s.pth"), (folder / "ema.pth").read_bytes()[:64])
    torch.save(renamed(vgg, str) | {"features.module.0.weight": torch.zeros(1)}, folder / "collision.pth")
    # torchvision's DeepLabV3 with one output.
    deeplab = load_file(FIXTURES / "tiny-deeplabv3.safetensors")
    cut = {name: value[:1].clone() if "classifier.4." in name else value for name, value in deeplab.items()}
    save_file(cut, folder / "one-output.safetensors")
    manifest = json.loads((FIXTURES / "tiny-deeplabv3.model.json").read_text())
    manifest["config"]["classes"], manifest["classes"] = 1, manifest["classes"][:1]
    data = (folder / "one-output.safetensors").read_bytes()
    manifest["files"] = [{"path": "one-output.safetensors", "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}]
    (folder / "one-output.model.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")

    (folder / "layouts.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    print(sum(file.stat().st_size for file in folder.iterdir()), "bytes")


if __name__ == "__main__":
    main()
