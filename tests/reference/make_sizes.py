"""Writes fixtures/reference_sizes.json: every map's size in the authors' nets, for inputs of 1 to 600 pixels. See README.md.

The sizes are those of PyTorch's own layers, run on tensors without data.

    python make_sizes.py [folder]
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn

from fcn_reference import PAD, UPSAMPLING

LARGEST = 600
COLUMNS = ("input", "conv1", "pool1", "pool2", "pool3", "pool4", "pool5", "fc6", "upscore", "upscore2", "upscore16",
           "upscore_pool4", "upscore8", "covers")


def row(size: int, ceil: bool) -> list[int]:
    """COLUMNS; sizes from the first impossible layer on are 0. covers: 1 + 2 + 4 for FCN-32s, -16s, -8s."""
    x = torch.empty(1, 1, size, size, device="meta")
    up = {name: nn.ConvTranspose2d(1, 1, k, s, bias=False, device="meta") for name, (k, s) in UPSAMPLING.items()}
    found = {}
    try:
        x = found["conv1"] = nn.Conv2d(1, 1, 3, padding=PAD, device="meta")(x)
        for i in range(1, 6):
            x = found[f"pool{i}"] = nn.MaxPool2d(2, 2, ceil_mode=ceil)(x)
        x = found["fc6"] = nn.Conv2d(1, 1, 7, device="meta")(x)
        found["upscore"] = up["upscore"](x)
        x = found["upscore2"] = up["upscore2"](x)
        found["upscore16"] = up["upscore16"](x)
        x = found["upscore_pool4"] = up["upscore_pool4"](x)
        found["upscore8"] = up["upscore8"](x)
    except RuntimeError:
        pass
    sizes = {name: t.shape[-1] for name, t in found.items()} | {"input": size}
    covers = 0
    if "upscore8" in found:
        reaches = lambda what, offset, like: sizes[what] >= offset + sizes[like]
        pool4, pool3 = reaches("pool4", 5, "upscore2"), reaches("pool3", 9, "upscore_pool4")
        covers = (reaches("upscore", 19, "input") + 2 * (pool4 and reaches("upscore16", 27, "input"))
                  + 4 * (pool4 and pool3 and reaches("upscore8", 31, "input")))
    return [sizes.get(name, 0) for name in COLUMNS[:-1]] + [covers]


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "fixtures")
    tables = {}
    for pooling in ("ceil", "floor"):
        rows = [row(size, pooling == "ceil") for size in range(1, LARGEST + 1)]
        tables[pooling] = rows
        for i, name in enumerate(("fcn32s", "fcn16s", "fcn8s")):
            missed = [r[0] for r in rows if not r[-1] >> i & 1]
            print(pooling, name, "doesn't cover", len(missed), "of", LARGEST, missed[:12], missed[-6:])
    body = ",\n".join(
        f' "{name}": [\n' + ",\n".join(f"  {json.dumps(r, separators=(',', ':'))}" for r in rows) + "\n ]"
        for name, rows in tables.items()
    )
    text = f'{{\n "columns": {json.dumps(COLUMNS)},\n{body}\n}}\n'
    (folder / "reference_sizes.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
