"""Writes the fixture of the shipped classifier: PyTorch's scores of a photo, from the weights that are shipped.

The photo is a part of www/samples/astronaut.jpg (NASA, public domain), stored at 64 x 72 pixels and enlarged four times by
`enlarged`, in integers, so that the tests make the same. To be run again when `www/models/everyday-labels` changes.

    python make_shipped.py [folder]
"""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from fcn import MEAN, STD

SITE = Path(__file__).parents[2] / "www"
BLOCKS = ((1, 2), (2, 2), (4, 3), (8, 3), (8, 3))  # width, in the first block's, and convolutions


def enlarged(small: Tensor) -> Tensor:
    """u8 [h, w, 3] -> u8 [4h, 4w, 3]: between a pixel and the next ones right and below, in quarters, rounded down."""
    h, w = small.shape[:2]
    y, x = torch.arange(4 * h)[:, None, None], torch.arange(4 * w)[None, :, None]
    below, right = (y // 4 + 1).clamp(max=h - 1)[:, 0, 0], (x // 4 + 1).clamp(max=w - 1)[0, :, 0]
    rows, columns = y[:, 0, 0] // 4, x[0, :, 0] // 4
    full = small.int()
    top = full[rows][:, columns] * (4 - x % 4) + full[rows][:, right] * (x % 4)
    bottom = full[below][:, columns] * (4 - x % 4) + full[below][:, right] * (x % 4)
    return ((top * (4 - y % 4) + bottom * (y % 4)) // 16).to(torch.uint8)


def vgg16(width: int, fc: int, classes: int) -> nn.Module:
    """Layer for layer as torchvision's, without dropout's effect."""
    features, channels = [], 3
    for factor, depth in BLOCKS:
        for _ in range(depth):
            features += [nn.Conv2d(channels, factor * width, 3, padding=1), nn.ReLU()]
            channels = factor * width
        features.append(nn.MaxPool2d(2, 2))
    net = nn.Module()
    net.features = nn.Sequential(*features)
    net.classifier = nn.Sequential(nn.Linear(49 * channels, fc), nn.ReLU(), nn.Dropout(), nn.Linear(fc, fc), nn.ReLU(), nn.Dropout(),
                                   nn.Linear(fc, classes))
    return net


@torch.no_grad()
def windows(net: nn.Module, image: Tensor) -> Tensor:
    """[classes, rows, columns]: the fully connected layers on every 7x7 window of the features of u8 [h, w, 3]."""
    x = (image.double() / 255 - torch.tensor(MEAN, dtype=torch.float64)) / torch.tensor(STD, dtype=torch.float64)
    features = net.features(x.permute(2, 0, 1)[None])
    rows, columns = features.shape[2] - 6, features.shape[3] - 6
    return net.classifier(F.unfold(features, 7)[0].T).T.reshape(-1, rows, columns)


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "fixtures")
    torch.set_num_threads(1)
    tensors = load_file(SITE / "models" / "everyday-labels" / "weights.safetensors")
    score = tensors["classifier.6.weight"]
    net = vgg16(tensors["features.0.weight"].shape[0], score.shape[1], score.shape[0]).double().eval()
    net.load_state_dict({k: v.double() for k, v in tensors.items()})
    with Image.open(SITE / "samples" / "astronaut.jpg") as photo:
        small = photo.convert("RGB").resize((72, 64), Image.Resampling.BILINEAR, box=(0, 0, 512, 455))
    small = torch.from_numpy(np.array(small))
    image = enlarged(small)
    cases = {"image": small}
    for h, w in ((224, 224), (256, 288)):
        cases[f"{h}x{w}.score"] = windows(net, image[:h, :w]).float().contiguous()
        print(f"{h}x{w}", cases[f"{h}x{w}.score"].argmax(dim=0).tolist())
    path = folder / "everyday-labels.cases.safetensors"
    save_file(cases, path)
    path.chmod(0o644)


if __name__ == "__main__":
    main()
