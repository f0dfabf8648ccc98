"""Writes the fixtures of the authors' FCN and of torchvision's nets: small nets and PyTorch's numbers. See README.md.

The reference FCN is fcn_reference.py's; the others are torchvision's own modules, made narrower. Everything is computed in
float64 from the stored f16 weights and rounded to f32 at the end.

    python make_nets.py [folder]
"""

import hashlib
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models._utils import IntermediateLayerGetter
from torchvision.models.mobilenetv3 import MobileNetV3, _mobilenet_v3_conf
from torchvision.models.resnet import Bottleneck, ResNet
from torchvision.models.segmentation.deeplabv3 import ASPP, DeepLabV3, _deeplabv3_mobilenetv3
from torchvision.models.segmentation.fcn import FCN, FCNHead
from torchvision.models.segmentation.lraspp import LRASPPHead, _lraspp_mobilenetv3
from torchvision.models.vgg import VGG, cfgs, make_layers

import fcn_efficientnet_lite as lite
from fcn import MEAN, PAD_COLOR, STD, STRIDE, bilinear_weight, prepare
from fcn_reference import MEAN_BGR, SCALE_POOL3, SCALE_POOL4, UPSAMPLING, FcnReference, ReferenceConfig
from fcn_reference import prepare as prepare_bgr

SEED = 20261124
SPARSE = 5  # coprime to strides 8, 16, 32
MAPS_OF = (33, 65)  # the picture whose inner maps are stored
ATROUS_RATES = (12, 24, 36)
MOBILENET_WIDTH = 0.05


def picture(h: int, w: int) -> Tensor:
    """u8 [h, w, 3]: blocks of 9 pixels and noise, in integers, so that the tests make the same (tests/common/nets.rs)."""
    def noise(n: Tensor) -> Tensor:
        n = n * 2654435761 & 0xFFFFFFFF
        n = (n ^ n >> 15) * 2246822519 & 0xFFFFFFFF
        return (n ^ n >> 13) >> 8 & 0xFF

    y, x, c = torch.meshgrid(torch.arange(h), torch.arange(w), torch.arange(3), indexing="ij")
    blocks, fine = y // 9 * 4096 + x // 9 * 4 + c, (1 << 28) + y * 16384 + x * 4 + c
    return ((3 * noise(blocks) + noise(fine)) // 4).to(torch.uint8)


def prepare_rgb(image: Tensor) -> Tensor:
    x = (image.double() / 255 - torch.tensor(MEAN, dtype=torch.float64)) / torch.tensor(STD, dtype=torch.float64)
    return x.permute(2, 0, 1).unsqueeze(0)


class SmallResNet(ResNet):
    """torchvision's ResNet with another width and depth; blocks, strides and dilations are made by its own code."""

    def __init__(self, width: int, blocks: list[int]):
        nn.Module.__init__(self)
        self._norm_layer, self.inplanes, self.dilation, self.groups, self.base_width = nn.BatchNorm2d, width, 1, 1, 64
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = self._make_layer(Bottleneck, width, blocks[0])
        self.layer2 = self._make_layer(Bottleneck, 2 * width, blocks[1], stride=2)
        self.layer3 = self._make_layer(Bottleneck, 4 * width, blocks[2], stride=2, dilate=True)
        self.layer4 = self._make_layer(Bottleneck, 8 * width, blocks[3], stride=2, dilate=True)


def backbone(width: int, blocks: list[int]) -> nn.Module:
    return IntermediateLayerGetter(SmallResNet(width, blocks), {"layer4": "out", "layer3": "aux"})


def fcn_resnet(width: int, blocks: list[int], classes: int) -> nn.Module:
    return FCN(backbone(width, blocks), FCNHead(32 * width, classes), FCNHead(16 * width, classes))


def deeplab_head(inputs: int, classes: int, aspp_channels: int) -> nn.Module:
    a = aspp_channels  # as DeepLabHead, whose 256 can't be chosen
    return nn.Sequential(ASPP(inputs, list(ATROUS_RATES), a), nn.Conv2d(a, a, 3, padding=1, bias=False),
                         nn.BatchNorm2d(a), nn.ReLU(), nn.Conv2d(a, classes, 1))


def deeplab(width: int, blocks: list[int], classes: int, aspp_channels: int) -> nn.Module:
    head = deeplab_head(32 * width, classes, aspp_channels)
    return DeepLabV3(backbone(width, blocks), head, FCNHead(16 * width, classes))


def mobilenet(width: float) -> MobileNetV3:
    settings, last = _mobilenet_v3_conf("mobilenet_v3_large", width_mult=width, dilated=True)
    return MobileNetV3(settings, last, num_classes=1)


class SmallVgg(VGG):
    """torchvision's VGG with other widths."""

    def __init__(self, layers: str, width: int, fc: int, classes: int, batch_norm: bool):
        nn.Module.__init__(self)
        self.features = make_layers([v if v == "M" else v * width // 64 for v in cfgs[layers]], batch_norm)
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(8 * width * 49, fc), nn.ReLU(True), nn.Dropout(), nn.Linear(fc, fc), nn.ReLU(True), nn.Dropout(),
            nn.Linear(fc, classes),
        )


@torch.no_grad()
def randomise(net: nn.Module, generator: torch.Generator) -> None:
    """He initialisation; batch norms with statistics that matter; upsampling bilinear plus noise that mixes classes."""
    def normal(like: Tensor) -> Tensor:
        return torch.randn(like.shape, generator=generator, dtype=torch.float64)

    def between(low: float, high: float, like: Tensor) -> Tensor:
        return low + (high - low) * torch.rand(like.shape, generator=generator, dtype=torch.float64)

    for name, layer in net.named_modules():
        if isinstance(layer, nn.ConvTranspose2d):
            layer.weight.copy_(bilinear_weight(layer.weight.shape[0], layer.weight.shape[-1]) + 0.05 * normal(layer.weight))
        elif isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.weight.copy_(normal(layer.weight) * (2 / layer.weight[0].numel()) ** 0.5)
            if layer.bias is not None:
                layer.bias.copy_(0.1 * normal(layer.bias))
        elif isinstance(layer, nn.BatchNorm2d):
            layer.weight.copy_(between(0.5, 1.5, layer.weight))
            layer.bias.copy_(0.3 * normal(layer.bias))
            layer.running_mean.copy_(0.3 * normal(layer.running_mean))
            layer.running_var.copy_(between(0.3, 2.5, layer.running_var))
            layer.num_batches_tracked.fill_(1234)


def store(path: Path, net: nn.Module) -> None:
    """Writes the weights as f16 and gives the net the weights as they were stored."""
    tensors = {k: v.half() if v.is_floating_point() else v for k, v in net.state_dict().items()}
    save_file({k: v.contiguous() for k, v in tensors.items()}, path)
    net.load_state_dict({k: v.double() if v.is_floating_point() else v for k, v in load_file(path).items()})


def write_manifest(folder: Path, name: str, weights: str, architecture: str, config: dict, bgr: bool = False,
                   multiple: int = 1) -> None:
    path = folder / f"{weights}.safetensors"
    blob = path.read_bytes()
    order = {"order": "BGR", "mean": [m / 255 for m in MEAN_BGR], "std": [1 / 255] * 3} if bgr else {
        "order": "RGB", "mean": MEAN, "std": STD}
    manifest = {
        "format": 1,
        "name": name,
        "title": {"en": f"Test net {name}", "ko": f"시험용 신경망 {name}"},
        "architecture": architecture,
        "config": config,
        "classes": [
            {"id": i, "name": f"class {i}", "color": f"#{(i * 0x3355AB + 0x204060) & 0xFFFFFF:06x}"}
            for i in range(config["classes"])
        ],
        "input": order | {"pad_multiple": multiple, "pad_color": PAD_COLOR, "long_side": 512, "max_long_side": 1024},
        "files": [{"path": path.name, "bytes": len(blob), "sha256": hashlib.sha256(blob).hexdigest()}],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (folder / f"{name}.model.json").write_text(text, encoding="utf-8")


def put(cases: dict[str, Tensor], key: str, x: Tensor) -> None:
    """[channels, h, w], or every 5th row and column where that is large; and its largest magnitude."""
    full = x.numel() <= 600
    cases[key if full else f"{key}.every{SPARSE}"] = x if full else x[:, ::SPARSE, ::SPARSE]
    cases[f"{key}.max"] = x.abs().max().reshape(1)


def write_cases(folder: Path, name: str, sizes: list, run, variants: tuple[str, ...]) -> None:
    """`run(image)` gives maps [1, c, h, w] by name, in the order of the pass; the heads' under their own names."""
    cases = {}
    for h, w in sizes:
        maps = run(picture(h, w))
        for key, x in maps.items():
            if key in variants:
                put(cases, f"{h}x{w}.{key}", x[0])
                labels = torch.bincount(x[0].argmax(dim=0).flatten()).tolist()
                print(name, f"{h}x{w}", key, tuple(x.shape[1:]), "max", f"{x.abs().max():.3g}", "labels", labels)
            elif (h, w) == MAPS_OF:
                put(cases, f"{h}x{w}.map.{key}", x[0])
    save_file({k: v.float().contiguous() for k, v in cases.items()}, folder / f"{name}.cases.safetensors")


@torch.no_grad()
def reference(folder: Path, generator: torch.Generator) -> None:
    run = lambda net: lambda image: net(prepare_bgr(image))
    config = ReferenceConfig(3, 10, 3)
    settings = {"width": 3, "fc_channels": 10, "classes": 3}
    net = FcnReference(config).double().eval()
    randomise(net, generator)
    centre(net, run(net))
    store(folder / "tiny-reference.safetensors", net)
    for name, pooling, sizes in [("tiny-reference", "ceil", [(1, 1), (33, 65), (97, 50), (70, 131)]),
                                 ("tiny-reference-floor", "floor", [(33, 65), (224, 70)])]:
        net.pool.ceil_mode = pooling == "ceil"
        write_manifest(folder, name, "tiny-reference", "fcn-reference",
                       settings | {"pooling": pooling, "variants": list(config.variants)}, bgr=True)
        write_cases(folder, name, sizes, run(net), config.variants)

    name, config = "tiny-reference-atonce", ReferenceConfig(2, 8, 4, variants=("fcn8s-atonce",))
    net = FcnReference(config).double().eval()
    randomise(net, generator)
    # As training at once would: weights that make up for the scaling. A wrong scale then shows.
    net.score_pool4.weight /= SCALE_POOL4
    net.score_pool3.weight /= SCALE_POOL3
    centre(net, run(net))
    store(folder / f"{name}.safetensors", net)
    write_manifest(folder, name, name, "fcn-reference", {
        "width": 2, "fc_channels": 8, "classes": 4, "pooling": "ceil", "variants": list(config.variants)}, bgr=True)
    write_cases(folder, name, [(1, 1), (33, 65), (97, 50)], run(net), config.variants)


def centre(net: FcnReference, run) -> None:
    """Centres each class's scores, or one class wins everywhere and the label maps say nothing."""
    seen = [run(picture(h, w)) for h, w in [(33, 65), (97, 50)]]
    for name in ("score_fr", "score_pool4", "score_pool3"):
        if hasattr(net, name):
            layer = net.get_submodule(name)
            layer.bias -= torch.stack([s[name].mean(dim=(0, 2, 3)) for s in seen]).mean(dim=0)


def watched(net: nn.Module, names: tuple[str, ...] | dict[str, str], x: Tensor) -> dict[str, Tensor]:
    """A pass's outputs, and before them the outputs of some modules, by the last part of their names or as `names` says."""
    maps = {}
    if isinstance(names, tuple):
        names = {n: "conv1" if n == "backbone.relu" else n.split(".")[-1] for n in names}

    def keep(key: str):
        return lambda _module, _inputs, out: maps.__setitem__(key, out.clone())

    hooks = [net.get_submodule(n).register_forward_hook(keep(key)) for n, key in names.items()]
    out = net(x)
    for hook in hooks:
        hook.remove()
    return maps | out


@torch.no_grad()
def resnets(folder: Path, generator: torch.Generator) -> None:
    write_resnets(folder, generator, 2, [1, 2, 3, 2], 3, ["tiny-fcn-resnet50", "tiny-deeplabv3"], "50")


@torch.no_grad()
def deep_resnets(folder: Path, generator: torch.Generator) -> None:
    names = ["tiny-fcn-resnet101", "tiny-deeplabv3-resnet101"]
    write_resnets(folder, generator, 1, [3, 4, 23, 3], 3, names, "101")


def write_resnets(folder: Path, generator: torch.Generator, width: int, blocks: list[int], classes: int, names: list[str],
                  depth: str) -> None:
    stages = tuple(f"backbone.{n}" for n in ("relu", "maxpool", "layer1", "layer2", "layer3", "layer4")) + ("classifier",)
    sizes = [(1, 1), MAPS_OF, (97, 50)]
    # Beyond 288 pixels the largest rate's outer taps meet the map, down and across.
    wide = sizes + [(40, 330), (310, 40)]
    settings = {"width": width, "blocks": blocks, "classes": classes}
    for name, net, architecture, config, watch, sizes in [
        (names[0], fcn_resnet(width, blocks, classes), f"fcn-resnet{depth}",
         settings | {"variants": ["out", "aux"]}, stages + ("aux_classifier",), sizes),
        (names[1], deeplab(width, blocks, classes, 6), f"deeplabv3-resnet{depth}",
         settings | {"aspp_channels": 6, "variants": ["out", "aux"]}, stages + ("aux_classifier",), wide),
    ]:
        net = net.double().eval()
        randomise(net, generator)
        seen = net(prepare_rgb(picture(97, 50)))  # centred, as above
        for head, scores in seen.items():
            layer = (net.classifier if head == "out" else net.aux_classifier)[4]
            layer.bias -= scores.mean(dim=(0, 2, 3))
        store(folder / f"{name}.safetensors", net)
        write_manifest(folder, name, name, architecture, config)
        variants = tuple(config["variants"])
        write_cases(folder, name, sizes, lambda image: watched(net, watch, prepare_rgb(image)), variants)


@torch.no_grad()
def classifiers(folder: Path, generator: torch.Generator) -> None:
    write_classifiers(folder, generator, 2, [("tiny-vgg16", "D", False), ("tiny-vgg16-bn", "D", True)])


@torch.no_grad()
def other_classifiers(folder: Path, generator: torch.Generator) -> None:
    write_classifiers(folder, generator, 2, [("tiny-vgg11", "A", False), ("tiny-vgg13-bn", "B", True), ("tiny-vgg19", "E", False)])


def write_classifiers(folder: Path, generator: torch.Generator, width: int, nets: list[tuple[str, str, bool]]) -> None:
    for name, layers, batch_norm in nets:
        net = SmallVgg(layers, width, 12, 5, batch_norm).double().eval()
        randomise(net, generator)
        store(folder / f"{name}.safetensors", net)
        architecture = {"A": "vgg11", "B": "vgg13", "D": "vgg16", "E": "vgg19"}[layers] + "-classifier"
        write_manifest(folder, name, name, architecture, {
            "width": width, "fc_channels": 12, "batch_norm": batch_norm, "classes": 5, "variants": ["score"]})

        def windows(image: Tensor) -> dict[str, Tensor]:
            """The classifier itself, on the whole picture or on each 7x7 window of its features."""
            features = net.features(prepare_rgb(image))
            if image.shape[:2] == (224, 224):
                return {"score": net(prepare_rgb(image))[:, :, None, None]}
            h, w = features.shape[-2] - 6, features.shape[-1] - 6
            flat = F.unfold(features, 7)[0].T  # [windows, channels*7*7]
            return {"score": net.classifier(flat).T.reshape(1, -1, h, w)}

        write_cases(folder, name, [(224, 224), (260, 330)] if batch_norm else [(224, 224), (300, 225)], windows, ("score",))


@torch.no_grad()
def mobilenets(folder: Path, generator: torch.Generator) -> None:
    width, classes, sizes = MOBILENET_WIDTH, 3, [(1, 1), MAPS_OF, (97, 50), (70, 131)]
    lraspp = _lraspp_mobilenetv3(mobilenet(width), classes)
    low, high = lraspp.classifier.low_classifier.in_channels, lraspp.classifier.cbr[0].in_channels
    lraspp.classifier = LRASPPHead(low, high, classes, 6)
    deeplab = _deeplabv3_mobilenetv3(mobilenet(width), classes, aux=True)
    deeplab.classifier = deeplab_head(high, classes, 6)
    stages = {f"backbone.{i}": f"backbone.{i}" for i in range(17)}
    for name, net, architecture, config, watch, sizes in [
        ("tiny-lraspp-mobilenet", lraspp, "lraspp-mobilenet-v3-large", {"inter_channels": 6, "variants": ["out"]},
         stages | {f"classifier.{name}": f"classifier.{name}" for name in ("cbr", "scale", "low_classifier")}
         | {"classifier.high_classifier": "classifier.high_resized", "classifier": "classifier"}, sizes),
        # Beyond 576 pixels the largest rate's outer taps meet the map.
        ("tiny-deeplabv3-mobilenet", deeplab, "deeplabv3-mobilenet-v3-large",
         {"aspp_channels": 6, "variants": ["out", "aux"]},
         stages | {"classifier": "classifier", "aux_classifier": "aux_classifier"}, sizes + [(20, 640), (620, 20)]),
    ]:
        net = net.double().eval()
        randomise(net, generator)

        def run(image: Tensor, net=net, watch=watch) -> dict[str, Tensor]:
            maps = watched(net, watch, prepare_rgb(image))
            if "classifier.scale" in maps:  # torchvision multiplies in place, without a module
                maps["classifier.scaled"] = maps.pop("classifier.scale") * maps["classifier.cbr"]
            return maps

        seen = run(picture(97, 50))  # centred, as above
        for head, layer in [("out", net.classifier.high_classifier if net is lraspp else net.classifier[4]),
                            ("aux", net.aux_classifier[4] if net is deeplab else None)]:
            if layer is not None:
                layer.bias -= seen[head].mean(dim=(0, 2, 3))
        store(folder / f"{name}.safetensors", net)
        write_manifest(folder, name, name, architecture, {"width": width, "classes": classes} | config)
        write_cases(folder, name, sizes, run, tuple(config["variants"]))


@torch.no_grad()
def efficientnet(folder: Path, generator: torch.Generator) -> None:
    name, config = "tiny-efficientnet-lite", lite.Config(width=0.1, depth=0.5, fc6_kernel=3, fc_channels=12, classes=3)
    net = lite.FcnEfficientNetLite(config).double().eval()
    randomise(net, generator)
    # Where ReLU6 cuts off at both ends.
    for block in net.blocks:
        block.depthwise.weight *= 1.5

    def run(image: Tensor) -> dict[str, Tensor]:
        maps = net.backbone(prepare(image))
        heads = {variant: net.head(variant, maps) for variant in config.variants}
        return {key: x for key, x in maps.items() if not key.startswith("pool")} | heads

    for head in ("score_fr", "score_pool4", "score_pool3"):  # centred, as above
        maps = net.backbone(prepare(picture(97, 50)))
        inputs = {"score_fr": "fc7", "score_pool4": "pool4", "score_pool3": "pool3"}[head]
        layer = net.get_submodule(head)
        layer.bias -= layer(maps[inputs]).mean(dim=(0, 2, 3))
    store(folder / f"{name}.safetensors", net)
    write_manifest(folder, name, name, "fcn-efficientnet-lite", {
        "width": config.width, "depth": config.depth, "fc6_kernel": config.fc6_kernel, "fc_channels": config.fc_channels,
        "classes": config.classes, "variants": list(config.variants)}, multiple=STRIDE)
    write_cases(folder, name, [(1, 1), MAPS_OF, (97, 50), (70, 131)], run, config.variants)


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "fixtures")
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for make in (reference, resnets, classifiers, efficientnet, deep_resnets, other_classifiers, mobilenets):
        make(folder, torch.Generator().manual_seed(SEED))
    print(f"torch {torch.__version__}, seed {SEED}")


if __name__ == "__main__":
    main()
