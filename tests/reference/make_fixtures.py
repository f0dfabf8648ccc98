"""Writes the fixtures beside it: small nets, pictures, and the numbers PyTorch gets for them. See README.md.

Everything is computed in float64 from the stored (f32 or f16) weights and rounded to f32 at the end, so that a
difference seen by a test is the tested code's own rounding, not the reference's.

    python make_fixtures.py [folder]
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from fcn import MEAN, PAD_COLOR, STD, STRIDE, UPSAMPLING, Config, Fcn, bilinear_profile, bilinear_weight, scores

SEED = 20261123
SIZES = [(32, 32), (64, 48), (33, 65), (1, 1), (97, 50), (70, 131)]  # height, width
SPARSE = 5  # larger pictures keep every 5th row and column: coprime to strides 8, 16, 32, so every phase is met
MAPS_OF = (33, 65)  # the picture whose scores and inner maps are stored in full

NETS = {
    "tiny-fc1": (Config(4, 1, 16, 3), torch.float32, SIZES),
    "tiny-fc3": (Config(3, 3, 10, 3), torch.float16, [(1, 1), (33, 65), (97, 50)]),
    # 21 classes, and the head of one variant only: upscore32 alone would take 7 MB
    "tiny-fc7": (Config(2, 7, 8, 21, ("fcn8s",)), torch.float16, [(1, 1), (32, 32), (97, 50)]),
}


def picture(h: int, w: int, channels: int, generator: torch.Generator) -> Tensor:
    """Random u8 [h, w, channels]: coarse blobs, so that deep layers see structure, plus fine noise."""
    coarse = torch.rand(1, channels, h // 9 + 2, w // 9 + 2, generator=generator)
    blobs = F.interpolate(coarse, size=(h, w), mode="bilinear", align_corners=False)[0]
    noisy = blobs * 1.6 - 0.3 + 0.15 * torch.randn(channels, h, w, generator=generator)
    return (noisy.clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).contiguous()


@torch.no_grad()
def random_net(config: Config, pictures: list[Tensor], generator: torch.Generator) -> Fcn:
    """He initialisation; upsampling is bilinear plus noise that mixes the classes."""
    net = Fcn(config).double()
    for name, layer in net.named_children():
        if isinstance(layer, nn.ConvTranspose2d):
            k = UPSAMPLING[name][0]
            noise = torch.randn(layer.weight.shape, generator=generator, dtype=torch.float64)
            layer.weight.copy_(bilinear_weight(config.classes, k) + 0.05 * noise)
        else:
            fan_in = layer.weight[0].numel()
            gain = 1.0 if name.startswith("score") else 2.0
            weight = torch.randn(layer.weight.shape, generator=generator, dtype=torch.float64)
            layer.weight.copy_(weight * (gain / fan_in) ** 0.5)
            layer.bias.copy_(0.1 * torch.randn(layer.bias.shape, generator=generator, dtype=torch.float64))
    # Centre each class's scores, or one class wins everywhere and the label maps say nothing.
    seen = [scores(net, p) for p in pictures]
    for name, source in (("score_fr", "score_fr"), ("score_pool4", "pool4"), ("score_pool3", "pool3")):
        if hasattr(net, name):
            layer = net.get_submodule(name)
            maps = [s[source] if name == source else layer(s[source][None])[0] for s in seen]
            layer.bias -= torch.stack([m.mean(dim=(1, 2)) for m in maps]).mean(dim=0)
    return net


def write_net(folder: Path, name: str, net: Fcn, dtype: torch.dtype) -> Fcn:
    """Writes weights and manifest, and returns the net with the weights as they were stored."""
    path = folder / f"{name}.safetensors"
    save_file({k: v.to(dtype).contiguous() for k, v in net.state_dict().items()}, path)
    blob, config = path.read_bytes(), net.config
    manifest = {
        "format": 1,
        "name": name,
        "title": {"en": f"Test net {name}", "ko": f"시험용 신경망 {name}"},
        "architecture": "fcn-vgg16",
        "config": {**vars(config), "variants": list(config.variants)},
        "classes": [
            {"id": i, "name": f"class {i}", "color": f"#{(i * 0x3355AB + 0x204060) & 0xFFFFFF:06x}"}
            for i in range(config.classes)
        ],
        "input": {"order": "RGB", "mean": MEAN, "std": STD, "pad_multiple": STRIDE, "pad_color": PAD_COLOR,
                  "long_side": 512, "max_long_side": 1024},
        "files": [{"path": path.name, "bytes": len(blob), "sha256": hashlib.sha256(blob).hexdigest()}],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (folder / f"{name}.model.json").write_text(text, encoding="utf-8")
    stored = Fcn(config).double()
    stored.load_state_dict({k: v.double() for k, v in load_file(path).items()})
    return stored


def net_cases(net: Fcn, pictures: dict[tuple[int, int], Tensor], sizes: list, with_maps: bool) -> dict[str, Tensor]:
    cases = {}
    for h, w in sizes:
        key = f"{h}x{w}"
        cases[f"{key}.image"] = pictures[h, w]
        result = scores(net, pictures[h, w])
        for variant in net.config.variants:
            s = result[variant]
            if h * w == 1 or net.config.classes < 10 and (h * w <= 32 * 32 or with_maps and (h, w) == MAPS_OF):
                cases[f"{key}.{variant}"] = s
            else:
                cases[f"{key}.{variant}.every{SPARSE}"] = s[:, ::SPARSE, ::SPARSE]
            cases[f"{key}.{variant}.max"] = s.abs().max().reshape(1)
            if with_maps:
                top = s.topk(2, dim=0).values
                print(key, variant, "labels", torch.bincount(s.argmax(dim=0).flatten()).tolist(),
                      "max", f"{s.abs().max():.3f}", "smallest margin", f"{(top[0] - top[1]).min():.2e}")
        if with_maps and (h, w) == MAPS_OF:
            cases |= {f"{key}.{m}": result[m] for m in ("pool3", "pool4", "score_fr")}
    return cases


def triangle(n: int, out: int) -> Tensor:
    """[out, n], rows summing to 1: each output pixel's triangle filter, as wide as two output pixels, over n inputs."""
    scale = n / out
    centers = (torch.arange(out, dtype=torch.float64) + 0.5) * scale
    inputs = torch.arange(n, dtype=torch.float64) + 0.5
    weights = (1 - (inputs[None] - centers[:, None]).abs() / scale).clamp(min=0)
    return weights / weights.sum(dim=1, keepdim=True)


def resize_cases(generator: torch.Generator) -> dict[str, Tensor]:
    """Photos made smaller by a triangle filter whose support grows with the ratio, as Pillow's BILINEAR does."""
    cases = {}
    for name, (h, w), (oh, ow) in [
        ("landscape", (37, 53), (14, 20)), ("portrait", (53, 37), (29, 21)), ("same", (11, 7), (11, 7)),
        ("pixel", (37, 53), (1, 1)), ("ribbon", (3, 200), (1, 40)), ("pillar", (97, 1), (13, 1)),
    ]:
        rgba = picture(h, w, 4, generator)
        rgba[0, 0, 3], rgba[-1, -1, 3] = 0, 255
        flat = rgba.double().permute(2, 0, 1)
        alpha = flat[3:] / 255
        over_white = flat[:3] * alpha + 255 * (1 - alpha)
        small = triangle(h, oh) @ over_white @ triangle(w, ow).T
        # Not PyTorch's interpolate(antialias=True): 2.15 gets a one-pixel-wide picture wrong. Pillow is the witness.
        channels = [Image.fromarray(c.float().numpy()).resize((ow, oh), Image.Resampling.BILINEAR) for c in over_white]
        witness = torch.stack([torch.from_numpy(np.array(c)) for c in channels])
        assert (witness - small).abs().max() < 1e-3, name
        cases |= {f"{name}.rgba": rgba, f"{name}.rgb": small}
    return cases


def label_cases(generator: torch.Generator) -> dict[str, Tensor]:
    cases = {}
    for name, (c, h, w), (oh, ow) in [
        ("odd", (5, 7, 9), (23, 31)), ("wide", (16, 5, 24), (17, 101)), ("one", (4, 1, 1), (5, 3)),
        ("same", (3, 8, 11), (8, 11)), ("column", (2, 6, 1), (19, 4)),
    ]:
        s = torch.randn(c, h, w, generator=generator).double()  # drawn in f32: stored exactly
        large = F.interpolate(s[None], size=(oh, ow), mode="bilinear", align_corners=False)[0]
        top = large.topk(2, dim=0).values
        cases |= {f"{name}.scores": s, f"{name}.labels": large.argmax(dim=0).to(torch.uint8),
                  f"{name}.margin": top[0] - top[1]}
    return cases


def upsampling_facts() -> dict[str, object]:
    """Bilinear rows, and output sizes as PyTorch's layer really gives them (or refuses: null)."""
    rows = []
    for size in (1, 2, 3, 7, 14):
        for k, s, p, op, d in [
            (4, 2, 1, 0, 1), (64, 32, 16, 0, 1), (32, 16, 8, 0, 1), (16, 8, 4, 0, 1), (16, 16, 8, 0, 1),
            (16, 16, 0, 0, 1), (3, 1, 0, 0, 1), (3, 2, 0, 0, 1), (3, 2, 1, 0, 1), (3, 2, 1, 1, 1), (3, 1, 1, 0, 2),
            (3, 2, 1, 1, 2), (2, 2, 0, 0, 1), (5, 3, 2, 2, 1), (3, 1, 0, 1, 2), (1, 1, 0, 0, 1), (1, 3, 0, 2, 1),
            (3, 2, 0, 2, 1), (2, 1, 3, 0, 1),
        ]:
            try:
                layer = nn.ConvTranspose1d(1, 1, k, s, p, op, dilation=d)
                out = layer(torch.zeros(1, 1, size)).shape[-1] or None
            except RuntimeError:
                out = None
            rows.append({"in": size, "kernel": k, "stride": s, "padding": p, "output_padding": op, "dilation": d, "out": out})
    return {"bilinear_rows": {str(k): bilinear_profile(k).tolist() for k in (*range(1, 9), 16, 32, 64)}, "output_sizes": rows}


def write_cases(path: Path, cases: dict[str, Tensor]) -> None:
    save_file({k: (v.float() if v.is_floating_point() else v).contiguous() for k, v in cases.items()}, path)


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "fixtures")
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(SEED)
    pictures = {size: picture(*size, 3, generator) for size in SIZES}
    for name, (config, dtype, sizes) in NETS.items():
        net = random_net(config, list(pictures.values()), generator)
        stored = write_net(folder, name, net, dtype)
        write_cases(folder / f"{name}.cases.safetensors", net_cases(stored, pictures, sizes, name == "tiny-fc1"))
        if name == "tiny-fc1":
            half = write_net(folder, f"{name}-f16", net, torch.float16)
            write_cases(folder / f"{name}-f16.cases.safetensors", net_cases(half, pictures, [MAPS_OF], False))
    write_cases(folder / "resize.cases.safetensors", resize_cases(generator))
    write_cases(folder / "labels.cases.safetensors", label_cases(generator))
    facts = upsampling_facts()  # one line an entry
    body = ",\n".join(f'  {json.dumps(k)}: {json.dumps(v)}' for k, v in facts["bilinear_rows"].items())
    rows = ",\n".join(f"  {json.dumps(row)}" for row in facts["output_sizes"])
    text = f'{{\n "bilinear_rows": {{\n{body}\n }},\n "output_sizes": [\n{rows}\n ]\n}}\n'
    (folder / "upsampling.json").write_text(text, encoding="utf-8")
    files = sorted(folder.iterdir())
    for f in files:
        print(f"{f.stat().st_size:8d}  {f.name}")
    print(f"{sum(f.stat().st_size for f in files):8d}  bytes in all; torch {torch.__version__}, seed {SEED}")


if __name__ == "__main__":
    main()
