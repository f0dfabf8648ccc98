"""Writes fixtures/conv_transpose.json: what PyTorch computes for small transposed convolutions.

    python tests/reference/make_conv_transpose.py

Each case: one map, one kernel, a parameter set (rows, columns), the result of
torch.nn.functional.conv_transpose2d on them (`output`), and of conv2d on that result with the
same parameters (`convolved`), in float64 from small whole numbers, so that every product and
sum is exact and the comparison needs no tolerance. `sizes` holds the output sizes alone of
many more parameter sets, from torch.nn.ConvTranspose2d on the meta device.
"""

import json
import random
from pathlib import Path

import torch
import torch.nn.functional as F

OUT = Path(__file__).parent / "fixtures" / "conv_transpose.json"

# FCN's layers, the lecture's slip, checkerboards, and one for each parameter by itself and
# by dimension: (input, kernel, stride, padding, output_padding, dilation).
NAMED = [
    ((3, 3), (3, 3), (1, 1), (0, 0), (0, 0), (1, 1)),
    ((3, 3), (3, 3), (2, 2), (0, 0), (0, 0), (1, 1)),
    ((3, 3), (3, 3), (2, 2), (1, 1), (0, 0), (1, 1)),
    ((3, 3), (3, 3), (2, 2), (1, 1), (1, 1), (1, 1)),
    ((2, 2), (2, 2), (3, 3), (0, 0), (2, 2), (1, 1)),
    ((3, 3), (4, 4), (2, 2), (1, 1), (0, 0), (1, 1)),
    ((3, 2), (3, 2), (1, 1), (0, 0), (0, 0), (2, 3)),
    ((2, 4), (3, 2), (3, 1), (1, 0), (2, 0), (1, 2)),
    ((1, 5), (1, 4), (2, 3), (0, 2), (1, 1), (1, 1)),
    ((4, 2), (2, 5), (1, 2), (1, 3), (0, 1), (3, 1)),
    ((3, 3), (1, 1), (2, 2), (0, 0), (1, 1), (1, 1)),
    ((4, 4), (2, 2), (2, 2), (2, 2), (1, 1), (1, 1)),  # padding beyond the kernel: cropped
    ((1, 1), (1, 1), (1, 1), (0, 0), (0, 0), (1, 1)),
    ((2, 2), (3, 3), (1, 1), (1, 1), (2, 2), (3, 3)),  # output_padding allowed by dilation
]

SIZES = [
    ((7, 7), (4, 4), (2, 2), (1, 1), (0, 0), (1, 1)),
    ((7, 7), (16, 16), (8, 8), (4, 4), (0, 0), (1, 1)),
    ((14, 14), (32, 32), (16, 16), (8, 8), (0, 0), (1, 1)),
    ((7, 7), (64, 64), (32, 32), (16, 16), (0, 0), (1, 1)),
    ((14, 14), (16, 16), (16, 16), (8, 8), (0, 0), (1, 1)),
    ((14, 14), (16, 16), (16, 16), (0, 0), (0, 0), (1, 1)),
]


def random_case(rng: random.Random) -> tuple:
    """A parameter set that PyTorch accepts: output_padding < max(stride, dilation), size >= 1."""
    while True:
        axes = []
        for _ in range(2):
            n, k, s, d = rng.randint(1, 4), rng.randint(1, 4), rng.randint(1, 4), rng.randint(1, 3)
            p, op = rng.randint(0, 4), rng.randint(0, max(s, d) - 1)
            axes.append((n, k, s, p, op, d))
        if all((n - 1) * s - 2 * p + d * (k - 1) + op + 1 >= 1 for n, k, s, p, op, d in axes):
            return tuple(zip(*axes))


def parameters(case: tuple) -> dict:
    names = ("input", "kernel", "stride", "padding", "outputPadding", "dilation")
    return {name: list(pair) for name, pair in zip(names, case)}


def main() -> None:
    rng = random.Random(20150608)
    torch.manual_seed(20150608)
    cases = []
    for case in NAMED + [random_case(rng) for _ in range(60)]:
        size, kernel, stride, padding, output_padding, dilation = case
        x = torch.randint(-4, 5, size, dtype=torch.float64)
        w = torch.randint(-4, 5, kernel, dtype=torch.float64)
        y = F.conv_transpose2d(x[None, None], w[None, None], stride=stride, padding=padding,
                               output_padding=output_padding, dilation=dilation)
        back = F.conv2d(y, w[None, None], stride=stride, padding=padding, dilation=dilation)
        cases.append({
            **parameters(case),
            "values": x.int().flatten().tolist(), "weights": w.int().flatten().tolist(),
            "size": list(y.shape[2:]), "output": y.int().flatten().tolist(),
            "convolvedSize": list(back.shape[2:]), "convolved": back.int().flatten().tolist(),
        })
    sizes = []
    for case in SIZES + [random_case(rng) for _ in range(300)]:
        size, kernel, stride, padding, output_padding, dilation = case
        layer = torch.nn.ConvTranspose2d(1, 1, kernel, stride, padding, output_padding,
                                         bias=False, dilation=dilation, device="meta")
        y = layer(torch.empty(1, 1, *size, device="meta"))
        sizes.append({**parameters(case), "size": list(y.shape[2:])})
    # Interpolation, to compare the bilinear kernel with: k = 2s, p = s/2.
    ramp = torch.tensor([[1.0, 4.0, 2.0], [0.0, 3.0, 5.0]], dtype=torch.float64)
    bilinear = [{
        "scale": s, "values": ramp.flatten().tolist(), "input": list(ramp.shape),
        "output": F.interpolate(ramp[None, None], scale_factor=s, mode="bilinear",
                                align_corners=False).flatten().tolist(),
    } for s in (2, 4, 8)]
    data = {"torch": torch.__version__.split("+")[0], "cases": cases, "sizes": sizes, "bilinear": bilinear}
    text = json.dumps(data, separators=(",", ":")).replace('},{"input"', '},\n{"input"')
    OUT.write_text(text + "\n")
    print(f"{OUT.name}: {len(cases)} cases, {len(sizes)} sizes, {len(text)} bytes")


if __name__ == "__main__":
    main()
