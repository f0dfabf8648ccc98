"""Writes fixtures/layers.json: random chains of layers as text, and what PyTorch makes of them. See README.md.

Each chain is written as people write it, evaluated here, and run: the shape after every layer, its learned numbers, and,
for some cells of the last map, which rows and columns of the input their gradient reaches. Weights are positive and
max pools are averages when gradients are taken, so that nothing cancels and nothing is left out.

    python make_layers.py [folder]
"""

import json
import random
import sys
from pathlib import Path

import torch
from torch import nn

SEED = 20261129
CHAINS = 64
CELLS = 6


def pair(rng: random.Random, draw) -> object:
    """One number for both dimensions, or two."""
    a = draw()
    return a if rng.random() < 0.6 else (a, draw())


def first(value, axis: int) -> int:
    return value[axis] if isinstance(value, tuple) else value


def layer(rng: random.Random, channels: int) -> str:
    kind = rng.choice(["conv", "conv", "conv", "transposed", "transposed", "max", "avg", "keep", "norm", "upsample", "pad"])
    kernel, stride = pair(rng, lambda: rng.randint(1, 5)), pair(rng, lambda: rng.randint(1, 3))
    dilation = pair(rng, lambda: rng.choice([1, 1, 2, 3]))
    groups = rng.choice([g for g in (1, 1, 2, channels) if channels % g == 0])
    out = groups * rng.randint(1, 3)
    bias = rng.choice(["", ", bias=False"])
    if kind == "conv":
        if rng.random() < 0.2:
            return f"nn.Conv2d({channels}, {out}, {kernel}, padding='same', dilation={dilation}, groups={groups}{bias})"
        padding = pair(rng, lambda: rng.randint(0, 3))
        return f"nn.Conv2d({channels}, {out}, {kernel}, {stride}, {padding}, {dilation}, groups={groups}{bias})"
    if kind == "transposed":
        padding = pair(rng, lambda: rng.randint(0, 2))
        more = tuple(rng.randint(0, max(first(stride, a), first(dilation, a)) - 1) for a in (0, 1))
        return (f"nn.ConvTranspose2d({channels}, {out}, kernel_size={kernel}, stride={stride}, padding={padding}, "
                f"output_padding={more}, groups={groups}, dilation={dilation}{bias})")
    if kind in ("max", "avg"):
        kernel = pair(rng, lambda: rng.randint(2, 4))
        ceil = rng.choice([True, False])
        given = rng.choice(["", f", stride={stride}"])
        if kind == "max" and not ceil and rng.random() < 0.4:
            return f"nn.MaxPool2d({kernel}{given}, padding=1, dilation={dilation})"
        return f"nn.{kind.title()}Pool2d({kernel}{given}, padding={rng.randint(0, 1)}, ceil_mode={ceil})"
    if kind == "upsample":
        mode = rng.choice(["nearest", "bilinear"])
        return f"nn.Upsample(scale_factor={rng.randint(2, 4)}, mode='{mode}')"
    if kind == "pad":
        return f"nn.ZeroPad2d(({rng.randint(0, 2)}, {rng.randint(0, 2)}, {rng.randint(0, 2)}, {rng.randint(0, 2)}))"
    if kind == "norm":
        return f"nn.BatchNorm2d({channels})"
    return rng.choice(["nn.ReLU(inplace=True)", "nn.Dropout2d(0.5)", "nn.Identity()"])


def smooth(module: nn.Module) -> nn.Module:
    """The same geometry, but every input counts."""
    if not isinstance(module, nn.MaxPool2d):
        return module
    if module.dilation == 1:
        return nn.AvgPool2d(module.kernel_size, module.stride, module.padding, module.ceil_mode)

    class Slide(nn.Module):
        def forward(self, x):
            kernel = module.kernel_size if isinstance(module.kernel_size, tuple) else (module.kernel_size,) * 2
            weight = torch.ones(x.shape[1], 1, *kernel, dtype=x.dtype)
            return nn.functional.conv2d(x, weight, None, module.stride, module.padding, module.dilation, x.shape[1])

    return Slide()


def hull(gradient: torch.Tensor) -> list[int] | None:
    found = gradient.nonzero().flatten().tolist()
    return [found[0], found[-1]] if found else None


def chain(rng: random.Random) -> dict | None:
    """None where a map has no cell, or is large."""
    size = [rng.randint(1, 3), rng.randint(6, 48), rng.randint(6, 48)]
    x = torch.ones(1, *size, dtype=torch.float64, requires_grad=True)
    y, lines, shapes, parameters = x, [], [], []
    for _ in range(rng.randint(1, 7)):
        text = layer(rng, y.shape[1])
        try:
            module = eval(text, {"nn": nn}).double().eval()
            plain = module(y.detach())
            for weight in module.parameters():
                nn.init.constant_(weight, 0.5)
            y = smooth(module)(y)
        except RuntimeError:
            return None
        if plain.shape != y.shape:
            raise AssertionError(text)
        if max(y.shape[2:]) > 160 or y.shape[1] > 24:
            return None
        lines.append(text)
        shapes.append(list(y.shape[1:]))
        parameters.append(sum(weight.numel() for weight in module.parameters()))
    fields = []
    for _ in range(CELLS):
        row, column = rng.randrange(y.shape[2]), rng.randrange(y.shape[3])
        # A row without its columns: where stamps leave gaps, a single cell could depend on nothing for the other's sake.
        (down,) = torch.autograd.grad(y[0, :, row, :].sum(), x, retain_graph=True)
        (across,) = torch.autograd.grad(y[0, :, :, column].sum(), x, retain_graph=True)
        fields.append({"cell": [row, column], "rows": hull(down[0].abs().sum((0, 2))),
                       "columns": hull(across[0].abs().sum((0, 1)))})
    return {"source": "\n".join(lines), "input": size, "shapes": shapes, "parameters": parameters, "fields": fields}


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "fixtures")
    rng = random.Random(SEED)
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    chains = []
    while len(chains) < CHAINS:
        found = chain(rng)
        if found:
            chains.append(found)
    body = ",\n".join(json.dumps(each, separators=(",", ":")) for each in chains)
    (folder / "layers.json").write_text(f"[\n{body}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
