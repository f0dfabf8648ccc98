"""VGG16 as a classifier, as the engine's `vgg16-classifier`, under torchvision's names and without batch norm.

On crops of 224x224 pixels its fully connected layers see all of the 7x7 last map. `forward_map` is the surgery that FCN
begins with (Long, Shelhamer & Darrell, CVPR 2015, section 3.1): the same numbers as convolutions, and so the scores of
every 224x224 window of a larger photo, 32 pixels apart.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .errors import TrainingError
from .net import BLOCK_DEPTHS, BLOCK_WIDTHS, FcnVgg16, chain

SIDE = 224
"""Width and height of a crop, in pixels."""
CELLS = 7
"""What five pools leave of it."""


class VggClassifier(nn.Module):
    """Scores of classes, before any softmax."""

    normalised_input = FcnVgg16.normalised_input

    def __init__(self, classes: int, width: int, fc_channels: int, dropout: float = 0.5):
        super().__init__()
        self.classes, self.width, self.fc_channels = classes, width, fc_channels
        layers: list[nn.Module] = []
        self.places: dict[str, int] = {}
        """Where `features` has each convolution: "conv1_1" is 0."""
        channels = 3
        for block, (depth, factor) in enumerate(zip(BLOCK_DEPTHS, BLOCK_WIDTHS), start=1):
            for i in range(1, depth + 1):
                self.places[f"conv{block}_{i}"] = len(layers)
                layers += [nn.Conv2d(channels, width * factor, 3, padding=1), nn.ReLU(inplace=True)]
                channels = width * factor
            layers.append(nn.MaxPool2d(2, 2))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(
            nn.Linear(CELLS * CELLS * channels, fc_channels), nn.ReLU(), nn.Dropout(dropout),
            nn.Linear(fc_channels, fc_channels), nn.ReLU(), nn.Dropout(dropout),
            nn.Linear(fc_channels, classes))
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)
        nn.init.normal_(self.classifier[6].weight, std=0.01)

    def forward(self, x: Tensor) -> Tensor:
        """Normalised [n, 3, 224, 224] -> [n, classes]."""
        return self.classifier(self.features(x).flatten(1))

    def forward_map(self, x: Tensor) -> Tensor:
        """Normalised [n, 3, h, w] -> [n, classes, h/32 - 6, w/32 - 6], rounded down. Without dropout."""
        fc6, fc7, score = self.classifier[0], self.classifier[3], self.classifier[6]
        x = self.features(x)
        x = F.relu(F.conv2d(x, fc6.weight.unflatten(1, (-1, CELLS, CELLS)), fc6.bias))
        x = F.relu(F.conv2d(x, fc7.weight[:, :, None, None], fc7.bias))
        return F.conv2d(x, score.weight[:, :, None, None], score.bias)

    def split(self, name: str) -> tuple[nn.Sequential, nn.Sequential]:
        """`features` before a convolution, and from it on. Raises TrainingError if there is none of that name."""
        if name not in self.places:
            raise TrainingError(f"labels.tune_from is {name!r}; the convolutions are {', '.join(self.places)}.")
        return self.features[: self.places[name]], self.features[self.places[name] :]

    def backbone_parameters(self) -> list[nn.Parameter]:
        """Those that came with the warm start and want a smaller rate."""
        return list(self.features.parameters())


def from_fcn(net: VggClassifier, tensors: dict[str, Tensor]) -> None:
    """Takes the convolutions of an exported fcn-vgg16 of the same width; fully connected layers stay as they are.

    Raises TrainingError for another net's tensors.
    """
    own = net.state_dict()
    for name in chain():
        for kind in ("weight", "bias"):
            if name not in net.places:  # fc6, fc7 and the score
                continue
            value, key = tensors.get(f"{name}.{kind}"), f"features.{net.places[name]}.{kind}"
            if value is None or value.shape != own[key].shape:
                raise TrainingError(f"net.warm_start: its tensor {name}.{kind} is missing or not of the recipe's width.")
            own[key] = value.float()
    net.load_state_dict(own)


def read_classifier(tensors: dict[str, Tensor]) -> VggClassifier:
    """The net of exported tensors, sizes read off their shapes, in evaluation mode. Raises TrainingError for others."""
    try:
        score, first = tensors["classifier.6.weight"], tensors["features.0.weight"]
        net = VggClassifier(score.shape[0], first.shape[0], score.shape[1])
        net.load_state_dict({k: v.float() for k, v in tensors.items()})
    except (KeyError, RuntimeError) as error:
        raise TrainingError(f"the weights are not an exported vgg16-classifier: {error}.") from None
    return net.eval()
