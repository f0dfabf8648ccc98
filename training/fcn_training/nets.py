"""Which net a recipe is for, and the way of any exportable net to the engine's tensors and back."""

from torch import Tensor, nn

from . import efficientnet_fcn
from . import net as vgg
from .efficientnet_fcn import FcnEfficientNetLite
from .errors import TrainingError
from .net import FcnVgg16
from .recipe import EFFICIENT, Recipe
from .teacher import EfficientNetLiteFpn


def build_net(recipe: Recipe, pretrained: bool = True) -> nn.Module:
    """The recipe's net, before any training. `pretrained=False` skips what a checkpoint will overwrite anyway."""
    settings = recipe.net
    if settings.architecture == EFFICIENT:
        lite = FcnEfficientNetLite(recipe.classes, settings.backbone, settings.fc6_kernel, settings.fc_channels,
                                   settings.dropout, settings.drop_path)
        if pretrained and settings.imagenet:
            lite.load_imagenet()
        return lite
    if settings.architecture == "efficientnet-lite-fpn":
        return EfficientNetLiteFpn(recipe.classes, settings.backbone, settings.fpn_channels, settings.dropout,
                                   pretrained)
    return FcnVgg16(recipe.classes, settings.width, settings.fc6_kernel, settings.fc_channels, settings.dropout)


def fold(trained: nn.Module) -> dict[str, Tensor]:
    """The engine's tensors, f32. Raises TrainingError for a net that the engine does not have."""
    if isinstance(trained, FcnVgg16):
        return vgg.fold(trained)
    if isinstance(trained, FcnEfficientNetLite):
        return efficientnet_fcn.fold(trained)
    raise TrainingError(f"a {type(trained).__name__} cannot be exported: the engine has no such net.")


def folded_net(tensors: dict[str, Tensor]) -> nn.Module:
    """The net of exported tensors in evaluation mode; TrainingError if they are of none."""
    return (efficientnet_fcn if "conv_stem.weight" in tensors else vgg).folded_net(tensors)
