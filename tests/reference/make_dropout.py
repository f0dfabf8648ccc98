"""Writes dropout's masks, and what passes with them say of a picture: `dropout.json`, `dropout.cases.safetensors`. See README.md.

The masks are those of src/models/dropout.rs; each net is run from its photo on, T times, and the activations after the
ReLUs of fc6 and fc7 are dropped before fc7 and score_fr read them. Float64 from the stored weights, rounded at the end.

    python make_dropout.py [folder]
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

import fcn
import fcn_efficientnet_lite as lite
import fcn_reference as reference

MASK = 0xFFFFFFFF
GOLDEN = 0x9E3779B9


def mix(x: int) -> int:
    x = (x ^ x >> 16) * 0x7FEB352D & MASK
    x = (x ^ x >> 15) * 0x846CA68B & MASK
    return x ^ x >> 16


def draw(seed: int, in_pass: int, layer: int, unit: int) -> int:
    """The number, 0 to 2**32 - 1, that decides about a unit."""
    state = mix(seed + GOLDEN & MASK)
    for word in (in_pass, layer, unit):
        state = mix((state + GOLDEN & MASK) ^ mix(word + GOLDEN & MASK))
    return state


def kept(seed: int, in_pass: int, layer: int, units: int, p: float) -> list[int]:
    return [int(draw(seed, in_pass, layer, unit) >= p * 2**32) for unit in range(units)]


def nets(folder: Path) -> dict[str, tuple[nn.Module, object]]:
    """The small nets on their stored weights, each with what makes a picture its input."""
    made = {
        "tiny-fc1": (fcn.Fcn(fcn.Config(4, 1, 16, 3)), fcn.prepare),
        "tiny-efficientnet-lite": (lite.FcnEfficientNetLite(lite.Config(
            **{key: json.loads((folder / "tiny-efficientnet-lite.model.json").read_text())["config"][key]
               for key in ("width", "depth", "fc6_kernel", "fc_channels", "classes")})), fcn.prepare),
        "tiny-reference": (reference.FcnReference(reference.ReferenceConfig(3, 10, 3)), reference.prepare),
    }
    for name, (net, _) in made.items():
        stored = load_file(folder / f"{name}.safetensors")
        net.double().eval().load_state_dict({k: v.double() for k, v in stored.items()})
    return made


def scores(net: nn.Module, x: Tensor, variant: str, size: tuple[int, int]) -> Tensor:
    """[classes, H, W] of the picture alone."""
    h, w = size
    if isinstance(net, reference.FcnReference):
        return net(x)[variant][0]
    return net.head(variant, net.backbone(x))[0, :, :h, :w]


@torch.no_grad()
def passes(net: nn.Module, x: Tensor, variant: str, size: tuple[int, int], count: int, seed: int, p: float) -> dict[str, Tensor]:
    """Mean and spread of the winning class over the passes, and what else an uncertainty holds."""
    now = 0

    def dropping(layer: int):
        def hook(_module: nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor]:
            mask = torch.tensor(kept(seed, now, layer, inputs[0].shape[1], p), dtype=torch.float64)
            return (inputs[0] * (mask / (1 - p))[None, :, None, None],)
        return hook

    hooks = [net.fc7.register_forward_pre_hook(dropping(0)), net.score_fr.register_forward_pre_hook(dropping(1))]
    all_of = []
    for now in range(count):
        all_of.append(scores(net, x, variant, size).softmax(dim=0))
    for hook in hooks:
        hook.remove()
    values = torch.stack(all_of)  # [T, classes, H, W]
    means = values.mean(dim=0)
    top = means.topk(2, dim=0).values
    labels = means.argmax(dim=0)
    spread = values.std(dim=0, correction=0).gather(0, labels[None])[0]
    return {"labels": labels.to(torch.uint8), "mean": top[0], "margin": top[0] - top[1], "spread": spread,
            "entropy": torch.special.entr(means).sum(dim=0)}


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "fixtures")
    torch.set_num_threads(1)
    masks = []
    for seed, in_pass, layer, p in [(0, 0, 0, 0.5), (1, 0, 0, 0.5), (1, 1, 0, 0.5), (1, 0, 1, 0.5), (1, 0, 0, 0.2), (20261129, 7, 1, 0.1),
                                    (MASK, 999, 1, 0.9), (1, 0, 0, 0.0), (123456789, MASK, MASK, 1 / 3)]:
        draws = [draw(seed, in_pass, layer, unit) for unit in range(16)]
        masks.append({"seed": seed, "pass": in_pass, "layer": layer, "p": p, "draws": draws, "kept": kept(seed, in_pass, layer, 16, p)})
    image = load_file(folder / "tiny-fc1.cases.safetensors")["33x65.image"]
    cases, settings = {"image": image}, []
    made = nets(folder)
    for name, variant, count, seed, p in [("tiny-fc1", "fcn32s", 8, 2, 0.5), ("tiny-fc1", "fcn8s", 12, 20261129, 0.2),
                                          ("tiny-efficientnet-lite", "fcn8s", 8, 3, 0.5), ("tiny-reference", "fcn16s", 8, 4, 0.5)]:
        net, prepare = made[name]
        found = passes(net, prepare(image), variant, tuple(image.shape[:2]), count, seed, p)
        key = f"{name}.{variant}"
        cases |= {f"{key}.{what}": values for what, values in found.items()}
        settings.append({"net": name, "variant": variant, "passes": count, "seed": seed, "p": p})
        print(key, "labels", torch.bincount(found["labels"].flatten().long()).tolist(), "mean", f"{found['mean'].mean():.3f}",
              "spread", f"{found['spread'].min():.3f} to {found['spread'].max():.3f}")
    save_file({k: (v.float() if v.is_floating_point() else v).contiguous() for k, v in cases.items()},
              folder / "dropout.cases.safetensors")
    parts = (f' "{name}": [\n' + ",\n".join(f"  {json.dumps(row)}" for row in rows) + "\n ]"
             for name, rows in (("masks", masks), ("cases", settings)))
    (folder / "dropout.json").write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
