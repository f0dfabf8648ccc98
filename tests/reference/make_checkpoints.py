"""Writes `fixtures/checkpoints`: small files as `torch.save` writes them, and a few that nobody should trust.

    python make_checkpoints.py [FOLDER]

`keys.json` (names and shapes of torchvision's models) is only written where torchvision is installed; it was made with
torchvision 0.29.2. Storages' keys in the legacy format are memory addresses, so those files differ from run to run.
"""

import argparse
import json
import os
import pickle
import sys
import warnings
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

LEGACY = {"_use_new_zipfile_serialization": False}


def views() -> OrderedDict[str, Tensor]:
    """Every way in which a tensor can lie in its storage, and every type that holds numbers."""
    base = torch.arange(24.0).reshape(4, 6) / 4 - 2
    image = torch.arange(24.0).reshape(2, 3, 2, 2) / 8
    state = OrderedDict()
    state["module.base"] = base
    state["module.slice"] = base[1:3, ::2]  # shares the storage of base
    state["module.transposed"] = (torch.arange(12.0).reshape(3, 4) - 5).t()
    state["module.channels_last"] = image.to(memory_format=torch.channels_last)
    state["module.half"] = torch.tensor([1.5, -0.25, 65504.0], dtype=torch.float16)
    state["module.bfloat"] = torch.tensor([[1.5], [-3e38]], dtype=torch.bfloat16)
    state["module.double"] = torch.tensor([[0.1, -2.0]], dtype=torch.float64)
    state["module.parameter"] = nn.Parameter(torch.tensor([3.0, 4.0]))
    state["module.scalar"] = torch.tensor(7.0)
    state["module.empty"] = torch.empty(0, 3)
    state["module.num_batches_tracked"] = torch.tensor(12)
    state["module.flags"] = torch.tensor([True, False])
    state["module.bytes"] = torch.tensor([1, 255], dtype=torch.uint8)
    state._metadata = OrderedDict([("", {"version": 1})])
    return state


def training() -> dict[str, object]:
    """A checkpoint of a training script: weights among an optimiser's state, a NumPy score and command-line options."""
    torch.manual_seed(1)
    net = nn.Sequential(OrderedDict(conv=nn.Conv2d(3, 2, 3), norm=nn.BatchNorm2d(2)))
    optimiser = torch.optim.Adam(net.parameters())
    net(torch.ones(1, 3, 5, 5)).sum().backward()
    optimiser.step()
    return {
        "epoch": 3, "arch": "Sequential", "optim_state_dict": optimiser.state_dict(),
        "model_state_dict": net.state_dict(), "best_mean_iu": np.float64(0.5),
        "args": argparse.Namespace(lr=1e-3, classes=21, name="run"), "losses": [1.0, 0.5],
    }


def python2() -> bytes:
    """The legacy format as Python 2 and PyTorch 0.2 wrote it: byte strings, items in lists, `_rebuild_tensor`, `Parameter`."""

    def string(text: str) -> bytes:
        return b"U" + bytes([len(text)]) + text.encode()

    def tensor(key: str, count: int, size: bytes, stride: bytes) -> bytes:
        storage = b"(" + string("storage") + b"ctorch\nFloatStorage\n" + string(key) + string("cpu")
        storage += b"K" + bytes([count]) + b"NtQ"
        return b"ctorch._utils\n_rebuild_tensor\n(" + storage + b"K\x00" + size + stride + b"tR"

    weight = tensor("100", 6, b"K\x02K\x03\x86", b"K\x03K\x01\x86")
    # A parameter is called with its tensor, and then told requires_grad, volatile and its hooks.
    bias = b"ctorch.nn.parameter\nParameter\n" + tensor("200", 2, b"K\x02\x85", b"K\x01\x85") + b"\x85R"
    bias += b"(\x89\x89ccollections\nOrderedDict\n]\x85Rtb"
    items = b"](](" + string("conv.weight") + weight + b"e](" + string("conv.bias") + bias + b"ee"
    info = b"}(" + string("protocol_version") + b"M\xe9\x03" + string("little_endian") + b"\x88u"
    parts = [b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19", b"M\xe9\x03", info, b"ccollections\nOrderedDict\n" + items + b"\x85R",
             b"](" + string("100") + string("200") + b"e"]
    file = b"".join(b"\x80\x02" + part + b"." for part in parts)
    for values in (np.arange(6), np.array([0.5, -1.0])):
        file += len(values).to_bytes(8, "little") + values.astype("<f4").tobytes()
    return file


class Evil:
    """What a hostile pickle looks like: unpickled by Python, it would run a command."""

    def __reduce__(self):
        return os.system, ("echo a pickle ran code",)


def torchvision_keys() -> dict[str, dict[str, list[int]]] | None:
    try:
        from torchvision import models
    except ImportError:
        return None
    segmentation = {"weights": None, "weights_backbone": None}
    with torch.device("meta"):
        nets = {
            "fcn_resnet50": models.segmentation.fcn_resnet50(**segmentation, aux_loss=True),
            "fcn_resnet50 without aux": models.segmentation.fcn_resnet50(**segmentation, aux_loss=False),
            "fcn_resnet101": models.segmentation.fcn_resnet101(**segmentation, aux_loss=True),
            "fcn_resnet101 without aux": models.segmentation.fcn_resnet101(**segmentation, aux_loss=False),
            "deeplabv3_resnet101": models.segmentation.deeplabv3_resnet101(**segmentation, aux_loss=True),
            "lraspp_mobilenet_v3_large": models.segmentation.lraspp_mobilenet_v3_large(**segmentation),
            "lraspp_mobilenet_v3_large with 5 classes":
                models.segmentation.lraspp_mobilenet_v3_large(**segmentation, num_classes=5),
            "deeplabv3_mobilenet_v3_large": models.segmentation.deeplabv3_mobilenet_v3_large(**segmentation, aux_loss=True),
            "deeplabv3_mobilenet_v3_large without aux":
                models.segmentation.deeplabv3_mobilenet_v3_large(**segmentation, aux_loss=False),
            "deeplabv3_resnet50": models.segmentation.deeplabv3_resnet50(**segmentation, aux_loss=True),
            "deeplabv3_resnet50 with 5 classes": models.segmentation.deeplabv3_resnet50(**segmentation, num_classes=5),
            "vgg11": models.vgg11(weights=None),
            "vgg11_bn": models.vgg11_bn(weights=None),
            "vgg13": models.vgg13(weights=None),
            "vgg13_bn": models.vgg13_bn(weights=None),
            "vgg19": models.vgg19(weights=None),
            "vgg19_bn": models.vgg19_bn(weights=None, num_classes=10),
            "vgg16": models.vgg16(weights=None),
            "vgg16_bn": models.vgg16_bn(weights=None, num_classes=10),
            "resnet18": models.resnet18(weights=None),
        }
    return {name: {k: list(v.shape) for k, v in net.state_dict().items()} for name, net in nets.items()}


def main() -> None:
    fixtures = Path(__file__).parent / "fixtures"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else fixtures / "checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    state = views()
    torch.save({"state_dict": state, "epoch": 1}, folder / "views.pth")
    torch.save({"state_dict": state, "epoch": 1}, folder / "views.legacy.pth", **LEGACY)
    torch.save(state, folder / "views.protocol4.pth", pickle_protocol=4)
    numbers = {k: v.detach().float().contiguous().clone() for k, v in state.items() if v.is_floating_point()}
    save_file(numbers, folder / "views.expected.safetensors")

    checkpoint = training()
    torch.save(checkpoint, folder / "training.pth")
    torch.save(checkpoint, folder / "training.legacy.pth", **LEGACY)
    weights = {k: v.float().contiguous() for k, v in checkpoint["model_state_dict"].items() if v.is_floating_point()}
    save_file(weights, folder / "training.expected.safetensors")

    (folder / "python2.pth").write_bytes(python2())
    old = torch.load(folder / "python2.pth", weights_only=False, encoding="latin1")
    assert old["conv.weight"].tolist() == [[0, 1, 2], [3, 4, 5]] and old["conv.bias"].tolist() == [0.5, -1]

    net = {f"module.{k}": v for k, v in load_file(fixtures / "tiny-fc3.safetensors").items()}
    net = {k: v.to(memory_format=torch.channels_last) if v.dim() == 4 else v for k, v in net.items()}
    torch.save({"model": net, "epoch": 9}, folder / "tiny-fc3.pth")

    torch.save({"weight": torch.ones(2), "evil": Evil()}, folder / "evil.pth")
    torch.save({"weight": torch.ones(2), "evil": Evil()}, folder / "evil.legacy.pth", **LEGACY)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.save(nn.Conv2d(1, 1, 1), folder / "whole-model.pth")
    (folder / "plain.pickle").write_bytes(pickle.dumps({"a": 1}, protocol=2))
    with zipfile.ZipFile(folder / "views.pth") as stored, zipfile.ZipFile(folder / "bomb.pth", "w") as bomb:
        for entry in stored.infolist():
            if "/data/" in entry.filename:  # 8 MiB of zeros in 8 KiB
                name = zipfile.ZipInfo(entry.filename.replace("views/", "bomb/"))  # with a fixed date
                bomb.writestr(name, bytes(8 << 20), zipfile.ZIP_DEFLATED)
                break
        bomb.writestr(zipfile.ZipInfo("bomb/data.pkl"), stored.read("views/data.pkl"), zipfile.ZIP_STORED)

    keys = torchvision_keys()
    if keys is not None:
        lines = [f"{json.dumps(n)}: {{\n" + ",\n".join(f" {json.dumps(k)}: {s}" for k, s in ks.items()) + "\n}"
                 for n, ks in keys.items()]
        (folder / "keys.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    for file in sorted(folder.iterdir()):
        print(f"{file.stat().st_size:8d}  {file.name}")


if __name__ == "__main__":
    main()
